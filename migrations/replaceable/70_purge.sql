-- Sessions are deleted a while after their end, by the job that does so.
GRANT DELETE ON sessions TO hcts_app;
