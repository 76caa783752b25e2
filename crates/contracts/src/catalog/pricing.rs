//! What so many units cost and why. One pure rule for the market page, the cart and the checkout.

use serde::{Deserialize, Serialize};

use crate::{
    money::{Money, MoneyError},
    text_enum::text_enum,
    validate::FieldErrors,
};

/// Most volume steps of one service.
pub const MAX_PRICE_STEPS: usize = 8;

/// Highest price of one unit, in minor units.
const MAX_UNIT_PRICE_MINOR: i64 = 1_000_000_000;

/// From `min_quantity` units on, each unit costs `unit_price`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceStep {
    /// First quantity the step holds for; more than one.
    pub min_quantity: u32,
    /// Price of one unit.
    pub unit_price: Money,
}

/// A base price and its volume steps: ascending quantities, falling prices, one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Pricing {
    /// Price of one unit when no step applies.
    pub base: Money,
    /// Volume steps, smallest quantity first.
    pub steps: Vec<PriceStep>,
}

text_enum! {
    /// The rules a price is computed by.
    PriceRule {
        /// The price of the service.
        BasePrice = "base_price",
        /// A lower price from some quantity on.
        VolumeStep = "volume_step",
    }
}

/// One rule that was tried, in order: whether it applied, why, and the unit price after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceTraceStep {
    /// The rule.
    pub rule: PriceRule,
    /// The first quantity it holds for.
    pub from_quantity: u32,
    /// Whether it decided the price at this point.
    pub applied: bool,
    /// Why it did or did not, for people.
    pub reason: String,
    /// The unit price after this rule.
    pub unit_after: Money,
}

/// A computed price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PricedLine {
    /// Price of one unit at this quantity.
    pub unit: Money,
    /// `unit` × quantity.
    pub gross: Money,
    /// How it came about.
    pub trace: Vec<PriceTraceStep>,
}

impl Pricing {
    /// A price without steps.
    pub const fn flat(base: Money) -> Self {
        Self { base, steps: Vec::new() }
    }

    /// Checks what a provider set; errors stand under `base_price` and `steps[<position>][…]`.
    ///
    /// # Errors
    /// Names each wrong field and the reason.
    pub fn checked(base: Money, steps: Vec<PriceStep>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        errors.check(base.amount_minor > 0, "base_price", "Enter a price above zero.");
        if base.amount_minor > MAX_UNIT_PRICE_MINOR {
            let most = Money::new(MAX_UNIT_PRICE_MINOR, base.currency);
            errors.add("base_price", format!("Enter a price of at most {most}."));
        }
        errors.check(steps.len() <= MAX_PRICE_STEPS, "steps", "Use at most 8 volume steps.");
        let (mut quantity, mut price) = (1, base.amount_minor);
        for (position, step) in steps.iter().enumerate() {
            let at_quantity = format!("steps[{position}][min_quantity]");
            let at_price = format!("steps[{position}][unit_price]");
            errors.check(
                step.min_quantity > quantity,
                &at_quantity,
                "Each step starts at a larger quantity than the one before.",
            );
            errors.check(step.min_quantity <= 10_000, &at_quantity, "Use at most 10,000 units.");
            errors.check(step.unit_price.amount_minor > 0, &at_price, "Enter a price above zero.");
            errors.check(
                step.unit_price.amount_minor < price,
                &at_price,
                "Each step costs less per unit than the one before.",
            );
            errors.check(
                step.unit_price.currency == base.currency,
                &at_price,
                "All prices of a service are in one currency.",
            );
            (quantity, price) = (step.min_quantity, step.unit_price.amount_minor);
        }
        if errors.is_empty() { Ok(Self { base, steps }) } else { Err(errors) }
    }

    /// What `quantity` units cost, and why.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the total does not fit.
    pub fn price(&self, quantity: u32) -> Result<PricedLine, MoneyError> {
        let mut unit = self.base;
        let mut trace = vec![PriceTraceStep {
            rule: PriceRule::BasePrice,
            from_quantity: 1,
            applied: true,
            reason: "The price of one unit.".to_owned(),
            unit_after: unit,
        }];
        for step in &self.steps {
            let applied = quantity >= step.min_quantity;
            if applied {
                unit = step.unit_price;
            }
            let reason = if applied {
                format!("{quantity} is at least {}.", step.min_quantity)
            } else {
                format!("{quantity} is fewer than {}.", step.min_quantity)
            };
            trace.push(PriceTraceStep {
                rule: PriceRule::VolumeStep,
                from_quantity: step.min_quantity,
                applied,
                reason,
                unit_after: unit,
            });
        }
        Ok(PricedLine { unit, gross: unit.checked_mul(quantity)?, trace })
    }

    /// The lowest price a unit can have.
    pub fn lowest(&self) -> Money {
        self.steps.last().map_or(self.base, |step| step.unit_price)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn euro(minor: i64) -> Money {
        Money::new(minor, Currency::Eur)
    }

    fn step(min_quantity: u32, minor: i64) -> PriceStep {
        PriceStep { min_quantity, unit_price: euro(minor) }
    }

    #[test]
    fn a_step_holds_from_its_quantity_on() {
        let pricing = Pricing::checked(euro(12_000), vec![step(10, 11_000), step(100, 9_500)]).unwrap();
        for (quantity, unit) in [(1, 12_000), (9, 12_000), (10, 11_000), (99, 11_000), (100, 9_500)] {
            let priced = pricing.price(quantity).unwrap();
            assert_eq!(priced.unit, euro(unit), "{quantity}");
            assert_eq!(priced.gross, euro(unit * i64::from(quantity)));
            assert_eq!(priced.trace.len(), 3);
        }
        assert_eq!(pricing.lowest(), euro(9_500));
    }

    #[test]
    fn names_the_step_that_is_wrong() {
        let wrong = Pricing::checked(euro(100), vec![step(10, 90), step(10, 80), step(20, 95)]).unwrap_err();
        assert!(wrong.get("steps[1][min_quantity]").is_some());
        assert!(wrong.get("steps[2][unit_price]").is_some());
        assert_eq!(wrong.0.len(), 2);
        let dollars = PriceStep { min_quantity: 5, unit_price: Money::new(50, Currency::Usd) };
        assert!(
            Pricing::checked(euro(100), vec![dollars]).unwrap_err().get("steps[0][unit_price]").is_some()
        );
        assert!(Pricing::checked(euro(0), Vec::new()).unwrap_err().get("base_price").is_some());
        assert!(Pricing::checked(euro(100), vec![step(1, 90)]).is_err());
    }

    #[test]
    fn refuses_a_total_that_does_not_fit() {
        assert_eq!(Pricing::flat(euro(i64::MAX)).price(2), Err(MoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn more_units_never_cost_more_each(
            base in 1_000_i64..1_000_000,
            drops in proptest::collection::vec((1_u32..500, 1_i64..100), 0..6),
            quantities in (1_u32..3_000, 1_u32..3_000),
        ) {
            let (mut quantity, mut price) = (1, base);
            let steps: Vec<_> = drops.into_iter().map(|(more, less)| {
                quantity += more;
                price -= less;
                step(quantity, price)
            }).collect();
            let pricing = Pricing::checked(euro(base), steps).unwrap();
            let (few, many) = (quantities.0.min(quantities.1), quantities.0.max(quantities.1));
            let (few_line, many_line) = (pricing.price(few).unwrap(), pricing.price(many).unwrap());
            prop_assert!(many_line.unit.amount_minor <= few_line.unit.amount_minor);
            prop_assert!(many_line.unit.amount_minor >= pricing.lowest().amount_minor);
            prop_assert_eq!(many_line.gross, many_line.unit.checked_mul(many).unwrap());
            prop_assert_eq!(many_line.trace.last().unwrap().unit_after, many_line.unit);
        }
    }
}
