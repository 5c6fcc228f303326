"""A label of tone says what it is toward. Those that there are were given of the item as a whole, as the engine's word was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listening", "0029_ways")]
    operations = [migrations.AddField("label", "toward", models.CharField(blank=True, default="", max_length=210), preserve_default=False)]
