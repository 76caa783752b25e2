-- Who leaves an organisation takes along the views that nobody else sees there, whoever shows them out: of a member nothing is deleted.
CREATE OR REPLACE FUNCTION forget_saved_views(person uuid) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  gone bigint;
BEGIN
  DELETE FROM saved_views v WHERE v.org_id = current_org() AND v.owner_id = person AND NOT v.is_shared
    AND NOT EXISTS (SELECT FROM memberships m WHERE m.org_id = v.org_id AND m.user_id = person AND m.removed_at IS NULL);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END
$$;

REVOKE ALL ON FUNCTION forget_saved_views(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_saved_views(uuid) TO hcts_app;
