"""One question in many words is one group; a page that is only near does not answer; a void is said as such."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.records import Language
from kentongan.engine.vectors import DIMENSION, FloatArray
from kentongan.engine.voids import Asked, Page, answer_for, bar, groups, page_of, wants

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def direction(angle: float) -> FloatArray:
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[0], vector[1] = np.cos(angle), np.sin(angle)
    return vector


def asked(
    item: str, text: str, angle: float, hours: int = 0, outlet: str = "A", kind: str = "press", topics: tuple[str, ...] = ()
) -> Asked:
    return Asked(item, text, "id", outlet, kind, AT + timedelta(hours=hours), direction(angle), topics)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Di mana posko pengungsian?", "where"),
        ("Posko ngungsi neng endi?", "where"),
        ("Trạm sơ tán ở đâu?", "where"),
        ("Where is the shelter?", "where"),
        ("Sampai kapan listrik padam?", "when"),
        ("Bao giờ có điện lại?", "when"),
        ("Berapa biaya urus KTP?", "how_much"),
        ("Apa benar bendungan retak?", "whether"),
        ("Tolong info pak", ""),
    ],
)
def test_what_a_question_wants_is_told_by_its_first_question_word(text: str, want: str) -> None:
    assert wants(text) == want


def test_the_same_question_in_other_words_is_one_group() -> None:
    found = groups(
        [
            asked("1", "Di mana posko?", 0.0),
            asked("2", "Posko di mana ya?", 0.3, 1, "B"),
            asked("3", "Di mana lokasi posko", 0.4, 2, "#x", "public"),
        ]
    )
    assert [len(group.asked) for group in found] == [3]
    assert (found[0].outlets, found[0].posts, found[0].first.item, found[0].wants) == (2, 1, "1", "where")


def test_where_and_when_are_two_questions_however_near() -> None:
    assert len(groups([asked("1", "Di mana posko?", 0.0), asked("2", "Kapan posko buka?", 0.0, 1)])) == 2


def test_questions_of_different_topics_stay_apart() -> None:
    rows = [asked("1", "Kapan dibuka?", 0.0, topics=("education",)), asked("2", "Kapan dibuka?", 0.0, 1, topics=("roads",))]
    assert len(groups(rows)) == 2


def test_those_asked_in_most_places_come_first() -> None:
    rows = [asked("1", "Di mana posko?", 0.0), asked("2", "Kapan hujan berhenti?", 1.5, 1), asked("3", "Kapan hujan reda?", 1.5, 2, "B")]
    assert [group.first.item for group in groups(rows)] == ["2", "1"]


def page(key: str, text: str, angle: float, language: Language = "id") -> Page:
    return page_of(key, text, language, direction(angle))


def test_the_nearest_official_page_that_shares_the_words_answers() -> None:
    pages = [page("p1", "Lokasi posko pengungsian banjir Kelurahan Sukasari", 0.6), page("p2", "Jadwal lelang kendaraan dinas", 0.5)]
    found = answer_for("Di mana lokasi posko pengungsian banjir?", "id", direction(0.0), pages)
    assert found is not None and found.page == "p1"


def test_no_page_is_better_than_a_page_that_is_only_near() -> None:
    assert answer_for("Di mana lokasi posko?", "id", direction(0.0), [page("p2", "Jadwal lelang kendaraan dinas", 1.2)]) is None
    assert answer_for("Di mana lokasi posko?", "id", direction(0.0), []) is None


def test_between_languages_the_bar_is_the_meanings_alone_and_vietnamese_syllables_count_less() -> None:
    assert bar("id", "en") < bar("id", "id") < bar("vi", "vi")
    english = page("p1", "Where the flood shelters are", 1.1, "en")
    assert answer_for("Di mana posko banjir?", "id", direction(0.0), [english]) is not None
    assert answer_for("Di mana posko banjir?", "id", direction(0.0), [page("p1", "Where the flood shelters are", 1.3, "en")]) is None


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(("Di mana posko?", "Kapan buka?", "posko"))), max_size=12), st.randoms())
def test_any_order_gives_the_same_groups_and_loses_no_question(rows: list[tuple[int, str]], chance: object) -> None:
    made = [asked(str(number), text, angle / 4, number) for number, (angle, text) in enumerate(rows)]
    shuffled = list(made)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    def names(found: object) -> list[list[str]]:
        return [[one.item for one in group.asked] for group in found]  # type: ignore[attr-defined]

    assert names(groups(shuffled)) == names(groups(made))
    assert sum(map(len, names(groups(made)))) == len(made)
