"""The pages of the fact board: adding, changing, withdrawing, settling, and one fact with all it ever said. Every act is a plain form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from kentongan.errors import KentonganError
from kentongan.office.desk import fact_forms, fact_queries, facts, moves, queries, usable
from kentongan.office.desk.fact_queries import Row
from kentongan.office.desk.facts_models import Fact
from kentongan.office.desk.forms import Plain
from kentongan.office.desk.models import Issue
from kentongan.office.desk.views import ROOM, issue_or_404, version_of
from kentongan.office.people.doors import room, say_at_field
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError


def _board(request: OfficeRequest, pk: int) -> tuple[Issue, fact_queries.Board]:
    """The issue a person sees, and its board; of an issue that is part of another, the other's."""
    issue = issue_or_404(request, pk)
    if issue.merged_into_id is not None:
        issue = issue_or_404(request, issue.merged_into_id)
    return issue, fact_queries.get_board(issue, request.now)


def _row(request: OfficeRequest, pk: int, fact: int) -> tuple[Issue, fact_queries.Board, Row]:
    """The same, with one fact of it; what is not on this board is answered as one that does not exist."""
    issue, board = _board(request, pk)
    found = next((one for one in board.rows if one.fact.pk == fact), None)
    if found is None:
        raise Http404(gettext("There is no such fact in your office."))
    return issue, board, found


def _abouts(board: fact_queries.Board) -> list[str]:
    """What figures are of so far, each once."""
    return sorted({usable.key_of(one.fact.about): one.fact.about for one in board.rows if one.fact.about}.values())


def _form(request: OfficeRequest, issue: Issue, fact: Fact | None) -> fact_forms.FactForm:
    parts = queries.get_parts(issue)
    first = (
        {**facts.stored_of(fact), "version": fact.version}
        if fact is not None
        else {"kind": "known", "grade": "likely", "as_of": request.now, "owner": request.user.pk, "about": request.GET.get("about", "")}
    )
    links = [one for one in queries.get_links([issue, *parts]) if one.other_id is None]
    return fact_forms.FactForm(request.POST if request.method == "POST" else None, issue=issue, links=links, initial=first)


def _done(request: OfficeRequest, form: Plain, do: Callable[[], object]) -> int:
    """Do what the form says: 302 done, 422 what is wrong stands at its field, 409 somebody else was quicker."""
    if not form.is_valid():
        return 422
    try:
        do()
    except ConflictError as error:
        form.add_error(None, str(error))
        return 409
    except KentonganError as error:
        say_at_field(form, error)
        return 422
    messages.success(request, gettext("Kept."))
    return 302


def _back(issue: Issue) -> HttpResponse:
    response = redirect("issue", issue.pk)
    response["Location"] += "#facts"
    return response


@room("issues.change")
def add_fact(request: OfficeRequest, pk: int) -> HttpResponse:
    """One more fact of an issue."""
    issue, board = _board(request, pk)
    form, status = _form(request, issue, None), 200
    if request.method == "POST":
        status = _done(request, form, lambda: facts.add(request.user, issue, form.draft(), request.now))
        if status == 302:
            return _back(issue)
    context = {"issue": issue, "form": form, "abouts": _abouts(board), "over": issue.state in moves.OVER, "title": gettext("Add a fact")}
    return render(request, "desk/fact_form.html", {**ROOM, **context}, status=status)


@room("issues.change")
def change_fact(request: OfficeRequest, pk: int, fact: int) -> HttpResponse:
    """Say it otherwise; where somebody else was quicker, both versions stand side by side."""
    issue, board, row = _row(request, pk, fact)
    form, status, conflict = _form(request, issue, row.fact), 200, None
    if request.method == "POST":
        seen = version_of(request)
        status = _done(request, form, lambda: facts.change(request.user, row.fact, form.draft(), seen, request.now))
        if status == 302:
            return _back(issue)
        if status == 409:
            _, board, row = _row(request, pk, fact)
            conflict = _both(form, facts.stored_of(row.fact))
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = str(row.fact.version)  # type: ignore[index]
    over = issue.state in moves.OVER or row.fact.withdrawn
    context = {"issue": issue, "form": form, "abouts": _abouts(board), "over": over, "conflict": conflict, "row": row}
    return render(request, "desk/fact_form.html", {**ROOM, **context, "title": gettext("Change a fact")}, status=status)


def _both(form: fact_forms.FactForm, stored: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Each field that differs: its label, what stands there now, what was typed."""
    typed = form.draft()
    return [
        (str(form[name].label), form.shown(name, value), form.shown(name, getattr(typed, name)))
        for name, value in stored.items()
        if name in form.fields and value != getattr(typed, name)
    ]


@room("issues.change")
def withdraw_fact(request: OfficeRequest, pk: int, fact: int) -> HttpResponse:
    """It is not so, or not ours to say."""
    issue, _, row = _row(request, pk, fact)
    form, status = fact_forms.WithdrawForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        seen = version_of(request)
        status = _done(request, form, lambda: facts.withdraw(request.user, row.fact, form.cleaned_data["reason"], seen, request.now))
        if status == 302:
            return _back(issue)
        issue, _, row = _row(request, pk, fact)
    over = issue.state in moves.OVER or row.fact.withdrawn
    return render(request, "desk/fact_withdraw.html", {**ROOM, "issue": issue, "row": row, "form": form, "over": over}, status=status)


@room("claims.decide")
def settle_fact(request: OfficeRequest, pk: int, fact: int) -> HttpResponse:
    """Which of several figures of the same holds."""
    issue, board, row = _row(request, pk, fact)
    form, status = fact_forms.SettleForm(request.POST if request.method == "POST" else None, rows=_same(board, row)), 200
    if request.method == "POST":
        about = row.fact.about

        def do() -> object:
            return facts.settle(
                request.user, issue, about, int(form.cleaned_data["holds"]), form.pairs(), form.cleaned_data["reason"], request.now
            )

        status = _done(request, form, do)
        if status == 302:
            return _back(issue)
        if status == 409:
            issue, board, row = _row(request, pk, fact)
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["seen"] = str(fact_forms.SettleForm(rows=_same(board, row)).initial["seen"])  # type: ignore[index]
    rows = _same(board, row)
    over = issue.state in moves.OVER or len({usable.figure_of(one.fact.figure) for one in rows}) < 2
    context = {"issue": issue, "row": row, "rows": rows, "form": form, "over": over}
    return render(request, "desk/fact_settle.html", {**ROOM, **context}, status=status)


def _same(board: fact_queries.Board, row: Row) -> list[Row]:
    """The facts whose figures are held against each other with this one."""
    key = usable.key_of(row.fact.about)
    counted = [one for one in board.rows if one.ban is None or one.ban.code in {"conflict", "other_holds"}]
    return [one for one in counted if key and usable.key_of(one.fact.about) == key and usable.figure_of(one.fact.figure)]


@room("issues.read")
@require_GET
def fact(request: OfficeRequest, pk: int, fact: int) -> HttpResponse:
    """One fact: how it stands, what uses it, and every version of it."""
    issue, _, row = _row(request, pk, fact)
    changes = request.user.may("issues.change") and issue.state not in moves.OVER and not row.fact.withdrawn
    context = {"issue": issue, "row": row, "versions": fact_queries.get_versions(row.fact), "changes": changes}
    return render(request, "desk/fact.html", {**ROOM, **context})
