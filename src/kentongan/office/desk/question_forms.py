"""What people type about questions to agencies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kentongan.office.desk import question_queries
from kentongan.office.desk.facts_models import Fact
from kentongan.office.desk.forms import Plain, moment_field, text_area
from kentongan.office.desk.models import Issue
from kentongan.office.desk.question_models import LONGEST_ANSWER, LONGEST_CONTEXT, LONGEST_QUESTION
from kentongan.office.desk.questions import AnswerDraft, QuestionDraft
from kentongan.office.typed import whole


class AskForm(Plain):
    """Whom to ask what, until when. A choice of whom is an agency's address or one of its people."""

    whom = forms.ChoiceField(label=pgettext_lazy("to an agency", "Whom to ask"))
    text = text_area(
        pgettext_lazy("to an agency", "Question"), max_length=LONGEST_QUESTION,
        help_text=_("One question. No names of private people, no telephone numbers."),
    )  # fmt: skip
    context = forms.CharField(
        label=_("What they must know"), required=False, max_length=LONGEST_CONTEXT,
        help_text=_("One line. Mail and link show the question and this line, nothing else of the issue, and both may be passed on."),
    )  # fmt: skip
    due = moment_field(_("Answer due"))

    def __init__(self, *args: Any, issue: Issue, **given: Any) -> None:
        super().__init__(*args, **given)
        agencies = question_queries.get_agencies(issue)
        people = question_queries.get_members(issue.office_id, agencies)
        self.agencies = agencies
        whom = [(f"{one.pk}-", one.name) for one in agencies]
        for person in people:
            place = max(n for n, (value, _word) in enumerate(whom) if value.startswith(f"{person.agency_id}-"))
            whom.insert(place + 1, (f"{person.agency_id}-{person.pk}", f"{person.agency.name}: {person.shown}"))  # type: ignore[union-attr]
        self.offer("whom", whom)

    def draft(self) -> QuestionDraft:
        """What was typed, for the services."""
        data = self.cleaned_data
        agency, _dash, person = data["whom"].partition("-")
        return QuestionDraft(whole(agency), data["text"], data["due"], data["context"], whole(person))


class AnswerForm(Plain):
    """What an agency answers."""

    text = text_area(
        _("Answer"), rows=4, max_length=LONGEST_ANSWER,
        help_text=_("What is so, and since when. Where nothing is known yet, say so. No names of private people."),
    )  # fmt: skip
    grade = forms.ChoiceField(label=_("How sure is this?"), choices=Fact.Grade.choices, widget=forms.RadioSelect)

    def draft(self) -> AnswerDraft:
        """What was typed, for the services."""
        return AnswerDraft(self.cleaned_data["text"], self.cleaned_data["grade"])


class MoreTimeForm(Plain):
    """Until when instead."""

    due = moment_field(_("Answer due"))
