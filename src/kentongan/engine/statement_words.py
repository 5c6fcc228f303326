"""Finding the words of `data/statement_words.yaml` in a sentence, and reading from its words what a sentence is there for."""

from __future__ import annotations

import re
from functools import cache

from kentongan.engine.lexicon import Finder, folded, word_list
from kentongan.engine.statement_records import Line, Section, Tongue

_WORD = re.compile(r"\w+(?:[.,:’'-]\w+)*")
_OPENERS = ' "“‘(-–•'
_FELT: frozenset[Section] = frozenset({"greeting", "care", "apology", "next_update", "contact", "instruction", "question", "ask"})


def words_in(text: str) -> list[str]:
    """The words of a text as they are counted for length; `1.200` and `15.00` are one, in Vietnamese every syllable is."""
    return _WORD.findall(text)


@cache
def _finder(name: str, language: Tongue) -> tuple[Finder, frozenset[str]]:
    part, _, sub = name.partition(".")
    lists = word_list("statement_words")[part]
    wanted = frozenset(folded(word) for word in (lists[sub] if sub else lists)[language])
    traps = lists.get("traps", {}).get(language, [])
    return Finder([*wanted, *traps]), wanted


def found(name: str, text: str, language: Tongue) -> list[str]:
    """The entries of a list that stand in a text, in order; a trap hides the word inside it."""
    finder, wanted = _finder(name, language)
    return [hit.entry for hit in finder.find(folded(text)) if hit.entry in wanted]


def last_found(name: str, text: str, language: Tongue) -> int:
    """Where the last entry of a list ends in a text that is folded already; -1 for none."""
    finder, wanted = _finder(name, language)
    return max((hit.end for hit in finder.find(text) if hit.entry in wanted), default=-1)


def instructs(line: Line, language: Tongue) -> bool:
    """Whether a sentence says what people should do."""
    if line.section:
        return line.section == "instruction"
    if found("instruct.anywhere", line.text, language):
        return True
    finder, wanted = _finder("instruct.first", language)
    return any(hit.start == 0 and hit.entry in wanted for hit in finder.find(folded(line.text).lstrip(_OPENERS)))


def updates(line: Line, language: Tongue) -> bool:
    """Whether a sentence says when the next update comes."""
    return line.section == "next_update" if line.section else bool(found("update", line.text, language))


def tells_nothing_checkable(line: Line, language: Tongue) -> bool:
    """Whether a sentence asks, advises, feels or thanks, so that no source could bear it out."""
    if line.section in _FELT or "?" in line.text:
        return True
    if line.section:
        return False
    return instructs(line, language) or updates(line, language) or bool(found("care", line.text, language))
