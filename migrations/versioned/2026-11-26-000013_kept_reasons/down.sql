DROP TABLE organisation_reasons;
COMMENT ON COLUMN organisations.status_reason IS NULL;
COMMENT ON COLUMN certificates.status_reason IS NULL;
COMMENT ON COLUMN certificate_events.reason IS NULL;
