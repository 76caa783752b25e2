-- Who a session's token stands for, with membership and rights: one call on every request of a signed-in person, before anybody is
-- known. Whoever can name the digest holds the token.
CREATE OR REPLACE FUNCTION session_facts(digest bytea)
  RETURNS TABLE (id uuid, user_id uuid, last_seen_at timestamptz, idle_expires_at timestamptz, absolute_expires_at timestamptz, disabled boolean,
                 org_id uuid, kind text, status text, level text, permissions text[])
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT s.id, s.user_id, s.last_seen_at, s.idle_expires_at, s.absolute_expires_at, u.disabled_at IS NOT NULL,
    o.id, o.kind, o.status, m.level,
    ARRAY(SELECT p.permission FROM role_permissions p WHERE p.level = m.level
          AND p.role = CASE o.kind WHEN 'platform' THEN 'admin' WHEN 'insurer' THEN 'insurance' ELSE o.kind END)
  FROM sessions s
  JOIN users u ON u.id = s.user_id
  LEFT JOIN memberships m ON m.org_id = s.org_id AND m.user_id = s.user_id AND m.removed_at IS NULL
  LEFT JOIN organisations o ON o.id = m.org_id
  WHERE s.token_hash = digest AND s.ended_at IS NULL;
END
$$;

REVOKE ALL ON FUNCTION session_facts(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION session_facts(bytea) TO hcts_app;
