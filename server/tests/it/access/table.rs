//! The table beside this file, read.

use std::collections::BTreeMap;

use contracts::permission::Permission;

/// What a row asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// Nothing.
    Anybody,
    /// The payment provider's signature.
    Signature,
    /// A permission of the policy.
    Permission(Permission),
    /// The one or the other of two, by the caller's role.
    Either(Permission, Permission),
}

/// What holders of the right get who are not meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    /// This status.
    Refused(u16),
    /// Their own things.
    Own,
    /// There are none, or they act on themselves.
    Untried,
}

/// One door.
#[derive(Debug)]
pub(crate) struct Row {
    /// `POST /rpc/cart_add`.
    pub(crate) door: String,
    /// Whether success changes something.
    pub(crate) writes: bool,
    pub(crate) right: Right,
    /// Whether an unverified organisation is refused.
    pub(crate) verified: bool,
    /// Kinds of organisation, or `newcomer`.
    pub(crate) parties: Vec<String>,
    pub(crate) others: Others,
    /// Kind, level, `visitor` or `done` → status.
    pub(crate) exceptions: BTreeMap<String, u16>,
    /// With the fixture's names still in it.
    pub(crate) request: String,
}

const TABLE: &str = include_str!("table.md");

/// The rows under one heading.
pub(crate) fn section(heading: &str) -> Vec<Row> {
    let marker = format!("## {heading}\n");
    let (_, rest) = TABLE.split_once(&marker).unwrap_or_else(|| panic!("no section {heading}"));
    let body = rest.split("\n## ").next().unwrap();
    body.lines().filter(|line| line.starts_with("| POST ") || line.starts_with("| GET ")).map(read).collect()
}

/// Every heading.
pub(crate) fn sections() -> Vec<&'static str> {
    TABLE.lines().filter_map(|line| line.strip_prefix("## ")).collect()
}

fn read(line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [door, effect, right, parties, others, request] = cells[..] else { panic!("six cells: {line}") };
    let (right, verified) = match right.split_once(',') {
        Some((right, word)) => (right, word.trim() == "verified"),
        None => (right, false),
    };
    let mut outcomes = others.split_whitespace();
    let others = match outcomes.next().unwrap() {
        "own" => Others::Own,
        "-" => Others::Untried,
        status => Others::Refused(status.parse().unwrap_or_else(|_| panic!("no status: {line}"))),
    };
    let exception = |text: &str| {
        let (who, status) = text.split_once(':').unwrap_or_else(|| panic!("no exception: {line}"));
        (who.to_owned(), status.parse().unwrap())
    };
    Row {
        door: door.to_owned(),
        writes: match effect {
            "reads" => false,
            "writes" => true,
            _ => panic!("neither reads nor writes: {line}"),
        },
        right: match right {
            "anybody" => Right::Anybody,
            "signature" => Right::Signature,
            words => {
                let right = |word: &str| -> Permission {
                    word.parse().unwrap_or_else(|_| panic!("no right: {line}"))
                };
                match words.split_once(" or ") {
                    Some((one, other)) => Right::Either(right(one), right(other)),
                    None => Right::Permission(right(words)),
                }
            }
        },
        verified,
        parties: parties.split_whitespace().filter(|word| *word != "-").map(ToOwned::to_owned).collect(),
        others,
        exceptions: outcomes.map(exception).collect(),
        request: request.to_owned(),
    }
}
