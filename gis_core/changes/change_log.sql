-- xid8 and identity have no Django field, hence by hand. ChangeLog (gis_core/models/change_log.py) explains the columns.
CREATE TABLE change_log (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    txid       xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    table_name varchar(63) NOT NULL,
    op         varchar(1) NOT NULL CHECK (op IN ('I', 'U', 'D', 'R', 'P')),
    fid        bigint,
    units      bigint[],
    is_public  boolean NOT NULL DEFAULT false,
    bbox       geometry(Polygon, 3857)
);
CREATE INDEX change_log_txid ON change_log (txid);                 -- followers: rows newer than a snapshot
