//! Security events: what an administrator should be able to see. They are raised with `ctx.raise`, `tx.raise_once` and `tx.raise_rarely`, or
//! follow from an event.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use contracts::{
    compliance::{AlertKind, PermissionChange},
    ids::{CertificateId, PaymentId, PurchaseId, SessionId, UserId},
    money::Money,
    permission::Role,
};
use serde::{Serialize, Serializer};

/// One security event. Serialised, it is the stored details: codes and counts, never secrets or personal data.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Alert {
    /// Somebody asked for what their role does not allow.
    AccessRefused {
        /// The path, without secrets.
        path: String,
    },
    /// A stored certificate contradicts itself.
    CertificateInconsistent {
        /// The certificate.
        certificate: CertificateId,
        /// What does not fit.
        mismatch: CertificateMismatch,
    },
    /// Our clock, that of the database or that of the payment provider is wrong; the pair shows which.
    ClockSkewed {
        /// How far our clock is ahead of the provider's, in seconds.
        seconds_ahead_of_provider: i64,
        /// How far our clock is ahead of the database's, in seconds.
        seconds_ahead_of_database: i64,
    },
    /// A browser reported content that the policy of the page forbids (CSP 3).
    ContentBlocked {
        /// The path of the page, without secrets.
        path: String,
        /// The directive of the policy.
        directive: String,
        /// The foreign host, or a word such as `inline`.
        blocked: String,
    },
    /// A request of another site was refused.
    CrossSiteRequestRefused {
        /// The path, without secrets.
        path: String,
    },
    /// An operator accepted that entries of the log were lost.
    LogAccepted {
        /// How many entries there are now.
        entries: u64,
        /// What was wrong before, in a sentence. `None`: nothing.
        problem: Option<String>,
    },
    /// The log is not signed on, because the database contradicts what was signed.
    LogForkRefused {
        /// What is wrong, in a sentence.
        objection: String,
    },
    /// Somebody changed their password.
    PasswordChanged {
        /// Whose password.
        #[serde(skip)]
        user_id: UserId,
    },
    /// An answer of the provider does not fit what was asked for, or tells of more money than the price.
    PaymentMismatched(ReportedPayment),
    /// The payer disputes a payment at their bank: evidence has a deadline there.
    PaymentDisputed(ReportedPayment),
    /// Part of the money went back to the payer at the provider: a person decides what becomes of the sale.
    PaymentReturned(ReportedPayment),
    /// The provider cannot speak of payments of the last day.
    PaymentsUnresolved {
        /// At least this many: 1, 10, 100 and so on.
        payments_at_least: i64,
        /// The day, UTC.
        day: NaiveDate,
    },
    /// The permission table was changed.
    PermissionsChanged {
        /// Whose permissions.
        role: Role,
        /// The cells that changed.
        #[serde(serialize_with = "as_texts")]
        changes: BTreeSet<PermissionChange>,
    },
    /// A network exceeded the rate limit.
    RateLimitExceeded {},
    /// Money came for a purchase that had ended: the platform has to send it back.
    RefundDue(ReportedPayment),
    /// A sale was undone of which units were redeemed: people settle how much of the rest goes back.
    RefundDueOfUndoneSale {
        /// How many units were redeemed.
        redeemed: i64,
        /// The payment.
        payment: PaymentId,
        /// The purchase.
        purchase: PurchaseId,
        /// The amount that was asked for.
        amount: Money,
        /// What went back of it, in minor units.
        refunded_minor: i64,
    },
    /// A sale was undone of which units had been redeemed: the console lists it until somebody has settled it.
    SaleUndoneAfterRedemption {
        /// The purchase.
        purchase: PurchaseId,
        /// How many units had been redeemed.
        redeemed: i64,
    },
    /// A session was used after its end.
    SessionUsedAfterExpiry {
        /// Whose session.
        #[serde(skip)]
        user_id: UserId,
        /// The session.
        session: SessionId,
    },
    /// Failures blocked an account or a network.
    SignInBlocked {
        /// Until the next attempt, in seconds. `None`: pending attempts block, not failures.
        blocked_seconds: Option<i64>,
    },
    /// A sign-in failed.
    SignInFailed {
        /// The account that was meant. `None`: there is none.
        #[serde(skip)]
        user_id: Option<UserId>,
        /// Why it failed.
        cause: SignInFailure,
    },
    /// Somebody signed in after several failures.
    SignedInAfterFailures {
        /// Who.
        #[serde(skip)]
        user_id: UserId,
        /// How many attempts had failed.
        failures: i32,
    },
    /// A registered signing key is no usable key and is ignored.
    SigningKeyUnusable {
        /// Its id.
        key: String,
    },
    /// An event with an invalid signature came in the name of the payment provider.
    WebhookSignatureInvalid {
        /// The name of the provider.
        gateway: &'static str,
    },
}

/// What the payment provider says of one payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportedPayment {
    /// Our payment.
    pub payment: PaymentId,
    /// Its purchase.
    pub purchase: PurchaseId,
    /// The provider's id of the payment.
    pub gateway_payment: String,
    /// The amount that was asked for.
    pub amount: Money,
    /// What was collected, in minor units.
    pub captured_minor: i64,
    /// What went back of it, in minor units.
    pub refunded_minor: i64,
    /// The provider's fee, in minor units.
    pub fee_minor: i64,
}

/// Why a sign-in failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInFailure {
    /// The account is disabled; the password was right.
    Disabled,
    /// The password was wrong.
    Password,
    /// There is no such account.
    Unknown,
}

/// What of a stored certificate does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateMismatch {
    /// The stored bytes are not signed by a key that was in use.
    Signature,
    /// The row says something else than what was signed.
    SignedFacts,
    /// Its last event is not in the log, or the entry is of something else or does not open with what is stored.
    LogEntry,
    /// The entry is not under the log's signed checkpoint.
    LogProof,
    /// Its state is not what its last log entry says.
    State,
}

impl CertificateMismatch {
    /// Returns the stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::SignedFacts => "signed_facts",
            Self::LogEntry => "log_entry",
            Self::LogProof => "log_proof",
            Self::State => "state",
        }
    }
}

impl Alert {
    /// Returns the kind, from which severity and counting follow.
    pub const fn kind(&self) -> AlertKind {
        match self {
            Self::AccessRefused { .. } => AlertKind::AccessRefused,
            Self::CertificateInconsistent { .. } => AlertKind::CertificateMismatch,
            Self::ClockSkewed { .. } => AlertKind::ClockSkew,
            Self::ContentBlocked { .. } => AlertKind::ContentBlocked,
            Self::CrossSiteRequestRefused { .. } => AlertKind::CrossSiteRequest,
            Self::LogAccepted { .. } => AlertKind::LogAccepted,
            Self::LogForkRefused { .. } => AlertKind::LogForkRefused,
            Self::PasswordChanged { .. } => AlertKind::PasswordChanged,
            Self::PaymentDisputed(_) => AlertKind::PaymentDisputed,
            Self::PaymentMismatched(_) => AlertKind::PaymentMismatch,
            Self::PaymentReturned(_) => AlertKind::PaymentReturned,
            Self::PaymentsUnresolved { .. } => AlertKind::PaymentsUnresolved,
            Self::PermissionsChanged { .. } => AlertKind::PermissionsChanged,
            Self::RateLimitExceeded {} => AlertKind::RateLimitExceeded,
            Self::RefundDue(_) | Self::RefundDueOfUndoneSale { .. } => AlertKind::RefundDue,
            Self::SaleUndoneAfterRedemption { .. } => AlertKind::SaleUndoneAfterRedemption,
            Self::SessionUsedAfterExpiry { .. } => AlertKind::SessionUsedAfterExpiry,
            Self::SignInBlocked { .. } => AlertKind::SignInBlocked,
            Self::SignInFailed { .. } => AlertKind::SignInFailed,
            Self::SignedInAfterFailures { .. } => AlertKind::SignedInAfterFailures,
            Self::SigningKeyUnusable { .. } => AlertKind::SigningKeyUnusable,
            Self::WebhookSignatureInvalid { .. } => AlertKind::WebhookSignatureInvalid,
        }
    }

    /// Returns whose account it touched. `None`: nobody's but the caller's, if the caller has one.
    pub const fn touched_user(&self) -> Option<UserId> {
        match self {
            Self::PasswordChanged { user_id }
            | Self::SessionUsedAfterExpiry { user_id, .. }
            | Self::SignedInAfterFailures { user_id, .. } => Some(*user_id),
            Self::SignInFailed { user_id, .. } => *user_id,
            Self::AccessRefused { .. }
            | Self::CertificateInconsistent { .. }
            | Self::ClockSkewed { .. }
            | Self::ContentBlocked { .. }
            | Self::CrossSiteRequestRefused { .. }
            | Self::LogAccepted { .. }
            | Self::LogForkRefused { .. }
            | Self::PaymentDisputed(_)
            | Self::PaymentMismatched(_)
            | Self::PaymentReturned(_)
            | Self::PaymentsUnresolved { .. }
            | Self::PermissionsChanged { .. }
            | Self::RateLimitExceeded {}
            | Self::RefundDue(_)
            | Self::RefundDueOfUndoneSale { .. }
            | Self::SaleUndoneAfterRedemption { .. }
            | Self::SignInBlocked { .. }
            | Self::SigningKeyUnusable { .. }
            | Self::WebhookSignatureInvalid { .. } => None,
        }
    }
}

/// Writes each change as its text, `manager/services.write/true`, as the permission table's history stores it.
pub(super) fn as_texts<S: Serializer>(
    changes: &BTreeSet<PermissionChange>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(changes.iter().map(ToString::to_string))
}
