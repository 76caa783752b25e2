//! The organisations, by state; those that wait longest stand first.

use contracts::{
    compliance::{OrganisationList, OrganisationSummary, OrganisationsQuery},
    country,
    identity::SignUpKind,
};
use leptos::prelude::*;

use crate::{
    features::{
        compliance::{parts::address, rpc::organisations_list},
        identity::parts::{OrganisationBadge, status_label},
    },
    frame::paths,
    loaded::Loaded,
    query::use_query,
    ui::{
        Button, Choice, ColumnHeader, DateTimeText, EmptyState, Icon, PageHeader, Pagination, SearchField,
        Select, Skeleton, SkeletonShape, Tab, Table, TableDensity, Tabs,
    },
};

/// `/console/organisations`.
#[component]
pub fn OrganisationsPage() -> impl IntoView {
    let map = use_query();
    let query = Memo::new(move |_| {
        map.with(|map| {
            let get = |name: &str| map.get(name).unwrap_or_default();
            OrganisationsQuery { status: get("status"), kind: get("kind"), q: get("q"), after: get("after") }
        })
    });
    let list = Resource::new_blocking(move || query.get(), organisations_list);
    view! {
        <div class="stack-lg">
            <PageHeader title="Organisations" lead="Who trades here, and who waits for your decision."/>
            {move || view! { <Filters query=query.get()/> }}
            <Loaded
                data=list
                fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=8/> }
                show=move |list| view! { <List list query=query.get()/> }
            />
        </div>
    }
}

fn place(query: &OrganisationsQuery, status: &str, after: &str) -> String {
    let filters = [("status", status), ("kind", &query.kind), ("q", &query.q), ("after", after)];
    address(paths::CONSOLE_ORGANISATIONS, &filters)
}

#[component]
fn Filters(query: OrganisationsQuery) -> impl IntoView {
    let kinds: Vec<_> =
        SignUpKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind.organisation().label())).collect();
    view! {
        <form method="get" action=paths::CONSOLE_ORGANISATIONS class="cluster" aria-label="Filter organisations">
            <input type="hidden" name="status" value=query.status/>
            <SearchField label="Name or registration number" value=query.q/>
            <Select name="kind" label="Kind" hide_label=true placeholder="Any kind" optional=true choices=kinds value=query.kind/>
            <Button>"Filter"</Button>
        </form>
    }
}

#[component]
fn List(list: OrganisationList, query: OrganisationsQuery) -> impl IntoView {
    let all = list.counts.iter().map(|(_, count)| count).sum();
    let states = list.counts.iter().map(|(status, count)| {
        let word = status.as_str();
        Tab::new(status_label(*status), place(&query, word, ""), query.status == word).count(*count)
    });
    let tabs: Vec<Tab> =
        std::iter::once(Tab::new("All", place(&query, "", ""), query.status.is_empty()).count(all))
            .chain(states)
            .collect();
    let next = list.page.next.as_deref().map(|after| place(&query, &query.status, after));
    let first = (!query.after.is_empty()).then(|| place(&query, &query.status, ""));
    let rows = if list.page.items.is_empty() {
        view! {
            <EmptyState icon=Icon::Building title="No organisation here" text="Nobody stands in this state, or the filters leave nobody.">
                <a href=paths::CONSOLE_ORGANISATIONS>"Show all organisations"</a>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <Rows items=list.page.items/> }.into_any()
    };
    view! {
        <Tabs label="State" tabs/>
        {rows}
        <Pagination first next/>
    }
}

#[component]
fn Rows(items: Vec<OrganisationSummary>) -> impl IntoView {
    let rows: Vec<_> = items
        .into_iter()
        .map(|one| {
            let country = country::name_of(&one.country).unwrap_or("Not stated");
            let place =
                if one.city.is_empty() { country.to_owned() } else { [&one.city, ", ", country].concat() };
            let href = [paths::CONSOLE_ORGANISATIONS, "/", &one.id.to_string()].concat();
            view! {
                <tr>
                    <th scope="row"><a href=href>{one.name}</a></th>
                    <td>{one.kind.label()}</td>
                    <td>{place}</td>
                    <td><OrganisationBadge status=one.status/></td>
                    <td><DateTimeText instant=one.created_at/></td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption="Organisations" density=TableDensity::Dense>
            <thead>
                <tr>
                    <ColumnHeader label="Name"/>
                    <ColumnHeader label="Kind"/>
                    <ColumnHeader label="Place"/>
                    <ColumnHeader label="State"/>
                    <ColumnHeader label="Signed up"/>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}
