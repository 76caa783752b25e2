//! Bounds of lists, read from what people type: a range of days and a range of amounts.

use chrono::{Datelike, NaiveDate};

use crate::{
    money::Currency,
    validate::{self, FieldErrors},
};

/// A range of days, both included; `None` means no bound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayBounds {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// IANA name of the time zone in which the days begin and end, such as `Asia/Tokyo`; empty means UTC. The service knows the names.
    pub time_zone: String,
}

impl DayBounds {
    /// Parses two days such as `2026-11-22`; an empty text means no bound. Adds errors under `from` and `to`.
    pub fn read(errors: &mut FieldErrors, from: &str, to: &str, time_zone: &str) -> Self {
        let mut day = |field: &str, text: &str| match text.trim() {
            "" => None,
            text => {
                // PostgreSQL knows fewer years than chrono
                let day = text.parse::<NaiveDate>().ok().filter(|day| (1..=9999).contains(&day.year()));
                if day.is_none() {
                    let label = validate::field_label(field);
                    errors.add(field, format!("{label} must be a date such as 2026-11-22."));
                }
                day
            }
        };
        let (from, to) = (day("from", from), day("to", to));
        errors.check(
            from.is_none() || to.is_none() || from <= to,
            "to",
            "End date must not be before the start date.",
        );
        Self { from, to, time_zone: time_zone.trim().to_owned() }
    }
}

/// A range of amounts in one currency, in minor units, both included; `None` means no bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmountBounds {
    /// Currency of both amounts.
    pub currency: Currency,
    /// Smallest amount.
    pub min: Option<i64>,
    /// Largest amount.
    pub max: Option<i64>,
}

impl AmountBounds {
    /// Parses a currency and two amounts as people type them; `None` when all three are empty. Adds errors under `currency`, `min`
    /// and `max`.
    pub fn read(errors: &mut FieldErrors, currency: &str, min: &str, max: &str) -> Option<Self> {
        let (min, max) = (min.trim(), max.trim());
        if currency.is_empty() && min.is_empty() && max.is_empty() {
            return None;
        }
        let known: Option<Currency> = currency.parse().ok();
        errors.check(known.is_some(), "currency", "Choose the currency of the amount.");
        let currency = known?;
        let mut amount = |field: &str, text: &str| {
            if text.is_empty() { None } else { validate::amount(errors, field, text, currency) }
        };
        let (min, max) = (amount("min", min), amount("max", max));
        let (min, max) = (min.map(|money| money.amount_minor), max.map(|money| money.amount_minor));
        errors.check(
            min.is_none() || max.is_none() || min <= max,
            "max",
            "Maximum amount must not be below the minimum amount.",
        );
        Some(Self { currency, min, max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_read_and_what_is_wrong_is_named() {
        let mut errors = FieldErrors::new();
        let days = DayBounds::read(&mut errors, "2026-11-01", "2026-11-30", "");
        assert!(days.from < days.to && errors.is_empty());
        let amounts = AmountBounds::read(&mut errors, "EUR", "10", "").unwrap();
        assert_eq!((amounts.min, amounts.max), (Some(1_000), None));
        assert_eq!(AmountBounds::read(&mut errors, "", "", " "), None);
        assert!(errors.is_empty());
        DayBounds::read(&mut errors, "soon", "2026-11-30", "");
        AmountBounds::read(&mut errors, "", "10", "");
        AmountBounds::read(&mut errors, "EUR", "ten", "");
        assert_eq!(errors.0.keys().collect::<Vec<_>>(), ["currency", "from", "min"]);
        let mut errors = FieldErrors::new();
        DayBounds::read(&mut errors, "2026-11-30", "2026-11-01", "");
        AmountBounds::read(&mut errors, "EUR", "10", "5");
        assert_eq!(errors.0.keys().collect::<Vec<_>>(), ["max", "to"]);
    }
}
