-- Certificates, what happened to each, and the transparency log.

CREATE TABLE signing_keys (
  key_id bytea PRIMARY KEY,
  purpose text NOT NULL CHECK (purpose IN ('certificate', 'log')),
  algorithm text NOT NULL CHECK (algorithm = 'Ed25519'),
  public_key bytea NOT NULL CHECK (length(public_key) = 32),
  first_used_at timestamptz NOT NULL DEFAULT clock_now(),
  retired_at timestamptz
);

CREATE TABLE certificates (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  seller_org_id uuid NOT NULL REFERENCES organisations,
  line_id uuid NOT NULL,
  unit_no integer NOT NULL CHECK (unit_no > 0),
  public_code bytea NOT NULL CHECK (length(public_code) = 16),
  status text NOT NULL CHECK (status IN ('issued', 'reserved', 'redeemed', 'suspended', 'expired', 'revoked', 'superseded')),
  title text NOT NULL,
  key_id bytea NOT NULL REFERENCES signing_keys,
  signed_payload bytea NOT NULL,
  issued_at timestamptz NOT NULL DEFAULT clock_now(),
  expires_at timestamptz NOT NULL,
  redeemed_at timestamptz,
  redeemed_by uuid REFERENCES users,
  redeemed_place text CHECK (length(redeemed_place) <= 120),
  status_reason text,
  UNIQUE (org_id, id),
  CONSTRAINT certificates_public_code_unique UNIQUE (public_code),
  CHECK ((status = 'redeemed') = (redeemed_at IS NOT NULL)),
  CHECK (status NOT IN ('revoked', 'suspended') OR length(status_reason) > 0),
  FOREIGN KEY (org_id, line_id) REFERENCES transaction_lines (org_id, id)
);
COMMENT ON COLUMN certificates.redeemed_by IS 'personal data: which member of staff redeemed';
COMMENT ON COLUMN certificates.redeemed_place IS 'personal data: free text of the member of staff';
-- one live certificate per unit; a superseded or revoked one may have a successor (law I5)
CREATE UNIQUE INDEX certificates_live_unit ON certificates (line_id, unit_no) WHERE status NOT IN ('superseded', 'revoked');
CREATE INDEX certificates_org ON certificates (org_id, issued_at DESC, id DESC);
CREATE INDEX certificates_seller ON certificates (seller_org_id, issued_at DESC, id DESC);
CREATE INDEX certificates_expiry ON certificates (expires_at) WHERE status = 'issued';

CREATE TABLE certificate_events (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  seller_org_id uuid NOT NULL,
  certificate_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('issued', 'redeemed', 'suspended', 'resumed', 'expired', 'revoked', 'superseded')),
  occurred_at timestamptz NOT NULL DEFAULT clock_now(),
  actor_user_id uuid REFERENCES users,
  place text CHECK (length(place) <= 120),
  reason text,
  FOREIGN KEY (org_id, certificate_id) REFERENCES certificates (org_id, id)
);
CREATE INDEX certificate_events_certificate ON certificate_events (certificate_id, occurred_at);
CREATE INDEX certificate_events_org ON certificate_events (org_id);
COMMENT ON COLUMN certificate_events.actor_user_id IS 'personal data: who acted';
COMMENT ON COLUMN certificate_events.place IS 'personal data: free text of the member of staff';

-- What goes into the log, written with the fact it proves; the sequencer gives it its place a moment later.
CREATE TABLE log_entries (
  id uuid PRIMARY KEY,
  certificate_event_id uuid NOT NULL REFERENCES certificate_events,
  entry bytea NOT NULL CHECK (length(entry) BETWEEN 1 AND 65535),
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  UNIQUE (certificate_event_id)
);

-- Entries without a leaf yet: the sequencer's list, so that it never has to search the log for them.
CREATE TABLE log_queue (
  log_entry_id uuid PRIMARY KEY REFERENCES log_entries,
  queued_at timestamptz NOT NULL DEFAULT clock_now()
);

CREATE TABLE log_leaves (
  leaf_index bigint PRIMARY KEY CHECK (leaf_index >= 0),
  log_entry_id uuid NOT NULL REFERENCES log_entries,
  leaf_hash bytea NOT NULL CHECK (length(leaf_hash) = 32),
  sequenced_at timestamptz NOT NULL DEFAULT clock_now(),
  UNIQUE (log_entry_id)
);

-- Hashes of complete subtrees: (level, index), level 0 are the leaves (C2SP tlog-tiles).
CREATE TABLE log_hashes (
  level smallint NOT NULL CHECK (level BETWEEN 0 AND 62),
  position bigint NOT NULL CHECK (position >= 0),
  hash bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, position)
);

CREATE TABLE log_checkpoints (
  tree_size bigint PRIMARY KEY CHECK (tree_size >= 0),
  root_hash bytea NOT NULL CHECK (length(root_hash) = 32),
  signed_note text NOT NULL,
  signed_at timestamptz NOT NULL DEFAULT clock_now()
);

ALTER TABLE certificates ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON certificates USING (sees_everything() OR org_id = current_org());
CREATE POLICY seller_reads ON certificates FOR SELECT USING (seller_org_id = current_org());
CREATE POLICY seller_redeems ON certificates FOR UPDATE USING (seller_org_id = current_org());
ALTER TABLE certificate_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON certificate_events USING (sees_everything() OR org_id = current_org());
CREATE POLICY seller ON certificate_events USING (seller_org_id = current_org());

GRANT SELECT, INSERT, UPDATE ON signing_keys TO hcts_app;
GRANT SELECT, INSERT ON certificates, certificate_events, log_entries, log_leaves, log_hashes, log_checkpoints TO hcts_app;
GRANT UPDATE (status, redeemed_at, redeemed_by, redeemed_place, status_reason) ON certificates TO hcts_app;
GRANT SELECT, INSERT, DELETE ON log_queue TO hcts_app;
