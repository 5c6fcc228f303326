"""What the screens read. Every function takes the office and gives only its rows, in a number of queries that does not grow with them.

Pages are cut by a cursor (last seen time and id), so that a list does not shift under the reader while new items arrive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import Case, Count, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber
from pgvector.django import MaxInnerProduct

from kentongan.engine.records import GROUPS, LEVELS
from kentongan.office.kept import Kept
from kentongan.office.listening.health import FINE, Said
from kentongan.office.listening.held_models import HeldBack
from kentongan.office.listening.meaning import search_on
from kentongan.office.listening.models import (
    MEANING_GROUPS,
    Article,
    JournalEntry,
    ListenerState,
    Membership,
    Signal,
    Source,
    Story,
    StoryMark,
    Visit,
)
from kentongan.office.people.models import Office, Place, PlaceName

PAGE = 30
COPIES_SHOWN = 12
OUTLETS_SHOWN = 60
SPANS: dict[str, timedelta] = {"day": timedelta(days=1), "three": timedelta(days=3), "fortnight": timedelta(days=14)}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the time and id of its last row."""

    at: datetime
    pk: int

    def text(self) -> str:
        """As it stands in an address."""
        return f"{self.at.timestamp():.6f}-{self.pk}"


def cursor_from(text: str) -> Cursor | None:
    """The cursor of an address; None for none, or for one that cannot be read."""
    at, _, pk = text.rpartition("-")
    try:
        return Cursor(datetime.fromtimestamp(float(at), UTC), int(pk))
    except (ValueError, OverflowError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """What the list of stories is narrowed to; empty means all. `level` is the lowest level shown."""

    level: str = ""
    language: str = ""
    outlet: str = ""
    span: str = ""

    def __bool__(self) -> bool:
        return bool(self.level or self.language or self.outlet or self.span)


@dataclass(frozen=True, slots=True)
class Cut:
    """A page of rows and where the next begins (None at the end)."""

    rows: Sequence[Any]
    after: Cursor | None


def _after(rows: QuerySet[Any], column: str, cursor: Cursor | None) -> QuerySet[Any]:
    rows = rows.order_by(f"-{column}", "-pk")
    if cursor is None:
        return rows
    return rows.filter(Q(**{f"{column}__lt": cursor.at}) | Q(**{column: cursor.at, "pk__lt": cursor.pk}))


def _cut(found: Sequence[Any], column: str, size: int) -> Cut:
    """A page of `size` of rows of which one more was read, where there is one."""
    last = found[size - 1] if len(found) > size else None
    return Cut(found[:size], Cursor(getattr(last, column), last.pk) if last is not None else None)


def get_stories(office: Office, chosen: StoryFilter, cursor: Cursor | None, now: datetime, size: int = PAGE) -> Cut:
    """A page of stories, latest first. One query."""
    rows = Story.objects.filter(office=office, merged_into=None).select_related("by_hand__by")
    if chosen.level in LEVELS:
        rows = rows.filter(level__in=LEVELS[LEVELS.index(chosen.level) :])  # type: ignore[arg-type]
    if chosen.language:
        rows = rows.filter(languages__contains=[chosen.language])
    if chosen.outlet:
        rows = rows.filter(outlets__contains=[chosen.outlet])
    if chosen.span in SPANS:
        rows = rows.filter(last__gte=now - SPANS[chosen.span])
    if cursor is None and not chosen and size == PAGE:
        return _cut(_latest_stories(office.pk), "last", size)
    return _cut(list(_after(rows, "last", cursor)[: size + 1]), "last", size)


_latest_stories = Kept(
    lambda office: _after(Story.objects.filter(office=office, merged_into=None).select_related("by_hand__by"), "last", None)[: PAGE + 1]
)


def get_outlet_names(office: Office) -> list[str]:
    """Every outlet a source of the office speaks for, by name. One query."""
    return _outlets(office.pk)


_outlets = Kept(lambda office: Source.objects.filter(office=office).order_by("outlet").values_list("outlet", flat=True).distinct())


def get_place_names(office: int) -> list[str]:
    """Every name of the office's places and the areas its sources speak for. Three queries."""
    found = [*Place.objects.filter(office=office).values_list("name", flat=True)]
    found += PlaceName.objects.filter(office=office).values_list("name", flat=True)
    found += Source.objects.filter(office=office).exclude(area="").values_list("area", flat=True)
    return sorted(set(found))


_latest = Kept(lambda office: Story.objects.filter(office=office).order_by("-change_seq").values_list("change_seq", flat=True)[:1])


def get_change(office: Office) -> int:
    """The number of the office's latest change; a page remembers it to ask later what is new. One query."""
    return _latest.first(office.pk) or 0


@dataclass(frozen=True, slots=True)
class News:
    """What changed after a number: `count` rows that are new or changed, and the number to ask with next."""

    count: int
    change: int


def get_news(office: Office, after: int, what: str) -> News:
    """Stories or signals changed after the number `after`. One query."""
    ((count, latest),) = (_new_signals if what == "signals" else _new_stories)(office.pk, after)
    return News(count, latest or after)


def _counted(rows: QuerySet[Any]) -> Any:
    """One row for all: how many, and the latest change among them."""
    return rows.order_by().values_list(Value(1)).annotate(n=Count("pk"), at=Max("change_seq")).values_list("n", "at")


_new_signals = Kept(lambda office, after: _counted(Signal.objects.filter(office=office, change_seq__gt=after)))
_new_stories = Kept(lambda office, after: _counted(Story.objects.filter(office=office, merged_into=None, change_seq__gt=after)))


@dataclass(slots=True)
class Item:
    """An original article of a story with its copies folded in."""

    member: Membership
    copies: list[Membership] = field(default_factory=list)
    copy_count: int = 0

    @property
    def article(self) -> Article:
        return self.member.article

    @property
    def hidden(self) -> int:
        """Copies that are counted and not shown."""
        return self.copy_count - len(self.copies)


@dataclass(frozen=True, slots=True)
class OutletStep:
    """When an outlet first told the story and how often it did."""

    outlet: str
    first: datetime
    items: int


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything the page of one story shows."""

    story: Story
    items: Sequence[Item]
    after: Cursor | None
    path: Sequence[OutletStep]
    areas: Sequence[tuple[str, int]]
    official: Sequence[Article]
    signals: Sequence[Signal]
    mark: StoryMark | None
    near: Sequence[Story]


def get_story(office: Office, pk: int) -> Story | None:
    """A story of this office, or None. One query."""
    return _story.first(office.pk, pk)


_story = Kept(
    lambda office, pk: Story.objects.filter(office=office, pk=pk).select_related("headline_article", "merged_into", "by_hand__by")[:1]
)
_path = Kept(
    lambda story: (
        Membership.objects.filter(story=story)
        .values_list("article__outlet")
        .annotate(first=Min("article__published"), n=Count("pk"))
        .order_by("first")[:OUTLETS_SHOWN]
    )
)
_areas = Kept(
    lambda story: (
        Membership.objects.filter(story=story)
        .exclude(article__source__area="")
        .exclude(article__source=None)
        .exclude(article__source_kind="public")  # a place with few posts would point at those who wrote them
        .values_list("article__source__area")
        .annotate(n=Count("pk"))
        .order_by("-n", "article__source__area")[:12]
    )
)
_official = Kept(
    lambda story: (
        Article.objects.filter(membership__story=story, source_kind="official")
        .defer("text", "embedding", "search")
        .order_by(F("published") + timedelta(0))[:6]
    )  # by the story's rows, not along all articles by time
)
_mark = Kept(lambda story: StoryMark.objects.filter(story=story).select_related("by")[:1])


def get_detail(story: Story, cursor: Cursor | None) -> Detail:
    """The page of one story. Nine queries whatever its size."""
    items, after = _items(story, cursor)
    return Detail(
        story=story,
        items=items,
        after=after,
        path=[OutletStep(*row) for row in _path(story.pk)],
        areas=_areas(story.pk),
        official=_official(story.pk),
        signals=get_story_signals(story),
        mark=_mark.first(story.pk),
        near=get_near(story),
    )


def get_story_signals(story: Story) -> list[Signal]:
    """The signals of a story. One query."""
    return _signals(story.pk)


_signals = Kept(lambda story: Signal.objects.filter(story=story).select_related("state_by")[:6])


def _items(story: Story, cursor: Cursor | None) -> tuple[list[Item], Cursor | None]:
    found = list(_after(_originals(story.pk), "published", cursor)[: PAGE + 1]) if cursor is not None else _newest(story.pk)
    cut = _cut(found, "published", PAGE)
    items = {row.article_id: Item(row, copy_count=row.copy_count) for row in cut.rows}
    for copy in _copies(list(items)):
        items[cast(int, copy.original_id)].copies.append(copy)
    return list(items.values()), cut.after


_LIGHT = ("article__embedding", "article__search", "article__text")


def _originals(story: int) -> QuerySet[Membership]:
    rows = Membership.objects.filter(story=story, copy_kind="original").select_related("article").defer(*_LIGHT)
    copies = Membership.objects.filter(original=OuterRef("article")).order_by().values("original").annotate(n=Count("pk")).values("n")
    return rows.annotate(published=F("article__published"), copy_count=Coalesce(Subquery(copies), 0))


def _copies_of(originals: list[int]) -> QuerySet[Membership]:
    place = Window(RowNumber(), partition_by=F("original_id"), order_by=F("article__published").asc())
    rows = Membership.objects.filter(original__any_of=originals).exclude(copy_kind="original").annotate(place=place)
    return rows.filter(place__lte=COPIES_SHOWN).select_related("article").defer(*_LIGHT).order_by("article__published")


_newest, _copies = Kept(lambda story: _after(_originals(story), "published", None)[: PAGE + 1]), Kept(_copies_of)


def get_near(story: Story, size: int = 8) -> list[Story]:
    """Stories of these days closest in meaning to this one, as candidates for a merge; then the latest ones. At most four queries.

    The index gives the 40 articles nearest to the headline's, in its group of languages; their stories are the candidates.
    """
    rows = Story.objects.filter(office_id=story.office_id, merged_into=None).exclude(pk=story.pk)
    since, until = story.first - timedelta(days=7), story.last + timedelta(days=7)
    rows = rows.filter(last__gte=since, first__lte=until).only("headline")
    place: dict[int, int] = {}
    head = story.headline_article
    if head is not None and head.embedding is not None:
        group = next((group for group in MEANING_GROUPS if head.language in group), MEANING_GROUPS[-1])
        articles = Article.objects.filter(office_id=story.office_id, language__in=group).exclude(embedding=None)
        articles = articles.annotate(far=MaxInnerProduct("embedding", head.embedding)).order_by("far")
        with transaction.atomic():
            search_on(at_once=40)
            found = sorted(articles.values_list("far", "membership__story_id")[:40], key=lambda row: row[0])
        for number, (_, pk) in enumerate(found):  # the index goes on where others' articles fill a look, and is only roughly in order then
            place.setdefault(pk, number)
    near = sorted(rows.filter(pk__in=[pk for pk in place if pk is not None]), key=lambda row: place[row.pk])[:size]
    if len(near) < size:
        latest = rows.filter(last__lte=until).order_by(
            "-last"
        )  # by the index on `last`: one that went on later would be sought among all since
        near += latest.exclude(pk__in=[row.pk for row in near])[: size - len(near)]
    return near


LEVEL_RANK = Case(
    *(When(level=level, then=Value(rank)) for rank, level in enumerate(LEVELS)), default=Value(0), output_field=IntegerField()
)


@dataclass(frozen=True, slots=True)
class SignalPage:
    """A page of signals and whether there are more behind it."""

    rows: Sequence[Signal]
    more: bool


def get_signals(office: Office, state: str, page: int = 1, size: int = PAGE) -> SignalPage:
    """A page (from 1) of signals in a state, all for "", the gravest first, then the latest. Two queries: the choice, what is shown."""
    rows = Signal.objects.filter(office=office)
    if state:
        rows = rows.filter(state=state)
    ordered = rows.annotate(rank=LEVEL_RANK).order_by("-rank", "-updated", "-pk").values_list("pk", flat=True)
    chosen = list(ordered[(page - 1) * size : page * size + 1])
    shown = Signal.objects.select_related("story", "state_by")
    shown = shown.defer("severity", *(f"story__{name}" for name in ("lead", "counts", "severity", "outlets"))).in_bulk(chosen[:size])
    return SignalPage([shown[pk] for pk in chosen[:size] if pk in shown], len(chosen) > size)


def get_signal_counts(office: Office) -> dict[str, int]:
    """How many signals are in each state. One query."""
    counts = Signal.objects.filter(office=office).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(counts)


HELD_FOR = timedelta(days=1)
"""The budget counts over a rolling day, and so does what it held back."""


def get_held_rows(office: Office, now: datetime) -> QuerySet[HeldBack]:
    """What rose in the last day and was not told."""
    return HeldBack.objects.filter(office=office, updated__gt=now - HELD_FOR)


def get_held_back(office: Office, now: datetime, size: int = 30) -> list[HeldBack]:
    """The same, the most serious first, then the latest. One query."""
    rows = get_held_rows(office, now).select_related("story")
    rows = rows.defer(*(f"story__{name}" for name in ("lead", "counts", "severity", "outlets")))
    return list(rows.annotate(rank=LEVEL_RANK).order_by("-rank", "-updated", "-pk")[:size])


def get_signal(office: Office, pk: int) -> Signal | None:
    """A signal of this office, or None. One query."""
    return Signal.objects.filter(office=office, pk=pk).select_related("story__by_hand__by", "state_by").first()


def get_signal_stories(signal: Signal) -> list[Story]:
    """The stories that carry a group's signal, those with most of its reports first; none for other signals, whose story is known.

    One query; a story that was merged since gives the one it went into. A story whose key is not known any more is left out.
    """
    if signal.kind not in GROUPS:
        return []
    keys = next((str(reason["values"]["keys"]).split() for reason in signal.reasons if reason["code"] == "signal.carried"), [])
    rows = Story.objects.filter(office_id=signal.office_id, key__in=keys).select_related("merged_into")
    by_key = {row.key: row.merged_into or row for row in rows}
    return list({by_key[key].pk: by_key[key] for key in keys if key in by_key}.values())


def get_signal_items(signal: Signal, stories: Iterable[int] = (), size: int = 6) -> list[Article]:
    """The first item of each outlet in the signal's story, or in these stories, since it began. One query."""
    wanted = list(stories) or ([signal.story_id] if signal.story_id is not None else [])
    if not wanted:
        return []
    rows = Article.objects.filter(membership__story_id__in=wanted, membership__copy_kind="original")
    rows = rows.filter(published__gte=signal.since - timedelta(hours=1)).defer("embedding", "search", "text")
    first: dict[str, Article] = {}
    for article in rows.order_by("published")[: size * 20]:
        first.setdefault(article.outlet, article)
    return list(first.values())[:size]


def get_sources(office: Office) -> list[Source]:
    """Every source of the office, by name. One query."""
    return list(Source.objects.filter(office=office).order_by("name", "pk"))


def has_sources(office: Office) -> bool:
    """Whether the office has a source at all. One query."""
    return bool(_any_source(office.pk))


_any_source = Kept(lambda office: Source.objects.filter(office=office).order_by().values_list("pk", flat=True)[:1])


def get_unwell_sources(office: Office) -> list[Source]:
    """Sources that somebody paused or whose last visit failed, by name. One query."""
    return _unwell(office.pk)


_ILL = Q(paused=True) | ~Q(outcome__in=["", *FINE])
_unwell = Kept(lambda office: Source.objects.filter(_ILL, office=office).defer("rhythm", "cursor").order_by("name", "pk"))


def get_source(office: Office, pk: int) -> Source | None:
    """A source of this office, or None. One query."""
    return Source.objects.filter(office=office, pk=pk).select_related("purpose").first()


def get_visits(source: Source, size: int = 40) -> list[Visit]:
    """The latest visits to a source. One query."""
    return list(source.visits.order_by("-at")[:size])


_BY_TITLE = ~Q(page_state__in=("", "feed", "ok", "imported", "due"))


def get_item_counts(office: Office, since: datetime) -> dict[int, Said]:
    """What each source (by id) said since. One query."""
    rows = Article.objects.filter(office=office, published__gte=since).exclude(source=None).order_by()
    rows = rows.values_list("source_id").annotate(n=Count("pk"), first=Min("published"), titles=Count("pk", filter=_BY_TITLE))
    return {source: Said(*said) for source, *said in rows}


def get_missing_pages(source: Source, since: datetime) -> list[tuple[str, int]]:
    """Why pages of its items since were not read: the outcome and how often, the most frequent first. One query."""
    rows = Article.objects.filter(_BY_TITLE, office=source.office_id, source=source, published__gte=since).order_by()
    return list(rows.values_list("page_state").annotate(n=Count("pk")).order_by("-n", "page_state"))


@dataclass(frozen=True, slots=True)
class Listening:
    """How far the listener is: `heard` is the time up to which everything is read, `waiting` what still waits."""

    heard: datetime | None
    waiting: int


def get_listening(office: Office) -> Listening:
    """How far the listener of the office is. Three small queries."""
    offset, heard = _listener.first(office.pk) or (0, None)
    last = _last_entry.first(office.pk) or 0
    waiting = _waiting.first(office.pk) or 0
    return Listening(heard, waiting + max(0, last - offset))


_listener = Kept(lambda office: ListenerState.objects.filter(office=office).values_list("offset", "heard")[:1])
_last_entry = Kept(lambda office: JournalEntry.objects.filter(office=office).order_by("-seq").values_list("seq", flat=True)[:1])
_waiting = Kept(
    lambda office: (
        Article.objects.filter(office=office, waiting=True)
        .order_by()
        .values_list("office")
        .annotate(n=Count("pk"))
        .values_list("n", flat=True)
    )
)


def get_new_counts(stories: Iterable[int], since: datetime) -> dict[int, int]:
    """Originals of each story published after `since`. One query."""
    return dict(_new_counts(list(stories), since))


_new_counts = Kept(
    lambda stories, since: (
        Membership.objects.filter(story__any_of=stories, copy_kind="original", article__published__gt=since)
        .order_by()
        .values_list("story_id")
        .annotate(n=Count("pk"))
    )
)


def get_hours(stories: Iterable[int]) -> dict[int, list[Any]]:
    """The originals of each story by hour, as they are drawn. One query."""
    return dict(_hours(list(stories)))


_hours = Kept(lambda stories: Story.objects.filter(pk__any_of=stories).values_list("pk", "counts"))


def _heard(stories: list[int], since: datetime) -> QuerySet[Membership]:
    new = Case(When(article__published__gt=since, then=1), default=0)
    place = Window(
        RowNumber(), partition_by=[F("story_id"), F("article__outlet")], order_by=[F("new").desc(), F("article__published").desc()]
    )
    rows = Membership.objects.filter(story__any_of=stories, copy_kind="original").annotate(new=new).annotate(place=place).filter(place=1)
    rows = rows.select_related("article").defer("article__embedding", "article__search")
    return rows.order_by("story_id", "article__published", "article_id")


_voices = Kept(_heard)


def get_voices(stories: Iterable[int], since: datetime) -> dict[int, list[Article]]:
    """For each story the latest original of every outlet after `since`, earliest first. Where fewer than two outlets spoke since, what
    others said last before follows, the latest first.

    One query.
    """
    voices: dict[int, list[Article]] = defaultdict(list)
    before: dict[int, list[Article]] = defaultdict(list)
    for row in _voices(list(stories), since):
        (voices if row.new else before)[row.story_id].append(row.article)  # type: ignore[attr-defined]
    for story, told in before.items():
        if len(voices[story]) < 2:
            voices[story] += told[::-1]
    return voices
