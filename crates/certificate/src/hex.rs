//! Bytes as hexadecimal text in lower case, and back.

use std::fmt::Write;

/// Returns two lower-case digits per byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // writing to a string does not fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Parses hexadecimal digits of either case. Returns `None` for an odd number of digits and for any other character.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_read_back_whole_or_not_at_all() {
        assert_eq!(unhex(&hex(&[0, 0x0f, 0xf0, 0xff])), Some(vec![0, 0x0f, 0xf0, 0xff]));
        assert_eq!(unhex(""), Some(Vec::new()));
        assert_eq!(unhex("0A"), Some(vec![10]));
        for wrong in ["0", "abc", "+1", "0x", "g0", "0 ", "é"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }
}
