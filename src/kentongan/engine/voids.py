"""What people ask, in groups, and whether an official page answers it: information voids.

Theory. Where people ask and no official page answers, somebody else will (WHO and UNICEF 2023 call the place an information void). One
question is asked in many words and two languages; each group is shown once, with how many outlets and posts asked it, and with the
official page that would answer it, or with the sentence that none does.

Method. A question joins a group when it wants the same (where, when, how much, who, why, whether, how: `data/voids.yaml`), its centred
cosine with the group's first question reaches `SAME`, and their topics do not exclude each other. A page answers when its cosine plus
`WORDS` times the share of the question's words that stand in its title and lead reaches the bar of its language (`bar`): what only sounds
alike shares no words, Vietnamese syllables are shared by all, and between languages there is the cosine alone. The bars were set so
that of the questions whose page is not there about one in ten is given a wrong one (docs/explanation/claims.md); a wrong page is worse
than none, because the void behind it stays.

Known failures. Whether the page answers is not read, only whether it is about it; an officer looks. Questions without a question word want
nothing in particular and join any. A page that answers in its tenth paragraph is not found.

Does not say who asks. Public posts are counted, never listed by account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np

from kentongan.engine.lexicon import Finder, folded, word_list
from kentongan.engine.records import Language, SourceKind, need_utc
from kentongan.engine.terms import terms
from kentongan.engine.vectors import FloatArray

SAME = 0.55
"""Centred cosine from which two questions that want the same are one."""
ANSWERS, ANSWERS_VI, ANSWERS_ACROSS, WORDS = 0.55, 0.68, 0.40, 0.3
_SHORTEST, _LOOKED_AT = 3, 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands in an item. `vector` is centred; `topics` are its service areas."""

    item: str
    text: str
    language: Language
    outlet: str
    source_kind: SourceKind
    at: datetime
    vector: FloatArray
    topics: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        need_utc(self, "at")


@dataclass(frozen=True, slots=True)
class Page:
    """An official page or article (`page_of`). `vector` is centred; `words` are those of its title and lead."""

    key: str
    language: Language
    vector: FloatArray
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same, the first one first. `wants` is what they want to know, "" where no word says it."""

    asked: tuple[Asked, ...]
    wants: str
    topics: tuple[str, ...]

    @property
    def first(self) -> Asked:
        return self.asked[0]

    @property
    def outlets(self) -> int:
        return len({one.outlet for one in self.asked if one.source_kind != "public"})

    @property
    def posts(self) -> int:
        return sum(one.source_kind == "public" for one in self.asked)


@dataclass(frozen=True, slots=True)
class Answer:
    """The official page that is nearest to a question, and by how much it is above its bar."""

    page: str
    score: float


@cache
def _wants() -> tuple[Finder, dict[str, str]]:
    owners = {
        folded(word): want for want, languages in word_list("voids")["wants"].items() for words in languages.values() for word in words
    }
    return Finder(owners), owners


def wants(text: str) -> str:
    """What a question wants to know: where, when, how_much, who, why, whether, how, or "". The first question word decides."""
    finder, owners = _wants()
    hits = finder.find(folded(text))
    return owners[hits[0].entry] if hits else ""


def like(one: Asked, head: Asked, want: str) -> float:
    """How like `one` is to the first question of a group that wants `want`: a cosine from `SAME` up, 0 where they are not one question."""
    asked_for = wants(one.text)
    if asked_for and want and asked_for != want:
        return 0.0
    if one.topics and head.topics and not set(one.topics) & set(head.topics):
        return 0.0
    cosine = float(np.dot(one.vector, head.vector))
    return cosine if cosine >= SAME else 0.0


def place(one: Asked, heads: Sequence[tuple[Asked, str]]) -> int:
    """The place of the group `one` belongs to among these heads, each with what it wants; -1 for a new group."""
    likes = [like(one, head, want) for head, want in heads]
    best = max(likes, default=0.0)
    return likes.index(best) if best else -1


def groups(asked: Iterable[Asked]) -> tuple[Group, ...]:
    """The questions in groups, those asked in most places first. Equal questions in any order give the same groups."""
    found: list[list[Asked]] = []
    heads: list[tuple[Asked, str]] = []
    for one in sorted(asked, key=lambda one: (one.at, one.item, one.text)):
        number = place(one, heads)
        if number < 0:
            found.append([one])
            heads.append((one, wants(one.text)))
        else:
            found[number].append(one)
            heads[number] = (heads[number][0], heads[number][1] or wants(one.text))
    made = [Group(tuple(members), want, head.topics) for members, (head, want) in zip(found, heads, strict=True)]
    return tuple(sorted(made, key=lambda group: (-group.outlets - group.posts, -len(group.asked), group.first.at, group.first.item)))


def page_of(key: str, text: str, language: Language, vector: FloatArray) -> Page:
    """A page from its title and lead and its centred vector."""
    return Page(key, language, vector, _words(text, language))


def answer_for(text: str, language: Language, vector: FloatArray, pages: Sequence[Page]) -> Answer | None:
    """The official page that would answer a question; None where none comes near enough."""
    if not pages:
        return None
    cosines = np.stack([page.vector for page in pages]) @ vector
    nearest: list[int] = np.argsort(-cosines, kind="stable")[:_LOOKED_AT].tolist()
    asked = _words(text, language)
    scored = [(_above(float(cosines[number]), asked, language, pages[number]), pages[number].key) for number in nearest]
    score, key = max(scored, key=lambda pair: (round(pair[0], 6), pair[1]))
    return Answer(key, score) if score >= 0.0 else None


def bar(question: Language, page: Language) -> float:
    """What a page must reach to be called an answer."""
    if question != page:
        return ANSWERS_ACROSS
    return ANSWERS_VI if question == "vi" else ANSWERS


def _above(cosine: float, asked: frozenset[str], language: Language, page: Page) -> float:
    shared = len(asked & page.words) / len(asked) if asked and page.language == language else 0.0
    return cosine + WORDS * shared - bar(language, page.language)


def _words(text: str, language: Language) -> frozenset[str]:
    """Words (pairs in Vietnamese) and figures, without the words that ask."""
    line = folded(text)
    finder, _ = _wants()
    for hit in reversed(finder.find(line)):
        line = line[: hit.start] + " " + line[hit.end :]
    return frozenset(word for word in terms(line, language).words if len(word) >= _SHORTEST)
