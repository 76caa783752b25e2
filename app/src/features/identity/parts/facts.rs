//! The details of an organisation, as form fields and as a list.

use contracts::{country, identity::OrganisationView};
use leptos::prelude::*;

use crate::ui::{Choice, DateTimeText, Description, DescriptionList, InputKind, Select, TextInput};

/// Form fields for the details of an organisation.
#[component]
pub fn FactFields(
    /// Current details, as initial values.
    #[prop(optional)]
    known: Option<OrganisationView>,
) -> impl IntoView {
    let first = |of: fn(&OrganisationView) -> &String| known.as_ref().map(of).cloned().unwrap_or_default();
    let countries: Vec<_> =
        country::COUNTRIES.iter().map(|(letters, name)| Choice::new(*letters, *name)).collect();
    view! {
        <TextInput name="organisation" label="Organisation name" hint="The name shown to buyers and sellers." max_length=120
            autocomplete="organization" value=first(|one| &one.name)/>
        <TextInput name="legal_name" label="Legal name" hint="As shown in the company register." max_length=200
            value=first(|one| &one.legal_name)/>
        <TextInput name="registration_number" label="Registration number" kind=InputKind::Code max_length=64
            hint="Company, licence or VAT number, including the prefix."
            value=first(|one| &one.registration_number)/>
        <Select name="country" label="Country" placeholder="Choose a country" choices=countries
            value=first(|one| &one.country)/>
        <TextInput name="city" label="City or town" optional=true max_length=120 autocomplete="address-level2"
            value=first(|one| &one.city)/>
    }
}

/// The details of an organisation as a list.
#[component]
pub fn OrganisationFactsList(
    /// The organisation.
    organisation: OrganisationView,
) -> impl IntoView {
    let country = country::name_of(&organisation.country).unwrap_or("Not provided");
    let place = if organisation.city.is_empty() {
        country.to_owned()
    } else {
        [&organisation.city, ", ", country].concat()
    };
    let number = if organisation.registration_number.is_empty() {
        "Not provided".to_owned()
    } else {
        organisation.registration_number
    };
    view! {
        <DescriptionList>
            <Description term="Type">{organisation.kind.label()}</Description>
            <Description term="Legal name">{organisation.legal_name}</Description>
            <Description term="Registration number"><span class="code">{number}</span></Description>
            <Description term="Location">{place}</Description>
            <Description term="Signed up"><DateTimeText instant=organisation.created_at/></Description>
            {organisation.verified_at.map(|at| view! {
                <Description term="First verified"><DateTimeText instant=at/></Description>
            })}
        </DescriptionList>
    }
}
