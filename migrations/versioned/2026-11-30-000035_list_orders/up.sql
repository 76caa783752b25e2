-- What lists are sorted by, for everybody's rows and for one organisation's.
CREATE INDEX purchases_time ON purchases (created_at DESC, id DESC);
CREATE INDEX purchases_amount ON purchases (org_id, (currency::text), total_minor, id);
CREATE INDEX transactions_time ON transactions (created_at DESC, id DESC);
CREATE INDEX certificates_time ON certificates (issued_at DESC, id DESC);
CREATE INDEX certificates_end ON certificates (org_id, expires_at, id);
CREATE INDEX certificates_seller_end ON certificates (seller_org_id, expires_at, id);
CREATE INDEX organisations_name ON organisations (lower(name), id);
