"""The pages of the watches. Whoever may read the register reads them; who decides writes them, and sees the past before saving."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kentongan.engine.watching_meaning import FEWEST
from kentongan.errors import KentonganError
from kentongan.office.listening import charts, presenting, purposes, watches
from kentongan.office.listening.models import Purpose, Watch
from kentongan.office.listening.register import need, one_sentence
from kentongan.office.listening.views import attempt, office_of, room
from kentongan.office.listening.watches_looking import Preview
from kentongan.office.people.models import Office, Place
from kentongan.office.people.requests import OfficeRequest

MOST_PLACES_SHOWN = 2_000


LIKE = (("", _("Close to them")), ("wide", _("Wider: finds more, also what is beside it")))


class WatchForm(forms.Form):
    """What to look for, and why."""

    name = forms.CharField(label=_("Name of the watch"), max_length=200)
    query = forms.CharField(
        label=_("Words to look for"), max_length=500, required=False,
        help_text=_(
            "“Exactly these words”, -without, one OR other, air NEAR/5 keruh (at most five words apart), and parentheses. "
            "An office may be named, a private person may not."
        ),
    )  # fmt: skip
    places = forms.MultipleChoiceField(
        label=_("Only in these places"), required=False, choices=(), widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text=_("Items that name one of them or a place below, or come from a source of the area. None chosen: everywhere."),
    )  # fmt: skip
    examples = forms.CharField(
        label=_("Headlines like which it shall be"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Three to ten, one a line; five are good. What is like them is found without their words, less surely in another language."
        ),
    )  # fmt: skip
    wide = forms.ChoiceField(label=_("How like them"), required=False, choices=LIKE)
    purpose = forms.ModelChoiceField(
        label=_("Purpose in the register"), queryset=Purpose.objects.none(),
        error_messages={"required": _("Every watch stands under a purpose. Register one first.")},
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, office: Office, now: Any, changes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["places"].choices = _places(office)  # type: ignore[attr-defined]
        if not self.fields["places"].choices:  # type: ignore[attr-defined]
            del self.fields["places"]
        if changes:
            del self.fields["purpose"]
        else:
            del self.fields["version"]
            self.fields["purpose"].queryset = purposes.get_running(office, watches.KINDS, now)  # type: ignore[attr-defined]

    def draft(self) -> watches.Draft:
        """What was written, for the services."""
        data = self.cleaned_data
        return watches.Draft(data["name"], data["query"], data.get("places", ()), data["examples"].splitlines(), bool(data["wide"]))


def _places(office: Office) -> list[tuple[str, str]]:
    """The office's places that exist, by name, each with its level."""
    levels = dict(Place.Level.choices)
    rows = Place.objects.filter(office=office, until=None).values_list("code", "name", "level")[:MOST_PLACES_SHOWN]
    return [(code, f"{name} ({levels[level]})") for code, name, level in rows]


def watch_or_404(request: OfficeRequest, pk: int) -> Watch:
    """The watch of the office."""
    found = watches.get_watch(office_of(request), pk)
    if found is None:
        raise Http404(gettext("There is no such watch in your office."))
    return found


@room
@require_GET
def watch_list(request: OfficeRequest) -> HttpResponse:
    """What is looked for again and again, with what matched."""
    need(request, "purposes.read")
    office = office_of(request)
    rows = watches.get_watches(office, request.now)
    context = {
        "room": "watches",
        "rows": rows,
        "new": sum(row.new > 0 for row in rows),
        "ended": watches.get_ended(office),
        "may_change": request.user.may("watches.change"),
    }
    return render(request, "listening/watches.html", context)


@room
@require_http_methods(["GET", "POST"])
def begin_watch(request: OfficeRequest) -> HttpResponse:
    """Write a watch, look at the past, begin it; a refusal says why and what may be asked instead."""
    need(request, "watches.change")
    office = office_of(request)
    form = WatchForm(request.POST or None, office=office, now=request.now)
    seen = None
    if request.method == "POST" and form.is_valid():
        draft = form.draft()
        try:
            if "preview" in request.POST:
                seen = watches.preview(request.user, office, draft, request.now)
            else:
                more = watches.More(places=draft.places, examples=draft.examples, wide=draft.wide)
                made = watches.begin(request.user, form.cleaned_data["purpose"], draft.name, draft.query, request.now, **more)
                messages.success(request, gettext("Watched from now on."))
                return redirect("watch", made.pk)
        except KentonganError as error:
            one_sentence(error, form)
    return _form_page(request, form, seen, None)


@room
@require_http_methods(["GET", "POST"])
def change_watch(request: OfficeRequest, pk: int) -> HttpResponse:
    """Change a watch, with the same look at the past."""
    need(request, "watches.change")
    found = watch_or_404(request, pk)
    office = office_of(request)
    initial = {
        "name": found.name, "query": found.query, "places": found.places, "examples": "\n".join(found.examples),
        "wide": "wide" if found.wide else "", "version": found.version,
    }  # fmt: skip
    form = WatchForm(request.POST or None, office=office, now=request.now, changes=True, initial=initial)
    seen = None
    if request.method == "POST" and form.is_valid():
        try:
            if "preview" in request.POST:
                seen = watches.preview(request.user, office, form.draft(), request.now)
            else:
                watches.change(request.user, found, form.cleaned_data["version"] or 0, form.draft(), request.now)
                messages.success(request, gettext("Changed."))
                return redirect("watch", pk)
        except KentonganError as error:
            one_sentence(error, form)
    return _form_page(request, form, seen, found)


def _form_page(request: OfficeRequest, form: WatchForm, seen: Preview | None, watch: Watch | None) -> HttpResponse:
    context: dict[str, Any] = {"room": "watches", "form": form, "watch": watch, "seen": seen, "fewest": FEWEST}
    if seen is not None:
        context |= {"finding": finding(seen), "drawing": _drawn(seen, request)}
        context["wide"] = watches.too_wide(seen) if seen.too_wide else ""
    return render(request, "listening/watch_form.html", context, status=422 if form.errors else 200)


def _drawn(seen: Preview, request: OfficeRequest) -> charts.Chart | None:
    """The days, with every second label: names of weekdays are long, and a phone is narrow."""
    chart = charts.by_day(seen.by_hour, None, request.now, days_in_words(seen))
    return replace(chart, hours=chart.hours[::2]) if chart is not None else None


def finding(seen: Preview) -> str:
    """What the past says, as the first line of the page."""
    told = {"n": presenting.number(seen.matched), "alerts": presenting.number(len(seen.alerts))}
    if not seen.matched:
        return gettext("Nothing would have matched since %(day)s") % {"day": presenting.short_day(seen.since)}
    items = ngettext("%(n)s item would have matched", "%(n)s items would have matched", seen.matched) % told
    rings = ngettext("about %(alerts)s alert", "about %(alerts)s alerts", len(seen.alerts)) % told if seen.alerts else gettext("no alert")
    return gettext("%(items)s since %(day)s, with %(rings)s") % {"items": items, "rings": rings, "day": presenting.short_day(seen.since)}


def days_in_words(seen: Preview) -> str:
    """The sentence of the chart."""
    told = {"n": presenting.number(24 * seen.matched / max(1, len(seen.by_hour)), 1), "percent": presenting.number(100 * seen.share, 1)}
    return gettext("On average %(n)s items a day would have matched, %(percent)s %% of all.") % told


@room
@require_GET
def watch(request: OfficeRequest, pk: int) -> HttpResponse:
    """One watch with what matched in the last fortnight, and why."""
    need(request, "purposes.read")
    found = watch_or_404(request, pk)
    office = office_of(request)
    runs = watches.runs(found, request.now)
    context = {
        "room": "watches",
        "watch": found,
        "hits": watches.get_hits(office, found, request.now),
        "runs": runs,
        "places": watches.place_names(office, found.places),
        "versions": watches.get_versions(found),
        "may_change": request.user.may("watches.change") and runs,
    }
    return render(request, "listening/watch.html", context)


@room
@require_POST
def end_watch(request: OfficeRequest, pk: int) -> HttpResponse:
    """End a watch."""
    need(request, "watches.change")
    found = watch_or_404(request, pk)
    attempt(request, lambda: watches.end(request.user, found, request.now), gettext("The watch has ended."))
    return redirect("watches")


@room
@require_POST
def look_through(request: OfficeRequest, pk: int) -> HttpResponse:
    """Say that what matched has been seen."""
    need(request, "watches.change")
    found = watch_or_404(request, pk)
    attempt(request, lambda: watches.look_through(request.user, found, request.now), gettext("Seen until now."))
    return redirect("watches")
