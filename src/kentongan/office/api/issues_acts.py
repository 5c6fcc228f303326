"""What is done with issues by program: by the services of the pages, so no door makes a move that is not in the table of the desk.

They stand on the router of `issues`. An answer of 409 carries the issue as it stands and what was sent. Which acts take `version`, and
which need a reason, the services say.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from django.utils.translation import gettext
from ninja import Status

from kentongan.errors import InputError
from kentongan.office.api import issues_schemas as given
from kentongan.office.api.conflicts import both_versions
from kentongan.office.api.entrance import door
from kentongan.office.api.issues import issue, issue_of, router
from kentongan.office.api.schemas import Strict
from kentongan.office.api.scopes import RESPOND
from kentongan.office.api.shapes import Shape, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.desk import opening, services
from kentongan.office.desk.services import IssueDraft, Seed
from kentongan.office.people.requests import OfficeRequest

__all__ = ["router"]


def _act(name: str, right: str, status: int = 200) -> dict[str, Any]:
    """What every act says of itself."""
    return door(name, RESPOND, right, given.Issue, 404, 422, status=status, conflict=given.IssueConflict)


def _both_versions(request: OfficeRequest, pk: int, sent: Strict) -> AbstractContextManager[None]:
    """Whoever comes second is told how the issue stands now, beside what they sent."""
    return both_versions(sent, lambda: given.Issue(**issue(request, issue_of(request, pk))))


@router.post("/issues", **door("open_issue", RESPOND, "issues.change", given.Issue, 409, 422, status=201))
def open_issue(request: OfficeRequest, wish: given.IssueOpen) -> Status[Shape]:
    """Open an issue, by hand or from a story, signal or claim, whose words and level it has where none are given."""
    seed, first = _seed(request, wish.about)
    sent = wish.model_dump(exclude={"about", "level", "reason"}, exclude_none=True)
    words = {name: value for name, value in {**first, **sent}.items() if name != "level"}
    draft = IssueDraft(**{"title": "", **words, "supporting": tuple(wish.supporting)})
    made = services.open_issue(request.user, draft, wish.level or first.get("level", ""), wish.reason, seed, request.now)
    return Status(201, issue(request, made))


def _seed(request: OfficeRequest, about: given.AboutIn | None) -> tuple[Seed, dict[str, Any]]:
    if about is None:
        return Seed(), {}
    seed, first = opening.seed_from(office_of(request), about.kind, about.id)
    if not seed.kind:
        raise InputError(gettext("There is no such thing in your office."), subject="about")
    return seed, first


@router.post("/issues/{pk}/change", **_act("change_issue", "issues.change"))
def change_issue(request: OfficeRequest, pk: Pk, wish: given.IssueChange) -> Shape:
    """Say it otherwise: title, summary, kind, topic, place, stance, who leads and supports, what is due. 409 shows both versions."""
    row = issue_of(request, pk)
    draft = IssueDraft(**{**services.stored_of(row), **wish.model_dump(exclude={"version"}, exclude_unset=True)})
    with _both_versions(request, pk, wish):
        return issue(request, services.change_issue(request.user, row, draft, wish.version, request.now))


@router.post("/issues/{pk}/move", **_act("move_issue", "issues.change"))
def move_issue(request: OfficeRequest, pk: Pk, wish: given.MoveIn) -> Shape:
    """Check, answer, say, watch, close, reopen. What holds already changes nothing; what the state does not allow is refused."""
    row = issue_of(request, pk)
    with _both_versions(request, pk, wish):
        more = {"reason": wish.reason, "until": wish.until}
        return issue(request, services.move(request.user, row, wish.act, wish.version, request.now, **more))


@router.post("/issues/{pk}/level", **_act("set_issue_level", "issues.decide"))
def set_issue_level(request: OfficeRequest, pk: Pk, wish: given.IssueLevelIn) -> Shape:
    """Say how serious it is, in one's own name, with a reason."""
    row = issue_of(request, pk)
    with _both_versions(request, pk, wish):
        return issue(request, services.set_level(request.user, row, wish.level, wish.reason, wish.version, request.now))


@router.post("/issues/{pk}/truth", **_act("decide_issue_truth", "claims.decide"))
def decide_issue_truth(request: OfficeRequest, pk: Pk, wish: given.IssueTruthIn) -> Shape:
    """Say whether it is so, in one's own name, with a reason and what shows it; `unverified` takes it back."""
    row, shows = issue_of(request, pk), (wish.reason, wish.evidence, wish.evidence_url)
    with _both_versions(request, pk, wish):
        return issue(request, services.decide_truth(request.user, row, wish.truth, *shows, wish.version, request.now))


@router.post("/issues/{pk}/people", **_act("restrict_issue", "issues.decide"))
def restrict_issue(request: OfficeRequest, pk: Pk, wish: given.IssueCircleIn) -> Shape:
    """Show it to its lead and the people named alone, or to everybody again who reads issues."""
    row = issue_of(request, pk)
    with _both_versions(request, pk, wish):
        return issue(request, services.restrict(request.user, row, wish.need_to_know, tuple(wish.named), wish.version, request.now))


@router.post("/issues/{pk}/link", **_act("link_issue", "issues.change"))
def link_issue(request: OfficeRequest, pk: Pk, wish: given.IssueLinkIn) -> Shape:
    """It is about this, too. A second time it changes nothing."""
    row, what = issue_of(request, pk), wish.url if wish.kind == "address" else wish.id or 0
    services.link(request.user, row, wish.kind, what, request.now)
    return issue(request, issue_of(request, pk))


@router.post("/issues/{pk}/unlink", **_act("unlink_issue", "issues.change"))
def unlink_issue(request: OfficeRequest, pk: Pk, wish: given.IssueUnlinkIn) -> Shape:
    """It is not about this; the record keeps that it was linked. A second time it changes nothing."""
    services.unlink(request.user, issue_of(request, pk), wish.link, request.now)
    return issue(request, issue_of(request, pk))


@router.post("/issues/{pk}/split", **_act("split_issue", "issues.decide", status=201))
def split_issue(request: OfficeRequest, pk: Pk, wish: given.IssueSplitIn) -> Status[Shape]:
    """Make links of it an issue of their own, seen by the same people; the answer is the new one."""
    row = issue_of(request, pk)
    with _both_versions(request, pk, wish):
        return Status(201, issue(request, services.split(request.user, row, tuple(wish.links), wish.title, wish.version, request.now)))


@router.post("/issues/{pk}/merge", **_act("merge_issue", "issues.decide"))
def merge_issue(request: OfficeRequest, pk: Pk, wish: given.IssueMergeIn) -> Shape:
    """Make it part of another that the same people see; nothing is moved, so it can be taken out again."""
    row, other = issue_of(request, pk), issue_of(request, wish.other)
    with _both_versions(request, pk, wish):
        return issue(request, services.merge(request.user, row, other, wish.reason, wish.version, request.now))


@router.post("/issues/{pk}/part", **_act("part_issue", "issues.decide"))
def part_issue(request: OfficeRequest, pk: Pk, wish: given.IssuePartIn) -> Shape:
    """Take it out of the other again: it is open, with what is its own."""
    row = issue_of(request, pk)
    with _both_versions(request, pk, wish):
        return issue(request, services.part(request.user, row, wish.reason, wish.version, request.now))
