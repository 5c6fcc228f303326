"""Word lists: whole words, longest first; every trap hides its word, every listed word is heard; topics and places stand on the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.harm import harm_of
from kentongan.engine.kinds import asks_something
from kentongan.engine.lexicon import Finder, folded, word_list
from kentongan.engine.places import Gazetteer
from kentongan.engine.topics import topics_of

HARM = word_list("harm")
TOPICS = word_list("topics")
WORDS = [(int(level), word) for level, languages in HARM["words"].items() for words in languages.values() for word in words]
CALM = sorted({word for words in HARM["calm"].values() for word in words})
TRAPS = [word for words in HARM["traps"].values() for word in words]


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_every_listed_word_alone_is_heard_at_the_highest_level_it_is_listed_under(level: int) -> None:
    traps = {folded(trap) for trap in TRAPS}
    wrong = []
    for listed, word in WORDS:
        highest = max(one for one, other in WORDS if folded(other) == folded(word))
        if listed == level and folded(word) not in traps and word not in CALM and harm_of(word).level != highest:
            wrong.append((word, harm_of(word)))
    assert wrong == []


@pytest.mark.parametrize("trap", TRAPS)
def test_a_figure_of_speech_alone_speaks_of_no_harm(trap: str) -> None:
    assert harm_of(f"{trap} di kota").level == 0
    assert harm_of(trap.upper()).level == 0


@pytest.mark.parametrize("calm", CALM)
def test_a_phrase_of_denial_exercise_or_memory_calms_its_own_sentence_only(calm: str) -> None:
    assert harm_of(f"{calm} longsor").level <= 1
    assert harm_of(f"{calm} longsor. Lima orang tewas").level == 3


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Banjir diskon saat banjir di pasar", 3),  # the trap hides only its own word
        ("Banjir diskon akhir tahun", 0),
        ("Air terjun ambruk harganya? Tidak", 3),
        ("Harga cabai terbakar cemburu", 0),
        ("Kebakaran jenggot, bukan kebakaran", 0),
        ("Bom waktu sampah", 0),
        ("Sampah menumpuk, bau menyengat", 1),
        ("9 orang tewas tertabrak", 3),
        ("10 orang tewas tertabrak", 4),
        ("1.200 orang tewas", 4),
        ("Korban tewas 12 orang", 4),
        ("Tewas 12 tahun lalu", 1),
        ("Simulasi: 20 orang tewas dalam latihan", 1),
        ("Tidak benar 20 orang tewas", 1),
        ("Cháy vé, không có cháy nhà", 0),
        ("Bão giá và bão số 9", 3),
        ("12 người chết vì ngộ độc", 4),
        ("Market crash course under fire", 0),
        ("Fire sale after fire", 3),
        ("Drill: flash flood response", 1),
        ("No casualties. Two injured later", 3),
        ("TANAH LONGSOR DI LERENG", 3),
        ("tanah-longsor", 3),
        ("longsornya parah", 3),
        ("longsoran", 0),
        ("prabanjir", 0),
        ("", 0),
    ],
)
def test_traps_denials_counts_and_word_ends(title: str, level: int) -> None:
    assert harm_of(title).level == level


def test_the_title_decides_and_the_text_weighs_one_level_less_and_only_at_its_beginning() -> None:
    assert harm_of("Rapat rutin", "Tanggul jebol di hulu.").level == 3
    assert harm_of("Rapat rutin", "Kata pembuka. " * 40 + "Tanggul jebol di hulu.").level == 0
    assert harm_of("Tanggul jebol", "Jalan macet.").level == 4


def test_the_words_of_a_harm_are_the_strongest_first_and_at_most_three() -> None:
    assert harm_of("Macet, banjir, listrik padam, tanggul jebol").words == ("tanggul jebol", "banjir", "listrik padam")


@given(st.sampled_from(sorted({word for _, word in WORDS})), st.sampled_from(sorted({word for _, word in WORDS})))
def test_a_second_sentence_never_lowers_the_harm_of_the_first(first: str, second: str) -> None:
    assert harm_of(f"{first}. {second}").level >= max(harm_of(first).level, harm_of(second).level)


# questions


@pytest.mark.parametrize(
    ("title", "text", "kind", "sentence"),
    [
        ("Air mati", "Sudah dua hari. Sampai kapan air mati? Mohon dijawab.", "public", "Sampai kapan air mati?"),
        ("Bao giờ có nước?", "", "public", "Bao giờ có nước?"),
        ("Apa benar iuran naik?", "", "public", "Apa benar iuran naik?"),
        ("Is it true the fee went up", "", "public", "Is it true the fee went up"),
        ("Mau jual motor, minat?", "", "public", "Mau jual motor, minat?"),
        ("Air mati", "Warga bertanya: “Kapan bantuan datang?” Belum ada jawaban.", "press", "Warga bertanya: “Kapan bantuan datang?”"),
        ("Warga bertanya kapan bantuan datang", "", "press", ""),
        ("Siapa dia? Warga penasaran", "", "press", ""),
        ("Kuis: kapan kota berdiri? Warga menjawab", "", "press", ""),
        ("Người dân hỏi: khi nào có nước trở lại?", "", "press", "Người dân hỏi: khi nào có nước trở lại?"),
        ("Residents ask when water will return?", "", "press", "Residents ask when water will return?"),
        ("Residents ask when water will return?", "", "official", ""),
        ("Terima kasih PDAM", "Air sudah menyala.", "public", ""),
    ],
)
def test_the_sentence_in_which_the_public_asks_is_given_word_for_word(title: str, text: str, kind: str, sentence: str) -> None:
    assert asks_something(title, text, kind) == sentence  # type: ignore[arg-type]


@given(st.text(max_size=200), st.text(max_size=300))
def test_an_official_source_never_asks_and_a_question_is_found_where_it_stands(title: str, text: str) -> None:
    assert asks_something(title, text, "official") == ""
    for kind in ("press", "public"):
        sentence = asks_something(title, text, kind)  # type: ignore[arg-type]
        assert sentence in title or sentence in text


# topics and places


@pytest.mark.parametrize("kind", ["aspects", "services"])
def test_every_listed_word_alone_is_heard_as_its_topic(kind: str) -> None:
    wrong = [
        (topic, word)
        for topic, languages in TOPICS[kind].items()
        for words in languages.values()
        for word in words
        if topic not in topics_of(word, kind)  # type: ignore[arg-type]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("PDAM perbaiki pipa air bersih di jalan", ("water", "roads")),
        ("Jalan dan jembatan", ("roads",)),
        ("Sekolah di tepi jalan", ("education", "roads")),
        ("Bệnh viện thiếu bác sĩ, đường ngập", ("health", "flood", "roads")),
        ("Jalanan", ()),
        ("", ()),
    ],
)
def test_topics_come_by_number_of_words_and_then_by_name(text: str, services: tuple[str, ...]) -> None:
    assert topics_of(text) == services


def test_a_word_of_two_languages_counts_once() -> None:
    assert topics_of("The bus to the hospital was late") == ("health", "transport")


PLACES = {"Kelurahan Melati": "w1", "Melati": "w1", "Melati Selatan": "w2", "Phường Sen Hồ": "w3", "Jl. Anggrek": "r1"}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Banjir di Melati Selatan dan Melati", ("w2", "w1")),
        ("KELURAHAN  MELATI, lalu melati lagi", ("w1",)),
        ("Bunga melatiku mekar", ()),
        ("Di Melatinya orang", ("w1",)),
        ("Nước ngập phường Sen Hồ", ("w3",)),
        ("Nước ngập phường Sen Ho", ()),
        ("Macet di Jl. Anggrek, Melati", ("r1", "w1")),
        ("", ()),
    ],
)
def test_places_are_found_whole_longest_first_and_once(text: str, places: tuple[str, ...]) -> None:
    assert Gazetteer(PLACES).places_in(text) == places


def test_an_office_without_a_list_of_places_finds_none() -> None:
    assert Gazetteer({}).places_in("Melati") == ()


@given(
    st.lists(st.text(alphabet="abc ", min_size=1, max_size=6).filter(lambda word: word.strip()), min_size=1, max_size=6),
    st.text(alphabet="abc ,", max_size=40),
)
def test_hits_are_entries_in_order_and_never_overlap(entries: list[str], text: str) -> None:
    line = folded(text)
    hits = Finder(entries).find(line)
    end = 0
    for hit in hits:
        assert hit.start >= end and line[hit.start : hit.end] == hit.entry
        assert hit.entry in {folded(entry) for entry in entries}
        end = hit.end


@given(st.text(alphabet="aB éế\u0301\t\n", max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
