//! The dialog for a page that the browser's session does not fit any more, because another tab has signed in as another person,
//! switched organisation or signed out. The server refuses the requests of this page; the dialog says why, and how to continue. What was
//! typed is kept in the tab for when the person comes back to the page (`public/page.js`).

use std::collections::BTreeMap;

use contracts::error::ErrorCode;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::paths;
use crate::{
    ui::{Button, ButtonLook, Dialog, LinkButton},
    viewer::sign_in_from_here,
};

/// Why the page and the session do not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only answers to a browser's scripts make one")
)]
enum Misfit {
    /// Another person or organisation acts now; the facts of the refusal say who.
    ActsNow(BTreeMap<String, String>),
    /// Nobody is signed in.
    SignedOut,
}

/// State of the dialog; `None` while the page fits.
#[derive(Clone, Copy)]
struct LatestMisfit(RwSignal<Option<Misfit>>);

/// Provides the state of the dialog. Call once, at the root.
pub fn provide_stale_page() {
    let now = RwSignal::new(None);
    provide_context(LatestMisfit(now));
    Effect::new(move |_| listen(now));
}

#[cfg(feature = "hydrate")]
fn listen(now: RwSignal<Option<Misfit>>) {
    TOLD.set(Some(now));
}

/// Does nothing on the server, which answers with a whole page instead.
#[cfg(not(feature = "hydrate"))]
const fn listen(_now: RwSignal<Option<Misfit>>) {}

#[cfg(feature = "hydrate")]
thread_local! {
    static TOLD: std::cell::Cell<Option<RwSignal<Option<Misfit>>>> = const { std::cell::Cell::new(None) };
}

#[cfg(feature = "hydrate")]
fn tell(misfit: Misfit) {
    if let Some(now) = TOLD.get() {
        now.set(Some(misfit));
    }
}

/// Opens the dialog if the error says that the page was made for another person or organisation.
#[cfg(feature = "hydrate")]
pub(crate) fn stale(error: &crate::error::UiError) {
    if error.code == ErrorCode::MadeForAnother {
        tell(Misfit::ActsNow(error.facts.clone()));
    }
}

/// Opens the dialog if an action of somebody's page was refused because nobody is signed in any more. A page that only reads leaves for
/// the sign-in page by itself.
#[cfg(feature = "hydrate")]
pub(crate) fn signed_out(error: &crate::error::UiError) {
    if error.is_signed_out() && !crate::viewer::made_for().starts_with('.') {
        tell(Misfit::SignedOut);
    }
}

/// The dialog; stands once inside the router.
#[component]
pub fn StalePage() -> impl IntoView {
    let now = use_context::<LatestMisfit>().map_or_else(|| RwSignal::new(None), |now| now.0);
    move || {
        now.get().map(|misfit| match misfit {
            Misfit::ActsNow(facts) => made_for_another(&facts).into_any(),
            Misfit::SignedOut => sign_in_again().into_any(),
        })
    }
}

fn made_for_another(facts: &BTreeMap<String, String>) -> impl IntoView + use<> {
    let fact = |name| facts.get(name).cloned().unwrap_or_default();
    let who = [fact("organisation"), fact("person")];
    let who: Vec<_> = who.into_iter().filter(|name| !name.is_empty()).collect();
    let name = fact("switch_back_name");
    let back = facts.get("switch_back").cloned().map(|id| {
        let now = fact("made_for");
        let here = use_location();
        let next = [here.pathname.get_untracked(), "?".to_owned(), here.search.get_untracked()].concat();
        let kept = [
            "If you switch back, you return to this page with what you typed. If you reload, it is for ",
            &who.join(", "),
            " and what you typed is lost.",
        ]
        .concat();
        let form = view! {
            <form method="post" action=paths::SWITCH_ORGANISATION data-keeps-typed="">
                <input type="hidden" name="made_for" value=now/>
                <input type="hidden" name="next" value=next/>
                <Button attr:name="organisation" attr:value=id>{["Switch back to ", &name].concat()}</Button>
            </form>
        };
        (view! { <p>{kept}</p> }, form)
    });
    let (kept, back) = back.unzip();
    view! {
        <Dialog id="stale-page" title="This page is out of date" open=RwSignal::new(true)>
            <p>"You are now acting for " <strong>{who.join(", ")}</strong> "."</p>
            <p>{ErrorCode::MadeForAnother.message()}</p>
            {kept}
            <footer class="dialog-foot">
                {back}
                <LinkButton href="" look=ButtonLook::Primary external=true>"Reload the page"</LinkButton>
            </footer>
        </Dialog>
    }
}

fn sign_in_again() -> impl IntoView {
    view! {
        <Dialog id="signed-out" title="You are signed out" open=RwSignal::new(true)>
            <p>"Your session has ended, or you signed out in another tab. Your last action was not carried out."</p>
            <p>"Sign in to return to this page. What you typed here is kept in this tab, except passwords and files."</p>
            <footer class="dialog-foot">
                <LinkButton href=sign_in_from_here() look=ButtonLook::Primary external=true attr:data-keeps-typed="">
                    "Sign in and return to this page"
                </LinkButton>
            </footer>
        </Dialog>
    }
}
