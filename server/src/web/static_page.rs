//! Static pages outside the application: in the look of the public pages and the theme somebody chose, without scripts.

use app::frame::{Theme, bar_html, footer_html};
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::AppState;

/// No script at all; styles are the site's own.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every static page needs of the site.
#[derive(Clone, Copy, Default)]
pub(crate) struct PageAssets<'a> {
    /// The links to the style sheets and the icon.
    styles: &'a str,
    /// Whether the data are invented.
    is_demo: bool,
}

impl<'a> From<&'a AppState> for PageAssets<'a> {
    fn from(state: &'a AppState) -> Self {
        Self { styles: state.site.styles(), is_demo: state.is_demo }
    }
}

/// Returns the theme that the sender of these headers chose.
pub(crate) fn theme_of(headers: &HeaderMap) -> Theme {
    let cookies = headers.get(header::COOKIE).and_then(|cookies| cookies.to_str().ok());
    cookies.map(Theme::from_cookies).unwrap_or_default()
}

/// Returns a static page as an answer.
pub(crate) fn answer(status: StatusCode, html: String) -> Response {
    let mut response = (status, Html(html)).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// Returns a page with this title and content; both are markup.
pub(crate) fn page(assets: PageAssets<'_>, theme: Theme, title: &str, content: &str) -> String {
    let PageAssets { styles, is_demo } = assets;
    let theme = theme.attribute().map(|word| format!(" data-theme=\"{word}\"")).unwrap_or_default();
    format!(
        "<!doctype html><html lang=\"en\"{theme}><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · HCTS</title>{styles}</head><body><div class=\"frame frame-public\">\
         <header class=\"bar\"><div class=\"bar-inner\">{bar}</div></header><main class=\"page\">{content}</main>{footer}</div></body></html>",
        bar = bar_html(is_demo),
        footer = footer_html(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_outside_the_application_says_that_data_are_invented() {
        for is_demo in [false, true] {
            let html =
                page(PageAssets { styles: "", is_demo }, Theme::default(), "Imprint", "<h1>Imprint</h1>");
            assert_eq!(html.contains("people and amounts are fictitious"), is_demo, "{html}");
        }
    }
}
