//! The cart lines of one seller.

use contracts::{
    cart::{CartGroup, CartLineView, CartNotice, TypedUnits},
    ids::CartLineId,
};
use leptos::prelude::*;

use super::{
    super::pages::{CartActions, SAVE_FORM},
    UnitsInput,
};
use crate::{
    form_action::CommandForm,
    ui::{
        Button, ButtonLook, ButtonSize, Card, ColumnHeader, Icon, KeyedRow, MoneyText, StatusBadge, Table,
        Tone, VisuallyHidden, group_digits, keyed_rows, money_text,
    },
};

/// Cart lines of one seller, which become one order.
#[component]
pub fn SellerGroup(
    /// Lines, seller and currency.
    group: CartGroup,
    /// Form actions of the cart page.
    actions: CartActions,
) -> impl IntoView {
    let CartGroup { seller_name, currency, lines, total, .. } = group;
    let caption = format!("Services from {seller_name} in {currency}");
    view! {
        <Card title=seller_name flush=true>
            <div class="cart-lines"><Table caption>
                <thead>
                    <tr>
                        <ColumnHeader label="Service"/>
                        <ColumnHeader label="Units"/>
                        <ColumnHeader label="Per unit" numeric=true/>
                        <ColumnHeader label="Total" numeric=true/>
                        <ColumnHeader label="Remove" hide_label=true/>
                    </tr>
                </thead>
                <tbody>
                    // keyed by line: otherwise text typed for a removed line would move to the next one
                    {keyed_rows(move || {
                        let row =
                            |line: CartLineView| KeyedRow::new(line.id, move || view! { <LineRow line actions/> });
                        lines.iter().cloned().map(row).collect()
                    })}
                </tbody>
                <tfoot>
                    <tr><th scope="row" colspan="3">"Total"</th><td data-label="" class="num"><MoneyText money=total/></td><td data-label=""></td></tr>
                </tfoot>
            </Table></div>
        </Card>
    }
}

#[component]
fn LineRow(line: CartLineView, actions: CartActions) -> impl IntoView {
    let notices: Vec<_> = line.notices.iter().map(|notice| notice_view(*notice, &line)).collect();
    let href = format!("/market/{}", line.service_id);
    let (unit, gross) =
        (line.price.as_ref().map(|price| price.unit), line.price.as_ref().map(|price| price.gross));
    let (id, quantity, title) = (line.id, line.quantity, line.title.clone());
    view! {
        <tr>
            <th scope="row"><div class="stack-sm"><a href=href>{line.title}</a>{notices}</div></th>
            <td data-label=""><Units id quantity title=title.clone() actions/></td>
            <td data-label="Per unit" class="num">{unit.map(|money| view! { <MoneyText money/> })}</td>
            <td data-label="Total" class="num">{gross.map(|money| view! { <MoneyText money/> })}</td>
            <td data-label=""><Remove id title actions/></td>
        </tr>
    }
}

/// The units of a line, with a button; both belong to the cart's form, which saves everything that was typed.
#[component]
fn Units(id: CartLineId, quantity: u32, title: String, actions: CartActions) -> impl IntoView {
    let label = format!("Units of {title}");
    let pending = actions.save.pending_with("intent", id);
    view! {
        <div class="cluster" data-fields="">
            <input type="hidden" form=SAVE_FORM name=TypedUnits::shown_field(id) value=quantity.to_string()/>
            <UnitsInput name=TypedUnits::field(id) form=SAVE_FORM label value=quantity hide_label=true/>
            <Button size=ButtonSize::Compact pending pending_text="Updating…" attr:form=SAVE_FORM attr:name="intent" attr:value=id.to_string()>
                "Update"<VisuallyHidden>" units of "{title}</VisuallyHidden>
            </Button>
        </div>
    }
}

#[component]
fn Remove(id: CartLineId, title: String, actions: CartActions) -> impl IntoView {
    let pending = actions.remove.pending_with("line_id", id);
    view! {
        <CommandForm action=actions.remove>
            <input type="hidden" name="line_id" value=id.to_string()/>
            <Button size=ButtonSize::Compact look=ButtonLook::Quiet icon=Icon::Trash pending pending_text="Removing…">
                "Remove"<VisuallyHidden>" "{title}</VisuallyHidden>
            </Button>
        </CommandForm>
    }
}

fn notice_view(notice: CartNotice, line: &CartLineView) -> impl IntoView + use<> {
    let (tone, label) = match notice {
        CartNotice::PriceChanged => {
            let label = match &line.price {
                Some(price) => {
                    format!(
                        "Price changed from {} to {}",
                        money_text(line.confirmed_unit),
                        money_text(price.unit)
                    )
                }
                None => format!("Price changed from {}", money_text(line.confirmed_unit)),
            };
            (Tone::Warn, label)
        }
        CartNotice::VersionChanged => (Tone::Warn, "The provider has published a new version".to_owned()),
        CartNotice::Unavailable => (Tone::Bad, "No longer on sale. Remove it to continue".to_owned()),
        CartNotice::TooMuch => {
            (Tone::Bad, "Too many units for one payment. Reduce the units to continue".to_owned())
        }
        CartNotice::NotEnoughLeft => (
            Tone::Bad,
            format!(
                "Only {} left. Reduce the units to continue",
                group_digits(line.available.unwrap_or(0).into())
            ),
        ),
    };
    view! { <StatusBadge tone label/> }
}
