"""What a watch finds in the stored past, and what it would have found and raised before it is saved.

A watch finds an item by its words, or because it is like its examples; where it has places, the item names one of them (or a place below)
or comes from a source of their area; and nothing that the words exclude. A name that another place of the office has too counts only where
a place above the one that is meant is named as well. Words go to PostgreSQL's full-text search, with the stemmers of
the three configurations of migration 0002; what is excluded holds in all of them, for a text is stored in one only.

Known failures. The stored past is searched for names whole: "Kec." for "Kecamatan" is understood only as items come in (`marking`), and
the ward Cempaka is found in "Kecamatan Cempaka" too. The search finds other forms of a word that
`engine.watching` does not; then the reason on the screen says so. Likeness is computed for every item of the time that is looked through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
from django.db import connection
from django.db.models import BooleanField, Count, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncHour
from django.utils.translation import gettext

from kentongan.engine import watching, watching_alerts
from kentongan.engine.language import detect
from kentongan.engine.records import GROUPS, Language
from kentongan.engine.vectors import FloatArray, shipped_centres
from kentongan.engine.watching import Group, Near, Part, Reading, Unclear, Words
from kentongan.engine.watching_alerts import Report
from kentongan.engine.watching_meaning import OTHER
from kentongan.office.listening import presenting
from kentongan.office.listening.models import DIMENSION, MEANING_GROUPS, Article, Membership, Signal, Source, Watch
from kentongan.office.listening.presenting import Piece
from kentongan.office.listening.search import Hit, around, folded, marked
from kentongan.office.people.models import Office, Place

CONFIGS = ("kentongan_id", "kentongan_en", "kentongan_vi")
PAST = timedelta(days=30)
RECENT = timedelta(days=7)
FORTNIGHT = timedelta(days=14)
SHOWN = 50
LATEST = 10
QUIET_HOURS = 12
"""So long after its last report a signal still runs (`engine/burst_settings.py`)."""
MOST = 50_000
"""Matches of a preview that are counted."""
SHARE = 0.2
"""What finds more than this share of everything finds nothing in particular."""
LEAST = 100
"""With fewer items than this in the past a share says nothing."""
LOOKED = 200_000
"""Items whose likeness is computed at most; with more, fewer days are looked through."""
NAMES = 300
"""Names of a place and the places below that are looked for; with more, only its own."""

Sql = tuple[str, list[object]]


@dataclass(frozen=True, slots=True)
class Placed:
    """Places by name, and the sources whose area they are.

    `rows` are the chosen places by number. `beside` holds for each name that other places have too what must be named with it: the places
    above the one that is meant, without those above the others; nothing for one that cannot be told apart.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    sources: tuple[int, ...]
    rows: frozenset[int] = frozenset()
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def alone(self) -> tuple[str, ...]:
        """The names that no other place has."""
        return tuple(name for name in self.names if name not in self.beside)


@dataclass(frozen=True, slots=True)
class Topic:
    """What is looked for. `centre` is what the examples have in common, found from the cosine `least` on; `languages` are the examples'."""

    query: Group
    placed: Placed | None = None
    centre: FloatArray | None = None
    least: float = 0.0
    languages: frozenset[Language] = frozenset()


def read(query: str) -> Group:
    """The query of a stored watch. One of before the grammar that it cannot read is taken for its words."""
    try:
        return watching.parse(query, narrowing=True, stored=True)
    except Unclear:
        plain = " ".join(word for word in query.replace('"', " ").replace("(", " ").replace(")", " ").split() if word not in ("OR", "NOT"))
        words = " ".join(word.lstrip("-") for word in plain.split() if not word.startswith("NEAR"))
        return watching.parse(words[:500], narrowing=True, stored=True)


def topic_of(watch: Watch, placed: Placed | None = None) -> Topic:
    """What a stored watch looks for; `placed` where it has places."""
    centre = np.asarray(watch.meaning, dtype=np.float32) if watch.meaning is not None else None
    return Topic(read(watch.query), placed, centre, watch.wider if watch.wide else watch.close, spoken(watch.examples))


def spoken(examples: Sequence[str]) -> frozenset[Language]:
    """The languages of the examples, with those that are looked through together."""
    found = {detect(one) for one in examples}
    return frozenset(language for group in MEANING_GROUPS if found.intersection(group) for language in group)


def placed_of(office: Office, chosen: Sequence[Sequence[str]]) -> list[Placed | None]:
    """For each list of codes its places with all below, by name, and their sources; None for an empty one. Two queries, or none."""
    if not any(chosen):
        return [None for _ in chosen]
    known = {place.pk: place for place in Place.objects.filter(office=office).defer("shape").prefetch_related("other_names")}
    below: dict[int | None, list[Place]] = {}
    for place in known.values():
        below.setdefault(place.parent_id, []).append(place)
    areas = [(pk, same_name(area)) for pk, area in Source.objects.filter(office=office).exclude(area="").values_list("pk", "area")]
    by_code = {place.code: place for place in known.values()}
    same: dict[str, list[Place]] = {}
    for place in known.values():
        for name in dict.fromkeys(map(same_name, _names(place))):
            same.setdefault(name, []).append(place)
    out: list[Placed | None] = []
    for codes in chosen:
        here = [by_code[code] for code in codes if code in by_code]
        row = list(here)
        for place in row:
            row += [one for one in below.get(place.pk, ()) if one not in here]
        names = list(dict.fromkeys(name for place in row for name in _names(place)))
        if len(names) > NAMES:
            names = list(dict.fromkeys(name for place in here for name in _names(place)))[:NAMES]
        wanted = {same_name(name) for name in names}
        sources = tuple(pk for pk, area in areas if area in wanted)
        inside = {place.pk for place in row}
        beside = {name: told for name in names if (told := _told_apart(same[same_name(name)], inside, known)) is not None}
        out.append(Placed(tuple(codes), tuple(names), sources, frozenset(place.pk for place in here), beside) if codes else None)
    return out


def _told_apart(meanings: Sequence[Place], inside: set[int], known: Mapping[int, Place]) -> tuple[str, ...] | None:
    """The names of what lies above the places `inside` that a name may mean and above none of the others; None where it means no others.

    Of places that live and places that ended, those that live are meant, as in `engine/places.py`.
    """
    others = [place for place in meanings if place.pk not in inside]
    living = [place for place in meanings if place.until is None] or meanings
    if all(place.pk in inside for place in living):
        return None
    elsewhere = {place.pk for other in others for place in _way(other, known)}
    above = [place for mine in meanings if mine.pk in inside for place in _way(mine, known)[1:] if place.pk not in elsewhere]
    return tuple(dict.fromkeys(name for place in above for name in _names(place)))


def _way(place: Place, known: Mapping[int, Place]) -> list[Place]:
    """A place and everything above it."""
    way = [place]
    while (above := known.get(way[-1].parent_id or 0)) is not None and above not in way:
        way.append(above)
    return way


def same_name(name: str) -> str:
    """A name as it is compared."""
    return watching.folded(" ".join(name.split()))


def _names(place: Place) -> list[str]:
    return [place.name, *place.names.values(), *(other.name for other in place.other_names.all())]


def wanted_sql(query: Group) -> Sql:
    """What the ways of a query ask for as one tsquery, in any of the configurations."""
    return _joined([_ways(query, config) for config in CONFIGS], "||")


def barred_sql(query: Group) -> Sql | None:
    """What the outermost group excludes as one tsquery; None where it excludes nothing."""
    return _joined([_part(part, config) for part in query.without for config in CONFIGS], "||") if query.without else None


def placed_sql(placed: Placed) -> Sql:
    """The names as one tsquery, those that others have too with what tells them apart."""
    parts = [_part(Words(name), config) for name in placed.alone for config in CONFIGS]
    for name, above in placed.beside.items():
        for config in CONFIGS if above else ():
            near = _joined([_part(Words(one), config) for one in above], "||")
            parts.append(_joined([_part(Words(name), config), near], "&&"))
    return _joined(parts or [("''::tsquery", [])], "||")


def _joined(parts: Iterable[Sql], operator: str) -> Sql:
    texts, values = [], []
    for text, given in parts:
        texts.append(text)
        values += given
    return f"({f' {operator} '.join(texts)})", values


def _ways(group: Group, config: str) -> Sql:
    return _joined([_joined([_part(one, config) for one in way], "&&") for way in group.ways], "||")


def _part(part: Part, config: str) -> Sql:
    if isinstance(part, Words):
        return f"phraseto_tsquery('{config}', %s)", [part.text]
    if isinstance(part, Near):
        first, second = (_joined([_part(words, config) for words in side], "||") for side in (part.first, part.second))
        ways: list[Sql] = []
        for apart in range(1, part.within + 1):
            for one, other in ((first, second), (second, first)):
                ways.append((f"tsquery_phrase({one[0]}, {other[0]}, {apart})", [*one[1], *other[1]]))
        return _joined(ways, "||")
    wanted, barred = _ways(part, config), barred_sql(part)
    return wanted if barred is None else (f"({wanted[0]} && !!{barred[0]})", [*wanted[1], *barred[1]])


def is_like(topic: Topic, centred: bool) -> Q:
    """The condition that an item's vector, less the mean of its language, has a cosine of `least` with the centre; asked of the database.

    With `centred` false the vectors stand around zero already (the embedder of the tests).
    """
    assert topic.centre is not None
    cases, values = [], []
    vector = '"listening_article"."embedding"'
    languages: list[Language] = [language for group in MEANING_GROUPS for language in group]
    for language in languages:
        mean = _mean(language) if centred else np.zeros(DIMENSION, dtype=np.float32)
        cases.append(
            f'WHEN "listening_article"."language" = %s THEN -({vector} <#> %s::halfvec) - %s >= '
            f"%s * sqrt(greatest(1 + 2 * ({vector} <#> %s::halfvec) + %s, 1e-9))"
        )
        own = language in topic.languages or not topic.languages
        least = topic.least if own else OTHER * topic.least
        values += [language, _sent(topic.centre), float(mean @ topic.centre), least, _sent(mean), float(mean @ mean)]
    like = RawSQL(f"(CASE {' '.join(cases)} ELSE false END)", values, BooleanField())  # noqa: S611  values are bound
    return Q(embedding__isnull=False) & Q(like)


def _mean(language: Language) -> FloatArray:
    means = shipped_centres().means
    return means.get(language, means["other"])


def _sent(vector: FloatArray) -> str:
    return f"[{','.join(f'{number:.6g}' for number in vector.tolist())}]"


def condition(topic: Topic, centred: bool) -> Q:
    """What an item must be, for a query of the office's own rows in a short time (it does not use the index on `search`)."""
    wanted = Q()
    if topic.query.ways:
        wanted |= _has(wanted_sql(topic.query))
    if topic.centre is not None:
        wanted |= is_like(topic, centred)
    if topic.placed is not None:
        wanted &= _has(placed_sql(topic.placed)) | Q(source__in=topic.placed.sources)
    barred = barred_sql(topic.query)
    return wanted if barred is None else wanted & ~_has(barred)


def _has(tsquery: Sql) -> Q:
    return Q(RawSQL(f'("listening_article"."search" @@ {tsquery[0]})', tsquery[1], BooleanField()))  # noqa: S611  words are bound


@dataclass(frozen=True, slots=True)
class Found:
    """An item that matched: its row, when, of which outlet."""

    pk: int
    published: datetime
    outlet: str


def matching(office: Office, topic: Topic, since: datetime, most: int, centred: bool) -> list[Found]:
    """What matched since then, the latest first, `most` at most. One query, two with examples."""
    found: dict[int, Found] = {}
    if topic.query.ways or topic.centre is None:
        found = {one.pk: one for one in _by_words(office, topic, since, most)}
    if topic.centre is not None:
        near = replace(topic, query=Group((), topic.query.without))
        rows = Article.objects.filter(office=office, published__gte=since).filter(condition(near, centred))
        for row in rows.order_by("-published", "-pk").values_list("pk", "published", "outlet")[:most]:
            found.setdefault(row[0], Found(*row))
    return sorted(found.values(), key=lambda one: (one.published, one.pk), reverse=True)[:most]


def _by_words(office: Office, topic: Topic, since: datetime, most: int) -> list[Found]:
    none: Sql = ("NULL", [])
    wanted = wanted_sql(topic.query) if topic.query.ways else none
    parts = [wanted, barred_sql(topic.query) or none, placed_sql(topic.placed) if topic.placed else none]
    asked = ", ".join(text for text, _ in parts)
    sources = list(topic.placed.sources) if topic.placed else []
    values = [office.pk, *(value for _, given in parts for value in given), sources, since, most]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM kentongan_watched(%s, {asked}, %s::bigint[], %s, %s)", values)  # noqa: S608  only placeholders
        return [Found(*row) for row in cursor.fetchall()]


@dataclass(slots=True)
class WatchHit(Hit):
    """An item that matched, and why, in words."""

    why: str = ""


def hits_of(topic: Topic, found: Sequence[Found], shown: int) -> list[WatchHit]:
    """The items to show, the latest first, copies folded into the best of their group. One query."""
    rows = Article.objects.filter(pk__in=[one.pk for one in found[: 4 * shown]]).defer("embedding", "search")
    rows = rows.select_related("membership__story")
    hits = [WatchHit(article, by_words=0) for article in sorted(rows, key=lambda one: (one.published, one.pk), reverse=True)]
    kept = [hit for hit in folded(hits) if isinstance(hit, WatchHit)][:shown]
    for hit in kept:
        _tell(hit, topic)
    return kept


def _tell(hit: WatchHit, topic: Topic) -> None:
    """Mark what was found, and say why."""
    article = hit.article
    text = article.text or article.summary
    read = Reading(article.title, text)
    match = watching.match_in(topic.query, read) if topic.query.ways else None
    terms = {watching.folded(text[slice(*span)]) for span in match.text} if match else set[str]()
    whole = {word for words in watching.words_of(topic.query, barred=False) for word in words.tokens}
    hit.title = list(presenting.pieces(article.title, _apart(match.title))) if match else [Piece(article.title, False)]
    hit.passage = marked(around(text, terms or whole), terms or whole)
    said = [gettext("words: %(words)s") % {"words": ", ".join(match.parts)}] if match else []
    if topic.placed is not None:
        place = next((name for name in topic.placed.names if watching.match_in(phrase(name), read) is not None), "")
        said.append(gettext("place: %(place)s") % {"place": place} if place else gettext("place: area of the source"))
    if match is None and topic.centre is not None:
        said.append(gettext("meaning: like the examples"))
    elif match is None and topic.query.ways:
        said.append(gettext("another form of the words"))
    hit.why = "; ".join(said)


def phrase(name: str) -> Group:
    """A name as a query: these words in this order."""
    return Group(((Words(name),),))


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that do not overlap, in order."""
    out: list[tuple[int, int]] = []
    for span in spans:
        if not out or span[0] >= out[-1][1]:
            out.append(span)
    return out


@dataclass(frozen=True, slots=True)
class Preview:
    """What a topic would have found in the past: of `total` items `matched`, by hour, and the alerts it would have raised.

    `carried` is how many signals of single stories and words told of what it finds: those are not its alerts. `capped` says that more
    matched than are counted.
    """

    since: datetime
    total: int
    matched: int
    capped: bool
    by_hour: tuple[int, ...]
    alerts: tuple[datetime, ...]
    carried: int
    latest: Sequence[WatchHit] = field(default_factory=list[WatchHit])

    @property
    def share(self) -> float:
        """The share of all items that matched."""
        return self.matched / self.total if self.total else 0.0

    @property
    def percent(self) -> int:
        """That share in whole percent."""
        return round(100 * self.share)

    @property
    def too_wide(self) -> bool:
        """Whether it finds almost everything, or so much of it that nobody could look it through."""
        return self.total >= LEAST and (self.share > SHARE or self.capped)


def preview(office: Office, topic: Topic, now: datetime, centred: bool, *, latest: bool = True) -> Preview:
    """Look through the last 30 days. Six queries, seven with examples, however much there is."""
    since = (now - PAST).replace(minute=0, second=0, microsecond=0)
    rows = Article.objects.filter(office=office, published__gte=since, published__lte=now)
    if topic.centre is not None:
        oldest = list(rows.order_by("-published").values_list("published", flat=True)[LOOKED - 1 : LOOKED])
        since = max([since, *oldest]).replace(minute=0, second=0, microsecond=0)
        rows = rows.filter(published__gte=since)
    hours = max(1, int((now - since).total_seconds() // 3600) + 1)
    volume = [0] * hours
    for at, n in rows.annotate(hour=TruncHour("published")).order_by().values_list("hour").annotate(n=Count("pk")):
        volume[_hour(at, since, hours)] += n
    found = [one for one in matching(office, topic, since, MOST + 1, centred) if one.published <= now]
    by_hour, reports = [0] * hours, [list[Report]() for _ in range(hours)]
    stories = _stories(office, [one.pk for one in found[:MOST]])
    for one in found[:MOST]:
        at = _hour(one.published, since, hours)
        by_hour[at] += 1
        story = stories.get(one.pk, f"item {one.pk}")
        if story:
            reports[at].append(Report(one.outlet, story))
    carried, signals = _carried(office, set(stories.values()), since, hours)
    past = [watching_alerts.Hour(n, told) for n, told in zip(volume, reports, strict=True)]
    raised = tuple(since + timedelta(hours=at + 1) for at in watching_alerts.alerts(past, carried))
    shown = hits_of(topic, found, LATEST) if latest else []
    return Preview(since, sum(volume), min(len(found), MOST), len(found) > MOST, tuple(by_hour), raised, signals, shown)


def _stories(office: Office, items: Sequence[int]) -> dict[int, str]:
    """The story of each item by number, "" for a copy; an item of none is left out. One query."""
    rows = Membership.objects.filter(story__office=office, article__in=items)
    return {pk: str(story) if kind == "original" else "" for pk, story, kind in rows.values_list("article_id", "story_id", "copy_kind")}


def _carried(office: Office, stories: Collection[str], since: datetime, hours: int) -> tuple[dict[str, list[tuple[int, int]]], int]:
    """In which hours signals of stories and words carried or had told these stories, and how many such signals there were. One query."""
    held = timedelta(hours=watching_alerts.Rules().told_hours + QUIET_HOURS)
    rows = Signal.objects.filter(office=office, updated__gte=since - held, story__in=[int(one) for one in stories if one])
    found: dict[str, list[tuple[int, int]]] = {}
    signals = 0
    for story, raised, updated in rows.exclude(kind__in=GROUPS).values_list("story_id", "raised", "updated"):
        found.setdefault(str(story), []).append((_hour(raised, since, hours) if raised > since else 0, _hour(updated + held, since, hours)))
        signals += raised > since
    return found, signals


def _hour(at: datetime, since: datetime, hours: int) -> int:
    return min(hours - 1, max(0, int((at - since).total_seconds() // 3600)))
