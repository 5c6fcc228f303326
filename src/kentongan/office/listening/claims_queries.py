"""Reads of claims and questions, in a number of queries that does not grow with what is listed.

Public posts are counted together and never listed; nothing is shown by place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from kentongan.engine import claims_spread
from kentongan.engine.claims import worth_of
from kentongan.engine.claims_spread import Sighting, Spread
from kentongan.engine.records import Reason
from kentongan.office.kept import Kept
from kentongan.office.listening.claims_models import Claim, ClaimCheck, ClaimSighting, Question
from kentongan.office.listening.models import Article, Source, Story
from kentongan.office.people.models import Office

MOST_LISTED = 100
MOST_SIGHTINGS = 2_000
ITEMS_SHOWN = 12
ASKED_BACK = timedelta(days=7)
MOST_QUESTIONS = 1_000
IN_STORY = 5
STATES = ("open", "due", "checked", "decided")
"""What a list of claims shows: nobody has decided · looked at again now · a fact-check by others is about it · decided."""


def _rows(office: Office, state: str, now: datetime) -> QuerySet[Claim]:
    rows = Claim.objects.filter(office=office, first__lte=now)
    if state == "due":
        return rows.filter(review_at__lte=now).order_by("review_at", "pk")
    if state == "decided":
        return rows.exclude(truth=Claim.Truth.UNVERIFIED).order_by("-decided_at", "-pk")
    rows = rows.filter(truth=Claim.Truth.UNVERIFIED)
    if state == "checked":
        rows = rows.filter(Exists(ClaimCheck.objects.filter(claim=OuterRef("pk"))))
    return rows.order_by("-outlets", "-items", "-last", "-pk") if state == "open" else rows.order_by("-last", "-pk")


OPEN_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Listed:
    """A claim of a list; `checks` are how many fact-checks by others are about it."""

    row: Claim
    checks: int


def get_claims(office: Office, state: str, now: datetime) -> list[Listed]:
    """The claims of a state: those carried by most outlets first where they are open. One query."""
    rows = _rows(office, state, now)
    if state == "open":
        rows = rows.filter(last__gt=now - OPEN_FOR)
    listed = rows.select_related("decided_by", "review_by").annotate(n_checks=Count("checks"))[:MOST_LISTED]
    return [Listed(row, row.n_checks) for row in listed]  # type: ignore[attr-defined]


def get_counts(office: Office, now: datetime) -> dict[str, int]:
    """How many claims are in each state. One query."""
    unverified = Q(truth=Claim.Truth.UNVERIFIED)
    found: dict[str, int] = Claim.objects.filter(office=office, first__lte=now).aggregate(
        open=Count("pk", filter=unverified & Q(last__gt=now - OPEN_FOR), distinct=True),
        due=Count("pk", filter=Q(review_at__lte=now), distinct=True),
        checked=Count("checks__claim", filter=unverified, distinct=True),
        decided=Count("pk", filter=~unverified, distinct=True),
    )
    return found


_due = Kept(
    lambda office, now: Claim.objects.filter(office=office, review_at__lte=now).select_related("review_by").order_by("review_at", "pk")[:5]
)


def get_due(office: Office, now: datetime) -> list[Claim]:
    """Claims somebody wanted to look at again by now, the longest due first. One query."""
    return _due(office.pk, now)


def get_claim(office: Office, pk: int) -> Claim | None:
    """One claim of the office."""
    return Claim.objects.filter(office=office, pk=pk).select_related("decided_by", "review_by", "article").defer(
        "article__text", "article__embedding", "article__search", "article__summary"
    ).first()  # fmt: skip


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of our own that is listened to: whether it has carried the claim."""

    name: str
    carried: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """The amplification check: how far a claim has gone, whether it grows, who would first hear of it from us, and what that speaks for."""

    spread: Spread
    channels: tuple[Channel, ...]
    languages: tuple[str, ...]
    advice: tuple[Reason, ...]

    @property
    def first_from_us(self) -> tuple[str, ...]:
        return tuple(channel.name for channel in self.channels if not channel.carried)

    @property
    def answer(self) -> bool:
        return self.advice[0].code == "claim.answer"


@dataclass(frozen=True, slots=True)
class Detail:
    """A claim as its page shows it: reach and path, items of institutions, fact-checks, claims that may be the same, and its stories."""

    reach: Reach
    items: tuple[ClaimSighting, ...]
    more: int
    tellings: tuple[ClaimSighting, ...]
    checks: tuple[ClaimCheck, ...]
    like: tuple[Claim, ...]
    stories: tuple[Story, ...]
    against: Reason | None
    """Why the sentence cannot be checked, so that nobody can call it true or false; None where it can."""


def get_reach(claim: Claim, now: datetime) -> Reach:
    """The amplification check alone. Two queries."""
    return _reach(claim, _sightings(claim, now), now)


def _sightings(claim: Claim, now: datetime) -> list[ClaimSighting]:
    rows = ClaimSighting.objects.filter(claim=claim, at__lte=now).select_related("article").order_by("at", "pk")
    return list(rows.defer("vector", *(f"article__{name}" for name in ("text", "summary", "embedding", "search")))[:MOST_SIGHTINGS])


def get_detail(claim: Claim, now: datetime) -> Detail:
    """Everything the claim's page says. Six queries."""
    sightings = _sightings(claim, now)
    shown = [one for one in sightings if one.article.source_kind != Source.SourceKind.PUBLIC]
    reach = _reach(claim, sightings, now)
    checks = ClaimCheck.objects.filter(claim=claim).select_related("check_row")
    like = Claim.objects.filter(office_id=claim.office_id, pk__in=[number for number, _ in claim.like]).order_by("-items", "pk")
    against = worth_of(claim.text, claim.language).against  # type: ignore[arg-type]
    return Detail(
        reach,
        tuple(shown[:ITEMS_SHOWN]),
        max(0, len(shown) - ITEMS_SHOWN),
        tuple(one for one in shown if one.telling and one.telling != claim.text),
        tuple(checks),
        tuple(like),
        tuple(_stories(claim)),
        Reason(against) if against else None,
    )


def _reach(claim: Claim, sightings: Sequence[ClaimSighting], now: datetime) -> Reach:
    heard = [Sighting(one.article.outlet, _kind(one.article), one.at, one.copy) for one in sightings]
    told = claims_spread.spread(heard, now)
    own = Source.objects.filter(office_id=claim.office_id, source_kind=Source.SourceKind.OFFICIAL, paused=False).order_by("name")
    carried = Exists(ClaimSighting.objects.filter(claim=claim, article__source=OuterRef("pk")))
    channels = tuple(Channel(source.name, source.carried) for source in own.annotate(carried=carried))  # type: ignore[attr-defined]
    languages = tuple(dict.fromkeys(one.article.language for one in sightings))
    return Reach(told, channels, languages, claims_spread.advice(told, claim.harm))


def _kind(article: Article) -> Any:
    return article.source_kind


def _stories(claim: Claim) -> QuerySet[Story]:
    rows = Story.objects.filter(office_id=claim.office_id, merged_into=None, members__article__claims__claim=claim)
    return rows.order_by("-last", "pk").distinct()[:IN_STORY]


def get_story_claims(story: Story) -> list[Claim]:
    """The claims of a story, carried by most outlets first. One query."""
    return _of_story(story.office_id, story.pk)


_of_story = Kept(
    lambda office, story: Claim.objects.filter(
        office=office, pk__in=ClaimSighting.objects.filter(article__membership__story=story).values("claim")
    ).order_by("-outlets", "-items", "-last", "-pk")[:IN_STORY]
)


# ---- questions --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same: the first of them, how many outlets and posts asked, since when, and the page that would answer."""

    first: Question
    outlets: int
    posts: int
    since: datetime
    last: datetime

    @property
    def asked(self) -> int:
        return self.outlets + self.posts


@dataclass(frozen=True, slots=True)
class Topic:
    """What people ask about one topic ("" for none), what nothing answers first."""

    name: str
    groups: tuple[Group, ...]

    @property
    def voids(self) -> int:
        return sum(group.first.answer is None for group in self.groups)


def get_questions(office: Office, now: datetime) -> tuple[Topic, ...]:
    """Questions of the last days in groups, by topic, topics with most unanswered questions first. Two queries."""
    asked = Question.objects.filter(office=office, at__gt=now - ASKED_BACK, at__lte=now).annotate(group=Coalesce("head_id", "pk"))
    told = asked.values_list("group", "article__outlet", "article__source_kind", "at").order_by("-at")[:MOST_QUESTIONS]
    found: dict[int, list[tuple[str, str, datetime]]] = {}
    for group, outlet, kind, at in told:
        found.setdefault(group, []).append((outlet, kind, at))
    heads = Question.objects.filter(office=office, pk__in=found).select_related("article", "answer").defer(
        "vector", *(f"{side}__{name}" for side in ("article", "answer") for name in ("text", "summary", "embedding", "search"))
    )  # fmt: skip
    topics: dict[str, list[Group]] = {}
    for head in heads:
        rows = found[head.pk]
        outlets = {outlet for outlet, kind, _ in rows if kind != Source.SourceKind.PUBLIC}
        posts = sum(kind == Source.SourceKind.PUBLIC for _, kind, _ in rows)
        times = [at for *_, at in rows]
        group = Group(head, len(outlets), posts, min(times), max(times))
        topics.setdefault(head.topics[0] if head.topics else "", []).append(group)
    made = [Topic(name, tuple(sorted(groups, key=_by_need))) for name, groups in topics.items()]
    return tuple(sorted(made, key=lambda topic: (not topic.name, -topic.voids, -len(topic.groups), topic.name)))


def _by_need(group: Group) -> tuple[bool, int, float, int]:
    return group.first.answer is not None, -group.asked, -group.last.timestamp(), group.first.pk
