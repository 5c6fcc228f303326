"""What a text is about: aspects of a public matter and service areas of a city (`data/topics.yaml`). Thin: word
lists, no model.

The aspects follow the infodemic taxonomy of WHO (EARS 2020: cause, illness, intervention, treatment, information)
carried over to any city matter. A word of two senses is hidden by the phrases under `not` (`jalan pintas` is no road,
`yêu cầu` no bridge): the longest phrase wins and belongs to no topic. An office may bring its own list (`lists_from`);
topics of its own have names of its own.

Known failures: senses nobody wrote under `not`; a word inside the name of a place (`Sungai Penuh`); nothing is said
about a text without a listed word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, cast

import yaml

from kentongan.engine.lexicon import Finder, folded, word_list
from kentongan.engine.records import Article
from kentongan.errors import InputError

_OPENING, _MOST = 200, 2
_LONGEST_LIST = 200_000
Kind = Literal["aspects", "services"]
KINDS: tuple[Kind, ...] = ("aspects", "services")
_PARTS = frozenset({*KINDS, "not"})


class Lists:
    """Topics by their words, ready to be found. Immutable; safe to share."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._owners = {kind: _owners(data[kind], data["not"]) for kind in KINDS}
        self._finders = {kind: Finder(owners) for kind, owners in self._owners.items()}

    def topics(self, kind: Kind) -> tuple[str, ...]:
        """Every topic of a kind, by name."""
        return tuple(sorted({topic for owners in self._owners[kind].values() for topic in owners}))

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


def lists_from(text: str) -> Lists:
    """The lists an office wrote, in the form of `data/topics.yaml`; a part left out is the shipped one.

    Raises InputError that says where the form is not kept.
    """
    try:
        data: Any = yaml.safe_load(text) if len(text) <= _LONGEST_LIST else None
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"The list of topics is no YAML: {error}", subject="topics") from error
    if not isinstance(data, dict) or not data or not _PARTS.issuperset(cast("dict[Any, Any]", data)):
        raise InputError("The list of topics needs one of “aspects”, “services” and “not”, and nothing else.", subject="topics")
    parts = cast("dict[str, Any]", data)
    for kind in KINDS:
        for topic, languages in _mapping(parts.get(kind, {}), kind).items():
            for language, words in _mapping(languages, topic).items():
                _check_words(words, f"{topic}/{language}")
    for language, groups in _mapping(parts.get("not", {}), "not").items():
        _check_words(groups, f"not/{language}")
    return Lists({**word_list("topics"), **parts})


def _mapping(value: Any, name: object) -> Mapping[Any, Any]:
    if not isinstance(value, dict):
        raise InputError(f"The list of topics: “{name}” needs names with lists below them.", subject="topics")
    return cast("Mapping[Any, Any]", value)


def _check_words(value: Any, name: str) -> None:
    """Words in a list, or in lists inside it."""
    words = cast("list[Any]", value) if isinstance(value, list) else [None]
    for word in words:
        if isinstance(word, list):
            _check_words(word, name)
        elif not isinstance(word, str) or not folded(word):
            raise InputError(f"The list of topics: “{name}” needs a list of words, none of them empty.", subject="topics")


def topics_of(text: str, kind: Kind = "services", lists: Lists | None = None) -> tuple[str, ...]:
    """The topics a text names, those with most words first, equal ones by name; empty where none is named.

    `lists` are the office's own, the shipped ones where none are given.
    """
    counts = (lists or shipped_lists()).counts(text, kind)
    return tuple(sorted(counts, key=lambda topic: (-counts[topic], topic)))


def topics_of_article(article: Article, lists: Lists | None = None) -> tuple[str, ...]:
    """The service areas an article is mainly about: at most two, from its title, or the opening of its text where the title names none.

    They are what its report counts for in the series of the topics (`bursts.py`)."""
    return (topics_of(article.title, lists=lists) or topics_of(article.text[:_OPENING], lists=lists))[:_MOST]
