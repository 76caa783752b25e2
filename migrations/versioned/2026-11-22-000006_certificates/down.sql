DROP TABLE log_checkpoints, log_hashes, log_leaves, log_queue, log_entries, certificate_events, certificates, signing_keys;
