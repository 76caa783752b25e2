//! Addresses with filters in them.

use leptos_router::location::Url;

/// `path` with the given filters; empty ones are left out.
pub fn address(path: &str, filters: &[(&str, &str)]) -> String {
    let mut text = path.to_owned();
    for (name, value) in filters.iter().filter(|(_, value)| !value.is_empty()) {
        text.push(if text.contains('?') { '&' } else { '?' });
        text.push_str(name);
        text.push('=');
        text.push_str(&Url::escape(value));
    }
    text
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn empty_filters_are_left_out_and_others_escaped() {
        assert_eq!(address("/a", &[("q", ""), ("x", "")]), "/a");
        assert_eq!(address("/a", &[("q", "a b&c"), ("x", ""), ("y", "1")]), "/a?q=a%20b%26c&y=1");
    }
}
