"""A publication may be held back until a moment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0009_facts")]
    operations = [
        migrations.AddField(model_name="publication", name="not_before", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(("not_before", None), ("not_before__gt", models.F("at")), _connector="OR"), name="held_back_until_later"
            ),
        ),
    ]
