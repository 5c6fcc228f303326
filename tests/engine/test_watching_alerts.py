"""How often a watch would have called: a rise once, its usual never, and nothing out of nothing."""

from __future__ import annotations

from kentongan.engine.watching_alerts import Hour, Rules, alerts

OUTLETS = ("Radar", "Lentera", "Warta", "Pesisir", "Suara", "Kabar", "Gema", "Sena")


def past(days=30, usual=0, at=(), volume=20):
    """A month: `volume` items an hour, `usual` of them matching at noon, and eight outlets in one hour at each of `at`."""
    return [
        Hour(volume, OUTLETS if hour in at else OUTLETS[:1] * usual if hour % 24 == 12 else ()) for hour in range(24 * days)
    ]  # fmt: skip


def test_a_rise_is_one_alert_however_long_it_lasts():
    began = 24 * 20 + 9
    assert alerts(past(at=(began,))) == [began]
    assert alerts(past(at=range(began, began + 8))) == [began]


def test_it_calls_again_after_it_was_quiet_for_long_enough():
    first, later = 24 * 10, 24 * 25
    assert alerts(past(at=(first, later))) == [first, later]


def test_what_is_there_every_day_calls_nobody():
    assert alerts(past(usual=6)) == []


def test_nothing_is_found_in_nothing_in_the_first_days_or_in_four_items():
    assert alerts([]) == []
    assert alerts(past()) == []
    assert alerts(past(at=(3,))) == []
    few = past()
    few[24 * 20] = Hour(20, OUTLETS[: Rules().least_items - 1])
    assert alerts(few) == []


def test_the_larger_the_stream_the_more_it_takes():
    calm = past(at=(24 * 20,))
    busy = [Hour(5_000, (*hour.outlets, *OUTLETS[:3])) for hour in calm]
    assert alerts(calm) == [24 * 20]
    assert alerts(busy) == []
