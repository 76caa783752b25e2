//! Computes the price of a quantity of units and explains it. Pure functions, used by the market page, the cart and the checkout.

use serde::{Deserialize, Serialize};

use crate::{
    money::{Money, MoneyError},
    text_enum::text_enum,
    validate::{FieldErrors, field_label},
};

/// Maximum number of volume prices of one service.
pub const MAX_PRICE_STEPS: usize = 8;

/// Maximum price of one unit, in minor units.
const MAX_UNIT_PRICE_MINOR: i64 = 1_000_000_000;

/// Volume price: from `min_quantity` units on, each unit costs `unit_price`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceStep {
    /// Smallest quantity of the step; at least 2.
    pub min_quantity: u32,
    /// Price per unit from this quantity on.
    pub unit_price: Money,
}

/// A base price and its volume steps: ascending quantities, falling prices, one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Pricing {
    /// Price per unit when no volume step applies.
    pub base: Money,
    /// Volume steps, smallest quantity first.
    pub steps: Vec<PriceStep>,
}

text_enum! {
    /// Kinds of rules that a price is computed with.
    PriceRule {
        /// The base price of the service.
        BasePrice = "base_price",
        /// A lower price per unit from a quantity on.
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
    /// Smallest quantity the rule applies to.
    pub from_quantity: u32,
    /// `true` if the rule applies to this quantity.
    pub applied: bool,
    /// Explanation for people of why the rule applies or not.
    pub reason: String,
    /// Price per unit after this rule.
    pub unit_after: Money,
}

/// A computed price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PricedLine {
    /// Price per unit at this quantity.
    pub unit: Money,
    /// `unit` × quantity.
    pub gross: Money,
    /// Rules that led to the price, in order.
    pub trace: Vec<PriceTraceStep>,
}

impl Pricing {
    /// Returns a pricing without volume prices.
    pub const fn flat(base: Money) -> Self {
        Self { base, steps: Vec::new() }
    }

    /// Validates the base price and the volume prices of a provider.
    ///
    /// # Errors
    /// Error for each invalid field, under `base_price` and `steps[<position>][…]`.
    pub fn new(base: Money, steps: Vec<PriceStep>) -> Result<Self, FieldErrors> {
        let rows: Vec<usize> = (0..steps.len()).collect();
        Self::from_rows(base, steps, &rows)
    }

    /// Validates the pricing of a form; `rows` are the form's row numbers of the steps, so that errors stand under `steps[<row>][…]`.
    pub(super) fn from_rows(base: Money, steps: Vec<PriceStep>, rows: &[usize]) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        check_price(&mut errors, "base_price", base);
        if base.amount_minor > MAX_UNIT_PRICE_MINOR {
            let most = Money::new(MAX_UNIT_PRICE_MINOR, base.currency);
            errors.add("base_price", format!("Price per unit must be at most {}.", most.to_english()));
        }
        errors.check(steps.len() <= MAX_PRICE_STEPS, "steps", "Enter at most 8 volume prices.");
        let mut before = PriceStep { min_quantity: 1, unit_price: base };
        for (step, row) in steps.iter().zip(rows) {
            check_step(&mut errors, *row, before, *step);
            before = *step;
        }
        if errors.is_empty() { Ok(Self { base, steps }) } else { Err(errors) }
    }

    /// Computes the price of `quantity` units with the trace of rules that led to it.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the total does not fit.
    pub fn price(&self, quantity: u32) -> Result<PricedLine, MoneyError> {
        let mut unit = self.base;
        let mut trace = vec![PriceTraceStep {
            rule: PriceRule::BasePrice,
            from_quantity: 1,
            applied: true,
            reason: "The price for one unit.".to_owned(),
            unit_after: unit,
        }];
        for step in &self.steps {
            let applied = quantity >= step.min_quantity;
            if applied {
                unit = step.unit_price;
            }
            let reason = if applied {
                format!("{quantity} units get the volume price for {} or more.", step.min_quantity)
            } else {
                format!("The volume price starts at {} units; the quantity is {quantity}.", step.min_quantity)
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

    /// Returns the lowest price per unit, that of the largest volume step.
    pub fn lowest(&self) -> Money {
        self.steps.last().map_or(self.base, |step| step.unit_price)
    }
}

/// Returns the name of the field in a row of volume prices, such as `steps[2][unit_price]`.
pub(super) fn in_row(row: usize, column: &str) -> String {
    format!("steps[{row}][{column}]")
}

fn check_price(errors: &mut FieldErrors, field: &str, price: Money) {
    if price.amount_minor <= 0 {
        errors.add(field, format!("{} must be above zero.", field_label(field)));
    }
}

/// Adds errors for a step whose quantity is not above, or whose price is not below, that of the step before.
fn check_step(errors: &mut FieldErrors, row: usize, before: PriceStep, step: PriceStep) {
    let (quantity, price) = (in_row(row, "min_quantity"), in_row(row, "unit_price"));
    if step.min_quantity <= before.min_quantity {
        let least = before.min_quantity + 1;
        errors.add(&quantity, format!("{} must be at least {least}.", field_label(&quantity)));
    }
    if step.min_quantity > 10_000 {
        errors.add(&quantity, format!("{} must be at most 10,000.", field_label(&quantity)));
    }
    check_price(errors, &price, step.unit_price);
    if step.unit_price.currency != before.unit_price.currency {
        errors.add(&price, format!("{} must be in {}.", field_label(&price), before.unit_price.currency));
    }
    if step.unit_price.amount_minor >= before.unit_price.amount_minor {
        errors.add(
            &price,
            format!("{} must be below {}.", field_label(&price), before.unit_price.to_english()),
        );
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
        let pricing = Pricing::new(euro(12_000), vec![step(10, 11_000), step(100, 9_500)]).unwrap();
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
        let wrong = Pricing::new(euro(100), vec![step(10, 90), step(10, 80), step(20, 95)]).unwrap_err();
        assert!(wrong.get("steps[1][min_quantity]").is_some());
        assert!(wrong.get("steps[2][unit_price]").is_some());
        assert_eq!(wrong.0.len(), 2);
        let dollars = PriceStep { min_quantity: 5, unit_price: Money::new(50, Currency::Usd) };
        assert!(Pricing::new(euro(100), vec![dollars]).unwrap_err().get("steps[0][unit_price]").is_some());
        assert!(Pricing::new(euro(0), Vec::new()).unwrap_err().get("base_price").is_some());
        assert!(Pricing::new(euro(100), vec![step(1, 90)]).is_err());
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
            let pricing = Pricing::new(euro(base), steps).unwrap();
            let (few, many) = (quantities.0.min(quantities.1), quantities.0.max(quantities.1));
            let (few_line, many_line) = (pricing.price(few).unwrap(), pricing.price(many).unwrap());
            prop_assert!(many_line.unit.amount_minor <= few_line.unit.amount_minor);
            prop_assert!(many_line.unit.amount_minor >= pricing.lowest().amount_minor);
            prop_assert_eq!(many_line.gross, many_line.unit.checked_mul(many).unwrap());
            prop_assert_eq!(many_line.trace.last().unwrap().unit_after, many_line.unit);
        }
    }
}
