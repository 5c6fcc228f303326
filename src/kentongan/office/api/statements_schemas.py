"""What the API says of statements and takes about them, every field by name. Colleagues are named as on the pages, nobody else is.

A statement's `version` counts every change and goes back with the next act; the `number` of a text counts its texts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field as Bound
from pydantic import StringConstraints

from kentongan.engine.statement_records import SaidAs as SaidAsName
from kentongan.engine.statement_records import Section as SectionName
from kentongan.office.api.issues_schemas import Named
from kentongan.office.api.problems import Problem
from kentongan.office.api.schemas import CLEAN, AfterNumber, LevelName, Moment, Number, Strict, Text, Version

KindName = Literal[
    "holding", "press", "release", "clarification", "message_map", "qa", "faq", "social", "chat", "sms", "radio", "sitrep", "leader_note"
]
LanguageName = Literal["id", "vi", "en"]
ClusterName = Literal["victim", "accidental", "preventable"]
StateName = Literal["draft", "waiting", "returned", "approved", "published", "corrected", "withdrawn"]
Nth = Annotated[int, Bound(ge=1, le=2_000_000_000)]
Paper = Annotated[str, StringConstraints(max_length=100_000, pattern=CLEAN)]
Contact = Annotated[str, StringConstraints(max_length=200, pattern=CLEAN)]
Sign = Annotated[str, StringConstraints(max_length=30, pattern=r"^[a-z_]*$")]
Signs = Annotated[list[Sign], Bound(max_length=20)]
Key = Annotated[str, StringConstraints(pattern=r"^s[0-9]{1,9}$")]
Proofs = Annotated[list[Annotated[str, StringConstraints(max_length=60, pattern=CLEAN)]], Bound(max_length=50)]
Slot = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
Value = Annotated[str, StringConstraints(max_length=2_000, pattern=CLEAN)]


class Statement(Schema):
    """A paper about an issue, in one language. `level` to `contact` are its frame; `corrects` is the statement it is to take the place of,
    `wrong` what was wrong there."""

    id: int
    issue: int
    kind: str
    language: str
    state: str
    since: datetime
    level: str
    cluster: str
    signs: list[str]
    next_update: datetime | None
    contact: str
    begun_by: str
    made: datetime
    corrects: int | None
    wrong: str
    version: int


class StatementPage(Schema):
    """Statements, the latest begun first."""

    rows: list[Statement]
    next: str | None


class WaitingStep(Schema):
    """A step that waits for somebody: of which statement about which issue, which text, whom it was asked of first and is asked of now."""

    statement: int
    kind: str
    language: str
    issue: int
    title: str
    number: int
    step: str
    first: Named
    person: Named
    due: datetime | None


class Waiting(Schema):
    """What waits for approval: `mine` at one's own desk, `others` at those of colleagues; of all the fifty that are due first."""

    mine: list[WaitingStep]
    others: list[WaitingStep]


class TextBrief(Schema):
    """One of a statement's texts, known by the hash that approval and publication compare."""

    number: int
    text_hash: str
    by: str
    at: datetime


class StatementText(TextBrief):
    """One of a statement's texts whole, one sentence a line, with the frame it then had."""

    text: str
    level: str
    next_update: datetime | None
    contact: str


class StatementFinding(Schema):
    """What the engine finds: its code with its values, the sentence, and whether it stands in the way of approval ("blocks" or "warns")."""

    code: str
    weight: str
    values: dict[str, Any]
    sentence: str


class Evidence(Schema):
    """What a sentence rests on: `id` is article:12 or fact:12@3. One that is not `there` is kept no longer, was changed or is barred."""

    id: str
    there: bool
    words: str
    source: str
    at: datetime | None
    url: str


class Sentence(Schema):
    """A sentence: `key` stays through editing, `origin` says who made it, `source` which template its first words are from (empty: a
    person's), `edit_ratio` how much is new (0 nothing, 1 all). `said_as` "promise" or "opinion" of `said_by`: it needs no evidence then."""

    key: str
    section: str
    text: str
    text_hash: str
    origin: str
    source: str
    evidence: list[str]
    said_as: str
    said_by: str
    edit_ratio: float
    reviewer: str | None
    decided_at: datetime | None


class HeldReason(Schema):
    """Why the gate says so."""

    code: str
    values: dict[str, Any]
    sentence: str


class HeldPlace(Schema):
    """The very words of something a sentence rests on that carry it or speak against it."""

    id: str
    text: str


class Held(Schema):
    """What the evidence gate says: "supported", "partly", "not_supported", "contradicted" or "nothing_to_check"; where it `abstains` it
    cannot tell and blocks nothing. `parts` are the words of the sentence at fault."""

    verdict: str
    abstains: bool
    reasons: list[HeldReason]
    parts: list[str]
    places: list[HeldPlace]


class CheckedSentence(Sentence):
    """A sentence of the last text with what it rests on, what is wrong with it, and what the evidence gate says (null: it rests on
    nothing)."""

    rests: list[Evidence]
    findings: list[StatementFinding]
    held: Held | None


class RequestStep(Schema):
    """What one person is asked for, and what they decided. `stuck` says why nobody took it over in time."""

    step: str
    first: Named
    person: Named
    due: datetime | None
    decision: str
    by: str | None
    at: datetime | None
    stuck: str


class Request(Schema):
    """The request for approval that is open, for the text of one number."""

    number: int
    text_hash: str
    in_order: bool
    by: str
    at: datetime
    steps: list[RequestStep]


class Suggestion(Schema):
    """The cluster that the engine suggests for what a person ticked, and why. A person chooses."""

    cluster: str
    reasons: list[str]


class StatementDone(Schema):
    """What was done: who, when, the sentence, and what somebody wrote with it."""

    at: datetime
    by: str
    sentence: str
    note: str


class StatementDetail(Schema):
    """One statement as its page shows it. `blocking` counts what stands in the way of approval; `acts` are the acts of the API that its
    state and the person's role allow; `correction` is the statement that takes its place or is going to."""

    statement: Statement
    last: StatementText | None
    sentences: list[CheckedSentence]
    findings: list[StatementFinding]
    blocking: int
    acts: list[str]
    approval: Request | None
    suggested: Suggestion
    texts: list[TextBrief]
    history: list[StatementDone]
    published: bool
    correction: int | None


class StatementFilled(StatementDetail):
    """The same after filling in; `missing` are the slots that are needed still."""

    missing: list[str]


class Piece(Schema):
    """Words that stand in both texts ("same"), only in this one ("new") or only in the one before ("gone")."""

    mark: str
    text: str


class Change(Schema):
    """One sentence compared with the text before: same, changed, new or gone."""

    kind: str
    key: str
    pieces: list[Piece]


class StatementVersion(Schema):
    """One text with its sentences, and what it changed of the one before."""

    text: StatementText
    sentences: list[Sentence]
    changes: list[Change]


class StatementEvidence(Schema):
    """What sentences can rest on: known facts first, then what was heard, the latest first."""

    rows: list[Evidence]


class TemplateSlot(Schema):
    """What the template asks for, in the statement's language. `kind` says what is written there; it is not whole without the needed."""

    slot: str
    name: str
    kind: str
    sample: str
    needed: bool


class StatementTemplate(Schema):
    """The slots of the template for the statement's kind, language, level and cluster."""

    rows: list[TemplateSlot]


class StatementPeople(Schema):
    """Who can be asked for which step: has the role, sees the issue, wrote nothing of the text."""

    facts: list[Named]
    legal: list[Named]
    approver: list[Named]


class StatementStands(Schema):
    """A statement as it stands now, with its last text."""

    statement: Statement
    last: StatementText | None


class StatementConflict(Problem):
    """Somebody was quicker, and nothing was changed: `stored` is the statement with its text as it stands now, `sent` what was sent."""

    stored: StatementStands
    sent: dict[str, Any]


# What comes in


class StatementBegin(Strict):
    """A new statement without a sentence. A person has chosen the cluster; level, language and contact are the issue's and the office's
    where they are left out."""

    kind: KindName
    cluster: ClusterName
    language: LanguageName | None = None
    level: LevelName | None = None
    signs: Signs = []
    next_update: Moment | None = None
    contact: Contact | None = None


class StatementWrite(Strict):
    """The text, one or more sentences a line, and the frame, at the `version` that was read; what is left out stays as it is."""

    version: Version
    text: Paper = ""
    level: LevelName = "low"
    cluster: ClusterName = "victim"
    signs: Signs = []
    next_update: Moment | None = None
    contact: Contact = ""


class StatementFill(Strict):
    """A person's words for the slots of the template. What was written before is replaced."""

    version: Version
    values: Annotated[dict[Slot, Value], Bound(max_length=60)]


class StatementSentence(Strict):
    """What a sentence is there for, what it rests on, and whether it is a promise or an opinion of an agency (`said_by` its number, 0: of
    the office itself); left out, `said_as` stays as it is."""

    version: Version
    key: Key
    section: SectionName
    evidence: Proofs = []
    said_as: SaidAsName | None = None
    said_by: AfterNumber = 0


class StatementAsk(Strict):
    """Who is asked to approve the last text, for which step, at once or one after the other."""

    version: Version
    approver: Number
    facts: Number | None = None
    legal: Number | None = None
    in_order: bool = False


class StatementSeen(Strict):
    """The version that was read."""

    version: Version


class StatementWithdraw(Strict):
    """Why it is not going to be said."""

    version: Version
    reason: Text


class StatementCorrect(Strict):
    """What was wrong in what was published and what is right, as everybody will read it."""

    wrong: Text
