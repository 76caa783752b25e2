//! Days of a time zone as instants.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::{Error, Result};

/// Returns the time zone with an IANA name; UTC for an empty one.
///
/// # Errors
/// `invalid_input` under `time_zone` for a name that is no zone's.
pub(crate) fn zone_named(name: &str) -> Result<Tz> {
    let unknown = |_| Error::invalid_field("time_zone", "Time zone must be a name such as Asia/Tokyo.");
    if name.is_empty() { Ok(Tz::UTC) } else { name.parse().map_err(unknown) }
}

/// Returns the first instant of a day. Where clocks skip midnight, the day starts when they have skipped it; where they strike it twice, at
/// the first stroke.
pub(crate) fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    // the longest leap of a zone is a whole day
    let mut later =
        (0..=96).filter_map(|quarters| midnight.checked_add_signed(TimeDelta::minutes(15 * quarters)));
    let start = later.find_map(|local| zone.from_local_datetime(&local).earliest());
    start.map_or_else(|| midnight.and_utc(), |start| start.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_starts_at_its_midnight_or_when_midnight_was_skipped() {
        let start = |day: &str, zone: &str| {
            start_of_day(day.parse().unwrap(), zone_named(zone).unwrap()).format("%d %H:%M").to_string()
        };
        assert_eq!(start("2026-11-22", ""), "22 00:00");
        assert_eq!(start("2026-11-22", "Asia/Tokyo"), "21 15:00");
        assert_eq!(start("2026-11-22", "America/New_York"), "22 05:00");
        // clocks went from 24:00 to 01:00
        assert_eq!(start("2018-11-04", "America/Sao_Paulo"), "04 03:00");
        // from 01:00 back to 00:00
        assert_eq!(start("2026-11-01", "America/Havana"), "01 04:00");
        // there was no 30 December
        assert_eq!(start("2011-12-30", "Pacific/Apia"), "30 10:00");
        assert!(zone_named("Asia/Nowhere").unwrap_err().fields.get("time_zone").is_some());
    }
}
