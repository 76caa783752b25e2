//! Buttons, and links that look like them.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, classes};

/// Visual weight of a button; one `Primary` per screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonLook {
    /// The main action of the screen.
    Primary,
    /// Other actions.
    #[default]
    Secondary,
    /// Actions in bars and rows.
    Quiet,
    /// Destructive actions.
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

/// Height of a button.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonSize {
    /// 28 px, inside table rows; 44 px on coarse pointers.
    Compact,
    /// 36 px; 44 px on coarse pointers.
    #[default]
    Regular,
    /// 56 px, on the redeem page.
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

/// Effect of a button on its form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// Submits the form.
    #[default]
    Submit,
    /// No effect by itself; needs `on:click`, so it works only after hydration.
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

/// A button. The component accepts `on:click`, `attr:name`, `attr:value`, `attr:form` and similar.
#[component]
pub fn Button(
    /// Visual weight.
    #[prop(optional)]
    look: ButtonLook,
    /// Height.
    #[prop(optional)]
    size: ButtonSize,
    /// Effect on its form.
    #[prop(optional)]
    kind: ButtonKind,
    /// Icon before the text.
    #[prop(optional)]
    icon: Option<Icon>,
    /// While true, the button shows `pending_text`, is `aria-busy` and ignores clicks, but keeps the focus.
    #[prop(optional, into)]
    pending: Option<Signal<bool>>,
    /// Text while pending: "Publishing…".
    #[prop(optional, into)]
    pending_text: Option<String>,
    /// True disables the button. The page must say why beside it.
    #[prop(optional, into)]
    disabled: Option<Signal<bool>>,
    /// Text: a verb and its object.
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

/// A link that looks like a button, for navigation to the next step.
#[component]
pub fn LinkButton(
    /// Target address.
    #[prop(into)]
    href: String,
    /// Visual weight.
    #[prop(optional)]
    look: ButtonLook,
    /// Height.
    #[prop(optional)]
    size: ButtonSize,
    /// Icon before the text.
    #[prop(optional)]
    icon: Option<Icon>,
    /// True leaves the click to the browser, for downloads and addresses outside of the router.
    #[prop(optional)]
    external: bool,
    /// Text.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class=classes([look.class(), size.class()]) rel=external.then_some("external")>
            {icon.map(|icon| view! { <Glyph icon size=IconSize::Small/> })}
            <span class="btn-label">{children()}</span>
        </a>
    }
}
