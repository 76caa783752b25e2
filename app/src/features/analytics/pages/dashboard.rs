//! A role's dashboard: figures that lead to their rows, the year by month, what waits.

use contracts::analytics::{DashboardView, Figure, Months, WorkItem};
use leptos::prelude::*;

use super::super::rpc::dashboard_get;
use crate::{
    loaded::Loaded,
    ui::{
        BarChart, Card, ChartColour, DateTimeText, EmptyState, Icon, PageHeader, Series, Skeleton,
        SkeletonShape, Stat, ValueFormat, group_digits,
    },
    viewer::use_viewer,
};

/// `/dashboard` and `/console`
#[component]
pub(crate) fn DashboardPage() -> impl IntoView {
    let dashboard = Resource::new_blocking(|| (), async |()| dashboard_get().await);
    let viewer = use_viewer();
    let lead = viewer.with_untracked(|viewer| {
        viewer.as_ref().and_then(|viewer| viewer.active.as_ref()).map(|active| active.name.clone())
    });
    view! {
        <PageHeader title="Dashboard" lead=lead.unwrap_or_default()/>
        <Loaded data=dashboard fallback=|| view! { <Skeleton shape=SkeletonShape::Tiles count=5/> } show=drawn/>
    }
}

fn drawn(dashboard: DashboardView) -> impl IntoView {
    let tiles: Vec<_> = dashboard
        .tiles
        .into_iter()
        .map(|tile| {
            let value = match tile.figure {
                Figure::Count(count) => group_digits(count.unsigned_abs()),
                Figure::Money(money) => money.to_string(),
            };
            view! { <Stat label=tile.label value=value href=tile.href note=tile.note/> }
        })
        .collect();
    view! {
        <div class="stack-lg">
            <div class="grid-stats">{tiles}</div>
            {year(dashboard.months)}
            <Card title=dashboard.work_title>{work(dashboard.work, dashboard.work_empty)}</Card>
        </div>
    }
}

fn year(months: Months) -> impl IntoView {
    let total: i64 = months.values.iter().sum();
    let best = months.values.iter().zip(&months.labels).max_by_key(|(value, _)| **value);
    let description = match best {
        Some((value, label)) if total > 0 => format!("{total} in twelve months; most in {label}: {value}."),
        _ => "Nothing in the last twelve months.".to_owned(),
    };
    let labels = months
        .labels
        .iter()
        .map(|label| label.split(' ').next().unwrap_or_default().to_owned())
        .collect::<Vec<_>>();
    let series = vec![Series::new(months.series, ChartColour::Accent, months.values)];
    view! { <BarChart title=months.title description=description labels series format=ValueFormat::Count/> }
}

fn work(items: Vec<WorkItem>, empty: String) -> impl IntoView {
    if items.is_empty() {
        return view! { <EmptyState icon=Icon::CheckCircle title="Nothing waits for you" text=empty/> }
            .into_any();
    }
    let rows: Vec<_> = items
        .into_iter()
        .map(|item| {
            view! {
                <li class="row-item">
                    <div class="spread">
                        <span><a href=item.href>{item.title}</a>" "<span class="muted">{item.note}</span></span>
                        <span class="muted num"><DateTimeText instant=item.at/></span>
                    </div>
                </li>
            }
        })
        .collect();
    view! { <ul class="row-list">{rows}</ul> }.into_any()
}
