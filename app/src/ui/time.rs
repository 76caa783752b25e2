//! Days and times as text in the reader's format and the organisation's time zone, with the month's name and the zone's abbreviation.
//! Not by chrono's formatter, which is large in a browser. All pages write days and times by this module.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use contracts::formats::{DateOrder, Formats};
use leptos::prelude::*;

use super::formats::with_formats;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month(month0: u32) -> &'static str {
    usize::try_from(month0).ok().and_then(|place| MONTHS.get(place)).copied().unwrap_or_default()
}

fn two_digits(number: u32) -> String {
    if number < 10 { ["0", &number.to_string()].concat() } else { number.to_string() }
}

fn clock(hour: u32, minute: u32) -> String {
    [&two_digits(hour), ":", &two_digits(minute)].concat()
}

fn date_in(date: NaiveDate, order: DateOrder) -> String {
    let (day, year) = (date.day().to_string(), date.year().to_string());
    match order {
        DateOrder::DayMonthYear => [&day, " ", month(date.month0()), " ", &year].concat(),
        DateOrder::MonthDayYear => [month(date.month0()), " ", &day, ", ", &year].concat(),
    }
}

fn date_time_in(instant: DateTime<Utc>, formats: &Formats) -> String {
    let (local, abbreviation) = formats.zone.local(instant);
    let date = date_in(local.date(), formats.dates);
    [&date, ", ", &clock(local.hour(), local.minute()), " ", abbreviation].concat()
}

/// Returns the day of an instant in the organisation's time zone: `22 November 2026`.
pub fn format_date(instant: DateTime<Utc>) -> String {
    with_formats(|formats| date_in(formats.zone.local(instant).0.date(), formats.dates))
}

/// Returns the time of an instant in the organisation's time zone: `22 November 2026, 15:05 CET`.
pub fn format_date_time(instant: DateTime<Utc>) -> String {
    with_formats(|formats| date_time_in(instant, formats))
}

/// Returns a month: `Nov 2026`.
pub fn format_month(day: NaiveDate) -> String {
    [short_month(day), " ", &day.year().to_string()].concat()
}

/// Returns the name of a month in three letters: `Nov`.
pub fn short_month(day: NaiveDate) -> &'static str {
    month(day.month0()).get(..3).unwrap_or_default()
}

/// Returns the IANA name of the time zone in which this page writes times; empty for UTC. Days that are filtered by are days of this zone.
pub fn time_zone_name() -> String {
    with_formats(|formats| formats.zone.name.clone())
}

/// Shows the day of an instant in the organisation's time zone.
#[component]
pub fn DateText(
    /// The instant.
    instant: DateTime<Utc>,
) -> impl IntoView {
    let day = with_formats(|formats| formats.zone.local(instant).0.date().to_string());
    view! { <time datetime=day>{format_date(instant)}</time> }
}

/// Shows an instant in the organisation's time zone.
#[component]
pub fn DateTimeText(
    /// The instant.
    instant: DateTime<Utc>,
) -> impl IntoView {
    let machine =
        [&instant.date_naive().to_string(), "T", &clock(instant.hour(), instant.minute()), "Z"].concat();
    let zone = time_zone_name();
    view! { <time datetime=machine title=(!zone.is_empty()).then_some(zone)>{format_date_time(instant)}</time> }
}

#[cfg(test)]
mod tests {
    use contracts::formats::{OffsetChange, TimeZone};

    use super::*;

    #[test]
    fn instants_read_as_a_person_writes_them() {
        let instant = DateTime::from_timestamp(1_795_390_500, 0).unwrap();
        let english = Formats::default();
        assert_eq!(date_time_in(instant, &english), "22 November 2026, 23:35 UTC");
        let american = Formats { dates: DateOrder::MonthDayYear, ..Formats::default() };
        assert_eq!(date_time_in(instant, &american), "November 22, 2026, 23:35 UTC");
        let winter = OffsetChange { from: 0, minutes: 60, abbreviation: "CET".into() };
        let zone = TimeZone { name: "Europe/Berlin".into(), changes: vec![winter], until: i64::MAX };
        assert_eq!(date_time_in(instant, &Formats { zone, ..english }), "23 November 2026, 00:35 CET");
    }
}
