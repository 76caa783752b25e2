-- The time zone in which an organisation's pages are written. NULL: that of its country.
ALTER TABLE organisations ADD COLUMN time_zone text CHECK (length(time_zone) BETWEEN 1 AND 64);
