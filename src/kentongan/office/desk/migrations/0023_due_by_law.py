from django.db import migrations, models

BESIDE = models.Q(("due_law", ""), ("own_due", None), ("own_due_note", "")) | models.Q(
    models.Q(("due_law", ""), _negated=True), ("due__isnull", False)
)
FORWARD = """
UPDATE desk_issue i SET due_law = c.detail::jsonb ->> 'law' FROM ledger_line c
WHERE c.office = i.office_id AND c.subject = 'issue:' || i.id AND c.act = 'issue.clock_begun'
  AND i.due IS NOT NULL AND (c.detail::jsonb ->> 'due')::timestamptz = i.due
"""
"""What was due by a law before there was a place for it is known by its moment, as it was until then."""


class Migration(migrations.Migration):
    dependencies = [("desk", "0022_given_out"), ("ledger", "0001_initial")]
    operations = [
        migrations.AddField(model_name="issue", name="due_law", field=models.CharField(blank=True, max_length=24)),
        migrations.AddField(model_name="issue", name="own_due", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddField(model_name="issue", name="own_due_note", field=models.CharField(blank=True, max_length=200)),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
        migrations.AddConstraint(model_name="issue", constraint=models.CheckConstraint(condition=BESIDE, name="own_due_beside_a_law")),
    ]
