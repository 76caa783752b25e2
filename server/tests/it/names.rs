//! Names: what may stand in one, and which look alike.

use std::collections::BTreeSet;

use contracts::{
    catalog::ServiceInput,
    compliance::{OrganisationVerification, OrganisationsQuery},
    identity::{OrganisationKind, SignUp},
    ids::OrgId,
    views::ViewSave,
};
use diesel_async::SimpleAsyncConnection;
use services::{catalog, compliance, identity, views};
use testkit::TestApp;

use crate::{
    catalog::input,
    certificates::{run, trade},
    identity::{caller, sign_up_form},
};

/// Texts of which nothing, or something else, is seen.
const UNSEEN: [&str; 8] = [
    "\u{200B}\u{200B}\u{200B}",
    "North\u{202E}revoC",
    "\u{2800}\u{2800}\u{2800}",
    "North\u{E0041}Cover",
    "North\nCover",
    "North\u{200B}Cover",
    "\u{3164}\u{3164}\u{3164}",
    "...",
];

fn fields(error: &services::Error) -> Vec<&str> {
    error.fields.0.keys().map(String::as_str).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_certificates_cannot_print_is_refused_with_its_letter() {
    let app = TestApp::start().await;
    let before = app.snapshot().await;
    for (name, legal_name, city, field) in [
        ("東京 Clinic", "Tokyo Clinic", "Tokyo", "organisation"),
        ("Tokyo Clinic", "東京 Clinic", "Tokyo", "legal_name"),
        ("Tokyo Clinic", "Tokyo Clinic", "東京", "city"),
    ] {
        let form = SignUp {
            organisation: name.into(),
            legal_name: legal_name.into(),
            city: city.into(),
            ..sign_up_form("ada@north.example", "IE-1")
        };
        let refused = identity::sign_up(&app.anonymous(), form).await.err().unwrap();
        assert_eq!(fields(&refused), [field]);
        assert!(refused.fields.0[field].contains('東'), "{:?}", refused.fields);
    }
    assert!(app.snapshot().await.changed_since(&before).is_empty(), "nothing was saved");
}

/// Titles in scripts of the world, each with the first letter that certificates cannot print.
const TITLES: [(&str, Option<char>); 11] = [
    ("膝关节核磁共振", Some('膝')),
    ("MRT 膝関節", Some('膝')),
    ("تصوير الركبة بالرنين", Some('ت')),
    ("סריקת ברך", Some('ס')),
    ("घुटने का एमआरआई", Some('घ')),
    ("การตรวจหัวเข่า", Some('ก')),
    ("მუხლის კვლევა", Some('მ')),
    ("Chụp cộng hưởng từ khớp gối", Some('ụ')),
    ("МРТ коленного сустава", None),
    ("Μαγνητική τομογραφία γόνατος", None),
    ("Ärztliche Prüfung, Łódź", None),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_title_in_any_script_is_printed_on_certificates_or_refused_with_its_letter() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.pdf");
    for (title, unprintable) in TITLES {
        let made = catalog::service_create(&trade.seller.ctx, input(title)).await;
        if let Some(letter) = unprintable {
            let refused = made.err().unwrap_or_else(|| panic!("{title} is saved and cannot be printed"));
            assert_eq!(fields(&refused), ["title"], "{title}");
            let reason = &refused.fields.0["title"];
            assert!(
                reason.contains(letter) && reason.contains("The description may use any script."),
                "{reason}"
            );
            continue;
        }
        let saved = made.unwrap().preview.service_id;
        let edited = catalog::service_edit(&trade.seller.ctx, saved, input(TITLES[0].0)).await.unwrap_err();
        assert_eq!(fields(&edited), ["title"], "an edit is refused like a new service");
        let retitle = format!("UPDATE certificates SET title = '{title}'");
        app.database.owner().await.batch_execute(&retitle).await.unwrap();
        let pdf = trade.buyer.get(&format!("/api/certificates/download/{}", trade.ids[0])).await;
        std::fs::write(&file, pdf.bytes()).unwrap();
        let text = run("pdftotext", &["-layout", file.to_str().unwrap(), "-"]);
        assert!(text.contains(title), "{title} is missing in {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_cannot_be_read_is_refused_in_every_field() {
    let app = TestApp::start().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let before = app.snapshot().await;
    for bad in UNSEEN {
        let form = SignUp {
            organisation: bad.into(),
            legal_name: bad.into(),
            registration_number: bad.into(),
            city: bad.into(),
            name: bad.into(),
            ..sign_up_form("ada@north.example", "IE-1")
        };
        let refused = identity::sign_up(&app.anonymous(), form).await.err().unwrap();
        assert_eq!(
            fields(&refused),
            ["city", "legal_name", "name", "organisation", "registration_number"],
            "{bad:?}"
        );
        let refused = identity::account_update(&clinic.ctx, bad).await.unwrap_err();
        assert_eq!(fields(&refused), ["name"], "{bad:?}");
        let input = ServiceInput { title: bad.into(), city: bad.into(), ..ServiceInput::default() };
        let refused = catalog::service_create(&clinic.ctx, input).await.unwrap_err();
        assert!(["title", "city"].iter().all(|field| fields(&refused).contains(field)), "{bad:?}");
        let view = ViewSave {
            list: "services".into(),
            name: bad.into(),
            query: "status=draft".into(),
            shared: false,
        };
        let refused = views::view_save(&clinic.ctx, view).await.unwrap_err();
        assert_eq!(fields(&refused), ["name"], "{bad:?}");
    }
    assert!(app.snapshot().await.changed_since(&before).is_empty(), "nothing was saved");
    // what only differs in its encoding is one name
    identity::account_update(&clinic.ctx, "Zo\u{65}\u{308}\u{a0}Lind").await.unwrap();
    assert_eq!(identity::account_get(&clinic.ctx).await.unwrap().name, "Zoë Lind");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twin_of_a_verified_name_is_shown_to_the_administrator() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let sign_up = async |name: &str, email: &str, number: &str| -> OrgId {
        let form = SignUp { organisation: name.into(), ..sign_up_form(email, number) };
        let signed_in = identity::sign_up(&app.anonymous(), form).await.unwrap();
        caller(&app, &signed_in.token).await.unwrap().org_id().unwrap()
    };
    let real = sign_up("Charité Berlin", "a@north.example", "IE-1").await;
    let facts_digest = compliance::organisation_detail(&admin.ctx, real).await.unwrap().facts_digest;
    let verification = OrganisationVerification { id: real, facts_digest };
    compliance::organisation_verify(&admin.ctx, verification).await.unwrap();
    let twin = sign_up("Сhаrité  BERLIN", "b@north.example", "IE-2").await;
    let namesake = sign_up("Havel Clinic", "c@north.example", "ie 1").await;
    let other = sign_up("Charité Bern", "d@north.example", "IE-3").await;
    for (id, expected) in [(twin, Some(false)), (namesake, Some(true)), (other, None), (real, None)] {
        let found = compliance::organisation_detail(&admin.ctx, id).await.unwrap().look_alikes;
        let found = found.first().map(|one| (one.id, one.same_number));
        assert_eq!(found, expected.map(|same_number| (real, same_number)));
    }
    let list = compliance::organisations_list(&admin.ctx, OrganisationsQuery::default()).await.unwrap();
    let marked: BTreeSet<OrgId> =
        list.page.items.iter().filter(|one| one.is_look_alike).map(|one| one.id).collect();
    assert_eq!(marked, BTreeSet::from([twin, namesake]));
    let page = admin.get(&format!("/console/organisations/{twin}")).await.text();
    assert!(page.contains("Could be mistaken for a verified organisation"), "{page}");
    let page = admin.get("/console/organisations").await.text();
    assert_eq!(page.matches("Looks like another").count(), 2, "{page}");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_from_before_are_compared_too() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    // planted without a skeleton, as names from before have none
    let real = app.organisation(OrganisationKind::Insurer).await;
    let name = identity::organisation_get(&real.ctx).await.unwrap().name;
    let filled = identity::skeletons_fill(&app.system()).await.unwrap();
    assert!(filled >= 2, "{filled}");
    assert_eq!(identity::skeletons_fill(&app.system()).await.unwrap(), 0);
    let form = SignUp { organisation: name.to_uppercase(), ..sign_up_form("a@north.example", "IE-9") };
    let twin = identity::sign_up(&app.anonymous(), form).await.unwrap();
    let twin = caller(&app, &twin.token).await.unwrap().org_id().unwrap();
    let found = compliance::organisation_detail(&admin.ctx, twin).await.unwrap().look_alikes;
    assert_eq!(found.first().map(|one| one.id), Some(real.org_id));
    app.assert_laws().await;
}
