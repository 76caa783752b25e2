ALTER TABLE certificates DROP CONSTRAINT certificates_status_reason_code_check,
  ADD CONSTRAINT certificates_status_reason_code_check CHECK (status_reason_code IN ('partly_refunded', 'refunded'));
ALTER TABLE certificate_events DROP CONSTRAINT certificate_events_reason_code_check,
  ADD CONSTRAINT certificate_events_reason_code_check CHECK (reason_code IN ('partly_refunded', 'refunded'));
