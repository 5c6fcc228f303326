"""The weekly sample: items drawn by chance, labelled by two people who do not see each other, and how far they agree.

Corrections alone would show only where the engine errs and somebody minds. What is drawn by chance shows how often, and two people show
whether the question can be answered at all (`engine.agreement`). No label of the sample leaves the office: the API tells
only how far people agree, and the file is for its administrators.
"""

from __future__ import annotations

import hashlib
import zoneinfo
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from kentongan.engine.agreement import alpha, pairable
from kentongan.engine.proof import Share
from kentongan.errors import InputError, RefusedError
from kentongan.office.listening import corrections
from kentongan.office.listening.labels_models import Label, SampleItem
from kentongan.office.listening.models import Article
from kentongan.office.people.models import Office, Place, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

ITEMS = 20
RATERS = 2
DRAWN_FROM = timedelta(days=7)
ASKED = (Label.What.KIND, Label.What.TOPIC, Label.What.TONE, Label.What.PLACE)
"""What is asked of an item drawn by chance; a place only where the office has any."""
AGREED = (*ASKED, Label.What.USEFUL, Label.What.SAME)
"""What two people can agree on. Whether a signal was useful and whether two items are one story is not asked of what is drawn by chance: it
is counted where two people said so of the same, as neither sees the other's word on its page."""
RAISED = "yes"
"""What the engine says of every signal by raising it: that it is useful."""
COLUMNS = ("what", "thing", "title", "language", "engine", "said", "sample", "by", "at", "version", "toward")


def week_of(office: Office, now: datetime) -> date:
    """The Monday of this week in the office's own time."""
    day = now.astimezone(zoneinfo.ZoneInfo(office.time_zone)).date()
    return day - timedelta(days=day.weekday())


@transaction.atomic
def draw(user: User, now: datetime) -> int:
    """Draw this week's items out of the last seven days, copies left out; gives how many. Once a week; the same week draws the same."""
    need(user, "listening.decide")
    office = Office.objects.select_for_update().get(pk=user.office_id)
    week = week_of(office, now)
    if SampleItem.objects.filter(office=office, week=week).exists():
        raise RefusedError(gettext("This week's sample has been drawn already."), subject="week")
    rows = Article.objects.filter(office=office, published__gt=now - DRAWN_FROM, published__lte=now)
    keys = rows.filter(Q(membership=None) | Q(membership__original=None)).values_list("pk", "key")
    drawn = sorted(keys, key=lambda row: hashlib.sha256(f"{week}:{row[1]}".encode()).digest())[:ITEMS]
    if not drawn:
        raise InputError(gettext("Nothing was heard in the last seven days: there is nothing to draw from."), subject="week")
    made = [SampleItem(office=office, week=week, article_id=pk, place=place) for place, (pk, _) in enumerate(drawn, 1)]
    SampleItem.objects.bulk_create(made)
    record(user, "sample.drawn", office, now, week=week.isoformat(), items=len(made))
    return len(made)


def is_of(office: Office, pk: int) -> bool:
    """Whether an item of a sample is the office's."""
    return SampleItem.objects.filter(office=office, pk=pk).exists()


def get_next(user: User, now: datetime) -> SampleItem | None:
    """The first item of this week that fewer than two others have labelled and this person has not. One query."""
    assert user.office is not None
    return _open_to(user).filter(week=week_of(user.office, now)).select_related("article").defer("article__search").first()


def _open_to(user: User) -> QuerySet[SampleItem]:
    rows = SampleItem.objects.filter(office_id=user.office_id).annotate(
        raters=Count("labels__by", distinct=True), mine=Count("labels", filter=Q(labels__by=user))
    )
    return rows.filter(raters__lt=RATERS, mine=0)


def asked_of(office: Office) -> tuple[Label.What, ...]:
    """The questions of an office's sample. One query."""
    has_places = Place.objects.filter(office=office, until=None).exists()
    return ASKED if has_places else tuple(what for what in ASKED if what != Label.What.PLACE)


@transaction.atomic
def label(user: User, pk: int, said: Mapping[str, str], now: datetime) -> None:
    """This person's words on an item of the sample, all that are asked at once."""
    need(user, "listening.decide")
    rows = SampleItem.objects.select_related("office", "article").select_for_update(of=("self",))
    item = rows.filter(pk=pk, office_id=user.office_id).first()
    if item is None or not _open_to(user).filter(pk=pk).exists():
        raise RefusedError(gettext("This item has been labelled by two people, or by you."), subject="sample")
    for what in asked_of(item.office):
        corrections.correct(user, item.article, what, said.get(what, ""), now, item)


@dataclass(frozen=True, slots=True)
class Standing:
    """The sample of this week for one person."""

    drawn: int
    mine: int
    both: int
    """How many two people have labelled."""


def get_standing(user: User, now: datetime) -> Standing:
    """How far the week is. One query."""
    assert user.office is not None
    rows = SampleItem.objects.filter(office=user.office, week=week_of(user.office, now)).annotate(
        raters=Count("labels__by", distinct=True), by_me=Count("labels", filter=Q(labels__by=user))
    )
    found = list(rows.values_list("raters", "by_me"))
    return Standing(len(found), sum(bool(mine) for _, mine in found), sum(raters >= RATERS for raters, _ in found))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two people agree on one question, and how often the engine says what they both say; None where nothing can be told."""

    what: str
    items: int
    alpha: float | None
    agreed: int
    engine_right: int

    @property
    def right(self) -> Share:
        """Of what both say alike, how much the engine says, too."""
        return Share(self.engine_right, self.agreed)

    @property
    def word(self) -> str:
        """Whether labels of this kind may be learnt from (Krippendorff: 0.8, tentatively 0.667)."""
        if self.alpha is None or self.items < ITEMS:
            return "few"
        return "good" if self.alpha >= 0.8 else "fair" if self.alpha >= 0.667 else "poor"


def get_agreement(office: Office) -> list[Agreement]:
    """For each question, over all that was labelled blind, and over signals and pairs of items. One query."""
    chosen = ~Q(sample=None) | Q(what__in=(Label.What.USEFUL, Label.What.SAME))
    rows = Label.objects.filter(chosen, office=office).order_by("pk")
    by_what: dict[str, dict[object, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    fields = ("what", "sample_id", "signal_id", "article_id", "other_id", "toward", "said", "engine")
    for what, sample, signal, one, other, toward, said, engine in rows.values_list(*fields):
        by_what[what][sample or signal or (one, other), toward].append((said, RAISED if signal else engine or corrections.NONE))
    return [_agreement(what, list(by_what[what].values())) for what in AGREED]


def _agreement(what: str, things: Sequence[Sequence[tuple[str, str]]]) -> Agreement:
    said = [[word for word, _ in thing] for thing in things]
    agreed = [thing for thing in things if len(thing) > 1 and len({word for word, _ in thing}) == 1]
    return Agreement(what, pairable(said), alpha(said), len(agreed), sum(thing[0][0] == thing[0][1] for thing in agreed))


def get_counts(office: Office) -> list[tuple[str, int]]:
    """How many words of people there are on each thing, blind labels left out, most first. One query."""
    rows = Label.objects.filter(office=office, sample=None).order_by().values_list("what").annotate(n=Count("pk"))
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def get_recent(office: Office) -> QuerySet[Label]:
    """The latest corrections and words on signals; blind labels are not among them."""
    rows = Label.objects.filter(office=office, sample=None).select_related("by", "article", "signal")
    return rows.defer("article__embedding", "article__search", "article__text")[:30]


def lines(user: User, now: datetime) -> Iterator[tuple[str, ...]]:
    """All labels as rows of COLUMNS, for an administrator of the office; that it was taken is a line of the ledger."""
    need(user, "labels.export")
    rows = Label.objects.filter(office_id=user.office_id).order_by("pk").select_related("article", "signal")
    rows = rows.defer("article__embedding", "article__search", "article__text")
    yield COLUMNS
    raters: dict[int, str] = {}
    for row in rows.iterator(500):
        thing, title, language = f"signal:{row.signal_id}", "", ""
        if row.other_id is not None:
            thing = f"items:{row.article_id}+{row.other_id}"
        elif row.article is not None:
            thing, title, language = f"item:{row.article_id}", row.article.title, row.article.language
        by = raters.setdefault(row.by_id, f"rater {len(raters) + 1}")
        about = (row.what, thing, title, language, row.engine, row.said, str(row.sample_id or ""))
        yield *about, by, row.at.isoformat(), row.version, row.toward
