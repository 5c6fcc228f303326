"""Which articles carry a publication: copied, quoted, told again, denied or not at all; order and strangers change nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.echo import Carried, Heard, Publication, Settings, echo
from kentongan.engine.echo_match import nearness, weighed
from kentongan.engine.echo_quotes import LEAST, LEAST_VI, quotes, share_quoted, words_with_places
from kentongan.engine.records import Language
from kentongan.testing.echoes import AT, COUNTS, OTHER, PUBLICATION, SAFE, TEST, TEXT, TEXT_VI, TITLE, WHERE, article, direction, heard


def one(text: str, hours: float = 2.0, angle: float = 1.5, title: str = "Kabar hari ini") -> Carried:
    return echo(PUBLICATION, [heard(text, hours, angle, title=title)], COUNTS)[0]


# ---- ways -------------------------------------------------------------------------------------------------------------------
GOLDEN = [
    ("copied", TEXT, 1.5),
    ("copied", f"{TEXT} Baca juga: jadwal shalat.", 1.5),
    ("quoted", f"{OTHER} “{WHERE}” demikian bunyi siaran pers.", 1.5),
    ("quoted", f"Kepala dinas mengatakan: {TEST} Ia menambahkan hal lain. {OTHER}", 1.5),
    (
        "retold",
        "Dinas Kesehatan Papan memastikan air PDAM Sukamaju layak minum bila direbus; 42 contoh diuji dan tanpa bakteri. Air gratis "
        "tersedia di Balai Warga, SD 4, Pasar Lama.",
        0.3,
    ),
    ("none", OTHER, 1.5),
    ("none", "Air laut pasang di pesisir utara dan warga diminta waspada, kata BMKG.", 1.2),
    ("denied", f"Tidak benar bahwa {SAFE[0].lower()}{SAFE[1:]} {OTHER}", 0.1),
    ("denied", f"Hoaks: {SAFE} {OTHER}", 0.1),
]


@pytest.mark.parametrize(("way", "text", "angle"), GOLDEN)
def test_each_way_is_told_from_the_others(way: str, text: str, angle: float) -> None:
    said = one(text, angle=angle)
    assert said.way == way
    assert said.carries == (way in ("copied", "quoted", "retold"))
    assert 0.0 <= said.confidence <= 1.0
    assert said.reasons


def test_a_vietnamese_sentence_is_found_with_the_underscores_and_the_letters_of_another_keyboard() -> None:
    import unicodedata

    publication = Publication("p2", "Nước máy an toàn", TEXT_VI, "vi", AT)
    quoted = unicodedata.normalize("NFD", TEXT_VI.split(". ")[1]).replace("miễn phí", "miễn_phí")
    text = f"Trận đấu tối qua kết thúc với tỷ số 3-1. “{quoted}” - thông cáo viết."
    (said,) = echo(publication, [Heard(replace(article(text), language="vi"))], COUNTS)
    assert said.way == "quoted"
    assert said.quotes[0].words >= LEAST_VI


def test_the_turned_sentence_of_a_copy_does_not_undo_the_copy_and_is_marked() -> None:
    said = one(TEXT.replace("dan tidak menemukan bakteri", "dan menemukan bakteri"), angle=1.5)
    assert said.way in ("copied", "quoted")
    where = TEXT.index(WHERE)
    assert share_quoted(said.quotes, where, where + len(WHERE)) == 1.0


@pytest.mark.parametrize("hours", [-300.0, -1.0, 0.0])
def test_what_came_before_the_publication_or_at_its_moment_never_counts(hours: float) -> None:
    said = one(TEXT, hours)
    assert (said.way, said.reasons[0].code) == ("none", "echo.before")


def test_what_came_weeks_later_is_not_its_echo() -> None:
    assert one(TEXT, 24 * 13.9).way == "copied"
    assert one(TEXT, 24 * 14.1).reasons[0].code == "echo.late"
    (said,) = echo(PUBLICATION, [heard(TEXT, 24 * 2)], COUNTS, Settings(window_days=1.0))
    assert said.reasons[0].code == "echo.late"


def test_a_copy_without_a_vector_goes_where_its_original_went() -> None:
    original = heard(GOLDEN[4][1], angle=0.3)
    copy = Heard(article("Salinan pendek.", 5, "b", "tetangga.example"), None, original.article.id)
    lone = Heard(article("Salinan pendek.", 5, "c", "jauh.example"), None, "unknown")
    ways = {said.article: (said.way, said.reasons[0].code) for said in echo(PUBLICATION, [copy, lone, original], COUNTS)}
    assert ways[copy.article.id] == ("retold", "echo.follows")
    assert ways[lone.article.id] == ("none", "echo.far")
    old = Heard(article("Salinan pendek.", -5, "d"), None, original.article.id)
    assert {said.article: said.way for said in echo(PUBLICATION, [old, original], COUNTS)}[old.article.id] == "none"


def test_a_publication_needs_a_name_and_a_time_with_its_zone() -> None:
    with pytest.raises(ValueError, match="title"):
        Publication("p", "", TEXT, "id", AT)
    with pytest.raises(ValueError, match="UTC"):
        Publication("p", TITLE, TEXT, "id", AT.replace(tzinfo=None))


# ---- properties -------------------------------------------------------------------------------------------------------------
POOL = [heard(text, 1.0 + place, angle, f"n{place}") for place, (_, text, angle) in enumerate(GOLDEN)]
STRANGERS = [heard(f"{OTHER} Babak ke-{place}.", 0.5 + place, 1.0 + place / 10, f"s{place}") for place in range(6)]
ALONE = {said.article: said for said in echo(PUBLICATION, POOL, COUNTS)}


@given(st.permutations(POOL), st.lists(st.sampled_from(STRANGERS), max_size=6))
def test_neither_the_order_nor_an_unrelated_article_changes_what_is_said(order: list[Heard], strangers: list[Heard]) -> None:
    found = echo(PUBLICATION, [*strangers, *order], COUNTS)
    assert {said.article: said for said in found if said.article in ALONE} == ALONE
    assert all(not said.carries for said in found if said.article not in ALONE)


SENTENCES = st.lists(st.sampled_from([SAFE, WHERE, TEST, *OTHER.split(". ")]), min_size=1, max_size=6)


@given(SENTENCES, st.floats(0.01, 300.0))
def test_an_identical_text_is_always_found(sentences: list[str], hours: float) -> None:
    text = ". ".join(sentences)
    publication = Publication("p", TITLE, text, "id", AT)
    (said,) = echo(publication, [Heard(article(text, hours))], COUNTS)
    assert said.carries


@given(
    st.lists(st.sampled_from(["satu", "dua", "tiga", "empat", "lima"]), max_size=40),
    st.lists(st.sampled_from(["satu", "dua", "tiga"]), max_size=40),
)
def test_a_stretch_says_the_same_in_both_texts_and_stretches_do_not_overlap(ours: list[str], theirs: list[str]) -> None:
    left, right = words_with_places("  ".join(ours), "id"), words_with_places(", ".join(theirs).upper(), "id")
    found = quotes(left, right, 4)
    for quote in found:
        assert (
            words_with_places(left.text[quote.start : quote.end], "id").words
            == words_with_places(right.text[quote.there_start : quote.there_end], "id").words
        )
        assert quote.words >= 4
    assert all(one.there_end <= other.there_start for one, other in pairwise(found))


@given(st.integers(0, 30), st.integers(0, 30))
def test_a_run_is_verbatim_from_the_least_length_on(shared: int, rest: int) -> None:
    run = [f"kata{place}" for place in range(shared)]
    left = words_with_places(" ".join([*run, *(f"kiri{place}" for place in range(rest))]), "id")
    right = words_with_places(" ".join([*(f"kanan{place}" for place in range(rest)), *run]), "id")
    assert bool(quotes(left, right)) == (shared >= LEAST)


# ---- meaning and words ------------------------------------------------------------------------------------------------------
def near(text: str, angle: float, language: Language = "id", days: float = 0.1) -> float:
    mine = weighed(TITLE, TEXT, "id", direction(0.0), COUNTS)
    found = nearness(mine, weighed("Kabar", text, language, direction(angle), COUNTS), days)
    assert found is not None
    return found.margin


def test_names_and_figures_bring_nearer_and_days_part() -> None:
    plain = "Air keran di sana layak dikonsumsi bila sudah dimasak."
    named = f"{plain} Sukamaju, Papan, PDAM, 42 contoh, Balai Warga, Pasar Lama."
    assert near(named, 0.5) > near(plain, 0.5)
    assert near(named, 0.5) > near(named, 0.5, days=5.0)


def test_words_alone_carry_nothing() -> None:
    assert near(TEXT, np.pi / 2) < 0.0


def test_between_two_languages_meaning_alone_decides() -> None:
    assert near("Tap water in the ward is safe to drink after boiling.", 0.3, "en") > 0.0
    assert near("Tap water in the ward is safe to drink after boiling.", 1.2, "en") < 0.0


def test_without_vectors_nothing_is_said_of_meaning() -> None:
    assert nearness(weighed(TITLE, TEXT, "id", None, COUNTS), weighed(TITLE, TEXT, "id", None, COUNTS), 1.0) is None
