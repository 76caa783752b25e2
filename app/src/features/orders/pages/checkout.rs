//! The checkout page: review of the order, one button for each purchase.

use contracts::{
    cart::{CartGroup, CartTotal, CartView},
    error::ErrorCode,
};
use leptos::prelude::*;

use super::super::rpc::PurchaseInitiate;
use crate::{
    features::cart::rpc::cart_get,
    form_action::{CommandForm, FormAction, request_key},
    frame::{LegalNote, paths},
    loaded::Loaded,
    ui::{
        Banner, Breadcrumbs, Button, ButtonLook, Card, ColumnHeader, Crumb, Description, DescriptionList,
        EmptyState, ErrorSummary, FormScope, Icon, LinkButton, MoneyText, PageHeader, Skeleton,
        SkeletonShape, Table, Tone, money_text,
    },
};

#[component]
pub fn CheckoutPage() -> impl IntoView {
    let cart = Resource::new_blocking(|| (), |()| cart_get());
    let key = request_key();
    view! {
        <Loaded
            data=cart
            fallback=|| view! { <Skeleton shape=SkeletonShape::Rows/> }
            show=move |cart: CartView| if cart.is_empty() {
                view! { <Empty/> }.into_any()
            } else {
                view! { <Review cart key=key.get_untracked()/> }.into_any()
            }
        />
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <PageHeader title="Review your order"/>
        <EmptyState icon=Icon::Cart title="Your cart is empty" text="Services you have bought are under Purchases. To buy more, add services from the market to your cart.">
            <LinkButton href="/purchases" look=ButtonLook::Primary>"Your purchases"</LinkButton>
        </EmptyState>
    }
}

#[component]
fn Review(cart: CartView, key: String) -> impl IntoView {
    let ready = cart.hurdle.is_none()
        && !cart.client_required
        && !cart.is_changed()
        && !cart.totals.iter().any(|total| total.blocked);
    let several = cart.totals.len() > 1;
    let groups = StoredValue::new(cart.groups);
    let purchases: Vec<_> = cart
        .totals
        .into_iter()
        .map(|total| {
            let groups: Vec<CartGroup> = groups.with_value(|all| {
                all.iter().filter(|group| group.currency == total.total.currency).cloned().collect()
            });
            let key = format!("{key}-{}", total.total.currency);
            view! { <PurchaseReview total groups key ready/> }
        })
        .collect();
    view! {
        <PageHeader title="Review your order" lead="You won't be charged until you confirm on the payment page." above=|| view! { <Breadcrumbs crumbs=vec![Crumb::new("Cart", "/cart")]/> }/>
        <div class="stack-lg">
            {several.then(|| view! {
                <Banner tone=Tone::Info title="One purchase per currency">"You pay for each currency separately. Anything you don't pay for now stays in the cart."</Banner>
            })}
            {(!ready).then(|| view! {
                <Banner tone=Tone::Warn title="You can't check out yet">"See your cart for details. "<a href="/cart">"Back to cart"</a></Banner>
            })}
            {cart.on_behalf_of.map(|client| view! {
                <DescriptionList><Description term="Client">{client}</Description></DescriptionList>
            })}
            {purchases}
        </div>
    }
}

#[component]
fn PurchaseReview(total: CartTotal, groups: Vec<CartGroup>, key: String, ready: bool) -> impl IntoView {
    let initiate = FormAction::of::<PurchaseInitiate>();
    let title = format!("Purchase in {}", total.total.currency);
    let earns = total.intermediary_share.amount_minor > 0;
    let rows: Vec<_> = groups.into_iter().map(|group| view! { <GroupRows group/> }).collect();
    let caption = format!("Services in {}", total.total.currency);
    view! {
        <Card title flush=true>
            <Table caption>
                <thead>
                    <tr>
                        <ColumnHeader label="Service"/>
                        <ColumnHeader label="Seller"/>
                        <ColumnHeader label="Units" numeric=true/>
                        <ColumnHeader label="Per unit" numeric=true/>
                        <ColumnHeader label="Total" numeric=true/>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <tfoot>
                    <tr><th scope="row" colspan="4">"Amount due"</th><td data-label="" class="num"><strong><MoneyText money=total.total/></strong></td></tr>
                </tfoot>
            </Table>
            <div class="p-4 stack">
                <DescriptionList>
                    <Description term="Tax">"No tax is added."</Description>
                    <Description term="Includes platform fee"><MoneyText money=total.platform_share/></Description>
                    {earns.then(|| view! { <Description term="Includes your commission"><MoneyText money=total.intermediary_share/></Description> })}
                    <Description term="What happens next">
                        "You pay on the payment provider's page. Your units are reserved for 30 minutes. When the payment is received, you get one certificate per unit."
                    </Description>
                </DescriptionList>
                {ready.then(|| view! {
                    <FormScope errors=initiate.errors()>
                        <CommandForm action=initiate>
                            <div class="stack-sm">
                                <ErrorSummary/>
                                <input type="hidden" name="idempotency_key" value=key/>
                                <input type="hidden" name="amount_minor" value=total.total.amount_minor.to_string()/>
                                <input type="hidden" name="currency" value=total.total.currency.as_str()/>
                                <input type="hidden" name="digest" value=total.digest/>
                                <LegalNote act="By buying"/>
                                {move || if is_outdated(initiate) {
                                    view! { <div><LinkButton href=paths::CART look=ButtonLook::Primary>"Review your cart"</LinkButton></div> }.into_any()
                                } else {
                                    view! {
                                        <div><Button look=ButtonLook::Primary icon=Icon::CreditCard pending=initiate.pending() pending_text="Opening the payment page…">
                                            {format!("Buy and pay {}", money_text(total.total))}
                                        </Button></div>
                                    }
                                    .into_any()
                                }}
                            </div>
                        </CommandForm>
                    </FormScope>
                })}
            </div>
        </Card>
    }
}

/// True after a refusal that says that the cart is no longer what this page shows: only the cart shows what can be bought now.
fn is_outdated(initiate: FormAction) -> bool {
    let outdated = [ErrorCode::CartChanged, ErrorCode::CartEmpty];
    initiate.refusal().is_some_and(|error| outdated.contains(&error.code))
}

#[component]
fn GroupRows(group: CartGroup) -> impl IntoView {
    let seller = StoredValue::new(group.seller_name);
    group
        .lines
        .into_iter()
        .map(|line| {
            let price = line.price.map(|price| (price.unit, price.gross));
            view! {
                <tr>
                    <th scope="row">{line.title}</th>
                    <td data-label="Seller">{seller.get_value()}</td>
                    <td data-label="Units" class="num">{crate::ui::money::group_digits(u64::from(line.quantity))}</td>
                    <td data-label="Per unit" class="num">{price.map(|(money, _)| view! { <MoneyText money/> })}</td>
                    <td data-label="Total" class="num">{price.map(|(_, money)| view! { <MoneyText money/> })}</td>
                </tr>
            }
        })
        .collect_view()
}
