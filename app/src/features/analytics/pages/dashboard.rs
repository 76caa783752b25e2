//! The dashboards: figures that link to their rows, the year by month, and the work list.

use contracts::{
    analytics::{DashboardView, Figure, Months, Tile, WorkItem},
    error::ErrorCode,
    identity::MembershipView,
    states::OrganisationStatus,
};
use leptos::prelude::*;

use super::super::rpc::dashboard_get;
use crate::{
    loaded::Loaded,
    ui::{
        Banner, BarChart, Card, Change, DateTimeText, EmptyState, Icon, PageHeader, Skeleton, SkeletonShape,
        Stat, Tone, group_digits, money_text,
    },
    viewer::use_viewer,
};

/// Pages `/dashboard` and `/console`.
#[component]
pub(crate) fn DashboardPage() -> impl IntoView {
    let active =
        use_viewer().with_untracked(|viewer| viewer.as_ref().and_then(|viewer| viewer.active.clone()));
    let lead = active.as_ref().map(|active| active.name.clone()).unwrap_or_default();
    let content = match active.filter(|active| !active.status.is_admitted()) {
        Some(active) => view! { <FirstSteps active/> }.into_any(),
        None => view! { <Figures/> }.into_any(),
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
    let common = [("/organisation", "Check your organisation’s details and invite colleagues")];
    let steps: Vec<_> = common
        .iter()
        .chain(steps)
        .map(|(href, words)| view! { <li><a href=*href>{*words}</a></li> })
        .collect();
    view! {
        <div class="stack-lg reading">
            <Banner tone title><p>{text}</p></Banner>
            <Card title="What you can do now"><ul class="stack-sm">{steps}</ul></Card>
        </div>
    }
}

#[component]
fn Figures() -> impl IntoView {
    let dashboard = Resource::new_blocking(|| (), async |()| dashboard_get().await);
    view! {
        <Loaded data=dashboard fallback=|| view! { <Skeleton shape=SkeletonShape::Tiles count=5/> } show=draw_dashboard/>
    }
}

fn draw_dashboard(dashboard: DashboardView) -> impl IntoView {
    let tiles: Vec<_> = dashboard
        .tiles
        .into_iter()
        .map(|tile| {
            let value = match tile.figure {
                Figure::Count(count) => group_digits(count.unsigned_abs()),
                Figure::Money(money) => money_text(money),
            };
            let change = change_of(&tile);
            view! { <Stat label=tile.label value=value change href=tile.href note=tile.note course=tile.course/> }
        })
        .collect();
    view! {
        <div class="stack-lg">
            <div class="grid-stats">{tiles}</div>
            <div class="grid-2">
                <Card>{year(dashboard.months)}</Card>
                <Card title=dashboard.work_title>{work(dashboard.work, dashboard.work_empty)}</Card>
            </div>
        </div>
    }
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
    let best = months.values.iter().zip(&months.labels).max_by_key(|(value, _)| **value);
    let number = |count: i64| group_digits(count.unsigned_abs());
    match best {
        Some((value, label)) if total > 0 => {
            format!("{} in the last 12 months. Peak: {} in {label}.", number(total), number(*value))
        }
        _ => "None in the last 12 months.".to_owned(),
    }
}

fn year(months: Months) -> impl IntoView {
    let description = finding(&months);
    let labels = months
        .labels
        .iter()
        .map(|label| label.split(' ').next().unwrap_or_default().to_owned())
        .collect::<Vec<_>>();
    view! { <BarChart title=months.title description labels unit=months.series values=months.values/> }
}

fn work(items: Vec<WorkItem>, empty: String) -> impl IntoView {
    if items.is_empty() {
        return view! { <EmptyState icon=Icon::CheckCircle title="Nothing to do" text=empty/> }.into_any();
    }
    let rows: Vec<_> = items
        .into_iter()
        .map(|item| {
            view! {
                <li class="row-item">
                    <div class="spread">
                        <span><a href=item.href>{item.title}</a>" "<span class="muted">{item.note}</span></span>
                        <span class="muted small">{item.at_label}" "<DateTimeText instant=item.at/></span>
                    </div>
                </li>
            }
        })
        .collect();
    view! { <ul class="row-list">{rows}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(course: &[i64]) -> Tile {
        let (label, href, note) = (String::new(), String::new(), String::new());
        Tile { label, figure: Figure::Count(0), href, note, course: course.to_vec() }
    }

    #[test]
    fn the_year_is_told_with_figures_one_can_read() {
        let months = |values: &[i64]| Months {
            title: String::new(),
            series: String::new(),
            labels: vec!["Oct 2026".to_owned(), "Nov 2026".to_owned()],
            values: values.to_vec(),
        };
        assert_eq!(
            finding(&months(&[1_204, 12_480])),
            "13,684 in the last 12 months. Peak: 12,480 in Nov 2026."
        );
        assert_eq!(finding(&months(&[0, 0])), "None in the last 12 months.");
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
