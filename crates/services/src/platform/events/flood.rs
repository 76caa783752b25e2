//! How a flood of security events of one kind is counted.

use contracts::compliance::AlertKind;

/// How many events of a kind are recorded.
pub(super) struct FloodRule {
    /// Maximum number of events from one network that are recorded in one window; the others are counted.
    pub(super) max_recorded: u32,
    /// True when a person who is signed in can also provoke it at will, so that it is counted for them as well. Everything that an
    /// anonymous caller causes is counted.
    pub(super) is_provoked_by_anybody: bool,
}

/// All the failures after which a sign-in is refused are recorded.
const USUAL: FloodRule = FloodRule { max_recorded: 10, is_provoked_by_anybody: false };

/// Returns the rule for events of this kind.
pub(super) const fn flood_rule(kind: AlertKind) -> FloodRule {
    match kind {
        // the first says all
        AlertKind::RateLimitExceeded => FloodRule { max_recorded: 1, ..USUAL },
        AlertKind::AccessRefused | AlertKind::ContentBlocked | AlertKind::CrossSiteRequest => {
            FloodRule { is_provoked_by_anybody: true, ..USUAL }
        }
        AlertKind::SignInFailed
        | AlertKind::SignInBlocked
        | AlertKind::SignedInAfterFailures
        | AlertKind::PasswordChanged
        | AlertKind::CertificateMismatch
        | AlertKind::ClockSkew
        | AlertKind::LogAccepted
        | AlertKind::LogForkRefused
        | AlertKind::PaymentDisputed
        | AlertKind::PaymentMismatch
        | AlertKind::RefundDue
        | AlertKind::PaymentReturned
        | AlertKind::PaymentsUnresolved
        | AlertKind::PermissionsChanged
        | AlertKind::SaleUndoneAfterRedemption
        | AlertKind::SessionUsedAfterExpiry
        | AlertKind::SigningKeyUnusable
        | AlertKind::WebhookSignatureInvalid => USUAL,
    }
}
