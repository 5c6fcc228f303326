"""What the API says of issues and takes about them, every field by name. Colleagues are named as on the pages, nobody else is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field as Bound
from pydantic import StringConstraints

from kentongan.office.api.problems import Problem
from kentongan.office.api.schemas import CLEAN, LevelName, Moment, Number, Reason, Strict, Text, Version
from kentongan.office.desk.listing import FORM

StateName = Literal["open", "checking", "answering", "answered", "watching", "closed"]
KindName = Literal["event", "question", "complaint", "suggestion", "claim", "rumour"]
StanceName = Literal["unclear", "supports", "neutral", "critical"]
TruthName = Literal["unverified", "true", "partly", "false", "opinion", "satire"]
ActName = Literal["check", "answer", "say", "watch", "close", "reopen"]
After = Annotated[str, StringConstraints(pattern=FORM)]
About = Annotated[str, StringConstraints(pattern=r"^(story|signal|claim):[0-9]{1,18}$")]
Title = Annotated[str, StringConstraints(max_length=200, pattern=CLEAN)]
Long = Annotated[str, StringConstraints(max_length=4000, pattern=CLEAN)]
Url = Annotated[str, StringConstraints(max_length=2000, pattern=CLEAN)]
Topic = Annotated[str, StringConstraints(max_length=20, pattern=CLEAN)]
Numbers = Annotated[list[Number], Bound(max_length=200)]


class Named(Schema):
    """A colleague, agency or place: its number and its name."""

    id: int
    name: str


class Issue(Schema):
    """A matter the office answers to. `level` is in force, `engine_level` what the engine said when it was opened ("" by hand).

    Truth (whether it is so) and stance (what it says of a policy) are two things. `version` goes back with the next act.
    """

    id: int
    title: str
    summary: str
    kind: str
    topic: str
    place: Named | None
    state: str
    since: datetime
    level: str
    engine_level: str
    level_by: str | None
    level_reason: str
    reasons: list[Reason]
    stance: str
    truth: str
    truth_by: str | None
    truth_at: datetime | None
    truth_reason: str
    evidence: str
    evidence_url: str
    lead: Named | None
    agency: Named | None
    supporting: list[int]
    due: datetime | None
    due_note: str
    overdue: bool
    need_to_know: bool
    merged_into: int | None
    opened: datetime
    opened_by: str
    version: int


class IssuePage(Schema):
    """Issues in the order of the board (the most serious first, then what is due first); closed ones the latest closed first."""

    rows: list[Issue]
    next: str | None


class IssueColumn(Schema):
    """A column of the board and how many issues stand in it."""

    state: str
    count: int


class IssueCounts(Schema):
    """The board in numbers: what is under way, how much of it is overdue."""

    columns: list[IssueColumn]
    under_way: int
    overdue: int


class IssueLink(Schema):
    """What an issue is about. `about` is the number of the story, signal, claim or other issue, null for an address, for what is kept no
    longer and for an issue one may not see;
    `issue` is this one, or the part of it that was linked."""

    id: int
    issue: int
    kind: str
    about: int | None
    url: str
    words: str
    level: str | None
    truth: str | None
    at: datetime


class IssuePart(Schema):
    """An issue that became part of another."""

    id: int
    title: str
    version: int


class IssueStep(Schema):
    """What was done: its code with its values, the sentence, and what somebody wrote as the reason. `other` is the other issue of an act
    that concerns two (merged into, taken out of, split into, split off from), null where there is none or the reader may not see it.
    Among the values `due` is the moment that is due from then on (null: nothing is), and `due_before` what was due until then, there
    where it moved."""

    at: datetime
    by: str
    issue: int
    act: str
    values: dict[str, Any]
    sentence: str
    note: str
    other: int | None


class IssueDetail(Schema):
    """One issue as its page shows it. `acts` are the moves that its state allows; `engine_now` says where the engine has risen above
    its level. `named` (who sees it besides its lead) and `near` (of what it could be part) are null for who does not decide."""

    issue: Issue
    agencies: list[str]
    links: list[IssueLink]
    parts: list[IssuePart]
    engine_now: str | None
    acts: list[str]
    named: list[int] | None
    near: list[IssuePart] | None
    history: list[IssueStep]


class IssueClock(Schema):
    """A clock that a law sets and a colleague began about `issue` (this one or a part of it). `law` is its code, `known` says whether its
    row was taken from a "report" about the law or from "memory"; no text of a law was compared. `came`: when what it asks for was there.
    `outcome`: kept, late, missed, open, given (the law says at once and names no length) or dropped (begun by mistake)."""

    issue: int
    number: int
    law: str
    name: str
    known: str
    start: datetime
    due: datetime
    begun: datetime
    by: str
    statement: int | None
    came: datetime | None
    outcome: str


class IssueClocks(Schema):
    """Clocks in the order in which they were begun, and the codes of those that the country of the office has: `offered` are met by a
    publication, `for_corrections` by a correction of what somebody said is wrong."""

    rows: list[IssueClock]
    offered: list[str]
    for_corrections: list[str]


class IssuePerson(Schema):
    """A colleague who may be named in an issue; `leads` is true for who can lead one."""

    id: int
    name: str
    leads: bool


class IssuePeople(Schema):
    """Colleagues who read issues, by name."""

    rows: list[IssuePerson]


class IssueConflict(Problem):
    """Somebody was quicker, and nothing was changed: `stored` is the issue as it stands now, `sent` what was sent. Only these two answers
    of 409 carry them; decide by `stored`, then send again with its `version`."""

    stored: Issue
    sent: dict[str, Any]


# What comes in


class AboutIn(Strict):
    """From what an issue is opened."""

    kind: Literal["story", "signal", "claim"]
    id: Number


class IssueOpen(Strict):
    """A new issue. From a story, signal or claim what is left out is taken from there; `reason` is needed for another level than the
    engine's. Never about a person."""

    about: AboutIn | None = None
    title: Title | None = None
    summary: Long | None = None
    kind: KindName | None = None
    topic: Topic | None = None
    place: Number | None = None
    stance: StanceName = "unclear"
    lead: Number | None = None
    agency: Number | None = None
    supporting: Numbers = []
    due: Moment | None = None
    due_note: Title = ""
    level: LevelName | None = None
    reason: Text = ""


class IssueChange(Strict):
    """What shall be said otherwise, at the `version` that was read; what is left out stays as it is."""

    version: Version
    title: Title = ""
    summary: Long = ""
    kind: KindName = "event"
    topic: Topic = ""
    place: Number | None = None
    stance: StanceName = "unclear"
    lead: Number | None = None
    agency: Number | None = None
    supporting: Numbers = []
    due: Moment | None = None
    due_note: Title = ""


class MoveIn(Strict):
    """What is done. `watch`, `close` and `reopen` need a reason, `watch` a moment to look again within 90 days."""

    act: ActName
    version: Version
    reason: Text = ""
    until: Moment | None = None


class IssueLevelIn(Strict):
    """How serious it is, and why."""

    level: LevelName
    reason: Text
    version: Version


class IssueTruthIn(Strict):
    """Whether it is so. True, partly and false need evidence; only a claim or a rumour can be false."""

    truth: TruthName
    reason: Text = ""
    evidence: Long = ""
    evidence_url: Url = ""
    version: Version


class IssueCircleIn(Strict):
    """Who sees it: everybody who reads issues, or its lead and the people named alone."""

    need_to_know: bool
    named: Numbers = []
    version: Version


class IssueLinkIn(Strict):
    """What it is about, too: the number of a story, signal or claim, or an address; or of another issue that belongs beside it."""

    kind: Literal["story", "signal", "claim", "address", "issue"]
    id: Number | None = None
    url: Url = ""


class IssueUnlinkIn(Strict):
    """A link that is to go: its own number."""

    link: Number


class IssueSplitIn(Strict):
    """Links that are an issue of their own, and what it is called."""

    links: Annotated[list[Number], Bound(min_length=1, max_length=200)]
    title: Title
    version: Version


class IssueMergeIn(Strict):
    """Of which issue it is part, and why."""

    other: Number
    reason: Text
    version: Version


class IssuePartIn(Strict):
    """Why it is a matter of its own after all."""

    reason: Text
    version: Version


class ClockBegin(Strict):
    """Which clock begins with which event, and how one knows; `statement` is the published one that was called wrong."""

    law: Annotated[str, StringConstraints(max_length=40, pattern=CLEAN)]
    start: Moment
    reason: Text
    statement: Number | None = None
    version: Version


class ClockEnd(Strict):
    """What became of a clock other than a publication: what the law asks for was "done", or it was begun by "mistake"; and why."""

    number: Number
    how: Literal["done", "mistake"]
    reason: Text
