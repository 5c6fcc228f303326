"""Simulated weekly counts with outbreaks: the 42 scenarios of Noufaily et al. 2013, from the paper's description.

Twelve years of weeks. Counts are negative binomial with mean exp(θ + β·t + Σ γ₁·cos(2πjt/52) + γ₂·sin(2πjt/52)) and variance φ times the
mean (Poisson for φ = 1). Seven sets of θ, β, γ₁, γ₂, φ, each with and without trend and with none, one or two waves a year, make 42
scenarios. The last 49 weeks are the present and hold one outbreak; the 263 weeks before hold four of the past. An outbreak begins in a
random week, has Poisson(k·σ) cases, σ the standard deviation of that week's count, and spreads them over the weeks after by a lognormal
time (0, 0.5). k is 0 (no past outbreaks), 2, 3, 5 or 10 in the past and 1 to 10 in the present, as in Bédubourg and Le Strat 2017. An
outbreak has two cases at least, and lasts from its first week with a case to its last; what falls after the last week is not seen (unless
all of it does: then it falls in that week), and past outbreaks end before the present begins.

Reading: Noufaily, Enki, Farrington, Garthwaite, Andrews and Charlett, Statistics in Medicine 32, 2013, section 3; Bédubourg and Le Strat,
PLoS ONE 12(7), 2017.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

WEEKS, PRESENT, PAST = 624, 49, 263
YEAR = 52
PAST_SIZES = (0, 2, 3, 5, 10)
SIZES = tuple(range(1, 11))
LEAST_CASES = 2
_SETS = (
    (0.1, 0.0025, 0.6, 0.6, 1.5),
    (-2.0, 0.005, 0.1, 0.3, 2.0),
    (1.5, 0.003, 0.2, -0.4, 1.0),
    (0.5, 0.002, 0.5, 0.5, 5.0),
    (2.5, 0.001, 1.0, 0.1, 3.0),
    (3.75, 0.001, 0.1, -0.1, 1.1),
    (5.0, 0.0001, 0.05, 0.01, 1.2),
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """How the counts of one scenario are made. `waves`: 0, 1 or 2 a year."""

    theta: float
    beta: float
    gamma: tuple[float, float]
    phi: float
    waves: int

    def mean(self) -> Floats:
        """The usual count of each week."""
        week = np.arange(1, WEEKS + 1)
        log_mean = self.theta + self.beta * week
        for wave in range(1, self.waves + 1):
            turn = 2 * np.pi * wave * week / YEAR
            log_mean = log_mean + self.gamma[0] * np.cos(turn) + self.gamma[1] * np.sin(turn)
        return np.exp(log_mean)


@dataclass(frozen=True, slots=True)
class Batch:
    """Series of one length: `counts` and `outbreak` are series × weeks. `size` is the k of each present outbreak, 0 where unknown."""

    counts: Floats
    outbreak: Flags
    size: Ints


SCENARIOS = tuple(
    Scenario(theta, beta * trend, (gamma1, gamma2), phi, waves)
    for theta, beta, gamma1, gamma2, phi in _SETS
    for trend in (0, 1)
    for waves in (0, 1, 2)
)


def simulated(series: int, seed: int) -> Iterator[Batch]:
    """The scenarios in order, `series` of each. Sizes go round through all of them, so that few series a scenario have each size, too."""
    for number, scenario in enumerate(SCENARIOS):
        yield one_scenario(scenario, series, np.random.default_rng((seed, number)), number * series)


def one_scenario(scenario: Scenario, series: int, chance: np.random.Generator, turn: int = 0) -> Batch:
    """Counts of one scenario with their outbreaks. `turn`: where in the round of sizes it begins."""
    mean = scenario.mean()
    counts = np.empty((series, WEEKS))
    outbreak = np.zeros((series, WEEKS), dtype=np.bool_)
    sizes = np.array([SIZES[(turn + number) % len(SIZES)] for number in range(series)], dtype=np.int64)
    for number in range(series):
        past = PAST_SIZES[(turn + number) // len(SIZES) % len(PAST_SIZES)]
        cases = np.zeros(WEEKS)
        if past:
            for start in chance.choice(np.arange(WEEKS - PRESENT - PAST, WEEKS - PRESENT), 4, replace=False):
                cases += _outbreak(int(start), past, mean, scenario.phi, chance)
        cases[WEEKS - PRESENT :] = 0.0
        present = _outbreak(int(WEEKS - PRESENT + chance.integers(PRESENT)), int(sizes[number]), mean, scenario.phi, chance)
        outbreak[number] = cases > 0
        held = np.flatnonzero(present)
        outbreak[number, held[0] : held[-1] + 1] = True
        counts[number] = _usual(mean, scenario.phi, chance) + cases + present
    return Batch(counts, outbreak, sizes)


def _usual(mean: Floats, phi: float, chance: np.random.Generator) -> Floats:
    drawn = chance.poisson(mean) if phi == 1.0 else chance.negative_binomial(mean / (phi - 1.0), 1.0 / phi)
    return drawn.astype(np.float64)


def _outbreak(start: int, size: int, mean: Floats, phi: float, chance: np.random.Generator) -> Floats:
    """Cases of one outbreak in each week."""
    cases = 0
    while cases < LEAST_CASES:
        cases = int(chance.poisson(size * np.sqrt(phi * mean[start])))
    weeks = start + np.floor(chance.lognormal(0.0, 0.5, cases)).astype(np.int64)
    weeks = np.minimum(weeks, WEEKS - 1) if weeks.min() >= WEEKS else weeks
    return np.bincount(weeks[weeks < WEEKS], minlength=WEEKS).astype(np.float64)
