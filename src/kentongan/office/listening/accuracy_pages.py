"""The pages on which the office sees how good its signals are, and records events by which it is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kentongan.errors import KentonganError
from kentongan.office.listening import accuracy, accuracy_words, events, presenting
from kentongan.office.listening.events_models import RecordedEvent
from kentongan.office.listening.register import need, one_sentence
from kentongan.office.listening.views import attempt, office_of, room
from kentongan.office.people.forms import moment
from kentongan.office.people.models import Office, Place
from kentongan.office.people.requests import OfficeRequest

MISSED = "missed"
TOWARD_WORDS: Mapping[str, presenting.Words] = {
    "toward": _("An agency or a watch, as tones are counted"), "whole": _("The item as a whole"),
}  # fmt: skip


class EventForm(forms.Form):
    """What happened, when and where, and by which words one sees it."""

    what = forms.CharField(label=_("What happened"), max_length=200, help_text=_("An event, never a person."))
    words = forms.CharField(
        label=_("Words in headlines of it"), max_length=300,
        help_text=_("As in a watch: “tanggul jebol” OR banjir. By them the signal that told it is found."),
    )  # fmt: skip
    began = forms.DateTimeField(label=_("When it began"), widget=moment())
    ended = forms.DateTimeField(
        label=_("When it was over"), widget=moment(), required=False, help_text=_("Empty: two days after it began.")
    )
    place = forms.ChoiceField(label=_("Where"), required=False, choices=())

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        places = list(Place.objects.filter(office=office, until=None).values_list("code", "name")[:2_000])
        self.fields["place"].choices = [("", _("Not said")), *places]  # type: ignore[attr-defined]
        if not places:
            del self.fields["place"]

    def draft(self) -> events.Draft:
        """What was written, for the services."""
        return events.Draft(**{**self.cleaned_data, "place": self.cleaned_data.get("place") or ""})


def event_or_404(request: OfficeRequest, pk: int) -> RecordedEvent:
    """The event of the office."""
    found = events.get_event(office_of(request), pk)
    if found is None:
        raise Http404(gettext("There is no such event in your office."))
    return found


Named = TypeVar("Named", accuracy.Part, accuracy.Tone)


def _called(parts: Sequence[Named], words: Mapping[str, presenting.Words]) -> list[tuple[presenting.Words, Named]]:
    """The parts by the names people call them."""
    return [(words.get(one.name, _("Not known")), one) for one in parts]


def _narrows(found: accuracy.Figures) -> list[tuple[presenting.Words, list[tuple[presenting.Words, str, bool]]]]:
    """The ways to narrow the weeks, each with its links: words, address, and whether it is so now. One part alone narrows nothing."""
    now = found.narrow
    languages = [(one.name, presenting.LANGUAGE_WORDS.get(one.name, one.name)) for one in found.languages if one.name]
    kinds = [(one.name, presenting.SOURCE_KIND_WORDS.get(one.name, one.name)) for one in found.kinds if one.name]
    rows = (
        (_("Language"), [("", _("All languages")), *languages], lambda name: replace(now, language=name)),
        (_("Kind of source"), [("", _("All kinds of source")), *kinds], lambda name: replace(now, kind=name)),
    )
    return [(title, [(words, _address(to(name)), to(name) == now) for name, words in links]) for title, links, to in rows if len(links) > 2]


def _address(narrow: accuracy.Narrow) -> str:
    asked = {name: value for name, value in asdict(narrow).items() if value}
    return f"?{urlencode(asked)}#weeks"


@room
@require_GET
def figures(request: OfficeRequest) -> HttpResponse:
    """How many, how useful, how complete, how soon; by week, language and kind of source; and what was missed."""
    need(request, "listening.read")
    asked = accuracy.Narrow(request.GET.get("language", ""), request.GET.get("kind", ""))
    found = accuracy.get_figures(office_of(request), request.now, asked)
    context = {
        "room": "office",
        "found": found,
        "finding": accuracy_words.finding(found),
        "a_day": presenting.number(found.a_day, 1),
        "pictures": accuracy_words.pictures(found),
        "narrows": _narrows(found),
        "tables": [
            (_("Language"), "languages", _called(found.languages, presenting.LANGUAGE_WORDS)),
            (_("Kind of source"), "kinds", _called(found.kinds, presenting.SOURCE_KIND_WORDS)),
        ],
        "tones": [
            (_("Language"), [(presenting.LANGUAGE_WORDS.get(one.name, _("All languages")), one) for one in found.tone]),
            (_("Kind of source"), _called(found.tone_kinds, presenting.SOURCE_KIND_WORDS)),
            (_("What it is toward"), _called(found.tone_toward, TOWARD_WORDS)),
        ],
        "horizons": [(presenting.number(hours), share) for hours, share in found.horizons],
        "slug": office_of(request).slug,
        "may_record": request.user.may("listening.decide"),
    }
    return render(request, "listening/accuracy.html", context)


@room
@require_http_methods(["GET", "POST"])
def record_event(request: OfficeRequest) -> HttpResponse:
    """Record an event; what told it is looked for at once."""
    need(request, "listening.decide")
    form = EventForm(request.POST or None, office=office_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = events.record_event(request.user, form.draft(), request.now)
        except KentonganError as error:
            one_sentence(error, form)
        else:
            messages.success(request, gettext("Recorded. Look whether the right signal was found."))
            return redirect("event", made.pk)
    return render(request, "listening/event_form.html", {"room": "office", "form": form}, status=422 if form.errors else 200)


@room
@require_GET
def event(request: OfficeRequest, pk: int) -> HttpResponse:
    """One recorded event, what told it, and the choice of what did."""
    need(request, "listening.read")
    found = event_or_404(request, pk)
    row = events.get_row(found, request.now)
    context = {
        "room": "office",
        "row": row,
        "event": found,
        "offered": events.get_offered(found),
        "missed": MISSED,
        "delay": presenting.number(abs(row.delay), 1) if row.delay is not None else "",
        "may_record": request.user.may("listening.decide"),
    }
    return render(request, "listening/event.html", context)


@room
@require_POST
def decide_event(request: OfficeRequest, pk: int) -> HttpResponse:
    """Say which signal told it, or that none did."""
    need(request, "listening.decide")
    found = event_or_404(request, pk)
    chosen, version = request.POST.get("signal", ""), request.POST.get("version", "")
    signal = None if chosen == MISSED else int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
    known = int(version) if version.isdecimal() and len(version) < 10 else -1
    attempt(request, lambda: events.decide(request.user, found, signal, known, request.now), gettext("Noted."))
    return redirect("event", pk)


@room
@require_POST
def remove_event(request: OfficeRequest, pk: int) -> HttpResponse:
    """Take out an event that was recorded wrongly."""
    need(request, "listening.decide")
    found = event_or_404(request, pk)
    attempt(request, lambda: events.remove(request.user, found, request.now), gettext("Removed. The record says that it was there."))
    return redirect("accuracy")
