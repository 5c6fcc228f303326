"""Which articles carry a publication of the office, and how: word for word, copied, or told again in other words.

Theory. An answer that nobody prints reached nobody. Counting clippings by hand takes a day and is done for the good ones only; searching
for the headline finds the copies and misses the reports. Each article that came after the publication is therefore asked three questions,
from the surest to the least sure; the first that holds names the way:
  1. copied   the same words, or a near-duplicate of the publication (`duplicates`, with nothing else in its window).
  2. quoted   a verbatim stretch of it stands in the article (`echo_quotes`).
  3. retold   meaning, names, figures and time agree (`echo_match`).
An article that repeats its words and denies them is `denied`: it is about the publication and does not carry it. A copy of an article goes
where that article went, as in stories: listening keeps no vector of copies.

Each answer depends on the publication and this one article (and the article it copies): neither the order of articles nor another one
can change it. Nothing that came before the publication, or at its very moment, counts; nothing after `window_days` either, for what is
said again a month later is not its echo.

Known failures. A day without a clock reading is the first minute of that day: an article of the publication's own day that gives no hour
is taken for older. That an article carries it does not say that it caused it: an outlet may have asked the same office itself.

Does not say whether an article is friendly, nor who wrote it.

Reading: Leskovec, Backstrom & Kleinberg 2009 (quoted phrases through the news cycle); Clough et al. 2002 (METER: how much of agency copy
newspapers reuse); Barzilay & Lee 2003 (the same told in other words).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kentongan.engine import duplicates
from kentongan.engine.echo_match import Nearness, Weighed, nearness, weighed
from kentongan.engine.echo_quotes import Quote, Words, least_words, quotes, words_with_places
from kentongan.engine.records import Article, Language, Reason, need_utc
from kentongan.engine.terms import Counts
from kentongan.engine.vectors import FloatArray

Way = Literal["copied", "quoted", "retold", "denied", "none"]
CARRIES: frozenset[Way] = frozenset({"copied", "quoted", "retold"})
_DAY = 86_400.0
_ALL_BUT_SURE = 0.99
"""Of verbatim words: two outlets may quote a third one that the office quotes too."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`window_days`: how long after a publication its echo is looked for."""

    window_days: float = 14.0


@dataclass(frozen=True, slots=True)
class Publication:
    """What the office published. `vector` is centred, of title and lead (`vectors.text_for`); None where no model is at hand."""

    id: str
    title: str
    text: str
    language: Language
    at: datetime
    vector: FloatArray | None = None

    def __post_init__(self) -> None:
        if not self.id or not self.title:
            raise ValueError("a publication needs an id and a title")
        need_utc(self, "at")


@dataclass(frozen=True, slots=True)
class Heard:
    """An article from listening. `vector` is centred; `original` is the id of the article it copies, "" where it is no copy."""

    article: Article
    vector: FloatArray | None = None
    original: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """What is said of one article: the way, how surely (0..1), the verbatim stretches, and why."""

    article: str
    way: Way
    confidence: float
    reasons: tuple[Reason, ...]
    quotes: tuple[Quote, ...] = ()

    @property
    def carries(self) -> bool:
        return self.way in CARRIES


def echo(publication: Publication, heard: Iterable[Heard], counts: Counts, settings: Settings | None = None) -> tuple[Carried, ...]:
    """What each article has of the publication, in order of time and id. Equal articles in any order give the same."""
    rules = settings or Settings()
    ones = {one.article.id: one for one in heard}
    asked = _asked(publication, counts)
    found: dict[str, Carried] = {name: _judged(asked, one, counts, rules) for name, one in ones.items()}
    placed = [_followed(one, found, ones) for one in ones.values()]
    return tuple(sorted(placed, key=lambda one: (ones[one.article].article.published, one.article)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A publication made ready to be held against many articles."""

    publication: Publication
    words: Words
    weighed: Weighed
    article: Article


def _asked(publication: Publication, counts: Counts) -> _Asked:
    one = publication
    article = Article(one.id, f"publication:{one.id}", f"publication:{one.id}", "official", one.title, one.text, one.language, one.at)
    words = words_with_places(one.text, one.language)
    return _Asked(one, words, weighed(one.title, one.text, one.language, one.vector, counts), article)


def _judged(asked: _Asked, one: Heard, counts: Counts, rules: Settings) -> Carried:
    article = one.article
    days = (article.published - asked.publication.at).total_seconds() / _DAY
    if days <= 0.0:
        return Carried(article.id, "none", 1.0, (Reason("echo.before"),))
    if days > rules.window_days:
        return Carried(article.id, "none", 1.0, (Reason("echo.late", {"days": rules.window_days}),))
    theirs = words_with_places(article.text, article.language)
    stretches = quotes(asked.words, theirs)
    turned = sum(quote.words for quote in stretches if quote.turned)
    if stretches and 2 * turned >= sum(quote.words for quote in stretches):
        return Carried(article.id, "denied", _ALL_BUT_SURE, (Reason("echo.denied"),), stretches)
    share = _copy(asked, theirs, article, stretches, rules)
    if share is not None:
        return Carried(article.id, "copied", share, (Reason("echo.copied", {"share": share}),), stretches)
    straight = [quote.words for quote in stretches if not quote.turned]
    if straight:
        return Carried(article.id, "quoted", _ALL_BUT_SURE, (Reason("echo.quoted", {"words": max(straight)}),), stretches)
    near = nearness(asked.weighed, weighed(article.title, article.text, article.language, one.vector, counts), days)
    if near is None or near.margin < 0.0:
        return Carried(article.id, "none", 1.0 - near.confidence if near is not None else 0.5, (Reason("echo.far"),))
    return Carried(article.id, "retold", near.confidence, _why(near))


def _copy(asked: _Asked, theirs: Words, article: Article, stretches: tuple[Quote, ...], rules: Settings) -> float | None:
    """The share of words that an article has as a copy of the publication; None where it is none. The same words are a copy, however
    few."""
    ours = asked.words.words
    if ours and ours == theirs.words:
        return 1.0
    straight = sum(quote.words for quote in stretches if not quote.turned)
    share = straight / max(len(ours), len(theirs.words), 1)
    if share >= duplicates.Settings().near_share:
        return share
    if not stretches and min(len(ours), len(theirs.words)) >= least_words(article.language):
        return None
    settings = duplicates.Settings(window_days=rules.window_days + 1.0)
    state, _ = duplicates.step(duplicates.start(), asked.article, settings)
    _, copy = duplicates.step(state, article, settings)
    return copy.score if copy.kind != "original" else None


def _why(near: Nearness) -> tuple[Reason, ...]:
    meaning = Reason("echo.meaning", {"score": round(near.cosine, 3)})
    return (meaning, Reason("echo.words", {"words": ", ".join(near.shared)})) if near.shared else (meaning,)


def _followed(one: Heard, found: Mapping[str, Carried], ones: Mapping[str, Heard]) -> Carried:
    """A copy goes where its original went, unless its own words already say more."""
    mine = found[one.article.id]
    theirs = found.get(one.original) if one.original != one.article.id else None
    if theirs is None or mine.way != "none" or not theirs.carries or mine.reasons[0].code != "echo.far":
        return mine
    first = ones[one.original].article
    return Carried(one.article.id, theirs.way, theirs.confidence, (Reason("echo.follows", {"outlet": first.outlet}),))
