"""The bench of alerts counts what was never told, and says how many there were of everything."""

from __future__ import annotations

import psycopg
import pytest

from kentongan.measure import bench_alert
from kentongan.measure.bench_alert import NEVER, Found


def by_name(found: Found) -> dict[str, float]:
    return {what: value for what, value, _ in bench_alert.figures(found, "bench")}


@pytest.mark.parametrize(
    ("seconds", "share", "value"),
    [([1.0, 2.0, 3.0], 50, 2.0), ([1.0, NEVER], 50, NEVER), ([1.0] * 19 + [NEVER], 95, NEVER), ([1.0] * 39 + [NEVER], 95, 1.0)],
)
def test_what_was_never_told_is_the_slowest_of_all(seconds: list[float], share: float, value: float) -> None:
    assert bench_alert.percentile(seconds, share) == value


def test_events_without_a_signal_are_in_the_percentile_and_told_apart_from_slow_delivery() -> None:
    seconds = {number: 2.0 + number for number in range(8)} | {8: NEVER, 9: NEVER}
    found = by_name(Found({"mail": seconds}, items=80, signals=9, held=1, rose=frozenset(range(8))))
    assert found["items stored"] == 80
    assert (found["signals that rose"], found["signals held back"], found["events that a signal rose for"]) == (10, 1, 8)
    assert found["events told by mail"] == 8
    assert found["seconds from stored to told by mail, p95"] == NEVER
    assert found["seconds from stored to told by mail, p95, of what rose"] == 9.0
    assert found["seconds from stored to told by mail, most of what came"] == 9.0


def test_where_nothing_rose_nothing_is_said_to_be_fast() -> None:
    found = by_name(Found({"webhook": {0: NEVER, 1: NEVER}}, items=16, signals=0, held=0, rose=frozenset()))
    assert found["seconds from stored to told by webhook, p50"] == NEVER
    assert not [what for what in found if "rose," in what or "most" in what]


def test_the_first_message_about_an_event_counts_and_one_message_may_tell_of_several() -> None:
    seen: dict[int, float] = {}
    bench_alert.note(seen, "Banjir di pasar Welar3x; Kebakaran di WELAR12X")
    first = dict(seen)
    bench_alert.note(seen, "Welar3x lagi")
    assert set(seen) == {3, 12}
    assert seen == first


def test_each_outlet_tells_an_event_in_its_own_words_and_all_name_its_place() -> None:
    items = bench_alert.told(7)
    assert len({item["title"] for item in items}) == len({item["outlet"] for item in items}) == bench_alert.OUTLETS
    assert all(bench_alert.marks_in(item["title"]) == {7} for item in items)


def test_no_two_events_sound_alike() -> None:
    assert len({what for what, _, _ in bench_alert.HARMS}) == len(bench_alert.HARMS) == bench_alert.EVENTS + 1, "one opens the model"
    words = [{word for part in harm for word in part.lower().split() if len(word) > 6} for harm in bench_alert.HARMS]
    assert all(len(one & other) < 2 for place, one in enumerate(words) for other in words[:place])


@pytest.mark.django_db
def test_an_office_that_heard_nothing_holds_nothing_of_the_events() -> None:
    from django.db import connection

    settings = connection.get_connection_params()
    with psycopg.connect(**{name: settings[name] for name in ("dbname", "host", "port", "user") if settings.get(name)}) as open_:
        assert bench_alert._holds(open_, {1}) == (0, 0, 0, frozenset())
