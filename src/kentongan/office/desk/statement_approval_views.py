"""The pages of approval: what waits, asking, deciding; taking back and withdrawing. A page to decide on is made for a phone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from kentongan.errors import KentonganError
from kentongan.office.desk import (
    given_out,
    statement_approval,
    statement_checking,
    statement_deputies,
    statement_diff,
    statement_forms,
    statement_moves,
    statement_queries,
)
from kentongan.office.desk.models import Statement
from kentongan.office.desk.statement_views import answering, refused, rows_of, split, statement_or_404, statement_page
from kentongan.office.desk.views import ROOM, version_of
from kentongan.office.people.doors import act, attempt, office_of, room, say_at_field, say_what_is_wrong
from kentongan.office.people.requests import OfficeRequest

CODE_HOLDS = timedelta(minutes=15)
"""So long after the second factor was given nobody is asked for it again."""


@room("issues.read")
@require_GET
def statements(request: OfficeRequest) -> HttpResponse:
    """What waits for approval: first what waits for this person."""
    mine, others = statement_queries.get_waiting(request.user)
    return render(request, "desk/statements/waiting.html", {**ROOM, "mine": mine, "others": others})


@room("statements.write")
def ask_approval(request: OfficeRequest, pk: int) -> HttpResponse:
    """Who is asked, for which step, at once or one after the other."""
    found = statement_or_404(request, pk)
    people = {kind: statement_deputies.get_able(found, kind) for kind in statement_moves.STEPS}
    given: dict[str, Any] = {"people": people, "initial": {"version": found.version}}
    form = statement_forms.AskForm(request.POST if request.method == "POST" else None, **given)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                statement_approval.ask(request.user, found, form.people(), data["in_order"], version_of(request), request.now)
            except KentonganError as error:
                say_at_field(form, error)
            else:
                messages.success(request, gettext("Asked. Whoever is asked finds it under “Waiting for approval”."))
                return redirect("statement", pk)
    context = {"statement": found, "issue": found.issue, "form": form, "nobody": not people["approver"]}
    return render(request, "desk/statements/ask.html", {**ROOM, **context}, status=status)


@room("issues.read")
def decide_approval(request: OfficeRequest, pk: int) -> HttpResponse:
    """What changed since the last approval, each sentence with what it rests on; approve, or return with a reason.

    Whoever sees the issue may look; who may decide is the service's question.
    """
    found = statement_or_404(request, pk)
    if request.method != "POST":
        return _page(request, found)
    form = statement_forms.DecideForm(request.POST)
    if not form.is_valid():
        if "note" in form.errors:
            return _page(request, found, 422, form)
        say_what_is_wrong(request, form)
        return redirect("decide_approval", pk)
    if needs_code(request):
        return ask_for_code(request, reverse("decide_approval", args=[pk]))
    data = form.cleaned_data
    sight = statement_approval.Sight(data["number"], data["text_hash"])
    try:
        statement_approval.decide(
            request.user, found, data["step"], request.POST.get("decision", ""), data["note"], sight, request.now
        )  # fmt: skip
    except statement_approval.StaleError as error:
        messages.error(request, str(error))
        return _page(request, statement_or_404(request, pk), 409)
    except KentonganError as error:
        say_at_field(form, error)
        return _page(request, found, 422, form)
    messages.success(request, gettext("Kept."))
    return redirect("statement", pk)


def _page(request: OfficeRequest, found: Statement, status: int = 200, form: statement_forms.DecideForm | None = None) -> HttpResponse:
    last = statement_queries.get_last(found)
    sentences = statement_queries.sentences_of(last)
    checked = statement_checking.check(found, sentences, request.now)
    before = statement_approval.last_approved(found)
    old = statement_queries.formers_of(before) if before is not None else statement_queries.formers_of(last)
    rows = {row.sentence.key: row for row in rows_of(sentences, checked)}
    changes = statement_diff.between(old, statement_queries.formers_of(last))
    asked = statement_approval.open_request(found)
    step = statement_approval.step_of(asked, request.user)
    if form is None and step is not None and last is not None:
        seen = {"step": step.pk, "number": last.number, "text_hash": last.text_hash}
        form = statement_forms.DecideForm(initial=seen)
    blocks, warns = split(checked.whole) if sentences else ([], [])
    context = {
        "statement": found, "issue": found.issue, "last": last, "before": before, "asked": asked, "step": step, "form": form,
        "lines": [(one, rows.get(one.key)) for one in changes], "blocks": blocks, "warns": warns, "open": len(checked.blocking),
        "bare": step is not None and not _wanted(request), "ears": given_out.get_ears(found, []),
        **answering(request, checked.answered),
    }  # fmt: skip
    return render(request, "desk/statements/decide.html", {**ROOM, **context}, status=status)


def needs_code(request: OfficeRequest) -> bool:
    """Whether a role of the person asks for a second factor, and it was not given in this session for a while."""
    if not _wanted(request):
        return False
    given = [one["at"] for one in get_authentication_records(request, request.user) if one.get("method") == "mfa"]
    return not given or datetime.fromtimestamp(given[-1], UTC) < request.now - CODE_HOLDS


def _wanted(request: OfficeRequest) -> bool:
    """Whether the office asks a role that the person has, or stands in for, for a second factor."""
    return bool((request.user.roles | request.user.standing_in) & set(office_of(request).second_factor_roles))


def ask_for_code(request: OfficeRequest, back: str) -> HttpResponse:
    """To the page that asks for it, and from there back."""
    totp = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
    messages.info(request, gettext("Give your second factor first, then decide."))
    return redirect(f"{reverse('mfa_reauthenticate' if totp else 'mfa_reauthenticate_webauthn')}?{urlencode({'next': back})}")


@act("statements.write")
def take_back_approval(request: OfficeRequest, pk: int) -> HttpResponse:
    """Nobody is asked any more."""
    found, seen = statement_or_404(request, pk), version_of(request)
    attempt(request, lambda: statement_approval.take_back(request.user, found, seen, request.now), gettext("Taken back."))
    return redirect("statement", pk)


@act("statements.write")
def withdraw_statement(request: OfficeRequest, pk: int) -> HttpResponse:
    """It is not going to be said."""
    found, seen = statement_or_404(request, pk), version_of(request)
    form = statement_forms.WithdrawForm(request.POST, auto_id="withdraw_%s")
    if not form.is_valid():
        return statement_page(request, found, 422, withdraw_form=form)
    try:
        statement_approval.withdraw(request.user, found, form.cleaned_data["reason"], seen, request.now)
    except KentonganError as error:
        return refused(request, found, error, "withdraw_form", form)
    messages.success(request, gettext("Withdrawn."))
    return redirect("statement", pk)
