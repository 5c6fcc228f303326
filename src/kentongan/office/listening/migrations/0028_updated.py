"""When a source last changed an item."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listening", "0027_period_counts")]
    operations = [migrations.AddField("article", "updated", models.DateTimeField(null=True))]
