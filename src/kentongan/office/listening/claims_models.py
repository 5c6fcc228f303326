"""Claims and questions as they are kept: sentences, where they were heard, and what the office decided. No field names who said them.

*Stance* (what a claim says of a policy) and *truth* (whether it is so) are two fields: criticism is not a falsehood. The database itself
refuses a truth that nobody decided, and "true", "partly" and "false" without evidence.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy
from pgvector.django import HalfVectorField

DIMENSION = 384


class Claim(models.Model):
    """One claim, told by many in their own words. `text` is the first sentence in which it was heard, personal data hidden."""

    class Truth(models.TextChoices):
        UNVERIFIED = "unverified", pgettext_lazy("truth", "Unverified")
        TRUE = "true", pgettext_lazy("truth", "True")
        PARTLY = "partly", pgettext_lazy("truth", "Partly true")
        FALSE = "false", pgettext_lazy("truth", "False")
        OPINION = "opinion", pgettext_lazy("truth", "Opinion, not checkable")
        SATIRE = "satire", pgettext_lazy("truth", "Satire")

    class Stance(models.TextChoices):
        UNCLEAR = "unclear", pgettext_lazy("stance", "Unclear")
        SUPPORTS = "supports", pgettext_lazy("stance", "Supports the policy")
        NEUTRAL = "neutral", pgettext_lazy("stance", "Neutral")
        CRITICAL = "critical", pgettext_lazy("stance", "Critical of the policy")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="claims")
    text = models.TextField()
    language = models.CharField(max_length=5)
    article = models.ForeignKey("listening.Article", null=True, on_delete=models.SET_NULL, related_name="+")
    """Where it was heard first."""
    worth = models.FloatField()
    why = models.JSONField(default=list)
    """Why it is worth checking: codes of the engine's reasons."""
    topics = ArrayField(models.CharField(max_length=20), default=list)
    harm = models.PositiveSmallIntegerField(default=0)
    first = models.DateTimeField()
    last = models.DateTimeField()
    outlets = models.PositiveIntegerField(default=0)
    items = models.PositiveIntegerField(default=0)
    like = models.JSONField(default=list)
    """Claims that may be the same, as [number, how surely]: a person looks."""
    stance = models.CharField(max_length=10, choices=Stance, default=Stance.UNCLEAR)
    truth = models.CharField(max_length=10, choices=Truth, default=Truth.UNVERIFIED)
    evidence = models.TextField(blank=True)
    evidence_url = models.URLField(max_length=2000, blank=True)
    decided_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    review_at = models.DateTimeField(null=True)
    """“Watch, do not answer yet” until then."""
    review_note = models.CharField(max_length=300, blank=True)
    review_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(truth="unverified") | Q(decided_by__isnull=False, decided_at__isnull=False), name="truth_is_decided_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(truth__in=("true", "partly", "false")) | ~Q(evidence="") | ~Q(evidence_url=""), name="truth_has_evidence"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="claim_has_words"),
        ]
        indexes = [
            models.Index(fields=["office", "-last"], name="claim_recent"),
            models.Index(fields=["office", "review_at"], condition=Q(review_at__isnull=False), name="claim_review"),
        ]
        ordering = ["-last", "-pk"]

    def __str__(self) -> str:
        return self.text


class ClaimSighting(models.Model):
    """A claim in one item: where in its text (`start` -1: its title), whether the item repeats another's text, and why it is the same.

    `vector` is kept where the sentence stands for the claim in its language, so that later ones can be compared with it.
    """

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="sightings")
    article = models.ForeignKey("listening.Article", on_delete=models.CASCADE, related_name="claims")
    at = models.DateTimeField()
    start = models.IntegerField(default=-1)
    end = models.IntegerField(default=-1)
    copy = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)
    telling = models.TextField(blank=True)
    """The sentence, where it stands for the claim in its language."""
    vector = HalfVectorField(dimensions=DIMENSION, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "article"], name="claim_once_per_article")]
        indexes = [models.Index(fields=["claim", "at"], name="claim_path")]
        ordering = ["at", "pk"]

    def save(self, *args: Any, **given: Any) -> None:
        """The office is that of what it belongs to."""
        self.office_id = self.office_id or self.claim.office_id
        super().save(*args, **given)


class ClaimCheck(models.Model):
    """A fact-check by others that is about a claim: `sure` or only suggested. It decides nothing."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="checks")
    check_row = models.ForeignKey("listening.FactCheck", on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    sure = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "check_row"], name="check_once_per_claim")]
        ordering = ["-sure", "-score", "pk"]


class CheckVector(models.Model):
    """What a fact-check's claim means, computed once."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    check_row = models.OneToOneField("listening.FactCheck", on_delete=models.CASCADE, related_name="meaning")
    vector = HalfVectorField(dimensions=DIMENSION)


class Question(models.Model):
    """What somebody asked in an item, personal data hidden; questions that ask the same point to the first of them.

    `answer` is the official page nearest to the group's first question, null where none answers.
    """

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="questions")
    article = models.OneToOneField("listening.Article", on_delete=models.CASCADE, related_name="question")
    text = models.CharField(max_length=1000)
    language = models.CharField(max_length=5)
    wants = models.CharField(max_length=10, blank=True)
    topics = ArrayField(models.CharField(max_length=20), default=list)
    at = models.DateTimeField()
    vector = HalfVectorField(dimensions=DIMENSION)
    head = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="like")
    """The first question of its group; null for the first itself."""
    answer = models.ForeignKey("listening.Article", null=True, on_delete=models.SET_NULL, related_name="+")
    answer_score = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["office", "-at"], name="question_recent")]
        ordering = ["-at", "-pk"]


class ClaimReading(models.Model):
    """An item that has been read for claims and questions, so that it is read once."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    article = models.OneToOneField("listening.Article", on_delete=models.CASCADE, related_name="claim_reading")
    at = models.DateTimeField()
