"""Messages of approval: to whoever a step waits for when its turn begins, and to whoever it is passed on to; to whoever asked, when it is
approved, returned or stuck; and to all who may review what one person published alone. Each goes out once, by mail and to browsers as its
receiver wishes. Of an issue that few may see it says neither title nor paper: a message is read on a locked screen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from kentongan.office.alerting import reaching
from kentongan.office.alerting.messages import Message, level_of
from kentongan.office.alerting.models import AlertDelivery, Browser, Preference
from kentongan.office.desk import queries, telling
from kentongan.office.desk.models import Approval, ApprovalStep, Publication, Statement
from kentongan.office.listening import presenting
from kentongan.office.people.models import User

WAITS, PASSED = "step_waits", "step_passed"
APPROVED, RETURNED, STUCK = "approved", "returned", "step_stuck"
REVIEW, STOPPED = "review_waits", "embargo_stopped"


def tell_steps(steps: Iterable[int], what: str, now: datetime) -> None:
    """Tell whoever these steps are with now, once their turn has begun; `what` is WAITS or PASSED. In quiet hours no browser rings, but
    in a crisis and at the level below it."""
    rows = ApprovalStep.objects.filter(pk__in=list(steps)).select_related("person", "office", "approval__statement")
    for step in rows:
        about = {"step": step.pk, "person": step.person_id}
        _tell(step.person, step.approval.statement, f"step-{step.pk}-{what[5:]}", what, about, now)


def tell_asker(approval: Approval, what: str, now: datetime, step: ApprovalStep | None = None) -> None:
    """Tell whoever asked for approval what came of it: APPROVED, RETURNED, or STUCK at a step."""
    if approval.by.is_active:
        stem = f"approval-{approval.pk}-{what}" + (f"-{step.pk}-{step.lost}{len(step.before) or ''}" if step is not None else "")
        _tell(approval.by, approval.statement, stem, what, {"approval": approval.pk, "step": step.pk if step else None}, now)


def tell_reviewers(made: Publication, people: Iterable[User], now: datetime) -> None:
    """Tell who may review what one person published alone that it waits for them."""
    for person in people:
        _tell(person, made.statement, f"review-{made.pk}", REVIEW, {"publication": made.pk}, now)


def tell_stopped(made: Publication, people: Iterable[User], now: datetime) -> None:
    """Tell these people that what was to appear now was stopped."""
    for person in people:
        _tell(person, made.statement, f"embargo-{made.pk}", STOPPED, {"publication": made.pk}, now)


def _tell(person: User, statement: Statement, stem: str, what: str, about: Mapping[str, int | None], now: datetime) -> None:
    payload = {"of": "approval", "what": what, "said": {"level": statement.level}, **about}
    made = [
        AlertDelivery(key=f"{stem}-p{person.pk}-{channel}{browser.pk if browser else ''}", channel=channel, browser=browser, person=person,
                      payload=payload)
        for channel, browser in _channels(person, statement.level, now, ZoneInfo(statement.office.time_zone))
    ]  # fmt: skip
    telling.send(statement.office, made, what, now)


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


# Writing


def approval_message(row: AlertDelivery) -> Message:
    """A message about an approval or a review, in the active language, as things stand now."""
    if "publication" in row.payload:
        made = Publication.objects.select_related("statement__issue", "by").get(pk=row.payload["publication"])
        return _to_reviewer(made) if row.payload["what"] == REVIEW else _stopped(made)
    if "approval" in row.payload:
        return _to_asker(Approval.objects.select_related("statement__issue").get(pk=row.payload["approval"]), row)
    step = ApprovalStep.objects.select_related("approval__statement__issue", "first").get(pk=row.payload["step"])
    statement = step.approval.statement
    if step.decision or step.approval.outcome != Approval.Outcome.OPEN or step.person_id != row.payload["person"] or step.due is None:
        return _settled(gettext("An approval is settled; nothing is left for you to decide"))
    title = gettext("%(level)s: a statement waits for your decision until %(when)s") % {
        "level": level_of(statement.level), "when": presenting.day_and_hour(step.due),
    }  # fmt: skip
    if row.payload["what"] != PASSED:
        return _about(statement, title)
    return _about(statement, title, gettext("%(name)s did not decide in time, and you stand in.") % {"name": get_silent([step])[step.pk]})


def get_silent(steps: Collection[ApprovalStep]) -> dict[int, str]:
    """By the number of a step: who was asked before and did not decide in time, by name. One query where these are several."""
    several = {one.pk: one.before for one in steps if len(one.before) > 1}
    asked = {pk for before in several.values() for pk in before}
    names = queries.get_names(next(iter(steps)).office_id, asked) if asked else {}
    return {one.pk: ", ".join(names[pk] for pk in one.before if pk in names) if one.pk in several else one.first.shown for one in steps}


def _to_asker(approval: Approval, row: AlertDelivery) -> Message:
    statement, what = approval.statement, row.payload["what"]
    level = {"level": level_of(statement.level)}
    if what == APPROVED:
        return _about(statement, gettext("%(level)s: your statement is approved; it is not published yet") % level)
    if what == RETURNED:
        return _about(statement, gettext("%(level)s: your statement came back: something is to be changed") % level)
    step = ApprovalStep.objects.select_related("person").get(pk=row.payload["step"])
    if step.decision or not step.lost or approval.outcome != Approval.Outcome.OPEN:
        return _settled(gettext("An approval that was stuck goes on"))
    title = gettext("%(level)s: nobody decided about your statement in time, and nobody else can be asked") % level
    return _about(statement, title, gettext("Name a deputy, or take it back and ask somebody else."))


def _to_reviewer(made: Publication) -> Message:
    if made.review or made.review_due is None:
        return _settled(gettext("What was published in an emergency is reviewed; nothing is left for you to do"))
    title = gettext("%(level)s: %(name)s published alone in an emergency; review it until %(when)s") % {
        "level": level_of(made.statement.level), "name": made.by.shown, "when": presenting.day_and_hour(made.review_due),
    }  # fmt: skip
    return _about(made.statement, title)


def _stopped(made: Publication) -> Message:
    title = gettext("Not published: what a statement rests on changed before its moment")
    why = gettext("Nobody outside reads it. Look at what changed; it can be begun again, approved and published.")
    return _about(made.statement, title, why, reverse("publication", args=[made.statement_id]))


def _settled(title: str) -> Message:
    return Message(title, "", (title,), f"{settings.CONFIG.public_url}{reverse('statements')}")


def _about(statement: Statement, title: str, why: str = "", page: str = "") -> Message:
    lines = [title, *([why] if why else [])]
    if not statement.issue.need_to_know:
        lines += ["", f"{statement.get_kind_display()}: {statement.issue.title}"]
    page = page or reverse("statement", args=[statement.pk])
    return Message(title, " ".join(one for one in lines[1:] if one), tuple(lines), f"{settings.CONFIG.public_url}{page}")
