//! Shows a plain form again after its post: with found codes or with errors, and with the complete input.

use contracts::catalog::{ServiceEditView, ServiceInput};
use server_fn::error::ServerFnUrlError;

use super::query_of;
use crate::{
    error::UiError,
    ssr::{is_plain_form, redirect_to},
};

/// Redirects a plain form that was sent by its "Search" button, or from a draft, back to the form with its input, and returns `None`.
/// Returns the input of any other form, to be saved.
pub fn redisplay(form: &str, input: ServiceInput, codes_query: &str, intent: &str) -> Option<ServiceInput> {
    if intent == "save" || !is_plain_form() {
        return Some(input);
    }
    redirect_to(&format!("{form}?{}", query_of(&input, codes_query)));
    None
}

/// Redirects to the service after it was saved. A refused plain form is shown again with the errors and its input.
pub fn redirect_after_save(
    form: &str,
    function: &str,
    input: &ServiceInput,
    saved: Result<ServiceEditView, UiError>,
) -> Result<(), UiError> {
    match saved {
        Ok(service) => redirect_to(&format!("/services/{}", service.preview.service_id)),
        Err(error) if is_plain_form() => {
            // only path and query of this address are used
            let base = format!("http://localhost{form}?{}", query_of(input, ""));
            match ServerFnUrlError::new(function, error.clone()).to_url(&base) {
                Ok(url) => redirect_to(&format!("{}?{}", url.path(), url.query().unwrap_or_default())),
                Err(_) => return Err(error),
            }
        }
        Err(error) => return Err(error),
    }
    Ok(())
}
