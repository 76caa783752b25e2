-- A password's hash is read by nobody but the jobs that compare it and the person whose it is. All other columns are granted one by one,
-- those of later migrations included.
DO $$
BEGIN
  EXECUTE (SELECT format('REVOKE SELECT ON users FROM hcts_app; GRANT SELECT (%s) ON users TO hcts_app', string_agg(quote_ident(attname), ', ' ORDER BY attnum))
           FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'password_hash');
END
$$;

CREATE OR REPLACE FUNCTION password_hash_of(person uuid) RETURNS text
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (SELECT u.password_hash FROM users u WHERE u.id = person AND (sees_everything() OR u.id = current_actor()));
END
$$;

REVOKE ALL ON FUNCTION password_hash_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION password_hash_of(uuid) TO hcts_app;
