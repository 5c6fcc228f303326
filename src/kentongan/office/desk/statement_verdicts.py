"""What the evidence gate says of a sentence in the reader's language, with the place in what it points to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext, pgettext_lazy

from kentongan.engine import evidence_reasons
from kentongan.engine.evidence_gate import Held, Place
from kentongan.engine.records import Reason
from kentongan.office.desk.evidence import Passage
from kentongan.office.listening import presenting
from kentongan.office.listening.presenting import Words

Code = Literal["supported", "partly", "not_supported", "contradicted", "nothing_to_check", "unsure"]
VERDICT_WORDS: Mapping[Code, Words] = {
    "supported": pgettext_lazy("verdict", "Its evidence says so"),
    "partly": pgettext_lazy("verdict", "Its evidence says it in part"),
    "not_supported": pgettext_lazy("verdict", "Its evidence does not say so"),
    "contradicted": pgettext_lazy("verdict", "Its evidence says something else"),
    "nothing_to_check": pgettext_lazy("verdict", "Nothing to check"),
    "unsure": pgettext_lazy("verdict", "Cannot be told surely: look yourself"),
}
AROUND, LONGEST = 70, 400
"""Characters shown before and after the place, and of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict in words: `why` its reasons, `parts` the words of the sentence that are at fault."""

    code: Code
    words: str
    why: list[str]
    parts: list[str]


@dataclass(frozen=True, slots=True)
class Rest:
    """Something a sentence rests on; `marked` is the very place in it, with what stands before and after, all empty for none."""

    passage: Passage
    before: str = ""
    marked: str = ""
    after: str = ""


def told(held: Held | None) -> Told | None:
    """The verdict in words; nothing for a sentence that points to nothing."""
    if held is None:
        return None
    judged = held.judgement
    code: Code = "unsure" if judged.abstains else judged.verdict
    parts = [] if code in ("supported", "nothing_to_check") else list(held.parts)
    return Told(code, str(VERDICT_WORDS[code]), [why(one) for one in judged.reasons], parts)


def why(reason: Reason) -> str:
    """The sentence of a reason."""
    values = dict(reason.values)
    if "language" in values:
        values["language"] = str(presenting.LANGUAGE_WORDS.get(str(values["language"]), values["language"]))
    return presenting.filled(gettext(evidence_reasons.SENTENCES[reason.code]), values)


def rests_of(proofs: Sequence[str], there: Mapping[str, Passage], held: Held | None) -> list[Rest]:
    """What a sentence points to and what there still is of it, each with its place."""
    places = {one.source: one for one in held.places} if held is not None else {}
    return [_rest(there[proof], places.get(proof)) for proof in proofs if proof in there]


def _rest(passage: Passage, place: Place | None) -> Rest:
    text = passage.says
    if place is None or place.start >= len(text):
        return Rest(passage)
    first, last = text.rfind("\n", 0, place.start) + 1, text.find("\n", place.end)
    before = text[first : place.start]
    after = text[place.end : last if last >= 0 else len(text)]
    marked = text[place.start : place.end].replace("\n", " · ")
    return Rest(passage, _cut(before, -AROUND), marked if len(marked) <= LONGEST else f"{marked[:LONGEST]}…", _cut(after, AROUND))


def _cut(text: str, most: int) -> str:
    """The end (`most` below 0) or the beginning of a text, at a word."""
    if len(text) <= abs(most):
        return text
    if most < 0:
        return "… " + text[most:].partition(" ")[2]
    return text[:most].rpartition(" ")[0] + " …"
