"""What the API says of claims and questions, every field by name. No field names a person of the public."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import StringConstraints

from kentongan.office.api.schemas import CLEAN, Moment, Reason, Strict


class Claim(Schema):
    """A sentence that can be checked. `truth` is what a named officer decided, `stance` another matter."""

    id: int
    text: str
    language: str
    first: datetime
    last: datetime
    outlets: int
    items: int
    topics: list[str]
    why: list[Reason]
    stance: str
    truth: str
    evidence: str
    evidence_url: str
    decided_by: str | None
    decided_at: datetime | None
    review_at: datetime | None
    review_note: str


class ClaimList(Schema):
    """Claims of one state."""

    rows: list[Claim]


class ClaimStep(Schema):
    """When an outlet first carried a claim; the empty outlet stands for all public posts together."""

    outlet: str
    kind: str
    first: datetime
    items: int
    copied: bool


class ClaimItem(Schema):
    """An item of an institution that carries a claim."""

    article: int
    outlet: str
    url: str
    at: datetime
    copy_of_another: bool


class ClaimCheck(Schema):
    """What a fact-checker says of it, in the checker's own words; `sure` where it is the same claim."""

    fact_check: int
    claim: str
    rating: str
    checker: str
    url: str
    sure: bool


class ClaimDetail(Schema):
    """A claim with its path, reach, growth (`recent`: items of the last six hours, `before`: of the six before) and what speaks for it."""

    claim: Claim
    path: list[ClaimStep]
    public_posts: int
    recent: int
    before: int
    not_yet_from_us: list[str]
    advice: list[Reason]
    items: list[ClaimItem]
    checks: list[ClaimCheck]
    may_be_the_same: list[int]
    stories: list[int]


class OfficialPage(Schema):
    """The official page that may answer a question."""

    article: int
    title: str
    outlet: str
    url: str


class Question(Schema):
    """A question with how many outlets and public posts asked it; `answer` is null where no official page answers."""

    id: int
    text: str
    language: str
    outlets: int
    posts: int
    since: datetime
    last: datetime
    answer: OfficialPage | None


class QuestionTopic(Schema):
    """What is asked about one topic, "" for other matters."""

    topic: str
    unanswered: int
    questions: list[Question]


class QuestionTopics(Schema):
    """All topics, those with most unanswered questions first."""

    rows: list[QuestionTopic]


class TruthIn(Strict):
    """Whether it is so. True, partly and false need evidence: a sentence of what shows it, an address where it stands, or both."""

    truth: Literal["unverified", "true", "partly", "false", "opinion", "satire"]
    evidence: Annotated[str, StringConstraints(max_length=2000, pattern=CLEAN)] = ""
    evidence_url: Annotated[str, StringConstraints(max_length=2000, pattern=CLEAN)] = ""


class StanceIn(Strict):
    """What a claim says of a policy."""

    stance: Literal["unclear", "supports", "neutral", "critical"]


class ClaimWatchIn(Strict):
    """When to look again (in 15 minutes to 14 days), and what is waited for."""

    until: Moment
    note: Annotated[str, StringConstraints(max_length=300, pattern=CLEAN)] = ""
