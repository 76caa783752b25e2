//! A figure on a dashboard.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, Sparkline, Tone};

/// How a figure moved, and whether that is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// "12 % since last month".
    pub text: String,
    /// It went up.
    pub up: bool,
    /// Whether that is good news.
    pub tone: Tone,
}

/// A tile: what, how much, how it moved; the whole tile leads to the rows behind the number.
#[component]
pub fn Stat(
    /// What is counted.
    #[prop(into)]
    label: String,
    /// The figure, formatted.
    #[prop(into)]
    value: String,
    /// How it moved.
    #[prop(optional_no_strip)]
    change: Option<Change>,
    /// Its course, oldest first; drawn from two values on.
    #[prop(optional)]
    course: Vec<i64>,
    /// The rows behind the number.
    #[prop(optional, into)]
    href: Option<String>,
    /// A note under the figure, where there is no change to tell.
    #[prop(optional, into)]
    note: Option<String>,
) -> impl IntoView {
    let label = match href {
        Some(href) => view! { <a class="stat-link" href=href>{label}</a> }.into_any(),
        None => label.into_any(),
    };
    let change = change.map(|Change { text, up, tone }| {
        let class = match tone {
            Tone::Ok => "stat-change stat-good",
            Tone::Bad | Tone::Warn => "stat-change stat-bad",
            Tone::Neutral | Tone::Info => "stat-change",
        };
        let icon = if up { Icon::TrendUp } else { Icon::TrendDown };
        view! { <p class=class><Glyph icon size=IconSize::Small/>{text}</p> }
    });
    view! {
        <div class="stat">
            <p class="stat-label">{label}</p>
            <p class="stat-value">{value}</p>
            {change}
            {note.map(|note| view! { <p class="stat-change">{note}</p> })}
            {(course.len() > 1).then(|| view! { <Sparkline values=course/> })}
        </div>
    }
}
