"""The only code that changes what the office decides about what it hears: sources, stories, signals, briefings.

Every act checks that the person may decide and that the thing belongs to their office, and happens whole or not at all. Merges and splits
go into the journal: the engine does them, and replaying does them again. Every act leaves its line in the ledger, in its transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from kentongan.adapters.sources import KINDS
from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger import services as ledger
from kentongan.office.listening import corrections, heard, journal, kinds, purposes, tasks
from kentongan.office.listening.models import Article, Briefing, JournalEntry, Membership, Purpose, Signal, Source, Story, StoryMark
from kentongan.office.people import versions
from kentongan.office.people.models import Office, User

LONGEST_REASON = 500


def _check(user: User, office: int, right: str = "listening.decide") -> None:
    if not user.may(right):
        raise RefusedError(gettext("Only duty officers and administrators may do this."), subject=user.username)
    if user.office_id != office:
        raise RefusedError(gettext("This belongs to another office."), subject=user.username)


def _write(act: str, user: User | None, office: int, now: datetime, subject: str = "", **detail: object) -> None:
    """The act's line in the ledger; nobody where the command line or the system acts."""
    actor, role = (user.pk, user.role) if user is not None else (None, "")
    ledger.write(act, office=office, actor=actor, role=role, at=now, subject=subject, detail=detail)


def _living(story: Story) -> None:
    if story.merged_into_id is not None:
        raise RefusedError(gettext("This story has been merged into another."), subject=story.key)


def _standing_for(story: Story) -> Article | None:
    """The item that stands for a story: the one of its headline, else its first."""
    return story.headline_article or _first(story.members.all())


def _first(members: QuerySet[Membership]) -> Article | None:
    member = members.select_related("article").order_by("article__published", "article_id").first()
    return member.article if member is not None else None


@transaction.atomic
def merge_stories(user: User, into: Story, other: Story, now: datetime) -> int:
    """Say that `other` is the same story as `into`; gives the journal's number."""
    _check(user, into.office_id)
    _check(user, other.office_id)
    _living(into)
    _living(other)
    if into.pk == other.pk:
        raise InputError(gettext("A story cannot be merged with itself."), subject=into.key)
    seq = journal.append(into.office_id, JournalEntry.Kind.MERGE, now, {"into": into.key, "other": other.key, "by": user.pk})
    corrections.say_same(user, _standing_for(into), _standing_for(other), True, now)
    _write("story.merged", user, into.office_id, now, f"story:{into.pk}", other=other.pk, journal=seq)
    return seq


@transaction.atomic
def split_story(user: User, story: Story, articles: Sequence[Article], now: datetime) -> int:
    """Say that these articles are a story of their own; gives the journal's number."""
    _check(user, story.office_id)
    _living(story)
    keys = sorted({article.key for article in articles})
    members = set(story.members.filter(article__key__in=keys).values_list("article__key", flat=True))
    if not keys or members != set(keys):
        raise InputError(gettext("Choose articles of this story."), subject=story.key)
    if not story.members.exclude(article__key__in=keys).exists():
        raise InputError(gettext("At least one article must stay in the story."), subject=story.key)
    seq = journal.append(story.office_id, JournalEntry.Kind.SPLIT, now, {"story": story.key, "articles": keys, "by": user.pk})
    staying, gone = _first(story.members.exclude(article__key__in=keys)), _first(story.members.filter(article__key__in=keys))
    corrections.say_same(user, staying, gone, False, now)
    _write("story.split", user, story.office_id, now, f"story:{story.pk}", articles=len(keys), journal=seq)
    return seq


@transaction.atomic
def mark_story(user: User, story: Story, mark: str, now: datetime) -> StoryMark | None:
    """Seen, watched or not ours; an empty mark takes it back."""
    _check(user, story.office_id)
    if not mark:
        StoryMark.objects.filter(office_id=story.office_id, story=story).delete()
        _write("story.marked", user, story.office_id, now, f"story:{story.pk}", mark="")
        return None
    if mark not in StoryMark.Mark.values:
        allowed = ", ".join(StoryMark.Mark.values)
        raise InputError(gettext("A mark is one of %(allowed)s, not “%(mark)s”.") % {"allowed": allowed, "mark": mark}, subject="mark")
    row, _ = StoryMark.objects.update_or_create(office_id=story.office_id, story=story, defaults={"mark": mark, "by": user, "at": now})
    _write("story.marked", user, story.office_id, now, f"story:{story.pk}", mark=mark)
    return row


def acknowledge_signal(user: User, signal: Signal, now: datetime) -> None:
    """Somebody looks after it."""
    _decide(user, signal, Signal.State.ACKNOWLEDGED, "", now)


def dismiss_signal(user: User, signal: Signal, reason: str, now: datetime) -> None:
    """It was not useful, and why."""
    if not reason.strip():
        raise InputError(gettext("Say in a few words why the signal is not useful."), subject="reason")
    _decide(user, signal, Signal.State.DISMISSED, reason.strip()[:LONGEST_REASON], now)


def reopen_signal(user: User, signal: Signal, now: datetime) -> None:
    """Take an acknowledgement or dismissal back."""
    _decide(user, signal, Signal.State.NEW, "", now)


_SAID = {
    Signal.State.NEW: "signal.reopened",
    Signal.State.ACKNOWLEDGED: "signal.acknowledged",
    Signal.State.DISMISSED: "signal.dismissed",
}


@transaction.atomic
def _decide(user: User, signal: Signal, state: Signal.State, reason: str, now: datetime) -> None:
    _check(user, signal.office_id)
    Signal.objects.filter(pk=signal.pk).update(state=state, state_reason=reason, state_by=user, state_at=now)
    _write(_SAID[state], user, signal.office_id, now, f"signal:{signal.pk}", level=signal.level)
    signal.refresh_from_db()
    heard.signal_decided.send(None, about=signal, user=user, now=now)


@transaction.atomic
def sign_briefing(user: User, content: dict[str, Any], now: datetime) -> Briefing:
    """Keep a briefing as it stands, with its digest and who signed it."""
    office = _office(user)
    _check(user, office.pk, "listening.sign")
    signed = Briefing.objects.create(
        office=office,
        at=datetime.fromisoformat(content["at"]),
        since=datetime.fromisoformat(content["since"]),
        language=content["language"],
        content=content,
        digest=briefing_digest(content),
        signed_by=user,
        signed_at=now,
    )
    _write("briefing.signed", user, office.pk, now, f"briefing:{signed.pk}", digest=signed.digest, lines=len(content["lines"]))
    return signed


@transaction.atomic
def send_briefing(user: User, content: dict[str, Any], to: str, language: str, now: datetime) -> None:
    """Mail a briefing to oneself (`to` "self") or, as an officer, to everybody in the office who may read it ("office")."""
    office = _office(user)
    people = [user]
    _check(user, office.pk, "listening.decide" if to == "office" else "listening.read")
    if to == "office":
        people = [person for person in office.people.filter(is_active=True) if person.may("listening.read")]
    addresses = sorted({person.email for person in people if person.email})
    if not addresses:
        raise InputError(gettext("Nobody of them has an e-mail address yet."), subject="to")
    tasks.mail_briefing.defer(content=content, to=addresses, language=language, office=office.pk)
    detail = {"to": to, "people": len(addresses), "at": content["at"], "digest": briefing_digest(content)}
    _write("briefing.sent", user, office.pk, now, **detail)


def _office(user: User) -> Office:
    if user.office is None:
        raise RefusedError(gettext("You do not belong to an office yet."), subject=user.username)
    return user.office


def briefing_digest(content: dict[str, Any]) -> str:
    """SHA-256 of a briefing's content in one agreed form."""
    form = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(form.encode()).hexdigest()


def add_source(user: User, source: Source, now: datetime) -> Source:
    """Add a source to its office; it is visited at once."""
    _check(user, source.office_id, "sources.change")
    return new_source(source, now, user)


@transaction.atomic
def new_source(source: Source, now: datetime, user: User | None = None) -> Source:
    """Store a source and plan its first visit. Raises where the office has it or its kind does not read this address."""
    kinds.check(source)
    if Source.objects.filter(office_id=source.office_id, url=source.url).exists():
        raise InputError(gettext("%(url)s is already among the sources.") % {"url": source.url}, subject="url")
    source.outlet = source.outlet or source.name
    if source.purpose_id is None:
        source.purpose = purposes.first_for(source.office, now)
    purposes.check_source(source, now)
    source.save()
    tasks.plan_visit(source.pk, now)
    detail = {"kind": source.kind, "voice": source.source_kind, "purpose": source.purpose_id}
    _write("source.added", user, source.office_id, now, f"source:{source.pk}", **detail)
    return source


@transaction.atomic
def pause_source(user: User, source: Source, reason: str, now: datetime) -> None:
    """Do not visit a source for now; the reason is shown on its page."""
    _check(user, source.office_id, "sources.change")
    if not reason.strip():
        raise InputError(gettext("Say in a few words why the source is paused."), subject="reason")
    Source.objects.filter(pk=source.pk).update(paused=True, paused_reason=reason.strip()[:300])
    _write("source.paused", user, source.office_id, now, f"source:{source.pk}")


@transaction.atomic
def resume_source(user: User, source: Source, now: datetime) -> None:
    """Visit a paused source again."""
    _check(user, source.office_id, "sources.change")
    purposes.need_running(source.purpose, now)
    _go_on(user, source, now)


def _go_on(user: User, source: Source, now: datetime) -> None:
    Source.objects.filter(pk=source.pk).update(paused=False, paused_reason="", next_visit=now)
    tasks.plan_visit(source.pk, now)
    _write("source.resumed", user, source.office_id, now, f"source:{source.pk}")


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """What may be changed of a source. Never its address, kind or who speaks there: that would be another source."""

    name: str
    outlet: str
    area: str
    pattern: str
    language: str


@transaction.atomic
def change_source(user: User, source: Source, version: int, draft: SourceDraft, purpose: Purpose, now: datetime) -> Source:
    """Let a source say something else of itself, or stand under another purpose. Raises `ConflictError` where somebody else was quicker.

    What was paused because its purpose is over goes on under one that runs; what somebody paused by hand stays so. What was heard before
    is left as it is.
    """
    _check(user, source.office_id, "sources.change")
    under = Purpose.objects.select_for_update().filter(pk=purpose.pk, office=source.office_id).first()
    if under is None:
        raise InputError(purposes.not_for_sources(), subject="purpose")
    row = Source.objects.select_for_update(of=("self",)).select_related("office", "purpose").get(pk=source.pk)
    before, stood = asdict(draft_of(row)), row.purpose
    versions.same(row, version, {**before, "purpose": stood})
    given = _tidied(row, draft)
    changed = [name for name, value in given.items() if value != before[name]]
    changed += ["purpose"] if under.pk != stood.pk else []
    if not changed:
        return row
    for name, value in given.items():
        setattr(row, name, value)
    row.purpose = under
    if row.kind in KINDS:
        kinds.check(row)
    if under.pk != stood.pk:
        purposes.check_source(row, now)
    if "pattern" in changed:  # what the host calls unchanged is to be read with other eyes
        row.etag = row.last_modified = row.cursor = ""
    row.version += 1
    row.save(update_fields=[*before, "purpose", "etag", "last_modified", "cursor", "version"])
    _write("source.changed", user, row.office_id, now, f"source:{row.pk}", fields=changed, before=stood.pk, purpose=under.pk)
    if purposes.stopped_with(row, stood) and under.pk != stood.pk:
        _go_on(user, row, now)
        row.refresh_from_db()
    return row


def draft_of(source: Source) -> SourceDraft:
    """What a source says of itself now."""
    return SourceDraft(source.name, source.outlet, source.area, source.pattern, source.language)


def _tidied(source: Source, draft: SourceDraft) -> dict[str, str]:
    """The draft as it is stored. Raises where the name is missing, or a listing page would have every link on it read."""
    given: dict[str, str] = {name: " ".join(value.split()) for name, value in asdict(draft).items()}
    if not given["name"]:
        raise InputError(gettext("Give the source a name."), subject="name")
    if source.kind == Source.Kind.LISTING and source.pattern and not given["pattern"]:
        raise InputError(gettext("A listing page needs a pattern, or every link on it would be read."), subject="pattern")
    given["outlet"] = given["outlet"] or given["name"]
    return given


@transaction.atomic
def visit_now(user: User, source: Source, now: datetime) -> None:
    """Visit a source at once instead of when it is due."""
    _check(user, source.office_id, "sources.change")
    if source.paused:
        raise RefusedError(gettext("The source is paused; resume it first."), subject=source.name)
    Source.objects.filter(pk=source.pk).update(next_visit=now)
    tasks.plan_visit(source.pk, now)
    _write("source.visited", user, source.office_id, now, f"source:{source.pk}")


@transaction.atomic
def note_export(user: User | Office, what: str, now: datetime, subject: str = "", **detail: object) -> None:
    """Who took what out of the office (at the terminal: nobody, out of that office).

    `what` is a code such as `sources.opml`; counts and the filter belong to the detail.
    """
    by, office = (user, _office(user)) if isinstance(user, User) else (None, user)
    _write("export.made", by, office.pk, now, subject, what=what, **detail)
