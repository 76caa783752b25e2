-- What anybody who holds a certificate's code may know of it. The code has 128 random bits: whoever knows it holds the certificate.
-- One call answers the public check; nothing else of the fenced tables can be reached through it.

-- PL/pgSQL keeps the plan for the connection; a function in SQL with the rights of its owner is planned at every call.
CREATE OR REPLACE FUNCTION certificate_public(code bytea) RETURNS jsonb
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (SELECT jsonb_build_object(
    'id', c.id, 'status', c.status, 'title', c.title, 'provider', o.name,
    'issued_at', c.issued_at, 'expires_at', c.expires_at, 'redeemed_at', c.redeemed_at,
    'status_reason', c.status_reason, 'status_reason_code', c.status_reason_code, 'seller', c.seller_org_id, 'unit', c.unit_no,
    'payload', encode(c.signed_payload, 'hex'),
    'key_retired_at', k.retired_at,
    'logged_in_time', k.last_entry_no IS NULL OR EXISTS (
       SELECT FROM certificate_events e JOIN log_entries g ON g.certificate_event_id = e.id
       WHERE e.certificate_id = c.id AND e.kind = 'issued' AND g.entry_no <= k.last_entry_no),
    'changed_at', (SELECT max(e.occurred_at) FROM certificate_events e WHERE e.certificate_id = c.id AND e.kind <> 'issued'),
    -- an event without an entry comes last: then the log does not know what happened
    'last', (SELECT jsonb_build_object('event', e.kind, 'at', e.occurred_at, 'entry', encode(g.entry, 'hex'), 'index', f.leaf_index)
             FROM certificate_events e LEFT JOIN log_entries g ON g.certificate_event_id = e.id
             LEFT JOIN log_leaves f ON f.log_entry_id = g.id
             WHERE e.certificate_id = c.id ORDER BY g.entry_no DESC NULLS FIRST LIMIT 1),
    'leaves', (SELECT jsonb_agg(jsonb_build_object('event', e.kind, 'index', f.leaf_index) ORDER BY f.leaf_index)
               FROM certificate_events e JOIN log_entries g ON g.certificate_event_id = e.id JOIN log_leaves f ON f.log_entry_id = g.id
               WHERE e.certificate_id = c.id),
    'head', CASE WHEN h.tree_size IS NOT NULL THEN jsonb_build_object('size', h.tree_size, 'signed_at', h.signed_at, 'note', h.signed_note) END,
    -- while the log grows nobody has waited long, and the queue need not be asked
    'log_waits_since', CASE WHEN coalesce(h.signed_at, '-infinity') < clock_now() - interval '1 day'
                            THEN (SELECT min(q.queued_at) FROM log_queue q) END)
  FROM certificates c JOIN organisations o ON o.id = c.seller_org_id JOIN signing_keys k ON k.key_id = c.key_id
  LEFT JOIN LATERAL (SELECT p.tree_size, p.signed_at, p.signed_note FROM log_checkpoints p ORDER BY p.tree_size DESC LIMIT 1) h ON true
  WHERE c.public_code = certificate_public.code);
END
$$;

-- Totals anybody may see on the front page: how much is on the market and how much the log has proved.
CREATE OR REPLACE FUNCTION platform_totals() RETURNS jsonb
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object(
    'services', (SELECT count(*) FROM market_listings),
    'providers', (SELECT count(*) FROM organisations WHERE kind = 'provider' AND status = 'verified'),
    'countries', (SELECT count(DISTINCT country) FROM organisations WHERE kind = 'provider' AND status = 'verified'),
    'certificates_issued', (SELECT count(*) FROM certificates),
    'certificates_redeemed', (SELECT count(*) FROM certificates WHERE status = 'redeemed'),
    'log_size', coalesce((SELECT max(tree_size) FROM log_checkpoints), 0))
$$;

REVOKE ALL ON FUNCTION certificate_public(bytea), platform_totals() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION certificate_public(bytea), platform_totals() TO hcts_app;
