DROP INDEX security_events_kind;
