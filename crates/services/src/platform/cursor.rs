//! Where a page of a list in the order of time and id ends. The words of a cursor are nobody's business but ours.

use std::{fmt::Display, str::FromStr};

use chrono::{DateTime, Utc};

use super::{Error, Result};

/// The cursor of a row.
pub fn cursor_of(at: DateTime<Utc>, id: impl Display) -> String {
    format!("{}.{id}", at.timestamp_micros())
}

/// The row a cursor stands for.
///
/// # Errors
/// `invalid_input` for `after`.
pub fn cursor_read<T: FromStr>(cursor: &str) -> Result<(DateTime<Utc>, T)> {
    cursor
        .split_once('.')
        .and_then(|(at, id)| Some((DateTime::from_timestamp_micros(at.parse().ok()?)?, id.parse().ok()?)))
        .ok_or_else(|| Error::invalid_field("after", "Start again from the first page."))
}

#[cfg(test)]
mod tests {
    use contracts::{error::ErrorCode, ids::AuditId};

    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let at = DateTime::from_timestamp_micros(1_772_442_000_123_456).unwrap();
        let id = AuditId(uuid::Uuid::from_u128(7));
        assert_eq!(cursor_read::<AuditId>(&cursor_of(at, id)).unwrap(), (at, id));
        for wrong in ["", "1", "x.7", "1.x", "1_00000000-0000-0000-0000-000000000007"] {
            assert_eq!(cursor_read::<AuditId>(wrong).unwrap_err().code, ErrorCode::InvalidInput, "{wrong}");
        }
    }
}
