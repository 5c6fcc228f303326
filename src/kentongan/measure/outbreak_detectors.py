"""Four known detectors of outbreaks in weekly counts, each from its paper, to stand beside our own in one table.

EARS (Hutwagner, Thompson, Seeman and Treadwell, Journal of Urban Health 80, 2003): C1 compares a week with mean and standard deviation of
the seven weeks before; C2 leaves two weeks between; both warn above 3. C3 adds what C2 had above 1 in this week and the two before, and
warns above 2. A standard deviation is taken as `LEAST_SD` at least, so that a case after seven empty weeks has a number.

Farrington Flexible (Noufaily et al., Statistics in Medicine 32, 2013): a log-linear quasi-Poisson regression on five years, without the
last 26 weeks, with a trend and a factor of ten levels (the seven weeks around the same week of the year, and nine parts of the rest).
Weeks whose Anscombe residual is above 2.58 count less, by its square; then the fit is made again. The trend is dropped where it foretells
more than was ever seen. A week warns when its count is above the 99.5 % point of the negative binomial with that mean and dispersion,
unless the last four weeks had fewer than five cases. With less than five years it uses whole years it has, one at least; a trend needs
three.

Each function gives a statistic, series × weeks, and `WARN` says above which value it warns; 0 where it cannot judge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincc, gammaincc

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BASELINE = 7
LEAST_SD = 0.2
YEAR = 52
YEARS, HALF_WINDOW, LEVELS, LEFT_OUT = 5, 3, 10, 26
RESIDUAL = 2.58
ALPHA = 0.005
FEW_CASES, FEW_WEEKS = 5, 4
_STEPS = 25
_LOG_FLOOR, _LOG_TOP = -12.0, 12.0


def ears_c1(counts: Floats, since: int = 0) -> Floats:
    """Standard deviations above the mean of the last seven weeks."""
    return _deviation(counts, 1)


def ears_c2(counts: Floats, since: int = 0) -> Floats:
    """The same with two weeks between."""
    return _deviation(counts, 3)


def ears_c3(counts: Floats, since: int = 0) -> Floats:
    """What C2 had above one, over three weeks."""
    above = np.maximum(0.0, _deviation(counts, 3) - 1.0)
    total = above.copy()
    for lag in (1, 2):
        total[:, lag:] += above[:, :-lag]
    return total


def farrington(counts: Floats, since: int = 0) -> Floats:
    """-log10 of the chance of at least so many; 0 with too few cases lately."""
    lately = np.cumsum(np.pad(counts, ((0, 0), (FEW_WEEKS, 0))), axis=1)
    enough = lately[:, FEW_WEEKS:] - lately[:, :-FEW_WEEKS] >= FEW_CASES
    return np.where(enough, farrington_all(counts, since), 0.0)


def farrington_all(counts: Floats, since: int = 0) -> Floats:
    """The same without the rule of five cases."""
    value = np.zeros_like(counts)
    for now in range(max(since, YEAR + HALF_WINDOW), counts.shape[1]):
        mean, phi = expected_by_farrington(counts, now)
        value[:, now] = -np.log10(np.maximum(_at_least(counts[:, now], mean, phi), 1e-300))
    return value


DETECTORS: dict[str, Callable[..., Floats]] = {
    "ears_c1": ears_c1,
    "ears_c2": ears_c2,
    "ears_c3": ears_c3,
    "farrington": farrington,
    "farrington_all": farrington_all,
}
WARN = {"ears_c1": 3.0, "ears_c2": 3.0, "ears_c3": 2.0, "farrington": -np.log10(ALPHA), "farrington_all": -np.log10(ALPHA)}


def _deviation(counts: Floats, lag: int) -> Floats:
    value = np.zeros_like(counts)
    first = BASELINE + lag - 1
    if counts.shape[1] <= first:
        return value
    windows = np.lib.stride_tricks.sliding_window_view(counts, BASELINE, axis=1)[:, : counts.shape[1] - first]
    value[:, first:] = (counts[:, first:] - windows.mean(2)) / np.maximum(windows.std(2, ddof=1), LEAST_SD)
    return value


def reference_weeks(now: int) -> tuple[Ints, Ints]:
    """Weeks of the past used for week `now`, and the level of the season factor each has (the last level is that of `now`)."""
    years = min(YEARS, (now - HALF_WINDOW) // YEAR)
    weeks = np.arange(now - years * YEAR - HALF_WINDOW, now - LEFT_OUT)
    after = (weeks - now + HALF_WINDOW) % YEAR
    window = 2 * HALF_WINDOW + 1
    part = (YEAR - window) // (LEVELS - 1)
    level = np.where(after < window, LEVELS - 1, (after - window) // part)
    return weeks, np.minimum(level, LEVELS - 1)


def expected_by_farrington(counts: Floats, now: int) -> tuple[Floats, Floats]:
    """Mean and dispersion foretold for week `now` of every series."""
    weeks, level = reference_weeks(now)
    past = counts[:, weeks]
    data = _Data(past, np.eye(LEVELS)[level], level, (weeks - now) / YEAR)
    trend = min(YEARS, (now - HALF_WINDOW) // YEAR) >= 3
    mean, phi = _reweighted(data, trend)
    if trend:
        wild = mean > past.max(1)
        if wild.any():
            flat_mean, flat_phi = _reweighted(_Data(past[wild], data.levels, level, data.time), False)
            mean[wild], phi[wild] = flat_mean, flat_phi
    return mean, phi


@dataclass(frozen=True, slots=True)
class _Data:
    counts: Floats
    levels: Floats
    level: Ints
    time: Floats


@dataclass(frozen=True, slots=True)
class _Fit:
    """Levels and slope of a fit, its fitted means, and its leverages."""

    level: Floats
    slope: Floats
    fitted: Floats
    leverage: Floats


def _reweighted(data: _Data, trend: bool) -> tuple[Floats, Floats]:
    """Fit, weigh down what stands out, fit again: the mean at time 0 of the last level, and the dispersion."""
    even = np.ones_like(data.counts)
    first = _fit(data, even, trend)
    residual = anscombe(data.counts, first.fitted, _dispersion(data, first, even, trend)[:, None], first.leverage)
    weight = weights(residual)
    second = _fit(data, weight, trend)
    return np.exp(np.clip(second.level[:, -1], _LOG_FLOOR, _LOG_TOP)), _dispersion(data, second, weight, trend)


def anscombe(counts: Floats, fitted: Floats, phi: Floats, leverage: Floats) -> Floats:
    """Residuals that are nearly normal for counts."""
    raw = 1.5 * (counts ** (2 / 3) * fitted ** (-1 / 6) - np.sqrt(fitted))
    return raw / np.sqrt(phi * np.maximum(1.0 - leverage, 1e-6))


def weights(residual: Floats) -> Floats:
    """One over the square of a residual above 2.58, one elsewhere, scaled to a mean of one."""
    raw = np.where(residual > RESIDUAL, 1.0 / np.maximum(residual, 1e-9) ** 2, 1.0)
    return raw * (raw.shape[1] / raw.sum(1, keepdims=True))


def _dispersion(data: _Data, fit: _Fit, weight: Floats, trend: bool) -> Floats:
    free = data.counts.shape[1] - int(data.levels.any(0).sum()) - trend
    return np.maximum(1.0, (weight * (data.counts - fit.fitted) ** 2 / fit.fitted).sum(1) / free)


def _fit(data: _Data, weight: Floats, trend: bool) -> _Fit:
    """Newton's method; the information of a factor and one slope has the form of an arrow, so no matrix is inverted."""
    used = data.levels.sum(0) > 0
    start = (weight * data.counts) @ data.levels / np.maximum(weight @ data.levels, 1e-9)
    level = np.log(np.maximum(start, 0.01))
    slope = np.zeros(data.counts.shape[0])
    time = data.time
    own, cross, rest = np.ones_like(level), np.zeros_like(level), np.ones_like(slope)
    for _ in range(_STEPS):
        fitted = np.exp(np.clip(level[:, data.level] + slope[:, None] * time, _LOG_FLOOR, _LOG_TOP))
        held, off = weight * fitted, weight * (data.counts - fitted)
        own = held @ data.levels + 1e-9
        cross = (held * time) @ data.levels
        rest = np.maximum((held * time**2).sum(1) - (cross**2 / own).sum(1), 1e-9)
        pull = off @ data.levels
        turn = ((off * time).sum(1) - (cross * pull / own).sum(1)) / rest if trend else np.zeros_like(slope)
        turn = np.clip(turn, -2.0, 2.0)
        move = np.where(used, np.clip((pull - cross * turn[:, None]) / own, -2.0, 2.0), 0.0)
        level = np.maximum(level + move, _LOG_FLOOR)
        slope = slope + turn
        if max(np.abs(move[level > _LOG_FLOOR + 3]).max(initial=0.0), np.abs(turn).max()) < 1e-4:
            break
    fitted = np.exp(np.clip(level[:, data.level] + slope[:, None] * time, _LOG_FLOOR, _LOG_TOP))
    leverage = 1.0 / own[:, data.level]
    if trend:
        leverage = leverage + (time - (cross / own)[:, data.level]) ** 2 / rest[:, None]
    return _Fit(level, slope, fitted, weight * fitted * leverage)


def _at_least(counts: Floats, mean: Floats, phi: Floats) -> Floats:
    """Chance of at least so many: negative binomial with variance phi times mean, Poisson where phi is one."""
    wide = phi > 1.0 + 1e-6
    size = mean / np.where(wide, phi - 1.0, 1.0)
    many = np.maximum(counts, 1.0)
    chance = np.where(wide, betaincc(size, many, 1.0 / phi), 1.0 - gammaincc(many, mean))
    return np.where(counts < 1, 1.0, chance)
