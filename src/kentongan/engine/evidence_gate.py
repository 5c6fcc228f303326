"""Which sentences of a paper are carried by what they point to: each held against all of it, piece by piece and together.

Observed. A sentence of a statement points to one to ten things: facts of a line or two, articles of a page. It often says two facts at
once; none of them alone carries it. A fact is written beside its figure, its source and its date, and a faithful sentence takes up any of
them. What an officer types is a template's frame around a fact more often than not.

Method. A `Source` is cut into pieces of three sentences (`evidence.cut`); of many, those nearest by words are read (`passages`). The
sentence is judged against each piece, then against those of its language together; the best verdict counts. Word for word is supported.

Blocking is kept for what the gate was measured to tell. It abstains, and says so, where something the sentence points to is in a language
it does not read; and where sentence and piece are in two languages and no figure, day or hour is what speaks against it: names and
negation between languages blocked one faithful sentence in six (docs/explanation/evidence.md).

Known failures. Pieces read together carry a sentence that mixes what two of them say. What is left out of a long article by words alone
may have carried a sentence in other words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kentongan.engine.evidence import Judgement, Passage, asserts, cut, judge
from kentongan.engine.evidence_words import Aliases, known_tongue
from kentongan.engine.passages import Passages
from kentongan.engine.records import Language, Reason
from kentongan.engine.sentences import spans
from kentongan.engine.statement_records import Finding, Line, Tongue

MOST_PIECES = 6
"""Of all pieces of all sources, the nearest by words: so many are read."""
LONGEST_SOURCE = 40_000
"""Characters of a source from its beginning that are cut into pieces: some twelve pages."""
_BETWEEN_LANGUAGES = ("number", "date")
"""Parts that are told surely between two languages."""
_SHOWN = 80
_MARKS = ' .!?…"”’'
_NOTHING = Judgement("not_supported", (Reason("evidence.empty"),))
_RANK = {"supported": 4, "partly": 3, "contradicted": 2, "not_supported": 1, "nothing_to_check": 0}


@dataclass(frozen=True, slots=True)
class Source:
    """Something a sentence points to. `text` says all that counts, one thing a line; `said`: the day on which it was said.

    `when`: when it was so, in words, where that is known beside the text. It may carry a day or hour of a sentence and contradicts none.
    """

    id: str
    text: str
    language: Language
    said: date | None = None
    when: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a source a sentence is carried, or what speaks against it: `text[start:end]`."""

    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Held:
    """A sentence held against what it points to. `parts`: the words of the sentence that differ or stand nowhere there."""

    judgement: Judgement
    places: tuple[Place, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]


def hold(
    line: Line, language: Tongue, sources: Sequence[Source], *, said: date | None = None, aliases: Aliases | None = None
) -> Held | None:
    """The verdict on a sentence over everything it points to; None where it points to nothing. `said`: the day of its statement.

    The same input gives the same; touches nothing else.
    """
    if not sources:
        return None
    if not asserts(line.text, language, line.section):
        return Held(Judgement("nothing_to_check", (Reason("evidence.nothing"),)))
    verbatim = next((place for one in sources if (place := _verbatim(line.text, one)) is not None), None)
    if verbatim is not None:
        there = (verbatim.start, verbatim.end)
        return Held(Judgement("supported", (Reason("evidence.verbatim"),), verbatim.source, there, score=1.0), (verbatim,))
    pieces = _nearest(line.text, language, [piece for one in sources for piece in _pieces(one)])
    names = aliases or Aliases()
    own = [piece for piece in pieces if known_tongue(piece.source.language) == language]
    together = [own] if len(own) > 1 else []
    judged = [(_compared(line, language, some, said, names), some) for some in (*([piece] for piece in pieces), *together)]
    best, read = max(judged, key=lambda one: (_RANK[one[0].verdict], one[0].score), default=(_NOTHING, list[_Piece]()))
    if together and best.verdict == "contradicted" and judged[-1][0].verdict == "not_supported":
        best, read = judged[-1]  # one piece differs where another agrees: that is no contradiction
    unread = next((one.language for one in sources if known_tongue(one.language) is None), None)
    if unread is not None and best.verdict != "supported":
        best = replace(best, verdict="partly", reasons=(Reason("evidence.language", {"language": unread}),), abstains=True)
    return Held(best, tuple(_places(best, read)), _parts(line.text, best))


def blocking(line: Line, held: Held | None) -> Finding | None:
    """What stands in the way of approving a sentence; nothing where a person marked it as a promise or opinion of a named office."""
    if held is None or not held.judgement.blocks or line.said_as:
        return None
    return Finding(f"gate.{held.judgement.verdict}", "blocks", line.id, {"part": (held.parts or (line.text[:_SHOWN],))[0]})


# ---- pieces -----------------------------------------------------------------------------------------------------------------
def _verbatim(sentence: str, source: Source) -> Place | None:
    """Where the sentence stands word for word as a whole sentence of the source, or as all of one of its lines."""
    wanted = _plain(sentence)
    for start, end in (*spans(source.text), *_lines(source.text)):
        if wanted and _plain(source.text[start:end]) == wanted:
            return Place(source.id, start, end)
    return None


def _lines(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for line in text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(_MARKS).casefold()


def _pieces(source: Source) -> Iterator[_Piece]:
    for start, end in cut(source.text[:LONGEST_SOURCE]):
        yield _Piece(source, start, end)


def _nearest(sentence: str, language: Tongue, pieces: Sequence[_Piece]) -> list[_Piece]:
    """At most MOST_PIECES, in the order in which they stand; those in languages that are not read last."""
    if len(pieces) <= MOST_PIECES:
        return list(pieces)
    found = Passages([(piece.source.language, piece.text) for piece in pieces]).find(sentence, language, most=MOST_PIECES)
    return [pieces[place] for place in sorted(one.place for one in found)]


# ---- the verdict ------------------------------------------------------------------------------------------------------------
def _compared(line: Line, language: Tongue, pieces: Sequence[_Piece], said: date | None, aliases: Aliases) -> Judgement:
    first = pieces[0].source
    text = "\n".join(piece.text for piece in pieces)
    passage = Passage(first.id, text, first.language, first.said)
    found = judge(line.text, language, [passage], aliases=aliases, section=line.section, said=said)
    when = "\n".join(dict.fromkeys(piece.source.when for piece in pieces if piece.source.when))
    if when and found.blocks and any(one.kind == "date" and one.outcome in ("absent", "against") for one in found.findings):
        dated = replace(passage, text=f"{text}\n{when}")
        again = judge(line.text, language, [dated], aliases=aliases, section=line.section, said=said)
        found = found if again.blocks else again
    if known_tongue(first.language) != language and found.blocks and not _sure(found):
        return replace(found, verdict="partly", reasons=(*found.reasons, Reason("evidence.unsure")), abstains=True)
    return found


def _sure(found: Judgement) -> bool:
    """Whether a figure, day or hour is what speaks against it."""
    return any(one.kind in _BETWEEN_LANGUAGES and one.outcome in ("absent", "against") for one in found.findings)


def _places(best: Judgement, read: Sequence[_Piece]) -> Iterator[Place]:
    """The place in the joined text as places in the sources."""
    if best.there is None:
        return
    start, end = best.there
    at = 0
    for piece in read:
        size = piece.end - piece.start
        left, right = max(start, at), min(end, at + size)
        if left < right:
            yield Place(piece.source.id, piece.start + left - at, piece.start + right - at)
        at += size + 1


def _parts(sentence: str, best: Judgement) -> tuple[str, ...]:
    """The words of the sentence that are at fault: those of parts, then those that stand nowhere."""
    if best.verdict in ("supported", "nothing_to_check"):
        return ()
    wrong = [(one.start, one.end) for one in best.findings if one.outcome == "against"]
    wrong += [(one.start, one.end) for one in best.findings if one.outcome == "absent"]
    said = [sentence[start:end] for start, end in wrong if end - start < len(sentence)]
    if not said and best.left:
        said = [", ".join(sentence[start:end] for start, end in best.left)]
    return tuple(dict.fromkeys(one[:_SHOWN] for one in said))
