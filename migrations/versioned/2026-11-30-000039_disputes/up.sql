-- What was heard of a payer's objection at their bank, for each attempt: it only goes on, so the furthest that was heard is the truth.
ALTER TABLE payment_attempts ADD COLUMN dispute text CHECK (dispute IN ('open', 'won', 'lost'));

-- The status of a payment follows from what was heard of it, in whatever order: each status that more news can lead to is reachable.
INSERT INTO state_transitions (machine, from_state, to_state) VALUES
  ('payment', 'partially_refunded', 'disputed'),
  ('payment', 'disputed', 'partially_refunded'),
  ('payment', 'disputed', 'refunded'),
  ('payment', 'won', 'partially_refunded'),
  ('payment', 'won', 'refunded'),
  ('payment', 'won', 'lost'),
  ('payment', 'refunded', 'lost');
