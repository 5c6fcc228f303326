"""The fact board of an issue: what is known, what is not, what is assumed, as it now stands, as it stood, and where it was used.

A fact's words are kept version by version in a table that is only added to; what the ledger says of a version is its digest. Statements
point to a fact at a version: "fact:123456789012@2". Whether a fact may be used is decided in `usable`, of rows from here.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from kentongan.office.desk.numbering import new_number

OFFICE, USER = "people.Office", "people.User"
LONGEST_TEXT, LONGEST_SOURCE, LONGEST_ABOUT, LONGEST_FIGURE, LONGEST_ADDRESS = 1_000, 500, 200, 100, 2_000


class Words(models.Model):
    """What somebody says a fact is."""

    class Kind(models.TextChoices):
        KNOWN = "known", pgettext_lazy("fact", "Known")
        UNKNOWN = "unknown", pgettext_lazy("fact", "Not known yet")
        ASSUMED = "assumed", pgettext_lazy("fact", "Assumed")

    class Grade(models.TextChoices):
        CONFIRMED = "confirmed", pgettext_lazy("fact", "Confirmed")
        LIKELY = "likely", pgettext_lazy("fact", "Likely")
        UNCLEAR = "unclear", pgettext_lazy("fact", "Unclear")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=LONGEST_TEXT)
    about = models.CharField(max_length=LONGEST_ABOUT, blank=True)
    """What the figure is of, so that figures of the same are held against each other."""
    figure = models.CharField(max_length=LONGEST_FIGURE, blank=True)
    source = models.CharField(max_length=LONGEST_SOURCE, blank=True)
    source_url = models.URLField(max_length=LONGEST_ADDRESS, blank=True)
    as_of = models.DateTimeField()
    """When it was so, as the source says."""
    grade = models.CharField(max_length=10, choices=Grade, blank=True)
    """How sure it is; nothing where it is not known."""
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The colleague who answers for it."""
    agency = models.ForeignKey("people.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The agency that says so, or is to find out."""
    expires = models.DateTimeField(null=True, blank=True)
    withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
    """When this version was written, `by` whom."""
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text


class Fact(Words):
    """A fact at its latest version. Its number is drawn by chance, as an issue's."""

    id = models.BigIntegerField(primary_key=True, default=new_number, editable=False)
    issue = models.ForeignKey("desk.Issue", on_delete=models.PROTECT, related_name="facts")
    link = models.ForeignKey("desk.IssueLink", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The source among what the issue is about; a fact that rests on it keeps it there."""
    added = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="fact_has_words"),
            models.CheckConstraint(
                condition=~Q(kind="known") | ~Q(source="") | ~Q(source_url="") | Q(link__isnull=False), name="known_has_a_source"
            ),
            models.CheckConstraint(condition=Q(figure="") | ~Q(about=""), name="a_figure_is_of_something"),
            models.CheckConstraint(condition=~Q(kind="unknown") | Q(figure=""), name="unknown_has_no_figure"),
            models.CheckConstraint(
                condition=Q(kind="known", grade__in=("confirmed", "likely"))
                | Q(kind="unknown", grade="")
                | Q(kind="assumed", grade__in=("likely", "unclear")),
                name="grade_fits_the_kind",
            ),
            models.CheckConstraint(condition=Q(owner__isnull=False) | Q(agency__isnull=False), name="somebody_answers_for_a_fact"),
            models.CheckConstraint(condition=Q(version__gte=1), name="fact_versions_begin_with_1"),
        ]
        indexes = [models.Index(fields=["issue", "added"], name="facts_of_issue")]
        ordering = ["added", "pk"]


class FactVersion(Words):
    """A fact as it stood at one version: never changed, never deleted; the database refuses it."""

    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="versions")
    link = models.BigIntegerField(null=True)
    """Number of the link that was the source; the link itself may be gone."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fact", "version"], name="fact_version_once")]
        ordering = ["fact", "version"]


class FactSettled(models.Model):
    """A named person said which of several figures of the same holds. Never changed: the latest of the same counts."""

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    issue = models.ForeignKey("desk.Issue", on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=LONGEST_ABOUT)
    holds = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="+")
    among = models.JSONField()
    """Between which facts, each at the version it then had: [[fact, version], …]."""
    note = models.ForeignKey("desk.IssueNote", on_delete=models.PROTECT, related_name="+")
    """The reason."""
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(about=""), name="settled_about_something")]
        indexes = [models.Index(fields=["issue", "at"], name="settled_of_issue")]
        ordering = ["at", "pk"]


class FactUse(models.Model):
    """Something of ours says what a fact said at a version."""

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="uses")
    version = models.PositiveIntegerField()
    key = models.CharField(max_length=60)
    """What uses it: "statement:12"."""
    label = models.CharField(max_length=200)
    """What people call it."""
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact", "key"], name="fact_used_once_by_each"),
            models.CheckConstraint(condition=~Q(key="") & ~Q(label=""), name="a_use_says_by_what"),
        ]
        indexes = [models.Index(fields=["office", "key"], name="facts_used_by")]
        ordering = ["at", "pk"]
