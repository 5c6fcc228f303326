"""A route may ask for watches. Routes that there are ask for none, and tell what they told."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerting", "0003_silences")]
    operations = [
        migrations.AddField(
            model_name="route",
            name="watches",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None),
        ),
    ]
