//! Query strings, read and written the same in the browser and on the server (URL Standard, `application/x-www-form-urlencoded`).

use std::fmt::Write;

/// Keys and values of a query string, decoded. A broken escape stays as it is written.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        })
        .collect()
}

/// Adds `key=value` to a query string, or to an address that ends in one or in the question mark before it.
pub fn push_pair(query: &mut String, key: &str, value: &str) {
    if !query.is_empty() && !query.ends_with('?') {
        query.push('&');
    }
    encode(query, key);
    query.push('=');
    encode(query, value);
}

fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            // writing to a String cannot fail
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%')
            .then(|| after.get(..2).and_then(|two| std::str::from_utf8(two).ok()))
            .flatten()
            .filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        if let Some(byte) = escaped {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(if *first == b'+' { b' ' } else { *first });
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn broken_escapes_stay() {
        assert_eq!(
            pairs("?a=%zz&b=100%&c&=d&%41=+%2B"),
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
            prop_assert_eq!(pairs(&query), values);
        }
    }
}
