-- Payments, what the gateway said, and the ledger.

CREATE TABLE payments (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  purchase_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('created', 'pending', 'authorised', 'captured', 'partially_refunded', 'refunded', 'failed', 'disputed', 'won', 'lost', 'unknown')),
  currency char(3) NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  authorised_minor bigint NOT NULL DEFAULT 0 CHECK (authorised_minor BETWEEN 0 AND amount_minor),
  captured_minor bigint NOT NULL DEFAULT 0 CHECK (captured_minor >= 0),
  refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
  fee_minor bigint NOT NULL DEFAULT 0 CHECK (fee_minor >= 0),
  failure_code text,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  captured_at timestamptz,
  UNIQUE (org_id, id),
  CONSTRAINT payments_one_per_purchase UNIQUE (purchase_id),
  CHECK (captured_minor <= authorised_minor),
  CHECK (refunded_minor <= captured_minor),
  FOREIGN KEY (org_id, purchase_id) REFERENCES purchases (org_id, id)
);
CREATE INDEX payments_org ON payments (org_id, created_at DESC);
CREATE INDEX payments_unsettled ON payments (created_at) WHERE status IN ('created', 'pending', 'authorised', 'unknown');

-- Each try to collect a payment at the gateway: a hosted session of its own.
CREATE TABLE payment_attempts (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  payment_id uuid NOT NULL,
  attempt_no integer NOT NULL CHECK (attempt_no > 0),
  gateway text NOT NULL,
  gateway_session_id text,
  gateway_payment_id text,
  hosted_url text,
  outcome text NOT NULL CHECK (outcome IN ('started', 'redirected', 'captured', 'failed', 'unknown', 'expired')),
  failure_code text,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  last_checked_at timestamptz,
  checks integer NOT NULL DEFAULT 0,
  UNIQUE (payment_id, attempt_no),
  FOREIGN KEY (org_id, payment_id) REFERENCES payments (org_id, id)
);
CREATE INDEX payment_attempts_org ON payment_attempts (org_id);
CREATE UNIQUE INDEX payment_attempts_gateway_payment ON payment_attempts (gateway, gateway_payment_id) WHERE gateway_payment_id IS NOT NULL;

-- What the gateway told us, word for word, once per event id (law I7).
CREATE TABLE gateway_events (
  gateway text NOT NULL,
  event_id text NOT NULL,
  kind text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_now(),
  payload jsonb NOT NULL, -- the gateway's own shape
  payment_id uuid,
  effect text NOT NULL CHECK (effect IN ('applied', 'already_applied', 'ignored', 'mismatch', 'unmatched')),
  PRIMARY KEY (gateway, event_id)
);
CREATE INDEX gateway_events_payment ON gateway_events (payment_id);

CREATE TABLE ledger_accounts (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organisations,
  kind text NOT NULL CHECK (kind IN ('buyer', 'seller_payable', 'intermediary_payable', 'platform_revenue', 'gateway_clearing', 'processing_fees')),
  currency char(3) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  UNIQUE (org_id, kind, currency),
  UNIQUE (id, currency)
);

CREATE TABLE ledger_transfers (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('capture', 'sale', 'processing_fee', 'refund', 'payout', 'reversal')),
  payment_id uuid REFERENCES payments,
  transaction_id uuid REFERENCES transactions,
  reverses_transfer_id uuid REFERENCES ledger_transfers,
  posted_at timestamptz NOT NULL DEFAULT clock_now()
);
-- a payment is captured once, a transaction is sold once
CREATE UNIQUE INDEX ledger_transfers_capture_once ON ledger_transfers (payment_id, kind) WHERE kind IN ('capture', 'processing_fee');
CREATE UNIQUE INDEX ledger_transfers_sale_once ON ledger_transfers (transaction_id) WHERE kind = 'sale';
CREATE UNIQUE INDEX ledger_transfers_reversed_once ON ledger_transfers (reverses_transfer_id) WHERE reverses_transfer_id IS NOT NULL;

CREATE TABLE ledger_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transfer_id uuid NOT NULL REFERENCES ledger_transfers,
  account_id uuid NOT NULL,
  org_id uuid NOT NULL,
  currency char(3) NOT NULL,
  side text NOT NULL CHECK (side IN ('debit', 'credit')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  FOREIGN KEY (account_id, currency) REFERENCES ledger_accounts (id, currency)
);
CREATE INDEX ledger_entries_transfer ON ledger_entries (transfer_id);
CREATE INDEX ledger_entries_account ON ledger_entries (account_id, id);
CREATE INDEX ledger_entries_org ON ledger_entries (org_id);

ALTER TABLE payments ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON payments USING (sees_everything() OR org_id = current_org());
ALTER TABLE payment_attempts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON payment_attempts USING (sees_everything() OR org_id = current_org());
ALTER TABLE gateway_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY system ON gateway_events USING (sees_everything());
ALTER TABLE ledger_accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON ledger_accounts USING (sees_everything() OR org_id = current_org());
ALTER TABLE ledger_transfers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON ledger_transfers USING (sees_everything() OR EXISTS (SELECT FROM ledger_entries e WHERE e.transfer_id = ledger_transfers.id));
ALTER TABLE ledger_entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON ledger_entries USING (sees_everything() OR org_id = current_org());

GRANT SELECT, INSERT, UPDATE ON payments, payment_attempts TO hcts_app;
GRANT SELECT, INSERT ON gateway_events, ledger_accounts, ledger_transfers, ledger_entries TO hcts_app;
