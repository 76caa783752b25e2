//! Badges: a word about the status of an object.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, Tone};

impl Tone {
    pub(super) const fn badge_class(self) -> &'static str {
        match self {
            Self::Neutral => "badge badge-neutral",
            Self::Info => "badge badge-info",
            Self::Ok => "badge badge-ok",
            Self::Warn => "badge badge-warn",
            Self::Bad => "badge badge-bad",
        }
    }
}

/// A plain label: a category, a count, "you".
#[component]
pub fn Badge(
    /// Meaning, shown as colour and icon.
    #[prop(optional)]
    tone: Tone,
    /// An icon before the word.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Text.
    children: Children,
) -> impl IntoView {
    view! {
        <span class=tone.badge_class()>
            {icon.map(|icon| view! { <Glyph icon size=IconSize::Small/> })}
            {children()}
        </span>
    }
}

/// Badge of a status: always with colour, icon and word.
#[component]
pub fn StatusBadge(
    /// Meaning, shown as colour and icon.
    tone: Tone,
    /// The status in words: "Awaiting payment".
    #[prop(into)]
    label: String,
    /// Icon that is more specific than the tone's.
    #[prop(optional)]
    icon: Option<Icon>,
) -> impl IntoView {
    view! {
        <span class=tone.badge_class()>
            <Glyph icon=icon.unwrap_or(tone.icon()) size=IconSize::Small/>
            {label}
        </span>
    }
}
