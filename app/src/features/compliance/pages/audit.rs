//! The audit trail with its filters.

use contracts::{
    compliance::{AuditQuery, AuditView},
    page::Page,
    views::ListName,
};
use leptos::prelude::*;

use crate::{
    act::{Act, ActForm},
    error::{ErrorView, UiError},
    features::compliance::rpc::{AuditActorFind, audit_list},
    list::{Choosable, Column, ListLook, ListTools, list_table},
    query::{KeptFields, Query, use_query_at},
    ui::{
        Button, ButtonLook, DateInput, DateTimeText, Disclosure, EmptyState, ErrorSummary, FormErrors,
        FormScope, Icon, InputKind, LinkButton, Loading, PageHeader, Skeleton, SkeletonShape, TableDensity,
        TextInput,
    },
};

const LIST: ListName = ListName::Audit;
const PATH: &str = LIST.path();
/// The form's own fields.
const FIELDS: &[&str] = &["from", "to", "action", "entity_type", "entity_id", "actor", "organisation"];

fn asked(query: &Query) -> AuditQuery {
    let get = |name: &str| query.get(name).unwrap_or_default();
    AuditQuery {
        from: get("from"),
        to: get("to"),
        action: get("action"),
        entity_type: get("entity_type"),
        entity_id: get("entity_id"),
        actor: get("actor"),
        organisation: get("organisation"),
        after: get("after"),
        size: query.read("size").unwrap_or_default(),
    }
}

/// `/console/audit`.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_at(PATH);
    let list = Resource::new_blocking(move || query.get(), |query| audit_list(asked(&query)));
    let errors = Signal::derive(move || match query.with(asked).checked() {
        Ok(_) => FormErrors::default(),
        Err(fields) => FormErrors::from_fields(fields.0),
    });
    view! {
        <div class="stack-lg">
            <PageHeader title="Audit trail" lead="A record of every change, who made it and when."/>
            <FormScope errors>
                <ErrorSummary/>
                {move || view! { <Filters query=query.get()/> }}
            </FormScope>
            <FindPerson/>
            <ListTools list=LIST columns=Choosable::from(&*columns(&Query::default())) query/>
            <Loading fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=12/> } show=move || async move {
                shown(list.await, &query.get()).into_any()
            }/>
        </div>
    }
}

/// Wrong filters are said above; everything else that fails is a page of its own.
fn shown(outcome: Result<Page<AuditView>, UiError>, query: &Query) -> Option<AnyView> {
    match outcome {
        Ok(page) => Some(rows(page, query)),
        Err(_) if asked(query).checked().is_err() => None,
        Err(error) => Some(view! { <ErrorView error/> }.into_any()),
    }
}

#[component]
fn Filters(query: Query) -> impl IntoView {
    let asked = asked(&query);
    view! {
        <form method="get" action=PATH class="stack">
            <KeptFields query own=FIELDS/>
            <div class="grid-3">
                <DateInput name="from" label="Start date" optional=true value=asked.from/>
                <DateInput name="to" label="End date" optional=true value=asked.to/>
                <TextInput name="action" label="Action" optional=true value=asked.action kind=InputKind::Code
                    hint="For example identity.signed_in, or identity. for all actions of this kind."/>
                <TextInput name="entity_type" label="Record type" optional=true value=asked.entity_type kind=InputKind::Code/>
                <TextInput name="entity_id" label="Record ID" optional=true value=asked.entity_id kind=InputKind::Code/>
                <TextInput name="actor" label="Person" optional=true value=asked.actor kind=InputKind::Code hint="User ID"/>
                <TextInput name="organisation" label="Organisation" optional=true value=asked.organisation kind=InputKind::Code hint="Organisation ID"/>
            </div>
            <div class="form-actions">
                <Button look=ButtonLook::Primary icon=Icon::Filter>"Filter"</Button>
                <LinkButton href=PATH look=ButtonLook::Quiet>"Clear"</LinkButton>
            </div>
        </form>
    }
}

/// A post, so that nobody's address stands in a link.
#[component]
fn FindPerson() -> impl IntoView {
    let find = Act::of::<AuditActorFind>();
    view! {
        <FormScope errors=find.errors()>
            <ActForm act=find class="stack-sm" label="Find a person's records">
                <ErrorSummary/>
                <TextInput name="email" label="E-mail address" kind=InputKind::Email/>
                <div><Button icon=Icon::Search pending=find.pending() pending_text="Searching…">"Show records"</Button></div>
            </ActForm>
        </FormScope>
    }
}

fn rows(page: Page<AuditView>, query: &Query) -> AnyView {
    if page.items.is_empty() {
        return view! {
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
    list_table(look, columns(query), page, query)
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
                let actor = one.actor.clone().unwrap_or_else(|| "Unknown person".to_owned());
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
            view! { <a href=href class="code">{one.action.clone()}</a> }.into_any()
        }),
        RecordColumn::text("thing", "Record", |one| {
            let thing =
                Query::default().with("entity_type", &one.entity_type).with("entity_id", &one.entity_id);
            view! { <a href=thing.at(PATH)>{one.entity_type.clone()}</a> }.into_any()
        }),
        RecordColumn::text("details", "Details", details),
    ]
}

fn details(one: &AuditView) -> AnyView {
    let (id, details, request) = (one.entity_id.clone(), one.details.clone(), one.request_id.clone());
    let elevation = one.elevation.clone().map(|reason| {
        view! { <p class="code small break-all">"with the system's rights: " {reason}</p> }
    });
    view! {
        <Disclosure summary="Show">
            <p class="code small break-all">{id}</p>
            <p class="code small break-all">{details}</p>
            {elevation}
            <p class="code small break-all muted">"Request " {request}</p>
        </Disclosure>
    }
    .into_any()
}
