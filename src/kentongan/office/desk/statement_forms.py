"""What people type about statements."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kentongan.engine.statement_records import SECTIONS
from kentongan.engine.statement_templates import slots
from kentongan.office.desk import evidence, statement_moves, statement_saying
from kentongan.office.desk.forms import LEVELS, Plain, moment_field, text_area
from kentongan.office.desk.models import Publication, Sentence, Statement
from kentongan.office.desk.statement_correcting import LONGEST_WRONG
from kentongan.office.desk.statement_pasting import LONGEST_REASON
from kentongan.office.desk.statement_services import LONGEST_CONTACT, Frame, Mark, slot_names, template_of
from kentongan.office.desk.statement_words import FIELDS
from kentongan.office.listening import presenting
from kentongan.office.people.models import User

PLAIN_TEXT = {"rows": 18, "spellcheck": "true"}
OF_THE_OFFICE, NOBODY = "office", 0
"""Whose promise it is where it is the office's own, and where nobody was chosen: no agency has that number."""


def short(label: Any, **given: Any) -> forms.CharField:
    """One line that may stay empty."""
    return forms.CharField(label=label, required=False, **given)


class FrameForm(Plain):
    """What is said of a statement besides its text."""

    level = forms.ChoiceField(label=FIELDS["level"], choices=LEVELS)
    signs = forms.MultipleChoiceField(
        label=FIELDS["signs"], required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("The engine only suggests from this; you choose below."),
    )  # fmt: skip
    cluster = forms.ChoiceField(label=FIELDS["cluster"], choices=Statement.Cluster.choices)
    next_update = moment_field(FIELDS["next_update"], required=False)
    contact = short(FIELDS["contact"], max_length=LONGEST_CONTACT, help_text=_("A number or address of the office, as people read it."))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.offer("signs", statement_saying.sign_choices())

    def frame(self) -> Frame:
        """What was chosen, for the services."""
        data = self.cleaned_data
        return Frame(data["level"], data["cluster"], data["next_update"], data["contact"], tuple(data["signs"]))


class BeginForm(FrameForm):
    """A new statement."""

    kind = forms.ChoiceField(label=FIELDS["kind"], choices=Statement.Kind.choices)
    language = forms.ChoiceField(label=FIELDS["language"], choices=Statement.Language.choices)
    field_order = ["kind", "language", "level", "signs", "cluster", "next_update", "contact"]


class WriteForm(FrameForm):
    """The text with its frame."""

    text = forms.CharField(
        label=FIELDS["text"], required=False, strip=False, widget=forms.Textarea(attrs=PLAIN_TEXT), help_text=_("One sentence a line.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ["text", "next_update", "contact", "level", "signs", "cluster", "version"]


class FillForm(Plain):
    """What the template asks for, in the statement's own language."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, statement: Statement, **given: Any) -> None:
        super().__init__(*args, **given)
        needed = set(template_of(statement).needed)
        for slot, name in slot_names(statement).items():
            kind, sample = slots()[slot].kind, slots()[slot].sample[statement.language]
            widget = forms.Textarea(attrs={"rows": 2}) if kind == "sentence" else forms.TextInput()
            label = name[:1].upper() + name[1:]
            field = forms.CharField(label=label, required=False, widget=widget, help_text=_("For example: %(sample)s") % {"sample": sample})
            if slot not in needed:
                field.label = _("%(name)s (may be left out)") % {"name": label}
            self.fields[slot] = field
        empty = next((slot for slot in self.fields if slot != "version" and not self.initial.get(slot)), None)
        if empty is not None and not self.is_bound:
            self.fields[empty].widget.attrs["autofocus"] = True

    def values(self) -> dict[str, str]:
        """What was typed, by slot."""
        return {name: words for name, words in self.cleaned_data.items() if name != "version"}


class AskForm(Plain):
    """Who is asked for which step of the approval."""

    facts = forms.ChoiceField(label=_("Who answers for the facts"), required=False)
    legal = forms.ChoiceField(label=_("Legal"), required=False)
    approver = forms.ChoiceField(label=_("Who approves it"))
    in_order = forms.BooleanField(label=_("One after the other, in this order"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, people: dict[str, list[User]], **given: Any) -> None:
        super().__init__(*args, **given)
        for kind, able in people.items():
            nobody = _("choose") if kind == "approver" else _("nobody")
            self.offer(kind, [("", nobody), *((one.pk, one.shown) for one in able)])
        if len(people.get("approver", ())) == 1:
            self.initial["approver"] = people["approver"][0].pk

    def people(self) -> dict[str, int]:
        """Who was chosen, by step."""
        return {kind: int(self.cleaned_data[kind]) for kind in statement_moves.STEPS if self.cleaned_data.get(kind)}


class DecideForm(Plain):
    """What is to be changed, and which version was seen."""

    note = text_area(
        _("What is to be changed"), 2, required=False, max_length=LONGEST_REASON,
        help_text=_("Needed when you return it. No names of private people."),
    )  # fmt: skip
    step = forms.IntegerField(widget=forms.HiddenInput)
    number = forms.IntegerField(widget=forms.HiddenInput)
    text_hash = forms.CharField(widget=forms.HiddenInput)


class PublishForm(Plain):
    """Which version was seen, and in an emergency why one person publishes alone."""

    reason = forms.CharField(label=_("Why it cannot wait for approval"), max_length=LONGEST_REASON)
    not_before = moment_field(
        _("Not before"), required=False, help_text=_("In your office's time. Until then nobody outside reads it. Empty: at once.")
    )
    number = forms.IntegerField(widget=forms.HiddenInput)
    text_hash = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, alone: bool, **given: Any) -> None:
        super().__init__(*args, **given)
        del self.fields["not_before" if alone else "reason"]


class ReviewForm(Plain):
    """Whether what one person published alone is sound."""

    outcome = forms.ChoiceField(label=_("Is it sound?"), choices=[one for one in Publication.Review.choices if one[0]])
    note = forms.CharField(label=_("Why"), max_length=LONGEST_REASON)


class CorrectForm(Plain):
    """What was wrong in what was published."""

    wrong = forms.CharField(
        label=_("What was wrong"), max_length=LONGEST_WRONG, help_text=_("What was wrong and what is right, as everybody will read it.")
    )


class WithdrawForm(Plain):
    """Why it is not going to be said."""

    reason = forms.CharField(label=_("Why"), max_length=LONGEST_REASON)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SentenceForm(Plain):
    """What a sentence is there for and what it rests on."""

    section = forms.ChoiceField(label=FIELDS["section"], required=False)
    evidence = forms.MultipleChoiceField(label=FIELDS["evidence"], required=False, widget=forms.CheckboxSelectMultiple)
    said_as = forms.ChoiceField(
        label=FIELDS["said_as"], required=False, choices=Sentence.SaidAs.choices,
        help_text=_(
            "What nobody can bear out yet: what an office promises, or thinks. It needs no evidence then; whoever approves sees it."
        ),
    )  # fmt: skip
    said_by = forms.ChoiceField(label=FIELDS["said_by"], required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(
        self, *args: Any, sentence: Sentence, offered: list[evidence.Passage], sayers: list[tuple[int | None, str]], **given: Any
    ) -> None:
        super().__init__(*args, **given)
        self.offer("said_by", [("", _("nobody")), *((pk or OF_THE_OFFICE, name) for pk, name in sayers)])
        self.offer("section", [(code, statement_saying.section(code)) for code in SECTIONS])
        self.offered = bool(offered)
        known = {one.id for one in offered}
        gone = [(one, _("kept no longer")) for one in sentence.evidence if one not in known]
        self.offer("evidence", [*((one.id, _named(one)) for one in offered), *gone])
        if not offered and not gone:
            del self.fields["evidence"]

    def mark(self) -> Mark:
        """What it is marked as, for the services."""
        by = self.cleaned_data["said_by"]
        if not by:
            return Mark(self.cleaned_data["said_as"], NOBODY)
        return Mark(self.cleaned_data["said_as"], None if by == OF_THE_OFFICE else int(by))


def _named(one: evidence.Passage) -> str:
    return f"{one.words} · {one.source}, {presenting.short_day(one.at)}"
