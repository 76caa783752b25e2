//! The audit trail with its filters.

use contracts::{
    compliance::{AuditQuery, AuditView},
    page::Page,
};
use leptos::prelude::*;

use crate::{
    act::{Act, ActForm},
    error::{ErrorView, UiError},
    features::compliance::{
        parts::address,
        rpc::{AuditActorFind, audit_list},
    },
    frame::paths,
    query::use_query,
    ui::{
        Button, ButtonLook, ColumnHeader, DateInput, DateTimeText, Disclosure, EmptyState, ErrorSummary,
        FormErrors, FormScope, Icon, InputKind, LinkButton, Loading, PageHeader, Pagination, Skeleton,
        SkeletonShape, Table, TableDensity, TextInput,
    },
};

/// `/console/audit`.
#[component]
pub fn AuditPage() -> impl IntoView {
    let map = use_query();
    let query = Memo::new(move |_| {
        map.with(|map| {
            let get = |name: &str| map.get(name).unwrap_or_default();
            AuditQuery {
                from: get("from"),
                to: get("to"),
                action: get("action"),
                entity_type: get("entity_type"),
                entity_id: get("entity_id"),
                actor: get("actor"),
                organisation: get("organisation"),
                after: get("after"),
            }
        })
    });
    let list = Resource::new_blocking(move || query.get(), audit_list);
    let errors = Signal::derive(move || match query.with(AuditQuery::checked) {
        Ok(_) => FormErrors::default(),
        Err(fields) => FormErrors::from_fields(fields.0),
    });
    view! {
        <div class="stack-lg">
            <PageHeader title="Audit trail" lead="Who did what, and when. Each record was written in the transaction that did it."/>
            <FormScope errors>
                <ErrorSummary/>
                {move || view! { <Filters query=query.get()/> }}
            </FormScope>
            <FindPerson/>
            <Loading fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=12/> } show=move || async move {
                shown(list.await, &query.get()).into_any()
            }/>
        </div>
    }
}

/// Wrong filters are said above; everything else that fails is a page of its own.
fn shown(outcome: Result<Page<AuditView>, UiError>, query: &AuditQuery) -> Option<AnyView> {
    match outcome {
        Ok(page) => Some(view! { <List page query=query.clone()/> }.into_any()),
        Err(_) if query.checked().is_err() => None,
        Err(error) => Some(view! { <ErrorView error/> }.into_any()),
    }
}

fn place(query: &AuditQuery, after: &str) -> String {
    let filters = [
        ("from", query.from.as_str()),
        ("to", &query.to),
        ("action", &query.action),
        ("entity_type", &query.entity_type),
        ("entity_id", &query.entity_id),
        ("actor", &query.actor),
        ("organisation", &query.organisation),
        ("after", after),
    ];
    address(paths::CONSOLE_AUDIT, &filters)
}

#[component]
fn Filters(query: AuditQuery) -> impl IntoView {
    view! {
        <form method="get" action=paths::CONSOLE_AUDIT class="stack">
            <div class="grid-3">
                <DateInput name="from" label="From" optional=true value=query.from/>
                <DateInput name="to" label="To" optional=true value=query.to/>
                <TextInput name="action" label="Action" optional=true value=query.action kind=InputKind::Code
                    hint="identity.signed_in, or a domain: identity."/>
                <TextInput name="entity_type" label="Kind of thing" optional=true value=query.entity_type kind=InputKind::Code/>
                <TextInput name="entity_id" label="Thing" optional=true value=query.entity_id kind=InputKind::Code/>
                <TextInput name="actor" label="Person" optional=true value=query.actor kind=InputKind::Code hint="A user's id."/>
                <TextInput name="organisation" label="Organisation" optional=true value=query.organisation kind=InputKind::Code hint="Its id."/>
            </div>
            <div class="form-actions">
                <Button look=ButtonLook::Primary icon=Icon::Filter>"Filter"</Button>
                <LinkButton href=paths::CONSOLE_AUDIT look=ButtonLook::Quiet>"Clear"</LinkButton>
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
            <ActForm act=find class="stack-sm" label="Find a person">
                <ErrorSummary/>
                <TextInput name="email" label="A person's address" kind=InputKind::Email/>
                <div><Button icon=Icon::Search pending=find.pending() pending_text="Looking…">"Show their records"</Button></div>
            </ActForm>
        </FormScope>
    }
}

#[component]
fn List(page: Page<AuditView>, query: AuditQuery) -> impl IntoView {
    let next = page.next.as_deref().map(|after| place(&query, after));
    let first = (!query.after.is_empty()).then(|| place(&query, ""));
    if page.items.is_empty() {
        return view! {
            <EmptyState icon=Icon::List title="No record fits" text="Take a filter away, or widen the days.">
                <a href=paths::CONSOLE_AUDIT>"Show everything"</a>
            </EmptyState>
        }
        .into_any();
    }
    let rows: Vec<_> =
        page.items.into_iter().map(|record| view! { <Row record query=query.clone()/> }).collect();
    view! {
        <Table caption="Audit records" density=TableDensity::Dense>
            <thead>
                <tr>
                    <ColumnHeader label="When"/>
                    <ColumnHeader label="Who"/>
                    <ColumnHeader label="For"/>
                    <ColumnHeader label="Action"/>
                    <ColumnHeader label="Thing"/>
                    <ColumnHeader label="Details"/>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pagination first next/>
    }
    .into_any()
}

#[component]
fn Row(record: AuditView, query: AuditQuery) -> impl IntoView {
    let by_actor =
        record.actor_id.map(|id| place(&AuditQuery { actor: id.to_string(), ..query.clone() }, ""));
    let who = match (by_actor, record.actor) {
        (Some(href), actor) => {
            view! { <a href=href>{actor.unwrap_or_else(|| "a person".to_owned())}</a> }.into_any()
        }
        (None, _) => view! { <span class="muted">{record.actor_kind}</span> }.into_any(),
    };
    let house = record.org_id.map(|id| {
        let href = place(&AuditQuery { organisation: id.to_string(), ..query.clone() }, "");
        view! { <a href=href>{record.organisation.unwrap_or_else(|| "an organisation".to_owned())}</a> }
    });
    let action = place(&AuditQuery { action: record.action.clone(), ..query.clone() }, "");
    let thing = place(
        &AuditQuery {
            entity_type: record.entity_type.clone(),
            entity_id: record.entity_id.clone(),
            ..AuditQuery::default()
        },
        "",
    );
    view! {
        <tr>
            <th scope="row"><DateTimeText instant=record.at/></th>
            <td>{who}</td>
            <td>{house}</td>
            <td><a href=action class="code">{record.action}</a></td>
            <td><a href=thing>{record.entity_type}</a></td>
            <td>
                <Disclosure summary="Show">
                    <p class="code small break-all">{record.entity_id}</p>
                    <p class="code small break-all">{record.details}</p>
                    <p class="code small break-all muted">"request " {record.request_id}</p>
                </Disclosure>
            </td>
        </tr>
    }
}
