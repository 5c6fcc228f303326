"""The pages of issues: the board, opening one, one issue with what it rests on, and the acts. Every act is a plain form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from kentongan.errors import KentonganError
from kentongan.office.desk import (
    clock_queries,
    clock_words,
    clocks,
    comments,
    fact_queries,
    forms,
    moves,
    opening,
    presence,
    queries,
    question_queries,
    review_action_queries,
    services,
    statement_queries,
)
from kentongan.office.desk.history import history_of
from kentongan.office.desk.models import Issue
from kentongan.office.listening import presenting
from kentongan.office.listening.presenting import Words
from kentongan.office.people.doors import act, attempt, office_of, room, say_at_field, say_what_is_wrong
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError
from kentongan.office.typed import whole

ROOM = {"room": "issues"}
COLUMN_WORDS: dict[str, Words] = {name: Issue.State(name).label for name in (*queries.COLUMNS, "closed")}
ACT_WORDS: dict[str, Words] = {
    "check": _("Check the facts"),
    "answer": _("Prepare an answer"),
    "say": _("The answer was given"),
    "watch": _("Watch for now"),
    "close": pgettext_lazy("issue", "Close"),
    "reopen": _("Open again"),
}


GOES_ON = {"check": "#facts", "answer": "#statements"}
"""Where on its page an issue goes on after an act: the next Tab is at what one does there."""


def issue_or_404(request: OfficeRequest, pk: int) -> Issue:
    """One issue, where the person may see it: what they may not see is answered as one that does not exist."""
    found = queries.get_issue(request.user, pk)
    if found is None:
        raise Http404(gettext("There is no such issue in your office."))
    return found


@room("issues.read")
@require_GET
def board(request: OfficeRequest) -> HttpResponse:
    """What is under way, how long, at whose desk, what is due; or one column of it, or what is closed."""
    name = request.GET.get("state", "")
    if name in COLUMN_WORDS:
        return _list(request, name)
    mine = request.GET.get("of") == "me"
    found = queries.get_board(request.user, request.now, mine=mine)
    steps, more_steps = statement_queries.get_at_desks(request.user, mine=mine)
    context = {
        "board": found, "mine": mine, "title": _title(found, mine), "words": COLUMN_WORDS,
        "columns": [(COLUMN_WORDS[one.name], one) for one in found.columns if one.count],
        "may_change": request.user.may("issues.change"), "reviews": statement_queries.get_reviews(request.user),
        "steps": steps, "more_steps": more_steps,
        "questions": question_queries.get_due(request.user, request.now),
        "actions": review_action_queries.get_overdue(request.user, request.now), "wall": "wall" in request.GET,
    }  # fmt: skip
    return render(request, "desk/board.html", {**ROOM, **context})


def _title(found: queries.Board, mine: bool) -> str:
    if not found.count:
        return gettext("Nothing lies at your desk") if mine else gettext("No issue is open")
    said = ngettext("%(n)s issue is under way", "%(n)s issues are under way", found.count) % {"n": presenting.number(found.count)}
    late = ngettext("%(n)s is overdue", "%(n)s are overdue", found.overdue) % {"n": presenting.number(found.overdue)}
    at_once = ngettext("%(n)s is due at once by law", "%(n)s are due at once by law", found.at_once)
    more = [late] * bool(found.overdue) + [at_once % {"n": presenting.number(found.at_once)}] * bool(found.at_once)
    return ", ".join((said, *more)) if more else gettext("%(issues)s, nothing is overdue") % {"issues": said}


def _list(request: OfficeRequest, name: str) -> HttpResponse:
    start = whole(request.GET.get("from", ""), 6) or 0
    issues, more = queries.get_page(request.user, name, start)
    context = {"name": name, "title": COLUMN_WORDS[name], "issues": issues, "next": start + queries.PAGE if more else 0}
    return render(request, "desk/list.html", {**ROOM, **context, "may_change": request.user.may("issues.change")})


@room("issues.change")
def open_issue(request: OfficeRequest) -> HttpResponse:
    """A new issue, from a story, a signal or a claim, or by hand. What is open about the same already stands above the form."""
    seed, initial = opening.seed_of(request)
    given: dict[str, Any] = {"office": office_of(request), "engine": seed.level}
    form = forms.OpenForm(request.POST, **given) if request.method == "POST" else forms.OpenForm(initial=initial, **given)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                data = form.cleaned_data
                made = services.open_issue(request.user, form.draft(), data["level"], data["reason"], seed, request.now)
            except KentonganError as error:
                say_at_field(form, error)
            else:
                messages.success(request, gettext("Opened. Next: check the facts."))
                return redirect("issue", made.pk)
    there = queries.get_about(request.user, seed.kind, seed.pk) if seed.kind else []
    context = {"form": form, "seed": seed, "there": there}
    return render(request, "desk/open.html", {**ROOM, **context}, status=status)


@room("issues.read")
@require_GET
def issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """One issue: how it stands, what it is about, what was done."""
    return issue_page(request, issue_or_404(request, pk))


def issue_page(request: OfficeRequest, found: Issue, status: int = 200, **bound: forms.Plain) -> HttpResponse:
    """The page of an issue; `bound` holds forms that were filled in wrongly."""
    person, parts = request.user, queries.get_parts(found)
    links, beside = queries.get_links([found, *parts]), queries.get_beside(person, [found, *parts])
    changes = person.may("issues.change") and found.state != Issue.State.MERGED
    decides = person.may("issues.decide") and found.state != Issue.State.MERGED
    engine = max((one.story.level for one in links if one.story is not None), key=presenting.level_rank, default="")
    offered, history = moves.acts(found.state) if changes else [], history_of(person, found, parts)
    context: dict[str, Any] = {
        "issue": found, "parts": parts, "links": [(one, beside.get(one.other_id or 0)) for one in links],
        "linked_from": [one for pk, one in beside.items() if pk not in {link.other_id for link in links}],
        "supporting": queries.get_agency_names(found),
        "own_links": [one for one in links if one.issue_id == found.pk],
        "engine": engine if presenting.level_rank(engine) > presenting.level_rank(found.level) else "",
        "overdue": found.overdue(request.now),
        "plain_acts": [(one, ACT_WORDS[one]) for one in offered if one not in moves.WITH_REASON],
        "reason_acts": [(one, ACT_WORDS[one], _move_form(one, bound)) for one in offered if one in moves.WITH_REASON],
        "changes": changes, "decides": decides, "over": found.state in moves.OVER,
        "statements": statement_queries.get_of_issues(person, [found, *parts]),
        "questions": question_queries.get_of_issues([found, *parts]),
        "may_note": changes and found.state not in moves.OVER,
        "history": [one for one in history if one.act != comments.ACT], "comments": [one for one in history if one.act == comments.ACT],
        "apart": [one for one in history if one.other is not None and one.act in {"issue.split", "issue.opened"}],
        "comment_form": (bound.get("comment") or forms.CommentForm(auto_id="comment_%s")) if changes else None,
        "here": presence.look(person, found, request.now), "address_form": bound.get("url") or forms.AddressForm(auto_id="link_%s"),
    }  # fmt: skip
    if found.state != Issue.State.MERGED:
        context |= {"facts": fact_queries.get_board(found, request.now), "settles": person.may("claims.decide") and not context["over"]}
    near = queries.get_near(person, found) if changes or decides else []
    if changes:
        offered_beside = [one for one in near if one.pk not in {link.other_id for link in links}]
        context["beside_form"] = forms.BesideForm(near=offered_beside, auto_id="beside_%s") if offered_beside else None
    context |= _clocks(request, found, parts, bound, changes)
    context |= _deciding(request, found, bound, near) if decides else {}
    if person.may("claims.decide") and found.state != Issue.State.MERGED:
        kept = {"truth": found.truth, "reason": found.truth_reason, "evidence": found.evidence, "evidence_url": found.evidence_url}
        context["truth_form"] = bound.get("truth") or forms.TruthForm(initial=kept, kind=found.kind, auto_id="truth_%s")
    if person.may("issues.decide") and found.state == Issue.State.MERGED:
        context["part_form"] = bound.get("part") or forms.MoveForm(auto_id="part_%s")
    return render(request, "desk/issue.html", {**ROOM, **context}, status=status)


def _move_form(name: str, bound: dict[str, forms.Plain]) -> forms.Plain:
    return bound.get(name) or (forms.WatchForm if name == "watch" else forms.MoveForm)(auto_id=f"{name}_%s")


def _clocks(request: OfficeRequest, found: Issue, parts: list[Issue], bound: dict[str, forms.Plain], changes: bool) -> dict[str, Any]:
    """The clocks set by law: those that were begun, and the form of those that can be."""
    laws = clocks.offered(office_of(request).country, "publication")
    shown = clock_queries.get_shown([found, *parts], request.now)
    begins = changes and bool(laws) and found.state not in moves.ASLEEP
    return {
        "clocks": [(one, end_form(one.clock, bound) if changes and not one.clock.how else None) for one in shown],
        "running": [one for one in shown if one.runs],
        "asleep": changes and bool(laws) and not begins,
        "laws": clock_words.told(laws) if begins else [],
        "clock_form": (bound.get("clock") or forms.ClockForm(laws=laws, auto_id="clock_%s")) if begins else None,
    }


def end_form(clock: clocks.Clock, bound: dict[str, forms.Plain]) -> forms.Plain:
    """The form that ends a clock; what was filled in wrongly comes back."""
    name = f"end_{clock.issue}_{clock.number}"
    return bound.get(name) or forms.EndClockForm(auto_id=f"{name}_%s")


def _deciding(request: OfficeRequest, found: Issue, bound: dict[str, forms.Plain], near: list[Issue]) -> dict[str, Any]:
    """The forms of those who decide; `near` are issues that it could be part of."""
    people = queries.get_readers(office_of(request))
    circle = {"need_to_know": found.need_to_know, "named": found.named}
    made: dict[str, Any] = {
        "level_form": bound.get("level") or forms.LevelForm(initial={"level": found.level}, auto_id="level_%s"),
        "circle_form": bound.get("circle") or forms.CircleForm(initial=circle, people=people, auto_id="circle_%s"),
        "split_form": bound.get("split") or forms.SplitForm(auto_id="split_%s"),
    }
    if near and found.state not in moves.OVER:
        made["merge_form"] = bound.get("merge") or forms.MergeForm(near=near, auto_id="merge_%s")
    return made


@room("issues.change")
def change_issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """Say it otherwise; where somebody else was quicker, both versions stand side by side."""
    found, office = issue_or_404(request, pk), office_of(request)
    initial = {**services.stored_of(found), "version": found.version}
    form = forms.IssueForm(request.POST if request.method == "POST" else None, office=office, issue=found, initial=initial)
    conflict, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.change_issue(request.user, found, form.draft(), form.cleaned_data["version"] or 0, request.now)
            except ConflictError as error:
                form.add_error(None, str(error))
                conflict, status = _both(form, error), 409
                form.data = form.data.copy()  # type: ignore[attr-defined]
                form.data["version"] = str(error.version)  # type: ignore[index]
            except KentonganError as error:
                say_at_field(form, error)
            else:
                messages.success(request, gettext("Kept."))
                return redirect("issue", pk)
    return render(request, "desk/change.html", {**ROOM, "issue": found, "form": form, "conflict": conflict}, status=status)


def _both(form: forms.IssueForm, error: ConflictError) -> list[tuple[str, str, str]]:
    """Each field that differs: its label, what stands there now, what was typed."""
    typed = form.draft()
    return [
        (str(form[name].label), form.shown(name, value), form.shown(name, getattr(typed, name)))
        for name, value in error.stored.items()
        if name in form.fields and value != getattr(typed, name)
    ]


def version_of(request: OfficeRequest) -> int:
    """The version the person saw; one that never was where they did not say."""
    typed = whole(request.POST.get("version", ""), 9)
    return -1 if typed is None else typed


def by_form(request: OfficeRequest, found: Issue, name: str, form: forms.Plain, do: Callable[[dict[str, Any]], object]) -> HttpResponse:
    """Do what a form of the issue's page says; what is wrong stands at its field."""
    if not form.is_valid():
        return issue_page(request, found, 422, **{name: form})
    try:
        do(form.cleaned_data)
    except ConflictError:
        messages.error(request, gettext("Somebody else has changed this since you opened it. Look at it as it stands, then decide again."))
        return issue_page(request, issue_or_404(request, found.pk), 409, **{name: form})
    except KentonganError as error:
        say_at_field(form, error)
        return issue_page(request, found, 422, **{name: form})
    messages.success(request, gettext("Kept."))
    return redirect("issue", found.pk)


@act("issues.change")
def move_issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """Check, answer, say, watch, close, open again."""
    found, name, seen = issue_or_404(request, pk), request.POST.get("act", ""), version_of(request)
    if name in moves.WITH_REASON:
        form = (forms.WatchForm if name == "watch" else forms.MoveForm)(request.POST, auto_id=f"{name}_%s")
        return by_form(request, found, name, form, lambda data: services.move(request.user, found, name, seen, request.now, **data))
    done = attempt(request, lambda: services.move(request.user, found, name, seen, request.now), gettext("Kept."))
    response = redirect("issue", pk)
    response["Location"] += GOES_ON.get(name, "") if done else ""
    return response


@act("issues.decide")
def set_issue_level(request: OfficeRequest, pk: int) -> HttpResponse:
    """How serious it is, by name, with a reason."""
    found, form = issue_or_404(request, pk), forms.LevelForm(request.POST, auto_id="level_%s")
    seen = version_of(request)
    return by_form(
        request, found, "level", form,
        lambda data: services.set_level(request.user, found, data["level"], data["reason"], seen, request.now),
    )  # fmt: skip


@act("claims.decide")
def decide_issue_truth(request: OfficeRequest, pk: int) -> HttpResponse:
    """Whether it is so, by name, with what shows it."""
    found = issue_or_404(request, pk)
    form, seen = forms.TruthForm(request.POST, kind=found.kind, auto_id="truth_%s"), version_of(request)

    def do(data: dict[str, Any]) -> object:
        shows = (data["reason"], data["evidence"], data["evidence_url"])
        return services.decide_truth(request.user, found, data["truth"], *shows, seen, request.now)

    return by_form(request, found, "truth", form, do)


@act("issues.decide")
def restrict_issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """Who sees it."""
    found = issue_or_404(request, pk)
    form, seen = forms.CircleForm(request.POST, people=queries.get_readers(office_of(request)), auto_id="circle_%s"), version_of(request)

    def do(data: dict[str, Any]) -> object:
        named = tuple(int(one) for one in data["named"])
        return services.restrict(request.user, found, data["need_to_know"], named, seen, request.now)

    return by_form(request, found, "circle", form, do)


@act("issues.change")
def link_issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """It is about this address, too; or about the story, signal or claim from whose page one comes."""
    found, kind = issue_or_404(request, pk), request.POST.get("kind", "")
    if kind:
        attempt(request, lambda: services.link(request.user, found, kind, request.POST.get("what", ""), request.now), gettext("Linked."))
        return redirect("issue", pk)
    form = forms.AddressForm(request.POST, auto_id="link_%s")
    return by_form(request, found, "url", form, lambda data: services.link(request.user, found, "address", data["url"], request.now))


@act("issues.change")
def unlink_issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """It is not about this."""
    found, ticked = issue_or_404(request, pk), _numbers(request, "link")
    attempt(request, lambda: [services.unlink(request.user, found, one, request.now) for one in ticked], gettext("Removed."))
    return redirect("issue", pk)


@act("issues.decide")
def split_issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """The ticked links become an issue of their own."""
    found, form = issue_or_404(request, pk), forms.SplitForm(request.POST, auto_id="split_%s")
    links, seen = _numbers(request, "links"), version_of(request)
    return by_form(request, found, "split", form, lambda data: services.split(request.user, found, links, data["title"], seen, request.now))


@act("issues.decide")
def merge_issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """It is part of another."""
    found = issue_or_404(request, pk)
    form, seen = forms.MergeForm(request.POST, near=queries.get_near(request.user, found), auto_id="merge_%s"), version_of(request)

    def do(data: dict[str, Any]) -> object:
        return services.merge(request.user, found, issue_or_404(request, int(data["other"])), data["reason"], seen, request.now)

    return by_form(request, found, "merge", form, do)


@act("issues.decide")
def part_issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """It is a matter of its own after all."""
    found, form, seen = issue_or_404(request, pk), forms.MoveForm(request.POST, auto_id="part_%s"), version_of(request)
    if not form.is_valid():
        say_what_is_wrong(request, form)
        return redirect("issue", pk)
    reason = form.cleaned_data["reason"]
    attempt(request, lambda: services.part(request.user, found, reason, seen, request.now), gettext("It stands for itself again."))
    return redirect("issue", pk)


def _numbers(request: OfficeRequest, name: str) -> tuple[int, ...]:
    return tuple(sorted({one for one in map(whole, request.POST.getlist(name)) if one is not None}))
