//! Certificates as pages and the API see them: public check, lists, details, redemption and actions of administrators.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    bounds::DayBounds,
    error::UnknownWord,
    ids::{CertificateId, LineId, OrgId, PurchaseId, ServiceId},
    page::PageSize,
    states::CertificateStatus,
    text_enum::text_enum,
    validate::{self, FieldErrors},
};

text_enum! {
    /// Result of a public check.
    CheckState {
        /// Can be redeemed.
        Valid = "valid",
        /// Has been redeemed.
        Redeemed = "redeemed",
        /// Validity has ended.
        Expired = "expired",
        /// Revoked or replaced.
        Revoked = "revoked",
        /// On hold.
        Suspended = "suspended",
        /// Cannot be confirmed now: records are missing or contradict each other.
        Unconfirmed = "unconfirmed",
        /// No certificate has this code.
        Unknown = "unknown",
        /// Has the form of a certificate of this market but was not issued by it.
        Forged = "forged",
        /// The text is neither a code nor a certificate.
        Unreadable = "unreadable",
    }
}

text_enum! {
    /// Result of the signature check.
    SignatureCheck { Verified = "verified", Wrong = "wrong", Absent = "absent" }
}

text_enum! {
    /// Events of a certificate; each is an entry in the log.
    CertificateEventKind {
        Issued = "issued", Redeemed = "redeemed", Suspended = "suspended", Resumed = "resumed",
        Expired = "expired", Revoked = "revoked", Superseded = "superseded",
    }
}

impl CertificateEventKind {
    /// True when a certificate may have this status after the event (law I13).
    pub const fn leads_to(self, status: CertificateStatus) -> bool {
        use CertificateStatus::{Expired, Issued, Redeemed, Reserved, Revoked, Superseded, Suspended};
        match self {
            // a reservation is not logged
            Self::Issued | Self::Resumed => matches!(status, Issued | Reserved),
            Self::Redeemed => matches!(status, Redeemed),
            Self::Suspended => matches!(status, Suspended),
            Self::Expired => matches!(status, Expired),
            Self::Revoked => matches!(status, Revoked),
            Self::Superseded => matches!(status, Superseded),
        }
    }
}

text_enum! {
    /// Reasons that follow from a payment; an administrator's reasons are words.
    CertificateReason {
        /// On hold until somebody decides about the sale.
        PartlyRefunded = "partly_refunded",
        /// Revoked with the whole sale.
        Refunded = "refunded",
        /// On hold until the payer's bank has decided.
        Disputed = "disputed",
        /// Valid again: the bank decided for the platform, or the payer gave in.
        DisputeEnded = "dispute_ended",
        /// Revoked: the bank took the payment back.
        DisputeLost = "dispute_lost",
    }
}

impl CertificateReason {
    /// Returns the sentence on screen.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::PartlyRefunded => "Part of the price was refunded.",
            Self::Refunded => "The price was refunded.",
            Self::Disputed => "The payment is disputed.",
            Self::DisputeEnded => "The payment is no longer disputed.",
            Self::DisputeLost => "The payment was disputed and returned to the payer.",
        }
    }
}

/// Position of a certificate in the transparency log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogPlace {
    /// Position of the issue event in the log, from 0.
    pub issued_index: i64,
    /// The latest event of this certificate.
    pub latest_event: CertificateEventKind,
    /// Position of the latest event in the log.
    pub latest_index: i64,
    /// Entries in the log at its latest checkpoint.
    pub tree_size: i64,
    /// Time the checkpoint was signed.
    pub as_of: DateTime<Utc>,
}

/// Inclusion proof of the latest event, which can be checked without trusting this server (RFC 9162 §2.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogProof {
    /// The entry as it is hashed.
    pub entry: String,
    /// Leaf hash of the entry, base64.
    pub leaf_hash: String,
    /// The inclusion proof, the leaf's neighbour first, base64.
    pub hashes: Vec<String>,
    /// The signed checkpoint that the proof leads to (C2SP tlog-checkpoint).
    pub checkpoint: String,
}

/// Result of a public check. Unknown fields are `null`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckResult {
    /// Result of the check.
    pub state: CheckState,
    /// The result in a sentence, for the holder of the certificate.
    pub reason: String,
    /// Public code, in groups of four characters.
    pub code: Option<String>,
    /// The service.
    pub title: Option<String>,
    /// Name of the provider.
    pub provider: Option<String>,
    /// Time the certificate was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// End of validity (exclusive).
    pub expires_at: Option<DateTime<Utc>>,
    /// Time the certificate was redeemed, revoked or put on hold.
    pub changed_at: Option<DateTime<Utc>>,
    /// Result of the signature check.
    pub signature: SignatureCheck,
    /// ID of the signing key, hexadecimal.
    pub key_id: Option<String>,
    /// Position in the log; `null` until the log has added it, a few seconds after issue.
    pub log: Option<LogPlace>,
    /// `true` if entries have been waiting for the log for more than a day; the log may then lack the latest event.
    pub log_behind: bool,
    /// Inclusion proof, if requested.
    pub proof: Option<LogProof>,
    /// Time of this check.
    pub checked_at: DateTime<Utc>,
}

/// One row of a list of certificates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateSummary {
    /// The certificate.
    pub id: CertificateId,
    /// Public code, in groups of four characters.
    pub code: String,
    /// The service.
    pub title: String,
    /// Counterparty: the provider for a buyer, the buyer for a provider.
    pub counterparty: String,
    /// Client the certificate was bought for; shown to the buyer only.
    pub client: Option<String>,
    /// Status; an issued certificate past its validity is shown as `expired`.
    pub status: CertificateStatus,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// End of validity (exclusive).
    pub expires_at: DateTime<Utc>,
    /// Time of redemption.
    pub redeemed_at: Option<DateTime<Utc>>,
}

/// One event in a certificate's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateEventView {
    /// Kind of event.
    pub kind: CertificateEventKind,
    /// Time of the event.
    pub occurred_at: DateTime<Utc>,
    /// Location, for a redemption.
    pub place: Option<String>,
    /// Reason of an administrator or of the market, as a sentence.
    pub reason: Option<String>,
    /// The reason as a code if it follows from a payment; `null` for an administrator's words.
    pub reason_code: Option<CertificateReason>,
    /// Position of the event in the log.
    pub leaf_index: Option<i64>,
}

/// A certificate with all details.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateView {
    /// The certificate.
    pub id: CertificateId,
    /// Public code, in groups of four characters.
    pub code: String,
    /// Status; an issued certificate past its validity is shown as `expired`.
    pub status: CertificateStatus,
    /// Reason for the suspension or revocation, as a sentence.
    pub status_reason: Option<String>,
    /// The reason as a code if it follows from a payment; `null` for an administrator's words.
    pub status_reason_code: Option<CertificateReason>,
    /// The service.
    pub title: String,
    /// The service on the market.
    pub service_id: ServiceId,
    /// ICD-11 codes of the version that was bought: code and title.
    pub codes: Vec<(String, String)>,
    /// The ICD-11 release of these codes.
    pub icd11_release: Option<String>,
    /// Name of the provider.
    pub provider: String,
    /// ID of the provider.
    pub provider_id: OrgId,
    /// City and country of the provider.
    pub provider_place: String,
    /// Name of the buyer.
    pub buyer: String,
    /// Client the certificate was bought for; shown to the buyer only.
    pub client: Option<String>,
    /// The purchase; shown to the buyer only.
    pub purchase_id: Option<PurchaseId>,
    /// Purchase line.
    pub line_id: LineId,
    /// Number of the unit within the purchase line, from 1.
    pub unit: i32,
    /// Number of units in the purchase line.
    pub units: i32,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// End of validity (exclusive).
    pub expires_at: DateTime<Utc>,
    /// Time of redemption.
    pub redeemed_at: Option<DateTime<Utc>>,
    /// Location of the redemption.
    pub redeemed_place: Option<String>,
    /// The signed certificate, as its QR code carries it.
    pub qr_text: String,
    /// The QR code as an SVG path in a square of `qr_modules` units, quiet zone included.
    pub qr_path: String,
    /// Width of the QR code in modules.
    pub qr_modules: u32,
    /// SHA-256 of the signed certificate, hexadecimal in groups.
    pub fingerprint: String,
    /// ID of the signing key, hexadecimal.
    pub key_id: String,
    /// Events, oldest first.
    pub events: Vec<CertificateEventView>,
    /// Issuer as a web address without scheme.
    pub issuer: String,
    /// Name of the transparency log; it stays the same when the site moves.
    pub log: String,
    /// `true` while the log adds no entries because an operator must check it first.
    pub log_paused: bool,
}

text_enum! {
    /// Statuses by which a list can be filtered.
    CertificateFilter { Issued = "issued", Redeemed = "redeemed", Expired = "expired", Suspended = "suspended", Revoked = "revoked" }
}

text_enum! {
    /// Sort orders of certificates.
    #[derive(Default)]
    CertificateSort {
        #[default]
        Newest = "newest",
        Oldest = "oldest",
        Title = "title",
        TitleBack = "title_back",
        /// By the counterparty's name.
        Party = "party",
        PartyBack = "party_back",
        State = "state",
        StateBack = "state_back",
        /// By end of validity, earliest first.
        EndsFirst = "ends_first",
        EndsLast = "ends_last",
    }
}

/// Filter of a list of certificates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct CertificateQuery {
    /// Only certificates with this status.
    pub status: Option<CertificateFilter>,
    /// Only certificates of this purchase.
    pub purchase_id: Option<PurchaseId>,
    /// Only certificates with these words in the service's title, the other party's name or, for the buyer, the client's name, or
    /// whose code begins with this text.
    pub q: Option<String>,
    /// Issued on or after this day, `2026-11-22`.
    pub from: String,
    /// Issued on or before this day.
    pub to: String,
    /// Time zone in which these days begin and end, such as `Asia/Tokyo`; UTC by default.
    pub time_zone: String,
    /// Sort order.
    pub sort: CertificateSort,
    /// Only certificates redeemed in this many past days; certificates not redeemed count by their day of issue.
    pub days: Option<u16>,
    /// Cursor from `next` of the previous page.
    pub after: Option<String>,
    /// Cursor from `previous` of the next page.
    pub before: Option<String>,
    /// Rows per page.
    pub size: PageSize,
}

impl CertificateQuery {
    /// Parses the days of issue.
    ///
    /// # Errors
    /// Errors under `from` and `to`.
    pub fn days_of_issue(&self) -> Result<DayBounds, FieldErrors> {
        let mut errors = FieldErrors::new();
        let days = DayBounds::read(&mut errors, &self.from, &self.to, &self.time_zone);
        if errors.is_empty() { Ok(days) } else { Err(errors) }
    }
}

/// A provider redeems a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RedeemCommand {
    /// Public code, or the text of the QR code.
    pub code: String,
    /// Location of the redemption: desk or department. Do not send names of persons.
    pub place: String,
}

/// A validated [`RedeemCommand`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedRedeem {
    /// Public code, or text of the QR code.
    pub code: String,
    /// Location of the redemption.
    pub place: String,
}

impl RedeemCommand {
    /// Validates the fields. Removes line ends around the code, but no spaces: they may belong to the text of a QR code.
    pub fn parse(self) -> Result<CheckedRedeem, FieldErrors> {
        let mut errors = FieldErrors::new();
        // spaces may belong to the text of a QR code
        let code = self.code.trim_matches(['\r', '\n']).to_owned();
        errors.check(!code.trim().is_empty(), "code", "Scan or type the code of the certificate.");
        errors.check(code.len() <= 2000, "code", "This code is too long. Scan or type it again.");
        let place = validate::name(&mut errors, "place", &self.place, 2, 120);
        if errors.is_empty() { Ok(CheckedRedeem { code, place }) } else { Err(errors) }
    }
}

/// Actions of an administrator on a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CertificateAct))]
#[serde(rename_all = "snake_case")]
pub enum CertificateAction {
    /// Puts the certificate on hold.
    Suspend,
    /// Removes the hold.
    Resume,
    /// Revokes the certificate permanently.
    Revoke,
}

impl std::str::FromStr for CertificateAction {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "suspend" => Ok(Self::Suspend),
            "resume" => Ok(Self::Resume),
            "revoke" => Ok(Self::Revoke),
            _ => Err(UnknownWord { kind: "CertificateAction", word: word.to_owned() }),
        }
    }
}

/// Changes the status of a certificate (administrators only).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CertificateChange {
    /// The certificate.
    pub id: CertificateId,
    /// Action.
    pub act: CertificateAction,
    /// Reason; shown to the buyer and the provider.
    pub reason: String,
    /// The word `revoke` if the action is to revoke, which cannot be undone; otherwise empty.
    #[serde(default)]
    pub confirmation: String,
}

impl CertificateChange {
    /// Checks the fields and returns the trimmed reason.
    ///
    /// # Errors
    /// Error under `reason`, or under `confirmation` when revoking is not confirmed.
    pub fn parse_reason(&self) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::new();
        let reason = validate::text(&mut errors, "reason", &self.reason, 5, 300);
        let is_confirmed =
            self.act != CertificateAction::Revoke || self.confirmation.trim().eq_ignore_ascii_case("revoke");
        errors.check(is_confirmed, "confirmation", "Type the word revoke to confirm.");
        if errors.is_empty() { Ok(reason) } else { Err(errors) }
    }
}

/// A public key of certificate signatures, for verifiers without a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishedKey {
    /// ID of the key: first 8 bytes of the SHA-256 of the public key, hexadecimal.
    pub key_id: String,
    /// Algorithm, `Ed25519`.
    pub algorithm: String,
    /// Public key: 32 bytes, base64.
    pub public_key: String,
    /// Start of the period in which the key signs.
    pub valid_from: DateTime<Utc>,
    /// End of this period; `None` while the key is in use.
    pub valid_until: Option<DateTime<Utc>>,
}

/// Trusted public keys at a point in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishedKeys {
    /// Issuer: the market's origin without scheme.
    pub issuer: String,
    /// Keys of certificate signatures.
    pub certificate_keys: Vec<PublishedKey>,
    /// Key of the log in the note format `name+id+base64` (C2SP signed-note).
    pub log_key: String,
    /// Time of this list.
    pub as_of: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redemption_needs_code_and_place() {
        let errors = RedeemCommand { code: " \n".into(), place: "x".into() }.parse().unwrap_err();
        assert!(errors.get("code").is_some() && errors.get("place").is_some());
        let command = RedeemCommand { code: "HCTS1:AB \n".into(), place: " Desk 2 ".into() };
        assert_eq!(
            command.parse().unwrap(),
            CheckedRedeem { code: "HCTS1:AB ".into(), place: "Desk 2".into() }
        );
    }
}
