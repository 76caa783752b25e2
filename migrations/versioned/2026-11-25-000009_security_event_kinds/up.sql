-- The console lists the events of one kind; rare ones are not to be searched for among all others.
CREATE INDEX security_events_kind ON security_events (kind, occurred_at DESC, id DESC);
