//! The menu of saved views above a list.

#[cfg(feature = "ssr")]
use contracts::views::Opening;
use contracts::{
    query_text::{push_pair, query_pairs},
    views::{ListName, SavedView, tidy_query},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::super::rpc::views_list;
use crate::{
    frame::paths,
    query::{Query, SAVED_VIEW},
    ui::{Icon, Loading, Menu, MenuLink},
};

/// Menu with the saved views of a list, and a link that saves the current state as a view.
#[component]
pub fn ViewsMenu(
    /// The list.
    list: ListName,
    /// Current query of the list.
    query: Memo<Query>,
) -> impl IntoView {
    let views = Resource::new_blocking(|| (), move |()| views_list(Some(list)));
    let search = use_location().search;
    let menu = move || {
        let now = query.read().text();
        let saved = search.with(|search| says_saved(search));
        // without views the menu is empty; the list still works
        async move { menu(list, views.await.unwrap_or_default(), &now, saved) }
    };
    view! { <Loading show=menu/> }.into_any()
}

/// True for the address that saving a view leads to.
fn says_saved(search: &str) -> bool {
    query_pairs(search).iter().any(|(key, _)| key == SAVED_VIEW)
}

fn menu(list: ListName, views: Vec<SavedView>, now: &str, is_saved: bool) -> AnyView {
    let now = tidy_query(now);
    let active = views.iter().find(|view| view.query == now).map(|view| view.name.clone());
    let label = active.as_ref().map_or_else(|| "Views".to_owned(), |name| ["View: ", name].concat());
    let saved = active.filter(|_| is_saved).map(|name| {
        view! { <p class="list-saved" role="status">{["View “", &name, "” saved."].concat()}</p> }
    });
    view! {
        {saved}
        <Menu id="list-views" label icon=Icon::List>
            {links(views, &now)}
            <hr/>
            <MenuLink href=save_address(list, &now) icon=Icon::Plus>"Save this view"</MenuLink>
            <MenuLink href=paths::VIEWS icon=Icon::Settings>"All saved views"</MenuLink>
        </Menu>
    }
    .into_any()
}

fn links(views: Vec<SavedView>, now: &str) -> AnyView {
    if views.is_empty() {
        return view! { <p class="menu-head">"No saved views for this list yet"</p> }.into_any();
    }
    let link = |view: SavedView| {
        let current = view.query == now;
        view! { <MenuLink href=view.href() current>{view.name}</MenuLink> }
    };
    views.into_iter().map(link).collect::<Vec<_>>().into_any()
}

/// Returns the address of the list as a view that was just saved opens it; the list then says so.
#[cfg(feature = "ssr")]
pub(in super::super) fn saved_address(view: &Opening) -> String {
    let mut address = view.href();
    if !address.contains('?') {
        address.push('?');
    }
    push_pair(&mut address, SAVED_VIEW, "true");
    address
}

/// Returns the address of the form that saves the current state.
fn save_address(list: ListName, query: &str) -> String {
    let mut address = [paths::VIEWS, "/new?"].concat();
    push_pair(&mut address, "list", list.as_str());
    push_pair(&mut address, "query", &tidy_query(query));
    address
}
