"""Chosen sentences: never written, never repeated, the same for the same story in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.records import Article, article_id
from kentongan.engine.summary import TITLE_ONLY, Settings, sentences_for

START = datetime(2025, 11, 13, tzinfo=UTC)
FACTS = (
    "Pompa air di Kelurahan Kenanga mati sejak Selasa malam menurut ketua rukun warga.",
    "Dinas sumber daya air mengirim dua pompa bergerak dari gudang utara pada pagi hari.",
    "Sebanyak 340 keluarga diminta memindahkan kendaraan dari Jalan Anggrek sebelum sore.",
    "Suku cadang pompa baru diperkirakan tiba pada Kamis dari pabrik di luar pulau.",
    "Sekolah dasar di dekat pompa meliburkan murid kelas satu sampai kelas tiga.",
    "Trạm bơm ở phường Sen Hồ ngừng chạy từ tối thứ Ba vì hỏng động cơ chính.",
    "The northern pump stopped on Tuesday night and will be repaired by Friday evening.",
)


def article(number: int, text: str, outlet: str = "Kabar", minutes: int = 0, title: str = "") -> Article:
    url = f"https://kabar.example/{number}"
    return Article(article_id(url), url, outlet, "press", title or f"Pompa mati {number}", text, "id", START + timedelta(minutes=minutes))


ARTICLES = st.lists(
    st.tuples(st.lists(st.sampled_from(FACTS), max_size=4), st.sampled_from(["Kabar", "Radio", "Koran"]), st.integers(0, 600)), max_size=8
).map(lambda rows: [article(n, " ".join(facts), outlet, minutes) for n, (facts, outlet, minutes) in enumerate(rows)])


@given(ARTICLES, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_arrival_does_not_choose_the_sentences(articles: list[Article], random) -> None:
    mixed = list(articles)
    random.shuffle(mixed)
    assert sentences_for(mixed) == sentences_for(articles)


@given(ARTICLES)
@settings(deadline=None)
def test_sentences_are_distinct_few_and_stand_where_they_say(articles: list[Article]) -> None:
    chosen = sentences_for(articles)
    sources = {one.id: one for one in articles}
    assert len(chosen) <= Settings().sentences
    assert len({(one.text, one.outlet) for one in chosen}) == len(chosen), "only a second outlet may say the same again"
    assert len({one.text for one in chosen[1:]}) == len(chosen[1:])
    assert bool(chosen) is bool(articles)
    for one in chosen:
        text = sources[one.article].text
        assert one.text == (text[one.start : one.end] if one.start != TITLE_ONLY else sources[one.article].title)
        assert one.start == TITLE_ONLY or one.text in FACTS


@given(ARTICLES, st.integers(1, 5))
@settings(deadline=None)
def test_a_shorter_briefing_is_the_beginning_of_the_longer_one(articles: list[Article], count: int) -> None:
    longer = sentences_for(articles, replace(Settings(), sentences=count + 1))
    assert sentences_for(articles, replace(Settings(), sentences=count)) == longer[:count]


@given(ARTICLES)
@settings(deadline=None)
def test_what_two_outlets_tell_has_two_sources_and_no_article_counts_twice(articles: list[Article]) -> None:
    chosen = sentences_for(articles)
    assert len({one.outlet for one in chosen}) >= min(2, len({one.outlet for one in articles}))
    if len(articles) > 1:
        assert len({one.article for one in chosen}) == len(chosen)


def test_the_same_headline_of_a_second_outlet_is_a_second_source() -> None:
    told = [article(1, "", "Kabar", 0, "Kantin meledak, tiga terluka"), article(2, "", "Radio", 9, "Kantin meledak, tiga orang terluka")]
    assert {one.outlet for one in sentences_for(told)} == {"Kabar", "Radio"}
    (_only, *rest) = sentences_for([told[0], replace(told[1], outlet="Kabar")])
    assert rest == [], "one outlet that repeats itself is one source"


def test_a_third_outlet_that_only_repeats_is_left_out_and_so_is_a_second_sentence_of_a_used_article() -> None:
    articles = [article(1, f"{FACTS[0]} {FACTS[1]}", "Kabar"), article(2, FACTS[0], "Radio"), article(3, FACTS[0], "Koran")]
    assert len(sentences_for(articles)) == len({one.outlet for one in sentences_for(articles)}) == 2
    assert len(sentences_for(articles[:1])) == 2, "a story of one article may be told by two of its sentences"


@given(ARTICLES)
@settings(deadline=None)
def test_a_second_outlet_is_heard_before_the_first_speaks_twice(articles: list[Article]) -> None:
    chosen = sentences_for(articles, replace(Settings(), same=1.1, sentences=2))
    if len({one.outlet for one in articles}) > 1:
        assert len({one.outlet for one in chosen}) == 2


def test_what_every_outlet_says_goes_before_what_one_says() -> None:
    articles = [
        article(1, f"{FACTS[4]} {FACTS[0]}", "Kabar"),
        article(2, FACTS[0], "Radio"),
        article(3, FACTS[0].replace("menurut ketua", "kata ketua"), "Koran"),
    ]
    assert "Pompa air di Kelurahan Kenanga" in sentences_for(articles)[0].text


@pytest.mark.parametrize(
    "bait",
    [
        "Baca selengkapnya di https://kabar.example/pompa untuk berita lain dari kota ini.",
        "Kunjungi www.kabar.example untuk mengikuti berita pompa setiap hari.",
        "Singkat sekali.",
        "x" * 500,
    ],
)
def test_lines_with_addresses_and_lines_too_short_or_too_long_are_passed_over(bait: str) -> None:
    (first, *rest) = sentences_for([article(1, f"{bait}\n{FACTS[0]}")])
    assert (first.text, rest) == (FACTS[0], [])


def test_an_article_of_nothing_but_bait_is_represented_by_its_title() -> None:
    (only,) = sentences_for([article(1, "Klik www.kabar.example untuk membaca berita ini sampai selesai.", title="Pompa Kenanga mati")])
    assert (only.text, only.start) == ("Pompa Kenanga mati", TITLE_ONLY)


def test_only_the_opening_of_an_article_is_read() -> None:
    fillers = " ".join(f"Kalimat pengisi nomor {n} tentang urusan lain di kota yang tidak penting." for n in range(6))
    chosen = sentences_for([article(1, f"{fillers} {FACTS[0]}")], replace(Settings(), sentences=9, same=1.1))
    assert FACTS[0] not in [one.text for one in chosen]
    assert len(chosen) == Settings().opening


def test_of_a_very_long_story_the_first_and_the_newest_are_read() -> None:
    few = replace(Settings(), newest=3, sentences=9, same=1.1)
    articles = [
        article(n, f"Laporan nomor {n} tentang pompa {['satu', 'dua', 'tiga', 'empat', 'lima'][n % 5]} di kelurahan.", f"O{n}", n)
        for n in range(10)
    ]
    assert {one.outlet for one in sentences_for(articles, few)} == {"O0", "O8", "O9"}
