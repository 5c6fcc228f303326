"""What people type about issues."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kentongan.office.desk import clock_words, clocks, queries
from kentongan.office.desk.clock_services import Event
from kentongan.office.desk.comments import LONGEST
from kentongan.office.desk.history import FIELDS
from kentongan.office.desk.models import Issue
from kentongan.office.desk.services import IssueDraft
from kentongan.office.listening import presenting
from kentongan.office.listening.claims_models import Claim
from kentongan.office.people.forms import MomentField
from kentongan.office.people.models import Agency, Office, User

LEVELS: list[tuple[str, Any]] = list(presenting.LEVEL_WORDS.items())
ENDINGS: list[tuple[str, Any]] = list(clock_words.ENDINGS.items())
WHY = _("Your colleagues will want to know.")


def moment_field(label: Any, **given: Any) -> MomentField:
    """A day and an hour, in the office's time."""
    return MomentField(label=label, **given)


def text_area(label: Any, rows: int = 3, **given: Any) -> forms.CharField:
    """Some sentences."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **given)


class Plain(forms.Form):
    """A form without colons."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, label_suffix="", **given)

    def offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        """What can be chosen in a field."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def shown(self, name: str, value: Any) -> str:
        """A value as people read it, for showing two versions."""
        field = self.fields[name]
        if isinstance(value, datetime):
            return presenting.day_and_hour(value)
        if isinstance(field, forms.ChoiceField):
            words = {str(key): str(word) for key, word in field.choices}  # type: ignore[union-attr]
            return ", ".join(words.get(str(one), str(one)) for one in (value if isinstance(value, tuple) else (value,)) if one) or "–"
        return str(value or "–")


class IssueForm(Plain):
    """What an issue is: everything that is said of it but its level, its truth and who sees it."""

    title = forms.CharField(label=FIELDS["title"], max_length=200, help_text=_("One sentence: what happened or is asked, and where."))
    summary = text_area(FIELDS["summary"], required=False, max_length=4000, help_text=_("No names of private people."))
    kind = forms.ChoiceField(label=FIELDS["kind"], choices=Issue.Kind.choices)
    topic = forms.ChoiceField(label=FIELDS["topic"], required=False)
    place = forms.ChoiceField(label=FIELDS["place"], required=False, help_text=_("A ward at the finest; never an address of people."))
    stance = forms.ChoiceField(
        label=FIELDS["stance"], choices=Claim.Stance.choices, help_text=_("Kept apart from whether it is so: criticism may be true.")
    )
    lead = forms.ChoiceField(label=FIELDS["lead"], required=False)
    agency = forms.ChoiceField(label=FIELDS["agency"], required=False)
    supporting = forms.MultipleChoiceField(label=FIELDS["supporting"], required=False, widget=forms.CheckboxSelectMultiple)
    due = moment_field(FIELDS["due"], required=False)
    due_note = forms.CharField(label=FIELDS["due_note"], required=False, max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)

    def __init__(self, *args: Any, office: Office, issue: Issue | None = None, **given: Any) -> None:
        super().__init__(*args, **given)
        nobody, none = ("", _("nobody yet")), ("", _("none"))
        agencies = [(one.pk, one.name) for one in Agency.objects.filter(office=office, ended=None)]
        topics = presenting.topics()
        if issue is not None and issue.topic and issue.topic not in dict(topics):
            topics = [*topics, (issue.topic, presenting.gone_topic(issue.topic))]
        self.offer("topic", [none, *topics])
        self.offer("place", [none, *((one.pk, one.name) for one in queries.get_places(office))])
        self.offer("lead", [nobody, *((one.pk, one.shown) for one in queries.get_leads(office))])
        self.offer("agency", [none, *agencies])
        self.offer("supporting", agencies)
        if not agencies:
            del self.fields["agency"], self.fields["supporting"]

    def draft(self) -> IssueDraft:
        """What was typed, for the services."""
        data = self.cleaned_data
        words: dict[str, Any] = {
            name: data[name] for name in ("title", "summary", "kind", "topic", "stance", "due", "due_note") if name in data
        }
        numbers: dict[str, Any] = {name: int(data[name]) if data.get(name) else None for name in ("place", "lead", "agency")}
        return IssueDraft(**words, **numbers, supporting=tuple(sorted(int(one) for one in data.get("supporting", ()))))


class OpenForm(IssueForm):
    """The same with the level it is opened at, shorter: agencies and what is due come later."""

    level = forms.ChoiceField(label=pgettext_lazy("issue", "Level"), choices=LEVELS)
    reason = forms.CharField(label=_("Why this level"), required=False, max_length=500)

    def __init__(self, *args: Any, engine: str = "", **given: Any) -> None:
        super().__init__(*args, **given)
        for name in ("stance", "agency", "supporting", "due", "due_note", "version"):
            self.fields.pop(name, None)
        word = presenting.LEVEL_WORDS.get(engine, "")
        self.fields["reason"].help_text = (
            _("Only where you choose another level than the engine: %(level)s.") % {"level": word} if word else WHY
        )


class MoveForm(Plain):
    """The reason of an act."""

    reason = forms.CharField(label=_("Why"), max_length=500, help_text=WHY)


class WatchForm(MoveForm):
    """Why nothing is said for now, and until when."""

    until = moment_field(_("Look again at"))


class LevelForm(Plain):
    """A level with its reason."""

    level = forms.ChoiceField(label=pgettext_lazy("issue", "Level"), choices=LEVELS)
    reason = forms.CharField(label=_("Why this level"), max_length=500, help_text=WHY)


class TruthForm(Plain):
    """Whether it is so, and what shows it."""

    truth = forms.ChoiceField(label=_("Is it so?"), choices=Issue.Truth.choices)
    reason = forms.CharField(label=_("Why"), required=False, max_length=500)
    evidence = text_area(
        _("What shows it"), required=False, max_length=4000,
        help_text=_("Which document, measurement or visit, by whom, when. No names of private people."),
    )  # fmt: skip
    evidence_url = forms.CharField(label=_("Address of the evidence"), required=False, max_length=2000)

    def __init__(self, *args: Any, kind: str, **given: Any) -> None:
        super().__init__(*args, **given)
        if kind not in {"claim", "rumour"}:
            self.offer("truth", [one for one in Issue.Truth.choices if one[0] != "false"])
            self.fields["truth"].help_text = _("Only a claim or a rumour can be false.")


class CircleForm(Plain):
    """Who sees it."""

    need_to_know = forms.BooleanField(label=_("Only the one who leads it and these people"), required=False)
    named = forms.MultipleChoiceField(label=_("These people"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: list[User], **given: Any) -> None:
        super().__init__(*args, **given)
        self.offer("named", [(one.pk, one.shown) for one in people])


class ClockForm(Plain):
    """Which clock set by law begins, since when, and how one knows."""

    law = forms.ChoiceField(label=_("By which law"))
    start = moment_field(_("Since when"), help_text=_("The moment of the event itself, not of this form."))
    reason = forms.CharField(
        label=_("How you know"), max_length=500, help_text=_("Which letter, report or call. No names of private people.")
    )

    def __init__(self, *args: Any, laws: list[clocks.Law], **given: Any) -> None:
        super().__init__(*args, **given)
        self.only = laws[0].code if len(laws) == 1 else ""
        if self.only:
            del self.fields["law"]
        else:
            self.offer("law", [(one.code, clock_words.named(one)) for one in laws])

    def event(self, of: int | None = None) -> Event:
        """What was typed, for the services; `of` is the statement that was called wrong."""
        data = self.cleaned_data
        return Event(data.get("law", self.only), data["start"], data["reason"], of)


class EndClockForm(Plain):
    """What became of a clock set by law, other than a publication."""

    how = forms.ChoiceField(label=_("What became of it"), choices=ENDINGS)
    reason = forms.CharField(label=_("Why"), max_length=500, help_text=WHY)


class WhyForm(Plain):
    """Why something is not needed any more."""

    reason = forms.CharField(label=_("Why"), max_length=500)


class CommentForm(Plain):
    """What colleagues should know."""

    text = text_area(
        pgettext_lazy("on an issue", "Comment"), max_length=LONGEST, help_text=_("No names of private people. It stays as it is.")
    )


class AddressForm(Plain):
    """An address that belongs to an issue."""

    url = forms.CharField(label=_("Address"), max_length=2000, widget=forms.URLInput)


class BesideForm(Plain):
    """Another issue that belongs beside this one."""

    what = forms.ChoiceField(label=_("The other issue"))

    def __init__(self, *args: Any, near: list[Issue], **given: Any) -> None:
        super().__init__(*args, **given)
        self.offer("what", [(one.pk, one.title) for one in near])


class SplitForm(Plain):
    """What a new issue is called that takes some of the links."""

    title = forms.CharField(label=_("Title of the new issue"), max_length=200)


class MergeForm(Plain):
    """Of which issue it is part."""

    other = forms.ChoiceField(label=_("It is part of"))
    reason = forms.CharField(label=_("Why"), max_length=500)

    def __init__(self, *args: Any, near: list[Issue], **given: Any) -> None:
        super().__init__(*args, **given)
        self.offer("other", [(one.pk, one.title) for one in near])
