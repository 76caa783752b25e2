//! Buttons, and links that look like them.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, classes};

/// How much a button weighs. One `Primary` a screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonLook {
    /// The one thing to do here.
    Primary,
    /// Anything else worth a border.
    #[default]
    Secondary,
    /// Tools in bars and rows.
    Quiet,
    /// Takes something away for good.
    Danger,
}

impl ButtonLook {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Secondary => "btn btn-secondary",
            Self::Quiet => "btn btn-quiet",
            Self::Danger => "btn btn-danger",
        }
    }
}

/// How tall a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonSize {
    /// 28 px, inside table rows; 44 px on coarse pointers.
    Compact,
    /// 36 px; 44 px on coarse pointers.
    #[default]
    Regular,
    /// 56 px, the redeem screen.
    Large,
}

impl ButtonSize {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Compact => "btn-compact",
            Self::Regular => "",
            Self::Large => "btn-large",
        }
    }
}

/// What a button does to its form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// Sends the form.
    #[default]
    Submit,
    /// Nothing by itself: needs `on:click`, so it only works hydrated.
    Button,
}

impl ButtonKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Button => "button",
        }
    }
}

/// A button. Takes `on:click`, `attr:name`, `attr:value`, `attr:form` and the like on the component.
#[component]
pub fn Button(
    /// Its weight.
    #[prop(optional)]
    look: ButtonLook,
    /// Its height.
    #[prop(optional)]
    size: ButtonSize,
    /// Whether it sends its form.
    #[prop(optional)]
    kind: ButtonKind,
    /// An icon before the words.
    #[prop(optional)]
    icon: Option<Icon>,
    /// While true the button says `pending_text`, is `aria-busy` and swallows clicks, but keeps focus.
    #[prop(optional, into)]
    pending: Option<Signal<bool>>,
    /// The words while pending: "Publishing…".
    #[prop(optional, into)]
    pending_text: Option<String>,
    /// Cannot be used. Say why next to it.
    #[prop(optional, into)]
    disabled: Option<Signal<bool>>,
    /// The words: a verb and its object.
    children: Children,
) -> impl IntoView {
    let busy = move || pending.is_some_and(|pending| pending.get());
    let swallow = move |event: leptos::ev::MouseEvent| {
        if pending.is_some_and(|pending| pending.get_untracked()) {
            event.prevent_default();
        }
    };
    view! {
        <button
            type=kind.as_str()
            class=classes([look.class(), size.class()])
            aria-busy=pending.map(|_| move || busy().then_some("true"))
            aria-disabled=pending.map(|_| move || busy().then_some("true"))
            disabled=disabled.map(|disabled| move || disabled.get())
            on:click=swallow
        >
            {icon.map(|icon| view! { <Glyph icon size=IconSize::Small/> })}
            <span class="btn-label">{children()}</span>
            {pending.map(|_| view! { <span class="btn-busy">{pending_text.unwrap_or_else(|| "Working…".to_owned())}</span> })}
        </button>
    }
}

/// A link that looks like a button, for navigation that is the next step.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Its weight.
    #[prop(optional)]
    look: ButtonLook,
    /// Its height.
    #[prop(optional)]
    size: ButtonSize,
    /// An icon before the words.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Leave the click to the browser: downloads, and addresses the router does not know.
    #[prop(optional)]
    external: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class=classes([look.class(), size.class()]) rel=external.then_some("external")>
            {icon.map(|icon| view! { <Glyph icon size=IconSize::Small/> })}
            <span class="btn-label">{children()}</span>
        </a>
    }
}
