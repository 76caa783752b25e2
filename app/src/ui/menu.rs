//! Menus in a popover, which the browser opens and closes; it also returns the focus.

use leptos::{
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};

use super::{ButtonLook, Glyph, Icon, IconSize, classes};

/// A button that opens a list of links and actions.
#[component]
pub fn Menu(
    /// ID, unique on the page.
    #[prop(into)]
    id: String,
    /// Text of the button, or its accessible name if only the icon is shown.
    #[prop(into)]
    label: String,
    /// Icon before the text; alone with `icon_only`.
    #[prop(optional)]
    icon: Option<Icon>,
    /// True shows only the icon.
    #[prop(optional)]
    icon_only: bool,
    /// Visual weight of the button.
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

/// Closes the menu after a click on a link. The router shows the new page without loading a document, so the menu would stay open.
pub fn close_after(event: leptos::ev::MouseEvent) {
    let clicked = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(link) = clicked.and_then(|clicked| clicked.closest("a[href]").ok().flatten()) {
        close_around(&link);
    }
}

/// Closes the menu that contains an element, if any; the focus returns to the menu's button.
pub fn close_around(place: &Element) {
    let panel = place.closest("[popover]").ok().flatten();
    if let Some(panel) = panel.and_then(|panel| panel.dyn_into::<HtmlElement>().ok()) {
        // fails only for a closed panel
        let _hidden = panel.hide_popover();
    }
}

/// A link in a menu.
#[component]
pub fn MenuLink(
    /// Target address.
    #[prop(into)]
    href: String,
    /// Icon before the text.
    #[prop(optional)]
    icon: Option<Icon>,
    /// True marks the page that is open.
    #[prop(optional)]
    current: bool,
    /// Text.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="menu-item" href=href aria-current=current.then_some("page")>
            {icon.map(|icon| view! { <Glyph icon size=IconSize::Small/> })}
            <span>{children()}</span>
        </a>
    }
}

/// An action in a menu: the submit button of the surrounding form (`attr:name`, `attr:value`, `attr:formaction`).
#[component]
pub fn MenuButton(
    /// Icon before the text.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Text.
    children: Children,
) -> impl IntoView {
    view! {
        <button type="submit" class="menu-item">
            {icon.map(|icon| view! { <Glyph icon size=IconSize::Small/> })}
            <span>{children()}</span>
        </button>
    }
}
