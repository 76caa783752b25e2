//! The permission table of one role: permissions by levels. Boxes are ticked here and reviewed on the next page.

use contracts::{
    compliance::{PermissionChangeRecord, PermissionTable},
    ids::PermissionChangeId,
    permission::{Level, Permission, Role},
};
use leptos::prelude::*;

use crate::{
    features::compliance::rpc::permission_table,
    frame::paths,
    loaded::Loaded,
    query::{Query, use_query},
    ui::{
        Banner, Button, ButtonLook, ButtonSize, Card, ColumnHeader, DateTimeText, Glyph, Icon, IconSize,
        LinkButton, PageHeader, Skeleton, SkeletonShape, Tab, Table, TableDensity, Tabs, Tone,
        VisuallyHidden,
    },
};

/// Path of the page that reviews ticked boxes.
pub(super) const REVIEW: &str = "/console/permissions/review";

/// Page `/console/permissions`, with `role` and, after a change, `changed` in its query.
#[component]
pub fn PermissionsPage() -> impl IntoView {
    let query = use_query();
    let role = Memo::new(move |_| query.with(|query| query.read("role").unwrap_or(Role::Admin)));
    let changed = Memo::new(move |_| query.with(|query| query.read::<PermissionChangeId>("changed")));
    let table = Resource::new_blocking(move || changed.get(), |_| permission_table());
    view! {
        <div class="stack-lg">
            <PageHeader title="Permissions"
                lead="Changes take effect immediately and are logged. A dash means the role can't have this permission."/>
            <Loaded
                data=table
                fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=12/> }
                show=move |table| view! { <Shown table role=role.get() changed=changed.get()/> }
            />
        </div>
    }
}

#[component]
fn Shown(table: PermissionTable, role: Role, changed: Option<PermissionChangeId>) -> impl IntoView {
    let done = table.history.iter().find(|record| Some(record.id) == changed).cloned();
    let history = table.history.clone();
    view! {
        {done.map(|record| view! {
            <Banner tone=Tone::Ok title="The permissions were changed">
                <p>{sentences(&record)}</p>
                <p><a href=undo_address(record.id)>"Undo this change"</a></p>
            </Banner>
        })}
        <RoleTabs role/>
        <Matrix table role/>
        {(!history.is_empty()).then(|| view! { <History history/> })}
    }
    .into_any()
}

/// Returns the address of the review that undoes a change.
fn undo_address(id: PermissionChangeId) -> String {
    Query::default().with("undo", &id.to_string()).at(REVIEW)
}

/// Returns a change in words, one sentence for each cell.
pub(super) fn sentences(record: &PermissionChangeRecord) -> String {
    let who = record.role.label();
    let sentence = |change: &contracts::compliance::PermissionChange| {
        let verb = if change.granted { " granted to " } else { " withdrawn from " };
        [change.permission.label(), verb, who, ", ", change.level.label(), "."].concat()
    };
    record.changes.iter().map(sentence).collect::<Vec<_>>().join(" ")
}

#[component]
fn RoleTabs(role: Role) -> impl IntoView {
    let tabs = Role::ALL
        .iter()
        .map(|one| {
            let href = Query::default().with("role", one.as_str()).at(paths::CONSOLE_PERMISSIONS);
            Tab::new(one.label(), href, *one == role)
        })
        .collect();
    view! { <Tabs label="Role" tabs/> }
}

#[component]
fn Matrix(table: PermissionTable, role: Role) -> impl IntoView {
    let rows: Vec<_> = Permission::ALL
        .iter()
        .map(|permission| {
            let scope = table
                .grants
                .iter()
                .find(|grant| grant.role == role && grant.permission == *permission)
                .and_then(|grant| grant.scope.clone());
            let cells: Vec<_> = Level::ALL
                .iter()
                .map(|level| view! { <td data-label=level.label()>{cell(&table, role, *level, *permission)}</td> })
                .collect();
            view! {
                <tr>
                    <th scope="row">
                        {permission.label()}
                        {scope.map(|scope| view! { <div class="muted small">{scope}</div> })}
                    </th>
                    {cells}
                </tr>
            }
        })
        .collect();
    let heads: Vec<_> =
        Level::ALL.iter().map(|level| view! { <ColumnHeader label=level.label()/> }).collect();
    let may_change = table.may_change;
    view! {
        <form method="get" action=REVIEW class="stack" autocomplete="off">
            <input type="hidden" name="role" value=role.as_str()/>
            <input type="hidden" name="digest" value=table.digest(role).to_owned()/>
            <Table caption=["Permissions of the role ", role.label()].concat() density=TableDensity::Dense>
                <thead><tr><ColumnHeader label="Permission"/>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </Table>
            {may_change.then(|| view! {
                <div class="form-actions">
                    <Button look=ButtonLook::Primary>"Review changes"</Button>
                    <button type="reset" class="btn btn-secondary">"Reset"</button>
                </div>
            })}
        </form>
    }
    .into_any()
}

/// Returns the checkbox of a cell. A disabled one is not sent with the form.
fn cell(table: &PermissionTable, role: Role, level: Level, permission: Permission) -> AnyView {
    let granted = table.holds(role, level, permission);
    if !granted && !permission.may_be_granted(role, level) {
        return view! { <span class="muted" aria-hidden="true">"–"</span><VisuallyHidden>"never"</VisuallyHidden> }.into_any();
    }
    let always = granted && permission.must_be_granted(role, level);
    let name = [permission.label(), ", ", level.label(), if always { ", always" } else { "" }].concat();
    let value = [level.as_str(), "/", permission.as_str()].concat();
    view! {
        <label class="toggle">
            <input type="checkbox" name="grant" value=value checked=granted disabled=always || !table.may_change/>
            <VisuallyHidden>{name}</VisuallyHidden>
            {always.then(|| view! { <Glyph icon=Icon::Lock size=IconSize::Small/> })}
        </label>
    }
    .into_any()
}

#[component]
fn History(history: Vec<PermissionChangeRecord>) -> impl IntoView {
    let rows: Vec<_> = history
        .into_iter()
        .map(|record| {
            let (what, undo, about) = (sentences(&record), undo_address(record.id), record.reason.clone());
            let by = record.by.unwrap_or_else(|| "Command line".to_owned());
            view! {
                <li class="row-item">
                    <div class="spread">
                        <span>{what}</span>
                        <LinkButton href=undo size=ButtonSize::Compact>"Undo"<VisuallyHidden>": "{about}</VisuallyHidden></LinkButton>
                    </div>
                    <span class="muted small"><DateTimeText instant=record.at/>", "{by}": "{record.reason}</span>
                </li>
            }
        })
        .collect();
    view! { <Card title="Latest changes"><ul class="row-list">{rows}</ul></Card> }.into_any()
}
