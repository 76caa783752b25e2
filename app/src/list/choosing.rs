//! Acts on several rows at once: boxes beside them, and a bar that says how many are chosen. The form only asks for a page that tells
//! what would happen, so that it works alone.

use contracts::catalog::query_pairs;
use leptos::{
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Event, HtmlInputElement},
};

use super::table::counted;
use crate::{
    act::fields_around,
    query::{KeptFields, Query},
    ui::{Button, group_digits, use_hydrated},
};

/// What can be done with what was chosen.
#[derive(Clone, Copy, Debug)]
pub struct Choosing {
    /// The page that tells what would happen.
    pub action: &'static str,
    /// The filters it is told with what was chosen.
    pub filters: &'static [&'static str],
    /// The word of each act and what its button says.
    pub acts: &'static [(&'static str, &'static str)],
    /// One row, and several.
    pub words: (&'static str, &'static str),
}

/// A list whose rows can be chosen.
#[component]
pub fn ChooseRows(
    /// What for.
    choosing: Choosing,
    /// What is asked for now.
    query: Query,
    /// How many rows fit.
    total: u64,
    /// More of them than on this page.
    beyond: bool,
    /// The list, with a column of choices.
    children: Children,
) -> impl IntoView {
    let (chosen, choose) = signal(0);
    let (all, choose_all) = signal(false);
    let recount = move |event: Event| {
        let fields = fields_around(&event).map(|text| query_pairs(&text)).unwrap_or_default();
        choose.set(fields.iter().filter(|(name, _)| name == "id").count());
        choose_all.set(fields.iter().any(|(name, _)| name == "all"));
    };
    let every = counted(total, choosing.words);
    let label = format!("Select all {total} matching {}", choosing.words.1, total = group_digits(total));
    let said = move || match (all.get(), chosen.get()) {
        (true, _) => format!("All {every} selected"),
        (false, 0) => "No items selected".to_owned(),
        (false, count) => format!("{count} selected"),
    };
    let hydrated = use_hydrated();
    let idle = Signal::derive(move || hydrated.get() && !all.get() && chosen.get() == 0);
    let acts: Vec<_> = choosing
        .acts
        .iter()
        .map(|(act, label)| view! { <Button attr:name="act" attr:value=*act disabled=idle>{*label}</Button> })
        .collect();
    view! {
        <form method="get" action=choosing.action on:change=recount>
            <KeptFields query=query.only(choosing.filters) own=&[]/>
            {children()}
            <div class="choose-bar">
                <p role="status">{move || hydrated.get().then(said.clone())}</p>
                <div class="cluster">{acts}</div>
                {beyond.then(|| view! {
                    <label class="toggle">
                        <input type="checkbox" name="all" value="true"/>
                        <span class="toggle-text">{label}</span>
                    </label>
                })}
            </div>
        </form>
    }
    .into_any()
}

/// Chooses every row of this page, or none; for who has JavaScript.
#[component]
pub(super) fn ChoosePage() -> impl IntoView {
    let hydrated = use_hydrated();
    move || {
        hydrated.get().then(|| {
            view! {
                <label class="toggle">
                    <input type="checkbox" on:change=move |event| choose_page(&event)/>
                    <span class="visually-hidden">"Select all on this page"</span>
                    <span class="choose-label" aria-hidden="true">"Select all on this page"</span>
                </label>
            }
        })
    }
}

fn choose_page(event: &Event) {
    let Some(switch) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else {
        return;
    };
    let Ok(Some(table)) = switch.closest("table") else { return };
    let wanted = switch.checked();
    let others = if wanted { "input[name=id]:not(:checked)" } else { "input[name=id]:checked" };
    while let Ok(Some(next)) = table.query_selector(others)
        && let Ok(next) = next.dyn_into::<HtmlInputElement>()
    {
        next.set_checked(wanted);
    }
}
