-- Sales that were undone after units had been redeemed: people settle them, and the console lists them until somebody says how.
CREATE TABLE undone_sales (
  purchase_id uuid PRIMARY KEY REFERENCES purchases,
  redeemed integer NOT NULL CHECK (redeemed > 0),
  undone_at timestamptz NOT NULL DEFAULT clock_now(),
  settled_at timestamptz,
  settled_by uuid REFERENCES users,
  settled_reason text CHECK (length(settled_reason) BETWEEN 10 AND 500),
  CHECK (num_nonnulls(settled_at, settled_by, settled_reason) IN (0, 3))
);
CREATE INDEX undone_sales_open ON undone_sales (undone_at) WHERE settled_at IS NULL;
COMMENT ON COLUMN undone_sales.settled_by IS 'personal data: who settled it';
COMMENT ON COLUMN undone_sales.settled_reason IS 'personal data: in an administrator''s words, which may name a person';

ALTER TABLE undone_sales ENABLE ROW LEVEL SECURITY;
CREATE POLICY console ON undone_sales USING (sees_everything());

GRANT SELECT, INSERT ON undone_sales TO hcts_app;
GRANT UPDATE (settled_at, settled_by, settled_reason) ON undone_sales TO hcts_app;

-- the audit trail knows those of earlier releases
INSERT INTO undone_sales (purchase_id, redeemed, undone_at)
SELECT entity_id::uuid, max((details ->> 'redeemed')::integer), min(recorded_at) FROM audit_records
WHERE action = 'orders.sale_undone' AND (details ->> 'redeemed')::integer > 0 GROUP BY entity_id;
