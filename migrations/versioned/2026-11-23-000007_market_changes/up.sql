-- The market counts and sorts in copies that its servers keep in memory. Each change to a listing gets a number; a copy asks for those
-- above its own.
CREATE TABLE market_state (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  generation bigint NOT NULL
);
CREATE TABLE market_changes (
  service_id uuid PRIMARY KEY REFERENCES services,
  generation bigint NOT NULL
);
CREATE INDEX market_changes_generation ON market_changes (generation);

INSERT INTO market_state (generation) VALUES (1);
INSERT INTO market_changes (service_id, generation) SELECT service_id, 1 FROM market_listings;

GRANT SELECT, UPDATE ON market_state TO hcts_app;
GRANT SELECT, INSERT, UPDATE ON market_changes TO hcts_app;

-- filters and orders no longer ask the table
DROP INDEX market_listings_newest, market_listings_price, market_listings_title, market_listings_category, market_listings_provider,
  market_listings_country, market_listings_chapters, market_listings_blocks, market_listings_codes;
