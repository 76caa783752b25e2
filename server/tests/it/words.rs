//! What people read: an error names its field, a form calls its fields as the errors do, and sentences that were mended stay away.

use std::fs;

use contracts::validate::field_label;
use serde_json::Value;

use crate::house_rules::{root, sources};

/// Sentences and words that readers stumbled over; what stands there instead is in the code.
const GONE: &[&str] = &[
    "a machine; nobody reads",
    "Allow any price",
    "Another tab of this browser",
    "Anybody may",
    "Apply the columns",
    "As at first",
    "as it stands now",
    "Ask every provider",
    "Asked when you opened",
    "Available without limit",
    "begins so",
    "Breakdown, ",
    "Bring it back",
    "Cannot be read",
    "cannot be read at",
    "Choose all on this page",
    "Columns and rows",
    "Copies give no further right",
    "Daily business",
    "Empty: no limit",
    "Enter a value.",
    "forgotten entries",
    "Given by",
    "Hand this link",
    "has 2 digits after",
    "in volume",
    "is listed already",
    "is planted",
    "It is gone for everybody",
    "Its id.",
    "Keep it",
    "keep the paper",
    "Kind of thing",
    "laptop's default",
    "Leave them as they are",
    "look first whether",
    "Look in the market",
    "look whether",
    "Make an invitation link",
    "messages failed too often",
    "Money that cannot be placed",
    "No record fits",
    "Nobody stands in this state",
    "None added. Prices are final",
    "None chosen",
    "nothing is reserved before",
    "Nothing of yours is lost",
    "Nothing was recorded",
    "of whose price a part",
    "Present password",
    "Put a service into",
    "Put aside",
    "Redeem before",
    "Retire for good",
    "Rows on a page",
    "Save for whom it opens",
    "Show services with any words",
    "Show the figures",
    "Sign up your organisation",
    "signature does not hold",
    "Signed rights",
    "So many services fit",
    "Somebody else has",
    "Start again from the first page",
    "Take everything out",
    "The answer took too long",
    "The last owner stays",
    "The money is in",
    "There is no such page",
    "This is no cursor",
    "This is none of the choices",
    "Throw it away",
    "unless another is asked",
    "Use at least",
    "What it does",
    "What you have typed",
    "wherever and whenever it is scanned",
    "Who calls is told",
    "You hand over the link",
    "You now act",
    "You sign in with it",
];

/// The source texts of everything that speaks to people: path and code without comments and without the tests at its end.
fn spoken() -> Vec<(String, String)> {
    let rooms = [
        "app/src",
        "crates/contracts/src",
        "crates/services/src",
        "crates/sandbox-gateway/src",
        "server/src",
    ];
    let code = |text: &str| {
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    };
    rooms
        .iter()
        .flat_map(|room| sources(&root().join(room)))
        .map(|path| (path.display().to_string(), code(&fs::read_to_string(&path).unwrap())))
        .collect()
}

#[test]
fn mended_sentences_do_not_come_back() {
    let api = fs::read_to_string(root().join("docs/openapi.json")).unwrap();
    let texts = spoken().into_iter().chain([("docs/openapi.json".to_owned(), api)]);
    let found: Vec<_> = texts
        .flat_map(|(path, text)| {
            GONE.iter()
                .filter(|gone| text.contains(**gone))
                .map(|gone| format!("{path}: {gone}"))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The text literals at the start of `code`, which follows an opening bracket, with only white space, commas and a reference between.
fn literals(code: &str, most: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while found.len() < most {
        let Some(opened) = rest.trim_start_matches([' ', '\n', ',', '&']).strip_prefix('"') else { break };
        let Some((text, after)) = opened.split_once('"') else { break };
        found.push(text.to_owned());
        rest = after;
    }
    found
}

/// Whether a reason says which field it is about: by the first word of its name, in whatever form ("categories" for "category").
fn names(field: &str, reason: &str) -> bool {
    let label = field_label(field).to_lowercase();
    let stem: String = label.split(' ').next().unwrap_or_default().chars().take(4).collect();
    reason.to_lowercase().contains(&stem)
}

#[test]
fn an_error_that_is_written_out_names_its_field() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (path, text) in spoken() {
        for opening in ["invalid_field(", "FieldErrors::one(", "errors.add("] {
            for call in text.split(opening).skip(1) {
                if let [field, reason] = literals(call, 2).as_slice() {
                    seen += 1;
                    if !names(field, reason) {
                        wrong.push(format!("{path}: {field}: {reason}"));
                    }
                }
            }
        }
    }
    assert!(seen > 20, "only {seen} errors were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_form_calls_its_fields_as_the_errors_do() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (path, text) in spoken().into_iter().filter(|(path, _)| path.contains("app/src/features")) {
        for field in text.split(" name=\"").skip(1) {
            let Some((name, rest)) = field.split_once('"') else { continue };
            let tag = rest.split("/>").next().unwrap_or_default();
            let Some(label) = ["label=\"", "legend=\""].iter().find_map(|key| tag.split_once(key)) else {
                continue;
            };
            let label = label.1.split('"').next().unwrap_or_default();
            seen += 1;
            if !names(name, label) {
                wrong.push(format!(
                    "{path}: {name} is {label:?} on the page and {:?} in errors",
                    field_label(name)
                ));
            }
        }
    }
    assert!(seen > 20, "only {seen} fields were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
/// Every text of the document that a reader sees.
fn collect_descriptions(value: &Value, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                if let (true, Some(text)) =
                    (matches!(key.as_str(), "description" | "summary"), inner.as_str())
                {
                    found.push((at.to_owned(), text.to_owned()));
                }
                collect_descriptions(inner, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_descriptions(item, at, found)),
        _ => {}
    }
}

#[test]
fn the_api_describes_itself_in_sentences_not_in_questions() {
    let api: Value =
        serde_json::from_str(&fs::read_to_string(root().join("docs/openapi.json")).unwrap()).unwrap();
    let mut all = Vec::new();
    collect_descriptions(&api, "", &mut all);
    assert!(all.len() > 100);
    let riddles: Vec<_> = all
        .iter()
        .filter(|(_, text)| {
            ["Who ", "What ", "Whom", "Whose", "Which ", "Where ", "When ", "Whether "]
                .iter()
                .any(|word| text.starts_with(word))
        })
        .map(|(at, text)| format!("{at}: {text}"))
        .collect();
    assert!(riddles.is_empty(), "{}", riddles.join("\n"));
}
