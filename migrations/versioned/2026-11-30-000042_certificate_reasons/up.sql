-- A reason that the market itself gives is a code; people's reasons stay their words. The sentence of a code is made where it is shown.
-- The sentences stay in older rows: the running release still reads them. What was recorded of events stays as it was.
ALTER TABLE certificates
  ADD COLUMN status_reason_code text CHECK (status_reason_code IN ('partly_refunded', 'refunded')),
  DROP CONSTRAINT certificates_check1,
  ADD CONSTRAINT certificates_reason CHECK (status NOT IN ('revoked', 'suspended') OR status_reason_code IS NOT NULL OR length(status_reason) > 0);
ALTER TABLE certificate_events ADD COLUMN reason_code text CHECK (reason_code IN ('partly_refunded', 'refunded'));
GRANT UPDATE (status_reason_code) ON certificates TO hcts_app;

WITH coded AS (
  UPDATE certificates SET status_reason_code = CASE status WHEN 'suspended' THEN 'partly_refunded' ELSE 'refunded' END
  WHERE status = 'suspended' AND status_reason = 'A part of the price was sent back.'
     OR status = 'revoked' AND status_reason = 'The price was refunded.'
  RETURNING id)
INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id, details)
SELECT gen_random_uuid(), 'command', 'certificates.reasons_coded', 'certificate', 'batch', 'migration', jsonb_build_object('certificates', count(*))
FROM coded HAVING count(*) > 0;
