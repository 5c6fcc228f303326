"""What differs between two versions of a statement, sentence by sentence and word by word. Pure: texts in, pieces to show out.

Sentences are matched by their keys, which survive editing; only the words inside one are compared here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from kentongan.engine.alignment import Former

Kind = Literal["same", "changed", "new", "gone"]
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
MOST_TOKENS = 1_500
"""A sentence of more words and signs is shown whole twice: comparing takes their product."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand in both ("same"), only in the new sentence ("new") or only in the former ("gone")."""

    text: str
    mark: Literal["same", "new", "gone"] = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence in the order of the new version; what is gone stands after the sentence it stood after."""

    kind: Kind
    key: str
    pieces: tuple[Piece, ...]


def between(old: Sequence[Former], new: Sequence[Former]) -> list[Change]:
    """Every sentence of both versions."""
    before, after = {one.id: one.text for one in old}, {one.id for one in new}
    gone_after: dict[str, list[Former]] = {}
    last = ""
    for one in old:
        if one.id in after:
            last = one.id
        else:
            gone_after.setdefault(last, []).append(one)
    out = [_gone(one) for one in gone_after.get("", ())]
    for one in new:
        out.append(_change(one, before.get(one.id)))
        out += [_gone(former) for former in gone_after.get(one.id, ())]
    return out


def differs(changes: Sequence[Change]) -> bool:
    """Whether anything does."""
    return any(one.kind != "same" for one in changes)


def words_between(old: str, new: str) -> tuple[Piece, ...]:
    """The words of two sentences, each once, in the order in which they are read."""
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(left), len(right)) > MOST_TOKENS:
        return (Piece(old, "gone"), Piece(new, "new"))
    out: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if what == "equal":
            out.append(Piece("".join(left[a:b])))
            continue
        out += [Piece("".join(left[a:b]), "gone")] if b > a else []
        out += [Piece("".join(right[c:d]), "new")] if d > c else []
    return tuple(out)


def _change(one: Former, former: str | None) -> Change:
    if former is None:
        return Change("new", one.id, (Piece(one.text, "new"),))
    if former == one.text:
        return Change("same", one.id, (Piece(one.text),))
    return Change("changed", one.id, words_between(former, one.text))


def _gone(one: Former) -> Change:
    return Change("gone", one.id, (Piece(one.text, "gone"),))
