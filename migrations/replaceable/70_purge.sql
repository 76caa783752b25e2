-- Sessions are deleted a while after their end, by the job that does so.
GRANT DELETE ON sessions TO hcts_app;

-- A key is for a request that is sent again within minutes. Whatever moment is given, none younger than 30 days is deleted. The
-- application may not delete from the table, so that the setting opens nothing to it.
CREATE OR REPLACE FUNCTION purge_idempotency_keys(before timestamptz) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  gone bigint;
BEGIN
  PERFORM set_config('hcts.purging', 'idempotency_keys', true);
  DELETE FROM idempotency_keys WHERE created_at < least(before, clock_now() - interval '30 days');
  GET DIAGNOSTICS gone = ROW_COUNT;
  PERFORM set_config('hcts.purging', '', true);
  RETURN gone;
END
$$;

-- What was delivered is of no use after 30 days; what was not, or was put aside, waits for its handler or for a person.
CREATE OR REPLACE FUNCTION purge_outbox(before timestamptz) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  gone bigint;
BEGIN
  DELETE FROM outbox WHERE done_at < least(before, clock_now() - interval '30 days');
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END
$$;

-- What browsers report of a page's policy anybody may send, with words of their own in it: it is not kept for good.
CREATE OR REPLACE FUNCTION purge_csp_reports(before timestamptz) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  gone bigint;
BEGIN
  PERFORM set_config('hcts.purging', 'security_events', true);
  DELETE FROM security_events WHERE kind = 'malicious_csp_violation' AND occurred_at < least(before, clock_now() - interval '30 days');
  GET DIAGNOSTICS gone = ROW_COUNT;
  PERFORM set_config('hcts.purging', '', true);
  RETURN gone;
END
$$;

REVOKE ALL ON FUNCTION purge_idempotency_keys(timestamptz), purge_outbox(timestamptz), purge_csp_reports(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION purge_idempotency_keys(timestamptz), purge_outbox(timestamptz), purge_csp_reports(timestamptz) TO hcts_app;
