//! Passwords: what makes one good enough (NIST SP 800-63B §3.1.1), and how it is kept (Argon2id).

use std::{collections::HashSet, sync::LazyLock};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{
        CustomizedPasswordHasher, Error as HashError, PasswordHasher, PasswordVerifier, phc::PasswordHash,
    },
};
use contracts::identity::Secret;

use crate::platform::{CpuLimiter, Error, Result};

/// Minimum length, in characters: the password is the only factor.
const MIN_CHARACTERS: usize = 15;
/// Maximum length, in bytes: more would only keep the hash function busy.
const MAX_BYTES: usize = 256;

/// OWASP's recommendation for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Maximum number of salts that are tried: accounts that claim one address share a salt, unless two were made in the same moment.
const MAX_SALTS: usize = 2;

/// Verified in place of the hash an unknown account does not have: the same work, and no password fits.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IHNpZ25zIGluIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A hash takes a core and 19 MiB.
static HASHING: CpuLimiter = CpuLimiter::half_the_cores();

/// Well-known bad passwords and the words they are made of, one a line.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// What fingers find by themselves.
const WALKS: &[&str] = &[
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "zaqxswcdevfrbgtnhymjukilop",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
];

/// Returns why `password` must not be used, as a sentence; `None` when it may be. `context` holds names an attacker would try first.
pub(super) fn weakness(password: &str, context: &[&str]) -> Option<&'static str> {
    if password.chars().count() < MIN_CHARACTERS {
        return Some("The password must be at least 15 characters. Try three or four unrelated words.");
    }
    if password.len() > MAX_BYTES {
        return Some("The password must be at most 256 bytes long.");
    }
    if is_common(password) {
        return Some("This password is too common and easy to guess. Choose another one.");
    }
    let bare = letters_and_digits(password);
    let named = std::iter::once("hcts")
        .chain(context.iter().copied())
        .map(letters_and_digits)
        .any(|word| word.chars().count() >= 4 && bare.contains(&word));
    named.then_some("The password must not contain your name, the first part of your e-mail address, the name of your organisation or “HCTS”.")
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_common(password: &str) -> bool {
    let bare = letters_and_digits(password);
    let unmask = |text: &str| -> String { text.to_lowercase().chars().map(unmask_char).collect() };
    // digits at the end only make a word longer; they stand for no letters there
    let headed = unmask(password.trim_end_matches(|c: char| !c.is_alphabetic()));
    let plain = unmask(password);
    few_characters(&bare)
        || is_run(&bare)
        || is_walk(&bare)
        || [bare, plain, headed].iter().any(|text| {
            let words: String = text.chars().filter(|c| c.is_alphabetic()).collect();
            COMMON.contains(words.as_str()) || is_common_repeated(&words)
        })
}

/// Returns the letter that a digit or a sign stands for.
fn unmask_char(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn few_characters(text: &str) -> bool {
    text.chars().collect::<HashSet<_>>().len() < 5
}

/// Nearly every character follows the one before it: 1234…, abcd…, 9876….
fn is_run(text: &str) -> bool {
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    let steps = codes.windows(2).filter(|pair| matches!(pair, [a, b] if a.abs_diff(*b) <= 1)).count();
    steps * 10 >= codes.len().saturating_sub(1) * 8
}

fn is_walk(text: &str) -> bool {
    WALKS.iter().any(|walk| {
        let there = walk.repeat(2);
        let back: String = there.chars().rev().collect();
        there.contains(text) || back.contains(text)
    })
}

/// A listed word, or up to four letters, again and again.
fn is_common_repeated(words: &str) -> bool {
    let length = words.chars().count();
    if length == 0 {
        return true;
    }
    (1..=length / 2).filter(|unit| length.is_multiple_of(*unit)).any(|unit| {
        let head: String = words.chars().take(unit).collect();
        (unit <= 4 || COMMON.contains(head.as_str())) && head.repeat(length / unit) == words
    })
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(hash_failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_failed(cause: impl std::fmt::Display) -> Error {
    Error::internal(format!("Argon2: {cause}"))
}

/// The password as it is stored: a PHC string. Takes the salt of `beside` over, a hash of the same account or of another one that claims
/// the same address: a password is then compared with all of them by computing one hash, however many there are.
pub(super) async fn hash(password: Secret, beside: Option<String>) -> Result<String> {
    HASHING
        .run(move || {
            let beside = beside.as_deref().map(PasswordHash::new).transpose().map_err(hash_failed)?;
            let (argon2, password) = (argon2()?, password.expose().as_bytes());
            let hash = match beside.and_then(|beside| beside.salt) {
                Some(salt) => argon2.hash_password_with_salt(password, &salt),
                None => argon2.hash_password(password),
            };
            Ok(hash.map_err(hash_failed)?.to_string())
        })
        .await
}

/// Which of the stored hashes `password` belongs to: the first one in their order. One computation serves all that share a salt, and at
/// most [`MAX_SALTS`] are made; where nothing is stored one is made for nothing, so that the answer takes as long.
pub(super) async fn find_match(password: Secret, stored: Vec<String>) -> Result<Option<usize>> {
    if password.expose().len() > MAX_BYTES {
        return Ok(None);
    }
    HASHING
        .run(move || {
            let password = password.expose().as_bytes();
            if stored.is_empty() {
                compute_hash(password, &PasswordHash::new(NOBODY).map_err(hash_failed)?)?;
                return Ok(None);
            }
            let mut known: Vec<PasswordHash> = Vec::with_capacity(MAX_SALTS);
            for (position, text) in stored.iter().enumerate() {
                let expected = PasswordHash::new(text).map_err(hash_failed)?;
                let made =
                    known.iter().find(|made| made.salt == expected.salt && made.params == expected.params);
                let made = match made {
                    Some(made) => made.clone(),
                    None if known.len() < MAX_SALTS => {
                        let made = compute_hash(password, &expected)?;
                        known.push(made.clone());
                        made
                    }
                    None => continue,
                };
                // compared in constant time
                if made.hash.is_some() && made.hash == expected.hash {
                    return Ok(Some(position));
                }
            }
            Ok(None)
        })
        .await
}

/// Computes the hash of a password with the salt and the parameters of another hash.
fn compute_hash(password: &[u8], like: &PasswordHash) -> Result<PasswordHash> {
    let salt = like.salt.ok_or_else(|| Error::internal("a stored hash has no salt"))?;
    let params = Params::try_from(like).map_err(hash_failed)?;
    let algorithm = Some(like.algorithm.as_str());
    argon2()?.hash_password_customized(password, &salt, algorithm, like.version, params).map_err(hash_failed)
}

/// Whether `password` belongs to `stored`. Takes the same time where there is nothing stored.
pub(super) async fn verify(password: Secret, stored: Option<String>) -> Result<bool> {
    if password.expose().len() > MAX_BYTES {
        return Ok(false);
    }
    HASHING
        .run(move || {
            let stored = stored.as_deref().unwrap_or(NOBODY);
            match argon2()?.verify_password(password.expose().as_bytes(), stored) {
                Ok(()) => Ok(true),
                Err(HashError::PasswordInvalid) => Ok(false),
                Err(cause) => Err(hash_failed(cause)),
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_uncommon_passwords_pass_whatever_they_are_made_of() {
        for good in [
            "plum tractor eleven fog",
            "aubergine-kayak-solstice",
            "     wide open fjord     ",
            "mesa vierzehn 木 🌋 lampe",
            "vkq8 zt3m wpx5 hj2n",
            "ZEITGEIST UNTER DEM APFELBAUM",
        ] {
            assert_eq!(weakness(good, &["St. Elmo Clinic", "ada"]), None, "{good}");
        }
    }

    #[test]
    fn short_long_common_and_named_passwords_do_not() {
        for bad in [
            "fourteen chars",
            "passwordpassword",
            "P@ssw0rd1234567890",
            "123456789012345678",
            "aaaaaaaaaaaaaaaa",
            "abcdefghijklmnop",
            "qwertyuiopasdfghjkl",
            "1qaz2wsx3edc4rfv",
            "letmein!letmein!letmein",
            "Correct Horse Battery Staple",
            "hospital 2026 2026 2026",
            "my hcts pass phrase",
            "the st elmo clinic door",
            "ada.lovelace knows it",
        ] {
            assert!(weakness(bad, &["St. Elmo Clinic", "ada.lovelace"]).is_some(), "{bad}");
        }
        assert!(weakness(&"plum tractor eleven fog ".repeat(20), &[]).is_some());
    }

    #[tokio::test]
    async fn what_was_hashed_verifies_exactly_and_nobody_never_does() {
        let stored = hash("plum tractor eleven fog ".into(), None).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("plum tractor eleven fog ".into(), Some(stored.clone())).await.unwrap());
        assert!(!verify("plum tractor eleven fog".into(), Some(stored)).await.unwrap());
        assert!(!verify("plum tractor eleven fog ".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_password_finds_its_account_among_the_claims_of_an_address() {
        let first = hash("plum tractor eleven fog".into(), None).await.unwrap();
        let second = hash("walnut barge fifteen sky".into(), Some(first.clone())).await.unwrap();
        let apart = hash("saddle orchid quarry".into(), None).await.unwrap();
        let salt = |hash: &str| PasswordHash::new(hash).unwrap().salt;
        assert!(salt(&first) == salt(&second) && salt(&first) != salt(&apart) && first != second);
        let find = async |password: &str, stored: &[&String]| {
            let stored = stored.iter().map(|hash| (*hash).clone()).collect();
            find_match(password.into(), stored).await.unwrap()
        };
        let all = [&first, &second, &apart];
        assert_eq!(find("plum tractor eleven fog", &all).await, Some(0));
        assert_eq!(find("walnut barge fifteen sky", &all).await, Some(1));
        assert_eq!(find("saddle orchid quarry", &all).await, Some(2));
        assert_eq!(find("none of the three of them", &all).await, None);
        assert_eq!(find("plum tractor eleven fog", &[]).await, None);
    }
}
