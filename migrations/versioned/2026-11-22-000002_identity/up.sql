-- People, organisations, who may do what, and sessions.

CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  password_hash text,
  password_changed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  disabled_at timestamptz
);
CREATE UNIQUE INDEX users_email_unique ON users (email);
COMMENT ON COLUMN users.email IS 'personal data: sign-in name';
COMMENT ON COLUMN users.name IS 'personal data: name';
COMMENT ON COLUMN users.password_hash IS 'secret: Argon2id, PHC string';

CREATE TABLE organisations (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('platform', 'provider', 'insurer', 'intermediary')),
  name text NOT NULL CHECK (length(name) BETWEEN 2 AND 120),
  legal_name text NOT NULL CHECK (length(legal_name) BETWEEN 2 AND 200),
  registration_number text NOT NULL CHECK (length(registration_number) <= 64),
  country char(2) NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  city text NOT NULL DEFAULT '' CHECK (length(city) <= 120),
  status text NOT NULL CHECK (status IN ('unverified', 'verified', 'rejected', 'suspended')),
  status_reason text,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  verified_at timestamptz,
  CHECK (status <> 'verified' OR verified_at IS NOT NULL),
  CHECK (status NOT IN ('rejected', 'suspended') OR length(status_reason) > 0)
);
CREATE UNIQUE INDEX organisations_registration_unique ON organisations (country, registration_number) WHERE registration_number <> '';
CREATE UNIQUE INDEX organisations_one_platform ON organisations (kind) WHERE kind = 'platform';
CREATE INDEX organisations_status ON organisations (status, created_at);

CREATE TABLE memberships (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organisations,
  user_id uuid NOT NULL REFERENCES users,
  level text NOT NULL CHECK (level IN ('owner', 'manager', 'staff', 'auditor')),
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  removed_at timestamptz
);
CREATE UNIQUE INDEX memberships_active_unique ON memberships (org_id, user_id) WHERE removed_at IS NULL;
CREATE INDEX memberships_user ON memberships (user_id) WHERE removed_at IS NULL;
COMMENT ON COLUMN memberships.user_id IS 'personal data: who belongs to the organisation';

CREATE TABLE invitations (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organisations,
  email text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
  level text NOT NULL CHECK (level IN ('owner', 'manager', 'staff', 'auditor')),
  token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
  invited_by uuid NOT NULL REFERENCES users,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  revoked_at timestamptz
);
CREATE UNIQUE INDEX invitations_token_unique ON invitations (token_hash);
CREATE UNIQUE INDEX invitations_pending_unique ON invitations (org_id, email) WHERE accepted_at IS NULL AND revoked_at IS NULL;
COMMENT ON COLUMN invitations.email IS 'personal data: address of the invited person';
COMMENT ON COLUMN invitations.invited_by IS 'personal data: who invited';

-- The permission table (domain: "Who may do what"). Start values come from the policy file; an administrator may change them.
CREATE TABLE role_permissions (
  role text NOT NULL CHECK (role IN ('admin', 'provider', 'insurance', 'intermediary')),
  level text NOT NULL CHECK (level IN ('owner', 'manager', 'staff', 'auditor')),
  permission text NOT NULL,
  granted_at timestamptz NOT NULL DEFAULT clock_now(),
  PRIMARY KEY (role, level, permission)
);

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
  user_id uuid NOT NULL REFERENCES users,
  org_id uuid REFERENCES organisations,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  last_seen_at timestamptz NOT NULL DEFAULT clock_now(),
  idle_expires_at timestamptz NOT NULL,
  absolute_expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  client_address text,
  user_agent text
);
CREATE UNIQUE INDEX sessions_token_unique ON sessions (token_hash);
CREATE INDEX sessions_user ON sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_org ON sessions (org_id) WHERE ended_at IS NULL;
COMMENT ON COLUMN sessions.client_address IS 'personal data: network address';
COMMENT ON COLUMN sessions.user_agent IS 'personal data: browser';
COMMENT ON COLUMN sessions.user_id IS 'personal data: whose session';

-- Failed sign-ins per account and per address, in fixed windows.
CREATE TABLE sign_in_throttle (
  key_hash bytea PRIMARY KEY CHECK (length(key_hash) = 32),
  failures integer NOT NULL CHECK (failures > 0),
  window_started_at timestamptz NOT NULL,
  blocked_until timestamptz
);

-- Users are reached by identity alone, before any organisation is known; the other tables are fenced.
ALTER TABLE organisations ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON organisations USING (sees_everything() OR id = current_org());
CREATE POLICY public_names ON organisations FOR SELECT USING (status = 'verified' OR current_actor() IS NOT NULL AND EXISTS (
  SELECT FROM memberships m WHERE m.org_id = organisations.id AND m.user_id = current_actor() AND m.removed_at IS NULL));
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON memberships USING (sees_everything() OR org_id = current_org());
CREATE POLICY mine ON memberships FOR SELECT USING (user_id = current_actor());
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON invitations USING (sees_everything() OR org_id = current_org());
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON sessions USING (sees_everything() OR user_id = current_actor());

GRANT SELECT, INSERT, UPDATE ON users, organisations, memberships, invitations, sessions TO hcts_app;
GRANT SELECT, INSERT, DELETE ON role_permissions TO hcts_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_throttle TO hcts_app;
