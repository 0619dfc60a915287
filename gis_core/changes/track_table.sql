-- The statement-level trigger function of one table. The placeholders are filled by tracking.py with quoted names.
-- One function a table (not one with dynamic SQL for all): its plans are cached, and it can be read in the database.
CREATE OR REPLACE FUNCTION $function() RETURNS trigger LANGUAGE plpgsql AS $$$$
DECLARE
    written bigint := 0;
BEGIN
    IF TG_OP = 'TRUNCATE' OR coalesce(current_setting('ioc.bulk', true), '') = 'on' THEN
        -- A bulk load tells "read the table again" once a transaction instead of a row a feature.
        INSERT INTO change_log (table_name, op, is_public)
        SELECT $literal, 'R', true
        WHERE NOT EXISTS (SELECT FROM change_log
                          WHERE txid = pg_current_xact_id() AND table_name = $literal AND op = 'R');
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO change_log (table_name, op, fid, units, is_public, bbox)
        SELECT $literal, 'I', n.$pk, $units_new, $public_new, $box_new FROM new_rows n ORDER BY n.$pk;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO change_log (table_name, op, fid, units, is_public, bbox)
        SELECT $literal, 'D', o.$pk, $units_old, $public_old, $box_old FROM old_rows o ORDER BY o.$pk;
    ELSE
        -- A feature that jumped writes both places, so that nothing between them counts as touched.
        INSERT INTO change_log (table_name, op, fid, units, is_public, bbox)
        SELECT $literal, CASE WHEN o.$pk IS NULL THEN 'I' WHEN n.$pk IS NULL THEN 'D' ELSE 'U' END,
               coalesce(n.$pk, o.$pk), $units_both, $public_both, place.box
        FROM old_rows o FULL JOIN new_rows n ON n.$pk = o.$pk
        CROSS JOIN LATERAL (
            SELECT $box_old AS old_box, $box_new AS new_box
        ) boxes
        CROSS JOIN LATERAL (
            -- Not ST_Envelope: the envelope of a point that stayed is a point, which the column refuses.
            SELECT ST_MakeEnvelope(least(ST_XMin(old_box), ST_XMin(new_box)), least(ST_YMin(old_box), ST_YMin(new_box)),
                                   greatest(ST_XMax(old_box), ST_XMax(new_box)), greatest(ST_YMax(old_box), ST_YMax(new_box)), 3857) AS box
            WHERE old_box && new_box
            UNION ALL SELECT old_box WHERE old_box IS NOT NULL AND (old_box && new_box) IS NOT TRUE
            UNION ALL SELECT new_box WHERE new_box IS NOT NULL AND (old_box && new_box) IS NOT TRUE
            UNION ALL SELECT NULL WHERE old_box IS NULL AND new_box IS NULL
        ) place
        ORDER BY coalesce(n.$pk, o.$pk);
    END IF;
    GET DIAGNOSTICS written = ROW_COUNT;
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
