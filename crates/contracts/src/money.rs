//! Amounts of money: whole minor units with a currency. No floating point; checked arithmetic; splits without a remainder.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::text_enum::text_enum;

text_enum! {
    /// Currencies of the market (ISO 4217).
    Currency {
        /// Euro.
        Eur = "EUR",
        /// US dollar.
        Usd = "USD",
        /// Pound sterling.
        Gbp = "GBP",
        /// Swiss franc.
        Chf = "CHF",
        /// Yen; no minor unit.
        Jpy = "JPY",
        /// Kuwaiti dinar; 1,000 fils.
        Kwd = "KWD",
    }
}

impl Currency {
    /// Returns the number of digits after the decimal point (ISO 4217 "minor unit").
    pub const fn exponent(self) -> u32 {
        match self {
            Self::Jpy => 0,
            Self::Eur | Self::Usd | Self::Gbp | Self::Chf => 2,
            Self::Kwd => 3,
        }
    }
}

/// Errors of computing with amounts.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
    /// The operands have different currencies.
    #[error("{left} and {right} cannot be added")]
    CurrencyMismatch { left: Currency, right: Currency },
    /// The weights of a split have no positive sum, or the amount is negative.
    #[error("the shares do not add up to a positive whole")]
    BadShares,
}

/// An amount in minor units (cents, fils, yen) of a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units; negative only in corrections.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: Currency,
}

impl Money {
    /// Creates an amount of `amount_minor` minor units.
    pub const fn new(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    /// Returns zero in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Adds two amounts; error for different currencies and on overflow.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency });
        }
        self.amount_minor
            .checked_add(other.amount_minor)
            .map(|amount| Self::new(amount, self.currency))
            .ok_or(MoneyError::Overflow)
    }

    /// Subtracts an amount; error for different currencies and on overflow.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        let negated = other.amount_minor.checked_neg().ok_or(MoneyError::Overflow)?;
        self.checked_add(Self::new(negated, other.currency))
    }

    /// Multiplies the amount by `quantity`; error on overflow.
    pub fn checked_mul(self, quantity: u32) -> Result<Self, MoneyError> {
        self.amount_minor
            .checked_mul(i64::from(quantity))
            .map(|amount| Self::new(amount, self.currency))
            .ok_or(MoneyError::Overflow)
    }

    /// Adds amounts of one currency; zero of `currency` for no amounts.
    pub fn sum(amounts: impl IntoIterator<Item = Self>, currency: Currency) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    /// Splits the amount by weights with the largest-remainder method: the parts sum exactly to the whole, and each differs from its
    /// exact share by less than one minor unit. Ties go to the earlier part.
    ///
    /// # Errors
    /// [`MoneyError::BadShares`] for weights without a positive sum or a negative amount.
    pub fn split(self, weights: &[u32]) -> Result<Vec<Self>, MoneyError> {
        let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        if total == 0 || self.amount_minor < 0 {
            return Err(MoneyError::BadShares);
        }
        let whole = i128::from(self.amount_minor);
        let mut parts = Vec::with_capacity(weights.len());
        let mut remainders = Vec::with_capacity(weights.len());
        for (position, weight) in weights.iter().enumerate() {
            let exact = whole * i128::from(*weight);
            parts.push(i64::try_from(exact / total).map_err(|_| MoneyError::Overflow)?);
            remainders.push((std::cmp::Reverse(exact % total), position));
        }
        let missing = self.amount_minor - parts.iter().sum::<i64>();
        remainders.sort_unstable();
        let receives = usize::try_from(missing).map_err(|_| MoneyError::Overflow)?;
        for (_, position) in remainders.into_iter().take(receives) {
            if let Some(part) = parts.get_mut(position) {
                *part += 1;
            }
        }
        Ok(parts.into_iter().map(|amount| Self::new(amount, self.currency)).collect())
    }

    /// Returns the number without currency, with a decimal point: `1240.00`.
    pub fn to_plain(self) -> String {
        let exponent = self.currency.exponent() as usize;
        let sign = if self.amount_minor < 0 { "-" } else { "" };
        let digits = format!("{:0width$}", self.amount_minor.unsigned_abs(), width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    /// Returns the amount as English documents and letters write it: `EUR 1,240.00`. Pages write amounts in the reader's format, which is why
    /// `Money` has no `Display`.
    pub fn to_english(self) -> String {
        let plain = self.to_plain();
        let (sign, unsigned) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(w, x)| (w, Some(x)));
        let mut text = format!("{} {sign}", self.currency);
        for (position, digit) in whole.chars().enumerate() {
            if position > 0 && (whole.len() - position).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        if let Some(minor) = fraction {
            text.push('.');
            text.push_str(minor);
        }
        text
    }

    /// Returns the number for forms and links, which [`read_amount`](crate::typed_number::read_amount) reads back: like
    /// [`to_plain`](Self::to_plain), but with two or four decimals where three would look like thousands (`37.0350` for KWD 37.035).
    pub fn to_typed(self) -> String {
        let plain = self.to_plain();
        let looks_like_thousands =
            self.currency.exponent() == 3 && (1_000..1_000_000).contains(&self.amount_minor.unsigned_abs());
        match plain.strip_suffix('0') {
            _ if !looks_like_thousands => plain,
            Some(shorter) => shorter.to_owned(),
            None => plain + "0",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn writes_what_a_table_shows() {
        assert_eq!(Money::new(124_000, Currency::Eur).to_english(), "EUR 1,240.00");
        assert_eq!(Money::new(5, Currency::Usd).to_english(), "USD 0.05");
        assert_eq!(Money::new(1_234_567, Currency::Jpy).to_english(), "JPY 1,234,567");
        assert_eq!(Money::new(-1_500, Currency::Kwd).to_english(), "KWD -1.500");
        assert_eq!(Money::new(37_035, Currency::Kwd).to_typed(), "37.0350");
        assert_eq!(Money::new(1_250, Currency::Kwd).to_typed(), "1.25");
    }

    #[test]
    fn refuses_two_currencies_and_overflow() {
        let euro = Money::new(i64::MAX, Currency::Eur);
        assert_eq!(euro.checked_add(Money::new(1, Currency::Eur)), Err(MoneyError::Overflow));
        assert_eq!(euro.checked_mul(2), Err(MoneyError::Overflow));
        assert!(matches!(
            euro.checked_add(Money::zero(Currency::Usd)),
            Err(MoneyError::CurrencyMismatch { .. })
        ));
        assert_eq!(Money::new(3, Currency::Eur).split(&[0, 0]), Err(MoneyError::BadShares));
    }

    #[test]
    fn the_largest_remainder_gets_the_unit() {
        let parts = Money::new(100, Currency::Eur).split(&[1, 1, 1]).unwrap();
        assert_eq!(parts.iter().map(|part| part.amount_minor).collect::<Vec<_>>(), [34, 33, 33]);
    }

    proptest! {
        #[test]
        fn a_split_sums_to_the_whole(amount in 0..=i64::MAX, weights in proptest::collection::vec(0_u32..=10_000, 1..12)) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let parts = Money::new(amount, Currency::Eur).split(&weights).unwrap();
            prop_assert_eq!(parts.iter().map(|part| i128::from(part.amount_minor)).sum::<i128>(), i128::from(amount));
            let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let distance = i128::from(part.amount_minor) * total - i128::from(amount) * i128::from(*weight);
                prop_assert!(distance.abs() < total, "a part is off by a unit or more");
            }
        }
    }
}
