-- The most that the provider was heard to say of each attempt's money: in whatever order its news comes, the end is the same.
ALTER TABLE payment_attempts
  ADD COLUMN captured_minor bigint NOT NULL DEFAULT 0 CHECK (captured_minor >= 0),
  ADD COLUMN refunded_minor bigint NOT NULL DEFAULT 0,
  ADD CHECK (refunded_minor BETWEEN 0 AND captured_minor);

UPDATE payment_attempts a SET captured_minor = p.captured_minor,
    refunded_minor = least(p.captured_minor, coalesce((
      SELECT max((e.payload -> 'data' ->> 'refunded_amount')::bigint) FROM gateway_events e
      WHERE e.gateway = a.gateway AND e.effect = 'returned' AND e.payload -> 'data' ->> 'id' = a.gateway_payment_id
        AND jsonb_typeof(e.payload -> 'data' -> 'refunded_amount') = 'number'), 0))
  FROM payments p WHERE p.id = a.payment_id AND a.outcome = 'captured';

-- Of what went back, so much was let pass by a person, who said why: the sale stands.
ALTER TABLE payments
  ADD COLUMN refund_accepted_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN refund_accepted_reason text CHECK (length(refund_accepted_reason) BETWEEN 3 AND 500),
  ADD CHECK (refund_accepted_minor BETWEEN 0 AND refunded_minor);

-- A purchase whose whole price went back before anything was redeemed is taken back.
INSERT INTO state_transitions (machine, from_state, to_state) VALUES ('purchase', 'fulfilled', 'cancelled'), ('transaction', 'fulfilled', 'cancelled');
