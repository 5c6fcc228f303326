"""One disaster told by many stories is one line; two events never become one because they are alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.briefing import Candidate, briefing_lines
from kentongan.engine.lexicon import word_list
from kentongan.engine.one_event import Told, groups, is_one_event, places_in, told
from kentongan.engine.reasons import sentence
from kentongan.engine.records import Language, Reason, Severity, Story
from kentongan.engine.vectors import DIMENSION, FloatArray

AT = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)


def story(number: int, headline: str, hours_ago: float = 5, language: Language = "id") -> Story:
    first = AT - timedelta(hours=hours_ago)
    return Story(f"s{number}", headline, "", f"a{number}", first, first, ("A",), (language,), 3, 0)


def joined(*headlines: str) -> list[list[int]]:
    return groups([told(story(number, headline), None) for number, headline in enumerate(headlines)])


def direction(angle: float) -> FloatArray:
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[0], vector[1] = np.cos(angle), np.sin(angle)
    return vector


def test_a_flood_of_many_districts_is_one_event() -> None:
    assert joined(
        "Banjir bandang terjang Humbang, Sumut, 2 orang tewas",
        "Empat desa di Sumut terendam",
        "Bencana Sumut: akses jalan putus",
        "Pasar murah dibuka di Sumut",
    ) == [[0, 1, 2], [3]]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Banjir rendam kampung di Demak", "Banjir rendam kampung di Kudus"),
        ("Gempa guncang warga di Padang", "Banjir rendam jalan di Padang"),
        ("Kebakaran rumah di Tambora", "Kebakaran ruko di Tambora"),
        ("Kecelakaan bus di Cipali", "Kecelakaan truk di Cipali"),
        ("Warga di Demak rayakan panen", "Banjir di Demak surut"),
        ("Banjir rendam rumah di jalan utama", "Banjir putus akses di jalan desa"),
    ],
)
def test_events_of_one_kind_or_one_place_stay_apart(one: str, two: str) -> None:
    assert joined(one, two) == [[0], [1]]


def test_a_flood_told_in_three_languages_is_one_event_where_the_place_is_written_alike() -> None:
    rows = [("Banjir rendam pasar di Lembah", "id"), ("Lũ lụt ở Lembah", "vi"), ("Flood hits market in Lembah", "en")]
    ts = [told(story(number, headline, language=language), None) for number, (headline, language) in enumerate(rows)]  # type: ignore[arg-type]
    assert groups(ts) == [[0, 1, 2]]


def test_what_lies_more_than_two_days_apart_is_another_flood() -> None:
    near, far = story(1, "Banjir di Demak", 5), story(2, "Banjir lagi di Demak", 60)
    assert not is_one_event(told(near, None), told(far, None), frozenset({"demak"}))
    assert is_one_event(told(near, None), told(replace(far, last=near.first - timedelta(hours=47)), None), frozenset({"demak"}))


def test_stories_that_mean_something_else_stay_apart_whatever_words_they_share() -> None:
    left, right = story(1, "Banjir di Demak"), story(2, "Dana banjir Demak dikorupsi")
    places = places_in([left, right])
    assert is_one_event(told(left, direction(0.0)), told(right, direction(1.0)), places)
    assert not is_one_event(told(left, direction(0.0)), told(right, direction(1.4)), places)


def test_a_chain_of_likenesses_joins_nothing() -> None:
    vectors = [direction(0.0), direction(1.0), direction(2.0)]
    ts = [told(story(number, "Banjir di Demak"), vector) for number, vector in enumerate(vectors)]
    assert groups(ts) == [[0, 1], [2]]


HEADLINES = st.sampled_from(
    [
        "Banjir di Demak",
        "Longsor di Demak",
        "Bencana di Kudus",
        "Gempa di Kudus",
        "Pasar baru di Demak",
        "Lũ lụt ở Huế",
        "Flood in Demak",
        "",
    ]
)


@given(st.lists(st.tuples(HEADLINES, st.floats(0, 100)), max_size=10))
def test_every_story_is_in_one_group_and_likeness_is_symmetric(rows: list[tuple[str, float]]) -> None:
    ts: list[Told] = [told(story(number, headline, hours), None) for number, (headline, hours) in enumerate(rows)]
    assert sorted(index for group in groups(ts) for index in group) == list(range(len(ts)))
    places = places_in(one.story for one in ts)
    assert all(is_one_event(left, right, places) == is_one_event(right, left, places) for left in ts for right in ts)


def candidate(number: int, headline: str, score: int) -> Candidate:
    severity = Severity(3, 1, 1, 0, 3, score, score, score, "medium", (Reason("severity.harm.0"),))
    return Candidate(story(number, headline), severity, 1, None, ())


def test_looking_by_place_first_joins_what_comparing_all_with_all_would() -> None:
    places, hazards = ("Demak", "Kudus", "Sumut", "jalan"), ("Banjir", "Gempa", "Kebakaran", "Pasar murah")
    lines = [f"{hazard} di {place} dan {other}" for hazard in hazards for place in places for other in places]
    rows = [told(story(n, line, hours_ago=(7 * n) % 90), direction(n % 5 * 0.4)) for n, line in enumerate(lines)]
    known = places_in(one.story for one in rows)
    plain: list[list[int]] = []
    for index, one in enumerate(rows):
        group = next((group for group in plain if is_one_event(rows[group[0]], one, known)), None)
        group.append(index) if group is not None else plain.append([index])
    assert groups(rows) == plain
    assert 1 < len(plain) < len(rows)


def test_the_line_of_an_event_names_the_stories_behind_it() -> None:
    cases = [candidate(1, "Banjir di Demak", 25), candidate(2, "Longsor di Demak", 20), candidate(3, "Pasar di Demak", 19)]
    first, second = briefing_lines(cases, AT - timedelta(hours=16), AT)
    assert (first.story.id, [one.id for one in first.also], second.story.id) == ("s1", ["s2"], "s3")
    assert sentence(first.why[-1]) == "The same event in further stories (1): Longsor di Demak."


def test_what_somebody_watches_keeps_its_own_line() -> None:
    cases = [candidate(1, "Banjir di Demak", 25), replace(candidate(2, "Longsor di Demak", 20), mark="watch")]
    assert [line.story.id for line in briefing_lines(cases, AT - timedelta(hours=16), AT)] == ["s1", "s2"]


def test_seven_lines_are_seven_events() -> None:
    flood = [candidate(number, f"Banjir di Demak, desa {number} terendam", 30) for number in range(9)]
    rest = [candidate(20 + number, f"Hal lain nomor {number}", 18) for number in range(8)]
    lines = briefing_lines([*flood, *rest], AT - timedelta(hours=16), AT)
    assert len(lines) == 7
    assert len(lines[0].also) == 8


def test_the_lists_of_hazards_speak_all_three_languages() -> None:
    data = word_list("hazards")
    assert all(set(languages) == {"id", "vi", "en"} for languages in [*data["families"].values(), data["before_place"], data["no_place"]])
