DROP TABLE service_bulk_items, service_bulk_runs;
