"""Topics: words of two senses, an office's own list, and a name for every topic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.lexicon import word_list
from kentongan.engine.topics import KINDS, lists_from, shipped_lists, topics_of
from kentongan.errors import InputError

DATA = word_list("topics")
PHRASES = sorted({phrase for groups in DATA["not"].values() for group in groups for phrase in group})


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_of_another_sense_names_no_topic(phrase: str) -> None:
    assert topics_of(phrase) == topics_of(phrase, "aspects") == ()
    assert topics_of(phrase.upper()) == ()


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("Tidak ada jalan pintas menuju sukses", ()),
        ("Jalan pintas lewat jalan rusak", ("roads",)),
        ("Tìm con đường ngập nước", ("flood", "roads")),
        ("Đáp ứng nhu cầu của thị trường toàn cầu", ()),
        ("Yêu cầu sửa cầu", ("roads",)),
        ("Bệnh nhân tiểu đường tới bệnh viện", ("health",)),
        ("Điện thoại hết pin vì mất điện", ("energy",)),
        ("The road to the final", ()),
        ("Potholes on the road to school", ("education", "roads")),
        ("Bansos belum cair, harga sembako naik", ("prices", "aid", "food")),
        ("Lũ trẻ chơi trên đường", ("roads",)),
        ("Urus KTP dan kartu keluarga", ("papers",)),
        ("Kecelakaan di jembatan", ("roads", "safety")),
        ("Kualitas udara dan asap pabrik", ("air",)),
    ],
)
def test_a_word_counts_only_in_its_own_sense(text: str, services: tuple[str, ...]) -> None:
    assert topics_of(text) == services


def test_every_topic_has_words_in_indonesian_vietnamese_and_english() -> None:
    assert {
        (topic, language)
        for kind in KINDS
        for topic, languages in DATA[kind].items()
        for language in ("id", "vi", "en")
        if not languages.get(language)
    } == set()


OWN = """
services:
  parks: {id: [taman kota], vi: [công viên], en: [park]}
not: {en: [car park]}
"""


def test_an_office_puts_its_own_topics_in_place_of_ours_and_keeps_the_parts_it_leaves_out() -> None:
    lists = lists_from(OWN)
    assert lists.topics("services") == ("parks",)
    assert topics_of("A park by the road", lists=lists) == ("parks",)
    assert topics_of("The car park", lists=lists) == ()
    assert topics_of("The mayor in the park", "aspects", lists) == ("government",)
    assert lists.topics("aspects") == shipped_lists().topics("aspects")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "services: [a]", "services: {parks: [a]}", "services: {parks: {id: taman}}", "services: {parks: {id: ['']}}", "a: {}",
     "services: {parks: {id: [1]}}", "{", "not: [a]", "not: {id: [[' ']]}", "x" * 200_001, "not: {id: 5}"],
)  # fmt: skip
def test_a_list_of_another_form_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match="list of topics"):
        lists_from(text)


@given(st.lists(st.sampled_from(PHRASES), max_size=4), st.sampled_from(["jalan rusak", "cầu sập", "a broken bridge"]))
def test_phrases_around_a_word_never_hide_it(phrases: list[str], said: str) -> None:
    assert topics_of(". ".join([*phrases, said])) == ("roads",)
