"""Doors for other programs: tokens in, webhooks out. Only hashes of tokens are stored; secrets of webhooks are sealed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Token(models.Model):
    """A program's key: acts as its person, within `scopes`, until `expires`. `digest` is SHA-256 of the secret, which was shown once."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30))
    created = models.DateTimeField()
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)
    minute = models.BigIntegerField(default=0)
    """The minute (since 1970) of the latest request, and how many requests were made in it."""
    spent = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created"]


class Hook(models.Model):
    """An address that is told of events by signed POSTs."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    url = models.URLField(max_length=1000)
    events = ArrayField(models.CharField(max_length=40))
    sealed = models.BinaryField()
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField()
    paused = models.BooleanField(default=False)
    failures = models.PositiveIntegerField(default=0)
    told = models.JSONField(default=dict)
    """What it was last told of each thing that is still moving (`{"signal:12": "high/new"}`): so a change is told once."""
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name", "pk"]


class Delivery(models.Model):
    """One event on its way to one hook: tried again with growing pauses, then given up, always shown. Kept thirty days."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given_up", _("Given up")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    status = models.PositiveIntegerField(default=0)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["hook", "-at"], name="delivery_recent")]
        ordering = ["-at"]
