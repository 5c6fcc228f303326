"""The table of the shared cache (rate limits of signing in), and no account above the others: rights come from roles alone."""

from django.db import migrations


def no_superusers(apps, schema_editor):
    apps.get_model("people", "User").objects.filter(is_superuser=True).update(is_superuser=False, is_staff=False)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_doors")]

    operations = [
        migrations.RunSQL(
            """CREATE TABLE IF NOT EXISTS kentongan_cache
            (cache_key varchar(255) NOT NULL PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
            CREATE INDEX IF NOT EXISTS kentongan_cache_expires ON kentongan_cache (expires);""",
            "DROP TABLE IF EXISTS kentongan_cache",
        ),
        migrations.RunPython(no_superusers, migrations.RunPython.noop),
    ]
