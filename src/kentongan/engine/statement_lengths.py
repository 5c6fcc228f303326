"""Lengths of papers: words, seconds, signs, parts of an SMS, and how hard a text is to read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from kentongan.engine.sms import SEPTETS, UNITS, sms_of
from kentongan.engine.statement_kinds import (
    DEMANDS,
    HARD,
    MAP_MESSAGES,
    MAP_SECONDS,
    MAP_SUPPORTS,
    MAP_WORDS,
    MESSAGE_WORDS,
    SENTENCE_WORDS,
    SMS_PARTS,
)
from kentongan.engine.statement_records import Finding, Line, Paper, Section, Tongue
from kentongan.engine.statement_words import words_in

_NO_SENTENCE: frozenset[Section] = frozenset({"dateline", "contact"})
_FEWEST_WORDS = 60
"""Fewer words say nothing of how hard a text is."""
_LETTERS_SHOWN = 8
_SPOKEN = 1.2
"""Before a microphone one is quicker than a newsreader: 27 words in nine seconds are 180 a minute, 1.2 times the English pace."""


def lengths(paper: Paper, pace: Mapping[Tongue, float]) -> Iterator[Finding]:
    """The findings of a paper that are about how long it is."""
    demands = DEMANDS[paper.kind]
    signs = sum(len(line.text) + 1 for line in paper.lines) - 1
    if demands.longest and signs > demands.longest:
        yield Finding("text.long", "blocks", "", {"found": signs, "most": demands.longest})
    if demands.seconds and (seconds := seconds_of(paper.lines, pace[paper.language])) > demands.seconds:
        weight = "blocks" if seconds > 1.5 * demands.seconds else "warns"
        yield Finding("radio.seconds", weight, "", {"found": seconds, "most": demands.seconds})
    if paper.kind == "sms":
        yield from _sms(paper)
    if paper.kind == "message_map":
        yield from _map(paper, pace)
    most = SENTENCE_WORDS[paper.language]
    for line in paper.lines:
        if line.section not in _NO_SENTENCE and (words := len(words_in(line.text))) > most:
            yield Finding("sentence.long", "warns", line.id, {"found": words, "most": most})
    yield from _hard(paper)


def seconds_of(lines: tuple[Line, ...], pace: float) -> int:
    """Seconds it takes to read lines aloud at `pace` words a minute, rounded up."""
    return math.ceil(60 * sum(len(words_in(line.text)) for line in lines) / pace)


def _sms(paper: Paper) -> Iterator[Finding]:
    sent = sms_of(" ".join(line.text for line in paper.lines))
    if sent.parts > SMS_PARTS:
        yield Finding("sms.long", "blocks", "", {"found": sent.parts, "most": SMS_PARTS})
    elif sent.parts > 1:
        yield Finding("sms.parts", "warns", "", {"found": sent.parts})
    if sent.outside and sent.parts > 1:
        letters = " ".join(sent.outside[:_LETTERS_SHOWN])
        yield Finding("sms.letters", "warns", "", {"letters": letters, "most": UNITS, "usual": SEPTETS})


def _map(paper: Paper, pace: Mapping[Tongue, float]) -> Iterator[Finding]:
    messages = [line for line in paper.lines if line.section == "message"]
    if len(messages) != MAP_MESSAGES:
        yield Finding("map.messages", "blocks", "", {"found": len(messages), "most": MAP_MESSAGES})
    together = sum(len(words_in(line.text)) for line in messages)
    if together > MAP_WORDS[paper.language]:
        yield Finding("map.words", "warns", "", {"found": together, "most": MAP_WORDS[paper.language]})
    seconds = seconds_of(tuple(messages), pace[paper.language] * _SPOKEN)
    if seconds > MAP_SECONDS:
        yield Finding("map.seconds", "warns", "", {"found": seconds, "most": MAP_SECONDS})
    for message, supports in _supported(paper):
        words = len(words_in(message.text))
        if words > MESSAGE_WORDS[paper.language]:
            yield Finding("message.long", "blocks", message.id, {"found": words, "most": MESSAGE_WORDS[paper.language]})
        if supports != MAP_SUPPORTS:
            yield Finding("map.supports", "blocks", message.id, {"found": supports, "most": MAP_SUPPORTS})


def _supported(paper: Paper) -> list[tuple[Line, int]]:
    out: list[tuple[Line, int]] = []
    for line in paper.lines:
        if line.section == "message":
            out.append((line, 0))
        elif line.section == "support" and out:
            out[-1] = (out[-1][0], out[-1][1] + 1)
    return out


def _hard(paper: Paper) -> Iterator[Finding]:
    if paper.language not in HARD:
        return
    letters, most = HARD[paper.language]
    lines = [line for line in paper.lines if line.section not in _NO_SENTENCE]
    words = [word for line in lines for word in words_in(line.text)]
    if len(words) >= _FEWEST_WORDS:
        index = len(words) / len(lines) + 100 * sum(len(word) > letters for word in words) / len(words)
        if index > most:
            yield Finding("text.hard", "warns", "", {"found": round(index), "most": round(most)})
