//! What a certificate says. Every field is valid by its type, so a payload is.

use crate::public_code::PublicCode;
use crate::text::{IssuerOrigin, ProviderName, ServiceTitle};
use icd11::{Code, ReleaseId};

/// Most ICD-11 codes a certificate carries.
pub const MAX_CODES: usize = 8;

/// A right to one unit of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Internal id of the certificate (UUID bytes).
    pub certificate_id: [u8; 16],
    /// What people type to look it up.
    pub public_code: PublicCode,
    /// Internal id of the provider's organisation (UUID bytes).
    pub provider_id: [u8; 16],
    /// Its name at the time of issue.
    pub provider_name: ProviderName,
    /// The service's title at the time of issue.
    pub service_title: ServiceTitle,
    /// What the service is for.
    pub diagnoses: Diagnoses,
    /// Which unit of its order line.
    pub unit: Unit,
    /// Unix seconds.
    pub issued_at: i64,
    /// When it may be redeemed.
    pub period: Period,
    /// Who issued.
    pub issuer: IssuerOrigin,
}

/// A value that a certificate cannot carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// More than [`MAX_CODES`] codes.
    #[error("{0} codes where {MAX_CODES} fit")]
    Codes(usize),
    /// Not unit 1 to n of n.
    #[error("unit {number} of {total} does not exist")]
    Unit {
        /// Unit given.
        number: u32,
        /// Units in all.
        total: u32,
    },
    /// A period that is empty or starts before 1970.
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
    /// Codes of a release; none is allowed.
    ///
    /// # Errors
    /// [`FieldError::Codes`].
    pub fn new(release: ReleaseId, codes: Vec<Code>) -> Result<Self, FieldError> {
        if codes.len() > MAX_CODES {
            Err(FieldError::Codes(codes.len()))
        } else {
            Ok(Self { release, codes })
        }
    }

    /// The release that the codes are of.
    pub fn release(&self) -> ReleaseId {
        self.release
    }

    /// The codes.
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
    /// One unit of several.
    ///
    /// # Errors
    /// [`FieldError::Unit`].
    pub fn new(number: u32, total: u32) -> Result<Self, FieldError> {
        if number == 0 || number > total {
            Err(FieldError::Unit { number, total })
        } else {
            Ok(Self { number, total })
        }
    }

    /// Which one, from 1.
    pub fn number(self) -> u32 {
        self.number
    }

    /// Of how many.
    pub fn total(self) -> u32 {
        self.total
    }
}

/// Unix seconds: from `from` until before `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: i64,
    until: i64,
}

impl Period {
    /// A period that is not empty.
    ///
    /// # Errors
    /// [`FieldError::Period`].
    pub fn new(from: i64, until: i64) -> Result<Self, FieldError> {
        if from < 0 || until <= from {
            Err(FieldError::Period { from, until })
        } else {
            Ok(Self { from, until })
        }
    }

    /// First second of validity.
    pub fn valid_from(self) -> i64 {
        self.from
    }

    /// First second after validity.
    pub fn expires_at(self) -> i64 {
        self.until
    }
}

/// Whether a certificate may be used, by its dates alone: redemption and revocation are known to the issuer only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Its time has not come.
    NotYet,
    /// Its time is now.
    Valid,
    /// Its time is over.
    Expired,
}

impl Payload {
    /// Judges the dates at `now`, Unix seconds.
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
