"""What came through of a publication, what is asked still, and who was not reached: outlets, languages and wards, never persons."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import voids
from kentongan.engine.disclosure import K
from kentongan.engine.echo import Carried, echo
from kentongan.engine.echo_reach import Missed, Passage, messages_through, not_reached, questions_remaining
from kentongan.engine.records import Article, SourceKind
from kentongan.testing.echoes import AT, COUNTS, OTHER, PUBLICATION, SAFE, TEST, TEXT, WHERE, direction, heard

MESSAGES = [Passage(SAFE, "id", direction(0.0)), Passage(WHERE, "id", direction(0.7)), Passage(TEST, "id", direction(1.4))]
WARDS = {ward: ("kota", "kecamatan", ward) for ward in ("Sukamaju", "Sukasari", "Sukarasa")}


def judged(*texts: str) -> list[tuple[Article, Carried]]:
    ones = [heard(text, 1.0 + place, name=f"m{place}") for place, text in enumerate(texts)]
    said = {one.article: one for one in echo(PUBLICATION, ones, COUNTS)}
    return [(one.article, said[one.article.id]) for one in ones]


def test_each_message_says_where_and_when_it_came_through_first() -> None:
    ones = judged(f"{OTHER} {WHERE}", f"{OTHER} {SAFE} {WHERE}")
    safe, where, test = messages_through(PUBLICATION, MESSAGES, ones, {})
    assert where.articles == (ones[0][0].id, ones[1][0].id) and where.first == AT + timedelta(hours=1)
    assert safe.articles == (ones[1][0].id,) and safe.outlets == ("papan.example",)
    assert (test.articles, test.first) == ((), None)


def test_a_message_is_heard_in_other_words_and_not_where_its_number_differs() -> None:
    ones = judged(f"{OTHER} {WHERE}")
    name = ones[0][0].id
    same = Passage("Sebanyak 42 contoh air diuji laboratorium, hasil Minggu malam tidak menemukan bakteri berbahaya.", "id", direction(1.4))
    other = replace(same, text=same.text.replace("42", "420"))
    assert messages_through(PUBLICATION, MESSAGES, ones, {name: [same]})[2].articles == (name,)
    assert messages_through(PUBLICATION, MESSAGES, ones, {name: [other]})[2].articles == ()


def test_a_denied_message_stands_apart() -> None:
    ones = judged(f"Tidak benar bahwa {SAFE[0].lower()}{SAFE[1:]} {OTHER}")
    safe = messages_through(PUBLICATION, MESSAGES, ones, {})[0]
    assert (safe.articles, safe.denied) == ((), (ones[0][0].id,))


def asked(text: str, angle: float, hours: float, kind: SourceKind = "press", item: str = "q") -> voids.Asked:
    return voids.Asked(item, text, "id", "papan.example", kind, AT + timedelta(hours=hours), direction(angle))


def test_questions_asked_before_are_no_remaining_ones_and_an_answered_one_is_marked() -> None:
    ones = [
        asked("Di mana warga dapat mengambil air bersih gratis?", 0.7, 2, item="a"),
        asked("Kapan ganti rugi dibayar?", 2.8, 3, item="b"),
        asked("Berapa tarif air bulan depan?", 2.0, -3, item="c"),
    ]
    found = {one.question: one.answered for one in questions_remaining(PUBLICATION, MESSAGES, ones)}
    assert found == {ones[0].text: True, ones[1].text: False}


@pytest.mark.parametrize(("posts", "told"), [(K - 1, None), (K, K)])
def test_few_posts_that_ask_are_not_counted_out(posts: int, told: int | None) -> None:
    ones = [asked("Kapan ganti rugi dibayar?", 2.8, 3, "public", f"p{place}") for place in range(posts)]
    (found,) = questions_remaining(PUBLICATION, MESSAGES, ones)
    assert (found.posts, found.outlets) == (told, 0)


def test_outlets_and_languages_that_told_of_the_matter_and_carried_nothing_are_named() -> None:
    ones = judged(TEXT)
    silent = replace(ones[0][0], id="x", url="x", outlet="tetangga.example", language="jv")
    missed = not_reached([ones[0][0], silent], [ones[0][1]], WARDS, {ones[0][0].id: ["Sukamaju"]})
    assert missed == Missed(("tetangga.example",), ("jv",), ("Sukarasa", "Sukasari"))


@given(st.integers(0, 3 * K), st.integers(0, 3 * K))
def test_a_ward_of_nine_posts_looks_like_one_of_none(first: int, second: int) -> None:
    places: dict[str, list[str]] = {}
    posts: list[Article] = []
    carried: list[Carried] = []
    for ward, count in (("Sukamaju", first), ("Sukasari", second)):
        for place in range(count):
            post = replace(judged_one(), id=f"{ward} {place}", url=f"{ward} {place}", source_kind="public")
            posts.append(post)
            places[post.id] = [ward]
            carried.append(Carried(post.id, "quoted", 0.9, ()))
    missed = not_reached(posts, carried, WARDS, places)
    for ward, count in (("Sukamaju", first), ("Sukasari", second)):
        assert ward in missed.wards or count >= K
    assert "Sukarasa" in missed.wards
    assert missed.outlets == ()


ONE = judged(TEXT)[0][0]


def judged_one() -> Article:
    return ONE


def test_nothing_of_it_names_persons() -> None:
    assert {field.name for field in fields(Missed)} == {"outlets", "languages", "wards"}
