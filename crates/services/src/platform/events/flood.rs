//! How a flood of security events of one kind is counted.

use contracts::compliance::AlertKind;

/// Number of events of a kind from one network that are recorded in one window: all the failures after which a sign-in is refused.
const MAX_RECORDED: u32 = 10;

/// Returns how many events of this kind from one network are recorded in one window; the others are counted.
pub(super) const fn max_recorded(kind: AlertKind) -> u32 {
    match kind {
        // the first says all
        AlertKind::RateLimitExceeded => 1,
        AlertKind::SignInFailed
        | AlertKind::SignInBlocked
        | AlertKind::SignedInAfterFailures
        | AlertKind::PasswordChanged
        | AlertKind::AccessRefused
        | AlertKind::CertificateMismatch
        | AlertKind::ClockSkew
        | AlertKind::LogAccepted
        | AlertKind::LogForkRefused
        | AlertKind::ContentBlocked
        | AlertKind::CrossSiteRequest
        | AlertKind::PaymentMismatch
        | AlertKind::RefundDue
        | AlertKind::PaymentReturned
        | AlertKind::PaymentsUnresolved
        | AlertKind::PermissionsChanged
        | AlertKind::SessionUsedAfterExpiry
        | AlertKind::SigningKeyUnusable
        | AlertKind::WebhookSignatureInvalid => MAX_RECORDED,
    }
}

/// Returns whether also a person who is signed in can provoke it at will, so that it is counted for them too. Everything is counted
/// that an anonymous caller causes.
pub(super) const fn is_provoked_by_anybody(kind: AlertKind) -> bool {
    match kind {
        AlertKind::AccessRefused | AlertKind::ContentBlocked | AlertKind::CrossSiteRequest => true,
        AlertKind::SignInFailed
        | AlertKind::SignInBlocked
        | AlertKind::SignedInAfterFailures
        | AlertKind::PasswordChanged
        | AlertKind::CertificateMismatch
        | AlertKind::ClockSkew
        | AlertKind::RateLimitExceeded
        | AlertKind::LogAccepted
        | AlertKind::LogForkRefused
        | AlertKind::PaymentMismatch
        | AlertKind::RefundDue
        | AlertKind::PaymentReturned
        | AlertKind::PaymentsUnresolved
        | AlertKind::PermissionsChanged
        | AlertKind::SessionUsedAfterExpiry
        | AlertKind::SigningKeyUnusable
        | AlertKind::WebhookSignatureInvalid => false,
    }
}
