//! Installation of the site as an application: a menu entry where the browser offers it, an explanation where it does not.

use leptos::prelude::*;

use crate::ui::{Disclosure, Glyph, Icon, IconSize};

/// Way in which the site can be installed in this browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    /// It is installed already, or the browser cannot install sites.
    #[default]
    None,
    /// The browser asks when a script requests it.
    Asked,
    /// Manually, by the browser's own menu (iPads and iPhones).
    ByHand,
}

#[derive(Clone, Copy)]
struct Installing(RwSignal<Way>);

/// Listens for the browser's offer to install the site. Call once, at the root.
pub fn provide_install() {
    let way = RwSignal::new(Way::None);
    provide_context(Installing(way));
    Effect::new(move |_| listen(way));
}

fn use_way() -> RwSignal<Way> {
    use_context::<Installing>().map_or_else(|| RwSignal::new(Way::None), |installing| installing.0)
}

/// Menu entry that installs the site; hidden while that is not possible.
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

/// Entry for the bottom of a page: like [`InstallEntry`], with an explanation where only the browser's own menu can install.
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

    /// Property of `window` in which `public/page.js` keeps the browser's offer, which often comes before this code runs.
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

    /// Takes the browser's offer. An offer can be taken once; the browser makes another one later.
    pub(super) fn ask(way: RwSignal<Way>) {
        way.set(Way::None);
        let Some(offer) = offer() else { return };
        let prompt = js_sys::Reflect::get(&offer, &JsValue::from_str("prompt"));
        if let Ok(Ok(prompt)) = prompt.map(|prompt| prompt.dyn_into::<js_sys::Function>()) {
            // fails only for an offer that was taken already
            let _asked = prompt.call0(&offer);
        }
    }

    /// True for iPads and iPhones that have not installed the site. An iPad identifies itself as a Mac, but has a touch screen.
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

/// Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
const fn listen(_way: RwSignal<Way>) {}

/// Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
const fn ask(_way: RwSignal<Way>) {}
