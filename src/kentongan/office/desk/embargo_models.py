"""How the holding back of a publication ended: it was opened to everybody, or stopped because something it rests on had changed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

OFFICE = "people.Office"


class EmbargoEnd(models.Model):
    """The end of one embargo. Only ever added, and never before its moment; without it nobody outside reads what was held back."""

    class Why(models.TextChoices):
        SAME = ""
        TEXT = "text"
        EVIDENCE = "evidence"
        FINDINGS = "findings"

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    publication = models.OneToOneField("desk.Publication", on_delete=models.PROTECT, related_name="ending")
    at = models.DateTimeField()
    why = models.CharField(max_length=10, choices=Why, blank=True)
    """Why it was stopped; empty where it was opened."""
    changed = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    """What had changed or was gone, by the ids of evidence."""

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(why="evidence") ^ Q(changed=[]), name="what_changed_is_said")]
        ordering = ["at", "pk"]
