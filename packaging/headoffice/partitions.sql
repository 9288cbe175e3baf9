-- Splits head office's three largest tables into sixteen parts each, by the keys they would be spread by over several
-- machines (headoffice/store/distribution.py). When and why: docs/scaling.md.
--
--     psql --single-transaction --set ON_ERROR_STOP=1 --file partitions.sql DATABASE
--
-- Nothing may write meanwhile: stop the API processes first, and have room for these tables twice. A table that is
-- split already stays as it is, so running this again does nothing.

DO $$
DECLARE
    parts CONSTANT integer := 16;
    wanted record;
    columns text;
BEGIN
    FOR wanted IN
        SELECT relname AS name, key
        FROM (VALUES ('record', 'record_id'), ('entry', 'member_id'), ('terminal_record', 'terminal_id')) AS t(relname, key)
        JOIN pg_class USING (relname)
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    LOOP
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', wanted.name);
        EXECUTE format('ALTER TABLE %I RENAME TO %I', wanted.name, wanted.name || '_whole');
        EXECUTE format(
            'CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS) PARTITION BY HASH (%I)',
            wanted.name, wanted.name || '_whole', wanted.key
        );
        EXECUTE format('COMMENT ON TABLE %I IS %L', wanted.name,
            obj_description((quote_ident(wanted.name || '_whole'))::regclass, 'pg_class'));
        FOR part IN 0 .. parts - 1 LOOP
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
                wanted.name || '_' || part, wanted.name, parts, part
            );
        END LOOP;
        EXECUTE format('INSERT INTO %I SELECT * FROM %I', wanted.name, wanted.name || '_whole');
        -- The keys and indexes come after the rows, which is faster, and under the names they had.
        CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
            SELECT index.relname AS name, indisprimary AS is_primary, pg_get_indexdef(indexrelid) AS sql,
                (SELECT string_agg(quote_ident(attname), ', ' ORDER BY place) FROM unnest(indkey) WITH ORDINALITY AS k(n, place)
                 JOIN pg_attribute ON attrelid = indrelid AND attnum = n) AS columns
            FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
            WHERE indrelid = (quote_ident(wanted.name || '_whole'))::regclass;
        EXECUTE format('DROP TABLE %I', wanted.name || '_whole');
        FOR columns IN
            SELECT CASE WHEN is_primary
                THEN format('ALTER TABLE %I ADD CONSTRAINT %I PRIMARY KEY (%s)', wanted.name, name, kept.columns)
                ELSE replace(sql, quote_ident(wanted.name || '_whole'), quote_ident(wanted.name)) END
            FROM kept
        LOOP
            EXECUTE columns;
        END LOOP;
        DROP TABLE kept;
        EXECUTE format('ANALYZE %I', wanted.name);
    END LOOP;
END $$;
