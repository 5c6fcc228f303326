"""Severity: five factors with their evidence, the guards that a person must be able to rely on, and the words
behind harm."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.harm import harm_of
from kentongan.engine.kinds import asks_something
from kentongan.engine.places import Gazetteer
from kentongan.engine.reasons import sentence
from kentongan.engine.records import LEVELS, Level, SourceKind
from kentongan.engine.severity import Evidence, assess, in_force, level_of
from kentongan.engine.topics import topics_of

CALM = Evidence(
    harm=0,
    harm_articles=0,
    harm_words=(),
    observed=1,
    expected=1,
    hours=24,
    press_outlets=1,
    official=False,
    public_posts=0,
    outlets=1,
    questions=0,
    answered=False,
)


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    harm = draw(st.integers(0, 4))
    return Evidence(
        harm=harm,
        harm_articles=draw(st.integers(1, 50)) if harm else 0,
        harm_words=("banjir",) if harm else (),
        observed=float(draw(st.integers(0, 500))),
        expected=draw(st.floats(0, 50)),
        hours=24,
        press_outlets=draw(st.integers(0, 40)),
        official=draw(st.booleans()),
        public_posts=draw(st.integers(0, 40)),
        outlets=draw(st.integers(1, 60)),
        questions=draw(st.integers(0, 30)),
        answered=draw(st.booleans()),
        places=draw(st.integers(0, 30)),
    )


@given(evidences())
def test_the_score_is_the_weighted_sum_and_lies_in_its_range(evidence: Evidence) -> None:
    found = assess(evidence)
    assert found.score == 3 * found.harm + 2 * (found.velocity + found.reach + found.service_gap) + found.credibility
    assert 0 <= found.low <= found.score <= found.high <= 40


@given(evidences())
def test_every_reason_can_be_read_as_a_sentence(evidence: Evidence) -> None:
    assert all(sentence(reason) for reason in assess(evidence).reasons)


@given(evidences())
def test_danger_to_many_lives_is_a_crisis_whatever_the_reach(evidence: Evidence) -> None:
    assert assess(replace(evidence, harm=4, outlets=1, observed=1)).level == "crisis"


@given(evidences(), st.integers(0, 500))
def test_one_public_post_and_its_copies_are_high_and_not_confirmed(evidence: Evidence, copies: int) -> None:
    found = assess(replace(evidence, harm=4, one_post=True, copies=copies))
    assert found.level == "high"
    assert found.reasons[-1].code == "severity.guard.one_post"
    assert f"not confirmed: one public post and its copies ({copies})" in sentence(found.reasons[-1])
    assert assess(replace(evidence, harm=3, one_post=True)) == assess(replace(evidence, harm=3)), "and it lifts nothing"


@given(evidences())
def test_talk_without_harm_and_open_question_is_never_above_low(evidence: Evidence) -> None:
    assert LEVELS.index(assess(replace(evidence, harm=0, questions=0)).level) <= LEVELS.index("low")


def test_loud_criticism_that_shows_a_service_gap_may_rise_above_low() -> None:
    loud = replace(CALM, observed=60, expected=1, outlets=20, press_outlets=20)
    assert assess(loud).level == "low"
    assert assess(replace(loud, questions=9)).level in ("medium", "high")


@given(evidences(), st.integers(1, 20))
def test_more_outlets_never_make_a_story_less_serious(evidence: Evidence, more: int) -> None:
    assert assess(replace(evidence, outlets=evidence.outlets + more)).score >= assess(evidence).score


@given(evidences())
def test_reach_is_the_higher_step_of_outlets_and_of_places_and_never_their_sum(evidence: Evidence) -> None:
    alone = [assess(replace(evidence, places=0)).reach, assess(replace(evidence, outlets=1)).reach]
    assert assess(evidence).reach == max(alone)


@pytest.mark.parametrize(("places", "reach"), [(0, 0), (1, 0), (2, 1), (3, 2), (5, 2), (6, 3), (14, 3), (15, 4)])
def test_places_count_by_the_steps_of_outlets(places: int, reach: int) -> None:
    assert assess(replace(CALM, places=places)).reach == assess(replace(CALM, outlets=max(1, places))).reach == reach


def test_the_reason_says_which_of_the_two_carried_the_reach() -> None:
    by_places = assess(replace(CALM, outlets=2, places=6)).reasons
    by_outlets = assess(replace(CALM, outlets=3, places=5)).reasons
    assert "Distinct places named: 6; outlets: 2." in {sentence(reason) for reason in by_places}
    assert "Distinct outlets: 3." in {sentence(reason) for reason in by_outlets}


NAMES = st.sampled_from(LEVELS)


@given(NAMES, NAMES, NAMES)
def test_a_level_by_hand_counts_until_the_engine_rises_above_what_it_said_then(hand: Level, then: Level, now: Level) -> None:
    counts = in_force(hand, then, now)
    if LEVELS.index(now) <= LEVELS.index(then):
        assert counts == hand
    else:
        assert LEVELS.index(counts) == max(LEVELS.index(hand), LEVELS.index(now)), "nobody's low silences a dam that breaks later"


@given(NAMES, NAMES, NAMES, NAMES)
def test_a_rise_of_the_engine_never_lowers_what_counts(hand: Level, then: Level, one: Level, two: Level) -> None:
    less, more = sorted((one, two), key=LEVELS.index)
    assert LEVELS.index(in_force(hand, then, less)) <= LEVELS.index(in_force(hand, then, more))


def test_one_report_is_no_growth_and_twelve_against_one_are() -> None:
    assert assess(replace(CALM, observed=1, expected=0.01)).velocity == 0
    assert assess(replace(CALM, observed=12, expected=1)).velocity == 4


def test_a_small_count_gives_a_wide_range_and_a_large_one_a_narrow_one() -> None:
    few = assess(replace(CALM, observed=4, expected=0.5))
    many = assess(replace(CALM, observed=400, expected=50))
    assert few.high - few.low > many.high - many.low


@pytest.mark.parametrize(("score", "level"), [(0, "watch"), (9, "watch"), (10, "low"), (18, "medium"), (26, "high"), (33, "crisis")])
def test_levels_begin_where_the_rule_says(score: int, level: str) -> None:
    assert level_of(score) == level


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Banjir Rendam 3 Desa", 3),
        ("Banjirnya Belum Surut", 3),
        ("Banjir diskon di mal", 0),
        ("Banjir pujian untuk timnas", 0),
        ("Pengurus klub kebakaran jenggot", 0),
        ("Simulasi gempa di sekolah", 1),
        ("Tidak ada korban jiwa dalam kebakaran pasar", 1),
        ("17 orang tewas tertimbun longsor", 4),
        ("Korban tewas bertambah jadi 22 orang", 4),
        ("3 orang tewas tertimbun longsor", 3),
        ("Pendaki tewas usai 17 hari hilang di gunung", 3),
        ("Nam sinh 16 tuổi tử vong", 3),
        ("Bendungan retak, warga hilir resah", 4),
        ("Listrik padam di lima kelurahan", 2),
        ("Jalan macet sejak pagi", 1),
        ("Wali kota resmikan taman", 0),
        ("Lũ quét cuốn trôi nhà dân", 3),
        ("Lũ quét tràn qua ba xã", 4),
        ("Lũ quét, 2 người thiệt mạng", 4),
        ("Mất nước ba ngày ở phường 5", 2),
        ("Buổi diễn cháy vé", 0),
        ("Không có thương vong trong vụ cháy", 1),
        ("Flood of praise for new park", 0),
        ("Flash floods hit two districts", 4),
        ("12 killed in bus crash", 4),
        ("12 injured in bus crash", 3),
        ("Restoran terbakar akibat gas bocor, 3 orang terluka", 3),
        ("Kebocoran gas di dapur restoran", 3),
        ("Gempa M 5,2, tidak berpotensi tsunami", 3),
        ("Gempa M 7,6 di laut, tak ada potensi tsunami", 3),
        ("Gempa berpotensi tsunami", 4),
        ("Peringatan tsunami dicabut", 0),
        ("Korban tewas nihil", 0),
        ("Bendungan tidak retak", 0),
        ("Tidak hanya banjir, longsor juga terjadi", 3),
        ("Động đất không gây ra sóng thần", 3),
        ("Earthquake shakes coast, no risk of tsunami", 3),
        ("Banjir bandang terjang kabupaten, 2 orang tewas", 4),
        ("Banjir bandang rendam dua kecamatan", 4),
        ("Banjir bandang rusak kebun", 3),
        ("Gajah bersihkan puing banjir bandang", 2),
        ("Bantuan untuk korban banjir bandang tiba", 2),
        ("Sidang kasus kebakaran, 22 orang tewas", 3),
        ("Waspada banjir bandang besok", 2),
        ("Warga diimbau waspada, bendungan retak", 4),
        ("2 tewas akibat banjir, 1.497 jiwa mengungsi", 3),
        ("Siswa SMPN 19 Tangsel meninggal usai dirawat", 3),
        ("Tanggul jebol segera diperbaiki", 2),
        ("Workshop hadapi gempa berpotensi tsunami", 1),
        ("Bantuan ribuan cangkul tiba usai banjir bandang", 2),
        ("Banjir bandang, ribuan warga terdampak", 4),
        ("Gunung luncurkan awan panas", 3),
        ("Jenazah tokoh disalatkan di masjid", 1),
        ("150 siswa keracunan makan siang", 4),
        ("50 siswa keracunan makan siang", 3),
        ("Ceasefire holds", 0),
    ],
)
def test_it_hears_harm_and_not_its_figures_of_speech(title: str, level: int) -> None:
    assert harm_of(title).level == level


def test_background_in_the_text_alone_weighs_one_level_less() -> None:
    assert harm_of("Wali kota resmikan taman", "Tahun ini dua orang tewas di jalan itu.").level == 2


@given(st.text(max_size=200), st.text(max_size=200))
def test_harm_of_any_text_is_a_level_with_words_exactly_when_there_is_one(title: str, text: str) -> None:
    found = harm_of(title, text)
    assert 0 <= found.level <= 4
    assert bool(found.words) or not found.level


@pytest.mark.parametrize(
    ("title", "text", "kind", "asks"),
    [
        ("Di mana posko pengungsian?", "", "public", True),
        ("Kapan air menyala lagi", "", "public", True),
        ("Ini jadwal bus baru", "", "public", False),
        ("Khi nào có nước trở lại?", "", "public", True),
        ("Where is the shelter?", "", "public", True),
        ("Air mati", "Warga bertanya, “Kapan bantuan datang?” kata Sri.", "press", True),
        ("Apa kata zodiak hari ini?", "", "press", False),
        ("Benarkah harga naik?", "", "press", False),
        ("Di mana posko?", "", "official", False),
    ],
)
def test_it_hears_the_public_asking(title: str, text: str, kind: SourceKind, asks: bool) -> None:
    assert bool(asks_something(title, text, kind)) is asks


def test_topics_come_by_number_of_words_and_places_in_the_order_of_the_text() -> None:
    assert topics_of("PDAM: air bersih mati, jalan rusak")[0] == "water"
    assert topics_of("Sesuatu yang lain sama sekali") == ()
    wards = Gazetteer({"Kelurahan Bunga": "w1", "Bunga Raya": "w2", "Kel. Bunga": "w1"})
    assert wards.places_in("Dari Bunga Raya ke Kelurahan Bunga dan kembali ke Bunga Raya") == ("w2", "w1")
