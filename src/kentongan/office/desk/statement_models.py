"""Statements: what the office is going to say about an issue, sentence by sentence, with everything it ever was.

A statement is a draft that is written on; each time it is kept there is a new *version* with its *sentences*, and no version is changed
again (a trigger of the database holds that). What is approved is one version, known by the hash of its text. A sentence keeps its `key`
through editing (`engine.alignment`), so what it rests on stays with it. Numbers of statements are drawn by chance like those of issues.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import pgettext_lazy

from kentongan.office.desk.numbering import new_number

OFFICE = "people.Office"
USER = "people.User"

HEADINGS = {
    "id": "Ralat dan permohonan maaf", "vi": "Thông tin cải chính, xin lỗi", "en": "Correction and apology",
}  # fmt: skip
"""Above a correction. The Vietnamese words are those of the press law; none is translated for its reader: it is part of the text."""


class Statement(models.Model):
    """One paper about an issue, in one language. Its text is that of its last version; `version` counts every change."""

    class Kind(models.TextChoices):
        HOLDING = "holding", pgettext_lazy("paper", "Holding statement")
        PRESS = "press", pgettext_lazy("paper", "Press statement")
        RELEASE = "release", pgettext_lazy("paper", "Press release")
        CLARIFICATION = "clarification", pgettext_lazy("paper", "Clarification")
        MESSAGE_MAP = "message_map", pgettext_lazy("paper", "Message map")
        QA = "qa", pgettext_lazy("paper", "Questions and answers for spokespersons")
        FAQ = "faq", pgettext_lazy("paper", "Questions and answers for everybody")
        SOCIAL = "social", pgettext_lazy("paper", "Post")
        CHAT = "chat", pgettext_lazy("paper", "Chat message")
        SMS = "sms", pgettext_lazy("paper", "SMS")
        RADIO = "radio", pgettext_lazy("paper", "Radio script")
        SITREP = "sitrep", pgettext_lazy("paper", "Situation report")
        LEADER_NOTE = "leader_note", pgettext_lazy("paper", "Note to the leader")

    class Cluster(models.TextChoices):
        VICTIM = "victim", pgettext_lazy("cluster", "It struck us, too")
        ACCIDENTAL = "accidental", pgettext_lazy("cluster", "Something failed")
        PREVENTABLE = "preventable", pgettext_lazy("cluster", "It could have been prevented")

    class Language(models.TextChoices):
        INDONESIAN = "id", "Bahasa Indonesia"
        VIETNAMESE = "vi", "Tiếng Việt"
        ENGLISH = "en", "English"

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("statement", "Draft")
        WAITING = "waiting", pgettext_lazy("statement", "Waits for approval")
        RETURNED = "returned", pgettext_lazy("statement", "Returned")
        APPROVED = "approved", pgettext_lazy("statement", "Approved")
        PUBLISHED = "published", pgettext_lazy("statement", "Published")
        CORRECTED = "corrected", pgettext_lazy("statement", "Corrected by another")
        WITHDRAWN = "withdrawn", pgettext_lazy("statement", "Withdrawn")

    id = models.BigIntegerField(primary_key=True, default=new_number, editable=False)
    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="statements")
    issue = models.ForeignKey("desk.Issue", on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=15, choices=Kind)
    language = models.CharField(max_length=2, choices=Language)
    level = models.CharField(max_length=10)
    cluster = models.CharField(max_length=15, choices=Cluster)
    """Chosen by a person."""
    signs = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    """What the person ticked (`crisis.SIGNS`, "history", "reputation"), from which the engine suggests a cluster."""
    next_update = models.DateTimeField(null=True, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    """The office's own number or address, as the public reads it."""
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    begun_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made = models.DateTimeField()
    moved = models.DateTimeField()
    """Since when it is in its state."""
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    """The published statement it is to take the place of."""
    wrong = models.CharField(max_length=500, blank=True)
    """What was wrong there, as everybody reads it."""
    restarts = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="restart")
    """What was stopped at the end of its embargo and is said anew by this."""
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["corrects"], condition=~models.Q(state="withdrawn"), name="one_correction_at_a_time"),
            models.CheckConstraint(condition=models.Q(corrects=None) ^ ~models.Q(wrong=""), name="a_correction_says_what_was_wrong"),
            models.CheckConstraint(condition=models.Q(language__in=("id", "vi", "en")), name="statement_has_a_language"),
            models.CheckConstraint(condition=models.Q(cluster__in=("victim", "accidental", "preventable")), name="statement_has_a_cluster"),
        ]
        indexes = [models.Index(fields=["issue", "-made"], name="statement_of_issue")]
        ordering = ["-made", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_language_display()})"

    @property
    def heading(self) -> str:
        """What stands above what a correction says was wrong, in the language of the text; "" where it corrects nothing."""
        return HEADINGS[self.language] if self.corrects_id is not None else ""


class StatementVersion(models.Model):
    """A statement as it once was kept. Never changed. `text_hash` is what approval and publication compare."""

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    """One sentence a line."""
    text_hash = models.CharField(max_length=64)
    level = models.CharField(max_length=10)
    cluster = models.CharField(max_length=15, choices=Statement.Cluster, blank=True, default="")
    """Empty for what was written before this was kept."""
    next_update = models.DateTimeField(null=True)
    contact = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "number"], name="version_once_per_statement")]
        ordering = ["number"]


class Sentence(models.Model):
    """A sentence of one version. `key` is its identity through all versions; `evidence` has "article:PK" and "fact:PK@VERSION".

    Never changed, but that a reviewer is noted once, when the version is approved.
    """

    class Origin(models.TextChoices):
        HUMAN = "human", pgettext_lazy("sentence", "Written by a person")
        TEMPLATE = "template", pgettext_lazy("sentence", "From the template")
        QUOTE = "quote", pgettext_lazy("sentence", "Quotation")
        AI_DRAFT = "ai_draft", pgettext_lazy("sentence", "Drafted by AI")
        AI_EDITED = "ai_draft_human_edited", pgettext_lazy("sentence", "Drafted by AI, edited by a person")
        TRANSLATION = "translation_ai", pgettext_lazy("sentence", "Translated by AI")

    class SaidAs(models.TextChoices):
        FACT = "", pgettext_lazy("sentence", "Neither: it needs evidence")
        PROMISE = "promise", pgettext_lazy("sentence", "Promise")
        OPINION = "opinion", pgettext_lazy("sentence", "Opinion")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(StatementVersion, on_delete=models.PROTECT, related_name="sentences")
    key = models.CharField(max_length=20)
    position = models.PositiveIntegerField()
    section = models.CharField(max_length=15, blank=True)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    origin = models.CharField(max_length=25, choices=Origin, default=Origin.HUMAN)
    source = models.CharField(max_length=120, blank=True, default="")
    """What made its first words: the code of a template (`Template.code`), or a model with its version and prompt. Empty: a person."""
    evidence = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    said_as = models.CharField(max_length=10, choices=SaidAs, default=SaidAs.FACT, blank=True)
    """What a person marked it as: then it needs no source that bears it out. Gone as soon as a word of it is another."""
    said_by = models.CharField(max_length=200, default="", blank=True)
    """Whose promise or opinion it is: the office or one of its agencies, as it was called then."""
    edit_ratio = models.FloatField(default=1.0)
    """0 for the very sentence of the version before, up to 1 where nothing of it is left."""
    reviewer = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="sentence_once_per_version"),
            models.UniqueConstraint(fields=["version", "position"], name="place_once_per_version"),
            models.CheckConstraint(
                condition=models.Q(reviewer=None, decided_at=None) | models.Q(reviewer__isnull=False, decided_at__isnull=False),
                name="reviewed_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(said_as="", said_by="") | (models.Q(said_as__in=("promise", "opinion")) & ~models.Q(said_by="")),
                name="a_promise_or_opinion_is_somebodys",
            ),
        ]
        ordering = ["position"]

    @property
    def number(self) -> int:
        """Its key as the number of an address."""
        return int(self.key[1:])


class Approval(models.Model):
    """A request to approve one version. At most one of a statement is open; `outcome` says how it ended."""

    class Outcome(models.TextChoices):
        OPEN = "", pgettext_lazy("approval", "Open")
        APPROVED = "approved", pgettext_lazy("approval", "Approved")
        RETURNED = "returned", pgettext_lazy("approval", "Returned")
        OVER = "over", pgettext_lazy("approval", "Over: changed or taken back")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="approvals")
    version = models.ForeignKey(StatementVersion, on_delete=models.PROTECT, related_name="approvals")
    text_hash = models.CharField(max_length=64)
    in_order = models.BooleanField(default=False)
    """One step after the other, not all at once."""
    evidence = models.JSONField(default=dict)
    """Digests of what its sentences rest on, by id, as it was when it was approved."""
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN, blank=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement"], condition=models.Q(outcome=""), name="one_open_request_per_statement"),
            models.CheckConstraint(
                condition=models.Q(outcome="", ended=None) | (~models.Q(outcome="") & models.Q(ended__isnull=False)),
                name="request_ends_once",
            ),
        ]
        indexes = [models.Index(fields=["office"], condition=models.Q(outcome=""), name="approval_open")]
        """Each minute the steps of what is open are looked at. Of what is over undecided steps stay for good: an index of these grew."""
        ordering = ["pk"]


class ApprovalStep(models.Model):
    """What one person is asked for. `first` was asked, `person` is asked now: somebody else after each time-out (`passed`, the latest)."""

    class Kind(models.TextChoices):
        FACTS = "facts", pgettext_lazy("step", "Answers for the facts")
        LEGAL = "legal", pgettext_lazy("step", "Legal")
        APPROVER = "approver", pgettext_lazy("step", "Approver")

    class Decision(models.TextChoices):
        NONE = "", pgettext_lazy("step", "Not decided yet")
        APPROVED = "approved", pgettext_lazy("step", "Approved")
        RETURNED = "returned", pgettext_lazy("step", "Returned")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    first = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    due = models.DateTimeField(null=True)
    """Until when, once it is its turn."""
    passed = models.DateTimeField(null=True)
    before = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """Who was asked before and did not decide in time, in that order, by number."""
    lost = models.CharField(max_length=10, blank=True)
    """Why nobody took it over: "nowhere" or "circle"; "silent" where somebody did before and nobody is left."""
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.NONE, blank=True)
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "kind"], name="step_once_per_request"),
            models.CheckConstraint(
                condition=models.Q(decision="", by=None, at=None) | (~models.Q(decision="") & models.Q(by__isnull=False, at__isnull=False)),
                name="a_step_is_decided_by_somebody",
            ),
        ]
        ordering = ["pk"]

    @property
    def asked(self) -> set[int]:
        """Everybody who was asked, and may decide it still, by number."""
        return {self.first_id, self.person_id, *self.before}


class Publication(models.Model):
    """That a named person published a version, when, at which address of ours: the record, whatever shows it. Never changed.

    Published in an emergency by one person, it has to be reviewed by another until `review_due`; that is noted once.
    """

    class Review(models.TextChoices):
        NONE = "", pgettext_lazy("review", "Not reviewed yet")
        SOUND = "sound", pgettext_lazy("review", "Sound")
        WRONG = "wrong", pgettext_lazy("review", "To be corrected")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="publications")
    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, related_name="publication")
    version = models.ForeignKey(StatementVersion, on_delete=models.PROTECT, related_name="+")
    text_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=2, choices=Statement.Language)
    slug = models.SlugField(max_length=100)
    at = models.DateTimeField()
    not_before = models.DateTimeField(null=True, blank=True)
    """Until then nobody outside reads it, nor is told of it; then it is compared again (`embargo_models`)."""
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    review_due = models.DateTimeField(null=True)
    """Only where it was published in an emergency."""
    review = models.CharField(max_length=10, choices=Review, default=Review.NONE, blank=True)
    reviewed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "slug"], name="slug_once_per_office"),
            models.CheckConstraint(
                condition=models.Q(review="", reviewed_by=None, reviewed_at=None)
                | (~models.Q(review="") & models.Q(review_due__isnull=False, reviewed_by__isnull=False, reviewed_at__isnull=False)),
                name="a_review_is_somebodys",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by=None) | ~models.Q(reviewed_by=models.F("by")), name="nobody_reviews_themselves"
            ),
            models.CheckConstraint(
                condition=models.Q(not_before=None) | models.Q(not_before__gt=models.F("at")), name="held_back_until_later"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "review_due"], condition=models.Q(review="", review_due__isnull=False), name="review_due"),
            models.Index(fields=["office", "-at"], name="publication_recent"),
            models.Index(fields=["not_before"], condition=models.Q(not_before__isnull=False), name="publication_held_back"),
        ]
        ordering = ["-at", "pk"]

    @property
    def readable_from(self) -> datetime:
        """From when anybody outside could read it."""
        return self.not_before or self.at

    @property
    def stopped(self) -> bool:
        """Whether it was stopped at the end of its embargo."""
        ending = getattr(self, "ending", None)
        return ending is not None and ending.why != ""

    def was_readable(self, now: datetime) -> bool:
        """Whether anybody outside could by now: not where it is held back or was stopped then, nor where it was withdrawn before."""
        begun = self.readable_from
        opened = self.not_before is None or (getattr(self, "ending", None) is not None and not self.stopped)
        return opened and begun <= now and (self.statement.state == Statement.State.PUBLISHED or self.statement.moved >= begun)
