//! A figure on a dashboard.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, Sparkline};

/// How a figure moved. Whether that is good news is for the reader to say: more spent is not worse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// "12 % more than before".
    pub text: String,
    /// It went up.
    pub up: bool,
}

/// A tile: what, how much, and in one line of small print over which time and how it moved; the whole tile leads to the rows behind the number.
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
    /// Over which time, or what is left out.
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
