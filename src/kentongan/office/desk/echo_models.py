"""The echo of a publication: how far listening was read for it, its key messages, and the articles that carry or deny it.

A *tie* says which article, in which way, where in its text, how surely and by which engine. It names the outlet, never a person. The text
itself stays where it is kept; of the passage there is a digest, so that a tie outlives the article without its words.
"""

from __future__ import annotations

import hashlib

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy
from pgvector.django import HalfVectorField

OFFICE, USER = "people.Office", "people.User"
DIMENSION = 384


class EchoReading(models.Model):
    """How far the journal was read for a publication: up to entry `read_to`, what was published until `until`.

    `stretches` are the rarest words of every stretch that would be a quotation, each as one line: an article without any of these lines
    quotes nothing. `vector` is that of its title and lead, of length one and not centred.
    """

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    publication = models.OneToOneField("desk.Publication", on_delete=models.PROTECT, related_name="echo")
    title = models.CharField(max_length=1000)
    read_to = models.BigIntegerField()
    articles = models.PositiveIntegerField(default=0)
    """How many were looked at."""
    until = models.DateTimeField()
    version = models.CharField(max_length=40)
    vector = HalfVectorField(dimensions=DIMENSION)
    stretches = ArrayField(models.CharField(max_length=200), default=list)
    begun = models.DateTimeField()
    updated = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["office", "until"], name="echo_under_way")]
        ordering = ["pk"]


class EchoMessage(models.Model):
    """A key message: a sentence of the publication that says something of the matter. `key` is the sentence's."""

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    reading = models.ForeignKey(EchoReading, on_delete=models.PROTECT, related_name="messages")
    key = models.CharField(max_length=20)
    position = models.PositiveIntegerField()
    text = models.TextField()
    vector = HalfVectorField(dimensions=DIMENSION)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reading", "key"], name="echo_message_once")]
        ordering = ["position"]


class EchoTie(models.Model):
    """An article that carries a publication, or repeats its words and denies them. Somebody may say that it does not: then it counts for
    nothing, and what the engine said stays beside it as a label."""

    class Way(models.TextChoices):
        COPIED = "copied", pgettext_lazy("echo", "Copied")
        QUOTED = "quoted", pgettext_lazy("echo", "Quoted")
        RETOLD = "retold", pgettext_lazy("echo", "Told in other words")
        DENIED = "denied", pgettext_lazy("echo", "Denied")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    reading = models.ForeignKey(EchoReading, on_delete=models.PROTECT, related_name="ties")
    article = models.ForeignKey("listening.Article", null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False)
    key = models.CharField(max_length=32)
    """The article's, which stays when the article goes."""
    outlet = models.CharField(max_length=200)
    source_kind = models.CharField(max_length=10)
    language = models.CharField(max_length=5)
    at = models.DateTimeField()
    way = models.CharField(max_length=10, choices=Way)
    score = models.FloatField()
    """How surely, 0..1."""
    reasons = models.JSONField(default=list)
    start = models.IntegerField(default=-1)
    end = models.IntegerField(default=-1)
    """The longest verbatim passage in the article's text; -1 where there is none."""
    digest = models.CharField(max_length=64, blank=True)
    """Of that passage."""
    messages = models.JSONField(default=dict)
    """Key of a message → "said" or "denied"."""
    places = ArrayField(models.BigIntegerField(), default=list)
    """Wards it names."""
    version = models.CharField(max_length=40)
    """Of the engine that said so."""
    found = models.DateTimeField()
    refused_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    refused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reading", "key"], name="tied_once"),
            models.CheckConstraint(condition=Q(score__gte=0.0, score__lte=1.0), name="tie_has_a_share"),
            models.CheckConstraint(
                condition=Q(refused_by=None, refused_at=None) | Q(refused_by__isnull=False, refused_at__isnull=False),
                name="refused_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["reading", "at"], name="ties_in_order")]
        ordering = ["at", "pk"]

    @property
    def passage(self) -> str:
        """The verbatim passage; empty where there is none, or the article is kept no longer or does not say it any more."""
        said = self.article.text[self.start : self.end] if self.article is not None and self.start >= 0 else ""
        return said if said and hashlib.sha256(said.encode()).hexdigest() == self.digest else ""
