"""How many names of persons would be hidden, and how much else, on sentences tagged by hand.

A line is `{lang, tokens, tags}` with IOB2 tags; NAME, PER, PPL and PERSON mean a person. The tokens are joined by blanks and given to
the tagger as text. A name counts as hidden when all its words are (`recall`); a stretch that was hidden counts as right when all its
words are words of names (`precision`). The same by word: `token_recall`, `token_precision`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kentongan.engine.names import NameTagger, Span, load_tagger
from kentongan.errors import FileError
from kentongan.measure.form import Evaluation, read_jsonl

PERSON_TAGS = frozenset({"NAME", "PER", "PPL", "PERSON"})


@dataclass(slots=True)
class _Count:
    names: int = 0
    hidden: int = 0
    stretches: int = 0
    right: int = 0
    words: int = 0
    words_found: int = 0
    words_right: int = 0


def evaluate(files: Sequence[Path], tagger: NameTagger | None = None) -> Evaluation:
    """Recall and precision over all lines of the files. `n` is the number of sentences."""
    chosen = tagger or load_tagger()
    count = _Count()
    sentences = 0
    for path in files:
        for number, row in enumerate(read_jsonl(path), start=1):
            tokens, persons = _read(row, path, number)
            sentences += 1
            places = places_of(tokens)
            _add(count, places, persons, chosen.spans(" ".join(tokens)))
    return Evaluation(
        sentences,
        {
            "recall": _share(count.hidden, count.names),
            "precision": _share(count.right, count.stretches),
            "token_recall": _share(count.words_right, count.words),
            "token_precision": _share(count.words_right, count.words_found),
            "names": count.names,
        },
    )


def places_of(tokens: Sequence[str]) -> list[Span]:
    """Where each token stands once all are joined by blanks."""
    places: list[Span] = []
    at = 0
    for token in tokens:
        places.append((at, at + len(token)))
        at += len(token) + 1
    return places


def _read(row: dict[str, Any], path: Path, number: int) -> tuple[list[str], list[str]]:
    """Tokens, and for each `B`, `I` or empty as it begins, continues or is no person."""
    tokens, tags = row.get("tokens"), row.get("tags")
    if not isinstance(tokens, list) or not isinstance(tags, list) or len(tokens) != len(tags):
        raise FileError(f"{path.name}: line {number} needs `tokens` and as many `tags`", subject=str(path), line=number)
    return tokens, [tag[0] if tag[2:] in PERSON_TAGS else "" for tag in tags]


def _add(count: _Count, places: Sequence[Span], persons: Sequence[str], spans: Sequence[Span]) -> None:
    hit = {i for i, (start, end) in enumerate(places) if any(start < b and end > a for a, b in spans)}
    truth = {i for i, person in enumerate(persons) if person}
    count.words += len(truth)
    count.words_found += len(hit)
    count.words_right += len(hit & truth)
    for first in (i for i, person in enumerate(persons) if person == "B"):
        last = first + 1
        while last < len(persons) and persons[last] == "I":
            last += 1
        count.names += 1
        count.hidden += hit.issuperset(range(first, last))
    for a, b in spans:
        count.stretches += 1
        count.right += all(i in truth for i, (start, end) in enumerate(places) if start < b and end > a)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
