//! Parsing and writing of query strings, identical in browser and server (URL Standard, `application/x-www-form-urlencoded`).

/// Returns the decoded pairs of key and value of a query string. An escape that is not two hexadecimal digits stays as written.
pub fn query_pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.trim_start_matches('?').as_bytes()).into_owned().collect()
}

/// Appends `key=value`, URL-encoded, to a query string, or to an address that ends in a query or a question mark.
pub fn push_pair(query: &mut String, key: &str, value: &str) {
    if !query.is_empty() && !query.ends_with('?') {
        query.push('&');
    }
    query.extend(form_urlencoded::byte_serialize(key.as_bytes()));
    query.push('=');
    query.extend(form_urlencoded::byte_serialize(value.as_bytes()));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn broken_escapes_stay() {
        assert_eq!(
            query_pairs("?a=%zz&b=100%&c&=d&%41=+%2B"),
            [("a", "%zz"), ("b", "100%"), ("c", ""), ("", "d"), ("A", " +")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(values in proptest::collection::vec(("[a-z]{1,4}", "\\PC{0,12}"), 0..5)) {
            let mut query = String::new();
            for (key, value) in &values {
                push_pair(&mut query, key, value);
            }
            prop_assert_eq!(query_pairs(&query), values);
        }
    }
}
