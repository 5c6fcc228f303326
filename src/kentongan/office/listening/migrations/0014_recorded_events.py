"""Events that officers record, against which the signals are measured."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+"}
LET_GO = {"null": True, "on_delete": django.db.models.deletion.SET_NULL, "related_name": "+"}
TOLD = models.Q(told_at__isnull=False)


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0013_labels_go_with"),
        ("people", "0005_holders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="RecordedEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=200)),
                ("words", models.CharField(max_length=300)),
                ("began", models.DateTimeField()),
                ("ended", models.DateTimeField()),
                ("verdict", models.CharField(blank=True, choices=[("told", "Told"), ("missed", "Missed")], max_length=10)),
                ("told_at", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=0)),
                ("by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **KEPT)),
                ("decided_by", models.ForeignKey(null=True, to=settings.AUTH_USER_MODEL, **KEPT)),
                ("office", models.ForeignKey(to="people.office", **KEPT)),
                ("place", models.ForeignKey(to="people.place", **LET_GO)),
                ("signal", models.ForeignKey(to="listening.signal", **LET_GO)),
            ],
            options={
                "ordering": ["-began", "-pk"],
                "indexes": [models.Index(fields=["office", "-began"], name="event_recent")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(ended__gt=models.F("began")), name="event_ends_after_it_began"),
                    models.CheckConstraint(condition=~models.Q(verdict="told") | TOLD, name="event_told_at_a_moment"),
                    models.CheckConstraint(condition=~models.Q(verdict="missed") | models.Q(told_at=None), name="event_missed_at_none"),
                ],
            },
        ),
    ]
