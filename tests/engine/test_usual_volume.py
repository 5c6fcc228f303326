"""What is usual of the whole stream: hours, weekdays, holidays, a level that is followed, and stops that teach nothing."""

from __future__ import annotations

import json
from datetime import date

import pytest

from kentongan.engine.usual_volume import SpecialDays, Volume

JAKARTA = 7 * 3600
MONDAY = (date(2026, 3, 2) - date(1970, 1, 1)).days


def hours_of(day: int) -> range:
    """The hours of a day in Jakarta, in UTC hours since 1970."""
    return range(day * 24 - 7, day * 24 + 17)


def weeks(count: int, special: SpecialDays, first: int = MONDAY) -> Volume:
    """Ten items an hour on workdays, two on Sundays and special days."""
    volume = Volume()
    for day in range(first, first + 7 * count):
        quiet = (day - MONDAY) % 7 == 6 or day in special.days
        for hour in hours_of(day):
            for _ in range(2 if quiet else 10):
                volume.count_at(hour, special)
    return volume


def day_of(volume: Volume, day: int, special: SpecialDays) -> float:
    hours = hours_of(day)
    return volume.expected(hours[0] * 3600.0, (hours[-1] + 1) * 3600.0, special)


def test_a_holiday_is_expected_to_be_another_sunday() -> None:
    holiday = MONDAY + 6 * 7 + 2
    special = SpecialDays(frozenset({holiday}), JAKARTA)
    volume = weeks(6, special)
    plain = SpecialDays(frozenset(), JAKARTA)
    assert day_of(volume, holiday, plain) == pytest.approx(240, rel=0.15)
    assert day_of(volume, holiday, special) == pytest.approx(day_of(volume, MONDAY + 6 * 7 + 6, plain), rel=0.02)
    assert day_of(volume, holiday + 1, special) == pytest.approx(240, rel=0.15)


def test_a_holiday_teaches_what_sundays_are_and_not_what_wednesdays_are() -> None:
    wednesdays = [MONDAY + 7 * week + 2 for week in (3, 4, 5)]
    told, untold = SpecialDays(frozenset(wednesdays), JAKARTA), SpecialDays(frozenset(), JAKARTA)
    knowing, unknowing = weeks(6, told), Volume()
    for day in range(MONDAY, MONDAY + 42):
        quiet = (day - MONDAY) % 7 == 6 or day in wednesdays
        for hour in hours_of(day):
            for _ in range(2 if quiet else 10):
                unknowing.count_at(hour)
    following = MONDAY + 42 + 2
    assert day_of(knowing, following, told) == pytest.approx(240, rel=0.15)
    assert day_of(unknowing, following, untold) < 170


def test_the_parts_of_a_stretch_with_a_holiday_add_up() -> None:
    special = SpecialDays(frozenset({MONDAY + 42 + 1}), JAKARTA)
    volume = weeks(6, special)
    start, end = (MONDAY + 42) * 86_400.0, (MONDAY + 45) * 86_400.0
    for share in (0.1, 0.37, 0.5, 0.9):
        middle = start + share * (end - start)
        parts = volume.expected(start, middle, special) + volume.expected(middle, end, special)
        assert parts == pytest.approx(volume.expected(start, end, special))


def test_a_new_source_is_followed_within_days() -> None:
    volume = weeks(6, SpecialDays())
    first = MONDAY + 42
    for day in range(first, first + 4):
        for hour in hours_of(day):
            for _ in range(20):
                volume.count_at(hour)
    assert volume.level() > 1.4
    assert day_of(volume, first + 4, SpecialDays()) > 1.3 * 240


def test_it_is_useful_after_a_day_and_better_after_four_weeks() -> None:
    errors = {}
    for days in (1, 28):
        volume = Volume()
        for day in range(MONDAY, MONDAY + days):
            for hour in hours_of(day):
                for _ in range((2 if (day - MONDAY) % 7 == 6 else 10) * (2 if hour % 24 < 12 else 1)):
                    volume.count_at(hour)
        volume.pass_to(hours_of(MONDAY + days - 1)[-1] + 1)
        sunday = MONDAY + (6 if days == 1 else 34)
        errors[days] = abs(day_of(volume, sunday, SpecialDays()) - 72) / 72
        if days == 1:
            assert day_of(volume, MONDAY + 1, SpecialDays()) == pytest.approx(360, rel=0.5)
    assert errors[28] < 0.6 * errors[1]


def test_a_day_without_data_teaches_nothing_though_the_clock_ticks() -> None:
    volume = weeks(4, SpecialDays())
    before = day_of(volume, MONDAY + 28, SpecialDays())
    for hour in hours_of(MONDAY + 28):
        volume.pass_to(hour)
    for hour in hours_of(MONDAY + 29):
        for _ in range(10):
            volume.count_at(hour)
    assert day_of(volume, MONDAY + 28, SpecialDays()) == pytest.approx(before, rel=0.03)


def test_a_quiet_night_is_learned() -> None:
    volume = Volume()
    for day in range(21):
        for hour in range(8, 20):
            for _ in range(5):
                volume.count_at(day * 24 + hour)
    volume.count_at(21 * 24 + 8)
    assert volume.expected((21 * 24 + 1) * 3600, (21 * 24 + 5) * 3600) < 2


def test_it_knows_what_was_heard_by_the_time_of_the_items() -> None:
    volume = Volume()
    for said in (100, 100, 102, 103):
        volume.count_at(103, said=said)
    assert volume.counted(100 * 3600.0, 104 * 3600.0) == 4
    assert volume.counted(100.5 * 3600, 103 * 3600.0 + 1) == 3
    volume.count_at(103 + 200)
    volume.count_at(103 + 201)
    assert volume.counted(100 * 3600.0, 104 * 3600.0) == 0, "old hours leave"


def test_it_goes_through_json() -> None:
    volume = weeks(2, SpecialDays())
    assert Volume.from_data(json.loads(json.dumps(volume.to_data()))) == volume


def test_what_was_heard_is_counted_anew_after_every_item_and_when_a_clock_is_right_again():
    volume = Volume()
    for n in range(1, 4):
        volume.count_at(500_000)
        assert volume.counted(500_000 * 3600.0, 500_001 * 3600.0) == n
    volume.count_at(500_002)
    assert volume.counted(500_000 * 3600.0, 500_002 * 3600.0) == 4
    volume.turn_back(500_001)
    assert volume.counted(500_000 * 3600.0, 500_002 * 3600.0) == 3
