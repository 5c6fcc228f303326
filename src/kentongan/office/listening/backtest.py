"""What other settings would have told: the stored past through the engine as it is set and as it would be, side by side. Stores nothing.

The journal is read from its beginning, because what is usual is learned from what came before, by the same `pipeline.run` as the
listener's, once for each set of settings; the database is told to refuse every write meanwhile. Vectors are stored, so this costs a small
part of the first reading. What retention deleted is not there to be read again. Who was told by which way, and what people answered, is
not repeated.
"""

from __future__ import annotations

import contextlib
import difflib
import math
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from kentongan.config import setting
from kentongan.engine import pipeline, proof
from kentongan.engine.records import Signal
from kentongan.engine.steps import Arrive, HeldBack, Output, Signalled, Step
from kentongan.engine.vectors import Embedder
from kentongan.errors import InputError
from kentongan.office.listening import engine_settings, events, listener
from kentongan.office.listening.events_models import RecordedEvent
from kentongan.office.listening.models import JournalEntry
from kentongan.office.people.models import Office

PILE = 500
TITLES = 12
REMEMBERED = 50_000
"""Titles kept to say what a signal shows."""
LEARNED = timedelta(days=14)
"""With less past than this before the first day, the engine knows no weekday yet."""
STAGES = ("bursts", "stories", "duplicates")
"""Stages whose settings may be changed; those of the first stand without its name."""
SHARES = frozenset({
    "coherence", "urgent_coherence", "overlap", "false_rate", "duplicates.near_share", "duplicates.rewrite_share",
    "duplicates.rewrite_back",
})  # fmt: skip
SIGNED = frozenset({"lowest_bar"})
Progress = Callable[[int, int], None]
"""Told how many entries of how many have been read."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one set of settings told in the time that was asked for. `held`: signals held back and not told within it."""

    told: tuple[proof.Told, ...]
    again: int
    held: int


@dataclass(frozen=True, slots=True)
class Found:
    """How a run did on the recorded events: `delays` from their beginning, `missed` by their primary key."""

    recall: proof.Share
    delays: proof.Delays
    missed: frozenset[int]


@dataclass(frozen=True, slots=True)
class Backtest:
    """The past as the office is set, and with the change where one was given."""

    since: datetime
    until: datetime
    learned: timedelta
    """How much past lay before `since`."""
    changes: Mapping[str, str]
    before: Run
    after: Run | None
    events: Sequence[RecordedEvent]

    @property
    def days(self) -> float:
        return max(1 / 24, (self.until - self.since) / timedelta(days=1))

    @property
    def difference(self) -> proof.Difference | None:
        """What appears and what vanishes; None without a change."""
        return proof.difference(self.before.told, self.after.told) if self.after is not None else None

    def found(self, run: Run) -> Found:
        """How a run did on the recorded events."""
        known = {int(one.key): one for one in events.known(self.events)}
        first = {pk: proof.told_by(one, run.told) for pk, one in known.items()}
        hours = [proof.hours(known[pk].began, one.at) for pk, one in first.items() if one is not None]
        missed = frozenset(pk for pk, one in first.items() if one is None)
        return Found(proof.Share(len(hours), len(known)), proof.delays(hours), missed)


def names() -> dict[str, Any]:
    """Every setting that may be changed, by name, with its default."""
    defaults = pipeline.Settings()
    found: dict[str, Any] = {}
    for stage in STAGES:
        one = getattr(defaults, stage)
        prefix = "" if stage == STAGES[0] else f"{stage}."
        known = {f"{prefix}{each.name}": getattr(one, each.name) for each in fields(one)}
        found |= {name: value for name, value in known.items() if isinstance(value, int | float | tuple) and not isinstance(value, bool)}
    return found


def read_changes(texts: Iterable[str]) -> dict[str, str]:
    """ "NAME=VALUE …" as a dictionary. Raises `InputError` for what is no NAME=VALUE, for an unknown name, and for a name given twice."""
    known, found = names(), dict[str, str]()
    for one in (part for text in texts for part in text.split()):
        name, equals, value = one.partition("=")
        if not equals or not name or not value:
            raise InputError(f"--change: “{one[:60]}” must be NAME=VALUE, such as alert_budget=5.", subject=name or "change")
        if name not in known:
            near = difflib.get_close_matches(name, known, 3, 0.5)
            hint = f"Did you mean {' or '.join(near)}? " if near else ""
            raise InputError(f"--change: there is no setting “{name[:60]}”. {hint}They are: {', '.join(known)}.", subject=name[:60])
        if name in found:
            raise InputError(f"--change: {name} is given twice. Give it once.", subject=name)
        found[name] = value
    return found


def changed(settings: pipeline.Settings, changes: Mapping[str, str]) -> pipeline.Settings:
    """The settings with the changes. Raises `InputError` naming the field and what it may be."""
    known = names()
    for name, text in changes.items():
        stage, _, field_name = name.rpartition(".")
        part = replace(getattr(settings, stage or STAGES[0]), **{field_name: _value(name, text, known[name])})
        settings = replace(settings, **{stage or STAGES[0]: part})
    return settings


def _value(name: str, text: str, default: Any) -> Any:
    """What a text stands for, like the default."""
    if isinstance(default, tuple):
        parts = tuple(_number(name, one, 1.0) for one in text.split(","))
        if sorted(set(parts)) != list(parts) or not parts[0] or parts[-1] > 72:
            raise InputError(f"--change: {name} takes rising numbers of hours up to 72, such as 2,6,24.", subject=name)
        return parts
    return _number(name, text, default)


def _number(name: str, text: str, default: float) -> float:
    whole = isinstance(default, int)
    low, high = (-math.inf if name in SIGNED else 0.0), (1.0 if name in SHARES else math.inf)
    if name == "alert_budget":
        low, high = float(setting(name).low or 0), float(setting(name).high or math.inf)
    elif default > 0 and name not in SHARES and (whole or "_days" in name or "_hours" in name):
        low = 1.0 if whole else 0.01
    said = "a whole number" if whole else "a number"
    bounds = {(False, False): "", (True, False): f" of {low:g} or more", (True, True): f" from {low:g} to {high:g}"}
    said += bounds.get((math.isfinite(low), math.isfinite(high)), "")
    try:
        value = int(text) if whole else float(text)
    except ValueError as error:
        raise InputError(f"--change: {name} must be {said}, not “{text[:40]}” (now {default}).", subject=name) from error
    if not math.isfinite(value) or not low <= value <= high:
        raise InputError(f"--change: {name} must be {said}, not “{text[:40]}” (now {default}).", subject=name)
    return value


@dataclass(slots=True)
class _Titles:
    """The latest titles, by id of their article."""

    rows: OrderedDict[str, str] = field(default_factory=OrderedDict)

    def note(self, steps: Iterable[Step]) -> None:
        for step in steps:
            if isinstance(step, Arrive):
                self.rows[step.article.id] = step.article.title
        while len(self.rows) > REMEMBERED:
            self.rows.popitem(last=False)

    def of(self, signal: Signal) -> tuple[str, ...]:
        latest = [self.rows[name] for name in reversed(signal.articles) if name in self.rows][:TITLES]
        return tuple(dict.fromkeys((signal.subject, *latest)))


@dataclass(slots=True)
class _Reading:
    """One set of settings at work."""

    settings: pipeline.Settings
    state: pipeline.State
    told: list[proof.Told] = field(default_factory=list)
    held: dict[str, None] = field(default_factory=dict)
    again: int = 0

    def take(self, outputs: Iterable[Output], since: datetime, until: datetime, titles: _Titles) -> None:
        for output in outputs:
            if isinstance(output, HeldBack) and since <= output.signal.updated <= until:
                self.held[output.signal.id] = None
            if not isinstance(output, Signalled) or not output.new:
                continue
            signal = output.signal
            self.held.pop(signal.id, None)
            if since <= signal.raised <= until:
                self.again += bool(signal.again)
                ids = frozenset(signal.articles)
                self.told.append(proof.Told(signal.id, signal.raised, titles.of(signal), ids, signal.severity.level, signal.subject))

    def run(self) -> Run:
        return Run(tuple(self.told), self.again, len(self.held))


def run(office: Office, since: datetime, until: datetime, changes: Mapping[str, str], embedder: Embedder, progress: Progress) -> Backtest:
    """Read the past up to `until` and lay what was told from `since` on side by side. Raises `InputError` for what cannot be."""
    if not since < until:
        raise InputError("--from must be earlier than --to.", subject="--from")
    first = JournalEntry.objects.filter(office=office).order_by("seq").values_list("at", flat=True).first()
    if first is None:
        raise InputError("Nothing was ever heard here, so there is no past to try. Import some, or wait.", subject="--from")
    if until <= first:
        raise InputError(f"What is kept begins on {first:%Y-%m-%d %H:%M} UTC. Choose a later --to.", subject="--to")
    own = engine_settings.of(office.pk)
    wanted = [own, *([changed(own, changes)] if changes else [])]
    with _nothing_written():
        runs = _read(office.pk, since, until, wanted, embedder, progress)
        recorded = list(RecordedEvent.objects.filter(office=office, began__gte=since, began__lte=until).order_by("began", "pk"))
    learned = max(timedelta(), since - first)
    return Backtest(since, until, learned, dict(changes), runs[0], runs[1] if changes else None, recorded)


@contextlib.contextmanager
def _nothing_written() -> Generator[None]:
    """The database refuses every write of this session; not inside somebody's transaction, whose rules stand already."""
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")


def _read(
    office: int, since: datetime, until: datetime, wanted: Sequence[pipeline.Settings], embedder: Embedder, progress: Progress
) -> list[Run]:
    """Every set of settings over the same steps."""
    readings = [_Reading(one, pipeline.start(one)) for one in wanted]
    titles = _Titles()
    entries = JournalEntry.objects.filter(office_id=office, at__lte=until).select_related("article").defer("article__search")
    total, read, last = entries.count(), 0, 0
    progress(0, total)
    while pile := list(entries.filter(seq__gt=last).order_by("seq")[:PILE]):
        steps = [listener.step_of(entry) for entry in pile]
        titles.note(steps)
        for one in readings:
            one.state, said = pipeline.run(one.state, steps, embedder, one.settings)
            one.take(said, since, until, titles)
        last, read = pile[-1].seq, read + len(pile)
        progress(read, total)
    return [one.run() for one in readings]


def as_json(office: Office, test: Backtest) -> dict[str, Any]:
    """Everything, for programs."""
    difference = test.difference
    said: dict[str, Any] = {
        "office": office.slug,
        "from": test.since.isoformat(),
        "to": test.until.isoformat(),
        "days": round(test.days, 2),
        "days_learned_before": round(test.learned / timedelta(days=1), 2),
        "changes": dict(test.changes),
        "before": _run_json(test, test.before),
        "after": _run_json(test, test.after) if test.after is not None else None,
        "stored": False,
    }
    if difference is not None:
        said["difference"] = {
            "appear": [_told_json(one) for one in difference.appeared],
            "vanish": [_told_json(one) for one in difference.vanished],
            "both": [
                {**_told_json(before), "after": after.at.isoformat(), "hours_later": round(proof.hours(before.at, after.at), 2)}
                for before, after in difference.both
            ],
        }
    return said


def _run_json(test: Backtest, run: Run) -> dict[str, Any]:
    found = test.found(run)
    interval = found.recall.interval
    return {
        "signals": len(run.told),
        "signals_a_day": round(len(run.told) / test.days, 2),
        "again": run.again,
        "held_back": run.held,
        "events": found.recall.n,
        "events_told": found.recall.k,
        "recall": found.recall.value,
        "recall_interval": [round(one, 3) for one in interval] if interval is not None else None,
        "delay_h_median": found.delays.middle,
        "delay_h_p90": found.delays.p90,
        "missed": [event.what for event in test.events if event.pk in found.missed],
    }


def _told_json(one: proof.Told) -> dict[str, Any]:
    return {"at": one.at.isoformat(), "level": one.level, "subject": one.subject, "titles": list(one.titles[1:4])}
