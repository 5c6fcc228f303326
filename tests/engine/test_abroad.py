"""What happened abroad is read here and asks for no rescue; what names a place of the office, or of nobody knows where, stays as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import tallies
from kentongan.engine.abroad import where_of
from kentongan.engine.records import Article, Copy, Reason, article_id
from kentongan.engine.severity import assess

NOW = datetime(2025, 11, 27, 6, 0, tzinfo=UTC)
ABROAD = """
    Gempa M 7,7 Guncang Myanmar, 1.000 Orang Tewas|Banjir Thailand Tewaskan 145 Orang|Kebakaran apartemen di Hong Kong tewaskan 128 orang
    Penembakan massal di AS, 5 tewas|Động đất mạnh ở Nhật Bản, hàng trăm người thiệt mạng|Cháy rừng ở Mỹ làm 10 người chết
    Lũ lụt tại Thái Lan làm 33 người thiệt mạng|Landslide in Nepal kills 40|Japan earthquake: dozens injured|Ledakan Bom di Pakistan
""".replace("\n", "|").split("|")
ELSEWHERE = """
    WNA China tewas di Bali|Turis Jepang tenggelam di Pantai Kuta|Banjir merendam dua kecamatan di Lebak|Sạt lở ở Lào Cai làm 5 người chết
    Warga Malaysia kecelakaan di Batam|Cháy nhà ở Quảng Ninh, du khách Hàn Quốc bị thương
""".replace("\n", "|").split("|")
NOWHERE = """
    Banjir bandang, 12 orang tewas|Timnas Indonesia vs Arab Saudi|Kebakaran Kampung Cina|Prabowo temui Presiden Korea Selatan
    Anh ngã xe bị thương|Impor beras Thailand naik|Jersey baru terbakar|Người Pháp bị thương|Gempa Cianjur: 10 tewas
""".replace("\n", "|").split("|")


def titles(block):
    return [one.strip() for one in block if one.strip()]


@pytest.mark.parametrize("title", titles(ABROAD))
def test_a_headline_that_says_a_country_says_abroad(title):
    assert where_of(title) == "abroad"


@pytest.mark.parametrize("title", titles(ELSEWHERE))
def test_a_foreigner_is_no_place_and_a_place_that_is_not_known_is_not_abroad(title):
    assert where_of(title) == "elsewhere"


@pytest.mark.parametrize("title", titles(NOWHERE))
def test_a_country_that_plays_trades_or_gives_a_street_its_name_says_nothing_of_where(title):
    assert where_of(title) == ""


@given(st.text(max_size=80))
def test_any_headline_has_one_of_three_answers(title):
    assert where_of(title) in {"abroad", "elsewhere", ""}


def story(*told, own=()):
    """A story of these headlines; the numbers in `own` name a place of the office."""
    tally = tallies.Tally()
    for number, title in enumerate(told):
        url = f"https://a.example/{number}"
        article = Article(article_id(url), url, f"Outlet {number}", "press", title, "", "id", NOW + timedelta(minutes=number))
        copy = Copy(article.id, article.id, "original", 1.0, Reason("copy.original"))
        tally.add(tallies.member_of(article, copy, ("ours",) if number in own else ()))
    return assess(tally.evidence(float(len(told)), 0.1, 24))


QUAKE = ("Gempa M 7,7 Guncang Myanmar, 1.000 Orang Tewas", "Korban tewas gempa Myanmar bertambah", "1.000 orang tewas, bantuan dikirim")


def test_a_disaster_abroad_is_harm_of_level_two_at_most_and_says_so():
    severity = story(*QUAKE)
    assert severity.harm == 2
    assert severity.level not in {"crisis"}
    assert "severity.harm.abroad" in {reason.code for reason in severity.reasons}


def test_a_story_that_names_a_place_of_the_office_is_never_abroad():
    severity = story(*QUAKE, own={1})
    assert (severity.harm, severity.level) == (4, "crisis")
    assert "severity.harm.abroad" not in {reason.code for reason in severity.reasons}


def test_a_story_that_is_mostly_told_from_here_is_not_abroad():
    assert story("Banjir di Lebak tewaskan 12 orang", "12 orang tewas di Lebak", "Banjir seperti ini juga landa Thailand").harm == 4


def test_little_harm_abroad_is_said_without_a_word_of_it():
    severity = story("Harga beras naik di Jepang")
    assert "severity.harm.abroad" not in {reason.code for reason in severity.reasons}


def test_where_a_story_happened_outlives_a_save():
    state = tallies.State()
    url = "https://a.example/1"
    article = Article(article_id(url), url, "A", "press", QUAKE[0], "", "id", NOW)
    tallies.add(state, "s1", tallies.member_of(article, Copy(article.id, article.id, "original", 1.0, Reason("copy.original"))))
    again = tallies.restore(tallies.dump(state))
    assert again == state
    assert again.tallies["s1"].abroad
