"""That two items are the same story, or not, is a label too: what officers say by merging and splitting."""

import django.db.models.deletion
from django.db import migrations, models

WHAT = [("kind", "Kind"), ("topic", "Topic"), ("tone", "Tone"), ("place", "Place"), ("useful", "Useful"), ("same", "Same story")]
PAIR = models.Q(("article__lt", models.F("other")), ("other__isnull", False), ("what", "same"))
NO_PAIR = models.Q(models.Q(("what", "same"), _negated=True), ("other", None))


class Migration(migrations.Migration):
    dependencies = [("listening", "0020_source_version")]
    operations = [
        migrations.AlterField("label", "what", models.CharField(choices=WHAT, max_length=10)),
        migrations.AddField(
            "label",
            "other",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="listening.article"),
        ),
        migrations.RemoveConstraint("label", "label_once_an_item"),
        migrations.AddConstraint(
            "label",
            models.UniqueConstraint(
                fields=("what", "article", "by"), condition=models.Q(("other", None), ("sample", None)), name="label_once_an_item"
            ),
        ),
        migrations.AddConstraint("label", models.CheckConstraint(condition=models.Q(PAIR, NO_PAIR, _connector="OR"), name="label_of_a_pair")),
        migrations.AddConstraint("label", models.UniqueConstraint(fields=("article", "other", "by"), name="label_once_a_pair")),
    ]
