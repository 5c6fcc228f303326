"""What people type about facts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kentongan.office.desk import facts, queries
from kentongan.office.desk.fact_queries import Row
from kentongan.office.desk.facts_models import LONGEST_ABOUT, LONGEST_ADDRESS, LONGEST_FIGURE, LONGEST_SOURCE, LONGEST_TEXT, Fact
from kentongan.office.desk.forms import Plain, moment_field, text_area
from kentongan.office.desk.models import Issue, IssueLink
from kentongan.office.desk.services import circle_of
from kentongan.office.listening import presenting
from kentongan.office.people.models import Agency
from kentongan.office.typed import whole

FIELDS: dict[str, Any] = {
    "kind": pgettext_lazy("fact", "Is it known?"), "text": pgettext_lazy("fact", "The fact"), "about": _("What the figure is of"),
    "figure": _("Figure"), "source": pgettext_lazy("fact", "How we know"), "link": _("Or: linked with this issue"),
    "source_url": _("Or: its address"), "as_of": pgettext_lazy("fact", "True as of"), "grade": _("How sure"),
    "agency": pgettext_lazy("fact", "Which agency says so"), "owner": pgettext_lazy("fact", "Who answers for it"),
    "expires": pgettext_lazy("fact", "Not to be used after"),
}  # fmt: skip
"""The fields of a fact as people read them."""


AFTERWARDS = _("It stays on the board as withdrawn. Where it was used, that is said.")


class FactForm(Plain):
    """What a fact says, how we know, since when, and who answers for it."""

    kind = forms.ChoiceField(label=FIELDS["kind"], choices=Fact.Kind.choices)
    text = text_area(FIELDS["text"], max_length=LONGEST_TEXT, help_text=_("One sentence. No names of private people."))
    about = forms.CharField(
        label=FIELDS["about"], required=False, max_length=LONGEST_ABOUT, widget=forms.TextInput(attrs={"list": "abouts"}),
        help_text=_("Only where there is a figure. Choose the same words for the same thing: then two figures that differ are noticed."),
    )  # fmt: skip
    figure = forms.CharField(label=FIELDS["figure"], required=False, max_length=LONGEST_FIGURE)
    source = forms.CharField(
        label=FIELDS["source"],
        required=False,
        max_length=LONGEST_SOURCE,
        help_text=_("Which document, measurement or visit, by which office."),
    )
    link = forms.ChoiceField(label=FIELDS["link"], required=False)
    source_url = forms.CharField(label=FIELDS["source_url"], required=False, max_length=LONGEST_ADDRESS, widget=forms.URLInput)
    as_of = moment_field(FIELDS["as_of"])
    grade = forms.ChoiceField(
        label=FIELDS["grade"], required=False, choices=[("", "–"), *Fact.Grade.choices],
        help_text=_("What is known is confirmed or likely, what is assumed is likely or unclear."),
    )  # fmt: skip
    agency = forms.ChoiceField(label=FIELDS["agency"], required=False)
    owner = forms.ChoiceField(label=FIELDS["owner"], required=False)
    expires = moment_field(FIELDS["expires"], required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)

    def __init__(self, *args: Any, issue: Issue, links: list[IssueLink], **given: Any) -> None:
        super().__init__(*args, **given)
        none = ("", _("none"))
        readers = [one for one in queries.get_readers(issue.office) if circle_of(issue).has(one.pk)]
        self.offer("owner", [none, *((one.pk, one.shown) for one in readers)])
        self.offer("agency", [none, *((one.pk, one.name) for one in Agency.objects.filter(office=issue.office_id, ended=None))])
        self.offer("link", [none, *((one.pk, link_words(one)) for one in links)])
        if not links:
            del self.fields["link"]
        if not self.is_bound and not self.initial.get("text"):
            self.fields["text"].widget.attrs["autofocus"] = True

    def draft(self) -> facts.FactDraft:
        """What was typed, for the services."""
        data = self.cleaned_data
        words = ("kind", "text", "as_of", "about", "figure", "source", "source_url", "grade", "expires")
        numbers: dict[str, Any] = {name: whole(data.get(name) or "") for name in ("link", "owner", "agency")}
        return facts.FactDraft(**{name: data[name] for name in words}, **numbers)


def link_words(link: IssueLink) -> str:
    """What a link leads to, in one line."""
    if link.story is not None:
        said = link.story.headline
    elif link.signal is not None:
        said = presenting.subject(link.signal.kind, link.signal.subject)
    elif link.claim is not None:
        said = link.claim.text
    else:
        said = link.url
    return f"{link.get_kind_display()}: {said[:90]}"


class WithdrawForm(Plain):
    """Why a fact is withdrawn."""

    reason = forms.CharField(label=_("Why"), max_length=500, help_text=AFTERWARDS)


class SettleForm(Plain):
    """Which figure holds, and why. What was seen travels along, so that nobody settles what has changed meanwhile."""

    holds = forms.ChoiceField(label=_("Which figure holds?"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why"), max_length=500, help_text=_("Which agency gave way, and by what."))
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    def __init__(self, *args: Any, rows: list[Row], **given: Any) -> None:
        super().__init__(*args, **given)
        self.offer("holds", [(one.fact.pk, figure_words(one.fact)) for one in rows])
        self.initial["seen"] = " ".join(f"{one.fact.pk}@{one.fact.version}" for one in rows)

    def pairs(self) -> set[tuple[int, int]]:
        """The facts and versions the person saw."""
        halves = [one.partition("@") for one in self.cleaned_data["seen"].split()]
        return {(whole(one) or 0, whole(version, 9) or 0) for one, _, version in halves}


def figure_words(fact: Fact) -> str:
    """A figure with who says so and when, in one line."""
    who = fact.agency.name if fact.agency is not None else fact.owner.shown if fact.owner is not None else ""
    return f"{fact.figure}: {who}, {presenting.day_and_hour(fact.as_of)}"
