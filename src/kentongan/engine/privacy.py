"""Hide personal data before anything is stored; and turn an author into a key that cannot be turned back.

Observed. Posts, field reports and now and then an article carry numbers and names of private people. Kentongan watches issues and
claims, never people; so what is not needed must never reach the disk.

Method. `hide` replaces every identifier (`identifiers.py`) by a typed mark in place, such as `⟦phone⟧`, in every kind of source; in
public posts and field reports also the names of persons (`names.py`), which press and official articles keep, since there they are
part of the public record. Everything else stays character for character. Hiding is repeated until nothing is found, so
`hide(hide(x)) == hide(x)` holds by construction: a mark can never be read as part of a new number for long.

Why brackets ⟦ ⟧. They do not occur in news, survive HTML and JSON, and screens can show each kind in the reader's language.

Handles are hidden in every kind of source, an agency's own too: the text does not say whose handle it is, and the source's name and
address are stored beside it anyway.

Known failures: those of the two finders. A mark is not a promise of anonymity: who knows the case may still know the person.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from kentongan.engine.identifiers import IdentifierKind, find_identifiers
from kentongan.engine.names import NameTagger
from kentongan.engine.records import SourceKind

MarkKind = Literal[IdentifierKind, "name"]
MARK_KINDS: tuple[MarkKind, ...] = (*get_args(IdentifierKind), "name")
_MARK = re.compile("⟦(" + "|".join(MARK_KINDS) + ")⟧")
_SHORTEST_SALT = 16
_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark in a hidden text: what it stands for and where, in characters of the new text."""

    kind: MarkKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """A text fit to be stored, with its marks in order and how many there are of each kind."""

    text: str
    marks: tuple[Mark, ...]
    counts: Mapping[MarkKind, int]


def mark_text(kind: MarkKind) -> str:
    """How a mark is written in a text."""
    return f"⟦{kind}⟧"


def find_marks(text: str) -> tuple[Mark, ...]:
    """The marks that stand in a text; screens use it to show them in the reader's language."""
    marks: list[Mark] = []
    for match in _MARK.finditer(text):
        marks.append(Mark(match.group(1), match.start(), match.end()))  # type: ignore[arg-type]
    return tuple(marks)


def hide(text: str, *, source_kind: SourceKind, names: NameTagger | None = None) -> Hidden:
    """The text with personal data replaced by typed marks.

    Field reports count as `public`. Without a tagger no names are hidden, so callers that store public posts must give one.
    """
    current = text
    while True:
        after = _hide_once(current, names if source_kind == "public" else None)
        if after == current:
            break
        current = after
    marks = find_marks(current)
    counts: dict[MarkKind, int] = {}
    for mark in marks:
        counts[mark.kind] = counts.get(mark.kind, 0) + 1
    return Hidden(current, marks, counts)


def _hide_once(text: str, names: NameTagger | None) -> str:
    spans: list[tuple[int, int, MarkKind]] = [(one.start, one.end, one.kind) for one in find_identifiers(text)]
    if spans or names is None:
        return _replace(text, spans)
    standing = find_marks(text)
    return _replace(
        text,
        ((start, end, "name") for start, end in names.spans(text) if all(end <= mark.start or start >= mark.end for mark in standing)),
    )


def _replace(text: str, spans: Iterable[tuple[int, int, MarkKind]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end, kind in spans:
        pieces += (text[at:start], mark_text(kind))
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def author_key(author: str, *, salt: bytes) -> str:
    """A keyed hash (BLAKE2b, 32 hex digits) that stands for the author of a public post.

    Its one caller counts the voices of a story and lets the key go (`office/listening/voices.py`). The salt must belong to one office and
    one month and be destroyed when the month is over; only then can nobody, with the database and this code in hand, link two months or
    test a guessed name. Upper and lower case and a leading @ make no difference.
    Raises ValueError for an empty author or a salt shorter than 16 bytes.
    """
    name = author.strip().removeprefix("@").casefold()
    if not name:
        raise ValueError("author must not be empty")
    if len(salt) < _SHORTEST_SALT:
        raise ValueError(f"salt must have at least {_SHORTEST_SALT} bytes")
    key = hashlib.blake2b(salt, digest_size=64).digest()
    return hashlib.blake2b(name.encode(), key=key, digest_size=_KEY_BYTES).hexdigest()
