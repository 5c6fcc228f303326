"""From what a feed said to what may be stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.records import RawItem
from kentongan.office.listening import intake

SEEN = datetime(2025, 11, 27, 0, 30, tzinfo=UTC)
ABOUT = intake.About("Warta", "press", "https://warta.example/feed")


def raw(**fields):
    return RawItem(**{
        "entry_id": "1", "link": "https://warta.example/berita/1?utm_source=x", "title": "Banjir di kota", "summary": "", "content": "",
        "published": SEEN - timedelta(hours=1), "updated": None, "language": None, **fields,
    })  # fmt: skip


def one(**fields):
    return intake.take([raw(**fields)], ABOUT, SEEN, None).taken[0]


def test_the_address_is_canonical_and_the_id_is_made_of_it():
    assert one().item.url == "https://warta.example/berita/1"
    assert one().item.id == one(link="https://warta.example/berita/1#atas").item.id


def test_an_address_is_taken_once_and_the_rest_is_said():
    said = intake.take([raw(), raw(entry_id="2", title="Lagi")], ABOUT, SEEN, None)
    assert [taken.item.title for taken in said.taken] == ["Banjir di kota"]
    assert said.problems == ("Items that repeat an address, left out: 1.",)


def test_an_entry_without_link_is_known_by_an_id_that_is_an_address():
    assert one(link="", entry_id="https://warta.example/berita/7").item.url == "https://warta.example/berita/7"
    said = intake.take([raw(link="", entry_id="tag:7")], ABOUT, SEEN, None)
    assert said.taken == ()
    assert said.problems == ("Items without an address, left out: 1.",)


def test_a_post_without_title_is_known_by_its_first_words():
    assert one(title=" ", summary="Jalan rusak di depan pasar. " * 20).item.title.startswith("Jalan rusak")
    assert intake.take([raw(title="", summary="")], ABOUT, SEEN, None).problems == ("Items without words, left out: 1.",)


def test_times_that_cannot_be_true_are_replaced_by_when_it_was_seen():
    for strange in (datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC), SEEN + timedelta(minutes=16)):
        item = one(published=strange).item
        assert (item.published, item.published_known) == (SEEN, False)
    item = one(published=datetime(2099, 1, 1, tzinfo=UTC), updated=SEEN - timedelta(hours=2)).item
    assert (item.published, item.published_known) == (SEEN - timedelta(hours=2), True)


def test_a_change_is_kept_where_it_can_be_true_and_came_after_the_publishing():
    before, after = SEEN - timedelta(hours=2), SEEN - timedelta(minutes=20)
    assert one(updated=after).updated == after
    assert one(updated=SEEN + timedelta(minutes=5)).updated == SEEN
    for none in (None, before, SEEN - timedelta(hours=1), datetime(2099, 1, 1, tzinfo=UTC)):
        assert one(updated=none).updated is None
    assert one(published=None, updated=after).updated is None  # it stands as the time of the item
    public = intake.About("Warga", "public", "https://social.example/tags/banjir")
    assert intake.take([raw(updated=after)], public, SEEN, None).taken[0].updated is None


def test_a_clock_a_little_ahead_is_believed_but_nothing_is_newer_than_now():
    assert one(published=SEEN + timedelta(minutes=10)).item.published == SEEN


def test_personal_data_is_hidden_before_anything_is_kept():
    taken = one(title="Hubungi 0812-3456-7890", summary="Surel budi@kota.example", content="<p>" + "Telepon 0812-3456-7890. " * 40)
    for text in (taken.item.title, taken.item.summary, taken.text):
        assert "⟦" in text
        assert "0812" not in text
        assert "budi@" not in text


def test_a_full_text_in_the_feed_spares_the_page():
    assert one(content="<p>" + "Kalimat panjang tentang banjir. " * 30 + "</p>").text
    assert one(content="<p>Baca selengkapnya</p>").text == ""


@given(st.text(max_size=300), st.text(max_size=300), st.datetimes(timezones=st.just(UTC)))
def test_whatever_a_feed_says_what_is_kept_can_be_stored(title, summary, published):
    for taken in intake.take([raw(title=title, summary=summary, published=published)], ABOUT, SEEN, None).taken:
        assert "\0" not in taken.item.title + taken.item.summary
        assert 0 < len(taken.item.title) <= intake.LONGEST_TITLE
        assert SEEN - intake.OLD <= taken.item.published <= SEEN


@pytest.mark.parametrize(
    ("text", "told", "claimed", "language"),
    [
        ("Mi kuah kerang di gang sempit, buka hanya tiga jam", "id", "ms", "id"),
        ("Mi kuah kerang di gang sempit, buka hanya tiga jam", "ms", "id", "ms"),
        ("Nước sông dâng cao, bốn phường ngập sâu từ rạng sáng", "id", "en", "vi"),
        ("Flood reaches four northern wards as the river rises", "id", None, "en"),
        ("", "id", "en-US", "id"),
        ("", "", "en-US", "en"),
    ],
)
def test_the_officers_word_settles_what_a_text_alone_cannot(text, told, claimed, language):
    assert intake.language_of(text, told, claimed) == language
