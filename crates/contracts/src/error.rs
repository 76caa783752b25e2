//! What can go wrong, as one closed list of stable codes with plain words. Doors translate; they never invent text.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::text_enum::text_enum;

/// A word that is none of an enum's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{word:?} is no {kind}")]
pub struct UnknownWord {
    /// The enum.
    pub kind: &'static str,
    /// What was given.
    pub word: String,
}

/// The family an error belongs to; doors map it to a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ErrorKind {
    /// The input is wrong (422).
    Invalid,
    /// The input is more than we read (413).
    TooLarge,
    /// Nobody is signed in (401).
    Unauthenticated,
    /// Signed in, but not allowed (403).
    Forbidden,
    /// Not there, or not to be known of (404).
    NotFound,
    /// It no longer fits the present state (409).
    Conflict,
    /// Too often (429).
    TooMany,
    /// A neighbour does not answer (503).
    Unavailable,
    /// Our fault (500).
    Internal,
}

text_enum! {
    /// Stable codes, part of the API's promise: they are added, never renamed.
    ErrorCode {
        InvalidInput = "invalid_input",
        NotSignedIn = "not_signed_in",
        WrongCredentials = "wrong_credentials",
        SessionExpired = "session_expired",
        AccountDisabled = "account_disabled",
        NotAllowed = "not_allowed",
        OrganisationUnverified = "organisation_unverified",
        OrganisationRejected = "organisation_rejected",
        OrganisationSuspended = "organisation_suspended",
        CrossSiteRequest = "cross_site_request",
        NotFound = "not_found",
        InvitationInvalid = "invitation_invalid",
        WrongState = "wrong_state",
        ChangedMeanwhile = "changed_meanwhile",
        FactsChanged = "facts_changed",
        SelectionChanged = "selection_changed",
        AlreadyExists = "already_exists",
        IdempotencyMismatch = "idempotency_mismatch",
        IdempotencyInProgress = "idempotency_in_progress",
        CartChanged = "cart_changed",
        CartEmpty = "cart_empty",
        SoldOut = "sold_out",
        OwnService = "own_service",
        StemCodeMissing = "stem_code_missing",
        ClientMissing = "client_missing",
        PaymentDeclined = "payment_declined",
        PaymentUnknown = "payment_unknown",
        GatewayUnavailable = "gateway_unavailable",
        WebhookRefused = "webhook_refused",
        CertificateUnreadable = "certificate_unreadable",
        AlreadyRedeemed = "already_redeemed",
        CertificateNotValid = "certificate_not_valid",
        LastOwner = "last_owner",
        TooManyAttempts = "too_many_attempts",
        TooManyRequests = "too_many_requests",
        TooLarge = "too_large",
        TookTooLong = "took_too_long",
        Busy = "busy",
        RecordsIncomplete = "records_incomplete",
        Offline = "offline",
        Internal = "internal",
    }
}

impl ErrorCode {
    /// The family this code belongs to.
    pub const fn kind(self) -> ErrorKind {
        match self {
            Self::InvalidInput
            | Self::ClientMissing
            | Self::CartEmpty
            | Self::StemCodeMissing
            | Self::CertificateUnreadable => ErrorKind::Invalid,
            Self::TooLarge => ErrorKind::TooLarge,
            Self::NotSignedIn
            | Self::WrongCredentials
            | Self::SessionExpired
            | Self::AccountDisabled
            | Self::WebhookRefused => ErrorKind::Unauthenticated,
            Self::NotAllowed
            | Self::OrganisationUnverified
            | Self::OrganisationRejected
            | Self::OrganisationSuspended
            | Self::CrossSiteRequest
            | Self::OwnService => ErrorKind::Forbidden,
            Self::NotFound | Self::InvitationInvalid => ErrorKind::NotFound,
            Self::WrongState
            | Self::ChangedMeanwhile
            | Self::FactsChanged
            | Self::SelectionChanged
            | Self::AlreadyExists
            | Self::IdempotencyMismatch
            | Self::IdempotencyInProgress
            | Self::CartChanged
            | Self::SoldOut
            | Self::PaymentDeclined
            | Self::PaymentUnknown
            | Self::AlreadyRedeemed
            | Self::CertificateNotValid
            | Self::LastOwner => ErrorKind::Conflict,
            Self::TooManyAttempts | Self::TooManyRequests => ErrorKind::TooMany,
            Self::GatewayUnavailable
            | Self::Busy
            | Self::RecordsIncomplete
            | Self::Offline
            | Self::TookTooLong => ErrorKind::Unavailable,
            Self::Internal => ErrorKind::Internal,
        }
    }

    /// What happened, what it means and what to do, in plain words.
    #[expect(clippy::too_many_lines, reason = "one list of words, best read in one place")]
    pub const fn message(self) -> &'static str {
        match self {
            Self::InvalidInput => "Some fields need attention. Nothing was saved.",
            Self::NotSignedIn => "Sign in to continue.",
            Self::WrongCredentials => {
                "The address and password do not match an account. Check both and try again."
            }
            Self::SessionExpired => "Your session has ended. Sign in again to continue.",
            Self::AccountDisabled => "This account is disabled. Ask an owner of your organisation.",
            Self::NotAllowed => {
                "Your role does not allow this. Ask an owner of your organisation if you need it."
            }
            Self::OrganisationUnverified => {
                "Your organisation is not verified yet. You can browse and prepare; publishing and buying open once an administrator has verified it."
            }
            Self::OrganisationRejected => {
                "Your organisation was not verified; the reason stands on its page. Correct its facts there and ask again; publishing and buying stay closed until then."
            }
            Self::OrganisationSuspended => {
                "Your organisation is suspended; the reason stands on its page. Publishing and buying are closed until an administrator lifts it; certificates that were bought stay valid."
            }
            Self::CrossSiteRequest => {
                "The request came from another site and was refused. Open the page here and try again."
            }
            Self::NotFound => "There is nothing here, or it is not yours to see. Check the address.",
            Self::InvitationInvalid => {
                "This invitation has been used, withdrawn or has expired. Ask for a new one."
            }
            Self::WrongState => {
                "This is no longer possible in its present state. Reload to see what changed. Nothing was saved."
            }
            Self::ChangedMeanwhile => {
                "Somebody changed this at the same moment. Reload and try again. Nothing was saved."
            }
            Self::FactsChanged => {
                "The organisation has changed its facts since you read them. Compare them as they are now, then decide. Nothing was saved."
            }
            Self::SelectionChanged => {
                "The list has changed since you looked. Look at it as it stands now, then confirm. Nothing was changed."
            }
            Self::AlreadyExists => "This exists already. Nothing was saved.",
            Self::IdempotencyMismatch => {
                "This idempotency key was used for a different request. Use a new key."
            }
            Self::IdempotencyInProgress => {
                "The first request with this key is still running. Ask again in a moment."
            }
            Self::CartChanged => {
                "A price or the availability of something in your cart has changed. Review it and confirm again. Nothing was charged."
            }
            Self::CartEmpty => "Your cart is empty. Add a service from the market first.",
            Self::SoldOut => "So many are not available any more. Lower the quantity. Nothing was charged.",
            Self::OwnService => "An organisation cannot buy its own service.",
            Self::StemCodeMissing => {
                "A service needs at least one ICD-11 stem code. Its codes are extension codes (X…), which only add detail to a stem code. Add a stem code, then publish."
            }
            Self::ClientMissing => "Say for which client you buy.",
            Self::PaymentDeclined => {
                "The bank declined the payment. Nothing was charged. Try again or use another card."
            }
            Self::PaymentUnknown => {
                "The payment provider has not told us the outcome yet. We keep asking; you need not pay again."
            }
            Self::GatewayUnavailable => {
                "The payment provider does not answer. Nothing was charged. Try again in a few minutes."
            }
            Self::WebhookRefused => "The signature of this event does not verify.",
            Self::CertificateUnreadable => {
                "This is not a certificate we can read. Check the code, or scan it again in better light."
            }
            Self::AlreadyRedeemed => "This certificate has already been redeemed.",
            Self::CertificateNotValid => "This certificate is not valid and cannot be redeemed.",
            Self::LastOwner => "An organisation needs at least one owner. Make somebody else an owner first.",
            Self::TooManyAttempts => "Too many failed attempts. Wait a few minutes and try again.",
            Self::TooManyRequests => "Too many requests in a short time. Wait a moment and try again.",
            Self::TooLarge => "That is larger than we accept. Nothing was saved.",
            Self::TookTooLong => "The request took too long and was stopped. Try again.",
            Self::Busy => "The service is busy. Try again in a moment.",
            Self::RecordsIncomplete => {
                "The market's records are being restored after a failure. Until they are complete nothing can be bought, redeemed or printed. Nothing was saved; try again later."
            }
            Self::Offline => "You are offline. Connect and try again.",
            Self::Internal => {
                "Something went wrong on our side. Nothing was saved. Try again, and quote the request number if it persists."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_and_words_are_unique_and_end_as_sentences() {
        let codes: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            assert!(code.message().ends_with('.'), "{code}");
        }
    }
}
