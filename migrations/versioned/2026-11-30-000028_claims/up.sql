-- What nobody has proved blocks nobody. An address may be claimed by several accounts: the password tells them apart. A number of a
-- register belongs to one organisation once that is verified; numbers are compared without case, spaces and punctuation.

DROP INDEX users_email_unique;
CREATE INDEX users_email ON users (email);

ALTER TABLE organisations ADD COLUMN registration_key text NOT NULL
  GENERATED ALWAYS AS (upper(regexp_replace(normalize(registration_number, NFKC), '[[:space:][:punct:]\u2010-\u2015\u2212]+', '', 'g'))) STORED;
DROP INDEX organisations_registration_unique;
CREATE UNIQUE INDEX organisations_registration_unique ON organisations (country, registration_key)
  WHERE registration_key <> '' AND status IN ('verified', 'suspended');
CREATE INDEX organisations_registration ON organisations (country, registration_key);

-- A try counts as pending until its password has been compared: only a wrong one is a failure.
ALTER TABLE sign_in_throttle DROP CONSTRAINT sign_in_throttle_failures_check;
ALTER TABLE sign_in_throttle ADD COLUMN pending integer NOT NULL DEFAULT 0 CHECK (pending >= 0), ADD CHECK (failures >= 0);

-- Browsers in which a person has signed in: guessing elsewhere does not lock them out.
CREATE TABLE known_devices (
  token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
  user_id uuid NOT NULL REFERENCES users,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  last_seen_at timestamptz NOT NULL DEFAULT clock_now(),
  PRIMARY KEY (token_hash, user_id)
);
CREATE INDEX known_devices_user ON known_devices (user_id);
CREATE INDEX known_devices_last_seen ON known_devices (last_seen_at);
COMMENT ON COLUMN known_devices.user_id IS 'personal data: who signed in with the browser';
ALTER TABLE known_devices ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON known_devices USING (sees_everything() OR user_id = current_actor());
GRANT SELECT, INSERT, UPDATE, DELETE ON known_devices TO hcts_app;
