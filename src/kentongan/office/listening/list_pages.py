"""Many sources at once: starter packs and lists from other programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from kentongan import packs as shipped
from kentongan.engine import opml
from kentongan.errors import KentonganError
from kentongan.office.listening import lists, presenting, queries
from kentongan.office.listening.forms import ImportForm, PackForm
from kentongan.office.listening.register import need
from kentongan.office.listening.views import office_of, room
from kentongan.office.people.doors import act
from kentongan.office.people.requests import OfficeRequest
from kentongan.packs import Pack, PackEntry

REASONS_SHOWN = 3
EVIDENCE_WORDS: dict[str, Any] = {
    "answered": _("A public record says that it answered."),
    "documented": _("Its owner names this address."),
    "public-code": _("The address stands in public programs."),
    "memory": _("From memory; nobody has looked."),
}


@dataclass(frozen=True, slots=True)
class PackLine:
    """A pack in the list: how many of its sources the office has, and how well its addresses are known."""

    pack: Pack
    here: int
    evidence: tuple[tuple[str, Any, int], ...]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One source of a pack: whether the office has it, and how well its address is known."""

    entry: PackEntry
    here: bool
    evidence: Any
    voice: Any


def _line(pack: Pack, known: set[str]) -> PackLine:
    counts = tuple((word, EVIDENCE_WORDS[word], sum(entry.evidence == word for entry in pack.entries)) for word in EVIDENCE_WORDS)
    return PackLine(pack, sum(entry.url in known for entry in pack.entries), tuple(one for one in counts if one[2]))


def _known(request: OfficeRequest) -> set[str]:
    return {one.url for one in queries.get_sources(office_of(request))}


@room
@require_GET
def packs(request: OfficeRequest) -> HttpResponse:
    """The starter packs, and how well their addresses are known."""
    need(request, "sources.change")
    known = _known(request)
    context = {"room": "sources", "lines": [_line(pack, known) for pack in shipped.get_packs()], "file": ImportForm()}
    return render(request, "listening/packs.html", context)


@room
@require_http_methods(["GET", "POST"])
def pack(request: OfficeRequest, name: str) -> HttpResponse:
    """One pack: choose its sources and add them."""
    need(request, "sources.change")
    found = next((one for one in shipped.get_packs() if one.name == name), None)
    if found is None:
        raise Http404(gettext("There is no such starter pack."))
    office = office_of(request)
    posted = request.POST if request.method == "POST" else None
    form = PackForm(posted, office=office, now=request.now, addresses=[entry.url for entry in found.entries])
    if request.method == "POST" and form.is_valid():
        wanted = set(form.cleaned_data["entry"])
        rows = [lists.of_pack(office, entry) for entry in found.entries if entry.url in wanted]
        try:
            done = lists.add(request.user, rows, form.cleaned_data["purpose"], request.now, f"pack {found.name}")
        except KentonganError as error:
            form.add_error(None, str(error))
        else:
            _say(request, done)
            return redirect("sources")
    known = _known(request)
    entries = [
        EntryLine(entry, entry.url in known, EVIDENCE_WORDS[entry.evidence], presenting.SOURCE_KIND_WORDS[entry.source_kind])
        for entry in found.entries
    ]
    context = {"room": "sources", "pack": found, "entries": entries, "form": form, "new": sum(not one.here for one in entries)}
    return render(request, "listening/pack.html", context, status=422 if form.errors else 200)


@act("sources.change")
def import_sources(request: OfficeRequest) -> HttpResponse:
    """Add the sources of an OPML file; those already there are left as they are."""
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, gettext("Choose a file first."))
        return redirect("sources")
    outlines, problems = opml.read(form.cleaned_data["file"].read(opml.MAX_BYTES + 1))
    try:
        done = lists.add(request.user, lists.of_outlines(office_of(request), outlines), None, request.now, "opml")
    except KentonganError as error:
        messages.error(request, str(error))
        return redirect("sources")
    _say(request, done)
    for problem in problems:
        messages.warning(request, presenting.remark(problem))
    return redirect("sources")


def _say(request: OfficeRequest, done: lists.Added) -> None:
    """How many were added and were there before, and the most frequent reasons why others were not."""
    said = ngettext("%(n)s source added", "%(n)s sources added", done.added) % {"n": presenting.number(done.added)}
    there = gettext("%(n)s were there already") % {"n": presenting.number(done.there)}
    messages.success(request, f"{said}; {there}.")
    for why, n in done.refused[:REASONS_SHOWN]:
        messages.warning(request, gettext("Left out (%(n)s): %(why)s") % {"n": presenting.number(n), "why": why})
    rest = sum(n for _, n in done.refused[REASONS_SHOWN:])
    if rest:
        messages.warning(request, gettext("Left out for other reasons: %(n)s.") % {"n": presenting.number(rest)})
