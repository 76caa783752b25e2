//! The codes of ICD-11 as people type their names: with or without accents, in British or American spelling.

use services::catalog;
use testkit::TestApp;

/// Invented titles, one of which nobody means: it is only like what is typed.
const PLANTED: &str = "
    INSERT INTO icd11_entities (release_id, uri, code, title, class_kind, depth, is_residual, is_leaf, chapter_no, ordinal)
    SELECT '2025-01', 'urn:planted:' || code, code, title, 'category', 1, false, true, '04', 900000 + place
    FROM unnest(ARRAY['9Y00', '9Y01', '9Y02', '9Y03', '9Y04'],
                ARRAY['Sjögren syndrome', 'Aplastic anaemia', 'Cerebral oedema', 'Tumour of the larynx', 'Anemi, edem and tumo'])
      WITH ORDINALITY AS planted (code, title, place);";

async fn find(app: &TestApp, typed: &str) -> Vec<String> {
    let hits = catalog::icd11_search(&app.anonymous(), typed).await.unwrap();
    hits.into_iter().map(|hit| hit.entity.title).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_found_in_american_spelling_and_without_accents() {
    let app = TestApp::start().await;
    app.plant(PLANTED).await;
    for (typed, title) in [
        ("anemia", "Aplastic anaemia"),
        ("anaemia", "Aplastic anaemia"),
        ("aplastic anemia", "Aplastic anaemia"),
        ("edema", "Cerebral oedema"),
        ("oedema", "Cerebral oedema"),
        ("tumor", "Tumour of the larynx"),
        ("tumour", "Tumour of the larynx"),
        ("TUMOR larynx", "Tumour of the larynx"),
        ("sjogren", "Sjögren syndrome"),
        ("Sjögren", "Sjögren syndrome"),
        // too short to be found by likeness alone
        ("sjo", "Sjögren syndrome"),
        ("Sjö", "Sjögren syndrome"),
    ] {
        let found = find(&app, typed).await;
        assert!(found.iter().any(|hit| hit == title), "{typed}: {found:?}");
        // likeness is the last resort, for what no word matches
        assert!(!found.iter().any(|hit| hit.starts_with("Anemi,")), "{typed}: {found:?}");
    }
    let misspelt = find(&app, "tumo").await;
    assert!(misspelt.iter().any(|hit| hit == "Tumour of the larynx"), "the start of a word: {misspelt:?}");
}
