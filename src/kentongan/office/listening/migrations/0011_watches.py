"""Watches look for places and for meaning too, keep what they were, and are counted with the index on `search`.

`kentongan_watched` does for a watch what `kentongan_found` (0007) does for a search: it looks at the rows of the asked office alone with
the owner's eyes, because row-level security keeps a query of ours from the index. It gives what matched since a moment, the latest first:
all that is counted in the preview of a watch. A watch without words gives `wanted` as NULL and then asks for its places alone.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgvector.django.halfvec
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION kentongan_watched(of_office bigint, wanted tsquery, barred tsquery, placed tsquery, placed_sources bigint[],
    since timestamptz, most int)
RETURNS TABLE (id bigint, published timestamptz, outlet text) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000
SET search_path = public, pg_temp SET cpu_operator_cost = 0.05 SET enable_indexscan = off SET enable_seqscan = off AS $$
DECLARE
    inside bigint := NULLIF(current_setting('kentongan.office', true), '')::bigint;
    matching text := 'SELECT a.id, a.published, a.outlet::text FROM public.listening_article a'
        || ' WHERE a.office_id = $1 AND a.published >= $6';
BEGIN
    IF inside IS NOT NULL AND inside IS DISTINCT FROM of_office THEN
        RETURN;
    END IF;
    IF wanted IS NULL AND placed IS NULL THEN
        RETURN;
    END IF;
    IF wanted IS NOT NULL THEN matching := matching || ' AND a.search @@ $2'; END IF;
    IF barred IS NOT NULL AND numnode(barred) > 0 THEN matching := matching || ' AND NOT a.search @@ $3'; END IF;
    IF placed IS NOT NULL THEN matching := matching || ' AND (a.search @@ $4 OR a.source_id = ANY ($5))'; END IF;
    RETURN QUERY EXECUTE matching || ' ORDER BY a.published DESC, a.id DESC LIMIT $7'
        USING of_office, wanted, barred, placed, placed_sources, since, most;
END
$$;
"""
BACK = "DROP FUNCTION kentongan_watched(bigint, tsquery, tsquery, tsquery, bigint[], timestamptz, int)"


ARRAY = django.contrib.postgres.fields.ArrayField


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0010_claims_go_with"),
        ("people", "0002_doors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RemoveConstraint(model_name="watch", name="watch_has_words"),
        migrations.AlterField("watch", "query", models.CharField(blank=True, max_length=500)),
        migrations.AddField("watch", "places", ARRAY(models.CharField(max_length=30), default=list, blank=True, size=None)),
        migrations.AddField("watch", "examples", ARRAY(models.CharField(max_length=300), default=list, blank=True, size=None)),
        migrations.AddField("watch", "meaning", pgvector.django.halfvec.HalfVectorField(dimensions=384, null=True)),
        migrations.AddField("watch", "close", models.FloatField(default=0.0)),
        migrations.AddField("watch", "wider", models.FloatField(default=0.0)),
        migrations.AddField("watch", "wide", models.BooleanField(default=False)),
        migrations.AddField("watch", "version", models.PositiveIntegerField(default=0)),
        migrations.AddConstraint(
            "watch",
            models.CheckConstraint(
                condition=~models.Q(query="") | models.Q(places__len__gt=0) | models.Q(meaning__isnull=False), name="watch_has_words"
            ),
        ),
        migrations.CreateModel(
            name="WatchVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("query", models.CharField(blank=True, max_length=500)),
                ("places", ARRAY(base_field=models.CharField(max_length=30), default=list, size=None)),
                (
                    "examples",
                    ARRAY(base_field=models.CharField(max_length=300), default=list, size=None),
                ),
                ("wide", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("office", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.office")),
                ("watch", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="listening.watch")),
            ],
            options={"ordering": ["-version"]},
        ),
        migrations.AddConstraint("watchversion", models.UniqueConstraint(fields=("watch", "version"), name="watch_version_once")),
        migrations.RunSQL(FORWARD, BACK),
    ]
