//! The dialog for a page that is out of date because another tab has signed in as another person or switched organisation. The server
//! refuses the requests of this page; the dialog says whom the browser acts for now, and how to continue.

use std::collections::BTreeMap;

use contracts::error::ErrorCode;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::paths;
use crate::ui::{Button, ButtonLook, Dialog, LinkButton};

/// Facts of the latest refusal about the person who acts now.
#[derive(Clone, Copy)]
struct ActsNow(RwSignal<Option<BTreeMap<String, String>>>);

/// Provides the state of the dialog. Call once, at the root.
pub fn provide_stale_page() {
    let now = RwSignal::new(None);
    provide_context(ActsNow(now));
    Effect::new(move |_| listen(now));
}

#[cfg(feature = "hydrate")]
fn listen(now: RwSignal<Option<BTreeMap<String, String>>>) {
    TOLD.set(Some(now));
}

/// Does nothing on the server, which answers with a whole page instead.
#[cfg(not(feature = "hydrate"))]
const fn listen(_now: RwSignal<Option<BTreeMap<String, String>>>) {}

#[cfg(feature = "hydrate")]
thread_local! {
    static TOLD: std::cell::Cell<Option<RwSignal<Option<BTreeMap<String, String>>>>> =
        const { std::cell::Cell::new(None) };
}

/// Opens the dialog if the error says that the page is out of date.
#[cfg(feature = "hydrate")]
pub(crate) fn stale(error: &crate::error::UiError) {
    if let (ErrorCode::MadeForAnother, Some(now)) = (error.code, TOLD.get()) {
        now.set(Some(error.facts.clone()));
    }
}

/// The dialog; stands once inside the router.
#[component]
pub fn StalePage() -> impl IntoView {
    let now = use_context::<ActsNow>().map_or_else(|| RwSignal::new(None), |now| now.0);
    move || now.get().map(|facts| dialog(&facts))
}

fn dialog(facts: &BTreeMap<String, String>) -> impl IntoView + use<> {
    let fact = |name| facts.get(name).cloned().unwrap_or_default();
    let who = [fact("organisation"), fact("person")];
    let who: Vec<_> = who.into_iter().filter(|name| !name.is_empty()).collect();
    let back = facts.get("switch_back").cloned().map(|id| {
        let (now, name) = (fact("made_for"), ["Switch back to ", &fact("switch_back_name")].concat());
        let here = use_location();
        let next = [here.pathname.get_untracked(), "?".to_owned(), here.search.get_untracked()].concat();
        view! {
            <form method="post" action=paths::SWITCH_ORGANISATION>
                <input type="hidden" name="made_for" value=now/>
                <input type="hidden" name="next" value=next/>
                <Button attr:name="organisation" attr:value=id>{name}</Button>
            </form>
        }
    });
    view! {
        <Dialog id="stale-page" title="This page is out of date" open=RwSignal::new(true)>
            <p>"You are now acting for " <strong>{who.join(", ")}</strong> "."</p>
            <p>{ErrorCode::MadeForAnother.message()}</p>
            <footer class="dialog-foot">
                {back}
                <LinkButton href="" look=ButtonLook::Primary external=true>"Reload the page"</LinkButton>
            </footer>
        </Dialog>
    }
}
