"""What people said of an item or a signal where the engine said something: corrections, and the weekly sample two people label."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

ONE_THING = models.Q(article__isnull=False, signal=None) | models.Q(article=None, signal__isnull=False)


class SampleItem(models.Model):
    """An item drawn by chance in a week, shown to two people who do not see each other's labels."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    week = models.DateField()
    """The Monday of the week in which it was drawn, in the office's own time."""
    article = models.ForeignKey("listening.Article", on_delete=models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "week", "article"], name="sampled_once_a_week")]
        ordering = ["week", "place"]


class Label(models.Model):
    """One person's word on one thing: what the engine said, what the person says. `sample` is set where it was given blind.

    A later word of the same person takes the place of the earlier; the ledger keeps that there were two.
    """

    class What(models.TextChoices):
        KIND = "kind", pgettext_lazy("label", "Kind")
        TOPIC = "topic", pgettext_lazy("label", "Topic")
        TONE = "tone", pgettext_lazy("label", "Tone")
        PLACE = "place", pgettext_lazy("label", "Place")
        USEFUL = "useful", pgettext_lazy("label", "Useful")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=What)
    article = models.ForeignKey("listening.Article", null=True, on_delete=models.CASCADE, related_name="labels")
    signal = models.ForeignKey("listening.Signal", null=True, on_delete=models.CASCADE, related_name="labels")
    sample = models.ForeignKey(SampleItem, null=True, on_delete=models.CASCADE, related_name="labels")
    engine = models.CharField(max_length=60, blank=True)
    """What the engine said, as a code; empty where it said nothing."""
    said = models.CharField(max_length=60)
    """What the person says: a code, "none" for nothing of it."""
    version = models.CharField(max_length=40)
    """Of the engine whose word it was."""
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE_THING, name="label_of_one_thing"),
            models.UniqueConstraint(fields=["what", "article", "by"], condition=models.Q(sample=None), name="label_once_an_item"),
            models.UniqueConstraint(fields=["what", "signal", "by"], name="label_once_a_signal"),
            models.UniqueConstraint(fields=["what", "sample", "by"], name="label_once_a_sample"),
        ]
        indexes = [models.Index(fields=["office", "-at"], name="label_recent")]
        ordering = ["-at", "-pk"]
