DROP TABLE list_openings, saved_views;
