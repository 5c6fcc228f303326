"""Foretells rising stories every hour, and fills in what came. Beside the listener and never in its way.

A story is foretold while a signal of it runs and it rises (`engine.forecast.rising`), whether the office was told or the day's budget held
the signal back: how far a story goes does not depend on who heard of it. The fit is learned once a day from the stories of the
last `LEARNED_DAYS`; before there is enough of a past of one's own, the shipped prior foretells items, and outlets are left out. What was
foretold is never changed. Its outcome is counted `GRACE` after it was due, so that reports that came late are in it, and only when the
listener has read so far. Where all was silent meanwhile nobody knows what came: no outcome is written, rather than nought.

Limits. A story that took in another one meanwhile has the other's reports in its outcome. What was foretold in a time that never was (a
clock that had jumped and is right again) goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from kentongan.engine import forecast as engine
from kentongan.engine.forecast import Expected, Fit, Report
from kentongan.engine.records import FELL, GROUPS
from kentongan.office.listening.forecasts_models import Forecast, ForecastFit
from kentongan.office.listening.held_models import HeldBack
from kentongan.office.listening.models import ListenerState, Membership, Signal, Silence, Story
from kentongan.office.people.models import Office

EVERY = timedelta(hours=1)
LEARNED_DAYS = 28
LEARN_EVERY = timedelta(days=1)
MOST_REPORTS = 200_000
"""Reports learned from, of the latest stories; some seconds of one core."""
GRACE = timedelta(hours=1)
GIVEN_UP = timedelta(days=7)
"""So long after it was due an outcome is still filled in."""
AT_ONCE = 2_000
MOST_MERGES = 20
RUNNING = timedelta(days=2)
"""A signal falls back after hours; one that was not touched for so long is over, whatever its row says."""
BEHIND = timedelta(hours=1)
"""A listener that is behind by more knows too little of the story to foretell it."""


def is_running(signal: Signal | HeldBack, now: datetime) -> bool:
    """Whether a signal is of a story or word and has not fallen back; one that was held back runs like one that was told."""
    fell = any(reason["code"] in FELL for reason in signal.reasons)
    return signal.kind not in GROUPS and not fell and signal.updated > now - RUNNING


def get_running(office: Office, now: datetime) -> list[int]:
    """The stories with a running signal, told or held back, by id. One query."""
    return sorted(_stories(Signal.objects.all(), office, now).union(_stories(HeldBack.objects.all(), office, now)))


def _stories(rows: QuerySet[Any], office: Office, now: datetime) -> Any:
    rows = rows.filter(office=office, updated__gt=now - RUNNING, story__merged_into=None).exclude(story=None).exclude(kind__in=GROUPS)
    for code in FELL:
        rows = rows.exclude(reasons__contains=[{"code": code}])
    return rows.order_by().values_list("story_id", flat=True)


def is_due(office: Office, now: datetime) -> bool:
    """Whether there is anything to learn, to foretell or to fill in. At most four queries."""
    if _untold(office, now) or _unfilled(office, now).exists():
        return True
    return not ForecastFit.objects.filter(office=office, at__gt=now - LEARN_EVERY, at__lte=now).exists()


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did: forecasts made, outcomes filled in."""

    made: int
    filled: int


def run(office: Office, now: datetime) -> Done:
    """Learn where a day has passed, fill in what came, foretell what rises. The periodic job calls it, one run at a time for an office."""
    row = ForecastFit.objects.filter(office=office).first()
    if row is None or not now - LEARN_EVERY < row.at <= now:
        row = learn(office, now)
    Forecast.objects.filter(office=office, made_at__gt=now).delete()
    return Done(filled=fill(office, now), made=foretell(office, now, Fit.from_data(row.fit) if row.fit else None))


def learn(office: Office, now: datetime) -> ForecastFit:
    """Learn from the office's stories of the last days with as many reports as a rise needs. Three queries."""
    recent = Story.objects.filter(office=office, merged_into=None, last__gt=now - timedelta(days=LEARNED_DAYS))
    chosen: list[int] = []
    reports = 0
    for pk, articles in recent.filter(articles__gte=engine.RISING).order_by("-last", "pk").values_list("pk", "articles"):
        reports += articles
        if reports > MOST_REPORTS:
            break
        chosen.append(pk)
    growths = _growths(chosen)
    until = now.timestamp()
    fit = engine.learned(list(growths.values()), until)
    samples = fit.samples if fit else sum(len(engine.moments(growth, until)) for growth in growths.values())
    given = {"at": now, "fit": fit.to_data() if fit else None, "samples": samples, "stories": len(growths)}
    row, _ = ForecastFit.objects.update_or_create(office=office, defaults=given)
    return row


def foretell(office: Office, now: datetime, fit: Fit | None) -> int:
    """Foretell the stories that rise and were not foretold within the hour; gives how many forecasts. None: by the prior."""
    wanted = _untold(office, now)
    growths = _growths(wanted, now) if wanted else {}
    rows: list[Forecast] = []
    for story in wanted:
        growth = growths.get(story, [])
        if not engine.rising(growth, now.timestamp()):
            continue
        for one in engine.forecast(growth, now.timestamp(), fit or engine.prior()):
            rows += _rows(office, story, now, one, fit is not None)
    Forecast.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _rows(office: Office, story: int, now: datetime, one: Expected, own: bool) -> list[Forecast]:
    told = {Forecast.What.ITEMS: (one.items_low, one.items, one.items_high, one.plain)}
    if own:
        told[Forecast.What.OUTLETS] = (one.outlets_low, one.outlets, one.outlets_high, one.plain_outlets)
    return [
        Forecast(
            office=office, story_id=story, made_at=now, horizon_hours=int(one.hours), what=what, low=min(low, middle), middle=middle,
            high=max(high, middle), baseline=plain, own=own, due_at=now + timedelta(hours=one.hours),
        )
        for what, (low, middle, high, plain) in told.items()
    ]  # fmt: skip


def _untold(office: Office, now: datetime) -> list[int]:
    """Stories with a running signal and no forecast of the last hour; none while the listener is behind. At most three queries."""
    if not ListenerState.objects.filter(office=office, heard__gt=now - BEHIND).exists():
        return []
    running = get_running(office, now)
    fresh = Forecast.objects.filter(story__in=running, made_at__gt=now - EVERY, made_at__lte=now)
    told = set(fresh.values_list("story_id", flat=True)) if running else set[int]()
    return [story for story in running if story not in told]


@transaction.atomic
def fill(office: Office, now: datetime) -> int:
    """Write down what came of forecasts that are due; gives how many. Their number of queries does not grow with them."""
    due = list(_unfilled(office, now).select_for_update()[:AT_ONCE])
    if not due:
        return 0
    home = _homes({row.story_id for row in due})
    growths = _growths(set(home.values()))
    for row in due:
        row.outcome = came(growths.get(home[row.story_id], []), row.what, row.made_at.timestamp(), row.due_at.timestamp())
    Forecast.objects.bulk_update(due, ["outcome"], batch_size=500)
    return len(due)


def came(growth: Sequence[Report], what: str, made: float, due: float) -> int:
    """What came after `made` until `due`: reports, or outlets that had not told it before."""
    new = [one.outlet for one in growth if made < one.at <= due]
    if what == Forecast.What.ITEMS:
        return len(new)
    return len(set(new) - {one.outlet for one in growth if one.at <= made})


def _unfilled(office: Office, now: datetime) -> QuerySet[Forecast]:
    """Forecasts that are due, as far as the listener has read, without those in whose time all was silent."""
    heard = ListenerState.objects.filter(office=office).values_list("heard", flat=True).first()
    until = min(now, heard) if heard is not None else now - GIVEN_UP
    silent = Silence.objects.filter(office=office, kind=Silence.Kind.SYSTEM, since__lt=OuterRef("due_at"))
    silent = silent.filter(Q(ended=None) | Q(ended__gt=OuterRef("made_at")))
    rows = Forecast.objects.filter(office=office, outcome=None, due_at__lte=until - GRACE, due_at__gt=now - GIVEN_UP)
    return rows.filter(~Exists(silent)).order_by("due_at", "pk")


def _homes(stories: Iterable[int]) -> Mapping[int, int]:
    """Where each story is now, through a few merges; a chain that were longer, or a circle, ends where it stands."""
    home = {story: story for story in stories}
    moving = set(home)
    for _ in range(MOST_MERGES):
        if not moving:
            break
        rows = Story.objects.filter(pk__in={home[story] for story in moving}).exclude(merged_into=None)
        went = dict(rows.values_list("pk", "merged_into_id"))
        moving = {story for story in moving if home[story] in went}
        home.update({story: went[home[story]] for story in moving})
    return home


def _growths(stories: Iterable[int], until: datetime | None = None) -> dict[int, list[Report]]:
    """The originals of each story in order of time; copies are no voice. One query."""
    rows = Membership.objects.filter(story__in=list(stories), copy_kind="original")
    rows = rows if until is None else rows.filter(article__published__lte=until)
    growths: dict[int, list[Report]] = defaultdict(list)
    for story, at, outlet in rows.values_list("story_id", "article__published", "article__outlet").order_by(
        "article__published", "article_id"
    ):
        growths[story].append(Report(at.timestamp(), outlet))
    return dict(growths)
