"""Signals that were held back beyond the day's budget."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listening", "0015_forecasts"), ("people", "0005_holders")]
    operations = [
        migrations.CreateModel(
            name="HeldBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=10)),
                ("subject", models.CharField(max_length=1000)),
                ("raised", models.DateTimeField()),
                ("updated", models.DateTimeField()),
                ("since", models.DateTimeField()),
                (
                    "outlets",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None),
                ),
                ("level", models.CharField(max_length=10)),
                ("reasons", models.JSONField(default=list)),
                ("office", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.office")),
                (
                    "story",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="listening.story"),
                ),
            ],
            options={
                "ordering": ["-updated", "-pk"],
                "indexes": [models.Index(fields=["office", "-updated"], name="held_recent")],
                "constraints": [models.UniqueConstraint(fields=("office", "key"), name="held_once_per_office")],
            },
        ),
    ]
