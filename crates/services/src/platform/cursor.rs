//! Where a page of a list in the order of time and id ends. The words of a cursor are nobody's business but ours.

use std::{fmt::Display, str::FromStr};

use chrono::{DateTime, Datelike, Utc};

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
        // PostgreSQL knows fewer years than chrono
        .filter(|(at, _)| (1..=9999).contains(&at.year()))
        .ok_or_else(|| {
            Error::invalid_field("after", "This page link has expired. Go back to the first page.")
        })
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
        let at_the_end_of_time = [i64::MAX, i64::MIN, 8_210_266_876_799_000_000, -62_167_219_200_000_001]
            .map(|micros| format!("{micros}.{id}"));
        let wrong = ["", "1", "x.7", "1.x", "1_00000000-0000-0000-0000-000000000007"];
        for wrong in wrong.into_iter().chain(at_the_end_of_time.iter().map(String::as_str)) {
            assert_eq!(cursor_read::<AuditId>(wrong).unwrap_err().code, ErrorCode::InvalidInput, "{wrong}");
        }
    }
}
