DROP TABLE market_words, market_listings, service_capacity, service_components, service_codes, service_price_steps;
ALTER TABLE services DROP CONSTRAINT services_org_id_published_version_id_fkey;
DROP TABLE service_versions, services, icd11_entities, icd11_releases;
