//! The menu of saved views above a list.

use contracts::{
    query_text::push_pair,
    views::{ListName, SavedView, tidy_query},
};
use leptos::prelude::*;

use super::super::rpc::views_list;
use crate::{
    frame::paths,
    query::Query,
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
    let links = move || {
        let now = query.read().text();
        // without views the menu is empty; the list still works
        async move { links(views.await.unwrap_or_default(), &now) }
    };
    view! {
        <Menu id="list-views" label="Views" icon=Icon::List>
            <Loading show=links/>
            <hr/>
            {move || view! { <MenuLink href=save_address(list, &query.read().text()) icon=Icon::Plus>"Save this view"</MenuLink> }}
            <MenuLink href=paths::VIEWS icon=Icon::Settings>"All saved views"</MenuLink>
        </Menu>
    }
    .into_any()
}

fn links(views: Vec<SavedView>, now: &str) -> AnyView {
    if views.is_empty() {
        return view! { <p class="menu-head">"No saved views for this list yet"</p> }.into_any();
    }
    let now = tidy_query(now);
    let link = |view: SavedView| {
        let current = view.query == now;
        view! { <MenuLink href=view.href() current>{view.name}</MenuLink> }
    };
    views.into_iter().map(link).collect::<Vec<_>>().into_any()
}

/// Returns the address of the form that saves the current state.
fn save_address(list: ListName, query: &str) -> String {
    let mut address = [paths::VIEWS, "/new?"].concat();
    push_pair(&mut address, "list", list.as_str());
    push_pair(&mut address, "query", &tidy_query(query));
    address
}
