DROP TABLE idempotency_keys, outbox, security_events, audit_records, state_changes, state_transitions;
DROP FUNCTION clock_now(), sees_everything(), current_request(), current_actor(), current_org();
DROP EXTENSION btree_gin;
DROP EXTENSION unaccent;
DROP EXTENSION pg_trgm;
REVOKE USAGE ON SCHEMA public FROM hcts_app;
