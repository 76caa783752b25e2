//! Rows of the audit trail and of the outbox.

use contracts::ids::{AuditId, OrgId, UserId};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{audit_records, outbox};
use serde_json::Value;
use uuid::Uuid;

use super::{
    super::{Elevation, Result, Tx, new_id, prepared::Prepare},
    AuditAction, Entity, Letter,
};

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
    /// Inserts the audit record of an event, with the caller as actor.
    pub(super) async fn insert_record(
        &mut self,
        org_id: Option<OrgId>,
        action: AuditAction,
        entity: &Entity,
        details: &Value,
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
                action: action.as_str(),
                entity_type: entity.kind().as_str(),
                entity_id: entity.id(),
                request_id,
                details,
            })
            .prepared()
            .execute(self.conn()?)
            .await?;
        Ok(())
    }

    /// Inserts a message for the domain `mail`; it leaves only if this transaction commits.
    pub(super) async fn insert_letter(&mut self, letter: &Letter) -> Result<()> {
        let (id, payload): (Uuid, Value) = (new_id(self.ctx().now()), serde_json::to_value(letter)?);
        diesel::insert_into(outbox::table)
            .values((
                outbox::id.eq(id),
                outbox::topic.eq(letter.topic().as_str()),
                outbox::payload.eq(payload),
            ))
            .execute(self.conn()?)
            .await?;
        Ok(())
    }
}
