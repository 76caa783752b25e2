//! Parses the input of scanners and people: the text of a QR code or a public code, possibly through a foreign keyboard layout, with
//! caps lock on, or wrapped in quotes, labels and addresses. Begin with [`parse_scan`].
//!
//! A repaired text is not trusted: a certificate must still verify, and a code must still have its check character.

use crate::keys::KeySet;
use crate::public_code::{PublicCode, PublicCodeError};
use crate::signed::{PREFIX, Verified, VerifyError, verify};

/// Result of parsing a scanned, typed or pasted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scan {
    /// A public code.
    Code(PublicCode),
    /// The text of a QR code, not verified yet.
    Signed(SignedScan),
}

/// A text that is neither a public code nor the text of a certificate's QR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// It begins like the QR code of a certificate, typed through an unknown keyboard layout.
    #[error("the scanner types through another keyboard layout")]
    Layout,
    /// It is no public code; the cause says why.
    #[error(transparent)]
    Code(#[from] PublicCodeError),
}

/// Possible readings of a scanned QR code, the longest first. They differ in their end: a space or a full stop may belong to the text
/// (both are in base45's alphabet) or come from the scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedScan(Vec<String>);

impl SignedScan {
    /// Returns the first reading that verifies, with its text.
    ///
    /// # Errors
    /// Returns the [`VerifyError`] of the first reading that fails for another reason than damage; otherwise that of the longest reading.
    pub fn verify(&self, keys: &KeySet) -> Result<(Verified, &str), VerifyError> {
        let mut refused = None;
        for text in &self.0 {
            match verify(text, keys) {
                Ok(verified) => return Ok((verified, text)),
                Err(VerifyError::Damaged(part)) => {
                    refused = refused.or(Some(VerifyError::Damaged(part)));
                }
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or(VerifyError::NotOurs))
    }
}

/// Parses a public code or the text of a QR code. Removes what scanners, mail programs and spreadsheets add: zero-width characters,
/// full-width forms, an AIM symbology identifier (ISO/IEC 15424), quotes, a label such as "Code:", a full stop, and the address of
/// the check page.
///
/// # Errors
/// Returns a [`ScanError`] for a text that is neither.
pub fn parse_scan(text: &str) -> Result<Scan, ScanError> {
    let plain: String = text.chars().filter_map(narrow).collect();
    let inner = query_code(&plain).unwrap_or(plain);
    let inner = inner.trim_start_matches(is_wrapping);
    let inner = strip_label(strip_symbology(inner)).trim_start_matches(is_wrapping);
    let readings = LAYOUTS.iter().map(|layout| layout.readings(inner)).find(|readings| !readings.is_empty());
    if let Some(readings) = readings {
        return Ok(Scan::Signed(SignedScan(readings)));
    }
    if inner.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("HCTS")) {
        return Err(ScanError::Layout);
    }
    Ok(Scan::Code(inner.trim_end_matches(is_wrapping).parse()?))
}

/// Returns the ordinary form of a character; `None` for one without width.
fn narrow(c: char) -> Option<char> {
    match c {
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}' => None,
        '\u{3000}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => Some(' '),
        // full-width forms of `!` to `~`
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        other => Some(other),
    }
}

/// True for characters that surround a code without being part of it: white space, quotes, brackets, a full stop.
fn is_wrapping(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '"' | '\'' | '`' | '´' | '.' | ',' | ';' | '<' | '>' | '[' | '(' | ')')
        || matches!(c, '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}' | '\u{2039}' | '\u{203a}')
}

/// Removes the three characters by which a scanner names the kind of symbol, such as `]Q1`.
fn strip_symbology(text: &str) -> &str {
    let mut chars = text.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some(']'), Some(kind), Some(modifier))
            if kind.is_ascii_alphabetic() && modifier.is_ascii_digit() =>
        {
            chars.as_str().trim_start_matches(is_wrapping)
        }
        _ => text,
    }
}

/// Removes a label before the code. No code begins with one: its first character is a digit from 0 to 7.
fn strip_label(text: &str) -> &str {
    const LABELS: [&str; 4] = ["certificate code", "certificate number", "certificate", "code"];
    LABELS
        .iter()
        .find_map(|label| text.get(..label.len()).filter(|start| start.eq_ignore_ascii_case(label)))
        .map_or(text, |label| {
            text.get(label.len()..).unwrap_or_default().trim_start_matches([' ', ':', '#', '=', '\t', '.'])
        })
}

/// Returns the `code` parameter of an address of this site: `…/check?code=…` or `…#code=…`.
fn query_code(text: &str) -> Option<String> {
    const NAME: &str = "code=";
    let start = text.find(['?', '#'])?;
    let pairs = text.get(start + 1..)?;
    let value = pairs.split(['&', '#']).find_map(|pair| pair.strip_prefix(NAME))?;
    let spaced = value.trim_end().replace('+', " ");
    Some(percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
}

/// A keyboard layout: the characters it produces where a scanner set to the American layout presses the keys of a QR code's text.
struct Layout {
    /// One character for each character of [`ALPHABET`], in its order.
    writes: &'static str,
}

/// The characters of a QR code's alphanumeric mode (ISO/IEC 18004), which base45 uses (RFC 9285).
const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Known layouts, the American first. Where a dead key waits for a second letter, the accent itself is listed.
const LAYOUTS: [Layout; 6] = [
    Layout { writes: ALPHABET },
    // German, Austrian
    Layout { writes: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXZY $%(`ß.-Ö" },
    // Swiss
    Layout { writes: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXZY Ç%(`'.-É" },
    // French
    Layout { writes: "À&É\"'(-È_ÇQBCDEFGHIJKL?NOPARSTUVZXYW 458+):!M" },
    // Spanish
    Layout { writes: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%(¿'.-Ñ" },
    // Italian
    Layout { writes: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%(^'.-Ç" },
];

impl Layout {
    /// Returns the text as the scanner meant it; `None` unless it then begins like the text of a certificate.
    fn read(&self, typed: &str) -> Option<String> {
        let mut read = String::with_capacity(typed.len());
        for (at, c) in typed.chars().enumerate() {
            match self.key_of(c) {
                Some(meant) => read.push(meant),
                None => read.push_str(split_accent(c)?),
            }
            if at + 1 == PREFIX.len() && read != PREFIX {
                return None;
            }
        }
        read.starts_with(PREFIX).then_some(read)
    }

    /// Returns the possible readings, the longest first: the whole text, then without characters that a scanner may have added at the end.
    /// Empty when another layout was used.
    fn readings(&self, typed: &str) -> Vec<String> {
        let ends: [fn(char) -> bool; 3] =
            [|c| matches!(c, '\r' | '\n' | '\t'), |c| is_wrapping(c) && !matches!(c, ' ' | '.'), is_wrapping];
        let mut readings: Vec<String> =
            ends.iter().filter_map(|end| self.read(typed.trim_end_matches(end))).collect();
        readings.dedup();
        readings
    }

    /// Returns the character whose key produces `c`, in either case, because caps lock swaps the cases.
    fn key_of(&self, c: char) -> Option<char> {
        let upper = if c == 'ß' || c == 'ẞ' { 'ß' } else { c.to_uppercase().next().unwrap_or(c) };
        self.writes
            .chars()
            .zip(ALPHABET.chars())
            .find(|(written, _)| *written == upper)
            .map(|(_, meant)| meant)
    }
}

/// Returns the two characters of a letter with a grave accent or a circumflex: the dead key of `+` combined with the next letter.
fn split_accent(c: char) -> Option<&'static str> {
    Some(match c.to_uppercase().next()? {
        'À' | 'Â' => "+A",
        'È' | 'Ê' => "+E",
        'Ì' | 'Î' => "+I",
        'Ò' | 'Ô' => "+O",
        'Ù' | 'Û' => "+U",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CODE: &str = "0000-0000-0000-0000-0000-0000-000";

    fn readings(text: &str) -> Vec<String> {
        match parse_scan(text) {
            Ok(Scan::Signed(scan)) => scan.0,
            other => panic!("{text}: {other:?}"),
        }
    }

    /// Returns the text that a keyboard with this layout produces for `text`.
    fn typed_through(layout: &Layout, text: &str) -> String {
        let written =
            |c| ALPHABET.chars().zip(layout.writes.chars()).find(|(meant, _)| *meant == c).unwrap().1;
        text.chars().map(written).collect()
    }

    #[test]
    fn each_keyboard_writes_one_character_for_each_key() {
        for layout in &LAYOUTS {
            let distinct: std::collections::BTreeSet<char> = layout.writes.chars().collect();
            assert_eq!(distinct.len(), ALPHABET.len(), "{}", layout.writes);
        }
    }

    #[test]
    fn a_code_is_read_in_whatever_wrapping_it_comes() {
        let code = Ok(Scan::Code(CODE.parse().unwrap()));
        for text in [
            CODE.to_owned(),
            format!("  {CODE}\t"),
            format!("\u{feff}{CODE}\r\n"),
            CODE.replace('-', "\u{200b}-\u{ad}"),
            CODE.chars().map(|c| if c == '0' { '０' } else { c }).collect(),
            format!("\"{CODE}\""),
            format!("„{CODE}“."),
            format!("'{CODE}"),
            format!("Code: {CODE}"),
            format!("certificate number {CODE}"),
            format!("CODE\t{CODE}"),
            format!("<https://market.example/check?code={CODE}>"),
            format!("https://market.example/check?proof=1&code={CODE}&x=2"),
            format!("https://market.example/check#code={CODE}"),
            format!("]Q1{CODE}"),
        ] {
            assert_eq!(parse_scan(&text), code, "{text:?}");
        }
    }

    #[test]
    fn a_scanners_text_is_read_through_each_keyboard_with_and_without_caps_lock() {
        let text = format!("{PREFIX}YZ-A/W*Q+%$ M.:0123456789");
        for layout in &LAYOUTS {
            let typed = typed_through(layout, &text);
            for typed in [typed.clone(), format!("]Q1{typed}\t"), format!("{typed}\r\n")] {
                assert_eq!(readings(&typed), std::slice::from_ref(&text), "{typed}");
            }
        }
        assert_eq!(readings(&text.to_lowercase()), std::slice::from_ref(&text));
        let german = typed_through(&LAYOUTS[1], &text).replace("ß", "ẞ").to_lowercase();
        assert_eq!(readings(&german), std::slice::from_ref(&text), "{german}");
        assert_eq!(readings("HCTS1ÖAÈ`B"), ["HCTS1:A+E+B"]);
    }

    #[test]
    fn a_space_or_full_stop_at_the_end_may_belong_to_the_text() {
        assert_eq!(readings("HCTS1:AB "), ["HCTS1:AB ", "HCTS1:AB"]);
        assert_eq!(readings("\"HCTS1:AB.\""), ["HCTS1:AB.", "HCTS1:AB"]);
        assert_eq!(readings("https://market.example/check?code=HCTS1%3AA%2BB+C"), ["HCTS1:A+B C"]);
    }

    #[test]
    fn what_is_neither_says_why() {
        assert_eq!(parse_scan(""), Err(ScanError::Code(PublicCodeError::Length(0))));
        assert_eq!(parse_scan("HCTS1éAB"), Ok(Scan::Signed(SignedScan(vec!["HCTS1:AB".to_owned()]))));
        assert_eq!(parse_scan("HCTS1çéAB_"), Err(ScanError::Layout));
        assert_eq!(parse_scan("hcts"), Err(ScanError::Layout));
        let missing = CODE.trim_end_matches('0').trim_end_matches('-');
        assert!(matches!(parse_scan(missing), Err(ScanError::Code(PublicCodeError::Length(_)))));
    }

    proptest! {
        #[test]
        fn every_text_of_a_qr_code_comes_back_through_every_keyboard(text in "[0-9A-Z $%*+./:-]{0,60}") {
            let text = format!("{PREFIX}{text}");
            for layout in &LAYOUTS {
                let readings = readings(&typed_through(layout, &text));
                prop_assert_eq!(readings.first(), Some(&text));
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = parse_scan(&text);
        }
    }
}
