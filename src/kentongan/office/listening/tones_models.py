"""Tone as it is kept: counts by day, and how far the journal has been read. No row of an item, no author, nothing to join to a person."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

TARGET = 210
"""Letters of a mark: "a" or "w" and a name."""


class ToneCount(models.Model):
    """How many originals of a day had this tone toward `target`, a mark of the journal. Only added to."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    target = models.CharField(max_length=TARGET)
    day = models.DateField()
    source_kind = models.CharField(max_length=10)
    language = models.CharField(max_length=5)
    tone = models.CharField(max_length=10)
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "target", "day", "source_kind", "language", "tone"], name="tone_counted_once"),
        ]


class ToneReading(models.Model):
    """Where the reading for tone stands in the journal, written with the counts; which targets have no tone, because they name a person."""

    office = models.OneToOneField("people.Office", on_delete=models.PROTECT, related_name="tone_reading")
    seq = models.BigIntegerField(default=0)
    refused = ArrayField(models.CharField(max_length=TARGET), default=list)
    at = models.DateTimeField(null=True)
