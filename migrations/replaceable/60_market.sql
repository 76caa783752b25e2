-- The shop window follows the published versions: one place builds its rows and words, for one service or for all of them.

-- Words as they are searched: lower case, without accents; a point inside a word (BA00.Z) is no word's end.
CREATE OR REPLACE FUNCTION market_tokens(given text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT trim(regexp_replace(
    regexp_replace(lower(unaccent(given)), '([[:alnum:]])\.([[:alnum:]])', '\1\2', 'g'), '[^[:alnum:]]+', ' ', 'g'))
$$;

-- Each word twice: as it is, for prefixes, and as its English stem.
CREATE OR REPLACE FUNCTION market_vector(given text, weight "char") RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector('simple', given) || to_tsvector('english', given), weight)
$$;

-- The first words of a CommonMark text on one line, without its marks: a heading ends in a colon, and dots stand between the entries of a
-- list and between blocks that end in no point.
CREATE OR REPLACE FUNCTION market_summary(description text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    replace(left(description, 2000), E'\r', ''),
    '!?\[([^]]*)\]\([^)]*\)', '\1', 'g'),
    '(^|\n)[ \t]*#+[ \t]+([^\n]*)', E'\n\\2: ', 'g'),
    '([^.!?:;\s])[ \t]*\n[ \t]*\n', E'\\1 ·\n', 'g'),
    '(^|\n)[ \t]*([-*+]|[0-9]+[.)])[ \t]+', ' · ', 'g'),
    '(^|\n)[ \t]*>+[ \t]*', ' ', 'g'),
    '[*_`~\s]+', ' ', 'g'),
    ': (· )+', ': ', 'g'),
    '(· ){2,}', '· ', 'g'), ' ·')
$$;

-- Rebuilds the rows of these services and the words they brought; a service that is not on sale, or whose provider may not trade, leaves
-- the window. The application writes nothing there by itself: what anybody can have rebuilt is what is published.
CREATE OR REPLACE FUNCTION market_refresh(ids uuid[]) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  listed integer;
BEGIN
  WITH gone AS (DELETE FROM market_listings WHERE service_id = ANY (ids) RETURNING service_id, search_text),
  words AS (
    SELECT w.word, count(DISTINCT gone.service_id)::integer AS listings
    FROM gone, regexp_split_to_table(gone.search_text, ' ') AS w(word) GROUP BY w.word)
  UPDATE market_words m SET listings = m.listings - words.listings FROM words WHERE m.word = words.word;

  WITH RECURSIVE shown AS (
    SELECT v.*, o.name AS provider_name, market_summary(v.description) AS plain,
           (SELECT min(published_at) FROM service_versions f WHERE f.service_id = s.id) AS listed_at
    FROM services s
    JOIN service_versions v ON v.id = s.published_version_id
    JOIN organisations o ON o.id = s.org_id
    WHERE s.id = ANY (ids) AND s.status = 'published' AND o.status = 'verified'),
  up AS (
    SELECT c.release_id, c.uri AS start_uri, e.parent_uri, e.block_id, e.chapter_no
    FROM (SELECT DISTINCT c.release_id, c.uri FROM service_codes c JOIN shown ON shown.id = c.version_id) c
    JOIN icd11_entities e ON e.release_id = c.release_id AND e.uri = c.uri
    UNION ALL
    SELECT up.release_id, up.start_uri, e.parent_uri, e.block_id, e.chapter_no
    FROM up JOIN icd11_entities e ON e.release_id = up.release_id AND e.uri = up.parent_uri),
  places AS (
    SELECT release_id, start_uri, min(chapter_no) AS chapter,
           coalesce(array_agg(DISTINCT block_id) FILTER (WHERE block_id IS NOT NULL), '{}') AS blocks
    FROM up GROUP BY release_id, start_uri),
  coded AS (
    SELECT c.version_id,
           jsonb_agg(jsonb_build_object('release', c.release_id, 'uri', c.uri, 'code', c.code, 'title', c.title) ORDER BY c.position) AS codes,
           array_agg(c.code ORDER BY c.position) AS code_list,
           array_agg(DISTINCT p.chapter) AS chapters,
           string_agg(c.code || ' ' || c.title, ' ' ORDER BY c.position) AS words
    FROM service_codes c
    JOIN shown ON shown.id = c.version_id
    JOIN places p ON p.release_id = c.release_id AND p.start_uri = c.uri
    GROUP BY c.version_id),
  blocked AS (
    SELECT c.version_id, array_agg(DISTINCT b.block) AS blocks
    FROM service_codes c
    JOIN shown ON shown.id = c.version_id
    JOIN places p ON p.release_id = c.release_id AND p.start_uri = c.uri
    CROSS JOIN unnest(p.blocks) AS b(block)
    GROUP BY c.version_id),
  worded AS (
    SELECT shown.*, coded.codes, coded.code_list, coded.chapters, coalesce(blocked.blocks, '{}') AS blocks,
           market_tokens(shown.title) AS title_words,
           market_tokens(coded.words) AS code_words,
           market_tokens(concat_ws(' ', shown.category, shown.modality, shown.provider_name, shown.city)) AS frame_words,
           market_tokens(left(shown.plain, 600)) AS body_words
    FROM shown JOIN coded ON coded.version_id = shown.id LEFT JOIN blocked ON blocked.version_id = shown.id),
  window_rows AS (
    INSERT INTO market_listings (service_id, version_id, provider_org_id, provider_name, title, summary, category, modality,
      country, city, duration_minutes, validity_days, currency, base_price_minor, lowest_price_minor, codes, code_list,
      chapters, blocks, listed_at, search_text, search)
    SELECT service_id, id, org_id, provider_name, title, left(plain, 240), category, modality,
      country, city, duration_minutes, validity_days, currency, base_price_minor,
      coalesce((SELECT min(unit_price_minor) FROM service_price_steps p WHERE p.version_id = worded.id), base_price_minor),
      codes, code_list, chapters, blocks, listed_at,
      concat_ws(' ', title_words, code_words, frame_words, body_words),
      market_vector(title_words, 'A') || market_vector(code_words, 'B') || market_vector(frame_words, 'C') || market_vector(body_words, 'D')
    FROM worded
    RETURNING service_id, search_text),
  words AS (
    SELECT w.word, count(DISTINCT window_rows.service_id)::integer AS listings
    FROM window_rows, regexp_split_to_table(window_rows.search_text, ' ') AS w(word)
    WHERE length(w.word) >= 3 AND w.word !~ '^[0-9]+$'
    GROUP BY w.word),
  counted AS (
    -- in one order, so that two publications do not wait for each other crosswise
    INSERT INTO market_words AS m (word, listings) SELECT word, listings FROM words ORDER BY word
    ON CONFLICT (word) DO UPDATE SET listings = m.listings + EXCLUDED.listings)
  SELECT count(*)::integer INTO listed FROM window_rows;
  RETURN listed;
END
$$;

-- Numbers a change of listings. The counter's row stays locked until the transaction ends, so that numbers become visible in their
-- order and nobody who asks for what is above a number misses one.
CREATE OR REPLACE FUNCTION market_number_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  present bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM changed) THEN
    RETURN NULL;
  END IF;
  UPDATE market_state SET generation = generation + 1 RETURNING generation INTO present;
  INSERT INTO market_changes (service_id, generation) SELECT service_id, present FROM changed ORDER BY service_id
  ON CONFLICT (service_id) DO UPDATE SET generation = EXCLUDED.generation;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER number_arrivals AFTER INSERT ON market_listings
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION market_number_changes();
CREATE OR REPLACE TRIGGER number_changes AFTER UPDATE ON market_listings
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION market_number_changes();
CREATE OR REPLACE TRIGGER number_departures AFTER DELETE ON market_listings
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION market_number_changes();

REVOKE ALL ON FUNCTION market_refresh(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION market_refresh(uuid[]) TO hcts_app;
