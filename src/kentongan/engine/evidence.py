"""Does this passage carry this sentence? The gate every sentence of a statement goes through, whoever or whatever wrote it.

Observed. Cited answers of writing tools are truly carried by their source in 39 to 77 % of cases; links are added, nobody checks that the
link says it. What goes wrong is small and can be named: a figure, a day, a ward, a lost "not", a plan told as done, a sentence that
says more than was said. A gate that lets a wrong sentence through costs an office its trust; one that blocks a faithful sentence costs a
minute.

Method. The sentence is read into parts (`evidence_parts`), each part is held against the passage (`evidence_match`): it agrees, is computed
in a shown way, is absent, or stands against it. One part against it and the sentence is *contradicted* (if it speaks of the same at all);
one hard part absent (figure, day, name, quotation, negation, comparison, cause) and it is *not supported*. If every part holds, what is
left is whether the words say the same (`evidence_overlap`): nearly all of them covered is *supported*; more than half is *partly*, with
the words that stand nowhere; less is not supported. A first word that the passage does not have may be a name (every sentence begins with
a capital) and is never more than *partly*. A guess or plan told as fact is never more than *partly*. Between two languages words
do not meet; there the parts decide with the closeness of the vectors, and where a sentence has no hard part the gate abstains: *partly*,
and it says that it cannot read this pair surely. Nothing is guessed: a language that is not read gives *not supported*, abstaining.

Several passages: the best verdict wins, but a passage that contradicts is told even where another supports (`Judgement.against`).

Known failures. Whose figure it is, is not parsed. Synonyms outside the lists make a faithful sentence *partly*. A new word that is a stop
word elsewhere ("người", "orang") is not missed. Inference ("he moved to Europe" carries "he lives in Europe") is not drawn.
Figures and what was tried: docs/explanation/evidence.md.

Why rules before a trained head: an officer must see which part fails. Why not a large language model: none fits the machine, and its
second opinion may later only lower a verdict.

Reading: Thorne et al. 2018 (FEVER); Kryściński et al. 2020 (factual consistency); Rashkin et al. 2023 (attributable to identified
sources); Liu, Zhang and Liang 2023 (verifiability in generative search engines); Honovich et al. 2022 (TRUE).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kentongan.engine.evidence_match import Finding, findings
from kentongan.engine.evidence_overlap import Overlap, overlap
from kentongan.engine.evidence_parts import Reading, read, readings, together
from kentongan.engine.evidence_words import Aliases, known_tongue
from kentongan.engine.records import Language, Reason
from kentongan.engine.sentences import spans
from kentongan.engine.statement_facts import facts_stated
from kentongan.engine.statement_records import Line, Section, Tongue
from kentongan.engine.statement_words import tells_nothing_checkable

Verdict = Literal["supported", "partly", "not_supported", "contradicted", "nothing_to_check"]
VERDICTS: tuple[Verdict, ...] = ("supported", "partly", "not_supported", "contradicted", "nothing_to_check")
BLOCKS: frozenset[Verdict] = frozenset(("not_supported", "contradicted"))
"""Verdicts with which nobody approves a sentence."""
COVERED, COVERED_PARTLY = 0.88, 0.5
"""Shares of content words that stand in the passage, in one language, from which a sentence is supported, or partly."""
CLOSE, NEAR = 0.30, 0.15
"""The same between languages, as centred cosines, where a hard part agrees."""
SAME_MATTER = 0.34
"""Share of words in common from which a part that differs is a contradiction and not another matter."""
_RANK: Mapping[Verdict, int] = {"supported": 4, "partly": 3, "contradicted": 2, "not_supported": 1, "nothing_to_check": 0}
_SOFT = "modality"
_NO_ALIASES = Aliases()


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a source, at best one to three sentences (`cut`). `said`: the day on which it was said, for "yesterday"; None if unknown.

    `text` is composed (NFC): offsets are of that form.
    """

    id: str
    text: str
    language: Language
    said: date | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a sentence and what it rests on.

    `passage` is the id of the passage, "" for none; `there` where in it the sentence is carried or contradicted; `left` the words of the
    sentence that stand nowhere in it; `against` ids of passages that contradict. `abstains`: the gate cannot read this pair surely.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    passage: str = ""
    there: tuple[int, int] | None = None
    findings: tuple[Finding, ...] = ()
    left: tuple[tuple[int, int], ...] = ()
    score: float = 0.0
    abstains: bool = False
    against: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether a sentence with this verdict may not be approved: never where the gate abstains."""
        return self.verdict in BLOCKS and not self.abstains


def judge(
    sentence: str,
    language: Language,
    passages: Sequence[Passage],
    *,
    aliases: Aliases = _NO_ALIASES,
    cosines: Mapping[str, float] | None = None,
    section: Section = "",
    said: date | None = None,
) -> Judgement:
    """The verdict on one sentence over the passages it points to (or that were found for it).

    `cosines`: by passage id, the centred cosine with the sentence; without, pairs of two languages stay *partly*. `section`: what the
    sentence is there for in its statement. `said`: the day of the statement, for its "today"; without, each passage's own. Touches nothing
    else; the same input gives the same judgement.
    """
    tongue = known_tongue(language)
    if tongue is None:
        return Judgement("not_supported", (Reason("evidence.language", {"language": language}),), abstains=True)
    if not asserts(sentence, tongue, section):
        return Judgement("nothing_to_check", (Reason("evidence.nothing"),))
    judged = [compare(sentence, tongue, one, aliases=aliases, cosine=(cosines or {}).get(one.id), said=said) for one in passages]
    if not judged:
        return Judgement("not_supported", (Reason("evidence.no_passage"),))
    best = max(judged, key=lambda one: (_RANK[one.verdict], one.score))
    against = tuple(one.passage for one in judged if one.verdict == "contradicted" and one is not best)
    return _with_against(best, against) if against and best.verdict in ("supported", "partly") else best


def _with_against(best: Judgement, against: tuple[str, ...]) -> Judgement:
    return Judgement(
        best.verdict, (*best.reasons, Reason("evidence.another_against", {"count": len(against)})), best.passage, best.there, best.findings,
        best.left, best.score, best.abstains, against,
    )  # fmt: skip


def asserts(sentence: str, language: Tongue, section: Section = "") -> bool:
    """Whether a sentence says anything a source could bear out: `statement_facts`, or a name, a figure or a moment."""
    if facts_stated(Line("", sentence, section), language):
        return True
    if section or tells_nothing_checkable(Line("", sentence), language):
        return False
    reading = read(sentence, language, None, _NO_ALIASES)
    return len(reading.content) > 1 and bool(reading.names or reading.quotes)


def compare(
    sentence: str,
    language: Tongue,
    passage: Passage,
    *,
    aliases: Aliases = _NO_ALIASES,
    cosine: float | None = None,
    said: date | None = None,
) -> Judgement:
    """The verdict on one sentence over one passage, whatever the sentence is there for. `said`: its own day, where that is another."""
    tongue = known_tongue(passage.language)
    if tongue is None:
        return Judgement("not_supported", (Reason("evidence.language", {"language": passage.language}),), passage.id, abstains=True)
    claim = read(sentence, language, said or passage.said, aliases)
    sentences = readings(passage.text, tongue, passage.said, aliases)
    if not sentences or not claim.tokens:
        return Judgement("not_supported", (Reason("evidence.empty"),), passage.id)
    found = findings(claim, sentences, passage.said)
    shared = overlap(claim, together(sentences), found)
    return _verdict(claim, sentences, passage.id, found, shared, cosine)


def cut(text: str, most: int = 3) -> tuple[tuple[int, int], ...]:
    """A longer source as passages of at most `most` sentences, each with the one before it: (start, end) in the text."""
    places = list(spans(text))
    step = max(1, most - 1)
    starts = range(0, max(1, len(places) - 1), step) if places else ()
    return tuple((places[at][0], places[min(at + most, len(places)) - 1][1]) for at in starts)


# ---- the verdict ------------------------------------------------------------------------------------------------------------
def _verdict(
    claim: Reading, sentences: Sequence[Reading], passage: str, found: tuple[Finding, ...], shared: Overlap, cosine: float | None
) -> Judgement:
    across = claim.language != sentences[0].language
    against = [one for one in found if one.outcome == "against"]
    verdict, more, abstains = _decided(found, shared, cosine, across)
    return Judgement(
        verdict,
        (*(Reason(f"evidence.{one.code}", {"how": one.how}) for one in found if one.outcome != "agrees"), *more),
        passage,
        _place(sentences, found, against),
        found,
        shared.left,
        _score(found, shared, cosine, across),
        abstains,
    )


def _decided(found: Sequence[Finding], shared: Overlap, cosine: float | None, across: bool) -> tuple[Verdict, tuple[Reason, ...], bool]:
    """Verdict, reasons beside those of the parts, whether the gate abstains."""
    absent = [one for one in found if one.outcome == "absent"]
    if any(one.outcome == "against" for one in found):
        same = shared.covered >= SAME_MATTER or (across and (cosine is None or cosine >= NEAR))
        return ("contradicted" if same else "not_supported"), (), False
    if any(one.kind != "modality" or one.code == "cause.absent" for one in absent):
        return "not_supported", (), False
    if across:
        return _across(found, cosine, bool(absent))
    if shared.covered >= COVERED:
        if shared.begins_new:
            return "partly", (Reason("evidence.begins_new"),), False
        return ("partly" if absent else "supported"), (), False
    words = Reason("evidence.words_left", {"count": len(shared.left)})
    return ("partly" if shared.covered >= COVERED_PARTLY else "not_supported"), (words,), False


def _across(found: Sequence[Finding], cosine: float | None, softer: bool) -> tuple[Verdict, tuple[Reason, ...], bool]:
    """Between languages: close in meaning and a hard part that agrees is supported; without either the gate abstains."""
    holds = any(one.kind in ("number", "date", "name") and one.outcome in ("agrees", "computed") for one in found)
    if cosine is None or (cosine >= NEAR and not holds):
        return "partly", (Reason("evidence.unsure_across"),), True
    meaning = (Reason("evidence.meaning", {"cosine": round(cosine, 2)}),)
    if cosine < NEAR:
        return "not_supported", meaning, False
    return ("supported" if cosine >= CLOSE and not softer else "partly"), meaning, False


def _score(found: Sequence[Finding], shared: Overlap, cosine: float | None, across: bool) -> float:
    """How surely, 0..1, for ranking: the words (between languages the meaning), halved for each part absent, nearly nothing against."""
    said = max(0.0, cosine or 0.0) if across else 0.7 * shared.covered + 0.3 * max(0.0, cosine if cosine is not None else shared.order)
    for one in found:
        said *= {"agrees": 1.0, "computed": 1.0, "absent": 0.5, "against": 0.1}[one.outcome]
    return round(said, 4)


def _place(sentences: Sequence[Reading], found: Sequence[Finding], against: Sequence[Finding]) -> tuple[int, int]:
    """The sentences of the passage in which what speaks for the sentence (or against it) stands; all of it where nothing tells."""
    places = [one.there for one in (against or found) if one.there is not None]
    inside = [one for one in sentences if any(one.start <= start < one.end for start, _ in places)]
    return (inside[0].start, inside[-1].end) if inside else (sentences[0].start, sentences[-1].end)
