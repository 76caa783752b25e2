//! Test cards and validation of the payer's input. Card numbers are not stored: only brand and last four digits are kept.

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};

/// Behaviour of a test card when it is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// The payment is captured.
    Approve,
    /// The payment fails with this code.
    Decline(FailureCode),
    /// The bank asks the payer to confirm.
    Authenticate,
    /// The provider fails while charging; later the payment turns out to be captured.
    DownCharged,
    /// The provider fails; later the payment turns out not to be captured.
    DownNotCharged,
    /// The bank does not answer: the payment stays `processing` until the control API sets its outcome or it expires.
    NeverAnswers,
}

/// Reason why a payment failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The bank declined without a reason.
    CardDeclined,
    /// The account has insufficient funds.
    InsufficientFunds,
    /// The card has expired.
    ExpiredCard,
    /// The payer failed the bank's challenge.
    AuthenticationFailed,
    /// The provider failed before charging.
    ProviderUnavailable,
}

/// A test card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestCard {
    /// Sixteen digits with a valid Luhn check digit.
    pub number: &'static str,
    /// Card network.
    pub brand: &'static str,
    /// Behaviour in words, as the hosted page shows it.
    pub label: &'static str,
    /// Behaviour.
    pub behaviour: Behaviour,
}

impl TestCard {
    /// Returns the last four digits, the only part of the number that is stored.
    pub fn last4(&self) -> &'static str {
        self.number.get(12..).unwrap_or(self.number)
    }
}

const fn card(
    number: &'static str,
    brand: &'static str,
    label: &'static str,
    behaviour: Behaviour,
) -> TestCard {
    TestCard { number, brand, label, behaviour }
}

/// All test cards.
pub const CARDS: [TestCard; 9] = [
    card("4242424242424242", "visa", "Approved, Visa", Behaviour::Approve),
    card("5555555555554444", "mastercard", "Approved, Mastercard", Behaviour::Approve),
    card("4000002500003155", "visa", "Bank asks the payer to confirm", Behaviour::Authenticate),
    card("4000000000000002", "visa", "Declined", Behaviour::Decline(FailureCode::CardDeclined)),
    card(
        "4000000000009995",
        "visa",
        "Declined: insufficient funds",
        Behaviour::Decline(FailureCode::InsufficientFunds),
    ),
    card("4000000000000069", "visa", "Declined: card expired", Behaviour::Decline(FailureCode::ExpiredCard)),
    card("4000000000000119", "visa", "Provider error after charging", Behaviour::DownCharged),
    card("4000000000000127", "visa", "Provider error before charging", Behaviour::DownNotCharged),
    card("4000000000000341", "visa", "Bank never answers", Behaviour::NeverAnswers),
];

/// Returns the test card with this number; spaces and hyphens are ignored. `Err` is the message for the payer.
pub fn find(typed: &str) -> Result<&'static TestCard, &'static str> {
    let digits: String = typed.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if digits.is_empty() {
        return Err("Enter a card number.");
    }
    if !(12..=19).contains(&digits.len()) || !luhn(&digits) {
        return Err("The card number is not valid. Check the digits.");
    }
    CARDS
        .iter()
        .find(|card| card.number == digits)
        .ok_or("The sandbox accepts test card numbers only. Never enter a real card here.")
}

/// True when the digits satisfy the check digit rule of ISO/IEC 7812-1.
fn luhn(digits: &str) -> bool {
    let mut sum = 0;
    for (index, digit) in digits.chars().rev().enumerate() {
        let Some(value) = digit.to_digit(10) else { return false };
        sum += match index % 2 {
            0 => value,
            _ if value > 4 => value * 2 - 9,
            _ => value * 2,
        };
    }
    sum % 10 == 0
}

/// Validates an expiry date `MM/YY`; refuses a past month. `Err` is the message for the payer.
pub(crate) fn check_expiry(typed: &str, now: DateTime<Utc>) -> Result<(), &'static str> {
    const SHAPE: &str = "Enter the expiry date as MM/YY, for example 09/31.";
    let (month, year) = typed.trim().split_once('/').ok_or(SHAPE)?;
    let (month, year) = (month.trim(), year.trim());
    if month.len() > 2 || year.len() != 2 {
        return Err(SHAPE);
    }
    let month: u32 = month.parse().map_err(|_| SHAPE)?;
    let year: i32 = year.parse().map_err(|_| SHAPE)?;
    if !(1..=12).contains(&month) || year < 0 {
        return Err(SHAPE);
    }
    if (2000 + year, month) < (now.year(), now.month()) {
        return Err("This card has expired.");
    }
    Ok(())
}

/// Validates a security code of three or four digits. `Err` is the message for the payer.
pub(crate) fn check_cvc(typed: &str) -> Result<(), &'static str> {
    let typed = typed.trim();
    if (3..=4).contains(&typed.len()) && typed.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    Err("Enter the security code: 3 or 4 digits.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_card_passes_the_check_digit_and_is_found() {
        for card in &CARDS {
            assert!(luhn(card.number), "{}", card.number);
            assert_eq!(find(card.number), Ok(card));
            assert_eq!(card.last4().len(), 4);
        }
        assert_eq!(find("4242 4242-4242 4242").unwrap().behaviour, Behaviour::Approve);
    }

    #[test]
    fn other_numbers_are_refused_with_a_reason() {
        assert!(find("").unwrap_err().contains("Enter"));
        assert!(find("4242424242424241").unwrap_err().contains("Check the digits"));
        assert!(find("4242abcd42424242").is_err());
        assert!(find("4111111111111111").unwrap_err().contains("test card numbers only"));
    }

    #[test]
    fn expiry_is_good_until_the_end_of_its_month() {
        let now = DateTime::parse_from_rfc3339("2026-11-30T23:00:00Z").unwrap().to_utc();
        assert_eq!(check_expiry("11/26", now), Ok(()));
        assert_eq!(check_expiry(" 1 / 27 ", now), Ok(()));
        assert_eq!(check_expiry("10/26", now), Err("This card has expired."));
        for wrong in ["", "13/30", "00/30", "1230", "12/2030", "+1/-1"] {
            assert!(check_expiry(wrong, now).is_err(), "{wrong}");
        }
    }
}
