from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0023_due_by_law")]
    operations = [
        migrations.AddField(
            model_name="sentence",
            name="said_as",
            field=models.CharField(
                blank=True,
                choices=[("", "Neither: it needs evidence"), ("promise", "Promise"), ("opinion", "Opinion")],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="sentence",
            name="said_by",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddConstraint(
            model_name="sentence",
            constraint=models.CheckConstraint(
                condition=models.Q(("said_as", ""), ("said_by", ""))
                | models.Q(("said_as__in", ("promise", "opinion")), models.Q(("said_by", ""), _negated=True)),
                name="a_promise_or_opinion_is_somebodys",
            ),
        ),
    ]
