//! The page that saves the current state of a list as a view.

use contracts::{
    error::ErrorCode,
    identity::Viewer,
    permission::Permission,
    query_text::query_pairs,
    views::{ListName, tidy_query},
};
use leptos::prelude::*;

use super::super::rpc::ViewSave;
use crate::{
    error::{ErrorView, UiError},
    form_action::{CommandForm, FormAction},
    form_restore::restored_or,
    query::use_query,
    ui::{
        Breadcrumbs, Button, ButtonLook, Card, Checkbox, Crumb, Description, DescriptionList, ErrorSummary,
        FormScope, PageHeader, TextInput,
    },
    viewer::use_viewer,
};

/// Page `/views/new?list=&query=`.
#[component]
pub fn NewViewPage() -> impl IntoView {
    let address = use_query().get_untracked();
    let list = address.get("list").and_then(|word| word.parse().ok());
    match require_viewer_and_list(use_viewer().get_untracked(), list) {
        Ok((viewer, list)) => {
            let query = tidy_query(&address.get("query").unwrap_or_default());
            view! { <NewView viewer list query/> }.into_any()
        }
        Err(code) => view! { <ErrorView error=UiError::new(code)/> }.into_any(),
    }
}

/// Returns the viewer and the list; an error unless the viewer is signed in and may see the list.
fn require_viewer_and_list(
    viewer: Option<Viewer>,
    list: Option<ListName>,
) -> Result<(Viewer, ListName), ErrorCode> {
    let viewer = viewer.ok_or(ErrorCode::NotSignedIn)?;
    let list = list.ok_or(ErrorCode::NotFound)?;
    if viewer.active.is_some() && viewer.may(list.needs()) {
        Ok((viewer, list))
    } else {
        Err(ErrorCode::NotAllowed)
    }
}

#[component]
fn NewView(viewer: Viewer, list: ListName, query: String) -> impl IntoView {
    let save = FormAction::of::<ViewSave>();
    let facts: Vec<_> = query_pairs(&query)
        .into_iter()
        // this value only says that columns were chosen
        .filter(|(key, value)| key != "column" || value != "none")
        .map(|(key, value)| view! { <Description term=key>{value}</Description> })
        .collect();
    let shows = if facts.is_empty() {
        view! { <p class="muted">"The whole list, without filters."</p> }.into_any()
    } else {
        view! { <DescriptionList>{facts}</DescriptionList> }.into_any()
    };
    let share = viewer.active.filter(|_| viewer.permissions.has(Permission::ViewsShare)).map(|active| {
        let label = format!("Share with {}", active.name);
        view! { <Checkbox name="shared" label hint="Everyone in the organisation who can see this list can use the view." checked=restored_or("shared", "") == "true"/> }
    });
    let crumbs = vec![Crumb::new(list.label(), list.path())];
    view! {
        <div class="reading stack-lg">
            <PageHeader title="Save a view" lead="Save these filters and sort order."
                above=move || view! { <Breadcrumbs crumbs/> }/>
            <Card title="What it shows">{shows}</Card>
            <Card>
                <FormScope errors=save.errors()>
                    <CommandForm action=save class="form-grid">
                        <ErrorSummary/>
                        <input type="hidden" name="list" value=list.as_str()/>
                        <input type="hidden" name="query" value=query/>
                        <TextInput name="name" label="Name" max_length=60/>
                        {share}
                        <div class="form-actions">
                            <Button look=ButtonLook::Primary pending=save.pending() pending_text="Saving…">"Save view"</Button>
                        </div>
                    </CommandForm>
                </FormScope>
            </Card>
        </div>
    }
    .into_any()
}
