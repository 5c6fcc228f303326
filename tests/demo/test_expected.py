"""The answer sheet fits the city."""

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest

from kentongan.demo.city import City, load, timeline
from kentongan.demo.expected import Expected, load_expected
from kentongan.engine.records import LEVELS
from kentongan.errors import InputError


@pytest.fixture(scope="module")
def city() -> City:
    return load()


@pytest.fixture(scope="module")
def expected(city) -> Expected:
    return load_expected(city)


def test_it_holds_the_four_storylines_with_all_their_items(city, expected):
    assert [thread.key for thread in expected.threads] == ["flood", "water", "market", "fees"]
    told = {item.id for item in city.items if not item.thread.startswith("noise-")}
    assert {item for thread in expected.threads for item in thread.items} == told
    assert len(told) >= 170


def test_it_starts_each_storyline_with_its_first_item(city, expected):
    published = {entry.item.id: entry.published for entry in timeline(city)}
    for thread in expected.threads:
        assert thread.starts.at(city) == published[thread.items[0]], thread.key


def test_it_asks_for_a_signal_only_when_several_outlets_have_spoken(city, expected):
    items = {entry.item.id: entry for entry in timeline(city)}
    for thread in expected.threads:
        by = thread.rises_by.at(city)
        assert thread.starts.at(city) < by
        spoken = {items[key].item.outlet for key in thread.items if by - timedelta(days=1) < items[key].published <= by}
        assert len(spoken) >= 3, thread.key


def test_it_groups_only_originals_of_one_thread(city, expected):
    items = {item.id: item for item in city.items}
    for thread in expected.threads:
        for group in thread.same_event:
            assert len(group) >= 2
            assert {items[key].thread for key in group} == {thread.key}
            assert not any(items[key].copy_of for key in group)
    for group in expected.ordinary_events:
        assert all(items[key].thread.startswith("noise-") for key in group)


def test_it_names_no_item_in_two_events(expected):
    named = [key for thread in expected.threads for group in thread.same_event for key in group]
    named += [key for group in expected.ordinary_events for key in group]
    assert len(named) == len(set(named))


def test_it_tells_events_in_more_than_one_language(city, expected):
    language = {item.id: item.language for item in city.items}
    spoken = [{language[key] for key in group} for thread in expected.threads for group in thread.same_event]
    assert sum(len(languages) > 1 for languages in spoken) >= 8
    assert sum(len(languages) == 3 for languages in spoken) >= 5


def test_it_takes_its_conflicting_figures_from_the_texts(city, expected):
    text = {item.id: item.title + " " + item.text for item in city.items}
    conflicts = [conflict for thread in expected.threads for conflict in thread.conflicts]
    assert conflicts
    for conflict in conflicts:
        assert len(set(conflict.figures.values())) > 1
        assert all(re.search(rf"\b{figure}\b", text[key]) for key, figure in conflict.figures.items())


def test_it_asks_where_the_shelter_is_in_two_languages_and_by_several_outlets(city, expected):
    items = {item.id: item for item in city.items}
    shelter = expected.threads[0].questions[0]
    assert len({items[key].outlet for key in shelter.items}) >= 5
    assert {items[key].language for key in shelter.items} == {"id", "vi", "en"}
    assert shelter.unanswered_for == ("lebak-damar", "bensong")


def test_it_keeps_background_before_the_thread_begins(city, expected):
    days = {item.id: item.day for item in city.items}
    for thread in expected.threads:
        assert all(days[key] < thread.starts.day for key in thread.background)


def test_it_is_shown_on_the_morning_of_the_flood(city, expected):
    assert expected.briefing_at.at(city) == datetime(2025, 11, 27, 0, 30, tzinfo=UTC)
    assert expected.first == "flood"
    assert set(expected.also) < {thread.key for thread in expected.threads}


def test_it_lets_one_steady_source_fall_silent_before_the_flood(city, expected):
    dated = timeline(city)
    assert [silence.outlet for silence in expected.silent] == ["dishub"]
    for silence in expected.silent:
        times = [entry.published for entry in dated if entry.item.outlet == silence.outlet]
        assert times[-1] == silence.since.at(city)
        longest = max(later - sooner for sooner, later in itertools.pairwise(times))
        assert expected.briefing_at.at(city) - times[-1] > 3 * longest


def test_it_uses_the_levels_of_the_product(expected):
    assert {thread.level_at_least for thread in expected.threads} <= set(LEVELS)
    assert {thread.truth for thread in expected.threads} <= {"unverified", "true", "partly", "false", "opinion"}


def test_it_refuses_an_item_the_city_does_not_have(city, tmp_path):
    from importlib import resources

    sheet = resources.files("kentongan.demo").joinpath("data", "expected.yaml").read_text("utf-8")
    wrong = tmp_path / "expected.yaml"
    wrong.write_text(sheet.replace("rain-bpbd", "rain-nobody", 1), "utf-8")
    with pytest.raises(InputError, match="the item 'rain-nobody'"):
        load_expected(city, wrong)
