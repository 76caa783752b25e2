DROP TABLE permission_changes;
