"""What part 1 stored gets its office and its purpose. The register's first row of an office is for its administrator to confirm."""

from django.db import migrations

FORWARD = """
UPDATE listening_visit v SET office_id = s.office_id FROM listening_source s WHERE s.id = v.source_id;
UPDATE listening_membership m SET office_id = a.office_id FROM listening_article a WHERE a.id = m.article_id;
DELETE FROM listening_briefingvisit b USING people_user u WHERE u.id = b.user_id AND u.office_id IS NULL;
UPDATE listening_briefingvisit b SET office_id = u.office_id FROM people_user u WHERE u.id = b.user_id;
INSERT INTO listening_purpose (office_id, kind, title, purpose, legal_basis, owner_id, starts, ends, ended_reason, created, version)
SELECT o.id, 'sources', 'Sources of the area', 'To hear early what the public is told and asks about, and to answer with sources.',
       'To be confirmed by the administrator', (SELECT min(u.id) FROM people_user u WHERE u.office_id = o.id AND u.role = 'administrator'),
       current_date, current_date + 365, '', now(), 0
FROM people_office o WHERE EXISTS (SELECT 1 FROM listening_source s WHERE s.office_id = o.id);
UPDATE listening_source s SET purpose_id = p.id FROM listening_purpose p WHERE p.office_id = s.office_id AND s.purpose_id IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("listening", "0003_doors")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
