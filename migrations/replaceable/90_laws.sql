-- The laws of the domain as views that hold no row. Each row that appears names what broke: (law, subject, detail).
-- Tests read them after every scenario; `hcts check-laws` reads them on a live database.

CREATE OR REPLACE VIEW law_i1 AS
  SELECT 'I1' AS law, transfer_id::text AS subject, 'debits and credits differ in ' || currency AS detail
  FROM ledger_entries GROUP BY transfer_id, currency
  HAVING sum(CASE side WHEN 'debit' THEN amount_minor ELSE -amount_minor END) <> 0
  UNION ALL
  SELECT 'I1', t.id::text, 'transfer without entries' FROM ledger_transfers t
  WHERE NOT EXISTS (SELECT FROM ledger_entries e WHERE e.transfer_id = t.id)
  UNION ALL
  SELECT 'I1', t.id::text, t.kind || ' without a reference' FROM ledger_transfers t
  WHERE CASE WHEN t.kind IN ('capture', 'processing_fee', 'refund') THEN t.payment_id IS NULL
             WHEN t.kind = 'reversal' THEN t.reverses_transfer_id IS NULL ELSE t.transaction_id IS NULL END
  UNION ALL
  SELECT 'I1', t.transaction_id::text, 'more was paid out than the sale collected'
  FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id
  WHERE t.kind IN ('sale', 'payout') AND a.kind IN ('seller_payable', 'intermediary_payable', 'platform_revenue')
  GROUP BY t.transaction_id, e.account_id HAVING sum(CASE e.side WHEN 'credit' THEN e.amount_minor ELSE -e.amount_minor END) < 0
  UNION ALL
  SELECT 'I1', e.id::text, 'entry and account belong to different organisations'
  FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id WHERE a.org_id <> e.org_id;

CREATE OR REPLACE VIEW law_i2 AS
  SELECT 'I2' AS law, p.purchase_id::text AS subject, 'captured more than once' AS detail
  FROM payments p WHERE p.captured_minor > 0 GROUP BY p.purchase_id HAVING count(*) > 1
  UNION ALL
  SELECT 'I2', id::text, 'captured, authorised, refunded or amount out of order' FROM payments
  WHERE captured_minor > authorised_minor OR authorised_minor > amount_minor OR refunded_minor > captured_minor
  UNION ALL
  SELECT 'I2', p.id::text, 'paid amount is not the purchase total'
  FROM payments p JOIN purchases u ON u.id = p.purchase_id
  WHERE p.amount_minor <> u.total_minor OR p.currency <> u.currency OR (p.status = 'captured' AND p.captured_minor <> p.amount_minor)
  UNION ALL
  SELECT 'I2', u.id::text, 'paid purchase without captured payment' FROM purchases u
  WHERE u.status IN ('paid', 'fulfilled') AND NOT EXISTS (SELECT FROM payments p WHERE p.purchase_id = u.id AND p.captured_minor = u.total_minor)
  UNION ALL
  SELECT 'I2', u.id::text, 'captured payment without paid purchase' FROM purchases u
  JOIN payments p ON p.purchase_id = u.id
  -- money that came too late, or of which the rest has to go back, is owed to the buyer, and the platform was told
  WHERE p.captured_minor > p.refunded_minor AND u.status NOT IN ('paid', 'fulfilled')
    AND NOT EXISTS (SELECT FROM security_events s WHERE s.kind = 'payment_refund_due' AND s.details ->> 'payment' = p.id::text)
  UNION ALL
  SELECT 'I2', p.id::text, 'captured payment and its ledger transfer differ' FROM payments p
  WHERE p.captured_minor <> coalesce((SELECT sum(e.amount_minor) FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id AND e.side = 'debit'
    WHERE t.payment_id = p.id AND t.kind = 'capture'), 0)
  UNION ALL
  SELECT 'I2', p.id::text, 'fee of the payment and its ledger transfer differ' FROM payments p
  WHERE p.fee_minor <> coalesce((SELECT sum(e.amount_minor) FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id AND e.side = 'debit'
    WHERE t.payment_id = p.id AND t.kind = 'processing_fee'), 0)
  UNION ALL
  SELECT DISTINCT 'I2', u.id::text, 'purchase and its transactions disagree about being paid'
  FROM purchases u JOIN transactions t ON t.purchase_id = u.id
  WHERE (u.status IN ('paid', 'fulfilled')) <> (t.status IN ('paid', 'fulfilled'));

CREATE OR REPLACE VIEW law_i3 AS
  SELECT 'I3' AS law, u.id::text AS subject, 'purchase total is not the sum of its transactions' AS detail
  FROM purchases u WHERE u.total_minor <> coalesce((SELECT sum(t.gross_minor) FROM transactions t WHERE t.purchase_id = u.id), 0)
  UNION ALL
  SELECT 'I3', t.id::text, 'transaction gross is not the sum of its lines'
  FROM transactions t WHERE t.gross_minor <> coalesce((SELECT sum(l.gross_minor) FROM transaction_lines l WHERE l.transaction_id = t.id), 0)
  UNION ALL
  SELECT 'I3', l.id::text, 'split of the line does not sum to its gross'
  FROM transaction_lines l
  WHERE l.gross_minor <> l.seller_net_minor + coalesce((SELECT sum(c.amount_minor) FROM commission_lines c WHERE c.line_id = l.id), 0)
  UNION ALL
  SELECT 'I3', t.id::text, 'currency differs within a purchase'
  FROM transactions t JOIN purchases u ON u.id = t.purchase_id WHERE t.currency <> u.currency
  UNION ALL
  -- what a paid transaction owes each account, less what its sale posted there: nothing is left
  SELECT DISTINCT 'I3', transaction_id::text, 'posted sale differs from the split of the transaction: ' || kind
  FROM (SELECT t.id AS transaction_id, 'buyer' AS kind, t.org_id, -t.gross_minor AS minor FROM transactions t WHERE t.status IN ('paid', 'fulfilled')
        UNION ALL
        SELECT t.id, 'seller_payable', t.seller_org_id, l.seller_net_minor
        FROM transactions t JOIN transaction_lines l ON l.transaction_id = t.id WHERE t.status IN ('paid', 'fulfilled')
        UNION ALL
        SELECT t.id, CASE c.kind WHEN 'platform' THEN 'platform_revenue' ELSE 'intermediary_payable' END, c.beneficiary_org_id, c.amount_minor
        FROM transactions t JOIN transaction_lines l ON l.transaction_id = t.id JOIN commission_lines c ON c.line_id = l.id
        WHERE t.status IN ('paid', 'fulfilled')
        UNION ALL
        SELECT x.transaction_id, a.kind, a.org_id, CASE e.side WHEN 'debit' THEN e.amount_minor ELSE -e.amount_minor END
        FROM ledger_transfers x JOIN ledger_entries e ON e.transfer_id = x.id JOIN ledger_accounts a ON a.id = e.account_id
        WHERE x.kind IN ('sale', 'reversal')) shares
  GROUP BY transaction_id, kind, org_id HAVING sum(minor) <> 0;

CREATE OR REPLACE VIEW law_i4 AS
  SELECT 'I4' AS law, c.service_id::text AS subject, 'oversold' AS detail FROM service_capacity c WHERE c.committed > c.capacity
  UNION ALL
  SELECT 'I4', c.service_id::text, 'committed units differ from the units ordered'
  FROM service_capacity c
  LEFT JOIN (SELECT l.service_id, sum(l.quantity) AS units FROM transaction_lines l JOIN transactions t ON t.id = l.transaction_id
             WHERE t.status NOT IN ('cancelled', 'expired') GROUP BY l.service_id) placed USING (service_id)
  WHERE c.committed <> coalesce(placed.units, 0)
  UNION ALL
  SELECT 'I4', a.id::text, 'account overdrawn: ' || a.kind
  FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id
  WHERE a.kind IN ('seller_payable', 'intermediary_payable', 'platform_revenue')
  GROUP BY a.id, a.kind HAVING sum(CASE e.side WHEN 'credit' THEN e.amount_minor ELSE -e.amount_minor END) < 0;

CREATE OR REPLACE VIEW law_i5 AS
  -- a superseded certificate stands for no unit: its successor does
  SELECT 'I5' AS law, l.id::text AS subject, 'captured units and certificates differ' AS detail
  FROM transaction_lines l JOIN transactions t ON t.id = l.transaction_id
  WHERE t.status IN ('paid', 'fulfilled')
    AND l.quantity <> (SELECT count(DISTINCT c.unit_no) FROM certificates c
                       WHERE c.line_id = l.id AND c.status <> 'superseded' AND c.unit_no <= l.quantity)
  UNION ALL
  SELECT 'I5', c.id::text, 'certificate without a purchased unit'
  FROM certificates c JOIN transaction_lines l ON l.id = c.line_id JOIN transactions t ON t.id = l.transaction_id
  WHERE c.unit_no NOT BETWEEN 1 AND l.quantity
    -- of a sale that was taken back nothing is left that could be redeemed
    OR t.status NOT IN ('paid', 'fulfilled') AND NOT (t.status = 'cancelled' AND c.status IN ('revoked', 'expired', 'superseded'))
  UNION ALL
  SELECT 'I5', line_id::text, 'more than one live certificate of unit ' || unit_no FROM certificates
  WHERE status NOT IN ('superseded', 'revoked') GROUP BY line_id, unit_no HAVING count(*) > 1
  UNION ALL
  SELECT 'I5', c.id::text, 'certificate without exactly one logged issuance' FROM certificates c
  WHERE 1 <> (SELECT count(*) FROM certificate_events e JOIN log_entries g ON g.certificate_event_id = e.id
              WHERE e.certificate_id = c.id AND e.kind = 'issued')
  UNION ALL
  SELECT 'I5', e.id::text, 'certificate event that is not in the log' FROM certificate_events e
  WHERE NOT EXISTS (SELECT FROM log_entries g WHERE g.certificate_event_id = e.id)
  UNION ALL
  SELECT 'I5', g.id::text, 'log entry has waited too long for its leaf' FROM log_entries g
  WHERE g.created_at < clock_now() - interval '5 minutes' AND NOT EXISTS (SELECT FROM log_leaves f WHERE f.log_entry_id = g.id)
  UNION ALL
  SELECT 'I5', max(leaf_index)::text, 'leaf indexes have a gap' FROM log_leaves HAVING count(*) <> coalesce(max(leaf_index) + 1, 0);

CREATE OR REPLACE VIEW law_i6 AS
  SELECT 'I6' AS law, s.entity_id::text AS subject, s.machine || ': ' || s.from_state || ' to ' || s.to_state || ' is not an allowed transition' AS detail
  FROM state_changes s
  WHERE NOT EXISTS (SELECT FROM state_transitions t WHERE (t.machine, t.from_state, t.to_state) = (s.machine, s.from_state, s.to_state))
  UNION ALL
  SELECT 'I6', entity_id::text, machine || ': history is not a chain'
  FROM (SELECT *, lag(to_state, 1, '') OVER (PARTITION BY machine, entity_id ORDER BY id) AS previous FROM state_changes) chain
  WHERE previous <> from_state
  UNION ALL
  SELECT 'I6', now_in.id::text, now_in.machine || ': present state is not the last recorded'
  FROM (SELECT 'organisation' AS machine, id, status FROM organisations UNION ALL SELECT 'service', id, status FROM services
        UNION ALL SELECT 'purchase', id, status FROM purchases UNION ALL SELECT 'transaction', id, status FROM transactions
        UNION ALL SELECT 'payment', id, status FROM payments UNION ALL SELECT 'certificate', id, status FROM certificates) now_in
  LEFT JOIN LATERAL (SELECT to_state FROM state_changes s WHERE s.machine = now_in.machine AND s.entity_id = now_in.id ORDER BY s.id DESC LIMIT 1) last ON true
  WHERE last.to_state IS DISTINCT FROM now_in.status;

CREATE OR REPLACE VIEW law_i7 AS
  SELECT 'I7' AS law, payment_id::text AS subject, 'more than one event captured the payment' AS detail
  FROM gateway_events WHERE effect = 'applied' AND kind = 'payment.captured' GROUP BY payment_id HAVING count(*) > 1
  UNION ALL
  SELECT 'I7', payment_id::text, 'captured more than once in the ledger' FROM ledger_transfers WHERE kind = 'capture' GROUP BY payment_id HAVING count(*) > 1;

CREATE OR REPLACE VIEW law_i8 AS
  SELECT 'I8' AS law, org_id::text || ' ' || key AS subject, 'more than one stored answer' AS detail
  FROM idempotency_keys GROUP BY org_id, key HAVING count(*) > 1;

CREATE OR REPLACE VIEW law_i9 AS
  SELECT DISTINCT 'I9' AS law, s.entity_id::text AS subject, s.machine || ' changed to ' || s.to_state || ' without an audit record' AS detail
  FROM state_changes s WHERE NOT EXISTS (SELECT FROM audit_records a WHERE a.xid = s.xid)
  UNION ALL
  -- A row names the transaction that wrote it last. Rows are judged from the moment on that the database's origin names: what came before
  -- was planted by migrations or brought by a restored dump, whose records name transactions of another database.
  SELECT 'I9', written.subject, written.entity || ' written without an audit record'
  FROM (SELECT 'user' AS entity, id::text AS subject, xmin AS transaction FROM users
        UNION ALL SELECT 'organisation', id::text, xmin FROM organisations
        UNION ALL SELECT 'membership', id::text, xmin FROM memberships
        UNION ALL SELECT 'invitation', id::text, xmin FROM invitations
        UNION ALL SELECT 'permission', role || ' ' || level || ' ' || permission, xmin FROM role_permissions
        UNION ALL SELECT 'saved view', id::text, xmin FROM saved_views
        UNION ALL SELECT 'list opening', org_id || ' ' || list || ' ' || level, xmin FROM list_openings
        UNION ALL SELECT 'service version', id::text, xmin FROM service_versions
        UNION ALL SELECT 'service bulk run', id::text, xmin FROM service_bulk_runs
        UNION ALL SELECT 'cart', id::text, xmin FROM carts
        UNION ALL SELECT 'cart line', id::text, xmin FROM cart_lines
        UNION ALL SELECT 'purchase', id::text, xmin FROM purchases
        UNION ALL SELECT 'payment', id::text, xmin FROM payments
        UNION ALL SELECT 'gateway event', event_id, xmin FROM gateway_events
        UNION ALL SELECT 'certificate', id::text, xmin FROM certificates) written
  WHERE age(written.transaction) < (SELECT age(o.since::xid) FROM database_origin o JOIN pg_control_system() s USING (system_identifier)
                                    WHERE o.audit_table = 'audit_records'::regclass::oid::bigint)
    AND NOT EXISTS (SELECT FROM audit_records a WHERE a.xid::xid = written.transaction);

CREATE OR REPLACE VIEW law_i10 AS
  SELECT 'I10' AS law, c.oid::regclass::text AS subject, 'tenant table without row-level security' AS detail
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT c.relrowsecurity
  UNION ALL
  SELECT 'I10', t.id::text, 'transaction and purchase have different buyers' FROM transactions t JOIN purchases p ON p.id = t.purchase_id WHERE p.org_id <> t.org_id
  UNION ALL
  SELECT 'I10', l.id::text, 'line and transaction belong to different organisations' FROM transaction_lines l JOIN transactions t ON t.id = l.transaction_id
  WHERE (l.org_id, l.seller_org_id) <> (t.org_id, t.seller_org_id)
  UNION ALL
  SELECT 'I10', l.id::text, 'line sells a service of another provider' FROM transaction_lines l JOIN services s ON s.id = l.service_id WHERE s.org_id <> l.seller_org_id
  UNION ALL
  SELECT 'I10', c.id::text, 'certificate and line belong to different organisations' FROM certificates c JOIN transaction_lines l ON l.id = c.line_id
  WHERE (c.org_id, c.seller_org_id) <> (l.org_id, l.seller_org_id)
  UNION ALL
  SELECT 'I10', m.service_id::text, 'listing of a service that is not published' FROM market_listings m JOIN services s ON s.id = m.service_id
  WHERE s.status <> 'published' OR s.published_version_id <> m.version_id OR s.org_id <> m.provider_org_id;

CREATE OR REPLACE VIEW law_i11 AS
  SELECT 'I11' AS law, id::text AS subject, 'waiting in the outbox since ' || created_at AS detail
  FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND available_at < clock_now() - interval '5 minutes';

CREATE OR REPLACE VIEW law_i12 AS
  SELECT 'I12' AS law, k.org_id::text || ' ' || k.key AS subject, 'acknowledged purchase is missing' AS detail
  FROM idempotency_keys k CROSS JOIN LATERAL jsonb_array_elements_text(k.response -> 'purchases') AS made (id)
  WHERE k.operation = 'purchase_initiate' AND NOT EXISTS (SELECT FROM purchases p WHERE p.id = made.id::uuid);

-- The entry of an event in its one form (crates/certificate/src/log_entry.rs), made anew from what is stored now.
CREATE OR REPLACE FUNCTION certificate_log_entry(certificate uuid, event text, code bytea, payload bytea, key_id bytea, happened_at timestamptz)
  RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT convert_to(format('{"type":"hcts.certificate-event/v1","certificate":"%s","event":"%s","commitment":"%s","key":"%s","time":%s}',
    replace(certificate::text, '-', ''), event, encode(sha256(sha256('hcts log salt v1'::bytea || code) || payload), 'hex'),
    encode(key_id, 'hex'), floor(extract(epoch FROM happened_at))::bigint), 'UTF8')
$$;

CREATE OR REPLACE VIEW law_i13 AS
  SELECT 'I13' AS law, e.id::text AS subject, 'log entry of the event does not match the stored certificate' AS detail
  FROM certificate_events e JOIN certificates c ON c.id = e.certificate_id JOIN log_entries g ON g.certificate_event_id = e.id
  WHERE g.entry <> certificate_log_entry(c.id, e.kind, c.public_code, c.signed_payload, c.key_id, e.occurred_at)
  UNION ALL
  SELECT 'I13', c.id::text, 'status does not match the last log entry: ' || c.status || ' after ' || coalesce(last.kind, 'nothing')
  FROM certificates c
  LEFT JOIN LATERAL (SELECT e.kind FROM certificate_events e LEFT JOIN log_entries g ON g.certificate_event_id = e.id
                     WHERE e.certificate_id = c.id ORDER BY g.entry_no DESC NULLS FIRST LIMIT 1) last ON true
  WHERE NOT coalesce(CASE WHEN last.kind IN ('issued', 'resumed') THEN c.status IN ('issued', 'reserved') ELSE c.status = last.kind END, false);

CREATE OR REPLACE VIEW law_i15 AS
  -- keys, releases of ICD-11, transitions and migrations are written by the owner alone
  SELECT 'I15' AS law, t.name || '.' || a.attname AS subject, 'the role of the application can write it' AS detail
  FROM unnest(ARRAY['signing_keys', 'icd11_releases', 'icd11_entities', 'state_transitions', '__diesel_schema_migrations']) AS t (name)
  JOIN pg_attribute a ON a.attrelid = t.name::regclass AND a.attnum > 0 AND NOT a.attisdropped
  WHERE has_column_privilege('hcts_app', a.attrelid, a.attnum, 'INSERT') OR has_column_privilege('hcts_app', a.attrelid, a.attnum, 'UPDATE')
     OR has_table_privilege('hcts_app', a.attrelid, 'DELETE') OR has_table_privilege('hcts_app', a.attrelid, 'TRUNCATE')
  UNION ALL
  SELECT 'I15', rolname::text, 'the role of the application has the powers of an owner' FROM pg_roles
  WHERE rolname = 'hcts_app' AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
  UNION ALL
  SELECT 'I15', c.oid::regclass::text, 'the role of the application owns it' FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND pg_has_role('hcts_app', c.relowner, 'USAGE');

-- What cannot be judged here, and why.
CREATE OR REPLACE VIEW laws_not_applied AS
  SELECT 'I9' AS law, 'this database was restored from a dump, so it is unknown which transaction wrote a row; run hcts migrate, and rows written from then on are checked' AS reason
  WHERE NOT EXISTS (SELECT FROM database_origin o JOIN pg_control_system() s USING (system_identifier)
                    WHERE o.audit_table = 'audit_records'::regclass::oid::bigint);

-- What is gone of each captured payment's price, over all its attempts: a lost dispute takes all that an attempt brought, and what a second
-- attempt brought goes back first.
CREATE OR REPLACE VIEW payments_gone AS
  SELECT p.id, p.refunded_minor, p.refund_accepted_minor, bool_or(a.dispute = 'open') AND coalesce(sum(a.captured_minor - CASE WHEN a.dispute = 'lost' THEN a.captured_minor ELSE a.refunded_minor END)
      FILTER (WHERE a.dispute IS DISTINCT FROM 'open'), 0) < p.captured_minor - p.refunded_minor AS is_disputed,
    greatest(0, p.amount_minor - sum(a.captured_minor - CASE WHEN a.dispute = 'lost' THEN a.captured_minor ELSE a.refunded_minor END)) AS gone_minor
  FROM payments p JOIN payment_attempts a ON a.payment_id = p.id GROUP BY p.id HAVING p.captured_minor > 0 OR bool_or(a.outcome = 'captured');

CREATE OR REPLACE VIEW law_i14 AS
  SELECT 'I14' AS law, c.id::text AS subject, 'valid although its price was refunded in full or in part, or is disputed' AS detail
  FROM payments_gone g JOIN payments p ON p.id = g.id JOIN transactions t ON t.purchase_id = p.purchase_id
  JOIN transaction_lines l ON l.transaction_id = t.id JOIN certificates c ON c.line_id = l.id
  WHERE c.status IN ('issued', 'reserved') AND (g.is_disputed OR g.refund_accepted_minor < greatest(g.refunded_minor, g.gone_minor))
  UNION ALL
  SELECT 'I14', id::text, 'refunded money is not recorded in the ledger' FROM payments_gone WHERE gone_minor > refunded_minor
  UNION ALL
  SELECT 'I14', id::text, 'partial refund accepted without a reason' FROM payments WHERE refund_accepted_minor > 0 AND refund_accepted_reason IS NULL
  UNION ALL
  SELECT 'I14', p.id::text, 'refunded amount and its ledger transfers differ' FROM payments p
  WHERE p.refunded_minor <> coalesce((SELECT sum(e.amount_minor) FROM ledger_transfers x JOIN ledger_entries e ON e.transfer_id = x.id AND e.side = 'debit'
    WHERE x.payment_id = p.id AND x.kind = 'refund'), 0);

CREATE OR REPLACE VIEW laws AS
  SELECT * FROM law_i1 UNION ALL SELECT * FROM law_i2 UNION ALL SELECT * FROM law_i3 UNION ALL SELECT * FROM law_i4 UNION ALL
  SELECT * FROM law_i5 UNION ALL SELECT * FROM law_i6 UNION ALL SELECT * FROM law_i7 UNION ALL SELECT * FROM law_i8 UNION ALL
  SELECT * FROM law_i9 UNION ALL SELECT * FROM law_i10 UNION ALL SELECT * FROM law_i11 UNION ALL SELECT * FROM law_i12 UNION ALL
  SELECT * FROM law_i13 UNION ALL SELECT * FROM law_i14 UNION ALL SELECT * FROM law_i15;
