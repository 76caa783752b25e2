//! Fields that the browser handles in a way nobody wants.

use std::fs;

use super::{root, sources};

/// Whether a source makes a number field of the browser's: the wheel over one that has the focus changes the number, and a comma in it is
/// thrown away. Numbers are text fields with `inputmode`, read by `contracts::typed_number`.
fn has_number_field(source: &str) -> bool {
    let code: String = source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    ["type=\"number\"", "type=\"range\"", "=>\"number\"", "\"type\",\"number\"", "InputKind::Number"]
        .iter()
        .any(|way| code.contains(way))
}

#[test]
fn a_number_field_of_the_browser_is_found() {
    for planted in [
        "view! { <input type=\"number\" name=\"quantity\"/> }",
        "view! { <input\n    type = \"number\"\n/> }",
        "match kind { Self::Units => \"number\", _ => \"text\" }",
        "input.set_attribute(\"type\", \"number\")",
    ] {
        assert!(has_number_field(planted), "{planted}");
    }
    for harmless in [
        "// never type=\"number\"",
        "view! { <input type=\"text\" inputmode=\"numeric\"/> }",
        "PurchaseColumn::name(\"number\", \"Number\", |row| row)",
    ] {
        assert!(!has_number_field(harmless), "{harmless}");
    }
}

#[test]
fn numbers_are_typed_into_text_fields() {
    let mut files = sources(&root().join("app/src"));
    files.extend(sources(&root().join("server/src")));
    let found: Vec<String> = files
        .into_iter()
        .filter(|file| has_number_field(&fs::read_to_string(file).unwrap()))
        .map(|file| file.display().to_string())
        .collect();
    assert!(found.is_empty(), "a wheel changes the number: {found:#?}");
}
