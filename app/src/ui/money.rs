//! Numbers and money as text in the reader's format: `EUR 1,240.00`, `EUR 1.240,00`. Integers only. All pages write numbers by this module.

use contracts::{formats::NumberFormat, money::Money};
use leptos::prelude::*;

use super::formats::with_formats;

/// Returns a number with separators of thousands: `12,480`.
pub fn group_digits(number: u64) -> String {
    with_formats(|formats| group(number, formats.numbers))
}

/// Returns a decimal number: `12,480.5`; no separator for an empty fraction.
pub fn format_decimal(whole: u64, fraction: &str) -> String {
    with_formats(|formats| with_fraction(whole, fraction, formats.numbers))
}

/// Returns an amount: `EUR 1,240.00`, with a no-break space, and a minus sign (U+2212) before a negative one.
pub fn money_text(money: Money) -> String {
    with_formats(|formats| format_money(money, formats.numbers))
}

fn group(number: u64, format: NumberFormat) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len());
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(format.group());
        }
        grouped.push(digit);
    }
    grouped
}

fn with_fraction(whole: u64, fraction: &str, format: NumberFormat) -> String {
    let mut text = group(whole, format);
    if !fraction.is_empty() {
        text.push(format.decimal());
        text.push_str(fraction);
    }
    text
}

fn format_money(money: Money, format: NumberFormat) -> String {
    let exponent = money.currency.exponent();
    let unit = 10_u64.pow(exponent);
    let size = money.amount_minor.unsigned_abs();
    let mut fraction = String::new();
    if exponent > 0 {
        let digits = (size % unit).to_string();
        let width = usize::try_from(exponent).unwrap_or_default();
        fraction.extend(std::iter::repeat_n('0', width - digits.len()));
        fraction.push_str(&digits);
    }
    let sign = if money.amount_minor < 0 { "\u{2212}" } else { "" };
    [money.currency.as_str(), "\u{a0}", sign, &with_fraction(size / unit, &fraction, format)].concat()
}

/// An amount in tabular figures. Excluded from translation, because a translator would replace the text node that changes.
#[component]
pub fn MoneyText(
    /// The amount.
    money: Money,
) -> impl IntoView {
    view! { <span class="money notranslate" translate="no">{money_text(money)}</span> }
}

#[cfg(test)]
mod tests {
    use contracts::{money::Currency, typed_number::read_amount};

    use super::*;

    #[test]
    fn amounts_keep_every_digit() {
        let text = |minor, currency| format_money(Money::new(minor, currency), NumberFormat::CommaPoint);
        assert_eq!(text(124_000, Currency::Eur), "EUR\u{a0}1,240.00");
        assert_eq!(text(-5, Currency::Usd), "USD\u{a0}\u{2212}0.05");
        assert_eq!(text(1_234_567, Currency::Jpy), "JPY\u{a0}1,234,567");
        assert_eq!(text(1_005, Currency::Kwd), "KWD\u{a0}1.005");
        assert_eq!(text(i64::MIN, Currency::Eur), "EUR\u{a0}\u{2212}92,233,720,368,547,758.08");
    }

    #[test]
    fn separators_follow_the_reader_and_every_amount_reads_back() {
        let money = Money::new(123_456_750, Currency::Eur);
        for (format, text) in NumberFormat::ALL.iter().zip([
            "EUR\u{a0}1,234,567.50",
            "EUR\u{a0}1.234.567,50",
            "EUR\u{a0}1\u{202f}234\u{202f}567,50",
            "EUR\u{a0}1’234’567.50",
        ]) {
            assert_eq!(format_money(money, *format), text);
            assert_eq!(read_amount(text, Currency::Eur), Ok(money));
        }
    }
}
