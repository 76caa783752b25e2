-- What a name looks like: equal for names that a reader takes for each other (Unicode UTS 39). The application computes it.
ALTER TABLE organisations ADD COLUMN name_skeleton text NOT NULL DEFAULT '';
CREATE INDEX organisations_name_skeleton ON organisations (name_skeleton) WHERE status IN ('verified', 'suspended');
