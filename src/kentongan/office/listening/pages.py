"""Sources and search. Adding a source asks the address once, with all the fetcher's guards; nothing else here goes outside."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kentongan.adapters.sources import KINDS
from kentongan.engine import opml, silence
from kentongan.engine.names import load_tagger
from kentongan.errors import KentonganError
from kentongan.office import outside
from kentongan.office.listening import (
    adding,
    charts,
    collecting,
    credentials,
    health,
    kinds,
    presenting,
    proposals,
    purposes,
    queries,
    searched,
    services,
    silences,
)
from kentongan.office.listening import search as searching
from kentongan.office.listening.forms import AddressForm, KindForm, ReasonForm, SearchForm, SourceForm
from kentongan.office.listening.models import Credential, Source
from kentongan.office.listening.register import need
from kentongan.office.listening.views import attempt, attempt_with_reason, office_of, room
from kentongan.office.people import settings as office_settings
from kentongan.office.people.doors import act, say_at_field
from kentongan.office.people.requests import OfficeRequest

SHOWN = 100
"""Sources on one page; what needs somebody stands on the first."""


def _health(request: OfficeRequest) -> list[health.Health]:
    """Every source with its state, those that need someone first."""
    office = office_of(request)
    counts = queries.get_item_counts(office, request.now - health.WINDOW)
    quiet = silences.by_source(office, request.now)
    states = [health.health(one, counts.get(one.pk), quiet.get(one.pk), request.now) for one in queries.get_sources(office)]
    return sorted(states, key=lambda one: (health.ORDER.index(one.state), one.source.name.casefold()))


@room
@require_GET
def sources(request: OfficeRequest) -> HttpResponse:
    """How every source is; none is left out."""
    states = _health(request)
    counts = {state: sum(one.state == state for one in states) for state in health.ORDER}
    typed = request.GET.get("page", "")
    page = int(typed) if typed.isdecimal() and len(typed) < 5 else 1
    shown = states[(page - 1) * SHOWN : page * SHOWN]
    more = f"?page={page + 1}" if len(states) > page * SHOWN else ""
    context = {"room": "sources", "states": shown, "more": more, "counts": counts, "title": _title(counts), "words": health.STATE_WORDS}
    context |= {"address": AddressForm(), "may_change": request.user.may("sources.change")}
    context["may_export"] = request.user.may("exports.make")
    context["proposed"] = proposals.count_new(office_of(request))
    context |= {"nobody_to_ask": office_settings.nobody_to_ask(), "may_set": request.user.may("office.change")}
    return render(request, "listening/sources.html", context)


def _title(counts: dict[str, int]) -> str:
    total, failing, silent = sum(counts.values()), counts["failing"], counts["silent"]
    if not total:
        return gettext("No source yet. Add the first one.")
    if not failing and not silent:
        return ngettext("%(n)s source, and it speaks.", "%(n)s sources, and all speak.", total) % {"n": presenting.number(total)}
    said = {"total": presenting.number(total), "failing": presenting.number(failing), "silent": presenting.number(silent)}
    if not silent:
        return ngettext("%(failing)s of %(total)s sources fails.", "%(failing)s of %(total)s sources fail.", failing) % said
    if not failing:
        return ngettext("%(silent)s of %(total)s sources is silent.", "%(silent)s of %(total)s sources are silent.", silent) % said
    return gettext("Of %(total)s sources, %(failing)s cannot be read and %(silent)s have fallen silent.") % said


def source_or_404(request: OfficeRequest, pk: int) -> Source:
    source = queries.get_source(office_of(request), pk)
    if source is None:
        raise Http404(gettext("There is no such source in your office."))
    return source


@room
@require_GET
def source(request: OfficeRequest, pk: int) -> HttpResponse:
    """One source: how it is and what came of its latest visits."""
    found = source_or_404(request, pk)
    office = office_of(request)
    counts = queries.get_item_counts(office, request.now - health.WINDOW)
    one = health.health(found, counts.get(found.pk), silences.by_source(office, request.now).get(found.pk), request.now)
    fields = credentials.fields_of(found)
    context = {
        "room": "sources",
        "one": one,
        "source": found,
        "address": kinds.shown(found.url),
        "link": found.url if found.url.startswith(("http://", "https://")) and not kinds.holds_secret(found.url) else "",
        "visits": queries.get_visits(found),
        "untold": _missing_pages(found, request) if health.has_pages(found) else [],
        "drawing": _drawing(found, one, request),
        "form": ReasonForm(),
        "locked": bool(fields),
        "needed": any(field.required for field in fields),
        "key": Credential.objects.filter(source=found).only("tested", "outcome").first() if fields else None,
        "may_give": request.user.may("credentials.change"),
        "may_change": request.user.may("sources.change"),
        "under": not found.paused or purposes.holds(found.purpose, purposes.today(office, request.now)),
    }
    return render(request, "listening/source.html", context)


def _missing_pages(found: Source, request: OfficeRequest) -> list[tuple[str, int]]:
    """Why pages of the last 28 days were not read, in words, and how often."""
    return [(presenting.missing_page(kind), n) for kind, n in queries.get_missing_pages(found, request.now - health.WINDOW)]


def _drawing(source: Source, one: health.Health, request: OfficeRequest) -> charts.Chart | None:
    """What the source said on each day of the window against what is usual, headed by its silence or its rhythm."""
    counts, last = silences.hours_of(source, request.now)
    expected = silence.expected(counts, last, request.now, silences.offset_of(office_of(request), request.now))
    words = one.reason if one.state == "silent" else gettext("It says %(rhythm)s.") % {"rhythm": one.rhythm}
    return charts.by_day(counts, expected.tolist() if expected is not None else None, request.now, words)


@room
@require_POST
def look_at_address(request: OfficeRequest) -> HttpResponse:
    """Ask an address what it is and offer what was found: for those who may add it, because the server asks the host for them."""
    need(request, "sources.change")
    form = AddressForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Type an address first."))
        return redirect("sources")
    typed = kinds.tidy(Source.Kind.LISTING, form.cleaned_data["address"])
    try:
        kinds.check_address(Source.Kind.LISTING, typed)
    except KentonganError as error:
        return _shown(request, adding.Found(typed, "", None, (), str(error)), typed)
    return _shown(request, adding.look_at(outside.fetcher(), typed), typed)


def _shown(request: OfficeRequest, found: adding.Found, typed: str, pattern: str = "") -> HttpResponse:
    """What was found, with the form to add it."""
    kind = found.kind or Source.Kind.LISTING
    name = adding.name_for(found)
    initial = {"name": name, "outlet": name, "url": found.url, "kind": kind, "pattern": pattern}
    if found.reading is not None:
        initial["language"] = (found.reading.language or "")[:2]
    form = SourceForm(initial=initial, office=office_of(request), now=request.now, kind=found.kind)
    card = kinds.card_of(kind) if kind not in kinds.SIMPLE else None
    context = {"room": "sources", "found": found, "form": form, "typed": kinds.shown(typed), "card": card}
    return render(request, "listening/add_source.html", context)


@room
@require_GET
def source_kinds(request: OfficeRequest) -> HttpResponse:
    """Every kind of source, in a sentence each."""
    need(request, "sources.change")
    return render(request, "listening/source_kinds.html", {"room": "sources", "cards": kinds.get_cards(), "simple": AddressForm()})


@room
@require_http_methods(["GET", "POST"])
def source_of_kind(request: OfficeRequest, kind: str) -> HttpResponse:
    """Look at an address as one kind of source; one that is not read is refused with its reason."""
    need(request, "sources.change")
    if kind not in KINDS or kind in kinds.SIMPLE:
        raise Http404(gettext("There is no such kind of source."))
    form = KindForm(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and form.is_valid():
        typed, pattern = form.cleaned_data["address"], form.cleaned_data.get("pattern", "")
        offset = collecting.zone_offset(office_of(request).time_zone, request.now)
        try:
            found = adding.look_as(kind, typed, pattern, outside.fetcher(), outside.reader, offset, load_tagger())
        except KentonganError as error:
            form.add_error("address", str(error))
        else:
            if not found.problem:
                return _shown(request, found, typed, pattern)
            form.add_error(None, found.problem)
    context = {"room": "sources", "card": kinds.card_of(kind), "form": form}
    return render(request, "listening/source_of_kind.html", context, status=422 if form.errors else 200)


@act("sources.change")
def add_source(request: OfficeRequest) -> HttpResponse:
    """Add a source that was looked at."""
    kind = request.POST.get("kind", "")
    form = SourceForm(request.POST, office=office_of(request), now=request.now, kind=kind if kind in KINDS else "")
    if form.is_valid():
        try:
            added = services.add_source(request.user, form.source(), request.now)
        except KentonganError as error:
            say_at_field(form, error)
        else:
            proposals.settle(added)
            messages.success(request, gettext("Added. The first visit is due now."))
            return redirect("credentials" if _needs_key(request, added) else "source", added.pk)
    card = kinds.card_of(kind) if kind in KINDS and kind not in kinds.SIMPLE else None
    return render(request, "listening/add_source.html", {"room": "sources", "form": form, "found": None, "card": card}, status=422)


def _needs_key(request: OfficeRequest, source: Source) -> bool:
    return request.user.may("credentials.change") and any(field.required for field in credentials.fields_of(source))


@act("sources.change")
def pause(request: OfficeRequest, pk: int) -> HttpResponse:
    """Stop visiting a source, with a reason that everyone sees."""
    found = source_or_404(request, pk)
    done = gettext("Paused, with your reason.")
    attempt_with_reason(request, lambda reason: services.pause_source(request.user, found, reason, request.now), done)
    return redirect("source", pk)


@act("sources.change")
def resume(request: OfficeRequest, pk: int) -> HttpResponse:
    """Visit a source again; where its purpose is over, another one is chosen first."""
    found = source_or_404(request, pk)
    gone_on = attempt(request, lambda: services.resume_source(request.user, found, request.now), gettext("Visited again from now on."))
    over = not purposes.holds(found.purpose, purposes.today(office_of(request), request.now))
    return redirect("change_source" if not gone_on and over else "source", pk)


@room
@require_GET
def export_sources(request: OfficeRequest) -> HttpResponse:
    """The list of sources as OPML, for those who may take lists away."""
    need(request, "exports.make")
    office = office_of(request)
    outlines = adding.outlines(office, secrets=request.user.may("credentials.change"))
    body = opml.write(outlines, office.name)
    services.note_export(request.user, "sources.opml", request.now, rows=len(outlines))
    return HttpResponse(
        body, content_type="text/x-opml", headers={"Content-Disposition": f'attachment; filename="{office.slug}-sources.opml"'}
    )


@room
@require_GET
def search(request: OfficeRequest) -> HttpResponse:
    """Search by words and by meaning."""
    office = office_of(request)
    form = SearchForm(request.GET, outlets=queries.get_outlet_names(office))
    chosen = form.filter()
    typed = str(form.cleaned_data.get("q") or "").strip()
    context: dict[str, Any] = {"room": "search", "form": form, "typed": typed}
    if typed:
        context["hits"] = searching.search(office, typed, chosen, outside.embedder(), request.now)
        context["shown"] = searching.SHOWN
        searched.note(request.user, typed, asdict(chosen), len(context["hits"]), request.now)
    return render(request, "listening/search.html", context)
