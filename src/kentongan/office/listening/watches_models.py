"""What a watch looked for before it was changed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class WatchVersion(models.Model):
    """A watch as it was from `at` on, until the next version. Never changed once written."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    watch = models.ForeignKey("listening.Watch", on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    query = models.CharField(max_length=500, blank=True)
    places = ArrayField(models.CharField(max_length=30), default=list)
    examples = ArrayField(models.CharField(max_length=300), default=list)
    wide = models.BooleanField(default=False)
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["watch", "version"], name="watch_version_once")]
        ordering = ["-version"]
