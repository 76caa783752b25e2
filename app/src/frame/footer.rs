//! The footer of public pages.

use leptos::prelude::*;

use super::{InstallHelp, ShortcutsEntry, ThemeSwitch, paths};

/// The footer of static pages, as HTML: they run no scripts.
#[cfg(feature = "ssr")]
pub fn footer_html() -> String {
    view! { <footer class="foot"><div class="foot-inner"><FooterLinks/></div></footer> }.to_html()
}

#[component]
fn FooterLinks() -> impl IntoView {
    view! {
        <nav aria-label="Footer">
            <a href=paths::MARKET>"Market"</a>
            <a href=paths::CHECK>"Check a certificate"</a>
            <a href="/api" rel="external">"API"</a>
            <a href=paths::TERMS rel="external">"Terms"</a>
            <a href=paths::PRIVACY rel="external">"Privacy"</a>
            <a href=paths::IMPRINT rel="external">"Imprint"</a>
            <a href=paths::CONTACT rel="external">"Contact"</a>
        </nav>
    }
}

/// Footer with links, a description of HCTS, and the attribution of ICD-11.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="foot">
            <div class="foot-inner">
                <FooterLinks/>
                <InstallHelp/>
                <ShortcutsEntry/>
                <ThemeSwitch/>
                <p class="foot-note">
                    "ICD-11 codes and titles: © World Health Organization, "
                    <a href="https://icd.who.int/" rel="external">"icd.who.int"</a>
                    ", CC BY-ND 3.0 IGO."
                </p>
            </div>
        </footer>
    }
}
