//! Ends an idle session: warns two minutes before, and one press keeps it. A half-filled form is never lost without a warning.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[cfg(feature = "hydrate")]
use wasm_bindgen::JsCast;

#[cfg(feature = "hydrate")]
use crate::{
    features::identity::rpc::account_get,
    viewer::{leave_for, sign_in_from},
};
use crate::{
    frame::paths,
    ui::{Button, ButtonLook, Dialog},
    user_storage,
    viewer::use_viewer,
};

/// What the time since the last request of this browser means for the session.
#[cfg(any(test, feature = "hydrate"))]
mod idle {
    const MINUTE: f64 = 60_000.0;
    /// After this long, in milliseconds, activity is told to the server, which counts it once a minute.
    pub(super) const COUNTS_AFTER: f64 = MINUTE;
    /// The server waits for 15 minutes, of which it may have counted one already.
    const ENDS_AFTER: f64 = 14.0 * MINUTE;
    const WARNS_AFTER: f64 = ENDS_AFTER - 2.0 * MINUTE;

    /// How the session stands.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) enum IdleState {
        Live,
        Ending,
        Over,
    }

    /// Returns the state of the session after so many milliseconds without a request.
    pub(super) fn state_after(idle_millis: f64) -> IdleState {
        if idle_millis >= ENDS_AFTER {
            IdleState::Over
        } else if idle_millis >= WARNS_AFTER {
            IdleState::Ending
        } else {
            IdleState::Live
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_warning_comes_two_minutes_before_the_end() {
            assert_eq!(state_after(COUNTS_AFTER), IdleState::Live);
            assert_eq!(state_after(12.0 * MINUTE - 1.0), IdleState::Live);
            assert_eq!(state_after(12.0 * MINUTE), IdleState::Ending);
            assert_eq!(state_after(14.0 * MINUTE - 1.0), IdleState::Ending);
            assert_eq!(state_after(14.0 * MINUTE), IdleState::Over);
        }

        #[cfg(feature = "ssr")]
        #[test]
        fn the_page_gives_up_before_the_server_does() {
            let idle = services::platform::Settings::default().session_idle.num_minutes();
            let idle = f64::from(i32::try_from(idle).unwrap()) * MINUTE;
            assert!(ENDS_AFTER + COUNTS_AFTER <= idle);
        }
    }
}

/// The warning, and the clock behind it. Stands once inside the router.
#[component]
pub fn SessionWatch() -> impl IntoView {
    let watch = Watch {
        open: RwSignal::new(false),
        called: RwSignal::new(false),
        #[cfg(feature = "hydrate")]
        heard: StoredValue::new(0.0),
    };
    let (viewer, location) = (use_viewer(), use_location());
    Effect::new(move |earlier: Option<bool>| {
        location.pathname.track();
        location.search.track();
        let here = viewer.with(Option::is_some);
        match (here, earlier) {
            (true, Some(true)) => watch.active(),
            (true, _) => {
                // what somebody else left in this tab
                let person = viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.user_id.to_string()));
                user_storage::remove_all_but(&person.unwrap_or_default());
                watch.begin();
            }
            (false, _) => {}
        }
        here
    });
    // however the warning is closed: somebody is there
    Effect::watch(
        move || watch.open.get(),
        move |open, earlier, _| {
            if !open && earlier == Some(&true) {
                watch.stay();
            }
        },
        false,
    );
    move || (watch.called.get() && viewer.with(Option::is_some)).then(|| warning(watch.open))
}

fn warning(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog id="session-warning" title="You'll be signed out in 2 minutes" open=open>
            <p>"There has been no activity for a while. You'll be signed out for security. Your work is kept if you stay signed in."</p>
            <footer class="dialog-foot">
                <form method="post" action=paths::SIGN_OUT><Button>"Sign out now"</Button></form>
                <form method="dialog"><Button look=ButtonLook::Primary attr:autofocus=true>"Stay signed in"</Button></form>
            </footer>
        </Dialog>
    }
}

#[derive(Clone, Copy)]
struct Watch {
    open: RwSignal<bool>,
    /// The warning has been needed: until then the page does not carry it.
    called: RwSignal<bool>,
    /// When the server last heard from this page, in milliseconds of the browser's clock.
    #[cfg(feature = "hydrate")]
    heard: StoredValue<f64>,
}

#[cfg(feature = "hydrate")]
impl Watch {
    /// The page that has just come from the server counts.
    fn begin(self) {
        let begun = self.heard.get_value() > 0.0;
        self.remember(js_sys::Date::now());
        if begun {
            return;
        }
        set_interval(move || self.look(), std::time::Duration::from_secs(5));
        // a sleeping computer keeps no time
        window_event_listener_untyped("visibilitychange", move |_| self.look());
        // forms of our own ask the server; those of the browser leave the page
        window_event_listener_untyped("submit", move |event| {
            if event.default_prevented() {
                self.active();
            } else if is_sign_out(&event) {
                user_storage::remove_all_but("");
            }
        });
    }

    /// Somebody is at work: told to the server when it would count.
    fn active(self) {
        let idle_millis = self.idle_millis();
        if idle_millis >= idle::COUNTS_AFTER && idle::state_after(idle_millis) == idle::IdleState::Live {
            self.stay();
        }
    }

    fn look(self) {
        match idle::state_after(self.idle_millis()) {
            // another window has stayed
            idle::IdleState::Live if self.open.get_untracked() => self.open.set(false),
            idle::IdleState::Live => {}
            idle::IdleState::Ending => {
                self.called.set(true);
                self.open.set(true);
            }
            idle::IdleState::Over => leave(),
        }
    }

    /// Asks the server for something small, which keeps the session.
    fn stay(self) {
        let asked = js_sys::Date::now();
        leptos::task::spawn_local(async move {
            match account_get().await {
                Err(error) if error.is_signed_out() => leave(),
                // whatever else went wrong: the next look warns again
                Err(_) => {}
                Ok(_) => self.remember(asked),
            }
        });
    }

    /// Returns the milliseconds since the last request of any window of this browser.
    fn idle_millis(self) -> f64 {
        let elsewhere = storage()
            .and_then(|storage| storage.get_item(HEARD).ok().flatten())
            .and_then(|at| at.parse().ok())
            .unwrap_or(0.0);
        js_sys::Date::now() - self.heard.get_value().max(elsewhere)
    }

    fn remember(self, at: f64) {
        self.heard.set_value(at);
        if let Some(storage) = storage() {
            // refused where the browser keeps nothing: then each window counts for itself
            let _kept = storage.set_item(HEARD, &at.to_string());
        }
    }
}

/// What the windows of a browser tell each other: when the server last heard from one of them.
#[cfg(feature = "hydrate")]
const HEARD: &str = "session-heard";

/// What the browser keeps for this site, unless it keeps nothing.
#[cfg(feature = "hydrate")]
pub(crate) fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

#[cfg(feature = "hydrate")]
fn is_sign_out(event: &web_sys::Event) -> bool {
    let form = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    form.and_then(|form| form.get_attribute("action")).as_deref() == Some(paths::SIGN_OUT)
}

#[cfg(feature = "hydrate")]
fn leave() {
    let here = location();
    let search = here.search().unwrap_or_default();
    let path = here.pathname().unwrap_or_default();
    leave_for(&sign_in_from(&path, search.trim_start_matches('?')));
}

/// The server keeps the time of sessions itself.
#[cfg(not(feature = "hydrate"))]
#[expect(clippy::unused_self, reason = "the browser's half has the same doors")]
impl Watch {
    const fn begin(self) {}
    const fn active(self) {}
    const fn stay(self) {}
}
