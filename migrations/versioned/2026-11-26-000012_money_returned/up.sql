-- A provider tells of money that it sent back: kept as such, and no longer as old news.
ALTER TABLE gateway_events DROP CONSTRAINT gateway_events_effect_check,
  ADD CONSTRAINT gateway_events_effect_check CHECK (effect IN ('applied', 'already_applied', 'returned', 'ignored', 'mismatch', 'unmatched'));
