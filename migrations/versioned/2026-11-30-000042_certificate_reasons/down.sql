WITH worded AS (
  UPDATE certificates SET status_reason = CASE status_reason_code WHEN 'partly_refunded' THEN 'A part of the price was sent back.' ELSE 'The price was refunded.' END
  WHERE status_reason_code IS NOT NULL AND status_reason IS NULL
  RETURNING id)
INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id, details)
SELECT gen_random_uuid(), 'command', 'certificates.reasons_worded', 'certificate', 'batch', 'migration', jsonb_build_object('certificates', count(*))
FROM worded HAVING count(*) > 0;
ALTER TABLE certificate_events DROP COLUMN reason_code;
ALTER TABLE certificates
  DROP CONSTRAINT certificates_reason,
  DROP COLUMN status_reason_code,
  ADD CONSTRAINT certificates_check1 CHECK (status NOT IN ('revoked', 'suspended') OR length(status_reason) > 0);
