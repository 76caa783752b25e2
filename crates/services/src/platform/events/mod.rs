//! The facts of the domains, told once. A service says what has happened with `tx.emit(event)`, in the transaction that makes it so; the
//! audit record, letters, security event and retention class follow from the event by an exhaustive `match`. Nothing else writes to
//! `audit_records`, `outbox` and `security_events`.
//!
//! One file per domain declares that domain's events; begin with `cart.rs`, the shortest. [`Alert`] is for what must be told
//! although the operation is refused, and for what is counted.
//!
//! Fields are ids, statuses, amounts, codes and counts, never personal data.

mod actions;

mod alerts;
mod cart;
mod catalog;
mod certificates;
mod channels;
mod compliance;
mod entity;
mod flood;
mod identity;
mod letters;
mod orders;
mod payments;
mod platform;
mod raise;
mod record;
mod views;

use contracts::ids::OrgId;
use serde::Serialize;
use serde_json::Value;

pub use actions::AuditAction;
pub use alerts::{Alert, CertificateMismatch, ReportedPayment, SignInFailure};
pub use cart::CartEvent;
pub use catalog::{CatalogEvent, ServiceStatusChange};
pub use certificates::CertificatesEvent;
pub use channels::{Channels, Retention};
pub use compliance::{ComplianceEvent, OrganisationDecision};
pub use entity::{Entity, EntityKind};
pub use identity::IdentityEvent;
pub use letters::{Letter, OrganisationDecided, PasswordChanged, Topic};
pub use orders::OrdersEvent;
pub use payments::{GatewayEventEffect, PaymentsEvent};
pub use platform::PlatformEvent;
pub use views::ViewsEvent;

use super::{Result, Tx};

/// The events of one domain. Serialised, an event is the details of its audit record; the id of the entity is skipped.
pub trait DomainEvent: Serialize {
    /// Version of the stored details. Raise it when a field changes its meaning or goes away; readers of old records must go on to
    /// understand them. A field more needs no new version.
    const VERSION: u16;

    /// Returns what follows from the event.
    fn channels(&self) -> Channels;
}

/// Key of the version in the details of an audit record. Version 1 is not written: all records from before there were versions have it.
pub const VERSION_KEY: &str = "_version";

/// Returns the details of the audit record of `event`.
fn details_of<E: DomainEvent>(event: &E) -> Result<Value> {
    let mut details = serde_json::to_value(event)?;
    if let (2.., Some(fields)) = (E::VERSION, details.as_object_mut()) {
        fields.insert(VERSION_KEY.to_owned(), E::VERSION.into());
    }
    Ok(details)
}

/// Declares the enum over the domains.
macro_rules! domains {
    ($($(#[$meta:meta])* $domain:ident($event:ident)),+ $(,)?) => {
        /// A fact of any domain.
        #[derive(Clone, Debug)]
        pub enum Event {
            $($(#[$meta])* $domain($event)),+
        }

        $(impl From<$event> for Event {
            fn from(event: $event) -> Self {
                Self::$domain(event)
            }
        })+

        impl Event {
            /// Returns what follows from the event.
            pub fn channels(&self) -> Channels {
                match self { $(Self::$domain(event) => event.channels()),+ }
            }

            /// Returns the details of the audit record.
            pub fn details(&self) -> Result<Value> {
                match self { $(Self::$domain(event) => details_of(event)),+ }
            }
        }
    };
}

domains! {
    /// Of carts.
    Cart(CartEvent),
    /// Of services.
    Catalog(CatalogEvent),
    /// Of certificates and their log.
    Certificates(CertificatesEvent),
    /// Of the console.
    Compliance(ComplianceEvent),
    /// Of people and organisations.
    Identity(IdentityEvent),
    /// Of purchases.
    Orders(OrdersEvent),
    /// Of payments.
    Payments(PaymentsEvent),
    /// Of the platform's own data.
    Platform(PlatformEvent),
    /// Of saved views.
    Views(ViewsEvent),
}

impl Tx {
    /// Tells everybody concerned of a fact that this transaction makes, in the name of the caller's organisation. Nothing is told unless the
    /// transaction commits.
    pub async fn emit(&mut self, event: impl Into<Event>) -> Result<()> {
        let org_id = self.ctx().caller().organisation.as_ref().map(|organisation| organisation.id);
        self.emit_for(org_id, event).await
    }

    /// Does as [`Tx::emit`] for a job, a webhook or an elevated step, which acts for `org_id` without being in it. `None`: the fact concerns
    /// no organisation.
    pub async fn emit_for(
        &mut self,
        org_id: impl Into<Option<OrgId>>,
        event: impl Into<Event>,
    ) -> Result<()> {
        let (org_id, event) = (org_id.into(), event.into());
        let details = event.details()?;
        let Channels { action, entity, retention: _, letters, alert } = event.channels();
        self.insert_record(org_id, action, &entity, &details).await?;
        for letter in &letters {
            self.insert_letter(letter).await?;
        }
        match alert {
            Some(alert) => self.insert_alert(&alert).await,
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use contracts::{
        ids::{PaymentId, PurchaseId, UserId},
        permission::{Level, Permission, Role},
        states::PaymentStatus,
    };
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn stored_parts(event: impl Into<Event>) -> (&'static str, &'static str, String, Value) {
        let event = event.into();
        let Channels { action, entity, .. } = event.channels();
        (action.as_str(), entity.kind().as_str(), entity.id(), event.details().unwrap())
    }

    #[test]
    fn an_event_is_stored_as_before_there_were_events() {
        let (id, nil) = (Uuid::from_u128(7), "00000000-0000-0000-0000-000000000007".to_owned());
        let changed = PaymentsEvent::StatusChanged {
            payment_id: PaymentId(id),
            purchase: PurchaseId(id),
            status: PaymentStatus::Pending,
            code: None,
        };
        let details = json!({ "purchase": id, "status": "pending", "code": null });
        assert_eq!(stored_parts(changed), ("payments.status_changed", "payment", nil.clone(), details));
        let enabled = IdentityEvent::UserEnabled { user_id: UserId(id) };
        assert_eq!(stored_parts(enabled), ("identity.user_enabled", "user", nil.clone(), json!({})));
        let expired = CertificatesEvent::Expired { certificates: 3 };
        let details = json!({ "certificates": 3 });
        assert_eq!(
            stored_parts(expired),
            ("certificates.expired", "certificate", "batch".to_owned(), details)
        );
        let kept = PaymentsEvent::GatewayEventKept {
            event_id: "evt_1".to_owned(),
            kind: "payment.updated".to_owned(),
            effect: GatewayEventEffect::AlreadyApplied,
        };
        let details =
            json!({ "kind": "payment.updated", "effect": GatewayEventEffect::AlreadyApplied.as_str() });
        assert_eq!(stored_parts(kept), ("payments.event_kept", "gateway_event", "evt_1".to_owned(), details));
    }

    #[test]
    fn an_alert_holds_codes_and_counts_but_not_whom_it_touched() {
        let failed =
            Alert::SignInFailed { user_id: Some(UserId(Uuid::nil())), cause: SignInFailure::Password };
        assert_eq!(serde_json::to_value(&failed).unwrap(), json!({ "cause": "password" }));
        assert_eq!(failed.touched_user(), Some(UserId(Uuid::nil())));
        assert_eq!(serde_json::to_value(Alert::RateLimitExceeded {}).unwrap(), json!({}));
        let change = contracts::compliance::PermissionChange {
            level: Level::Manager,
            permission: Permission::ServicesWrite,
            granted: false,
        };
        let changed = Alert::PermissionsChanged { role: Role::Provider, changes: BTreeSet::from([change]) };
        let details = json!({ "role": "provider", "changes": ["manager/services.write/false"] });
        assert_eq!(serde_json::to_value(&changed).unwrap(), details);
        for mismatch in [CertificateMismatch::SignedFacts, CertificateMismatch::LogProof] {
            assert_eq!(serde_json::to_value(mismatch).unwrap(), json!(mismatch.as_str()));
        }
    }

    #[test]
    fn a_letter_is_read_as_it_was_stored() {
        let at = chrono::DateTime::from_timestamp(1_772_442_000, 0).unwrap();
        let letter = Letter::PasswordChanged(PasswordChanged { user_id: UserId(Uuid::nil()), at });
        let payload = serde_json::to_value(&letter).unwrap();
        assert_eq!(payload, json!({ "user_id": Uuid::nil(), "at": "2026-03-02T09:00:00Z" }));
        assert_eq!(Letter::read(letter.topic().as_str(), payload).unwrap(), letter);
        assert!(Letter::read("testkit.planted", json!({})).is_err());
    }

    #[derive(Serialize)]
    struct Revised {
        units: u32,
    }

    impl DomainEvent for Revised {
        const VERSION: u16 = 2;

        fn channels(&self) -> Channels {
            Channels::record(AuditAction::DemoCompleted, Entity::DemoMarket, Retention::Operation)
        }
    }

    #[test]
    fn only_a_later_version_is_written_into_the_details() {
        assert_eq!(details_of(&Revised { units: 1 }).unwrap(), json!({ "units": 1, "_version": 2 }));
        let first = PlatformEvent::OutboxPurged { messages: 1 };
        assert_eq!(details_of(&first).unwrap(), json!({ "messages": 1 }));
    }
}
