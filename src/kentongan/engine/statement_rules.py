"""The limits of the papers: what a statement may not say, must say, and in which order. Findings, never a verdict.

Observed. What goes wrong in the first hour is known from practice (SCCT, CERC, the truth sandwich, message maps): somebody guesses at
a cause, blames, names the dead, answers a rumour nobody has checked, repeats the claim while denying it, tells the story before what to
do, promises no next word. Nearly all of it shows in words and order.

Method. Word lists by hand per language (`data/statement_words.yaml`), longest match first so that a harmless phrase hides the word in it;
the table of kinds (`statement_kinds`) for sections, order and lengths; `identifiers` and a tagger of names for persons; the counting
rules of `sms`; `statement_facts` for what needs a source. Sections come from the template or from whoever writes; a sentence without one
is read from its words. A finding blocks where the rule is one of law or of harm to people, and warns where it is one of craft or where
the finder errs often (a name outside the words of harm).

A sentence repeats the claim where it has three of its content words in four. With the claim's own negation it repeats it, with the
other it denies it: both keep the claim in the ear, the second only warns.

Known failures. Irony, paraphrase, blame without a listed word, a guess in the future tense. A name in small letters. In English the
tagger was taught on Indonesian and finds fewer names. Reading ease is Björnsson's LIX 1968, which counts letters and not thoughts; it is
not taken for Vietnamese. How often ordinary official sentences are found fault with is measured in the tests, and stands in
docs/reference/statements.md.

Reading: Coombs 2007 (SCCT); CDC, CERC manual; Lewandowsky et al. 2020 (Debunking Handbook); Covello 2003 (message maps).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from kentongan.engine.claims_facts import facts_of
from kentongan.engine.crisis import may_be_denied
from kentongan.engine.identifiers import find_identifiers
from kentongan.engine.lexicon import folded
from kentongan.engine.names import NameTagger
from kentongan.engine.records import Value
from kentongan.engine.statement_facts import unsupported
from kentongan.engine.statement_kinds import CLAIM_WORDS, DEMANDS, PACE
from kentongan.engine.statement_lengths import lengths
from kentongan.engine.statement_records import Finding, Line, Paper, Section, Tongue, Weight
from kentongan.engine.statement_words import found, instructs, last_found, updates, words_in

_HEADS: frozenset[Section] = frozenset({"headline", "dateline", "greeting"})
_NO_INFORMATION: frozenset[Section] = frozenset((*_HEADS, "next_update", "contact"))
_MAY_GUESS: frozenset[Section] = frozenset({"unknown", "assumed", "claim", "warning", "why", "question"})
_MAY_ANSWER: frozenset[Section] = frozenset({"question", "unknown", "assumed"})
_CLOCK = re.compile(r"(?<![\d.,:])([01]?\d|2[0-3])(?:[.:]([0-5]\d)|\s?(?:h|giờ)\s?([0-5]\d)?|(?=\s?[ap]\.?m\b))(?!\d)")
_NOON = re.compile(r"\s*(a\.?m|p\.?m)\b", re.IGNORECASE)
_AHEAD = {"WIB": 7, "WITA": 8, "WIT": 9}
_MARK = re.compile(rf"\s*({'|'.join(_AHEAD)})\b", re.IGNORECASE)
_AGE = re.compile(r"\s*\((?:\d{1,3})(?:\s*(?:tahun|th|tuổi|years?))?\)")
_INTRODUCED = re.compile(
    r"\b(?i:bernama|berinisial|inisial|atas nama|korban|almarhum|almarhumah|pasien|named|identified as|victims?|tên là|nạn nhân),?\s+"
    r"((?:[A-ZĐ][\w'.]*)(?:\s+[A-ZĐÀ-Ỹ][\w'.]*)+|[A-Z]{2,4}\b)"
)
"""A name after the word that introduces one: the tagger misses it in sentences that say little else."""
_NEAR = 60
_REPEATS, _FEWEST = 0.75, 3


def check(paper: Paper, *, now: datetime, names: NameTagger, pace: Mapping[Tongue, float] = PACE) -> tuple[Finding, ...]:
    """Everything that is wrong with a paper: first of the whole, then sentence by sentence, in order.

    `names` should leave the office's own places alone (`names.ExceptPlaces`). `pace`: words a minute of a script read aloud.
    """
    if not paper.lines:
        return (Finding("text.empty", "blocks"),)
    return (
        *_sections(paper),
        *_instruction(paper),
        *_alone(paper),
        *_update(paper, now),
        *_contact(paper),
        *lengths(paper, pace),
        *_claim(paper),
        *_answers(paper),
        *(one for line in paper.lines for one in _line(paper, line, names)),
        *(Finding("fact.unsupported", "blocks", line.id, {"what": ", ".join(what)}) for line, what in unsupported(paper)),
    )


def missing_support(paper: Paper) -> tuple[Finding, ...]:
    """Of the findings those for want of a source alone: what approval says is lacking."""
    open_facts = (Finding("fact.unsupported", "blocks", line.id, {"what": ", ".join(what)}) for line, what in unsupported(paper))
    return (*_answers(paper), *open_facts)


def check_line(paper: Paper, line: Line, names: NameTagger) -> tuple[Finding, ...]:
    """The same of one sentence that goes out beside the text of a paper: names, blame, guesses, rumours, numbers of people."""
    return tuple(_line(paper, line, names))


# ---- the whole paper --------------------------------------------------------------------------------------------------------
def _sections(paper: Paper) -> Iterator[Finding]:
    demands = DEMANDS[paper.kind]
    there = {section for line in paper.lines for section in _of(paper, line)}
    if "known" in demands.needs and any(not line.section for line in paper.lines):
        there.add("known")  # what nobody gave a section tells something
    for section in (*demands.needs, *(demands.urgent if paper.urgent else ())):
        if section not in there and section not in {"next_update", "contact"}:
            yield Finding("section.missing", "blocks", "", {"section": section})
    if demands.order:
        had = [line for line in paper.lines if line.section in demands.order]
        shape = [line.section for at, line in enumerate(had) if not at or had[at - 1].section != line.section]
        if set(shape) >= set(demands.order) and tuple(shape) != demands.order:
            wrong = next((line for line, wanted in zip(_starts(had), demands.order, strict=False) if line.section != wanted), had[-1])
            yield Finding("section.order", "blocks", wrong.id, {"section": wrong.section, "order": ", ".join(demands.order)})


def _starts(lines: Sequence[Line]) -> list[Line]:
    return [line for at, line in enumerate(lines) if not at or lines[at - 1].section != line.section]


def _of(paper: Paper, line: Line) -> set[Section]:
    """What a sentence is there for: what was said, or what its words say."""
    if line.section:
        return {line.section}
    read: set[Section] = set()
    if instructs(line, paper.language):
        read.add("instruction")
    if updates(line, paper.language):
        read.add("next_update")
    if found("care", line.text, paper.language):
        read.add("care")
    return read


def _instruction(paper: Paper) -> Iterator[Finding]:
    demands = DEMANDS[paper.kind]
    if not (paper.urgent and demands.first):
        return
    telling = [line for line in paper.lines if line.section not in _HEADS]
    at = next((place for place, line in enumerate(telling) if instructs(line, paper.language)), 0)
    if at:
        yield Finding("instruction.late", "blocks", telling[at].id)


def _alone(paper: Paper) -> Iterator[Finding]:
    """What was done well may stand beside other information, never alone (`crisis.postures`)."""
    telling = [line for line in paper.lines if line.section not in _NO_INFORMATION]
    if telling and all(line.section == "record" for line in telling):
        yield Finding("record.alone", "blocks", telling[0].id)


def _update(paper: Paper, now: datetime) -> Iterator[Finding]:
    demands = DEMANDS[paper.kind]
    wanted = demands.update == "always" or (demands.update == "urgent" and paper.urgent)
    if paper.next_update is None:
        if wanted:
            yield Finding("update.missing", "blocks")
        return
    if paper.next_update <= now:
        yield Finding("update.past", "blocks")
    saying = [line for line in paper.lines if updates(line, paper.language)]
    if wanted and not saying:
        yield Finding("update.unsaid", "blocks")
    for line in saying if paper.next_update > now else ():
        wanted_at = (paper.next_update.hour, paper.next_update.minute)
        told = [(_told(match) == wanted_at, _ahead(match)) for match in _CLOCK.finditer(line.text)]
        if told and not any(same and ahead in {None, paper.next_update.utcoffset()} for same, ahead in told):
            zone = f" {paper.next_update:%Z}" if any(same for same, _ in told) else ""
            yield Finding("update.differs", "blocks", line.id, {"time": f"{paper.next_update:%H:%M}{zone}"})


def _told(match: re.Match[str]) -> tuple[int, int]:
    hour, minute = int(match[1]), int(match[2] or match[3] or 0)
    noon = _NOON.match(match.string, match.end())
    if noon and hour <= 12:
        hour = hour % 12 + (12 if noon[1][0] in "pP" else 0)
    return hour, minute


def _ahead(match: re.Match[str]) -> timedelta | None:
    """How far ahead of UTC the time is whose mark stands after an hour: 10.30 WIB is 12.30 WIT. None without a mark."""
    mark = _MARK.match(match.string, match.end())
    return timedelta(hours=_AHEAD[mark[1].upper()]) if mark else None


def _contact(paper: Paper) -> Iterator[Finding]:
    demands = DEMANDS[paper.kind]
    if demands.contact == "never":
        return
    if not paper.contact:
        yield Finding("contact.missing", "blocks")
    elif folded(paper.contact) not in folded(" ".join(line.text for line in paper.lines)):
        yield Finding("contact.unsaid", "blocks", "", {"contact": paper.contact})


def _claim(paper: Paper) -> Iterator[Finding]:
    """The rules of the clarification: a claim that was checked, said once, briefly."""
    if paper.kind != "clarification":
        return
    if paper.claim is None:
        yield Finding("claim.missing", "blocks")
        return
    if not may_be_denied(paper.claim):
        yield Finding("claim.unchecked", "blocks")
    if paper.claim.small is not None:
        yield Finding("claim.small", "warns", "", {"outlets": paper.claim.small})
    once = False
    claimed = facts_of(paper.claim.text, paper.language)
    for line in paper.lines:
        said = line.section == "claim"
        facts = facts_of(line.text, paper.language)
        alike = len(claimed.words & facts.words) >= max(_FEWEST, _REPEATS * len(claimed.words))
        if said and not once and len(words_in(line.text)) > CLAIM_WORDS[paper.language]:
            values: dict[str, Value] = {"words": len(words_in(line.text)), "most": CLAIM_WORDS[paper.language]}
            yield Finding("claim.long", "warns", line.id, values)
        if once and (said or (alike and facts.negated == claimed.negated)):
            yield Finding("claim.repeated", "blocks", line.id)
        elif alike and not said and facts.negated != claimed.negated:
            yield Finding("claim.negated", "warns", line.id)
        elif said or alike:
            once = True


def _answers(paper: Paper) -> Iterator[Finding]:
    """Questions and answers: each question has an answer, each answer a source; "not known yet" (section unknown) needs none."""
    if paper.kind not in {"qa", "faq"}:
        return
    for line, following in pairwise([*paper.lines, None]):
        if line is not None and line.section == "question" and (following is None or following.section not in {"answer", "unknown"}):
            yield Finding("answer.missing", "blocks", line.id)
    for line in paper.lines:
        if line.section == "answer" and not line.evidence:
            yield Finding("answer.unsourced", "blocks", line.id)


# ---- a sentence -------------------------------------------------------------------------------------------------------------
def _line(paper: Paper, line: Line, names: NameTagger) -> Iterator[Finding]:
    language = paper.language
    lists: list[tuple[str, str, Weight]] = [("blame", "blame", "blocks"), ("accuser", "accuser", "blocks")]
    if line.section not in _MAY_GUESS:
        lists.append(("guess", "guess", "blocks"))
    answers = paper.kind == "clarification" and may_be_denied(paper.claim)
    if not answers and line.section not in _MAY_ANSWER and not instructs(line, language):
        lists.append(("rumour.open", "rumour", "blocks"))
    for code, name, weight in lists:
        if line.section == "claim" and code != "accuser":
            continue  # the claim is somebody else's words
        words = found(name, line.text, language)
        if words:
            yield Finding(code, weight, line.id, {"word": words[0]})
    yield from _persons(paper, line, names)


def _persons(paper: Paper, line: Line, names: NameTagger) -> Iterator[Finding]:
    contact = folded(paper.contact)
    for one in find_identifiers(line.text):
        written = line.text[one.start : one.end]
        if not contact or folded(written) not in contact:
            yield Finding("identifier", "blocks", line.id, {"kind": one.kind, "found": written})
    struck = bool(found("victim", line.text, paper.language))
    speakers = [folded(name) for name in paper.speakers]
    for start, end in _named(line.text, names):
        name = line.text[start:end]
        if any(folded(name) in speaker for speaker in speakers) or _is_no_name(name, start, paper.language):
            continue
        aged = bool(_AGE.match(line.text, end))
        if _in_office(line.text[max(0, start - _NEAR) : start], paper.language) and not aged:
            continue
        victim = struck or aged
        yield Finding("name.victim" if victim else "name.private", "blocks" if victim else "warns", line.id, {"name": name})


def _named(text: str, names: NameTagger) -> list[tuple[int, int]]:
    """Names by the tagger, and those after a word that introduces one."""
    tagged = names.spans(text)
    introduced = (match.span(1) for match in _INTRODUCED.finditer(text))
    return sorted([*tagged, *(one for one in introduced if all(one[1] <= start or one[0] >= end for start, end in tagged))])


def _is_no_name(name: str, start: int, language: Tongue) -> bool:
    """What the tagger takes for a name in English, and is a common word that begins a sentence, a place, or begins with an office."""
    if language != "en":
        return False
    return (start == 0 and " " not in name) or bool(found("office", name, language) or found("place", name, language))


def _in_office(before: str, language: Tongue) -> bool:
    """Whether what stands before a name says which office its holder has, with nothing but its place between."""
    before = folded(before)
    end = last_found("office", before, language)
    return end >= 0 and not re.search(r"[;:.!?]|\b(?:dan|serta|và|and|cùng|bersama)\b", before[end:])
