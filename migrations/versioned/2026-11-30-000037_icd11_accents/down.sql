DROP INDEX icd11_entities_title_trigrams;
CREATE INDEX icd11_entities_title_trigrams ON icd11_entities USING gin (title gin_trgm_ops);
ALTER TABLE icd11_entities DROP COLUMN search;
ALTER TABLE icd11_entities ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('english', title)) STORED;
CREATE INDEX icd11_entities_search ON icd11_entities USING gin (search);
DROP FUNCTION strip_accents(text);
