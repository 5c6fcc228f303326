"""Weekly and monthly counts, judged against their own past."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listening", "0026_hour_counts")]
    operations = [
        migrations.CreateModel(
            name="PeriodCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grid", models.CharField(choices=[("week", "Week"), ("month", "Month")], max_length=5)),
                ("subject", models.CharField(max_length=310)),
                ("start", models.DateField()),
                ("count", models.PositiveIntegerField(null=True)),
                ("mean", models.FloatField(null=True)),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("rise", "more than usual"),
                            ("fall", "less than usual"),
                            ("usual", "as usual"),
                            ("unknown", "not known yet"),
                        ],
                        max_length=10,
                    ),
                ),
                ("evidence", models.FloatField(default=0.0)),
                ("at", models.DateTimeField()),
                ("office", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.office")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("office", "grid", "start", "subject"), name="period_counted_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("verdict__in", ["rise", "fall"]), _negated=True),
                            models.Q(("count__isnull", False), ("mean__isnull", False)),
                            _connector="OR",
                        ),
                        name="who_judges_has_counted",
                    ),
                ],
            },
        ),
    ]
