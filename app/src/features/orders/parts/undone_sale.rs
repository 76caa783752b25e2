//! What an administrator sees of a sale that was undone after units had been redeemed.

use contracts::{ids::PurchaseId, settlement::UndoneSaleView};
use leptos::prelude::*;

use crate::{
    form_action::{CommandForm, FormAction},
    ui::{
        Banner, Button, ButtonLook, Card, ColumnHeader, DateTimeText, Description, DescriptionList,
        ErrorSummary, FormScope, MoneyText, Table, TextArea, Tone, money_text,
    },
};

/// Returns the next step in words.
fn next_step(sale: &UndoneSaleView) -> String {
    if let Some(lacking) = sale.refunded_too_much() {
        return format!(
            "The provider delivered the redeemed units, but {} of their price was refunded to the buyer. Agree with the buyer and the provider on who pays it, collect or write it off, then record the outcome below.",
            money_text(lacking)
        );
    }
    match sale.still_to_refund() {
        Some(rest) => format!(
            "The buyer pays for the redeemed units only. Refund {} at the payment provider unless you agree otherwise, then record the outcome below.",
            money_text(rest)
        ),
        None => {
            "What the buyer has paid covers the redeemed units. Confirm this with the buyer and the provider, then record the outcome below.".to_owned()
        }
    }
}

/// Card with the redeemed certificates, the amounts, the next step, and the form that settles the sale or its outcome.
#[component]
pub fn UndoneSaleCard(
    /// The sale.
    sale: UndoneSaleView,
    /// Action of the form.
    settle: FormAction,
    /// True when the viewer may settle it.
    may_settle: bool,
) -> impl IntoView {
    let rows: Vec<_> = sale
        .redeemed
        .iter()
        .cloned()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("/certificates/{}", one.id)>{one.title}</a></th>
                    <td data-label="Provider">{one.provider}</td>
                    <td data-label="Redeemed"><DateTimeText instant=one.redeemed_at/></td>
                    <td data-label="Price" class="num"><MoneyText money=one.price/></td>
                </tr>
            }
        })
        .collect();
    let (id, step) = (sale.purchase_id, next_step(&sale));
    let outcome = match sale.settlement {
        Some(settled) => view! {
            <DescriptionList>
                <Description term="Settled"><DateTimeText instant=settled.settled_at/></Description>
                <Description term="Settled by">{settled.settled_by}</Description>
                <Description term="Outcome">{settled.reason}</Description>
            </DescriptionList>
        }
        .into_any(),
        None => view! {
            <Banner tone=Tone::Warn title="Next step"><p>{step}</p></Banner>
            {may_settle.then(|| view! { <SettleForm id settle/> })}
        }
        .into_any(),
    };
    view! {
        <Card title="Sale undone after redemption">
            <div class="stack">
                <p>"Unredeemed certificates are revoked. These were redeemed before and stay redeemed:"</p>
                <Table caption="Certificates redeemed before the sale was undone">
                    <thead><tr>
                        <ColumnHeader label="Certificate"/>
                        <ColumnHeader label="Provider"/>
                        <ColumnHeader label="Redeemed"/>
                        <ColumnHeader label="Price" numeric=true/>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </Table>
                <DescriptionList>
                    <Description term="Undone"><DateTimeText instant=sale.undone_at/></Description>
                    <Description term="Purchase total"><MoneyText money=sale.total/></Description>
                    <Description term="Refunded"><MoneyText money=sale.refunded/></Description>
                    <Description term="Redeemed units"><MoneyText money=sale.earned/></Description>
                </DescriptionList>
                {outcome}
            </div>
        </Card>
    }
}

/// Form that marks the sale as settled.
#[component]
fn SettleForm(id: PurchaseId, settle: FormAction) -> impl IntoView {
    view! {
        <FormScope errors=settle.errors()>
            <CommandForm action=settle class="stack">
                <ErrorSummary/>
                <input type="hidden" name="purchase_id" value=id.to_string()/>
                <TextArea name="reason" label="Reason" hint="What was agreed and done. 10 to 500 characters. Don't enter personal names." rows=2 max_length=500/>
                <div><Button look=ButtonLook::Primary pending=settle.pending() pending_text="Saving…">"Mark as settled"</Button></div>
            </CommandForm>
        </FormScope>
    }
}
