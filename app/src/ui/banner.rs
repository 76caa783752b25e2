//! Banners: messages about the whole page.

use leptos::prelude::*;

use super::{Glyph, Icon, Tone};

/// A message in the flow of the page. `Bad` is announced immediately, the others politely.
#[component]
pub fn Banner(
    /// Meaning, shown as colour and icon.
    tone: Tone,
    /// Title: what happened, in a few words.
    #[prop(into)]
    title: String,
    /// Explanation and advice.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let class = match tone {
        Tone::Neutral => "banner banner-neutral",
        Tone::Info => "banner banner-info",
        Tone::Ok => "banner banner-ok",
        Tone::Warn => "banner banner-warn",
        Tone::Bad => "banner banner-bad",
    };
    let icon = if tone == Tone::Neutral { Icon::Info } else { tone.icon() };
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    view! {
        <div class=class role=role>
            <Glyph icon/>
            <div class="banner-text">
                <p class="banner-title">{title}</p>
                {children.map(|children| view! { <div>{children()}</div> })}
            </div>
        </div>
    }
}
