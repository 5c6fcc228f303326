"""What is kept of forgetting: its runs, which prove what is left, and the tables of counts that stay as they were first shown."""

from __future__ import annotations

from django.db import models


class RetentionRun(models.Model):
    """One run of forgetting: what was deleted, and the oldest that is left, which proves "nothing older than …"."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    before = models.DateTimeField()
    deleted = models.PositiveIntegerField(default=0)
    oldest = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["office", "-at"], name="retention_latest")]
        ordering = ["-at"]


class ReleasedTable(models.Model):
    """A table of counts as it was first shown, and so as it stays: a month that is over (`engine.disclosure`)."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    month = models.DateField()
    content = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "kind", "month"], name="table_released_once")]
        ordering = ["-month"]
