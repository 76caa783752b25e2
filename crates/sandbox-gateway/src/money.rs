//! Supported currencies, the provider's fee, and amounts in words. Integers only.

/// Maximum amount of a payment, in minor units.
pub(crate) const MAX_AMOUNT: i64 = 99_999_999_999;

/// Returns the number of decimals of a currency (ISO 4217); `None` if the provider does not support it.
pub(crate) fn exponent(currency: &str) -> Option<u32> {
    match currency {
        "JPY" | "KRW" | "ISK" | "CLP" | "VND" => Some(0),
        "EUR" | "USD" | "GBP" | "CHF" | "SEK" | "NOK" | "DKK" | "PLN" | "CZK" | "HUF" | "RON" | "BGN"
        | "AUD" | "CAD" | "NZD" | "SGD" | "AED" | "INR" | "ZAR" | "BRL" | "MXN" | "TRY" | "ILS" => Some(2),
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => Some(3),
        _ => None,
    }
}

/// Returns the provider's fee for a captured amount: 1.4 % rounded half up, plus 25 minor units, at most the amount.
pub(crate) fn fee(amount: i64) -> i64 {
    ((amount * 14 + 500) / 1000 + 25).min(amount)
}

/// Writes an amount as `EUR 1,240.00`.
pub(crate) fn display(amount: i64, currency: &str) -> String {
    let exponent = exponent(currency).unwrap_or(2);
    let unit = 10_i64.pow(exponent);
    let whole = group_digits(amount / unit);
    if exponent == 0 {
        return format!("{currency} {whole}");
    }
    let width = usize::try_from(exponent).unwrap_or(2);
    format!("{currency} {whole}.{:0width$}", amount % unit)
}

fn group_digits(whole: i64) -> String {
    let digits = whole.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fee_rounds_half_up_and_never_exceeds_the_amount() {
        assert_eq!(fee(10_000), 165);
        assert_eq!(fee(107), 26); // 1.498 + 25
        assert_eq!(fee(1_250), 43); // 17.5 rounds to 18
        assert_eq!(fee(10), 10);
        assert_eq!(fee(MAX_AMOUNT), 1_400_000_025);
    }

    #[test]
    fn amounts_read_like_money() {
        assert_eq!(display(124_000, "EUR"), "EUR 1,240.00");
        assert_eq!(display(5, "USD"), "USD 0.05");
        assert_eq!(display(1_234_567, "JPY"), "JPY 1,234,567");
        assert_eq!(display(1_234_567, "KWD"), "KWD 1,234.567");
    }
}
