//! Checks the address to go to after signing in. It comes from the query string, so only paths of this site are accepted.

/// Returns `next` if it is a path of this site: one slash, no second slash or backslash, and no character that browsers remove
/// when they parse an address (controls, spaces; WHATWG URL §4.4). `None` also for machine endpoints and the sign-in pages.
pub fn safe_next(next: &str) -> Option<&str> {
    let rest = next.strip_prefix('/')?;
    let leads_away = rest.starts_with('/')
        || next.contains('\\')
        || next.chars().any(|c| c.is_control() || c.is_whitespace())
        || next.len() > 2000;
    // neither back to a sign-in page nor to an endpoint for machines
    let is_page = !["rpc/", "api/", "sign-in", "sign-out", "sign-up", "switch-organisation"]
        .iter()
        .any(|start| rest.starts_with(start));
    (!leads_away && is_page).then_some(next)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pages_of_this_site_pass_and_others_do_not() {
        for good in ["/", "/market?q=mri&page=2", "/purchases/0199#lines", "/a//b"] {
            assert_eq!(safe_next(good), Some(good));
        }
        for bad in [
            "",
            "market",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil",
            "https://evil.example",
            "javascript:alert(1)",
            " /market",
            "/sign-in?next=/x",
            "/rpc/service_publish",
        ] {
            assert_eq!(safe_next(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_passes_stays_on_this_site(next in r"[/\\\t\r\n .:@%a-z?#]{0,24}|/\PC{0,16}|//?[a-z./\\@]{0,20}") {
            if let Some(next) = safe_next(&next) {
                let here = url::Url::parse("https://hcts.example/sign-in").unwrap();
                prop_assert_eq!(here.join(next).unwrap().origin(), here.origin());
            }
        }
    }
}
