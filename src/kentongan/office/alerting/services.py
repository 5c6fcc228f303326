"""The only code by which people answer alerts: acknowledge, take over, put off, not useful. Each checks the right, and leaves its line.

Whatever the door (form, API, two clicks at once), the alert is read under a lock and moves as `deciding.answer` says or not at all. Taking
over and dismissing are said to the signal too, where the person may decide about signals; what is decided on the signal's own page comes
back through `follow`. Routes, addresses and one's own wishes: `arranging`.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from kentongan.errors import InputError, KentonganError, RefusedError
from kentongan.office.alerting import deciding, looking
from kentongan.office.alerting.models import Alert, AlertStep
from kentongan.office.listening import services as listening
from kentongan.office.listening.models import Signal
from kentongan.office.people.models import User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record
from kentongan.office.people.versions import ConflictError


class TakenError(ConflictError):
    """Somebody was quicker."""

    def __init__(self, alert: Alert) -> None:
        name = alert.by.shown if alert.by is not None else ""
        said = gettext("%(name)s has taken this over. Open the alert again to take it over from them.") % {"name": name}
        super().__init__(subject="taken", stored={"by": alert.by_id}, version=alert.version)
        self.args = (said,)


SAID = {
    "acknowledge": "alert.acknowledged",
    "take": "alert.taken",
    "snooze": "alert.put_off",
    "dismiss": "alert.dismissed",
}


def acknowledge(by: User, alert: Alert, now: datetime) -> Alert:
    """Seen: nobody else needs to be told. A second time, or after somebody took it over or it is over, it changes nothing."""
    return _answer(by, alert, "acknowledge", now)


def take(by: User, alert: Alert, now: datetime, seen: int | None = None) -> Alert:
    """See to it oneself. Taking over from somebody needs that one saw that it is theirs (`seen`, their number)."""
    return _answer(by, alert, "take", now, seen=seen)


def snooze(by: User, alert: Alert, until: datetime, reason: str, now: datetime) -> Alert:
    """Put it off until a moment, with a reason; then it is told again."""
    return _answer(by, alert, "snooze", now, until=until, reason=reason)


def dismiss(by: User, alert: Alert, reason: str, now: datetime) -> Alert:
    """It is not useful, and why. Its signal is dismissed with the same reason: for those who may decide about signals."""
    need(by, "listening.decide", alert)
    return _answer(by, alert, "dismiss", now, reason=reason)


@transaction.atomic
def _answer(
    by: User, alert: Alert, act: deciding.Answer, now: datetime, *, until: datetime | None = None, reason: str = "", seen: int | None = None
) -> Alert:
    need(by, "alerts.answer", alert)
    found = Alert.objects.select_for_update(of=("self",)).select_related("by").get(pk=alert.pk)
    old = looking.standing_of(found)
    try:
        new = deciding.answer(old, act, by.pk, now, until=until, reason=reason, seen=seen)
    except deciding.IllegalMove as error:
        raise _refusal(error.code, found) from None
    if new == old:
        return found
    _keep(by, found, new, act, now)
    signal = Signal.objects.filter(pk=found.signal_id).first()
    if signal is not None and by.may("listening.decide"):
        if act == "take" and signal.state == Signal.State.NEW:
            listening.acknowledge_signal(by, signal, now)
        elif act == "dismiss" and signal.state != Signal.State.DISMISSED:
            listening.dismiss_signal(by, signal, new.reason, now)
    return found


def _keep(by: User, alert: Alert, new: deciding.Standing, act: str, now: datetime) -> None:
    looking.keep(alert, new, now)
    alert.by = by
    detail: dict[str, object] = {"level": alert.level}
    if new.until is not None:
        detail["until"] = new.until.isoformat()
    AlertStep.objects.create(
        office_id=alert.office_id, alert=alert, at=now, what=act, by=by, detail=detail | ({"reason": new.reason} if new.reason else {})
    )
    record(by, SAID[act], alert, now, **detail)


def _refusal(code: str, alert: Alert) -> KentonganError:
    match code:
        case "taken":
            return TakenError(alert)
        case "over":
            return RefusedError(gettext("This is over already; nothing is left to do."), subject="over")
        case "reason":
            return InputError(gettext("Say in a few words why."), subject="reason")
        case "until":
            hours = int(deciding.longest_snooze(alert.level).total_seconds() // 3600)
            said = gettext("Choose a moment to come, within %(n)s hours.") % {"n": hours}
            return InputError(said, subject="until")
        case _:
            return RefusedError(gettext("This cannot be done as the alert stands."), subject=code)


@transaction.atomic
def follow(by: User, signal: Signal, now: datetime) -> None:
    """What somebody decided on the signal's own page or over its API: taken over there is taken over here, dismissed there is over here."""
    alert = Alert.objects.select_for_update(of=("self",)).filter(office=signal.office_id, signal=signal).first()
    if alert is None:
        return
    old = looking.standing_of(alert)
    if signal.state == Signal.State.ACKNOWLEDGED and alert.state in {*deciding.WAITING, "snoozed"}:
        _keep(by, alert, deciding.answer(old, "take", by.pk, now), "take", now)
    elif signal.state == Signal.State.DISMISSED and alert.state != Alert.State.ENDED:
        _keep(by, alert, deciding.answer(old, "dismiss", by.pk, now, reason=signal.state_reason or "–"), "dismiss", now)
