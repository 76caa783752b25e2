-- Which files of migrations/replaceable were applied, by digest: `hcts migrate` applies those that changed and no others. The owner's alone.
CREATE TABLE replaced_files (
  name text PRIMARY KEY,
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  applied_at timestamptz NOT NULL DEFAULT clock_now()
);

-- In which database the transactions of rows and audit records can be compared (law I9), and from which on. A restored dump has the
-- records of another database, whose numbers of transactions mean nothing here: cluster or table are others. The owner's alone.
CREATE TABLE database_origin (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  system_identifier bigint NOT NULL,
  audit_table bigint NOT NULL,
  since xid8 NOT NULL
);
