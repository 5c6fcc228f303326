"""What an office's labels taught a head, and how it was judged."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PROTECT = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+"}
STATES = [(one, one.capitalize()) for one in ("waiting", "few", "kept", "active", "replaced", "ended")]


class Migration(migrations.Migration):
    dependencies = [("listening", "0018_tones"), ("people", "0002_doors"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Teaching",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("head", models.CharField(choices=[("kinds", "Kind"), ("tone", "Tone")], max_length=10)),
                ("state", models.CharField(choices=STATES, default="waiting", max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("at", models.DateTimeField(null=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("weights", models.JSONField(default=dict)),
                ("items", models.PositiveIntegerField(default=0)),
                ("drawn", models.PositiveIntegerField(default=0)),
                ("left_out", models.PositiveIntegerField(default=0)),
                ("figures", models.JSONField(default=dict)),
                ("ended_at", models.DateTimeField(null=True)),
                ("asked_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PROTECT)),
                ("ended_by", models.ForeignKey(null=True, to=settings.AUTH_USER_MODEL, **PROTECT)),
                ("office", models.ForeignKey(to="people.office", **PROTECT)),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
                "indexes": [models.Index(fields=["office", "-asked_at"], name="teaching_recent")],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(state="waiting"), fields=("office", "head"), name="one_teaching_waits"),
                    models.UniqueConstraint(condition=models.Q(state="active"), fields=("office", "head"), name="one_teaching_is_used"),
                ],
            },
        ),
    ]
