"""Alerts: who is told of a signal or a silence, how it reached them, and what they answered. One event is one alert, which is updated.

A *route* says who is told; an *alert* is a signal or a silence that was told; a *step* is a line of its history; a *delivery* is one
message on its way to one person, browser or address. Secrets (addresses of chat rooms, of browsers, tokens) are sealed and shown to nobody
again.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kentongan.office.listening.models import Silence
from kentongan.office.people.roles import Role

OFFICE = "people.Office"
USER = "people.User"


def first_silences() -> list[str]:
    """The silences that are told unless somebody chooses otherwise: of what the office hears with, not of what it hears about."""
    return ["system", "job", "sources", "source"]


class Route(models.Model):
    """Who is told of which signals and silences, and how. What is left empty narrows nothing. Escalation and quiet hours belong to it."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("E-mail")
        PUSH = "push", _("Browser")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="routes")
    name = models.CharField(max_length=100)
    paused = models.BooleanField(default=False)
    level = models.CharField(max_length=10, default="high")
    """The lowest level of signals that is told."""
    topics = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    watches = ArrayField(models.BigIntegerField(), default=list, blank=True)
    place = models.ForeignKey("people.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source_kind = models.CharField(max_length=10, blank=True)
    silences = ArrayField(models.CharField(max_length=10, choices=Silence.Kind), default=first_silences, blank=True)
    """Kinds of silence that are told, whatever `level` says."""
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    """Whoever is on duty as this; where nobody is, everybody who is this."""
    people = ArrayField(models.BigIntegerField(), default=list, blank=True)
    agency = models.ForeignKey("people.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    addresses = ArrayField(models.BigIntegerField(), default=list, blank=True)
    channels = ArrayField(models.CharField(max_length=10, choices=Channel), default=list, blank=True)
    """Besides the list of alerts, in which everything stands."""
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    wait_min = models.PositiveIntegerField(null=True, blank=True)
    """Minutes until the next is told where nobody answers; empty: as the settings say for the level."""
    created = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """A place outside that is told: an ntfy topic, or a webhook at which a chat room is attached. `sealed` holds address and secret."""

    class Kind(models.TextChoices):
        NTFY = "ntfy", _("ntfy topic")
        WEBHOOK = "webhook", _("Signed webhook")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=100)
    host = models.CharField(max_length=300)
    """What of the address may be shown."""
    sealed = models.BinaryField()
    language = models.CharField(max_length=5)
    failures = models.PositiveIntegerField(default=0)
    created = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Preference(models.Model):
    """How a person wants to be told. Who has no row is told by every channel at any hour."""

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    person = models.OneToOneField(USER, on_delete=models.CASCADE, related_name="preference")
    mail = models.BooleanField(default=True)
    push = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)


class PushKey(models.Model):
    """The key with which an office's messages to browsers are signed (RFC 8292); made when the first browser is registered."""

    office = models.OneToOneField(OFFICE, on_delete=models.PROTECT, related_name="+")
    public = models.CharField(max_length=100)
    sealed = models.BinaryField()


class Browser(models.Model):
    """A browser that shows alerts even when no page is open. Its address at the push service is sealed; `digest` knows it again."""

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="browsers")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()
    created = models.DateTimeField()
    reached = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "digest"], name="browser_once")]
        ordering = ["created", "pk"]


class Alert(models.Model):
    """One signal or silence that was told. Its state moves only along `deciding.LEGAL`; `version` counts its moves."""

    class State(models.TextChoices):
        SENT = "sent", _("Waits for an answer")
        ESCALATED = "escalated", _("Passed on")
        ACKNOWLEDGED = "acknowledged", _("Seen")
        TAKEN = "taken", _("Taken over")
        SNOOZED = "snoozed", _("Put off")
        ENDED = "ended", _("Over")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="alerts")
    signal = models.ForeignKey("listening.Signal", null=True, on_delete=models.SET_NULL, related_name="+")
    silence = models.ForeignKey("listening.Silence", null=True, on_delete=models.SET_NULL, related_name="+")
    said = models.JSONField(default=dict)
    """What a message needs, as the signal or silence last stood."""
    level = models.CharField(max_length=10)
    top = models.CharField(max_length=10)
    """The highest level it was told at."""
    state = models.CharField(max_length=15, choices=State, default=State.SENT)
    step = models.PositiveSmallIntegerField(default=0)
    """How far it was passed on: 0 those on duty, 1 who stands in, 2 the leaders."""
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    until = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)
    """When it is passed on unless somebody answers."""
    why = models.CharField(max_length=20, blank=True)
    """Why it is over: a code of `deciding.ENDS`."""
    raised = models.DateTimeField()
    updated = models.DateTimeField()
    moved = models.DateTimeField()
    told = models.DateTimeField()
    news = models.PositiveIntegerField(default=0)
    """How often it was told."""
    routes = ArrayField(models.BigIntegerField(), default=list)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "signal"], name="alert_once_per_signal"),
            models.UniqueConstraint(fields=["office", "silence"], name="alert_once_per_silence"),
            models.CheckConstraint(condition=~models.Q(state="taken") | models.Q(by__isnull=False), name="somebody_took_it_over"),
            models.CheckConstraint(
                condition=~models.Q(state="snoozed") | (models.Q(until__isnull=False) & ~models.Q(reason="")), name="put_off_with_a_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(due__isnull=True) | models.Q(state__in=["sent", "escalated"]), name="only_what_waits_is_passed_on"
            ),
            models.CheckConstraint(condition=~models.Q(state="ended") ^ ~models.Q(why=""), name="what_is_over_says_why"),
        ]
        indexes = [models.Index(fields=["office", "state", "-updated"], name="alert_by_state")]
        ordering = ["-updated"]


class AlertStep(models.Model):
    """One line of an alert's history. `by` is empty where the office itself acted."""

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    what = models.CharField(max_length=20)
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["office", "at"], name="step_by_age")]
        ordering = ["at", "pk"]


class AlertDelivery(models.Model):
    """One message to one receiver by one channel. `key` is the same at every try, so that a receiver can tell a repetition."""

    class Channel(models.TextChoices):
        APP = "app", _("List of alerts")
        MAIL = "mail", _("E-mail")
        PUSH = "push", _("Browser")
        NTFY = "ntfy", _("ntfy topic")
        WEBHOOK = "webhook", _("Signed webhook")

    class State(models.TextChoices):
        WAITING = "waiting", _("On its way")
        HELD = "held", _("Held back until the quiet hours end")
        DELIVERED = "delivered", _("Delivered")
        FOLDED = "folded", _("Told together with others")
        PARKED = "parked", _("Parked")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey(Alert, null=True, on_delete=models.CASCADE, related_name="deliveries")
    key = models.CharField(max_length=80)
    channel = models.CharField(max_length=10, choices=Channel)
    person = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("people.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    address = models.ForeignKey(Address, null=True, on_delete=models.SET_NULL, related_name="deliveries")
    browser = models.ForeignKey(Browser, null=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=5)
    news = models.CharField(max_length=20)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    held_until = models.DateTimeField(null=True)
    within = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    tries = models.PositiveIntegerField(default=0)
    status = models.PositiveIntegerField(default=0)
    detail = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    delivered = models.DateTimeField(null=True)
    """By the real clock."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "key"], name="delivery_once"),
            models.CheckConstraint(condition=~models.Q(state="held") | models.Q(held_until__isnull=False), name="held_until_when"),
        ]
        indexes = [
            models.Index(fields=["office", "at"], name="alert_delivery_by_age"),
            models.Index(fields=["office", "person", "alert"], name="alert_delivery_of_person"),
        ]
        ordering = ["at", "pk"]
