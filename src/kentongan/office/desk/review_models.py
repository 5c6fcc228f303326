"""What is to be done better after an issue: in whose hands, by which day. The words stay; only how it stands moves, once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from kentongan.office.desk.numbering import new_number
from kentongan.office.desk.statement_models import Statement

OFFICE, USER, AGENCY = "people.Office", "people.User", "people.Agency"
LONGEST_ACTION = 500
"""Characters."""


class ReviewAction(models.Model):
    """One action of a review, seen to by an agency or by one colleague. From "open" it goes to "done" or to "withdrawn", and no further."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("action", "To be done")
        DONE = "done", pgettext_lazy("action", "Done")
        WITHDRAWN = "withdrawn", pgettext_lazy("action", "Withdrawn")

    id = models.BigIntegerField(primary_key=True, default=new_number, editable=False)
    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    issue = models.ForeignKey("desk.Issue", on_delete=models.PROTECT, related_name="review_actions")
    text = models.CharField(max_length=LONGEST_ACTION)
    template = models.CharField(max_length=15, choices=Statement.Kind, blank=True)
    """The kind of paper whose template is to be changed; empty where it is about something else."""
    agency = models.ForeignKey(AGENCY, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    """The last day, where the office is."""
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    ended = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.ForeignKey("desk.IssueNote", null=True, on_delete=models.PROTECT, related_name="+")
    """Why it was withdrawn."""
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="an_action_says_what"),
            models.CheckConstraint(
                condition=Q(agency=None, person__isnull=False) | Q(agency__isnull=False, person=None), name="an_action_has_one_owner"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended=None, ended_by=None) | ~Q(state="open") & Q(ended__isnull=False, ended_by__isnull=False),
                name="an_action_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", note__isnull=False) | ~Q(state="withdrawn") & Q(note=None), name="withdrawn_with_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "due"], condition=Q(state="open"), name="action_due"),
            models.Index(fields=["issue", "due"], name="action_of_issue"),
        ]
        ordering = ["due", "pk"]

    def __str__(self) -> str:
        return self.text
