-- What a transaction of one organisation reaches, for the tables that had no fence and those whose fence let the organisation write
-- what only others may say of it. The functions stand in subqueries, so that each is called once and not for every row.

-- People: oneself, and whoever is or was in the same organisation. Nobody but oneself is written to.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY jobs ON users USING ((SELECT sees_everything()));
CREATE POLICY known ON users FOR SELECT
  USING (id = (SELECT current_actor()) OR id IN (SELECT m.user_id FROM memberships m WHERE m.org_id = (SELECT current_org())));
CREATE POLICY joins ON users FOR INSERT WITH CHECK (id = (SELECT current_actor()) AND disabled_at IS NULL);
CREATE POLICY mine ON users FOR UPDATE USING (id = (SELECT current_actor()) AND disabled_at IS NULL);

-- Who may do what is read by everybody and changed in the console.
ALTER TABLE role_permissions ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON role_permissions FOR SELECT USING (true);
CREATE POLICY console ON role_permissions USING ((SELECT sees_everything()));

-- Anybody reports news; jobs alone read and deliver it.
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY jobs ON outbox USING ((SELECT sees_everything()));
CREATE POLICY senders ON outbox FOR INSERT WITH CHECK (true);

ALTER TABLE sign_in_throttle ENABLE ROW LEVEL SECURITY;
CREATE POLICY jobs ON sign_in_throttle USING ((SELECT sees_everything()));

-- The log is public. Entries are written with the event they are about, which is fenced; the sequencer alone goes on from there.
ALTER TABLE log_entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON log_entries FOR SELECT USING (true);
CREATE POLICY writers ON log_entries FOR INSERT WITH CHECK (true);
ALTER TABLE log_queue ENABLE ROW LEVEL SECURITY;
CREATE POLICY jobs ON log_queue USING ((SELECT sees_everything()));
CREATE POLICY writers ON log_queue FOR INSERT WITH CHECK (true);
ALTER TABLE log_leaves ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON log_leaves FOR SELECT USING (true);
CREATE POLICY jobs ON log_leaves FOR INSERT WITH CHECK ((SELECT sees_everything()));
ALTER TABLE log_hashes ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON log_hashes FOR SELECT USING (true);
CREATE POLICY jobs ON log_hashes FOR INSERT WITH CHECK ((SELECT sees_everything()));
ALTER TABLE log_checkpoints ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON log_checkpoints FOR SELECT USING (true);
CREATE POLICY jobs ON log_checkpoints FOR INSERT WITH CHECK ((SELECT sees_everything()));

-- The shop window is made from what is published, by a function of the owner (60_market.sql).
REVOKE INSERT, UPDATE, DELETE ON market_listings, market_words, market_state, market_changes FROM hcts_app;

-- An organisation signs up unverified. What it may change of its facts stands in 45_organisations.sql.
DROP POLICY own ON organisations;
CREATE POLICY jobs ON organisations USING ((SELECT sees_everything()));
CREATE POLICY own ON organisations FOR SELECT USING (id = (SELECT current_org()));
CREATE POLICY signs_up ON organisations FOR INSERT
  WITH CHECK (id = (SELECT current_org()) AND kind <> 'platform' AND status = 'unverified' AND verified_at IS NULL);
CREATE POLICY corrects ON organisations FOR UPDATE USING (id = (SELECT current_org()));

-- Certificates are issued by a job. Their buyer reads them, their seller redeems them, and neither does anything else to them.
DROP POLICY own ON certificates;
DROP POLICY seller_reads ON certificates;
DROP POLICY seller_redeems ON certificates;
CREATE POLICY jobs ON certificates USING ((SELECT sees_everything()));
CREATE POLICY parties ON certificates FOR SELECT USING (org_id = (SELECT current_org()) OR seller_org_id = (SELECT current_org()));
CREATE POLICY seller_redeems ON certificates FOR UPDATE USING (seller_org_id = (SELECT current_org()))
  WITH CHECK (seller_org_id = (SELECT current_org()) AND status = 'redeemed' AND redeemed_by = (SELECT current_actor()));
DROP POLICY own ON certificate_events;
DROP POLICY seller ON certificate_events;
CREATE POLICY jobs ON certificate_events USING ((SELECT sees_everything()));
CREATE POLICY parties ON certificate_events FOR SELECT USING (org_id = (SELECT current_org()) OR seller_org_id = (SELECT current_org()));
CREATE POLICY seller_redeems ON certificate_events FOR INSERT
  WITH CHECK (seller_org_id = (SELECT current_org()) AND kind = 'redeemed' AND actor_user_id = (SELECT current_actor()));

-- A buyer places, waits and gives up; that money came or went back is not the buyer's to say.
DROP POLICY own ON purchases;
CREATE POLICY jobs ON purchases USING ((SELECT sees_everything()));
CREATE POLICY own ON purchases USING (org_id = (SELECT current_org()))
  WITH CHECK (org_id = (SELECT current_org()) AND status IN ('open', 'awaiting_payment', 'cancelled', 'expired'));
DROP POLICY own ON transactions;
CREATE POLICY jobs ON transactions USING ((SELECT sees_everything()));
CREATE POLICY own ON transactions USING (org_id = (SELECT current_org()))
  WITH CHECK (org_id = (SELECT current_org()) AND status IN ('placed', 'cancelled', 'expired'));
DROP POLICY own ON payments;
CREATE POLICY jobs ON payments USING ((SELECT sees_everything()));
CREATE POLICY own ON payments USING (org_id = (SELECT current_org()))
  WITH CHECK (org_id = (SELECT current_org()) AND authorised_minor = 0 AND captured_minor = 0 AND refunded_minor = 0
              AND status IN ('created', 'pending', 'failed', 'unknown'));
DROP POLICY own ON payment_attempts;
CREATE POLICY jobs ON payment_attempts USING ((SELECT sees_everything()));
CREATE POLICY own ON payment_attempts USING (org_id = (SELECT current_org()))
  WITH CHECK (org_id = (SELECT current_org()) AND outcome <> 'captured');
DROP POLICY own ON ledger_accounts;
CREATE POLICY jobs ON ledger_accounts USING ((SELECT sees_everything()));
CREATE POLICY own ON ledger_accounts FOR SELECT USING (org_id = (SELECT current_org()));
DROP POLICY own ON ledger_transfers;
CREATE POLICY jobs ON ledger_transfers USING ((SELECT sees_everything()));
CREATE POLICY own ON ledger_transfers FOR SELECT USING (EXISTS (SELECT FROM ledger_entries e WHERE e.transfer_id = ledger_transfers.id));
DROP POLICY own ON ledger_entries;
CREATE POLICY jobs ON ledger_entries USING ((SELECT sees_everything()));
CREATE POLICY own ON ledger_entries FOR SELECT USING (org_id = (SELECT current_org()));
