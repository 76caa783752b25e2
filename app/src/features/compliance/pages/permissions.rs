//! The permission table, a role at a time: permissions down, levels across.

use contracts::{
    compliance::{PermissionChange as Change, PermissionTable},
    permission::{Level, Permission, Role},
};
use leptos::prelude::*;

use crate::{
    act::{Act, ActForm},
    answers::settled,
    features::{
        compliance::{
            parts::write_change,
            rpc::{PermissionChange, permission_table},
        },
        identity::parts::level_label,
    },
    frame::paths,
    loaded::Loaded,
    query::{Query, use_query},
    ui::{
        Button, ButtonLook, ButtonSize, ColumnHeader, ErrorSummary, FormScope, Glyph, Icon, IconSize,
        PageHeader, Skeleton, SkeletonShape, Tab, Table, TableDensity, Tabs, VisuallyHidden, toast_when_done,
    },
};

/// `/console/permissions`, with `role`.
#[component]
pub fn PermissionsPage() -> impl IntoView {
    let query = use_query();
    let role = Memo::new(move |_| query.with(|query| query.read("role").unwrap_or(Role::Admin)));
    let action = Act::of::<PermissionChange>();
    toast_when_done(action, "Permission changed.");
    let changed = settled(action);
    let table = Resource::new_blocking(move || changed.get(), |_| permission_table());
    view! {
        <div class="stack-lg">
            <PageHeader title="Permissions"
                lead="Changes take effect immediately and are logged. A dash means the role can't have this permission."/>
            <Loaded
                data=table
                fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=12/> }
                show=move |table| view! { <RoleTabs role=role.get()/> <FormScope errors=action.errors()><ErrorSummary/></FormScope> <Matrix table role=role.get() action/> }
            />
        </div>
    }
}

const fn role_label(role: Role) -> &'static str {
    match role {
        Role::Admin => "Administrator",
        Role::Provider => "Provider",
        Role::Insurance => "Insurer",
        Role::Intermediary => "Intermediary",
    }
}

#[component]
fn RoleTabs(role: Role) -> impl IntoView {
    let tabs = Role::ALL
        .iter()
        .map(|one| {
            let href = Query::default().with("role", one.as_str()).at(paths::CONSOLE_PERMISSIONS);
            Tab::new(role_label(*one), href, *one == role)
        })
        .collect();
    view! { <Tabs label="Role" tabs/> }
}

#[component]
fn Matrix(table: PermissionTable, role: Role, action: Act) -> impl IntoView {
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
                .map(|level| view! { <td>{cell(&table, role, *level, *permission, action)}</td> })
                .collect();
            view! {
                <tr>
                    <th scope="row">
                        <span class="code">{permission.as_str()}</span>
                        {scope.map(|scope| view! { <div class="muted small">{scope}</div> })}
                    </th>
                    {cells}
                </tr>
            }
        })
        .collect();
    let heads: Vec<_> =
        Level::ALL.iter().map(|level| view! { <ColumnHeader label=level_label(*level)/> }).collect();
    view! {
        <ActForm act=action>
            <Table caption=format!("Permissions of the role {}", role_label(role)) density=TableDensity::Dense>
                <thead><tr><ColumnHeader label="Permission"/>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </Table>
        </ActForm>
    }
}

/// What is granted here, and the button that changes it where it may be changed.
fn cell(table: &PermissionTable, role: Role, level: Level, permission: Permission, action: Act) -> AnyView {
    let granted = table.holds(role, level, permission);
    if !granted && !permission.may_be_granted(role, level) {
        return view! { <span class="muted" aria-hidden="true">"–"</span><VisuallyHidden>"never"</VisuallyHidden> }.into_any();
    }
    let (icon, word) = if granted { (Icon::Check, "Yes") } else { (Icon::X, "No") };
    let fixed = granted && permission.must_be_granted(role, level);
    if fixed || !table.may_change {
        let always = fixed.then(|| view! { <Glyph icon=Icon::Lock size=IconSize::Small/><VisuallyHidden>", always"</VisuallyHidden> });
        return view! { <span class="cluster"><Glyph icon size=IconSize::Small/>{word}{always}</span> }
            .into_any();
    }
    let value = write_change(&Change { role, level, permission, granted: !granted });
    let (right, who) = (permission.as_str(), level_label(level));
    let label = if granted {
        format!("{word}: withdraw {right} from {who}")
    } else {
        format!("{word}: grant {right} to {who}")
    };
    // the same for the button that takes it back: it has the focus afterwards
    let id = [level.as_str(), "-", permission.as_str()].concat();
    let pending = action.pending_with("change", &value);
    view! {
        <Button look=ButtonLook::Quiet size=ButtonSize::Compact icon pending
            attr:id=id attr:name="change" attr:value=value attr:aria-label=label>{word}</Button>
    }
    .into_any()
}
