"""Reading what is to be watched, writing it back, and finding it: the grammar, its refusals, and texts in three languages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine import watching
from kentongan.engine.watching import DEEPEST, FARTHEST, Group, Near, Unclear, Words, excluded, groups, matches, parse, to_text


def found(query, title, text=""):
    return matches(parse(query), title, text) is not None


@pytest.mark.parametrize(
    ("query", "title", "expected"),
    [
        ("banjir", "Banjir di Lebak", True),
        ("banjir", "Banjirnya surut", True),
        ("banjir", "Kebanjiran lagi", False),
        ("flood", "Floods in four wards", True),
        ("ban", "Banjir di Lebak", False),
        ("air keruh", "Keruh lagi, kata warga; air PAM mati", True),
        ('"air keruh"', "Keruh lagi, kata warga; air PAM mati", False),
        ('"air keruh"', "Air keruh di Pelita Dalam", True),
        ("“air keruh”", "Air keruh di Pelita Dalam", True),
        ("lu lut", "Lũ lụt ở bốn phường", True),
        ("ngập", "Nuoc ngap sau o Sena Hulu", True),
        ("điện", "Mat dien toan khu", True),
        ("banjir OR ngập", "Bốn phường ngập sâu", True),
        ("banjir OR ngập", "Bốn phường khô ráo", False),
        ("banjir -lagu", "Lagu lama tentang banjir", False),
        ("banjir NOT lagu", "Lagu lama tentang banjir", False),
        ("banjir OR genangan -lagu", "Lagu banjir", False),
        ("(banjir -lagu) OR genangan", "Lagu genangan", True),
        ("air NEAR/5 keruh", "Keruh sejak kemarin, air PAM dikeluhkan", True),
        ("air NEAR/2 keruh", "Keruh sejak kemarin, air PAM dikeluhkan", False),
        ("air NEAR keruh", "Air di Pelita Dalam masih keruh", True),
        ("air NEAR/3 (keruh OR bau)", "Air PAM berbau", False),
        ("air NEAR/3 (keruh OR berbau)", "Air PAM berbau", True),
        ('"air pam" NEAR/2 keruh', "Keruh: air PAM", True),
        ("covid-19", "Covid-19 naik lagi", True),
        ("(banjir OR rob) pesisir", "Rob di pesisir utara", True),
        ("(banjir OR rob) pesisir", "Rob di pasar", False),
    ],
)
def test_what_is_written_is_found_in_three_languages(query, title, expected):
    assert found(query, title) is expected
    assert found(query, "Lain sama sekali", title) is expected


def test_a_phrase_or_what_is_near_does_not_reach_from_the_title_into_the_text():
    assert not found('"air keruh"', "Warga mengeluh soal air", "Keruh sejak kemarin.")
    assert not found("air NEAR/5 keruh", "Warga mengeluh soal air", "Keruh sejak kemarin.")
    assert found("air keruh", "Warga mengeluh soal air", "Keruh sejak kemarin.")


def test_what_is_found_is_shown_with_the_parts_that_found_it():
    title, text = "Air PAM keruh", "Airnya bau; bukan air hujan."
    match = matches(parse('air NEAR/2 keruh OR "air bau" OR hujan'), title, text)
    assert match is not None
    assert [title[slice(*span)] for span in match.title] == ["Air", "keruh"]
    assert [text[slice(*span)] for span in match.text] == ["hujan"]
    assert match.parts == ("air NEAR/2 keruh", "hujan")


def test_letters_with_loose_accents_are_one_word():
    title = "Lu\u0303 lu\u0323t o\u031b\u0309 mie\u0302\u0300n Trung"
    match = matches(parse('"lũ lụt"'), title, "")
    assert match is not None
    assert [title[slice(*span)] for span in match.title] == ["Lu\u0303", "lu\u0323t"]


@pytest.mark.parametrize(
    ("query", "code", "at"),
    [
        ('banjir "air keruh', "quote", 8),
        ("(banjir OR rob", "open", 1),
        ("banjir) rob", "close", 7),
        ("banjir ()", "empty", 8),
        ('banjir ""', "empty", 8),
        ("(-lagu) banjir", "empty", 1),
        ("OR banjir", "or", 1),
        ("banjir OR", "or", 8),
        ("banjir OR OR rob", "or", 11),
        ("banjir OR -lagu", "or", 8),
        ("banjir NOT", "not", 8),
        ("NOT NOT banjir", "not", 1),
        ("NEAR/3 banjir", "near", 1),
        ("banjir NEAR/3", "near", 8),
        ("a NEAR/3 b NEAR/3 c", "near", 12),
        ("banjir NEAR/3 (air deras)", "near", 8),
        ("banjir NEAR/0 air", "distance", 8),
        (f"banjir NEAR/{FARTHEST + 1} air", "distance", 8),
        ("banjir NEAR/lima air", "distance", 8),
        ("banjir NEAR/" + "9" * 400 + " air", "distance", 8),
        ("", "nothing", 0),
        ("-lagu", "nothing", 0),
        ("&& ++ .", "nothing", 0),
        ("(" * (DEEPEST + 1) + "air" + ")" * (DEEPEST + 1), "deep", DEEPEST + 1),
        ("a " * (watching.TERMS + 1), "terms", 0),
        ("a" * (watching.LONGEST + 1), "long", 0),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_the_remedy(query, code, at):
    with pytest.raises(Unclear) as raised:
        parse(query)
    assert (raised.value.code, raised.value.at) == (code, at)
    assert str(raised.value) == watching.SAID[code].format(at=at)


def test_small_operators_are_words_and_lonely_signs_are_nothing():
    assert parse("air or not near & keruh - x") == Group(
        ((Words("air"), Words("or"), Words("not"), Words("near"), Words("keruh"), Words("x")),)
    )


def test_an_exclusion_alone_may_narrow_something_else():
    query = parse("-renang", narrowing=True)
    assert query == Group((), (Words("renang"),))
    assert excluded(query, "Kolam renang tutup", "")
    assert not excluded(query, "Air keruh", "")
    assert parse("", narrowing=True) == Group(())
    assert matches(query, "Air keruh", "") is None


WORDS = st.sampled_from(["air", "keruh", "OR", "NEAR/3", "air keruh", "lũ lụt", "-x", "covid-19", "banjir rob (lagi)", "NOT"]).map(Words)
SIDES = st.lists(WORDS, min_size=1, max_size=3, unique=True).map(tuple)
NEARS = st.builds(Near, SIDES, SIDES, st.integers(1, FARTHEST))
PLAIN = WORDS | NEARS


def groups_of(parts, fewest):
    ways = st.lists(st.lists(parts, min_size=1, max_size=2).map(tuple), min_size=fewest, max_size=2).map(tuple)
    made = st.builds(Group, ways, st.lists(parts, max_size=1).map(tuple))
    return made.filter(lambda one: not (len(one.ways) == 1 and len(one.ways[0]) == 1 and not one.without))


QUERIES = st.builds(
    Group,
    st.lists(st.lists(PLAIN | groups_of(PLAIN, 1), min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple),
    st.lists(PLAIN | groups_of(PLAIN, 1), max_size=2).map(tuple),
)


@settings(max_examples=60)
@given(QUERIES)
def test_what_is_read_and_written_back_is_read_as_the_same(query):
    text = to_text(query)
    try:
        assert parse(text) == query
    except Unclear as error:
        assert error.code in ("long", "terms")


@settings(max_examples=150)
@given(st.text(alphabet='ab -"()ORNEA/5T\u0300đ\u00a0\n', max_size=60))
def test_whatever_is_typed_is_read_or_refused_in_a_sentence(text):
    try:
        query = parse(text, narrowing=True)
    except Unclear as error:
        assert str(error).endswith(".")
    else:
        assert parse(to_text(query), narrowing=True) == query


def test_a_query_of_the_largest_size_on_a_text_full_of_its_words_takes_no_time():
    query = parse(" OR ".join(f"air NEAR/10 (air OR a{number})" for number in range(9)))
    began = time.perf_counter()
    assert matches(query, "air", "air " * 5_000) is not None
    assert time.perf_counter() - began < 10


def test_words_are_judged_as_they_would_stand_side_by_side():
    assert groups(parse("budi NEAR/2 santoso")) == ["budi santoso", "santoso budi"]
    assert "budi santoso" in groups(parse('"budi" "santoso"'))
    assert "budi santoso" in groups(parse("(budi OR budiman) santoso"))
    assert "budi santoso" in groups(parse("banjir -(budi santoso)"))
    assert groups(parse("banjir -lagu")) == ["banjir", "lagu"]


def test_more_alternatives_than_can_be_judged_are_refused():
    side = " OR ".join(f"a{number}" for number in range(18))
    with pytest.raises(Unclear, match="Make several watches"):
        groups(parse(f"({side}) NEAR/2 ({side.replace('a', 'b')})"))


@pytest.mark.parametrize(("query", "at"), [("ban.*jir", 4), ("air (a+)+$", 8), ("banjir|rob", 7), ("“air ban.*jir”", 9)])
def test_a_pattern_is_refused_with_its_place_not_read_as_words(query, at):
    with pytest.raises(Unclear) as raised:
        parse(query)
    assert (raised.value.code, raised.value.at) == ("pattern", at)
    assert str(raised.value).endswith("write each word, with OR between them.")


def test_what_was_stored_before_patterns_were_refused_is_read_as_it_was():
    assert parse("banjir|rob", stored=True) == Group(((Words("banjir|rob"),),))
