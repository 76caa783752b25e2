//! The operator's legal pages, where people agree to them and where frames link to them.

use leptos::prelude::*;

use super::paths;

/// Names and paths of the operator's legal pages.
const LEGAL_PAGES: [(&str, &str); 4] = [
    ("Terms", paths::TERMS),
    ("Privacy", paths::PRIVACY),
    ("Imprint", paths::IMPRINT),
    ("Contact", paths::CONTACT),
];

/// Links to the legal pages.
#[component]
pub fn LegalLinks() -> impl IntoView {
    let links: Vec<_> =
        LEGAL_PAGES.iter().map(|(name, path)| view! { <a href=*path rel="external">{*name}</a> }).collect();
    view! { <nav class="menu-legal" aria-label="Legal">{links}</nav> }
}

/// The sentence by which somebody agrees to the terms and is told about personal data.
#[component]
pub fn LegalNote(
    /// What expresses the agreement: "By signing up".
    act: &'static str,
) -> impl IntoView {
    view! {
        <p class="muted small">
            {act}" you accept the " <a href=paths::TERMS rel="external">"terms of use"</a>
            ". Read how we handle personal data in the " <a href=paths::PRIVACY rel="external">"privacy notice"</a> "."
        </p>
    }
}
