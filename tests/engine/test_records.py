"""A record with a broken invariant is never born; two records that say the same are the same."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import records
from kentongan.engine.records import (
    LEVELS,
    Article,
    Assignment,
    Copy,
    FeedReading,
    Item,
    Page,
    RawItem,
    Reason,
    Sentence,
    SeriesPoint,
    Severity,
    Signal,
    Story,
    article_id,
)

NOW = datetime(2025, 11, 27, 0, 30, tzinfo=UTC)
URL = "https://kabar.example/1"
SEVERITY = Severity(0, 1, 1, 0, 2, 8, 5, 12, "low", (Reason("severity.harm.0"),))
VALID: tuple[Any, ...] = (
    RawItem("1", URL, "Air surut", "", "", NOW, None, "id"),
    FeedReading("rss", "Kabar", "https://kabar.example/", "id", (), ()),
    Page(URL, "Air surut", "Teks", NOW, None, "Kabar", "Kota", "id"),
    Item(article_id(URL), URL, "Kabar", "press", "Air surut", "", NOW, True, NOW, "id"),
    Article(article_id(URL), URL, "Kabar", "press", "Air surut", "Teks", "id", NOW),
    Copy("a", "a", "original", 1.0, Reason("copy.original")),
    Assignment("a", "s", 1.0, (Reason("story.new", {"days": 3.0}),)),
    Story("s", "Air surut", "Teks", "a", NOW, NOW, ("Kabar",), ("id",), 1, 0),
    SEVERITY,
    SeriesPoint(NOW, 3.0, 1.0, 0.0, 2.0),
    Signal("g", "story", "Air surut", "s", NOW, NOW, NOW, 5.0, 1.0, ("Kabar",), ("a",), SEVERITY, (), ()),
    Sentence("Teks.", "a", URL, "Kabar", NOW, 0, 5),
)
NEED_TEXT = {
    RawItem: ("entry_id",),
    Item: ("id", "url", "outlet", "title"),
    Article: ("id", "url", "outlet", "title"),
    Signal: ("id", "subject"),
}
NEED_UTC = {
    RawItem: ("published", "updated"),
    Page: ("published", "updated"),
    Item: ("published", "seen"),
    Article: ("published",),
    Story: ("first", "last"),
    Signal: ("raised", "updated", "since"),
}


def valid(kind: type) -> Any:
    return next(record for record in VALID if type(record) is kind)


CASES_TEXT = [(kind, name) for kind, names in NEED_TEXT.items() for name in names]
CASES_UTC = [(kind, name) for kind, names in NEED_UTC.items() for name in names]


@pytest.mark.parametrize(("kind", "name"), CASES_TEXT)
def test_a_record_without_its_name_is_refused_and_says_which(kind: type, name: str) -> None:
    with pytest.raises(ValueError, match=rf"{kind.__name__}\.{name} must not be empty"):
        replace(valid(kind), **{name: ""})


@pytest.mark.parametrize(("kind", "name"), CASES_UTC)
@pytest.mark.parametrize(
    "when", [datetime(2025, 11, 27, 7, 30), datetime(2025, 11, 27, 7, 30, tzinfo=timezone(timedelta(hours=7)))], ids=["naive", "WIB"]
)  # fmt: skip
def test_a_time_that_is_not_in_utc_is_refused_and_says_which(kind: type, name: str, when: datetime) -> None:
    with pytest.raises(ValueError, match=rf"{kind.__name__}\.{name} must be an aware time in UTC"):
        replace(valid(kind), **{name: when})


@pytest.mark.parametrize(("kind", "name"), CASES_UTC)
def test_a_zone_that_happens_to_be_utc_is_utc(kind: type, name: str) -> None:
    same = NOW.replace(tzinfo=timezone(timedelta(0), "Z"))
    assert getattr(replace(valid(kind), **{name: same}), name) == NOW


@pytest.mark.parametrize(("kind", "name"), [(RawItem, "published"), (RawItem, "updated"), (Page, "published"), (Page, "updated")])
def test_an_unknown_time_is_absent_not_refused(kind: type, name: str) -> None:
    assert getattr(replace(valid(kind), **{name: None}), name) is None


@pytest.mark.parametrize("record", VALID, ids=lambda record: type(record).__name__)
def test_a_record_is_frozen_and_compared_by_value(record: Any) -> None:
    name = fields(record)[0].name
    with pytest.raises((FrozenInstanceError, TypeError)):
        setattr(record, name, "lain")
    assert record == copy.deepcopy(record) == pickle.loads(pickle.dumps(record))
    assert record != replace(record, **{name: 7})  # type: ignore[arg-type]
    assert not hasattr(record, "__dict__"), "slots keep a hundred thousand records small"


def test_every_record_has_an_example_here() -> None:
    known = {value for value in vars(records).values() if isinstance(value, type) and is_dataclass(value)}
    assert known == {type(record) for record in VALID} | {Reason}


def test_no_record_has_a_place_for_a_person() -> None:
    people = ("author", "creator", "byline", "person", "user", "account", "handle")
    names = {field.name for record in VALID for field in fields(record)}
    assert not [name for name in names if any(word in name for word in people)]


def test_levels_stand_in_order_of_weight() -> None:
    assert LEVELS == ("watch", "low", "medium", "high", "crisis")


def test_the_id_of_an_article_is_pinned() -> None:
    assert article_id("https://kabar.example/berita/banjir-surut") == "78b71a6a6bc6122e1accda05ba112b52"


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_two_addresses_never_share_an_id(first: str, second: str) -> None:
    first, second = (text.encode("utf-8", "replace").decode() for text in (first, second))
    assert (article_id(first) == article_id(second)) is (first == second)
