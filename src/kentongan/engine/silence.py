"""Silence: what usually speaks and has not, against its own last 28 days by hour and weekday.

**Observed**: how many items a source (or all sources of a kind) gave in each hour of the last 28 days, and when it last spoke.

**Method**: two questions, one for each kind of trouble.

1. *Has it stopped?* Clock time is stretched so that the source speaks evenly in it: the items one would expect up to a moment, from an
   hour-of-day profile times a weekday profile (28 days are too few for 168 free cells: each would rest on four hours). In that time the
   gaps of a source without memory are exponential with mean 1 (the time-rescaling theorem: Brown et al., Neural Computation 14, 2002): a
   gap of g items has probability e^-g. Real sources come in bursts and pause longer, so the bar is the larger of `LEAST_GAP` and `OWN_GAP`
   times the longest gap the source itself has had. A night's quiet is no silence: almost nothing was expected.
2. *Has it shrunk?* The counts are cut in two at the hour where the two parts differ most, each measured against the profile (the
   likelihood-ratio change point of a Poisson series: Hinkley, Biometrika 57, 1970). It is said when the later part has lasted
   `LEAST_CHANGE` hours, gives less than `SHRUNK` of the earlier rate, and 2·log LR passes `SURE` times the series' own dispersion, so that
   bursts do not count as evidence they are not.

A matter or a place is judged as a source is, its bursts cut (`judge_matter`).

**Known failures**: a new source (under `LEAST_DAYS` of history or `LEAST_ITEMS` items) has no usual yet and gets no verdict; a holiday
nobody told of looks like silence; a source that dies slowly is seen late. **Why not** a fixed number of hours: a wire is dead after one, a
ward's page lives after a week; EARS or Farrington: they look for excess, in daily or weekly counts. **Reading**: the two papers above;
Burkom, Murphy and Shmueli, Statistics in Medicine 26, 2007, on day-of-week effects in such series.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log

import numpy as np
import numpy.typing as npt

from kentongan.engine.records import Reason

DAYS = 28
WINDOW = timedelta(days=DAYS)
HOUR = timedelta(hours=1)
LEAST_DAYS = 3
LEAST_ITEMS = 6
LEAST_GAP = 3.0
"""Expected items in a gap before it can be silence, for a source as regular as a clock; one without memory has longer gaps of its own."""
LITTLE_KNOWN = 15
LEAST_GAP_LITTLE_KNOWN = 4.0
"""The same with fewer gaps than LITTLE_KNOWN: e^-4, about one gap in fifty."""
OWN_GAP = 1.5
LEAST_CHANGE = 24
"""Hours."""
SHRUNK = 0.5
SURE = 12.0
"""2·log LR over dispersion; false alarms are counted in tests/engine/test_silence.py."""
SMOOTH = 2.0
"""Pseudo-items spread over the profile, so that an hour without items is not an hour that can have none."""
MOST_OF_A_DAY = 1.5
"""A day of a matter counts as at most so many of its middle days (`without_bursts`)."""
SURE_OF_A_MATTER = 20.0
"""As SURE, for a matter or a place. With both, 2 % of simulated matters with two bursts in four weeks are called silent at a moment chosen
beforehand, and 20 % as they were before; counted again in tests/engine/test_silence.py."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quiet:
    """What is quieter than usual. `since`: the last item, or the change; `expected`, `observed`: items from then on."""

    kind: str
    since: datetime
    expected: float
    observed: float
    reason: Reason


def judge(counts: Sequence[float], last: datetime | None, now: datetime, offset_minutes: int = 0, sure: float = SURE) -> Quiet | None:
    """Whether something is quiet.

    `counts` are the items of each of the last 672 hours, the hour of `now` last; `last` is when it last spoke (None: not in the window).
    `offset_minutes` is the office's time zone, for hours and weekdays as people live them; `sure` how much evidence "shrunk" needs.
    """
    series = np.asarray(counts, dtype=np.float64)
    if series.size != DAYS * 24:
        raise ValueError(f"counts must hold {DAYS * 24} hours, not {series.size}")
    spoken = np.flatnonzero(series)
    if series.sum() < LEAST_ITEMS or last is None or series.size - spoken[0] < LEAST_DAYS * 24:
        return None
    lived = series[spoken[0] :]
    slots = _slots(now, lived.size, offset_minutes)
    return _stopped(lived, slots, last, now) or _shrunk(lived, slots, now, sure)


def judge_matter(counts: Sequence[int], last: datetime | None, now: datetime, offset_minutes: int = 0) -> Quiet | None:
    """`judge` for a matter or a place: what is said of it, not what it says."""
    return judge(without_bursts(counts), last, now, offset_minutes, SURE_OF_A_MATTER)


def without_bursts(counts: Sequence[int]) -> list[float]:
    """The counts with each day cut to `MOST_OF_A_DAY` times the middle one of the days that have any, for `judge`.

    What is said of a matter or a place comes in bursts, which a source's own output seldom does: after a week of floods "water" falls back
    to its usual, and that is no silence. Days are those of 24 hours before the end; the hours of a cut day keep their proportions.
    """
    days = np.asarray(counts, dtype=np.float64).reshape(-1, 24)
    sums = days.sum(axis=1)
    spoken = sums[sums > 0]
    if not spoken.size:
        return [0.0] * days.size
    most = MOST_OF_A_DAY * float(np.median(spoken))
    cut: Floats = days * np.minimum(1.0, most / np.maximum(sums, most))[:, None]
    return [float(one) for one in cut.ravel()]


def _slots(now: datetime, hours: int, offset_minutes: int) -> npt.NDArray[np.int64]:
    """Hour of the week of each hour, Monday 0:00 first."""
    local = now + timedelta(minutes=offset_minutes)
    return (local.weekday() * 24 + local.hour - np.arange(hours - 1, -1, -1)) % 168


def usual(lived: Floats, slots: npt.NDArray[np.int64]) -> Floats:
    """Expected items of each hour: hour-of-day profile × weekday profile × mean, over the hours that were lived."""
    mean = lived.mean()
    hours, days = slots % 24, slots // 24
    by_hour = (np.bincount(hours, lived, 24) + SMOOTH / 24) / (np.bincount(hours, minlength=24) * mean + SMOOTH / 24)
    by_day = (np.bincount(days, lived, 7) + SMOOTH / 7) / (np.bincount(days, minlength=7) * mean + SMOOTH / 7)
    rate: Floats = mean * by_hour[hours] * by_day[days]
    return rate * (lived.sum() / rate.sum())


def _stopped(lived: Floats, slots: npt.NDArray[np.int64], last: datetime, now: datetime) -> Quiet | None:
    quiet_hours = int((now - last) / HOUR)
    spoke = lived[: max(1, lived.size - quiet_hours)]
    if quiet_hours < 1 or spoke.sum() < LEAST_ITEMS:
        return None
    flow = np.cumsum(_carried_on(spoke, slots))
    heard = np.flatnonzero(spoke)
    own = float(np.diff(flow[heard]).max()) if heard.size > 1 else 0.0
    gap = float(flow[-1] - flow[heard[-1]])
    least = LEAST_GAP if heard.size > LITTLE_KNOWN else LEAST_GAP_LITTLE_KNOWN
    if gap <= max(least, OWN_GAP * own):
        return None
    values: dict[str, str | int | float] = {"expected": round(gap, 1), "hours": quiet_hours}
    return Quiet("stopped", last, gap, 0.0, Reason("silence.stopped", values))


def _carried_on(spoke: Floats, slots: npt.NDArray[np.int64]) -> Floats:
    """Expected items of every slot, from the hours in which it spoke (the first of `slots`)."""
    rate = np.empty(slots.size, dtype=np.float64)
    rate[: spoke.size] = usual(spoke, slots[: spoke.size])
    seen = np.bincount(slots[: spoke.size], minlength=168)
    by_slot = np.bincount(slots[: spoke.size], rate[: spoke.size], 168) / np.maximum(1, seen)
    by_slot[seen == 0] = rate[: spoke.size].mean()
    rate[spoke.size :] = by_slot[slots[spoke.size :]]
    return rate


def expected(counts: Sequence[int], last: datetime | None, now: datetime, offset_minutes: int = 0) -> Floats | None:
    """Items one would expect in each of the hours, from those in which it spoke; before its first item none. None where nothing is usual
    yet. For pictures; `judge` decides."""
    series = np.asarray(counts, dtype=np.float64)
    spoken = np.flatnonzero(series)
    if last is None or series.sum() < LEAST_ITEMS or series.size - spoken[0] < LEAST_DAYS * 24:
        return None
    lived = series[spoken[0] :]
    spoke = lived[: max(1, lived.size - int((now - last) / HOUR))]
    rate = np.zeros_like(series)
    rate[spoken[0] :] = _carried_on(spoke, _slots(now, lived.size, offset_minutes))
    return rate


def _shrunk(lived: Floats, slots: npt.NDArray[np.int64], now: datetime, sure: float) -> Quiet | None:
    rate = usual(lived, slots)
    seen, due = np.cumsum(lived), np.cumsum(rate)
    total = seen[-1]
    cut = np.arange(LEAST_DAYS * 24, lived.size - LEAST_CHANGE)
    if cut.size == 0 or total == 0:
        return None
    before, after = seen[cut - 1], total - seen[cut - 1]
    due_before, due_after = due[cut - 1], due[-1] - due[cut - 1]
    ratio = 2 * (_part(before, due_before) + _part(after, due_after) - total * log(total / due[-1]))
    best = int(np.argmax(ratio))
    was, is_now = before[best] / due_before[best], after[best] / due_after[best]
    spread = _dispersion(lived[: cut[best]], was * rate[: cut[best]])
    if is_now >= SHRUNK * was or ratio[best] < sure * spread:
        return None
    since = now.replace(minute=0, second=0, microsecond=0) - HOUR * int(lived.size - cut[best] - 1)
    expected, observed = float(was * due_after[best]), float(after[best])
    share = round(100 * is_now / was)
    return Quiet(
        "shrunk", since, expected, observed, Reason("silence.shrunk", {"share": share, "expected": round(expected), "n": int(observed)})
    )


def _dispersion(seen: Floats, due: Floats) -> float:
    """Variance over mean of whole days (a burst fills many hours of one day), at least 1."""
    days = seen.size // 24
    sums, means = (part[: days * 24].reshape(days, 24).sum(axis=1) for part in (seen, due))
    return max(1.0, float(((sums - means) ** 2 / np.maximum(means, 1e-9)).mean()))


def _part(seen: Floats, due: Floats) -> Floats:
    """seen·log(seen/due), 0 where nothing was seen."""
    rate = np.maximum(seen, 1e-12) / np.maximum(due, 1e-12)
    return np.where(seen > 0, seen * np.log(rate), 0.0)
