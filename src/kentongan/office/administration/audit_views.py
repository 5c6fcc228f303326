"""The auditor's pages: the record of what was done, narrowed and taken out, how far its chain was verified; and the backups."""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET

from kentongan.office.administration import (
    audit_services,
    backup_services,
    reconstructing,
    reconstructing_drafts,
    reconstructing_export,
    storage,
)
from kentongan.office.administration.models import Backup
from kentongan.office.administration.reconstructing import Reconstruction
from kentongan.office.desk.history import due_of
from kentongan.office.ledger import queries
from kentongan.office.ledger.acts import ACTS
from kentongan.office.people.doors import act, attempt, office_of, room
from kentongan.office.people.models import Role
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.typed import whole

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "jsonl": "application/x-ndjson"}
KINDS = {
    "changed": gettext_lazy("a line was changed after it was written"),
    "removed": gettext_lazy("a line was removed"),
    "inserted": gettext_lazy("a line was put in later"),
    "reordered": gettext_lazy("a line was moved"),
    "cut": gettext_lazy("the end was cut off"),
    "rewritten": gettext_lazy("the chain was written anew"),
}
BACKUPS = 30
EARLIEST, LATEST = date(2000, 1, 1), date(9990, 1, 1)


class LineFilterForm(forms.Form):
    """What the record is narrowed to."""

    since = forms.DateField(label=gettext_lazy("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    act = forms.ChoiceField(label=gettext_lazy("What was done"), required=False)
    actor = forms.IntegerField(label=gettext_lazy("Number of the person"), required=False, min_value=0, max_value=2**62)
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    subject = forms.RegexField(
        label=gettext_lazy("About"),
        required=False,
        regex=r"^[^\x00-\x1f]{1,100}$",
        widget=forms.TextInput(attrs={"placeholder": "story:12"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = sorted(((code, str(words)) for code, words in ACTS.items()), key=lambda one: one[1].casefold())
        self.fields["act"].choices = [("", gettext("Everything")), *acts]  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", gettext("All roles")), *Role.choices]  # type: ignore[attr-defined]

    def filter(self) -> queries.LineFilter:
        """The filter that was chosen; what cannot be read narrows nothing."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        for name in ("since", "until"):
            if name in given and not EARLIEST <= given[name] <= LATEST:
                del given[name]
        return queries.LineFilter(**given)


def _zone(request: OfficeRequest) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(office_of(request).time_zone)


@room("ledger.read")
@require_GET
def record(request: OfficeRequest) -> HttpResponse:
    """What was done, the latest first. Two queries, whatever the length."""
    form = LineFilterForm(request.GET)
    chosen = form.filter()
    before = whole(request.GET.get("after", ""))
    rows, last = queries.get_lines(office_of(request).pk, chosen, _zone(request), before)
    query = request.GET.copy()
    query.pop("after", None)
    roles = _roles()
    verified = queries.get_verified(office_of(request).pk)
    context = {
        "room": "office",
        "form": form,
        "chosen": chosen,
        "rows": [(row, roles.get(row.role, row.role)) for row in rows],
        "more": f"?{query.urlencode()}&after={last}" if last is not None else "",
        "query": query.urlencode(),
        "verified": verified,
        "wrong": KINDS.get(verified.kind, verified.kind) if verified else "",
    }
    return render(request, "administration/audit_record.html", context)


@room("ledger.read")
@require_GET
def export_record(request: OfficeRequest, form: str) -> HttpResponseBase:
    """The same lines as a file, with the hashes, without names."""
    chosen = LineFilterForm(request.GET).filter()
    audit_services.begin_export(request.user, form, chosen, request.now)
    office = office_of(request)
    name = f"{office.slug}-record-{request.now:%Y-%m-%d}.{form}"
    return StreamingHttpResponse(
        audit_services.exported(office.pk, form, chosen, _zone(request)),
        content_type=TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@room("ledger.read")
@require_GET
def published_record(request: OfficeRequest) -> HttpResponse:
    """What was published, the latest first, each with its reconstruction."""
    start = whole(request.GET.get("start", ""), 6) or 0
    rows, more = reconstructing.get_published(office_of(request), start)
    context = {"room": "office", "rows": rows, "next": start + reconstructing.PAGE if more else None}
    return render(request, "administration/audit_published.html", context)


@room("ledger.read")
@require_GET
def reconstruction(request: OfficeRequest, pk: int) -> HttpResponse:
    """Who decided what when about one publication, and whether it all agrees."""
    found = _reconstruction_or_404(request, pk)
    zone = _zone(request)
    days = {"since": f"{found.made.statement.made.astimezone(zone):%Y-%m-%d}", "until": f"{found.made.at.astimezone(zone):%Y-%m-%d}"}
    context = {
        "room": "office", "found": found, "made": found.made, "office": office_of(request), "days": days,
        "lines": _told(found.lines), "deleted": _told(found.deleted), "roles": _roles(),
    }  # fmt: skip
    return render(request, "administration/audit_reconstruction.html", context)


def _reconstruction_or_404(request: OfficeRequest, pk: int) -> Reconstruction:
    found = reconstructing.reconstruct(office_of(request), pk, request.now)
    if found is None:
        raise _unknown()
    return found


def _unknown() -> Http404:
    return Http404(gettext("There is no publication at this address."))


def _roles() -> dict[str, str]:
    return {value: str(words) for value, words in Role.choices}


@dataclass(frozen=True, slots=True)
class Told:
    """A line as a page about one matter shows it: the role in words, and what was due before and after where that moved."""

    row: queries.Row
    role: str
    due: tuple[datetime | None, datetime | None] | None
    facts: list[tuple[str, str]]


def _told(rows: Sequence[queries.Row]) -> list[Told]:
    roles = _roles()
    return [_line(row, roles.get(row.role, row.role)) for row in rows]


def _line(row: queries.Row, role: str) -> Told:
    due = due_of(json.loads(row.detail))
    return Told(row, role, due, [one for one in row.facts if one[0] != "due" or due is None])


@room("ledger.read")
@require_GET
def reconstruction_version(request: OfficeRequest, pk: int, number: int) -> HttpResponse:
    """What one version changed of the one before, sentence by sentence, and where each is from."""
    made = reconstructing.get_made(office_of(request), pk)
    found = reconstructing_drafts.get_compared(made, number) if made is not None else None
    if made is None or found is None:
        raise _unknown()
    version, before, changes = found
    role = reconstructing_drafts.get_role(made, number)
    context = {
        "room": "office", "made": made, "version": version, "before": before, "changes": changes, "role": _roles().get(role, role),
    }  # fmt: skip
    return render(request, "administration/audit_version.html", context)


@room("ledger.read")
@require_GET
def export_reconstruction(request: OfficeRequest, pk: int, form: str) -> HttpResponse:
    """The whole of it as a file, without names; a line of the record names its digest."""
    found = _reconstruction_or_404(request, pk)
    body = reconstructing_export.exported(request.user, found, form, request.now)
    name = f"{office_of(request).slug}-{found.made.slug}-record.{form}"
    return HttpResponse(body, content_type=TYPES[form], headers={"Content-Disposition": f'attachment; filename="{name}"'})


@act("ledger.read")
def verify_record(request: OfficeRequest) -> HttpResponse:
    """Let the chain be verified now."""
    done = gettext("The chain is being verified; what is found appears here in a moment.")
    attempt(request, lambda: audit_services.ask_to_verify(request.user), done)
    return redirect("record")


@room("jobs.change")
@require_GET
def backups(request: OfficeRequest) -> HttpResponse:
    """The latest backups and whether restoring them on trial gave the same."""
    rows = Backup.objects.filter(office=office_of(request))[:BACKUPS]
    shown = {"backups": rows, "folder": backup_services.folder(), "shared": storage.has_others()}
    return render(request, "administration/backups.html", {"room": "office", **shown})
