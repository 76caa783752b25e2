//! Rows that keep their elements as long as their keys exist, so that text typed into one row does not move to the next. Not generic,
//! so that the code is compiled once for all lists.

use leptos::prelude::*;

/// A row with the function that draws it when its key is new.
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

/// Draws rows that keep their elements as long as their keys exist.
pub fn keyed_rows(rows: impl Fn() -> Vec<KeyedRow> + Send + Sync + 'static) -> AnyView {
    render_keyed(Box::new(rows))
}

fn render_keyed(rows: Box<dyn Fn() -> Vec<KeyedRow> + Send + Sync>) -> AnyView {
    view! { <For each=move || rows() key=|row| row.key.clone() children=|row| (row.draw)()/> }.into_any()
}
