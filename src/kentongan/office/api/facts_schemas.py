"""What the API says of facts and takes about them, every field by name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field as Bound
from pydantic import StringConstraints

from kentongan.office.api.issues_schemas import Named, Url
from kentongan.office.api.problems import Problem
from kentongan.office.api.schemas import CLEAN, Moment, Number, Strict, Text, Version
from kentongan.office.desk.facts_models import LONGEST_ABOUT, LONGEST_FIGURE, LONGEST_TEXT

KindName = Literal["known", "unknown", "assumed"]
GradeName = Literal["", "confirmed", "likely", "unclear"]
Said = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=CLEAN)]
About = Annotated[str, StringConstraints(max_length=LONGEST_ABOUT, pattern=CLEAN)]
Figure = Annotated[str, StringConstraints(max_length=LONGEST_FIGURE, pattern=CLEAN)]


class Words(Schema):
    """What a fact says at one version. `link` is what it rests on among the links of its issue; `figure` is of what `about` names."""

    version: int
    kind: str
    text: str
    about: str
    figure: str
    source: str
    source_url: str
    link: int | None
    as_of: datetime
    grade: str
    owner: Named | None
    agency: Named | None
    expires: datetime | None
    withdrawn: bool
    at: datetime
    by: str


class FactUsed(Schema):
    """What says what the fact said ("statement:12"); `changed`: the fact has changed, expired or been withdrawn since."""

    key: str
    label: str
    changed: bool


class FactSettled(Schema):
    """Who decided which of several figures holds, when and why."""

    holds: int
    by: str
    at: datetime
    reason: str


class Fact(Words):
    """A fact of an issue's board. `ban` says why it may not be used (withdrawn, expired, conflict, other_holds; null: it may), `against`
    which facts stand against it. `issue` is the one it was added to; `version` goes back with the next act."""

    id: int
    issue: int
    added: datetime
    ban: str | None
    against: list[int]
    settled: FactSettled | None
    used: list[FactUsed]


class FactPage(Schema):
    """Facts in the order in which they were added."""

    rows: list[Fact]
    next: str | None


class FactDetail(Schema):
    """One fact, `board` the issue on whose board it stands, and everything it ever said, the latest first."""

    fact: Fact
    board: int
    versions: list[Words]


class FactGroup(Schema):
    """The facts whose figures are of the same, as they now stand."""

    rows: list[Fact]


class FactConflict(Problem):
    """Somebody was quicker, and nothing was changed: `stored` is the fact as it stands now, `sent` what was sent."""

    stored: Fact
    sent: dict[str, Any]


class SettleConflict(Problem):
    """The facts are not those that were seen any more, and nothing was decided: `stored` are those that count now."""

    stored: list[Fact]
    sent: dict[str, Any]


# What comes in


class _More(Strict):
    """What a fact says besides its sentence; all of it may be left out."""

    about: About = ""
    figure: Figure = ""
    source: Text = ""
    source_url: Url = ""
    link: Number | None = None
    grade: GradeName = ""
    owner: Number | None = None
    agency: Number | None = None
    expires: Moment | None = None


class FactAdd(_More):
    """A new fact, in one sentence, without names of private people. `owner` or `agency` answers for it; what is known says how we know;
    a figure says what it is of. `as_of` is when it was so."""

    kind: KindName
    text: Said
    as_of: Moment


class FactChange(_More):
    """What shall be said otherwise, at the `version` that was read; what is left out stays as it is."""

    version: Version
    kind: KindName = "known"
    text: Said = ""
    as_of: Moment | None = None


class FactWithdraw(Strict):
    """Why it is not so, or not ours to say."""

    reason: Text
    version: Version


class FactSeen(Strict):
    """A fact at the version that was read."""

    id: Number
    version: Version


class FactSettle(Strict):
    """Which of the figures of the same holds, and why, among the facts that were seen, each at the version it then had."""

    about: About
    holds: Number
    seen: Annotated[list[FactSeen], Bound(max_length=200)]
    reason: Text
