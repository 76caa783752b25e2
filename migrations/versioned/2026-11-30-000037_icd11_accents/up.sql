-- A title is found with and without its accents: "sjogren" finds "Sjögren syndrome".
-- unaccent() is declared STABLE because its dictionary may be edited; the one that comes with it is not.
CREATE FUNCTION strip_accents(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT public.unaccent('public.unaccent'::regdictionary, given) $$;

ALTER TABLE icd11_entities DROP COLUMN search;
ALTER TABLE icd11_entities ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('english', strip_accents(title))) STORED;
CREATE INDEX icd11_entities_search ON icd11_entities USING gin (search);
DROP INDEX icd11_entities_title_trigrams;
CREATE INDEX icd11_entities_title_trigrams ON icd11_entities USING gin (strip_accents(title) gin_trgm_ops);
