//! The dashboards: figures that link to their rows, the year by month, and the work list.

use contracts::{
    analytics::{DashboardView, Figure, Months, Tile, WorkItem},
    country,
    error::ErrorCode,
    identity::{MembershipView, OrganisationKind},
    states::OrganisationStatus,
};
use leptos::prelude::*;

use super::super::rpc::dashboard_get;
use crate::{
    loaded::Loaded,
    ui::{
        Banner, BarChart, Card, Change, DateTimeText, EmptyState, Icon, PageHeader, Skeleton, SkeletonShape,
        Stat, Tone, format_month, group_digits, money_text, short_month,
    },
    viewer::use_viewer,
};

/// Pages `/dashboard` and `/console`.
#[component]
pub(crate) fn DashboardPage() -> impl IntoView {
    let active =
        use_viewer().with_untracked(|viewer| viewer.as_ref().and_then(|viewer| viewer.active.clone()));
    let kind = active.as_ref().map_or(OrganisationKind::Insurer, |active| active.kind);
    let lead = active.as_ref().map(|active| active.name.clone()).unwrap_or_default();
    let content = match active.filter(|active| !active.status.is_admitted()) {
        Some(active) => view! { <FirstSteps active/> }.into_any(),
        None => view! { <Figures kind/> }.into_any(),
    };
    view! {
        <PageHeader title="Dashboard" lead/>
        {content}
    }
}

/// Explains to an unverified organisation why it must wait, and links to the steps it can take meanwhile.
#[component]
fn FirstSteps(active: MembershipView) -> impl IntoView {
    let (tone, title, text) = match active.status {
        OrganisationStatus::Rejected => {
            (Tone::Bad, "Your organisation was not verified", ErrorCode::OrganisationRejected.message())
        }
        _ => (
            Tone::Info,
            "Verification is pending",
            "We are checking your details against the company register and will e-mail you the result. You can publish and buy once your organisation is verified.",
        ),
    };
    let steps: &[(&str, &str)] = if active.kind.buys() {
        &[("/market", "Browse the market"), ("/cart", "Prepare a cart")]
    } else {
        &[("/services/new", "Draft your first service"), ("/market", "See how others present their services")]
    };
    view! {
        <div class="stack-lg reading">
            <Banner tone title><p>{text}</p></Banner>
            {steps_card(&[&[("/organisation", "Check your organisation’s details and invite colleagues")], steps].concat())}
        </div>
    }
}

/// The steps that a verified organisation can take before its first trade.
const fn steps_to_trade(kind: OrganisationKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        OrganisationKind::Provider => &[
            ("/services/new", "Create and publish a service"),
            ("/market", "See how others present their services"),
            ("/organisation", "Invite colleagues who redeem certificates"),
        ],
        OrganisationKind::Insurer => &[
            ("/market", "Browse the market and add services to the cart"),
            ("/cart", "Check out and pay"),
            ("/organisation", "Invite colleagues who buy"),
        ],
        OrganisationKind::Intermediary => &[
            ("/market", "Browse the market and add services to the cart"),
            ("/cart", "Name the client and check out"),
            ("/organisation", "Invite colleagues who buy"),
        ],
        OrganisationKind::Platform => &[
            ("/console/organisations", "See the organisations on the platform"),
            ("/market", "Browse the market"),
        ],
    }
}

fn steps_card(steps: &[(&'static str, &'static str)]) -> impl IntoView + use<> {
    let steps: Vec<_> =
        steps.iter().map(|(href, words)| view! { <li><a href=*href>{*words}</a></li> }).collect();
    view! { <Card title="What you can do now"><ul class="stack-sm">{steps}</ul></Card> }
}

#[component]
fn Figures(kind: OrganisationKind) -> impl IntoView {
    let dashboard = Resource::new_blocking(|| (), async |()| dashboard_get().await);
    view! {
        <Loaded data=dashboard fallback=|| view! { <Skeleton shape=SkeletonShape::Tiles count=5/> } show=move |dashboard| draw_dashboard(dashboard, kind)/>
    }
}

/// True when the dashboard would show zeros alone.
fn is_empty(dashboard: &DashboardView) -> bool {
    let is_zero = |tile: &Tile| match tile.figure {
        Figure::Count(count) => count == 0,
        Figure::Money(money) => money.amount_minor == 0,
    };
    dashboard.work.is_empty()
        && dashboard.months.values.iter().all(|value| *value == 0)
        && dashboard.tiles.iter().all(|tile| is_zero(tile) && tile.course.iter().all(|value| *value == 0))
}

fn draw_dashboard(dashboard: DashboardView, kind: OrganisationKind) -> AnyView {
    if is_empty(&dashboard) {
        return view! {
            <div class="stack-lg reading">
                <EmptyState icon=Icon::Dashboard title="No trade yet" text="Figures of your sales, purchases and certificates will appear here."/>
                {steps_card(steps_to_trade(kind))}
            </div>
        }
        .into_any();
    }
    let tiles: Vec<_> = dashboard.tiles.into_iter().map(draw_tile).collect();
    view! {
        <div class="stack-lg">
            <div class="grid-stats">{tiles}</div>
            <div class="grid-2">
                <Card>{year(dashboard.months)}</Card>
                <Card title=dashboard.work_title>{work(dashboard.work, dashboard.work_empty)}</Card>
            </div>
        </div>
    }
    .into_any()
}

fn draw_tile(tile: Tile) -> impl IntoView {
    let value = match tile.figure {
        Figure::Count(count) => group_digits(count.unsigned_abs()),
        Figure::Money(money) => money_text(money),
    };
    let (change, note) = (change_of(&tile), note_of(&tile));
    view! { <Stat label=tile.label value=value change href=tile.href note=note course=tile.course/> }
}

/// Returns the note of a tile with the sums in other currencies.
fn note_of(tile: &Tile) -> String {
    if tile.besides.is_empty() {
        return tile.note.clone();
    }
    let besides: Vec<String> = tile.besides.iter().map(|money| money_text(*money)).collect();
    format!("{}, plus {}", tile.note, besides.join(", "))
}

/// Returns the change from the previous 30 days to the last 30; `None` when there is none or the previous value is zero.
fn change_of(tile: &Tile) -> Option<Change> {
    let (before, now) = (tile.before()?, *tile.course.last()?);
    if before == 0 || now == before {
        return None;
    }
    let up = now > before;
    let percent = now.abs_diff(before).saturating_mul(100) / before.unsigned_abs();
    let percent = if percent == 0 { "less than 1".to_owned() } else { group_digits(percent) };
    let text = if up { format!("up {percent}%") } else { format!("down {percent}%") };
    Some(Change { text, up })
}

/// Returns a sentence that summarises the year.
fn finding(months: &Months) -> String {
    let total: i64 = months.values.iter().sum();
    let best = months.values.iter().zip(&months.starts).max_by_key(|(value, _)| **value);
    let number = |count: i64| group_digits(count.unsigned_abs());
    match best {
        Some((value, start)) if total > 0 => {
            let month = format_month(*start);
            format!("{} in the last 12 months. Peak: {} in {month}.", number(total), number(*value))
        }
        _ => "None in the last 12 months.".to_owned(),
    }
}

fn year(months: Months) -> AnyView {
    let description = finding(&months);
    if months.values.iter().all(|value| *value == 0) {
        return view! { <EmptyState icon=Icon::TrendUp title=months.title text=description/> }.into_any();
    }
    let labels = months.starts.iter().map(|start| short_month(*start).to_owned()).collect();
    view! { <BarChart title=months.title description labels unit=months.series values=months.values/> }
        .into_any()
}

/// A task in words: what to do, details, where, and what its time means.
struct Task {
    title: String,
    note: String,
    href: String,
    at_label: &'static str,
}

fn task_of(item: &WorkItem) -> Task {
    match item {
        WorkItem::Pay { purchase_id, number, is_over: true, .. } => Task {
            title: format!("Purchase {number}"),
            note: "being checked with the payment provider".to_owned(),
            href: format!("/purchases/{purchase_id}"),
            at_label: "Time to pay ended",
        },
        WorkItem::Pay { purchase_id, number, client, .. } => Task {
            title: format!("Pay purchase {number}"),
            note: client
                .as_ref()
                .map_or_else(|| "awaiting payment".to_owned(), |client| format!("for {client}")),
            href: format!("/purchases/{purchase_id}"),
            at_label: "Pay by",
        },
        WorkItem::Redeem { purchase_id, title, count, .. } => Task {
            title: title.clone(),
            note: format!("{} not redeemed yet", group_digits(*count)),
            href: format!("/certificates?status=issued&purchase={purchase_id}"),
            at_label: "Redeem by",
        },
        WorkItem::Verify { org_id, name, kind, country, .. } => Task {
            title: name.clone(),
            note: format!(
                "{}, {}",
                kind.label(),
                country::name_of(country).unwrap_or("country not provided")
            ),
            href: format!("/console/organisations/{org_id}"),
            at_label: "Waiting since",
        },
    }
}

fn work(items: Vec<WorkItem>, empty: String) -> impl IntoView {
    if items.is_empty() {
        return view! { <EmptyState icon=Icon::CheckCircle title="Nothing to do" text=empty/> }.into_any();
    }
    let rows: Vec<_> = items
        .into_iter()
        .map(|item| {
            let Task { title, note, href, at_label } = task_of(&item);
            view! {
                <li class="row-item">
                    <div class="spread">
                        <span><a href=href>{title}</a>" "<span class="muted">{note}</span></span>
                        <span class="muted small">{at_label}" "<DateTimeText instant=item.at()/></span>
                    </div>
                </li>
            }
        })
        .collect();
    view! { <ul class="row-list">{rows}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use contracts::money::{Currency, Money};

    use super::*;

    fn tile(course: &[i64]) -> Tile {
        let (label, href, note) = (String::new(), String::new(), String::new());
        Tile { label, figure: Figure::Count(0), href, note, besides: Vec::new(), course: course.to_vec() }
    }

    #[test]
    fn the_year_is_told_with_figures_one_can_read() {
        let months = |values: &[i64]| Months {
            title: String::new(),
            series: String::new(),
            starts: ["2026-10-01", "2026-11-01"].map(|day| day.parse().unwrap()).to_vec(),
            values: values.to_vec(),
        };
        assert_eq!(
            finding(&months(&[1_204, 12_480])),
            "13,684 in the last 12 months. Peak: 12,480 in Nov 2026."
        );
        assert_eq!(finding(&months(&[0, 0])), "None in the last 12 months.");
    }

    #[test]
    fn tasks_and_notes_are_whole_sentences_without_machine_words() {
        let waiting = WorkItem::Verify {
            org_id: "019c0000-0000-7000-8000-000000000000".parse().unwrap(),
            name: "Quayside".to_owned(),
            kind: OrganisationKind::Provider,
            country: "IE".to_owned(),
            since: chrono::DateTime::UNIX_EPOCH,
        };
        assert_eq!(task_of(&waiting).note, "Provider, Ireland");
        let besides = vec![Money::new(124_000, Currency::Usd), Money::new(5, Currency::Gbp)];
        let tile = Tile { note: "last 30 days".to_owned(), besides, ..tile(&[]) };
        assert_eq!(note_of(&tile), "last 30 days, plus USD\u{a0}1,240.00, GBP\u{a0}0.05");
    }

    #[test]
    fn a_change_is_told_where_there_is_something_to_compare_with() {
        let told = |course: &[i64]| change_of(&tile(course)).map(|change| (change.text, change.up));
        assert_eq!(told(&[40, 50]), Some(("up 25%".into(), true)));
        assert_eq!(told(&[1000, 999]), Some(("down less than 1%".into(), false)));
        for nothing in [&[][..], &[3], &[0, 7], &[7, 7]] {
            assert_eq!(told(nothing), None);
        }
    }
}
