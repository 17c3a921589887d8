"""The one function behind every audit trigger, in SQL. A migration puts it in place.

It runs with its owner's rights, so that the app's role needs none on the trail and can neither
forge nor alter an entry. Arguments of a trigger: the key's column, secret columns, silent columns
(comma-separated), and `people` where the machine's own changes are left out.

`OFFSET 0` keeps each row's jsonb from being made again wherever it is named: for many rows the
trail costs less than half. `enable_nestloop`: the rows of a statement are planned for once in a
session, as many as there were the first time. Planned for one row, the old and new rows of four
thousand would be compared each with each.
"""

CREATE = r"""
CREATE OR REPLACE FUNCTION public.frontline_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
AS $$
DECLARE
    who text := coalesce(nullif(current_setting('frontline.actor', true), ''), 'db:' || session_user);
    asked text := coalesce(current_setting('frontline.request', true), '');
    pk text := TG_ARGV[0];
    secret text[] := string_to_array(TG_ARGV[1], ',');
    silent text[] := string_to_array(TG_ARGV[2], ',');
    hidden text[] := secret || silent;
BEGIN
    IF TG_ARGV[3] = 'people' AND who LIKE 'job:%' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.accounts_auditentry
            (at, actor, request, "table", key, operation, before, after)
        SELECT clock_timestamp(), left(who, 80), left(asked, 40), TG_TABLE_NAME,
               content ->> pk, 'I', NULL, content - hidden
        FROM (SELECT to_jsonb(r) AS content FROM new_rows r OFFSET 0) AS rows;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.accounts_auditentry
            (at, actor, request, "table", key, operation, before, after)
        SELECT clock_timestamp(), left(who, 80), left(asked, 40), TG_TABLE_NAME,
               content ->> pk, 'D', content - hidden, NULL
        FROM (SELECT to_jsonb(r) AS content FROM old_rows r OFFSET 0) AS rows;
    ELSE
        INSERT INTO public.accounts_auditentry
            (at, actor, request, "table", key, operation, before, after)
        SELECT clock_timestamp(), left(who, 80), left(asked, 40), TG_TABLE_NAME,
               o.content ->> pk, 'U', change.before, change.after
        FROM (SELECT to_jsonb(r) AS content FROM old_rows r OFFSET 0) AS o
        JOIN (SELECT to_jsonb(r) AS content FROM new_rows r OFFSET 0) AS n
            ON n.content ->> pk = o.content ->> pk
        CROSS JOIN LATERAL (
            SELECT
                jsonb_object_agg(f.key, CASE WHEN f.key = ANY (secret) THEN '"changed"'::jsonb
                                             ELSE f.value END) AS before,
                jsonb_object_agg(f.key, CASE WHEN f.key = ANY (secret) THEN '"changed"'::jsonb
                                             ELSE n.content -> f.key END) AS after
            FROM jsonb_each(o.content) AS f
            WHERE f.value IS DISTINCT FROM n.content -> f.key AND f.key <> ALL (silent)
        ) AS change
        WHERE change.before IS NOT NULL;
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION public.frontline_audit() FROM PUBLIC;
"""

DROP = "DROP FUNCTION IF EXISTS public.frontline_audit() CASCADE;"
