//! Entries of selects, radio groups and comboboxes.

/// A value with its label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Value that the form sends.
    pub value: String,
    /// Label for people.
    pub label: String,
    /// Second line that explains the choice.
    pub hint: Option<String>,
}

impl Choice {
    /// Creates a choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), ..Self::default() }
    }

    /// Adds a second line.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
