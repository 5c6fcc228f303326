"""The path of a claim goes over outlets in order of time; public posts are one voice without accounts; growth is said only when it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.claims_spread import PUBLIC, WINDOW, Sighting, advice, spread
from kentongan.engine.reasons import sentence

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def seen(outlet: str, hours_ago: float, kind: str = "press", copy: bool = False) -> Sighting:
    return Sighting(outlet, kind, NOW - timedelta(hours=hours_ago), copy)  # type: ignore[arg-type]


def test_the_first_publisher_is_the_first_outlet_and_the_path_is_in_order_of_time() -> None:
    told = spread([seen("B", 3), seen("A", 9), seen("B", 1), seen("C", 2, copy=True)], NOW)
    assert [step.outlet for step in told.path] == ["A", "B", "C"]
    assert told.first is not None and told.first.outlet == "A"
    assert (told.outlets, told.items) == (3, 4)
    assert [step.copied for step in told.path] == [False, False, True]


def test_public_posts_are_one_voice_whatever_the_account() -> None:
    told = spread([seen("#banjir", 5, "public"), seen("@warga", 4, "public"), seen("A", 2)], NOW)
    assert [step.outlet for step in told.path] == [PUBLIC, "A"]
    assert told.public_posts == 2 and told.outlets == 1
    assert told.first is not None and told.first.outlet == "A", "who said it first in public is not asked"


def test_a_claim_heard_only_in_public_posts_has_no_first_publisher() -> None:
    assert spread([seen("#banjir", 5, "public")], NOW).first is None


def test_growth_is_said_against_the_window_before() -> None:
    rising = spread([seen("A", 8), *(seen(f"O{n}", 1) for n in range(4))], NOW)
    assert (rising.recent, rising.before, rising.recent_outlets) == (4, 1, 4)
    assert rising.grows and not rising.fades
    fading = spread([seen("A", 1), *(seen(f"O{n}", 8) for n in range(4))], NOW)
    assert fading.fades and not fading.grows
    steady = spread([seen("A", 1), seen("B", 2), seen("C", 8)], NOW)
    assert not steady.grows and not steady.fades


def test_few_outlets_without_growth_speak_for_watching() -> None:
    said = [reason.code for reason in advice(spread([seen("A", 30), seen("B", 20)], NOW), harm=2)]
    assert said == ["claim.watch", "claim.few"]


def test_what_many_have_heard_and_what_grows_speaks_for_an_answer() -> None:
    assert advice(spread([seen(f"O{n}", 30) for n in range(8)], NOW), harm=0)[0].code == "claim.answer"
    growing = advice(spread([seen(f"O{n}", 1) for n in range(3)], NOW), harm=0)
    assert [reason.code for reason in growing] == ["claim.answer", "claim.grows", "claim.few"]
    assert all(sentence(reason).endswith(".") for reason in growing)


def test_what_fades_is_left_to_fade() -> None:
    assert advice(spread([seen(f"O{n}", 8) for n in range(9)], NOW), harm=0)[0].code == "claim.watch"


def test_danger_to_many_lives_does_not_wait() -> None:
    said = [reason.code for reason in advice(spread([seen("A", 1)], NOW), harm=4)]
    assert said[:2] == ["claim.answer", "claim.danger"]


def test_what_comes_later_is_not_yet_known() -> None:
    assert spread([seen("A", -1)], NOW).items == 0


@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(0, 40), st.booleans()), max_size=20), st.randoms())
def test_any_order_gives_the_same_path_and_no_item_is_lost(rows: list[tuple[str, int, bool]], chance: object) -> None:
    sightings = [seen(outlet, hours, copy=copy) for outlet, hours, copy in rows]
    told = spread(sightings, NOW)
    shuffled = list(sightings)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert spread(shuffled, NOW) == told
    assert sum(step.items for step in told.path) == len(rows)
    assert told.recent <= sum(one.at > NOW - WINDOW for one in sightings)
