//! The pages whose text the operator of the site sets: terms, privacy, imprint, contact. Each is a file of CommonMark; a laptop without any
//! shows placeholders, production does not start without them.

use std::{path::Path, sync::Arc};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, Uri};
use services::{Error, catalog::markdown_to_html};

use super::{AppState, static_page};
use crate::rest::Problem;

/// Name of the page's address and file → its title.
const PAGES: [(&str, &str); 4] = [
    ("terms", "Terms of use"),
    ("privacy", "Privacy notice"),
    ("imprint", "Imprint"),
    ("contact", "Contact"),
];

/// The pages, as HTML.
pub struct LegalPages([String; 4]);

impl LegalPages {
    /// What stands there until the operator has written something.
    pub fn placeholders() -> Arc<Self> {
        Arc::new(Self(PAGES.map(|(name, _)| {
            markdown_to_html(&format!(
                "The operator of this site has not provided this text yet. (Operators: `{name}.md` in the folder that `HCTS_LEGAL_DIR` names.)"
            ))
        })))
    }

    /// Reads `terms.md`, `privacy.md`, `imprint.md` and `contact.md` in this folder.
    ///
    /// # Errors
    /// Each file that is missing, unreadable or empty, by name.
    pub fn open(dir: &Path) -> Result<Arc<Self>, String> {
        let mut problems = Vec::new();
        let pages = PAGES.map(|(name, _)| {
            let file = dir.join(name).with_extension("md");
            match std::fs::read_to_string(&file) {
                Ok(text) if !text.trim().is_empty() => return markdown_to_html(&text),
                Ok(_) => problems.push(format!("{} is empty", file.display())),
                Err(cause) => problems.push(format!("{}: {cause}", file.display())),
            }
            String::new()
        });
        if problems.is_empty() { Ok(Arc::new(Self(pages))) } else { Err(problems.join("; ")) }
    }
}

/// Shows the page that the address names.
pub(super) async fn page(State(state): State<AppState>, headers: HeaderMap, uri: Uri) -> Response {
    let place = PAGES.iter().position(|(name, _)| uri.path().strip_prefix('/') == Some(name));
    let found = place.and_then(|place| Some((PAGES.get(place)?.1, state.legal.0.get(place)?)));
    let Some((title, text)) = found else { return Problem::from(Error::not_found()).into_response() };
    let content = format!(
        "<article class=\"reading stack\"><h1>{title}</h1><div class=\"prose\">{text}</div></article>"
    );
    let html = static_page::page((&state).into(), static_page::theme_of(&headers), title, &content);
    static_page::answer(StatusCode::OK, html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_that_is_missing_or_empty_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write("terms.md", "# We sell\n\nAs it **stands**. <script>x</script>");
        write("privacy.md", "None is kept.");
        write("imprint.md", " \n");
        let problem = LegalPages::open(dir.path()).err().unwrap();
        assert!(problem.contains("imprint.md is empty") && problem.contains("contact.md: "), "{problem}");
        assert!(!problem.contains("terms.md") && !problem.contains("privacy.md"), "{problem}");
        write("imprint.md", "HCTS Ltd, Dublin");
        write("contact.md", "Write to us.");
        let pages = LegalPages::open(dir.path()).unwrap();
        assert!(pages.0[0].contains("As it <strong>stands</strong>.") && !pages.0[0].contains("script"));
    }
}
