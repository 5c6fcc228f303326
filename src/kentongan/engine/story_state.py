"""What the clustering of stories remembers: stories, members, their vectors and words, and how that is saved.

No decisions are made here. A story has one facet for each of its languages, and more after an officer joined stories that are not
alike: later arrivals are compared with each. The sums of the facets' vectors lie in one matrix, a row (slot) for each facet of
an active story, so that one product compares an article with all of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kentongan.engine.packing import pack, unpack
from kentongan.engine.records import Language
from kentongan.engine.terms import Counts
from kentongan.engine.vectors import DIMENSION, Centres, FloatArray, unit
from kentongan.engine.watermark import Watermark

_KIND, _VERSION = "stories", 1
MEMBERS = 128
"""Members of a story whose title, lead and vector are kept (the first half and the latest)."""
WORDS = 60
"""Words kept of a facet."""

LANGUAGES: tuple[Language, ...] = ("id", "ms", "jv", "su", "vi", "en", "other")

HalfArray = npt.NDArray[np.float16]


@dataclass(slots=True)
class Member:
    """An article of a story, or a copy of one (`copy`; then without vector and words). `seconds` since 1970, UTC."""

    article: str
    outlet: str
    language: Language
    seconds: float
    title: str
    lead: str
    copy: bool
    vector: HalfArray | None
    words: tuple[str, ...] = ()


@dataclass(slots=True)
class Facet:
    """The middle of a story in one language. `words` counts articles; `norm` is the length of their weighted shares."""

    language: Language
    slot: int
    articles: int = 0
    words: dict[str, float] = field(default_factory=dict[str, float])
    norm: float = 0.0


@dataclass(slots=True)
class Thread:
    """A story as it grows. `ids` are its articles with copies and their times, in order of arrival, as long as they are remembered.

    An inactive story has facets without slots (-1). `fixed`: an officer made it, the method does not take it apart.
    `looked`: how many articles it had when others like it were last looked for.
    """

    id: str
    first: float
    last: float
    ids: dict[str, float] = field(default_factory=dict[str, float])
    members: list[Member] = field(default_factory=list[Member])
    articles: int = 0
    copies: int = 0
    outlets: dict[str, int] = field(default_factory=dict[str, int])
    languages: dict[Language, int] = field(default_factory=dict[Language, int])
    facets: list[Facet] = field(default_factory=list[Facet])
    headline: str = ""
    active: bool = True
    fixed: bool = False
    looked: int = 0

    def keep(self, member: Member) -> None:
        """Remember a member; of a long story those in the middle leave first."""
        self.members.append(member)
        if len(self.members) > MEMBERS:
            del self.members[MEMBERS // 2]

    def count(self, outlet: str, language: Language, seconds: float) -> None:
        """Count an outlet and a language, and stretch the story over this time."""
        self.first, self.last = min(self.first, seconds), max(self.last, seconds)
        self.outlets[outlet] = self.outlets.get(outlet, 0) + 1
        self.languages[language] = self.languages.get(language, 0) + 1


def kin(language: Language) -> Language:
    """The language a text is compared in: Malay and Indonesian headlines are read as one, for no detector tells all of them apart."""
    return "id" if language == "ms" else language


def tongue(language: Language) -> int:
    """The number of a language in `State.tongues`."""
    return LANGUAGES.index(language) + 1


def _no_rows() -> FloatArray:
    return np.zeros((64, DIMENSION), dtype=np.float32)


def _no_tongues() -> npt.NDArray[np.int8]:
    return np.zeros(64, dtype=np.int8)


@dataclass(slots=True)
class State:
    """The running state. Opaque: change it by `stories.step`, `merge` and `split` alone, keep it by `save`.

    `sums` and `rows` have shape (capacity, 384): sums of vectors and the same at length one. `owners` names the story of each
    slot, empty where it is free; `tongues` its language as a place in `LANGUAGES` counted from one, zero where it is free.
    """

    centres: Centres
    watermark: Watermark = field(default_factory=Watermark)
    counts: Counts = field(default_factory=Counts)
    threads: dict[str, Thread] = field(default_factory=dict[str, Thread])
    place: dict[str, str] = field(default_factory=dict[str, str])
    alias: dict[str, str] = field(default_factory=dict[str, str])
    apart: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    sums: FloatArray = field(default_factory=_no_rows)
    rows: FloatArray = field(default_factory=_no_rows)
    owners: list[str] = field(default_factory=list[str])
    tongues: npt.NDArray[np.int8] = field(default_factory=_no_tongues)
    free: list[int] = field(default_factory=list[int])
    postings: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])
    since_sweep: int = 0

    def take_slot(self, thread: Thread, facet: Facet, total: FloatArray) -> None:
        """Give the facet a row of the matrix, and make its story findable by its words."""
        if self.free:
            facet.slot = self.free.pop()
        else:
            facet.slot = len(self.owners)
            self.owners.append("")
        if facet.slot >= len(self.sums):
            self.sums = np.concatenate([self.sums, np.zeros_like(self.sums)])
            self.rows = np.concatenate([self.rows, np.zeros_like(self.rows)])
            self.tongues = np.concatenate([self.tongues, np.zeros_like(self.tongues)])
        self.owners[facet.slot], self.tongues[facet.slot] = thread.id, tongue(facet.language)
        self.set_sum(facet, total)
        self.index_words(thread, facet)

    def set_sum(self, facet: Facet, total: FloatArray) -> None:
        """Set the sum of a facet's vectors."""
        self.sums[facet.slot] = total
        self.rows[facet.slot] = unit(total)

    def release(self, thread: Thread) -> None:
        """Take a story out of the matrix and the word index; its facets stay, without slots."""
        for facet in thread.facets:
            if facet.slot >= 0:
                self.owners[facet.slot], self.tongues[facet.slot] = "", 0
                self.set_sum(facet, np.zeros(DIMENSION, dtype=np.float32))
                self.free.append(facet.slot)
                facet.slot = -1
            for word in facet.words:
                names = self.postings.get(word)
                if names is not None:
                    names.pop(thread.id, None)
                    if not names:
                        del self.postings[word]

    def index_words(self, thread: Thread, facet: Facet) -> None:
        """Make the story findable by the words of the facet."""
        for word in facet.words:
            self.postings.setdefault(word, {})[thread.id] = None

    def trim(self, thread: Thread, facet: Facet) -> None:
        """Keep the weightiest words of the facet and measure them anew."""
        if len(facet.words) > WORDS:
            order = sorted(facet.words, key=lambda word: (-facet.words[word] * self.counts.weight(word), word))
            gone = order[WORDS:]
            for word in gone:
                del facet.words[word]
            for word in gone:
                names = self.postings.get(word)
                if names is not None and not any(word in other.words for other in thread.facets):
                    names.pop(thread.id, None)
                    if not names:
                        del self.postings[word]
        share = 1.0 / max(1, facet.articles)
        facet.norm = math.sqrt(sum((self.counts.weight(word) * times * share) ** 2 for word, times in facet.words.items()))


def save(state: State) -> bytes:
    """The whole state; equal states give equal bytes."""
    vectors = [member.vector for thread in state.threads.values() for member in thread.members if member.vector is not None]
    used = len(state.owners)
    data: dict[str, Any] = {
        "watermark": state.watermark.to_data(),
        "counts": state.counts.to_data(),
        "threads": [_thread_data(thread) for thread in state.threads.values()],
        "alias": dict(sorted(state.alias.items())),
        "apart": sorted(list(pair) for pair in state.apart),
        "owners": state.owners,
        "free": state.free,
        "capacity": len(state.sums),
        "centre_counts": dict(sorted(state.centres.counts.items())),
        "languages": sorted(state.centres.means),
        "since_sweep": state.since_sweep,
    }
    arrays = {
        "sums": state.sums[:used],
        "rows": state.rows[:used],
        "vectors": np.stack(vectors) if vectors else np.empty((0, DIMENSION), dtype=np.float16),
        "centres": np.stack([state.centres.means[language] for language in sorted(state.centres.means)]),
    }
    return pack(_KIND, _VERSION, data, arrays)


def _thread_data(thread: Thread) -> dict[str, Any]:
    members = [
        [m.article, m.outlet, m.language, m.seconds, m.title, m.lead, m.copy, m.vector is not None, list(m.words)] for m in thread.members
    ]
    facets = [[f.language, f.slot, f.articles, list(f.words.items()), f.norm] for f in thread.facets]
    return {
        "id": thread.id,
        "first": thread.first,
        "last": thread.last,
        "ids": list(thread.ids.items()),
        "members": members,
        "articles": thread.articles,
        "copies": thread.copies,
        "outlets": list(thread.outlets.items()),
        "languages": list(thread.languages.items()),
        "facets": facets,
        "headline": thread.headline,
        "active": thread.active,
        "fixed": thread.fixed,
        "looked": thread.looked,
    }


def load(raw: bytes) -> State:
    """The state `save` wrote. Raises `StateError` when it is damaged or of another version."""
    data, arrays = unpack(raw, _KIND, _VERSION)
    means: dict[Language, FloatArray] = dict(zip(data["languages"], arrays["centres"], strict=True))
    state = State(
        centres=Centres(means, dict(data["centre_counts"])),
        watermark=Watermark.from_data(data["watermark"]),
        counts=Counts.from_data(data["counts"]),
        alias=dict(data["alias"]),
        apart={(left, right) for left, right in data["apart"]},
        owners=list(data["owners"]),
        free=list(data["free"]),
        since_sweep=data["since_sweep"],
    )
    state.sums, state.rows = (np.zeros((data["capacity"], DIMENSION), dtype=np.float32) for _ in range(2))
    state.sums[: len(state.owners)], state.rows[: len(state.owners)] = arrays["sums"], arrays["rows"]
    state.tongues = np.zeros(int(data["capacity"]), dtype=np.int8)
    vectors = iter(arrays["vectors"])
    for row in data["threads"]:
        thread = _thread_from(row)
        for member, entry in zip(thread.members, row["members"], strict=True):
            member.vector = next(vectors) if entry[7] else None
        state.threads[thread.id] = thread
        state.place.update(dict.fromkeys(thread.ids, thread.id))
        for facet in thread.facets:
            if thread.active:
                state.index_words(thread, facet)
                state.tongues[facet.slot] = tongue(facet.language)
    return state


def _thread_from(row: Mapping[str, Any]) -> Thread:
    members = [
        Member(article, outlet, language, seconds, title, lead, copy, None, tuple(words))
        for article, outlet, language, seconds, title, lead, copy, _, words in row["members"]
    ]
    facets = [Facet(language, slot, articles, dict(words), norm) for language, slot, articles, words, norm in row["facets"]]
    return Thread(
        row["id"],
        row["first"],
        row["last"],
        dict(row["ids"]),
        members,
        row["articles"],
        row["copies"],
        dict(row["outlets"]),
        dict(row["languages"]),
        facets,
        row["headline"],
        row["active"],
        row["fixed"],
        row["looked"],
    )
