DROP TABLE database_origin, replaced_files;
