//! The closed list of error codes, stable for callers, each with a kind and a message. Doors map the kind to a status and pass the
//! message on; they add no text.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::text_enum::text_enum;

/// Error for a word that is no value of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{word:?} is not a valid {kind}")]
pub struct UnknownWord {
    /// Name of the enum.
    pub kind: &'static str,
    /// The unknown word.
    pub word: String,
}

/// Kind of an error; doors map it to an HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ErrorKind {
    /// The request violates the rules of HTTP (400).
    Malformed,
    /// The method is not allowed for this address (405).
    WrongMethod,
    /// The content type of the body is not supported (415).
    WrongMediaType,
    /// The input is invalid (422).
    Invalid,
    /// The input is too large (413).
    TooLarge,
    /// The caller is not signed in (401).
    Unauthenticated,
    /// The caller is signed in but not allowed (403).
    Forbidden,
    /// The object does not exist, or the caller must not learn that it does (404).
    NotFound,
    /// The request does not fit the current state (409).
    Conflict,
    /// The caller sent too many requests (429).
    TooMany,
    /// The server or a system it depends on is unavailable (503).
    Unavailable,
    /// An error in the server (500).
    Internal,
}

text_enum! {
    /// Stable error codes. Codes may be added; existing ones are never renamed.
    ErrorCode {
        InvalidInput = "invalid_input",
        MalformedRequest = "malformed_request",
        WrongMethod = "wrong_method",
        WrongMediaType = "wrong_media_type",
        NotSignedIn = "not_signed_in",
        WrongCredentials = "wrong_credentials",
        SessionExpired = "session_expired",
        AccountDisabled = "account_disabled",
        CookiesBlocked = "cookies_blocked",
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
        MadeForAnother = "made_for_another",
        AlreadyExists = "already_exists",
        RegistrationTaken = "registration_taken",
        IdempotencyMismatch = "idempotency_mismatch",
        IdempotencyInProgress = "idempotency_in_progress",
        CartChanged = "cart_changed",
        CartEmpty = "cart_empty",
        SoldOut = "sold_out",
        OwnService = "own_service",
        StemCodeMissing = "stem_code_missing",
        TooManyDrafts = "too_many_drafts",
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
        Unavailable = "unavailable",
        StorageFull = "storage_full",
        OutcomeUnknown = "outcome_unknown",
        SearchTooSlow = "search_too_slow",
        Offline = "offline",
        Internal = "internal",
    }
}

impl ErrorCode {
    /// Returns the kind of this error.
    pub const fn kind(self) -> ErrorKind {
        match self {
            Self::MalformedRequest => ErrorKind::Malformed,
            Self::WrongMethod => ErrorKind::WrongMethod,
            Self::WrongMediaType => ErrorKind::WrongMediaType,
            Self::InvalidInput
            | Self::CookiesBlocked
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
            | Self::MadeForAnother
            | Self::AlreadyExists
            | Self::RegistrationTaken
            | Self::IdempotencyMismatch
            | Self::IdempotencyInProgress
            | Self::CartChanged
            | Self::SoldOut
            | Self::TooManyDrafts
            | Self::PaymentDeclined
            | Self::PaymentUnknown
            | Self::AlreadyRedeemed
            | Self::CertificateNotValid
            | Self::LastOwner => ErrorKind::Conflict,
            Self::TooManyAttempts | Self::TooManyRequests => ErrorKind::TooMany,
            Self::GatewayUnavailable
            | Self::Busy
            | Self::RecordsIncomplete
            | Self::Unavailable
            | Self::StorageFull
            | Self::OutcomeUnknown
            | Self::SearchTooSlow
            | Self::Offline
            | Self::TookTooLong => ErrorKind::Unavailable,
            Self::Internal => ErrorKind::Internal,
        }
    }

    /// Returns the message for people: what happened, what it means and what to do.
    #[expect(clippy::too_many_lines, reason = "one list of words, best read in one place")]
    pub const fn message(self) -> &'static str {
        match self {
            Self::InvalidInput => "Check the fields below.",
            Self::MalformedRequest => "The request is not valid HTTP, or has no host.",
            Self::WrongMethod => {
                "This method is not allowed here. The Allow header lists the allowed methods."
            }
            Self::WrongMediaType => {
                "The content type of the request body is not supported. Use the type given in the facts."
            }
            Self::NotSignedIn => "Sign in to continue.",
            Self::WrongCredentials => {
                "The e-mail address or password is not correct. Check both and try again."
            }
            Self::SessionExpired => "Your session has ended. Sign in again to continue.",
            Self::AccountDisabled => "This account is disabled. Contact an HCTS administrator.",
            Self::CookiesBlocked => {
                "Your browser blocks cookies from this site. They are needed to sign in. Allow cookies for this site, then try again. Nothing was saved."
            }
            Self::NotAllowed => "Your role or your type of organisation does not allow this.",
            Self::OrganisationUnverified => {
                "Your organisation is not verified yet. You can browse and prepare drafts; you can publish and buy once an administrator has verified it."
            }
            Self::OrganisationRejected => {
                "Your organisation was not verified. See the reason on the Organisation page, correct the details and submit them again. You can't publish or buy until then."
            }
            Self::OrganisationSuspended => {
                "Your organisation is suspended. See the reason on the Organisation page. You can't publish or buy until an administrator lifts the suspension; certificates already purchased stay valid."
            }
            Self::CrossSiteRequest => {
                "The request came from another site and was refused. Open the page here and try again."
            }
            Self::NotFound => "Nothing was found, or it belongs to another organisation.",
            Self::InvitationInvalid => {
                "This invitation has been used or withdrawn, or it has expired. Ask the person who invited you for a new one."
            }
            Self::WrongState => {
                "This is no longer possible because the status has changed. Reload the page to see the current status. Nothing was saved."
            }
            Self::ChangedMeanwhile => {
                "Someone else changed this at the same time. Reload the page and try again. Nothing was saved."
            }
            Self::FactsChanged => {
                "The organisation has changed its details since you opened this page. Check the current details before you decide. Nothing was saved."
            }
            Self::SelectionChanged => {
                "The list has changed since you opened this page. Review the current list, then confirm. Nothing was changed."
            }
            Self::MadeForAnother => {
                "You signed in as another user or switched organisation in another tab, so this page is out of date. Nothing was saved. Reload the page to continue."
            }
            Self::AlreadyExists => "This already exists. Nothing was saved.",
            Self::RegistrationTaken => {
                "A verified organisation in this country has the same registration number. Nothing was changed. Compare the two, then reject this one or ask it to correct its number."
            }
            Self::IdempotencyMismatch => {
                "This idempotency key was used for a different request. Use a new key."
            }
            Self::IdempotencyInProgress => {
                "The first request with this key is still being processed. Try again in a moment."
            }
            Self::CartChanged => {
                "The price or availability of a service in your cart has changed. Review the cart and confirm again. Nothing was charged."
            }
            Self::CartEmpty => "Your cart is empty. Add a service from the market first.",
            Self::SoldOut => "Not enough units are left. Reduce the number of units. Nothing was charged.",
            Self::OwnService => "An organisation cannot buy its own service.",
            Self::StemCodeMissing => {
                "A service needs at least one ICD-11 stem code. Its codes are extension codes (X…), which only add detail to a stem code. Add a stem code, then publish."
            }
            Self::TooManyDrafts => {
                "An organisation that is not verified yet can have at most 50 services. Edit one of them, or wait until an administrator has verified it."
            }
            Self::ClientMissing => "Enter the name of the client you are buying for.",
            Self::PaymentDeclined => {
                "The bank declined the payment. Nothing was charged. Try again or use another card."
            }
            Self::PaymentUnknown => {
                "The payment provider has not confirmed the outcome yet. We keep checking; you don't need to pay again."
            }
            Self::GatewayUnavailable => {
                "The payment provider is not responding. Nothing was charged. Try again in a few minutes."
            }
            Self::WebhookRefused => "The signature of this event is not valid.",
            Self::CertificateUnreadable => {
                "We can't read this code. Check it, or scan it again in better light."
            }
            Self::AlreadyRedeemed => "This certificate has already been redeemed.",
            Self::CertificateNotValid => "This certificate is not valid and cannot be redeemed.",
            Self::LastOwner => "You can't remove the last owner. Make another member an owner first.",
            Self::TooManyAttempts => "Too many failed attempts. Wait a few minutes and try again.",
            Self::TooManyRequests => "Too many requests in a short time. Wait a moment and try again.",
            Self::TooLarge => "The file or text is too large. Choose a smaller file, or shorten the text.",
            Self::TookTooLong => {
                "The request took too long. If you were saving something, check whether it was saved before trying again."
            }
            Self::Busy => "HCTS is busy. Try again in a moment.",
            Self::RecordsIncomplete => {
                "HCTS is restoring its records after a failure. You cannot buy, redeem or print certificates until they are complete. Nothing was saved. Try again later."
            }
            Self::Unavailable => "HCTS can't reach its data right now. Try again in a minute.",
            Self::StorageFull => {
                "Nothing can be saved right now because the storage is full. You can still view pages. Try again later."
            }
            Self::OutcomeUnknown => {
                "The connection was lost while saving. Check whether the change was saved before trying again."
            }
            Self::SearchTooSlow => {
                "This search is taking too long. Use fewer words, or try again in a moment."
            }
            Self::Offline => "You are offline. Check your connection and try again.",
            Self::Internal => {
                "Something went wrong on our side. Try again. If it happens again, contact us with the request number."
            }
        }
    }
}

impl ErrorCode {
    /// Returns the message of an error with facts: one that tells how long to wait names the time.
    pub fn message_with(self, facts: &BTreeMap<String, String>) -> Cow<'static, str> {
        let wait: Option<u64> = facts.get(RETRY_AFTER_SECONDS).and_then(|seconds| seconds.parse().ok());
        match (self, wait) {
            (Self::TooManyAttempts, Some(seconds)) => {
                let minutes = seconds.div_ceil(60).max(1);
                let noun = if minutes == 1 { "minute" } else { "minutes" };
                format!("Too many failed attempts. Try again in {minutes} {noun}.").into()
            }
            _ => self.message().into(),
        }
    }
}

/// Name of the fact that tells after how many seconds another attempt makes sense.
pub const RETRY_AFTER_SECONDS: &str = "retry_after_seconds";

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_locked_door_says_when_it_opens() {
        let said = |seconds: &str| {
            let facts = BTreeMap::from([(RETRY_AFTER_SECONDS.to_owned(), seconds.to_owned())]);
            ErrorCode::TooManyAttempts.message_with(&facts).into_owned()
        };
        assert_eq!(said("900"), "Too many failed attempts. Try again in 15 minutes.");
        assert_eq!(said("61"), "Too many failed attempts. Try again in 2 minutes.");
        assert_eq!(said("7"), "Too many failed attempts. Try again in 1 minute.");
        assert_eq!(said("soon"), ErrorCode::TooManyAttempts.message());
    }

    #[test]
    fn codes_and_words_are_unique_and_end_as_sentences() {
        let codes: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            assert!(code.message().ends_with('.'), "{code}");
        }
    }
}
