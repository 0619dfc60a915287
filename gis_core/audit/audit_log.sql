-- The audit log and its chain. Entries are only ever added, by triggers and by gis_core/audit/record.py.

CREATE TABLE audit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- No foreign key: an account may go, what it did stays. 0: nobody signed in, or a program beside the service.
    actor bigint NOT NULL DEFAULT 0,
    action text NOT NULL,
    object text NOT NULL DEFAULT '',
    -- The caller's network address; the database role where a program beside the service wrote.
    source text NOT NULL DEFAULT '',
    request text NOT NULL DEFAULT '',
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_entry_actor ON audit_entry (actor, at);  -- what an account did (data subjects, investigations)
CREATE INDEX audit_entry_action ON audit_entry (action, at);  -- the list in the administration, by kind

-- One link an entry, in the order in which the sealer saw them commit. The hash is a keyed one (HMAC): whoever may write to
-- the database but does not hold the key cannot make a link.
CREATE TABLE audit_seal (
    number bigint PRIMARY KEY,
    entry bigint NOT NULL UNIQUE,
    hash bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is only ever added to.' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal EXECUTE FUNCTION audit_refuse();

-- What the running statement says of its request (gis_core/observing/sql_comment.py puts it before every statement of a request, so
-- that nothing in a value can pretend to be it): the request's number and the account.
CREATE FUNCTION audit_said(part int) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((regexp_match(current_query(), '^/\*request=([0-9a-f]{12}) user=(\d{1,18})\*/'))[part], '')
$$;

-- A trigger for any table whose changes are security's matter. Arguments: the action's name, then the columns that tell
-- enough; values of other columns are never copied, and of secret ones (a leading minus) only that they changed.
CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    told jsonb := '{}';
    place int;
    name text;
    number bigint := nullif(audit_said(2), '')::bigint;
BEGIN
    FOR place IN 1 .. TG_NARGS - 1 LOOP
        name := ltrim(TG_ARGV[place], '-');
        IF TG_OP = 'UPDATE' AND before -> name IS NOT DISTINCT FROM after -> name THEN
            CONTINUE;
        ELSIF TG_ARGV[place] LIKE '-%' THEN
            told := told || jsonb_build_object(name, 'changed');
        ELSIF TG_OP = 'UPDATE' THEN
            told := told || jsonb_build_object(name, jsonb_build_array(before -> name, after -> name));
        ELSE
            told := told || jsonb_build_object(name, coalesce(after, before) -> name);
        END IF;
    END LOOP;
    IF TG_OP <> 'UPDATE' OR told <> '{}' THEN
        INSERT INTO audit_entry (actor, action, object, source, request, detail)
        VALUES (coalesce(number, 0), TG_ARGV[0] || '.' || lower(TG_OP), coalesce(after, before) ->> 'id',
                CASE WHEN number IS NULL THEN 'database:' || session_user ELSE '' END, audit_said(1), told);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON gis_core_user FOR EACH ROW
    EXECUTE FUNCTION audit_row('account', 'username', 'is_active', 'is_staff', 'is_superuser', '-password');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON gis_core_jurisdiction FOR EACH ROW
    EXECUTE FUNCTION audit_row('jurisdiction', 'user_id', 'role', 'unit_id');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON gis_core_accesstoken FOR EACH ROW
    EXECUTE FUNCTION audit_row('token', 'user_id', 'expires_at', '-digest');

-- The service's role adds and reads, and nothing else, whatever default privileges gave it.
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ioc_app') THEN
        REVOKE ALL ON audit_entry, audit_seal FROM ioc_app;
        GRANT SELECT, INSERT ON audit_entry, audit_seal TO ioc_app;
    END IF;
END $$;
