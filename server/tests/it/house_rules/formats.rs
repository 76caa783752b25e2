//! Amounts and sentences on screen are written by the page, in the reader's format: services hand over values.

use std::fs;

use super::{root, sources};

/// Files that write amounts in English: messages of errors, which the API answers as well, and words of records, know no reader.
const ENGLISH: [&str; 4] = [
    "crates/contracts/src/money.rs",
    "crates/contracts/src/catalog/pricing.rs",
    "crates/services/src/compliance/audit_words.rs",
    "crates/services/src/orders/place.rs",
];

#[test]
fn amounts_are_written_in_the_format_of_the_reader() {
    let mut breaches = Vec::new();
    for folder in ["app/src", "crates/services/src", "crates/contracts/src", "server/src"] {
        for file in sources(&root().join(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            let is_allowed = ENGLISH.iter().any(|allowed| file.ends_with(allowed));
            if text.contains(".to_english()") && !is_allowed || text.contains("Display for Money") {
                breaches.push(file);
            }
        }
    }
    assert!(breaches.is_empty(), "English amounts, which a reader of German takes for others: {breaches:#?}");
}

#[test]
fn dashboards_hand_values_to_the_page_and_no_sentences() {
    let mut breaches = Vec::new();
    for file in sources(&root().join("crates/services/src/analytics")) {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            if ["|| '", "' ||", "concat(", "concat_ws(", "to_char("].iter().any(|piece| line.contains(piece))
            {
                breaches.push(format!("{}:{}", file.display(), number + 1));
            }
        }
    }
    assert!(breaches.is_empty(), "sentences put together in SQL: {breaches:#?}");
}
