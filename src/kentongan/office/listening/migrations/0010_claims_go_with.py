"""What belongs to an article, a fact-check or a claim goes with it in the database itself: rows are forgotten there in pieces, without asking
Django. A migration of its own, because Django adds the foreign keys at the end of the one that makes the tables.
"""

from django.db import migrations

GOES_WITH = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN
        SELECT c.conname, c.conrelid::regclass AS here, c.confrelid::regclass AS there, a.attname, a.attnotnull
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.conrelid IN ('listening_claim'::regclass, 'listening_claimsighting'::regclass,
            'listening_claimcheck'::regclass, 'listening_checkvector'::regclass, 'listening_question'::regclass,
            'listening_claimreading'::regclass)
        AND c.confrelid IN ('listening_article'::regclass, 'listening_factcheck'::regclass, 'listening_claim'::regclass,
            'listening_question'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.here, one.conname);
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES %s (id) ON DELETE %s DEFERRABLE INITIALLY DEFERRED',
            one.here, one.conname, one.attname, one.there, CASE WHEN one.attnotnull THEN 'CASCADE' ELSE 'SET NULL' END);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("listening", "0009_claims")]
    operations = [migrations.RunSQL(GOES_WITH, migrations.RunSQL.noop)]
