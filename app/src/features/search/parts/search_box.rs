//! The search field in the bar. It is a plain form; after hydration it shows results while somebody types.

use std::time::Duration;

use contracts::{ids::UserId, query_text::push_pair, search::Found};
use leptos::{
    ev::KeyboardEvent,
    html,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{FocusEvent, HtmlElement, Node},
};
use leptos_router::{components::Form, hooks::use_location};

use super::{
    Results,
    recent::{recent, remember},
    result_count_text,
    results::render_panel,
};
use crate::{
    features::search::rpc::Search,
    form_action::FormAction,
    frame::paths,
    ui::{Glyph, Icon},
};

/// Pause in typing after which the server is queried.
const PAUSE: Duration = Duration::from_millis(150);

/// State of the search field.
#[derive(Clone, Copy)]
struct Seeking {
    typed: RwSignal<String>,
    open: RwSignal<bool>,
    asking: FormAction,
    found: Memo<Option<Found>>,
    field: NodeRef<html::Input>,
}

impl Seeking {
    fn new() -> Self {
        let asking = FormAction::of::<Search>();
        let found = Memo::new(move |_| asking.answer_of::<Search>());
        Self {
            typed: RwSignal::new(String::new()),
            open: RwSignal::new(false),
            asking,
            found,
            field: NodeRef::new(),
        }
    }

    fn ask(self) {
        let mut fields = String::new();
        push_pair(&mut fields, "q", &self.typed.get_untracked());
        self.asking.send(fields);
    }

    /// Returns the latest results while the field has text. They stay until the next answer, so that nothing flickers.
    fn latest(self) -> Option<Found> {
        let is_asked = !self.typed.read().trim().is_empty();
        self.found.get().filter(|found| is_asked && !found.q.is_empty())
    }

    /// Opens the panel, and fetches pages and actions if nothing has been typed.
    fn begin(self) {
        self.open.set(true);
        let is_offered =
            self.found.with_untracked(|found| found.as_ref().is_some_and(|found| found.q.is_empty()));
        if self.typed.read_untracked().trim().is_empty() && !is_offered {
            self.ask();
        }
    }

    /// Returns the suggestions for an empty field.
    fn suggestions(self) -> Option<Found> {
        self.found.get().filter(|found| found.q.is_empty())
    }

    /// Returns the results for the current text of the field; `None` while they are on their way.
    fn current(self) -> Option<Found> {
        self.latest().filter(|found| found.q == self.typed.read().trim())
    }

    fn focus_field(self) {
        if let Some(field) = self.field.get_untracked() {
            // focusing fails only for a field that is not shown; phones have a page instead
            let _focused = field.focus();
            field.select();
        }
    }
}

/// Search field of the signed-in person; Ctrl+K or Cmd+K focuses it. On a phone it is a link to the search page.
#[component]
pub fn SearchBox(
    /// The signed-in person.
    person: UserId,
) -> impl IntoView {
    let seeking = Seeking::new();
    listen_for_shortcut(seeking);
    close_on_another_page(seeking, person);
    let mut ask_later = debounce(PAUSE, move |()| seeking.ask());
    let typing = move |event| {
        seeking.typed.set(event_target_value(&event));
        seeking.open.set(true);
        ask_later(());
    };
    view! {
        <div
            class="bar-search"
            on:keydown=move |event| on_key(seeking, &event)
            on:focusout=move |event| close_when_left(seeking, &event)
        >
            <Form method="GET" action=paths::SEARCH>
                <label class="visually-hidden" for="bar-search">"Search"</label>
                <Glyph icon=Icon::Search/>
                <input
                    node_ref=seeking.field
                    id="bar-search"
                    name="q"
                    type="search"
                    class="input"
                    placeholder="Search"
                    maxlength="100"
                    autocomplete="off"
                    enterkeyhint="search"
                    aria-keyshortcuts="Control+K Meta+K"
                    on:input=typing
                    on:focus=move |_| seeking.begin()
                />
                <kbd class="bar-search-key" aria-hidden="true">"Ctrl K"</kbd>
            </Form>
            // on the page from the start, because screen readers watch only existing regions
            <p class="visually-hidden" role="status">
                {move || seeking.current().filter(|_| seeking.open.get()).map(|found| result_count_text(found.hit_count()))}
            </p>
            {move || panel(seeking, person)}
        </div>
        <a class="btn btn-quiet btn-square bar-search-link" href=paths::SEARCH aria-label="Search">
            <Glyph icon=Icon::Search/>
        </a>
    }
}

/// Returns the panel under the field; `None` while there is nothing to show.
fn panel(seeking: Seeking, person: UserId) -> Option<AnyView> {
    if !seeking.open.get() {
        return None;
    }
    if seeking.typed.read().trim().is_empty() {
        let (recent, offered) = (recent(person), seeking.suggestions());
        return (!recent.is_empty() || offered.is_some()).then(|| {
            view! { <div class="search-panel notranslate" translate="no">{render_panel(recent, offered)}</div> }
                .into_any()
        });
    }
    let content = match (seeking.latest(), seeking.asking.refusal()) {
        (Some(found), _) if found.groups.is_empty() => {
            view! { <p class="found-none">"Nothing found. Try fewer or different words."</p> }.into_any()
        }
        (Some(found), _) => view! { <Results found/> }.into_any(),
        (None, Some(error)) => {
            view! { <p class="found-none" role="alert">{error.to_string()}</p> }.into_any()
        }
        (None, None) => return None,
    };
    Some(view! { <div class="search-panel notranslate" translate="no">{content}</div> }.into_any())
}

/// Focuses the field on Ctrl+K or Cmd+K, anywhere on the page.
fn listen_for_shortcut(seeking: Seeking) {
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                seeking.focus_field();
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// Closes the panel after a change of page, and stores the search as a recent one.
fn close_on_another_page(seeking: Seeking, person: UserId) {
    let location = use_location();
    let (path, search) = (location.pathname, location.search);
    let leave = move || {
        remember(person, &seeking.typed.get_untracked());
        seeking.open.set(false);
    };
    Effect::watch(move || (path.get(), search.get()), move |_, _, _| leave(), false);
}

/// Closes the panel when the focus moves out of it, but not when it leaves the window.
fn close_when_left(seeking: Seeking, event: &FocusEvent) {
    let (Some(to), Some(place)) = (event.related_target(), event.current_target()) else { return };
    let (to, place) = (to.dyn_into::<Node>().ok(), place.dyn_into::<Node>().ok());
    if place.is_some_and(|place| !place.contains(to.as_ref())) {
        seeking.open.set(false);
    }
}

/// Moves the focus with the arrow keys between field and links; Escape closes the panel.
fn on_key(seeking: Seeking, event: &KeyboardEvent) {
    match event.key().as_str() {
        "Escape" if seeking.open.get_untracked() => {
            event.prevent_default();
            seeking.focus_field();
            seeking.open.set(false);
        }
        "ArrowDown" => walk(seeking, event, true),
        "ArrowUp" => walk(seeking, event, false),
        _ => {}
    }
}

fn walk(seeking: Seeking, event: &KeyboardEvent, down: bool) {
    event.prevent_default();
    let here = document()
        .active_element()
        .and_then(|focused| focused.get_attribute("data-place"))
        .and_then(|place| place.parse::<usize>().ok());
    let next = match (here, down) {
        (None, true) => 0,
        (Some(place), true) => place + 1,
        (Some(0) | None, false) => return seeking.focus_field(),
        (Some(place), false) => place - 1,
    };
    let link = document().query_selector(&format!(".search-panel [data-place=\"{next}\"]")).ok().flatten();
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        // focusing fails only for a link that is not shown
        let _focused = link.focus();
    }
}
