"""Clocks that a law sets, as the page of an issue shows, begins and ends them."""

from __future__ import annotations

from ninja import Router, Status

from kentongan.office.api import issues_schemas as given
from kentongan.office.api.conflicts import both_versions
from kentongan.office.api.entrance import door
from kentongan.office.api.issues import issue, issue_of
from kentongan.office.api.scopes import ISSUES, RESPOND
from kentongan.office.api.shapes import Shape, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.desk import clock_queries, clock_services, clocks, queries
from kentongan.office.desk.clock_queries import Shown
from kentongan.office.desk.clock_services import Event
from kentongan.office.people.requests import OfficeRequest

router = Router()


@router.get("/issues/{pk}/clocks", **door("list_clocks", ISSUES, "issues.read", given.IssueClocks, 404, 422))
def list_clocks(request: OfficeRequest, pk: Pk) -> Shape:
    """Clocks set by law that were begun about an issue and its parts, what came of them, and which can be begun."""
    return _clocks(request, pk)


def _clocks(request: OfficeRequest, pk: int) -> Shape:
    found, country = issue_of(request, pk), office_of(request).country
    shown = clock_queries.get_shown([found, *queries.get_parts(found)], request.now)
    return {
        "rows": [_clock(one) for one in shown],
        "offered": [one.code for one in clocks.offered(country, "publication")],
        "for_corrections": [one.code for one in clocks.offered(country, "correction")],
    }


def _clock(one: Shown) -> Shape:
    plain = {name: getattr(one.clock, name) for name in ("issue", "number", "start", "due", "begun", "by")}
    more = {"law": one.clock.law.code, "name": one.name, "known": one.clock.law.known, "statement": one.clock.of}
    return {**plain, **more, "came": one.came, "outcome": one.outcome}


@router.post(
    "/issues/{pk}/clocks",
    **door("begin_clock", RESPOND, "issues.change", given.IssueClocks, 404, 422, status=201, conflict=given.IssueConflict),
)
def begin_clock(request: OfficeRequest, pk: Pk, wish: given.ClockBegin) -> Status[Shape]:
    """Begin a clock in one's own name, from the moment of an event that is past. 409 shows both versions."""
    row = issue_of(request, pk)
    with both_versions(wish, lambda: given.Issue(**issue(request, issue_of(request, pk)))):
        clock_services.begin(request.user, row, Event(wish.law, wish.start, wish.reason, wish.statement), wish.version, request.now)
    return Status(201, _clocks(request, pk))


@router.post("/issues/{pk}/clocks/end", **door("end_clock", RESPOND, "issues.change", given.IssueClocks, 404, 422))
def end_clock(request: OfficeRequest, pk: Pk, wish: given.ClockEnd) -> Shape:
    """Say in one's own name what became of a clock. A second time it changes nothing."""
    clock_services.end(request.user, issue_of(request, pk), wish.number, wish.how, wish.reason, request.now)
    return _clocks(request, pk)
