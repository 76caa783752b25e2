//! Formats in which a page writes numbers, days and times for its reader. The server chooses them for each request and sends them
//! with the page, so that server and browser write the same text. Words stay English; documents, files and the API use UTC and ISO.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;

text_enum! {
    /// Separators of numbers.
    #[derive(Default)]
    NumberFormat {
        /// `1,234.50`
        #[default]
        CommaPoint = "comma_point",
        /// `1.234,50`
        PointComma = "point_comma",
        /// `1 234,50`, with a narrow no-break space.
        SpaceComma = "space_comma",
        /// `1’234.50`
        ApostrophePoint = "apostrophe_point",
    }
}

impl NumberFormat {
    /// Returns the separator of thousands.
    pub const fn group(self) -> char {
        match self {
            Self::CommaPoint => ',',
            Self::PointComma => '.',
            Self::SpaceComma => '\u{202f}',
            Self::ApostrophePoint => '’',
        }
    }

    /// Returns the separator of decimals.
    pub const fn decimal(self) -> char {
        match self {
            Self::CommaPoint | Self::ApostrophePoint => '.',
            Self::PointComma | Self::SpaceComma => ',',
        }
    }
}

text_enum! {
    /// Order of day, month and year.
    #[derive(Default)]
    DateOrder {
        /// `30 November 2026`
        #[default]
        DayMonthYear = "day_month_year",
        /// `November 30, 2026`
        MonthDayYear = "month_day_year",
    }
}

/// A change of a time zone's offset: from `from` (seconds since the epoch) on, its clocks are `minutes` ahead of UTC and show
/// `abbreviation`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetChange {
    #[serde(rename = "f")]
    pub from: i64,
    #[serde(rename = "m")]
    pub minutes: i16,
    #[serde(rename = "a")]
    pub abbreviation: String,
}

/// A time zone with the offsets of the years that pages show. A zone without changes is UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeZone {
    /// IANA name, such as `Europe/Berlin`.
    pub name: String,
    /// Changes of the offset, earliest first; times before the first are written in UTC.
    pub changes: Vec<OffsetChange>,
    /// End of the table (exclusive), in seconds since the epoch; later times are written in UTC.
    pub until: i64,
}

impl TimeZone {
    /// Returns the local time in the zone and the abbreviation to write beside it.
    pub fn local(&self, instant: DateTime<Utc>) -> (NaiveDateTime, &str) {
        let at = instant.timestamp();
        let change = self.changes.iter().rfind(|change| change.from <= at).filter(|_| at < self.until);
        let utc = (instant.naive_utc(), "UTC");
        change.map_or(utc, |change| {
            let ahead = TimeDelta::minutes(i64::from(change.minutes));
            let local = instant.naive_utc().checked_add_signed(ahead);
            local.map_or(utc, |local| (local, change.abbreviation.as_str()))
        })
    }
}

/// Formats that differ between readers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Formats {
    /// Number format, from the browser's `Accept-Language`.
    pub numbers: NumberFormat,
    /// Date order, from the browser's `Accept-Language`.
    pub dates: DateOrder,
    /// Time zone of the viewer's organisation.
    pub zone: TimeZone,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_local_inside_the_table_and_utc_outside() {
        let change = |from, minutes, abbreviation: &str| OffsetChange {
            from,
            minutes,
            abbreviation: abbreviation.into(),
        };
        let zone = TimeZone {
            name: "Europe/Berlin".into(),
            changes: vec![change(1_000, 60, "CET"), change(50_000, 120, "CEST")],
            until: 90_000,
        };
        let local = |at| {
            let (clock, abbreviation) = zone.local(DateTime::from_timestamp(at, 0).unwrap());
            format!("{} {abbreviation}", clock.format("%H:%M"))
        };
        assert_eq!(
            [999, 1_000, 49_999, 50_000, 90_000].map(local),
            ["00:16 UTC", "01:16 CET", "14:53 CET", "15:53 CEST", "01:00 UTC"]
        );
        assert_eq!(TimeZone::default().local(DateTime::UNIX_EPOCH).1, "UTC");
    }
}
