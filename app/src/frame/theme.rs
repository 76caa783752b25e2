//! The theme: light, dark, or the system's. The choice is stored in a cookie, so that the server renders it from the start.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use crate::session::storage;
use crate::{
    error::UiError,
    form_action::{CommandForm, FormAction},
    rpc::Rpc,
    ui::{Glyph, Icon, IconSize},
};

/// A person's choice of theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The system's setting.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// Name of the cookie with the choice.
const COOKIE: &str = "theme";
/// Background colour of each theme, as in `style/tokens.css` and the `theme-color`s of `frontend/index.html`.
const LIGHT_CHROME: &str = "#F6F8F8";
const DARK_CHROME: &str = "#0E1716";

impl Theme {
    /// Parses the word of the cookie or the form; any other text means the system's setting.
    pub fn from_word(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// Returns the word for the cookie and the form.
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

    /// Reads the choice from a `Cookie` header.
    pub fn from_cookies(header: &str) -> Self {
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == COOKIE)
            .map_or(Self::System, |(_, word)| Self::from_word(word))
    }

    /// Returns the value of `<html data-theme>`; `None` for the system's setting.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// Returns the colour of the browser's own controls around the page, depending on the system's setting.
    const fn chrome(self, prefers_dark: bool) -> &'static str {
        match (self, prefers_dark) {
            (Self::Light, _) | (Self::System, false) => LIGHT_CHROME,
            (Self::Dark, _) | (Self::System, true) => DARK_CHROME,
        }
    }

    /// Returns the head of a page with its two `theme-color`s, written for the system's setting, replaced by those of this theme.
    pub(crate) fn paint(self, head: String) -> String {
        match self {
            Self::System => head,
            Self::Light => head.replace(DARK_CHROME, LIGHT_CHROME),
            Self::Dark => head.replace(LIGHT_CHROME, DARK_CHROME),
        }
    }

    /// Returns the choice: of the request on the server; in the browser of the document, or of the last page if there is no server.
    pub(crate) fn current() -> Self {
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
                .map_or_else(Self::of_browser, |word| Self::from_word(&word))
        }
    }

    /// Returns the choice stored by the last page: scripts cannot read the cookie.
    #[cfg(feature = "hydrate")]
    fn of_browser() -> Self {
        let word = storage().and_then(|storage| storage.get_item(COOKIE).ok().flatten());
        word.map_or(Self::System, |word| Self::from_word(&word))
    }

    #[cfg(not(any(feature = "hydrate", feature = "ssr")))]
    const fn of_browser() -> Self {
        Self::System
    }

    /// Stores the choice for pages shown without a server.
    #[cfg(feature = "hydrate")]
    fn leave_in_browser(self) {
        if let Some(storage) = storage() {
            // fails where the browser stores nothing
            let _kept = storage.set_item(COOKIE, self.word());
        }
    }

    #[cfg(not(feature = "hydrate"))]
    #[expect(clippy::unused_self, reason = "the browser's half has the same door")]
    const fn leave_in_browser(self) {}
}

#[derive(Clone, Copy)]
struct CurrentTheme(RwSignal<Theme>);

/// Provides the choice and updates `<html data-theme>`. Call once, at the root.
pub fn provide_theme() -> impl IntoView {
    let theme = RwSignal::new(Theme::current());
    provide_context(CurrentTheme(theme));
    Effect::new(move |_| {
        paint_chrome(theme.get());
        theme.get().leave_in_browser();
    });
    view! { <leptos_meta::Html attr:data-theme=move || theme.get().attribute()/> }
}

/// Updates the `theme-color`s.
fn paint_chrome(theme: Theme) {
    for (prefers, prefers_dark) in [("light", false), ("dark", true)] {
        let place = ["meta[name=\"theme-color\"][media*=\"", prefers, "\"]"].concat();
        if let Ok(Some(meta)) = document().query_selector(&place) {
            // fails only for an invalid attribute name
            let _painted = meta.set_attribute("content", theme.chrome(prefers_dark));
        }
    }
}

/// Stores the choice in a cookie for a year. Without JavaScript the page is then rendered in the chosen theme.
#[server(name = ThemeSet, prefix = "/rpc", endpoint = "theme_set", protocol = Rpc)]
pub async fn theme_set(theme: String) -> Result<(), UiError> {
    let word = Theme::from_word(&theme).word();
    // HttpOnly, because the browser reads the choice from the document
    let cookie = ["theme=", word, "; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax"].concat();
    crate::ssr::append_header(http::header::SET_COOKIE, &cookie);
    Ok(())
}

/// Three buttons for the theme, one of them pressed.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let theme =
        use_context::<CurrentTheme>().map_or_else(|| RwSignal::new(Theme::System), |current| current.0);
    let action = FormAction::of::<ThemeSet>();
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
        <CommandForm action class="theme-switch">
            <fieldset><legend class="visually-hidden">"Theme"</legend>{buttons}</fieldset>
        </CommandForm>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_is_painted_in_the_chosen_theme() {
        let tokens = include_str!("../../../style/tokens.css");
        assert!(tokens.contains(&["--canvas: light-dark(", LIGHT_CHROME, ", ", DARK_CHROME, ")"].concat()));
        let head = include_str!("../../../frontend/index.html");
        assert_eq!(Theme::System.paint(head.to_owned()), head);
        assert!(head.contains(LIGHT_CHROME) && head.contains(DARK_CHROME));
        assert!(!Theme::Dark.paint(head.to_owned()).contains(LIGHT_CHROME));
        assert!(!Theme::Light.paint(head.to_owned()).contains(DARK_CHROME));
        assert_eq!(Theme::Dark.chrome(false), DARK_CHROME);
        assert_eq!(Theme::System.chrome(true), DARK_CHROME);
    }

    #[test]
    fn the_cookie_is_found_among_others_and_never_trusted() {
        assert_eq!(Theme::from_cookies("a=b; theme=dark; c=d"), Theme::Dark);
        assert_eq!(Theme::from_cookies("theme=\"><script>"), Theme::System);
        assert_eq!(Theme::from_cookies("mytheme=dark"), Theme::System);
    }
}
