"""What is read of the echo of a publication, in a number of queries that does not grow with what was found.

Outlets are named, people never: posts of the public are counted together, and not at all below ten (`engine.disclosure`). What somebody
said is not ours counts for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import Q, QuerySet

from kentongan.engine import echo_reach, voids
from kentongan.engine.disclosure import shown
from kentongan.engine.echo import Carried
from kentongan.engine.echo_effect import LONGEST, Effect, Text, effect
from kentongan.engine.echo_reach import Missed, Remaining
from kentongan.engine.records import Article as Told
from kentongan.engine.records import Language
from kentongan.engine.vectors import Centres, unit
from kentongan.office.desk import echo_reading, evidence, queries
from kentongan.office.desk.echo_models import EchoMessage, EchoReading, EchoTie
from kentongan.office.desk.models import Issue, Publication
from kentongan.office.listening.claims_models import ClaimSighting, Question
from kentongan.office.listening.meaning import Sent, vector_of
from kentongan.office.listening.models import Article
from kentongan.office.people.models import Place

PAGE = 50
MOST_TIES, MOST_ON_MATTER, MOST_QUESTIONS = 1_000, 5_000, 300
PRESS, PUBLIC, OFFICIAL = "press", "public", "official"
CARRIES = frozenset({"copied", "quoted", "retold"})


@dataclass(frozen=True, slots=True)
class Message:
    """A key message: the outlets it came through in, when first, and how many articles deny it."""

    text: str
    outlets: tuple[str, ...]
    first: datetime | None
    denied: int


@dataclass(frozen=True, slots=True)
class OutletLine:
    """What one outlet did with a publication, in order of time."""

    name: str
    ties: tuple[EchoTie, ...]


@dataclass(frozen=True, slots=True)
class Echo:
    """Everything the page of an echo says.

    `told` counts outlets that wrote about the matter or carried it; `posts` is None below ten; `effect` is None where no claim is linked
    with the issue.
    """

    reading: EchoReading
    outlets: tuple[OutletLine, ...]
    carrying: tuple[str, ...]
    told: int
    official: tuple[str, ...]
    posts: int | None
    messages: tuple[Message, ...]
    questions: tuple[Remaining, ...]
    effect: Effect | None
    missed: Missed
    wards: int
    first: EchoTie | None
    """The first article of the press that carries it."""

    @property
    def after(self) -> timedelta | None:
        """How long after the publication that was."""
        return self.first.at - self.reading.publication.readable_from if self.first is not None else None

    @property
    def through(self) -> int:
        """How many messages came through anywhere."""
        return sum(bool(one.outlets) for one in self.messages)


def get_reading(publication: Publication) -> EchoReading | None:
    """How far a publication was followed; None where that has not begun. One query."""
    return EchoReading.objects.filter(publication=publication).select_related("publication__version").first()


def get_followed(statements: Sequence[int]) -> dict[int, int]:
    """Statement → how many outlets carry what it published, of those that are followed. One query."""
    rows = EchoTie.objects.filter(reading__publication__statement__in=statements, refused_by=None, source_kind=PRESS, way__in=CARRIES)
    found: dict[int, set[str]] = {}
    for statement, outlet in rows.order_by().values_list("reading__publication__statement", "outlet").distinct():
        found.setdefault(statement, set()).add(outlet)
    return {statement: len(outlets) for statement, outlets in found.items()}


def get_tied(reading: EchoReading) -> QuerySet[EchoTie]:
    """Articles of institutions that are tied to a publication, refused ones too, each with what its line shows."""
    rows = EchoTie.objects.filter(reading=reading).exclude(source_kind=PUBLIC).select_related("article", "refused_by")
    return rows.defer("article__embedding", "article__search", "article__summary")


def get_ties(reading: EchoReading, start: int) -> tuple[list[EchoTie], bool]:
    """Fifty of these, and whether there are more. One query."""
    found = list(get_tied(reading)[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def get_echo(reading: EchoReading, issues: Sequence[Issue], centres: Centres, now: datetime) -> Echo:
    """The echo of a publication about these issues (one and its parts). Eight queries."""
    made = reading.publication
    counted = list(EchoTie.objects.filter(reading=reading, refused_by=None)[:MOST_TIES])
    matter, claims = _matter(reading, issues, now)
    places = _wards(reading.office_id)
    carried = [Carried(one.key, cast(Any, one.way), one.score, ()) for one in counted]
    told = {**matter, **{one.key: _told(one) for one in counted}}
    missed = echo_reach.not_reached(told.values(), carried, places, {one.key: [str(pk) for pk in one.places] for one in counted})
    names = dict(Place.objects.filter(office=reading.office_id, pk__in=map(int, places)).values_list("pk", "name")) if places else {}
    missed = Missed(missed.outlets, missed.languages, tuple(sorted(names.get(int(ward), ward) for ward in missed.wards)))
    press = [one for one in counted if one.source_kind == PRESS]
    messages = list(EchoMessage.objects.filter(reading=reading))
    return Echo(
        reading,
        _outlets(press),
        tuple(sorted({one.outlet for one in press if one.way in CARRIES})),
        len({one.outlet for one in told.values() if one.source_kind == PRESS}),
        tuple(sorted({one.outlet for one in counted if one.source_kind == OFFICIAL and one.way in CARRIES})),
        shown(sum(one.source_kind == PUBLIC and one.way in CARRIES for one in counted)),
        tuple(_message(one, press) for one in messages),
        _questions(reading, issues, messages, centres, now),
        effect(claims, made.readable_from, now) if claims is not None else None,
        missed,
        len(places),
        next((one for one in press if one.way in CARRIES), None),
    )


def _told(tie: EchoTie) -> Told:
    return _article(tie.key, tie.outlet, tie.source_kind, tie.language, tie.at)


def _article(key: str, outlet: str, kind: str, language: str, at: datetime) -> Told:
    """An article as far as who told when in which language; its words are not read."""
    return Told(key, f"article:{key}", outlet, cast(Any, kind), "-", "", cast(Language, language), at)


def _outlets(press: Sequence[EchoTie]) -> tuple[OutletLine, ...]:
    """The outlets, the earliest first."""
    found: dict[str, list[EchoTie]] = {}
    for one in press:
        found.setdefault(one.outlet, []).append(one)
    return tuple(OutletLine(name, tuple(ties)) for name, ties in found.items())


def _message(message: EchoMessage, press: Sequence[EchoTie]) -> Message:
    said = [one for one in press if one.messages.get(message.key) == "said"]
    denied = sum(one.messages.get(message.key) == "denied" for one in press)
    return Message(message.text, tuple(dict.fromkeys(one.outlet for one in said)), said[0].at if said else None, denied)


def _matter(reading: EchoReading, issues: Sequence[Issue], now: datetime) -> tuple[dict[str, Told], list[Text] | None]:
    """What was told of the matter around the publication, by key, and the press's texts with whether they make the claim; None where no
    claim is linked. Two queries."""
    at = reading.publication.readable_from
    linked = [one.claim_id for one in queries.get_links(issues) if one.claim_id is not None]
    sightings = ClaimSighting.objects.filter(claim__in=linked)
    rows = Article.objects.filter(Q(pk__in=evidence.about(issues).values("pk")) | Q(pk__in=sightings.values("article")))
    rows = rows.filter(office=reading.office_id, published__gt=at - LONGEST, published__lte=min(now, reading.until)).order_by(
        "-published", "-pk"
    )
    told = rows.values_list("pk", "key", "outlet", "source_kind", "language", "published", "membership__copy_kind")[:MOST_ON_MATTER]
    claiming = set(sightings.values_list("article_id", flat=True)) if linked else set()
    matter, texts = {}, []
    for pk, key, outlet, kind, language, published, copy in told:
        matter[key] = _article(key, outlet, kind, language, published)
        if kind == PRESS:
            texts.append(Text(outlet, published, pk in claiming, copy not in {None, "original"}))
    return matter, texts if linked else None


def _wards(office: int) -> dict[str, tuple[str, ...]]:
    """The wards of an office, each with its path from the city, as numbers in words. One query."""
    above: dict[int, int | None] = {}
    wards: list[int] = []
    for pk, parent, level in Place.objects.filter(office=office, until=None).values_list("pk", "parent_id", "level"):
        above[pk] = parent
        if level in echo_reading.WARDS:
            wards.append(pk)
    return {str(pk): _path(pk, above) for pk in wards}


def _path(place: int, above: dict[int, int | None]) -> tuple[str, ...]:
    path: list[str] = []
    at: int | None = place
    while at is not None and str(at) not in path:
        path.append(str(at))
        at = above.get(at)
    return tuple(reversed(path))


ASKED_FOR = timedelta(days=14)


def _questions(
    reading: EchoReading, issues: Sequence[Issue], messages: Sequence[EchoMessage], centres: Centres, now: datetime
) -> tuple[Remaining, ...]:
    """What is asked about the matter since the publication. One query."""
    publication = echo_reading.publication_of(reading, centres)
    rows = Question.objects.filter(office=reading.office_id, article__in=evidence.about(issues).values("pk"), at__gt=publication.at)
    rows = (
        rows.filter(at__lte=min(now, publication.at + ASKED_FOR))
        .select_related("article")
        .annotate(sent=Sent("vector"))
        .order_by("at", "pk")
    )
    asked = []
    for row in rows.defer("vector", *(f"article__{name}" for name in ("text", "summary", "embedding", "search")))[:MOST_QUESTIONS]:
        language = cast(Language, row.language)
        vector = centres.centred(unit(vector_of(cast(Any, row).sent)), language)
        kind = cast(Any, row.article.source_kind)
        asked.append(voids.Asked(str(row.pk), row.text, language, row.article.outlet, kind, row.at, vector, tuple(row.topics)))
    return echo_reach.questions_remaining(publication, echo_reading.passages_of(messages, publication.language, centres), asked)
