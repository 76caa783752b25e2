-- Each change of the permission table with its reason. The reason may name a person: it stands apart from the audit trail, so that it
-- can be taken out.
CREATE TABLE permission_changes (
  id uuid PRIMARY KEY,
  role text NOT NULL CHECK (role IN ('admin', 'provider', 'insurance', 'intermediary')),
  -- 'manager/services.write/false': level, permission, granted
  changes text[] NOT NULL CHECK (cardinality(changes) > 0),
  reason text NOT NULL CHECK (length(reason) BETWEEN 10 AND 500),
  changed_by uuid REFERENCES users,
  changed_at timestamptz NOT NULL DEFAULT clock_now()
);
CREATE INDEX permission_changes_time ON permission_changes (changed_at DESC, id DESC);
COMMENT ON COLUMN permission_changes.reason IS 'personal data: in an administrator''s words, which may name a person';
COMMENT ON COLUMN permission_changes.changed_by IS 'personal data: who changed the table';

ALTER TABLE permission_changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY console ON permission_changes USING (sees_everything());

GRANT SELECT, INSERT ON permission_changes TO hcts_app;
