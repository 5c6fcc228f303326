"""The purpose register: why each source, watch and search alert is there, by what right, who answers for it, until when.

Nothing is listened to without a row that runs. When its last day is over or somebody ends it, the sources under it are paused with that
reason and the watches end; prolonging it resumes them. The database refuses the rest (migration 0006): a source that goes on, or a watch
that runs, under a purpose that was ended or is another office's.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext

from kentongan.engine.names import load_tagger
from kentongan.engine.privacy import hide
from kentongan.engine.query_names import is_profile, judge
from kentongan.errors import InputError, RefusedError
from kentongan.office.listening import ordinary
from kentongan.office.listening.models import Purpose, Source, Watch
from kentongan.office.people import holders
from kentongan.office.people.models import Office, Role, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

FIRST_TERM = timedelta(days=365)
LONGEST_TERM = timedelta(days=3 * 365)
EARLY = timedelta(days=30)
"""So long before its last day a purpose is shown among what needs someone."""


def first_for(office: Office, now: datetime) -> Purpose:
    """The register's first row, under which sources stand until the office says more; made when there is none."""
    found = Purpose.objects.filter(office=office, kind=Purpose.Kind.SOURCES, ended=None).order_by("pk").first()
    if found is not None:
        return found
    return Purpose.objects.create(
        office=office,
        kind=Purpose.Kind.SOURCES,
        title=gettext("Sources of the area"),
        purpose=gettext("To hear early what the public is told and asks about, and to answer with sources."),
        legal_basis=gettext("To be confirmed by the administrator"),
        owner=User.objects.filter(office=office, role=Role.ADMINISTRATOR, is_active=True).order_by("pk").first(),
        starts=now.date(),
        ends=(now + FIRST_TERM).date(),
        created=now,
    )


# ---- what holds ---------------------------------------------------------------------------------------------------------------
def today(office: Office, now: datetime) -> date:
    """The office's own calendar day."""
    return now.astimezone(zoneinfo.ZoneInfo(office.time_zone)).date()


def state_of(purpose: Purpose, day: date) -> str:
    """ended, over (its last day is past), soon (it ends within EARLY), waiting (not begun) or running."""
    if purpose.ended is not None:
        return "ended"
    if purpose.ends < day:
        return "over"
    if purpose.starts > day:
        return "waiting"
    return "soon" if purpose.ends - day <= EARLY else "running"


def holds(purpose: Purpose, day: date) -> bool:
    """Whether something may be listened to under it."""
    return state_of(purpose, day) in {"running", "soon", "waiting"}


def need_running(purpose: Purpose, now: datetime) -> None:
    """Raise `RefusedError` where the purpose is ended or its last day is past."""
    state = state_of(purpose, today(purpose.office, now))
    if state == "ended":
        raise RefusedError(
            gettext("The purpose “%(title)s” has been ended. Choose another one, or register a new one first.") % {"title": purpose.title},
            subject="purpose",
        )
    if state == "over":
        said = {"title": purpose.title, "day": purpose.ends.isoformat()}
        raise RefusedError(gettext("The purpose “%(title)s” ended on %(day)s. Prolong it in the register first.") % said, subject="purpose")


def stop_if_over(purpose: Purpose, now: datetime) -> bool:
    """Whether nothing may be listened to under it any more; what still was stops at this moment, with the reason.

    Asked before every visit, page and push, so that nothing is heard between the last day and the job of the hour.
    """
    if holds(purpose, today(purpose.office, now)):
        return False
    with transaction.atomic():
        _stop(purpose, None, now)
    return True


def not_for_sources() -> str:
    """Why a purpose of another office, or one for watches, is refused."""
    return gettext("Choose a purpose for sources from your office's register.")


def check_source(source: Source, now: datetime) -> None:
    """Raise where a source may not be listened to: no running purpose, another office's, one for watches, or a person's profile."""
    if source.purpose.office_id != source.office_id or source.purpose.kind != Purpose.Kind.SOURCES:
        raise InputError(not_for_sources(), subject="purpose")
    need_running(source.purpose, now)
    if is_profile(source.url):
        raise RefusedError(
            gettext("This is somebody's profile. People are not followed: give the site, the channel or the search for the topic instead."),
            subject="url",
        )


# ---- the register ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Draft:
    """What a row of the register says."""

    kind: str
    title: str
    purpose: str
    legal_basis: str
    owner: User
    starts: date
    ends: date


@transaction.atomic
def register(user: User, draft: Draft, now: datetime) -> Purpose:
    """A new row of the register."""
    office = _office(user)
    _check(draft, office, now)
    row = Purpose(office=office, created=now, **_fields(draft))
    row.save()
    record(user, "purpose.made", row, now, kind=draft.kind, starts=draft.starts, ends=draft.ends)
    return row


@transaction.atomic
def change(user: User, purpose: Purpose, version: int, draft: Draft, now: datetime) -> Purpose:
    """Change a row that is not ended; prolonging one resumes what was paused with it. Raises where somebody else was faster."""
    need(user, "purposes.change", purpose)
    row = Purpose.objects.select_for_update().get(pk=purpose.pk)
    if row.version != version:
        raise InputError(gettext("Somebody else changed this while you wrote. Look at it again and repeat your change."), subject="version")
    if row.ended is not None:
        raise RefusedError(gettext("What was ended stays as it was. Register a new purpose."), subject="purpose")
    if draft.kind != row.kind:
        raise InputError(gettext("The kind of a purpose cannot change; register a new one."), subject="kind")
    _check(draft, row.office, now)
    before = row.ends
    for name, value in _fields(draft).items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    record(user, "purpose.changed", row, now, before=before, ends=draft.ends, version=row.version)
    if holds(row, today(row.office, now)):
        _resume(row, user, now)
    return row


@transaction.atomic
def end(user: User, purpose: Purpose, reason: str, now: datetime) -> None:
    """End a purpose: its sources are paused with the reason, its watches end."""
    need(user, "purposes.change", purpose)
    if not reason.strip():
        raise InputError(gettext("Say in a few words why the purpose ends."), subject="reason")
    row = Purpose.objects.select_for_update().get(pk=purpose.pk)
    if row.ended is not None:
        raise RefusedError(gettext("The purpose has been ended before."), subject="purpose")
    sources, watches = _stop(row, user, now)
    row.ended, row.ended_reason, row.version = now, reason.strip()[:300], row.version + 1
    row.save(update_fields=["ended", "ended_reason", "version"])
    record(user, "purpose.ended", row, now, sources=sources, watches=watches)


@transaction.atomic
def stop_what_is_over(office: Office, now: datetime) -> int:
    """Pause the sources and end the watches of purposes whose last day is past; gives how many sources. The periodic job calls it."""
    over = Purpose.objects.filter(office=office, ended=None, ends__lt=today(office, now))
    over = over.filter(Q(sources__paused=False) | Q(watches__ended=None, watches__isnull=False)).distinct()
    return sum(_stop(row, None, now)[0] for row in over)


def _stop(purpose: Purpose, user: User | None, now: datetime) -> tuple[int, int]:
    going = list(Source.objects.select_for_update().filter(purpose=purpose, paused=False).only("pk", "office"))
    with translation.override(purpose.office.language):
        Source.objects.filter(pk__in=[one.pk for one in going]).update(paused=True, paused_reason=_paused_words(purpose)[:300])
    running = list(Watch.objects.select_for_update().filter(purpose=purpose, ended=None).only("pk", "office"))
    Watch.objects.filter(pk__in=[one.pk for one in running]).update(ended=now)
    for source in going:
        record(user, "source.paused", source, now, purpose=purpose.pk)
    for watch in running:
        record(user, "watch.ended", watch, now, purpose=purpose.pk)
    return len(going), len(running)


def _resume(purpose: Purpose, user: User, now: datetime) -> None:
    """What was paused because the purpose was over goes on; what somebody paused by hand stays so. Watches are begun anew by hand."""
    rows = Source.objects.filter(purpose=purpose, paused=True, paused_reason__in=_paused_words_in_all(purpose))
    for source in rows:
        Source.objects.filter(pk=source.pk).update(paused=False, paused_reason="", next_visit=now)
        record(user, "source.resumed", source, now, purpose=purpose.pk)


def stopped_with(source: Source, purpose: Purpose) -> bool:
    """Whether a source is paused because this purpose is over, not by somebody's hand."""
    return source.paused and source.paused_reason in _paused_words_in_all(purpose)


def _paused_words(purpose: Purpose) -> str:
    return gettext("its purpose in the register is over (no. %(number)s)") % {"number": purpose.pk}


def _paused_words_in_all(purpose: Purpose) -> list[str]:
    words = []
    for language in ("id", "vi", "en"):
        with translation.override(language):
            words.append(_paused_words(purpose))
    return words


def _check(draft: Draft, office: Office, now: datetime) -> None:
    for name, value in (("title", draft.title), ("purpose", draft.purpose), ("legal_basis", draft.legal_basis)):
        if not value.strip():
            raise InputError(gettext("Say what it is for, by what right and under which title."), subject=name)
    if draft.kind not in Purpose.Kind.values:
        raise InputError(gettext("Choose what the purpose is for."), subject="kind")
    if draft.ends <= draft.starts:
        raise InputError(gettext("The last day must come after the first."), subject="ends")
    if draft.ends - draft.starts > LONGEST_TERM:
        raise InputError(gettext("A purpose runs three years at most, so that somebody looks at it again."), subject="ends")
    if draft.owner.office_id != office.pk or not draft.owner.is_active:
        raise InputError(gettext("The owner must be somebody who works in your office."), subject="owner")
    known, wards = holders.known_names(office, now), holders.place_names(office)
    if not judge(draft.title, load_tagger(), known, wards, ordinary.heard_by(office, now)).allowed:
        raise RefusedError(no_person(), subject="title")


def has_identifiers(text: str) -> bool:
    """Whether telephone numbers, addresses or handles of people stand in a text of ours."""
    return hide(text, source_kind="press", names=load_tagger()).text != text


def need_no_identifiers(text: str, subject: str) -> None:
    """Raise `InputError` at the field `subject` where they do."""
    if has_identifiers(text):
        raise InputError(gettext("Leave out telephone numbers, addresses and handles of people."), subject=subject)


def no_person() -> str:
    """Why a private person's name is refused, and what may be asked instead."""
    return gettext(
        "This names a person. Kentongan watches issues and offices, never private people. Write the office (“Mayor of …”, “Head of the "
        "Health Agency”) or the issue itself. Who holds a public office may be named beside it once your office lists them."
    )


def _fields(draft: Draft) -> dict[str, object]:
    return {
        "kind": draft.kind,
        "title": draft.title.strip()[:200],
        "purpose": draft.purpose.strip(),
        "legal_basis": draft.legal_basis.strip()[:500],
        "owner": draft.owner,
        "starts": draft.starts,
        "ends": draft.ends,
    }


def _office(user: User) -> Office:
    need(user, "purposes.change")
    if user.office is None:
        raise RefusedError(gettext("You do not belong to an office yet."), subject="office")
    return user.office


# ---- reads ----------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Row:
    """A purpose as its page shows it. `state` is one of `state_of`."""

    purpose: Purpose
    state: str
    days_left: int


def get_purposes(office: Office, now: datetime) -> list[Row]:
    """The whole register, what needs someone first, what was ended last. One query."""
    day = today(office, now)
    order = {"over": 0, "soon": 1, "running": 2, "waiting": 3, "ended": 4}
    rows = [Row(purpose, state_of(purpose, day), (purpose.ends - day).days) for purpose in _counted(office)]
    return sorted(rows, key=lambda row: (order[row.state], row.purpose.ends, row.purpose.pk))


def get_expiring(office: Office, now: datetime) -> list[Row]:
    """Purposes that are over or will be within EARLY. One query."""
    day = today(office, now)
    rows = Purpose.objects.filter(office=office, ended=None, ends__lte=day + EARLY).select_related("owner").order_by("ends", "pk")
    return [Row(purpose, state_of(purpose, day), (purpose.ends - day).days) for purpose in rows]


def get_running(office: Office, kinds: Iterable[str], now: datetime) -> QuerySet[Purpose]:
    """Purposes of some kinds under which something may be begun."""
    return Purpose.objects.filter(office=office, kind__in=list(kinds), ended=None, ends__gte=today(office, now)).order_by("title", "pk")


def get_purpose(office: Office, pk: int) -> Purpose | None:
    """One row of the office's register."""
    return _counted(office).filter(pk=pk).first()


def _counted(office: Office) -> QuerySet[Purpose]:
    return (
        Purpose.objects.filter(office=office)
        .select_related("owner")
        .annotate(
            n_sources=Count("sources", filter=Q(sources__paused=False), distinct=True),
            n_watches=Count("watches", filter=Q(watches__ended=None, watches__isnull=False), distinct=True),
        )
    )
