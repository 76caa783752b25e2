//! The built-in starter set: rows of WHO's file for all chapters and about 350 common codes.

use crate::{Completeness, Release, TabulationError, read_tabulation_as};

/// Rows of WHO's release 2025-01, unchanged; `starter/README.md` explains the selection and the licence.
pub const STARTER: &[u8] = include_bytes!("../starter/SimpleTabulation-ICD-11-MMS-en.2025-01.starter.txt");

/// Parses the starter set.
///
/// # Errors
/// Never fails for the built-in bytes, as a test shows.
pub fn starter() -> Result<Release, TabulationError> {
    read_tabulation_as(STARTER, Completeness::Starter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClassKind;

    #[test]
    fn loads_and_covers_every_clinical_chapter() {
        let release = starter().unwrap();
        assert_eq!(release.id.to_string(), "2025-01");
        let counts = release.counts();
        assert_eq!(counts.chapters, 28);
        assert!((300..=700).contains(&counts.categories), "{counts:?}");
        for chapter in 1..=25 {
            let number = format!("{chapter:02}");
            let has_code = release
                .entities
                .iter()
                .any(|e| e.chapter_no.as_str() == number && e.class_kind == ClassKind::Category);
            assert!(has_code, "chapter {number}");
        }
    }

    #[test]
    fn holds_titles_and_addresses_of_who() {
        let release = starter().unwrap();
        let found = release.by_code(&"BA00".parse().unwrap()).unwrap();
        assert_eq!(found.title, "Essential hypertension");
        assert!(found.uri.as_str().starts_with("http://id.who.int/icd/release/11/mms/"));
        assert!(found.parent_uri.is_some());
    }

    #[test]
    fn is_not_taken_for_the_whole_release() {
        assert!(crate::read_tabulation(STARTER).is_err());
    }
}
