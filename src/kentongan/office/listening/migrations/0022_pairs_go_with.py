"""A pair goes with either of its items in the database itself, as other labels do (0013)."""

from django.db import migrations

GOES_WITH = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN
        SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.conrelid = 'listening_label'::regclass AND a.attname = 'other_id'
    LOOP
        EXECUTE format('ALTER TABLE listening_label DROP CONSTRAINT %I', one.conname);
        EXECUTE format('ALTER TABLE listening_label ADD CONSTRAINT %I FOREIGN KEY (other_id) REFERENCES listening_article (id)'
            || ' ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED', one.conname);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("listening", "0021_same_story")]
    operations = [migrations.RunSQL(GOES_WITH, migrations.RunSQL.noop)]
