"""Readers of the newsroom by e-mail. Their addresses are the only thing of people of the public that is kept anywhere, sealed, until they
leave.

A *subscription* is an address and what it wants to read. A *mailing* tells of one publication, or that one was withdrawn; a *letter* is
what one subscription was sent of it: its row knows the reader only by a number drawn by chance (`reader`), which says nothing any more
once the subscription is gone. Neither stands in the ledger, the log, the API or an export.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

OFFICE = "people.Office"


class Subscription(models.Model):
    """An address that gets letters, or asked to. `sealed` holds the address and the words of its links; `digest` (keyed) knows it again."""

    class State(models.TextChoices):
        WAITING = "waiting"
        CONFIRMED = "confirmed"
        ASIDE = "aside"

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    reader = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()
    confirm_digest = models.CharField(max_length=64)
    leave_digest = models.CharField(max_length=64)
    language = models.CharField(max_length=2, blank=True)
    """Of the publications it wants; empty: all."""
    speech = models.CharField(max_length=2)
    """In which its letters speak about them."""
    topics = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    """Empty: all."""
    place = models.ForeignKey("people.Place", null=True, on_delete=models.SET_NULL, related_name="+")
    """Empty: everywhere."""
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    """*aside*: the mail server said that there is no such mailbox."""
    at = models.DateTimeField()
    expires = models.DateTimeField()
    """Until when it may be confirmed."""
    confirmed = models.DateTimeField(null=True)
    aside = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "digest"], condition=~Q(state="waiting"), name="address_subscribes_once"),
            models.UniqueConstraint(fields=["office", "reader"], name="reader_once"),
            models.CheckConstraint(condition=Q(state="waiting") | Q(confirmed__isnull=False), name="letters_only_to_confirmed"),
            models.CheckConstraint(condition=~Q(state="aside") ^ Q(aside__isnull=False), name="aside_since_when"),
        ]
        indexes = [
            models.Index(fields=["office", "confirm_digest"], name="subscription_confirm"),
            models.Index(fields=["office", "leave_digest"], name="subscription_leave"),
            models.Index(fields=["office", "digest"], name="subscription_digest"),
        ]


class Mailing(models.Model):
    """That readers are told of a publication, once: that it is there, or that it was withdrawn."""

    class Act(models.TextChoices):
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    publication = models.ForeignKey("desk.Publication", on_delete=models.PROTECT, related_name="mailings")
    act = models.CharField(max_length=10, choices=Act)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "act"], name="told_once")]
        ordering = ["-at", "-pk"]


class Letter(models.Model):
    """One message to one reader: of a mailing, or (without one) the question whether a subscription is meant.

    *taken*: in the hands of the sender whose journal is `taker`; *dropped*: it was not sent, because its reader left, or because what it
    would have told was corrected or withdrawn before.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        TAKEN = "taken"
        SENT = "sent"
        REFUSED = "refused"
        GIVEN_UP = "given_up"
        DROPPED = "dropped"

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    mailing = models.ForeignKey(Mailing, null=True, on_delete=models.PROTECT, related_name="letters")
    reader = models.CharField(max_length=32)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    due = models.DateTimeField(null=True)
    """Not before, by the real clock."""
    taker = models.CharField(max_length=32, blank=True)
    taken = models.DateTimeField(null=True)
    code = models.PositiveIntegerField(default=0)
    """The mail server's last answer."""
    unsure = models.BooleanField(default=False)
    """It was sent again because nobody knows whether the server had taken it."""
    bounced = models.DateTimeField(null=True)
    """When a report came that it could not be delivered, for good or not yet."""
    at = models.DateTimeField()
    sent = models.DateTimeField(null=True)
    """By the real clock."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing", "reader"], name="letter_once_per_reader"),
            models.CheckConstraint(condition=~Q(state="taken") ^ ~Q(taker=""), name="taken_by_somebody"),
            models.CheckConstraint(condition=~Q(state="sent") ^ Q(sent__isnull=False), name="sent_when"),
        ]
        indexes = [
            models.Index(fields=["office", "state"], condition=Q(state__in=("waiting", "taken")), name="letters_to_send"),
            models.Index(fields=["office", "reader"], name="letters_of_reader"),
            models.Index(fields=["office", "at"], name="letter_by_age"),
        ]


class NewsroomCopy(models.Model):
    """How the nightly copy of an office's newsroom is: when it was last whole, of how many files, when it was tried last, and what was
    wrong then (nothing where it is whole)."""

    office = models.OneToOneField(OFFICE, on_delete=models.PROTECT, related_name="+")
    tried = models.DateTimeField()
    whole = models.DateTimeField(null=True)
    files = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(why="") | Q(whole__isnull=False, whole=models.F("tried")), name="a_copy_is_whole_or_says_why"
            )
        ]
