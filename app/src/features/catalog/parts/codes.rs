//! ICD-11 codes with their titles, and whose they are.

use contracts::catalog::CodeView;
use leptos::prelude::*;
use maud::{Markup, html};

use crate::ui::Disclosure;

/// Codes as chips; each leads to the services with the same code.
#[component]
pub fn CodeChips(
    /// The codes.
    codes: Vec<CodeView>,
    /// Most to show; the rest is counted.
    #[prop(default = 10)]
    most: usize,
) -> impl IntoView {
    let chips = code_chips(&codes, most).into_string();
    view! { <ul class="chips" aria-label="ICD-11 codes" inner_html=chips></ul> }
}

/// The entries of such a list.
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

/// The source of the ICD-11 titles on the page, in a line; WHO's full text unfolds from it (CC BY-ND 3.0 IGO, section 4).
#[component]
pub fn Attribution(
    /// WHO's words.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <div class="attribution"><Disclosure summary="ICD-11 © World Health Organization, CC BY-ND 3.0 IGO"><p>{text}</p></Disclosure></div> }
}
