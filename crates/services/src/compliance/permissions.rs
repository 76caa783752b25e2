//! The permission table: data that an administrator may change inside the bounds of the vocabulary.

use std::collections::BTreeMap;

use contracts::{
    compliance::{PermissionChange, PermissionTable},
    error::ErrorCode,
    permission::{Grant, Level, Permission, Role, start_policy},
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::role_permissions;
use serde_json::json;

use crate::{
    Error, OpCtx, Result,
    platform::{SecurityEvent, Tx},
};

/// What is granted now.
pub async fn permission_table(ctx: &OpCtx) -> Result<PermissionTable> {
    ctx.read(Permission::AuditLogsRead, async |tx| load(tx).await).await
}

async fn load(tx: &mut Tx) -> Result<PermissionTable> {
    let may_change = tx.ctx().require(Permission::SystemManage).is_ok();
    let rows: Vec<(Role, String, Level)> = role_permissions::table
        .select((role_permissions::role, role_permissions::permission, role_permissions::level))
        .load(tx.conn()?)
        .await?;
    let scopes = start_policy()?;
    let mut grants: BTreeMap<(Role, Permission), Vec<Level>> = BTreeMap::new();
    for (role, word, level) in rows {
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
    Ok(PermissionTable { grants, may_change })
}

/// Grants a permission or takes it away; it holds from the next request on.
///
/// # Errors
/// `invalid_input` outside the bounds: what a role may never hold, and what it may never lose.
pub async fn permission_change(ctx: &OpCtx, command: PermissionChange) -> Result<PermissionTable> {
    let PermissionChange { role, level, permission, granted } = command;
    if granted && !permission.may_be_granted(role, level) {
        return Err(Error::invalid_field("permission", "This role cannot be given this permission."));
    }
    if !granted && permission.must_be_granted(role, level) {
        return Err(Error::invalid_field("permission", "This permission cannot be taken from this role."));
    }
    let table = ctx
        .tx("compliance.permission_change", Permission::SystemManage, async move |tx| {
            let changed = if granted {
                diesel::insert_into(role_permissions::table)
                    .values((
                        role_permissions::role.eq(role),
                        role_permissions::level.eq(level),
                        role_permissions::permission.eq(permission),
                        role_permissions::granted_at.eq(tx.ctx().now()),
                    ))
                    .on_conflict_do_nothing()
                    .execute(tx.conn()?)
                    .await?
            } else {
                diesel::delete(role_permissions::table.find((role, level, permission)))
                    .execute(tx.conn()?)
                    .await?
            };
            if changed == 0 {
                return Err(Error::new(ErrorCode::ChangedMeanwhile));
            }
            let action =
                if granted { "compliance.permission_granted" } else { "compliance.permission_withdrawn" };
            let entity = format!("{role}/{level}/{permission}");
            tx.audit(action, "permission", entity, json!({})).await?;
            load(tx).await
        })
        .await?;
    ctx.security_event(SecurityEvent {
        kind: "privilege_permissions_changed",
        severity: "high",
        user_id: None,
        details: json!({ "role": role, "level": level, "permission": permission, "granted": granted }),
    })
    .await?;
    Ok(table)
}
