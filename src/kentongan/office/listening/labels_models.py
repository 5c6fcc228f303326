"""What people said of an item or a signal beside the engine: corrections, the weekly sample, and what was learned from both."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

ONE_THING = models.Q(article__isnull=False, signal=None) | models.Q(article=None, signal__isnull=False)

OF_A_PAIR = models.Q(what="same", other__isnull=False, article__lt=models.F("other")) | (~models.Q(what="same") & models.Q(other=None))
"""The smaller number stands first, so that a pair is one pair."""


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
        SAME = "same", pgettext_lazy("label", "Same story")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=What)
    article = models.ForeignKey("listening.Article", null=True, on_delete=models.CASCADE, related_name="labels")
    other = models.ForeignKey("listening.Article", null=True, on_delete=models.CASCADE, related_name="+")
    """With `article` the pair that is the same story or not; of what was merged or parted the items that stand for it."""
    signal = models.ForeignKey("listening.Signal", null=True, on_delete=models.CASCADE, related_name="labels")
    sample = models.ForeignKey(SampleItem, null=True, on_delete=models.CASCADE, related_name="labels")
    engine = models.CharField(max_length=60, blank=True)
    """What the engine said, as a code; empty where it said nothing."""
    said = models.CharField(max_length=60)
    """What the person says: a code, "none" for nothing of it."""
    toward = models.CharField(max_length=210, blank=True)
    """Of a tone: the mark of the agency or watch it is toward; empty for the item as a whole."""
    version = models.CharField(max_length=40)
    """Of the engine whose word it was."""
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE_THING, name="label_of_one_thing"),
            models.CheckConstraint(condition=OF_A_PAIR, name="label_of_a_pair"),
            models.UniqueConstraint(
                fields=["what", "article", "by"], condition=models.Q(sample=None, other=None), name="label_once_an_item"
            ),
            models.UniqueConstraint(fields=["article", "other", "by"], name="label_once_a_pair"),
            models.UniqueConstraint(fields=["what", "signal", "by"], name="label_once_a_signal"),
            models.UniqueConstraint(fields=["what", "sample", "by"], name="label_once_a_sample"),
        ]
        indexes = [models.Index(fields=["office", "-at"], name="label_recent")]
        ordering = ["-at", "-pk"]


class Teaching(models.Model):
    """One wish to teach a head, and what came of it: numbers only. At most one of a head waits, at most one is used."""

    class Head(models.TextChoices):
        KINDS = "kinds", pgettext_lazy("label", "Kind")
        TONE = "tone", pgettext_lazy("label", "Tone")

    class State(models.TextChoices):
        WAITING = "waiting"
        FEW = "few"
        KEPT = "kept"
        ACTIVE = "active"
        REPLACED = "replaced"
        ENDED = "ended"

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    head = models.CharField(max_length=10, choices=Head)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    """few: too little the head could learn from; kept: not clearly better, the built-in judge stays; ended: an administrator went back."""
    asked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    at = models.DateTimeField(null=True)
    """When it was worked out."""
    digest = models.CharField(max_length=64, blank=True)
    """Of the built-in judge it was learned beside (`engine.teaching.digest_of`)."""
    weights = models.JSONField(default=dict)
    """`shift` and `mix` of the correction."""
    items = models.PositiveIntegerField(default=0)
    drawn = models.PositiveIntegerField(default=0)
    """Of these drawn by chance and labelled alike by two: what it was judged by."""
    left_out = models.PositiveIntegerField(default=0)
    """Labelled, but decided by a rule around the head, which labels do not change."""
    figures = models.JSONField(default=dict)
    """`verdict`; `loss` and `f1` as before, after, and the interval of the difference; `by_shares`."""
    ended_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "head"], condition=models.Q(state="waiting"), name="one_teaching_waits"),
            models.UniqueConstraint(fields=["office", "head"], condition=models.Q(state="active"), name="one_teaching_is_used"),
        ]
        indexes = [models.Index(fields=["office", "-asked_at"], name="teaching_recent")]
        ordering = ["-asked_at", "-pk"]
