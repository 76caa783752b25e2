//! What a certificate is trusted for: its row, its signature, its log entry and the key, when somebody has been at the database.

use std::sync::Arc;

use certificate::{KeyId, KeySet, ServiceTitle};
use contracts::{
    certificates::{
        CertificateAction, CertificateChange, CertificateEventKind, CheckState, PublishedKeys, SignatureCheck,
    },
    compliance::SecurityEventsQuery,
    error::ErrorCode,
    permission::Permission,
};
use diesel::{
    QueryableByName,
    result::{DatabaseErrorKind, Error::DatabaseError},
    sql_types,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use ed25519_dalek::{SigningKey, VerifyingKey};
use services::{
    OpCtx, certificates,
    platform::{Keys, Platform, Tx, laws},
};
use testkit::TestApp;
use tlog::verify_inclusion;

use crate::certificates::{check, issue_certificates, planted_purchase, redeem_of, trade};

/// Changes the database as a superuser can, past triggers and keys.
async fn tamper(app: &TestApp, sql: &str) {
    let forced = format!("SET session_replication_role = replica; {sql}");
    app.database.owner().await.batch_execute(&forced).await.unwrap_or_else(|cause| panic!("{cause}: {sql}"));
}

/// How many events of this kind administrators see.
async fn alarms(app: &TestApp, kind: &str) -> usize {
    let admin = app.admin().await;
    let query = SecurityEventsQuery { kind: kind.into(), ..Default::default() };
    services::compliance::security_events_list(&admin.ctx, query).await.unwrap().items.len()
}

/// Makes a row look as if it had never been used.
const LIKE_NEW: &str = "UPDATE certificates SET status = 'issued', status_reason = NULL, redeemed_at = NULL, redeemed_by = NULL, redeemed_place = NULL";

/// What was done to the certificate before, in its order; what a superuser does to it then; whether SQL alone finds it.
const TAMPERED: [(&str, &str, bool); 7] = [
    ("redeemed", LIKE_NEW, true),
    (
        "redeemed",
        "UPDATE certificates SET status = 'issued', redeemed_at = NULL, redeemed_by = NULL, redeemed_place = NULL;
         DELETE FROM state_changes WHERE to_state = 'redeemed'; DELETE FROM audit_records WHERE action = 'certificates.redeemed'",
        true,
    ),
    ("revoked", LIKE_NEW, true),
    (
        "redeemed",
        "UPDATE certificates SET status = 'issued', redeemed_at = NULL, redeemed_by = NULL, redeemed_place = NULL;
         UPDATE certificate_events SET kind = 'resumed' WHERE kind = 'redeemed'",
        true,
    ),
    (
        "redeemed",
        "UPDATE certificates SET status = 'issued', redeemed_at = NULL, redeemed_by = NULL, redeemed_place = NULL;
         DELETE FROM log_entries WHERE certificate_event_id IN (SELECT id FROM certificate_events WHERE kind = 'redeemed')",
        true,
    ),
    ("", "UPDATE certificates SET expires_at = expires_at + interval '1 year'", false),
    ("", "UPDATE organisations SET name = 'Another Clinic' WHERE kind = 'provider'", false),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_contradicts_signature_or_log_is_never_valid_and_raises_one_alarm() {
    for (before, tampered, is_seen_by_law) in TAMPERED {
        let app = TestApp::start().await;
        let trade = trade(&app, 1).await;
        let code = trade.view(0).await.code;
        if before == "redeemed" {
            certificates::certificate_redeem(&trade.seller.ctx, redeem_of(&code)).await.unwrap();
        } else if before == "revoked" {
            let (id, reason) = (trade.ids[0], "The department was closed".to_owned());
            let revoke = CertificateChange {
                id,
                act: CertificateAction::Revoke,
                reason,
                confirmation: "revoke".to_owned(),
            };
            certificates::certificate_change(&app.admin().await.ctx, revoke).await.unwrap();
        }
        certificates::sequence(&app.system()).await.unwrap();
        tamper(&app, tampered).await;
        for _ in 0..2 {
            let answer = check(&app, &code).await;
            assert_eq!(answer.state, CheckState::Unconfirmed, "{tampered}");
            assert_eq!((answer.title, answer.provider), (None, None), "{tampered}: the row is not passed on");
        }
        let refused =
            certificates::certificate_redeem(&trade.seller.ctx, redeem_of(&code)).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::CertificateNotValid, "{tampered}");
        assert_eq!(refused.facts.get("state").map(String::as_str), Some("unconfirmed"), "{tampered}");
        assert_eq!(alarms(&app, "certificate_mismatch").await, 1, "{tampered}");
        let breaches = laws::breaches(app.database.owner_url()).await.unwrap();
        assert_eq!(
            breaches.iter().any(|breach| breach.law == "I13"),
            is_seen_by_law,
            "{tampered}: {breaches:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redeemed_certificate_that_was_set_back_comes_with_the_proof_of_its_redemption() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let code = trade.view(0).await.code;
    certificates::certificate_redeem(&trade.seller.ctx, redeem_of(&code)).await.unwrap();
    certificates::sequence(&app.system()).await.unwrap();
    tamper(&app, LIKE_NEW).await;
    let answer = check(&app, &code).await;
    let (place, proof) = (answer.log.unwrap(), answer.proof.unwrap());
    assert_eq!(place.latest_event, CertificateEventKind::Redeemed);
    let head = crate::certificates::checkpoint(&app).await;
    let hashes: Vec<tlog::Hash> = proof.hashes.iter().map(|hash| hash.parse().unwrap()).collect();
    verify_inclusion(head.size, 1, &proof.leaf_hash.parse().unwrap(), &hashes, &head.root).unwrap();
    let page = app.get(&format!("/check?code={code}")).await.text();
    assert!(page.contains("Cannot be confirmed") && !page.contains("may be redeemed once"), "{page}");
}

/// A certificate signed anew with the market's own key, saying something else under the same code.
fn signed_anew(qr_text: &str) -> Vec<u8> {
    let key = SigningKey::from_bytes(&[1; 32]);
    let mut keys = KeySet::default();
    let id = keys.add(key.verifying_key(), 0, None).unwrap();
    let mut payload = certificate::verify(qr_text, &keys).unwrap().payload;
    payload.service_title = ServiceTitle::fit("Whole body MRI").unwrap();
    certificate::sign(&payload, &key, id).unwrap().as_bytes().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_that_does_not_open_the_logged_commitment_is_not_valid_though_it_is_signed() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let view = trade.view(0).await;
    let payload = certificate::hex(&signed_anew(&view.qr_text));
    let exchange = format!(
        "UPDATE certificates SET title = 'Whole body MRI', signed_payload = decode('{payload}', 'hex')"
    );
    tamper(&app, &exchange).await;
    assert_eq!(check(&app, &view.code).await.state, CheckState::Unconfirmed);
    // the paper is genuine and the books are not
    assert_eq!(check(&app, &view.qr_text).await.state, CheckState::Unconfirmed);
    let breaches = laws::breaches(app.database.owner_url()).await.unwrap();
    assert!(breaches.iter().any(|breach| breach.law == "I13"), "{breaches:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_log_cannot_prove_is_not_valid() {
    let app = TestApp::start().await;
    let trade = trade(&app, 2).await;
    // the hash of each leaf in the other's place
    tamper(&app, "UPDATE log_hashes SET hash = sha256(hash) WHERE level = 0").await;
    assert_eq!(check(&app, &trade.view(0).await.code).await.state, CheckState::Unconfirmed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_certificate_that_the_records_lack_is_said_to_be_signed() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let text = trade.view(0).await.qr_text;
    tamper(&app, "DELETE FROM certificates").await;
    let answer = check(&app, &text).await;
    assert_eq!((answer.state, answer.signature), (CheckState::Unknown, SignatureCheck::Verified));
    assert!(answer.reason.contains("signed by HCTS"), "{}", answer.reason);
}

/// The same market, signing with other keys.
fn with_keys(app: &TestApp, keys: Keys) -> OpCtx {
    let here = &app.platform;
    OpCtx::system(Arc::new(Platform {
        db: here.db.clone(),
        clock: app.clock.clone(),
        gateways: here.gateways.clone(),
        mailer: here.mailer.clone(),
        keys: keys.with_checkpoint_store(Arc::clone(here.keys.checkpoint_store())),
        settings: here.settings.clone(),
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_cannot_list_a_key_or_change_one() {
    let app = TestApp::start().await;
    let key = SigningKey::from_bytes(&[77; 32]).verifying_key();
    let (id, key) = (KeyId::of(&key).to_string(), certificate::hex(key.as_bytes()));
    let insert = format!(
        "INSERT INTO signing_keys (key_id, purpose, algorithm, public_key)
         VALUES (decode('{id}', 'hex'), 'certificate', 'Ed25519', decode('{key}', 'hex'))"
    );
    let mut conn = AsyncPgConnection::establish(&app.database.app_url()).await.unwrap();
    for statement in [
        insert.as_str(),
        "UPDATE signing_keys SET first_used_at = now()",
        "UPDATE signing_keys SET retired_at = now()",
        "DELETE FROM signing_keys",
    ] {
        for scope in ["", "platform", "system"] {
            conn.batch_execute(&format!("SELECT set_config('hcts.scope', '{scope}', false)")).await.unwrap();
            let refused = diesel::sql_query(statement).execute(&mut conn).await.unwrap_err();
            assert!(
                matches!(&refused, DatabaseError(DatabaseErrorKind::Unknown, cause)
                if cause.message().contains("permission denied")),
                "{scope} {statement}: {refused}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_key_that_is_none_is_left_out_with_one_alarm() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let no_point =
        (0..=u8::MAX).map(|byte| [byte; 32]).find(|bytes| VerifyingKey::from_bytes(bytes).is_err());
    let listed = [no_point.expect("bytes that are no point"), [0; 32], [9; 32]];
    for (id, bytes) in (0_u8..).zip(listed) {
        let sql = format!(
            "INSERT INTO signing_keys (key_id, purpose, algorithm, public_key)
             VALUES (decode('{}', 'hex'), 'certificate', 'Ed25519', decode('{}', 'hex'))",
            certificate::hex(&[id; 8]),
            certificate::hex(&bytes)
        );
        tamper(&app, &sql).await;
    }
    let (code, text) = {
        let view = trade.view(0).await;
        (view.code, view.qr_text)
    };
    for asked in [&code, &text, &text] {
        assert_eq!(check(&app, asked).await.state, CheckState::Valid);
    }
    assert_eq!(alarms(&app, "signing_key_unusable").await, 3, "one each");
    let published: PublishedKeys = app.get("/.well-known/hcts-keys.json").await.json();
    assert_eq!(published.certificate_keys.len(), 1, "{:?}", published.certificate_keys);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retired_key_issues_nothing_and_what_it_logged_before_its_end_stays_good() {
    let app = TestApp::start().await;
    let first = trade(&app, 1).await;
    let code = first.view(0).await.code;
    let keys = Keys::from_seeds([3; 32], [2; 32]).unwrap();
    let (earlier, later) = (certificates::key_id(&app.platform.keys), certificates::key_id(&keys));
    let owner = app.database.owner_url();
    assert!(certificates::key_problem(&with_keys(&app, keys.clone())).await.unwrap().is_some(), "not listed");
    let verifying = keys.certificate().verifying_key();
    assert_eq!(certificates::key_register(owner, &verifying).await.unwrap(), Some(later.clone()));
    assert_eq!(certificates::key_register(owner, &verifying).await.unwrap(), None, "once");
    let successor = with_keys(&app, keys);
    assert_eq!(certificates::key_problem(&successor).await.unwrap(), None);
    assert!(certificates::key_retire(owner, &earlier).await.unwrap());
    assert!(!certificates::key_retire(owner, &earlier).await.unwrap(), "once");
    assert!(!certificates::key_retire(owner, "no key").await.unwrap());
    let shown = certificates::certificate_keys_list(owner).await.unwrap();
    let ids: Vec<(String, bool)> = shown.iter().map(|key| (key.id(), key.retired_at.is_some())).collect();
    assert_eq!(ids, [(earlier, true), (later, false)]);

    let state =
        async |code: &str| certificates::certificate_check(&successor, code, false).await.unwrap().state;
    assert_eq!(state(&code).await, CheckState::Valid, "logged before the key's end");
    let purchase = planted_purchase(&app, &first.buyer, &first.seller, 1).await;
    let issue = async |ctx: &OpCtx| {
        let issue = async move |tx: &mut Tx| certificates::issue_for_purchase(tx, purchase).await;
        ctx.tx("test.issue", Permission::SystemManage, issue).await
    };
    let refused = issue(&app.system()).await.unwrap_err();
    assert!(refused.source.unwrap().to_string().contains("hcts keys"), "says what to do");
    issue(&successor).await.unwrap();
    certificates::sequence(&successor).await.unwrap();
    app.assert_laws().await;
    // one that the key signs from now on, dated back, was not logged in its time
    tamper(&app, "UPDATE signing_keys SET last_entry_no = 0 WHERE last_entry_no IS NOT NULL").await;
    assert_eq!(state(&code).await, CheckState::Forged);
}

#[derive(QueryableByName)]
struct EntryNo {
    #[diesel(sql_type = sql_types::BigInt)]
    n: i64,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_cannot_choose_the_number_of_a_log_entry() {
    let app = TestApp::start().await;
    let first = trade(&app, 1).await;
    issue_certificates(&app, &first.buyer, &first.seller, 2).await;
    let mut conn = AsyncPgConnection::establish(&app.database.app_url()).await.unwrap();
    let chosen = "INSERT INTO log_entries (id, certificate_event_id, entry, entry_no) OVERRIDING SYSTEM VALUE
        VALUES (gen_random_uuid(), gen_random_uuid(), 'x', 1)";
    let refused = diesel::sql_query(chosen).execute(&mut conn).await.unwrap_err();
    assert!(refused.to_string().contains("permission denied"), "{refused}");
    let numbers = "SELECT count(DISTINCT entry_no) AS n FROM log_entries";
    assert_eq!(
        diesel::sql_query(numbers).get_result::<EntryNo>(&mut app.database.owner().await).await.unwrap().n,
        3
    );
}

/// The release of ICD-11 that a certificate's signature names, with its codes.
fn signed_diagnoses(qr_text: &str) -> (String, Vec<String>) {
    let mut keys = KeySet::default();
    keys.add(SigningKey::from_bytes(&[1; 32]).verifying_key(), 0, None).unwrap();
    let diagnoses = certificate::verify(qr_text, &keys).unwrap().payload.diagnoses;
    (diagnoses.release().to_string(), diagnoses.codes().iter().map(ToString::to_string).collect())
}

/// Codes of an older release, for every line of a purchase.
const CODED: &str = "
    INSERT INTO service_codes (org_id, version_id, position, release_id, uri, code, title)
    SELECT l.seller_org_id, l.version_id, 0, '2024-01', 'urn:planted', 'BA00', 'Essential hypertension'
    FROM transaction_lines l JOIN transactions t ON t.id = l.transaction_id WHERE t.purchase_id = ";

#[tokio::test(flavor = "multi_thread")]
async fn the_release_that_is_signed_is_that_of_the_codes_or_of_the_market_and_none_is_made_up() {
    let app = TestApp::start().await;
    let first = trade(&app, 1).await;
    // the market goes on to another release than the one it was set up with
    tamper(
        &app,
        "UPDATE icd11_entities SET release_id = '2026-01'; UPDATE icd11_releases SET id = '2026-01'",
    )
    .await;
    let issue = async |purchase| {
        let issue = async move |tx: &mut Tx| certificates::issue_for_purchase(tx, purchase).await;
        app.system().tx("tests.issue", Permission::SystemManage, issue).await
    };
    let signed = async |id| {
        let view = certificates::certificate_get(&first.buyer.ctx, id).await.unwrap();
        (signed_diagnoses(&view.qr_text), view.icd11_release)
    };
    let plain = planted_purchase(&app, &first.buyer, &first.seller, 1).await;
    let (diagnoses, _) = signed(issue(plain).await.unwrap()[0]).await;
    assert_eq!(diagnoses, ("2026-01".to_owned(), vec![]), "a service without codes");

    let coded = planted_purchase(&app, &first.buyer, &first.seller, 1).await;
    tamper(&app, &format!("{CODED} '{coded}'")).await;
    let (diagnoses, shown) = signed(issue(coded).await.unwrap()[0]).await;
    assert_eq!(diagnoses, ("2024-01".to_owned(), vec!["BA00".to_owned()]), "the codes' own release");
    assert_eq!(shown.as_deref(), Some("2024-01"));

    tamper(&app, "UPDATE icd11_releases SET is_current = false").await;
    let without = planted_purchase(&app, &first.buyer, &first.seller, 1).await;
    let before = app.snapshot().await;
    let refused = issue(without).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Internal);
    assert!(refused.source.unwrap().to_string().contains("no release of ICD-11 is known"));
    assert!(app.snapshot().await.changed_since(&before).is_empty(), "nothing is signed");
}
