//! Instants as text, with the month's name and the zone. Written by hand: chrono's formatter is heavy in a browser.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use leptos::prelude::*;

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

/// `22 November 2026`.
pub fn format_date(date: NaiveDate) -> String {
    [&date.day().to_string(), " ", month(date.month0()), " ", &date.year().to_string()].concat()
}

/// `22 November 2026, 14:05 UTC`.
pub fn format_date_time(instant: DateTime<Utc>) -> String {
    let clock = [two_digits(instant.hour()), two_digits(instant.minute())].join(":");
    [&format_date(instant.date_naive()), ", ", &clock, " UTC"].concat()
}

/// A day.
#[component]
pub fn DateText(
    /// The day.
    date: NaiveDate,
) -> impl IntoView {
    view! { <time datetime=date.to_string()>{format_date(date)}</time> }
}

/// An instant, in UTC.
#[component]
pub fn DateTimeText(
    /// The instant.
    instant: DateTime<Utc>,
) -> impl IntoView {
    let machine = [
        &instant.date_naive().to_string(),
        "T",
        &two_digits(instant.hour()),
        ":",
        &two_digits(instant.minute()),
        "Z",
    ]
    .concat();
    view! { <time datetime=machine>{format_date_time(instant)}</time> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_as_a_person_writes_them() {
        let instant = DateTime::from_timestamp(1_795_356_300, 0).unwrap();
        assert_eq!(format_date_time(instant), "22 November 2026, 14:05 UTC");
    }
}
