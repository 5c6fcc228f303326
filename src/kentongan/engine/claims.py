"""Which sentences of a text are claims one could check, and how much it matters to check them.

Observed. Of ten sentences of a news report about three can be checked by somebody who was not there: they say that something is, was or was
done, with a number, a date, a place or a body that can be asked. The rest are wishes, plans, views, advice and questions; nobody can
call those false, and they must never get a truth status (`office.listening.claims` refuses it). Rumours announce themselves ("katanya",
"beredar", "nghe nói"), and ask to be passed on.

Method. A score from 0 to 1, the sum of what speaks for checking, each part with its reason: a figure, a date, a name, a unit that is
counted, a cause, a speaker, the word of a rumour, a word of harm or of a city's services. These are the features of ClaimBuster without
its trained weights: its training debates are American and in English. A question, a wish, a view, or a sentence without a verb's worth of
words is no claim, whatever else it holds. The kept sentences are the highest from `LEAST` up, at most `most` an article, and only
of its opening, where a report says what it has to say.

Known failures. Irony; a view in the shape of a fact ("pemerintah gagal") has no figure and stays out mostly, not always; a plan without
one of the listed words passes; a sentence in lower case without figures is missed. Weights are set by hand: no set of checkable
sentences in Indonesian or Vietnamese with a licence was at hand, so the figures (docs/explanation/claims.md) are shares on texts
that are all claims, all questions or mostly views.

Reading: Hassan et al. 2017 (ClaimBuster, KDD); Barrón-Cedeño et al. 2020 (CheckThat!); Konstantinovskiy et al. 2021 (what is a claim,
with fact-checkers).
"""

from __future__ import annotations

from dataclasses import dataclass

from kentongan.engine.claims_facts import Facts, facts_of, find
from kentongan.engine.harm import harm_of
from kentongan.engine.lexicon import folded
from kentongan.engine.records import Article, Language, Reason
from kentongan.engine.sentences import spans
from kentongan.engine.topics import Lists, topics_of

LEAST = 0.35
"""From here on a sentence is a claim."""
OPENING = 2_400
"""Characters of an article that are read."""
SHORTEST, LONGEST = 25, 320
FEWEST_WORDS = 4
_MATTERS = 2
"""Of `harm`: money, rights, homes or services."""
TITLE = -1
"""`start` and `end` of a claim that is the article's title."""
_WEIGHTS: tuple[tuple[str, float], ...] = (
    ("claim.figure", 0.25),
    ("claim.date", 0.10),
    ("claim.name", 0.15),
    ("claim.unit", 0.10),
    ("claim.cause", 0.15),
    ("claim.said", 0.10),
    ("claim.rumour", 0.25),
    ("claim.harm", 0.20),
    ("claim.service", 0.10),
)


@dataclass(frozen=True, slots=True)
class Worth:
    """How much a sentence is worth checking, 0..1, and why; `against` names what makes it no claim, "" where nothing does."""

    score: float
    reasons: tuple[Reason, ...]
    against: str = ""

    @property
    def is_claim(self) -> bool:
        return not self.against and self.score >= LEAST


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim as it stands in an article: `start` and `end` are offsets in its text, `TITLE` for the title. `place` counts from 0."""

    text: str
    language: Language
    start: int
    end: int
    place: int
    worth: Worth
    facts: Facts


def worth_of(text: str, language: Language, lists: Lists | None = None) -> Worth:
    """How much this sentence is worth checking. `lists` are the office's own topics, the shipped ones where none are given."""
    line = folded(text)
    facts = facts_of(text, language)
    against = _against(line, facts)
    if against:
        return Worth(0.0, (), against)
    holds = {
        "claim.figure": bool(facts.numbers),
        "claim.date": bool(facts.dates),
        "claim.name": bool(facts.names),
        "claim.unit": bool(facts.numbers) and find("unit", line),
        "claim.cause": find("cause", line),
        "claim.said": find("said", line),
        "claim.rumour": find("rumour", line),
        "claim.harm": harm_of(text).level >= _MATTERS,
        "claim.service": bool(topics_of(text, lists=lists)),
    }
    found = [(code, weight) for code, weight in _WEIGHTS if holds[code]]
    return Worth(min(1.0, round(sum(weight for _, weight in found), 3)), tuple(Reason(code) for code, _ in found))


def _against(line: str, facts: Facts) -> str:
    if "?" in line:
        return "claim.question"
    if len(facts.words) < FEWEST_WORDS:
        return "claim.short"
    for name in ("wish", "view"):
        if find(name, line):
            return f"claim.{name}"
    return ""


def claims_in(article: Article, most: int = 3, lists: Lists | None = None) -> tuple[Claimed, ...]:
    """The claims of an article most worth checking, at most `most`, in the order in which they stand. The title stands first."""
    found: list[Claimed] = []
    for place, (text, start, end) in enumerate(_sentences(article)):
        worth = worth_of(text, article.language, lists)
        if worth.is_claim:
            found.append(Claimed(text, article.language, start, end, place, worth, facts_of(text, article.language)))
    best = sorted(found, key=lambda one: (-one.worth.score, one.place))[:most]
    return tuple(sorted(best, key=lambda one: one.place))


def _sentences(article: Article) -> list[tuple[str, int, int]]:
    sentences = [(article.title, TITLE, TITLE)]
    for start, end in spans(article.text[:OPENING]):
        piece = article.text[start:end]
        if SHORTEST <= len(piece) <= LONGEST and "http" not in piece and "www." not in piece:
            sentences.append((piece, start, end))
    return sentences
