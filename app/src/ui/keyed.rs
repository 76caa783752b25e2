//! Rows that stay the same elements for as long as their keys are there: what was typed into one is not left to the next. What a list
//! does with its keys is compiled once, whatever its rows are of.

use leptos::prelude::*;

/// A row, drawn when its key is new.
pub struct KeyedRow {
    key: String,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

impl KeyedRow {
    /// Creates a row from its key and the function that draws it.
    pub fn new<V: IntoView + 'static>(key: impl ToString, draw: impl FnOnce() -> V + Send + 'static) -> Self {
        Self { key: key.to_string(), draw: Box::new(move || draw().into_any()) }
    }
}

/// Draws rows that keep their elements as long as their keys are there.
pub fn keyed_rows(rows: impl Fn() -> Vec<KeyedRow> + Send + Sync + 'static) -> AnyView {
    render_keyed(Box::new(rows))
}

fn render_keyed(rows: Box<dyn Fn() -> Vec<KeyedRow> + Send + Sync>) -> AnyView {
    view! { <For each=move || rows() key=|row| row.key.clone() children=|row| (row.draw)()/> }.into_any()
}
