"""What the engine finds in a statement: its sentences, what they rest on and the office's own names are put together here, nothing else.

The rules are `engine.statement_rules`. Evidence that is kept no longer carries nothing, so a sentence that rested on it is found lacking.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from kentongan.engine import evidence_gate, statement_rules
from kentongan.engine.evidence_gate import Held
from kentongan.engine.names import ExceptPlaces, NameTagger, load_tagger
from kentongan.engine.records import Level
from kentongan.engine.statement_records import Finding, Kind, Line, Origin, Paper, SaidAs, Section, Tongue
from kentongan.office.desk import evidence, statement_gate, statement_moves, statement_queries
from kentongan.office.desk.models import Sentence, Statement
from kentongan.office.desk.statement_queries import Answered
from kentongan.office.listening.queries import get_place_names
from kentongan.office.people.models import OfficeHolder

WRONG = "wrong"
"""Stands where a finding has the key of its sentence: it is of what a correction says was wrong."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings of a statement, those of the whole first, what its sentences rest on, by id, and the claim a clarification answers."""

    findings: tuple[Finding, ...]
    passages: dict[str, evidence.Passage]
    answered: Answered | None = None
    held: Mapping[str, Held] = field(default_factory=dict[str, Held])
    """What the gate says of each sentence that points to something, by key."""

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Those with which it cannot be approved."""
        return tuple(one for one in self.findings if one.weight == "blocks")

    @property
    def whole(self) -> list[Finding]:
        """Those of the whole, and of what a correction says was wrong."""
        return [*self.of(""), *self.of(WRONG)]

    def of(self, key: str) -> list[Finding]:
        """Those of one sentence; of the whole for ""."""
        return [one for one in self.findings if one.sentence == key]


def check(statement: Statement, sentences: Sequence[Sentence], now: datetime) -> Checked:
    """Look a statement through as it stands; in one that is settled nothing is looked for. Twelve queries at most, however long it is."""
    passages = evidence.get_passages(statement.issue, statement_queries.evidence_of(sentences), now)
    if statement.state in statement_moves.SETTLED:
        return Checked((), passages)
    answered = statement_queries.get_answered_by(statement, now)
    paper = paper_of(statement, sentences, passages, speakers_of(statement.office_id, now), answered)
    tagger = ExceptPlaces(load_tagger(), get_place_names(statement.office_id))
    beside = check_wrong(statement, statement.wrong, now, tagger) if statement.corrects_id else ()
    held = statement_gate.held_of(statement, paper, passages, now)
    blocked = (evidence_gate.blocking(line, held.get(line.id)) for line in paper.lines)
    findings = (*statement_rules.check(paper, now=now, names=tagger), *filter(None, blocked), *beside)
    return Checked(findings, passages, answered, held)


def check_wrong(statement: Statement, wrong: str, now: datetime, names: NameTagger | None = None) -> tuple[Finding, ...]:
    """The findings of what a correction says was wrong: everybody reads it above the text. Two queries."""
    paper = paper_of(statement, [], (), speakers_of(statement.office_id, now))
    tagger = names or ExceptPlaces(load_tagger(), get_place_names(statement.office_id))
    return statement_rules.check_line(paper, Line(WRONG, wrong, "", (), "human"), tagger)


def paper_of(
    statement: Statement,
    sentences: Sequence[Sentence],
    there: Collection[str],
    speakers: tuple[str, ...] = (),
    answered: Answered | None = None,
) -> Paper:
    """The statement as the rules read it; `there` are the ids of evidence that there still are."""
    update = statement.next_update
    return Paper(
        cast(Kind, statement.kind),
        cast(Tongue, statement.language),
        tuple(_line(one, there) for one in sentences),
        level=cast(Level, statement.level),
        next_update=update.astimezone(statement_queries.zone_of(statement)) if update is not None else None,
        contact=statement.contact,
        speakers=speakers,
        claim=answered.claim if answered is not None else None,
    )


def speakers_of(office: int, now: datetime) -> tuple[str, ...]:
    """Who holds a public office now: they may be named in it. One query."""
    return tuple(OfficeHolder.objects.filter(office=office, until__gt=now).values_list("name", flat=True))


def _line(one: Sentence, there: Collection[str]) -> Line:
    rests = tuple(proof for proof in one.evidence if proof in there)
    return Line(one.key, one.text, cast(Section, one.section), rests, cast(Origin, one.origin), cast(SaidAs, one.said_as))
