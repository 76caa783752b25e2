//! Bulk actions on the rows of a list: boxes to select rows, and a bar that says how many are selected. The form only leads to a page that
//! previews the action, so that it works without JavaScript.

use contracts::query_text::query_pairs;
use leptos::{
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Event, HtmlInputElement},
};

use super::table::count_text;
use crate::{
    form_action::fields_around,
    query::{HiddenQueryFields, Query},
    ui::{Button, group_digits, use_hydrated},
};

/// Bulk actions of a list.
#[derive(Clone, Copy, Debug)]
pub struct Selection {
    /// Path of the page that previews an action.
    pub action: &'static str,
    /// Query keys of the filters that this page needs.
    pub filters: &'static [&'static str],
    /// Name and label of each action.
    pub acts: &'static [(&'static str, &'static str)],
    /// Singular and plural for counts.
    pub words: (&'static str, &'static str),
}

/// A list whose rows can be selected.
#[component]
pub fn SelectableRows(
    /// Bulk actions of the list.
    selection: Selection,
    /// Current query.
    query: Query,
    /// Number of rows on all pages.
    total: u64,
    /// True when there are more rows than on this page.
    beyond: bool,
    /// The list with a column of checkboxes.
    children: Children,
) -> impl IntoView {
    let (chosen, choose) = signal(0);
    let (all, choose_all) = signal(false);
    let recount = move |event: Event| {
        let fields = fields_around(&event).map(|text| query_pairs(&text)).unwrap_or_default();
        choose.set(fields.iter().filter(|(name, _)| name == "id").count());
        choose_all.set(fields.iter().any(|(name, _)| name == "all"));
    };
    let every = count_text(total, selection.words);
    let label = format!("Select all {total} matching {}", selection.words.1, total = group_digits(total));
    let said = move || match (all.get(), chosen.get()) {
        (true, _) => format!("All {every} selected"),
        (false, 0) => "No items selected".to_owned(),
        (false, count) => format!("{count} selected"),
    };
    let hydrated = use_hydrated();
    let idle = Signal::derive(move || hydrated.get() && !all.get() && chosen.get() == 0);
    let acts: Vec<_> = selection
        .acts
        .iter()
        .map(|(act, label)| view! { <Button attr:name="act" attr:value=*act disabled=idle>{*label}</Button> })
        .collect();
    view! {
        <form method="get" action=selection.action on:change=recount>
            <HiddenQueryFields query=query.only(selection.filters) own=&[]/>
            {children()}
            <div class="choose-bar">
                <p role="status" class="notranslate" translate="no">{move || hydrated.get().then(said.clone())}</p>
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

/// Checkbox that selects all rows of this page, or none; needs JavaScript.
#[component]
pub(super) fn SelectPage() -> impl IntoView {
    let hydrated = use_hydrated();
    move || {
        hydrated.get().then(|| {
            view! {
                <label class="toggle">
                    <input type="checkbox" on:change=move |event| select_page(&event)/>
                    <span class="visually-hidden">"Select all on this page"</span>
                    <span class="choose-label" aria-hidden="true">"Select all on this page"</span>
                </label>
            }
        })
    }
}

fn select_page(event: &Event) {
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
