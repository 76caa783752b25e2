//! The one error of the services: a stable code, the fields it is about, facts that may be shown, and the cause, which may not.

use std::{collections::BTreeMap, error::Error as StdError};

use contracts::{
    error::{ErrorCode, ErrorKind},
    validate::FieldErrors,
};
use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// What a service answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a service refused or failed. `Display` gives the safe text; the cause is for the log alone.
#[derive(Debug, thiserror::Error)]
#[error("{}", code.message_with(facts))]
pub struct Error {
    /// The stable code; it decides kind and words.
    pub code: ErrorCode,
    /// What is wrong with which field.
    pub fields: FieldErrors,
    /// Facts the caller may see: when and where the first redemption was, how long to wait.
    pub facts: BTreeMap<String, String>,
    /// What happened underneath.
    #[source]
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error with nothing but its code.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, fields: FieldErrors::new(), facts: BTreeMap::new(), source: None }
    }

    /// Wrong input: which fields, and why.
    pub fn invalid(fields: FieldErrors) -> Self {
        Self { fields, ..Self::new(ErrorCode::InvalidInput) }
    }

    /// `Ok` when nothing is wrong with any field.
    pub fn check(fields: FieldErrors) -> Result<()> {
        if fields.is_empty() { Ok(()) } else { Err(Self::invalid(fields)) }
    }

    /// One wrong field.
    pub fn invalid_field(field: &str, reason: impl Into<String>) -> Self {
        Self::invalid(FieldErrors::one(field, reason))
    }

    /// Not there, or not for this caller to know of.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound)
    }

    /// Our fault; the cause goes to the log.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ErrorCode::Internal).caused_by(cause)
    }

    /// Returns a copy of an error that several callers wait for: the same code, fields and facts.
    pub fn from_shared(cause: std::sync::Arc<Self>) -> Self {
        Self { fields: cause.fields.clone(), facts: cause.facts.clone(), ..Self::new(cause.code) }
            .caused_by(cause)
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// Adds a fact the caller may see.
    #[must_use]
    pub fn with_fact(mut self, name: &str, value: impl Into<String>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    /// The family of the code.
    pub fn kind(&self) -> ErrorKind {
        self.code.kind()
    }

    /// Whether the database failed at what it was asked, without a name for it that a caller could act on.
    pub(super) fn is_failure_of_database(&self) -> bool {
        let is_unnamed = matches!(self.code, ErrorCode::Internal | ErrorCode::Unavailable);
        is_unnamed && self.source.as_deref().is_some_and(|cause| cause.is::<DieselError>())
    }

    /// The error where its connection turned out to be alive: the client's part of the driver calls a statement that it could
    /// not write down by the same name as one that it could not send.
    #[must_use]
    pub(super) fn of_a_living_connection(self) -> Self {
        if self.code == ErrorCode::Unavailable { Self { code: ErrorCode::Internal, ..self } } else { self }
    }

    /// Whether the same transaction may succeed when run again (SQLSTATE 40001, 40P01).
    pub(crate) fn is_retryable(&self) -> bool {
        let Some(cause) = self.source.as_deref().and_then(|cause| cause.downcast_ref::<DieselError>()) else {
            return false;
        };
        match cause {
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
                is_deadlock(information.details())
            }
            _ => false,
        }
    }
}

/// Whether the detail of an error is PostgreSQL's account of a ring of waiting locks (40P01).
///
/// Diesel keeps the SQLSTATE to itself and has no kind for 40P01. The message is in the language of the server; in the detail
/// the names of lock modes (`… waits for ShareLock on transaction 7 …`) are part of no translation, and no other error of the
/// kind `Unknown` names one.
fn is_deadlock(detail: Option<&str>) -> bool {
    const MODES: [&str; 8] = [
        "AccessShareLock",
        "RowShareLock",
        "RowExclusiveLock",
        "ShareUpdateExclusiveLock",
        "ShareLock",
        "ShareRowExclusiveLock",
        "ExclusiveLock",
        "AccessExclusiveLock",
    ];
    detail.is_some_and(|detail| {
        detail.split(|sign: char| !sign.is_ascii_alphanumeric()).any(|word| MODES.contains(&word))
    })
}

/// Constraint names speak, message texts do not.
impl From<DieselError> for Error {
    fn from(cause: DieselError) -> Self {
        let code = match &cause {
            DieselError::NotFound => ErrorCode::NotFound,
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => {
                ErrorCode::ChangedMeanwhile
            }
            DieselError::DatabaseError(
                DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
                _,
            ) => ErrorCode::Unavailable,
            DieselError::DatabaseError(kind, information) => {
                code_of_constraint(*kind, information.constraint_name())
            }
            _ => ErrorCode::Internal,
        };
        Self::new(code).caused_by(cause)
    }
}

fn code_of_constraint(kind: DatabaseErrorKind, constraint: Option<&str>) -> ErrorCode {
    match (kind, constraint) {
        (_, Some("state_transition")) => ErrorCode::WrongState,
        (_, Some("service_capacity_not_oversold")) => ErrorCode::SoldOut,
        (
            DatabaseErrorKind::UniqueViolation,
            Some(
                "organisations_registration_unique"
                | "memberships_active_unique"
                | "invitations_pending_unique"
                | "saved_views_name_unique",
            ),
        ) => ErrorCode::AlreadyExists,
        (DatabaseErrorKind::UniqueViolation, _) => ErrorCode::ChangedMeanwhile,
        _ => ErrorCode::Internal,
    }
}

/// Randomness, task and serialization failures have no better words than "our fault".
macro_rules! internal_from {
    ($($cause:ty),+ $(,)?) => {$(
        impl From<$cause> for Error {
            fn from(cause: $cause) -> Self {
                Self::internal(cause)
            }
        }
    )+};
}
internal_from!(serde_json::Error, tokio::task::JoinError, getrandom::Error, contracts::error::UnknownWord);

impl From<contracts::money::MoneyError> for Error {
    fn from(cause: contracts::money::MoneyError) -> Self {
        Self::invalid_field("amount", cause.to_string()).caused_by(cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadlock_is_known_in_any_language_of_the_server() {
        for detail in [
            "Process 17 waits for ShareLock on transaction 7; blocked by process 18.\nProcess 18 waits for ShareLock on transaction 6; blocked by process 17.",
            "Prozess 17 wartet auf ShareLock-Sperre auf Transaktion 7; blockiert von Prozess 18.",
            "El proceso 17 espera AccessExclusiveLock en relación 5 de la base de datos 1; bloqueado por proceso 18.",
        ] {
            assert!(is_deadlock(Some(detail)), "{detail}");
        }
        assert!(!is_deadlock(None) && !is_deadlock(Some("Key (id)=(7) is locked.")));
    }
}
