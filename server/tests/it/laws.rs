//! The laws themselves: a law that nobody ever saw broken may hold nothing.

use contracts::money::Currency;
use diesel::{QueryableByName, sql_types};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use services::platform::laws;
use testkit::{Goods, TestApp, TestDb, card};

use crate::payments::{deal, finish};

const AUDIT: &str = "INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id)
    VALUES (gen_random_uuid(), 'command', 'testkit.breach_planted', 'law', '', 'testkit');";

/// One row that breaks each law and no other.
const PLANTED: [(&str, &str); 15] = [
    (
        "I1",
        "INSERT INTO ledger_transfers (id, kind) VALUES ('00000000-0000-7000-8000-000000000001', 'payout');
         INSERT INTO ledger_accounts (id, org_id, kind, currency)
           VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000003', 'buyer', 'EUR');
         INSERT INTO ledger_entries (transfer_id, account_id, org_id, currency, side, amount_minor)
           VALUES ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002',
                   '00000000-0000-7000-8000-000000000003', 'EUR', 'debit', 5);",
    ),
    (
        "I2",
        "INSERT INTO payments (id, org_id, purchase_id, status, currency, amount_minor, authorised_minor, captured_minor)
           VALUES ('00000000-0000-7000-8000-000000000001', gen_random_uuid(), gen_random_uuid(), 'created', 'EUR', 5, 5, 5);
         INSERT INTO state_changes (machine, entity_id, from_state, to_state)
           VALUES ('payment', '00000000-0000-7000-8000-000000000001', '', 'created');",
    ),
    (
        "I3",
        "INSERT INTO purchases (id, org_id, number, status, currency, total_minor, created_by, expires_at)
           VALUES ('00000000-0000-7000-8000-000000000001', gen_random_uuid(), 'P-1', 'open', 'EUR', 5, gen_random_uuid(), now());
         INSERT INTO state_changes (machine, entity_id, from_state, to_state)
           VALUES ('purchase', '00000000-0000-7000-8000-000000000001', '', 'open');",
    ),
    (
        "I4",
        "INSERT INTO service_capacity (service_id, org_id, capacity, committed)
           VALUES (gen_random_uuid(), gen_random_uuid(), 1, 1);",
    ),
    (
        "I5",
        "INSERT INTO log_leaves (leaf_index, log_entry_id, leaf_hash)
           VALUES (1, gen_random_uuid(), sha256('a leaf'));",
    ),
    (
        "I6",
        "INSERT INTO state_changes (machine, entity_id, from_state, to_state)
           VALUES ('service', gen_random_uuid(), '', 'published');",
    ),
    (
        "I7",
        "INSERT INTO gateway_events (gateway, event_id, kind, payload, payment_id, effect) VALUES
           ('sandbox', 'one', 'payment.captured', '{}', '00000000-0000-7000-8000-000000000001', 'applied'),
           ('sandbox', 'two', 'payment.captured', '{}', '00000000-0000-7000-8000-000000000001', 'applied');",
    ),
    (
        "I8",
        "ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey;
         INSERT INTO idempotency_keys (org_id, key, operation, request_hash, response)
           SELECT '00000000-0000-7000-8000-000000000001', 'twice-answered', 'purchase_initiate', sha256('asked'), '{\"purchases\": []}'
           FROM generate_series(1, 2);",
    ),
    (
        "I9",
        "INSERT INTO state_changes (machine, entity_id, from_state, to_state)
           VALUES ('service', gen_random_uuid(), '', 'draft');",
    ),
    ("I10", "CREATE TABLE open_to_all (org_id uuid);"),
    (
        "I11",
        "INSERT INTO outbox (id, topic, payload, available_at)
           VALUES (gen_random_uuid(), 'forgotten', '{}', now() - interval '1 hour');",
    ),
    (
        "I12",
        "INSERT INTO idempotency_keys (org_id, key, operation, request_hash, response)
           VALUES (gen_random_uuid(), 'acknowledged', 'purchase_initiate', sha256('asked'),
                   jsonb_build_object('purchases', jsonb_build_array(gen_random_uuid())));",
    ),
    (
        "I13",
        "INSERT INTO certificates (id, org_id, seller_org_id, line_id, unit_no, public_code, status, title, key_id, signed_payload, expires_at, redeemed_at)
           VALUES ('00000000-0000-7000-8000-000000000001', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1,
                   substring(sha256('code') for 16), 'redeemed', 'Scan', 'a key id', 'signed', now(), now());
         INSERT INTO state_changes (machine, entity_id, from_state, to_state) VALUES
           ('certificate', '00000000-0000-7000-8000-000000000001', '', 'issued'),
           ('certificate', '00000000-0000-7000-8000-000000000001', 'issued', 'redeemed');
         INSERT INTO certificate_events (id, org_id, seller_org_id, certificate_id, kind)
           SELECT '00000000-0000-7000-8000-000000000002', org_id, seller_org_id, id, 'issued' FROM certificates;
         INSERT INTO log_entries (id, certificate_event_id, entry)
           SELECT gen_random_uuid(), e.id, certificate_log_entry(c.id, e.kind, c.public_code, c.signed_payload, c.key_id, e.occurred_at)
           FROM certificate_events e, certificates c;",
    ),
    (
        "I14",
        "INSERT INTO payments (id, org_id, purchase_id, status, currency, amount_minor)
           VALUES ('00000000-0000-7000-8000-000000000001', gen_random_uuid(), gen_random_uuid(), 'created', 'EUR', 5);
         INSERT INTO payment_attempts (id, org_id, payment_id, attempt_no, gateway, outcome, captured_minor, refunded_minor)
           VALUES (gen_random_uuid(), gen_random_uuid(), '00000000-0000-7000-8000-000000000001', 1, 'sandbox', 'captured', 5, 5);
         INSERT INTO state_changes (machine, entity_id, from_state, to_state)
           VALUES ('payment', '00000000-0000-7000-8000-000000000001', '', 'created');",
    ),
    ("I15", "GRANT INSERT ON signing_keys TO hcts_app;"),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_law_sees_what_breaks_it_and_no_other_does() {
    for (law, broken) in PLANTED {
        let database = TestDb::start().await;
        let trace = if law == "I9" { "" } else { AUDIT };
        let sql = format!("BEGIN; SET LOCAL session_replication_role = replica; {trace} {broken} COMMIT");
        database.owner().await.batch_execute(&sql).await.unwrap_or_else(|cause| panic!("{law}: {cause}"));
        let breaches = laws::breaches(database.owner_url()).await.unwrap();
        assert!(breaches.iter().any(|breach| breach.law == law), "{law} sees nothing");
        assert!(breaches.iter().all(|breach| breach.law == law), "{law}: {breaches:#?}");
    }
}

/// What is done to a paid purchase of three units, and what the laws say of it.
const DONE_TO_A_SALE: [(&str, &str); 19] = [
    ("UPDATE payments SET fee_minor = fee_minor + 1", "I2 fee of the payment and its ledger transfer differ"),
    (
        "INSERT INTO ledger_transfers (id, kind) VALUES ('00000000-0000-7000-8000-000000000001', 'payout')",
        "I1 payout without a reference",
    ),
    (
        "INSERT INTO ledger_transfers (id, kind, transaction_id)
           SELECT '00000000-0000-7000-8000-000000000001', 'payout', transaction_id FROM ledger_transfers WHERE kind = 'sale';
         INSERT INTO ledger_entries (transfer_id, account_id, org_id, currency, side, amount_minor)
           SELECT '00000000-0000-7000-8000-000000000001', a.id, a.org_id, a.currency, 'debit', 1000000
           FROM ledger_accounts a WHERE a.kind = 'seller_payable'",
        "I1 more was paid out than the sale collected",
    ),
    (
        "DELETE FROM ledger_entries WHERE transfer_id IN (SELECT id FROM ledger_transfers WHERE kind = 'sale');
         DELETE FROM ledger_transfers WHERE kind = 'sale'",
        "I3 posted sale differs from the split of the transaction: seller_payable",
    ),
    (
        "UPDATE ledger_entries e SET amount_minor = e.amount_minor + CASE a.kind WHEN 'seller_payable' THEN 1 ELSE -1 END
         FROM ledger_accounts a, ledger_transfers t
         WHERE a.id = e.account_id AND t.id = e.transfer_id AND t.kind = 'sale' AND e.side = 'credit'",
        "I3 posted sale differs from the split of the transaction: platform_revenue",
    ),
    ("UPDATE transactions SET status = 'placed'", "I2 purchase and its transactions disagree about being paid"),
    ("UPDATE certificates SET unit_no = 4 WHERE unit_no = 3", "I5 certificate without a purchased unit"),
    (
        "UPDATE certificates SET status = 'superseded' WHERE unit_no = 1",
        "I5 captured units and certificates differ",
    ),
    ("DELETE FROM certificates WHERE unit_no = 2", "I5 captured units and certificates differ"),
    ("UPDATE users SET name = 'Somebody Else'", "I9 user written without an audit record"),
    ("UPDATE organisations SET city = 'Elsewhere'", "I9 organisation written without an audit record"),
    ("UPDATE carts SET on_behalf_of = 'Somebody'", "I9 cart written without an audit record"),
    (
        "INSERT INTO cart_lines (id, org_id, cart_id, service_id, seen_version_id, seen_unit_price_minor, quantity, added_by)
         SELECT gen_random_uuid(), c.org_id, c.id, v.service_id, v.id, 1, 1, gen_random_uuid() FROM carts c, service_versions v",
        "I9 cart line written without an audit record",
    ),
    ("UPDATE memberships SET level = 'owner'", "I9 membership written without an audit record"),
    (
        "INSERT INTO role_permissions (role, level, permission) VALUES ('admin', 'auditor', 'planted')",
        "I9 permission written without an audit record",
    ),
    ("UPDATE service_versions SET title = 'Another'", "I9 service version written without an audit record"),
    (
        "INSERT INTO gateway_events (gateway, event_id, kind, payload, effect)
         VALUES ('sandbox', 'unseen', 'hello', '{}', 'ignored')",
        "I9 gateway event written without an audit record",
    ),
    (
        "UPDATE payment_attempts SET refunded_minor = 1",
        "I14 valid although its price was refunded in full or in part, or is disputed",
    ),
    ("UPDATE certificates SET title = 'Another'", "I9 certificate written without an audit record"),
];

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = sql_types::Text)]
    breach: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_cannot_be_altered_behind_the_laws() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(10_000, Currency::Eur), 3).await;
    sandbox.pay(deal.page(), card::APPROVE).await;
    sandbox.flush().await;
    deal.assert_paid().await;
    finish(&app).await;
    let mut owner = app.database.owner().await;
    for (done, expected) in DONE_TO_A_SALE {
        let begin = format!("BEGIN; SET LOCAL session_replication_role = replica; {done}");
        owner.batch_execute(&begin).await.unwrap();
        let found: Vec<Found> = diesel::sql_query("SELECT law || ' ' || detail AS breach FROM laws")
            .load(&mut owner)
            .await
            .unwrap();
        let found: Vec<String> = found.into_iter().map(|row| row.breach).collect();
        assert!(found.iter().any(|breach| breach == expected), "{done}: {found:#?}");
        owner.batch_execute("ROLLBACK").await.unwrap();
    }
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_dump_is_lawful_and_says_what_cannot_be_judged() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(10_000, Currency::Eur), 2).await;
    sandbox.pay(deal.page(), card::APPROVE).await;
    sandbox.flush().await;
    finish(&app).await;
    assert_eq!(laws::not_applied(app.database.owner_url()).await.unwrap(), []);
    let restored = app.database.dump_and_restore().await;
    assert_eq!(laws::breaches(restored.owner_url()).await.unwrap(), []);
    let notes = laws::not_applied(restored.owner_url()).await.unwrap();
    assert_eq!(notes.iter().map(|note| note.law.as_str()).collect::<Vec<_>>(), ["I9"]);
    assert!(notes[0].reason.contains("restored from a dump"), "{notes:?}");
    // from the next migration on it is judged again
    services::platform::migrate::up(restored.owner_url()).await.unwrap();
    assert_eq!(laws::not_applied(restored.owner_url()).await.unwrap(), []);
    assert_eq!(laws::breaches(restored.owner_url()).await.unwrap(), []);
    restored.owner().await.batch_execute("UPDATE users SET name = 'Somebody Else'").await.unwrap();
    let breaches = laws::breaches(restored.owner_url()).await.unwrap();
    assert!(!breaches.is_empty() && breaches.iter().all(|breach| breach.law == "I9"), "{breaches:#?}");
}
