//! The reader with small hand-made files: both layouts, every refusal, and no panic for any bytes.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use icd11::{ClassKind, Completeness, Reason, Release, TabulationError, read_tabulation, read_tabulation_as};
use proptest::prelude::*;

const HEADER_2025: &str = "Foundation URI\tLinearization URI\tCode\tBlockId\tTitle\tClassKind\tDepthInKind\tIsResidual\t\
    ChapterNo\tBrowserLink\tisLeaf\tPrimary tabulation\tGrouping1\tGrouping2\tGrouping3\tGrouping4\tGrouping5\t\
    Version:2031 Mar 24 - 22:30 UTC";
const HEADER_2026: &str = "Foundation URI\tLinearization URI\tCode\tBlockId\tTitle\tClassKind\tDepthInKind\tIsResidual\t\
    ChapterNo\tBrowserLink\tisLeaf\tPrimary tabulation\tGrouping1\tGrouping2\tGrouping3\tGrouping4\tGrouping5\t\
    CodingNote\tParent\tVersion:2031 Mar 24 - 22:30 UTC";

struct Line<'a> {
    id: &'a str,
    code: &'a str,
    block: &'a str,
    title: &'a str,
    kind: &'a str,
    depth_in_kind: &'a str,
    chapter: &'a str,
    leaf: &'a str,
}

impl Line<'_> {
    fn text(&self, tail: &str) -> String {
        let Line { id, code, block, title, kind, depth_in_kind, chapter, leaf } = self;
        let residual = id.contains('/');
        let foundation = if residual { String::new() } else { format!("http://id.who.int/icd/entity/{id}") };
        let truth = if residual { "True" } else { "False" };
        let uri = format!("http://id.who.int/icd/release/11/mms/{id}");
        let link = "\"=hyperlink(\"\"https://icd.who.int/browse#1\"\",\"\"browser\"\")\"";
        format!(
            "{foundation}\t{uri}\t{code}\t{block}\t\"{title}\"\t{kind}\t{depth_in_kind}\t{truth}\t{chapter}\t{link}\t\
             {leaf}\t\t\t\t\t\t{tail}"
        )
    }
}

fn chapter<'a>(id: &'a str, number: &'a str, leaf: &'a str) -> Line<'a> {
    Line {
        id,
        code: "",
        block: "",
        title: "A chapter",
        kind: "chapter",
        depth_in_kind: "1",
        chapter: number,
        leaf,
    }
}

/// Returns a file with a block, a category, its child and a residual in chapter 01; the other chapters are empty.
fn lines(tail: &str) -> Vec<String> {
    let first = |id, code, block, title, kind, depth_in_kind, leaf| Line {
        id,
        code,
        block,
        title,
        kind,
        depth_in_kind,
        chapter: "01",
        leaf,
    };
    let mut all = vec![
        chapter("100", "01", "False").text(tail),
        first("101", "", "BlockL1-1A0", "- A block", "block", "1", "False").text(tail),
        first("102", "1A00", "", "- - A group, so to say", "category", "1", "False").text(tail),
        first("103", "1A00.0", "", "- - - A child", "category", "2", "True").text(tail),
        first("102/unspecified", "1A00.Z", "", "- - - A group, unspecified", "category", "2", "True")
            .text(tail),
    ];
    for (number, name) in (2..=26).map(|n| format!("{n:02}")).chain(["V".into(), "X".into()]).enumerate() {
        all.push(chapter(&format!("2{number:02}"), &name, "True").text(tail));
    }
    all
}

fn file(header: &str, lines: &[String]) -> Vec<u8> {
    format!("\u{feff}{header}\r\n{}\r\n", lines.join("\r\n")).into_bytes()
}

fn good() -> Vec<u8> {
    file(HEADER_2025, &lines(""))
}

fn refused(bytes: &[u8]) -> TabulationError {
    read_tabulation(bytes).unwrap_err()
}

/// Returns the refusal of the valid file with `from` replaced by `to` once.
fn altered(from: &str, to: &str) -> TabulationError {
    let text = String::from_utf8(good()).unwrap();
    assert!(text.contains(from), "{from}");
    refused(text.replacen(from, to, 1).as_bytes())
}

fn check(release: &Release) {
    assert_eq!(release.id.to_string(), "2031-03");
    assert_eq!(release.version_stamp, "2031 Mar 24 - 22:30 UTC");
    let counts = release.counts();
    assert_eq!((counts.chapters, counts.blocks, counts.categories, counts.residuals), (28, 1, 3, 1));
    let child = release.by_code(&"1A00.0".parse().unwrap()).unwrap();
    assert_eq!((child.title.as_str(), child.depth, child.ordinal), ("A child", 3, 3));
    assert_eq!(child.class_kind, ClassKind::Category);
    let residual = release.by_code(&"1A00.Z".parse().unwrap()).unwrap();
    assert!(residual.is_residual && residual.is_leaf && residual.foundation_uri.is_none());
    assert_eq!(residual.parent_uri, child.parent_uri);
    assert_eq!(residual.parent_uri.as_ref().unwrap().as_str(), "http://id.who.int/icd/release/11/mms/102");
    assert_eq!(release.entities[1].block_id.as_deref(), Some("BlockL1-1A0"));
    assert_eq!(release.entities[0].parent_uri, None);
}

#[test]
fn reads_the_layout_of_2024_and_2025() {
    check(&read_tabulation(&good()).unwrap());
    // rows of 2024 end in an additional tab
    check(&read_tabulation(&file(HEADER_2025, &lines("\t"))).unwrap());
}

#[test]
fn reads_the_layout_of_2026() {
    let mut rows = lines("\t\t");
    rows[1] = rows[1].replace(
        "\t\t\t\t\t\t\t\t",
        "\t\t\t\t\t\t\t\"a note\nin two lines\"\thttp://id.who.int/icd/entity/100",
    );
    check(&read_tabulation(&file(HEADER_2026, &rows)).unwrap());
    rows[1] = rows[1].replace("entity/100", "entity/205");
    let error = refused(&file(HEADER_2026, &rows));
    assert_eq!((error.line, error.to_string().contains("Parent")), (3, true));
}

#[test]
fn refuses_a_cut_file_wherever_it_is_cut() {
    let whole = good();
    for length in 0..whole.len() {
        assert!(read_tabulation(&whole[..length]).is_err(), "cut to {length}");
    }
    assert_eq!(refused(&whole[..whole.len() - 1]).reason, Reason::NotTerminated);
    let text = String::from_utf8(whole).unwrap();
    assert_eq!(refused(text.replace("\r\n", "\n").as_bytes()).reason, Reason::NotTerminated);
    assert_eq!(refused(&text.as_bytes()[3..]).reason, Reason::NoByteOrderMark);
}

#[test]
fn refuses_any_row_left_out_doubled_or_swapped() {
    let rows = lines("");
    for at in 0..rows.len() {
        let mut less = rows.clone();
        less.remove(at);
        // a missing leaf beside another leaf is detected only in a release of known size
        if !(3..=4).contains(&at) {
            assert!(read_tabulation(&file(HEADER_2025, &less)).is_err(), "without row {at}");
        }
        let mut twice = rows.clone();
        twice.insert(at, rows[at].clone());
        assert!(read_tabulation(&file(HEADER_2025, &twice)).is_err(), "row {at} twice");
    }
    let mut swapped = rows.clone();
    swapped.swap(1, 2);
    assert_eq!(refused(&file(HEADER_2025, &swapped)).line, 3);
}

#[test]
fn a_release_of_known_size_must_have_it() {
    let text = String::from_utf8(good()).unwrap().replace("2031 Mar", "2025 Jan");
    let error = refused(text.as_bytes());
    assert!(matches!(error.reason, Reason::RowCount { expected: 36_782, found: 32, .. }), "{error}");
    assert!(read_tabulation_as(text.as_bytes(), Completeness::Starter).is_ok());
}

#[test]
fn a_known_release_must_be_the_very_text() {
    let mut rows = lines("");
    rows.splice(
        1..5,
        (0..36_754_usize).map(|n| {
            let letter = ["A", "B", "C", "D"][n / 10_000];
            let code = format!("1{letter}{}{}.{:02}", n / 1_000 % 10, n / 100 % 10, n % 100);
            let id = (100_000 + n).to_string();
            let line = Line {
                id: &id,
                code: &code,
                block: "",
                title: "- Made up",
                kind: "category",
                depth_in_kind: "1",
                chapter: "01",
                leaf: "True",
            };
            line.text("")
        }),
    );
    let unknown = file(HEADER_2025, &rows);
    assert_eq!(read_tabulation(&unknown).unwrap().entities.len(), 36_782, "on the word of who brings it");
    let known = String::from_utf8(unknown).unwrap().replace("2031 Mar", "2025 Jan");
    let error = refused(known.as_bytes());
    assert!(matches!(error.reason, Reason::Altered { first: 1, last: 500, .. }), "{error}");
}

#[test]
fn a_part_needs_its_ancestors_but_not_all_children() {
    let mut rows = lines("");
    rows.drain(3..5);
    assert_eq!(refused(&file(HEADER_2025, &rows)).line, 4);
    assert!(read_tabulation_as(&file(HEADER_2025, &rows), Completeness::Starter).is_ok());
    rows.remove(1);
    let error = read_tabulation_as(&file(HEADER_2025, &rows), Completeness::Starter).unwrap_err();
    assert_eq!(error.reason, Reason::DepthJump { found: 2, previous: 0 });
}

#[test]
fn names_line_and_reason_of_what_was_altered() {
    let told = [
        ("\t1A00.0\t", "\t1A0O.0\t", 5, "position 4"),
        ("\t1A00.0\t", "\t2A00.0\t", 5, "not of this chapter"),
        ("\t1A00.0\t", "\t1A00\t", 5, "stands in line 4"),
        ("\tblock\t", "\tbloc\t", 3, "ClassKind"),
        ("BlockL1-1A0", "L1-1A0", 3, "BlockId"),
        ("\"- A block\"", "\"- - A block\"", 3, "depth 2 after depth 0"),
        ("\"- A block\"", "\"- A block", 3, "quotation mark"),
        ("\"- A block\"", "\"- A\u{b}block\"", 3, "control character"),
        ("\"- A block\"", "\"- \"", 3, "Title"),
        ("entity/103", "entity/104", 5, "different entities"),
        ("mms/103", "mms/103x", 5, "Linearization URI"),
        ("mms/103", "mms/103/other", 5, "IsResidual"),
        ("mms/102/unspecified", "mms/101/unspecified", 6, "another entity"),
        ("\tTrue\t01\t", "\tyes\t01\t", 6, "IsResidual"),
        ("category\t2\tFalse\t01", "category\t1\tFalse\t01", 5, "DepthInKind"),
        ("category\t2\tFalse\t01", "category\t2\tFalse\t02", 5, "chapter"),
        ("https://icd.who.int/", "https://icd.example/", 2, "BrowserLink"),
        ("\tisLeaf\t", "\tisleaves\t", 1, "unknown"),
        ("2031 Mar", "2031 Mrz", 1, "version stamp"),
        ("Version:", "version ", 1, "version stamp"),
        ("\"\tTrue\t", "\"\tFalse\t", 5, "children are missing"),
        ("chapter\t1\tFalse\t05", "chapter\t1\tFalse\t06", 10, "chapter 05"),
    ];
    for (from, to, line, word) in told {
        let error = altered(from, to);
        assert_eq!(error.line, line, "{from:?} -> {to:?}: {error}");
        assert!(error.to_string().contains(word), "{from:?} -> {to:?}: {error}");
    }
}

#[test]
fn refuses_surplus_fields_and_bytes_that_are_no_text() {
    let mut rows = lines("");
    rows[2].push_str("\tmore");
    let error = refused(&file(HEADER_2025, &rows));
    assert_eq!(error, TabulationError { line: 4, reason: Reason::FieldCount { found: 18, expected: 17 } });
    let mut bytes = good();
    let at = bytes.windows(7).position(|w| w == b"A block").unwrap();
    bytes[at] = 0xff;
    assert_eq!(refused(&bytes), TabulationError { line: 3, reason: Reason::NotUtf8 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_flipped_byte_never_panics(at in 0_usize..8000, flip in 1_u8..=255) {
        let mut bytes = good();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        if let Err(error) = read_tabulation(&bytes) {
            prop_assert!((1..=33).contains(&error.line));
        }
    }

    #[test]
    fn a_removed_byte_never_panics(at in 0_usize..8000) {
        let mut bytes = good();
        let at = at % bytes.len();
        bytes.remove(at);
        if let Err(error) = read_tabulation(&bytes) {
            prop_assert!((1..=33).contains(&error.line));
        }
    }

    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut file = b"\xEF\xBB\xBF".to_vec();
        file.extend(bytes);
        file.extend(b"\r\n");
        prop_assert!(read_tabulation(&file).is_err());
    }
}
