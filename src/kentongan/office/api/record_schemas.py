"""What the API says of the record: lines as the auditor's page shows them, with their place in the chain, and how far it was verified."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema


class Line(Schema):
    """One line. `actor` is the number of the person (0: the office itself); names are not part of the record. Hashes in hex."""

    id: int
    seq: int
    at: datetime
    actor: int
    role: str
    act: str
    sentence: str
    subject: str
    detail: dict[str, Any]
    previous: str
    hash: str


class LinePage(Schema):
    """A page of fifty lines, the latest first; `next` is the number of the line after which to go on."""

    rows: list[Line]
    next: int | None


class Verified(Schema):
    """What the last verification found: `lines` are whole; `kind` names what is wrong at `place`, and is empty where nothing is."""

    ok: bool
    lines: int
    at: datetime
    kind: str
    place: int
    line: int


class Verification(Schema):
    """The last verification; null where there was none yet."""

    last: Verified | None


class Published(Schema):
    """A publication by number and hash; `by` is the number of the person, as in the record."""

    statement: int
    issue: int
    kind: str
    language: str
    state: str
    at: datetime
    by: int
    text_hash: str
    review_due: datetime | None
    reviewed_at: datetime | None


class PublishedPage(Schema):
    """Publications, the latest first."""

    rows: list[Published]
    next: str | None


class Check(Schema):
    """One thing that must agree; `ok` is null while that is still open."""

    sentence: str
    ok: bool | None


class PublishedSentence(Schema):
    """A sentence as it was published. `rests` says what its evidence says at the version that was used; of an issue that few may see the
    ids alone. `said_as`: "promise" or "opinion", of `said_by`. `source`: the template its first words come from; empty for a person's.
    Version `written_in` wrote it as it stands, by number `written_by`; null where that is too long ago to be shown."""

    key: str
    section: str
    text: str
    text_hash: str
    origin: str
    source: str
    evidence: list[str]
    said_as: str
    said_by: str
    rests: list[str]
    reviewer: int | None
    written_in: int | None
    written_by: int | None


class FactRestedOn(Schema):
    """A fact at the version that a sentence rests on; `newest` is the version at which it stands now."""

    fact: int
    version: int
    kind: str
    text: str
    about: str
    figure: str
    grade: str
    source: str
    source_url: str
    as_of: datetime
    agency: str
    withdrawn: bool
    newest: int


class Draft(Schema):
    """A version of the statement: by whom, in which role, for which cluster (empty: not kept then), and how many sentences it added,
    changed and took out."""

    number: int
    at: datetime
    by: int
    role: str
    cluster: str
    new: int
    changed: int
    gone: int


class Reconstruction(Schema):
    """A publication with everything that led to it. `whole`: all agrees; `wrong`: something does not. `lines`: of the statement, of
    decisions about its issue and those it is one with, of what was withdrawn or unlinked, and of the `facts`; `runs`: what was deleted
    because it is kept no longer. `facts` are empty for an issue that few may see. `versions`: the latest first."""

    publication: Published
    whole: bool
    wrong: bool
    checks: list[Check]
    sentences: list[PublishedSentence]
    facts: list[FactRestedOn]
    versions: list[Draft]
    lines: list[Line]
    runs: list[Line]
