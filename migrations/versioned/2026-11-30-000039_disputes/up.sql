-- What was heard of a payer's objection at their bank, for each attempt: it only goes on, so the furthest that was heard is the truth.
ALTER TABLE payment_attempts ADD COLUMN dispute text CHECK (dispute IN ('open', 'won', 'lost'));

-- What was collected while the running release did not note it by attempt.
UPDATE payment_attempts a SET captured_minor = p.captured_minor
  FROM payments p WHERE p.id = a.payment_id AND a.outcome = 'captured' AND a.captured_minor = 0;
-- The demo's payments are the sandbox's, whose adapter answers for them.
UPDATE payment_attempts SET gateway = 'sandbox' WHERE gateway = 'seed';

-- The status of a payment follows from what was heard of it, in whatever order: each status that more news can lead to is reachable.
INSERT INTO state_transitions (machine, from_state, to_state) VALUES
  ('payment', 'partially_refunded', 'disputed'),
  ('payment', 'partially_refunded', 'lost'),
  ('payment', 'disputed', 'captured'),
  ('payment', 'disputed', 'partially_refunded'),
  ('payment', 'disputed', 'refunded'),
  ('payment', 'won', 'captured'),
  ('payment', 'won', 'disputed'),
  ('payment', 'won', 'partially_refunded'),
  ('payment', 'won', 'refunded'),
  ('payment', 'won', 'lost'),
  ('payment', 'refunded', 'lost');
