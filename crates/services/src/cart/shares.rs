//! How the price of a line is shared out: the same rule for what the cart discloses and what checkout freezes.

use contracts::{
    error::ErrorCode,
    money::{Money, MoneyError},
};

use crate::platform::{Error, Result, Settings};

/// The parts of a line's price; they sum to it, to the unit (law I3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// What the seller receives.
    pub seller_net: Money,
    /// What the platform keeps.
    pub platform: Money,
    /// What the buying intermediary earns; none when the buyer buys for itself.
    pub intermediary: Option<Money>,
}

/// Splits `gross` by the rates in `settings` with the largest-remainder method.
pub fn shares(settings: &Settings, gross: Money, intermediary_buys: bool) -> Result<Shares> {
    let platform = settings.platform_commission_basis_points;
    let intermediary = if intermediary_buys { settings.intermediary_commission_basis_points } else { 0 };
    let seller = platform
        .checked_add(intermediary)
        .and_then(|taken| 10_000_u32.checked_sub(taken))
        .ok_or_else(|| Error::new(ErrorCode::Internal).caused_by("commissions take more than the whole"))?;
    match gross.split(&[seller, platform, intermediary])?.as_slice() {
        [seller_net, platform, intermediary] => Ok(Shares {
            seller_net: *seller_net,
            platform: *platform,
            intermediary: intermediary_buys.then_some(*intermediary),
        }),
        _ => Err(MoneyError::BadShares.into()),
    }
}

#[cfg(test)]
mod tests {
    use contracts::money::Currency;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rates_over_the_whole_are_refused() {
        let settings = Settings { platform_commission_basis_points: 9_900, ..Settings::default() };
        assert!(shares(&settings, Money::new(100, Currency::Eur), true).is_err());
        assert!(shares(&settings, Money::new(100, Currency::Eur), false).is_ok());
    }

    proptest! {
        #[test]
        fn shares_sum_to_the_price(gross in 1..=i64::MAX, platform in 0_u32..=5_000, intermediary in 0_u32..=5_000, buys: bool) {
            let settings = Settings {
                platform_commission_basis_points: platform,
                intermediary_commission_basis_points: intermediary,
                ..Settings::default()
            };
            let gross = Money::new(gross, Currency::Usd);
            let parts = shares(&settings, gross, buys).unwrap();
            let sum = Money::sum([Some(parts.seller_net), Some(parts.platform), parts.intermediary].into_iter().flatten(), Currency::Usd);
            prop_assert_eq!(sum, Ok(gross));
            prop_assert_eq!(parts.intermediary.is_some(), buys);
        }
    }
}
