//! The audit trail and security events. A mutation writes its record in its own transaction, or does not happen (law I9).

use contracts::ids::{AuditId, OrgId, UserId};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{audit_records, security_events};
use serde_json::Value;
use uuid::Uuid;

use super::{Actor, OpCtx, Result, Tx, new_id};

#[derive(Insertable)]
#[diesel(table_name = audit_records)]
struct AuditRow<'a> {
    id: AuditId,
    org_id: Option<OrgId>,
    actor_user_id: Option<UserId>,
    actor_kind: &'static str,
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

    /// The same for a job or a webhook, which acts for an organisation without being in it.
    pub async fn audit_for(
        &mut self,
        org_id: Option<OrgId>,
        action: &'static str,
        entity_type: &'static str,
        entity_id: impl std::fmt::Display,
        details: Value,
    ) -> Result<()> {
        let (id, actor, request_id) = {
            let ctx = self.ctx();
            (new_id(ctx.now()), ctx.caller().actor, ctx.caller().request_id.to_string())
        };
        diesel::insert_into(audit_records::table)
            .values(AuditRow {
                id,
                org_id,
                actor_user_id: actor.user_id(),
                actor_kind: actor.kind(),
                action,
                entity_type,
                entity_id: entity_id.to_string(),
                request_id,
                details: &details,
            })
            .execute(self.conn()?)
            .await?;
        Ok(())
    }
}

/// Something an administrator should be able to see: a failed sign-in, a forged event, a cross-site request.
/// Kinds follow the OWASP logging vocabulary.
#[derive(Clone, Debug)]
pub struct SecurityEvent {
    /// `authn_login_fail`, `malicious_csrf` and so on.
    pub kind: &'static str,
    /// `info`, `low` or `high`.
    pub severity: &'static str,
    /// Whose account it touched.
    pub user_id: Option<UserId>,
    /// Codes and counts; never secrets or personal data.
    pub details: Value,
}

impl OpCtx {
    /// Records a security event in a transaction of its own: it stays when the operation it is about is refused.
    pub async fn security_event(&self, event: SecurityEvent) -> Result<()> {
        let system = self.as_system();
        let client_address = self.caller().client.address.map(|address| address.to_string());
        let org_id = self.caller().organisation.as_ref().map(|organisation| organisation.id);
        let user_id = event.user_id.or(self.caller().actor.user_id());
        system
            .tx("platform.security_event", contracts::permission::Permission::SystemManage, async move |tx| {
                let id: Uuid = new_id(tx.ctx().now());
                let request_id = tx.ctx().caller().request_id.to_string();
                diesel::insert_into(security_events::table)
                    .values((
                        security_events::id.eq(id),
                        security_events::kind.eq(event.kind),
                        security_events::severity.eq(event.severity),
                        security_events::org_id.eq(org_id),
                        security_events::user_id.eq(user_id),
                        security_events::client_address.eq(client_address),
                        security_events::request_id.eq(request_id),
                        security_events::details.eq(event.details),
                    ))
                    .execute(tx.conn()?)
                    .await?;
                Ok(())
            })
            .await
    }
}

impl OpCtx {
    /// Whether a person, rather than a job, is acting.
    pub fn is_person(&self) -> bool {
        matches!(self.caller().actor, Actor::User(_))
    }
}
