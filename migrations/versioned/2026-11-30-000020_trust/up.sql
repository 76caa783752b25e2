-- Trust is nothing the application may add to (law I15): keys are listed by the owner of the database, from the key folder and the
-- command line.
REVOKE INSERT, UPDATE ON signing_keys FROM hcts_app;

-- Entries are numbered by the database as they are written. A certificate's row is locked while an event of it is recorded, so that
-- the numbers of its entries are in the order of its events, whatever the clocks of several servers say.
ALTER TABLE log_entries ADD COLUMN entry_no bigint GENERATED ALWAYS AS IDENTITY;
REVOKE INSERT ON log_entries FROM hcts_app;
GRANT INSERT (id, certificate_event_id, entry, created_at) ON log_entries TO hcts_app;

-- The last entry that was written before a key was retired: what the key signed is trusted if it was logged by then.
ALTER TABLE signing_keys ADD COLUMN last_entry_no bigint CHECK (last_entry_no IS NULL OR retired_at IS NOT NULL);
