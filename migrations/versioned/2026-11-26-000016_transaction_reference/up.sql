-- A transaction is found by its reference, the end of its id. A column of its own: behind row-level security an index over a
-- function of the id would not be used.
ALTER TABLE transactions ADD COLUMN reference text NOT NULL GENERATED ALWAYS AS (right(id::text, 8)) STORED;
CREATE INDEX transactions_reference ON transactions (reference);
