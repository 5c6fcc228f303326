"""Sentences keep their identity through every way of editing; where it is in doubt they are new."""

from __future__ import annotations

import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kentongan.engine.alignment import LONGEST, MOST_SENTENCES, Alignment, Former, TooMuch, align, common, sentence_hash, text_hash
from kentongan.engine.sentences import spans

FLOOD = """Warga Kelurahan Sungai Lama diminta pindah ke tempat yang lebih tinggi.
Air Sungai Lestari naik 80 sentimeter sejak pukul 05.00 WIB. Sebanyak 42 rumah tergenang.
BPBD mengirim tiga perahu karet ke RW 04. Kami prihatin bersama warga yang terdampak.
Pembaruan berikutnya pukul 09.00 WIB."""


def former(text: str) -> list[Former]:
    return [Former(f"s{number}", text[start:end]) for number, (start, end) in enumerate(spans(text), 1)]


def again(found: Alignment) -> list[Former]:
    return [Former(one.id, one.text) for one in found.sentences]


def ids(found: Alignment) -> list[str]:
    return [one.id for one in found.sentences]


def edited(text: str, new: str) -> Alignment:
    return align(former(text), new)


# ---- by hand ----------------------------------------------------------------------------------------------------------------
def test_a_figure_that_is_changed_leaves_the_sentence_its_id_and_says_how_much_was_edited() -> None:
    found = edited(FLOOD, FLOOD.replace("42 rumah", "57 rumah"))
    assert ids(found) == ["s1", "s2", "s3", "s4", "s5", "s6"]
    assert [one.change for one in found.sentences] == ["kept", "kept", "edited", "kept", "kept", "kept"]
    assert found.sentences[2].edit_ratio == pytest.approx(0.2)
    assert found.gone == ()


def test_a_sentence_that_goes_to_the_top_keeps_its_id_and_alone_is_marked_as_moved() -> None:
    lines = [one.text for one in former(FLOOD)]
    found = edited(FLOOD, "\n".join([lines[4], *lines[:4], lines[5]]))
    assert ids(found) == ["s5", "s1", "s2", "s3", "s4", "s6"]
    assert [one.id for one in found.sentences if one.moved] == ["s5"]


def test_a_sentence_that_goes_to_the_top_and_is_edited_on_the_way_keeps_its_id() -> None:
    lines = [one.text for one in former(FLOOD)]
    found = edited(FLOOD, "\n".join(["Kami prihatin dan berdoa bersama warga yang terdampak.", *lines[:4], lines[5]]))
    assert ids(found)[0] == "s5"
    assert (found.sentences[0].change, found.sentences[0].moved) == ("edited", True)


def test_a_sentence_that_is_cut_in_two_gives_its_id_to_the_longer_part_and_the_other_says_where_it_is_from() -> None:
    whole = "Jembatan Merah ditutup sejak pukul 06.00 WIB dan kendaraan dialihkan lewat Jalan Kenanga sampai perbaikan jembatan selesai."
    found = edited(
        whole, "Jembatan Merah ditutup sejak pukul 06.00 WIB. Kendaraan dialihkan lewat Jalan Kenanga sampai perbaikan jembatan selesai."
    )
    assert [(one.id, one.change, one.origins) for one in found.sentences] == [("s2", "split", ("s1",)), ("s1", "edited", ("s1",))]


def test_two_sentences_that_are_joined_are_one_that_names_both() -> None:
    found = edited(
        "Pasar Baru dibuka kembali hari ini. Pedagang boleh masuk mulai pukul 05.00 WIB.",
        "Pasar Baru dibuka kembali hari ini dan pedagang boleh masuk mulai pukul 05.00 WIB.",
    )
    (one,) = found.sentences
    assert (one.id, one.change, one.origins, found.gone) == ("s2", "merged", ("s2", "s1"), ("s1",))


def test_a_sentence_that_is_copied_has_a_new_id_and_says_of_what() -> None:
    found = edited(
        "Đường Lê Lợi cấm xe tải đến hết ngày mai.", "Đường Lê Lợi cấm xe tải đến hết ngày mai. Đường Lê Lợi cấm xe tải đến hết ngày mai."
    )
    assert [(one.id, one.change, one.origins, one.edit_ratio) for one in found.sentences] == [
        ("s1", "kept", ("s1",), 0.0),
        ("s2", "copied", ("s1",), 0.0),
    ]


def test_a_sentence_that_says_something_else_is_new_also_in_the_same_place() -> None:
    found = edited("Nước máy đã an toàn để uống. Mời bà con yên tâm.", "Trường học nghỉ đến thứ Hai. Mời bà con yên tâm.")
    assert [(one.id, one.change, one.origins, one.edit_ratio) for one in found.sentences] == [
        ("s3", "new", (), 1.0),
        ("s2", "kept", ("s2",), 0.0),
    ]
    assert found.gone == ("s1",)


def test_an_id_that_was_struck_long_ago_is_not_given_again() -> None:
    found = align(
        [Former("s1", "Air surut pagi ini.")], "Air surut pagi ini. Sekolah masuk seperti biasa.", used=["s1", "s2", "s17", "note"]
    )
    assert ids(found) == ["s1", "s18"]


def test_ids_of_any_form_are_kept_as_they_are() -> None:
    found = align([Former("a-7f", "Air surut pagi ini.")], "Air surut siang ini.")
    assert ids(found) == ["a-7f"]


def test_a_change_of_signs_or_capitals_alone_is_an_edit() -> None:
    for after in ("Air surut?", "air surut.", "Air  surut ."):
        (one,) = edited("Air surut.", after).sentences
        assert one.id == "s1"
        assert one.change == "edited"
        assert one.edit_ratio > 0


def test_two_former_sentences_with_one_id_are_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="same id"):
        align([Former("s1", "Satu."), Former("s1", "Dua.")], "Satu.")


def test_an_empty_text_leaves_nobody_with_an_id() -> None:
    assert edited("Satu kalimat. Dua kalimat.", " \n ") == Alignment((), ("s1", "s2"), text_hash(""))


# ---- hashes -----------------------------------------------------------------------------------------------------------------
def test_a_hash_forgives_composition_and_white_space_and_nothing_else() -> None:
    text = "Đường Lê Lợi ngập.\n\nNgười dân đi đường khác."
    assert text_hash(text) == text_hash(unicodedata.normalize("NFD", text).replace(" ", "\u00a0 ").replace("\n\n", "\r\n \r\n"))
    assert text_hash(text) != text_hash(text.replace("\n\n", " "))
    for other in (text.replace("ngập", "Ngập"), text.replace(".", "\u202e.", 1), text.replace("ợ", "ơ"), text + "!"):
        assert text_hash(other) != text_hash(text)
    assert sentence_hash("Air  surut.") == sentence_hash(" Air surut. ") != sentence_hash("Air\u200bsurut.")


def test_hashes_are_what_they_were() -> None:
    assert sentence_hash("Air surut.") == "0bf8dcef53c5c23f6602c79e17caac43dd4663ae4036412fb2fd4f0fc3664da3"
    assert text_hash("Air surut. \n\n Tetap  tenang.") == "87409aa82427af2e77eade5f6cbdec89aca2f0c92c3099879a29e016c3def344"


# ---- limits -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "code"), [("Kalimat yang panjang sekali. " * 80_000, "long"), ("Ya.\n" * (MOST_SENTENCES + 1), "sentences")]
)
def test_a_paste_of_two_megabytes_is_refused_at_once_with_field_and_remedy(text: str, code: str) -> None:
    began = time.perf_counter()
    with pytest.raises(TooMuch, match="at most") as refused:
        align(former(FLOOD), text, field="body")
    assert time.perf_counter() - began < 1
    assert (refused.value.subject, refused.value.code) == ("body", code)
    assert "Attach" in str(refused.value)
    assert str(refused.value).startswith("body: ")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "make",
    [
        lambda n: "".join(f"A b c d e f g h i {n * i}.\n" for i in range(MOST_SENTENCES)),
        lambda n: f"kata{n} " * (LONGEST // 10),
        lambda n: ("a. " * LONGEST)[n:LONGEST],
        lambda n: ("1. " * LONGEST)[n:LONGEST],
        lambda n: '."' * (LONGEST // 2 - n),
        lambda n: "." * (LONGEST - n),
        lambda n: "a " * (LONGEST // 2 - n) + ".",
        lambda n: f"{n} " + "x" * (LONGEST - 10) + ". A.",
    ],
)
def test_the_longest_texts_that_are_let_in_are_aligned_in_a_moment(make) -> None:
    before, after = make(1), make(2)
    old = former(before)[:MOST_SENTENCES]
    began = time.perf_counter()
    try:
        found = align(old, after)
    except TooMuch:
        found = None
    assert time.perf_counter() - began < 10
    assert found is None or len(set(ids(found))) == len(found.sentences)


# ---- properties -------------------------------------------------------------------------------------------------------------
WORDS = st.sampled_from(
    [
        "air",
        "banjir",
        "warga",
        "jalan",
        "tutup",
        "buka",
        "pagi",
        "đường",
        "nước",
        "người",
        "dân",
        "xã",
        "road",
        "water",
        "12",
        "40",
        "1.200",
    ]
)
SENTENCE = st.lists(WORDS, min_size=3, max_size=12).map(lambda words: " ".join(words).capitalize() + ".")
TEXT = st.lists(SENTENCE, min_size=0, max_size=8)
DISTINCT = st.lists(SENTENCE, min_size=1, max_size=8, unique_by=str.casefold)


def joined(sentences: list[str]) -> str:
    return "\n".join(sentences)


@given(TEXT)
def test_an_unchanged_text_keeps_every_id(sentences: list[str]) -> None:
    old = former(joined(sentences))
    found = align(old, joined(sentences))
    assert ids(found) == [one.id for one in old]
    assert all(one.change == "kept" and one.edit_ratio == 0 and not one.moved for one in found.sentences)


@given(TEXT, st.randoms())
def test_another_order_keeps_every_id(sentences: list[str], chance) -> None:
    shuffled = chance.sample(sentences, len(sentences))
    found = align(former(joined(sentences)), joined(shuffled))
    assert sorted(ids(found)) == sorted(one.id for one in former(joined(sentences)))
    before = {one.id: one.text for one in former(joined(sentences))}
    assert all(before[one.id] == one.text for one in found.sentences)
    assert found.gone == ()


@given(DISTINCT, st.data())
def test_a_word_that_is_changed_keeps_the_id_of_its_sentence_and_of_all_others(sentences: list[str], data) -> None:
    at = data.draw(st.integers(0, len(sentences) - 1))
    words = sentences[at][:-1].split()
    place = data.draw(st.integers(0, len(words) - 1))
    words[place] = "Kembang"
    new = [*sentences]
    new[at] = " ".join(words) + "."
    assume(len({one.casefold() for one in new}) == len(new))
    found = align(former(joined(sentences)), joined(new))
    assert ids(found) == [f"s{number}" for number in range(1, len(sentences) + 1)]
    assert found.sentences[at].change in {"edited", "merged"}
    assert 0 < found.sentences[at].edit_ratio < 1


@given(TEXT, TEXT, st.sets(st.integers(1, 30).map("s{}".format)))
def test_no_id_is_given_twice_and_no_new_one_was_ever_used(before: list[str], after: list[str], used: set[str]) -> None:
    old = former(joined(before))
    found = align(old, joined(after), used=used)
    assert len(set(ids(found))) == len(found.sentences)
    known = {one.id for one in old}
    fresh = {one.id for one in found.sentences if one.change in {"new", "copied", "split"}} - known
    assert not fresh & (known | used)
    assert {one.id for one in found.sentences} & known == known - set(found.gone)


@given(TEXT, TEXT)
def test_every_sentence_says_what_it_is_and_where_it_is_from(before: list[str], after: list[str]) -> None:
    old = former(joined(before))
    known = {one.id for one in old}
    text = joined(after)
    found = align(old, text)
    for one in found.sentences:
        assert text[one.start : one.end] == one.text
        assert set(one.origins) <= known
        assert len(set(one.origins)) == len(one.origins)
        assert 0 <= one.edit_ratio <= 1
        assert (one.change == "new") == (not one.origins)
        assert one.id not in known or one.origins[0] == one.id
        assert one.id in known or one.change in {"new", "split", "copied", "merged"}
        assert (one.change == "kept") == (one.edit_ratio == 0 and one.id in known)
    assert all(left.end <= right.start for left, right in pairwise(found.sentences))


@given(TEXT, TEXT)
def test_aligning_the_result_with_its_own_text_changes_nothing(before: list[str], after: list[str]) -> None:
    first = align(former(joined(before)), joined(after))
    second = align(again(first), joined(after))
    assert ids(second) == ids(first)
    assert all(one.change == "kept" for one in second.sentences)
    assert second.hash == first.hash


@given(st.lists(SENTENCE, min_size=2, max_size=6, unique_by=str.casefold), st.data())
def test_a_sentence_that_is_struck_takes_nobody_elses_id_with_it(sentences: list[str], data) -> None:
    at = data.draw(st.integers(0, len(sentences) - 1))
    found = align(former(joined(sentences)), joined(sentences[:at] + sentences[at + 1 :]))
    assert found.gone == (f"s{at + 1}",)
    assert all(one.change == "kept" for one in found.sentences)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_can_be_aligned_and_always_in_the_same_way(before: str, after: str) -> None:
    assert align(former(before), after) == align(former(before), after)


@given(st.lists(st.integers(0, 4), max_size=12), st.lists(st.integers(0, 4), max_size=12))
def test_the_longest_common_subsequence_by_bits_is_the_one_by_the_book(left: list[int], right: list[int]) -> None:
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            table[i + 1][j + 1] = table[i][j] + 1 if one == other else max(table[i][j + 1], table[i + 1][j])
    assert common([str(one) for one in left], [str(one) for one in right]) == table[-1][-1]
