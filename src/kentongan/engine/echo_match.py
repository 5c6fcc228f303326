"""Does an article tell in its own words what a publication says? A score of meaning, words and time, and a bar for each language.

Observed. Most outlets do not copy: they write their own report of the same announcement. It means nearly the same, and it holds the same
rare words: names of persons, bodies and places, figures, dates. Another report of the same day on the same topic means nearly the same too
("banjir" in two districts), but with other names and figures.

Method. Four numbers, each of this pair alone: the cosine of the centred vectors of title and lead; the cosine of the weighted words of both
texts as far as `READ`; how much of the weight of each one's title and lead returns in the other's text, the mean of both ways; and the days
between them. Their sum is held against a bar. Names, figures and dates are words like others here, and weigh most because they are rare
(`terms.Counts`, the office's own). Between two languages there are few common words: there the cosine alone decides, at the bar that
stories have for being sure.

Weights and bars are round numbers chosen on one half of the pairs and reported on the other (docs/reference/figures.md): the Vietnamese
bar is lower, for its terms are pairs of syllables, and two texts share fewer of them.

Known failures. A follow-up that repeats the announcement as its background is taken for it; a short item that tells one detail of a long
publication is missed; an office whose counts are still empty takes common words for rare ones and finds too much.

Why not the nearness of an article's other neighbours (a margin): it did well on one set and worst on the other, and it would let an
unrelated article change what is said of this one. Why not a learned head: on the same features it was worse on the half it had not seen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kentongan.engine.records import Language
from kentongan.engine.terms import LEAD, Counts, terms
from kentongan.engine.vectors import FloatArray

READ = 3_000
"""Characters of a text whose words are compared."""
WORDS, RETURNED, DAY = 1.5, 0.7, 0.05
"""What the cosine of words, the share that returns and a day between them weigh beside the cosine of meaning."""
BAR, BAR_VI, BAR_ACROSS = 1.30, 0.90, 0.62
LEAST_COSINE = 0.30
"""Words alone carry nothing: a list of the same names may be about anything."""
_SHOWN = 4
_KIN: Mapping[Language, Language] = {"ms": "id", "jv": "id", "su": "id"}


@dataclass(frozen=True, slots=True)
class Weighed:
    """A text as it is compared: its centred vector, the weights of its words at length one, and those of its title and lead."""

    language: Language
    vector: FloatArray | None
    words: Mapping[str, float]
    lead: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near an article is to a publication. It is told again where `margin` is not negative; `shared` are its rarest common words."""

    cosine: float
    margin: float
    shared: tuple[str, ...]

    @property
    def confidence(self) -> float:
        """0..1, a half at the bar. It ranks; it is no measured chance."""
        return 1.0 / (1.0 + math.exp(-6.0 * self.margin))


def weighed(title: str, text: str, language: Language, vector: FloatArray | None, counts: Counts) -> Weighed:
    """A text as it is compared. `vector` is centred, None where there is none; `counts` are those of the office's articles."""
    every = _weights(f"{title} \n {text[:READ]}", language, counts)
    norm = math.sqrt(sum(weight * weight for weight in every.values())) or 1.0
    lead = _weights(f"{title} \n {text[:LEAD]}", language, counts)
    return Weighed(language, vector, {word: weight / norm for word, weight in every.items()}, lead)


def _weights(text: str, language: Language, counts: Counts) -> dict[str, float]:
    found = ((word, counts.weight(word)) for word in terms(text, language).words)
    return {word: weight for word, weight in found if weight > 0.0}


def nearness(publication: Weighed, article: Weighed, days: float) -> Nearness | None:
    """How near the two are, `days` apart. None without vectors: nothing can be said of meaning then."""
    if publication.vector is None or article.vector is None:
        return None
    cosine = float(np.dot(publication.vector, article.vector))
    shared = _shared(publication, article)
    if _KIN.get(publication.language, publication.language) != _KIN.get(article.language, article.language):
        return Nearness(cosine, cosine - DAY * days - BAR_ACROSS, shared)
    common = math.fsum(weight * article.words.get(word, 0.0) for word, weight in publication.words.items())
    back = (_returned(publication.lead, article.words) + _returned(article.lead, publication.words)) / 2.0
    score = cosine + WORDS * common + RETURNED * back - DAY * days
    margin = score - (BAR_VI if article.language == "vi" else BAR)
    return Nearness(cosine, margin if cosine >= LEAST_COSINE else min(margin, cosine - LEAST_COSINE), shared)


def _returned(lead: Mapping[str, float], words: Mapping[str, float]) -> float:
    """The share of a lead's weight whose words stand in the other text."""
    total = math.fsum(weight * weight for weight in lead.values())
    return math.fsum(weight * weight for word, weight in lead.items() if word in words) / total if total else 0.0


def _shared(publication: Weighed, article: Weighed) -> tuple[str, ...]:
    """The words both have, the rarest first, at most four."""
    common = sorted((-weight, word) for word, weight in publication.words.items() if word in article.words)
    return tuple(word for _, word in common[:_SHOWN])
