//! Line charts.

use leptos::prelude::*;

use super::scale::{Scale, across, percent};

/// A line without axes for a stat tile; decorative.
#[component]
pub fn Sparkline(
    /// Values, oldest first.
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
    view! { <svg class="spark" aria-hidden="true">{segments}</svg> }
}
