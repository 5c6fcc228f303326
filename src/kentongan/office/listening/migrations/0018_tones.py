"""Counts of tone by day, and how far the journal has been read for them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listening", "0017_marks"), ("people", "0002_doors")]
    operations = [
        migrations.CreateModel(
            name="ToneCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target", models.CharField(max_length=210)),
                ("day", models.DateField()),
                ("source_kind", models.CharField(max_length=10)),
                ("language", models.CharField(max_length=5)),
                ("tone", models.CharField(max_length=10)),
                ("n", models.PositiveIntegerField(default=0)),
                ("office", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.office")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("office", "target", "day", "source_kind", "language", "tone"), name="tone_counted_once")
                ]
            },
        ),
        migrations.CreateModel(
            name="ToneReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField(default=0)),
                (
                    "refused",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=210), default=list, size=None),
                ),
                ("at", models.DateTimeField(null=True)),
                (
                    "office",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="tone_reading", to="people.office"),
                ),
            ],
        ),
    ]
