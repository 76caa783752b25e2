//! Figures on dashboards.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, Sparkline};

/// Change of a figure. It is not judged: more spending is not worse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Change in words: "up 12%".
    pub text: String,
    /// True when the figure rose.
    pub up: bool,
}

/// A tile with a figure and one line about its period and change; the whole tile links to the counted rows.
#[component]
pub fn Stat(
    /// Name of the figure.
    #[prop(into)]
    label: String,
    /// Formatted figure.
    #[prop(into)]
    value: String,
    /// Change since the previous period.
    #[prop(optional_no_strip)]
    change: Option<Change>,
    /// Values over time, oldest first; drawn if there are at least two.
    #[prop(optional)]
    course: Vec<i64>,
    /// Address of the counted rows.
    #[prop(optional, into)]
    href: Option<String>,
    /// Period of the figure, or what it leaves out.
    #[prop(optional, into)]
    note: Option<String>,
) -> impl IntoView {
    let label = match href {
        Some(href) => view! { <a class="stat-link" href=href>{label}</a> }.into_any(),
        None => label.into_any(),
    };
    let small_print = match (note, change) {
        (note, Some(Change { text, up })) => {
            let icon = if up { Icon::TrendUp } else { Icon::TrendDown };
            let text = note.map_or_else(|| text.clone(), |note| [&note, ", ", &text].concat());
            Some(view! { <Glyph icon size=IconSize::Small/><span>{text}</span> }.into_any())
        }
        (Some(note), None) => Some(note.into_any()),
        (None, None) => None,
    };
    view! {
        <div class="stat">
            <p class="stat-label">{label}</p>
            <p class="stat-value">{value}</p>
            {small_print.map(|text| view! { <p class="stat-change">{text}</p> })}
            {(course.len() > 1).then(|| view! { <Sparkline values=course/> })}
        </div>
    }
}
