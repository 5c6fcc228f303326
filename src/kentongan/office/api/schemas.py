"""What goes in and out of the API, every field by name: what is not here can be neither read nor set.

Reasons come as code and values, and as a sentence in the language that was asked for. Times are ISO 8601 in UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, StringConstraints
from pydantic import Field as Bound

LARGEST = 2**63 - 1
Number = Annotated[int, Bound(ge=1, le=LARGEST)]
CLEAN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
Word = Annotated[str, StringConstraints(max_length=200, pattern=CLEAN)]
Text = Annotated[str, StringConstraints(max_length=500, pattern=CLEAN)]
Address = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=CLEAN)]
After = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}\.[0-9]{6}-[0-9]{1,18}$")]
Size = Annotated[int, Bound(ge=1, le=100)]
AfterNumber = Annotated[int, Bound(ge=0, le=LARGEST)]
Version = Annotated[int, Bound(ge=0, le=LARGEST)]
Day = Annotated[date, Bound(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
Moment = Annotated[AwareDatetime, Bound(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2100, 1, 1, tzinfo=UTC))]
LevelName = Literal["watch", "low", "medium", "high", "crisis"]
Span = Literal["day", "three", "fortnight"]
Tongue = Literal["id", "ms", "jv", "su", "vi", "en", "other"]
SourceKindName = Literal["press", "official", "public"]
StateName = Literal["new", "acknowledged", "dismissed"]


class Strict(Schema):
    """A body in which a field that is not named here is a mistake, not an assignment."""

    model_config = ConfigDict(extra="forbid")


class Reason(Schema):
    """Why: a code with its values, and the sentence."""

    code: str
    values: dict[str, Any]
    sentence: str


class Severity(Schema):
    """The factors from 0 to 4, the score, and its interval."""

    harm: int
    velocity: int
    reach: int
    service_gap: int
    credibility: int
    score: int
    low: int
    high: int


class Hour(Schema):
    """Articles (no copies) of one hour."""

    hour: str
    count: int


class ByHand(Schema):
    """A level that a person set: `engine` is what the engine said then. `outrun`: the engine has risen above that since, so that the higher
    of the two counts. `id` goes back with the next decision."""

    id: int
    level: str
    engine: str
    reason: str
    by: str
    at: datetime
    outrun: bool


class Story(Schema):
    """One event told by many. `level` is the one in force, `engine_level` what the engine itself says. `change` grows with every change the
    engine makes to any story of the office."""

    id: int
    headline: str
    lead: str
    level: str
    engine_level: str
    by_hand: ByHand | None
    first: datetime
    last: datetime
    outlets: list[str]
    languages: list[str]
    articles: int
    copies: int
    severity: Severity
    reasons: list[Reason]
    counts: list[Hour]
    merged_into: int | None
    change: int


class Article(Schema):
    """An item of a source: what it is and where it stands, not its text."""

    id: int
    url: str
    outlet: str
    source: int | None
    source_kind: str
    title: str
    summary: str
    language: str
    published: datetime
    published_known: bool
    updated: datetime | None
    seen: datetime


class Copy(Schema):
    """An article that repeats another."""

    article: Article
    kind: str
    score: float
    reason: Reason


class Member(Schema):
    """An original of a story with its copies; `more_copies` are counted and not listed."""

    article: Article
    score: float
    reasons: list[Reason]
    copies: list[Copy]
    more_copies: int


class OutletStep(Schema):
    """When an outlet first told the story."""

    outlet: str
    first: datetime
    items: int


class Mark(Schema):
    """What the office decided about a story."""

    mark: str
    by: str
    at: datetime


class Aspect(Schema):
    """How many of the items that were looked at name an aspect of the matter, with the bounds of the 95 % interval of their share."""

    aspect: str
    name: str
    n: int
    of: int
    low: float
    high: float


class StoryDetail(Schema):
    """A story with a page of its members; `next` is the cursor of the next page.

    `voices` counts the distinct people of its public posts: 0, or ten and more; null for one to nine. `aspects` is what its newest items
    say of it (its cause, money, danger …); an item may name several.
    """

    story: Story
    voices: int | None
    aspects: list[Aspect]
    members: list[Member]
    next: str | None
    outlets: list[OutletStep]
    mark: Mark | None
    signals: list[int]
    near: list[int]


class StoryPage(Schema):
    """A page of stories, the latest first."""

    rows: list[Story]
    next: str | None


class ArticlePage(Schema):
    """A page of articles, the latest first."""

    rows: list[Article]
    next: str | None


class SeriesPoint(Schema):
    """An hour against what is usual then."""

    hour: str
    count: float
    expected: float
    low: float
    high: float


class Signal(Schema):
    """A story or term above its own past, and what the office decided about it. `level` is the one in force."""

    id: int
    kind: str
    subject: str
    story: int | None
    raised: datetime
    updated: datetime
    since: datetime
    observed: float
    expected: float
    outlets: list[str]
    level: str
    engine_level: str
    severity: Severity
    reasons: list[Reason]
    state: str
    state_reason: str
    state_by: str | None
    state_at: datetime | None
    change: int


class SignalPage(Schema):
    """A page of signals, the latest first."""

    rows: list[Signal]
    next: str | None


class SignalDetail(Schema):
    """A signal with its hours, the stories that carry it and its first items."""

    signal: Signal
    series: list[SeriesPoint]
    stories: list[int]
    items: list[Article]


class FurtherStory(Schema):
    """A further story of a line's event; `note` is the number of the footnote whose title it is."""

    story: int
    headline: str
    language: str
    note: int


class BriefingLine(Schema):
    """One line of a briefing; `sources` are numbers of its footnotes, `headline_note` that of the headline (null where signed before
    headlines had one)."""

    story: int
    headline: str
    headline_note: int | None
    language: str | None
    level: str
    outlets: int
    articles: int
    copies: int
    first: datetime
    growth: float | None
    changed: list[Reason]
    why: list[Reason]
    also: list[FurtherStory]
    next: Reason
    mark: str
    sources: list[int]


class Footnote(Schema):
    """What a line leans on: quoted exactly, with address and time."""

    n: int
    outlet: str
    title: str
    url: str
    published: datetime
    passage: str
    language: str


class Briefing(Schema):
    """The briefing of a moment; `periods` are counts of the week or month that stand out."""

    at: datetime
    since: datetime
    title: str
    lines: list[BriefingLine]
    missing: list[Reason]
    periods: list[Reason]
    complete: datetime | None
    quiet: int
    sources: list[Footnote]


class SignedRow(Schema):
    """A signed briefing without its content."""

    id: int
    at: datetime
    since: datetime
    language: str
    digest: str
    signed_by: str
    signed_at: datetime


class Signed(SignedRow):
    """A signed briefing as it was."""

    briefing: Briefing


class SignedPage(Schema):
    """A page of signed briefings, the latest first."""

    rows: list[SignedRow]
    next: str | None


class Source(Schema):
    """A source and how it is: `state` is failing, silent, skipped, new or well; `reason` says why in words."""

    id: int
    name: str
    outlet: str
    url: str
    site_url: str
    kind: str
    source_kind: str
    language: str
    area: str
    purpose: int
    paused: bool
    paused_reason: str
    last_visit: datetime | None
    last_success: datetime | None
    last_item: datetime | None
    next_visit: datetime | None
    failures: int
    outcome: str
    state: str
    reason: str
    items_a_day: float
    version: int


class SourceList(Schema):
    """Every source of the office."""

    rows: list[Source]


class Visit(Schema):
    """One visit and its named outcome, with a sentence."""

    at: datetime
    outcome: str
    sentence: str
    detail: str
    status: int
    found: int
    new: int
    elapsed_ms: int


class VisitList(Schema):
    """The latest visits, newest first."""

    rows: list[Visit]


class Hit(Schema):
    """A result of a search: by which list it was found, and the passage."""

    article: Article
    story: int | None
    by_words: bool
    by_meaning: bool
    passage: str
    copies: int


class HitList(Schema):
    """Results, best first."""

    rows: list[Hit]


class Silence(Schema):
    """Something that should have spoken and did not, or of which less is said than usual. `observed` is null: one to nine of a place."""

    id: int
    kind: str
    subject: str
    source: int | None
    since: datetime
    noticed: datetime
    expected: float
    observed: float | None
    reason: Reason


class SilenceList(Schema):
    """What is silent now, the longest first."""

    rows: list[Silence]


class Hazard(Schema):
    """A warning as its agency last said it."""

    id: int
    identifier: str
    event: str
    headline: str
    severity: str
    urgency: str
    certainty: str
    areas: list[str]
    sent: datetime
    onset: datetime | None
    expires: datetime | None
    instruction: str
    url: str
    sender: str
    ended: bool


class HazardPage(Schema):
    """A page of warnings, the latest first."""

    rows: list[Hazard]
    next: str | None


class FactCheck(Schema):
    """A claim that a fact-checker has looked at, in the checker's own words."""

    id: int
    claim: str
    rating: str
    checker: str
    url: str
    checked: datetime | None
    language: str
    seen: datetime


class FactCheckPage(Schema):
    """A page of fact-checks, the latest first."""

    rows: list[FactCheck]
    next: str | None


class Place(Schema):
    """A unit of local government in the time it existed."""

    id: int
    code: str
    level: str
    name: str
    names: dict[str, str]
    parent: int | None
    since: date | None
    until: date | None
    latitude: float | None
    longitude: float | None
    population: int | None
    also: list[str]


class PlaceList(Schema):
    """A page of places in the order of their codes; `next` is the code after which to go on."""

    rows: list[Place]
    next: str | None


class CountGroup(Schema):
    """Complaints of one topic from a place, or from the rest of one: ten or more."""

    topic: str
    place: str
    rest: bool
    members: list[str]
    count: int


class CountTable(Schema):
    """A month as it was first shown; `withheld` topics had fewer than ten in all."""

    month: date
    groups: list[CountGroup]
    withheld: int


class PeriodCount(Schema):
    """One week or month of a subject. `count` is null where too little was heard of everything, and for one to nine of a place (`few`);
    `mean`, `low` and `high` are what was usual, null where nothing is known yet."""

    subject: str
    name: str
    start: date
    count: int | None
    few: bool
    mean: float | None
    low: float | None
    high: float | None
    verdict: Literal["rise", "fall", "usual", "unknown"]


class PeriodCounts(Schema):
    """Counts by week or month."""

    rows: list[PeriodCount]


class CountTables(Schema):
    """The months that are shown, the latest first."""

    rows: list[CountTable]


class Kept(Schema):
    """The latest run of forgetting for one kind: nothing is older than `oldest`."""

    kind: str
    at: datetime
    deleted: int
    oldest: datetime | None


class Transparency(Schema):
    """What is listened to, how much, and how long it is kept: numbers that any citizen may know."""

    office: str
    contact: str
    purposes: int
    watches: int
    sources: dict[str, int]
    articles_30_days: int
    stories_30_days: int
    keep_item_days: int
    keep_raw_days: int
    kept: list[Kept]


class Me(Schema):
    """Who asks: the office, the person's roles, and what they may do."""

    office: str
    person: int
    roles: list[str]
    rights: list[str]
    language: str


class Done(Schema):
    """An act that is done, or that the engine does in a moment (`journal` is its number)."""

    done: bool
    journal: int | None


# What comes in


class MarkIn(Strict):
    """An empty mark takes a decision back."""

    mark: Literal["seen", "watch", "not_ours", ""]


class LevelIn(Strict):
    """How serious a story is, and why (3 to 500 characters); an empty level takes it back. `engine` and `hand` are what you decide by:
    `engine_level` of the story and `id` of its `by_hand` as you read them."""

    level: Literal["watch", "low", "medium", "high", "crisis", ""]
    reason: Text = ""
    engine: LevelName
    hand: Number | None = None


class MergeIn(Strict):
    """The story that belongs to this one."""

    other: Number


class SplitIn(Strict):
    """Articles of this story that are a story of their own."""

    articles: Annotated[list[Number], Bound(min_length=1, max_length=500)]


class ReasonIn(Strict):
    """Why, in a few words."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=CLEAN)]


class SourceIn(Strict):
    """A source to add. The first visit is due at once."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=CLEAN)]
    url: Address
    kind: Literal[
        "feed", "sitemap", "listing", "mastodon", "bluesky", "youtube", "telegram", "imap", "warnings", "checks", "mediacloud",
    ] = "feed"  # fmt: skip
    source_kind: SourceKindName = "press"
    outlet: Word = ""
    site_url: Annotated[str, StringConstraints(max_length=1000, pattern=CLEAN)] = ""
    language: Literal["", "id", "ms", "jv", "su", "vi", "en"] = ""
    area: Word = ""
    pattern: Annotated[str, StringConstraints(max_length=300, pattern=CLEAN)] = ""
    purpose: Number | None = None


class SourceChange(Strict):
    """What shall be changed of a source, at the `version` that was read; what is left out stays as it is."""

    version: Version
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=CLEAN)] | None = None
    outlet: Word | None = None
    area: Word | None = None
    pattern: Annotated[str, StringConstraints(max_length=300, pattern=CLEAN)] | None = None
    language: Literal["", "id", "ms", "jv", "su", "vi", "en"] | None = None
    purpose: Number | None = None
