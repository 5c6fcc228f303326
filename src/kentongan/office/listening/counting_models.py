"""How much was heard of a topic, a place, a watch, an agency: by the hour for a while, by week and month for years. No items."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

SUBJECT = 210
"""Letters of a subject: what the engine calls a series ("c" and a topic, "p" and a place, "w" and a watch, "a" and an agency, "q" and a
kind of item)."""


class HourCount(models.Model):
    """Originals of one subject that bear a time of one hour, and the latest of these times. Only added to, by the listener."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=SUBJECT)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField()
    last = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "hour", "subject"], name="hour_counted_once")]


class PeriodCount(models.Model):
    """How much was heard of one subject in a week or month that is over, and how that stands against its own past. Written once.

    `count` is empty where too little was heard of everything to count; `mean`, `low` and `high` are what was usual, empty where nothing is
    known yet. The subject "*" is everything; "r" and a topic, or a topic, "|" and a place's code, are complaints as they were released.
    """

    class Grid(models.TextChoices):
        WEEK = "week", _("Week")
        MONTH = "month", _("Month")

    class Verdict(models.TextChoices):
        RISE = "rise", _("more than usual")
        FALL = "fall", _("less than usual")
        USUAL = "usual", _("as usual")
        UNKNOWN = "unknown", _("not known yet")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    grid = models.CharField(max_length=5, choices=Grid)
    subject = models.CharField(max_length=310)
    start = models.DateField()
    count = models.PositiveIntegerField(null=True)
    mean = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    evidence = models.FloatField(default=0.0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "grid", "start", "subject"], name="period_counted_once"),
            models.CheckConstraint(
                condition=~models.Q(verdict__in=["rise", "fall"]) | models.Q(count__isnull=False, mean__isnull=False),
                name="who_judges_has_counted",
            ),
        ]
