"""Questions to agencies: what was asked, who is asked, until when; the one answer; and the links by which it can be given once.

A question's words are never changed and an answer is only added; what the ledger says of either is a digest. Of a link nothing is kept but
the digest of its word (`question_links`).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from kentongan.office.desk.facts_models import Fact
from kentongan.office.desk.numbering import new_number

OFFICE, USER, AGENCY = "people.Office", "people.User", "people.Agency"
LONGEST_QUESTION, LONGEST_CONTEXT, LONGEST_ANSWER = 1_000, 200, 1_000
"""Characters. An answer fits into a fact."""


class AgencyQuestion(models.Model):
    """One question to one agency about an issue. Its state moves only along `question_moves.LEGAL`; `version` counts its changes."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("question", "Waits for an answer")
        LATE = "late", pgettext_lazy("question", "Not answered in time")
        ANSWERED = "answered", pgettext_lazy("question", "Answered")
        WITHDRAWN = "withdrawn", pgettext_lazy("question", "Withdrawn")

    id = models.BigIntegerField(primary_key=True, default=new_number, editable=False)
    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    issue = models.ForeignKey("desk.Issue", on_delete=models.PROTECT, related_name="agency_questions")
    agency = models.ForeignKey(AGENCY, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=LONGEST_QUESTION)
    context = models.CharField(max_length=LONGEST_CONTEXT, blank=True)
    """What whoever answers must know, in a line; all they are told of the issue."""
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked = models.DateTimeField()
    due = models.DateTimeField()
    remind = models.DateTimeField(null=True)
    """When whoever is asked is reminded; empty where the time is too short for that."""
    reminded = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    person = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    """At whose desk it lies; empty where only the agency's address was written to."""
    first = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    """Who was asked first."""
    passed = models.DateTimeField(null=True)
    """When it went to somebody else because nobody had answered in time."""
    lost = models.CharField(max_length=10, blank=True)
    """Why it could not be passed on: "nowhere" or "circle"."""
    ended = models.DateTimeField(null=True)
    fact = models.ForeignKey(Fact, null=True, on_delete=models.PROTECT, related_name="+")
    """The fact that was made of the answer."""
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="a_question_asks_something"),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "late"), ended=None) | Q(state__in=("answered", "withdrawn"), ended__isnull=False),
                name="a_question_ends_once",
            ),
            models.CheckConstraint(condition=Q(fact=None) | Q(state="answered"), name="a_fact_of_an_answer"),
        ]
        indexes = [
            models.Index(fields=["office", "due"], condition=Q(state__in=("waiting", "late")), name="question_due"),
            models.Index(fields=["issue", "asked"], name="question_of_issue"),
        ]
        ordering = ["asked", "pk"]

    def __str__(self) -> str:
        return self.text


class AnswerLink(models.Model):
    """A link at which one question can be answered once without an account. `nonce` and a secret of the installation make its word."""

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    question = models.ForeignKey(AgencyQuestion, on_delete=models.PROTECT, related_name="links")
    person = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    """To whom it was mailed; empty for the agency's address and for one that is handed over."""
    handed = models.BooleanField(default=False)
    """Whether it was shown to somebody to be handed over, and not mailed."""
    nonce = models.CharField(max_length=43)
    digest = models.CharField(max_length=64, unique=True)
    reply_digest = models.CharField(max_length=64, blank=True)
    """Of the word by which an answer by e-mail names it; empty where none was ever sent."""
    at = models.DateTimeField()
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply_digest"], condition=~Q(reply_digest=""), name="reply_names_one_link")]
        ordering = ["pk"]


class AgencyAnswer(models.Model):
    """What the agency answered. `by` is empty where it came through a link or by e-mail."""

    class Way(models.TextChoices):
        HERE = "here", pgettext_lazy("answer", "in Kentongan")
        LINK = "link", pgettext_lazy("answer", "through a link")
        MAIL = "mail", pgettext_lazy("answer", "by e-mail, sender not proven")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    question = models.OneToOneField(AgencyQuestion, on_delete=models.PROTECT, related_name="answer")
    text = models.CharField(max_length=LONGEST_ANSWER)
    grade = models.CharField(max_length=10, choices=Fact.Grade)
    """How sure the agency says it is."""
    way = models.CharField(max_length=10, choices=Way)
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey(AnswerLink, null=True, on_delete=models.PROTECT, related_name="+")
    elsewhere = models.BooleanField(default=False)
    """The letter it came by names another sender than the one asked."""
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="an_answer_says_something"),
            models.CheckConstraint(
                condition=Q(way="here", by__isnull=False, link=None) | Q(way__in=("link", "mail"), by=None, link__isnull=False),
                name="an_answer_came_by",
            ),
            models.CheckConstraint(condition=Q(way="mail") | Q(elsewhere=False), name="only_mail_comes_from_elsewhere"),
        ]
