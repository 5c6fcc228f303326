"""What is known of each story beside its articles' meaning: hours, outlets, places, harm, questions. The evidence that
severity weighs.

A tally is the sum of its members, so a merge adds two and a split rebuilds both. Stories nobody wrote about for
`keep_days` leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from kentongan.engine.abroad import Where, where_of
from kentongan.engine.harm import harm_of
from kentongan.engine.kinds import asks_something
from kentongan.engine.records import Article, Copy, SourceKind
from kentongan.engine.severity import Evidence

HOURS_SHOWN = 72
HARM_HOURS = 24
"""Harm is what the reports of the last day say: danger to many lives "now" passes when nobody speaks of it any more."""
_LATEST = 200
"""Members whose words are counted for the reason: enough for the commonest, and bounded for a story of thousands."""


@dataclass(frozen=True, slots=True)
class Member:
    """What one article adds to its story. `seconds` is event time; `harm` 0..4 with its words; `where` it says that it happened; `places`
    of the office for which it speaks."""

    article: str
    outlet: str
    source_kind: SourceKind
    seconds: float
    copy: bool
    harm: int
    words: tuple[str, ...]
    asks: bool
    where: Where | Literal["own"] = ""
    places: tuple[str, ...] = ()


@dataclass(slots=True)
class Tally:
    """The members of one story and their sums."""

    members: list[Member] = field(default_factory=list[Member])
    hours: Counter[int] = field(default_factory=Counter[int])
    outlets: Counter[str] = field(default_factory=Counter[str])
    press: Counter[str] = field(default_factory=Counter[str])
    harm: dict[int, Counter[int]] = field(default_factory=dict[int, Counter[int]])
    """Originals by hour and level of harm."""
    questions: list[float] = field(default_factory=list[float])
    official: list[float] = field(default_factory=list[float])
    public_posts: int = 0
    answered_for: int = 0
    """Members of outlets and official sources, copies too: who carries a post on answers for it."""
    where: Counter[str] = field(default_factory=Counter[str])
    places: Counter[str] = field(default_factory=Counter[str])
    """Originals by the places of the office they speak for."""
    last: float = float("-inf")

    def add(self, member: Member) -> None:
        """Take in one more member."""
        self.members.append(member)
        self.last = max(self.last, member.seconds)
        if not (member.copy and member.source_kind == "public"):  # coordinated copies are one voice
            self.outlets[member.outlet] += 1
        if member.source_kind == "press":
            self.press[member.outlet] += 1
        self.answered_for += member.source_kind != "public"
        if member.copy:
            return
        hour = int(member.seconds // 3600)
        self.hours[hour] += 1
        self.harm.setdefault(hour, Counter())[member.harm] += 1
        self.public_posts += member.source_kind == "public"
        self.where[member.where] += 1
        self.places.update(member.places)
        if member.asks:
            self.questions.append(member.seconds)
        if member.source_kind == "official":
            self.official.append(member.seconds)

    def counts(self) -> tuple[tuple[str, int], ...]:
        """(hour as ISO text in UTC, originals) of the last 72 hours up to the newest member, hours without any left
        out."""
        newest = max(self.hours, default=0)
        return tuple(
            (datetime.fromtimestamp(hour * 3600, UTC).isoformat(), self.hours[hour])
            for hour in sorted(self.hours)
            if hour > newest - HOURS_SHOWN
        )

    @property
    def abroad(self) -> bool:
        """Whether what is said of places is abroad: never where a place of the office is named, and at most a third names some other."""
        return self.where["abroad"] > 0 and not self.where["own"] and 2 * self.where["elsewhere"] <= self.where["abroad"]

    def evidence(self, observed: float, expected: float, hours: int, places: int = 0) -> Evidence:
        """The evidence for severity; the counts of growth come from the bursts, which know what is usual, that of `places` from the
        gazetteer, which knows which of them lie in one another."""
        newest = max(self.hours, default=0)
        said = sum((self.harm.get(hour, Counter[int]()) for hour in range(newest - HARM_HOURS + 1, newest + 1)), Counter[int]())
        level = _supported(said)
        recent = (member for member in self.members[-_LATEST:] if member.seconds >= (newest - HARM_HOURS + 1) * 3600)
        words = Counter(word for member in recent if member.harm == level for word in member.words[:1])
        answered = max(self.official, default=float("-inf"))
        open_questions = sum(asked > answered for asked in self.questions)
        originals = self.hours.total()
        return Evidence(
            harm=level,
            harm_articles=said[level],
            harm_words=tuple(sorted(words, key=lambda word: (-words[word], word))[:3]),
            observed=observed,
            expected=expected,
            hours=hours,
            press_outlets=len(self.press),
            official=bool(self.official),
            public_posts=self.public_posts,
            outlets=max(1, len(self.outlets)),
            questions=open_questions,
            answered=bool(self.questions) and not open_questions,
            abroad=self.abroad,
            one_post=originals == self.public_posts == 1 and not self.answered_for,
            copies=len(self.members) - originals,
            places=places,
        )


def _supported(said: Counter[int]) -> int:
    """The highest level a tenth of the originals support: one word in one of forty reports does not make a crisis."""
    need = said.total() / 10
    support = 0
    for level in (4, 3, 2, 1):
        support += said[level]
        if said[level] and support >= need:
            return level
    return 0


@dataclass(slots=True)
class State:
    """The tallies of all stories that still run. Mutable: changed by the functions below alone."""

    tallies: dict[str, Tally] = field(default_factory=dict[str, Tally])
    swept: float = float("-inf")


def member_of(article: Article, copy: Copy, places: Sequence[str] = ()) -> Member:
    """What the article adds to its story. `places` are those of the office it names, none of which lies in another.

    Outlets and official sources speak for all of them, a private person for one, the first: a post that lists ten wards reaches no further
    than one that names its own.
    """
    harm = harm_of(article.title, article.text)
    return Member(
        article.id,
        article.outlet,
        article.source_kind,
        article.published.timestamp(),
        copy.kind != "original",
        harm.level,
        harm.words,
        bool(asks_something(article.title, article.text, article.source_kind)),
        "own" if places else where_of(article.title),
        tuple(places[:1] if article.source_kind == "public" else places),
    )


def add(state: State, story: str, member: Member) -> Tally:
    """Add a member to its story; returns the story's tally as it stands then."""
    tally = state.tallies.setdefault(story, Tally())
    tally.add(member)
    return tally


def merge(state: State, gone: str, into: str) -> None:
    """Story `gone` becomes part of `into`."""
    old = state.tallies.pop(gone, None)
    target = state.tallies.setdefault(into, Tally())
    for member in old.members if old else ():
        target.add(member)


def move(state: State, articles: Iterable[str], story: str) -> None:
    """These articles now belong to `story`; the stories they leave are counted anew."""
    moving = frozenset(articles)
    for name in sorted(state.tallies):
        members = state.tallies[name].members
        if name == story or not any(member.article in moving for member in members):
            continue
        kept = Tally()
        for member in members:
            (add(state, story, member) if member.article in moving else kept.add(member))
        if kept.members:
            state.tallies[name] = kept
        else:
            del state.tallies[name]


def sweep(state: State, now: float, keep_days: float) -> None:
    """Let stories go that nobody wrote about for `keep_days`; done every six hours of event time at most."""
    if now - state.swept < 6 * 3600:
        return
    state.swept = now
    for name in [name for name, tally in state.tallies.items() if tally.last < now - keep_days * 86_400]:
        del state.tallies[name]


def dump(state: State) -> dict[str, Any]:
    """The state as JSON values; equal states give equal values."""
    return {
        "swept": None if state.swept == float("-inf") else state.swept,
        "tallies": [
            [
                name,
                [
                    [m.article, m.outlet, m.source_kind, m.seconds, m.copy, m.harm, list(m.words), m.asks, m.where, list(m.places)]
                    for m in tally.members
                ],
            ]
            for name, tally in state.tallies.items()
        ],
    }


def restore(data: dict[str, Any]) -> State:
    """The state `dump` gave."""
    state = State(swept=float("-inf") if data["swept"] is None else data["swept"])
    for name, members in data["tallies"]:
        for article, outlet, kind, seconds, copy, harm, words, asks, where, places in members:
            add(state, name, Member(article, outlet, kind, seconds, copy, harm, tuple(words), asks, where, tuple(places)))
    return state
