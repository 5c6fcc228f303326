"""The register is kept by the database too, and shown tables stay as they were shown.

Checked at commit (deferred, so that a restore may fill tables in any order): a source that goes on and a watch that runs stand under a
purpose of their own office, of the right kind, that has not been ended. Whether a last day is past is for the office's clock to say:
`purposes.stop_what_is_over`.
"""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION kentongan_under_a_purpose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'listening_purpose' THEN
        IF EXISTS (SELECT 1 FROM listening_purpose p WHERE p.id = NEW.id AND p.ended IS NOT NULL AND (
                EXISTS (SELECT 1 FROM listening_source s WHERE s.purpose_id = p.id AND NOT s.paused)
                OR EXISTS (SELECT 1 FROM listening_watch w WHERE w.purpose_id = p.id AND w.ended IS NULL))) THEN
            RAISE EXCEPTION 'something is still listened to under purpose %, which was ended', NEW.id USING ERRCODE = 'check_violation';
        END IF;
    ELSIF TG_TABLE_NAME = 'listening_source' THEN
        IF EXISTS (SELECT 1 FROM listening_source s WHERE s.id = NEW.id AND NOT EXISTS (
                SELECT 1 FROM listening_purpose p WHERE p.id = s.purpose_id AND p.office_id = s.office_id AND p.kind = 'sources'
                AND (s.paused OR p.ended IS NULL))) THEN
            RAISE EXCEPTION 'source % has no running purpose of its office', NEW.id USING ERRCODE = 'check_violation';
        END IF;
    ELSE
        IF EXISTS (SELECT 1 FROM listening_watch w WHERE w.id = NEW.id AND NOT EXISTS (
                SELECT 1 FROM listening_purpose p WHERE p.id = w.purpose_id AND p.office_id = w.office_id AND p.kind <> 'sources'
                AND (w.ended IS NOT NULL OR p.ended IS NULL))) THEN
            RAISE EXCEPTION 'watch % has no running purpose of its office', NEW.id USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER purpose_still_used AFTER UPDATE OF ended ON listening_purpose DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION kentongan_under_a_purpose();
CREATE CONSTRAINT TRIGGER source_under_a_purpose AFTER INSERT OR UPDATE OF paused, purpose_id, office_id ON listening_source
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION kentongan_under_a_purpose();
CREATE CONSTRAINT TRIGGER watch_under_a_purpose AFTER INSERT OR UPDATE OF ended, purpose_id, office_id ON listening_watch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION kentongan_under_a_purpose();
"""
BACK = """
DROP TRIGGER watch_under_a_purpose ON listening_watch;
DROP TRIGGER source_under_a_purpose ON listening_source;
DROP TRIGGER purpose_still_used ON listening_purpose;
DROP FUNCTION kentongan_under_a_purpose();
"""


class Migration(migrations.Migration):
    dependencies = [("listening", "0005_need"), ("people", "0002_doors")]
    operations = [
        migrations.CreateModel(
            name="ReleasedTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("month", models.DateField()),
                ("content", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "office",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.office"),
                ),
            ],
            options={
                "ordering": ["-month"],
                "constraints": [models.UniqueConstraint(fields=("office", "kind", "month"), name="table_released_once")],
            },
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
