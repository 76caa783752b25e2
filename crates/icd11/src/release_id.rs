//! The name of a release, such as `2025-01`, and its derivation from the version stamp in a file.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An ICD-11 MMS release by year and month, written `2025-01` as in WHO's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseId {
    year: u16,
    month: u8,
}

/// Error for a text that is no name of a release.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a release such as 2025-01")]
pub struct ReleaseIdError(pub String);

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl ReleaseId {
    fn new(year: u16, month: u8) -> Option<Self> {
        ((2018..=2999).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// Parses a stamp such as `2025 Jan 24 - 22:30 UTC`; its year and month name the release.
    pub(crate) fn from_stamp(stamp: &str) -> Option<Self> {
        let mut words = stamp.split(' ');
        let year = four_digits(words.next()?)?;
        let name = words.next()?;
        let month = MONTHS.iter().position(|known| *known == name)?;
        let day = words.next()?;
        let day_is_number = (1..=2).contains(&day.len()) && day.bytes().all(|b| b.is_ascii_digit());
        if !day_is_number || words.next()? != "-" || words.next()?.len() != 5 || words.next()? != "UTC" {
            return None;
        }
        if words.next().is_some() {
            return None;
        }
        Self::new(year, u8::try_from(month + 1).ok()?)
    }
}

fn four_digits(text: &str) -> Option<u16> {
    if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

impl FromStr for ReleaseId {
    type Err = ReleaseIdError;

    fn from_str(text: &str) -> Result<Self, ReleaseIdError> {
        let parsed = text.split_once('-').and_then(|(year, month)| {
            let two_digits = month.len() == 2 && month.bytes().all(|b| b.is_ascii_digit());
            let month = if two_digits { month.parse().ok()? } else { return None };
            Self::new(four_digits(year)?, month)
        });
        parsed.ok_or_else(|| ReleaseIdError(text.to_owned()))
    }
}

impl fmt::Display for ReleaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl TryFrom<String> for ReleaseId {
    type Error = ReleaseIdError;

    fn try_from(text: String) -> Result<Self, ReleaseIdError> {
        text.parse()
    }
}

impl From<ReleaseId> for String {
    fn from(id: ReleaseId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_from_the_stamp() {
        let id = ReleaseId::from_stamp("2025 Jan 24 - 22:30 UTC").unwrap();
        assert_eq!(id.to_string(), "2025-01");
        assert_eq!("2025-01".parse::<ReleaseId>(), Ok(id));
        for bad in [
            "",
            "2025",
            "2025 Jan",
            "2025 Foo 24 - 22:30 UTC",
            "1999 Jan 24 - 22:30 UTC",
            "2025 Jan xx - 22:30 UTC",
        ] {
            assert_eq!(ReleaseId::from_stamp(bad), None, "{bad}");
        }
    }

    #[test]
    fn orders_by_time_and_refuses_other_spellings() {
        let parse = |text: &str| text.parse::<ReleaseId>();
        assert!(parse("2024-01").unwrap() < parse("2025-01").unwrap());
        for bad in ["2025-1", "2025-13", "25-01", "2025/01", "2025-00", "+025-01", ""] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
