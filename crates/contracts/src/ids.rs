//! IDs of the domain's objects, one type for each, so that the ID of a service cannot be passed as that of a purchase.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "db", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow), diesel(sql_type = diesel::sql_types::Uuid))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        #[cfg(feature = "db")]
        impl diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                <Uuid as diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::to_sql(&self.0, out)
            }
        }

        #[cfg(feature = "db")]
        impl diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                <Uuid as diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::from_sql(bytes).map(Self)
            }
        }
    )+};
}

id! {
    /// ID of a person who signs in.
    UserId,
    /// ID of an organisation.
    OrgId,
    /// ID of a membership: a person in an organisation at a level.
    MembershipId,
    /// ID of a pending invitation into an organisation.
    InvitationId,
    /// ID of a session, a signed-in browser.
    SessionId,
    /// ID of a service.
    ServiceId,
    /// ID of a version of a service.
    ServiceVersionId,
    /// ID of a bulk run, one action on many services.
    BulkRunId,
    /// ID of a buyer organisation's cart.
    CartId,
    /// One service in a cart.
    CartLineId,
    /// ID of a purchase.
    PurchaseId,
    /// ID of one seller's order within a purchase.
    TransactionId,
    /// ID of a line of an order.
    LineId,
    /// ID of a payment.
    PaymentId,
    /// ID of an attempt to collect a payment.
    AttemptId,
    /// ID of a certificate.
    CertificateId,
    /// ID of a record of the audit trail.
    AuditId,
    /// ID of a saved view, a named query of a list.
    SavedViewId,
    /// ID of a change of the permission table.
    PermissionChangeId,
}
