"""Corrections, and the weekly sample two people label blind to each other."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OFFICE = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "people.office"}
WITH = {"on_delete": django.db.models.deletion.CASCADE}
ONE_THING = models.Q(article__isnull=False, signal=None) | models.Q(article=None, signal__isnull=False)
WHAT = [("kind", "Kind"), ("topic", "Topic"), ("tone", "Tone"), ("place", "Place"), ("useful", "Useful")]


class Migration(migrations.Migration):
    dependencies = [("listening", "0011_watches"), ("people", "0002_doors"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="SampleItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.DateField()),
                ("place", models.PositiveSmallIntegerField()),
                ("article", models.ForeignKey(related_name="+", to="listening.article", **WITH)),
                ("office", models.ForeignKey(**OFFICE)),
            ],
            options={
                "ordering": ["week", "place"],
                "constraints": [models.UniqueConstraint(fields=("office", "week", "article"), name="sampled_once_a_week")],
            },
        ),
        migrations.CreateModel(
            name="Label",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(choices=WHAT, max_length=10)),
                ("engine", models.CharField(blank=True, max_length=60)),
                ("said", models.CharField(max_length=60)),
                ("version", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("article", models.ForeignKey(null=True, related_name="labels", to="listening.article", **WITH)),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("office", models.ForeignKey(**OFFICE)),
                ("sample", models.ForeignKey(null=True, related_name="labels", to="listening.sampleitem", **WITH)),
                ("signal", models.ForeignKey(null=True, related_name="labels", to="listening.signal", **WITH)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["office", "-at"], name="label_recent")],
                "constraints": [
                    models.CheckConstraint(condition=ONE_THING, name="label_of_one_thing"),
                    models.UniqueConstraint(condition=models.Q(sample=None), fields=("what", "article", "by"), name="label_once_an_item"),
                    models.UniqueConstraint(fields=("what", "signal", "by"), name="label_once_a_signal"),
                    models.UniqueConstraint(fields=("what", "sample", "by"), name="label_once_a_sample"),
                ],
            },
        ),
    ]
