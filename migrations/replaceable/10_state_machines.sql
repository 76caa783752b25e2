-- Every status column moves only along state_transitions, and every move is recorded (law I6).
-- TG_ARGV: the machine.

CREATE OR REPLACE FUNCTION enforce_state_machine() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_machine text := TG_ARGV[0];
  before_state text := CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.status END;
  of_org uuid;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.status = OLD.status THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (SELECT FROM state_transitions t
                 WHERE t.machine = of_machine AND t.from_state = before_state AND t.to_state = NEW.status) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'state_transition',
      MESSAGE = format('%s may not go from %s to %s', of_machine, coalesce(NULLIF(before_state, ''), 'nothing'), NEW.status);
  END IF;
  IF of_machine = 'organisation' THEN of_org := NEW.id; ELSE of_org := NEW.org_id; END IF;
  INSERT INTO state_changes (machine, entity_id, org_id, from_state, to_state) VALUES (of_machine, NEW.id, of_org, before_state, NEW.status);
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER state_machine AFTER INSERT OR UPDATE OF status ON organisations
  FOR EACH ROW EXECUTE FUNCTION enforce_state_machine('organisation');
CREATE OR REPLACE TRIGGER state_machine AFTER INSERT OR UPDATE OF status ON services
  FOR EACH ROW EXECUTE FUNCTION enforce_state_machine('service');
CREATE OR REPLACE TRIGGER state_machine AFTER INSERT OR UPDATE OF status ON purchases
  FOR EACH ROW EXECUTE FUNCTION enforce_state_machine('purchase');
CREATE OR REPLACE TRIGGER state_machine AFTER INSERT OR UPDATE OF status ON transactions
  FOR EACH ROW EXECUTE FUNCTION enforce_state_machine('transaction');
CREATE OR REPLACE TRIGGER state_machine AFTER INSERT OR UPDATE OF status ON payments
  FOR EACH ROW EXECUTE FUNCTION enforce_state_machine('payment');
CREATE OR REPLACE TRIGGER state_machine AFTER INSERT OR UPDATE OF status ON certificates
  FOR EACH ROW EXECUTE FUNCTION enforce_state_machine('certificate');
