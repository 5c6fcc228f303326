"""The only code that changes issues. Each act checks the right and that the person sees the issue, reads it under a lock, and leaves its
line in the ledger in the same transaction.

Whoever saw an older version changes nothing and is shown what stands there now (`versions.ConflictError`). What a person wrote as a reason
is kept as a note; the line has its number and digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from kentongan.engine.records import LEVELS
from kentongan.errors import InputError, KentonganError, RefusedError
from kentongan.office.desk import clock_queries, moves, queries
from kentongan.office.desk.clocks import AT_ONCE, Given
from kentongan.office.desk.facts_models import Fact
from kentongan.office.desk.models import Issue, IssueLink
from kentongan.office.desk.recording import due_moved, record
from kentongan.office.desk.statement_pasting import LONGEST_REASON, cleaned, cleaned_line, decent_line
from kentongan.office.listening import claims, presenting, purposes
from kentongan.office.listening.claims_models import Claim
from kentongan.office.listening.models import Signal, Story
from kentongan.office.people import settings as office_settings
from kentongan.office.people.models import Agency, Place, User
from kentongan.office.people.permissions import RIGHTS, need
from kentongan.office.people.versions import same
from kentongan.office.typed import whole

LONGEST_TEXT, LONGEST_TITLE = 4_000, 200


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """What people say of an issue, as they typed it. `lead`, `agency`, `supporting` and `place` are numbers."""

    title: str
    summary: str = ""
    kind: str = "event"
    topic: str = ""
    place: int | None = None
    stance: str = "unclear"
    lead: int | None = None
    agency: int | None = None
    supporting: tuple[int, ...] = ()
    due: datetime | None = None
    due_note: str = ""


@dataclass(frozen=True, slots=True)
class Seed:
    """What an issue is opened from: a story, a signal or a claim, with what the engine says of it. Nothing: by hand."""

    kind: str = ""
    pk: int = 0
    level: str = ""
    reasons: tuple[Mapping[str, Any], ...] = ()


def stored_of(issue: Issue) -> dict[str, Any]:
    """What stands there now, field by field as in a draft."""
    return asdict(
        IssueDraft(
            title=issue.title, summary=issue.summary, kind=issue.kind, topic=issue.topic, place=issue.place_id, stance=issue.stance,
            lead=issue.lead_id, agency=issue.agency_id, supporting=tuple(issue.supporting), due=issue.due, due_note=issue.due_note,
        )
    )  # fmt: skip


def circle_of(issue: Issue) -> moves.Circle:
    """Who sees an issue."""
    return moves.Circle(issue.need_to_know, issue.lead_id, frozenset(issue.named))


# Opening and changing


@transaction.atomic
def open_issue(by: User, draft: IssueDraft, level: str, reason: str, seed: Seed, now: datetime) -> Issue:
    """A new issue. Whoever gives it another level than the engine says why; opened by hand it has the level of who opened it."""
    need(by, "issues.change")
    draft, reason = _clean(by, draft), _reason(reason)
    _need_level(level)
    if level != seed.level and len(reason) < moves.SHORTEST_REASON:
        raise InputError(gettext("Say in a few words why it has this level."), subject="reason")
    other = level != seed.level
    issue = Issue(
        office_id=by.office_id, **_columns(draft), level=level, suggested=seed.level, reasons=[dict(one) for one in seed.reasons],
        level_by=by if other else None, level_reason=reason if other else "", opened=now, opened_by=by, moved=now,
    )  # fmt: skip
    terms = terms_of(issue.office_id)
    issue.due = moves.sooner(issue.due, moves.first_due(level, now, terms))
    issue.save(force_insert=True)
    if seed.kind:
        IssueLink.objects.create(office_id=by.office_id, issue=issue, kind=seed.kind, **{f"{seed.kind}_id": seed.pk}, at=now, by=by)
    record(
        by,
        "issue.opened",
        issue,
        now,
        reason if other else "",
        level=level,
        kind=issue.kind,
        about=f"{seed.kind}:{seed.pk}" if seed.kind else "",
        term=minutes_of(terms, level),
    )
    return issue


@transaction.atomic
def change_issue(by: User, issue: Issue, draft: IssueDraft, version: int, now: datetime) -> Issue:
    """Say it otherwise: title, summary, kind, topic, place, stance, who leads and supports, what is due. Nothing else moves."""
    found = held(by, "issues.change", issue, version)
    draft = _clean(by, draft, found)
    if found.truth == Issue.Truth.FALSE and draft.kind not in moves.CLAIMS:
        raise InputError(gettext("It was called false, so it stays a claim or a rumour. Decide about its truth first."), subject="kind")
    if found.need_to_know and draft.lead is None:
        raise InputError(gettext("An issue that few may see needs somebody who leads it."), subject="lead")
    if found.state in moves.OVER and draft.due is not None:
        raise InputError(gettext("Nothing is due any more in an issue that is closed. Open it again first."), subject="due")
    before = stored_of(found)
    changed = sorted(name for name, value in asdict(draft).items() if value != before[name])
    if not changed:
        return found
    if "due" in changed:
        _need_within_clocks(found, draft.due, now)
        draft = draft if "due_note" in changed or not found.due_law else replace(draft, due_note="")
        _due_of(found, draft.due, draft.due_note)
    for name, value in _columns(draft).items():
        setattr(found, name, value)
    _keep(found)
    said: dict[str, object] = {"lead": found.lead_id} if "lead" in changed else {}
    record(by, "issue.changed", found, now, fields=changed, **said, **due_moved(before["due"], found.due))
    return found


def _need_within_clocks(found: Issue, due: datetime | None, now: datetime) -> None:
    """Refuse to move what is due behind what a law says."""
    clock = clock_queries.get_soonest(found, now)
    if clock is not None and clock.law.code in AT_ONCE:
        raise InputError(gettext("By law it is to be announced at once: publish it, or end the clock with a reason first."), subject="due")
    if clock is not None and (due is None or due > clock.due):
        said = gettext("By law something is due %(when)s: it can be earlier, not later.")
        raise InputError(said % {"when": presenting.day_and_hour(clock.due)}, subject="due")


def _clean(by: User, draft: IssueDraft, found: Issue | None = None) -> IssueDraft:
    title, summary, due_note = _texts(draft)
    for name, text in (("title", title), ("summary", summary), ("due_note", due_note)):
        purposes.need_no_identifiers(text, name)
    if draft.kind not in Issue.Kind.values:
        raise InputError(gettext("Choose what kind of matter it is."), subject="kind")
    if draft.stance not in Claim.Stance.values:
        raise InputError(gettext("Choose one of the stances."), subject="stance")
    if draft.topic and draft.topic not in dict(presenting.topics()) and (found is None or draft.topic != found.topic):
        raise InputError(gettext("Choose a topic of the office's list."), subject="topic")
    if draft.place is not None and not Place.objects.filter(office=by.office_id, pk=draft.place).exists():
        raise InputError(gettext("Choose a place of the office's list."), subject="place")
    if draft.lead is not None and (found is None or draft.lead != found.lead_id):
        _need_lead(by, draft.lead)
    wanted = {*draft.supporting} | ({draft.agency} if draft.agency is not None else set())
    if Agency.objects.filter(office=by.office_id, pk__in=wanted).count() != len(wanted):
        raise InputError(gettext("Choose agencies of the office's list."), subject="agency")
    supporting = tuple(sorted(set(draft.supporting) - {draft.agency}))
    return replace(draft, title=title, summary=summary, supporting=supporting, due_note=due_note)


def _texts(draft: IssueDraft) -> tuple[str, str, str]:
    """Title, summary and what is due as they are read: nothing invisible in them, no markup, none too long."""
    title, summary, due_note = " ".join(draft.title.split()), draft.summary.strip(), " ".join(draft.due_note.split())
    too_long = gettext("Give it a title of at most %(n)s characters.") % {"n": LONGEST_TITLE}
    if len(title) > LONGEST_TITLE:
        raise InputError(too_long, subject="title")
    for name, text, most in (("summary", summary, LONGEST_TEXT), ("due_note", due_note, LONGEST_TITLE)):
        if len(text) > most:
            raise InputError(gettext("Say it in at most %(n)s characters.") % {"n": most}, subject=name)
    title = cleaned_line(title, gettext("Title"), "title", longest=LONGEST_TITLE)
    if not title:
        raise InputError(too_long, subject="title")
    summary = cleaned(summary, gettext("What it is about"), "summary", longest=LONGEST_TEXT)
    return title, summary, cleaned_line(due_note, gettext("What is due"), "due_note", longest=LONGEST_TITLE)


def _need_lead(by: User, pk: int) -> None:
    lead = User.objects.filter(office=by.office_id, pk=pk, is_active=True).first()
    if lead is None or not lead.roles & RIGHTS["issues.change"]:
        raise InputError(gettext("Choose somebody who works here and may work on issues."), subject="lead")


def _columns(draft: IssueDraft) -> dict[str, Any]:
    """A draft by the columns of the table."""
    rest = asdict(draft)
    return {**{f"{name}_id": rest.pop(name) for name in ("place", "lead", "agency")}, **rest, "supporting": list(draft.supporting)}


# The state machine


@transaction.atomic
def move(by: User, issue: Issue, act: str, version: int, now: datetime, *, reason: str = "", until: datetime | None = None) -> Issue:
    """Check, answer, say, watch, close, reopen. What holds already changes nothing; what `moves.LEGAL` does not have is refused."""
    if act not in moves.BY_ITSELF:
        raise InputError(gettext("Choose what is to be done."), subject="act")
    found = held(by, "issues.change", issue)
    if moves.holds(found.state, act):
        return found
    same(found, version, stored_of(found))
    reason, before, was_due = _reason(reason), found.state, found.due
    try:
        found.state = moves.after(found.state, act)
        moves.need_for(act, reason, until, now)
    except moves.IllegalMove as error:
        raise _refusal(error.code) from None
    if act in {"watch", "close"}:
        _need_no_clock(found, now)
    found.moved = now
    if act == "say":
        _fit(found, None, "", now, Given(now))
    elif act == "watch" or found.state in moves.OVER:
        _due_of(found, until if act == "watch" else None)
    _keep(found)
    said: dict[str, object] = {"until": until.isoformat()} if act == "watch" and until else {}
    record(by, f"issue.{PAST[act]}", found, now, reason, before=before, **said, **due_moved(was_due, found.due))
    return found


def _need_no_clock(found: Issue, now: datetime) -> None:
    """Refuse to put aside what a law still asks for."""
    clock = clock_queries.get_soonest(found, now)
    if clock is not None:
        said = gettext("A clock set by law runs until %(when)s. Publish what it asks for, or end it with a reason first.")
        raise RefusedError(said % {"when": presenting.day_and_hour(clock.due)}, subject="clock")


PAST = {"check": "checked", "answer": "answering", "say": "answered", "watch": "watched", "close": "closed", "reopen": "reopened"}
"""How the ledger calls an act."""


# Level and truth


@transaction.atomic
def set_level(by: User, issue: Issue, level: str, reason: str, version: int, now: datetime) -> Issue:
    """Say how serious it is, with a reason, by name. A higher level brings its clock forward, never back."""
    found = held(by, "issues.decide", issue, version)
    _need_level(level)
    reason = _reason(reason)
    if len(reason) < moves.SHORTEST_REASON:
        raise InputError(gettext("Say in a few words why it has this level."), subject="reason")
    before, was_due, found.level, found.level_by, found.level_reason = found.level, found.due, level, by, reason
    if found.state not in moves.OVER and presenting.level_rank(level) > presenting.level_rank(before):
        _bring_forward(found, moves.first_due(level, now, terms_of(found.office_id)))
    _keep(found)
    moved = due_moved(was_due, found.due)
    record(by, "issue.level_set", found, now, reason, level=level, before=before, suggested=found.suggested, **moved)
    return found


@transaction.atomic
def decide_truth(by: User, issue: Issue, truth: str, reason: str, evidence: str, address: str, version: int, now: datetime) -> Issue:
    """Say whether it is so: by name, with a written reason, and with evidence where it is called true, partly true or false."""
    found = held(by, "claims.decide", issue, version)
    if truth not in Issue.Truth.values:
        raise InputError(gettext("Choose one of the truth statuses."), subject="truth")
    evidence = cleaned(evidence, gettext("What shows it"), "evidence", longest=LONGEST_TEXT)
    reason, address = _reason(reason), address.strip()
    if address:
        _need_address(address, "evidence_url")
    lacks = moves.truth_lacks(found.kind, truth, reason, evidence, address)
    if lacks:
        raise _lacking(lacks)
    before, found.truth = found.truth, truth
    undone = truth == Issue.Truth.UNVERIFIED
    found.truth_reason, found.evidence, found.evidence_url = ("", "", "") if undone else (reason, evidence, address)
    found.truth_by, found.truth_at = (None, None) if undone else (by, now)
    _keep(found)
    record(by, "issue.truth_decided", found, now, "\n".join(filter(None, (reason, evidence, address))), truth=truth, before=before)
    return found


def _lacking(code: str) -> InputError:
    if code == "kind":
        return InputError(gettext("Only a claim or a rumour can be false: criticism, questions and wishes are not."), subject="truth")
    if code == "reason":
        return InputError(gettext("Say in a few words why."), subject="reason")
    return InputError(gettext("Say what shows it, or give the address of the evidence."), subject="evidence")


# Who sees it


@transaction.atomic
def restrict(by: User, issue: Issue, need_to_know: bool, named: tuple[int, ...], version: int, now: datetime) -> Issue:
    """Only the lead and these people see it from now on; or everybody again who reads issues."""
    found = held(by, "issues.decide", issue, version)
    named = tuple(sorted(set(named))) if need_to_know else ()
    if need_to_know and found.lead_id is None:
        raise InputError(gettext("Say first at whose desk it lies; then only they and the people you name see it."), subject="named")
    if need_to_know and by.pk not in {found.lead_id, *named}:
        raise InputError(gettext("You would not see it yourself any more. Name yourself, too."), subject="named")
    if User.objects.filter(office=by.office_id, pk__in=named, is_active=True).count() != len(named):
        raise InputError(gettext("Choose people who work here."), subject="named")
    found.need_to_know, found.named = need_to_know, list(named)
    _keep(found)
    record(by, "issue.restricted" if need_to_know else "issue.shared", found, now, **({"named": list(named)} if need_to_know else {}))
    return found


# What it is about


@transaction.atomic
def link(by: User, issue: Issue, kind: str, what: int | str, now: datetime) -> IssueLink:
    """It is about this, too: the number of a story, signal or claim, or an address; or another issue belongs beside it. A second time it
    changes nothing."""
    found = held(by, "issues.change", issue)
    if kind == IssueLink.Kind.ADDRESS:
        _need_address(str(what).strip(), "url")
        values: dict[str, Any] = {"url": str(what).strip()}
    elif kind == IssueLink.Kind.ISSUE:
        values = {"other_id": _need_seen(by, found, what)}
    else:
        values = {f"{kind}_id": _need_heard(by, kind, what)}
    made, new = IssueLink.objects.get_or_create(office_id=found.office_id, issue=found, kind=kind, **values, defaults={"at": now, "by": by})
    if new:
        record(by, "issue.linked", found, now, link=made.pk, about=f"{kind}:{what}" if kind != "address" else "address")
    return made


HEARD: Mapping[str, Any] = {"story": Story, "signal": Signal, "claim": Claim}


def _need_seen(by: User, found: Issue, what: int | str) -> int:
    pk = whole(str(what)) or 0
    if pk == found.pk or not queries.get_seen(by).filter(pk=pk).exists():
        raise InputError(gettext("Choose another issue of your office."), subject="id")
    return pk


def _need_heard(by: User, kind: str, what: int | str) -> int:
    pk = whole(str(what)) or 0
    if kind not in HEARD or not HEARD[kind].objects.filter(office=by.office_id, pk=pk).exists():
        raise InputError(gettext("There is no such thing in your office."), subject="id")
    return pk


@transaction.atomic
def unlink(by: User, issue: Issue, pk: int, now: datetime) -> None:
    """It is not about this. The ledger keeps that it was linked."""
    found = held(by, "issues.change", issue)
    if Fact.objects.filter(link__issue=found, link=pk).exists():
        raise RefusedError(gettext("A fact rests on this. Give the fact another source first."), subject="link")
    if IssueLink.objects.filter(issue=found, pk=pk).delete()[0]:
        record(by, "issue.unlinked", found, now, link=pk)


def _need_address(address: str, field: str) -> None:
    claims.need_address(address, field, gettext("The address does not begin with http:// or https://."))


# Merging, parting, splitting


@transaction.atomic
def merge(by: User, issue: Issue, into: Issue, reason: str, version: int, now: datetime) -> Issue:
    """It is part of another: that one shows its links, facts and history from now on. What was merged into it goes along."""
    rows = {one.pk: one for one in _both(by, issue, into)}
    found, whole = rows[issue.pk], rows[into.pk]
    same(found, version, stored_of(found))
    reason = _reason(reason)
    try:
        if found.pk == whole.pk:
            raise moves.IllegalMove("itself")
        state = moves.after(found.state, "merge")
        moves.need_for("merge", reason, None, now)
        if whole.state in moves.OVER:
            raise moves.IllegalMove("over")
        moves.need_alike(circle_of(found), circle_of(whole))
    except moves.IllegalMove as error:
        raise _refusal(error.code) from None
    Issue.objects.filter(office=by.office_id, merged_into=found).update(merged_into=whole)
    was_due = found.due
    found.state, found.merged_into, found.moved = state, whole, now
    _due_of(found, None)
    if whole.need_to_know:
        found.named, found.lead_id = whole.named, whole.lead_id
    _keep(found)
    record(by, "issue.merged", found, now, reason, into=whole.pk, **due_moved(was_due, None))
    fit_to_clocks(by, whole, now)
    return found


def _both(by: User, issue: Issue, into: Issue) -> list[Issue]:
    """Both under a lock, in the order of their numbers, so that two people who merge crosswise wait for each other and do not block."""
    return [held(by, "issues.decide", one) for one in sorted({issue.pk: issue, into.pk: into}.values(), key=lambda row: row.pk)]


@transaction.atomic
def part(by: User, issue: Issue, reason: str, version: int, now: datetime) -> Issue:
    """It was not part of the other after all: it is open again, with what is its own."""
    found = held(by, "issues.decide", issue, merged=True)
    same(found, version, stored_of(found))
    reason, whole = _reason(reason), found.merged_into
    try:
        state = moves.after(found.state, "part")
        moves.need_for("part", reason, None, now)
    except moves.IllegalMove as error:
        raise _refusal(error.code) from None
    found.state, found.merged_into, found.moved = state, None, now
    _keep(found)
    record(by, "issue.parted", found, now, reason, out_of=whole.pk if whole is not None else None)
    fit_to_clocks(by, found, now)
    if whole is not None:
        fit_to_clocks(by, whole, now)
    return found


@transaction.atomic
def split(by: User, issue: Issue, links: tuple[int, ...], title: str, version: int, now: datetime) -> Issue:
    """Some of what it is about is a matter of its own: a new issue of the same kind, place, level and people takes these links."""
    found = held(by, "issues.decide", issue, version)
    taken = list(IssueLink.objects.filter(issue=found, pk__in=links).values_list("pk", flat=True))
    if not taken or len(taken) != len(set(links)):
        raise InputError(gettext("Tick what belongs to the new issue."), subject="links")
    draft = _clean(by, replace(IssueDraft(**stored_of(found)), title=title, summary="", due=None, due_note=""), found)
    made = Issue(
        office_id=found.office_id, **_columns(draft), level=found.level, suggested=found.suggested, reasons=found.reasons,
        level_by=found.level_by, level_reason=found.level_reason, need_to_know=found.need_to_know, named=found.named,
        opened=now, opened_by=by, moved=now,
    )  # fmt: skip
    terms = terms_of(found.office_id)
    made.due = moves.first_due(made.level, now, terms)
    made.save(force_insert=True)
    IssueLink.objects.filter(pk__in=taken).update(issue=made)
    _keep(found)
    record(by, "issue.split", found, now, into=made.pk, links=taken)
    about, term = f"issue:{found.pk}", minutes_of(terms, made.level)
    record(by, "issue.opened", made, now, level=made.level, kind=made.kind, about=about, term=term)
    return made


# What every act does


def terms_of(office: int) -> dict[str, timedelta]:
    """How long until the first answer is due, by level, as the office set it; levels without a clock are left out. One query."""
    config = office_settings.of(office)
    lengths = {level: timedelta(minutes=int(config[f"first_due_{level}_min"])) for level in LEVELS}
    return {level: length for level, length in lengths.items() if length}


def minutes_of(terms: Mapping[str, timedelta], level: str) -> int:
    """What the record keeps of the term that held; 0 for a level without a clock."""
    return round(terms.get(level, timedelta()).total_seconds() / 60)


def held(by: User, right: str, issue: Issue, version: int | None = None, *, merged: bool = False) -> Issue:
    """For the services of this room: the issue under a lock, where the person has the right and sees it, at the version they saw. Where it
    may be part of another that one is locked, too, in the order of their numbers."""
    need(by, right, issue)
    if merged and issue.merged_into_id is not None:
        list(Issue.objects.select_for_update().filter(pk__in=(issue.pk, issue.merged_into_id)).order_by("pk").values_list("pk"))
    found = queries.get_seen(by).select_for_update().filter(pk=issue.pk).first()
    if found is None:
        raise RefusedError(gettext("There is no such issue in your office."), subject="issue")
    if found.state == Issue.State.MERGED and not merged:
        raise RefusedError(gettext("It is part of another issue: do this there, or take it out of the other first."), subject="merged")
    if version is not None:
        same(found, version, stored_of(found))
    return found


def answered(by: User, issue: Issue, next_update: datetime | None, now: datetime) -> None:
    """For the service that publishes for everybody, in its transaction: the answer that was due is there, so what is due now is the update
    it promises, what a law still asks for, or nothing. What somebody set by hand with a note stays, and so does the moment at which what is
    watched is looked at again."""
    found = _whole(issue)
    if found.state not in moves.ASLEEP:
        due, note = _own_due(found)
        _say_due(by, found, (due, note) if note else (next_update, ""), now)


def fit_to_clocks(by: User | None, issue: Issue, now: datetime) -> None:
    """For the services of this room, in their transaction: what is due follows the clocks that run about the issue from now on."""
    found = _whole(issue)
    if found.state not in moves.OVER:
        _say_due(by, found, _own_due(found), now)


def _whole(issue: Issue) -> Issue:
    """The issue, or the one it is part of, under a lock."""
    found = Issue.objects.select_for_update().get(pk=issue.pk)
    return found if found.merged_into_id is None else Issue.objects.select_for_update().get(pk=found.merged_into_id)


def _own_due(found: Issue) -> tuple[datetime | None, str]:
    """What would be due were there no law, with its note."""
    return (found.own_due, found.own_due_note) if found.due_law else (found.due, found.due_note)


def _due_of(found: Issue, due: datetime | None, note: str = "") -> None:
    """This is due, and by no law."""
    found.due, found.due_note, found.due_law, found.own_due, found.own_due_note = due, note, "", None, ""


def _fit(found: Issue, due: datetime | None, note: str, now: datetime, *more: Given) -> None:
    """This is due, or what a clock that runs says where that is sooner, in the language of the office; `more` having come."""
    clock = clock_queries.get_soonest(found, now, *more)
    _due_of(found, due, note)
    if clock is not None and (due is None or due > clock.due):
        found.due, found.due_note, found.due_law = clock.due, clock_queries.note_of(clock.law, found), clock.law.code
        found.own_due, found.own_due_note = due, note


def _bring_forward(found: Issue, first: datetime | None) -> None:
    """The clock of a level: what is due becomes due then where that is sooner."""
    due, note = _own_due(found)
    due = moves.sooner(due, first)
    if not found.due_law or (due is not None and found.due is not None and due < found.due):
        _due_of(found, due, note)
    else:
        found.own_due = due


def _say_due(by: User | None, found: Issue, own: tuple[datetime | None, str], now: datetime) -> None:
    """Keep what is due where it is another; the line says when it was due before, where that moved."""
    was_due, before = found.due, _dues(found)
    _fit(found, *own, now)
    if before != _dues(found):
        _keep(found)
        record(by, "issue.changed", found, now, fields=["due"], **due_moved(was_due, found.due))


def _dues(found: Issue) -> tuple[object, ...]:
    return found.due, found.due_note, found.due_law, found.own_due, found.own_due_note


def _keep(issue: Issue) -> None:
    """Store it, one version on. What is part of it is seen by the same people."""
    issue.version += 1
    issue.save()
    Issue.objects.filter(office=issue.office_id, merged_into=issue).update(
        need_to_know=issue.need_to_know, named=issue.named, **({"lead": issue.lead_id} if issue.need_to_know else {})
    )


def _reason(text: str) -> str:
    return decent_line(text, gettext("Why"), "reason", longest=LONGEST_REASON)


def _need_level(level: str) -> None:
    if level not in LEVELS:
        raise InputError(gettext("Choose one of the five levels."), subject="level")


def _refusal(code: str) -> KentonganError:
    match code:
        case "reason":
            return InputError(gettext("Say in a few words why."), subject="reason")
        case "until":
            said = gettext("Choose a moment to come, within %(n)s days.") % {"n": moves.LONGEST_WATCH.days}
            return InputError(said, subject="until")
        case "itself":
            return InputError(gettext("An issue cannot be part of itself."), subject="other")
        case "unlike":
            return RefusedError(gettext("Not the same people see both issues. Name the same people in both first."), subject="other")
        case "over":
            return RefusedError(gettext("This is over already. Open it again first."), subject="over")
        case _:
            return RefusedError(gettext("This cannot be done as the issue stands."), subject=code)
