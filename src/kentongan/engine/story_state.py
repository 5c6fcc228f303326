"""What the clustering of stories remembers: stories, members, their vectors and words, and how that is saved. No decisions here.

Sums of vectors lie in one matrix, a row (slot) for each facet of an active story. A story has one facet, or several after an officer joined
stories that are not alike: later arrivals are compared with each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kentongan.engine.packing import pack, unpack
from kentongan.engine.records import Language
from kentongan.engine.terms import Counts
from kentongan.engine.vectors import DIMENSION, Centres, FloatArray, unit
from kentongan.engine.watermark import Watermark

_KIND, _VERSION = "stories", 1
MEMBERS = 128
"""Members of a story whose title, lead and vector are kept (the first half and the latest); ids are kept of all."""
WORDS = 60
"""Words kept of a story."""


@dataclass(slots=True)
class Member:
    """An article of a story, or a copy of one (`copy`; then without vector)."""

    article: str
    outlet: str
    language: Language
    seconds: float
    title: str
    lead: str
    copy: bool
    vector: FloatArray | None
    words: tuple[str, ...] = ()


@dataclass(slots=True)
class Thread:
    """A story as it grows. `ids` are all its articles with copies, in order of arrival."""

    id: str
    first: float
    last: float
    ids: list[str] = field(default_factory=list[str])
    members: list[Member] = field(default_factory=list[Member])
    articles: int = 0
    copies: int = 0
    outlets: dict[str, int] = field(default_factory=dict[str, int])
    languages: dict[Language, int] = field(default_factory=dict[Language, int])
    words: dict[str, float] = field(default_factory=dict[str, float])
    norm: float = 0.0
    slots: list[int] = field(default_factory=list[int])
    headline: str = ""
    active: bool = True


def _no_rows() -> FloatArray:
    return np.zeros((64, DIMENSION), dtype=np.float32)


@dataclass(slots=True)
class State:
    """The running state. Opaque: change it by `stories.step`, `merge` and `split` alone, keep it by `save`."""

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
    free: list[int] = field(default_factory=list[int])
    postings: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])
    since_sweep: int = 0

    def add_slot(self, thread: Thread, vector: FloatArray) -> int:
        """Give the story another facet beginning with `vector`."""
        if self.free:
            slot = self.free.pop()
            self.owners[slot] = thread.id
        else:
            slot = len(self.owners)
            self.owners.append(thread.id)
        if slot >= len(self.sums):
            self.sums = np.concatenate([self.sums, np.zeros_like(self.sums)])
            self.rows = np.concatenate([self.rows, np.zeros_like(self.rows)])
        self.set_slot(slot, vector)
        thread.slots.append(slot)
        return slot

    def set_slot(self, slot: int, total: FloatArray) -> None:
        """Set the sum of a facet's vectors."""
        self.sums[slot] = total
        self.rows[slot] = unit(total)

    def drop_slots(self, thread: Thread) -> None:
        """Take a story out of the matrix."""
        for slot in thread.slots:
            self.owners[slot] = ""
            self.set_slot(slot, np.zeros(DIMENSION, dtype=np.float32))
            self.free.append(slot)
        thread.slots = []

    def index_words(self, thread: Thread) -> None:
        """Make the story findable by its words."""
        for word in thread.words:
            self.postings.setdefault(word, {})[thread.id] = None

    def unindex_words(self, thread: Thread) -> None:
        """Undo `index_words`."""
        for word in thread.words:
            names = self.postings.get(word)
            if names is not None:
                names.pop(thread.id, None)
                if not names:
                    del self.postings[word]


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
        [m.article, m.outlet, m.language, m.seconds, m.title, m.lead, m.copy, m.vector is not None, list(m.words)]
        for m in thread.members
    ]
    return {
        "id": thread.id, "first": thread.first, "last": thread.last, "ids": thread.ids, "members": members,
        "articles": thread.articles, "copies": thread.copies, "outlets": list(thread.outlets.items()),
        "languages": list(thread.languages.items()), "words": list(thread.words.items()), "norm": thread.norm,
        "slots": thread.slots, "headline": thread.headline, "active": thread.active,
    }


def load(raw: bytes) -> State:
    """The state `save` wrote. Raises `StateError` when it is damaged or of another version."""
    data, arrays = unpack(raw, _KIND, _VERSION)
    means: dict[Language, FloatArray] = dict(zip(data["languages"], arrays["centres"], strict=True))
    state = State(
        centres=Centres(means, dict(data["centre_counts"])), watermark=Watermark.from_data(data["watermark"]),
        counts=Counts.from_data(data["counts"]), alias=dict(data["alias"]),
        apart={(left, right) for left, right in data["apart"]}, owners=list(data["owners"]), free=list(data["free"]),
        since_sweep=data["since_sweep"],
    )
    state.sums, state.rows = (np.zeros((data["capacity"], DIMENSION), dtype=np.float32) for _ in range(2))
    state.sums[:len(state.owners)], state.rows[:len(state.owners)] = arrays["sums"], arrays["rows"]
    vectors = iter(arrays["vectors"])
    for row in data["threads"]:
        thread = _thread_from(row)
        for member, has_vector in zip(thread.members, (entry[7] for entry in row["members"]), strict=True):
            member.vector = next(vectors) if has_vector else None
        state.threads[thread.id] = thread
        state.place.update(dict.fromkeys(thread.ids, thread.id))
        if thread.active:
            state.index_words(thread)
    return state


def _thread_from(row: dict[str, Any]) -> Thread:
    members = [
        Member(article, outlet, language, seconds, title, lead, copy, None, tuple(words))
        for article, outlet, language, seconds, title, lead, copy, _, words in row["members"]
    ]
    return Thread(
        row["id"], row["first"], row["last"], list(row["ids"]), members, row["articles"], row["copies"], dict(row["outlets"]),
        dict(row["languages"]), dict(row["words"]), row["norm"], list(row["slots"]), row["headline"], row["active"],
    )
