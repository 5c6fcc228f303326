"""What a text is about: aspects of a public matter and service areas of a city (`data/topics.yaml`). Thin: word
lists, no model.

The aspects follow the infodemic taxonomy of WHO (EARS 2020: cause, illness, intervention, treatment, information)
carried over to any city matter. A word of two senses is hidden by the phrases under `not` (`jalan pintas` is no road,
`yêu cầu` no bridge): the longest phrase wins and belongs to no topic. An office may bring its own list (`lists_from`);
topics of its own have names of its own.

Known failures: senses nobody wrote under `not`; a word inside the name of a place (`Sungai Penuh`); nothing is said
about a text without a listed word."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, cast

from kentongan.engine.lexicon import Finder, folded, word_list
from kentongan.engine.records import Article

OPENING, _MOST = 200, 2
"""Letters of a text, and topics of an item, that count."""
Kind = Literal["aspects", "services"]
KINDS: tuple[Kind, ...] = ("aspects", "services")
Words = Mapping[str, tuple[str, ...]]
"""Words by language."""


class Lists:
    """Topics by their words, ready to be found. Immutable; safe to share. `names` are what an office calls its topics, by language."""

    def __init__(self, data: Mapping[str, Any], names: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._data = data
        self.names: Mapping[str, Mapping[str, str]] = names or {}
        self._owners = {kind: _owners(data[kind], data["not"]) for kind in KINDS}
        self._finders = {kind: Finder(owners) for kind, owners in self._owners.items()}

    def topics(self, kind: Kind) -> tuple[str, ...]:
        """Every topic of a kind, by name."""
        return tuple(sorted({topic for owners in self._owners[kind].values() for topic in owners}))

    def words(self, kind: Kind) -> dict[str, Words]:
        """The words of every topic of a kind by language, as they were written."""
        return {topic: {one: tuple(_words(words)) for one, words in languages.items()} for topic, languages in self._data[kind].items()}

    @property
    def hidden(self) -> Words:
        """The phrases in which a word has another sense, by language."""
        return {language: tuple(_words(groups)) for language, groups in self._data["not"].items()}

    @property
    def digest(self) -> str:
        """What the words are, as a short text: equal lists find the same in every text. Names change nothing."""
        said = [[sorted(owners.items()) for owners in self._owners.values()]]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]

    def counts(self, text: str, kind: Kind) -> dict[str, int]:
        """How many words of each topic stand in a text."""
        counts: dict[str, int] = {}
        for hit in self._finders[kind].find(folded(text)):
            for topic in self._owners[kind][hit.entry]:
                counts[topic] = counts.get(topic, 0) + 1
        return counts


def _owners(topics: Mapping[str, Any], excluded: Any) -> dict[str, tuple[str, ...]]:
    """The topics of every word; none for a phrase that only hides a word inside it."""
    owners: dict[str, tuple[str, ...]] = {folded(phrase): () for phrase in _words(excluded)}
    for topic, languages in topics.items():
        for word in _words(languages):
            known = owners.get(folded(word), ())
            owners[folded(word)] = known if topic in known else (*known, topic)
    return owners


def _words(value: Any) -> Iterator[str]:
    """The words of a list however deep it is nested."""
    if isinstance(value, str):
        yield value
    else:
        parts = cast("Mapping[Any, Any]", value).values() if isinstance(value, Mapping) else value
        for part in parts:
            yield from _words(part)


@cache
def shipped_lists() -> Lists:
    """The lists that come with the program."""
    return Lists(word_list("topics"))


def topics_of(text: str, kind: Kind = "services", lists: Lists | None = None) -> tuple[str, ...]:
    """The topics a text names, those with most words first, equal ones by name; empty where none is named.

    `lists` are the office's own, the shipped ones where none are given.
    """
    counts = (lists or shipped_lists()).counts(text, kind)
    return tuple(sorted(counts, key=lambda topic: (-counts[topic], topic)))


def topics_of_item(title: str, text: str, lists: Lists | None = None) -> tuple[str, ...]:
    """The service areas an item is mainly about: at most two, from its title, or the opening of its text where the title names none."""
    return (topics_of(title, lists=lists) or topics_of(text[:OPENING], lists=lists))[:_MOST]


def main_topic(title: str, text: str, lists: Lists | None = None) -> str:
    """The first of them, "" for none."""
    return next(iter(topics_of_item(title, text, lists)), "")


def topics_of_article(article: Article, lists: Lists | None = None) -> tuple[str, ...]:
    """What an article is mainly about: what its report counts for in the series of the topics (`bursts.py`)."""
    return topics_of_item(article.title, article.text, lists)


def aspects_of_item(title: str, text: str, lists: Lists | None = None) -> tuple[str, ...]:
    """What an item says of its matter: the aspects that its title or the opening of its text names, in no order that means anything."""
    return topics_of(f"{title}. {text[:OPENING]}", "aspects", lists)
