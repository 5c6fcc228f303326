"""The pages of alerts: what waits for an answer, one alert with how it reached whom, and the answers. Every answer is a plain form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages as said
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET

from kentongan.errors import KentonganError
from kentongan.office.alerting import deciding, messages, queries, services, silent
from kentongan.office.alerting.forms import SnoozeForm
from kentongan.office.alerting.history import history_of
from kentongan.office.alerting.models import Alert, AlertDelivery
from kentongan.office.listening import presenting
from kentongan.office.listening.forms import ReasonForm
from kentongan.office.people.doors import act, attempt, office_of, room, say_what_is_wrong
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.typed import whole

ROOM = {"room": "alerts"}


def _alert(request: OfficeRequest, pk: int) -> Alert:
    found = queries.get_alert(office_of(request), pk)
    if found is None:
        raise Http404(gettext("There is no such alert in your office."))
    return found


def _rows(alerts: list[Alert]) -> list[dict[str, Any]]:
    return [{"alert": one, "subject": messages.subject_of(one.said), "facts": messages.facts_of(one.said)} for one in alerts]


@room("listening.read")
@require_GET
def alerts(request: OfficeRequest) -> HttpResponse:
    """Alerts told to oneself, or all; what waits for an answer first."""
    office, everybody = office_of(request), request.GET.get("of") == "all"
    rows = queries.get_alerts(office, None if everybody else request.user)
    counts = queries.get_counts(office)
    waiting = sum(one.state in deciding.WAITING for one in rows)
    if waiting:
        title = ngettext("%(n)s alert waits for an answer", "%(n)s alerts wait for an answer", waiting) % {"n": presenting.number(waiting)}
    else:
        title = gettext("No alert waits for an answer") if everybody else gettext("No alert waits for your answer")
    context = {
        **ROOM, "rows": _rows(rows), "title": title, "everybody": everybody, "parked": counts.parked,
        "others": 0 if everybody else max(0, counts.waiting - waiting), "may_route": request.user.may("routes.change"),
    }  # fmt: skip
    return render(request, "alerting/alerts.html", context)


@room("listening.read")
@require_GET
def alert(request: OfficeRequest, pk: int) -> HttpResponse:
    """One alert: what it says, how it stands, whom it reached, what was done."""
    return _page(request, _alert(request, pk))


def _page(request: OfficeRequest, found: Alert, snoozing: SnoozeForm | None = None, status: int = 200) -> HttpResponse:
    deliveries = queries.get_deliveries(found)
    answers = request.user.may("alerts.answer") and found.state != Alert.State.ENDED
    context = {
        **ROOM,
        "alert": found,
        "subject": messages.subject_of(found.said),
        "facts": messages.facts_of(found.said),
        "step": messages.todo_of(found.said) or presenting.LEVEL_STEPS.get(found.level, ""),
        "about": silent.counted(found.silence) if found.silence is not None else "",
        "waits": found.state in deciding.WAITING,
        "mine": found.by_id == request.user.pk,
        "answers": answers,
        "may_dismiss": answers and request.user.may("listening.decide"),
        "snooze_form": snoozing or SnoozeForm(level=found.level),
        "reason_form": ReasonForm(),
        "deliveries": [one for one in deliveries if one.channel != AlertDelivery.Channel.APP],
        "told": list({one.person.shown: None for one in reversed(deliveries) if one.person is not None}),
        "history": history_of(office_of(request), queries.get_steps(found)),
    }
    return render(request, "alerting/alert.html", context, status=status)


def _attempt(request: OfficeRequest, pk: int, do: Callable[[Alert], object], done: str) -> HttpResponse:
    found = _alert(request, pk)
    attempt(request, lambda: do(found), done)
    return redirect("alert", pk)


@act("alerts.answer")
def acknowledge_alert(request: OfficeRequest, pk: int) -> HttpResponse:
    """Seen."""
    done = gettext("Seen: nobody else is told of it now.")
    return _attempt(request, pk, lambda found: services.acknowledge(request.user, found, request.now), done)


@act("alerts.answer")
def take_alert(request: OfficeRequest, pk: int) -> HttpResponse:
    """See to it oneself; `seen` says from whom it is taken over."""
    seen = whole(request.POST.get("seen", ""))
    done = gettext("Taken over by you.")
    return _attempt(request, pk, lambda found: services.take(request.user, found, request.now, seen), done)


@act("alerts.answer")
def snooze_alert(request: OfficeRequest, pk: int) -> HttpResponse:
    """Put it off, with a reason."""
    found = _alert(request, pk)
    form = SnoozeForm(request.POST, level=found.level)
    if not form.is_valid():
        return _page(request, found, form, 422)
    until = form.until(request.now)
    try:
        services.snooze(request.user, found, until, form.cleaned_data["reason"], request.now)
    except KentonganError as error:
        said.error(request, str(error))
    else:
        said.success(request, gettext("Put off. It is told again then, or as soon as it rises."))
    return redirect("alert", pk)


@act("listening.decide")
def dismiss_alert(request: OfficeRequest, pk: int) -> HttpResponse:
    """Not useful, and why."""
    found, form = _alert(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        say_what_is_wrong(request, form)
        return redirect("alert", pk)
    reason = form.cleaned_data["reason"]
    attempt(request, lambda: services.dismiss(request.user, found, reason, request.now), gettext("Dismissed, with your reason."))
    return redirect("alert", pk)
