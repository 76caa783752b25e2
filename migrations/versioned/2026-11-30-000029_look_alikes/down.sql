DROP INDEX organisations_name_skeleton;
ALTER TABLE organisations DROP COLUMN name_skeleton;
