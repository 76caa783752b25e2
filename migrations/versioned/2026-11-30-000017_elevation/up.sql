-- A step that runs with the rights of a job keeps the name of who asked for it, and says why.
ALTER TABLE audit_records ADD COLUMN elevation text CHECK (elevation ~ '^[a-z_]+$');
