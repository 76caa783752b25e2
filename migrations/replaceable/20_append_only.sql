-- What was once recorded stays: no UPDATE, DELETE or TRUNCATE for anyone, the owner included, short of dropping the trigger.
-- Idempotency keys and what anybody may report without being asked alone have an end, and a function each that comes to it (70_purge.sql).

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME IN ('idempotency_keys', 'security_events') AND current_setting('hcts.purging', true) = TG_TABLE_NAME THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'append_only',
    MESSAGE = format('%s is append-only', TG_TABLE_NAME);
END
$$;

DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['audit_records', 'state_changes', 'security_events', 'idempotency_keys', 'transaction_lines', 'commission_lines',
    'gateway_events', 'ledger_transfers', 'ledger_entries', 'certificate_events', 'log_entries', 'log_leaves', 'log_hashes', 'log_checkpoints',
    'service_price_steps', 'service_codes', 'service_components', 'permission_changes'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept);
  END LOOP;
END
$$;
