"""Outbreaks in weekly and monthly counts: reports, requests, cases that rise above their own past, or fall silent.

**Observed**: one count a week (or a month) of each series, whole or missing; mostly small, often zero; with a yearly season, a trend, and
outbreaks of the past among the weeks that are to tell what is usual. Nothing is known of an outbreak beforehand but that it is short and
that it is large against the chance variation of its series.

**Method**. The usual count of week t is exp(level + slope·years + two yearly waves), its variance φ times its mean (negative binomial,
the form of Farrington). The six coefficients are the posterior mode of a regression on all earlier weeks, a week counting half after
`half_life` years; the last `GUARD` weeks are left out, so that an outbreak that begins does not explain itself away. Three things make it
usable:

1. *From the first weeks*: the level starts from a quarter of a case in half a week, the slope and the waves from "none, give or take"
   what series of this kind show (`SPREAD`), φ from a pooled value that grows with the level (`UNEVEN`: held to chance alone, a count of
   hundreds was read as a season, and one even week in six of its first half year stood out). The quarter of a case lies in the middle of
   the past: laid on the level alone it drove the waves up and what is usual down (even series of sixty a week were taken for twenty in
   their first half year). What the past leaves open widens what is usual: after three weeks only a multiple is news.
2. *Robust*: a past week counts at most as `cap` standard deviations above what was usual (one-sided: outbreaks only add), in Anscombe's
   residuals, which are nearly normal for small counts too.
3. *Evidence, not a quantile*. Whether week t stands out is the log likelihood ratio of "a rise of k standard deviations since last week,
   k = 1 … 10 equally likely" against "as usual", over the last two weeks together. An outbreak seldom fits into one week: two weeks that
   are each a little high are found, which a band for single weeks never sees. A week by itself needs `alone` more. After a warning the
   two weeks begin anew (as a CUSUM does), and it goes on only while the week by itself is unusual, so that one outbreak is one warning.

The same sums with a mean of 0, a quarter or half of the usual give the evidence for a **fall**: silence is judged by the same statistics.

**Known failures**. A slow rise over many months is taken for the trend. A level that jumps for good (a new clinic reports) warns for
weeks and is believed after about a year. The first outbreak of a series younger than a year cannot be told from its season. Announced
campaigns look like outbreaks. Two seasons a year are known, a moving feast is not.

**Why not** EARS C1–C3: seven weeks of past, no season; on simulated series they found 0.23 to 0.49 where this finds 0.76. Farrington
Flexible: five years before it speaks, and single weeks. A band of the negative binomial for single weeks with the regression above: 0.71
at 3 % false alarms, and it could not be more: with mean and variance known exactly it is 0.71. Figures and how to repeat them:
docs/explanation/outbreaks.md.

**Reading**: Farrington, Andrews, Beale and Catchpole, JRSS A 159, 1996; Noufaily et al., Statistics in Medicine 32, 2013; Bédubourg and
Le Strat, PLoS ONE 12(7), 2017 (21 methods compared); Höhle and Paul, CSDA 52, 2008 (likelihood ratios for counts); Cantoni and Ronchetti,
JASA 96, 2001 (robust regression of counts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kentongan.engine.counts import Usual, likelihood, surprise

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

WEEKLY = 52.0
MONTHLY = 12.0
GUARD = 1
FEW = 3
"""Periods of past before anything is judged."""
SPREAD = (0.5, 0.5, 0.5, 0.5, 0.5)
"""Standard deviations, on the log scale, of the slope in a year and of the waves, before a series has shown its own."""
POOLED, POOLED_WEIGHT = 1.5, 10.0
"""Variance over mean before a series has shown its own, and how many periods that belief is worth."""
UNEVEN = 0.15
"""Of hundreds a period, the share by which they differ for no reason but that days and months differ: so much more is believed at first."""
FALLS = (0.02, 0.25, 0.5)
_CLIPPED = 0.96
"""Mean of the squared residual once it is cut at two standard deviations."""
_SIZES = np.arange(1.0, 11.0)
_STEPS = 30
_LOOK_BACK = 26
_NEAR = 1e-3


@dataclass(frozen=True, slots=True)
class Settings:
    """How a series is judged. `period`: counts a year.

    warn       log likelihood ratio at which a rise is said, chosen on simulated series for just under 3 % of usual weeks
    alone      how much more one period by itself needs
    fell       the same for a fall
    cap        standard deviations above the usual at which a past period is cut
    half_life  years after which a past period counts half
    """

    period: float = WEEKLY
    warn: float = 0.88
    alone: float = 1.5
    fell: float = 3.0
    cap: float = 2.0
    half_life: float = 5.0

    def __post_init__(self) -> None:
        if self.period <= 4 or self.half_life <= 0 or self.cap <= 0:
            raise ValueError("period must be above 4 counts a year, half_life and cap above 0")


@dataclass(frozen=True, slots=True)
class Watched:
    """What is usual and what was said, series × periods. `shape` as in `counts.Usual`; `rise` and `fall` are log likelihood ratios."""

    mean: Floats
    shape: Floats
    rise: Floats
    fall: Floats
    warned: Flags
    silent: Flags


@dataclass(frozen=True, slots=True)
class Verdict:
    """The last period of one series. `unknown`: too little past or no count. `surprise`: -log10 of the chance of so many in this period."""

    kind: Literal["rise", "fall", "usual", "unknown"]
    observed: float
    expected: Usual
    evidence: float
    surprise: float


@dataclass(slots=True)
class _Fit:
    """Coefficients (series × 6), variance over mean, and the inverse information."""

    beta: Floats
    phi: Floats
    spread: Floats


def judge(counts: Sequence[float | None], settings: Settings) -> Verdict:
    """Whether the last period of a series is above or below what its past lets expect. None is a missing count.

    Whether a warning goes on is told from the last half year; `watch` tells it from the beginning.
    """
    series = np.array([[np.nan if one is None else one for one in counts]], dtype=np.float64)
    last = series[0, -1] if series.size else np.nan
    if series.size <= FEW + GUARD or np.isnan(last):
        return Verdict("unknown", 0.0, Usual(1e-6, 1.0), 0.0, 0.0)
    seen = watch(series, settings, max(0, series.size - _LOOK_BACK))
    expected = Usual(float(seen.mean[0, -1]), float(seen.shape[0, -1]))
    kind: Literal["rise", "fall", "usual"] = "rise" if seen.warned[0, -1] else "fall" if seen.silent[0, -1] else "usual"
    evidence = seen.fall if kind == "fall" else seen.rise
    return Verdict(kind, float(last), expected, float(evidence[0, -1]), surprise(int(last), expected))


def watch(counts: Floats, settings: Settings, since: int = 0) -> Watched:
    """Judge every period of many series from `since` on, each from what came before it.

    `counts` is series × periods, NaN where a count is missing; the series share one grid. Periods before `since`, and the first `FEW` +
    `GUARD`, are usual.
    """
    if counts.ndim != 2 or (counts < 0).any():
        raise ValueError("counts must be series × periods, none below zero")
    start = max(since - 1, FEW + GUARD)
    mean, shape, chance = _expect(counts, settings, start)
    told = counts.copy()
    told[:, :start] = np.nan  # nothing was expected of them: beside the first that is judged they say nothing
    rise = _rises(told, mean, shape, chance)
    fall = _falls(told, mean, shape)
    first = max(since, FEW + GUARD)
    warned = _said(rise, settings.warn, settings.alone, first)
    silent = _said(fall, settings.fell, settings.alone, first) & ~warned
    return Watched(mean, shape, rise[1], fall[1], warned, silent)


def design(periods: int, period: float) -> Floats:
    """Periods × 6: one, years, and two yearly waves."""
    at = np.arange(periods) / period
    turn = 2 * np.pi * at
    return np.stack([np.ones(periods), at, np.cos(turn), np.sin(turn), np.cos(2 * turn), np.sin(2 * turn)], axis=1)


def _expect(counts: Floats, settings: Settings, first: int) -> tuple[Floats, Floats, Floats]:
    """Mean and shape of every period, and its standard deviation by chance alone; ones before `first`, where nothing is judged."""
    mean, shape, chance = (np.ones_like(counts) for _ in range(3))
    rows = design(counts.shape[1], settings.period)
    there = (~np.isnan(counts)).astype(np.float64)
    filled = np.nan_to_num(counts)
    fit: _Fit | None = None
    for now in range(first, counts.shape[1]):
        known = now - GUARD
        past = rows[:known].copy()
        past[:, 1] -= rows[now, 1]
        weight = there[:, :known] * 0.5 ** ((now - np.arange(known)) / (settings.half_life * settings.period))
        fit = _fitted(filled[:, :known], past, weight, _carried(fit, 1 / settings.period, counts.shape[0]), settings.cap)
        here = rows[now].copy()
        here[1] = 0.0
        mean[:, now] = np.exp(np.clip(fit.beta @ here, -12.0, 12.0))
        open_ = np.einsum("i,nij,j->n", here, fit.spread, here)
        extra = fit.phi - 1.0 + mean[:, now] * open_
        shape[:, now] = mean[:, now] / np.maximum(extra, 1e-4)
        chance[:, now] = np.sqrt(fit.phi * mean[:, now])
    return mean, shape, chance


def _carried(fit: _Fit | None, step: float, series: int) -> _Fit:
    """Where the next fit begins: at the last one, its level moved to the new present."""
    if fit is None:
        return _Fit(np.zeros((series, 6)), np.full(series, POOLED), np.zeros((series, 6, 6)))
    beta = fit.beta.copy()
    beta[:, 0] += beta[:, 1] * step
    return _Fit(beta, fit.phi, fit.spread)


def _fitted(counts: Floats, rows: Floats, weight: Floats, start: _Fit, cap: float) -> _Fit:
    """Newton's method on the penalised quasi-likelihood, with counts cut at `cap` standard deviations above what is usual."""
    beta, phi = start.beta.copy(), start.phi.copy()
    if not beta.any():
        beta[:, 0] = np.log((weight * counts).sum(1) + 0.25) - np.log(weight.sum(1) + 0.5)
    penalty = np.array([0.0, *(1.0 / one**2 for one in SPREAD)])
    squares = (rows[:, :, None] * rows[:, None, :]).reshape(rows.shape[0], -1)
    total = weight.sum(1)
    middle: Floats = weight @ rows / np.maximum(total, 1e-9)[:, None]
    least = np.minimum(1.0, total / 100.0) * beta.shape[1]
    diagonal = list(range(beta.shape[1]))
    information: Floats = np.empty((beta.shape[0], beta.shape[1], beta.shape[1]))
    for _ in range(_STEPS):
        mean = np.exp(np.clip(beta @ rows.T, -12.0, 12.0))
        cut = np.minimum(counts, _bound(mean, phi[:, None], cap))
        off = weight * (cut - mean)
        chi = (off * (cut - mean) / mean).sum(1) / _CLIPPED
        level = (weight * mean).sum(1) / np.maximum(total, 1.0)
        believed = POOLED_WEIGHT * (POOLED + UNEVEN**2 * level)
        new_phi = np.maximum(1.0, (believed + chi) / (POOLED_WEIGHT + np.maximum(total - least, 0.0)))
        slope: Floats = off @ rows / new_phi[:, None] - penalty * beta
        slope += ((0.25 - 0.5 * level) / new_phi)[:, None] * middle
        information[:] = ((weight * mean) @ squares).reshape(information.shape) / new_phi[:, None, None]
        information[:, diagonal, diagonal] += penalty + 1e-9
        information += (0.5 * level / new_phi)[:, None, None] * middle[:, :, None] * middle[:, None, :]
        move: Floats = np.linalg.solve(information, slope[:, :, None]).astype(np.float64)[:, :, 0]
        move *= np.minimum(1.0, 1.5 / np.maximum(np.abs(move).max(1, keepdims=True), 1e-9))
        beta += move
        done = np.abs(move).max() < _NEAR and np.abs(new_phi / phi - 1.0).max() < 5 * _NEAR
        phi = new_phi
        if done:
            break
    spread: Floats = np.linalg.inv(information).astype(np.float64)
    return _Fit(beta, phi, spread)


def _bound(mean: Floats, phi: Floats, cap: float) -> Floats:
    """The count whose Anscombe residual is `cap`."""
    return (mean ** (2 / 3) + 2 / 3 * cap * np.sqrt(phi) * mean ** (1 / 6)) ** 1.5


def _rises(counts: Floats, mean: Floats, shape: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """Evidence that a rise of unknown size began: with this period, and with the last one."""
    return _ratios(counts, mean, shape, [mean + 0.5 * size * chance for size in _SIZES])


def _falls(counts: Floats, mean: Floats, shape: Floats) -> tuple[Floats, Floats]:
    """Evidence that the series fell to nearly nothing, a quarter or half: with this period, and with the last one."""
    return _ratios(counts, mean, shape, [mean * part for part in FALLS])


def _ratios(counts: Floats, mean: Floats, shape: Floats, others: list[Floats]) -> tuple[Floats, Floats]:
    """Log likelihood ratios of other means against the usual one, mixed evenly, over one period and over two.

    The variance of the other means is in proportion, so that a larger count never speaks less for a rise."""
    extra = mean / shape
    base = _likelihood(counts, mean, shape)
    ratios = [_likelihood(counts, other, other / extra) - base for other in others]
    return _mixed(ratios), _mixed([one + _before(one) for one in ratios])


def _likelihood(counts: Floats, mean: Floats, shape: Floats) -> Floats:
    """As `counts.likelihood`; 0 for a missing count."""
    value = likelihood(counts, mean, shape)
    return np.where(np.isnan(counts), 0.0, value)


def _mixed(ratios: list[Floats]) -> Floats:
    """Log of the mean likelihood ratio."""
    top = np.maximum.reduce(ratios)
    return top + np.log(np.mean([np.exp(one - top) for one in ratios], axis=0))


def _before(values: Floats) -> Floats:
    """The same one period later."""
    late = np.zeros_like(values)
    late[:, 1:] = values[:, :-1]
    return late


def _said(evidence: tuple[Floats, Floats], least: float, alone: float, first: int) -> Flags:
    """Periods in which a warning is raised or goes on."""
    single, double = evidence
    said = np.zeros(single.shape, dtype=np.bool_)
    for now in range(first, single.shape[1]):
        fresh = np.maximum(double[:, now], single[:, now] - alone)
        said[:, now] = np.where(said[:, now - 1], single[:, now], fresh) > least
    return said
