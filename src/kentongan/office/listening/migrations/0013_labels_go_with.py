"""A label goes with its item or signal in the database itself, as claims do (0010): rows are forgotten there without asking Django."""

from django.db import migrations

GOES_WITH = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN
        SELECT c.conname, c.conrelid::regclass AS here, c.confrelid::regclass AS there, a.attname
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.conrelid IN ('listening_label'::regclass, 'listening_sampleitem'::regclass)
        AND c.confrelid IN ('listening_article'::regclass, 'listening_signal'::regclass, 'listening_sampleitem'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.here, one.conname);
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES %s (id)'
            || ' ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED',
            one.here, one.conname, one.attname, one.there);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("listening", "0012_labels")]
    operations = [migrations.RunSQL(GOES_WITH, migrations.RunSQL.noop)]
