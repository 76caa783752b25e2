-- Saved views: named queries of lists, a person's own or shared with the organisation, and those the navigation opens lists with.

CREATE TABLE saved_views (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organisations,
  owner_id uuid NOT NULL REFERENCES users,
  list text NOT NULL CHECK (list IN ('services', 'purchases', 'orders', 'certificates', 'organisations', 'audit', 'security')),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  query text NOT NULL CHECK (octet_length(query) <= 1000),
  is_shared boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  updated_at timestamptz NOT NULL DEFAULT clock_now(),
  UNIQUE (org_id, list, id)
);
CREATE UNIQUE INDEX saved_views_name_unique ON saved_views (org_id, owner_id, list, lower(name));
COMMENT ON COLUMN saved_views.owner_id IS 'personal data: who saved the view';
COMMENT ON COLUMN saved_views.name IS 'personal data: in its owner''s words, which may name a person';
COMMENT ON COLUMN saved_views.query IS 'personal data: what was looked for, which may name a person';

-- One view at most for a level of a list.
CREATE TABLE list_openings (
  org_id uuid NOT NULL,
  list text NOT NULL,
  level text NOT NULL CHECK (level IN ('owner', 'manager', 'staff', 'auditor')),
  view_id uuid NOT NULL,
  PRIMARY KEY (org_id, list, level),
  FOREIGN KEY (org_id, list, view_id) REFERENCES saved_views (org_id, list, id) ON DELETE CASCADE
);

-- Nobody but its owner sees a private view, the people of the platform included.
ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON saved_views USING (org_id = current_org() AND (is_shared OR owner_id = current_actor()));
ALTER TABLE list_openings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON list_openings USING (org_id = current_org());

GRANT SELECT, INSERT, DELETE ON saved_views, list_openings TO hcts_app;
GRANT UPDATE (name, is_shared, updated_at) ON saved_views TO hcts_app;
GRANT UPDATE (view_id) ON list_openings TO hcts_app;
