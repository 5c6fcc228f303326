"""An issue may turn out to be satire, as a claim may."""

from django.db import migrations, models

TRUTHS = [
    ("unverified", "Unverified"), ("true", "True"), ("partly", "Partly true"), ("false", "False"), ("opinion", "Opinion, not checkable"),
    ("satire", "Satire"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("desk", "0017_what_was_wrong_stays")]
    operations = [migrations.AlterField("issue", "truth", models.CharField(choices=TRUTHS, default="unverified", max_length=10))]
