"""What running the installation leaves behind: the first run, parked jobs, backups. Changes go through `services`."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ParkedJob(models.Model):
    """Work that cannot succeed as it is: kept with its reason, to be tried again by hand."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    task = models.CharField(max_length=100)
    args = models.JSONField(default=dict)
    reason = models.CharField(max_length=1000)
    tries = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    retried = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]


class Backup(models.Model):
    """A backup that was made, and whether restoring it on trial gave the same digest."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    file = models.CharField(max_length=1000)
    size = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    verified = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at"]


class Correction(models.Model):
    """A mistake of the office's own that was put right in public (shown on the transparency page)."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="corrections")
    on = models.DateField()
    what = models.TextField()
    instead = models.TextField()
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-pk"]


class FirstRun(models.Model):
    """How far the first run of an installation is. Only the hash of the link's word is kept; a word that was used opens nothing.

    `digest` is of the word on the last printed link (empty once it was used), `key` of the word the browser that used it carries.
    `packs` are the chosen lists of sources: they are added when everything is said, so that no outlet is asked before it can know by whom.
    """

    office = models.OneToOneField("people.Office", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=64, blank=True)
    made = models.DateTimeField()
    done = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    packs = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    administrator = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    finished = models.DateTimeField(null=True)
