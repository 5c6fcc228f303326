"""Outbreaks found, missed and cried for nothing in weekly counts, beside EARS C1–C3 and Farrington Flexible on the same weeks.

A line is `{series, week, count, outbreak}`, weeks from 0 without gaps; or `simulate` series of each of the 42 scenarios are made
(`outbreak_series.py`), judged on their last 49 weeks as the paper does. Of a file every week is judged from the eighth on, the first that
C1 can judge; a detector that cannot judge a week yet does not warn in it.

`found` is the share of outbreaks with a warning in one of their weeks, `sensitivity` the share of outbreak weeks with a warning,
`false_alarm_rate` the share of other weeks with one, `delay_weeks` the mean number of weeks from the first of a found outbreak to its
first warning. `beside` has the same of the others at the bounds of their papers; `at_equal_rate` once more with each bound moved until
its false-alarm rate is no higher than ours. `by_size` (simulated): found by the size of the outbreak in standard deviations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kentongan.engine.surveillance import Settings, watch
from kentongan.errors import FileError
from kentongan.measure.form import Evaluation, read_jsonl
from kentongan.measure.outbreak_detectors import BASELINE, DETECTORS, WARN
from kentongan.measure.outbreak_series import PRESENT, SIZES, WEEKS, Batch, simulated

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SEED = 2013
OURS = Settings()


@dataclass(frozen=True, slots=True)
class Judged:
    """The weeks of a batch that are judged: truth, our warnings, and the statistic of each other detector."""

    outbreak: Flags
    ours: Flags
    others: dict[str, Floats]
    size: npt.NDArray[np.int64]


def evaluate(files: Sequence[Path], simulate: int = 0, seed: int = SEED, settings: Settings = OURS) -> Evaluation:
    """The figures on the files, or on `simulate` series of each scenario. `n` is the number of series."""
    batches = simulated(simulate, seed) if simulate else _read(files)
    since = WEEKS - PRESENT if simulate else BASELINE
    parts = [judged(batch, since, settings) for batch in batches]
    ours = figures(parts, [part.ours for part in parts])
    rate = ours["false_alarm_rate"]
    beside: dict[str, dict[str, float]] = {}
    equal: dict[str, dict[str, float]] = {}
    for name, bound in WARN.items():
        beside[name] = figures(parts, [part.others[name] > bound for part in parts])
        moved = bound_at(parts, name, rate)
        equal[name] = figures(parts, [part.others[name] > moved for part in parts])
    metrics: dict[str, object] = {**ours, "beside": beside, "at_equal_rate": equal}
    if simulate:
        metrics["by_size"] = {str(size): _found_of(parts, size) for size in SIZES}
    return Evaluation(sum(len(part.outbreak) for part in parts), metrics)


def judged(batch: Batch, since: int, settings: Settings) -> Judged:
    """Run every detector over a batch and keep the weeks from `since` on."""
    ours = watch(batch.counts, settings, since).warned[:, since:]
    others = {name: detector(batch.counts, since)[:, since:] for name, detector in DETECTORS.items()}
    return Judged(batch.outbreak[:, since:], ours, others, batch.size)


def figures(parts: Sequence[Judged], warned: Sequence[Flags]) -> dict[str, float]:
    """The four figures over all series."""
    delays: list[int] = []
    outbreaks = hits = weeks = false = others = 0
    for part, warning in zip(parts, warned, strict=True):
        hits += int((warning & part.outbreak).sum())
        weeks += int(part.outbreak.sum())
        false += int((warning & ~part.outbreak).sum())
        others += int((~part.outbreak).sum())
        for series, start, end in runs(part.outbreak):
            outbreaks += 1
            first = np.flatnonzero(warning[series, start:end])
            if first.size:
                delays.append(int(first[0]))
    return {
        "found": _share(len(delays), outbreaks),
        "sensitivity": _share(hits, weeks),
        "false_alarm_rate": _share(false, others),
        "delay_weeks": round(float(np.mean(delays)), 3) if delays else 0.0,
    }


def runs(outbreak: Flags) -> list[tuple[int, int, int]]:
    """(series, first week, week after the last) of every outbreak: weeks on end that belong to one."""
    edge = np.diff(np.pad(outbreak, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    series, start = np.nonzero(edge == 1)
    end = np.nonzero(edge == -1)[1]
    return [(int(a), int(b), int(c)) for a, b, c in zip(series, start, end, strict=True)]


def bound_at(parts: Sequence[Judged], name: str, rate: float) -> float:
    """The lowest bound at which a detector's false-alarm rate is at most `rate`."""
    values = np.sort(np.concatenate([part.others[name][~part.outbreak] for part in parts]))
    allowed = int(np.floor(rate * values.size + 1e-9))
    return float(values[-allowed - 1]) if allowed < values.size else float(values[0]) - 1.0


def _found_of(parts: Sequence[Judged], size: int) -> float:
    kept = [part.size == size for part in parts]
    chosen = [Judged(part.outbreak[k], part.ours[k], {}, part.size[k]) for part, k in zip(parts, kept, strict=True)]
    return figures(chosen, [part.ours for part in chosen])["found"]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _read(files: Sequence[Path]) -> list[Batch]:
    """Series of the files, those of one length together."""
    by_length: dict[int, list[list[tuple[float, bool]]]] = defaultdict(list)
    for path in files:
        for series in _series_of(path):
            by_length[len(series)].append(series)
    return [_batch(group) for _, group in sorted(by_length.items())]


def _batch(group: Sequence[Sequence[tuple[float, bool]]]) -> Batch:
    counts = np.array([[count for count, _ in series] for series in group], dtype=np.float64)
    outbreak = np.array([[known for _, known in series] for series in group], dtype=np.bool_)
    return Batch(counts, outbreak, np.zeros(len(group), dtype=np.int64))


def _series_of(path: Path) -> Iterable[list[tuple[float, bool]]]:
    found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for number, row in enumerate(read_jsonl(path), start=1):
        name, week, count, outbreak = (row.get(field) for field in ("series", "week", "count", "outbreak"))
        if not isinstance(week, int) or not isinstance(count, int | float) or count < 0 or not isinstance(outbreak, bool):
            raise FileError(f"{path.name}: line {number} needs series, week, count and outbreak", subject=str(path), line=number)
        series = found[str(name)]
        if week != len(series):
            raise FileError(f"{path.name}: line {number}: week {len(series)} was expected, not {week}", subject=str(path), line=number)
        series.append((float(count), outbreak))
    return found.values()
