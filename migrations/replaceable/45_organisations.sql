-- What was verified stays as it was verified, and nobody verifies themselves: an organisation corrects its facts until somebody has
-- verified them, and goes back to being unverified with them. Jobs, the console and the owner of the table are free.

CREATE OR REPLACE FUNCTION guard_organisation_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF sees_everything() OR pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
    RETURN NEW;
  END IF;
  IF NEW.kind = OLD.kind AND NEW.verified_at IS NOT DISTINCT FROM OLD.verified_at
     AND (OLD.status IN ('unverified', 'rejected') AND NEW.status = 'unverified'
          OR (NEW.status, NEW.name, NEW.legal_name, NEW.registration_number, NEW.country, NEW.city, NEW.status_reason)
             IS NOT DISTINCT FROM (OLD.status, OLD.name, OLD.legal_name, OLD.registration_number, OLD.country, OLD.city, OLD.status_reason)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'organisation_facts',
    MESSAGE = 'an organisation cannot change what was or is to be verified of it';
END
$$;

CREATE OR REPLACE TRIGGER guard_facts BEFORE UPDATE ON organisations
  FOR EACH ROW EXECUTE FUNCTION guard_organisation_facts();
