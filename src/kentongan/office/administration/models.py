"""What running the installation leaves behind: settings of an office, parked jobs, backups. Changes go through `services`."""

from __future__ import annotations

from django.db import models


class OfficeSetting(models.Model):
    """A setting an administrator changed for the office; the table of `config.SETTINGS` says which may be. `version` counts changes."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="settings")
    name = models.CharField(max_length=40)
    value = models.TextField()
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "name"], name="setting_once_per_office")]


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
