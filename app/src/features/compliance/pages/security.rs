//! Security events with their filters.

use contracts::{
    compliance::{SecurityEventView, SecurityEventsQuery, Severity},
    page::Page,
};
use leptos::prelude::*;

use crate::{
    error::{ErrorView, UiError},
    features::compliance::{parts::address, rpc::security_events_list},
    frame::paths,
    query::use_query,
    ui::{
        Button, ButtonLook, Choice, ColumnHeader, DateTimeText, Disclosure, EmptyState, ErrorSummary,
        FormErrors, FormScope, Icon, InputKind, LinkButton, Loading, PageHeader, Pagination, Select,
        Skeleton, SkeletonShape, StatusBadge, Table, TableDensity, TextInput, Tone,
    },
};

/// `/console/security`.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let map = use_query();
    let query = Memo::new(move |_| {
        map.with(|map| {
            let get = |name: &str| map.get(name).unwrap_or_default();
            SecurityEventsQuery { severity: get("severity"), kind: get("kind"), after: get("after") }
        })
    });
    let list = Resource::new_blocking(move || query.get(), security_events_list);
    let errors = Signal::derive(move || match query.with(SecurityEventsQuery::checked) {
        Ok(_) => FormErrors::default(),
        Err(fields) => FormErrors::from_fields(fields.0),
    });
    view! {
        <div class="stack-lg">
            <PageHeader title="Security events" lead="Failed sign-ins, forged requests and changes of rights, the latest first."/>
            <FormScope errors>
                <ErrorSummary/>
                {move || view! { <Filters query=query.get()/> }}
            </FormScope>
            <Loading fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=12/> } show=move || async move {
                shown(list.await, &query.get()).into_any()
            }/>
        </div>
    }
}

/// Wrong filters are said above; everything else that fails is a page of its own.
fn shown(outcome: Result<Page<SecurityEventView>, UiError>, query: &SecurityEventsQuery) -> Option<AnyView> {
    match outcome {
        Ok(page) => Some(view! { <List page query=query.clone()/> }.into_any()),
        Err(_) if query.checked().is_err() => None,
        Err(error) => Some(view! { <ErrorView error/> }.into_any()),
    }
}

fn place(query: &SecurityEventsQuery, after: &str) -> String {
    let filters = [("severity", query.severity.as_str()), ("kind", &query.kind), ("after", after)];
    address(paths::CONSOLE_SECURITY, &filters)
}

const fn look(severity: Severity) -> (Tone, &'static str) {
    match severity {
        Severity::High => (Tone::Bad, "High"),
        Severity::Low => (Tone::Warn, "Low"),
        Severity::Info => (Tone::Info, "Info"),
    }
}

#[component]
fn Filters(query: SecurityEventsQuery) -> impl IntoView {
    let severities: Vec<_> =
        Severity::ALL.iter().map(|one| Choice::new(one.as_str(), look(*one).1)).collect();
    view! {
        <form method="get" action=paths::CONSOLE_SECURITY class="stack" aria-label="Filter security events">
            <div class="grid-3">
                <Select name="severity" label="Severity" placeholder="Any severity" optional=true choices=severities value=query.severity/>
                <TextInput name="kind" label="Event" optional=true value=query.kind kind=InputKind::Code hint="Such as authn_login_fail."/>
            </div>
            <div class="form-actions">
                <Button look=ButtonLook::Primary icon=Icon::Filter>"Filter"</Button>
                <LinkButton href=paths::CONSOLE_SECURITY look=ButtonLook::Quiet>"Clear"</LinkButton>
            </div>
        </form>
    }
}

#[component]
fn List(page: Page<SecurityEventView>, query: SecurityEventsQuery) -> impl IntoView {
    let next = page.next.as_deref().map(|after| place(&query, after));
    let first = (!query.after.is_empty()).then(|| place(&query, ""));
    if page.items.is_empty() {
        return view! {
            <EmptyState icon=Icon::Shield title="No security events" text="Nothing has happened, or the filters leave nothing.">
                <a href=paths::CONSOLE_SECURITY>"Show everything"</a>
            </EmptyState>
        }
        .into_any();
    }
    let rows: Vec<_> =
        page.items.into_iter().map(|event| view! { <Row event query=query.clone()/> }).collect();
    view! {
        <Table caption="Security events" density=TableDensity::Dense>
            <thead>
                <tr>
                    <ColumnHeader label="When"/>
                    <ColumnHeader label="Severity"/>
                    <ColumnHeader label="Event"/>
                    <ColumnHeader label="Account"/>
                    <ColumnHeader label="Address"/>
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
fn Row(event: SecurityEventView, query: SecurityEventsQuery) -> impl IntoView {
    let (tone, label) = look(event.severity);
    let alike = place(&SecurityEventsQuery { kind: event.kind.clone(), ..query }, "");
    view! {
        <tr>
            <th scope="row"><DateTimeText instant=event.at/></th>
            <td><StatusBadge tone label/></td>
            <td><a href=alike class="code">{event.kind}</a></td>
            <td>{event.user}</td>
            <td class="code">{event.address}</td>
            <td>
                <Disclosure summary="Show">
                    <p class="code small break-all">{event.details}</p>
                    <p class="code small break-all muted">"request " {event.request_id}</p>
                </Disclosure>
            </td>
        </tr>
    }
}
