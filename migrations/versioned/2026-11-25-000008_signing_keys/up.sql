-- Of a listed key the application moves the day of its first use alone: key and purpose are what verifiers rely on.
REVOKE UPDATE ON signing_keys FROM hcts_app;
GRANT UPDATE (first_used_at) ON signing_keys TO hcts_app;
