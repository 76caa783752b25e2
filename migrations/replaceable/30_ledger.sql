-- A transfer balances per currency, or the transaction that wrote it does not commit (law I1).

CREATE OR REPLACE FUNCTION ledger_transfer_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM ledger_entries
    WHERE transfer_id = NEW.transfer_id
    GROUP BY currency
    HAVING sum(CASE side WHEN 'debit' THEN amount_minor ELSE -amount_minor END) <> 0
  ) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balance',
      MESSAGE = format('ledger transfer %s does not balance', NEW.transfer_id);
  END IF;
  RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS balance ON ledger_entries;
CREATE CONSTRAINT TRIGGER balance AFTER INSERT ON ledger_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_transfer_balances();
