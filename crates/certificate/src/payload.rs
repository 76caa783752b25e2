//! The content of a certificate. The types of the fields admit valid values only, so every [`Payload`] is valid.

use crate::public_code::PublicCode;
use crate::text::{IssuerOrigin, ProviderName, ServiceTitle};
use icd11::{Code, ReleaseId};

/// Maximum number of ICD-11 codes of a certificate.
pub const MAX_CODES: usize = 8;

/// The right to one unit of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Internal ID of the certificate (UUID bytes).
    pub certificate_id: [u8; 16],
    /// Public code, by which people look up the certificate.
    pub public_code: PublicCode,
    /// Internal ID of the provider's organisation (UUID bytes).
    pub provider_id: [u8; 16],
    /// Name of the provider at the time of issue.
    pub provider_name: ProviderName,
    /// Title of the service at the time of issue.
    pub service_title: ServiceTitle,
    /// ICD-11 codes of the service.
    pub diagnoses: Diagnoses,
    /// Number of the unit within its order line.
    pub unit: Unit,
    /// Time of issue, Unix seconds.
    pub issued_at: i64,
    /// Period in which it can be redeemed.
    pub period: Period,
    /// Issuer.
    pub issuer: IssuerOrigin,
}

/// Error for a value that a certificate cannot carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// There are more than [`MAX_CODES`] codes.
    #[error("{0} codes where {MAX_CODES} fit")]
    Codes(usize),
    /// The unit's number is not from 1 to the total.
    #[error("unit {number} of {total} does not exist")]
    Unit {
        /// Number of the unit.
        number: u32,
        /// Total number of units.
        total: u32,
    },
    /// The period is empty or starts before 1970.
    #[error("the period from {from} to {until} is empty or before 1970")]
    Period {
        /// Start, Unix seconds.
        from: i64,
        /// End, Unix seconds.
        until: i64,
    },
}

/// ICD-11 codes of one release, at most [`MAX_CODES`], in the order of the listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnoses {
    release: ReleaseId,
    codes: Vec<Code>,
}

impl Diagnoses {
    /// Creates the list; it may be empty.
    ///
    /// # Errors
    /// Returns [`FieldError::Codes`] for more than [`MAX_CODES`] codes.
    pub fn new(release: ReleaseId, codes: Vec<Code>) -> Result<Self, FieldError> {
        if codes.len() > MAX_CODES {
            Err(FieldError::Codes(codes.len()))
        } else {
            Ok(Self { release, codes })
        }
    }

    /// Returns the release of the codes.
    pub fn release(&self) -> ReleaseId {
        self.release
    }

    /// Returns the codes.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }
}

/// Unit `number` of `total`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    number: u32,
    total: u32,
}

impl Unit {
    /// Creates unit `number` of `total`.
    ///
    /// # Errors
    /// Returns [`FieldError::Unit`] unless `number` is from 1 to `total`.
    pub fn new(number: u32, total: u32) -> Result<Self, FieldError> {
        if number == 0 || number > total {
            Err(FieldError::Unit { number, total })
        } else {
            Ok(Self { number, total })
        }
    }

    /// Returns the number of the unit, from 1.
    pub fn number(self) -> u32 {
        self.number
    }

    /// Returns the total number of units.
    pub fn total(self) -> u32 {
        self.total
    }
}

/// A period in Unix seconds, from `from` (inclusive) to `until` (exclusive).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: i64,
    until: i64,
}

impl Period {
    /// Creates a period.
    ///
    /// # Errors
    /// Returns [`FieldError::Period`] for a period that is empty or starts before 1970.
    pub fn new(from: i64, until: i64) -> Result<Self, FieldError> {
        if from < 0 || until <= from {
            Err(FieldError::Period { from, until })
        } else {
            Ok(Self { from, until })
        }
    }

    /// Returns the first second of validity.
    pub fn valid_from(self) -> i64 {
        self.from
    }

    /// Returns the first second after validity.
    pub fn expires_at(self) -> i64 {
        self.until
    }
}

/// Validity of a certificate by its dates alone: only the issuer knows of redemption and revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// The period has not begun.
    NotYet,
    /// The period has begun and not ended.
    Valid,
    /// The period has ended.
    Expired,
}

impl Payload {
    /// Returns the validity at `now`, Unix seconds.
    pub fn validity_at(&self, now: i64) -> Validity {
        if now < self.period.from {
            Validity::NotYet
        } else if now < self.period.until {
            Validity::Valid
        } else {
            Validity::Expired
        }
    }
}
