"""Sentences of a text, each with where it stands: `text[start:end]` is the sentence, always.

Observed in Indonesian, Vietnamese and English news: full stops inside numbers (`1.200`, `Rp 1.3 T`), after
abbreviations (`Jl.`, `TP. HCM`, `Mr.`), initials (`A. B. Nasution`), web names; quotations that end in `."` or `.”`;
a dateline before the first sentence (`JAKARTA, KOMPAS.com -`); line breaks between paragraphs, sometimes in the
middle of none. Method: a line break ends a sentence; `.`, `!`, `?`, `…` end one where closing quotes or brackets may
follow, then white space, then something that can begin a sentence (no lower case letter), and the word before a full
stop is no abbreviation, initial or number of a list.

Known failures: a sentence that begins in lower case is joined to the one before; `No. 5` at the very end of a
sentence joins two. Two sentences joined are shown whole; a sentence cut in half would misquote, so the doubt goes to
joining.

Reading: Kiss & Strunk 2006 (Punkt); lists were enough here, and need no training text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"(?<![.!?…])([.!?…]+)([\"'”’»)\]]*)(?=\s)")
_NEXT = re.compile(r"\s*(\S?)")
_WORD_BEFORE = re.compile(r"(?<!\S)\S+$")
_REACH = 40
"""Characters before a mark that are read for the word it follows: no abbreviation is longer, and a text of marks alone stays cheap."""
_LIST = """
    jl jln gg no tel telp kel kec kab prov ds dr drs dra ir prof h hj kh rm tn ny sdr mpd rp dll dsb dst tsb yth a.n u.p s.d d.a pt cv
    tbk ltd inc co vs mr mrs ms jr sr sgt lt capt rev gov tp q p ths ts gs pgs bs cn đ/c vnđ st ave blvd approx fig vol
    jan feb mar apr jun jul aug agt ags sep sept oct okt nov dec des e.g i.e etc
"""
_ABBREVIATIONS = frozenset(_LIST.split())
_SHORTEST = 2


def spans(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every sentence in order, without white space around it; never overlapping, never empty."""
    line_start = 0
    for line in re.split(r"(\n+)", text):
        yield from _in_line(text, line_start, line_start + len(line))
        line_start += len(line)


def _in_line(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in _END.finditer(text, start, end):
        if match.end() >= end or _goes_on(text, begin, match, end):
            continue
        span = _trimmed(text, begin, match.end())
        if span:
            yield span
        begin = match.end()
    span = _trimmed(text, begin, end)
    if span:
        yield span


def _goes_on(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """True where the mark does not end the sentence."""
    following = _NEXT.match(text, match.end(), end)
    if following and following[1].islower():
        return True
    if match[1] != ".":
        return False
    word = _WORD_BEFORE.search(text, max(begin, match.start() - _REACH), match.start())
    if word is None:
        return match.start() == begin or text[match.start() - 1].isspace()
    bare = word[0].lstrip("(\"'“‘[").lower()
    initial = len(bare) == 1 and bare.isalpha()
    listed = bare.isdigit() and not text[begin : word.start()].strip()
    return bare in _ABBREVIATIONS or initial or listed


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return (start + left, start + right) if right - left >= _SHORTEST else None
