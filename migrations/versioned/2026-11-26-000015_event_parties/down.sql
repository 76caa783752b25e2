ALTER TABLE certificate_events
  ADD FOREIGN KEY (org_id, certificate_id) REFERENCES certificates (org_id, id),
  DROP CONSTRAINT certificate_events_parties;
ALTER TABLE certificates DROP CONSTRAINT certificates_parties;
