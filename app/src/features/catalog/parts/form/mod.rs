//! The form for new and existing services. It works without JavaScript: after a search for codes or a refusal, the input comes back in
//! the address.

pub mod codes_field;
#[cfg(feature = "ssr")]
pub mod redisplay;
pub mod typed;

use contracts::{
    catalog::{Category, CodeView, Icd11Hit, MAX_PRICE_STEPS, Modality, ServiceInput},
    country::COUNTRIES,
    money::Currency,
};
use leptos::prelude::*;

use crate::ui::{
    Button, ButtonLook, Card, Choice, ErrorSummary, LinkButton, MoneyInput, NumberInput, Select, TextArea,
    TextInput,
};
use codes_field::CodesField;
pub use typed::{is_typed, query_of, read};

/// Initial content of the form.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FormStart {
    /// Values of the fields.
    pub input: ServiceInput,
    /// Chosen codes with their titles.
    pub chosen: Vec<CodeView>,
    /// Search text for further codes.
    pub codes_query: String,
    /// Codes found for the search text.
    pub hits: Vec<Icd11Hit>,
}

/// Fields and buttons, for use inside a `CommandForm` in a `FormScope`.
#[component]
pub fn ServiceForm(
    /// Initial content.
    start: FormStart,
    /// True while the form is being saved.
    #[prop(into)]
    pending: Signal<bool>,
    /// Address of the "Cancel" link.
    #[prop(into)]
    cancel: String,
) -> impl IntoView {
    let FormStart { input, chosen, codes_query, hits } = start;
    let currency =
        RwSignal::new(if input.currency.is_empty() { "EUR".to_owned() } else { input.currency.clone() });
    view! {
        <div class="form-grid">
            <ErrorSummary/>
            <What input=input.clone()/>
            <Card title="Conditions (ICD-11)">
                <CodesField chosen query=codes_query hits/>
            </Card>
            <Place input=input.clone()/>
            <Price input=input currency/>
            <div class="form-actions">
                <Button look=ButtonLook::Primary pending pending_text="Saving…" attr:name="intent" attr:value="save">"Save draft"</Button>
                <LinkButton href=cancel look=ButtonLook::Quiet>"Cancel"</LinkButton>
            </div>
        </div>
    }
}

#[component]
fn What(input: ServiceInput) -> impl IntoView {
    let categories = Category::ALL.iter().map(|word| Choice::new(word.as_str(), word.label())).collect();
    view! {
        <Card title="Service">
            <div class="stack">
                <TextInput name="title" label="Title" hint="As a buyer would search for it: “MRI of the knee, without contrast”." value=input.title max_length=120/>
                <Select name="category" label="Category" choices=categories value=input.category placeholder="Choose a category"/>
                <TextArea
                    name="description"
                    label="Description"
                    hint="What is included, how to prepare and what the patient receives. Formatting: # heading, - list, **bold**, [link](https://…)."
                    value=input.description
                    rows=10
                    max_length=10_000
                />
            </div>
        </Card>
    }
}

#[component]
fn Place(input: ServiceInput) -> impl IntoView {
    let modalities = Modality::ALL.iter().map(|word| Choice::new(word.as_str(), word.label())).collect();
    let countries = COUNTRIES.iter().map(|(letters, name)| Choice::new(*letters, *name)).collect();
    view! {
        <Card title="Location and duration">
            <div class="grid-2">
                <Select name="modality" label="Where it takes place" choices=modalities value=input.modality placeholder="Choose"/>
                <Select name="country" label="Country" choices=countries value=input.country placeholder="Choose a country"/>
                <TextInput name="city" label="City or town" hint="Not needed for remote services." value=input.city max_length=120/>
                <NumberInput name="duration_minutes" label="Duration" hint="From 5 minutes to 30 days (43200 minutes)." value=input.duration_minutes unit="minutes"/>
            </div>
        </Card>
    }
}

#[component]
fn Price(input: ServiceInput, currency: RwSignal<String>) -> impl IntoView {
    let currencies = Currency::ALL.iter().map(|word| Choice::new(word.as_str(), word.as_str())).collect();
    let rows = (input.steps.len() + 1).clamp(3, MAX_PRICE_STEPS);
    let steps: Vec<_> = (0..rows)
        .map(|place| {
            let step = input.steps.get(place).cloned().unwrap_or_default();
            let quantity = format!("steps[{place}][min_quantity]");
            let price = format!("steps[{place}][unit_price]");
            let number = place + 1;
            view! {
                <div class="grid-2">
                    <NumberInput name=quantity label=format!("Volume price {number}: minimum units") value=step.min_quantity optional=true/>
                    <MoneyInput name=price label=format!("Volume price {number}: price per unit") currency value=step.unit_price optional=true/>
                </div>
            }
        })
        .collect();
    view! {
        <Card title="Price and availability">
            <div class="stack">
                <div class="grid-2">
                    <Select
                        name="currency"
                        label="Currency"
                        choices=currencies
                        value=currency
                        on:change=move |event| currency.set(event_target_value(&event))
                    />
                    <MoneyInput name="base_price" label="Price per unit" currency value=input.base_price/>
                    <NumberInput name="validity_days" label="Certificate validity" hint="From 1 to 1825 days." value=input.validity_days unit="days"/>
                    <NumberInput
                        name="capacity"
                        label="Total units for sale"
                        hint="Leave blank for no limit. Takes effect immediately."
                        value=input.capacity
                        optional=true
                    />
                </div>
                <fieldset class="stack">
                    <legend class="field-label">"Volume prices (optional)"</legend>
                    <p class="field-hint">"Set a lower unit price from a given quantity. Leave unused rows blank."</p>
                    {steps}
                </fieldset>
            </div>
        </Card>
    }
}
