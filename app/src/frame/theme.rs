//! Light, dark, or as the system says. The choice lives in a cookie, so that the server paints it right at once.

use leptos::prelude::*;
use leptos::server_fn::codec::PostUrl;

use crate::{
    error::UiError,
    ui::{Glyph, Icon, IconSize},
};

/// A person's choice of theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// The cookie that keeps the choice.
const COOKIE: &str = "theme";

impl Theme {
    /// Reads the cookie's or the form's word; anything else is the system's choice.
    pub fn from_word(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// The word for the cookie and the form.
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::System => Icon::Laptop,
            Self::Light => Icon::Sun,
            Self::Dark => Icon::Moon,
        }
    }

    /// Finds the choice in a `Cookie` header.
    pub fn from_cookies(header: &str) -> Self {
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == COOKIE)
            .map_or(Self::System, |(_, word)| Self::from_word(word))
    }

    /// What `<html data-theme>` says; absent for the system's choice.
    const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// The request's choice on the server, the document's in the browser.
    fn current() -> Self {
        #[cfg(feature = "ssr")]
        {
            use_context::<http::request::Parts>()
                .and_then(|parts| {
                    let header = parts.headers.get(http::header::COOKIE)?.to_str().ok()?;
                    Some(Self::from_cookies(header))
                })
                .unwrap_or_default()
        }
        #[cfg(not(feature = "ssr"))]
        {
            let root = document().document_element();
            root.and_then(|root| root.get_attribute("data-theme"))
                .map_or(Self::System, |word| Self::from_word(&word))
        }
    }
}

#[derive(Clone, Copy)]
struct CurrentTheme(RwSignal<Theme>);

/// Reads the choice and keeps `<html data-theme>` in step with it. Call once, at the root.
pub fn provide_theme() -> impl IntoView {
    let theme = RwSignal::new(Theme::current());
    provide_context(CurrentTheme(theme));
    view! { <leptos_meta::Html attr:data-theme=move || theme.get().attribute()/> }
}

/// Keeps the choice for a year. Works without JavaScript: the page comes back in the chosen theme.
#[server(name = ThemeSet, prefix = "/rpc", endpoint = "theme_set", input = PostUrl)]
pub async fn theme_set(theme: String) -> Result<(), UiError> {
    let word = Theme::from_word(&theme).word();
    // the browser reads the choice from the document
    let cookie = ["theme=", word, "; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax"].concat();
    if let Ok(value) = http::HeaderValue::from_str(&cookie) {
        expect_context::<leptos_axum::ResponseOptions>().append_header(http::header::SET_COOKIE, value);
    }
    Ok(())
}

/// Three buttons, one pressed.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let theme =
        use_context::<CurrentTheme>().map_or_else(|| RwSignal::new(Theme::System), |current| current.0);
    let action = ServerAction::<ThemeSet>::new();
    let buttons: Vec<_> = [Theme::System, Theme::Light, Theme::Dark]
        .into_iter()
        .map(|one| {
            view! {
                <button
                    type="submit"
                    name="theme"
                    value=one.word()
                    class="theme-choice"
                    aria-pressed=move || if theme.get() == one { "true" } else { "false" }
                    on:click=move |_| theme.set(one)
                >
                    <Glyph icon=one.icon() size=IconSize::Small/>
                    {one.label()}
                </button>
            }
        })
        .collect();
    view! {
        <ActionForm action attr:class="theme-switch">
            <fieldset><legend class="visually-hidden">"Theme"</legend>{buttons}</fieldset>
        </ActionForm>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others_and_never_trusted() {
        assert_eq!(Theme::from_cookies("a=b; theme=dark; c=d"), Theme::Dark);
        assert_eq!(Theme::from_cookies("theme=\"><script>"), Theme::System);
        assert_eq!(Theme::from_cookies("mytheme=dark"), Theme::System);
    }
}
