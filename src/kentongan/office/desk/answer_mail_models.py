"""The mailbox in which answers to questions arrive, and what came there: letters about a question, and how many belong to none.

Of a letter only what it adds is kept, without what could name somebody; never an address. Rows about letters are only ever added.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from kentongan.office.desk.question_models import LONGEST_ANSWER, OFFICE, USER, AgencyQuestion, AnswerLink


class AnswerMailbox(models.Model):
    """One mailbox of an office, read over IMAP. `sealed` holds user and password; `version` counts what somebody set."""

    office = models.OneToOneField(OFFICE, on_delete=models.PROTECT, related_name="answer_mailbox")
    email = models.EmailField(max_length=200)
    """Where answers are written to."""
    address = models.CharField(max_length=300)
    """Where they are read: imaps://host/folder."""
    sealed = models.BinaryField()
    cursor = models.CharField(max_length=30, blank=True)
    """UIDVALIDITY:UID of the last letter that was taken; empty before the first visit."""
    version = models.PositiveIntegerField(default=0)
    set_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    visited = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=30, blank=True)
    """What came of the last visit, by the words of `engine.outcomes`."""
    failing = models.DateTimeField(null=True)
    """Since when no visit succeeds."""


class AgencyReply(models.Model):
    """A letter that names a question: the one that was taken as its answer, or what else came. Only ever added."""

    class What(models.TextChoices):
        ANSWER = "answer", pgettext_lazy("reply", "Taken as the answer")
        FURTHER = "further", pgettext_lazy("reply", "A further reply came; the first answer stands")
        LATE = "late", pgettext_lazy("reply", "A reply came too late to be taken as the answer")
        WITHDRAWN = "withdrawn", pgettext_lazy("reply", "A reply came after the question was withdrawn")
        EMPTY = "empty", pgettext_lazy("reply", "A reply came without words of its own")
        UNFIT = "unfit", pgettext_lazy("reply", "A reply came that could not be taken as text")
        AUTOMATIC = "automatic", pgettext_lazy("reply", "An automatic reply came, such as out of office")
        BOUNCED = "bounced", pgettext_lazy("reply", "The question could not be delivered")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    question = models.ForeignKey(AgencyQuestion, on_delete=models.PROTECT, related_name="replies")
    link = models.ForeignKey(AnswerLink, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=What)
    text = models.CharField(max_length=LONGEST_ANSWER, blank=True)
    """What a letter says that was not taken as the answer."""
    elsewhere = models.BooleanField(default=False)
    """It names another sender than the one asked."""
    attachments = models.PositiveIntegerField(default=0)
    """So many were not taken."""
    cut = models.BooleanField(default=False)
    """It was longer than an answer is."""
    mark = models.CharField(max_length=64)
    """By what the same letter is known again."""
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "mark"], name="a_letter_counts_once"),
            models.UniqueConstraint(fields=["question"], condition=Q(what="answer"), name="one_letter_is_the_answer"),
            models.CheckConstraint(condition=Q(what__in=("further", "late", "withdrawn")) | Q(text=""), name="only_what_was_not_taken"),
        ]
        ordering = ["at", "pk"]


class UnclaimedMail(models.Model):
    """How many letters of a day belong to no question, and why. They lie in the mailbox as they came; nothing of them is kept."""

    class Why(models.TextChoices):
        UNKNOWN = "unknown", pgettext_lazy("letters", "with no mark of a question, or one that is not ours")
        AUTOMATIC = "automatic", pgettext_lazy("letters", "automatic ones")
        UNREADABLE = "unreadable", pgettext_lazy("letters", "that could not be read")
        FLOOD = "flood", pgettext_lazy("letters", "beyond what is listed for one question")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    why = models.CharField(max_length=10, choices=Why)
    n = models.PositiveIntegerField(default=0)
    last = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "day", "why"], name="unclaimed_mail_by_day")]
        ordering = ["-day", "why"]
