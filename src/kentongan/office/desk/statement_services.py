"""The only code that writes statements. Each act checks the right and that the person sees the issue, reads the statement under a lock,
and leaves its line in the ledger in the same transaction.

Each time something is kept there is a new version; whoever saw an older one changes nothing and is shown both (`versions.ConflictError`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext

from kentongan.engine import alignment, crisis
from kentongan.engine.alignment import Aligned
from kentongan.engine.records import LEVELS, Level
from kentongan.engine.statement_records import SAID_AS, SECTIONS, Cluster, Kind, Line, Tongue
from kentongan.engine.statement_templates import LONGEST_VALUE, Filled, Template, fill, slots, template
from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import evidence, facts, moves, queries, services, statement_moves, statement_queries, statement_saying
from kentongan.office.desk.models import Approval, Issue, Sentence, Statement, StatementVersion
from kentongan.office.desk.statement_pasting import cleaned, cleaned_line
from kentongan.office.desk.statement_recording import record
from kentongan.office.desk.statement_words import FIELDS
from kentongan.office.people.models import Agency, User
from kentongan.office.people.permissions import need
from kentongan.office.people.versions import same

LONGEST_CONTACT = 200
QUOTE = "quote"
"""The section of a quotation."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is said of a statement besides its text. `signs` are those a person ticked."""

    level: str
    cluster: str
    next_update: datetime | None = None
    contact: str = ""
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A sentence as it is going to be kept."""

    key: str
    text: str
    section: str = ""
    origin: str = Sentence.Origin.HUMAN
    evidence: tuple[str, ...] = ()
    ratio: float = 0.0
    source: str = ""
    said_as: str = ""
    said_by: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """That a sentence is a promise or an opinion, and of which agency (None: of the office itself); an empty one takes the mark off."""

    said_as: str = ""
    agency: int | None = None


def stored_of(statement: Statement, last: StatementVersion | None) -> dict[str, Any]:
    """What stands there now: the text and the frame, field by field."""
    return {"text": last.text if last is not None else "", **asdict(frame_of(statement))}


def frame_of(statement: Statement) -> Frame:
    """What is said of it besides its text."""
    return Frame(statement.level, statement.cluster, statement.next_update, statement.contact, tuple(statement.signs))


def suggestion_of(signs: Iterable[str]) -> crisis.Suggestion:
    """The cluster the engine suggests for what a person ticked."""
    ticked = frozenset(signs)
    known: frozenset[crisis.Sign] = frozenset(one for one in crisis.SIGNS if one in ticked)
    return crisis.suggest(known, history="history" in ticked, poor_reputation="reputation" in ticked)


def template_of(statement: Statement) -> Template:
    """The template of its kind, language, level and cluster."""
    kind, language = cast(Kind, statement.kind), cast(Tongue, statement.language)
    return template(kind, language, cast(Level, statement.level), cast(Cluster, statement.cluster))


# Beginning and writing


@transaction.atomic
def begin(by: User, issue: Issue, kind: str, language: str, frame: Frame, now: datetime) -> Statement:
    """A statement about an issue, without a sentence yet. A person has chosen its cluster."""
    found = services.held(by, "statements.write", issue)
    if found.state in moves.OVER:
        raise RefusedError(gettext("This is over already. Open it again first."), subject="over")
    if kind not in Statement.Kind.values:
        raise InputError(gettext("Choose what kind of paper it is."), subject="kind")
    if language not in Statement.Language.values:
        raise InputError(gettext("Choose one of the languages."), subject="language")
    frame = _clean(frame)
    made = Statement(
        office_id=found.office_id, issue=found, kind=kind, language=language, begun_by=by, made=now, moved=now, **_columns(frame)
    )
    made.save(force_insert=True)
    suggested = suggestion_of(frame.signs).cluster
    record(by, "statement.begun", made, now, kind=kind, language=language, level=made.level, cluster=made.cluster, suggested=suggested)
    return made


@transaction.atomic
def write(by: User, statement: Statement, text: str, frame: Frame, version: int, now: datetime) -> Statement:
    """Keep its text, one or more sentences a line, and its frame. A sentence keeps what belongs to it through editing."""
    found, last = held(by, "statements.write", statement, version)
    frame = _clean(frame)
    kept = _aligned(found, last, cleaned(text, str(FIELDS["text"]), "text"))
    return _keep(by, found, last, kept, frame, now)


@transaction.atomic
def fill_in(by: User, statement: Statement, values: Mapping[str, str], version: int, now: datetime) -> tuple[Statement, tuple[str, ...]]:
    """Put a person's words into the template; what was there before is replaced. Gives the slots that are still to be filled.

    A sentence that says a known fact of the board word for word rests on it.
    """
    found, last = held(by, "statements.write", statement, version)
    filled = filled_with(found, values)
    kept = _aligned(found, last, "\n".join(line.text for line in filled.lines))
    if len(kept) == len(filled.lines):
        chosen = template_of(found)
        kept = [_filled(one, line, chosen) for one, line in zip(kept, filled.lines, strict=True)]
    told = evidence.get_told(found.issue, [one.text for one in kept], now)
    kept = [_carried_by(one, proofs) for one, proofs in zip(kept, told, strict=True)]
    return _keep(by, found, last, kept, frame_of(found), now), filled.missing


def _filled(one: _Kept, line: Line, chosen: Template) -> _Kept:
    """A sentence as the template has it; one that is a person's own words alone comes from no template."""
    source = chosen.code if line.origin == Sentence.Origin.TEMPLATE else ""
    return replace(one, section=line.section, origin=_origin(line.origin, line.section), source=source)


def filled_with(statement: Statement, values: Mapping[str, str]) -> Filled:
    """What the template makes of a person's words. Stores nothing."""
    names = slot_names(statement)
    given = {
        slot: cleaned_line(words, names[slot], slot, longest=LONGEST_VALUE) for slot, words in values.items() if slot in names and words
    }
    return fill(template_of(statement), given)


def slot_names(statement: Statement) -> dict[str, str]:
    """What the template asks for, needed ones first: each slot and what people call it, in the statement's own language."""
    chosen = template_of(statement)
    return {slot: slots()[slot].name[statement.language] for slot in (*chosen.needed, *chosen.welcome)}


@transaction.atomic
def settle_sentence(
    by: User, statement: Statement, key: str, section: str, proofs: tuple[str, ...], version: int, now: datetime, mark: Mark | None = None
) -> Statement:
    """Say what a sentence is there for, what it rests on, and whether it is a promise or an opinion (`mark`; None: as it is)."""
    found, last = held(by, "statements.write", statement, version)
    kept = [_as_it_is(one) for one in statement_queries.sentences_of(last)]
    mine = next((one for one in kept if one.key == key), None)
    if mine is None:
        raise RefusedError(gettext("This sentence is not in the statement any more."), subject="sentence")
    if section not in SECTIONS:
        raise InputError(gettext("Choose what the sentence is there for."), subject="section")
    wanted = tuple(dict.fromkeys(proofs))
    if len(wanted) > evidence.MOST_PER_SENTENCE:
        said = gettext("A sentence rests on at most %(n)s things.") % {"n": evidence.MOST_PER_SENTENCE}
        raise InputError(said, subject="evidence")
    allowed = evidence.get_allowed(found.issue, queries.get_parts(found.issue), wanted, now) | set(mine.evidence)
    if not set(wanted) <= allowed:
        raise InputError(gettext("Choose something that is linked with the issue."), subject="evidence")
    settled = replace(mine, section=section, evidence=wanted, origin=_origin(mine.origin, section))
    settled = settled if mark is None else _marked(found, settled, mark)
    changed = [settled if one is mine else one for one in kept]
    found = _keep(by, found, last, changed, frame_of(found), now)
    if mark is not None and (settled.said_as, settled.said_by) != (mine.said_as, mine.said_by):
        digest, agency = alignment.sentence_hash(mine.text), mark.agency if mark.said_as else None
        record(by, "statement.marked", found, now, "", key=key, said_as=settled.said_as, agency=agency, text_hash=digest)
    return found


def _marked(found: Statement, one: _Kept, mark: Mark) -> _Kept:
    if mark.said_as not in SAID_AS:
        raise InputError(gettext("Choose whether it is a promise or an opinion."), subject="said_as")
    if not mark.said_as:
        return replace(one, said_as="", said_by="")
    names = dict(may_say(found))
    if mark.agency not in names:
        raise InputError(gettext("Choose whose promise or opinion it is."), subject="said_by")
    return replace(one, said_as=mark.said_as, said_by=names[mark.agency])


def may_say(statement: Statement) -> list[tuple[int | None, str]]:
    """Whose promise or opinion a sentence can be: the office itself (None), then its agencies, by number. One query."""
    agencies = Agency.objects.filter(office=statement.office_id, ended=None).order_by("name", "pk")
    return [(None, statement.office.name), *agencies.values_list("pk", "name")]


def typed(statement: Statement, text: str) -> list[Sentence]:
    """The sentences of a text as they would be kept, each with what belongs to it already. Stores nothing. Three queries."""
    kept = _aligned(statement, statement_queries.get_last(statement), cleaned(text, str(FIELDS["text"]), "text"))
    return [
        Sentence(key=one.key, position=place, section=one.section, text=one.text, origin=one.origin, evidence=list(one.evidence),
                 said_as=one.said_as, said_by=one.said_by)
        for place, one in enumerate(kept)
    ]  # fmt: skip


def begin_like(by: User, found: Statement, last: StatementVersion, of: str, now: datetime, wrong: str = "") -> Statement:
    """For the services of this room: a draft with the sentences of `found`, and all that belongs to them; `of` says what it is to it,
    "corrects" or "restarts"."""
    made = Statement(
        office_id=found.office_id, issue=found.issue, kind=found.kind, language=found.language, begun_by=by, made=now, moved=now,
        level=found.level, cluster=found.cluster, signs=found.signs, contact=found.contact, next_update=found.next_update, wrong=wrong,
        **{of: found},
    )  # fmt: skip
    made.save(force_insert=True)
    record(by, "statement.begun", made, now, kind=made.kind, language=made.language, **{of: found.pk})
    sentences = [_as_it_is(one) for one in statement_queries.sentences_of(last)]
    return _keep(by, made, None, sentences, frame_of(made), now)


# What every act does


def held(by: User, right: str, statement: Statement, version: int | None = None) -> tuple[Statement, StatementVersion | None]:
    """For the services of this room: the statement under a lock and its last version, where the person has the right and sees the issue."""
    need(by, right, statement)
    rows = statement_queries.get_seen(by).select_related("issue", "office").select_for_update(of=("self",))
    found = rows.filter(pk=statement.pk).first()
    if found is None:
        raise RefusedError(gettext("There is no such statement in your office."), subject="statement")
    last = statement_queries.get_last(found)
    if version is not None:
        same(found, version, stored_of(found, last))
    return found, last


def _clean(frame: Frame) -> Frame:
    if frame.level not in LEVELS:
        raise InputError(gettext("Choose one of the five levels."), subject="level")
    if frame.cluster not in Statement.Cluster.values:
        raise InputError(gettext("Choose how far it was in our hands."), subject="cluster")
    contact = cleaned_line(frame.contact, str(FIELDS["contact"]), "contact", longest=LONGEST_CONTACT)
    signs = tuple(one for one in statement_saying.SIGN_WORDS if one in frame.signs)
    return replace(frame, contact=contact, signs=signs)


def _columns(frame: Frame) -> dict[str, Any]:
    return {**asdict(frame), "signs": list(frame.signs)}


def _aligned(found: Statement, last: StatementVersion | None, text: str) -> list[_Kept]:
    """The sentences of a text, each with what belongs to it already."""
    old = {one.key: one for one in statement_queries.sentences_of(last)}
    try:
        aligned = alignment.align(statement_queries.formers_of(last), text, used=statement_queries.get_keys(found))
    except alignment.TooMuch as error:
        raise InputError(statement_saying.too_much(error, str(FIELDS["text"])), subject="text") from error
    return [_carried(one, [old[key] for key in one.origins]) for one in aligned.sentences]


def _carried(one: Aligned, sources: list[Sentence]) -> _Kept:
    """What goes with a sentence: its section and evidence from where it comes; a person's hand makes the template's words a person's."""
    if not sources:
        return _Kept(one.id, one.text, ratio=one.edit_ratio)
    first = sources[0]
    proofs = tuple(dict.fromkeys(proof for source in sources for proof in source.evidence))[: evidence.MOST_PER_SENTENCE]
    origin = first.origin if one.change in {"kept", "copied"} else EDITED.get(first.origin, first.origin)
    kept = _Kept(one.id, one.text, first.section, origin, proofs, one.edit_ratio, first.source)
    if alignment.sentence_hash(first.text) != one.hash:
        return kept  # a mark holds for these very words
    return replace(kept, said_as=first.said_as, said_by=first.said_by)


def _origin(origin: str, section: str) -> str:
    """Who made a sentence of this section: what is settled as a quotation is one, whatever a machine drafted stays a machine's."""
    if section == QUOTE and origin in {Sentence.Origin.HUMAN, Sentence.Origin.TEMPLATE}:
        return Sentence.Origin.QUOTE
    return Sentence.Origin.HUMAN if origin == Sentence.Origin.QUOTE and section != QUOTE else origin


EDITED: Mapping[str, str] = {Sentence.Origin.TEMPLATE: Sentence.Origin.HUMAN, Sentence.Origin.AI_DRAFT: Sentence.Origin.AI_EDITED}
"""What an origin becomes where a person edits the sentence."""


def _carried_by(one: _Kept, proofs: tuple[str, ...]) -> _Kept:
    """The same with what carries it besides."""
    return replace(one, evidence=tuple(dict.fromkeys((*one.evidence, *proofs)))[: evidence.MOST_PER_SENTENCE])


def _as_it_is(one: Sentence) -> _Kept:
    return _Kept(
        one.key, one.text, one.section, one.origin, tuple(one.evidence), source=one.source, said_as=one.said_as, said_by=one.said_by
    )


def _keep(by: User, found: Statement, last: StatementVersion | None, kept: list[_Kept], frame: Frame, now: datetime) -> Statement:
    """Store a new version, where anything is new; what is the same leaves no line."""
    changed = _changes(found, last, kept, frame)
    if not changed:
        return found
    _reopen(found, now)
    for name, value in _columns(frame).items():
        setattr(found, name, value)
    found.version += 1
    found.save()
    text = "\n".join(one.text for one in kept)
    made = StatementVersion.objects.create(
        office_id=found.office_id, statement=found, number=last.number + 1 if last is not None else 1, text=text,
        text_hash=alignment.text_hash(text), level=found.level, cluster=found.cluster, next_update=found.next_update,
        contact=found.contact, by=by, at=now,
    )  # fmt: skip
    Sentence.objects.bulk_create(
        Sentence(
            office_id=found.office_id, version=made, key=one.key, position=place, section=one.section, text=one.text,
            text_hash=alignment.sentence_hash(one.text), origin=one.origin, source=one.source, evidence=list(one.evidence),
            edit_ratio=one.ratio, said_as=one.said_as, said_by=one.said_by,
        )
        for place, one in enumerate(kept)
    )  # fmt: skip
    record(by, "statement.changed", found, now, number=made.number, text_hash=made.text_hash, fields=changed)
    before = evidence.facts_of(statement_queries.evidence_of(statement_queries.sentences_of(last)))
    uses = evidence.facts_of(proof for one in kept for proof in one.evidence)
    if set(uses) != set(before):
        facts.note_uses(by, f"statement:{found.pk}", str(found), uses, now)
    return found


def _reopen(found: Statement, now: datetime) -> None:
    """What is written on is a draft again: nobody's approval holds for what they have not seen."""
    if found.state == Statement.State.DRAFT:
        return
    if not statement_moves.may_be_written(found.state):
        raise RefusedError(gettext("As it stands this is not written on any more. Begin another one."), subject="state")
    found.state, found.moved = statement_moves.after(found.state, "change"), now
    end_requests(found, Approval.Outcome.OVER, now)


def end_requests(found: Statement, outcome: str, now: datetime) -> None:
    """The open request for approval, if there is one, ends so."""
    Approval.objects.filter(statement=found, outcome=Approval.Outcome.OPEN).update(outcome=outcome, ended=now)


def _changes(found: Statement, last: StatementVersion | None, kept: list[_Kept], frame: Frame) -> list[str]:
    """Which fields are new."""
    old = [_as_it_is(one) for one in statement_queries.sentences_of(last)]
    before, after = asdict(frame_of(found)), asdict(frame)
    changed = [name for name in before if before[name] != after[name]]
    changed += ["text"] if [(one.key, one.text) for one in old] != [(one.key, one.text) for one in kept] else []
    for name in ("section", "evidence", "said_as", "said_by"):
        mine = {one.key: getattr(one, name) for one in old}
        changed += [name] if any(mine.get(one.key, getattr(one, name)) != getattr(one, name) for one in kept) else []
    return changed
