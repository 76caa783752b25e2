//! What stands on the market's shelves: which provider sells what, in which variant, at what price.

use contracts::catalog::{ServiceInput, StepInput};

use super::tables::{House, Procedure};

/// How one procedure is sold in different ways: what is added to the title, percent of the price, and a sentence about it.
pub(super) const VARIANTS: [(&str, u32, &str); 6] = [
    ("", 100, "Appointments on weekdays, usually within two weeks."),
    (", evening appointment", 112, "Appointments between 17:00 and 21:00, Monday to Thursday."),
    (", fast track", 135, "You get the first free appointment within three working days."),
    (", with interpreter", 118, "An interpreter joins the appointment in person or by video."),
    (", weekend appointment", 115, "Saturdays and Sundays from 8:00 to 14:00."),
    (", companion included", 108, "You may bring one person. Parking and refreshments are included."),
];

/// A service to be.
#[derive(Clone)]
pub(super) struct Plan {
    /// Which provider sells it, by its place among the providers.
    pub(super) provider: usize,
    procedure: usize,
    variant: usize,
}

/// The first `count` services: plain ones before variants, and each provider in turn, so that a small market is as mixed as a
/// large one.
pub(super) fn plans(providers: &[House], procedures: &[Procedure], count: usize) -> Vec<Plan> {
    let mut ranked = Vec::new();
    for (provider, house) in providers.iter().enumerate() {
        let sold = procedures.iter().enumerate().filter(|(_, one)| house.categories.contains(&one.category));
        for (rank, (procedure, _)) in sold.enumerate() {
            for variant in 0..VARIANTS.len() {
                ranked.push(((variant, rank, provider), Plan { provider, procedure, variant }));
            }
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, plan)| plan).take(count).collect()
}

/// Prices differ from house to house, in steps of five percent, and end in whole units.
fn price(house: &House, procedure: &Procedure, plan: &Plan, raised: bool) -> u32 {
    let percent_of_variant = VARIANTS.get(plan.variant).map_or(100, |(_, percent, _)| *percent);
    let of_house = 85 + 5 * u32::try_from((plan.provider * 7 + plan.procedure * 3) % 9).unwrap_or_default();
    let of_country = if house.currency == "USD" { 170 } else { 100 };
    let raise = if raised { 104 } else { 100 };
    let percents = u64::from(percent_of_variant) * u64::from(of_house) * of_country * raise;
    let whole = u64::from(procedure.euros) * percents / 100_000_000;
    u32::try_from(whole.max(9)).unwrap_or(u32::MAX)
}

/// The form as the provider would fill it in; `raised`: a later version with a new price.
pub(super) fn form(
    house: &House,
    procedures: &[Procedure],
    place: usize,
    plan: &Plan,
    raised: bool,
) -> Option<ServiceInput> {
    let procedure = procedures.get(plan.procedure)?;
    let (suffix, _, sentence) = VARIANTS.get(plan.variant)?;
    let price = price(house, procedure, plan, raised);
    let included: Vec<String> = procedure.included.iter().map(|one| format!("- {one}")).collect();
    let arrival = match procedure.modality {
        "on_site" => "Bring the certificate and photo identification.",
        _ => "Have the certificate and photo identification ready.",
    };
    let news = if raised { "\n\nPrices were reviewed this year. The service is unchanged." } else { "" };
    Some(ServiceInput {
        title: format!("{}{suffix}", procedure.title),
        description: format!(
            "{}\n\n**Included**\n\n{}\n\n{sentence} {} is in {}. {arrival}{news}",
            procedure.about,
            included.join("\n"),
            house.name,
            house.city,
        ),
        category: procedure.category.to_owned(),
        modality: procedure.modality.to_owned(),
        country: house.country.to_owned(),
        city: house.city.to_owned(),
        duration_minutes: procedure.minutes.to_string(),
        validity_days: procedure.validity_days.to_string(),
        capacity: capacity(place).map(|units| units.to_string()).unwrap_or_default(),
        currency: house.currency.to_owned(),
        base_price: format!("{price}.00"),
        steps: steps(price, place),
        codes: procedure.codes.iter().map(|code| (*code).to_owned()).collect(),
    })
}

/// Every fourth service is limited.
pub(super) fn capacity(place: usize) -> Option<u32> {
    (place % 4 == 2).then(|| 60 + 20 * u32::try_from(place % 13).unwrap_or_default())
}

/// Two of three services cost less in numbers: 5 % from ten on, 9 % from twenty-five on.
fn steps(price: u32, place: usize) -> Vec<StepInput> {
    let step = |from: u32, percent: u64| {
        let minor = u64::from(price) * percent;
        StepInput {
            min_quantity: from.to_string(),
            unit_price: format!("{}.{:02}", minor / 100, minor % 100),
        }
    };
    match place % 3 {
        0 => Vec::new(),
        1 => vec![step(10, 95)],
        _ => vec![step(10, 95), step(25, 91)],
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tables::{houses, procedures},
        *,
    };

    #[test]
    fn three_hundred_forms_are_in_order_and_no_provider_offers_the_same_twice() {
        let providers: Vec<_> =
            houses().unwrap().into_iter().filter(|house| house.kind == "provider").collect();
        let procedures = procedures().unwrap();
        let plans = plans(&providers, &procedures, 300);
        assert_eq!(plans.len(), 300);
        let mut titles = std::collections::BTreeSet::new();
        for (place, plan) in plans.iter().enumerate() {
            for raised in [false, true] {
                let form = form(&providers[plan.provider], &procedures, place, plan, raised).unwrap();
                form.clone().parse().unwrap_or_else(|errors| panic!("{}: {errors:?}", form.title));
                assert!(titles.insert((plan.provider, form.title, raised)));
            }
        }
        let currencies: std::collections::BTreeSet<_> =
            plans.iter().take(12).map(|plan| providers[plan.provider].currency).collect();
        assert_eq!(currencies.len(), 2, "a small market has both currencies too");
    }
}
