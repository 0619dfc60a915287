-- What a transaction writes to the log instead of a row a feature, when it touches very many: "read the table again".
-- The functions of the tables (track_table.sql) call these.
CREATE OR REPLACE FUNCTION change_log_reload(tracked text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (table_name, op, is_public)
    SELECT tracked, 'R', true
    WHERE NOT EXISTS (SELECT FROM change_log WHERE txid = pg_current_xact_id() AND table_name = tracked AND op = 'R');
    IF FOUND THEN
        PERFORM pg_notify('ioc_changes', '');
    END IF;
END
$$;
-- Past a thousand rows of one table in one transaction the single rows give way to one for the whole table. From then on the
-- transaction says nothing more of that table: its marker stands in the setting ioc.bulk until the transaction ends.
CREATE OR REPLACE FUNCTION change_log_many(tracked text, marker text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    told bigint;
BEGIN
    SELECT count(*) INTO told
    FROM (SELECT FROM change_log WHERE txid = pg_current_xact_id() AND table_name = tracked LIMIT 1001) own;
    IF told > 1000 THEN
        DELETE FROM change_log WHERE txid = pg_current_xact_id() AND table_name = tracked;
        PERFORM change_log_reload(tracked);
        PERFORM set_config('ioc.bulk', coalesce(current_setting('ioc.bulk', true), '') || marker, true);
    END IF;
END
$$;
