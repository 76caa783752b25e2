-- Why an organisation was turned down or suspended, in words that may name a person. They stand apart from what is recorded for good,
-- so that they can be taken out of it.
CREATE TABLE organisation_reasons (
  org_id uuid NOT NULL REFERENCES organisations,
  change_id bigint NOT NULL REFERENCES state_changes,
  reason text NOT NULL CHECK (length(reason) > 0),
  PRIMARY KEY (org_id, change_id)
);
INSERT INTO organisation_reasons (org_id, change_id, reason)
  SELECT s.entity_id, s.id, a.details ->> 'reason'
  FROM state_changes s JOIN audit_records a ON a.xid = s.xid AND a.entity_type = 'organisation' AND a.entity_id = s.entity_id::text
  WHERE s.machine = 'organisation' AND length(a.details ->> 'reason') > 0
  ON CONFLICT DO NOTHING;

COMMENT ON COLUMN organisation_reasons.reason IS 'personal data: in an administrator''s words, which may name a person';
COMMENT ON COLUMN organisations.status_reason IS 'personal data: in an administrator''s words, which may name a person';
COMMENT ON COLUMN certificates.status_reason IS 'personal data: in an administrator''s words, which may name a person';
COMMENT ON COLUMN certificate_events.reason IS 'personal data: in an administrator''s words, which may name a person';

ALTER TABLE organisation_reasons ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON organisation_reasons USING (sees_everything() OR org_id = current_org());

GRANT SELECT, INSERT ON organisation_reasons TO hcts_app;
