//! The time zone of an organisation's pages.

use contracts::identity::TimeZoneSetting;
use leptos::prelude::*;

use crate::{
    features::identity::rpc::{OrganisationTimeZoneSet, organisation_time_zone_get},
    form_action::{CommandForm, FormAction},
    frame::paths,
    loaded::Loaded,
    ui::{Button, Card, Choice, ErrorSummary, FormScope, Select, Skeleton},
    viewer::leave_for,
};

/// Card with the form that sets the time zone; for people who may change it.
#[component]
pub fn TimeZoneCard() -> impl IntoView {
    let set = FormAction::of::<OrganisationTimeZoneSet>();
    // loads the page again, because the server provides the formats of all times
    Effect::watch(
        move || set.version().get(),
        move |_, _, _| {
            if set.outcome() == Some(Ok(())) {
                leave_for(paths::ORGANISATION);
            }
        },
        false,
    );
    let zone = Resource::new_blocking(|| (), |()| organisation_time_zone_get());
    view! {
        <Card title="Dates and times">
            <Loaded data=zone fallback=|| view! { <Skeleton/> } show=move |zone| form(zone, set)/>
        </Card>
    }
    .into_any()
}

fn form(zone: TimeZoneSetting, set: FormAction) -> AnyView {
    let choices =
        zone.names.into_iter().map(|name| Choice::new(name.clone(), name.replace('_', " "))).collect();
    let of_country = format!("Same as the country: {}", zone.of_country.replace('_', " "));
    view! {
        <FormScope errors=set.errors()>
            <CommandForm action=set class="form-grid">
                <ErrorSummary/>
                <Select
                    name="time_zone"
                    label="Time zone"
                    hint="Pages show times in this time zone. Exported files and certificates use UTC."
                    choices
                    value=zone.chosen.unwrap_or_default()
                    placeholder=of_country
                    optional=true
                />
                <div class="form-actions">
                    <Button pending=set.pending() pending_text="Saving…">"Save time zone"</Button>
                </div>
            </CommandForm>
        </FormScope>
    }
    .into_any()
}
