//! The form of a service and its validation. [`ServiceInput`] holds the text as it was typed, so that a refused form can be shown
//! again unchanged; [`CheckedService`] is the validated result.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::{Category, Modality, PriceStep, Pricing, pricing::in_row};
use crate::{
    money::Currency,
    validate::{self, FieldErrors},
};

/// Maximum number of ICD-11 codes of a service; a certificate has room for no more.
pub const MAX_CODES: usize = 8;
/// Maximum number of codes that a request may contain; longer lists are refused unread.
pub const MAX_CODES_READ: usize = 20;
/// Maximum number of rows of volume prices that a request may contain, empty rows included.
const MAX_STEPS_READ: usize = 16;

/// A row of volume prices in the form; a row with two empty fields is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepInput {
    /// Smallest quantity.
    pub min_quantity: String,
    /// Price per unit from this quantity on, in the currency of the service.
    pub unit_price: String,
}

/// The service form, all fields as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceInput {
    /// Title, 3 to 120 characters.
    pub title: String,
    /// Description in CommonMark, 20 to 10,000 characters.
    pub description: String,
    /// Word of a [`Category`].
    pub category: String,
    /// Word of a [`Modality`].
    pub modality: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// City or town, at most 120 characters; optional for a remote service.
    pub city: String,
    /// Duration in minutes, 5 to 43,200 (30 days).
    pub duration_minutes: String,
    /// Validity of a certificate in days, 1 to 1,825.
    pub validity_days: String,
    /// Number of units for sale in all; empty means unlimited.
    pub capacity: String,
    /// Currency (ISO 4217).
    pub currency: String,
    /// Price per unit, such as `120.50`.
    pub base_price: String,
    /// Rows of volume prices.
    pub steps: Vec<StepInput>,
    /// ICD-11 codes of the current release, 1 to 8.
    pub codes: Vec<String>,
}

/// A validated service. Its codes are well formed; the service layer looks them up in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckedService {
    pub title: String,
    pub description: String,
    pub category: Category,
    pub modality: Modality,
    pub country: String,
    pub city: String,
    pub duration_minutes: i32,
    pub validity_days: i32,
    pub capacity: Option<i32>,
    pub pricing: Pricing,
    pub codes: Vec<String>,
}

impl ServiceInput {
    /// Validates all fields and returns the service as it is stored.
    ///
    /// # Errors
    /// Error for each invalid field.
    pub fn parse(self) -> Result<CheckedService, FieldErrors> {
        self.lists_are_short()?;
        let mut errors = FieldErrors::new();
        let title = validate::name(&mut errors, "title", &self.title, 3, 120);
        // browsers send CR LF from a form, scripts send LF
        let description = self.description.replace("\r\n", "\n");
        let description = validate::text(&mut errors, "description", &description, 20, 10_000);
        let category = choice(&mut errors, "category", &self.category, "Choose a category.");
        let modality = choice(&mut errors, "modality", &self.modality, "Choose where it takes place.");
        let country = validate::country(&mut errors, "country", &self.country);
        let least = usize::from(modality != Some(Modality::Remote));
        let city = validate::name(&mut errors, "city", &self.city, least, 120);
        let duration_minutes = whole(&mut errors, "duration_minutes", &self.duration_minutes, 5..=43_200);
        let validity_days = whole(&mut errors, "validity_days", &self.validity_days, 1..=1_825);
        let capacity = match self.capacity.trim() {
            "" => None,
            text => whole(&mut errors, "capacity", text, 0..=1_000_000),
        };
        let codes = codes(&mut errors, self.codes);
        let currency = choice(&mut errors, "currency", &self.currency, "Choose a currency.");
        let pricing =
            currency.and_then(|currency| pricing(&mut errors, currency, &self.base_price, &self.steps));
        match (category, modality, duration_minutes, validity_days, pricing) {
            (Some(category), Some(modality), Some(duration_minutes), Some(validity_days), Some(pricing))
                if errors.is_empty() =>
            {
                Ok(CheckedService {
                    title,
                    description,
                    category,
                    modality,
                    country,
                    city,
                    duration_minutes,
                    validity_days,
                    capacity,
                    pricing,
                    codes,
                })
            }
            _ => Err(errors),
        }
    }

    /// Refuses lists longer than any form sends before parsing them, because parsing costs more than the length check.
    fn lists_are_short(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        errors.check(self.codes.len() <= MAX_CODES_READ, "codes", "Choose at most 8 ICD-11 codes.");
        errors.check(self.steps.len() <= MAX_STEPS_READ, "steps", "Enter at most 8 volume prices.");
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

fn choice<T: std::str::FromStr>(
    errors: &mut FieldErrors,
    field: &str,
    word: &str,
    reason: &str,
) -> Option<T> {
    let chosen = word.trim().parse().ok();
    errors.check(chosen.is_some(), field, reason);
    chosen
}

/// Parses a whole number like [`validate::whole`], as the `i32` of a database column.
fn whole(errors: &mut FieldErrors, field: &str, text: &str, range: RangeInclusive<u32>) -> Option<i32> {
    validate::whole(errors, field, text, range).and_then(|number| i32::try_from(number).ok())
}

fn codes(errors: &mut FieldErrors, typed: Vec<String>) -> Vec<String> {
    let mut codes = Vec::new();
    for code in typed {
        let code = code.trim().to_ascii_uppercase();
        if !code.is_empty() && !codes.contains(&code) {
            codes.push(code);
        }
    }
    errors.check(
        !codes.is_empty(),
        "codes",
        "Choose at least one ICD-11 code. Buyers find the service by it.",
    );
    errors.check(codes.len() <= MAX_CODES, "codes", "Choose at most 8 ICD-11 codes.");
    errors.check(codes.iter().all(|code| code.len() <= 16), "codes", "Choose ICD-11 codes from the list.");
    codes
}

fn pricing(errors: &mut FieldErrors, currency: Currency, base: &str, steps: &[StepInput]) -> Option<Pricing> {
    let base = validate::amount(errors, "base_price", base, currency);
    let mut read = Vec::new();
    // errors name the row of the form, so empty rows count
    let mut places = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        if step.min_quantity.trim().is_empty() && step.unit_price.trim().is_empty() {
            continue;
        }
        let quantity =
            validate::whole(errors, &in_row(place, "min_quantity"), &step.min_quantity, 2..=10_000);
        let unit_price = validate::amount(errors, &in_row(place, "unit_price"), &step.unit_price, currency);
        if let (Some(min_quantity), Some(unit_price)) = (quantity, unit_price) {
            read.push(PriceStep { min_quantity, unit_price });
            places.push(place);
        }
    }
    if !errors.is_empty() {
        // with some steps missing, the checks between neighbours would name the wrong rows
        return None;
    }
    match Pricing::from_rows(base?, read, &places) {
        Ok(pricing) => Some(pricing),
        Err(wrong) => {
            errors.0.extend(wrong.0);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Money;

    fn good() -> ServiceInput {
        ServiceInput {
            title: "MRI of the knee".into(),
            description: "A scan of one knee, read by a radiologist.".into(),
            category: "imaging".into(),
            modality: "on_site".into(),
            country: "de".into(),
            city: "Berlin".into(),
            duration_minutes: "45".into(),
            validity_days: "365".into(),
            capacity: String::new(),
            currency: "EUR".into(),
            base_price: "420".into(),
            steps: vec![
                StepInput::default(),
                StepInput { min_quantity: "10".into(), unit_price: "399.50".into() },
            ],
            codes: vec!["fa01.0".into(), "FA01.0".into()],
        }
    }

    #[test]
    fn reads_a_good_form() {
        let service = good().parse().unwrap();
        assert_eq!(service.codes, ["FA01.0"]);
        assert_eq!(service.country, "DE");
        assert_eq!(service.pricing.steps.len(), 1);
        assert_eq!(service.pricing.lowest(), Money::new(39_950, Currency::Eur));
        assert_eq!(service.capacity, None);
    }

    #[test]
    fn says_which_field_and_why() {
        let empty = ServiceInput::default().parse().unwrap_err();
        for field in
            ["title", "description", "category", "modality", "country", "city", "duration_minutes", "codes"]
        {
            assert!(empty.get(field).is_some(), "{field}");
        }
        let wrong = |change: fn(&mut ServiceInput)| {
            let mut input = good();
            change(&mut input);
            input.parse().unwrap_err().0.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(wrong(|input| input.base_price = "1.234".into()), ["base_price"]);
        assert_eq!(wrong(|input| input.base_price = "-5".into()), ["base_price"]);
        assert_eq!(wrong(|input| input.steps[1].min_quantity = "1,5".into()), ["steps[1][min_quantity]"]);
        assert_eq!(wrong(|input| input.duration_minutes = "+45".into()), ["duration_minutes"]);
        assert_eq!(wrong(|input| input.validity_days = "1,000".into()), ["validity_days"]);
        assert_eq!(wrong(|input| input.steps[1].unit_price = "500".into()), ["steps[1][unit_price]"]);
        assert_eq!(wrong(|input| input.steps[1].min_quantity = "1".into()), ["steps[1][min_quantity]"]);
        assert_eq!(wrong(|input| input.capacity = "many".into()), ["capacity"]);
        assert_eq!(wrong(|input| input.title = "a\nb\nc".into()), ["title"]);
        assert_eq!(wrong(|input| input.country = "ZZ".into()), ["country"]);
        assert_eq!(
            wrong(|input| input.codes = (0..=MAX_CODES).map(|n| format!("1A{n:02}")).collect()),
            ["codes"]
        );
    }

    #[test]
    fn endless_lists_are_refused_before_they_are_read() {
        let codes = (0..100_000).map(|n| format!("{n:08}")).collect();
        let steps = vec![StepInput { min_quantity: "x".into(), unit_price: "x".into() }; 100_000];
        let wrong = ServiceInput { steps, codes, ..good() }.parse().unwrap_err();
        assert_eq!(wrong.0.into_keys().collect::<Vec<_>>(), ["codes", "steps"]);
        let full = ServiceInput { codes: vec!["FA01.0".into(); MAX_CODES_READ], ..good() };
        assert_eq!(full.parse().unwrap().codes, ["FA01.0"]);
    }

    #[test]
    fn a_decimal_comma_is_read_in_every_price() {
        let mut input = ServiceInput { base_price: "12,50".into(), ..good() };
        input.steps[1].unit_price = "9,50".into();
        let pricing = input.parse().unwrap().pricing;
        assert_eq!((pricing.base.amount_minor, pricing.lowest().amount_minor), (1_250, 950));
        let dinars = ServiceInput { base_price: "1,250".into(), currency: "KWD".into(), ..good() };
        let wrong = dinars.parse().unwrap_err();
        let said = "Price per unit: “1,250” could mean 1250 or 1.25. Enter the one you mean.";
        assert_eq!(wrong.get("base_price"), Some(said));
    }

    #[test]
    fn a_remote_service_needs_no_town() {
        let remote = ServiceInput { modality: "remote".into(), city: String::new(), ..good() };
        assert!(remote.parse().is_ok());
    }
}
