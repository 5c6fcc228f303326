"""Copies and rewrites: what is one report, what only looks like one."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine import duplicates
from kentongan.engine.duplicates import Settings
from kentongan.engine.reasons import sentence
from kentongan.engine.records import Article, article_id
from kentongan.engine.shingles import jaccard, shingle_hashes, words_of
from kentongan.errors import StateError

START = datetime(2025, 11, 27, 6, 0, tzinfo=UTC)
WORDS = [f"{onset}{vowel}{coda}" for onset in "bcdgjklmnprstw" for vowel in "aiueo" for coda in ("n", "ng", "s", "rta", "lak")]


def prose(seed: int, words: int = 220) -> str:
    """Invented text: sentences of eleven words, the same for the same seed."""
    chance = random.Random(seed)
    chosen = [chance.choice(WORDS) for _ in range(words)]
    return ". ".join(" ".join(chosen[at : at + 11]) for at in range(0, words, 11)) + "."


def article(name: str, title: str, text: str = "", outlet: str = "satu", hours: float = 0.0, url: str = "") -> Article:
    url = url or f"https://{outlet}.example/{name}"
    return Article(article_id(url), url, outlet, "press", title, text, "id", START + timedelta(hours=hours))


def copies(*articles: Article, limits: Settings | None = None) -> list[duplicates.Copy]:
    state, found = duplicates.start(), []
    for one in articles:
        state, copy = duplicates.step(state, one, limits or Settings())
        found.append(copy)
    return found


def test_the_first_article_is_an_original_and_its_own_group():
    first = article("a", "Banjir di Aceh", prose(1))
    (copy,) = copies(first)
    assert (copy.kind, copy.group) == ("original", first.id)


def test_the_same_address_is_the_same_page_whatever_it_says_now():
    first = article("a", "Banjir di Aceh", prose(1))
    again = article("a", "Banjir di Aceh, ini kabar terbaru", prose(2), hours=3)
    other = copies(first, again)[1]
    assert (other.kind, other.group, other.reason.code) == ("exact", first.id, "copy.address")


def test_the_same_words_under_another_title_are_a_copy():
    first = article("a", "Banjir di Aceh", prose(1))
    found = copies(first, article("b", "Aceh kebanjiran", prose(1).upper().replace(".", " !"), outlet="dua"))
    assert (found[1].kind, found[1].group, found[1].reason.code) == ("exact", first.id, "copy.exact")


def test_a_short_text_proves_nothing():
    found = copies(article("a", "Kabar satu", "Halo pembaca setia"), article("b", "Kabar lain sekali", "Halo pembaca setia"))
    assert found[1].kind == "original"


def test_agency_copy_with_a_sentence_added_is_near():
    first = article("a", "Banjir di Aceh", prose(1))
    found = copies(first, article("b", "Aceh kebanjiran", "Warga mulai mengungsi sejak pagi tadi. " + prose(1), outlet="dua"))
    assert (found[1].kind, found[1].group) == ("near", first.id)
    assert found[1].score >= 0.75


def test_a_rewrite_that_keeps_most_of_the_report_is_found_across_outlets():
    sentences = prose(1).split(". ")
    rewritten = ". ".join([*prose(9, 66).split(". ")[:4], *sentences[3:17]])
    first = article("a", "Banjir di Aceh", prose(1))
    found = copies(first, article("b", "Aceh kebanjiran lagi", rewritten, outlet="dua"))
    assert (found[1].kind, found[1].group) == ("rewrite", first.id)
    assert "sentences return" in sentence(found[1].reason)


def test_an_outlet_that_repeats_its_own_background_wrote_a_new_report():
    sentences = prose(1).split(". ")
    follow_up = ". ".join([*prose(9, 88).split(". "), *sentences[8:]])
    assert copies(article("a", "Banjir di Aceh", prose(1)), article("b", "Aceh kebanjiran", follow_up))[1].kind == "original"


def test_a_round_up_that_quotes_an_article_is_not_its_copy():
    short = prose(1, 110)
    round_up = "\n".join([prose(5, 330), short, prose(6, 330)])
    assert copies(article("a", "Banjir", short), article("b", "Tiga berita utama", round_up, outlet="dua"))[1].kind == "original"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Harga emas hari ini 18 Juni naik", "original"),
        ("Harga emas hari ini 17 Juni naik tipis", "near"),
    ],
)
def test_the_same_form_with_other_figures_is_news(title, kind):
    first = article("a", "Harga emas hari ini 17 Juni naik", prose(1))
    assert copies(first, article("b", title, "Berbeda sekali. " + prose(1), hours=24))[1].kind == kind


def test_stock_phrases_that_many_articles_share_prove_nothing():
    phrase = prose(99, 77)
    many = [article(f"n{n}", f"Kabar nomor {WORDS[n]}", f"{prose(n, 110)} {phrase}", outlet=f"o{n}") for n in range(8)]
    found = copies(*many)
    assert [copy.kind for copy in found] == ["original"] * 8


def test_equal_headlines_within_hours_are_one_and_on_another_day_are_not():
    first = article("a", "Gempa guncang Cianjur pagi ini")
    later = article("b", "GEMPA Guncang Cianjur, pagi ini!", outlet="dua", hours=5)
    tomorrow = article("c", "Gempa guncang Cianjur pagi ini", outlet="tiga", hours=40)
    found = copies(first, later, tomorrow)
    assert [copy.kind for copy in found] == ["original", "exact", "original"]
    assert found[1].reason.code == "copy.headline"


def test_short_or_nearly_equal_headlines_are_never_joined():
    found = copies(
        article("a", "Populer: Banjir"),
        article("b", "Populer: Banjir", outlet="dua"),
        article("c", "Gempa guncang Cianjur pagi ini"),
        article("d", "Gempa guncang Ciamis pagi ini", outlet="dua"),
    )
    assert {copy.kind for copy in found} == {"original"}


def test_equal_headlines_over_different_texts_are_two_reports():
    title = "Info lengkap lowongan kerja hari ini"
    assert copies(article("a", title, prose(1)), article("b", title, prose(2), outlet="dua"))[1].kind == "original"


def test_a_copy_of_a_copy_belongs_to_the_original():
    text = prose(1, 400)
    chain = [
        article(f"n{n}", f"Judul {WORDS[n]}", text + f" Tambahan {WORDS[n]} {WORDS[n + 1]} selesai.", outlet=f"o{n}") for n in range(5)
    ]
    assert {copy.group for copy in copies(*chain)} == {chain[0].id}


def test_articles_leave_the_window_with_event_time():
    old, text = article("a", "Banjir di Aceh", prose(1)), prose(1)
    filler = [article(f"f{n}", f"Kabar {WORDS[n]} {WORDS[n + 9]} baru saja", hours=24 * 9) for n in range(9)]
    state = duplicates.start()
    for one in [old, *filler]:
        state, _ = duplicates.step(state, one, Settings())
    assert duplicates.window(state)[0] == 9
    state, copy = duplicates.step(state, article("b", "Aceh", text, outlet="dua", hours=24 * 9), Settings())
    assert copy.kind == "original"


def test_one_wrong_date_does_not_empty_the_window():
    first, text = article("a", "Banjir di Aceh", prose(1)), prose(1)
    wrong = article("w", "Kabar dari tahun 2099 yang salah tanggal", prose(3), hours=24 * 365 * 70)
    assert copies(first, wrong, article("b", "Aceh", text, outlet="dua", hours=1))[2].group == first.id


def test_the_window_never_holds_more_than_it_may():
    state = duplicates.start()
    for n in range(50):
        state, _ = duplicates.step(state, article(f"n{n}", f"Kabar {n} {WORDS[n]}", prose(n, 60)), Settings(max_articles=20))
        assert duplicates.window(state)[0] <= 20
    assert len(state.numbers) == 20 and len(state.exact) <= 60
    assert int(state.counts.sum()) == sum(len(entry.sample) for entry in state.entries.values())


def stream(seed: int, size: int) -> list[Article]:
    """Originals, copies, near copies, pages read again and bare headlines in a random order of time."""
    chance = random.Random(seed)
    found: list[Article] = []
    for n in range(size):
        topic = chance.randrange(6)
        text = "" if chance.random() < 0.3 else prose(topic, 88) + (f" Tambahan {chance.choice(WORDS)}." if chance.random() < 0.5 else "")
        name = f"n{chance.randrange(size)}" if chance.random() < 0.2 else f"n{n}"
        title = f"Kabar {WORDS[topic]} {WORDS[topic + 7]} hari ini {chance.choice(('', '12', '13'))}"
        found.append(article(name, title, text, outlet=f"o{chance.randrange(3)}", hours=n * chance.choice((0, 0.5, 9))))
    return found


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sets(st.integers(0, 30), max_size=3))
def test_a_restart_from_saved_state_gives_the_same_answers_and_the_same_bytes(seed, cuts):
    limits = Settings(window_days=2.0, max_articles=15)
    whole, cut = duplicates.start(), duplicates.start()
    for place, one in enumerate(stream(seed, 30)):
        if place in cuts:
            cut = duplicates.load(duplicates.save(cut))
        whole, expected = duplicates.step(whole, one, limits)
        cut, found = duplicates.step(cut, one, limits)
        assert found == expected
    assert duplicates.save(cut) == duplicates.save(whole)


def test_a_damaged_or_foreign_state_is_refused():
    raw = duplicates.save(duplicates.step(duplicates.start(), article("a", "Banjir di Aceh", prose(1)), Settings())[0])
    for broken in (raw[:-1], raw[:60] + b"x" + raw[61:], b"", b"something else entirely, not a state at all"):
        with pytest.raises(StateError):
            duplicates.load(broken)


def test_the_sketch_finds_what_counting_every_pair_finds():
    """LSH candidates and sampled shares against the oracle: Jaccard of all shingles for all pairs."""
    chance = random.Random(4)
    articles = []
    for n in range(60):
        words = prose(n // 3, 260).split()
        for _ in range(chance.choice((0, 4, 12, 60))):
            words[chance.randrange(len(words))] = chance.choice(WORDS)
        articles.append(article(f"n{n}", f"Judul {WORDS[n]} {WORDS[n + 1]}", " ".join(words)))
    shingles = [shingle_hashes(words_of(one.text)) for one in articles]
    found = copies(*articles)
    for place, copy in enumerate(found):
        best = max((jaccard(shingles[place], shingles[before]) for before in range(place)), default=0.0)
        if best >= 0.88:
            assert copy.kind in ("near", "exact")
        if best < 0.6:
            assert copy.kind == "original"


def test_shingles_do_not_depend_on_punctuation_case_or_underscores():
    left, right = "Phe đối_lập Campuchia lại biểu_tình!", "phe ĐỐI lập, campuchia LẠI biểu tình"
    assert (shingle_hashes(words_of(left)) == shingle_hashes(words_of(right))).all()
    assert len(shingle_hashes(["satu", "dua", "tiga"])) == 0
    assert jaccard(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.uint64)) == 0.0
