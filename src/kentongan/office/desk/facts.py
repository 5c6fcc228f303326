"""The only code that changes the fact board. As in `services`: each act checks the right and that the person sees the issue, works under
the issue's lock, and leaves its line in the ledger in the same transaction.

The lock is that of the issue whose board shows the fact: a part's facts are changed where they are shown. No word of a fact goes into the
ledger; the line has the digest of the version's words (`words_of`).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import fact_queries, moves, queries, services, usable
from kentongan.office.desk.facts_models import (
    LONGEST_ABOUT,
    LONGEST_ADDRESS,
    LONGEST_FIGURE,
    LONGEST_SOURCE,
    LONGEST_TEXT,
    Fact,
    FactSettled,
    FactUse,
    FactVersion,
    Words,
)
from kentongan.office.desk.models import Issue, IssueLink
from kentongan.office.desk.recording import digest_of, record
from kentongan.office.listening import claims, purposes
from kentongan.office.people.models import Agency, User
from kentongan.office.people.permissions import RIGHTS, need
from kentongan.office.people.versions import ConflictError, same

GRADES: Mapping[str, tuple[str, ...]] = {"known": ("confirmed", "likely"), "assumed": ("likely", "unclear"), "unknown": ("",)}
"""Which grades a kind can have."""
SAID = ("kind", "text", "about", "figure", "source", "source_url", "grade", "link", "withdrawn")
CLOCKS_DIFFER = timedelta(minutes=5)
LONGEST_LIFE = timedelta(days=3_653)
EARLIEST = 1900


@dataclass(frozen=True, slots=True)
class FactDraft:
    """What people say of a fact, as they typed it. `link`, `owner` and `agency` are numbers."""

    kind: str
    text: str
    as_of: datetime | None = None
    about: str = ""
    figure: str = ""
    source: str = ""
    source_url: str = ""
    link: int | None = None
    grade: str = ""
    owner: int | None = None
    agency: int | None = None
    expires: datetime | None = None


def stored_of(fact: Fact) -> dict[str, Any]:
    """What stands there now, field by field as in a draft."""
    return asdict(
        FactDraft(
            fact.kind, fact.text, fact.as_of, fact.about, fact.figure, fact.source, fact.source_url, fact.link_id, fact.grade,
            fact.owner_id, fact.agency_id, fact.expires,
        )
    )  # fmt: skip


def words_of(version: FactVersion) -> str:
    """Everything a version says, as one text: what its digest in the ledger is of."""
    said = {name: getattr(version, name) for name in SAID}
    said |= {"fact": version.fact_id, "version": version.version, "owner": version.owner_id, "agency": version.agency_id}
    said |= {name: moment.isoformat() if moment else "" for name, moment in (("as_of", version.as_of), ("expires", version.expires))}
    return json.dumps(said, sort_keys=True, ensure_ascii=False)


# Adding, changing, withdrawing


@transaction.atomic
def add(by: User, issue: Issue, draft: FactDraft, now: datetime) -> Fact:
    """One more fact on the board."""
    found = _held(by, "issues.change", issue)
    fact = Fact(office_id=found.office_id, issue=found, **_columns(_clean(found, draft, now)), version=0, added=now)
    return _keep(by, "fact.added", fact, now)


@transaction.atomic
def change(by: User, fact: Fact, draft: FactDraft, version: int, now: datetime) -> Fact:
    """Say it otherwise, as a new version. Whoever saw an older one changes nothing; what is the same leaves no version."""
    whole, found = _held_with(by, fact)
    same(found, version, stored_of(found))
    if found.withdrawn:
        raise RefusedError(gettext("This fact was withdrawn. Add what is so now as a new one."), subject="withdrawn")
    draft, before = _clean(whole, draft, now, found), stored_of(found)
    changed = sorted(name for name, value in asdict(draft).items() if value != before[name])
    if not changed:
        return found
    for name, value in _columns(draft).items():
        setattr(found, name, value)
    return _keep(by, "fact.changed", found, now, fields=changed)


@transaction.atomic
def withdraw(by: User, fact: Fact, reason: str, version: int, now: datetime) -> Fact:
    """It is not so, or not ours to say; with a reason. It stays on the board as withdrawn, and where it was used that is said."""
    _, found = _held_with(by, fact)
    if found.withdrawn:
        return found
    same(found, version, stored_of(found))
    reason = _reason(reason)
    found.withdrawn = True
    return _keep(by, "fact.withdrawn", found, now, reason)


def _keep(by: User, act: str, fact: Fact, now: datetime, reason: str = "", **detail: object) -> Fact:
    """Store it, one version on, with the version's words and its line."""
    fact.version, fact.at, fact.by = fact.version + 1, now, by
    fact.save(force_insert=fact.version == 1)
    words = {field.attname: getattr(fact, field.attname) for field in Words._meta.fields}
    version = FactVersion.objects.create(fact=fact, link=fact.link_id, **words)
    told = {"fact": fact.pk, "version": fact.version, "kind": fact.kind, "words": digest_of(words_of(version))}
    record(by, act, fact.issue, now, reason, **told, **detail)
    return fact


# Settling


@transaction.atomic
def settle(by: User, issue: Issue, about: str, holds: int, seen: Collection[tuple[int, int]], reason: str, now: datetime) -> FactSettled:
    """Which of several figures of the same holds: by name, with a reason, among the facts and versions the person saw."""
    found = _held(by, "claims.decide", issue)
    facts = fact_queries.get_facts(found)
    group = {one.pk: one for one in usable.alive([fact_queries.plain(one) for one in facts], now).get(usable.key_of(about), ())}
    if len({usable.figure_of(one.figure) for one in group.values()}) < 2:
        raise RefusedError(gettext("There is nothing to settle here: no two figures differ."), subject="about")
    among = sorted((one.pk, one.version) for one in group.values())
    if set(seen) != set(among):
        raise ConflictError(subject=str(found.pk), stored={str(one.pk): one.figure for one in group.values()}, version=found.version)
    if holds not in group:
        raise InputError(gettext("Choose the figure that holds."), subject="holds")
    note = record(by, "fact.settled", found, now, _reason(reason), fact=holds, version=group[holds].version,
                  among=[evidence_id(*one) for one in among])  # fmt: skip
    return FactSettled.objects.create(
        office_id=found.office_id, issue=found, about=group[holds].about, holds_id=holds, among=among, note=note, at=now, by=by
    )


# Where facts are used


@transaction.atomic
def note_uses(by: User, key: str, label: str, uses: Iterable[tuple[int, int]], now: datetime) -> None:
    """`key` ("statement:12", called `label`) says what these facts said at these versions, and nothing of any other fact.

    Of a fact used at two versions the older counts. For the services of what uses facts, which have asked for their own right and hold
    their own lock. Raises `RefusedError` for a fact of an issue the person does not see, `InputError` for a version there never was.
    """
    need(by, "issues.read")
    wanted = dict(sorted(uses, reverse=True))
    before = dict(FactUse.objects.filter(office=by.office_id, key=key).values_list("fact", "version"))
    rows = Fact.objects.select_related("issue").filter(issue__in=queries.get_seen(by), pk__in={*wanted, *before})
    facts = {one.pk: one for one in rows}
    if not wanted.keys() <= facts.keys():
        raise RefusedError(gettext("There is no such fact in your office."), subject="fact")
    if [pk for pk, version in wanted.items() if not 1 <= version <= facts[pk].version]:
        raise InputError(gettext("This fact never had such a version."), subject="fact")
    FactUse.objects.filter(office=by.office_id, key=key).exclude(fact__in=wanted).delete()
    for pk, version in wanted.items():
        if before.get(pk) != version:
            values = {"version": version, "label": label[:200], "at": now}
            FactUse.objects.update_or_create(office_id=by.office_id, fact_id=pk, key=key, defaults=values)
    for issue in {one.issue_id: one.issue for one in facts.values()}.values():
        now_used, was_used = ({pk: version for pk, version in them.items() if pk in facts and facts[pk].issue_id == issue.pk}
                              for them in (wanted, before))  # fmt: skip
        if now_used != was_used:
            record(by, "fact.used", issue, now, used_in=key, facts=[evidence_id(*one) for one in sorted(now_used.items())])


def evidence_id(fact: int, version: int) -> str:
    """How a sentence names a fact as its evidence."""
    return f"fact:{fact}@{version}"


# What every act does


def _held(by: User, right: str, issue: Issue) -> Issue:
    """The issue under a lock, where facts may be put: neither part of another nor closed."""
    found = services.held(by, right, issue)
    if found.state in moves.OVER:
        raise RefusedError(gettext("This issue is closed. Open it again first."), subject="closed")
    return found


def _held_with(by: User, fact: Fact) -> tuple[Issue, Fact]:
    """The issue whose board shows the fact, under a lock, and the fact as it stands."""
    need(by, "issues.change", fact)
    own = queries.get_seen(by).select_related("merged_into").filter(facts=fact.pk).first()
    whole = _held(by, "issues.change", (own.merged_into or own) if own is not None else fact.issue)
    found = Fact.objects.select_for_update(of=("self",)).select_related("issue").filter(fact_queries.shown_with(whole), pk=fact.pk).first()
    if found is None:
        raise RefusedError(gettext("There is no such fact in your office."), subject="fact")
    return whole, found


def _reason(text: str) -> str:
    reason = _plain(text, "reason", services.LONGEST_REASON)
    if len(reason) < moves.SHORTEST_REASON:
        raise InputError(gettext("Say in a few words why."), subject="reason")
    return reason


def _columns(draft: FactDraft) -> dict[str, Any]:
    """A draft by the columns of the table."""
    rest = asdict(draft)
    return {**{f"{name}_id": rest.pop(name) for name in ("link", "owner", "agency")}, **rest}


# What may be said


def _clean(whole: Issue, draft: FactDraft, now: datetime, found: Fact | None = None) -> FactDraft:
    if draft.kind not in Fact.Kind.values:
        raise InputError(gettext("Choose whether this is known, not known yet or assumed."), subject="kind")
    draft = replace(
        draft, text=_plain(draft.text, "text", LONGEST_TEXT), about=_plain(draft.about, "about", LONGEST_ABOUT),
        figure=_plain(draft.figure, "figure", LONGEST_FIGURE), source=_plain(draft.source, "source", LONGEST_SOURCE),
        source_url=_address(draft.source_url), grade="" if draft.kind == "unknown" else draft.grade,
    )  # fmt: skip
    if not draft.text:
        raise InputError(gettext("Say in one sentence what is so, or what is not known."), subject="text")
    if draft.figure and draft.kind == "unknown":
        raise InputError(gettext("What is not known has no figure. Leave it empty, or call the fact known or assumed."), subject="figure")
    if draft.figure and not usable.key_of(draft.about):
        raise InputError(gettext("Say what the figure is of, so that it can be held against other figures of the same."), subject="about")
    if draft.link is not None and not IssueLink.objects.filter(fact_queries.shown_with(whole), other=None, pk=draft.link).exists():
        raise InputError(gettext("Choose something that is linked with this issue."), subject="link")
    if draft.kind == "known" and not (draft.source or draft.source_url or draft.link):
        raise InputError(gettext("Say how we know: in words, by an address, or by something linked with the issue."), subject="source")
    if draft.grade not in GRADES[draft.kind]:
        words = " / ".join(str(Fact.Grade(one).label) for one in GRADES[draft.kind])
        raise InputError(gettext("Choose how sure it is: %(words)s.") % {"words": words}, subject="grade")
    _need_somebody(whole, draft, found)
    return _timed(draft, now)


def _plain(text: str, field: str, longest: int) -> str:
    """What was typed, as one line without anything invisible. Raises `InputError` at its field."""
    if len(text) > 20 * longest:
        raise _too_long(field, longest)
    found = unicodedata.normalize("NFC", " ".join(text.split()))
    found = "".join(one for one in found if unicodedata.category(one) != "Cf")
    if any(unicodedata.category(one) in {"Cc", "Cs"} for one in found):
        raise InputError(gettext("There are characters in it that cannot be read. Type it anew."), subject=field)
    if len(found) > longest:
        raise _too_long(field, longest)
    purposes.need_no_identifiers(found, field)
    return found


def _too_long(field: str, longest: int) -> InputError:
    return InputError(gettext("Say it in at most %(n)s characters.") % {"n": longest}, subject=field)


def _address(typed: str) -> str:
    found = _plain(typed, "source_url", LONGEST_ADDRESS)
    if found:
        claims.need_address(found, "source_url", gettext("The address does not begin with http:// or https://."))
    return found


def _need_somebody(whole: Issue, draft: FactDraft, found: Fact | None) -> None:
    """Somebody answers for it: a colleague who sees the issue, or an agency."""
    if draft.owner is None and draft.agency is None:
        raise InputError(gettext("Say who answers for it: a colleague or an agency."), subject="owner")
    if draft.owner is not None and (found is None or draft.owner != found.owner_id):
        owner = User.objects.filter(office=whole.office_id, pk=draft.owner, is_active=True).first()
        if owner is None or not owner.roles & RIGHTS["issues.read"] or not services.circle_of(whole).has(owner.pk):
            raise InputError(gettext("Choose somebody who works here and sees this issue."), subject="owner")
    new = draft.agency is not None and (found is None or draft.agency != found.agency_id)
    if new and not Agency.objects.filter(office=whole.office_id, pk=draft.agency, ended=None).exists():
        raise InputError(gettext("Choose agencies of the office's list."), subject="agency")


def _timed(draft: FactDraft, now: datetime) -> FactDraft:
    """With its moments to the minute, as a form gives them."""
    if draft.as_of is None or draft.as_of.year < EARLIEST or draft.as_of > now + CLOCKS_DIFFER:
        raise InputError(gettext("Say at what moment it was so: now or earlier."), subject="as_of")
    as_of = draft.as_of.replace(second=0, microsecond=0)
    if draft.expires is None:
        return replace(draft, as_of=as_of)
    if not now < draft.expires <= now + LONGEST_LIFE:
        raise InputError(gettext("Choose a moment to come, within ten years; or leave it empty."), subject="expires")
    return replace(draft, as_of=as_of, expires=draft.expires.replace(second=0, microsecond=0))
