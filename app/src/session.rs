//! Ends an idle session: a dialog warns two minutes before, and one click keeps the session.

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

/// State of the session by the time since the browser's last request.
#[cfg(any(test, feature = "hydrate"))]
mod idle {
    const MINUTE: f64 = 60_000.0;
    /// Time in milliseconds after which activity is reported to the server, which counts it once a minute.
    pub(super) const COUNTS_AFTER: f64 = MINUTE;
    /// Time in milliseconds: the server waits 15 minutes, of which it may have counted one already.
    const ENDS_AFTER: f64 = 14.0 * MINUTE;
    const WARNS_AFTER: f64 = ENDS_AFTER - 2.0 * MINUTE;

    /// State of the session.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) enum IdleState {
        Live,
        Ending,
        Over,
    }

    /// Returns the state of the session after this time without a request.
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

/// The warning and its timer; stands once inside the router.
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
                // removes what another person left in this tab
                let person = viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.user_id.to_string()));
                user_storage::remove_all_but(&person.unwrap_or_default());
                watch.begin();
            }
            (false, _) => {}
        }
        here
    });
    // closing the warning in any way proves that somebody is there
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
    /// True once the warning has been needed; the page does not contain it before.
    called: RwSignal<bool>,
    /// Time of this page's last request, in milliseconds of the browser's clock.
    #[cfg(feature = "hydrate")]
    heard: StoredValue<f64>,
}

#[cfg(feature = "hydrate")]
impl Watch {
    /// Starts the timer. The page itself counts as a request.
    fn begin(self) {
        let begun = self.heard.get_value() > 0.0;
        self.remember(js_sys::Date::now());
        if begun {
            return;
        }
        set_interval(move || self.look(), std::time::Duration::from_secs(5));
        // timers stand still while a computer sleeps
        window_event_listener_untyped("visibilitychange", move |_| self.look());
        // handled forms send a request to the server; others leave the page
        window_event_listener_untyped("submit", move |event| {
            if event.default_prevented() {
                self.active();
            } else if is_sign_out(&event) {
                user_storage::remove_all_but("");
            }
        });
    }

    /// Reports activity to the server, at most once a minute.
    fn active(self) {
        let idle_millis = self.idle_millis();
        if idle_millis >= idle::COUNTS_AFTER && idle::state_after(idle_millis) == idle::IdleState::Live {
            self.stay();
        }
    }

    fn look(self) {
        match idle::state_after(self.idle_millis()) {
            // another window has kept the session
            idle::IdleState::Live if self.open.get_untracked() => self.open.set(false),
            idle::IdleState::Live => {}
            idle::IdleState::Ending => {
                self.called.set(true);
                self.open.set(true);
            }
            idle::IdleState::Over => leave(),
        }
    }

    /// Sends a small request, which keeps the session.
    fn stay(self) {
        let asked = js_sys::Date::now();
        leptos::task::spawn_local(async move {
            match account_get().await {
                Err(error) if error.is_signed_out() => leave(),
                // other errors are ignored: the next check warns again
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
            // fails where the browser stores nothing; each window then counts alone
            let _kept = storage.set_item(HEARD, &at.to_string());
        }
    }
}

/// Storage key of the time of the last request of any window of this browser.
#[cfg(feature = "hydrate")]
const HEARD: &str = "session-heard";

/// Returns the site's local storage; `None` where the browser stores nothing.
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
    crate::frame::keep_typed();
    let here = location();
    let search = here.search().unwrap_or_default();
    let path = here.pathname().unwrap_or_default();
    leave_for(&sign_in_from(&path, search.trim_start_matches('?')));
}

/// Does nothing on the server, which limits sessions itself.
#[cfg(not(feature = "hydrate"))]
#[expect(clippy::unused_self, reason = "the browser's half has the same doors")]
impl Watch {
    const fn begin(self) {}
    const fn active(self) {}
    const fn stay(self) {}
}
