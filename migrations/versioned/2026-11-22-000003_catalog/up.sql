-- ICD-11, services with their versions, the public market.

CREATE TABLE icd11_releases (
  id text PRIMARY KEY CHECK (id ~ '^[0-9]{4}-[0-9]{2}$'),
  language text NOT NULL DEFAULT 'en',
  version_stamp text NOT NULL,
  source_sha256 bytea NOT NULL CHECK (length(source_sha256) = 32),
  complete boolean NOT NULL,
  entity_count integer NOT NULL CHECK (entity_count > 0),
  imported_at timestamptz NOT NULL DEFAULT clock_now(),
  is_current boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX icd11_releases_one_current ON icd11_releases (is_current) WHERE is_current;

CREATE TABLE icd11_entities (
  release_id text NOT NULL REFERENCES icd11_releases,
  uri text NOT NULL,
  foundation_uri text,
  code text CHECK (code ~ '^[0-9A-Z]{3,5}[0-9A-Z]?(\.[0-9A-HJ-NP-Z]{1,2})?$'),
  block_id text,
  title text NOT NULL,
  class_kind text NOT NULL CHECK (class_kind IN ('chapter', 'block', 'category')),
  depth integer NOT NULL CHECK (depth BETWEEN 0 AND 20),
  is_residual boolean NOT NULL,
  is_leaf boolean NOT NULL,
  chapter_no text NOT NULL,
  parent_uri text,
  ordinal integer NOT NULL,
  search tsvector GENERATED ALWAYS AS (to_tsvector('english', title)) STORED,
  PRIMARY KEY (release_id, uri),
  FOREIGN KEY (release_id, parent_uri) REFERENCES icd11_entities (release_id, uri) DEFERRABLE INITIALLY DEFERRED,
  CHECK ((class_kind = 'category') = (code IS NOT NULL))
);
CREATE UNIQUE INDEX icd11_entities_code_unique ON icd11_entities (release_id, code) WHERE code IS NOT NULL;
CREATE UNIQUE INDEX icd11_entities_ordinal_unique ON icd11_entities (release_id, ordinal);
CREATE INDEX icd11_entities_parent ON icd11_entities (release_id, parent_uri);
CREATE INDEX icd11_entities_search ON icd11_entities USING gin (search);
CREATE INDEX icd11_entities_title_trigrams ON icd11_entities USING gin (title gin_trgm_ops);
CREATE INDEX icd11_entities_code_prefix ON icd11_entities (release_id, code text_pattern_ops) WHERE code IS NOT NULL;

CREATE TABLE services (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organisations,
  status text NOT NULL CHECK (status IN ('draft', 'published', 'paused', 'retired')),
  -- the version buyers see; none before the first publication
  published_version_id uuid,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  updated_at timestamptz NOT NULL DEFAULT clock_now(),
  UNIQUE (org_id, id),
  CHECK (status NOT IN ('published', 'paused') OR published_version_id IS NOT NULL)
);
CREATE INDEX services_org ON services (org_id, updated_at DESC, id);

-- Every edit is a new version; a version never changes, except that it is published once.
CREATE TABLE service_versions (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  service_id uuid NOT NULL,
  version_no integer NOT NULL CHECK (version_no > 0),
  title text NOT NULL CHECK (length(title) BETWEEN 3 AND 120),
  description text NOT NULL CHECK (length(description) <= 10000),
  category text NOT NULL,
  modality text NOT NULL CHECK (modality IN ('on_site', 'remote', 'at_home')),
  country char(2) NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  city text NOT NULL CHECK (length(city) <= 120),
  duration_minutes integer NOT NULL CHECK (duration_minutes BETWEEN 5 AND 43200),
  validity_days integer NOT NULL CHECK (validity_days BETWEEN 1 AND 1825),
  currency char(3) NOT NULL,
  base_price_minor bigint NOT NULL CHECK (base_price_minor > 0),
  created_by uuid REFERENCES users,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  published_at timestamptz,
  UNIQUE (service_id, version_no),
  UNIQUE (org_id, id),
  FOREIGN KEY (org_id, service_id) REFERENCES services (org_id, id)
);
CREATE INDEX service_versions_org ON service_versions (org_id);
COMMENT ON COLUMN service_versions.created_by IS 'personal data: who wrote the version';
ALTER TABLE services ADD FOREIGN KEY (org_id, published_version_id) REFERENCES service_versions (org_id, id) DEFERRABLE INITIALLY DEFERRED;

-- Volume steps: from this quantity on, this unit price. The base price is the step from 1.
CREATE TABLE service_price_steps (
  org_id uuid NOT NULL,
  version_id uuid NOT NULL,
  min_quantity integer NOT NULL CHECK (min_quantity > 1),
  unit_price_minor bigint NOT NULL CHECK (unit_price_minor > 0),
  PRIMARY KEY (version_id, min_quantity),
  FOREIGN KEY (org_id, version_id) REFERENCES service_versions (org_id, id)
);
CREATE INDEX service_price_steps_org ON service_price_steps (org_id);

-- (release, URI, code, title) together, as the ICD-11 reference guide asks: a later release may move a code.
CREATE TABLE service_codes (
  org_id uuid NOT NULL,
  version_id uuid NOT NULL,
  position integer NOT NULL CHECK (position BETWEEN 0 AND 19),
  release_id text NOT NULL,
  uri text NOT NULL,
  code text NOT NULL,
  title text NOT NULL,
  PRIMARY KEY (version_id, position),
  UNIQUE (version_id, uri),
  FOREIGN KEY (org_id, version_id) REFERENCES service_versions (org_id, id),
  FOREIGN KEY (release_id, uri) REFERENCES icd11_entities (release_id, uri)
);
CREATE INDEX service_codes_org ON service_codes (org_id);
CREATE INDEX service_codes_entity ON service_codes (release_id, uri);

-- A composite service is made of others, each with its share of the price; shares sum to 10,000.
CREATE TABLE service_components (
  org_id uuid NOT NULL,
  version_id uuid NOT NULL,
  position integer NOT NULL CHECK (position BETWEEN 0 AND 49),
  component_service_id uuid NOT NULL REFERENCES services,
  quantity integer NOT NULL DEFAULT 1 CHECK (quantity > 0),
  share_basis_points integer NOT NULL CHECK (share_basis_points BETWEEN 0 AND 10000),
  PRIMARY KEY (version_id, position),
  FOREIGN KEY (org_id, version_id) REFERENCES service_versions (org_id, id)
);
CREATE INDEX service_components_org ON service_components (org_id);

-- What may still be sold. capacity NULL: no limit. committed = units placed in purchases that were not cancelled (law I4).
CREATE TABLE service_capacity (
  service_id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  capacity integer CHECK (capacity >= 0),
  committed integer NOT NULL DEFAULT 0 CHECK (committed >= 0),
  FOREIGN KEY (org_id, service_id) REFERENCES services (org_id, id),
  CONSTRAINT service_capacity_not_oversold CHECK (capacity IS NULL OR committed <= capacity)
);
CREATE INDEX service_capacity_org ON service_capacity (org_id);

-- The shop window: one public row per published service, rewritten with each publication. It holds nothing an
-- anonymous visitor may not see, so it needs no fence, and searches are free to use every index.
CREATE TABLE market_listings (
  service_id uuid PRIMARY KEY REFERENCES services,
  version_id uuid NOT NULL REFERENCES service_versions,
  provider_org_id uuid NOT NULL REFERENCES organisations,
  provider_name text NOT NULL,
  title text NOT NULL,
  summary text NOT NULL,
  category text NOT NULL,
  modality text NOT NULL,
  country char(2) NOT NULL,
  city text NOT NULL,
  duration_minutes integer NOT NULL,
  validity_days integer NOT NULL,
  currency char(3) NOT NULL,
  base_price_minor bigint NOT NULL,
  lowest_price_minor bigint NOT NULL,
  codes jsonb NOT NULL, -- [{release, uri, code, title}], shown as they are
  code_list text[] NOT NULL,
  chapters text[] NOT NULL,
  blocks text[] NOT NULL,
  listed_at timestamptz NOT NULL,
  search_text text NOT NULL,
  search tsvector NOT NULL
);
CREATE INDEX market_listings_newest ON market_listings (listed_at DESC, service_id DESC);
CREATE INDEX market_listings_price ON market_listings (currency, base_price_minor, service_id);
CREATE INDEX market_listings_title ON market_listings (lower(title), service_id);
CREATE INDEX market_listings_category ON market_listings (category, listed_at DESC, service_id DESC);
CREATE INDEX market_listings_provider ON market_listings (provider_org_id, listed_at DESC, service_id DESC);
CREATE INDEX market_listings_country ON market_listings (country, listed_at DESC, service_id DESC);
CREATE INDEX market_listings_chapters ON market_listings USING gin (chapters);
CREATE INDEX market_listings_blocks ON market_listings USING gin (blocks);
CREATE INDEX market_listings_search ON market_listings USING gin (search);
CREATE INDEX market_listings_codes ON market_listings USING gin (code_list);

-- Every word of the shop window, to find what a misspelt one meant.
CREATE TABLE market_words (
  word text PRIMARY KEY,
  listings integer NOT NULL
);
CREATE INDEX market_words_trigrams ON market_words USING gin (word gin_trgm_ops);

ALTER TABLE services ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON services USING (sees_everything() OR org_id = current_org());
CREATE POLICY published ON services FOR SELECT USING (status IN ('published', 'paused', 'retired') AND published_version_id IS NOT NULL);
ALTER TABLE service_versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON service_versions USING (sees_everything() OR org_id = current_org());
CREATE POLICY published ON service_versions FOR SELECT USING (published_at IS NOT NULL);
ALTER TABLE service_price_steps ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON service_price_steps USING (sees_everything() OR org_id = current_org());
CREATE POLICY published ON service_price_steps FOR SELECT USING (EXISTS (SELECT FROM service_versions v WHERE v.id = version_id AND v.published_at IS NOT NULL));
ALTER TABLE service_codes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON service_codes USING (sees_everything() OR org_id = current_org());
CREATE POLICY published ON service_codes FOR SELECT USING (EXISTS (SELECT FROM service_versions v WHERE v.id = version_id AND v.published_at IS NOT NULL));
ALTER TABLE service_components ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON service_components USING (sees_everything() OR org_id = current_org());
CREATE POLICY published ON service_components FOR SELECT USING (EXISTS (SELECT FROM service_versions v WHERE v.id = version_id AND v.published_at IS NOT NULL));
ALTER TABLE service_capacity ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON service_capacity USING (sees_everything() OR org_id = current_org());
CREATE POLICY published ON service_capacity FOR SELECT USING (EXISTS (SELECT FROM services s WHERE s.id = service_id AND s.published_version_id IS NOT NULL));

GRANT SELECT ON icd11_releases, icd11_entities TO hcts_app;
GRANT SELECT, INSERT, UPDATE ON services, service_capacity TO hcts_app;
GRANT SELECT, INSERT ON service_versions, service_price_steps, service_codes, service_components TO hcts_app;
GRANT UPDATE (published_at) ON service_versions TO hcts_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON market_listings, market_words TO hcts_app;
