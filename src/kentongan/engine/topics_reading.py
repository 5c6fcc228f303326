"""The list of topics that an office wrote, read and checked: YAML in the form of `data/topics.yaml`, with names of its own topics.

    names: {parks: {id: Taman kota, vi: Công viên, en: Parks}}
    services:
      parks: {id: [taman kota], vi: [công viên], en: [park]}
    not: {en: [car park]}

A part that is left out is the one that comes with the program. What is wrong is said with its line and what to do: the list is written by
people. Nothing of YAML is kept but text: no reference that is written once and read a thousand times, no number that was meant as a word.

Does not decide whether a word names a private person (`query_names.judge`): that hangs on what the office knows of its places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from typing import Any, Literal, cast, get_args

import yaml

from kentongan.engine.lexicon import folded, word_list
from kentongan.engine.records import Language
from kentongan.engine.topics import KINDS, Lists
from kentongan.errors import InputError

LONGEST, LONGEST_WORD, LONGEST_NAME = 200_000, 80, 60
MOST_TOPICS, MOST_WORDS = 60, 10_000
LANGUAGES = tuple(one for one in get_args(Language) if one != "other")
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,19}")
_RESERVED = "none"
"""What a label says of an item without a topic."""
_TEXT = frozenset({"tag:yaml.org,2002:str", "tag:yaml.org,2002:bool"})
"""YAML takes a bare `no` or `on` for a truth value; here it is a word."""
Code = Literal[
    "long", "yaml", "parts", "twice", "reference", "mapping", "words", "text", "letters", "word", "code", "language", "topics", "all",
    "unknown", "name",
]  # fmt: skip
SAID: dict[Code, str] = {
    "long": "The list of topics is longer than {longest} characters. Shorten it.",
    "yaml": "Line {line} of the list of topics is no YAML. Look there for indentation, quotation marks and brackets.",
    "parts": "Line {line}: the list of topics has one or more of the parts names, aspects, services and not, and nothing else.",
    "twice": "Line {line} of the list of topics: “{name}” stands there twice. Make one of the two.",
    "reference": "Line {line} of the list of topics: references (& and *) are not read. Write the words out.",
    "mapping": "Line {line} of the list of topics: below “{name}” come names, each with a colon and what belongs to it.",
    "words": "Line {line} of the list of topics: “{name}” needs a list of words in brackets, such as [taman, kebun].",
    "text": "Line {line} of the list of topics: “{name}” is read as a number or a date. Put it in quotation marks.",
    "letters": "Line {line} of the list of topics: “{name}” needs two letters or digits at least; so short a word stands everywhere.",
    "word": "Line {line} of the list of topics: a word is longer than {word} characters. Shorten it.",
    "code": "Line {line} of the list of topics: “{name}” is no code. Use small letters, digits, - and _, 20 at most, and not “none”.",
    "language": "Line {line} of the list of topics: “{name}” is no language of the list. Use one of {languages}.",
    "topics": "Line {line} of the list of topics: more than {topics} topics. Join some of them.",
    "all": "The list of topics has more than {words} words and phrases. Leave the rarest out.",
    "unknown": "Line {line} of the list of topics: “{name}” has a name and no words. Write its words under services, or take the name out.",
    "name": "Line {line} of the list of topics: a name is text of 1 to {longest_name} characters.",
}
"""What can be wrong, with the remedy. The office says it in the reader's language."""
LIMITS: dict[str, Any] = {
    "longest": LONGEST, "word": LONGEST_WORD, "longest_name": LONGEST_NAME, "topics": MOST_TOPICS, "words": MOST_WORDS,
    "languages": ", ".join(LANGUAGES),
}  # fmt: skip


class Unfit(InputError):
    """A list that does not keep the form: `code` of SAID, the line (counted from 1, 0 where it is of the whole), what stands there."""

    def __init__(self, code: Code, line: int = 0, name: str = "") -> None:
        super().__init__(SAID[code].format(line=line, name=name[:60], **LIMITS), subject="topics")
        self.code, self.line, self.name = code, line, name[:60]


def shipped_text() -> str:
    """The list that comes with the program, as it is written."""
    return resources.files("kentongan.engine").joinpath("data", "topics.yaml").read_text(encoding="utf-8")


def lists_from(text: str) -> Lists:
    """The lists an office wrote; a part left out is the shipped one. Raises `Unfit` with the line and the remedy."""
    return _Reading().read(text)


def lines_of(text: str) -> dict[str, int]:
    """Each word and name of a list that reads, with the line where it stands first."""
    reading = _Reading()
    reading.read(text)
    return reading.lines


class _Reading:
    """One reading of one list."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self._passed: set[int] = set()
        self._words = 0

    def read(self, text: str) -> Lists:
        if len(text) > LONGEST:
            raise Unfit("long")
        try:
            return self._lists(cast(Any, yaml).compose(text, Loader=yaml.SafeLoader))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            raise Unfit("yaml", mark.line + 1 if mark is not None else _line_at(text, error)) from error
        except RecursionError as error:
            raise Unfit("yaml", 1) from error

    def _lists(self, node: Any) -> Lists:
        if not isinstance(node, yaml.MappingNode) or not node.value:
            raise Unfit("parts", _line(node))
        parts: dict[str, Any] = {}
        for key, value in self._below(node, "topics"):
            if key.value not in {*KINDS, "not", "names"}:
                raise Unfit("parts", _line(key))
            parts[key.value] = value
        data = {kind: self._topics(parts[kind], kind) for kind in KINDS if kind in parts}
        if "not" in parts:
            data["not"] = {self._language(key): self._list(value, "not") for key, value in self._below(parts["not"], "not")}
        whole = {**word_list("topics"), **data}
        return Lists(whole, self._names(parts.get("names"), {topic for kind in KINDS for topic in whole[kind]}))

    def _topics(self, node: Any, part: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in self._below(node, part):
            if not _CODE.fullmatch(key.value) or key.value == _RESERVED:
                raise Unfit("code", _line(key), key.value)
            found[key.value] = {self._language(one): self._list(words, key.value) for one, words in self._below(value, key.value)}
            if not any(found[key.value].values()):
                raise Unfit("words", _line(key), key.value)
            if len(found) > MOST_TOPICS:
                raise Unfit("topics", _line(key))
        return found

    def _names(self, node: Any, topics: set[str]) -> dict[str, dict[str, str]]:
        names: dict[str, dict[str, str]] = {}
        for key, value in self._below(node, "names") if node is not None else ():
            if key.value not in topics:
                raise Unfit("unknown", _line(key), key.value)
            said = {self._language(one): (name.value if isinstance(name, yaml.ScalarNode) else "", name) for one, name in
                    self._below(value, key.value)}  # fmt: skip
            for name, where in said.values():
                if not 1 <= len(" ".join(name.split())) <= LONGEST_NAME or where.tag not in _TEXT:
                    raise Unfit("name", _line(where))
                self.lines.setdefault(name, _line(where))
            names[key.value] = {language: " ".join(name.split()) for language, (name, _) in said.items()}
        return names

    def _below(self, node: Any, name: str) -> Iterator[tuple[Any, Any]]:
        """The pairs of a mapping, none of whose keys stands twice."""
        if not isinstance(node, yaml.MappingNode):
            raise Unfit("mapping", _line(node), name)
        self._pass(node)
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Unfit("mapping", _line(key), name)
            if key.value in seen:
                raise Unfit("twice", _line(key), key.value)
            seen.add(key.value)
            yield key, value

    def _pass(self, node: Any) -> None:
        """A node is read once: a reference would be read as often as it stands, and one inside another without end."""
        if id(node) in self._passed:
            raise Unfit("reference", _line(node))
        self._passed.add(id(node))

    def _list(self, node: Any, name: str) -> list[Any]:
        """Words in a list, or in lists inside it."""
        if not isinstance(node, yaml.SequenceNode):
            raise Unfit("words", _line(node), name)
        self._pass(node)
        return [self._list(one, name) if isinstance(one, yaml.SequenceNode) else self._word(one, name) for one in node.value]

    def _word(self, node: Any, name: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise Unfit("words", _line(node), name)
        if node.tag not in _TEXT and node.value:
            raise Unfit("text", _line(node), node.value)
        word = folded(node.value)
        if sum(letter.isalnum() for letter in word) < 2:
            raise Unfit("letters" if word else "words", _line(node), word or name)
        if len(word) > LONGEST_WORD:
            raise Unfit("word", _line(node))
        self._words += 1
        if self._words > MOST_WORDS:
            raise Unfit("all")
        self.lines.setdefault(node.value, _line(node))
        return str(node.value)

    @staticmethod
    def _language(key: Any) -> str:
        if key.value not in LANGUAGES:
            raise Unfit("language", _line(key), key.value)
        return str(key.value)


def _line(node: Any) -> int:
    return node.start_mark.line + 1 if node is not None else 1


def _line_at(text: str, error: yaml.YAMLError) -> int:
    """The line of a character that YAML does not allow."""
    at = getattr(error, "position", 0)
    return text.count("\n", 0, at if isinstance(at, int) else 0) + 1
