"""Which sentences of a paper state something that can be checked, so that each must point to a fact or a passage before it is approved.

Observed. A paper of an office is the reverse of the news that `claims` reads: nearly every sentence is meant to be relied on, and what an
unsupported one costs is not time but trust. So the question is not what is worth checking but what could be wrong: a figure, a date or
an hour, a place, a thing that happened.

Method. What asks, advises, feels, thanks or announces the next update is let go. Of the rest a sentence states a fact where it has a
figure or date (`claims_facts`, which reads them alike in three languages), a word that something happened or did harm (`harm`), or names
a place after the word for one. No score and no threshold: one sign is enough, and the findings name which.

Known failures. "Pemerintah kota bekerja sama dengan TNI" names two bodies, says something that can be checked and passes: bodies are
not known here, and capitals alone would catch every headline. A fact inside an instruction ("Jauhi RW 04, tanggulnya retak") passes.

Reading: Hassan et al. 2017 (ClaimBuster); Konstantinovskiy et al. 2021, whose "not a claim" classes are the ones let go here.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from kentongan.engine.claims_facts import facts_of
from kentongan.engine.harm import words_of_harm
from kentongan.engine.lexicon import folded, word_list
from kentongan.engine.statement_records import Line, Paper, Tongue
from kentongan.engine.statement_words import found, tells_nothing_checkable

What = Literal["figure", "date", "event", "place"]
_STOP = re.compile(r"[.,](?=\s|$)")
"""A stop or comma that ends something: a year before one is no decimal."""
_CERTAIN = frozenset({"known", "fact", "support", "record", "cause"})
"""Sections that are there to state facts: a sentence in one states at least that something is so."""
_FRAMES = frozenset({"claim", "warning", "unknown", "headline", "dateline"})
"""Sections that need no source of their own: they frame what others say, or repeat it."""


def facts_stated(line: Line, language: Tongue) -> tuple[What, ...]:
    """What of a sentence can be checked; empty where nothing can."""
    if line.section in _FRAMES or tells_nothing_checkable(line, language):
        return ()
    facts = facts_of(_STOP.sub(" ", line.text), language)
    low = folded(line.text)
    holds: dict[What, bool] = {
        "figure": bool(facts.numbers),
        "date": bool(facts.dates),
        "event": bool(found("event", line.text, language)) or bool(words_of_harm(low)),
        "place": bool(_place(language).search(line.text)),
    }
    return tuple(what for what, there in holds.items() if there) or (("event",) if line.section in _CERTAIN else ())


def unsupported(paper: Paper) -> tuple[tuple[Line, tuple[What, ...]], ...]:
    """The sentences that state a fact and point to none, each with what they state.

    Not those a person marked as a promise or opinion of a named office. Not the answers of a sheet of questions: each of those needs a
    source, whatever it states (`statement_rules`).
    """
    sheet = paper.kind in {"qa", "faq"}
    bare = (line for line in paper.lines if not line.evidence and not line.said_as and not (sheet and line.section == "answer"))
    stated = ((line, facts_stated(line, paper.language)) for line in bare)
    return tuple((line, what) for line, what in stated if what)


@cache
def _place(language: Tongue) -> re.Pattern[str]:
    """A word for a place before (in English: after) a word with a capital."""
    listed: list[str] = word_list("statement_words")["place"][language]
    words = "|".join(sorted((re.escape(word) for word in listed), key=len, reverse=True))
    name = r"(?-i:[A-ZĐÀ-Ỹ0-9])\w*"
    if language == "en":
        name = rf"(?!(?:the|a|an|this|our|each|every|all|its)\b){name}"
    return re.compile(rf"\b{name}\s+(?:{words})\b" if language == "en" else rf"\b(?:{words})\.?\s+{name}", re.IGNORECASE)
