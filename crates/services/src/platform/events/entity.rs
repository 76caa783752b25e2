//! The things that audit records are about.

use contracts::ids::{
    BulkRunId, CartId, CartLineId, CertificateId, InvitationId, MembershipId, OrgId, PaymentId,
    PermissionChangeId, PurchaseId, SavedViewId, ServiceId, SessionId, UserId,
};

/// The one thing that an event changed or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entity {
    /// A bulk edit of services.
    BulkRun(BulkRunId),
    /// A cart.
    Cart(CartId),
    /// A line of a cart.
    CartLine(CartLineId),
    /// A certificate.
    Certificate(CertificateId),
    /// The demo market as a whole.
    DemoMarket,
    /// An event of the payment provider, by the provider's id.
    GatewayEvent(String),
    /// An invitation.
    Invitation(InvitationId),
    /// The Merkle log, by the checkpoint it continues from.
    LogCheckpoint,
    /// Many things of one kind at once, each without a record of its own.
    Many(EntityKind),
    /// A membership.
    Membership(MembershipId),
    /// An organisation.
    Organisation(OrgId),
    /// A payment.
    Payment(PaymentId),
    /// A change of the permission table.
    PermissionChange(PermissionChangeId),
    /// A purchase.
    Purchase(PurchaseId),
    /// A saved view.
    SavedView(SavedViewId),
    /// A service.
    Service(ServiceId),
    /// A session.
    Session(SessionId),
    /// A user.
    User(UserId),
}

/// The kind of an [`Entity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityKind {
    /// Bulk edits of services.
    BulkRun,
    /// Carts.
    Cart,
    /// Lines of carts.
    CartLine,
    /// Certificates.
    Certificate,
    /// Events of the payment provider.
    GatewayEvent,
    /// Stored answers of the API.
    IdempotencyKey,
    /// Invitations.
    Invitation,
    /// The Merkle log.
    Log,
    /// The market.
    Market,
    /// Memberships.
    Membership,
    /// Organisations.
    Organisation,
    /// Messages of the outbox.
    Outbox,
    /// Payments.
    Payment,
    /// Changes of the permission table.
    PermissionChange,
    /// Purchases.
    Purchase,
    /// Saved views.
    SavedView,
    /// Security events.
    SecurityEvent,
    /// Services.
    Service,
    /// Sessions.
    Session,
    /// Users.
    User,
}

impl EntityKind {
    /// Returns the stored word, column `entity_type`. It is never changed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BulkRun => "service_bulk_run",
            Self::Cart => "cart",
            Self::CartLine => "cart_line",
            Self::Certificate => "certificate",
            Self::GatewayEvent => "gateway_event",
            Self::IdempotencyKey => "idempotency_key",
            Self::Invitation => "invitation",
            Self::Log => "log",
            Self::Market => "market",
            Self::Membership => "membership",
            Self::Organisation => "organisation",
            Self::Outbox => "outbox",
            Self::Payment => "payment",
            Self::PermissionChange => "permission_change",
            Self::Purchase => "purchase",
            Self::SavedView => "saved_view",
            Self::SecurityEvent => "security_event",
            Self::Service => "service",
            Self::Session => "session",
            Self::User => "user",
        }
    }
}

impl Entity {
    /// Returns the kind of the thing.
    pub const fn kind(&self) -> EntityKind {
        match self {
            Self::BulkRun(_) => EntityKind::BulkRun,
            Self::Cart(_) => EntityKind::Cart,
            Self::CartLine(_) => EntityKind::CartLine,
            Self::Certificate(_) => EntityKind::Certificate,
            Self::DemoMarket => EntityKind::Market,
            Self::GatewayEvent(_) => EntityKind::GatewayEvent,
            Self::Invitation(_) => EntityKind::Invitation,
            Self::LogCheckpoint => EntityKind::Log,
            Self::Many(kind) => *kind,
            Self::Membership(_) => EntityKind::Membership,
            Self::Organisation(_) => EntityKind::Organisation,
            Self::Payment(_) => EntityKind::Payment,
            Self::PermissionChange(_) => EntityKind::PermissionChange,
            Self::Purchase(_) => EntityKind::Purchase,
            Self::SavedView(_) => EntityKind::SavedView,
            Self::Service(_) => EntityKind::Service,
            Self::Session(_) => EntityKind::Session,
            Self::User(_) => EntityKind::User,
        }
    }

    /// Returns the stored id, column `entity_id`: an id, or a word where there is none.
    pub fn id(&self) -> String {
        match self {
            Self::BulkRun(id) => id.to_string(),
            Self::Cart(id) => id.to_string(),
            Self::CartLine(id) => id.to_string(),
            Self::Certificate(id) => id.to_string(),
            Self::DemoMarket => "demo".to_owned(),
            Self::GatewayEvent(id) => id.clone(),
            Self::Invitation(id) => id.to_string(),
            Self::LogCheckpoint => "checkpoint".to_owned(),
            Self::Many(_) => "batch".to_owned(),
            Self::Membership(id) => id.to_string(),
            Self::Organisation(id) => id.to_string(),
            Self::Payment(id) => id.to_string(),
            Self::PermissionChange(id) => id.to_string(),
            Self::Purchase(id) => id.to_string(),
            Self::SavedView(id) => id.to_string(),
            Self::Service(id) => id.to_string(),
            Self::Session(id) => id.to_string(),
            Self::User(id) => id.to_string(),
        }
    }
}
