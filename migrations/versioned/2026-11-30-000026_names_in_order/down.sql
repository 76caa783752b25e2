ALTER TABLE service_versions ALTER COLUMN title TYPE text COLLATE "default";
ALTER TABLE organisations ALTER COLUMN name TYPE text COLLATE "default";
ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "default";
ALTER TABLE saved_views ALTER COLUMN name TYPE text COLLATE "default";
