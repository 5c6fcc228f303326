"""Copies and rewrites: which article repeats which, and why.

Observed. Local outlets print agency copy word for word, cut it, or put a new first paragraph before it; the same page is read again
under an address with tracking parameters or after an update; an outlet writes tomorrow's weather, prayer times or share index into
yesterday's text. The first three are copies (one report, n outlets), the last is not: the words are the same and the news is new.

Method, cheapest first; the first that holds decides:
  1. address    the same canonical address: the same page, read again.
  2. words      the same normalised text of at least `min_words` words; for a bare headline the same normalised title within
                `headline_hours`.
  3. near       MinHash (Broder 1997) of word 4-grams, LSH bands (Indyk & Motwani 1998) for candidates, then the share checked on a
                sample of the shingles themselves; `near_share` of the union must agree.
  4. rewrite    the rare shingles of the smaller text that return in the larger (containment). A shingle is rare while at most
                `common_after` groups have it: stock phrases, adverts and disclaimers prove nothing. Asked both ways, so that a round-up
                ("Top 3") that quotes an article is not a copy of it. One outlet repeats its own background paragraphs in every
                follow-up, so within an outlet only 1 to 3 count.
  near and rewrite are refused where the titles give different figures or dates: reports of the same form on another day. A text of service
  (`recurring`) whose headline gives none has its day for one, and its headline is the same only on its day.

Known failures. A translated copy is not found (the story joins it). A copy cut to less than `rewrite_back` of the original is missed.
Two different bare headlines with the same words within hours are taken as one. A false join is worse than a miss: it hides an article.

Why not: SimHash joins texts that share their form; embeddings put follow-ups of one
event as near as copies of one text; comparing with every article of the window costs more each day.

State: bounded by `window_days` of event time and `max_articles`; the oldest leave first. Groups point at the first article *seen*.
Articles that are rewrites are not compared with later ones for rewriting: otherwise chains would drift from the original.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from rensa import RMinHash  # pyright: ignore

from kentongan.engine.packing import pack, unpack
from kentongan.engine.records import Article, Copy, CopyKind, Reason
from kentongan.engine.recurring import day_of, is_recurring
from kentongan.engine.shingles import HashArray, jaccard, shingle_hashes, words_of
from kentongan.engine.watermark import Watermark

_KIND, _VERSION = "duplicates", 1
_SEED = 20251
_PERMUTATIONS, _BANDS = 120, 24
"""24 bands of 5 rows: a pair with Jaccard 0.75 is a candidate with probability 0.998, one with 0.3 with 0.06."""
_SAMPLE, _INDEXED = np.uint64(4), np.uint64(16)
"""Every fourth shingle (by value) is kept: 75 of an article of 300, a standard error of 0.05 on a share of 0.7. Every sixteenth
is indexed."""
_BUCKETS = 1 << 22
"""Counters of how many articles have a shingle: 8 MB; at 30,000 articles one rare shingle in 10,000 is taken for a common one."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What counts as a copy. Shares are fractions of one, see the module for their meaning."""

    window_days: float = 7.0
    max_articles: int = 30_000
    min_words: int = 25
    headline_words: int = 4
    headline_hours: float = 24.0
    near_share: float = 0.75
    rewrite_share: float = 0.60
    rewrite_back: float = 0.30
    rewrite_shingles: int = 12
    common_after: int = 4


@dataclass(slots=True)
class _Entry:
    article: str
    group: str
    outlet: str
    seconds: float
    numbers: tuple[str, ...]
    keys: tuple[str, ...]
    bands: tuple[int, ...]
    sample: HashArray
    source: bool
    """Later articles may be rewrites of this one."""


def _no_counts() -> npt.NDArray[np.uint16]:
    return np.zeros(_BUCKETS, dtype=np.uint16)


@dataclass(slots=True)
class State:
    """The articles of the window and their indexes. Opaque: change it by `step` alone, keep it by `save`.

    Articles have a running number; `entries` is in order of arrival. `rare` and `bands` lead from a hash to numbers.
    """

    watermark: Watermark = field(default_factory=Watermark)
    next_number: int = 0
    entries: dict[int, _Entry] = field(default_factory=dict[int, _Entry])
    numbers: dict[str, int] = field(default_factory=dict[str, int])
    exact: dict[str, int] = field(default_factory=dict[str, int])
    bands: dict[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])
    rare: dict[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])
    counts: npt.NDArray[np.uint16] = field(default_factory=_no_counts)


def start() -> State:
    """An empty state."""
    return State()


def step(state: State, article: Article, settings: Settings) -> tuple[State, Copy]:
    """Find the group of an article. `state` is changed in place and returned; the same calls give the same states.

    An article id that is still in the window is the same page again and changes nothing.
    """
    _expire(state, state.watermark.advance(article.published.timestamp()), settings)
    known = state.numbers.get(article.id)
    if known is not None:
        return state, Copy(article.id, state.entries[known].group, "exact", 1.0, Reason("copy.address"))
    mine = _entry(article, settings)
    copy = _exact(state, mine, settings) or _near(state, mine, settings) or _rewrite(state, mine, settings)
    if copy is None:
        copy = Copy(article.id, article.id, "original", 1.0, Reason("copy.original"))
    mine.group = copy.group
    mine.source = copy.kind in ("original", "near")
    _remember(state, state.next_number, mine)
    state.next_number += 1
    return state, copy


def _entry(article: Article, settings: Settings) -> _Entry:
    title, text = words_of(article.title), words_of(article.text)
    seconds = article.published.timestamp()
    dated = any(sign.isdigit() for word in title for sign in word)
    day = [f"day {day_of(seconds)}"] if is_recurring(article.title) and not dated else []
    keys = [f"a{article.url}"]
    if len(text) >= settings.min_words:
        keys.append("t" + _digest(text))
    if len(title) >= settings.headline_words:
        keys.append(("h" if text else "b") + _digest(title + day))
    shingles = shingle_hashes(text) if len(text) >= settings.min_words else np.empty(0, dtype=np.uint64)
    return _Entry(
        article=article.id,
        group=article.id,
        outlet=article.outlet,
        seconds=seconds,
        numbers=tuple(sorted({word for word in title + day if any(sign.isdigit() for sign in word)})),
        keys=tuple(keys),
        bands=_bands(shingles),
        sample=shingles[shingles % _SAMPLE == 0],
        source=True,
    )


def _digest(words: list[str]) -> str:
    return hashlib.blake2b(" ".join(words).encode(), digest_size=12).hexdigest()


def _bands(shingles: HashArray) -> tuple[int, ...]:
    """One number for each LSH band, the band's place mixed in; empty for a text without shingles."""
    if not len(shingles):
        return ()
    sketch: Any = RMinHash(_PERMUTATIONS, _SEED)  # pyright: ignore
    sketch.update([str(value) for value in shingles.tolist()])  # pyright: ignore
    rows = np.array(sketch.digest(), dtype="<u4").reshape(_BANDS, -1)  # pyright: ignore
    return tuple(
        int.from_bytes(hashlib.blake2b(bytes([band]) + row.tobytes(), digest_size=7).digest(), "little") for band, row in enumerate(rows)
    )


def _exact(state: State, mine: _Entry, settings: Settings) -> Copy | None:
    for key in mine.keys:
        kinds = {"b": "bh", "h": "b"}.get(key[0], key[0])
        for found in (state.exact.get(kind + key[1:]) for kind in kinds):
            if found is None:
                continue
            other = state.entries[found]
            if key[0] in "bh" and abs(mine.seconds - other.seconds) > settings.headline_hours * 3600:
                continue
            code = {"a": "copy.address", "t": "copy.exact"}.get(key[0], "copy.headline")
            return Copy(mine.article, other.group, "exact", 1.0, Reason(code))
    return None


def _near(state: State, mine: _Entry, settings: Settings) -> Copy | None:
    best: tuple[float, _Entry] | None = None
    for number in sorted({number for band in mine.bands for number in state.bands.get(band, ())}):
        other = state.entries[number]
        share = jaccard(mine.sample, other.sample)
        if share >= settings.near_share and mine.numbers == other.numbers and (best is None or share > best[0]):
            best = share, other
    return None if best is None else _copy(mine, best[1], "near", best[0])


def _rewrite(state: State, mine: _Entry, settings: Settings) -> Copy | None:
    rare = mine.sample[_is_rare(state, mine.sample, settings)]
    if len(rare) < settings.rewrite_shingles:
        return None
    shared = Counter(number for value in _indexed(rare) for number in state.rare.get(value, ()))
    best: tuple[float, _Entry] | None = None
    for number in sorted(number for number, times in shared.items() if times > 1):
        other = state.entries[number]
        if other.outlet == mine.outlet or not _same_figures(mine, other):
            continue
        theirs = other.sample[_is_rare(state, other.sample, settings)]
        small, large = sorted((len(rare), len(theirs)))
        common = len(np.intersect1d(rare, theirs, assume_unique=True))
        if small < settings.rewrite_shingles or common < settings.rewrite_back * large:
            continue
        share = common / small
        if share >= settings.rewrite_share and (best is None or share > best[0]):
            best = share, other
    return None if best is None else _copy(mine, best[1], "rewrite", best[0])


def _is_rare(state: State, sample: HashArray, settings: Settings) -> npt.NDArray[np.bool_]:
    return state.counts[_buckets(sample)] <= settings.common_after


def _buckets(sample: HashArray) -> npt.NDArray[np.int64]:
    return ((sample >> np.uint64(8)) % np.uint64(_BUCKETS)).astype(np.int64)


def _indexed(sample: HashArray) -> list[int]:
    return sample[sample % _INDEXED == 0].tolist()


def _same_figures(left: _Entry, right: _Entry) -> bool:
    """True unless both titles give figures and none is shared, or both are texts of service of two days."""
    mine, theirs = set(left.numbers), set(right.numbers)
    days = [one for one in mine ^ theirs if one.startswith("day ")]
    return len(days) < 2 and (not (mine and theirs) or bool(mine & theirs))


def _copy(mine: _Entry, other: _Entry, kind: CopyKind, share: float) -> Copy:
    return Copy(mine.article, other.group, kind, share, Reason(f"copy.{kind}", {"share": share}))


def _remember(state: State, number: int, entry: _Entry) -> None:
    state.entries[number] = entry
    state.numbers[entry.article] = number
    for key in entry.keys:
        state.exact[key] = number
    for band in entry.bands:
        state.bands[band] = (*state.bands.get(band, ()), number)
    np.add.at(state.counts, _buckets(entry.sample), 1)
    if entry.source:
        for value in _indexed(entry.sample):
            state.rare[value] = (*state.rare.get(value, ()), number)


def _expire(state: State, now: float, settings: Settings) -> None:
    """Let the oldest arrivals go: those before the window, and any beyond the greatest number."""
    oldest = now - settings.window_days * 86_400
    while state.entries:
        number, entry = next(iter(state.entries.items()))
        if len(state.entries) < settings.max_articles and entry.seconds >= oldest:
            return
        del state.entries[number]
        _forget(state, number, entry)


def _forget(state: State, number: int, entry: _Entry) -> None:
    del state.numbers[entry.article]
    for key in entry.keys:
        if state.exact.get(key) == number:
            del state.exact[key]
    np.subtract.at(state.counts, _buckets(entry.sample), 1)
    values = _indexed(entry.sample) if entry.source else []
    for index, hashes in ((state.bands, entry.bands), (state.rare, values)):
        for value in hashes:
            left = tuple(other for other in index[value] if other != number)
            if left:
                index[value] = left
            else:
                del index[value]


def window(state: State) -> tuple[int, datetime | None]:
    """How many articles are remembered, and the watermark of event time (None before the first)."""
    now = state.watermark.now
    return len(state.entries), None if now == float("-inf") else datetime.fromtimestamp(now, UTC)


def save(state: State) -> bytes:
    """The whole state; equal states give equal bytes."""
    entries = list(state.entries.values())
    samples = [entry.sample for entry in entries]
    data: dict[str, Any] = {
        "watermark": state.watermark.to_data(),
        "next_number": state.next_number,
        "numbers": list(state.entries),
        "entries": [[e.article, e.group, e.outlet, e.seconds, list(e.numbers), list(e.keys), bool(e.bands), e.source] for e in entries],
    }
    arrays = {
        "sizes": np.array([len(sample) for sample in samples], dtype="<i8"),
        "samples": np.concatenate([*samples, np.empty(0, dtype=np.uint64)]),
        "bands": np.array([entry.bands for entry in entries if entry.bands], dtype="<i8").reshape(-1, _BANDS),
    }
    return pack(_KIND, _VERSION, data, arrays)


def load(raw: bytes) -> State:
    """The state `save` wrote. Raises `StateError` when it is damaged or of another version."""
    data, arrays = unpack(raw, _KIND, _VERSION)
    state = State(Watermark.from_data(data["watermark"]), data["next_number"])
    samples = np.split(arrays["samples"], np.cumsum(arrays["sizes"])[:-1])
    bands = iter(arrays["bands"].tolist())
    for number, row, sample in zip(data["numbers"], data["entries"], samples, strict=False):
        article, group, outlet, seconds, numbers, keys, has_bands, source = row
        banded = tuple(next(bands)) if has_bands else ()
        entry = _Entry(article, group, outlet, seconds, tuple(numbers), tuple(keys), banded, sample, source)
        _remember(state, number, entry)
    return state
