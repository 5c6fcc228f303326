"""Which lines of an extracted text belong to the article."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import page_facts, page_lines, page_times, trees
from kentongan.engine.page_lines import Marks, of_the_article

LONG = "Air dari kali meluap ke tiga kelurahan sejak Selasa malam dan mencapai 40 sentimeter pada pukul enam pagi, " * 2
NOTHING = Marks(frozenset(), frozenset(), frozenset(), frozenset(), frozenset())


def kept(*lines: str, marks: Marks = NOTHING) -> list[str]:
    return of_the_article([LONG, *lines, LONG], marks=marks)[1:-1]


@pytest.mark.parametrize(
    "line",
    [
        "Baca juga: Dua sekolah diliburkan", "BACA JUGA:", "Simak Video 'Pompa bekerja'", "Lihat juga video: Pompa",
        "Pilihan Editor: Anggaran pompa",
        "Artikel terkait", "Halaman selanjutnya", "Xem thêm: Các điểm ngập", "Đọc tiếp", ">> Dự báo mưa", "Tin liên quan",
        "Bài viết liên quan:",
        "READ MORE: Flood eases", "Related: Pumps", "DON'T MISS", "See also the map", "Explore further",
        "ADVERTISEMENT", "Iklan", "Quảng cáo", "SCROLL TO CONTINUE WITH CONTENT", "[Gambas:Video 20detik]",
        "Sign up for our newsletter here",
        "Click here to subscribe", "Copyright © 2025", "© Kabar 2025", "Hak cipta dilindungi", "Bản quyền thuộc về báo",
        "Ikuti kami di WhatsApp", "Bagikan",
        "Dapatkan update berita pilihan setiap hari", "Cek Berita lain di sini", "Theo dõi chúng tôi", "Chia sẻ", "Tags", "Comments",
        "Penulis: Seorang", "Editor: Seorang", "Pewarta: Seorang", "(Reporting by Someone; editing by Another)",
        "Someone contributed to this report.",
    ],
)  # fmt: skip
def test_pointers_and_house_words_go(line: str) -> None:
    assert kept(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "Penulis buku itu tinggal di tepi kali.", "Dapatkan informasi resmi dari posko terdekat.",
        "Editor surat kabar itu ikut mengungsi.",
        "Bacaan suhu di hulu naik.", "Related agencies met on Monday.", "Tagihan air naik.", "Sign up at the village hall by Friday.",
        "Commentators disagree.", "Iklan layanan itu ditarik dari jalan.", "Chia sẻ với phóng viên, ông nói nước đã rút.",
        "Hak warga dijamin.", "Hak cipta lagu daerah dibahas dewan.",
        "Bản quyền truyền hình giải đấu đã được bán.", "Copyright rules were debated.", "Gabung ke posko lain, warga pindah.",
        "- Sign up for a shelter by e-mail alert", "Theo dõi mực nước là việc của trạm.", "Readers wrote to us.",
        "Ngày 18/6, thành phố họp khẩn.",
        "Baca juga: " + "panjang " * 40,
    ],
)  # fmt: skip
def test_sentences_that_only_begin_alike_stay(line: str) -> None:
    assert kept(line) == [line]


def test_a_linked_paragraph_goes_and_a_linked_item_only_after_a_label() -> None:
    linked = "Dua sekolah diliburkan karena genangan"
    assert kept(linked, marks=Marks(frozenset((page_lines.squashed(linked),)), frozenset(), frozenset(), frozenset(), frozenset())) == []
    items = Marks(frozenset(), frozenset((page_lines.squashed(linked),)), frozenset(), frozenset(), frozenset())
    assert kept(f"- {linked}", marks=items) == [f"- {linked}"]
    assert kept("Baca juga:", f"- {linked}", marks=items) == []
    assert kept("Baca juga:", f"- {linked}", "Pompa bekerja.", f"- {linked}", marks=items) == ["Pompa bekerja.", f"- {linked}"]


def test_everything_above_the_date_line_goes_when_it_is_the_page_s_own_day() -> None:
    marks = Marks(frozenset(), frozenset(), frozenset(), frozenset(), frozenset((datetime(2025, 6, 18, tzinfo=UTC).date(),)))
    head = ["Beranda", "Kota", "Seorang Wartawan", "Rabu, 18 Juni 2025 20.04 WIB"]
    assert of_the_article([*head, LONG, LONG], marks=marks) == [LONG, LONG]
    other = [*head[:3], "Rabu, 11 Juni 2025 20.04 WIB"]
    assert of_the_article([*other, LONG, LONG], marks=marks) == [*other, LONG, LONG]


def test_a_name_alone_at_the_end_is_a_signature() -> None:
    assert of_the_article([LONG, LONG, "Một Phóng Viên"], marks=NOTHING) == [LONG, LONG]
    for line in ("Air surut pagi ini", "Selesai.", "Pukul 06.00 Air Surut", "Kotaraya"):
        assert of_the_article([LONG, LONG, line], marks=NOTHING)[-1] == line


@given(st.lists(st.text(max_size=60), max_size=12))
def test_lines_are_only_ever_left_out(lines: list[str]) -> None:
    stay = of_the_article(lines, marks=NOTHING)
    rest = iter(lines)
    assert all(line in rest for line in stay)


def times(body: str) -> tuple[datetime | None, datetime | None]:
    root, _ = trees.from_html(f"<html lang=id><body>{body}</body></html>".encode())
    assert root is not None
    return page_times.read(root, {}, published="", updated="", offset=420)


@pytest.mark.parametrize(
    ("body", "published", "updated"),
    [
        ("<h1>x</h1><p class=date>Diterbitkan 18 Juni 2025 08.00 WIB</p><p>Diperbarui Kamis, 19 Juni 2025 09.00 WIB</p>", (18, 1), (19, 2)),
        ("<h1>x</h1><p class=date>Diperbarui Kamis, 19 Juni 2025 09.00 WIB | Terbit 18 Juni 2025 08.00 WIB</p>", (18, 1), (19, 2)),
        ("<h1>x</h1><p class=date>Ngày đăng: 18/06/2025 - 08:00 | Cập nhật: 19/06/2025 - 09:00</p>", (18, 1), (19, 2)),
        ("<h1>x</h1><time class=updated datetime='2025-06-19T09:00'></time><time datetime='2025-06-18T08:00'></time>", (18, 1), (19, 2)),
        ("<span class=date>18/06/2025 08:00</span><h1>x</h1><p>isi</p>", (18, 1), None),
        ("<h1>x</h1><div class=views>1.204 kali dibaca</div><p>18 Juni 2025 08:00</p>", (18, 1), None),
        ("<h1>x</h1><p class=date>18 Juni</p><p>31/02/2025</p>", None, None),
        ("<span itemprop=datePublished content='2025-06-18T08:00+07:00'>kemarin</span>", (18, 1), None),
    ],
)  # fmt: skip
def test_published_and_updated_are_told_apart(body: str, published: tuple[int, int] | None, updated: tuple[int, int] | None) -> None:
    found = [(time.day, time.hour) if time else None for time in times(body)]
    assert found == [published, updated]


def test_the_zone_of_a_language_is_used_only_where_it_tells() -> None:
    assert [page_facts.zone_of(language) for language in ("id", "su", "vi", "ms", "en", None)] == [420, 420, 420, 480, 0, 0]
