ALTER TABLE transactions DROP COLUMN reference;
