from django.db import migrations

LEGAL = """
    open>checking open>watching open>closed open>merged
    reopened>checking reopened>watching reopened>closed reopened>merged
    checking>answering checking>watching checking>closed checking>merged
    answering>checking answering>answered answering>watching answering>closed answering>merged
    answered>checking answered>answering answered>watching answered>closed answered>merged
    watching>checking watching>closed watching>merged
    closed>reopened merged>reopened
"""
PAIRS = ", ".join(f"'{pair}'" for pair in LEGAL.split())
FORWARD = f"""
CREATE FUNCTION desk_issue_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'INSERT' AND NEW.state <> 'open' THEN
        RAISE EXCEPTION 'an issue begins open, not %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN ({PAIRS}) THEN
        RAISE EXCEPTION 'an issue does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issue_moves BEFORE UPDATE OF state ON desk_issue FOR EACH ROW EXECUTE FUNCTION desk_issue_moves();
CREATE TRIGGER issue_begins BEFORE INSERT ON desk_issue FOR EACH ROW EXECUTE FUNCTION desk_issue_moves();
ALTER TABLE desk_issuelink ADD CONSTRAINT link_story FOREIGN KEY (story_id) REFERENCES listening_story (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE desk_issuelink ADD CONSTRAINT link_signal FOREIGN KEY (signal_id) REFERENCES listening_signal (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE desk_issuelink ADD CONSTRAINT link_claim FOREIGN KEY (claim_id) REFERENCES listening_claim (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
"""
BACK = """
ALTER TABLE desk_issuelink DROP CONSTRAINT link_story, DROP CONSTRAINT link_signal, DROP CONSTRAINT link_claim;
DROP TRIGGER issue_moves ON desk_issue;
DROP TRIGGER issue_begins ON desk_issue;
DROP FUNCTION desk_issue_moves();
"""


class Migration(migrations.Migration):
    """No door moves an issue along a way that is not in `moves.LEGAL`; what is heard and kept no longer leaves an empty link."""

    dependencies = [("desk", "0001_issues")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
