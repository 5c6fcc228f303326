"""What is usual and how surprising more is: a gamma-Poisson count of one series against its own past.

A series (a story, a word) has the unknown share λ of the stream. Its past gives `seen` items in a past in which `volume` items of the
stream were usual; with a gamma prior the expected count in a window where V items are usual is (prior + seen) / (volume₀ + volume) · V,
and the predictive distribution is negative binomial. News comes in clusters, so the distribution is made wider than the posterior alone
says (`_CLUSTERING`): without it a word seen three times in an hour is "one in a million" every day.

Reading: Kulldorff 2001 and Unkel et al. 2012 on surveillance by expected counts; Kleinberg 2002 for the alternative,
a two-state automaton, which needs a rate ratio fixed beforehand and gives no probability; Lentz 1976 and Press et al.
2007, Numerical Recipes, for the tail."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, log1p

import numpy as np
import numpy.typing as npt

_CLUSTERING = 0.35
_LEAST = 1e-300
_PRECISION = 1e-12
_MOST_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class Usual:
    """Expected count `mean` of a window and `shape` of its negative binomial (small shape: wide)."""

    mean: float
    shape: float


def usual(seen: float, volume: float, window: float, prior_seen: float, prior_volume: float) -> Usual:
    """What a window in which `window` items are usual should hold, given `seen` items in a past of `volume`."""
    weight = prior_seen + seen
    mean = max(weight / (prior_volume + volume) * window, 1e-6)
    return Usual(mean, 1.0 / (1.0 / max(weight, 1e-6) + _CLUSTERING))


def surprise(count: int, expected: Usual) -> float:
    """-log10 of the chance of at least `count`; 0 where the count is not above the mean."""
    if count <= expected.mean:
        return 0.0
    return -log(max(_at_least(count, expected), _LEAST)) / log(10)


def _at_least(count: int, expected: Usual) -> float:
    """The upper tail of the negative binomial: the regularised incomplete beta function at (count, shape).

    Summed term by term a wide distribution takes a thousand steps; the continued fraction takes some twenty. It converges on the left of
    the distribution's mean, so on its right the other tail is taken from one.
    """
    step = expected.mean / (expected.mean + expected.shape)
    a, b = float(count), expected.shape
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(step) + b * log1p(-step))
    if step < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(a, b, step) / a
    return 1.0 - front * _fraction(b, a, 1.0 - step) / b


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, from the front (Lentz 1976, as Press et al. 2007 give it in section 6.4)."""
    c, d = 1.0, 1.0 / _not_nought(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, _MOST_STEPS):
        at = a + 2 * m
        even = m * (b - m) * x / ((at - 1.0) * at)
        odd = -(a + m) * (a + b + m) * x / (at * (at + 1.0))
        for part in (even, odd):
            under, c = 1.0 + part * d, 1.0 + part / c
            d = 1.0 / (under if under > _LEAST or under < -_LEAST else _LEAST)
            c = c if c > _LEAST or c < -_LEAST else _LEAST
            step = d * c
            value *= step
        if -_PRECISION < step - 1.0 < _PRECISION:
            break
    return value


def _not_nought(value: float) -> float:
    return value if abs(value) > _LEAST else _LEAST


def band(expected: Usual, share: float = 0.9) -> tuple[float, float]:
    """The central range that holds `share` of all windows, as counts."""
    edge = (1.0 - share) / 2
    mean, shape = expected.mean, expected.shape
    step = mean / (mean + shape)
    term = exp(-shape * log1p(mean / shape))
    low, total, k = 0, term, 0
    while total < 1.0 - edge and k < 10_000:
        if total < edge:
            low = k + 1
        term *= (k + shape) / (k + 1) * step
        k += 1
        total += term
    return float(low), float(k)


def quantile(expected: Usual, share: float) -> int:
    """The least count that `share` of all windows do not pass."""
    mean, shape = expected.mean, expected.shape
    step = mean / (mean + shape)
    term = exp(-shape * log1p(mean / shape))
    total, k = term, 0
    while total < share and k < 10_000:
        term *= (k + shape) / (k + 1) * step
        k += 1
        total += term
    return k


def at_most(count: int, expected: Usual) -> float:
    """The chance of at most `count`."""
    mean, shape = expected.mean, expected.shape
    step = mean / (mean + shape)
    term = exp(-shape * log1p(mean / shape))
    total = term if count >= 0 else 0.0
    for k in range(count):
        term *= (k + shape) / (k + 1) * step
        total += term
    return min(1.0, total)


def likelihood(counts: npt.NDArray[np.float64], mean: npt.NDArray[np.float64], shape: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Log of the negative binomial of many counts, without the part that depends on the count alone."""
    return log_gamma(counts + shape) - log_gamma(shape) - shape * np.log1p(mean / shape) + counts * np.log(mean / (mean + shape))


def log_gamma(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Log of the gamma function above zero: Stirling's series six steps up (within 1e-9 of `math.lgamma`)."""
    product = values * (values + 1) * (values + 2) * (values + 3) * (values + 4) * (values + 5)
    up = values + 6
    series = 1 / (12 * up) - 1 / (360 * up**3) + 1 / (1260 * up**5) - 1 / (1680 * up**7)
    return (up - 0.5) * np.log(up) - up + 0.5 * np.log(2 * np.pi) + series - np.log(product)
