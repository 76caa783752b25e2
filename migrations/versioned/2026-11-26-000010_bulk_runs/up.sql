-- One act on many services: what was asked for, and what came of it service by service.
CREATE TABLE service_bulk_runs (
  id uuid PRIMARY KEY,
  -- whose people started it; an administrator acts on services of others
  org_id uuid NOT NULL REFERENCES organisations,
  started_by uuid NOT NULL REFERENCES users,
  act text NOT NULL CHECK (act IN ('publish', 'pause', 'resume', 'retire')),
  started_at timestamptz NOT NULL DEFAULT clock_now(),
  finished_at timestamptz,
  UNIQUE (org_id, id)
);
COMMENT ON COLUMN service_bulk_runs.started_by IS 'personal data: who started the run';

CREATE TABLE service_bulk_items (
  org_id uuid NOT NULL,
  run_id uuid NOT NULL,
  -- as it was asked for: there need not be such a service
  service_id uuid NOT NULL,
  title text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('waiting', 'done', 'refused')),
  reason text,
  PRIMARY KEY (org_id, run_id, service_id),
  FOREIGN KEY (org_id, run_id) REFERENCES service_bulk_runs (org_id, id),
  CHECK ((outcome = 'refused') = (reason IS NOT NULL))
);

ALTER TABLE service_bulk_runs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON service_bulk_runs USING (sees_everything() OR org_id = current_org());
ALTER TABLE service_bulk_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON service_bulk_items USING (sees_everything() OR org_id = current_org());

GRANT SELECT, INSERT ON service_bulk_runs, service_bulk_items TO hcts_app;
GRANT UPDATE (finished_at) ON service_bulk_runs TO hcts_app;
GRANT UPDATE (outcome, reason) ON service_bulk_items TO hcts_app;
