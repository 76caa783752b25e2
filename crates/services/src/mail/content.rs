//! The content of an e-mail and how it looks. Mail programs ignore stylesheets: each element carries its own styles, written out from class
//! names at build time (`build.rs`).

use maud::{DOCTYPE, html};

/// The styles that `build.rs` writes.
mod styles {
    include!(concat!(env!("OUT_DIR"), "/mail_styles.rs"));
}

/// Last line of every e-mail.
const FOOT: &str = "This is an automated message from HCTS. Please do not reply.";

/// Subject and body of an e-mail, without an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EmailContent {
    pub(super) subject: String,
    pub(super) paragraphs: Vec<String>,
    /// Label and URL of the next step.
    pub(super) link: Option<(&'static str, String)>,
}

impl EmailContent {
    /// Returns the body as plain text, for programs that show no HTML.
    pub(super) fn text(&self) -> String {
        let link = self.link.as_ref().map(|(words, href)| format!("{words}: {href}"));
        let parts = self.paragraphs.iter().cloned().chain(link).chain([format!("-- \n{FOOT}")]);
        parts.collect::<Vec<_>>().join("\n\n")
    }

    /// Returns the body as an HTML document.
    pub(super) fn html(&self) -> String {
        html! {
            (DOCTYPE)
            html lang="en" {
                head { meta charset="utf-8"; meta name="viewport" content="width=device-width"; title { (self.subject) } }
                body style=(styles::PAGE) {
                    div style=(styles::CARD) {
                        p style=(styles::BRAND) { "HCTS" }
                        h1 style=(styles::HEADING) { (self.subject) }
                        @for paragraph in &self.paragraphs { p style=(styles::TEXT) { (paragraph) } }
                        @if let Some((words, href)) = &self.link {
                            p style=(styles::TEXT) { a style=(styles::BUTTON) href=(href) { (words) } }
                        }
                        p style=(styles::FOOT) { (FOOT) }
                    }
                }
            }
        }
        .into_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> EmailContent {
        EmailContent {
            subject: "Clinic <b> is verified".to_owned(),
            paragraphs: vec!["Reason: \"<script>\"".to_owned()],
            link: Some(("Go to your dashboard", "https://hcts.example/dashboard".to_owned())),
        }
    }

    #[test]
    fn a_letter_says_the_same_drawn_and_plain() {
        let (html, text) = (content().html(), content().text());
        for words in ["Go to your dashboard", "https://hcts.example/dashboard", "Please do not reply"] {
            assert!(html.contains(words) && text.contains(words), "{words}");
        }
        assert!(html.contains("Clinic &lt;b&gt;") && !html.contains("<script>"), "{html}");
    }

    #[test]
    fn letters_have_no_colours_of_their_own() {
        let tokens = include_str!("../../../../style/tokens.css");
        let colours: Vec<&str> =
            include_str!("../../build.rs").split('#').skip(1).filter_map(|rest| rest.get(..6)).collect();
        let colours: Vec<_> =
            colours.into_iter().filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit())).collect();
        assert!(colours.len() >= 7, "{colours:?}");
        for colour in colours {
            assert!(tokens.contains(&format!("light-dark(#{colour},")), "{colour}");
        }
    }

    /// Read once: `tailwind-rs` translates other classes wrong.
    #[test]
    fn classes_come_to_what_they_say() {
        let by_class = |style: &'static str, by_hand: &str| style.strip_suffix(by_hand).unwrap();
        assert_eq!(
            by_class(styles::BUTTON, "background:#0B6B5E;border-radius:8px;"),
            "color:rgba(255, 255, 255, 1);display:inline-block;font-weight:500;padding:0.5rem;text-decoration-line:none;"
        );
        assert_eq!(
            styles::BRAND,
            "color:rgba(11, 107, 94, 1);font-weight:700;margin-bottom:1.5rem;margin-top:0rem;"
        );
        assert_eq!(
            by_class(styles::FOOT, "font-size:13px;"),
            "color:rgba(81, 99, 95, 1);line-height:1.25rem;margin-bottom:0rem;margin-top:2rem;"
        );
        assert_eq!(
            by_class(styles::HEADING, "font-size:22px;"),
            "font-weight:600;line-height:2rem;margin-bottom:1rem;margin-top:0rem;"
        );
        assert_eq!(styles::TEXT, "line-height:1.5rem;margin-bottom:1rem;margin-top:0rem;");
        assert!(styles::CARD.starts_with("margin-left:auto;margin-right:auto;padding:2rem;"));
        assert!(styles::PAGE.starts_with("color:rgba(18, 33, 31, 1);padding:1.5rem;"));
    }

    #[test]
    fn every_element_carries_its_own_style() {
        let html = content().html();
        assert!(!html.contains("class=") && !html.contains("<style"), "{html}");
        for style in [
            styles::PAGE,
            styles::CARD,
            styles::BRAND,
            styles::HEADING,
            styles::TEXT,
            styles::BUTTON,
            styles::FOOT,
        ] {
            assert!(style.ends_with(';') && html.contains(style), "{style}");
        }
    }
}
