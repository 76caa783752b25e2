UPDATE gateway_events SET effect = 'already_applied' WHERE effect = 'returned';
ALTER TABLE gateway_events DROP CONSTRAINT gateway_events_effect_check,
  ADD CONSTRAINT gateway_events_effect_check CHECK (effect IN ('applied', 'already_applied', 'ignored', 'mismatch', 'unmatched'));
