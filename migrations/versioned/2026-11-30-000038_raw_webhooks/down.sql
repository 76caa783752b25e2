ALTER TABLE gateway_events DROP COLUMN body;
