-- The ground every domain stands on: the application role, the caller's identity inside a transaction,
-- state machines, the audit trail, security events and the outbox.

-- The role the server signs in with. It owns nothing and cannot step around row-level security.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hcts_app') THEN
    CREATE ROLE hcts_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another migration made it a moment ago
END
$$;
GRANT USAGE ON SCHEMA public TO hcts_app;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- Who is calling. Set with set_config(…, true), so each value ends with its transaction; a missing value
-- reads '' after the first use in a session, hence the NULLIFs, and answers nothing.
CREATE FUNCTION current_org() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT NULLIF(current_setting('hcts.org_id', true), '')::uuid $$;
CREATE FUNCTION current_actor() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT NULLIF(current_setting('hcts.actor_id', true), '')::uuid $$;
CREATE FUNCTION current_request() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT NULLIF(current_setting('hcts.request_id', true), '') $$;
-- 'platform': an administrator of the console; 'system': a job. Both see every organisation's rows.
CREATE FUNCTION sees_everything() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('hcts.scope', true), '') IN ('platform', 'system') $$;
-- The application's clock, so that a test can set the time for code and database alike.
CREATE FUNCTION clock_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(NULLIF(current_setting('hcts.now', true), '')::timestamptz, now()) $$;

-- State machines (domain: "State machines"; law I6). from_state '' is birth.
CREATE TABLE state_transitions (
  machine text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (machine, from_state, to_state)
);
INSERT INTO state_transitions (machine, from_state, to_state) VALUES
  ('organisation', '', 'unverified'), ('organisation', '', 'verified'),
  ('organisation', 'unverified', 'verified'), ('organisation', 'unverified', 'rejected'),
  ('organisation', 'rejected', 'unverified'), ('organisation', 'verified', 'suspended'),
  ('organisation', 'suspended', 'verified'),
  ('service', '', 'draft'), ('service', 'draft', 'published'), ('service', 'published', 'paused'),
  ('service', 'paused', 'published'), ('service', 'paused', 'retired'), ('service', 'published', 'retired'),
  ('service', 'draft', 'retired'),
  ('purchase', '', 'open'), ('purchase', 'open', 'awaiting_payment'), ('purchase', 'awaiting_payment', 'paid'),
  ('purchase', 'paid', 'fulfilled'), ('purchase', 'open', 'cancelled'), ('purchase', 'open', 'expired'),
  ('purchase', 'awaiting_payment', 'cancelled'), ('purchase', 'awaiting_payment', 'expired'),
  ('transaction', '', 'placed'), ('transaction', 'placed', 'paid'), ('transaction', 'paid', 'fulfilled'),
  ('transaction', 'placed', 'cancelled'), ('transaction', 'placed', 'expired'),
  ('payment', '', 'created'), ('payment', 'created', 'pending'), ('payment', 'created', 'failed'),
  ('payment', 'created', 'unknown'), ('payment', 'pending', 'authorised'), ('payment', 'pending', 'captured'),
  ('payment', 'pending', 'failed'), ('payment', 'pending', 'unknown'), ('payment', 'unknown', 'pending'),
  ('payment', 'unknown', 'authorised'), ('payment', 'unknown', 'captured'), ('payment', 'unknown', 'failed'),
  ('payment', 'authorised', 'captured'), ('payment', 'authorised', 'failed'), ('payment', 'failed', 'pending'),
  ('payment', 'captured', 'partially_refunded'), ('payment', 'captured', 'refunded'),
  ('payment', 'partially_refunded', 'refunded'), ('payment', 'captured', 'disputed'),
  ('payment', 'disputed', 'won'), ('payment', 'disputed', 'lost'),
  ('certificate', '', 'issued'), ('certificate', 'issued', 'reserved'), ('certificate', 'reserved', 'redeemed'),
  ('certificate', 'reserved', 'issued'), ('certificate', 'issued', 'redeemed'), ('certificate', 'issued', 'suspended'),
  ('certificate', 'suspended', 'issued'), ('certificate', 'issued', 'expired'), ('certificate', 'issued', 'revoked'),
  ('certificate', 'suspended', 'revoked'), ('certificate', 'issued', 'superseded');

CREATE TABLE state_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  machine text NOT NULL,
  entity_id uuid NOT NULL,
  org_id uuid,
  from_state text NOT NULL,
  to_state text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_now(),
  actor_user_id uuid DEFAULT current_actor(),
  request_id text DEFAULT current_request(),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  FOREIGN KEY (machine, from_state, to_state) REFERENCES state_transitions
);
CREATE INDEX state_changes_entity ON state_changes (machine, entity_id, id);
CREATE INDEX state_changes_org ON state_changes (org_id);
COMMENT ON COLUMN state_changes.actor_user_id IS 'personal data: who acted';

-- Each mutation leaves one, in its own transaction (law I9). Details hold ids, codes and amounts, never personal data.
CREATE TABLE audit_records (
  id uuid PRIMARY KEY,
  recorded_at timestamptz NOT NULL DEFAULT clock_now(),
  org_id uuid,
  actor_user_id uuid,
  actor_kind text NOT NULL CHECK (actor_kind IN ('anonymous', 'user', 'system', 'command')),
  action text NOT NULL CHECK (action ~ '^[a-z_0-9]+\.[a-z_0-9]+$'),
  entity_type text NOT NULL,
  entity_id text NOT NULL,
  request_id text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
COMMENT ON COLUMN audit_records.actor_user_id IS 'personal data: who acted';
CREATE INDEX audit_records_time ON audit_records (recorded_at DESC, id DESC);
CREATE INDEX audit_records_org ON audit_records (org_id, recorded_at DESC);
CREATE INDEX audit_records_entity ON audit_records (entity_type, entity_id, recorded_at DESC);
CREATE INDEX audit_records_actor ON audit_records (actor_user_id, recorded_at DESC);
CREATE INDEX audit_records_action ON audit_records (action, recorded_at DESC);
CREATE INDEX audit_records_xid ON audit_records (xid);

CREATE TABLE security_events (
  id uuid PRIMARY KEY,
  occurred_at timestamptz NOT NULL DEFAULT clock_now(),
  kind text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('info', 'low', 'high')),
  org_id uuid,
  user_id uuid,
  client_address text,
  request_id text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON COLUMN security_events.client_address IS 'personal data: network address';
COMMENT ON COLUMN security_events.user_id IS 'personal data: whose account';
CREATE INDEX security_events_time ON security_events (occurred_at DESC, id DESC);
CREATE INDEX security_events_org ON security_events (org_id, occurred_at DESC);

-- News for domains to the right and for the outside, written with the fact it reports (law I11).
CREATE TABLE outbox (
  id uuid PRIMARY KEY,
  topic text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  available_at timestamptz NOT NULL DEFAULT clock_now(),
  attempts integer NOT NULL DEFAULT 0,
  done_at timestamptz,
  dead_at timestamptz,
  last_error text,
  CHECK (NOT (done_at IS NOT NULL AND dead_at IS NOT NULL))
);
CREATE INDEX outbox_waiting ON outbox (available_at) WHERE done_at IS NULL AND dead_at IS NULL;

-- One stored answer per (organisation, key) (law I8).
CREATE TABLE idempotency_keys (
  org_id uuid NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 8 AND 128),
  operation text NOT NULL,
  request_hash bytea NOT NULL,
  response jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  PRIMARY KEY (org_id, key)
);

ALTER TABLE state_changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON state_changes USING (sees_everything() OR org_id = current_org())
  WITH CHECK (true);
-- Anyone may leave a trace; only the console and the organisation itself may read it.
ALTER TABLE audit_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON audit_records FOR SELECT USING (sees_everything() OR org_id = current_org());
CREATE POLICY writers ON audit_records FOR INSERT WITH CHECK (true);
ALTER TABLE security_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON security_events FOR SELECT USING (sees_everything());
CREATE POLICY writers ON security_events FOR INSERT WITH CHECK (true);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON idempotency_keys USING (sees_everything() OR org_id = current_org());

GRANT SELECT ON state_transitions TO hcts_app;
GRANT SELECT, INSERT ON state_changes, audit_records, security_events, idempotency_keys TO hcts_app;
GRANT SELECT, INSERT, UPDATE ON outbox TO hcts_app;
