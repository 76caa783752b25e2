//! Reads numbers as people type them, whatever their locale: amounts of money and whole numbers.
//!
//! No character is skipped: a text is read as the one value on which all customary ways of writing numbers agree, or refused. The
//! locale of the person is not used, because people paste amounts from documents of other countries.
//!
//! The meaning of a separator depends on the digits around it and on the currency:
//! - a space or an apostrophe only ever separates thousands;
//! - a point or a comma separates decimals, unless exactly three digits follow it and one to three digits (other than a lone `0`) stand
//!   before it: then it may separate thousands as well, and the text is refused with the readings that the currency has;
//! - a currency without decimals has no decimal separator: `1,250` in JPY can only be 1250, and `1.5` is refused.

use thiserror::Error;

use crate::money::{Currency, Money};

/// Reason why a typed amount is refused. The text of each is a sentence for the person who typed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AmountError {
    /// The text is no amount in any locale.
    #[error("Enter an amount such as {}.", example(*.currency))]
    Unreadable {
        /// The currency of the amount.
        currency: Currency,
    },
    /// Two locales read two amounts; both are given in a form that can be typed.
    #[error("“{typed}” could mean {thousands} or {decimals}. Enter the one you mean.")]
    Ambiguous {
        /// The typed number.
        typed: String,
        /// The amount if the separator separates thousands.
        thousands: String,
        /// The amount if the separator separates decimals.
        decimals: String,
    },
    /// Two locales read two amounts, one of which has more decimals than the currency; only the other is given.
    #[error(
        "“{typed}” could mean {thousands}. Enter {thousands} if you mean that, or else an amount with at most {digits} decimals."
    )]
    AmbiguousOrTooPrecise {
        /// The typed number.
        typed: String,
        /// The amount if the separator separates thousands.
        thousands: String,
        /// Number of decimals of the currency.
        digits: u32,
    },
    /// The amount has more decimals than the currency.
    #[error("Enter an amount with at most {digits} decimals, as {currency} has.")]
    TooPrecise {
        /// The currency of the amount.
        currency: Currency,
        /// Number of decimals of the currency.
        digits: u32,
    },
    /// The amount has decimals, the currency has none.
    #[error("Enter an amount without decimals, as {currency} has none.")]
    NoDecimals {
        /// The currency of the amount.
        currency: Currency,
    },
    /// The amount does not fit.
    #[error("Enter a smaller amount.")]
    Overflow,
    /// The number stands beside another currency.
    #[error("Enter an amount in {expected}, not in {given}.")]
    OtherCurrency {
        /// The typed currency.
        given: Currency,
        /// The required currency.
        expected: Currency,
    },
}

/// Returns two amounts of the currency, as they can be typed.
const fn example(currency: Currency) -> &'static str {
    if currency.exponent() == 0 { "120 or 1200" } else { "120 or 1200.50" }
}

/// Reads an amount of `currency` as a person types it: `12,50`, `1.234,50`, `1'234.50`, `1 234,50`, `12.50 €`, `EUR 12.50`. Signs are
/// refused.
///
/// # Errors
/// Returns an [`AmountError`], among others for a text with two readings.
pub fn read_amount(text: &str, currency: Currency) -> Result<Money, AmountError> {
    let number = strip_currency(text, currency)?;
    let (runs, separators) = split(number).ok_or(AmountError::Unreadable { currency })?;
    let whole = as_whole(&runs, &separators);
    let decimal = as_decimal(&runs, &separators);
    match (whole, decimal) {
        (Some(whole), None) => money_of(&whole, "", currency),
        (Some(whole), Some(_)) if currency.exponent() == 0 => money_of(&whole, "", currency),
        (None, Some(_)) if currency.exponent() == 0 => Err(AmountError::NoDecimals { currency }),
        (None, Some((whole, fraction))) => money_of(&whole, fraction, currency),
        (Some(thousands), Some((whole, fraction))) => {
            Err(ambiguity(number.to_owned(), thousands, money_of(&whole, fraction, currency)))
        }
        (None, None) => Err(AmountError::Unreadable { currency }),
    }
}

/// Returns the refusal of a number with two readings, which offers only what is accepted when it is typed as spelled there.
fn ambiguity(typed: String, thousands: String, decimals: Result<Money, AmountError>) -> AmountError {
    match decimals {
        Ok(money) => AmountError::Ambiguous { typed, thousands, decimals: money.to_typed() },
        Err(AmountError::TooPrecise { digits, .. }) => {
            AmountError::AmbiguousOrTooPrecise { typed, thousands, digits }
        }
        Err(other) => other,
    }
}

/// Reads a whole number: ASCII digits only, spaces around them allowed. `None` for anything else and for a number that does not fit.
pub fn read_whole(text: &str) -> Option<u32> {
    let digits = text.trim();
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| digits.parse().ok()).flatten()
}

/// A separator between two runs of digits. All kinds of spaces are one separator, as are both apostrophes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    Point,
    Comma,
    Space,
    Apostrophe,
}

impl Separator {
    const fn of(character: char) -> Option<Self> {
        match character {
            '.' => Some(Self::Point),
            ',' => Some(Self::Comma),
            // space, no-break space, figure space, thin space, narrow no-break space
            ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' => Some(Self::Space),
            '\'' | '\u{2019}' => Some(Self::Apostrophe),
            _ => None,
        }
    }
}

/// Splits into runs of digits and the single separators between them; `None` for any other character.
fn split(number: &str) -> Option<(Vec<&str>, Vec<Separator>)> {
    let runs: Vec<&str> = number.split(|character: char| !character.is_ascii_digit()).collect();
    let separators = number.chars().filter(|character| !character.is_ascii_digit()).map(Separator::of);
    let separators: Vec<Separator> = separators.collect::<Option<_>>()?;
    runs.iter().all(|run| !run.is_empty()).then_some((runs, separators))
}

/// Returns the digits of a whole number, written plainly or in groups of three; `None` for other groups.
fn as_whole(runs: &[&str], separators: &[Separator]) -> Option<String> {
    let (first, groups) = runs.split_first()?;
    let (Some(separator), true) = (separators.first(), *first != "0" && first.len() <= 3) else {
        return groups.is_empty().then(|| (*first).to_owned());
    };
    let is_grouped =
        separators.iter().all(|other| other == separator) && groups.iter().all(|group| group.len() == 3);
    is_grouped.then(|| runs.concat())
}

/// Returns whole part and fraction if the last separator separates decimals.
fn as_decimal<'a>(runs: &[&'a str], separators: &[Separator]) -> Option<(String, &'a str)> {
    let (last, grouping) = separators.split_last()?;
    let (fraction, whole) = runs.split_last()?;
    let separates_decimals = matches!(last, Separator::Point | Separator::Comma) && !grouping.contains(last);
    if !separates_decimals {
        return None;
    }
    as_whole(whole, grouping).map(|whole| (whole, *fraction))
}

/// Builds the amount. Zeros after the currency's last decimal are accepted.
fn money_of(whole: &str, fraction: &str, currency: Currency) -> Result<Money, AmountError> {
    let digits = currency.exponent();
    let exponent = usize::try_from(digits).map_err(|_| AmountError::Overflow)?;
    let (kept, rest) = fraction.split_at_checked(exponent).unwrap_or((fraction, ""));
    if rest.bytes().any(|byte| byte != b'0') {
        return Err(AmountError::TooPrecise { currency, digits });
    }
    let minor = format!("{whole}{kept:0<exponent$}").parse().map_err(|_| AmountError::Overflow)?;
    Ok(Money::new(minor, currency))
}

/// Returns the number without the currency's code or sign, which may stand on one side.
fn strip_currency(text: &str, currency: Currency) -> Result<&str, AmountError> {
    let is_digit = |character: char| character.is_ascii_digit();
    let (Some(start), Some(last)) = (text.find(is_digit), text.rfind(is_digit)) else {
        return Err(AmountError::Unreadable { currency });
    };
    let (before, rest) = text.split_at_checked(start).ok_or(AmountError::Unreadable { currency })?;
    let (number, after) =
        rest.split_at_checked(last + 1 - start).ok_or(AmountError::Unreadable { currency })?;
    let name = match (before.trim(), after.trim()) {
        ("", "") => return Ok(number),
        ("", name) | (name, "") => name,
        _ => return Err(AmountError::Unreadable { currency }),
    };
    if is_name_of(currency, name) {
        return Ok(number);
    }
    let other = Currency::ALL.iter().find(|other| is_name_of(**other, name));
    Err(other.map_or(AmountError::Unreadable { currency }, |given| AmountError::OtherCurrency {
        given: *given,
        expected: currency,
    }))
}

/// True when `name` is the code or a customary sign of the currency.
fn is_name_of(currency: Currency, name: &str) -> bool {
    let signs: &[&str] = match currency {
        Currency::Eur => &["€"],
        Currency::Usd => &["$", "US$"],
        Currency::Gbp => &["£"],
        Currency::Chf => &["Fr.", "SFr."],
        Currency::Jpy => &["¥", "円"],
        Currency::Kwd => &["KD", "د.ك"],
    };
    name.eq_ignore_ascii_case(currency.as_str()) || signs.contains(&name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minor(text: &str, currency: Currency) -> Result<i64, AmountError> {
        read_amount(text, currency).map(|money| money.amount_minor)
    }

    #[test]
    fn an_amount_with_one_reading_is_read() {
        for (text, expected) in [
            ("12,50", 1_250),
            ("12.50", 1_250),
            ("120,50", 12_050),
            ("0,99", 99),
            ("1,5", 150),
            ("9,50", 950),
            ("1250", 125_000),
            ("1.234,50", 123_450),
            ("1,234.50", 123_450),
            ("1'234.50", 123_450),
            ("1’234,50", 123_450),
            ("1 234,50", 123_450),
            ("1\u{a0}234,50", 123_450),
            ("1\u{202f}234\u{2009}567,5", 123_456_750),
            ("1 234", 123_400),
            ("1'234", 123_400),
            ("1.234.567", 123_456_700),
            ("1,234,567", 123_456_700),
            ("0,250", 25),
            ("1234,500", 123_450),
            ("12.50 €", 1_250),
            ("€12.50", 1_250),
            ("EUR 12.50", 1_250),
            ("12,50\u{a0}eur", 1_250),
            (" \u{a0}12,50\u{2009} ", 1_250),
        ] {
            assert_eq!(minor(text, Currency::Eur), Ok(expected), "{text}");
        }
        assert_eq!(minor("37.0350", Currency::Kwd), Ok(37_035));
        assert_eq!(minor("0,125", Currency::Kwd), Ok(125));
        assert_eq!(minor("7", Currency::Kwd), Ok(7_000));
        assert_eq!(minor("1,250", Currency::Jpy), Ok(1_250));
        assert_eq!(minor("1.250.000 円", Currency::Jpy), Ok(1_250_000));
    }

    #[test]
    fn two_readings_are_refused_and_both_are_named() {
        for (text, currency, thousands, decimals) in [
            ("1,250", Currency::Eur, "1250", "1.25"),
            ("€ 12.000", Currency::Eur, "12000", "12.00"),
            ("1,250", Currency::Kwd, "1250", "1.25"),
            ("37.035", Currency::Kwd, "37035", "37.0350"),
        ] {
            let said = minor(text, currency).unwrap_err().to_string();
            let both = format!("could mean {thousands} or {decimals}. Enter the one you mean.");
            assert!(said.ends_with(&both), "{text}: {said}");
        }
        assert_eq!(
            minor("1.234", Currency::Eur).unwrap_err().to_string(),
            "“1.234” could mean 1234. Enter 1234 if you mean that, or else an amount with at most 2 decimals."
        );
    }

    #[test]
    fn an_example_is_an_amount_of_its_currency() {
        for currency in Currency::ALL {
            for example in example(*currency).split(" or ") {
                assert!(minor(example, *currency).is_ok(), "{example} in {currency}");
            }
        }
    }

    #[test]
    fn what_is_no_amount_is_refused_with_its_reason() {
        for text in [
            "",
            " ",
            "-3",
            "+3",
            "1.",
            ".5",
            ",50",
            "1e2",
            "12,3.4.5",
            "1,23,456",
            "12 50",
            "1  234",
            "1.234'5",
            "1\t234",
            "NaN",
            "٣",
            "１２",
            "12€50",
            "€ 12 €",
            "12,50-",
            "1,2,3",
            "0,123,456",
            "1\u{200b}2",
        ] {
            let refused = Err(AmountError::Unreadable { currency: Currency::Eur });
            assert_eq!(minor(text, Currency::Eur), refused, "{text:?}");
        }
        let too_precise =
            |currency: Currency| Err(AmountError::TooPrecise { currency, digits: currency.exponent() });
        assert_eq!(minor("1234,567", Currency::Eur), too_precise(Currency::Eur));
        assert_eq!(minor("0.125", Currency::Eur), too_precise(Currency::Eur));
        assert_eq!(minor("1.2345", Currency::Kwd), too_precise(Currency::Kwd));
        assert_eq!(minor("1.5", Currency::Jpy), Err(AmountError::NoDecimals { currency: Currency::Jpy }));
        assert_eq!(
            minor("$12", Currency::Eur),
            Err(AmountError::OtherCurrency { given: Currency::Usd, expected: Currency::Eur })
        );
        assert_eq!(minor("99999999999999999999", Currency::Eur), Err(AmountError::Overflow));
        assert_eq!(minor("92233720368547758.08", Currency::Eur), Err(AmountError::Overflow));
    }

    #[test]
    fn a_whole_number_is_digits_and_nothing_else() {
        assert_eq!(read_whole(" 15 "), Some(15));
        assert_eq!(read_whole("007"), Some(7));
        for text in ["", "1,5", "1.5", "1,000", "1 000", "+5", "-5", "1e3", "5 units", "٣", "4294967296"] {
            assert_eq!(read_whole(text), None, "{text}");
        }
    }

    /// Pairs of separators for thousands and decimals, as locales combine them.
    const LOCALES: [(&str, char); 10] = [
        (",", '.'),
        (".", ','),
        (" ", ','),
        (" ", '.'),
        ("\u{a0}", ','),
        ("\u{202f}", ','),
        ("'", '.'),
        ("'", ','),
        ("’", '.'),
        ("’", ','),
    ];

    /// Writes `digits`, the last `decimals` of them after the decimal separator, grouped or not.
    fn write(digits: &str, decimals: usize, (group, decimal): (&str, char), grouped: bool) -> String {
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        let mut text = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if grouped && place > 0 && (whole.len() - place).is_multiple_of(3) {
                text.push_str(group);
            }
            text.push(digit);
        }
        if decimals > 0 {
            text.push(decimal);
            text.push_str(fraction);
        }
        text
    }

    /// Returns every amount that some locale writes as `text`, as (digits, decimals), by writing all candidates. No locale puts a
    /// separator of thousands behind a lone zero.
    fn meanings(text: &str) -> std::collections::BTreeSet<(String, usize)> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let mut found = std::collections::BTreeSet::new();
        for decimals in 0..digits.len() {
            let whole = digits.len() - decimals;
            let has_lone_zero = whole > 1 && whole % 3 == 1 && digits.starts_with('0');
            for locale in LOCALES {
                if [!has_lone_zero, false]
                    .iter()
                    .any(|grouped| write(&digits, decimals, locale, *grouped) == text)
                {
                    found.insert((digits.clone(), decimals));
                }
            }
        }
        found
    }

    proptest! {
        #[test]
        fn an_amount_of_any_locale_reads_back_or_is_refused(
            amount in 0..=i64::MAX, which in 0..Currency::ALL.len(), locale in 0..LOCALES.len(), grouped: bool,
        ) {
            let money = Money::new(amount, Currency::ALL[which]);
            let exponent = money.currency.exponent() as usize;
            let digits = format!("{amount:0width$}", width = exponent + 1);
            let text = write(&digits, exponent, LOCALES[locale], grouped);
            match read_amount(&text, money.currency) {
                Ok(read) => prop_assert_eq!(read, money),
                Err(AmountError::Ambiguous { .. } | AmountError::AmbiguousOrTooPrecise { .. }) => {
                    prop_assert!(exponent == 3 || text.len() <= 7);
                }
                Err(other) => prop_assert!(false, "{}: {}", text, other),
            }
        }

        #[test]
        fn a_text_is_read_only_to_what_all_locales_mean(text in "[0-9]{1,4}([., '][0-9]{1,4}){0,3}", which in 0..Currency::ALL.len()) {
            let currency = Currency::ALL[which];
            let exponent = currency.exponent() as usize;
            let mut meanings = meanings(&text);
            if exponent == 0 {
                meanings.retain(|(_, decimals)| *decimals == 0);
            }
            if let Ok(read) = read_amount(&text, currency) {
                prop_assert_eq!(meanings.len(), 1, "{} is {:?}", text, meanings);
                let (digits, decimals) = meanings.into_iter().next().unwrap();
                let scaled = |number: i128, zeros: usize| number * 10_i128.pow(u32::try_from(zeros).unwrap());
                let meant = scaled(digits.parse().unwrap(), exponent);
                prop_assert_eq!(scaled(i128::from(read.amount_minor), decimals), meant, "{}", text);
            } else if let (1, Some((digits, decimals))) = (meanings.len(), meanings.first()) {
                let excess = decimals.saturating_sub(exponent);
                let ends_in_zeros = digits.bytes().rev().take(excess).all(|digit| digit == b'0');
                prop_assert!(!ends_in_zeros, "{} has one meaning and is refused", text);
            }
        }

        #[test]
        fn each_reading_that_is_offered_is_accepted_as_it_is_spelled(
            text in "[0-9]{1,3}[.,][0-9]{3}|[0-9]{1,4}([., '][0-9]{1,4}){0,3}", which in 0..Currency::ALL.len(),
        ) {
            let currency = Currency::ALL[which];
            let (offered, most) = match read_amount(&text, currency) {
                Err(AmountError::Ambiguous { thousands, decimals, .. }) => (vec![thousands, decimals], None),
                Err(AmountError::AmbiguousOrTooPrecise { thousands, digits, .. }) => (vec![thousands], Some(digits)),
                _ => (Vec::new(), None),
            };
            for reading in &offered {
                let read = read_amount(reading, currency);
                prop_assert!(read.is_ok(), "{} offers {}, which is refused: {:?}", text, reading, read);
            }
            if let [thousands, decimals] = &offered[..] {
                prop_assert_ne!(read_amount(thousands, currency), read_amount(decimals, currency));
            }
            prop_assert!(most.is_none_or(|digits| digits == currency.exponent()));
        }

        #[test]
        fn a_typed_form_reads_back(amount in 0..=i64::MAX, which in 0..Currency::ALL.len()) {
            let money = Money::new(amount, Currency::ALL[which]);
            prop_assert_eq!(read_amount(&money.to_typed(), money.currency), Ok(money));
        }

        #[test]
        fn a_small_typed_form_reads_back(amount in 0..2_000_000_i64, which in 0..Currency::ALL.len()) {
            let money = Money::new(amount, Currency::ALL[which]);
            prop_assert_eq!(read_amount(&money.to_typed(), money.currency), Ok(money));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,24}") {
            let _ = (read_amount(&text, Currency::Eur), read_whole(&text));
        }
    }
}
