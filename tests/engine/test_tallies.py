"""Tallies and word lists: what a story's articles add up to, and which words are found in a text."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import tallies
from kentongan.engine.lexicon import Finder, folded, word_list
from kentongan.engine.records import Article, Copy, Reason, SourceKind, article_id
from kentongan.engine.tallies import Member, State, Tally

HOUR = 3600.0
START = 480_000 * HOUR


def member(
    number: int,
    hours: float = 0.0,
    *,
    outlet: str = "A",
    kind: SourceKind = "press",
    copy: bool = False,
    harm: int = 0,
    asks: bool = False,
    places: tuple[str, ...] = (),
) -> Member:
    return Member(f"a{number}", outlet, kind, START + hours * HOUR, copy, harm, ("banjir",) if harm else (), asks, places=places)


def tally(*members: Member) -> Tally:
    made = Tally()
    for one in members:
        made.add(one)
    return made


def test_a_copy_at_another_outlet_is_reach_but_no_further_report() -> None:
    found = tally(member(1), member(2, copy=True, outlet="B"))
    evidence = found.evidence(1, 1, 24)
    assert evidence.outlets == 2
    assert sum(count for _, count in found.counts()) == 1


def test_copies_of_one_public_post_are_one_voice() -> None:
    copies = [member(n, kind="public", copy=True, outlet=f"P{n}") for n in range(2, 40)]
    evidence = tally(member(1, kind="public", outlet="P1"), *copies).evidence(1, 1, 24)
    assert (evidence.outlets, evidence.public_posts) == (1, 1)


def told(number: int, kind: SourceKind, *places: str, copy: bool = False) -> Member:
    """A report that names these places."""
    url = f"https://a.example/{number}"
    article = Article(article_id(url), url, f"A{number}", kind, "Banjir di beberapa kelurahan", "", "id", datetime(2026, 3, 2, tzinfo=UTC))
    return tallies.member_of(article, Copy(article.id, article.id, "exact" if copy else "original", 1.0, Reason("copy.original")), places)


def test_an_outlet_speaks_for_the_places_it_names_and_a_private_person_for_one() -> None:
    ten = tuple(f"ward{n}" for n in range(10))
    assert tally(told(1, "public", *ten)).places == {"ward0": 1}
    assert set(tally(told(1, "press", *ten[:3])).places) == set(ten[:3])
    assert set(tally(*(told(n, "public", ward, *ten) for n, ward in enumerate(ten))).places) == set(ten), "ten people of ten wards"
    assert tally(told(1, "public", *ten)).where == {"own": 1}, "and it happened here all the same"


def test_a_copy_speaks_for_no_place() -> None:
    assert set(tally(told(1, "press", "a"), told(2, "press", "b", copy=True), told(3, "public", "c", copy=True)).places) == {"a"}


def test_one_alarmed_word_among_forty_reports_is_not_the_storys_harm() -> None:
    calm = [member(n, harm=2) for n in range(40)]
    assert tally(*calm, member(99, harm=4)).evidence(1, 1, 24).harm == 2
    assert tally(member(99, harm=4)).evidence(1, 1, 24).harm == 4


def test_harm_is_what_the_last_day_speaks_of() -> None:
    struck = [member(n, 0.5 * n, harm=4) for n in range(6)]
    after = [member(10 + n, 30 + n, harm=2) for n in range(3)]
    assert tally(*struck).evidence(1, 1, 24).harm == 4
    assert tally(*struck, *after).evidence(1, 1, 24).harm == 2
    assert tally(*after, *struck).evidence(1, 1, 24) == tally(*struck, *after).evidence(1, 1, 24)


def test_an_official_source_answers_the_questions_before_it_and_not_those_after() -> None:
    asked = member(1, 0, kind="public", asks=True)
    answer = member(2, 1, kind="official")
    later = member(3, 2, kind="public", asks=True)
    assert tally(asked).evidence(1, 1, 24).questions == 1
    answered = tally(asked, answer).evidence(1, 1, 24)
    assert (answered.questions, answered.answered, answered.official) == (0, True, True)
    assert tally(asked, answer, later).evidence(1, 1, 24).questions == 1


def test_counts_reach_back_72_hours_from_the_newest_report() -> None:
    counts = tally(member(1, 0), member(2, 0.5), member(3, 100), member(4, 171.5)).counts()
    assert [count for _, count in counts] == [1, 1]
    assert all(hour.endswith("+00:00") for hour, _ in counts)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 200), st.integers(0, 4), st.booleans()), max_size=30), st.integers(0, 3))
def test_merging_and_parting_again_gives_the_same_sums(rows: list[tuple[int, float, int, bool]], gone: int) -> None:
    state = State()
    for number, (story, hours, harm, copy) in enumerate(rows):
        tallies.add(state, f"s{story}", member(number, hours, harm=harm, copy=copy))
    before = state.tallies[f"s{gone}"].evidence(1, 1, 24) if f"s{gone}" in state.tallies else None
    articles = [one.article for one in state.tallies[f"s{gone}"].members] if before else []
    tallies.merge(state, f"s{gone}", "s9")
    tallies.move(state, articles, f"s{gone}")
    assert (state.tallies[f"s{gone}"].evidence(1, 1, 24) if before else None) == before
    assert not state.tallies.get("s9", Tally()).members


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 200), st.integers(0, 4), st.sets(st.sampled_from("pqr"))), max_size=20))
def test_a_dump_gives_the_same_state(rows: list[tuple[int, float, int, set[str]]]) -> None:
    state = State()
    for number, (story, hours, harm, places) in enumerate(rows):
        tallies.add(state, f"s{story}", member(number, hours, harm=harm, places=tuple(sorted(places))))
    again = tallies.restore(json.loads(json.dumps(tallies.dump(state))))
    assert tallies.dump(again) == tallies.dump(state)
    assert list(again.tallies) == list(state.tallies)
    assert all(again.tallies[name].places == one.places for name, one in state.tallies.items())
    assert all(again.tallies[name].counts() == one.counts() for name, one in state.tallies.items())


def test_stories_nobody_writes_about_leave() -> None:
    state = State()
    tallies.add(state, "old", member(1, 0))
    tallies.add(state, "new", member(2, 24 * 9))
    tallies.sweep(state, START + 24 * 11 * HOUR, 10)
    assert list(state.tallies) == ["new"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Banjir diskon dan banjir", ["banjir diskon", "banjir"]),
        ("kebanjiran, banjirlah, banjirnya!", ["banjir", "banjir"]),
        ("banjiran", []),
        ("BANJIR", ["banjir"]),
        ("", []),
    ],
)
def test_entries_are_whole_words_and_the_longest_wins(text: str, found: list[str]) -> None:
    assert [hit.entry for hit in Finder(["banjir", "banjir diskon", "diskon"]).find(folded(text))] == found


@given(st.text(max_size=120))
def test_what_is_found_stands_where_it_is_said_to_stand(text: str) -> None:
    line = folded(text + " lũ quét " + text)
    hits = Finder(["lũ quét", "a", "b c"]).find(line)
    assert all(line[hit.start : hit.end] == hit.entry for hit in hits)
    assert all(left.end <= right.start for left, right in itertools.pairwise(hits))


@pytest.mark.parametrize("part", ["words", "mass", "extent", "after", "after_before", "ahead", "denial", "traps", "calm", "struck"])
def test_the_harm_list_speaks_all_three_languages(part: str) -> None:
    data = word_list("harm")[part]
    languages = [set(entries) for entries in data.values()] if part in ("words", "extent", "denial", "struck") else [set(data)]
    assert all(one == {"id", "vi", "en"} for one in languages)


def test_every_word_of_the_harm_list_is_a_word() -> None:
    """YAML reads a bare "no" as false."""

    def leaves(data: object) -> list[object]:
        children = list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else None
        return [data] if children is None else [leaf for child in children for leaf in leaves(child)]

    assert [word for word in leaves(dict(word_list("harm"))) if not isinstance(word, str)] == []


def test_what_can_strike_many_has_a_level_of_its_own_below_four() -> None:
    data = word_list("harm")
    for language, entries in data["mass"].items():
        assert set(entries) <= set(data["words"][3][language])


def test_every_trap_contains_a_word_that_it_hides() -> None:
    """A trap that hides nothing is a line somebody must read for nothing."""
    data = word_list("harm")
    words = Finder(word for languages in data["words"].values() for entries in languages.values() for word in entries)
    idle = [trap for entries in data["traps"].values() for trap in entries if not words.find(folded(trap))]
    assert idle == []
