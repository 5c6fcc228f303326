"""Forecasts as they were made and what came, and what the office's own past stories taught. Both are of stories, never of persons."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Forecast(models.Model):
    """What was foretold of one story for one length of time, and, when that has passed, what came. Goes with its story."""

    class What(models.TextChoices):
        ITEMS = "items", _("Further items")
        OUTLETS = "outlets", _("Further outlets")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    story = models.ForeignKey("listening.Story", on_delete=models.CASCADE, related_name="forecasts")
    made_at = models.DateTimeField()
    horizon_hours = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=10, choices=What)
    low = models.PositiveIntegerField()
    middle = models.PositiveIntegerField()
    high = models.PositiveIntegerField()
    """Four outcomes in five are to lie from `low` to `high`, half of them at `middle` or below."""
    baseline = models.PositiveIntegerField()
    """As many as in the period of the same length before."""
    own = models.BooleanField(default=True)
    """Learned from the office's own past; else from what is shipped."""
    due_at = models.DateTimeField()
    outcome = models.PositiveIntegerField(null=True)
    """What came until `due_at`; never filled where all was silent meanwhile, because nobody knows."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["story", "made_at", "horizon_hours", "what"], name="foretold_once"),
            models.CheckConstraint(
                condition=models.Q(low__lte=models.F("middle")) & models.Q(middle__lte=models.F("high")), name="forecast_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "due_at"], name="forecast_due"),
            models.Index(fields=["story", "-made_at"], name="forecast_latest"),
        ]
        ordering = ["-made_at", "what", "horizon_hours"]


class ForecastFit(models.Model):
    """What the office's past stories taught (`engine.forecast.Fit`), learned anew every day; `fit` is empty where they were too few."""

    office = models.OneToOneField("people.Office", on_delete=models.PROTECT, related_name="forecast_fit")
    at = models.DateTimeField()
    fit = models.JSONField(null=True)
    samples = models.PositiveIntegerField(default=0)
    """Hours in which stories rose and from which a day was heard."""
    stories = models.PositiveIntegerField(default=0)
