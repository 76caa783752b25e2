//! Lines: how something went.

use leptos::prelude::*;

use super::figures::{ValueFormat, figures, grid, key, unit, value_axis};
use super::scale::{Scale, across, percent};
use super::{ChartColour, Series};

/// One series as segments and, while they can be told apart, markers.
fn course(values: &[i64], colour: ChartColour, scale: Scale) -> impl IntoView + use<> {
    let places: Vec<(String, String)> = values
        .iter()
        .enumerate()
        .map(|(place, value)| (percent(across(place, values.len())), percent(scale.depth(*value))))
        .collect();
    let segments: Vec<_> = places
        .windows(2)
        .filter_map(|pair| {
            let [(x1, y1), (x2, y2)] = pair else { return None };
            Some(view! { <line x1=x1.clone() y1=y1.clone() x2=x2.clone() y2=y2.clone()></line> })
        })
        .collect();
    let markers: Vec<_> = if places.len() <= 31 {
        places.into_iter().map(|(x, y)| marker(colour, x, y)).collect()
    } else {
        Vec::new()
    };
    view! { <g class=colour.class()>{segments}{markers}</g> }
}

/// The mark of one value: dots for one series, rings and squares for others.
fn marker(colour: ChartColour, x: String, y: String) -> AnyView {
    match colour {
        ChartColour::Accent | ChartColour::Ink => {
            view! { <circle class="dot" cx=x cy=y r="3"></circle> }.into_any()
        }
        ChartColour::Info => view! { <circle class="ring" cx=x cy=y r="3.5"></circle> }.into_any(),
        ChartColour::Warn | ChartColour::Plum => {
            view! { <rect class="dot" x=x y=y width="7" height="7" transform="translate(-3.5 -3.5)"></rect> }
                .into_any()
        }
    }
}

/// How values went, one point per label.
#[component]
pub fn LineChart(
    /// What it shows.
    #[prop(into)]
    title: String,
    /// The finding, in a sentence: spoken instead of the drawing, shown under the title.
    #[prop(into)]
    description: String,
    /// The points of the horizontal axis, oldest first.
    labels: Vec<String>,
    /// Up to five, each as long as `labels`.
    series: Vec<Series>,
    /// What the values are.
    #[prop(optional)]
    format: ValueFormat,
) -> impl IntoView {
    let scale = Scale::over(series.iter().flat_map(|one| one.values.iter().copied()));
    let lines: Vec<_> = series.iter().map(|one| course(&one.values, one.colour, scale)).collect();
    let swatch = |_| {
        view! { <line x1="1" y1="6" x2="27" y2="6"></line><circle class="dot" cx="14" cy="6" r="3"></circle> }
            .into_any()
    };
    // about six labels fit on a desk and three on a phone
    let every = labels.len().div_ceil(6).max(1);
    let last = labels.len().saturating_sub(1);
    let ticks: Vec<_> = labels
        .iter()
        .enumerate()
        .filter(|(place, _)| place % every == 0 && (*place == 0 || last - place >= every) || *place == last)
        .map(|(place, label)| {
            let anchor = if place == 0 && last > 0 { "start" } else if place == last && last > 0 { "end" } else { "middle" };
            let class = if place == 0 || place == last { "" } else { "chart-tick-inner" };
            view! { <text class=class x=percent(across(place, labels.len())) y="14" text-anchor=anchor>{label.clone()}</text> }
        })
        .collect();
    view! {
        <figure class="chart">
            <figcaption><span class="chart-title">{title.clone()}</span><span class="chart-finding">{description.clone()}</span></figcaption>
            {key(&series, swatch)}
            <div class="chart-plot">
                {unit(&format)}
                {value_axis(scale, &format)}
                <svg class="chart-area" role="img" aria-label=[title.as_str(), ". ", &description].concat()>
                    {grid()}
                    {lines}
                </svg>
                <svg class="chart-ticks" aria-hidden="true">{ticks}</svg>
            </div>
            {figures(&title, &labels, &series, &format)}
        </figure>
    }
}

/// A line without axes, for a stat tile: decoration beside the figure and its change.
#[component]
pub fn Sparkline(
    /// The values, oldest first.
    values: Vec<i64>,
) -> impl IntoView {
    let low = values.iter().copied().min().unwrap_or(0);
    let scale = Scale::over(values.iter().map(|value| value.saturating_sub(low)));
    let above: Vec<i64> = values.iter().map(|value| value.saturating_sub(low)).collect();
    let count = above.len();
    let segments: Vec<_> = above
        .windows(2)
        .enumerate()
        .filter_map(|(place, pair)| {
            let [from, to] = pair else { return None };
            Some(view! {
                <line
                    x1=percent(across(place, count))
                    y1=percent(scale.depth(*from))
                    x2=percent(across(place + 1, count))
                    y2=percent(scale.depth(*to))
                ></line>
            })
        })
        .collect();
    view! { <svg class="spark series-accent" aria-hidden="true">{segments}</svg> }
}
