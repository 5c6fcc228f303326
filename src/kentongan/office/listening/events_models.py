"""What happened, as an officer recorded it: the measure by which the office sees whether its signals told it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class RecordedEvent(models.Model):
    """An event and whether it was told. `words` are read by `engine.watching` and found in headlines; never a private person.

    `signal` and `told_at` are those that were found by the words when it was recorded, or that an officer named; `verdict` is empty until
    an officer said so. `told_at` stays when the signal is kept no longer.
    """

    class Verdict(models.TextChoices):
        TOLD = "told", pgettext_lazy("recorded event", "Told")
        MISSED = "missed", pgettext_lazy("recorded event", "Missed")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=200)
    words = models.CharField(max_length=300)
    place = models.ForeignKey("people.Place", null=True, on_delete=models.SET_NULL, related_name="+")
    began = models.DateTimeField()
    ended = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    signal = models.ForeignKey("listening.Signal", null=True, on_delete=models.SET_NULL, related_name="+")
    told_at = models.DateTimeField(null=True)
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ended__gt=models.F("began")), name="event_ends_after_it_began"),
            models.CheckConstraint(condition=~models.Q(verdict="told") | models.Q(told_at__isnull=False), name="event_told_at_a_moment"),
            models.CheckConstraint(condition=~models.Q(verdict="missed") | models.Q(told_at=None), name="event_missed_at_none"),
        ]
        indexes = [models.Index(fields=["office", "-began"], name="event_recent")]
        ordering = ["-began", "-pk"]

    def __str__(self) -> str:
        return self.what
