"""Warnings and fact-checks as the institutions said them, and the outlets that are proposed as sources."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from kentongan.office.listening import notices, proposals
from kentongan.office.listening.models import SourceProposal
from kentongan.office.listening.register import need
from kentongan.office.listening.views import attempt, office_of, room
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.views import back


@room
@require_GET
def warnings(request: OfficeRequest) -> HttpResponse:
    """Warnings in force, and those that are over."""
    listed = notices.get_hazards(office_of(request), request.now)
    return render(request, "listening/warnings.html", {"room": "briefing", "listed": listed})


@room
@require_GET
def fact_checks(request: OfficeRequest) -> HttpResponse:
    """Claims that fact-checkers have looked at, in their words."""
    rows = notices.get_checks(office_of(request))
    return render(request, "listening/fact_checks.html", {"room": "briefing", "rows": rows})


@room
@require_GET
def source_proposals(request: OfficeRequest) -> HttpResponse:
    """Outlets that our articles name and nobody listens to yet."""
    listed = proposals.get_proposals(office_of(request))
    context = {"room": "sources", "listed": listed, "may_change": request.user.may("sources.change")}
    return render(request, "listening/proposals.html", context)


def _decide(request: OfficeRequest, pk: int, state: str, done: str) -> HttpResponse:
    need(request, "sources.change")
    found = proposals.get_proposal(office_of(request), pk)
    if found is None:
        raise Http404(gettext("There is no such proposal in your office."))
    attempt(request, lambda: proposals.decide(request.user, found, state, request.now), done)
    return back(request)


@room
@require_POST
def decline(request: OfficeRequest, pk: int) -> HttpResponse:
    """Say that a proposed outlet is not ours."""
    return _decide(request, pk, SourceProposal.State.DECLINED, gettext("Not ours. It is not proposed again."))


@room
@require_POST
def offer_again(request: OfficeRequest, pk: int) -> HttpResponse:
    """Take that back."""
    return _decide(request, pk, SourceProposal.State.NEW, gettext("Offered again."))
