-- What happened to a certificate is written by its own buyer and its own seller, and by nobody who merely calls themselves that.
ALTER TABLE certificates ADD CONSTRAINT certificates_parties UNIQUE (org_id, seller_org_id, id);
ALTER TABLE certificate_events
  ADD CONSTRAINT certificate_events_parties FOREIGN KEY (org_id, seller_org_id, certificate_id) REFERENCES certificates (org_id, seller_org_id, id),
  DROP CONSTRAINT certificate_events_org_id_certificate_id_fkey;
