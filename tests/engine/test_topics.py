"""Topics: words of two senses, an office's own list, and a name for every topic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.lexicon import word_list
from kentongan.engine.topics import KINDS, Lists, aspects_of_item, main_topic, shipped_lists, topics_of, topics_of_item
from kentongan.engine.topics_reading import SAID, Unfit, lines_of, lists_from, shipped_text
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


def test_the_list_that_comes_with_the_program_is_read_as_an_office_s_own_would_be() -> None:
    assert lists_from(shipped_text()).digest == shipped_lists().digest


def test_a_list_says_which_words_each_topic_has_in_which_language() -> None:
    lists = lists_from(OWN)
    assert lists.words("services") == {"parks": {"id": ("taman kota",), "vi": ("công viên",), "en": ("park",)}}
    assert lists.hidden == {"en": ("car park",)}
    assert shipped_lists().words("services")["waste"]["id"] == ("sampah", "tpa", "limbah", "bank sampah")


def test_another_order_or_another_name_finds_the_same_and_another_word_does_not() -> None:
    same = OWN.replace("{id: [taman kota], vi: [công viên], en: [park]}", "{en: [park], vi: [công viên], id: [taman kota]}")
    assert lists_from(same + "names: {parks: {en: Green}}").digest == lists_from(OWN).digest
    assert lists_from(OWN.replace("taman kota", "taman")).digest != lists_from(OWN).digest


def test_an_office_calls_its_topics_by_names_of_its_own() -> None:
    lists = lists_from(OWN + "names: {parks: {id: ' Taman  kota ', en: Parks}, government: {en: City hall}}")
    assert lists.names == {"parks": {"id": "Taman kota", "en": "Parks"}, "government": {"en": "City hall"}}
    assert shipped_lists().names == {}


def test_a_word_that_yaml_takes_for_a_truth_value_is_a_word() -> None:
    assert topics_of("Say no", lists=lists_from("services: {parks: {en: [no]}}")) == ("parks",)


FAULTS = [
    ("x" * 200_001, "long", 0),
    ("services:\n  parks: {id: [a\n", "yaml", 3),
    ("services:\n\tparks: {}", "yaml", 2),
    ("aspects: {}\nservices: \x07", "yaml", 2),
    ("a: {}\n---\nb: {}", "yaml", 2),
    ("", "parts", 1),
    ("\ntopics: {}", "parts", 2),
    ("services: {}\nservices: {}", "twice", 2),
    ("services:\n  parks: {id: [taman]}\n  parks: {id: [kebun]}", "twice", 3),
    ("services:\n  parks: &one {id: [taman]}\n  trees: *one", "reference", 2),
    ("services:\n  parks: &one {id: *one}", "words", 2),
    ("services:\n  [parks]", "mapping", 2),
    ("services:\n  parks: {id: taman}", "words", 2),
    ("services:\n  parks: {id: []}", "words", 2),
    ("services:\n  parks: {id: [taman,\n    12]}", "text", 3),
    ("services:\n  parks: {id: [2024-01-01]}", "text", 2),
    ("services:\n  parks: {id: [a]}", "letters", 2),
    (f"services:\n  parks: {{id: [{'a' * 81}]}}", "word", 2),
    ("services:\n  Taman Kota: {id: [taman]}", "code", 2),
    ("services:\n  none: {id: [taman]}", "code", 2),
    ("services:\n  a|b: {id: [taman]}", "code", 2),
    ("services:\n  parks: {fr: [jardin]}", "language", 2),
    ("services: {" + ", ".join(f"t{n}: {{id: [kata {n}]}}" for n in range(61)) + "}", "topics", 1),
    ("not: {id: [" + ", ".join(f"kata {n}" for n in range(10_001)) + "]}", "all", 0),
    ("services: {parks: {id: [taman]}}\nnames: {roads: {en: Roads}}", "unknown", 2),
    ("names:\n  health: {en: ''}", "name", 2),
    ("names:\n  health: {en: [a]}", "name", 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "line"), FAULTS)
def test_what_is_wrong_with_a_list_is_said_with_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(Unfit) as found:
        lists_from(text)
    assert (found.value.code, found.value.line) == (code, line)


def test_every_kind_of_fault_is_told_by_a_test_and_says_what_to_do() -> None:
    assert {code for _, code, _ in FAULTS} == set(SAID)


def test_deep_nesting_is_refused_and_not_a_crash() -> None:
    with pytest.raises(Unfit):
        lists_from("not: {id: " + "[" * 5_000 + "]" * 5_000 + "}")


def test_each_word_is_known_by_its_line() -> None:
    assert lines_of("services:\n  parks:\n    id: [taman,\n      kebun]\n    en: [park]\nnames: {parks: {en: Parks}}") == {
        "taman": 3, "kebun": 4, "park": 5, "Parks": 6,
    }  # fmt: skip


@given(st.text(max_size=60))
def test_whatever_is_written_is_a_list_or_refused_in_a_sentence(text: str) -> None:
    try:
        assert isinstance(lists_from(text), Lists)
    except InputError as error:
        assert "list of topics" in str(error)


def test_an_item_is_mainly_about_what_its_title_names_and_else_its_opening() -> None:
    assert topics_of_item("Banjir di sekolah, jalan putus", "pdam") == ("education", "flood")
    assert main_topic("Kabar pagi", "Air bersih dari pdam") == "water"
    assert main_topic("Kabar pagi", "x " * 150 + "pdam") == ""


def test_what_is_said_of_a_matter_stands_in_title_or_opening() -> None:
    assert set(aspects_of_item("Tarif naik", "Korban dievakuasi.")) == {"money", "safety"}
    assert aspects_of_item("Cuaca pagi", "") == ()
    assert aspects_of_item("Parkir gratis", "", lists_from("aspects: {fees: {id: [gratis]}}")) == ("fees",)
