"""The lists of topics that an office wrote: each version as it was saved, at most one of them in force."""

from __future__ import annotations

from django.db import models


class TopicList(models.Model):
    """A list of topics as an administrator wrote it (`engine.topics_reading`). Never changed: another list is another row.

    One without an end is what the office's engine finds topics by; where there is none it is the list that comes with the program.
    """

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    """Which of the office's lists it is, from 1."""
    text = models.TextField()
    topics = models.PositiveIntegerField()
    words = models.PositiveIntegerField()
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "number"], name="topic_list_numbered_once"),
            models.UniqueConstraint(fields=["office"], condition=models.Q(ended_at=None), name="one_topic_list_in_force"),
        ]
        ordering = ["-number"]
