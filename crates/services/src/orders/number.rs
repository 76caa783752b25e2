//! Purchase numbers: short enough to say on the telephone, too many to guess. References of transactions: the end of the id, so that
//! few have the same.

use chrono::{DateTime, Datelike, Utc};

use crate::platform::Result;

/// Crockford's base 32: no I, L, O or U to misread.
const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M',
    'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// `P-2026-7KQ4-MZ2D`: the year and 40 random bits.
pub(super) fn purchase_number(now: DateTime<Utc>) -> Result<String> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes)?;
    let symbols: String = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32))).collect();
    let (first, second) = symbols.split_at(4);
    Ok(format!("P-{}-{first}-{second}", now.year()))
}

/// How the number that somebody types begins, if it may be one: `p-2026-7k` is `P-2026-7K`.
pub(super) fn start_of_number(typed: &str) -> Option<String> {
    let start = typed.trim().to_uppercase();
    let is_one = start.starts_with("P-") && start.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_one.then_some(start)
}

/// What stands behind `T-` in a reference.
const DIGITS: usize = 8;

/// How the reference that somebody types begins, if it may be one: `t-1a2b` is the start `1a2b`. Without `T-` only a whole one is meant.
pub(super) fn start_of_reference(typed: &str) -> Option<String> {
    let typed = typed.trim().to_lowercase();
    let (digits, shortest) = match typed.strip_prefix("t-") {
        Some(digits) => (digits, 1),
        None => (typed.as_str(), DIGITS),
    };
    let is_one =
        (shortest..=DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| digits.to_owned())
}

#[cfg(test)]
mod tests {
    use contracts::ids::TransactionId;

    use super::*;

    #[test]
    fn a_number_is_known_by_its_start() {
        assert_eq!(start_of_number(" p-2026-7k ").as_deref(), Some("P-2026-7K"));
        for other in ["", "P", "physiotherapy", "P-%", "P-20_6"] {
            assert_eq!(start_of_number(other), None, "{other}");
        }
    }

    #[test]
    fn numbers_have_one_shape_and_do_not_repeat() {
        let now = DateTime::UNIX_EPOCH;
        let numbers: std::collections::HashSet<_> =
            (0..1000).map(|_| purchase_number(now).unwrap()).collect();
        assert_eq!(numbers.len(), 1000);
        for number in numbers {
            let parts: Vec<&str> = number.split('-').collect();
            assert!(
                matches!(parts.as_slice(), ["P", "1970", a, b] if a.len() == 4 && b.len() == 4),
                "{number}"
            );
        }
    }

    #[test]
    fn a_reference_is_known_with_its_letter_and_without() {
        let id = TransactionId(uuid::Uuid::from_u128(0x019c_0000_0000_7000_8000_0000_1a2b_3c4d));
        assert_eq!(start_of_reference(&id.reference()).as_deref(), Some("1a2b3c4d"));
        assert_eq!(start_of_reference(" 1A2B3C4D ").as_deref(), Some("1a2b3c4d"));
        assert_eq!(start_of_reference("T-1a2b").as_deref(), Some("1a2b"));
        for other in ["", "T-", "1a2b3c4", "t-1a2b3c4g", "t-1a2b3c4d5", "knee scan"] {
            assert_eq!(start_of_reference(other), None, "{other}");
        }
    }
}
