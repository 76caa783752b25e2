//! The pages on which a provider creates and edits a service.

use contracts::{
    catalog::ServiceInput, error::ErrorCode, identity::OrganisationView, ids::ServiceId,
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::service_in_path;
use crate::{
    draft::WithDraft,
    error::UiError,
    features::{
        catalog::{
            parts::{
                ServiceForm,
                form::{FormStart, is_typed, read},
            },
            rpc::{ServiceCreate, ServiceEdit, icd11_codes_get, icd11_search, service_get},
        },
        identity::rpc::organisation_get,
    },
    form_action::{CommandForm, FormAction},
    loaded::Loaded,
    ui::{Breadcrumbs, Crumb, FormErrors, FormScope, PageHeader, Skeleton},
    viewer::use_viewer,
};

/// Returns the initial content of the form: input from the address, else the stored service or the defaults of a new one.
async fn start_of(search: String, id: Option<ServiceId>) -> Result<FormStart, UiError> {
    let (input, codes_query) = if is_typed(&search) {
        read(&search)
    } else {
        let input = match id {
            Some(id) => own_input(id).await?,
            None => new_input().await,
        };
        (input, String::new())
    };
    let chosen = icd11_codes_get(input.codes.clone()).await?;
    let hits = icd11_search(codes_query.clone()).await?;
    Ok(FormStart { input, chosen, codes_query, hits })
}

/// Returns the defaults of a new service: country and city of the organisation, validity of a year.
async fn new_input() -> ServiceInput {
    let start = ServiceInput {
        validity_days: "365".to_owned(),
        modality: "on_site".to_owned(),
        ..ServiceInput::default()
    };
    match organisation_get().await {
        Ok(OrganisationView { country, city, .. }) => ServiceInput { country, city, ..start },
        // without the organisation these fields stay empty
        Err(_) => start,
    }
}

/// Returns the stored service if the viewer may edit it.
async fn own_input(id: ServiceId) -> Result<ServiceInput, UiError> {
    let service = service_get(id).await?;
    if service.may_edit { Ok(service.input) } else { Err(UiError::new(ErrorCode::NotAllowed)) }
}

fn errors_of(action: FormAction) -> Signal<FormErrors> {
    Signal::derive(move || {
        let Some(mut error) = action.refusal() else { return FormErrors::default() };
        // the picker sends its codes as a list, so its control has this name
        if let Some(reason) = error.fields.0.remove("codes") {
            error.fields.add("codes[]", reason);
        }
        error.into()
    })
}

/// Page `/services/new`.
#[component]
pub fn NewPage() -> impl IntoView {
    let search = use_location().search;
    let action = FormAction::of::<ServiceCreate>();
    let errors = errors_of(action);
    let viewer = use_viewer();
    let start = Resource::new_blocking(
        || (),
        move |()| async move {
            // the server function would not refuse anybody here: an empty form asks for nothing
            match viewer.get_untracked() {
                None => return Err(UiError::new(ErrorCode::NotSignedIn)),
                Some(viewer) if !viewer.may(Permission::ServicesWrite) => {
                    return Err(UiError::new(ErrorCode::NotAllowed));
                }
                Some(_) => {}
            }
            start_of(search.get_untracked(), None).await
        },
    );
    view! {
        <PageHeader
            title="New service"
            lead="Saved as a draft. Only your organisation can see it until you publish."
            above=|| view! { <Breadcrumbs crumbs=vec![Crumb::new("Services", "/services")]/> }
        />
        <Loaded
            data=start
            fallback=|| view! { <Skeleton count=8/> }
            show=move |start| view! {
                <FormScope errors>
                    <WithDraft action>
                        <CommandForm action>
                            <ServiceForm start pending=action.pending() cancel="/services"/>
                        </CommandForm>
                    </WithDraft>
                </FormScope>
            }
        />
    }
}

/// Page `/services/:id/edit`.
#[component]
pub fn EditPage() -> impl IntoView {
    let id = service_in_path();
    let search = use_location().search;
    let action = FormAction::of::<ServiceEdit>();
    let errors = errors_of(action);
    let start = Resource::new_blocking(
        move || id.get(),
        move |id| async move {
            let id = id?;
            Ok::<_, UiError>((id, start_of(search.get_untracked(), Some(id)).await?))
        },
    );
    view! {
        <PageHeader
            title="Edit service"
            lead="Saving creates a new version. Buyers see the current version until you publish the new one."
            above=|| view! { <Breadcrumbs crumbs=vec![Crumb::new("Services", "/services")]/> }
        />
        <Loaded
            data=start
            fallback=|| view! { <Skeleton count=8/> }
            show=move |(id, start): (ServiceId, FormStart)| view! {
                <FormScope errors>
                    <WithDraft action>
                        <CommandForm action>
                            <input type="hidden" name="id" value=id.to_string()/>
                            <ServiceForm start pending=action.pending() cancel=format!("/services/{id}")/>
                        </CommandForm>
                    </WithDraft>
                </FormScope>
            }
        />
    }
}
