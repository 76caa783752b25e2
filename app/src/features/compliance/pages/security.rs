//! Security events with their filters.

use contracts::{
    compliance::{AlertKind, SecurityEventView, SecurityEventsQuery, Severity},
    page::Page,
    views::ListName,
};
use leptos::prelude::*;

use super::audit::facts_view;
use crate::{
    error::{ErrorView, UiError},
    features::compliance::rpc::security_events_list,
    list::{Choosable, Column, DaysChip, ListLook, ListTools, list_table},
    loaded::busy_rows,
    query::{HiddenQueryFields, Query, use_query_at},
    ui::{
        Button, ButtonLook, Choice, DateTimeText, Disclosure, EmptyState, ErrorSummary, FormErrors,
        FormScope, Icon, LinkButton, Loading, PageHeader, Select, StatusBadge, TableDensity, Tone,
    },
};

const LIST: ListName = ListName::Security;
const PATH: &str = LIST.path();

fn params(query: &Query) -> SecurityEventsQuery {
    let get = |name: &str| query.get(name).unwrap_or_default();
    SecurityEventsQuery {
        severity: get("severity"),
        kind: get("kind"),
        days: query.read("days"),
        after: get("after"),
        before: get("before"),
        size: query.read("size").unwrap_or_default(),
    }
}

/// Page `/console/security`.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let query = use_query_at(PATH);
    let list = Resource::new_blocking(move || query.get(), |query| security_events_list(params(&query)));
    let errors = Signal::derive(move || match query.with(params).parse() {
        Ok(_) => FormErrors::default(),
        Err(fields) => FormErrors::from_fields(fields.0),
    });
    view! {
        <PageHeader title="Security events" lead="Failed sign-ins, forged requests and permission changes, newest first"/>
        <FormScope errors>
            <ErrorSummary/>
            <div class="list-head">
                {move || view! { <Filters query=query.get()/> }}
                <ListTools list=LIST columns=Choosable::from(&*columns(&Query::default())) query/>
            </div>
        </FormScope>
        <DaysChip path=PATH query/>
        <Loading fallback=busy_rows fresh=true show=move || async move {
            render_list(list.await, &query.get()).into_any()
        }/>
    }
}

/// Returns the list; nothing for invalid filters, whose errors are shown at their fields; an error page for all other errors.
fn render_list(outcome: Result<Page<SecurityEventView>, UiError>, query: &Query) -> Option<AnyView> {
    match outcome {
        Ok(page) => Some(rows(page, query)),
        Err(_) if params(query).parse().is_err() => None,
        Err(error) => Some(view! { <ErrorView error/> }.into_any()),
    }
}

const fn tone_of(severity: Severity) -> Tone {
    match severity {
        Severity::High => Tone::Bad,
        Severity::Low => Tone::Warn,
        Severity::Info => Tone::Info,
    }
}

#[component]
fn Filters(query: Query) -> impl IntoView {
    let severities: Vec<_> = Severity::ALL.iter().map(|one| Choice::new(one.as_str(), one.label())).collect();
    let mut kinds: Vec<_> = AlertKind::ALL.iter().map(|one| Choice::new(one.as_str(), one.label())).collect();
    kinds.sort_by(|one, other| one.label.cmp(&other.label));
    let is_used = ["severity", "kind"].iter().any(|name| query.get(name).is_some());
    let params = params(&query);
    view! {
        <form method="get" action=PATH class="list-filters" aria-label="Filter security events">
            <HiddenQueryFields query own=&["severity", "kind"]/>
            <Disclosure summary="Filters" open=is_used>
                <div class="filter-fields">
                    <Select name="severity" label="Severity" placeholder="Any severity" optional=true choices=severities value=params.severity/>
                    <Select name="kind" label="Event type" placeholder="Any event" optional=true choices=kinds value=params.kind/>
                    <Button look=ButtonLook::Primary icon=Icon::Filter>"Filter"</Button>
                    <LinkButton href=PATH look=ButtonLook::Quiet>"Clear"</LinkButton>
                </div>
            </Disclosure>
        </form>
    }
}

fn rows(page: Page<SecurityEventView>, query: &Query) -> AnyView {
    if page.items.is_empty() {
        let (text, clear) = if query.filters() || query.is_beyond_first() {
            let clear = view! { <LinkButton href=PATH>"Clear filters"</LinkButton> };
            ("No security events match these filters.", Some(clear))
        } else {
            ("Failed sign-ins, refused requests and alarms will appear here.", None)
        };
        return view! { <EmptyState icon=Icon::Shield title="No security events" text>{clear}</EmptyState> }
            .into_any();
    }
    let look = ListLook {
        path: PATH,
        caption: "Security events",
        words: ("event", "events"),
        density: TableDensity::Dense,
        export: query.only(&["severity", "kind", "days"]).at("/api/security-events/export"),
    };
    list_table(look, columns(query), page, query)
}

type EventColumn = Column<SecurityEventView>;

fn columns(query: &Query) -> Vec<EventColumn> {
    let query = query.clone();
    vec![
        EventColumn::name("when", "Date and time", |one| view! { <DateTimeText instant=one.at/> }.into_any()),
        EventColumn::text("severity", "Severity", |one| {
            let (tone, label) = (tone_of(one.severity), one.severity.label());
            view! { <StatusBadge tone label/> }.into_any()
        }),
        EventColumn::text("event", "Event", move |one| {
            let alike = query.with("kind", &one.kind).at(PATH);
            view! { <a href=alike>{one.kind_label.clone()}</a> }.into_any()
        }),
        EventColumn::text("purchase", "Purchase", |one| {
            let link = one.purchase.clone().map(
                |purchase| view! { <a href=format!("/purchases/{}", purchase.id)>{purchase.number}</a> },
            );
            link.into_any()
        }),
        EventColumn::text("account", "Account", |one| one.user.clone().into_any()),
        EventColumn::text("address", "Network address", |one| {
            view! { <span class="code">{one.address.clone()}</span> }.into_any()
        }),
        EventColumn::text("details", "Details", |one| facts_view(&one.facts)),
    ]
}
