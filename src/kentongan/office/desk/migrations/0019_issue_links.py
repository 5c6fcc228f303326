"""Another issue may stand among what an issue is linked with."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

KINDS = [("story", "Story"), ("signal", "Signal"), ("claim", "Claim"), ("address", "Address"), ("issue", "Issue")]
OTHER = models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="linked_from", to="desk.issue")


class Migration(migrations.Migration):
    dependencies = [("desk", "0018_satire")]
    operations = [
        migrations.AlterField("issuelink", "kind", models.CharField(choices=KINDS, max_length=10)),
        migrations.AddField("issuelink", "other", OTHER),
        migrations.AddConstraint("issuelink", models.UniqueConstraint(fields=["issue", "other"], name="issue_once_per_issue")),
        migrations.AddConstraint(
            "issuelink", models.CheckConstraint(condition=Q(kind="issue") ^ Q(other=None), name="a_link_to_an_issue_has_one")
        ),
        migrations.AddConstraint(
            "issuelink", models.CheckConstraint(condition=Q(other=None) | ~Q(other=F("issue")), name="no_link_to_itself")
        ),
    ]
