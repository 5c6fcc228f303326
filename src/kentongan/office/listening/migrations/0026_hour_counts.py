"""Counts of what is heard of a topic, place, watch and agency by the hour; topics and places that fall silent."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listening", "0025_topic_lists")]
    operations = [
        migrations.CreateModel(
            name="HourCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=210)),
                ("hour", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                ("last", models.DateTimeField()),
                ("office", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.office")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("office", "hour", "subject"), name="hour_counted_once")],
            },
        ),
        migrations.AddField(model_name="listenerstate", name="counted", field=models.BigIntegerField(default=0)),
        migrations.AlterField(
            model_name="silence",
            name="kind",
            field=models.CharField(
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
        ),
    ]
