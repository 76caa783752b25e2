-- Carts, purchases, one transaction per seller, frozen lines and their split.

CREATE TABLE carts (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organisations,
  -- for an intermediary: the client it buys for
  on_behalf_of text CHECK (length(on_behalf_of) BETWEEN 2 AND 120),
  updated_at timestamptz NOT NULL DEFAULT clock_now(),
  UNIQUE (org_id),
  UNIQUE (org_id, id)
);
COMMENT ON COLUMN carts.on_behalf_of IS 'personal data: the client''s name, who may be a person';

CREATE TABLE cart_lines (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  cart_id uuid NOT NULL,
  service_id uuid NOT NULL REFERENCES services,
  -- what the buyer last saw and agreed to; compared with today's before paying
  seen_version_id uuid NOT NULL REFERENCES service_versions,
  seen_unit_price_minor bigint NOT NULL,
  quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 10000),
  added_by uuid NOT NULL REFERENCES users,
  added_at timestamptz NOT NULL DEFAULT clock_now(),
  UNIQUE (cart_id, service_id),
  FOREIGN KEY (org_id, cart_id) REFERENCES carts (org_id, id)
);
CREATE INDEX cart_lines_org ON cart_lines (org_id);
COMMENT ON COLUMN cart_lines.added_by IS 'personal data: who added the line';

CREATE TABLE purchases (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organisations,
  number text NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'awaiting_payment', 'paid', 'fulfilled', 'cancelled', 'expired')),
  currency char(3) NOT NULL,
  total_minor bigint NOT NULL CHECK (total_minor > 0),
  on_behalf_of text,
  created_by uuid NOT NULL REFERENCES users,
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  expires_at timestamptz NOT NULL,
  paid_at timestamptz,
  UNIQUE (org_id, id),
  UNIQUE (number)
);
CREATE INDEX purchases_org ON purchases (org_id, created_at DESC, id DESC);
CREATE INDEX purchases_expiry ON purchases (expires_at) WHERE status IN ('open', 'awaiting_payment');
COMMENT ON COLUMN purchases.created_by IS 'personal data: who bought';
COMMENT ON COLUMN purchases.on_behalf_of IS 'personal data: the client''s name, who may be a person';

CREATE TABLE transactions (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  purchase_id uuid NOT NULL,
  seller_org_id uuid NOT NULL REFERENCES organisations,
  status text NOT NULL CHECK (status IN ('placed', 'paid', 'fulfilled', 'cancelled', 'expired')),
  currency char(3) NOT NULL,
  gross_minor bigint NOT NULL CHECK (gross_minor > 0),
  created_at timestamptz NOT NULL DEFAULT clock_now(),
  UNIQUE (purchase_id, seller_org_id),
  UNIQUE (org_id, id),
  CHECK (org_id <> seller_org_id),
  FOREIGN KEY (org_id, purchase_id) REFERENCES purchases (org_id, id)
);
CREATE INDEX transactions_org ON transactions (org_id, created_at DESC, id DESC);
CREATE INDEX transactions_seller ON transactions (seller_org_id, created_at DESC, id DESC);

CREATE TABLE transaction_lines (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  seller_org_id uuid NOT NULL,
  transaction_id uuid NOT NULL,
  position integer NOT NULL CHECK (position >= 0),
  service_id uuid NOT NULL REFERENCES services,
  version_id uuid NOT NULL REFERENCES service_versions,
  title text NOT NULL,
  quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 10000),
  unit_price_minor bigint NOT NULL CHECK (unit_price_minor > 0),
  gross_minor bigint NOT NULL,
  seller_net_minor bigint NOT NULL CHECK (seller_net_minor >= 0),
  price_trace jsonb NOT NULL, -- the rules tried, in order; shape grows with the rules
  UNIQUE (transaction_id, position),
  UNIQUE (org_id, id),
  CHECK (gross_minor = unit_price_minor * quantity),
  FOREIGN KEY (org_id, transaction_id) REFERENCES transactions (org_id, id)
);
CREATE INDEX transaction_lines_org ON transaction_lines (org_id);
CREATE INDEX transaction_lines_seller ON transaction_lines (seller_org_id);
CREATE INDEX transaction_lines_service ON transaction_lines (service_id);

-- Who gets which share of a line besides the seller; frozen when the order is placed (law I3).
CREATE TABLE commission_lines (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  line_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('platform', 'intermediary')),
  beneficiary_org_id uuid NOT NULL REFERENCES organisations,
  basis_points integer NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
  UNIQUE (line_id, kind),
  FOREIGN KEY (org_id, line_id) REFERENCES transaction_lines (org_id, id)
);
CREATE INDEX commission_lines_org ON commission_lines (org_id);
CREATE INDEX commission_lines_beneficiary ON commission_lines (beneficiary_org_id);

ALTER TABLE carts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON carts USING (sees_everything() OR org_id = current_org());
ALTER TABLE cart_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON cart_lines USING (sees_everything() OR org_id = current_org());
ALTER TABLE purchases ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON purchases USING (sees_everything() OR org_id = current_org());
ALTER TABLE transactions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON transactions USING (sees_everything() OR org_id = current_org());
CREATE POLICY seller ON transactions FOR SELECT USING (seller_org_id = current_org());
ALTER TABLE transaction_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON transaction_lines USING (sees_everything() OR org_id = current_org());
CREATE POLICY seller ON transaction_lines FOR SELECT USING (seller_org_id = current_org());
ALTER TABLE commission_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON commission_lines USING (sees_everything() OR org_id = current_org());
CREATE POLICY seller ON commission_lines FOR SELECT USING (EXISTS (SELECT FROM transaction_lines l WHERE l.id = line_id AND l.seller_org_id = current_org()));

GRANT SELECT, INSERT, UPDATE ON carts, purchases, transactions TO hcts_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON cart_lines TO hcts_app;
GRANT SELECT, INSERT ON transaction_lines, commission_lines TO hcts_app;
