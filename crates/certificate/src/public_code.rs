//! The public code of a certificate: 128 random bits in a form that people can read, say and type.
//!
//! Crockford's base32 without `I`, `L`, `O`, `U`; 26 characters and one check character, in groups of four.

use std::fmt;
use std::str::FromStr;

/// Public code: 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicCode([u8; 16]);

/// Reason why a text is no public code. Positions count characters of the code from 1, without spaces and hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicCodeError {
    /// The text has another number of characters than a code.
    #[error("a code has 27 characters, this has {0}")]
    Length(usize),
    /// The text has a character that is not in the alphabet of codes.
    #[error("`{found}` at position {position} is in no code")]
    Character {
        /// The character.
        found: char,
        /// Its position.
        position: usize,
    },
    /// The check character is wrong, as after a typing mistake.
    #[error("the code has a typing mistake")]
    Check,
}

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DIGITS: usize = 26;
const CHARS: usize = DIGITS + 1;
const GROUP: usize = 4;
/// Maximum value of the first character, which holds only three bits: 25 characters hold 125 of the 128.
const MAX_FIRST: u8 = 7;

impl PublicCode {
    /// Creates a code from 16 bytes of a cryptographic random source.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Returns the lowest and the highest code that begin with `text`, 4 to 26 characters of a code; spaces and hyphens are ignored.
    /// `None` for other texts.
    pub fn range_of_start(text: &str) -> Option<(Self, Self)> {
        let digits: Option<Vec<u8>> = text.chars().filter(|c| !is_filling(*c)).map(value_of).collect();
        let digits = digits.filter(|digits| (GROUP..=DIGITS).contains(&digits.len()))?;
        if digits.first().is_none_or(|first| *first > MAX_FIRST) {
            return None;
        }
        let bits = digits.iter().fold(0_u128, |bits, digit| (bits << 5) | u128::from(*digit));
        let missing = u32::try_from(5 * (DIGITS - digits.len())).ok()?;
        let lowest = bits.checked_shl(missing)?;
        let highest = lowest | 1_u128.checked_shl(missing)?.wrapping_sub(1);
        Some((Self(lowest.to_be_bytes()), Self(highest.to_be_bytes())))
    }

    fn digits(self) -> [u8; DIGITS] {
        let mut rest = u128::from_be_bytes(self.0);
        let mut digits = [0; DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit = (rest & 31) as u8;
            rest >>= 5;
        }
        digits
    }
}

/// Returns the check character's value: a weighted sum over GF(32) (polynomial x^5 + x^2 + 1) with weights x, x^2, …, x^26. No weight
/// is zero and no two are equal, so every single wrong character and every exchange of two different ones changes the sum.
fn check_digit(digits: &[u8; DIGITS]) -> u8 {
    let double = |value: u8| if value & 16 == 0 { value << 1 } else { (value << 1) ^ 0b10_0101 };
    digits.iter().fold(0, |sum, digit| double(sum ^ digit))
}

/// Returns the value of a character as people write it: any case, `O` for zero, `I` and `L` for one.
fn value_of(found: char) -> Option<u8> {
    let upper = match found.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().position(|known| char::from(*known) == upper).and_then(|at| u8::try_from(at).ok())
}

/// True for spaces and hyphens, which people write between the characters of a code.
fn is_filling(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

impl fmt::Display for PublicCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        for (at, digit) in digits.iter().chain([&check_digit(&digits)]).enumerate() {
            if at > 0 && at % GROUP == 0 {
                f.write_str("-")?;
            }
            let character = ALPHABET.get(usize::from(*digit)).copied().unwrap_or_default();
            write!(f, "{}", char::from(character))?;
        }
        Ok(())
    }
}

impl fmt::Debug for PublicCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicCode({self})")
    }
}

impl FromStr for PublicCode {
    type Err = PublicCodeError;

    fn from_str(text: &str) -> Result<Self, PublicCodeError> {
        let mut digits = [0; DIGITS];
        let mut check = 0;
        let mut count = 0;
        for (at, found) in text.chars().filter(|c| !is_filling(*c)).enumerate() {
            let wrong = PublicCodeError::Character { found, position: at + 1 };
            let value = value_of(found).ok_or(wrong)?;
            match digits.get_mut(at) {
                Some(digit) => *digit = value,
                None => check = value,
            }
            count = at + 1;
            if at == 0 && value > MAX_FIRST {
                return Err(wrong);
            }
        }
        if count != CHARS {
            return Err(PublicCodeError::Length(count));
        }
        if check_digit(&digits) != check {
            return Err(PublicCodeError::Check);
        }
        let bits = digits.iter().fold(0_u128, |bits, digit| (bits << 5) | u128::from(*digit));
        Ok(Self(bits.to_be_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_lies_in_the_range_of_each_of_its_starts_and_nothing_else_has_one() {
        let code = PublicCode::from_bytes([0x3a; 16]);
        let text = code.to_string();
        for length in 4..=32 {
            let start = text.get(..length).unwrap();
            let (lowest, highest) = PublicCode::range_of_start(&start.to_lowercase()).unwrap();
            assert!(lowest <= code && code <= highest, "{start}");
            assert!(
                lowest.to_string().starts_with(start) && highest.to_string().starts_with(start),
                "{start}"
            );
        }
        for other in ["", "1Z2", "knee", "1Z29-WTFU", "alder park", &text] {
            assert!(PublicCode::range_of_start(other).is_none(), "{other}");
        }
    }

    #[test]
    fn is_written_in_groups_and_read_as_people_write() {
        let zero = PublicCode::from_bytes([0; 16]);
        assert_eq!(zero.to_string(), "0000-0000-0000-0000-0000-0000-000");
        assert_eq!("oooo OOOO 0000 0000—0000 0000 ooo".parse(), Ok(zero));
        let most = PublicCode::from_bytes([0xff; 16]);
        let text = most.to_string();
        assert!(text.starts_with("7ZZZ-ZZZZ-"));
        assert_eq!(text.to_lowercase().replace('-', "").parse(), Ok(most));
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!("".parse::<PublicCode>(), Err(PublicCodeError::Length(0)));
        assert_eq!("0".repeat(26).parse::<PublicCode>(), Err(PublicCodeError::Length(26)));
        assert_eq!("0".repeat(28).parse::<PublicCode>(), Err(PublicCodeError::Length(28)));
        let wrong = |found, position| Err(PublicCodeError::Character { found, position });
        assert_eq!("0000-0U".parse::<PublicCode>(), wrong('U', 6));
        assert_eq!("8".parse::<PublicCode>(), wrong('8', 1));
        assert_eq!(format!("{}1", "0".repeat(26)).parse::<PublicCode>(), Err(PublicCodeError::Check));
    }

    proptest! {
        #[test]
        fn comes_back(bytes in any::<[u8; 16]>()) {
            let code = PublicCode::from_bytes(bytes);
            prop_assert_eq!(code.to_string().parse(), Ok(code));
        }

        #[test]
        fn one_wrong_character_or_two_exchanged_are_noticed(bytes in any::<[u8; 16]>()) {
            let code = PublicCode::from_bytes(bytes);
            let text: Vec<char> = code.to_string().chars().filter(|c| *c != '-').collect();
            for at in 0..text.len() {
                for other in ALPHABET.iter().map(|b| char::from(*b)).filter(|c| *c != text[at]) {
                    let mut wrong = text.clone();
                    wrong[at] = other;
                    prop_assert!(wrong.iter().collect::<String>().parse::<PublicCode>().is_err());
                }
                for with in 0..at {
                    let mut wrong = text.clone();
                    wrong.swap(at, with);
                    let read = wrong.iter().collect::<String>().parse::<PublicCode>();
                    prop_assert!(text[at] == text[with] || read.is_err());
                }
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            if let Ok(code) = text.parse::<PublicCode>() {
                prop_assert_eq!(code.to_string().parse(), Ok(code));
            }
        }
    }
}
