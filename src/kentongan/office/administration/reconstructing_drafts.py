"""The versions of a statement for the auditor: who wrote each, what is new in it, and since which a sentence stands as it does.

Of an issue that few may see, only sentences that were published are shown in words; of the others the key and the digest.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kentongan.office.administration.reconstructing_reads import MOST_LINES
from kentongan.office.desk import statement_diff, statement_queries
from kentongan.office.desk.models import Publication, Sentence, StatementVersion
from kentongan.office.desk.statement_diff import Change, Piece
from kentongan.office.ledger.models import Line
from kentongan.office.ledger.queries import Row

MOST_VERSIONS = 60
CHANGED = "statement.changed"


@dataclass(frozen=True, slots=True)
class Draft:
    """One version: when it was written, by which number in which role, how far the matter was said to be in the office's hands, and how
    many of its sentences are new, changed or gone."""

    number: int
    at: datetime
    by: int
    role: str = ""
    cluster: str = ""
    new: int = 0
    changed: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A sentence of a version as far as it is compared."""

    key: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class Drafts:
    """The versions up to the published one, the latest first; `since` says for each sentence of it which version wrote it as it stands."""

    rows: list[Draft]
    since: Mapping[str, Draft]
    more: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One sentence of a version beside the version before: what became of it, and where it is from."""

    change: Change
    origin: str
    named: str
    """The origin as people read it."""
    source: str


def get_drafts(made: Publication, lines: Sequence[Row]) -> Drafts:
    """Every version up to the published one, at most MOST_VERSIONS. Two queries."""
    rows = StatementVersion.objects.filter(statement=made.statement_id, number__lte=made.version.number).order_by("-number")
    found = list(rows.values_list("pk", "number", "at", "by", "cluster")[: MOST_VERSIONS + 1])
    kept: dict[int, list[Kept]] = {pk: [] for pk, *_ in found}
    sentences = Sentence.objects.filter(version__in=list(kept)).order_by("version", "position")
    for version, key, digest in sentences.values_list("version", "key", "text_hash"):
        kept[version].append(Kept(key, digest))
    roles = {json.loads(row.detail).get("number"): row.role for row in lines if row.act == CHANGED}
    drafts = [(Draft(number, at, by, roles.get(number, ""), cluster), kept[pk]) for pk, number, at, by, cluster in found]
    return told(drafts[::-1], len(found) > MOST_VERSIONS)


def told(drafts: Sequence[tuple[Draft, Sequence[Kept]]], more: bool = False) -> Drafts:
    """What each version changed of the one before, the first first; of the first no more is known where there are `more` before. Pure."""
    out: list[Draft] = []
    since: dict[str, Draft] = {}
    before: dict[str, str] = {}
    for place, (draft, sentences) in enumerate(drafts):
        after = {one.key: one.text_hash for one in sentences}
        fresh = [key for key in after if key not in before]
        other = [key for key in after if key in before and before[key] != after[key]]
        one = replace(draft, new=len(fresh), changed=len(other), gone=len(before.keys() - after.keys()))
        if not (more and place == 0):
            since |= dict.fromkeys((*fresh, *other), one)
            out.append(one)
        since = {key: one for key, one in since.items() if key in after}
        before = after
    return Drafts(out[::-1], since, more)


def get_compared(made: Publication, number: int) -> tuple[StatementVersion, StatementVersion | None, list[Compared]] | None:
    """One version, the one before, and what differs sentence by sentence. Five queries at most."""
    version = statement_queries.get_version(made.statement, number) if number <= made.version.number else None
    if version is None:
        return None
    before = statement_queries.get_version(made.statement, number - 1)
    changes = statement_diff.between(statement_queries.formers_of(before), statement_queries.formers_of(version))
    origins = {one.key: one for each in (before, version) for one in statement_queries.sentences_of(each)}
    shown = set(made.version.text.split("\n")) if made.statement.issue.need_to_know else None
    return version, before, [_compared(one, origins[one.key], shown) for one in changes]


def get_role(made: Publication, number: int) -> str:
    """What whoever wrote a version acted as, as the record has it; empty where it does not. One query."""
    rows = Line.objects.filter(office=made.office_id, subject=f"statement:{made.statement_id}", act=CHANGED)
    found = (row.role for row in rows.order_by("-id")[:MOST_LINES] if json.loads(row.detail).get("number") == number)
    return next(found, "")


def _compared(change: Change, of: Sentence, shown: Collection[str] | None) -> Compared:
    """With its words, or where only some are `shown`: those alone, whole; of any other the key and the digest."""
    if shown is not None:
        change = replace(change, pieces=(Piece(of.text if of.text in shown else f"{of.key} · {of.text_hash[:16]}…"),))
    return Compared(change, of.origin, str(Sentence.Origin(of.origin).label), of.source)
