//! Certificates from issue to redemption, on paper, in the log and under tampering.

use std::{io::Write, process::Command, sync::Arc};

use chrono::TimeDelta;
use contracts::{
    certificates::{
        CertificateAction, CertificateChange, CertificateQuery, CertificateView, CheckResult, CheckState,
        RedeemCommand, SignatureCheck,
    },
    error::ErrorCode,
    identity::OrganisationKind,
    ids::{CertificateId, PurchaseId},
    page::{Page, PageSize},
    permission::Permission,
    states::CertificateStatus,
};
use diesel_async::SimpleAsyncConnection;
use http::StatusCode;
use services::{
    OpCtx,
    certificates::{self, LogFinding},
    platform::{Client, Keys, Platform, RequestId},
};
use testkit::{Member, TestApp};
use tlog::{
    Checkpoint, Hash, NodeId, Nodes, NoteVerifier, SignedNote, decode_bundle, leaf_hash, root,
    verify_inclusion,
};
use uuid::Uuid;

/// A paid purchase of `units` of one service, with everything the laws ask of it but its certificates.
pub(crate) async fn planted_purchase(
    app: &TestApp,
    buyer: &Member<'_>,
    seller: &Member<'_>,
    units: i32,
) -> PurchaseId {
    let [service, version, purchase, transaction, line, payment, transfer, debit, credit, payable, sale] =
        [(); 11].map(|()| Uuid::new_v4());
    let (buyer_org, seller_org, user) = (buyer.org_id, seller.org_id, buyer.user_id);
    let total = i64::from(units) * 12_500;
    let sql = format!(
        "BEGIN;
         SELECT set_config('hcts.now', '2026-03-02T09:00:00Z', true);
         INSERT INTO services (id, org_id, status) VALUES ('{service}', '{seller_org}', 'draft');
         INSERT INTO service_versions (id, org_id, service_id, version_no, title, description, category, modality, country, city, duration_minutes, validity_days, currency, base_price_minor, published_at)
         VALUES ('{version}', '{seller_org}', '{service}', 1, 'Cardiac MRI with contrast', '', 'imaging', 'on_site', 'IE', 'Dublin', 45, 90, 'EUR', 12500, now());
         UPDATE services SET published_version_id = '{version}', status = 'published' WHERE id = '{service}';
         INSERT INTO purchases (id, org_id, number, status, currency, total_minor, created_by, expires_at)
         VALUES ('{purchase}', '{buyer_org}', 'P-{purchase}', 'open', 'EUR', {total}, '{user}', now());
         INSERT INTO transactions (id, org_id, purchase_id, seller_org_id, status, currency, gross_minor)
         VALUES ('{transaction}', '{buyer_org}', '{purchase}', '{seller_org}', 'placed', 'EUR', {total});
         INSERT INTO transaction_lines (id, org_id, seller_org_id, transaction_id, position, service_id, version_id, title, quantity, unit_price_minor, gross_minor, seller_net_minor, price_trace)
         VALUES ('{line}', '{buyer_org}', '{seller_org}', '{transaction}', 0, '{service}', '{version}', 'Cardiac MRI with contrast', {units}, 12500, {total}, {total}, '[]');
         UPDATE purchases SET status = 'awaiting_payment' WHERE id = '{purchase}';
         INSERT INTO payments (id, org_id, purchase_id, status, currency, amount_minor) VALUES ('{payment}', '{buyer_org}', '{purchase}', 'created', 'EUR', {total});
         UPDATE payments SET status = 'pending' WHERE id = '{payment}';
         UPDATE payments SET status = 'captured', authorised_minor = {total}, captured_minor = {total} WHERE id = '{payment}';
         INSERT INTO ledger_accounts (id, org_id, kind, currency) VALUES ('{debit}', '{buyer_org}', 'gateway_clearing', 'EUR'), ('{credit}', '{buyer_org}', 'buyer', 'EUR')
         ON CONFLICT DO NOTHING;
         INSERT INTO ledger_transfers (id, kind, payment_id) VALUES ('{transfer}', 'capture', '{payment}');
         INSERT INTO ledger_entries (transfer_id, account_id, org_id, currency, side, amount_minor)
         SELECT '{transfer}', id, org_id, 'EUR', CASE kind WHEN 'buyer' THEN 'credit' ELSE 'debit' END, {total} FROM ledger_accounts
         WHERE org_id = '{buyer_org}' AND kind IN ('buyer', 'gateway_clearing');
         INSERT INTO ledger_accounts (id, org_id, kind, currency) VALUES ('{payable}', '{seller_org}', 'seller_payable', 'EUR') ON CONFLICT DO NOTHING;
         INSERT INTO ledger_transfers (id, kind, transaction_id) VALUES ('{sale}', 'sale', '{transaction}');
         INSERT INTO ledger_entries (transfer_id, account_id, org_id, currency, side, amount_minor)
         SELECT '{sale}', id, org_id, 'EUR', CASE kind WHEN 'buyer' THEN 'debit' ELSE 'credit' END, {total} FROM ledger_accounts
         WHERE (org_id, kind) IN (('{buyer_org}', 'buyer'), ('{seller_org}', 'seller_payable'));
         UPDATE purchases SET status = 'paid', paid_at = now() WHERE id = '{purchase}';
         UPDATE transactions SET status = 'paid' WHERE id = '{transaction}';
         INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id)
         VALUES (gen_random_uuid(), 'command', 'testkit.purchase_planted', 'purchase', '{purchase}', 'testkit');
         COMMIT"
    );
    app.database.owner().await.batch_execute(&sql).await.expect("a paid purchase");
    PurchaseId(purchase)
}

pub(crate) async fn issue_certificates(
    app: &TestApp,
    buyer: &Member<'_>,
    seller: &Member<'_>,
    units: i32,
) -> Vec<CertificateId> {
    let purchase = planted_purchase(app, buyer, seller, units).await;
    let issue =
        async move |tx: &mut services::platform::Tx| certificates::issue_for_purchase(tx, purchase).await;
    app.system().tx("test.issue", Permission::SystemManage, issue).await.expect("certificates")
}

pub(crate) struct Trade<'a> {
    pub(crate) buyer: Member<'a>,
    pub(crate) seller: Member<'a>,
    pub(crate) ids: Vec<CertificateId>,
}

pub(crate) async fn trade(app: &TestApp, units: i32) -> Trade<'_> {
    let buyer = app.organisation(OrganisationKind::Insurer).await;
    let seller = app.organisation(OrganisationKind::Provider).await;
    let ids = issue_certificates(app, &buyer, &seller, units).await;
    certificates::sequence(&app.system()).await.expect("sequenced");
    Trade { buyer, seller, ids }
}

impl Trade<'_> {
    pub(crate) async fn view(&self, at: usize) -> CertificateView {
        certificates::certificate_get(&self.buyer.ctx, self.ids[at]).await.expect("the buyer's certificate")
    }
}

pub(crate) async fn check(app: &TestApp, text: &str) -> CheckResult {
    certificates::certificate_check(&app.anonymous(), text, true).await.expect("an answer")
}

pub(crate) fn redeem_of(code: &str) -> RedeemCommand {
    RedeemCommand { code: code.to_owned(), place: "Radiology 2".to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_unit_gets_one_certificate_that_anybody_can_check() {
    let app = TestApp::start().await;
    let trade = trade(&app, 3).await;
    assert_eq!(trade.ids.len(), 3);
    let view = trade.view(0).await;
    assert!(view.qr_text.len() <= certificate::MAX_QR_CHARS);
    for asked in [view.code.as_str(), &view.code.to_lowercase().replace('-', " "), &view.qr_text] {
        let answer = check(&app, asked).await;
        assert_eq!(
            (answer.state, answer.signature),
            (CheckState::Valid, SignatureCheck::Verified),
            "{asked}"
        );
        assert_eq!(answer.title.as_deref(), Some("Cardiac MRI with contrast"));
    }
    let listed: Page<contracts::certificates::CertificateSummary> =
        certificates::certificate_list(&trade.seller.ctx, CertificateQuery::default()).await.unwrap();
    assert_eq!(listed.items.len(), 3);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issuing_waits_for_nobody_who_holds_the_row_of_the_key() {
    let app = TestApp::start().await;
    let first = trade(&app, 1).await;
    let mut other = app.database.owner().await;
    other.batch_execute("BEGIN; SELECT FROM signing_keys FOR NO KEY UPDATE").await.unwrap();
    assert_eq!(issue_certificates(&app, &first.buyer, &first.seller, 1).await.len(), 1);
    other.batch_execute("COMMIT").await.unwrap();
    certificates::sequence(&app.system()).await.unwrap();
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ours_is_told_apart() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let view = trade.view(0).await;
    let stranger = certificate::PublicCode::from_bytes([9; 16]).to_string();
    let (unknown, known) = (check(&app, &stranger).await, check(&app, &view.code).await);
    assert_eq!(unknown.state, CheckState::Unknown);
    let keys = |answer: &CheckResult| {
        serde_json::to_value(answer).unwrap().as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(keys(&unknown), keys(&known), "an unknown code has the same shape");
    assert_eq!(check(&app, "hello").await.state, CheckState::Unreadable);
    // signed by somebody else's key
    let signed = certificate::verify_bytes(&payload_of(&view.qr_text), &key_set()).unwrap();
    let other = ed25519_dalek::SigningKey::from_bytes(&[77; 32]);
    let id = certificate::KeyId::of(&other.verifying_key());
    let forged = certificate::sign(&signed.payload, &other, id).unwrap().to_qr_text();
    assert_eq!(check(&app, &forged).await.state, CheckState::Forged);
    app.assert_laws().await;
}

fn key_set() -> certificate::KeySet {
    let mut keys = certificate::KeySet::default();
    keys.add(ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key(), 0, None).unwrap();
    keys
}

fn payload_of(text: &str) -> Vec<u8> {
    base45::decode(text.strip_prefix(certificate::PREFIX).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_tablets_at_once_redeem_once() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let code = trade.view(0).await.code;
    let attempts = (0..20).map(|_| certificates::certificate_redeem(&trade.seller.ctx, redeem_of(&code)));
    let outcomes = futures::future::join_all(attempts).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for refused in outcomes.into_iter().filter_map(Result::err) {
        assert_eq!(refused.code, ErrorCode::AlreadyRedeemed);
        assert_eq!(refused.facts.get("place").map(String::as_str), Some("Radiology 2"));
        assert!(refused.facts.contains_key("redeemed_at"));
    }
    certificates::sequence(&app.system()).await.unwrap();
    let answer = check(&app, &code).await;
    assert_eq!((answer.state, answer.changed_at), (CheckState::Redeemed, Some(app.platform.clock.now())));
    let told = serde_json::to_string(&answer).unwrap();
    assert!(!told.contains("Radiology"), "what staff wrote is for the two sides alone: {told}");
    let page = app.get(&format!("/check?code={code}")).await.text();
    assert!(page.contains("Already redeemed") && !page.contains("Radiology"), "{page}");
    let view = trade.view(0).await;
    assert_eq!(view.redeemed_place.as_deref(), Some("Radiology 2"), "the buyer sees where");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_seller_redeems_and_only_the_two_sides_look() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let code = trade.view(0).await.code;
    let rival = app.organisation(OrganisationKind::Provider).await;
    let agent = app.organisation(OrganisationKind::Intermediary).await;
    let code_of = |error: services::Error| error.code;
    let redeemed = certificates::certificate_redeem(&rival.ctx, redeem_of(&code)).await.map_err(code_of);
    assert_eq!(redeemed.unwrap_err(), ErrorCode::NotFound);
    let by_buyer =
        certificates::certificate_redeem(&trade.buyer.ctx, redeem_of(&code)).await.map_err(code_of);
    assert_eq!(by_buyer.unwrap_err(), ErrorCode::NotAllowed);
    assert_eq!(
        certificates::certificate_get(&rival.ctx, trade.ids[0]).await.unwrap_err().code,
        ErrorCode::NotFound
    );
    assert_eq!(
        certificates::certificate_get(&agent.ctx, trade.ids[0]).await.unwrap_err().code,
        ErrorCode::NotFound
    );
    let path = format!("/api/certificates/{}", trade.ids[0]);
    assert_eq!(app.get(&path).await.status(), StatusCode::UNAUTHORIZED);
    assert!(certificates::certificate_redeem(&trade.seller.ctx, redeem_of(&code)).await.is_ok());
    certificates::sequence(&app.system()).await.unwrap();
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_held_and_revoked_certificates_are_refused_with_the_reason() {
    let app = TestApp::start().await;
    let trade = trade(&app, 2).await;
    let admin = app.admin().await;
    let change = async |at: usize, act| {
        let command = CertificateChange {
            id: trade.ids[at],
            act,
            reason: "Provider closed the department".into(),
            confirmation: "revoke".into(),
        };
        certificates::certificate_change(&admin.ctx, command).await
    };
    let (first, second) = (trade.view(0).await.code, trade.view(1).await.code);
    change(0, CertificateAction::Suspend).await.unwrap();
    assert_eq!(check(&app, &first).await.state, CheckState::Suspended);
    let refused = certificates::certificate_redeem(&trade.seller.ctx, redeem_of(&first)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CertificateNotValid);
    assert_eq!(refused.facts.get("state").map(String::as_str), Some("suspended"));
    change(0, CertificateAction::Resume).await.unwrap();
    change(0, CertificateAction::Revoke).await.unwrap();
    assert_eq!(check(&app, &first).await.state, CheckState::Revoked);
    assert_eq!(change(0, CertificateAction::Resume).await.unwrap_err().code, ErrorCode::WrongState);
    app.clock.advance(TimeDelta::days(91));
    assert_eq!(check(&app, &second).await.state, CheckState::Expired);
    assert_eq!(certificates::expire_due(&app.system()).await.unwrap(), 1);
    certificates::sequence(&app.system()).await.unwrap();
    assert_eq!(check(&app, &second).await.state, CheckState::Expired);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_revoked_only_with_the_word_that_confirms_it() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let admin = app.admin().await;
    let send = async |confirmation: &str| {
        let id = trade.ids[0];
        let form = format!("id={id}&act=revoke&reason=The+department+is+closed.&confirmation={confirmation}");
        admin.post_form("/rpc/certificate_change", &form).await.status()
    };
    assert_eq!(send("rev").await, StatusCode::UNPROCESSABLE_ENTITY);
    let wordless =
        serde_json::json!({ "id": trade.ids[0], "act": "revoke", "reason": "The department is closed." });
    let refused = admin.post_json("/api/certificates/change", &wordless).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "the word is asked for at both doors");
    assert_eq!(trade.view(0).await.status, CertificateStatus::Issued);
    assert!(send("Revoke").await.is_success());
    assert_eq!(trade.view(0).await.status, CertificateStatus::Revoked);
    certificates::sequence(&app.system()).await.unwrap();
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_reads_back() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let view = trade.view(0).await;
    let answer = trade.buyer.get(&format!("/api/certificates/download/{}", view.id)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let disposition = answer.headers()[http::header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename=\"certificate-"), "{disposition}");
    let embedded =
        certificates::certificate_file_text(&app.anonymous(), answer.bytes().to_vec()).await.unwrap();
    assert_eq!(embedded.as_deref(), Some(view.qr_text.as_str()));
    let folder = tempfile::tempdir().unwrap();
    let (pdf, picture) = (folder.path().join("c.pdf"), folder.path().join("c"));
    std::fs::File::create(&pdf).unwrap().write_all(answer.bytes()).unwrap();
    let text = run("pdftotext", &["-layout", pdf.to_str().unwrap(), "-"]);
    for expected in
        ["Cardiac MRI with contrast", "Redeem by", "Entry 0", view.code.split('-').next().unwrap()]
    {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
    run("pdftoppm", &["-r", "150", "-png", "-singlefile", pdf.to_str().unwrap(), picture.to_str().unwrap()]);
    let scanned = run("zbarimg", &["--quiet", "--raw", picture.with_extension("png").to_str().unwrap()]);
    assert_eq!(scanned.trim_end_matches('\n'), view.qr_text);
    assert_eq!(check(&app, &scanned).await.state, CheckState::Valid);
    app.assert_laws().await;
}

pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let output =
        Command::new(program).args(arguments).output().unwrap_or_else(|cause| panic!("{program}: {cause}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) async fn checkpoint(app: &TestApp) -> Checkpoint {
    let note: SignedNote = app.get("/log/checkpoint").await.text().parse().unwrap();
    let keys: contracts::certificates::PublishedKeys = app.get("/.well-known/hcts-keys.json").await.json();
    let known: NoteVerifier = keys.log_key.parse().unwrap();
    Checkpoint::open(&note, known.name(), std::slice::from_ref(&known)).unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn the_served_log_proves_what_the_check_says() {
    let app = TestApp::start().await;
    let trade = trade(&app, 5).await;
    let before = checkpoint(&app).await;
    assert_eq!(before.size, 5);
    certificates::certificate_redeem(&trade.seller.ctx, redeem_of(&trade.view(2).await.code)).await.unwrap();
    certificates::sequence(&app.system()).await.unwrap();
    let after = checkpoint(&app).await;
    assert_eq!(after.size, 6);
    let tile = app.get("/log/tile/0/000.p/6").await;
    let nodes: Nodes = (0_u64..)
        .zip(tile.bytes().chunks(32))
        .map(|(index, hash)| (NodeId { level: 0, index }, Hash::try_from(hash).unwrap()))
        .collect();
    let bundle = app.get("/log/tile/entries/000.p/6").await;
    let entries = decode_bundle(bundle.bytes()).unwrap();
    let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let grown: Nodes = tlog::append(0, &leaves, &nodes).unwrap().into_iter().collect();
    assert_eq!(root(5, &grown).unwrap(), before.root);
    assert_eq!(root(6, &grown).unwrap(), after.root);
    let answer = check(&app, &trade.view(2).await.code).await;
    let (place, proof) = (answer.log.unwrap(), answer.proof.unwrap());
    assert_eq!((place.latest_index, place.tree_size), (5, 6));
    let hashes: Vec<Hash> = proof.hashes.iter().map(|hash| hash.parse().unwrap()).collect();
    let leaf: Hash = proof.leaf_hash.parse().unwrap();
    verify_inclusion(6, 5, &leaf, &hashes, &after.root).unwrap();
    assert_eq!(leaf_hash(proof.entry.as_bytes()), leaf);
    assert!(proof.entry.contains("\"event\":\"redeemed\"") && !proof.entry.contains("Radiology"));
    for beyond in ["/log/tile/0/000.p/7", "/log/tile/0/000", "/log/tile/9/000", "/log/nothing"] {
        assert_eq!(app.get(beyond).await.status(), StatusCode::NOT_FOUND, "{beyond}");
    }
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tampering_in_sql_is_found_and_nothing_is_signed_over_it() {
    const DRILLS: [&str; 5] = [
        "UPDATE log_entries SET entry = 'x' WHERE id = (SELECT log_entry_id FROM log_leaves WHERE leaf_index = 1)",
        "DELETE FROM log_leaves WHERE leaf_index = 2",
        "UPDATE log_hashes SET hash = decode(repeat('00', 32), 'hex') WHERE level = 1 AND position = 0",
        "UPDATE log_checkpoints SET root_hash = root_hash, signed_note = replace(signed_note, E'\\n4\\n', E'\\n3\\n') WHERE tree_size = 4",
        "DELETE FROM log_leaves WHERE leaf_index = 3",
    ];
    for drill in DRILLS {
        let app = TestApp::start().await;
        let trade = trade(&app, 4).await;
        let sound = certificates::log_audit(&app.system()).await.unwrap();
        assert_eq!(sound, LogFinding::Sound { size: 4 });
        let forced = format!("SET session_replication_role = replica; {drill}");
        app.database.owner().await.batch_execute(&forced).await.unwrap();
        let found = certificates::log_audit(&app.system()).await.unwrap();
        assert!(matches!(found, LogFinding::Broken { .. }), "{drill}");
        drop(trade);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_lost_its_tail_signs_nothing() {
    let app = TestApp::start().await;
    let trade = trade(&app, 4).await;
    let cut = "SET session_replication_role = replica; DELETE FROM log_leaves WHERE leaf_index = 3";
    app.database.owner().await.batch_execute(cut).await.unwrap();
    certificates::certificate_redeem(&trade.seller.ctx, redeem_of(&trade.view(0).await.code)).await.unwrap();
    assert_eq!(certificates::sequence(&app.system()).await.unwrap_err().code, ErrorCode::Internal);
    assert_eq!(checkpoint(&app).await.size, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retired_key_vouches_for_nothing_signed_after_its_end() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let code = trade.view(0).await.code;
    // the market after its key was replaced: the earlier one is known from the list alone
    let successor = Platform {
        db: app.platform.db.clone(),
        clock: app.clock.clone(),
        gateways: app.platform.gateways.clone(),
        mailer: app.platform.mailer.clone(),
        keys: Keys::from_seeds([3; 32], [2; 32])
            .unwrap()
            .with_checkpoint_store(app.platform.keys.checkpoint_store().clone()),
        settings: app.platform.settings.clone(),
    };
    let anybody = OpCtx::anonymous(Arc::new(successor), RequestId(Uuid::now_v7()), Client::default());
    let state = async || certificates::certificate_check(&anybody, &code, false).await.unwrap().state;
    assert_eq!(state().await, CheckState::Valid);
    let retire = async |at: &str| {
        let sql = format!("UPDATE signing_keys SET retired_at = '{at}'");
        app.database.owner().await.batch_execute(&sql).await.unwrap();
    };
    retire("2026-03-02T10:00:00Z").await;
    assert_eq!(state().await, CheckState::Valid, "signed in its time");
    retire("2026-03-02T08:00:00Z").await;
    assert_eq!(state().await, CheckState::Forged);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_row_is_not_passed_off_as_signed() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let code = trade.view(0).await.code;
    let alter = "UPDATE certificates SET title = 'Whole body MRI'";
    app.database.owner().await.batch_execute(alter).await.unwrap();
    assert_eq!(check(&app, &code).await.state, CheckState::Unconfirmed);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_certificate_has_room_on_paper() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let view = trade.view(0).await;
    let lengthen = "INSERT INTO service_codes (org_id, version_id, position, release_id, uri, code, title)
        SELECT v.org_id, v.id, e.place - 1, e.release_id, e.uri, e.code, repeat('Disorder of a long name, ', 6) || 'ending' || e.place
        FROM service_versions v, (SELECT *, (row_number() OVER (ORDER BY ordinal))::integer AS place FROM icd11_entities
                                  WHERE code IS NOT NULL ORDER BY ordinal LIMIT 8) e;
        UPDATE certificates SET title = left(repeat('Cardiac MRI with contrast and ', 5), 120)";
    app.database.owner().await.batch_execute(lengthen).await.unwrap();
    let answer = trade.buyer.get(&format!("/api/certificates/download/{}", view.id)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let folder = tempfile::tempdir().unwrap();
    let (pdf, picture) = (folder.path().join("c.pdf"), folder.path().join("c"));
    std::fs::File::create(&pdf).unwrap().write_all(answer.bytes()).unwrap();
    let text = run("pdftotext", &["-layout", pdf.to_str().unwrap(), "-"]);
    let pages: Vec<&str> = text.split('\u{c}').filter(|page| !page.trim().is_empty()).collect();
    let page = trade.buyer.get(&format!("/certificates/{}", view.id)).await.text();
    assert!(page.contains("ending8") && page.contains("World Health Organization"), "{page}");
    let [facts, proof] = pages[..] else { panic!("two pages: {text}") };
    for expected in ["ending1", "ending8", "Redeem by", "Status when printed"] {
        assert!(facts.contains(expected), "{expected} is missing in {facts}");
    }
    let (last_term, foot) = (proof.find("5. Anyone can check"), proof.find("Status when printed"));
    assert!(last_term.is_some() && last_term < foot, "{proof}");
    run("pdftoppm", &["-r", "150", "-png", "-singlefile", pdf.to_str().unwrap(), picture.to_str().unwrap()]);
    let scanned = run("zbarimg", &["--quiet", "--raw", picture.with_extension("png").to_str().unwrap()]);
    assert_eq!(scanned.trim_end_matches('\n'), view.qr_text);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_page_by_page_without_gaps_for_each_side_and_for_administrators() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let trade = trade(&app, 30).await;
    let mut issued = trade.ids.clone();
    issued.sort();
    for ctx in [&trade.buyer.ctx, &trade.seller.ctx, &admin.ctx] {
        let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let query = CertificateQuery { after, size: PageSize::TwentyFive, ..Default::default() };
            let page = certificates::certificate_list(ctx, query).await.unwrap();
            assert_eq!(page.total, 30);
            seen.extend(page.items.into_iter().map(|certificate| certificate.id));
            (after, pages) = (page.next, pages + 1);
            if after.is_none() {
                break;
            }
        }
        seen.sort();
        assert_eq!((seen, pages), (issued.clone(), 2));
    }
}
