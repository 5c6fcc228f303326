"""Pairs of sentences that make the same claim, and pairs that do not, from sets in three forms.

    {id, id_text, en_text, jv_text, su_text}   one sentence in several languages: a translation makes the same claim
    {lang, evidence, claim, label}             `supported`: the longer sentence makes the claim in other words; `contradicted` and
                                               `unrelated`: written by people to look as if it did
    {lang, passage, evidence, question}        the same passages and questions, line by line, in two languages: each with its translation;
                                               of a passage with as many sentences in both, each sentence too

Every sentence is also held against the nearest of the others (by centred cosine), the hardest that chance offers: kind `other`. A pair is
of part 0 or 1 by the hash of its group (a row, a passage, an evidence), so that what is chosen on one part is reported on the other.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from kentongan.engine.claims_facts import Facts, facts_of
from kentongan.engine.claims_match import NEIGHBOURS, Side, usual
from kentongan.engine.language import LANGUAGES
from kentongan.engine.records import Language
from kentongan.engine.sentences import spans
from kentongan.engine.vectors import Embedder, FloatArray, prior_centres
from kentongan.errors import FileError, InputError
from kentongan.measure.form import read_jsonl

NEAREST = 3
"""How many of the nearest other sentences each one is held against."""
CHARACTERS = 300
Text = tuple[Language, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences; `same` says whether they make the same claim; `kind` where the pair comes from."""

    left: Text
    right: Text
    same: bool
    kind: str
    group: str

    @property
    def asks(self) -> bool:
        """Whether these are questions, which claim nothing."""
        return self.kind.endswith("questions")

    @property
    def part(self) -> int:
        """0 or 1: all pairs of a group fall to one part."""
        return int(hashlib.sha256(self.group.encode()).hexdigest(), 16) % 2


class Sides:
    """The sides of sentences, each embedded once; what is usual is measured among those it was given.

    A sentence's own likes do not count among the usual, as if they had never been heard: most new claims have no like, and a measure
    with the right answer always at hand would flatter the wrong ones' distance.
    """

    def __init__(self, told: Sequence[Pair], embedder: Embedder) -> None:
        self._texts = list(dict.fromkeys(text for pair in told for text in (pair.left, pair.right)))
        self._likes: dict[Text, set[Text]] = {}
        for pair in told:
            if pair.same:
                self._likes.setdefault(pair.left, set()).add(pair.right)
                self._likes.setdefault(pair.right, set()).add(pair.left)
        raw = embedder.embed([text for _, text in self._texts])
        centres = prior_centres()
        self._raw = dict(zip(self._texts, raw, strict=True))
        self._centred = {text: centres.centred(vector, text[0]) for text, vector in self._raw.items()}
        self._facts: dict[Text, Facts] = {text: facts_of(text[1], text[0]) for text in self._texts}
        self._by_language: dict[Language, tuple[list[Text], FloatArray]] = {}
        spoken: list[Language] = [text[0] for text in self._texts]
        for language in dict.fromkeys(spoken):
            mine = [text for text in self._texts if text[0] == language]
            self._by_language[language] = (mine, np.stack([self._centred[text] for text in mine]))

    def nearest(self, text: Text, language: Language, count: int, but: Sequence[Text] = ()) -> list[Text]:
        """The nearest other sentences of a language, best first."""
        texts, rows = self._by_language[language]
        order = np.argsort(-(rows @ self._centred[text]), kind="stable")[: count + len(but) + 1]
        found = [texts[place] for place in order.tolist() if texts[place] != text and texts[place] not in but]
        return found[:count]

    def pair(self, one: Pair) -> tuple[Side, Side]:
        """The two sides of a pair, each with what it usually has with sentences of the other's language but the other."""
        return self._side(one.left, one.right), self._side(one.right, one.left)

    def raw_cosine(self, one: Pair) -> float:
        """The cosine of the vectors as the model gives them."""
        return float(np.dot(self._raw[one.left], self._raw[one.right]))

    def _side(self, text: Text, facing: Text) -> Side:
        near = [self._centred[other] for other in self.nearest(text, facing[0], NEIGHBOURS, (facing, *self._likes.get(text, ())))]
        return Side(self._facts[text], self._centred[text], usual(self._centred[text], near))


@dataclass(frozen=True, slots=True)
class Draw:
    """How many rows of a file are taken, drawn with a seed: of facts with claims, and of translated sentences. Passages are taken whole."""

    facts: tuple[int, int]
    translated: tuple[int, int]

    def of(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows drawn, all where there are fewer."""
        if not rows or "question" in rows[0]:
            return rows
        count, seed = self.facts if "claim" in rows[0] else self.translated
        shuffled = list(rows)
        random.Random(seed).shuffle(shuffled)
        return shuffled[:count]


def pairs_of(files: Sequence[Path], embedder: Embedder, draw: Draw | None = None, questions: bool = True) -> tuple[list[Pair], Sides]:
    """All pairs of the files and the sides of their sentences; of the rows `draw` takes, where one is given.

    Raises FileError where a file has none of the three forms, InputError where a set of questions stands alone.
    """
    told: list[Pair] = []
    asked: dict[Language, list[dict[str, Any]]] = {}
    for path in files:
        rows = list(read_jsonl(path))
        rows = draw.of(rows) if draw is not None else rows
        if rows and "question" in rows[0]:
            asked.setdefault(_language(rows[0].get("lang")), []).extend(rows)
        else:
            told += _of_rows(path, rows)
    if len(asked) == 1:
        raise InputError("Questions are paired line by line with the same in another language: give both files.", subject="files")
    for one, other in combinations(sorted(asked, key=str), 2):
        told += [pair for pair in _translated(one, asked[one], other, asked[other]) if questions or not pair.asks]
    sides = Sides(told, embedder)
    return [*told, *_others(told, sides)], sides


def _of_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> Iterator[Pair]:
    for number, row in enumerate(rows, start=1):
        if "evidence" in row and "claim" in row:
            language = _language(row.get("lang"))
            left, right = _text(language, row["evidence"]), _text(language, row["claim"])
            yield Pair(left, right, row["label"] == "supported", str(row["label"]), left[1])
        elif any(f"{language}_text" in row for language in LANGUAGES):
            languages: list[Language] = [language for language in LANGUAGES if f"{language}_text" in row]
            for one, other in combinations(languages, 2):
                yield Pair(
                    _text(one, row[f"{one}_text"]), _text(other, row[f"{other}_text"]), True, f"{one}-{other}", str(row.get("id", number))
                )
        else:
            raise FileError(f"{path.name}: line {number} has no sentences that can be paired.", subject=str(path), line=number)


def _translated(one: Language, left: Sequence[Mapping[str, Any]], other: Language, right: Sequence[Mapping[str, Any]]) -> Iterator[Pair]:
    """Questions and sentences of passages with their translations; a group is an article, the part of a passage's name before the dash."""
    done: set[str] = set()
    for row, same in zip(left, right, strict=False):
        passage = str(row["passage"])
        if passage != str(same["passage"]):
            continue
        group = passage.partition("-")[0]
        yield Pair(_text(one, row["question"]), _text(other, same["question"]), True, f"{one}-{other} questions", group)
        if passage in done:
            continue
        done.add(passage)
        here, there = ([text[start:end] for start, end in spans(text)] for text in (str(row["evidence"]), str(same["evidence"])))
        if len(here) == len(there):
            yield from (Pair(_text(one, a), _text(other, b), True, f"{one}-{other}", group) for a, b in zip(here, there, strict=True))


def _others(told: Sequence[Pair], sides: Sides) -> Iterator[Pair]:
    """Each left sentence with the nearest of the right ones that are not said to be its like."""
    facing: dict[tuple[Text, Language, str, str], list[Text]] = {}
    for pair in told:
        facing.setdefault((pair.left, pair.right[0], pair.kind if "-" in pair.kind else "", pair.group), []).append(pair.right)
    for (left, language, kind, group), rights in facing.items():
        for other in sides.nearest(left, language, NEAREST, rights):
            yield Pair(left, other, False, f"other {kind}".strip(), group)


def _language(code: object) -> Language:
    for known in LANGUAGES:
        if known == code:
            return known
    return "other"


def _text(language: Language, text: object) -> Text:
    return language, " ".join(str(text).split())[:CHARACTERS].rstrip()
