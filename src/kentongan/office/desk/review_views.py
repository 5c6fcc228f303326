"""The page that looks back on an issue."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from kentongan.office.desk import queries, review_drawing, review_queries
from kentongan.office.desk.views import ROOM, issue_or_404
from kentongan.office.listening.presenting import Words
from kentongan.office.people.doors import room
from kentongan.office.people.requests import OfficeRequest

KINDS: dict[str, Words] = {
    "first": pgettext_lazy("promise", "First answer"), "update": pgettext_lazy("promise", "Next update"),
    "step": pgettext_lazy("promise", "Approval"), "review": pgettext_lazy("promise", "Review of what was published alone"),
}  # fmt: skip
OUTCOMES: dict[str, Words] = {
    "kept": pgettext_lazy("promise", "in time"), "late": pgettext_lazy("promise", "late"),
    "missed": pgettext_lazy("promise", "did not come"), "open": pgettext_lazy("promise", "still to come"),
}  # fmt: skip


@room("issues.read")
@require_GET
def review_issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """What was promised, what came, and every step there was."""
    issue = issue_or_404(request, pk)
    found = review_queries.get_review(request.user, issue, queries.get_parts(issue), request.now)
    context = {
        "issue": issue, "review": found, "title": review_drawing.title_of(found), "picture": review_drawing.picture(found),
        "promises": [(KINDS[one.kind], OUTCOMES[one.outcome], one) for one in found.promises],
    }  # fmt: skip
    return render(request, "desk/review.html", {**ROOM, **context})
