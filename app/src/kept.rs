//! What was typed into a form that was refused, when there is no JavaScript to keep it. The web layer puts it aside (never a
//! password or a token) and brings it back with the next page; fields take their first value from it.

use leptos::prelude::*;

/// The fields of the refused form.
#[derive(Clone, Debug, Default)]
pub struct KeptInput(pub Vec<(String, String)>);

impl KeptInput {
    /// What was typed into `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// What was typed into `name` before, or else `otherwise`. In the browser the page already shows it, and hydration leaves the
/// first value of a control alone.
pub fn kept_or(name: &str, otherwise: impl Into<String>) -> String {
    use_context::<KeptInput>()
        .and_then(|kept| kept.get(name).map(str::to_owned))
        .unwrap_or_else(|| otherwise.into())
}
