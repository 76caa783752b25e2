DO $$
DECLARE
  fenced text;
BEGIN
  FOREACH fenced IN ARRAY ARRAY['certificates', 'certificate_events', 'purchases', 'transactions', 'payments', 'payment_attempts',
    'ledger_accounts', 'ledger_transfers', 'ledger_entries', 'organisations'] LOOP
    EXECUTE format('DROP POLICY jobs ON %I', fenced);
  END LOOP;
  FOREACH fenced IN ARRAY ARRAY['purchases', 'transactions', 'payments', 'payment_attempts', 'ledger_accounts', 'ledger_entries'] LOOP
    EXECUTE format('DROP POLICY own ON %I', fenced);
    EXECUTE format('CREATE POLICY own ON %I USING (sees_everything() OR org_id = current_org())', fenced);
  END LOOP;
END
$$;
DROP POLICY own ON ledger_transfers;
CREATE POLICY own ON ledger_transfers USING (sees_everything() OR EXISTS (SELECT FROM ledger_entries e WHERE e.transfer_id = ledger_transfers.id));
DROP POLICY parties ON certificates;
DROP POLICY seller_redeems ON certificates;
CREATE POLICY own ON certificates USING (sees_everything() OR org_id = current_org());
CREATE POLICY seller_reads ON certificates FOR SELECT USING (seller_org_id = current_org());
CREATE POLICY seller_redeems ON certificates FOR UPDATE USING (seller_org_id = current_org());
DROP POLICY parties ON certificate_events;
DROP POLICY seller_redeems ON certificate_events;
CREATE POLICY own ON certificate_events USING (sees_everything() OR org_id = current_org());
CREATE POLICY seller ON certificate_events USING (seller_org_id = current_org());
DROP POLICY own ON organisations;
DROP POLICY signs_up ON organisations;
DROP POLICY corrects ON organisations;
CREATE POLICY own ON organisations USING (sees_everything() OR id = current_org());
GRANT SELECT, INSERT, UPDATE, DELETE ON market_listings, market_words TO hcts_app;
GRANT UPDATE ON market_state TO hcts_app;
GRANT INSERT, UPDATE ON market_changes TO hcts_app;
DROP POLICY readers ON log_checkpoints;
DROP POLICY jobs ON log_checkpoints;
ALTER TABLE log_checkpoints DISABLE ROW LEVEL SECURITY;
DROP POLICY readers ON log_hashes;
DROP POLICY jobs ON log_hashes;
ALTER TABLE log_hashes DISABLE ROW LEVEL SECURITY;
DROP POLICY readers ON log_leaves;
DROP POLICY jobs ON log_leaves;
ALTER TABLE log_leaves DISABLE ROW LEVEL SECURITY;
DROP POLICY jobs ON log_queue;
DROP POLICY writers ON log_queue;
ALTER TABLE log_queue DISABLE ROW LEVEL SECURITY;
DROP POLICY readers ON log_entries;
DROP POLICY writers ON log_entries;
ALTER TABLE log_entries DISABLE ROW LEVEL SECURITY;
DROP POLICY jobs ON sign_in_throttle;
ALTER TABLE sign_in_throttle DISABLE ROW LEVEL SECURITY;
DROP POLICY jobs ON outbox;
DROP POLICY senders ON outbox;
ALTER TABLE outbox DISABLE ROW LEVEL SECURITY;
DROP POLICY readers ON role_permissions;
DROP POLICY console ON role_permissions;
ALTER TABLE role_permissions DISABLE ROW LEVEL SECURITY;
DROP POLICY jobs ON users;
DROP POLICY known ON users;
DROP POLICY joins ON users;
DROP POLICY mine ON users;
ALTER TABLE users DISABLE ROW LEVEL SECURITY;
REVOKE SELECT ON users FROM hcts_app;
GRANT SELECT ON users TO hcts_app;
