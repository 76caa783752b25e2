-- A buyer commits a seller's capacity without being able to read or write the seller's row in any other way.

-- Answers false when so many are not left; the check constraint is the second fence (law I4).
CREATE OR REPLACE FUNCTION capacity_commit(service uuid, units integer) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE service_capacity SET committed = committed + units
    WHERE service_id = service AND units > 0 AND (capacity IS NULL OR committed + units <= capacity);
  RETURN FOUND;
END
$$;

CREATE OR REPLACE FUNCTION capacity_release(service uuid, units integer) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE service_capacity SET committed = committed - units WHERE service_id = service AND units > 0;
END
$$;

REVOKE ALL ON FUNCTION capacity_commit(uuid, integer), capacity_release(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION capacity_commit(uuid, integer), capacity_release(uuid, integer) TO hcts_app;
