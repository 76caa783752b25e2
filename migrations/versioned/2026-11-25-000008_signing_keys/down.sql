REVOKE UPDATE (first_used_at) ON signing_keys FROM hcts_app;
GRANT UPDATE ON signing_keys TO hcts_app;
