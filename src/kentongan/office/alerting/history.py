"""An alert's history in words: each step one sentence, with whom it reached. Reads names in one query, changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext

from kentongan.engine.reasons import SENTENCES
from kentongan.office.alerting import queries
from kentongan.office.alerting.models import AlertStep
from kentongan.office.listening import presenting
from kentongan.office.listening.presenting import Words
from kentongan.office.people.models import Office, Role

WHAT: Mapping[str, Words] = {
    "raised": gettext_lazy("Told at the level “%(level)s”."),
    "risen": gettext_lazy("Told again: it rose to “%(level)s”."),
    "again": gettext_lazy("There again, at the level “%(level)s”."),
    "woken": gettext_lazy("The time it was put off for is over: told again."),
    "level": gettext_lazy("Its level is now “%(level)s”."),
    "acknowledge": gettext_lazy("Seen."),
    "take": gettext_lazy("Taken over."),
    "snooze": gettext_lazy("Put off until %(until)s: %(reason)s"),
    "dismiss": gettext_lazy("Not useful: %(reason)s"),
}
ENDED: Mapping[str, Words] = {
    "fell": gettext_lazy("Over: it fell back to what is usual."),
    "spoke": gettext_lazy("Over: it speaks again."),
    "dismissed": gettext_lazy("Over: dismissed on the signal's own page."),
    "joined": gettext_lazy("Over: it went on in another signal, or is no longer kept."),
}
PASSED: Mapping[int, Words] = {
    1: gettext_lazy("Nobody answered in time: passed on to whoever stands in and to colleagues of the same role."),
    2: gettext_lazy("Nobody answered in time: passed on to the leaders."),
}

FAILED: Mapping[str, Words] = {
    "browser_gone": gettext_lazy("The browser is registered no more."),
    "person_left": gettext_lazy("The person has left."),
    "no_mail_address": gettext_lazy("There is no e-mail address."),
    "gone": gettext_lazy("The address was removed."),
}


def failure_of(detail: str) -> str:
    """Why a message did not arrive, in words; "" where only a machine said something."""
    code = detail.partition(":")[0]
    if code in FAILED:
        return str(FAILED[code])
    return presenting.outcome(code) if f"fetch.{code}" in SENTENCES else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One step: when, who (empty: the office itself), what, and whom it reached."""

    at: datetime
    who: str
    words: str
    to: str = ""
    note: str = ""


def history_of(office: Office, steps: Sequence[AlertStep]) -> list[Line]:
    """The steps in words. One query."""
    reached = {pk for step in steps for pk in step.detail.get("to", ())}
    names = queries.get_names(office, reached) if reached else {}
    return [_line(step, names) for step in steps]


def _line(step: AlertStep, names: Mapping[int, str]) -> Line:
    detail = step.detail
    to = ", ".join(names[pk] for pk in detail.get("to", ()) if pk in names)
    return Line(step.at, step.by.shown if step.by is not None else "", _words(step), to, _note(detail))


def _words(step: AlertStep) -> str:
    detail: Mapping[str, Any] = step.detail
    if step.what == "ended":
        return str(ENDED.get(detail.get("why", ""), ENDED["fell"]))
    if step.what == "escalated":
        return str(PASSED.get(detail.get("step", 1), PASSED[2]))
    until = datetime.fromisoformat(detail["until"]) if detail.get("until") else None
    values = {
        "level": presenting.LEVEL_WORDS.get(detail.get("level", ""), ""),
        "until": presenting.day_and_hour(until) if until is not None else "",
        "reason": detail.get("reason", ""),
    }
    return str(WHAT.get(step.what, step.what)) % values


def _note(detail: Mapping[str, Any]) -> str:
    """What was unusual about whom it reached."""
    notes = []
    if detail.get("gaps"):
        roles = ", ".join(str(Role(role).label) for role in detail["gaps"] if role in Role.values)
        notes.append(gettext("Nobody is on duty as: %(roles)s. Everybody of that role was told.") % {"roles": roles})
    held = detail.get("held", 0)
    if held:
        notes.append(
            ngettext("Quiet hours hold it back for %(n)s person.", "Quiet hours hold it back for %(n)s people.", held) % {"n": held}
        )
    if "to" in detail and not detail["to"] and not detail.get("outside") and detail.get("step"):
        notes.append(gettext("There is nobody who was not told before."))
    return " ".join(notes)
