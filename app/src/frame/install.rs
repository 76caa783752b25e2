//! Putting the site among the device's applications: offered where the browser lets us, explained where it does not.

use leptos::prelude::*;

use crate::ui::{Disclosure, Glyph, Icon, IconSize};

/// How the site can become an application here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    /// It is one already, or this browser knows no such thing.
    #[default]
    None,
    /// The browser asks, when we say so.
    Asked,
    /// By hand, from the browser's own menu: iPads and iPhones.
    ByHand,
}

#[derive(Clone, Copy)]
struct Installing(RwSignal<Way>);

/// Hears whether the site can be installed. Call once, at the root.
pub fn provide_install() {
    let way = RwSignal::new(Way::None);
    provide_context(Installing(way));
    Effect::new(move |_| listen(way));
}

fn use_way() -> RwSignal<Way> {
    use_context::<Installing>().map_or_else(|| RwSignal::new(Way::None), |installing| installing.0)
}

/// An entry of a menu that installs; not there while there is nothing to install.
#[component]
pub fn InstallEntry() -> impl IntoView {
    let way = use_way();
    let entry = move || {
        view! {
            <button type="button" class="menu-item" on:click=move |_| ask(way)>
                <Glyph icon=Icon::Download size=IconSize::Small/>
                <span>"Install this app"</span>
            </button>
        }
    };
    move || (way.get() == Way::Asked).then(entry)
}

/// The same for the foot of a page, with words where only the browser's own menu can do it.
#[component]
pub fn InstallHelp() -> impl IntoView {
    let way = use_way();
    let by_hand = || {
        view! {
            <Disclosure summary="Install on this device">
                <p>"In Safari, press Share, then Add to Home Screen."</p>
            </Disclosure>
        }
    };
    view! { <InstallEntry/> {move || (way.get() == Way::ByHand).then(by_hand)} }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, JsValue};

    use super::Way;

    /// The property of `window` under which `public/page.js` keeps the browser's offer: it often comes before this code does.
    const OFFER: &str = "installPrompt";

    fn offer() -> Option<JsValue> {
        let offer = js_sys::Reflect::get(&window(), &JsValue::from_str(OFFER)).ok()?;
        (!offer.is_undefined()).then_some(offer)
    }

    pub(super) fn listen(way: RwSignal<Way>) {
        if by_hand() {
            way.set(Way::ByHand);
        } else if offer().is_some() {
            way.set(Way::Asked);
        }
        window_event_listener_untyped("beforeinstallprompt", move |_| way.set(Way::Asked));
        window_event_listener_untyped("appinstalled", move |_| way.set(Way::None));
    }

    /// An offer can be taken once; the browser brings another one when it wants to.
    pub(super) fn ask(way: RwSignal<Way>) {
        way.set(Way::None);
        let Some(offer) = offer() else { return };
        let prompt = js_sys::Reflect::get(&offer, &JsValue::from_str("prompt"));
        if let Ok(Ok(prompt)) = prompt.map(|prompt| prompt.dyn_into::<js_sys::Function>()) {
            // refused only for an offer that has been taken
            let _asked = prompt.call0(&offer);
        }
    }

    /// An iPad calls itself a Mac, but has a screen that is touched.
    fn by_hand() -> bool {
        let navigator = window().navigator();
        let agent = navigator.user_agent().unwrap_or_default();
        let tablet = agent.contains("Macintosh") && navigator.max_touch_points() > 1;
        let alone = js_sys::Reflect::get(&navigator, &JsValue::from_str("standalone"));
        (tablet || agent.contains("iPad") || agent.contains("iPhone"))
            && alone.ok().and_then(|alone| alone.as_bool()) == Some(false)
    }
}
#[cfg(feature = "hydrate")]
use browser::{ask, listen};

/// The server installs nothing.
#[cfg(not(feature = "hydrate"))]
const fn listen(_way: RwSignal<Way>) {}

/// And hears no clicks.
#[cfg(not(feature = "hydrate"))]
const fn ask(_way: RwSignal<Way>) {}
