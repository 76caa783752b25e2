DELETE FROM state_transitions WHERE machine = 'payment' AND (from_state, to_state) IN (
  ('partially_refunded', 'disputed'),
  ('partially_refunded', 'lost'),
  ('disputed', 'captured'),
  ('disputed', 'partially_refunded'),
  ('disputed', 'refunded'),
  ('won', 'captured'),
  ('won', 'disputed'),
  ('won', 'partially_refunded'),
  ('won', 'refunded'),
  ('won', 'lost'),
  ('refunded', 'lost'));
ALTER TABLE payment_attempts DROP COLUMN dispute;
