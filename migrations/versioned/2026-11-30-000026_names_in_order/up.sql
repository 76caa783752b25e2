-- Names and titles sort as people expect, Ä beside A and É beside E, wherever they are ordered by. Nothing is rewritten but the indexes.
ALTER TABLE service_versions ALTER COLUMN title TYPE text COLLATE "und-x-icu";
ALTER TABLE organisations ALTER COLUMN name TYPE text COLLATE "und-x-icu";
ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "und-x-icu";
ALTER TABLE saved_views ALTER COLUMN name TYPE text COLLATE "und-x-icu";
