"""Where a rising story is going: how many further reports and outlets in 3, 6 and 24 hours, with the range that holds four in five.

**Observed**: the times and outlets of a story's original reports so far (copies are no voice), the hour of the day, and how the past
stories of the same office went on from moments like this one. A story *rises* at a moment when `RISING` reports came in the `RISING_H`
hours before.

**Method**. A self-exciting process: each report draws further ones, fewer the older it is. In the next h hours a story of n₁ reports in
the last hour, n₂ in the two before, and so on (`AGES`), is expected to have (c₀ + Σ cᵢ·nᵢ) · a further reports, where a is how much of an
ordinary day's news falls into these hours (outlets sleep). The pulls cᵢ ≥ 0 are those under which the past is likeliest (EM, each horizon
by itself, so that what reports drawn later draw in turn is in them). What comes is spread wider than chance around that mean: negative
binomial, one width a horizon. Of the distribution are given the middle (half of all outcomes lie below), which has the least mean error,
and the range whose chance is nearest to `SHARE`: the central one, or where nothing at all is likely too, the one from zero up. Further
outlets: each further report comes from an outlet that had not told the story with a chance in proportion to the share of the office's
outlets still silent.

Beside it stands the plain forecast, "as many as in the last period of the same length".

**Known failures**. It knows the story's clock and nothing of its matter: a verdict announced for tomorrow, a match at eight. A story
younger than an hour is known by three reports. Where the office hears two outlets, further outlets are one or none, and the range says
little. A fit of quiet weeks is too narrow for a disaster; scored continuously, it shows (`score`). Before there is a past of
one's own the figures of two national outlets have to do (`prior`): a town's stories are smaller.

**Why not** a Hawkes process fitted as one: its kernel must be given a form, and errors of it add up over 24 hours; here each horizon is
measured directly. A growth curve (logistic, Gompertz): few stories have one rise, and its end is guessed. A log-linear regression on the
same ages, the age of the story and its last pause: the same error, wider ranges, and no pull one can say in a sentence
(docs/explanation/forecast.md has the figures).

**Reading**: Hawkes, Biometrika 58, 1971; Veen and Schoenberg, JASA 103, 2008 (EM); Zhao et al., SEISMIC, KDD 2015, and Mishra et al.,
CIKM 2016 (how far posts spread); Gneiting and Raftery, JASA 102, 2007 (scores).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, floor
from typing import Any

import numpy as np
import numpy.typing as npt

from kentongan.engine.counts import Usual, at_most, band, likelihood, quantile

Floats = npt.NDArray[np.float64]

HOURS = (3.0, 6.0, 24.0)
AGES = (0.0, 1.0, 3.0, 6.0, 12.0, 24.0, 72.0)
RISING, RISING_H = 3, 6.0
SHARE = 0.8
LEAST_SAMPLES = 200
"""Moments of rising stories of the past below which nothing is learned, and the prior has to do."""
_PRIOR_ACTIVITY = (1.1, 1.2, 1.2, 1.3, 1.4, 1.5, 1.5, 1.6, 1.8, 1.7, 1.7, 1.3, 1.2, 1.1, 0.9, 0.7, 0.3, 0.2, 0.1, 0.1, 0.1, 0.2, 0.6, 1.0)
_PRIOR_PULLS = (
    (3.0, (0.10, 0.042, 0.017, 0.025, 0.011, 0.0015, 0.0), 0.79),
    (6.0, (0.081, 0.036, 0.018, 0.029, 0.010, 0.0019, 0.0), 0.81),
    (24.0, (0.046, 0.025, 0.015, 0.016, 0.0088, 0.0034, 0.0), 1.0),
)
"""What the measure of docs/explanation/forecast.md learned, rounded: two national outlets, by the clock of UTC+7."""
_HOUR = 3600.0
_DAY_H = 24
_EM_STEPS = 300
_SMOOTH = 20.0
"""Reports spread evenly over the day before its profile is learned."""
_LEAST_MEAN = 1e-3


@dataclass(frozen=True, slots=True)
class Report:
    """One original report: when (seconds since 1970) and by whom."""

    at: float
    outlet: str


Growth = Sequence[Report]


@dataclass(frozen=True, slots=True)
class Horizon:
    """What was learned for one length of time.

    pulls         further reports drawn by a report of each age, and at the end those that come anyway, per hour of ordinary news
    shape         width of the negative binomial of reports
    new           chance of a further report to come from a silent outlet, were all silent; outlet_shape its width
    """

    hours: float
    pulls: tuple[float, ...]
    shape: float
    new: float
    outlet_shape: float


@dataclass(frozen=True, slots=True)
class Fit:
    """What past stories taught.

    `activity`: reports in each hour of the day (UTC) against the mean; `outlets`: how many tell stories here.
    """

    activity: tuple[float, ...]
    outlets: int
    horizons: tuple[Horizon, ...]
    samples: int

    def to_data(self) -> dict[str, Any]:
        """JSON values that `from_data` reads."""
        horizons = [[one.hours, list(one.pulls), one.shape, one.new, one.outlet_shape] for one in self.horizons]
        return {"activity": list(self.activity), "outlets": self.outlets, "horizons": horizons, "samples": self.samples}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Fit:
        """The fit `to_data` described."""
        horizons = tuple(Horizon(hours, tuple(pulls), shape, new, wide) for hours, pulls, shape, new, wide in data["horizons"])
        return cls(tuple(data["activity"]), data["outlets"], horizons, data["samples"])


@dataclass(frozen=True, slots=True)
class Expected:
    """Further reports and outlets within `hours`: the middle and the range that holds four in five.

    `plain`: as many reports as in the last period of the same length; `plain_outlets`: as many outlets as told it first in that period.
    """

    hours: float
    items: int
    items_low: int
    items_high: int
    outlets: int
    outlets_low: int
    outlets_high: int
    plain: int
    plain_outlets: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """How forecasts of one length went.

    `inside`: share of outcomes in the range; errors are means, in reports; `pinball` is that of the 10, 50 and 90 % points.
    Of outlets there is something to foretell only while one is silent: `open` moments. `outlets_even` is how much of the chance of what
    came lies in the middle four in five of the distribution (Czado, Gneiting and Held, Biometrics 65, 2009): where the distribution is
    right it is 0.8 of counts, too, of which a range of whole numbers may hold nearly all.
    """

    hours: float
    n: int
    inside: float
    open: int
    outlets_inside: float
    outlets_even: float
    outlets_error: float
    plain_outlets_error: float
    error: float
    plain_error: float
    pinball: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A forecast, the distributions of reports and of outlets it came from, how many outlets were silent, and what came."""

    expected: Expected
    spread: Usual
    new: Usual
    silent: int
    items: int
    outlets: int


def rising(growth: Growth, now: float) -> bool:
    """Whether a story rises, so that a forecast says something."""
    return sum(now - RISING_H * _HOUR < one.at <= now for one in growth) >= RISING


def forecast(growth: Growth, now: float, fit: Fit) -> tuple[Expected, ...]:
    """What is still to come of a story, for each of the hours of the fit. Reports after `now` are not looked at."""
    first: dict[str, float] = {}
    for one in growth:
        if one.at <= now:
            first[one.outlet] = min(one.at, first.get(one.outlet, one.at))
    silent = silent_of(growth, now, fit)
    found: list[Expected] = []
    reports = spreads(growth, now, fit)
    for horizon, spread, new in zip(fit.horizons, reports, outlet_spreads(fit, silent, reports), strict=True):
        low, high = _range(spread)
        new_low, new_high = _range(new)
        since = now - horizon.hours * _HOUR
        plain, plain_new = sum(since < one.at <= now for one in growth), sum(at > since for at in first.values())
        middle, fewest, most = (min(silent, count) for count in (quantile(new, 0.5), new_low, new_high))
        found.append(Expected(horizon.hours, quantile(spread, 0.5), low, high, middle, fewest, most, plain, plain_new))
    return tuple(found)


def spreads(growth: Growth, now: float, fit: Fit) -> tuple[Usual, ...]:
    """The distribution of further reports, for each of the hours."""
    by_age = _by_age(np.array([one.at for one in growth if one.at <= now]), np.array([now]))[0]
    return tuple(
        Usual(max((one.pulls[-1] + float(by_age @ np.array(one.pulls[:-1]))) * ahead(fit.activity, now, one.hours), _LEAST_MEAN), one.shape)
        for one in fit.horizons
    )


def silent_of(growth: Growth, now: float, fit: Fit) -> int:
    """How many outlets have not told the story."""
    return max(0, fit.outlets - len({one.outlet for one in growth if one.at <= now}))


def outlet_spreads(fit: Fit, silent: int, reports: Sequence[Usual]) -> tuple[Usual, ...]:
    """The distribution of further outlets, for each of the hours, from that of reports (`spreads`) and how many outlets are `silent`; what
    lies beyond these counts as all of them."""
    share = silent / max(1, fit.outlets)
    pairs = zip(fit.horizons, reports, strict=True)
    return tuple(Usual(max(spread.mean * one.new * share, 1e-6), one.outlet_shape) for one, spread in pairs)


def ahead(activity: Sequence[float], now: float, hours: float) -> float:
    """How many hours of ordinary news the next `hours` hold."""
    return _passed(activity, now / _HOUR + hours) - _passed(activity, now / _HOUR)


def learned(past: Sequence[Growth], until: float) -> Fit | None:
    """What stories teach that were heard until `until`. None with fewer than `LEAST_SAMPLES` moments of rising stories."""
    stories = [sorted((one for one in story if one.at <= until), key=lambda one: one.at) for story in past]
    stories = [story for story in stories if story]
    outlets = {one.outlet for story in stories for one in story}
    by_hour = np.bincount([int(one.at // _HOUR) % _DAY_H for story in stories for one in story], minlength=_DAY_H) + _SMOOTH
    activity = tuple(float(one) for one in by_hour / by_hour.mean())
    samples = [_Samples.of(story, until) for story in stories]
    ages = np.concatenate([one.by_age for one in samples]) if samples else np.zeros((0, len(AGES) - 1))
    if len(ages) < LEAST_SAMPLES:
        return None
    times = np.concatenate([one.times for one in samples])
    silent = 1.0 - np.concatenate([one.told for one in samples]) / max(1, len(outlets))
    horizons: list[Horizon] = []
    for number, hours in enumerate(HOURS):
        came = np.concatenate([one.items[:, number] for one in samples])
        new = np.concatenate([one.outlets[:, number] for one in samples])
        news = np.array([ahead(activity, now, hours) for now in times])
        drawn = np.column_stack([ages, np.ones(len(ages))]) * news[:, None]
        pulls = _pulls(drawn, came)
        mean = np.maximum(drawn @ pulls, _LEAST_MEAN)
        share = float(new.sum() / max(float((mean * silent).sum()), 1e-9))
        new_mean = np.maximum(mean * silent * share, 1e-6)
        horizons.append(Horizon(hours, tuple(float(one) for one in pulls), _shape(came, mean), share, _shape(new, new_mean)))
    return Fit(activity, len(outlets), tuple(horizons), len(ages))


def prior() -> Fit:
    """What to go by where there is too little past of one's own: `samples` is 0.

    Says nothing of further outlets: it was learned from two.
    """
    return Fit(_PRIOR_ACTIVITY, 0, tuple(Horizon(hours, pulls, shape, 0.0, 1.0) for hours, pulls, shape in _PRIOR_PULLS), 0)


def moments(growth: Growth, until: float) -> list[float]:
    """The full hours at which a story rose and from which a day was heard until `until`; growth in order of time."""
    return [float(one) for one in _moments(np.array([one.at for one in growth]), until)]


def score(outcomes: Sequence[Outcome]) -> tuple[Score, ...]:
    """How forecasts went, by their length."""
    found: list[Score] = []
    for hours in sorted({one.expected.hours for one in outcomes}):
        same = [one for one in outcomes if one.expected.hours == hours]
        n = len(same)
        inside = sum(one.expected.items_low <= one.items <= one.expected.items_high for one in same)
        error = sum(abs(one.expected.items - one.items) for one in same)
        plain = sum(abs(one.expected.plain - one.items) for one in same)
        pinball = sum(_pinball(one.items, quantile(one.spread, share), share) for one in same for share in (0.1, 0.5, 0.9))
        outlets = _outlets([one for one in same if one.silent])
        found.append(Score(hours, n, inside / n, *outlets, error / n, plain / n, pinball / (3 * n)))
    return tuple(found)


def _outlets(same: Sequence[Outcome]) -> tuple[int, float, float, float, float]:
    """How many, and of them: the share inside, the share of the chance, the mean error and the plain one; noughts of none."""
    n = len(same)
    if not n:
        return 0, 0.0, 0.0, 0.0, 0.0
    inside = sum(one.expected.outlets_low <= one.outlets <= one.expected.outlets_high for one in same)
    error = sum(abs(one.expected.outlets - one.outlets) for one in same)
    plain = sum(abs(min(one.silent, one.expected.plain_outlets) - one.outlets) for one in same)
    return n, inside / n, sum(map(_held, same)) / n, error / n, plain / n


def _held(one: Outcome) -> float:
    """How much of the chance of the outlets that came lies in the middle `SHARE` of their distribution."""
    below = at_most(one.outlets - 1, one.new)
    upto = 1.0 if one.outlets >= one.silent else at_most(one.outlets, one.new)
    edge = (1.0 - SHARE) / 2
    return max(0.0, min(upto, 1.0 - edge) - max(below, edge)) / max(upto - below, 1e-12)


@dataclass(frozen=True, slots=True)
class _Samples:
    """Moments at which one story rose, what it was like, and what came. `told`: outlets so far; `items`, `outlets`: moments × HOURS."""

    times: Floats
    by_age: Floats
    told: Floats
    items: Floats
    outlets: Floats

    @classmethod
    def of(cls, story: Growth, until: float) -> _Samples:
        """The moments of a story, in order of time."""
        at = np.array([one.at for one in story])
        times = _moments(at, until)
        first: dict[str, float] = {}
        for one in story:
            first.setdefault(one.outlet, one.at)
        began = np.sort(np.array(list(first.values())))
        horizons = [times + hours * _HOUR for hours in HOURS]
        items = np.column_stack([_until(at, end) - _until(at, times) for end in horizons])
        outlets = np.column_stack([_until(began, end) - _until(began, times) for end in horizons])
        return cls(times, _by_age(at, times), _until(began, times), items, outlets)


def _moments(at: Floats, until: float) -> Floats:
    if at.size < RISING:
        return np.zeros(0)
    first, last = np.ceil(at[0] / _HOUR), min(at[-1] / _HOUR + RISING_H, until / _HOUR - max(HOURS))
    full: Floats = np.arange(first, last + 1e-9, dtype=np.float64) * _HOUR
    return full[_until(at, full) - _until(at, full - RISING_H * _HOUR) >= RISING]


def _until(at: Floats, times: Floats) -> Floats:
    """How many of the sorted moments lie at or before each time."""
    return np.searchsorted(at, times, side="right").astype(np.float64)


def _by_age(at: Floats, times: Floats) -> Floats:
    """Reports of each age at each time, times × ages."""
    edges = [_until(np.sort(at), times - age * _HOUR) for age in AGES]
    return np.column_stack([young - old for young, old in pairwise(edges)])


def _passed(activity: Sequence[float], hours: float) -> float:
    """Hours of ordinary news since 1970."""
    whole = floor(hours)
    days, hour = divmod(whole, _DAY_H)
    return days * sum(activity) + sum(activity[:hour]) + (hours - whole) * activity[hour]


def _pulls(drawn: Floats, came: Floats) -> Floats:
    """Non-negative weights under which what came is likeliest (Poisson): each step shares what came among its causes."""
    total = np.maximum(drawn.sum(axis=0), 1e-9)
    pulls: Floats = 0.1 * np.ones(drawn.shape[1])
    for _ in range(_EM_STEPS):
        cause: Floats = came / np.maximum(drawn @ pulls, 1e-12)
        share: Floats = (cause @ drawn) / total
        pulls = np.multiply(pulls, share)
    return pulls


def _shape(came: Floats, mean: Floats) -> float:
    """The width under which what came is likeliest, by golden section between a hundredth and a thousand."""
    low, high = np.log(0.01), np.log(1000.0)
    golden = (5**0.5 - 1) / 2
    for _ in range(30):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if _fits(came, mean, left) > _fits(came, mean, right):
            high = right
        else:
            low = left
    return exp((low + high) / 2)


def _fits(came: Floats, mean: Floats, log_shape: float) -> float:
    return float(likelihood(came, mean, np.full_like(mean, exp(log_shape))).sum())


def _range(spread: Usual) -> tuple[int, int]:
    """The counts between which an outcome falls with a chance near `SHARE`."""
    low, high = band(spread, SHARE)
    if low > 0:
        return int(low), int(high)
    top = quantile(spread, SHARE)
    if top > 0 and SHARE - at_most(top - 1, spread) < at_most(top, spread) - SHARE:
        top -= 1
    return 0, top


def _pinball(came: int, told: int, share: float) -> float:
    return share * (came - told) if came >= told else (1.0 - share) * (told - came)
