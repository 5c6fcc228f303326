"""Search through indexes, also where row-level security holds and whatever the language.

Under row-level security PostgreSQL compares `search` only after the policy has let a row through, because the operator is not marked as one
that can give nothing away; so the index on `search` was never used and every article was read. `kentongan_found` looks with the owner's
eyes instead, at the rows of the asked office alone, and at none where the session stands in another office.

Many matches are not all compared: the best are chosen among the `newest` latest ones. A common word has those in the last days already, so
time is looked through in `windows`, the shortest first. The planner takes comparing a search vector for cheap and would read articles by
their date, unpacking each; its settings here make it ask the index on `search` first (from 0.8 s to 0.04 s at 200,000 articles).

Search by meaning asks for the nearest articles of each group of languages. In one index for all of them the search for a rare language walked
past thousands of others; each group has its own now. Building them anew takes minutes where there are 200,000 articles.
"""

from django.db import migrations, models
from pgvector.django import HnswIndex

FORWARD = """
CREATE FUNCTION kentongan_found(of_office bigint, wanted tsquery, barred tsquery[], of_language text, of_outlet text, of_kind text,
    since timestamptz, windows timestamptz[], newest int, best int)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_temp SET cpu_operator_cost = 0.05 SET enable_indexscan = off SET enable_seqscan = off AS $$
DECLARE
    inside bigint := NULLIF(current_setting('kentongan.office', true), '')::bigint;
    matching text := 'SELECT array_agg(id) FROM (SELECT id FROM public.listening_article WHERE office_id = $1 AND search @@ $2';
    found bigint[];
    start timestamptz;
    place int;
BEGIN
    IF inside IS NOT NULL AND inside IS DISTINCT FROM of_office THEN
        RETURN;
    END IF;
    FOR place IN 1 .. coalesce(array_length(barred, 1), 0) LOOP
        matching := matching || ' AND NOT search @@ $3[' || place || ']';
    END LOOP;
    IF of_language <> '' THEN matching := matching || ' AND language = $4'; END IF;
    IF of_outlet <> '' THEN matching := matching || ' AND outlet = $5'; END IF;
    IF of_kind <> '' THEN matching := matching || ' AND source_kind = $6'; END IF;
    FOREACH start IN ARRAY windows || '-infinity'::timestamptz LOOP
        start := greatest(start, since);
        EXECUTE matching || CASE WHEN start > '-infinity' THEN ' AND published >= $7' ELSE '' END
            || ' ORDER BY published DESC, id DESC LIMIT $8) latest'
            INTO found USING of_office, wanted, barred, of_language, of_outlet, of_kind, start, newest;
        EXIT WHEN array_length(found, 1) >= newest OR start = since;
    END LOOP;
    RETURN QUERY SELECT id FROM public.listening_article WHERE id = ANY (found)
        ORDER BY ts_rank(search, wanted) DESC, published DESC, id LIMIT best;
END
$$;
"""


GROUPS = (("id", "ms", "jv", "su"), ("vi",), ("en",), ("other",))


class Migration(migrations.Migration):
    dependencies = [("listening", "0006_limits")]
    operations = [
        migrations.RunSQL(
            FORWARD,
            "DROP FUNCTION kentongan_found(bigint, tsquery, tsquery[], text, text, text, timestamptz, timestamptz[], int, int)",
        ),
        migrations.RunSQL("SET LOCAL maintenance_work_mem = '512MB'", migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="article", name="article_meaning"),
        *(
            migrations.AddIndex(
                model_name="article",
                index=HnswIndex(
                    condition=models.Q(("language__in", group)),
                    ef_construction=64,
                    fields=["embedding"],
                    m=16,
                    name=f"article_meaning_{group[0]}",
                    opclasses=["halfvec_ip_ops"],
                ),
            )
            for group in GROUPS
        ),
    ]
