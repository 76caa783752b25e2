//! Bars: how much of each.

use leptos::prelude::*;

use super::Series;
use super::figures::{figures, grid, key, value_axis};
use super::scale::{Scale, percent};

/// Share of a label's room that its bars fill, in hundredths of a percent.
const FILLED: i64 = 6_400;

/// The bars of one series.
fn bars(place: usize, of: usize, labels: usize, one: &Series, scale: Scale) -> impl IntoView + use<> {
    let (place, of) = (i64::try_from(place).unwrap_or(0), i64::try_from(of.max(1)).unwrap_or(1));
    let room = 10_000 / i64::try_from(labels.max(1)).unwrap_or(1);
    let width = room * FILLED / 10_000 / of;
    let margin = (room - width * of) / 2;
    let base = scale.depth(0);
    let rects: Vec<_> = one
        .values
        .iter()
        .zip(0_i64..)
        .map(|(value, label)| {
            let end = scale.depth(*value);
            let x = percent(label * room + margin + place * width);
            let (y, height) = (percent(base.min(end)), percent((base - end).abs()));
            view! { <rect class=one.colour.filling() x=x y=y width=percent(width * 94 / 100) height=height rx="2"></rect> }
        })
        .collect();
    view! { <g class=one.colour.class()>{rects}</g> }
}

/// Values side by side, one group per label.
#[component]
pub fn BarChart(
    /// What it shows.
    #[prop(into)]
    title: String,
    /// The finding, in a sentence: spoken instead of the drawing, shown under the title.
    #[prop(into)]
    description: String,
    /// The groups; short words.
    labels: Vec<String>,
    /// Up to three, each as long as `labels`.
    series: Vec<Series>,
) -> impl IntoView {
    let scale = Scale::over(series.iter().flat_map(|one| one.values.iter().copied()));
    let count = series.len();
    let groups: Vec<_> =
        series.iter().enumerate().map(|(place, one)| bars(place, count, labels.len(), one, scale)).collect();
    let names: Vec<_> = labels.iter().map(|label| view! { <span>{label.clone()}</span> }).collect();
    view! {
        <figure class="chart">
            <figcaption><span class="chart-title">{title.clone()}</span><span class="chart-finding">{description.clone()}</span></figcaption>
            {key(&series)}
            <div class="chart-plot">
                {value_axis(scale)}
                <svg class="chart-area" role="img" aria-label=[title.as_str(), ". ", &description].concat()>
                    {grid()}
                    {groups}
                </svg>
                <div class="chart-names" aria-hidden="true">{names}</div>
            </div>
            {figures(&title, &labels, &series)}
        </figure>
    }
}
