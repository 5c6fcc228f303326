import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0002_bounced"), ("people", "0005_holders")]
    operations = [
        migrations.CreateModel(
            name="NewsroomCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tried", models.DateTimeField()),
                ("whole", models.DateTimeField(null=True)),
                ("files", models.PositiveIntegerField(default=0)),
                ("why", models.CharField(blank=True, max_length=300)),
                ("office", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.office")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("why", ""), _negated=True) | models.Q(("whole", models.F("tried")), ("whole__isnull", False)),
                        name="a_copy_is_whole_or_says_why",
                    )
                ],
            },
        ),
    ]
