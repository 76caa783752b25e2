//! Badges: a word about the state of a thing.

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

/// A quiet label: a category, a count, "you".
#[component]
pub fn Badge(
    /// Its meaning.
    #[prop(optional)]
    tone: Tone,
    /// An icon before the word.
    #[prop(optional)]
    icon: Option<Icon>,
    /// The word.
    children: Children,
) -> impl IntoView {
    view! {
        <span class=tone.badge_class()>
            {icon.map(|icon| view! { <Glyph icon size=IconSize::Small/> })}
            {children()}
        </span>
    }
}

/// A state: colour, the tone's icon (or a better one) and the word, always all three.
#[component]
pub fn StatusBadge(
    /// Its meaning.
    tone: Tone,
    /// The state in words: "Awaiting payment".
    #[prop(into)]
    label: String,
    /// An icon that says more than the tone's own.
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
