from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0019_issue_links")]
    operations = [
        migrations.AddField(
            model_name="sentence",
            name="source",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="statementversion",
            name="cluster",
            field=models.CharField(
                blank=True,
                choices=[
                    ("victim", "It struck us, too"), ("accidental", "Something failed"), ("preventable", "It could have been prevented"),
                ],
                default="",
                max_length=15,
            ),
        ),
    ]  # fmt: skip
