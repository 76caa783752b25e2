//! ICD-11 codes with their titles and attribution.

use contracts::catalog::CodeView;
use leptos::prelude::*;
use maud::{Markup, html};

use crate::ui::Disclosure;

/// Codes as chips, each a link to the services with this code.
#[component]
pub fn CodeChips(
    /// The codes.
    codes: Vec<CodeView>,
    /// Maximum number of codes to show; the others are counted.
    #[prop(default = 10)]
    most: usize,
) -> impl IntoView {
    let chips = code_chips(&codes, most).into_string();
    view! { <ul class="chips" aria-label="ICD-11 codes" inner_html=chips></ul> }
}

/// Returns the list items of [`CodeChips`].
pub(super) fn code_chips(codes: &[CodeView], most: usize) -> Markup {
    let more = codes.len().saturating_sub(most);
    html! {
        @for code in codes.iter().take(most) {
            li {
                span class="chip" {
                    a class="chip-link" href={ "/market?code=" (code.code) } {
                        span class="code" { (code.code) }
                        span class="chip-label" { (code.title) }
                    }
                }
            }
        }
        @if more > 0 {
            li class="muted small" { "and " (more) " more" }
        }
    }
}

/// The source of the ICD-11 titles in one line, which unfolds to WHO's full text (CC BY-ND 3.0 IGO, section 4).
#[component]
pub fn Attribution(
    /// WHO's text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <div class="attribution"><Disclosure summary="ICD-11 © World Health Organization, CC BY-ND 3.0 IGO"><p>{text}</p></Disclosure></div> }
}
