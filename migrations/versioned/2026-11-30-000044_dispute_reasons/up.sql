-- Certificates of a disputed payment wait, become valid again, or are revoked with it.
ALTER TABLE certificates DROP CONSTRAINT certificates_status_reason_code_check,
  ADD CONSTRAINT certificates_status_reason_code_check CHECK (status_reason_code IN ('partly_refunded', 'refunded', 'disputed', 'dispute_ended', 'dispute_lost'));
ALTER TABLE certificate_events DROP CONSTRAINT certificate_events_reason_code_check,
  ADD CONSTRAINT certificate_events_reason_code_check CHECK (reason_code IN ('partly_refunded', 'refunded', 'disputed', 'dispute_ended', 'dispute_lost'));
