//! A provider's text as safe HTML: CommonMark in, a narrow allow-list out.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::Builder;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

static ALLOWED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut allowed = Builder::empty();
    allowed
        .tags(HashSet::from(["p", "br", "ul", "ol", "li", "em", "strong", "h3", "h4", "a", "blockquote"]))
        .clean_content_tags(HashSet::from(["script", "style", "iframe", "object", "svg", "math", "template"]))
        .add_tag_attributes("a", ["href"])
        .add_tag_attributes("ol", ["start"])
        .url_schemes(HashSet::from(["https"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow noopener"));
    allowed
});

/// Makes HTML of CommonMark. Raw HTML and images are dropped; headings become `h3` and `h4`, as the page around has its
/// own above them; links lead to `https` addresses only.
pub fn to_html(markdown: &str) -> String {
    let events = Parser::new_ext(markdown, Options::empty()).filter_map(|event| match event {
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Some(Event::Start(Tag::Heading { level: heading(level), id, classes, attrs }))
        }
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(heading(level)))),
        Event::Html(_)
        | Event::InlineHtml(_)
        | Event::Start(Tag::Image { .. })
        | Event::End(TagEnd::Image) => None,
        other => Some(other),
    });
    let mut raw = String::with_capacity(markdown.len() + markdown.len() / 4);
    html::push_html(&mut raw, events);
    ALLOWED.clean(&raw).to_string()
}

fn heading(level: HeadingLevel) -> HeadingLevel {
    if level == HeadingLevel::H1 || level == HeadingLevel::H2 { HeadingLevel::H3 } else { HeadingLevel::H4 }
}

/// The first words of a CommonMark text on one line, without its marks; at most `most` characters. A heading ends in a colon, and dots
/// stand between the entries of a list and between blocks that end in no point. `market_summary` in
/// `migrations/replaceable/60_market.sql` writes the same.
pub(super) fn summary(markdown: &str, most: usize) -> String {
    let mut plain = String::new();
    for event in Parser::new_ext(markdown, Options::empty()) {
        match event {
            Event::Text(text) | Event::Code(text) => plain.push_str(&text),
            Event::Start(Tag::Item) if !plain.trim_end().ends_with([':', '·']) => plain.push_str(" · "),
            Event::End(TagEnd::Heading(_)) => plain.push_str(": "),
            Event::End(TagEnd::Paragraph | TagEnd::List(_))
                if !plain.trim_end().ends_with(['.', '!', '?', ':', ';', '·']) =>
            {
                plain.push_str(" · ");
            }
            Event::SoftBreak | Event::HardBreak | Event::End(_) if !plain.ends_with(' ') => plain.push(' '),
            _ => {}
        }
        if plain.len() > most * 4 {
            break;
        }
    }
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_matches([' ', '·']).chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_a_description_needs() {
        let html = to_html(
            "# Included\n\n- one *soft* knee\n- **report**\n\n[Clinic](https://example.org/a?b=1&c=2)",
        );
        assert_eq!(
            html,
            "<h3>Included</h3>\n<ul>\n<li>one <em>soft</em> knee</li>\n<li><strong>report</strong></li>\n</ul>\n\
             <p><a href=\"https://example.org/a?b=1&amp;c=2\" rel=\"nofollow noopener\">Clinic</a></p>\n"
        );
    }

    #[test]
    fn attacks_are_inert() {
        for attack in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![x](https://example.org/track.png)",
            "[go](javascript:alert(1))",
            "[go](data:text/html;base64,PHNjcmlwdD4=)",
            "[go](//evil.example)",
            "[go](http://evil.example)",
            "<a href='jAvAsCrIpT:alert(1)'>x</a>",
            "<svg/onload=alert(1)>",
            "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
            "<style>*{display:none}</style>",
            "<p style='position:fixed' onclick=alert(1) id=main>x</p>",
            "<form action=https://evil.example><input name=password></form>",
            "<math><mtext></p><img src=x onerror=alert(1)></mtext></math>",
            "`<img src=x onerror=alert(1)>`",
            "<!--><script>alert(1)</script>-->",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "[x](<https://a.example/\" onmouseover=\"alert(1)>)",
        ] {
            let html = to_html(attack);
            let tags: Vec<_> = html.split('<').skip(1).collect();
            for tag in tags {
                let name: String =
                    tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
                assert!(["p", "a", "code", "em"].contains(&name.as_str()), "{attack} → {html}");
                let inside = tag.split('>').next().unwrap_or_default();
                assert!(
                    !inside.contains(" on") && !inside.contains("style") && !inside.contains("src"),
                    "{attack} → {html}"
                );
                assert!(!inside.contains("href") || inside.contains("href=\"https://"), "{attack} → {html}");
            }
        }
    }

    #[test]
    fn a_summary_has_no_marks() {
        assert_eq!(
            summary("## Included\n\n- **one** [scan](https://x.example)\n- report", 100),
            "Included: one scan · report"
        );
        assert_eq!(summary("One\nsession.\n\n* soft\n* safe", 100), "One session. · soft · safe");
        assert_eq!(summary("- soft\n- safe\n\nAnd more", 100), "soft · safe · And more");
        assert_eq!(summary("äöü", 2), "äö");
    }
}
