ALTER TABLE payments DROP COLUMN refund_accepted_minor, DROP COLUMN refund_accepted_reason;
ALTER TABLE payment_attempts DROP COLUMN captured_minor, DROP COLUMN refunded_minor;
-- an empty database alone can forget a transition: recorded changes name it
DELETE FROM state_transitions WHERE (machine, from_state, to_state) IN (('purchase', 'fulfilled', 'cancelled'), ('transaction', 'fulfilled', 'cancelled'));
