"""Signals the office was not told of, because the day's budget was spent: kept, so that what was held back can be looked at."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class HeldBack(models.Model):
    """A signal that rose and was not told, as the engine last said it. Gone when it is told after all: then it is a `Signal`."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    subject = models.CharField(max_length=1000)
    story = models.ForeignKey("listening.Story", null=True, on_delete=models.SET_NULL, related_name="+")
    raised = models.DateTimeField()
    updated = models.DateTimeField()
    since = models.DateTimeField()
    outlets = ArrayField(models.CharField(max_length=200), default=list)
    level = models.CharField(max_length=10)
    reasons = models.JSONField(default=list)
    """What is unusual first, why it was held back last."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="held_once_per_office")]
        indexes = [models.Index(fields=["office", "-updated"], name="held_recent")]
        ordering = ["-updated", "-pk"]
