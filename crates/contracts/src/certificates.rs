//! Certificates, as pages and the API see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    error::UnknownWord,
    ids::{CertificateId, LineId, OrgId, PurchaseId, ServiceId},
    page::PageSize,
    states::CertificateStatus,
    text_enum::text_enum,
    validate::{self, FieldErrors},
};

text_enum! {
    /// The answer of a public check.
    CheckState {
        /// May be redeemed.
        Valid = "valid",
        /// Was redeemed.
        Redeemed = "redeemed",
        /// Its time is over.
        Expired = "expired",
        /// Withdrawn or replaced.
        Revoked = "revoked",
        /// On hold.
        Suspended = "suspended",
        /// Cannot be confirmed now: the market's records are incomplete or contradict each other.
        Unconfirmed = "unconfirmed",
        /// No certificate of this market has this code.
        Unknown = "unknown",
        /// Looks like a certificate of this market and was not issued by it.
        Forged = "forged",
        /// Neither a code nor a certificate.
        Unreadable = "unreadable",
    }
}

text_enum! {
    /// What is known of a certificate's signature.
    SignatureCheck { Verified = "verified", Wrong = "wrong", Absent = "absent" }
}

text_enum! {
    /// What happened to a certificate; each is an entry of the log.
    CertificateEventKind {
        Issued = "issued", Redeemed = "redeemed", Suspended = "suspended", Resumed = "resumed",
        Expired = "expired", Revoked = "revoked", Superseded = "superseded",
    }
}

impl CertificateEventKind {
    /// Whether a certificate is in this state after the event (law I13).
    pub const fn leads_to(self, status: CertificateStatus) -> bool {
        use CertificateStatus::{Expired, Issued, Redeemed, Reserved, Revoked, Superseded, Suspended};
        match self {
            // a reservation is no event of the log
            Self::Issued | Self::Resumed => matches!(status, Issued | Reserved),
            Self::Redeemed => matches!(status, Redeemed),
            Self::Suspended => matches!(status, Suspended),
            Self::Expired => matches!(status, Expired),
            Self::Revoked => matches!(status, Revoked),
            Self::Superseded => matches!(status, Superseded),
        }
    }
}

/// Where the log keeps what happened, and the proof that it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogPlace {
    /// Place of the issuance in the log, from 0.
    pub issued_index: i64,
    /// The latest event of this certificate.
    pub latest_event: CertificateEventKind,
    /// Its place.
    pub latest_index: i64,
    /// Entries in the log at its latest checkpoint.
    pub tree_size: i64,
    /// When that checkpoint was signed: the answer is as of then.
    pub as_of: DateTime<Utc>,
}

/// Everything needed to check, without trusting this server's answer, that the latest event is in the log (RFC 9162 §2.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogProof {
    /// The entry, as it is hashed.
    pub entry: String,
    /// Its leaf hash, base64.
    pub leaf_hash: String,
    /// The inclusion proof, the leaf's neighbour first, base64.
    pub hashes: Vec<String>,
    /// The signed checkpoint it leads to (C2SP tlog-checkpoint).
    pub checkpoint: String,
}

/// The answer of a public check. It has the same fields whatever was asked; unknown codes leave them empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckResult {
    /// The verdict.
    pub state: CheckState,
    /// The verdict in a sentence: what it means for whoever holds the certificate.
    pub reason: String,
    /// The public code, in groups of four.
    pub code: Option<String>,
    /// The service.
    pub title: Option<String>,
    /// The provider that gives it.
    pub provider: Option<String>,
    /// When the certificate was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// First moment after its validity.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was redeemed, revoked or put on hold.
    pub changed_at: Option<DateTime<Utc>>,
    /// Whether the market's signature holds.
    pub signature: SignatureCheck,
    /// Which key signed, hexadecimal.
    pub key_id: Option<String>,
    /// Where the log keeps it; none until the log has taken it up, a second or two after issue.
    pub log: Option<LogPlace>,
    /// Entries have waited for the log for more than a day: it may not know what happened last.
    pub log_behind: bool,
    /// The proof of inclusion, where it was asked for.
    pub proof: Option<LogProof>,
    /// When this answer was given.
    pub checked_at: DateTime<Utc>,
}

/// One row of a list of certificates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateSummary {
    /// The certificate.
    pub id: CertificateId,
    /// Its public code, in groups of four.
    pub code: String,
    /// The service.
    pub title: String,
    /// The other side: the provider for a buyer, the buyer for a provider.
    pub counterparty: String,
    /// Its state; an issued one whose time is over reads `expired`.
    pub status: CertificateStatus,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// First moment after its validity.
    pub expires_at: DateTime<Utc>,
    /// When it was redeemed.
    pub redeemed_at: Option<DateTime<Utc>>,
}

/// One line of a certificate's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateEventView {
    /// What happened.
    pub kind: CertificateEventKind,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Where, for a redemption.
    pub place: Option<String>,
    /// Why, for what an administrator did.
    pub reason: Option<String>,
    /// Its place in the log.
    pub leaf_index: Option<i64>,
}

/// A certificate, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateView {
    /// The certificate.
    pub id: CertificateId,
    /// Its public code, in groups of four.
    pub code: String,
    /// Its state; an issued one whose time is over reads `expired`.
    pub status: CertificateStatus,
    /// Why it was suspended or revoked.
    pub status_reason: Option<String>,
    /// The service.
    pub title: String,
    /// The service on the market.
    pub service_id: ServiceId,
    /// ICD-11 codes of the version that was bought: code and title.
    pub codes: Vec<(String, String)>,
    /// The ICD-11 release of these codes.
    pub icd11_release: Option<String>,
    /// Who gives the service.
    pub provider: String,
    /// That organisation.
    pub provider_id: OrgId,
    /// Where: city and country.
    pub provider_place: String,
    /// Who bought.
    pub buyer: String,
    /// The purchase it came from; only its buyer sees it.
    pub purchase_id: Option<PurchaseId>,
    /// The line it came from.
    pub line_id: LineId,
    /// Which unit of the line, from 1.
    pub unit: i32,
    /// Units of the line.
    pub units: i32,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// First moment after its validity.
    pub expires_at: DateTime<Utc>,
    /// When it was redeemed.
    pub redeemed_at: Option<DateTime<Utc>>,
    /// Where it was redeemed.
    pub redeemed_place: Option<String>,
    /// The signed certificate, as its QR code carries it.
    pub qr_text: String,
    /// The QR code as an SVG path in a square of `qr_modules` units, quiet zone included.
    pub qr_path: String,
    /// Width of that square.
    pub qr_modules: u32,
    /// SHA-256 of the signed certificate, hexadecimal in groups.
    pub fingerprint: String,
    /// Which key signed, hexadecimal.
    pub key_id: String,
    /// What happened to it, oldest first.
    pub events: Vec<CertificateEventView>,
    /// Who issued, as a web address without scheme.
    pub issuer: String,
    /// What the transparency log is called; it keeps its name when the site moves.
    pub log: String,
    /// The log takes up no entries until an operator has looked.
    pub log_paused: bool,
}

text_enum! {
    /// A list can be cut down to one of these.
    CertificateFilter { Issued = "issued", Redeemed = "redeemed", Expired = "expired", Suspended = "suspended", Revoked = "revoked" }
}

/// Which certificates to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct CertificateQuery {
    /// Only these.
    pub status: Option<CertificateFilter>,
    /// Only those of this purchase.
    pub purchase_id: Option<PurchaseId>,
    /// Only those whose service's title holds these words.
    pub q: Option<String>,
    /// Only those redeemed, or else issued, in the last so many days.
    pub days: Option<u16>,
    /// The cursor of the page before.
    pub after: Option<String>,
    /// How many stand on a page.
    pub size: PageSize,
}

/// A provider redeems a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RedeemCommand {
    /// The public code, or the text of the QR code.
    pub code: String,
    /// Where: a desk or department, as staff call it. No names of persons.
    pub place: String,
}

/// A [`RedeemCommand`] whose fields are in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedRedeem {
    /// Code or QR text.
    pub code: String,
    /// Where.
    pub place: String,
}

impl RedeemCommand {
    /// Checks the fields.
    pub fn checked(self) -> Result<CheckedRedeem, FieldErrors> {
        let mut errors = FieldErrors::new();
        // a space may belong to a QR code's text: only the line ends go
        let code = self.code.trim_matches(['\r', '\n']).to_owned();
        errors.check(!code.trim().is_empty(), "code", "Scan or type the code of the certificate.");
        errors.check(code.len() <= 2000, "code", "This is too long for a certificate.");
        let place = validate::text(&mut errors, "place", &self.place, 2, 120);
        if errors.is_empty() { Ok(CheckedRedeem { code, place }) } else { Err(errors) }
    }
}

/// What an administrator does to a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CertificateAct {
    /// Puts it on hold.
    Suspend,
    /// Takes the hold away.
    Resume,
    /// Withdraws it for good.
    Revoke,
}

impl std::str::FromStr for CertificateAct {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "suspend" => Ok(Self::Suspend),
            "resume" => Ok(Self::Resume),
            "revoke" => Ok(Self::Revoke),
            _ => Err(UnknownWord { kind: "CertificateAct", word: word.to_owned() }),
        }
    }
}

/// An administrator changes a certificate's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CertificateChange {
    /// Which.
    pub id: CertificateId,
    /// What to do.
    pub act: CertificateAct,
    /// Why; its holder reads it.
    pub reason: String,
}

impl CertificateChange {
    /// Checks the fields; answers the tidied reason.
    pub fn checked(&self) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::new();
        let reason = validate::text(&mut errors, "reason", &self.reason, 5, 300);
        if errors.is_empty() { Ok(reason) } else { Err(errors) }
    }
}

/// A public key that certificates were signed with, for verifiers without network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishedKey {
    /// First 8 bytes of SHA-256 of the key, hexadecimal.
    pub key_id: String,
    /// `Ed25519`.
    pub algorithm: String,
    /// 32 bytes, base64.
    pub public_key: String,
    /// Signs certificates issued from then.
    pub valid_from: DateTime<Utc>,
    /// Until then; none while in use.
    pub valid_until: Option<DateTime<Utc>>,
}

/// The keys to trust, as of now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishedKeys {
    /// Whose they are: the market's origin without scheme.
    pub issuer: String,
    /// Keys of certificates.
    pub certificate_keys: Vec<PublishedKey>,
    /// The log's key in the note format `name+id+base64` (C2SP signed-note).
    pub log_key: String,
    /// When this list was given.
    pub as_of: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redemption_needs_code_and_place() {
        let errors = RedeemCommand { code: " \n".into(), place: "x".into() }.checked().unwrap_err();
        assert!(errors.get("code").is_some() && errors.get("place").is_some());
        let command = RedeemCommand { code: "HCTS1:AB \n".into(), place: " Desk 2 ".into() };
        assert_eq!(
            command.checked().unwrap(),
            CheckedRedeem { code: "HCTS1:AB ".into(), place: "Desk 2".into() }
        );
    }
}
