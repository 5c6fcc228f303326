"""Issues: what the office answers to, how it stands, who leads it, what it rests on. An issue is about a matter, never about a person.

*Truth* (whether it is so) and *stance* (what it says of a policy) are two fields. Reasons that people wrote are *notes*, kept here and only
here: the ledger's line carries a note's number and digest, so the record is whole and whoever audits it reads no word of an issue that is
need-to-know. Numbers of issues are drawn by chance: nobody can count or guess those they may not see.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kentongan.office.desk.clocks import AT_ONCE
from kentongan.office.desk.numbering import new_number
from kentongan.office.desk.statement_models import Approval as Approval
from kentongan.office.desk.statement_models import ApprovalStep as ApprovalStep
from kentongan.office.desk.statement_models import Publication as Publication
from kentongan.office.desk.statement_models import Sentence as Sentence
from kentongan.office.desk.statement_models import Statement as Statement
from kentongan.office.desk.statement_models import StatementVersion as StatementVersion
from kentongan.office.listening.claims_models import Claim

OFFICE = "people.Office"
USER = "people.User"


class Issue(models.Model):
    """One matter the office answers to. Its state moves only along `moves.LEGAL`; `version` counts its changes."""

    class Kind(models.TextChoices):
        EVENT = "event", pgettext_lazy("kind of issue", "Event")
        QUESTION = "question", pgettext_lazy("kind of issue", "Question")
        COMPLAINT = "complaint", pgettext_lazy("kind of issue", "Complaint")
        SUGGESTION = "suggestion", pgettext_lazy("kind of issue", "Suggestion")
        CLAIM = "claim", pgettext_lazy("kind of issue", "Claim")
        RUMOUR = "rumour", pgettext_lazy("kind of issue", "Rumour")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("issue", "Open")
        CHECKING = "checking", pgettext_lazy("issue", "Being checked")
        ANSWERING = "answering", pgettext_lazy("issue", "Answer in the making")
        ANSWERED = "answered", pgettext_lazy("issue", "Answered")
        WATCHING = "watching", pgettext_lazy("issue", "Watched")
        CLOSED = "closed", pgettext_lazy("issue", "Closed")
        REOPENED = "reopened", pgettext_lazy("issue", "Open again")
        MERGED = "merged", pgettext_lazy("issue", "Part of another")

    class Truth(models.TextChoices):
        UNVERIFIED = "unverified", pgettext_lazy("truth", "Unverified")
        TRUE = "true", pgettext_lazy("truth", "True")
        PARTLY = "partly", pgettext_lazy("truth", "Partly true")
        FALSE = "false", pgettext_lazy("truth", "False")
        OPINION = "opinion", pgettext_lazy("truth", "Opinion, not checkable")
        SATIRE = "satire", pgettext_lazy("truth", "Satire")

    id = models.BigIntegerField(primary_key=True, default=new_number, editable=False)
    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="issues")
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.EVENT)
    topic = models.CharField(max_length=20, blank=True)
    place = models.ForeignKey("people.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """A unit of local government: there is none below the ward."""
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    level = models.CharField(max_length=10)
    """The level in force."""
    suggested = models.CharField(max_length=10, blank=True)
    """What the engine said when the issue was opened; empty where it was opened by hand."""
    reasons = models.JSONField(default=list)
    """Why the engine said so: codes of its reasons."""
    level_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    level_reason = models.CharField(max_length=500, blank=True)
    stance = models.CharField(max_length=10, choices=Claim.Stance, default=Claim.Stance.UNCLEAR)
    truth = models.CharField(max_length=10, choices=Truth, default=Truth.UNVERIFIED)
    truth_reason = models.CharField(max_length=500, blank=True)
    evidence = models.TextField(blank=True)
    evidence_url = models.URLField(max_length=2000, blank=True)
    truth_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    truth_at = models.DateTimeField(null=True)
    lead = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """At whose desk it lies."""
    agency = models.ForeignKey("people.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The agency that leads."""
    supporting = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """Agencies that support it."""
    need_to_know = models.BooleanField(default=False)
    named = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """People who see it besides the lead, where it is need-to-know."""
    due = models.DateTimeField(null=True, blank=True)
    due_note = models.CharField(max_length=200, blank=True)
    """What is due then."""
    due_law = models.CharField(max_length=24, blank=True)
    """The law by which it is due then; empty where it is due by the level, by a promise, or because somebody said so."""
    own_due = models.DateTimeField(null=True, blank=True)
    own_due_note = models.CharField(max_length=200, blank=True)
    """What would be due were there no law, and stands again where its clock ends; empty where no law says what is due."""
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    """The issue it is part of; never one that is part of another itself."""
    opened = models.DateTimeField()
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    moved = models.DateTimeField()
    """Since when it is in its state."""
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="issue_has_a_title"),
            models.CheckConstraint(
                condition=Q(level=F("suggested")) | (Q(level_by__isnull=False) & ~Q(level_reason="")), name="other_level_is_somebodys"
            ),
            models.CheckConstraint(
                condition=Q(truth="unverified") | (Q(truth_by__isnull=False, truth_at__isnull=False) & ~Q(truth_reason="")),
                name="issue_truth_is_somebodys",
            ),
            models.CheckConstraint(
                condition=~Q(truth__in=("true", "partly", "false")) | ~Q(evidence="") | ~Q(evidence_url=""), name="issue_truth_has_evidence"
            ),
            models.CheckConstraint(condition=~Q(truth="false") | Q(kind__in=("claim", "rumour")), name="only_a_claim_is_false"),
            models.CheckConstraint(condition=Q(state="merged", merged_into__isnull=False) | (~Q(state="merged") & Q(merged_into=None)),
                                   name="merged_into_another"),
            models.CheckConstraint(condition=Q(need_to_know=False) | Q(lead__isnull=False), name="need_to_know_has_a_lead"),
            models.CheckConstraint(condition=~Q(state__in=("closed", "merged")) | Q(due=None), name="nothing_is_due_when_over"),
            models.CheckConstraint(condition=Q(due_law="", own_due=None, own_due_note="") | (~Q(due_law="") & Q(due__isnull=False)),
                                   name="own_due_beside_a_law"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["office", "state", "-opened"], name="issue_by_state"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="issue_parts"),
        ]
        ordering = ["-opened", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def whole(self) -> Issue:
        """The issue it is part of, or itself."""
        return self.merged_into or self

    @property
    def at_once(self) -> bool:
        """Whether what is due is due at once, by a law that names no hours."""
        return self.due_law in AT_ONCE

    def overdue(self, now: datetime) -> bool:
        """Whether what was due is not there, although its time is over."""
        return self.due is not None and self.due < now and not self.at_once


class IssueNote(models.Model):
    """What a person wrote as the reason of an act. Never changed; the ledger's line of the act has its number and digest."""

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class IssueLink(models.Model):
    """What an issue is about or rests on: a story, a signal, a claim or an address; or another issue that belongs beside it. What is kept
    no longer leaves an empty link."""

    class Kind(models.TextChoices):
        STORY = "story", _("Story")
        SIGNAL = "signal", _("Signal")
        CLAIM = "claim", _("Claim")
        ADDRESS = "address", _("Address")
        ISSUE = "issue", _("Issue")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=10, choices=Kind)
    story = models.ForeignKey("listening.Story", null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False)
    signal = models.ForeignKey("listening.Signal", null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False)
    claim = models.ForeignKey("listening.Claim", null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False)
    url = models.URLField(max_length=2000, blank=True)
    other = models.ForeignKey(Issue, null=True, on_delete=models.PROTECT, related_name="linked_from")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "other"], name="issue_once_per_issue"),
            models.CheckConstraint(condition=Q(kind="issue") ^ Q(other=None), name="a_link_to_an_issue_has_one"),
            models.CheckConstraint(condition=Q(other=None) | ~Q(other=F("issue")), name="no_link_to_itself"),
            models.UniqueConstraint(fields=["issue", "story"], name="story_once_per_issue"),
            models.UniqueConstraint(fields=["issue", "signal"], name="signal_once_per_issue"),
            models.UniqueConstraint(fields=["issue", "claim"], name="claim_once_per_issue"),
            models.UniqueConstraint(fields=["issue", "url"], condition=~Q(url=""), name="address_once_per_issue"),
            models.CheckConstraint(condition=Q(kind="address") ^ Q(url=""), name="an_address_has_one"),
        ]
        ordering = ["at", "pk"]


from kentongan.office.desk import answer_mail_models as answer_mail_models  # noqa: E402  its models are this room's too
from kentongan.office.desk import echo_models as echo_models  # noqa: E402  its models are this room's too
from kentongan.office.desk import embargo_models as embargo_models  # noqa: E402  its models are this room's too
from kentongan.office.desk import facts_models as facts_models  # noqa: E402  its models are this room's too
from kentongan.office.desk import given_out_models as given_out_models  # noqa: E402
from kentongan.office.desk import presence_models as presence_models  # noqa: E402
from kentongan.office.desk import question_models as question_models  # noqa: E402
from kentongan.office.desk import review_models as review_models  # noqa: E402
