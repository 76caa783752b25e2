//! The list of saved views that the person may open, with the actions on each.

use contracts::{
    ids::SavedViewId,
    permission::{Level, Permission},
    views::{ListName, SavedView},
};
use leptos::{context::Provider, prelude::*};

use super::super::rpc::{ViewChange, ViewDelete, ViewOpenFor, views_list};
use crate::{
    answers::LatestError,
    form_action::{CommandForm, FormAction},
    form_restore::{RestoredInput, restored_or},
    frame::paths,
    loaded::Loaded,
    query::use_query_text,
    ui::{
        Badge, Banner, Button, ButtonLook, ButtonSize, Card, Checkbox, Confirm, Disclosure, EmptyState,
        FormErrors, FormScope, Icon, PageHeader, Skeleton, TextInput, Tone,
    },
    viewer::{leave_for, use_viewer},
};

/// Form actions of the page, and the permissions of the person.
#[derive(Clone, Copy)]
struct SavedViewActions {
    change: FormAction,
    open_for: FormAction,
    delete: FormAction,
    refused: LatestError,
    /// View whose change was sent last.
    changed: RwSignal<Option<SavedViewId>>,
    shares: bool,
    manages: bool,
}

impl SavedViewActions {
    fn new() -> Self {
        let (change, open_for, delete) =
            (FormAction::of::<ViewChange>(), FormAction::of::<ViewOpenFor>(), FormAction::of::<ViewDelete>());
        for (action, done) in [(change, "changed"), (open_for, "changed"), (delete, "deleted")] {
            // loads the page again, because the server renders the navigation, which may have changed
            Effect::watch(
                move || action.version().get(),
                move |_, _, _| {
                    if action.outcome() == Some(Ok(())) {
                        leave_for(&[paths::VIEWS, "?done=", done].concat());
                    }
                },
                false,
            );
        }
        // without JavaScript the refused form names its view
        let changed: Option<SavedViewId> =
            SharedValue::new(|| restored_or("id", "").parse().ok()).into_inner();
        let changed = RwSignal::new(changed);
        Effect::new(move |_| {
            let sent = change.sent_in("id").and_then(|id| id.parse().ok());
            if sent.is_some() {
                changed.set(sent);
            }
        });
        let refused = LatestError::new().following(change).following(open_for).following(delete);
        let may =
            |right| use_viewer().with_untracked(|viewer| viewer.as_ref().is_some_and(|one| one.may(right)));
        let (shares, manages) = (may(Permission::ViewsShare), may(Permission::MembersManage));
        Self { change, open_for, delete, refused, changed, shares, manages }
    }

    /// Returns the latest refusal in words.
    fn refusal(self) -> Option<String> {
        let error = self.refused.get()?;
        Some(error.fields.0.values().next().cloned().unwrap_or_else(|| error.to_string()))
    }

    /// Returns the errors of a view's form, if it was the last to be answered.
    fn refusal_of(self, id: SavedViewId) -> FormErrors {
        if self.changed.get() == Some(id) { self.refused.of(self.change) } else { FormErrors::default() }
    }
}

/// Page `/views`.
#[component]
pub fn ViewsPage() -> impl IntoView {
    let actions = SavedViewActions::new();
    let views = Resource::new_blocking(|| (), |()| views_list(None));
    let done = use_query_text("done");
    view! {
        <PageHeader title="Saved views" lead="Your saved views and those shared by your organisation."/>
        <div class="stack-lg">
            {move || done.get().and_then(|done| done_text(&done)).filter(|_| actions.refusal().is_none()).map(|text| view! {
                <Banner tone=Tone::Ok title=text/>
            })}
            {move || actions.refusal().map(|text| view! { <Banner tone=Tone::Bad title="Not saved">{text}</Banner> })}
            <Loaded data=views fallback=|| view! { <Skeleton/> } show=move |views| groups(&views, actions)/>
        </div>
    }
    .into_any()
}

/// Returns what was done, by the word in the address that it led to.
fn done_text(done: &str) -> Option<&'static str> {
    match done {
        "changed" => Some("View saved"),
        "deleted" => Some("View deleted"),
        _ => None,
    }
}

/// Returns a card for each list that has views.
fn groups(views: &[SavedView], actions: SavedViewActions) -> AnyView {
    if views.is_empty() {
        return view! {
            <EmptyState icon=Icon::List title="No saved views yet"
                text="Filter a list, then choose Save this view. Your saved views appear here."/>
        }
        .into_any();
    }
    let group = |list: ListName| {
        let rows: Vec<_> =
            views.iter().filter(|view| view.list == list).map(|view| row(view.clone(), actions)).collect();
        (!rows.is_empty()).then(|| {
            view! { <Card title=list.label()><ul class="row-list">{rows}</ul></Card> }
        })
    };
    ListName::ALL.iter().copied().filter_map(group).collect::<Vec<_>>().into_any()
}

fn row(view: SavedView, actions: SavedViewActions) -> AnyView {
    let opens_for: Vec<_> = view.opens_for.iter().map(|level| level.label()).collect();
    let opens_for = (!opens_for.is_empty()).then(|| format!("Default for: {}", opens_for.join(", ")));
    let owner = if view.is_own { "Yours".to_owned() } else { format!("Saved by {}", view.owner_name) };
    let reach = if view.is_shared { "Shared" } else { "Private" };
    let forms = view.may_change.then(|| forms(view.clone(), actions));
    let href = view.href();
    view! {
        <li class="row-item stack-sm">
            <div class="spread">
                <span class="cluster"><a href=href>{view.name}</a><Badge>{reach}</Badge></span>
                <span class="muted small">{[Some(owner), opens_for].into_iter().flatten().collect::<Vec<_>>().join(". ")}</span>
            </div>
            {forms}
        </li>
    }
    .into_any()
}

fn forms(view: SavedView, actions: SavedViewActions) -> AnyView {
    let (id, name) = (view.id, view.name.clone());
    let is_refused = actions.changed.get_untracked() == Some(id);
    let open_for = (actions.manages && view.is_shared).then(|| open_for_form(&view, actions));
    let change = if is_refused {
        change_form(view, actions)
    } else {
        // the restored input belongs to another view
        view! { <Provider value=RestoredInput::default()>{change_form(view, actions)}</Provider> }.into_any()
    };
    let title = format!("Delete {name}?");
    let deleting = actions.delete.pending_with("id", id);
    view! {
        <Disclosure summary="Edit" about=name.clone() open=is_refused>
            <div class="stack">
                {change}
                {open_for}
                <div>
                    <Confirm id=["delete-", &id.to_string()].concat() title opener="Delete" about=name size=ButtonSize::Compact>
                        <p>"It will be deleted for everyone who uses it. The records it shows are not affected."</p>
                        <CommandForm action=actions.delete>
                            <input type="hidden" name="id" value=id.to_string()/>
                            <Button look=ButtonLook::Danger pending=deleting pending_text="Deleting…">"Delete view"</Button>
                        </CommandForm>
                    </Confirm>
                </div>
            </div>
        </Disclosure>
    }
    .into_any()
}

fn change_form(view: SavedView, actions: SavedViewActions) -> AnyView {
    let (id, number) = (view.id, view.id.to_string());
    let (name_id, shared_id) = (["name-", &number].concat(), ["shared-", &number].concat());
    // people who did not save a view can rename it but not make it private
    let sharing = if view.is_own && actions.shares {
        view! { <Checkbox name="shared" id=shared_id label="Shared with your organisation" checked=view.is_shared/> }.into_any()
    } else {
        view.is_shared.then(|| view! { <input type="hidden" name="shared" value="true"/> }).into_any()
    };
    let pending = actions.change.pending_with("id", id);
    view! {
        <FormScope errors=Signal::derive(move || actions.refusal_of(id))>
            <CommandForm action=actions.change class="stack-sm">
                <input type="hidden" name="id" value=number/>
                <TextInput name="name" id=name_id label="Name" max_length=60 value=view.name/>
                {sharing}
                <div><Button pending pending_text="Saving…">"Save"</Button></div>
            </CommandForm>
        </FormScope>
    }
    .into_any()
}

fn open_for_form(view: &SavedView, actions: SavedViewActions) -> AnyView {
    let id = view.id;
    let hint = format!("For these roles, {} in the navigation opens with this view.", view.list.label());
    let levels: Vec<_> = Level::ALL
        .iter()
        .map(|level| {
            let checked = view.opens_for.contains(level);
            view! {
                <label class="toggle">
                    <input type="checkbox" name="levels[]" value=level.as_str() checked=checked/>
                    <span class="toggle-text">{level.label()}</span>
                </label>
            }
        })
        .collect();
    let pending = actions.open_for.pending_with("id", id);
    view! {
        <CommandForm action=actions.open_for class="stack-sm">
            <input type="hidden" name="id" value=id.to_string()/>
            <fieldset class="field">
                <legend class="field-label">"Default view for"</legend>
                <p class="field-hint">{hint}</p>
                <div class="toggles">{levels}</div>
            </fieldset>
            <div><Button pending pending_text="Saving…">"Save default"</Button></div>
        </CommandForm>
    }
    .into_any()
}
