//! Money as text: `EUR 1,240.00`, in integers from end to end.

use contracts::money::Money;
use leptos::prelude::*;

/// Groups of three: `12,480`.
pub fn group_digits(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The amount of `minor` units with `exponent` decimal places: `1,240.00`; a true minus sign in front of a debt.
fn format_amount(minor: i64, exponent: u8) -> String {
    let unit = 10_u64.pow(u32::from(exponent.min(9)));
    let size = minor.unsigned_abs();
    let mut text = String::new();
    if minor < 0 {
        text.push('\u{2212}');
    }
    text.push_str(&group_digits(size / unit));
    if exponent > 0 {
        let fraction = (size % unit).to_string();
        text.push('.');
        text.extend(std::iter::repeat_n('0', usize::from(exponent) - fraction.len()));
        text.push_str(&fraction);
    }
    text
}

/// `EUR 1,240.00`, with a space that does not break. `currency` is ISO 4217, `exponent` its minor digits.
fn format_money(minor: i64, currency: &str, exponent: u8) -> String {
    [currency, "\u{a0}", &format_amount(minor, exponent)].concat()
}

/// `EUR 1,240.00`, as [`format_money`] writes it.
pub fn money_text(money: Money) -> String {
    let exponent = u8::try_from(money.currency.exponent()).unwrap_or_default();
    format_money(money.amount_minor, money.currency.as_str(), exponent)
}

/// An amount in tabular figures. No translator may touch it: it would put text of its own in the place of the text that changes.
#[component]
pub fn MoneyText(
    /// The amount.
    money: Money,
) -> impl IntoView {
    view! { <span class="money notranslate" translate="no">{money_text(money)}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_every_digit() {
        assert_eq!(format_money(124_000, "EUR", 2), "EUR\u{a0}1,240.00");
        assert_eq!(format_money(-5, "USD", 2), "USD\u{a0}\u{2212}0.05");
        assert_eq!(format_money(1_234_567, "JPY", 0), "JPY\u{a0}1,234,567");
        assert_eq!(format_money(1_005, "KWD", 3), "KWD\u{a0}1.005");
        assert_eq!(format_money(i64::MIN, "EUR", 2), "EUR\u{a0}\u{2212}92,233,720,368,547,758.08");
    }
}
