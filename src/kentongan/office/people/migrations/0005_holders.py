import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_office_setting")]
    operations = [
        migrations.CreateModel(
            name="OfficeHolder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("post", models.CharField(max_length=200)),
                ("until", models.DateTimeField()),
                (
                    "office",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="holders", to="people.office"),
                ),
            ],
            options={
                "ordering": ["post", "name"],
                "constraints": [models.UniqueConstraint(fields=("office", "name", "post"), name="holder_once_per_post")],
            },
        ),
    ]
