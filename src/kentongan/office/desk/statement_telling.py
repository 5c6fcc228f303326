"""Messages of approval: to whoever a step waits for when its turn begins, and to whoever it is passed on to. Each goes out once, by mail
and to browsers as its receiver wishes. Of an issue that few may see it says neither title nor paper: a message is read on a locked screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from kentongan.office.alerting import reaching
from kentongan.office.alerting.messages import Message, level_of
from kentongan.office.alerting.models import AlertDelivery, Browser, Preference
from kentongan.office.desk import telling
from kentongan.office.desk.models import Approval, ApprovalStep
from kentongan.office.listening import presenting
from kentongan.office.people.models import User

WAITS, PASSED = "step_waits", "step_passed"


def tell_steps(steps: Iterable[int], what: str, now: datetime) -> None:
    """Tell whoever these steps are with now, once their turn has begun; `what` is WAITS or PASSED. In quiet hours no browser rings, but
    in a crisis and at the level below it."""
    rows = ApprovalStep.objects.filter(pk__in=list(steps)).select_related("person", "office", "approval__statement")
    for step in rows:
        level = step.approval.statement.level
        payload = {"of": "approval", "step": step.pk, "person": step.person_id, "what": what, "said": {"level": level}}
        stem = f"step-{step.pk}-{what[5:]}-p{step.person_id}"
        made = [
            AlertDelivery(key=f"{stem}-{channel}{browser.pk if browser else ''}", channel=channel, browser=browser, person=step.person,
                          payload=payload)
            for channel, browser in _channels(step.person, level, now, ZoneInfo(step.office.time_zone))
        ]  # fmt: skip
        telling.send(step.office, made, what, now)


def _channels(person: User, level: str, now: datetime, zone: ZoneInfo) -> list[tuple[str, Browser | None]]:
    """How a person is told: as they wish, as of alerts. Two queries."""
    wish = Preference.objects.filter(person=person).first() or Preference(mail=True, push=True)
    out: list[tuple[str, Browser | None]] = []
    if wish.mail and person.email and settings.CONFIG["mail_url"]:
        out.append((AlertDelivery.Channel.MAIL, None))
    quiet = reaching.Quiet(wish.quiet_from, wish.quiet_until) if wish.quiet_from and wish.quiet_until else None
    rings = level in {"crisis", "high"} or quiet is None or quiet.ends(now.astimezone(zone)) is None
    if wish.push and rings:
        out += [(AlertDelivery.Channel.PUSH, one) for one in Browser.objects.filter(person=person)]
    return out


def approval_message(row: AlertDelivery) -> Message:
    """A message about a step, in the active language, as things stand now."""
    rows = ApprovalStep.objects.select_related("approval__statement__issue", "first")
    step = rows.get(pk=row.payload["step"])
    statement = step.approval.statement
    page = f"{settings.CONFIG.public_url}{reverse('statement', args=[statement.pk])}"
    if step.decision or step.approval.outcome != Approval.Outcome.OPEN or step.person_id != row.payload["person"] or step.due is None:
        title = gettext("An approval is settled; nothing is left for you to decide")
        return Message(title, "", (title,), f"{settings.CONFIG.public_url}{reverse('statements')}")
    title = gettext("%(level)s: a statement waits for your decision until %(when)s") % {
        "level": level_of(statement.level), "when": presenting.day_and_hour(step.due),
    }  # fmt: skip
    lines = [title]
    if row.payload["what"] == PASSED:
        lines.append(gettext("%(name)s did not decide in time, and you stand in.") % {"name": step.first.shown})
    if not statement.issue.need_to_know:
        lines += ["", f"{statement.get_kind_display()}: {statement.issue.title}"]
    return Message(title, " ".join(one for one in lines[1:] if one), tuple(lines), page)
