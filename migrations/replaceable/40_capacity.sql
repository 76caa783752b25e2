-- A buyer commits a seller's capacity without being able to read or write the seller's row in any other way.

-- Answers false when so many are not left; the check constraint is the second fence (law I4).
CREATE OR REPLACE FUNCTION capacity_commit(service uuid, units integer) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH taken AS (
    UPDATE service_capacity SET committed = committed + units
    WHERE service_id = service AND units > 0 AND (capacity IS NULL OR committed + units <= capacity)
    RETURNING 1)
  SELECT EXISTS (SELECT FROM taken)
$$;

CREATE OR REPLACE FUNCTION capacity_release(service uuid, units integer) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE service_capacity SET committed = committed - units WHERE service_id = service AND units > 0
$$;

REVOKE ALL ON FUNCTION capacity_commit(uuid, integer), capacity_release(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION capacity_commit(uuid, integer), capacity_release(uuid, integer) TO hcts_app;
