//! The audit trail. A mutation writes its record in its own transaction, or does not happen (law I9).

use contracts::ids::{AuditId, OrgId, UserId};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::audit_records;
use serde_json::Value;

use super::{Actor, Elevation, OpCtx, Result, Tx, new_id, prepared::Prepare};

#[derive(Insertable)]
#[diesel(table_name = audit_records)]
struct AuditRow<'a> {
    id: AuditId,
    org_id: Option<OrgId>,
    actor_user_id: Option<UserId>,
    actor_kind: &'static str,
    elevation: Option<&'static str>,
    action: &'static str,
    entity_type: &'static str,
    entity_id: String,
    request_id: String,
    details: &'a Value,
}

impl Tx {
    /// Records that the caller did `action` (`domain.verb_done`) to an entity. `details` holds ids, codes and amounts,
    /// never personal data.
    pub async fn audit(
        &mut self,
        action: &'static str,
        entity_type: &'static str,
        entity_id: impl std::fmt::Display,
        details: Value,
    ) -> Result<()> {
        let org_id = self.ctx().caller().organisation.as_ref().map(|organisation| organisation.id);
        self.audit_for(org_id, action, entity_type, entity_id, details).await
    }

    /// The same for a job, a webhook or an elevated step, which acts for an organisation without being in it.
    pub async fn audit_for(
        &mut self,
        org_id: Option<OrgId>,
        action: &'static str,
        entity_type: &'static str,
        entity_id: impl std::fmt::Display,
        details: Value,
    ) -> Result<()> {
        let (id, actor, elevation, request_id) = {
            let ctx = self.ctx();
            let caller = ctx.caller();
            (new_id(ctx.now()), caller.actor, caller.elevation, caller.request_id.to_string())
        };
        diesel::insert_into(audit_records::table)
            .values(AuditRow {
                id,
                org_id,
                actor_user_id: actor.user_id(),
                actor_kind: actor.kind(),
                elevation: elevation.map(Elevation::as_str),
                action,
                entity_type,
                entity_id: entity_id.to_string(),
                request_id,
                details: &details,
            })
            .prepared()
            .execute(self.conn()?)
            .await?;
        Ok(())
    }
}

impl OpCtx {
    /// Whether a person, rather than a job, is acting.
    pub fn is_person(&self) -> bool {
        matches!(self.caller().actor, Actor::User(_))
    }
}
