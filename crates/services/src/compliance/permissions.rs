//! The permission table: data that an administrator may change inside the bounds of the vocabulary. A change is reviewed with what it
//! affects, has a reason, and is refused when the table is no longer the one that was reviewed.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use contracts::{
    compliance::{
        NewPermissions, PermissionChange, PermissionChangeRecord, PermissionReview, PermissionSelection,
        PermissionTable, PermissionsChange, ReviewedChange,
    },
    error::ErrorCode,
    identity::OrganisationKind,
    ids::PermissionChangeId,
    permission::{Grant, Level, Permission, Role, start_policy},
};
use diesel::{
    dsl::{count, count_star},
    prelude::*,
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use schema::{memberships, organisations, permission_changes, role_permissions, users};

use crate::{
    Error, OpCtx, Result,
    platform::{Conn, Tx, events::ComplianceEvent, new_id, sha256},
};

/// Maximum number of changes that the page of the table lists.
const MAX_HISTORY: i64 = 10;

type Cell = (Role, String, Level);

/// What is granted now, and the latest changes for a caller who may make more.
pub async fn permission_table(ctx: &OpCtx) -> Result<PermissionTable> {
    ctx.read(Permission::AuditLogsRead, async |tx| load_table(tx).await).await
}

async fn load_table(tx: &mut Tx) -> Result<PermissionTable> {
    let may_change = tx.ctx().require(Permission::SystemManage).is_ok();
    let conn = tx.conn()?;
    let cells = load_cells(conn).await?;
    let digests =
        Role::ALL.iter().map(|role| Ok((*role, digest_of(&cells, *role)?))).collect::<Result<_>>()?;
    let scopes = start_policy()?;
    let mut grants: BTreeMap<(Role, Permission), Vec<Level>> = BTreeMap::new();
    for (role, word, level) in cells {
        // a word of another release grants nothing here
        if let Ok(permission) = word.parse() {
            grants.entry((role, permission)).or_default().push(level);
        }
    }
    let grants = grants
        .into_iter()
        .map(|((role, permission), mut levels)| {
            levels.sort();
            let scope = scopes
                .iter()
                .find(|grant| grant.role == role && grant.permission == permission)
                .and_then(|grant| grant.scope.clone());
            Grant { role, permission, levels, scope }
        })
        .collect();
    let history = if may_change { load_history(conn, None).await? } else { Vec::new() };
    Ok(PermissionTable { grants, may_change, digests, history })
}

/// All granted cells, always in the same order.
async fn load_cells(conn: &mut Conn) -> Result<Vec<Cell>> {
    let columns = (role_permissions::role, role_permissions::permission, role_permissions::level);
    Ok(role_permissions::table.order(columns).select(columns).load(conn).await?)
}

fn digest_of(cells: &[Cell], role: Role) -> Result<String> {
    let own: Vec<&Cell> = cells.iter().filter(|(one, ..)| *one == role).collect();
    Ok(BASE64_URL_SAFE_NO_PAD.encode(sha256(serde_json::to_vec(&own)?)))
}

/// The latest changes, or the one with this id.
async fn load_history(
    conn: &mut Conn,
    id: Option<PermissionChangeId>,
) -> Result<Vec<PermissionChangeRecord>> {
    type Row = (PermissionChangeId, Role, Vec<String>, String, Option<String>, chrono::DateTime<chrono::Utc>);
    let mut rows = permission_changes::table
        .left_join(users::table.on(permission_changes::changed_by.eq(users::id.nullable())))
        .into_boxed();
    if let Some(id) = id {
        rows = rows.filter(permission_changes::id.eq(id));
    }
    let rows: Vec<Row> = rows
        .order((permission_changes::changed_at.desc(), permission_changes::id.desc()))
        .limit(MAX_HISTORY)
        .select((
            permission_changes::id,
            permission_changes::role,
            permission_changes::changes,
            permission_changes::reason,
            users::name.nullable(),
            permission_changes::changed_at,
        ))
        .load(conn)
        .await?;
    let record = |(id, role, changes, reason, by, at): Row| PermissionChangeRecord {
        id,
        role,
        // a word of another release has no cell here
        changes: changes.iter().filter_map(|change| change.parse().ok()).collect(),
        reason,
        by,
        at,
    };
    Ok(rows.into_iter().map(record).collect())
}

/// Says what a selection of cells would change, and how many organisations and people each change reaches.
///
/// # Errors
/// `invalid_input` for a selection that cannot be read, `not_found` for an earlier change that there is not.
pub async fn permission_review(ctx: &OpCtx, selection: &str) -> Result<PermissionReview> {
    let selection = PermissionSelection::parse(selection).map_err(Error::invalid)?;
    ctx.read(Permission::SystemManage, async move |tx| review(tx, selection).await).await
}

async fn review(tx: &mut Tx, selection: PermissionSelection) -> Result<PermissionReview> {
    let table = load_table(tx).await?;
    let conn = tx.conn()?;
    let (role, wanted, seen, undoes) = match selection {
        PermissionSelection::Cells { role, granted, digest } => {
            let cells = Permission::ALL.iter().flat_map(|permission| {
                Level::ALL.iter().map(|level| PermissionChange {
                    level: *level,
                    permission: *permission,
                    granted: granted.contains(&(*level, *permission)),
                })
            });
            (role, cells.collect::<Vec<_>>(), digest, None)
        }
        PermissionSelection::Undo(id) => {
            let record = load_history(conn, Some(id)).await?.pop().ok_or_else(Error::not_found)?;
            let back = record.changes.iter().map(|change| change.inverse()).collect();
            (record.role, back, table.digest(record.role).to_owned(), Some(record))
        }
    };
    let is_news = |change: &PermissionChange| {
        change.is_allowed(role) && change.granted != table.holds(role, change.level, change.permission)
    };
    let reached = count_members(conn, role).await?;
    let changes = wanted
        .into_iter()
        .filter(is_news)
        .map(|change| {
            let (organisations, people) = reached.get(&change.level).copied().unwrap_or_default();
            ReviewedChange { change, organisations, people }
        })
        .collect();
    let digest = table.digest(role).to_owned();
    let is_outdated = seen != digest;
    Ok(PermissionReview { role, changes, digest, is_outdated, undoes })
}

/// For each level of a role, the organisations that have members of this level, and these members.
async fn count_members(conn: &mut Conn, role: Role) -> Result<BTreeMap<Level, (u64, u64)>> {
    let kinds = OrganisationKind::ALL.iter().copied().filter(|kind| kind.role() == role);
    let rows: Vec<(Level, i64, i64)> = memberships::table
        .inner_join(organisations::table.on(organisations::id.eq(memberships::org_id)))
        .filter(memberships::removed_at.is_null())
        .filter(organisations::kind.eq_any(kinds.collect::<Vec<_>>()))
        .group_by(memberships::level)
        .select((memberships::level, count(memberships::org_id).aggregate_distinct(), count_star()))
        .load(conn)
        .await?;
    let unsigned = |rows: i64| u64::try_from(rows).map_err(Error::internal);
    rows.into_iter()
        .map(|(level, organisations, people)| Ok((level, (unsigned(organisations)?, unsigned(people)?))))
        .collect()
}

/// Grants and withdraws permissions of one role, all or none; they hold from the next request on.
///
/// # Errors
/// `invalid_input` without a reason and outside the bounds (what a role may never hold, and what it may never lose),
/// `changed_meanwhile` when the table is not the one that was reviewed.
pub async fn permission_change(ctx: &OpCtx, command: PermissionsChange) -> Result<PermissionChangeId> {
    ctx.require(Permission::SystemManage)?;
    let new = command.parse().map_err(Error::invalid)?;
    ctx.tx("compliance.permission_change", Permission::SystemManage, async move |tx| {
        change_table(tx, &new).await
    })
    .await
}

async fn change_table(tx: &mut Tx, new: &NewPermissions) -> Result<PermissionChangeId> {
    let (now, by) = (tx.ctx().now(), tx.ctx().caller().actor.user_id());
    let id = PermissionChangeId(new_id(now));
    let words: Vec<String> = new.changes.iter().map(ToString::to_string).collect();
    let conn = tx.conn()?;
    // until the end of the transaction nobody else changes the table; everybody may read it
    conn.batch_execute("LOCK TABLE role_permissions IN SHARE ROW EXCLUSIVE MODE").await?;
    if digest_of(&load_cells(conn).await?, new.role)? != new.digest {
        return Err(Error::new(ErrorCode::ChangedMeanwhile));
    }
    for change in &new.changes {
        if set_cell(conn, new.role, *change, now).await? == 0 {
            return Err(Error::new(ErrorCode::ChangedMeanwhile));
        }
    }
    diesel::insert_into(permission_changes::table)
        .values((
            permission_changes::id.eq(id),
            permission_changes::role.eq(new.role),
            permission_changes::changes.eq(&words),
            permission_changes::reason.eq(&new.reason),
            permission_changes::changed_by.eq(by),
            permission_changes::changed_at.eq(now),
        ))
        .execute(conn)
        .await?;
    tx.emit(ComplianceEvent::PermissionsChanged {
        change_id: id,
        role: new.role,
        changes: new.changes.clone(),
        reason_given: true,
    })
    .await?;
    Ok(id)
}

/// Writes one cell; answers 0 when it was so already.
async fn set_cell(
    conn: &mut Conn,
    role: Role,
    change: PermissionChange,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<usize> {
    let PermissionChange { level, permission, granted } = change;
    if !granted {
        let cell = role_permissions::table.find((role, level, permission));
        return Ok(diesel::delete(cell).execute(conn).await?);
    }
    Ok(diesel::insert_into(role_permissions::table)
        .values((
            role_permissions::role.eq(role),
            role_permissions::level.eq(level),
            role_permissions::permission.eq(permission),
            role_permissions::granted_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?)
}
