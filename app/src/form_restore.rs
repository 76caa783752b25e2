//! Restores the input of a refused form for browsers without JavaScript. The web layer stores it (never a password or a token) and
//! provides it to the next page, where it becomes the initial value of the fields.

use leptos::prelude::*;

/// Fields of the refused form, as name and value.
#[derive(Clone, Debug, Default)]
pub struct RestoredInput(pub Vec<(String, String)>);

impl RestoredInput {
    /// Returns the input of field `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Returns the restored input of field `name`, or else `otherwise`. In the browser the page shows it already: hydration does not change
/// the initial value of a control.
pub fn restored_or(name: &str, otherwise: impl Into<String>) -> String {
    use_context::<RestoredInput>()
        .and_then(|kept| kept.get(name).map(str::to_owned))
        .unwrap_or_else(|| otherwise.into())
}
