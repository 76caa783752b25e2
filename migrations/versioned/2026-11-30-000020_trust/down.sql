ALTER TABLE signing_keys DROP COLUMN last_entry_no;
REVOKE INSERT (id, certificate_event_id, entry, created_at) ON log_entries FROM hcts_app;
GRANT INSERT ON log_entries TO hcts_app;
ALTER TABLE log_entries DROP COLUMN entry_no;
GRANT INSERT, UPDATE (first_used_at) ON signing_keys TO hcts_app;
