//! The lines of one seller.

use contracts::cart::{CartGroup, CartLineView, CartNotice};
use leptos::{form::ActionForm, prelude::*};

use super::super::pages::CartActions;
use crate::{
    features::payments::Amount,
    ui::{
        Button, ButtonLook, ButtonSize, Card, ColumnHeader, Icon, NumberInput, StatusBadge, Table, Tone,
        VisuallyHidden,
    },
};

/// One seller's lines: they become one order.
#[component]
pub fn SellerGroup(
    /// The lines.
    group: CartGroup,
    /// What can be done with them.
    actions: CartActions,
) -> impl IntoView {
    let CartGroup { seller_name, currency, lines, total, .. } = group;
    let caption = format!("Services of {seller_name} in {currency}");
    let rows: Vec<_> = lines.into_iter().map(|line| view! { <LineRow line actions/> }).collect();
    view! {
        <Card title=seller_name flush=true>
            <Table caption>
                <thead>
                    <tr>
                        <ColumnHeader label="Service"/>
                        <ColumnHeader label="Units"/>
                        <ColumnHeader label="Per unit" numeric=true/>
                        <ColumnHeader label="Total" numeric=true/>
                        <ColumnHeader label="Remove" hide_label=true/>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <tfoot>
                    <tr><th scope="row" colspan="3">"Sum"</th><td class="num"><Amount money=total/></td><td></td></tr>
                </tfoot>
            </Table>
        </Card>
    }
}

#[component]
fn LineRow(line: CartLineView, actions: CartActions) -> impl IntoView {
    let notices: Vec<_> = line.notices.iter().map(|notice| notice_view(*notice, &line)).collect();
    let href = format!("/market/{}", line.service_id);
    let (set_id, remove_id) = (line.id.to_string(), line.id.to_string());
    let (set_title, remove_title) = (line.title.clone(), line.title.clone());
    let (field_id, label) = (format!("units-{}", line.id), format!("Units of {}", line.title));
    let (unit, gross) =
        (line.price.as_ref().map(|price| price.unit), line.price.as_ref().map(|price| price.gross));
    view! {
        <tr>
            <th scope="row"><div class="stack-sm"><a href=href>{line.title}</a>{notices}</div></th>
            <td>
                <ActionForm action=actions.set>
                    <div class="cluster">
                        <input type="hidden" name="line_id" value=set_id/>
                        <NumberInput name="quantity" id=field_id label value=line.quantity.to_string() min=1 max=10_000 hide_label=true/>
                        <Button size=ButtonSize::Compact>"Update"<VisuallyHidden>" units of "{set_title}</VisuallyHidden></Button>
                    </div>
                </ActionForm>
            </td>
            <td class="num">{unit.map(|money| view! { <Amount money/> })}</td>
            <td class="num">{gross.map(|money| view! { <Amount money/> })}</td>
            <td>
                <ActionForm action=actions.remove>
                    <input type="hidden" name="line_id" value=remove_id/>
                    <Button size=ButtonSize::Compact look=ButtonLook::Quiet icon=Icon::Trash>
                        "Remove"<VisuallyHidden>" "{remove_title}</VisuallyHidden>
                    </Button>
                </ActionForm>
            </td>
        </tr>
    }
}

fn notice_view(notice: CartNotice, line: &CartLineView) -> impl IntoView + use<> {
    let (tone, label) = match notice {
        CartNotice::PriceChanged => {
            let now = line.price.as_ref().map(|price| format!(", now {}", price.unit)).unwrap_or_default();
            (Tone::Warn, format!("Price changed: was {}{now}", line.seen_unit))
        }
        CartNotice::VersionChanged => (Tone::Warn, "The provider published a new version".to_owned()),
        CartNotice::Unavailable => (Tone::Bad, "Not on sale any more: remove it to go on".to_owned()),
        CartNotice::NotEnoughLeft => {
            (Tone::Bad, format!("Only {} left: lower the units to go on", line.available.unwrap_or(0)))
        }
    };
    view! { <StatusBadge tone label/> }
}
