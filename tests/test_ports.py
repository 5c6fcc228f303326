"""Every adapter and every fake has what its port promises: the same names, the same parameters, the same answers."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import FrozenInstanceError, fields
from datetime import UTC, datetime, timedelta
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan import ports
from kentongan.adapters.bluesky import BlueskyReader
from kentongan.adapters.clock import ShiftedClock, SystemClock
from kentongan.adapters.feed_source import FeedSourceReader
from kentongan.adapters.http import HttpFetcher
from kentongan.adapters.imap import ImapReader
from kentongan.adapters.mastodon import MastodonReader
from kentongan.adapters.postgres import SharedHostSlots
from kentongan.adapters.slots import LocalHostSlots
from kentongan.adapters.smtp import SmtpMailer
from kentongan.adapters.telegram import TelegramReader
from kentongan.adapters.youtube import YouTubeReader
from kentongan.engine.vectors import CachedEmbedder, E5Embedder, cache_key
from kentongan.ports import FetchOutcome, FetchRequest

KEPT = {
    ports.Clock: (SystemClock, ShiftedClock),
    ports.HostSlots: (LocalHostSlots, SharedHostSlots),
    ports.Fetcher: (HttpFetcher,),
    ports.Mailer: (SmtpMailer,),
    ports.SourceReader: (FeedSourceReader, MastodonReader, BlueskyReader, YouTubeReader, TelegramReader, ImapReader),
    ports.Embedder: (E5Embedder, CachedEmbedder),
}
PAIRS = [(port, adapter) for port, adapters in KEPT.items() for adapter in adapters]


def promised(port: type) -> list[str]:
    return [name for name, value in vars(port).items() if not name.startswith("_") and (callable(value) or isinstance(value, property))]


def test_every_port_has_an_adapter_here() -> None:
    found = {value for value in vars(ports).values() if getattr(value, "_is_protocol", False) and value.__module__.startswith("kentongan")}
    assert found == set(KEPT)
    assert all(promised(port) for port in found)


@pytest.mark.parametrize(("port", "adapter"), PAIRS, ids=lambda one: one.__name__)
def test_an_adapter_takes_what_its_port_promises(port: type, adapter: type) -> None:
    for name in promised(port):
        assert hasattr(adapter, name), f"{adapter.__name__} has no {name}"
        wanted = vars(port)[name]
        if isinstance(wanted, property):
            continue
        ours = inspect.signature(wanted).parameters
        theirs = inspect.signature(getattr(adapter, name)).parameters
        assert list(theirs)[: len(ours)] == list(ours), f"{adapter.__name__}.{name}"
        assert all(one.default is not one.empty for one in list(theirs.values())[len(ours) :]), f"{adapter.__name__}.{name} wants more"
        assert {n: p.default for n, p in ours.items()} == {n: theirs[n].default for n in ours}, f"{adapter.__name__}.{name}"


@pytest.mark.parametrize("port", KEPT, ids=lambda port: port.__name__)
def test_a_port_says_what_it_is_for(port: type) -> None:
    assert len((port.__doc__ or "").split()) >= 5


ORIGIN = datetime(2025, 11, 13, tzinfo=UTC)
CLOCKS = [SystemClock(), ShiftedClock(ORIGIN, datetime.now(UTC)), ShiftedClock(ORIGIN, datetime.now(UTC), 60.0, ORIGIN + timedelta(days=1))]


@pytest.mark.parametrize("clock", CLOCKS, ids=["system", "shifted", "fast"])
def test_a_clock_is_aware_in_utc_and_never_runs_back(clock: ports.Clock) -> None:
    times = [clock.now() for _ in range(50)]
    assert all(time.tzinfo is not None and time.utcoffset() == timedelta(0) for time in times)
    assert times == sorted(times)


@given(st.floats(0.1, 5000), st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_shifted_clock_and_its_inverse_agree(speed: float, later: int, until: int) -> None:
    clock = ShiftedClock(ORIGIN, ORIGIN + timedelta(days=30), speed, ORIGIN + timedelta(seconds=until))
    real = clock.started + timedelta(seconds=later)
    assert abs(clock.real(clock.at(real)) - real) < timedelta(milliseconds=1)


@pytest.mark.parametrize("slots", [LocalHostSlots()], ids=["local"])
def test_slots_give_a_context_that_says_whether_it_holds(slots: ports.HostSlots) -> None:
    with slots.hold("kabar.example", 0.0) as first, slots.hold("kabar.example", 0.0) as second, slots.hold("kabar.example", 0.0) as third:
        assert (first, second, third) == (True, True, False)
        with slots.hold("lain.example", 0.0) as other:
            assert other
    context = slots.hold("kabar.example", 0.0)
    assert isinstance(context, AbstractContextManager)
    with context as again:
        assert again


def test_a_request_and_an_outcome_are_values() -> None:
    assert FetchRequest("https://a.example/") == FetchRequest("https://a.example/", "", "", "*/*", 0)
    assert FetchOutcome("ok", "https://a.example/") == FetchOutcome("ok", "https://a.example/", headers={})
    with pytest.raises(FrozenInstanceError):
        FetchRequest("https://a.example/").url = "https://b.example/"  # type: ignore[misc]


def test_two_outcomes_do_not_share_their_headers() -> None:
    first, second = FetchOutcome("ok", "a"), FetchOutcome("ok", "b")
    assert first.headers is not second.headers


def test_an_outcome_has_no_place_for_what_a_reader_of_feeds_does_not_need() -> None:
    assert {field.name for field in fields(FetchOutcome)} == {
        "kind", "url", "status", "body", "headers", "detail", "permanent_url", "retry_after_s", "elapsed_s", "pause_s",
    }  # fmt: skip
    assert "ok" in get_args(ports.OutcomeKind)


class Pairs:
    """An embedder of two numbers a text, that fails when it is asked again."""

    name = "pairs"
    dimension = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> ports.FloatArray:
        assert not set(texts) & set(self.asked), "asked again for a text it has given"
        assert len(set(texts)) == len(texts), "asked twice in one breath"
        self.asked += texts
        rows = [[np.cos(len(text)), np.sin(len(text))] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(-1, 2)


@given(st.lists(st.lists(st.text(max_size=6), max_size=6), max_size=5))
def test_a_cached_embedder_answers_like_its_inner_one_and_never_asks_twice(calls: list[list[str]]) -> None:
    inner, kept = Pairs(), dict[str, ports.FloatArray]()
    embedder: ports.Embedder = CachedEmbedder(inner, kept)
    assert (embedder.name, embedder.dimension) == ("pairs", 2)
    for texts in calls:
        found = embedder.embed(texts)
        assert found.shape == (len(texts), 2) and found.dtype == np.float32
        assert (found == Pairs().embed(list(dict.fromkeys(texts)))[[list(dict.fromkeys(texts)).index(text) for text in texts]]).all()
    assert set(inner.asked) == {text for texts in calls for text in texts}
    assert len(kept) == len(inner.asked)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_the_key_of_a_cache_depends_on_model_and_text(name: str, text: str, other: str) -> None:
    assert (cache_key(name, text) == cache_key(name, other)) is (text == other)
    assert cache_key(name, text).startswith(f"{name}:")


def test_a_cache_may_be_any_mapping_and_a_lost_entry_is_made_again() -> None:
    inner, kept = Pairs(), dict[str, ports.FloatArray]()
    embedder = CachedEmbedder(inner, kept)
    embedder.embed(["satu", "tiga"])
    kept.clear()
    inner.asked.clear()
    embedder.embed(["satu", "satu"])
    assert inner.asked == ["satu"]
    assert len(kept) == 1
