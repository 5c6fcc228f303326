"""The page of an echo: what became of what the office said. One act: "not ours", and back."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from kentongan.office import outside
from kentongan.office.desk import echo_drawing, echo_queries, echo_services, queries, statement_queries
from kentongan.office.desk.statement_views import statement_or_404
from kentongan.office.desk.views import ROOM
from kentongan.office.listening.claims_reading import centres_for
from kentongan.office.people.doors import act, attempt, room
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.typed import whole


@room("issues.read")
@require_GET
def echo(request: OfficeRequest, pk: int) -> HttpResponse:
    """Who carried it and when, what came through of it, what is still asked, what changed, whom it did not reach."""
    found = statement_or_404(request, pk)
    made = statement_queries.get_publication(found)
    if made is None:
        raise Http404(gettext("This is not published."))
    context = {"statement": found, "issue": found.issue, "made": made, "changes": request.user.may("issues.change")}
    reading = echo_queries.get_reading(made)
    if reading is None:
        return render(request, "desk/statements/echo.html", {**ROOM, **context})
    issues = [found.issue, *queries.get_parts(found.issue)]
    one = echo_queries.get_echo(reading, issues, centres_for(outside.embedder()), request.now)
    start = whole(request.GET.get("from", ""), 6) or 0
    ties, more = echo_queries.get_ties(reading, start)
    context |= {
        "echo": one,
        "title": echo_drawing.title_of(len(one.carrying), one.told, one.after),
        "picture": echo_drawing.picture(one.outlets, made.readable_from, min(request.now, reading.until)),
        "reason": one.effect.reason() if one.effect is not None else None,
        "ties": ties,
        "next": start + echo_queries.PAGE if more else 0,
        "followed": request.now < reading.until,
    }
    return render(request, "desk/statements/echo.html", {**ROOM, **context})


@act("issues.change")
def judge_tie(request: OfficeRequest, pk: int, tie: int) -> HttpResponse:
    """This article is not ours; or it is after all."""
    found, back = statement_or_404(request, pk), request.POST.get("ours") == "1"
    say = echo_services.take_back if back else echo_services.refuse
    done = gettext("Taken back.") if back else gettext("Noted: it counts no more. The engine's word stays beside yours.")
    attempt(request, lambda: say(request.user, found, tie, request.now), done)
    return redirect("echo", pk)
