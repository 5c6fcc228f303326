"""Names of persons: found with and without capitals, places and offices left alone."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.names import TAGS, ExceptPlaces, allowed_steps, best_path, features_of, load_tagger, tokens_of, uses_capitals
from kentongan.engine.names_vi import VietnameseRules, is_vietnamese
from kentongan.engine.privacy import hide
from kentongan.measure.names_eval import evaluate

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in load_tagger().spans(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("menurut budi santoso, air di rumahnya keruh sejak senin", ["budi santoso"]),
        ("Menurut Budi Santoso, air di rumahnya keruh sejak Senin.", ["Budi Santoso"]),
        ('"kami minta jalan diperbaiki," ujar siti aminah.', ["siti aminah"]),
        ("warga di surabaya dan malang mengeluh soal air", []),
        ("Harga beras di Pasar Induk Kramat Jati naik", []),
        ("", []),
    ],
)
def test_it_finds_indonesian_names(text: str, names: list[str]) -> None:
    assert found(text) == names


def test_a_name_found_once_is_found_wherever_it_stands() -> None:
    text = "menurut siti rahmawati, air keruh. rahmawati sudah lapor"
    assert found(text).count("rahmawati") == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ông Nguyễn Văn Bảy ở phường 5 phản ánh nước có mùi", ["Nguyễn Văn Bảy"]),
        ("chị Lan nói nước bẩn, anh N.V.T. cũng vậy", ["Lan", "N.V.T."]),
        ("Trần Thị Hoa gọi hai lần. Hoa chờ đến trưa mới có người đến", ["Trần Thị Hoa", "Hoa"]),
        ("Đường Nguyễn Văn Linh và quận Hai Bà Trưng ngập nặng", []),
        ("Bệnh viện Nguyễn Tri Phương, chợ Bà Chiểu quá tải", []),
        ("Bà Rịa - Vũng Tàu và Thái Bình mưa lớn", []),
        ("Bác sĩ Bệnh viện Bạch Mai cho biết tình hình ổn định", []),
        ("nhà số 36 Ngô Quyền bị ngập", []),
        ("Giám đốc Sở Y tế nói sẽ kiểm tra", []),
    ],
)
def test_it_finds_vietnamese_names_and_leaves_streets_places_and_offices(text: str, names: list[str]) -> None:
    assert found(text) == names


def test_each_language_goes_to_its_own_finder() -> None:
    assert is_vietnamese("chị Lan nói nước bẩn")
    assert not is_vietnamese("menurut budi, air keruh")
    assert not is_vietnamese("Ibu Đặng tinggal di kelurahan ini sudah lama sekali dan belum pernah menerima bantuan dari siapa pun juga")
    assert not is_vietnamese("")


def test_public_posts_lose_names_and_numbers_together() -> None:
    text = "menurut budi santoso (0812-3456-7890), air keruh"
    assert hide(text, source_kind="public", names=load_tagger()).text == "menurut ⟦name⟧ (⟦phone⟧), air keruh"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "menurut",
                "budi",
                "santoso",
                ",",
                "ujar",
                "siti",
                ".",
                "Pak",
                "Bupati",
                "di",
                "Jakarta",
                "⟦phone⟧",
                "kata",
                "N.V.T.",
                "Ông",
                "Nguyễn",
                "Bảy",
                "nói",
                "\n",
            ]
        ),
        max_size=14,
    ).map(" ".join)
)
def test_names_lie_in_order_never_overlap_and_hiding_twice_is_hiding_once(text: str) -> None:
    spans = load_tagger().spans(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    once = hide(text, source_kind="public", names=load_tagger())
    assert hide(once.text, source_kind="public", names=load_tagger()) == once


def test_the_best_path_is_the_best_of_all_paths() -> None:
    rng = np.random.default_rng(3)
    scores, steps = rng.normal(size=(3, len(TAGS))), rng.normal(size=(len(TAGS) + 1, len(TAGS))) + allowed_steps()
    every = {
        (a, b, c): scores[0, a] + scores[1, b] + scores[2, c] + steps[-1, a] + steps[a, b] + steps[b, c]
        for a in range(len(TAGS))
        for b in range(len(TAGS))
        for c in range(len(TAGS))
    }
    assert tuple(best_path(scores, steps)) == max(every, key=lambda path: every[path])
    assert best_path(scores[:0], steps) == []


def test_a_tag_never_goes_on_with_what_was_not_begun() -> None:
    scores = np.zeros((2, len(TAGS)))
    scores[:, TAGS.index("I-P")] = 5.0
    path = [TAGS[tag] for tag in best_path(scores, allowed_steps())]
    assert path == ["B-P", "I-P"]


def test_capitals_count_only_where_some_words_have_them_and_some_not() -> None:
    assert uses_capitals(["Budi", "pergi", "ke", "Medan"])
    assert not uses_capitals(["budi", "pergi"])
    assert not uses_capitals(["BUDI", "PERGI", "KE", "MEDAN"])
    words, classes = ["BUDI", "PERGI"], np.zeros(1 << 17, dtype=np.uint8)
    assert features_of(words, classes) == features_of(["budi", "pergi"], classes)


def test_tokens_keep_marks_and_apostrophes_whole() -> None:
    assert [token.text for token in tokens_of("Syamsul Mu'arif, ⟦phone⟧ di-cek")] == [
        "Syamsul",
        "Mu'arif",
        ",",
        "⟦phone⟧",
        "di",
        "-",
        "cek",
    ]


@pytest.mark.parametrize(("name", "recall", "precision"), [("nerp-id-valid", 0.80, 0.80), ("nergrit-id-valid", 0.65, 0.70)])
def test_it_reaches_its_figures_on_sets_it_was_not_trained_on(name: str, recall: float, precision: float) -> None:
    path = DATA / "names" / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip("the evaluation data ../shared/data is not there")
    figures = evaluate([path]).metrics
    assert figures["recall"] >= recall and figures["precision"] >= precision, figures  # type: ignore[operator]


def test_the_vietnamese_rules_hide_nine_of_ten_patients_of_phoner() -> None:
    path = DATA / "names" / "phoner-vi-dev.jsonl.gz"
    if not path.exists():
        pytest.skip("the evaluation data ../shared/data is not there")
    assert evaluate([path], VietnameseRules()).metrics["recall"] >= 0.88  # type: ignore[operator]


class Everything:
    """Takes every word with a capital for a name."""

    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        return tuple((token.start, token.end) for token in tokens_of(text) if token.text[0].isupper())


WARDS = ("Lebak Larangan", "Lebak", "Cempaka", "Sen Hồ", "Budi Agung")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Lebak Larangan banjir", "Lebak Larangan banjir"),
        ("lebak Larangan banjir", "lebak Larangan banjir"),
        ("di Larangan banjir", "di ⟦name⟧ banjir"),
        ("Bu Cempaka di Cempaka", "⟦name⟧ ⟦name⟧ di Cempaka"),
        ("kata Cempaka, air naik", "kata ⟦name⟧, air naik"),
        ("di Budi Agung air naik", "di Budi Agung air naik"),
        ("di Budi Santoso air naik", "di ⟦name⟧ ⟦name⟧ air naik"),
        ("nước ngập ở Sen Hồ", "nước ngập ở Sen Hồ"),
        ("ông Sen Hồ báo tin", "ông ⟦name⟧ ⟦name⟧ báo tin"),
    ],
)
def test_a_place_the_office_knows_is_not_hidden_as_a_name_but_a_person_called_so_is(text: str, left: str) -> None:
    assert hide(text, source_kind="public", names=ExceptPlaces(Everything(), WARDS)).text == left


def test_without_places_nothing_changes_and_other_names_are_found_as_before() -> None:
    text = "menurut budi santoso di cempaka, air keruh"
    assert ExceptPlaces(load_tagger(), ()).spans(text) == ExceptPlaces(load_tagger(), WARDS).spans(text) == load_tagger().spans(text)


@pytest.mark.skipif(not (DATA / "names/nerp-id-valid.jsonl.gz").is_file(), reason="the evaluation data is not there")
def test_the_wards_of_a_large_city_cost_no_recall() -> None:
    wards = ("Menteng", "Kebon Kacang", "Cempaka Putih", "Lebak Bulus", "Cipinang Melayu", "Setia Budi", "Ragunan", "Pluit")
    figures = evaluate([DATA / "names/nerp-id-valid.jsonl.gz"], ExceptPlaces(load_tagger(), wards)).metrics
    assert figures["recall"] >= 0.80
    assert figures["precision"] >= 0.80
