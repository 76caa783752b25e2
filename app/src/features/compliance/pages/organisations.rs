//! The list of organisations by status, longest wait first.

use contracts::{
    compliance::{OrganisationList, OrganisationSort as Sort, OrganisationSummary, OrganisationsQuery},
    country,
    identity::SignUpKind,
    views::ListName,
};
use leptos::prelude::*;

use crate::{
    error::{ErrorView, UiError},
    features::{compliance::rpc::organisations_list, identity::parts::OrganisationBadge},
    list::{Choosable, Column, ListLook, ListTools, Sorts, list_table},
    loaded::busy_rows,
    query::{HiddenQueryFields, Query, use_query_at},
    ui::{
        Badge, Button, Choice, DateInput, DateTimeText, EmptyState, ErrorSummary, FormErrors, FormScope,
        Icon, Loading, PageHeader, SearchField, Select, Tab, TableDensity, Tabs, Tone, time_zone_name,
    },
};

const LIST: ListName = ListName::Organisations;
const PATH: &str = LIST.path();

fn params(query: &Query) -> OrganisationsQuery {
    let get = |name: &str| query.get(name).unwrap_or_default();
    OrganisationsQuery {
        status: get("status"),
        kind: get("kind"),
        q: get("q"),
        from: get("from"),
        to: get("to"),
        time_zone: time_zone_name(),
        sort: query.read("sort").unwrap_or_default(),
        after: get("after"),
        before: get("before"),
        size: query.read("size").unwrap_or_default(),
    }
}

/// Page `/console/organisations`.
#[component]
pub fn OrganisationsPage() -> impl IntoView {
    let query = use_query_at(PATH);
    let list = Resource::new_blocking(move || query.get(), |query| organisations_list(params(&query)));
    let errors = Signal::derive(move || {
        query.with(params).parse().err().map(|fields| FormErrors::from_fields(fields.0)).unwrap_or_default()
    });
    view! {
        <PageHeader title="Organisations" lead="Organisations on the platform and pending verifications"/>
        <FormScope errors>
            <ErrorSummary/>
            <div class="list-head">
                {move || view! { <Filters query=query.get()/> }}
                <ListTools list=LIST columns=Choosable::from(&*columns(&Query::default())) query/>
            </div>
        </FormScope>
        <Loading fallback=busy_rows fresh=true show=move || async move {
            render_list(list.await, &query.get()).into_any()
        }/>
    }
}

/// Returns the list; nothing for invalid filters, whose errors are shown at their fields; an error page for all other errors.
fn render_list(outcome: Result<OrganisationList, UiError>, query: &Query) -> Option<AnyView> {
    match outcome {
        Ok(list) => Some(view! { <List list query=query.clone()/> }.into_any()),
        Err(_) if params(query).parse().is_err() => None,
        Err(error) => Some(view! { <ErrorView error/> }.into_any()),
    }
}

#[component]
fn Filters(query: Query) -> impl IntoView {
    let kinds: Vec<_> =
        SignUpKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind.organisation().label())).collect();
    let (words, kind) = (query.get("q").unwrap_or_default(), query.get("kind").unwrap_or_default());
    view! {
        <form method="get" action=PATH class="list-filters" aria-label="Filter organisations">
            <HiddenQueryFields query=query.clone() own=&["q", "kind", "from", "to"]/>
            <SearchField label="Search by name or registration number" value=words/>
            <div class="filter-fields">
                <Select name="kind" label="Type" placeholder="Any type" optional=true choices=kinds value=kind/>
                <DateInput name="from" label="Start date" optional=true value=query.get("from").unwrap_or_default()/>
                <DateInput name="to" label="End date" optional=true value=query.get("to").unwrap_or_default()/>
                <Button>"Filter"</Button>
            </div>
        </form>
    }
}

#[component]
fn List(list: OrganisationList, query: Query) -> impl IntoView {
    let current = query.get("status").unwrap_or_default();
    let tab = |label: &str, word: &str, count: u64| {
        Tab::new(label, query.with("status", word).at(PATH), current == word).count(count)
    };
    let all = list.counts.iter().map(|(_, count)| count).sum();
    let states = list.counts.iter().map(|(status, count)| tab(status.label(), status.as_str(), *count));
    let tabs: Vec<Tab> = std::iter::once(tab("All", "", all)).chain(states).collect();
    let rows = if list.page.items.is_empty() {
        view! {
            <EmptyState icon=Icon::Building title="No organisations found" text="No organisations match these filters.">
                <a href=PATH>"Clear filters"</a>
            </EmptyState>
        }
        .into_any()
    } else {
        let look = ListLook {
            path: PATH,
            caption: "Organisations",
            words: ("organisation", "organisations"),
            density: TableDensity::Dense,
            export: query
                .only(&["status", "kind", "q", "from", "to", "sort"])
                .at("/api/organisations/export"),
        };
        list_table(look, columns(&query), list.page, &query)
    };
    view! {
        <Tabs label="Organisations by status" tabs/>
        {rows}
    }
}

type OrganisationColumn = Column<OrganisationSummary>;

fn columns(query: &Query) -> Vec<OrganisationColumn> {
    let by = |up: Sort, down: Sort| Sorts {
        up: up.as_str(),
        down: down.as_str(),
        default: Sort::default().as_str(),
    };
    vec![
        OrganisationColumn::name("name", "Name", |one| {
            let href = [PATH, "/", &one.id.to_string()].concat();
            let alike =
                one.is_look_alike.then(|| view! { " " <Badge tone=Tone::Warn>"Looks like another"</Badge> });
            view! { <a href=href>{one.name.clone()}</a> {alike} }.into_any()
        })
        .sortable(PATH, query, by(Sort::Name, Sort::NameBack)),
        OrganisationColumn::text("kind", "Type", |one| one.kind.label().into_any()),
        OrganisationColumn::text("place", "Location", |one| place(one).into_any()),
        OrganisationColumn::text("state", "Status", |one| {
            view! { <OrganisationBadge status=one.status/> }.into_any()
        })
        .sortable(PATH, query, by(Sort::State, Sort::StateBack)),
        OrganisationColumn::text("since", "Signed up", |one| {
            view! { <DateTimeText instant=one.created_at/> }.into_any()
        })
        .sortable(PATH, query, by(Sort::Oldest, Sort::Newest)),
    ]
}

fn place(one: &OrganisationSummary) -> String {
    let country = country::name_of(&one.country).unwrap_or("Not provided");
    if one.city.is_empty() { country.to_owned() } else { [&one.city, ", ", country].concat() }
}
