-- The console's system page says which migrations ran.
GRANT SELECT ON __diesel_schema_migrations TO hcts_app;
