//! Kinds of security events: stored word, severity, words on screen.

use super::Severity;

/// Declares the closed enum of kinds. Each row is a variant, the stored word (OWASP logging vocabulary where it has one), the severity and
/// the words on screen.
macro_rules! kinds {
    ($($variant:ident = $word:literal, $severity:ident, $label:literal;)+) => {
        /// Kind of a security event. A stored word is never changed: laws, alarms and old rows refer to it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AlertKind {
            $(#[doc = $label] $variant,)+
        }

        impl AlertKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the stored word: `authn_login_fail`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Returns how much it should worry an administrator.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),+ }
            }

            /// Returns the words on screen: "Failed sign-in".
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }
    };
}

kinds! {
    SignInFailed = "authn_login_fail", Low, "Failed sign-in";
    SignInBlocked = "authn_login_fail_max", High, "Sign-in blocked after failures";
    SignedInAfterFailures = "authn_login_successafterfail", Low, "Sign-in after failures";
    PasswordChanged = "authn_password_change", Info, "Password changed";
    AccessRefused = "authz_fail", Low, "Access refused";
    CertificateMismatch = "certificate_mismatch", High, "Stored certificate inconsistent";
    ClockSkew = "clock_skew", High, "Clock is wrong";
    RateLimitExceeded = "excess_rate_limit_exceeded", Low, "Excess rate limit exceeded";
    LogAccepted = "log_accepted", High, "Loss of log entries accepted";
    LogForkRefused = "log_fork_refused", High, "Log and database disagree";
    ContentBlocked = "malicious_csp_violation", Low, "Blocked content on a page";
    CrossSiteRequest = "malicious_csrf", High, "Request from another site refused";
    PaymentDisputed = "payment_disputed", High, "Payment disputed by the payer";
    PaymentMismatch = "payment_mismatch", High, "Payment does not match the purchase";
    RefundDue = "payment_refund_due", High, "Refund due";
    PaymentReturned = "payment_returned", High, "Partial refund: decision needed";
    PaymentsUnresolved = "payment_unresolved", High, "Payment without confirmed outcome";
    PermissionsChanged = "privilege_permissions_changed", High, "Permissions changed";
    SaleUndoneAfterRedemption = "sale_undone_after_redemption", High, "Sale undone after redemption";
    SessionUsedAfterExpiry = "session_use_after_expire", Info, "Expired session used";
    SigningKeyUnusable = "signing_key_unusable", High, "Signing key unusable";
    WebhookSignatureInvalid = "webhook_signature_fail", High, "Payment event with invalid signature";
}

impl AlertKind {
    /// Returns the kind with this stored word. `None`: an older version wrote the row.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn stored_words_are_unique() {
        let words: BTreeSet<&str> = AlertKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(words.len(), AlertKind::ALL.len());
        assert!(words.iter().all(|word| word.bytes().all(|c| c.is_ascii_lowercase() || c == b'_')));
        assert!(AlertKind::ALL.iter().all(|kind| AlertKind::of(kind.as_str()) == Some(*kind)));
    }
}
