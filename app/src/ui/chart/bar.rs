//! Bar charts.

use leptos::prelude::*;

use super::figures::{figures, grid, value_axis};
use super::scale::{Scale, percent};

/// Width of a bar in its label's space, in hundredths of a percent.
const FILLED: i64 = 6_000;

fn bars(values: &[i64], scale: Scale) -> impl IntoView + use<> {
    let room = 10_000 / i64::try_from(values.len().max(1)).unwrap_or(1);
    let width = room * FILLED / 10_000;
    let base = scale.depth(0);
    let rects: Vec<_> = values
        .iter()
        .zip(0_i64..)
        .map(|(value, place)| {
            let end = scale.depth(*value);
            let x = percent(place * room + (room - width) / 2);
            let (y, height) = (percent(base.min(end)), percent((base - end).abs()));
            view! { <rect x=x y=y width=percent(width) height=height rx="2"></rect> }
        })
        .collect();
    view! { <g class="chart-bars">{rects}</g> }
}

/// Bar chart of one value per label.
#[component]
pub fn BarChart(
    /// Title.
    #[prop(into)]
    title: String,
    /// Summary in a sentence; shown under the title, and spoken instead of the drawing.
    #[prop(into)]
    description: String,
    /// Labels of the values; short words.
    labels: Vec<String>,
    /// Unit of the values.
    unit: String,
    /// Values, as many as `labels`.
    values: Vec<i64>,
) -> impl IntoView {
    let scale = Scale::over(values.iter().copied());
    let names: Vec<_> = labels.iter().map(|label| view! { <span>{label.clone()}</span> }).collect();
    view! {
        <figure class="chart">
            <figcaption><span class="chart-title">{title.clone()}</span><span class="chart-finding">{description.clone()}</span></figcaption>
            <div class="chart-plot">
                {value_axis(scale)}
                <svg class="chart-area" role="img" aria-label=[title.as_str(), ". ", &description].concat()>
                    {grid()}
                    {bars(&values, scale)}
                </svg>
                <div class="chart-names" aria-hidden="true">{names}</div>
            </div>
            {figures(title, labels, unit, values)}
        </figure>
    }
}
