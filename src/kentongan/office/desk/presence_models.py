"""Who has an issue open at this moment: one row a person and issue, over which each look writes; gone with the minute."""

from __future__ import annotations

from django.db import models


class Presence(models.Model):
    """Somebody looked at an issue less than a minute ago. It is no history: `presence` deletes what is older, backups leave it out."""

    office = models.ForeignKey("people.Office", on_delete=models.CASCADE, related_name="+")
    issue = models.ForeignKey("desk.Issue", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "person"], name="once_before_an_issue")]
        indexes = [models.Index(fields=["office", "at"], name="presence_by_age")]
