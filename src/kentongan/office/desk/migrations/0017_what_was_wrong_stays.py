"""What a correction corrects and says was wrong is chosen once: whoever approves it has read that very sentence."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION desk_what_was_wrong_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.wrong IS DISTINCT FROM OLD.wrong OR NEW.corrects_id IS DISTINCT FROM OLD.corrects_id THEN
        RAISE EXCEPTION 'what a correction says was wrong stays as it was begun' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER what_was_wrong_stays BEFORE UPDATE OF wrong, corrects_id ON desk_statement
    FOR EACH ROW EXECUTE FUNCTION desk_what_was_wrong_stays();
"""
BACK = """
DROP TRIGGER what_was_wrong_stays ON desk_statement;
DROP FUNCTION desk_what_was_wrong_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("desk", "0016_embargo_end")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
