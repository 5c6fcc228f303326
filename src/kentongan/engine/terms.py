"""Words, figures and names of an article, and how much each is worth: the lexical half of telling stories apart.

Observed. Two reports of one event share rare words and figures (a village, a name, "915 miliar"), and so do an Indonesian and an English
report, because names and figures are not translated. Common words are shared by all.

Method. Weight of a word = log(articles seen / articles that have it) less a constant, counted in the stream itself and forgotten
by halving, so that "banjir" is worth much in the dry season and little in the third week of a flood. Vietnamese writes syllables:
pairs of neighbours are terms too. Latin accents are folded for terms, so Hà Nội of a Vietnamese page and Ha Noi of an English one are one.

Known failures. No stemming (Indonesian affixes make "banjir" and "kebanjiran" two words; the vector carries that). Headlines write Every
Word Large, so capitals say nothing about names and are not used.

Reading: Spärck Jones 1972 (weight of rare words); Kumaran & Allan 2004 (names and new-event detection).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from kentongan.engine.records import Article, Language

LEAD = 600
"""Characters of the text whose words count beside the title's."""
HALF_LIFE = 20_000
"""Articles after which old counts weigh half."""
PRIOR, COMMON = 100.0, 1.5
"""Articles imagined before the first, and the weight at which a word begins to count: one in every fifth article is worth nothing."""

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FOLD = str.maketrans({"đ": "d", "Đ": "d"})
_FIRST_MARK = "\u0300"
"""No sign below it is a combining mark."""


@dataclass(frozen=True, slots=True)
class Terms:
    """`words` are distinct, in order of first use, and include the figures; `figures` are numbers of at least two digits."""

    words: tuple[str, ...]
    figures: tuple[str, ...]


def terms_of(article: Article) -> Terms:
    """The terms of an article's title and lead."""
    return terms(f"{article.title} \n {article.text[:LEAD]}" if article.text else article.title, article.language)


def terms(text: str, language: Language) -> Terms:
    """The terms of a text: folded lower-case words of three letters or more (two in Vietnamese pairs) and figures."""
    tokens = _TOKEN.findall(fold(text.replace("_", " ")))
    figures = tuple(dict.fromkeys(token for token in tokens if token[0].isdigit() and len(token) > 1 and not _YEAR.fullmatch(token)))
    if language == "vi":
        pairs = [f"{left} {right}" for left, right in pairwise(tokens) if left[0].isalpha() and right[0].isalpha()]
        words = [*pairs, *(token for token in tokens if len(token) > 2)]
    else:
        words = [token for token in tokens if len(token) > 2]
    return Terms(tuple(dict.fromkeys([*(word for word in words if word[0].isalpha()), *figures])), figures)


def fold(text: str) -> str:
    """Lower case without accents: NFKD, combining marks dropped, đ as d."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_FOLD))
    return "".join(sign for sign in decomposed if sign < _FIRST_MARK or not unicodedata.combining(sign)).casefold()


@dataclass(slots=True)
class Counts:
    """In how many articles each word was seen, forgetting. Bounded: words seen once in the last half-life leave at each halving."""

    articles: float = 0.0
    words: dict[str, float] = field(default_factory=dict[str, float])
    since: int = 0

    def learn(self, terms: Terms) -> None:
        """Count one article. Changes this object."""
        self.articles += 1.0
        for word in terms.words:
            self.words[word] = self.words.get(word, 0.0) + 1.0
        self.since += 1
        if self.since >= HALF_LIFE:
            self.since = 0
            self.articles /= 2.0
            self.words = {word: count / 2.0 for word, count in self.words.items() if count >= 2.0}

    def weight(self, word: str) -> float:
        """What the word is worth, at least zero; most for one never seen."""
        return max(0.0, math.log((self.articles + PRIOR) / (self.words.get(word, 0.0) + 1.0)) - COMMON)

    def to_data(self) -> dict[str, Any]:
        """JSON values that `from_data` reads."""
        return {"articles": self.articles, "since": self.since, "words": dict(sorted(self.words.items()))}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Counts:
        """The counts `to_data` described."""
        return cls(data["articles"], dict(data["words"]), data["since"])
