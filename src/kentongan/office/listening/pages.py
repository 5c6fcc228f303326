"""Sources and search. Adding a source asks the address once, with all the fetcher's guards; nothing else here goes outside."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET

from kentongan.engine import opml
from kentongan.office import outside
from kentongan.office.listening import adding, health, presenting, queries, services, silences
from kentongan.office.listening import search as searching
from kentongan.office.listening.forms import AddressForm, ImportForm, ReasonForm, SearchForm, SourceForm
from kentongan.office.listening.models import Source
from kentongan.office.listening.views import attempt, attempt_with_reason, deciding, office_of, room
from kentongan.office.people.requests import OfficeRequest


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
    context = {"room": "sources", "states": states, "counts": counts, "title": _title(counts), "words": health.STATE_WORDS}
    return render(request, "listening/sources.html", {**context, "address": AddressForm(), "file": ImportForm()})


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
    context = {"room": "sources", "one": one, "source": found, "visits": queries.get_visits(found), "form": ReasonForm()}
    return render(request, "listening/source.html", context)


@deciding
def look_at_address(request: OfficeRequest) -> HttpResponse:
    """Ask an address what it is and offer what was found."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Type an address first."))
        return redirect("sources")
    found = adding.look_at(outside.fetcher(), form.cleaned_data["address"])
    initial = {
        "name": adding.name_for(found),
        "outlet": adding.name_for(found),
        "url": found.url,
        "kind": found.kind or Source.Kind.LISTING,
    }
    if found.reading is not None:
        initial["language"] = (found.reading.language or "")[:2]
    context = {"room": "sources", "found": found, "form": SourceForm(initial=initial), "typed": form.cleaned_data["address"]}
    return render(request, "listening/add_source.html", context)


@deciding
def add_source(request: OfficeRequest) -> HttpResponse:
    """Add a source that was looked at."""
    form = SourceForm(request.POST, instance=Source(office=office_of(request)))
    if not form.is_valid():
        return render(request, "listening/add_source.html", {"room": "sources", "form": form, "found": None}, status=422)
    added = services.add_source(request.user, form.instance, request.now)
    messages.success(request, gettext("Added. The first visit is due now."))
    return redirect("source", added.pk)


@deciding
def pause(request: OfficeRequest, pk: int) -> HttpResponse:
    """Stop visiting a source, with a reason that everyone sees."""
    found = source_or_404(request, pk)
    done = gettext("Paused, with your reason.")
    attempt_with_reason(request, lambda reason: services.pause_source(request.user, found, reason, request.now), done)
    return redirect("source", pk)


@deciding
def resume(request: OfficeRequest, pk: int) -> HttpResponse:
    """Visit a source again."""
    found = source_or_404(request, pk)
    attempt(request, lambda: services.resume_source(request.user, found, request.now), gettext("Visited again from now on."))
    return redirect("source", pk)


@room
@require_GET
def export_sources(request: OfficeRequest) -> HttpResponse:
    """The list of sources as OPML."""
    office = office_of(request)
    outlines = adding.outlines(office)
    body = opml.write(outlines, office.name)
    services.note_export(request.user, "sources.opml", request.now, rows=len(outlines))
    return HttpResponse(
        body, content_type="text/x-opml", headers={"Content-Disposition": f'attachment; filename="{office.slug}-sources.opml"'}
    )


@deciding
def import_sources(request: OfficeRequest) -> HttpResponse:
    """Add the sources of an OPML file; those already there are left as they are."""
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, gettext("Choose a file first."))
        return redirect("sources")
    outlines, problems = opml.read(form.cleaned_data["file"].read(opml.MAX_BYTES + 1))
    office = office_of(request)
    known = {one.url for one in queries.get_sources(office)}
    fresh = [adding.source_from(office, outline) for outline in outlines if outline.url not in known]
    for one in fresh:
        services.add_source(request.user, one, request.now)
    said = ngettext("%(n)s source added", "%(n)s sources added", len(fresh)) % {"n": presenting.number(len(fresh))}
    there = gettext("%(n)s were there already") % {"n": presenting.number(len(outlines) - len(fresh))}
    messages.success(request, f"{said}; {there}.")
    for problem in problems:
        messages.warning(request, presenting.remark(problem))
    return redirect("sources")


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
        services.note_search(request.user, typed, asdict(chosen), len(context["hits"]), request.now)
    return render(request, "listening/search.html", context)
