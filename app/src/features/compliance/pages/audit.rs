//! The audit trail with its filters.

use contracts::{
    compliance::{AuditQuery, AuditView},
    page::Page,
    views::ListName,
};
use leptos::prelude::*;

use crate::{
    error::{ErrorView, UiError},
    features::compliance::rpc::{AuditFind, audit_actions, audit_list},
    form_action::{CommandForm, FormAction},
    form_restore::restored_or,
    list::{Choosable, Column, ListLook, ListTools, list_table},
    loaded::busy_rows,
    query::{Query, use_query_at},
    ui::{
        Button, ButtonLook, Chip, Choice, DateInput, DateTimeText, Disclosure, EmptyState, ErrorSummary,
        FormErrors, FormScope, Icon, LinkButton, Loading, PageHeader, Select, TableDensity, TextInput,
        time_zone_name,
    },
};

const LIST: ListName = ListName::Audit;
const PATH: &str = LIST.path();
/// Filters that the export takes from the list.
const FIELDS: &[&str] = &["from", "to", "action", "entity_type", "entity_id", "actor", "organisation"];

/// Fields that are typed as names and stand in no address.
const TYPED: [&str; 3] = ["person", "organisation_name", "thing"];

fn params(query: &Query) -> AuditQuery {
    let get = |name: &str| query.get(name).unwrap_or_default();
    AuditQuery {
        from: get("from"),
        to: get("to"),
        time_zone: time_zone_name(),
        action: get("action"),
        entity_type: get("entity_type"),
        entity_id: get("entity_id"),
        actor: get("actor"),
        organisation: get("organisation"),
        after: get("after"),
        before: get("before"),
        size: query.read("size").unwrap_or_default(),
    }
}

/// Page `/console/audit`.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_at(PATH);
    let list = Resource::new_blocking(move || query.get(), |query| audit_list(params(&query)));
    let actions = Resource::new_blocking(|| (), |()| audit_actions());
    let find = FormAction::of::<AuditFind>();
    let errors = Signal::derive(move || match query.with(params).parse() {
        Ok(_) => find.errors().get(),
        Err(fields) => FormErrors::from_fields(fields.0),
    });
    view! {
        <PageHeader title="Audit trail" lead="A record of every change, who made it and when."/>
        <FormScope errors>
            <ErrorSummary/>
            <div class="list-head">
                <Loading show=move || {
                    let query = query.get();
                    async move {
                        let actions = actions.await.unwrap_or_default();
                        view! { <Filters query actions find/> }.into_any()
                    }
                }/>
                <ListTools list=LIST columns=Choosable::from(&*columns(&Query::default())) query/>
            </div>
        </FormScope>
        <Loading fallback=busy_rows fresh=true show=move || async move {
            render_list(list.await, &query.get()).into_any()
        }/>
    }
}

/// Returns the list; nothing for invalid filters, whose errors are shown at their fields; an error page for all other errors.
fn render_list(outcome: Result<Page<AuditView>, UiError>, query: &Query) -> Option<AnyView> {
    match outcome {
        Ok(page) => Some(rows(page, query)),
        Err(_) if params(query).parse().is_err() => None,
        Err(error) => Some(view! { <ErrorView error/> }.into_any()),
    }
}

/// The filters. The form is a post that redirects to an address with IDs, so that no address contains a name or an e-mail address.
#[component]
fn Filters(query: Query, actions: Vec<(String, String)>, find: FormAction) -> impl IntoView {
    let is_used = FIELDS.iter().any(|name| query.get(name).is_some())
        || TYPED.iter().any(|name| !restored_or(name, "").is_empty());
    let params = params(&query);
    let actions = actions.into_iter().map(|(word, label)| Choice::new(word, label)).collect();
    let kept: Vec<_> = [
        ("actor", params.actor),
        ("organisation", params.organisation),
        ("entity_type", params.entity_type),
        ("entity_id", params.entity_id),
    ]
    .into_iter()
    .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
    .collect();
    view! {
        <CommandForm action=find class="list-filters" label="Filter the audit trail">
            {kept}
            <input type="hidden" name="size" value=params.size.as_str()/>
            <Disclosure summary="Filters" open=is_used><div class="filter-fields">
                <DateInput name="from" label="Start date" optional=true value=params.from/>
                <DateInput name="to" label="End date" optional=true value=params.to/>
                <Select name="action" label="Action" placeholder="Any action" optional=true choices=actions value=params.action/>
                <TextInput name="person" label="Person's name or e-mail" optional=true/>
                <TextInput name="organisation_name" label="Organisation's name" optional=true/>
                <TextInput name="thing" label="Record's title or number" optional=true/>
                <Button look=ButtonLook::Primary icon=Icon::Filter pending=find.pending()>"Filter"</Button>
                <LinkButton href=PATH look=ButtonLook::Quiet>"Clear"</LinkButton>
            </div></Disclosure>
        </CommandForm>
    }
    .into_any()
}

/// Returns chips that name the IDs in the address, each with a link that removes it.
fn chips(page: &Page<AuditView>, query: &Query) -> Option<AnyView> {
    let first = page.items.first();
    let actor = first.and_then(|one| one.actor_name.clone()).unwrap_or_else(|| "one person".to_owned());
    let house =
        first.and_then(|one| one.organisation.clone()).unwrap_or_else(|| "one organisation".to_owned());
    let thing = first.map_or_else(|| "one record".to_owned(), thing_text);
    let chips: Vec<_> = [
        (&["actor"][..], ["By ", &actor].concat()),
        (&["organisation"][..], ["For ", &house].concat()),
        (&["entity_type", "entity_id"][..], thing),
    ]
    .into_iter()
    .filter(|(keys, _)| keys.iter().any(|key| query.get(key).is_some()))
    .map(|(keys, label)| view! { <Chip label remove=query.except(keys).first_page().at(PATH)/> })
    .collect();
    (!chips.is_empty()).then(|| view! { <p class="chips">{chips}</p> }.into_any())
}

fn thing_text(one: &AuditView) -> String {
    match &one.thing {
        Some(title) => [&one.thing_kind, ": ", title].concat(),
        None => one.thing_kind.clone(),
    }
}

fn rows(page: Page<AuditView>, query: &Query) -> AnyView {
    let chips = chips(&page, query);
    if page.items.is_empty() {
        return view! {
            {chips}
            <EmptyState icon=Icon::List title="No matching records" text="Remove a filter or widen the date range.">
                <a href=PATH>"Clear filters"</a>
            </EmptyState>
        }
        .into_any();
    }
    let look = ListLook {
        path: PATH,
        caption: "Audit records",
        words: ("record", "records"),
        density: TableDensity::Dense,
        export: query.only(FIELDS).at("/api/audit/export"),
    };
    let table = list_table(look, columns(query), page, query);
    view! { {chips}{table} }.into_any()
}

type RecordColumn = Column<AuditView>;

fn columns(query: &Query) -> Vec<RecordColumn> {
    let (by_actor, by_house, by_action) = (query.clone(), query.clone(), query.clone());
    vec![
        RecordColumn::name("when", "Date and time", |one| {
            view! { <DateTimeText instant=one.at/> }.into_any()
        }),
        RecordColumn::text("who", "Person", move |one| match one.actor_id {
            Some(id) => {
                let href = by_actor.with("actor", &id.to_string()).at(PATH);
                let actor = one.actor_name.clone().unwrap_or_else(|| "Unknown person".to_owned());
                view! { <a href=href>{actor}</a> }.into_any()
            }
            None => view! { <span class="muted">{one.actor_kind.clone()}</span> }.into_any(),
        }),
        RecordColumn::text("for", "Organisation", move |one| {
            let house = one.org_id.map(|id| {
                let href = by_house.with("organisation", &id.to_string()).at(PATH);
                let name = one.organisation.clone().unwrap_or_else(|| "Unknown organisation".to_owned());
                view! { <a href=href>{name}</a> }
            });
            house.into_any()
        }),
        RecordColumn::text("action", "Action", move |one| {
            let href = by_action.with("action", &one.action).at(PATH);
            view! { <a href=href>{one.action_label.clone()}</a> }.into_any()
        }),
        RecordColumn::text("thing", "Record", |one| {
            let thing =
                Query::default().with("entity_type", &one.entity_type).with("entity_id", &one.entity_id);
            view! { <a href=thing.at(PATH)>{thing_text(one)}</a> }.into_any()
        }),
        RecordColumn::text("details", "Details", |one| facts_view(&one.facts)),
    ]
}

/// Returns the changes as a list.
pub(super) fn facts_view(facts: &[String]) -> AnyView {
    let lines: Vec<_> = facts.iter().map(|fact| view! { <li>{fact.clone()}</li> }).collect();
    (!lines.is_empty()).then(|| view! { <ul>{lines}</ul> }).into_any()
}
