import django.db.models.deletion
from django.db import migrations, models


def office() -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.office")


class Migration(migrations.Migration):
    dependencies = [("listening", "0004_fill")]
    operations = [
        migrations.AlterField("visit", "office", office()),
        migrations.AlterField("membership", "office", office()),
        migrations.AlterField("briefingvisit", "office", office()),
        migrations.AlterField(
            "source",
            "purpose",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="sources", to="listening.purpose"),
        ),
    ]
