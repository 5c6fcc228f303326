"""A source can be changed by hand: two people who change one source do not overwrite each other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listening", "0019_teaching")]
    operations = [
        migrations.AddField(model_name="source", name="version", field=models.PositiveIntegerField(default=0)),
    ]
