-- The statement-level trigger function of one table. The placeholders are filled by tracking.py with quoted names.
-- One function a table (not one with dynamic SQL for all): its plans are cached, and it can be read in the database.
CREATE OR REPLACE FUNCTION $function() RETURNS trigger LANGUAGE plpgsql AS $$$$
DECLARE
    written bigint := 0;
BEGIN
    IF TG_OP = 'TRUNCATE' OR strpos(coalesce(current_setting('ioc.bulk', true), ''), $marker) > 0 OR current_setting('ioc.bulk', true) = 'on' THEN
        PERFORM change_log_reload($literal);
        RETURN NULL;
    END IF;
    -- Of a statement over more rows than a follower takes in one by one, no more than shows that it is one.
    IF TG_OP = 'INSERT' THEN
        INSERT INTO change_log (table_name, op, fid, units, is_public, bbox)
        SELECT $literal, 'I', n.$pk, $units_new, $public_new, $box_new FROM new_rows n LIMIT 1001;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO change_log (table_name, op, fid, units, is_public, bbox)
        SELECT $literal, 'D', o.$pk, $units_old, $public_old, $box_old FROM old_rows o LIMIT 1001;
    ELSE
        -- A full join is hashed. An inner one could be a nested loop, planned for one row and kept for a hundred thousand.
        INSERT INTO change_log (table_name, op, fid, units, is_public, bbox)
        SELECT $literal, CASE WHEN o.$pk IS NULL THEN 'I' WHEN n.$pk IS NULL THEN 'D' ELSE 'U' END,
               coalesce(n.$pk, o.$pk), $units_both, $public_both, $boxes_both
        FROM old_rows o FULL JOIN new_rows n ON n.$pk = o.$pk LIMIT 1001;
    END IF;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written > 50 THEN
        PERFORM change_log_many($literal, $marker);
    END IF;
    IF written > 0 THEN
        -- A hint only: followers read the log. PostgreSQL folds equal notifications of one transaction into one.
        PERFORM pg_notify('ioc_changes', '');
    END IF;
    RETURN NULL;
END
$$$$;
DROP TRIGGER IF EXISTS change_log_insert ON $table;
DROP TRIGGER IF EXISTS change_log_update ON $table;
DROP TRIGGER IF EXISTS change_log_delete ON $table;
DROP TRIGGER IF EXISTS change_log_truncate ON $table;
CREATE TRIGGER change_log_insert AFTER INSERT ON $table REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION $function();
CREATE TRIGGER change_log_update AFTER UPDATE ON $table REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION $function();
CREATE TRIGGER change_log_delete AFTER DELETE ON $table REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION $function();
CREATE TRIGGER change_log_truncate AFTER TRUNCATE ON $table
    FOR EACH STATEMENT EXECUTE FUNCTION $function();
