//! ICD-11 codes with their titles, and whose they are.

use contracts::catalog::CodeView;
use leptos::prelude::*;

use crate::ui::Chip;

/// Codes as chips; each leads to the services with the same code.
#[component]
pub fn CodeChips(
    /// The codes.
    codes: Vec<CodeView>,
    /// Most to show; the rest is counted.
    #[prop(default = 10)]
    most: usize,
) -> impl IntoView {
    let more = codes.len().saturating_sub(most);
    let chips: Vec<_> = codes
        .into_iter()
        .take(most)
        .map(|code| {
            let href = format!("/market?code={}", code.code);
            view! { <li><Chip label=code.title code=code.code href=href/></li> }
        })
        .collect();
    view! {
        <ul class="chips" aria-label="ICD-11 codes">
            {chips}
            {(more > 0).then(|| view! { <li class="muted small">{format!("and {more} more")}</li> })}
        </ul>
    }
}

/// Whose classification the titles on the page are; WHO's licence asks for it.
#[component]
pub fn Attribution(
    /// WHO's words.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <p class="muted small">{text}</p> }
}
