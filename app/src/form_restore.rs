//! Restores what was typed into a form that was refused, for browsers without JavaScript. The web layer stores it (never a password or a
//! token) and provides it to the next page; fields take their first value from it.

use leptos::prelude::*;

/// The fields of the refused form.
#[derive(Clone, Debug, Default)]
pub struct RestoredInput(pub Vec<(String, String)>);

impl RestoredInput {
    /// Returns what was typed into field `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Returns what was typed into field `name` before, or else `otherwise`. In the browser the page already shows it, and hydration leaves the
/// first value of a control alone.
pub fn restored_or(name: &str, otherwise: impl Into<String>) -> String {
    use_context::<RestoredInput>()
        .and_then(|kept| kept.get(name).map(str::to_owned))
        .unwrap_or_else(|| otherwise.into())
}
