//! The state of the system at the time of the request.

use contracts::{
    compliance::{LogProblem, SystemStatus},
    settlement::OpenUndoneSale,
};
use leptos::prelude::*;

use crate::{
    features::compliance::rpc::system_status,
    frame::paths,
    loaded::Loaded,
    ui::{
        Banner, Card, ColumnHeader, DateTimeText, Description, DescriptionList, PageHeader, Skeleton,
        SkeletonShape, Stat, Table, Tone, money::group_digits,
    },
};

/// Page `/console/system`.
#[component]
pub fn SystemPage() -> impl IntoView {
    let status = Resource::new_blocking(|| (), |()| system_status());
    view! {
        <div class="stack-lg">
            <PageHeader title="System" lead="As of when you opened this page"/>
            <Loaded
                data=status
                fallback=|| view! { <Skeleton shape=SkeletonShape::Tiles count=6/> }
                show=move |status| view! { <Status status/> }
            />
        </div>
    }
}

fn number(count: i64) -> String {
    group_digits(count.unsigned_abs())
}

/// Returns a size in the binary unit that leaves two to four digits.
fn size(bytes: i64) -> String {
    let (mut amount, mut unit) = (bytes, "bytes");
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        if amount < 10_240 {
            break;
        }
        (amount, unit) = (amount / 1024, next);
    }
    [&number(amount), " ", unit].concat()
}

#[component]
fn Status(status: SystemStatus) -> impl IntoView {
    let waiting = [paths::CONSOLE_ORGANISATIONS, "?status=unverified"].concat();
    let failures = [paths::CONSOLE_SECURITY, "?kind=authn_login_fail"].concat();
    let due = [paths::CONSOLE_SECURITY, "?kind=payment_refund_due"].concat();
    let undecided = [paths::CONSOLE_SECURITY, "?kind=payment_returned"].concat();
    let needed = status.outbox_dead + status.payments_unknown + status.refunds_due + status.refunds_undecided;
    let undone = status.undone_sales.clone();
    let alarm = (needed > 0).then(|| {
        view! {
            <Banner tone=Tone::Warn title="Action needed">
                {(status.outbox_dead > 0).then(|| view! { <p>{format!("Messages that failed repeatedly and will not be sent: {}.", number(status.outbox_dead))}</p> })}
                {(status.payments_unknown > 0).then(|| view! { <p>{format!("Payments without a confirmed outcome: {}. We keep asking the payment provider.", number(status.payments_unknown))}</p> })}
                {(status.refunds_due > 0).then(|| view! { <p>{format!("Payments that arrived after their purchase was closed: {}. Refund them at the payment provider. ", number(status.refunds_due))}<a href=due>"View alerts"</a></p> })}
                {(status.refunds_undecided > 0).then(|| view! { <p>{format!("Purchases on hold after a partial refund: {}. Decide whether to keep or undo each sale. ", number(status.refunds_undecided))}<a href=undecided>"View alerts"</a></p> })}
            </Banner>
        }
    });
    let log_problem = status.log_problem.clone().map(|LogProblem { title, meaning, steps }| {
        let steps: Vec<_> = steps.into_iter().map(|step| view! { <li>{step}</li> }).collect();
        view! { <Banner tone=Tone::Bad title=title><p>{meaning}</p><ol>{steps}</ol></Banner> }
    });
    let full = (!status.can_write).then(|| {
        view! {
            <Banner tone=Tone::Bad title="The database cannot save anything">
                <p>"Its disk is probably full. Pages can still be viewed, but buying, redeeming and all other changes are refused until there is free space."</p>
            </Banner>
        }
    });
    view! {
        {full}
        {log_problem}
        {alarm}
        {(!undone.is_empty()).then(|| view! { <UndoneSales sales=undone/> })}
        <div class="grid-stats">
            <Stat label="Organisations to verify" value=number(status.organisations_waiting) href=waiting/>
            <Stat label="Active sessions" value=number(status.sessions)/>
            <Stat label="Failed sign-ins, last 24 hours" value=number(status.sign_in_failures) href=failures/>
            <Stat label="Open payments" value=number(status.payments_unsettled)/>
            <Stat label="Messages waiting" value=number(status.outbox_waiting)/>
            <Stat label="Log entries" value=number(status.log_size)/>
        </div>
        <div class="grid-2"><Database status=status.clone()/><Log status=status.clone()/></div>
        <p><a href=paths::CONSOLE_SECURITY>"Security events"</a></p>
    }
}

/// Sales that were undone after units had been redeemed; each is listed until somebody has settled it.
#[component]
fn UndoneSales(sales: Vec<OpenUndoneSale>) -> impl IntoView {
    let rows: Vec<_> = sales
        .into_iter()
        .map(|sale| {
            let href = format!("/purchases/{}", sale.purchase_id);
            view! {
                <tr>
                    <th scope="row"><a href=href><span class="code">{sale.number}</span></a></th>
                    <td data-label="Redeemed units" class="num">{group_digits(sale.redeemed.into())}</td>
                    <td data-label="Undone"><DateTimeText instant=sale.undone_at/></td>
                </tr>
            }
        })
        .collect();
    view! {
        <Card title="Sales to settle" flush=true>
            <p class="p-4 small">"These sales were undone after units had been redeemed. Open the purchase to see what to do, and mark it as settled there."</p>
            <Table caption="Sales undone after redemption that are not settled, oldest first">
                <thead><tr>
                    <ColumnHeader label="Purchase"/>
                    <ColumnHeader label="Redeemed units" numeric=true/>
                    <ColumnHeader label="Undone"/>
                </tr></thead>
                <tbody>{rows}</tbody>
            </Table>
        </Card>
    }
}

#[component]
fn Database(status: SystemStatus) -> impl IntoView {
    view! {
        <Card title="Database">
            <DescriptionList>
                <Description term="PostgreSQL">{status.database_version}</Description>
                <Description term="Size">{size(status.database_bytes)}</Description>
                <Description term="Connections">{number(status.connections)}</Description>
                <Description term="Migrations">{number(status.migrations)}</Description>
                <Description term="Latest migration"><span class="code">{status.last_migration}</span></Description>
            </DescriptionList>
        </Card>
    }
}

#[component]
fn Log(status: SystemStatus) -> impl IntoView {
    let checkpoint = match (status.checkpoint_size, status.checkpoint_at) {
        (Some(size), Some(at)) => {
            view! { {number(size)} " entries, signed " <DateTimeText instant=at/> }.into_any()
        }
        _ => "None yet".into_any(),
    };
    let oldest = status
        .outbox_oldest
        .map_or_else(|| "None".into_any(), |at| view! { "Since " <DateTimeText instant=at/> }.into_any());
    view! {
        <Card title="Log and messages">
            <DescriptionList>
                <Description term="Last checkpoint">{checkpoint}</Description>
                <Description term="Entries not yet logged">{number(status.log_waiting)}</Description>
                <Description term="Oldest waiting message">{oldest}</Description>
                <Description term="Failed messages">{number(status.outbox_dead)}</Description>
            </DescriptionList>
        </Card>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_fitting_unit() {
        assert_eq!(size(9_000), "9,000 bytes");
        assert_eq!(size(12 * 1024 * 1024), "12 MiB");
    }
}
