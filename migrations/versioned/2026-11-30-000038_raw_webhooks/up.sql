-- The body of each event as it came, byte for byte: what a signature covers cannot be rebuilt from parsed JSON. Unknown for older events.
ALTER TABLE gateway_events ADD COLUMN body bytea;
