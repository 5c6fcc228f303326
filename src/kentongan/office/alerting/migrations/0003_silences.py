"""Routes tell of silences, and an alert may be of one. Routes that reach programs or agencies only go on as they were."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import kentongan.office.alerting.models


def leave_outside_as_it_is(apps, schema_editor):
    """Nobody outside is told of something new without somebody having chosen it."""
    apps.get_model("alerting", "Route").objects.filter(roles=[], people=[]).update(silences=[])


class Migration(migrations.Migration):
    dependencies = [("alerting", "0002_first_routes"), ("listening", "0026_hour_counts")]
    operations = [
        migrations.AddField(
            model_name="route",
            name="silences",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("source", "Source"),
                        ("sources", "Kind of source"),
                        ("job", "Background work"),
                        ("system", "The system"),
                        ("mark", "Watch or agency"),
                        ("topic", "Topic"),
                        ("place", "Place"),
                    ],
                    max_length=10,
                ),
                blank=True,
                default=kentongan.office.alerting.models.first_silences,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="silence",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="listening.silence"),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(fields=("office", "silence"), name="alert_once_per_silence"),
        ),
        migrations.RunPython(leave_outside_as_it_is, migrations.RunPython.noop),
    ]
