"""What a text is about: aspects of a public matter and service areas of a city (`data/topics.yaml`). Thin: word
lists, no model.

The aspects follow the infodemic taxonomy of WHO (EARS 2020: cause, illness, intervention, treatment, information)
carried over to any city matter. Known failures: words with two senses (`sungai` in a place name); nothing is said
about a text without a listed word."""

from __future__ import annotations

from functools import cache
from typing import Literal

from kentongan.engine.lexicon import Finder, folded, word_list
from kentongan.engine.records import Article

_OPENING, _MOST = 200, 2
Kind = Literal["aspects", "services"]


@cache
def _finder(kind: Kind) -> tuple[Finder, dict[str, tuple[str, ...]]]:
    owners: dict[str, tuple[str, ...]] = {}
    for topic, languages in word_list("topics")[kind].items():
        for words in languages.values():
            for word in words:
                known = owners.get(folded(word), ())
                owners[folded(word)] = known if topic in known else (*known, topic)
    return Finder(owners), owners


def topics_of(text: str, kind: Kind = "services") -> tuple[str, ...]:
    """The topics a text names, those with most words first, equal ones by name; empty where none is named."""
    finder, owners = _finder(kind)
    counts: dict[str, int] = {}
    for hit in finder.find(folded(text)):
        for topic in owners[hit.entry]:
            counts[topic] = counts.get(topic, 0) + 1
    return tuple(sorted(counts, key=lambda topic: (-counts[topic], topic)))


def topics_of_article(article: Article) -> tuple[str, ...]:
    """The service areas an article is mainly about: at most two, from its title, or the opening of its text where the title names none.

    They are what its report counts for in the series of the topics (`bursts.py`)."""
    return (topics_of(article.title) or topics_of(article.text[:_OPENING]))[:_MOST]
