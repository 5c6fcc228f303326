"""How often a watch would have called: a rise of many stories once, its usual never, and nothing that another signal carries."""

from __future__ import annotations

from kentongan.engine import burst_groups
from kentongan.engine.burst_settings import Settings
from kentongan.engine.watching_alerts import Hour, Report, Rules, alerts

OUTLETS = ("Radar", "Lentera", "Warta", "Pesisir", "Suara", "Kabar", "Gema", "Sena")


def told(hour, stories=8, outlets=OUTLETS):
    """Eight reports of one hour, each of another outlet, of so many stories."""
    return [Report(outlet, f"{hour}-{number % stories}") for number, outlet in enumerate(outlets)]


def past(days=30, usual=0, at=(), volume=20, **how):
    """A month: `volume` items an hour, `usual` of them matching at noon, and eight reports in each of `at`."""
    return [
        Hour(volume, told(hour, **how) if hour in at else told(hour)[:usual] if hour % 24 == 12 else ()) for hour in range(24 * days)
    ]  # fmt: skip


def test_the_numbers_are_those_by_which_a_watch_rings_when_it_runs():
    rules, live = Rules(), Settings()
    assert (rules.least_items, rules.least_stories, rules.enough) == (live.matter_items, live.matter_stories, live.group_surprise)
    assert (rules.half_life_days, rules.past_cap, rules.learn_hours) == (live.half_life_days, live.past_cap, 24 * live.group_learn_days)
    assert rules.windows == tuple(hours for hours in live.windows_h if hours >= live.group_hours)
    assert (rules.told_hours, rules.others) == (live.keep_hours, burst_groups._OTHERS)


def test_a_rise_is_one_alert_however_long_it_lasts():
    began = 24 * 20 + 9
    assert alerts(past(at=(began,))) == [began]
    assert alerts(past(at=range(began, began + 8))) == [began]


def test_it_calls_again_when_other_stories_come_after_it_fell_back():
    first, later = 24 * 10, 24 * 25
    assert alerts(past(at=(first, later))) == [first, later]


def test_what_is_there_every_day_calls_nobody():
    assert alerts(past(usual=6)) == []


def test_one_story_or_one_outlet_is_no_alert_of_the_watch():
    began = 24 * 20
    assert alerts(past(at=(began,), stories=1)) == []
    assert alerts(past(at=(began,), stories=2)) == []
    assert alerts(past(at=(began,), outlets=("Radar",) * 8)) == []
    assert alerts(past(at=(began,), stories=3)) == [began]


def test_what_another_signal_carries_or_has_told_is_left_out():
    began = 24 * 20
    hours = past(at=(began,))
    every = {f"{began}-{number}": [(began - 1, began + 90)] for number in range(8)}
    assert alerts(hours, every) == []
    assert alerts(hours, dict(list(every.items())[:2])) == [began]
    assert alerts(hours, {story: [(0, began - 1)] for story in every}) == [began], "told too long ago"


def test_nothing_is_found_in_nothing_in_the_first_week_or_in_four_items():
    assert alerts([]) == []
    assert alerts(past()) == []
    assert alerts(past(at=(24 * 6,))) == []
    few = past()
    few[24 * 20] = Hour(20, told(0)[: Rules().least_items - 1])
    assert alerts(few) == []


def test_the_larger_the_stream_the_more_it_takes():
    calm = past(at=(24 * 20,))
    busy = [Hour(5_000, (*hour.reports, *told(at)[:3])) for at, hour in enumerate(calm)]
    assert alerts(calm) == [24 * 20]
    assert alerts(busy) == []
