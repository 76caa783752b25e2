//! Menus in a popover: the browser opens, closes and returns focus.

use leptos::{
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};

use super::{ButtonLook, Glyph, Icon, IconSize, classes};

/// A button that opens a list of links and acts.
#[component]
pub fn Menu(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The button's words, or its spoken name when `icon` stands alone.
    #[prop(into)]
    label: String,
    /// Shown before the words; alone with `icon_only`.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Shows the icon alone.
    #[prop(optional)]
    icon_only: bool,
    /// The button's weight.
    #[prop(default = ButtonLook::Quiet)]
    look: ButtonLook,
    /// `MenuLink`s, `MenuButton`s, `<hr/>`.
    children: Children,
) -> impl IntoView {
    let shape = if icon_only { "btn-square" } else { "" };
    let spoken = icon_only.then(|| label.clone());
    view! {
        <div class="menu">
            <button
                type="button"
                class=classes([look.class(), shape])
                popovertarget=id.clone()
                aria-label=spoken.clone()
                title=spoken
            >
                {icon.map(|icon| view! { <Glyph icon/> })}
                {(!icon_only).then(|| view! { <span class="btn-label">{label}</span><Glyph icon=Icon::ChevronDown size=IconSize::Small/> })}
            </button>
            <div id=id popover="auto" class="menu-panel" on:click=close_after>{children()}</div>
        </div>
    }
}

/// The page that a link leads to comes without a load of the document: the menu would stay open over it.
pub fn close_after(event: leptos::ev::MouseEvent) {
    let clicked = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(link) = clicked.and_then(|clicked| clicked.closest("a[href]").ok().flatten()) {
        close_around(&link);
    }
}

/// Closes the menu that something stands in, if it does: the focus goes back to the menu's button.
pub fn close_around(place: &Element) {
    let panel = place.closest("[popover]").ok().flatten();
    if let Some(panel) = panel.and_then(|panel| panel.dyn_into::<HtmlElement>().ok()) {
        // refused only for a panel that is closed
        let _hidden = panel.hide_popover();
    }
}

/// An entry that leads somewhere.
#[component]
pub fn MenuLink(
    /// Where.
    #[prop(into)]
    href: String,
    /// An icon before the words.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Marks the page that is open.
    #[prop(optional)]
    current: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="menu-item" href=href aria-current=current.then_some("page")>
            {icon.map(|icon| view! { <Glyph icon size=IconSize::Small/> })}
            <span>{children()}</span>
        </a>
    }
}

/// An entry that does something: the submit button of the form around it (`attr:name`, `attr:value`, `attr:formaction`).
#[component]
pub fn MenuButton(
    /// An icon before the words.
    #[prop(optional)]
    icon: Option<Icon>,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <button type="submit" class="menu-item">
            {icon.map(|icon| view! { <Glyph icon size=IconSize::Small/> })}
            <span>{children()}</span>
        </button>
    }
}
