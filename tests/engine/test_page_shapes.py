"""Pages in the shapes outlets really use, invented by us: what is read of each, whole; and what no shape may change."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine import pages
from kentongan.engine.records import Page

SHAPES = Path(__file__).parents[1] / "golden/page_shapes"
CAME_FROM = {"id-baca-juga": "https://www.wartatirta.example/kota/jembatan?utm_source=rss"}
URL = "https://kabar.example/berita/pompa-air"

BODY_ID = (
    "Pompa air di Kelurahan Kenanga mati sejak Selasa malam sehingga genangan setinggi lutut belum surut sampai pagi.",
    "Dinas sumber daya air mengirim dua pompa bergerak, dan warga diminta memindahkan kendaraan dari Jalan Anggrek.",
    "Suku cadang pompa diperkirakan tiba pada Kamis, lalu pompa dapat dijalankan kembali pada malam harinya.",
)
BODY_VI = (
    "Trạm bơm ở phường Sen Hồ ngừng chạy từ tối thứ Ba khiến nước ngập đến đầu gối, đến sáng vẫn chưa rút.",
    "Công ty thoát nước đã đưa hai máy bơm lưu động đến và đề nghị người dân chuyển xe khỏi đường Hoa Lan.",
    "Phụ tùng thay thế dự kiến về vào thứ Năm và trạm bơm có thể hoạt động trở lại ngay trong đêm đó.",
)


def source_of(name: str) -> str:
    return CAME_FROM.get(name, f"https://kabar.example/{name}")


def as_written(page: Page) -> dict[str, object]:
    found = asdict(page)
    del found["problems"]
    found["text"] = page.text.splitlines()
    return json.loads(json.dumps(found, default=datetime.isoformat))


def paragraphs(lines: tuple[str, ...] = BODY_ID) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def html(head: str = "", body: str = "", lang: str = "id", charset: str = "utf-8") -> str:
    body = body or f"<article><h1>Pompa Kenanga mati dua malam</h1>{paragraphs()}</article>"
    return f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="{charset}">{head}</head><body>{body}</body></html>'


def read(text: str, url: str = URL) -> Page:
    return pages.extract(text.encode(), url=url)


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>'


@pytest.mark.parametrize("path", sorted(SHAPES.glob("*.html")), ids=lambda path: path.stem)
def test_each_shape_is_read_as_written_down(path: Path) -> None:
    page = pages.extract(path.read_bytes(), url=source_of(path.stem))
    assert as_written(page) == json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    assert page.problems == ()


@pytest.mark.parametrize("path", sorted(SHAPES.glob("*.html")), ids=lambda path: path.stem)
def test_line_ends_of_other_systems_change_nothing(path: Path) -> None:
    body, url = path.read_bytes(), source_of(path.stem)
    assert as_written(pages.extract(body.replace(b"\n", b"\r\n"), url=url)) == as_written(pages.extract(body, url=url))


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le-with-mark", "utf-8-sig"])
@pytest.mark.parametrize("path", sorted(SHAPES.glob("*.html")), ids=lambda path: path.stem)
def test_a_byte_order_mark_outweighs_the_charset_a_page_declares(path: Path, charset: str) -> None:
    text, url = path.read_text(encoding="utf-8"), source_of(path.stem)
    body = ("\ufeff" + text).encode("utf-16-le") if charset.startswith("utf-16-le") else text.encode(charset)
    assert as_written(pages.extract(body, url=url)) == as_written(pages.extract(text.encode(), url=url))


@pytest.mark.parametrize("path", sorted(SHAPES.glob("*.html")), ids=lambda path: path.stem)
def test_no_writer_no_reader_and_no_house_word_is_left_in_any_shape(path: Path) -> None:
    text = pages.extract(path.read_bytes(), url=source_of(path.stem)).text
    for word in ("Seorang", "Some Writer", "Another Writer", "Một Phóng Viên", "jane77", "Bạn đọc An", "Langganan", "Copyright", "RELATED"):
        assert word not in text


def test_a_layout_table_of_an_old_office_site_gives_its_paragraphs() -> None:
    page = read(html(body=f"<table width='760'><tr><td><h1>Pompa Kenanga mati</h1>{paragraphs()}</td></tr></table>"))
    assert all(line in page.text for line in BODY_ID)


ROWS = "<ul><li>Senin di Balai Kelurahan Melati, dengan tiga loket.</li><li>Selasa di Balai Kelurahan Kenanga.</li></ul>"


def test_a_layout_table_keeps_its_lines_apart() -> None:
    page = read(html(body=f"<table width='760'><tr><td><h1>Jadwal pelayanan keliling</h1>{paragraphs()}{ROWS}</td></tr></table>"))
    assert page.text.splitlines()[:3] == list(BODY_ID)


@pytest.mark.xfail(
    strict=True, reason="trafilatura keeps only paragraphs where no element says it is the article: a schedule given as a list is lost"
)
def test_a_list_outside_a_declared_article_is_kept() -> None:
    page = read(html(body=f"<div><div><h1>Jadwal pelayanan keliling</h1>{paragraphs()}{ROWS}</div></div>"))
    assert "Senin di Balai Kelurahan Melati" in page.text


def test_a_list_inside_a_declared_article_is_kept() -> None:
    page = read(html(body=f"<article><h1>Jadwal pelayanan keliling</h1>{paragraphs()}{ROWS}</article>"))
    assert "- Senin di Balai Kelurahan Melati, dengan tiga loket." in page.text.splitlines()


# charsets

VIETNAMESE_HEAD = "<title>Trạm bơm Sen Hồ ngừng chạy hai đêm - Báo Bến Sông</title><meta property='og:site_name' content='Báo Bến Sông'>"


def vietnamese(charset: str, head: str = VIETNAMESE_HEAD) -> str:
    body = f"<article><h1>Trạm bơm Sen Hồ ngừng chạy hai đêm</h1><span class='date'>20/11/2025 06:30</span>{paragraphs(BODY_VI)}</article>"
    return html(head, body, "vi", charset)


def windows_1258(text: str) -> bytes:
    """As Windows typed it: base letter with its own mark composed, the tone as a combining character after it."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", character)
        tone = "".join(part for part in parts if part in tones)
        out.append(unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones)) + tone)
    return "".join(out).encode("cp1258")


def test_vietnamese_in_windows_1258_comes_out_composed_and_equal_to_utf8() -> None:
    old = pages.extract(windows_1258(vietnamese("windows-1258")), url=URL)
    new = pages.extract(vietnamese("utf-8").encode(), url=URL)
    assert old.title == new.title == "Trạm bơm Sen Hồ ngừng chạy hai đêm"
    assert (old.published, old.outlet, old.language) == (datetime(2025, 11, 19, 23, 30, tzinfo=UTC), "Báo Bến Sông", "vi")
    assert old.text.splitlines() == new.text.splitlines() == list(BODY_VI)


def test_a_page_that_writes_its_tones_apart_gives_composed_text() -> None:
    apart = unicodedata.normalize("NFD", vietnamese("utf-8"))
    assert pages.extract(apart.encode(), url=URL).text.splitlines() == list(BODY_VI)


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "windows-1258", "us-ascii", "gb2312", "tidak-ada", "utf-16"])
def test_utf8_is_read_as_utf8_whatever_the_page_declares(declared: str) -> None:
    page = pages.extract(vietnamese(declared).encode(), url=URL)
    assert (page.title, page.text.splitlines(), page.problems) == ("Trạm bơm Sen Hồ ngừng chạy hai đêm", list(BODY_VI), ())


@pytest.mark.parametrize("declared", ["iso-8859-1", "shift_jis", "windows-1258"])
def test_utf8_is_read_as_utf8_whatever_the_server_declares(declared: str) -> None:
    page = pages.extract(vietnamese("utf-8").encode(), url=URL, content_type=f"text/html; charset={declared}")
    assert page.text.splitlines() == list(BODY_VI)


def test_a_page_without_any_charset_in_western_letters_is_read_as_windows_wrote_it() -> None:
    body = f"<html lang=id><title>Café di tepi kali – buka</title><body>{paragraphs()}</body></html>".encode("cp1252")
    assert pages.extract(body, url=URL).title == "Café di tepi kali – buka"


def test_one_broken_byte_costs_one_character_not_the_page() -> None:
    body = html("<title>Pompa Kenanga mati dua malam</title>").encode().replace(b"genangan", b"gen\xffangan")
    page = pages.extract(body, url=URL)
    assert page.title == "Pompa Kenanga mati dua malam"
    assert page.text.splitlines()[1:] == list(BODY_ID[1:])


# dates

LINES = {
    "Rabu, 19 November 2025 | 07:10 WIB": "2025-11-19T00:10",
    "Seorang Pewarta, Jurnalis-Rabu, 19 November 2025 |07:10 WIB": "2025-11-19T00:10",
    "Rabu 19 Nov 2025 07:10 WIB": "2025-11-19T00:10",
    "19 Nov 2025, 07.10 WITA": "2025-11-18T23:10",
    "Kompas Kota - 19/11/2025, 07:10 WIT": "2025-11-18T22:10",
    "Diterbitkan: 19 Nopember 2025 pukul 07.10": "2025-11-19T00:10",
    "Dibaca 1.204 kali | 19 November 2025 07:10": "2025-11-19T00:10",
    "November 19, 2025 7:10 am": "2025-11-19T00:10",
    "19.11.2025": "2025-11-18T17:00",
}


@pytest.mark.parametrize(("line", "moment"), LINES.items())
def test_the_date_line_at_the_headline_is_read(line: str, moment: str) -> None:
    page = read(html(body=f"<article><h1>Pompa Kenanga mati dua malam</h1><div class='date'>{line}</div>{paragraphs()}</article>"))
    assert page.published == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert page.text.splitlines() == list(BODY_ID)


@pytest.mark.parametrize(
    "line",
    [
        "Rabu, 31 November 2025 07:10",
        "Kemarin",
        "2 jam lalu",
        "19 November",
        "11/19/2025 07:10",
        "Selasa, 19/11/2025 07:10",
        "19 November 2025 27:10",
        "dibaca 19112025 kali",
    ],
)
def test_a_date_line_that_is_impossible_or_incomplete_leaves_the_time_absent(line: str) -> None:
    page = read(html(body=f"<article><h1>Pompa Kenanga mati dua malam</h1><div class='date'>{line}</div>{paragraphs()}</article>"))
    assert (page.published, page.updated) == (None, None)


@pytest.mark.parametrize(
    ("label", "language"),
    [
        ("Diperbarui", "id"),
        ("Diperbaharui:", "id"),
        ("Update", "id"),
        ("Updated:", "en"),
        ("Cập nhật", "vi"),
        ("Cập nhật lần cuối:", "vi"),
        ("Dikemaskini", "ms"),
        ("Diperbarui pada", "id"),
    ],
)
def test_a_second_line_about_the_update_is_the_update(label: str, language: str) -> None:
    lines = f"<div class='date'>19/11/2025 07:10 GMT+7</div><div class='date'>{label} 20/11/2025 08:20 GMT+7</div>"
    page = read(html(body=f"<article><h1>Pompa Kenanga mati dua malam</h1>{lines}{paragraphs()}</article>", lang=language))
    assert page.published == datetime(2025, 11, 19, 0, 10, tzinfo=UTC)
    assert page.updated == datetime(2025, 11, 20, 1, 20, tzinfo=UTC)


def test_the_time_of_another_article_in_a_box_further_down_is_not_taken() -> None:
    others = "".join(f"<div class='item'><p>Berita lain nomor {n} di kota ini</p><span>1{n}/10/2025 09:00</span></div>" for n in range(5))
    body = f"<article><h1>Pompa Kenanga mati dua malam</h1><div class='date'>19/11/2025 07:10</div>{paragraphs()}</article>"
    assert read(html(body=body + f"<aside>{others}</aside>")).published == datetime(2025, 11, 19, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize("value", ["", "null", "0000-00-00", "2025-13-01", "2025-11-31T00:00:00Z", "1763510400", "Invalid date"])
def test_markup_with_an_unreadable_time_is_passed_over_for_the_visible_line(value: str) -> None:
    head = ld({"@type": "NewsArticle", "datePublished": value}) + f'<meta property="article:published_time" content="{value}">'
    body = f"<article><h1>Pompa Kenanga mati dua malam</h1><div class='date'>19/11/2025 07:10</div>{paragraphs()}</article>"
    assert read(html(head, body)).published == datetime(2025, 11, 19, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, 20251119, ["2025-11-19"], {"@value": "2025-11-19"}, True, [], {}])
def test_times_of_other_types_in_linked_data_break_nothing(value: object) -> None:
    page = read(html(ld({"@type": "NewsArticle", "datePublished": value, "headline": "Pompa Kenanga mati dua malam"})))
    assert page.title == "Pompa Kenanga mati dua malam"
    assert page.published in (None, datetime(2025, 11, 18, 17, tzinfo=UTC))


def test_an_update_at_the_same_minute_as_publication_is_no_update() -> None:
    head = ld({"@type": "NewsArticle", "datePublished": "2025-11-19T07:10:00+07:00", "dateModified": "2025-11-19T00:10:00Z"})
    page = read(html(head))
    assert (page.published, page.updated) == (datetime(2025, 11, 19, 0, 10, tzinfo=UTC), None)


# linked data in every nesting

ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Pompa Kenanga mati dua malam",
    "datePublished": "2025-11-19T07:10:00+07:00",
    "articleSection": "Lingkungan",
    "publisher": {"@type": "Organization", "name": "Kabar Kenanga"},
    "inLanguage": "id-ID",
}
NESTINGS: dict[str, object] = {
    "alone": ARTICLE,
    "array": [ARTICLE],
    "second of an array": [{"@type": "BreadcrumbList"}, ARTICLE],
    "graph": {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Lain"}, ARTICLE]},
    "graph in an array": [{"@graph": [ARTICLE]}],
    "main entity of a page": {"@type": "WebPage", "mainEntity": ARTICLE},
    "main entity of page": {"@type": "WebPage", "mainEntityOfPage": ARTICLE},
    "type list": ARTICLE | {"@type": ["Thing", "BlogPosting"]},
    "type with its address": ARTICLE | {"@type": "https://schema.org/ReportageNewsArticle"},
    "publisher as a list": ARTICLE | {"publisher": [{"name": "Kabar Kenanga"}]},
    "section as a list": ARTICLE | {"articleSection": ["Lingkungan", "Air"]},
    "in an item list": {"@type": "ItemList", "itemListElement": [ARTICLE]},
}


@pytest.mark.parametrize("shape", NESTINGS)
def test_linked_data_is_found_in_every_nesting(shape: str) -> None:
    page = pages.extract(f"<html><head>{ld(NESTINGS[shape])}</head><body>{paragraphs()}</body></html>".encode(), url=URL)
    assert page.title == "Pompa Kenanga mati dua malam"
    assert page.published == datetime(2025, 11, 19, 0, 10, tzinfo=UTC)
    assert (page.section, page.outlet, page.language) == ("Lingkungan", "Kabar Kenanga", "id")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "null",
        '"kata"',
        "12",
        "<!-- -->",
        '{"@type": null}',
        '{"@type": 3, "datePublished": "2025"}',
        "[[[[]]]]",
        '{"@graph": "x"}',
    ],
)
def test_linked_data_that_says_nothing_leaves_the_rest_of_the_page_readable(text: str) -> None:
    head = f'<script type="application/ld+json">{text}</script><meta property="og:title" content="Pompa Kenanga mati dua malam">'
    page = read(html(head))
    assert (page.title, page.text.splitlines()) == ("Pompa Kenanga mati dua malam", list(BODY_ID))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_broken_block_of_linked_data_does_not_hide_a_whole_one(order: tuple[int, int]) -> None:
    blocks = ['<script type="application/ld+json">{"@type": "NewsArticle", </script>', ld(ARTICLE)]
    assert read(html("".join(blocks[n] for n in order))).section == "Lingkungan"


# titles

SUFFIXES = [
    " - Kabar Kenanga",
    " | Kabar Kenanga",
    " – Kabar Kenanga",
    " — Kabar Kenanga",
    " :: kabar.example",
    " » Kabar",
    " - Halaman all - Kabar Kenanga",
    " | Page 2",
    " · Kabar Kenanga",
]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_name_of_the_outlet_is_cut_from_the_end_of_a_title(suffix: str) -> None:
    head = f"<title>Pompa Kenanga mati dua malam{suffix}</title><meta property='og:site_name' content='Kabar Kenanga'>"
    assert read(html(head, paragraphs())).title == "Pompa Kenanga mati dua malam"


@pytest.mark.parametrize(
    "title",
    [
        "Debat: pro - kontra tanggul laut",
        "Kota A | Kota B imbang 2-2",
        "Jalan Anggrek – Jalan Melati ditutup",
        "Air-bersih mati lagi di utara",
        "Sungai naik :: awas banjir",
    ],
)
def test_a_title_with_a_dash_of_its_own_stays_whole(title: str) -> None:
    head = f"<title>{title}</title><meta property='og:site_name' content='Kabar Kenanga'>"
    assert read(html(head, paragraphs())).title == title


def test_of_several_headings_the_one_the_head_confirms_is_the_title() -> None:
    head = "<title>Pompa Kenanga mati dua malam - Kabar</title>"
    body = f"<h1>KABAR KENANGA</h1><h1>Pompa Kenanga mati dua malam</h1>{paragraphs()}<h1>Berita terpopuler hari ini</h1>"
    assert read(html(head, body)).title == "Pompa Kenanga mati dua malam"


def test_a_logo_as_heading_does_not_become_the_title() -> None:
    head = "<meta property='og:title' content='Pompa Kenanga mati dua malam'>"
    assert read(html(head, f"<h1><img src='logo.png' alt='Kabar'></h1>{paragraphs()}")).title == "Pompa Kenanga mati dua malam"


# addresses


@pytest.mark.parametrize(
    ("came_from", "declared", "known"),
    [
        ("https://m.kabar.example/a-b-c?utm_source=wa", "https://kabar.example/a-b-c", "https://kabar.example/a-b-c"),
        ("https://kabar.example/a-b-c/amp", "https://kabar.example/a-b-c", "https://kabar.example/a-b-c"),
        ("https://kabar.example/a-b-c?page=2", "https://sindikasi.example/a-b-c", "https://kabar.example/a-b-c?page=2"),
        ("https://kabar.example/a-b-c", "https://kabar.example", "https://kabar.example/a-b-c"),
        ("https://kabar.example/a-b-c#komentar", "", "https://kabar.example/a-b-c"),
        ("https://kabar.example/a-b-c", "javascript:void(0)", "https://kabar.example/a-b-c"),
        ("https://kabar.example/a-b-c", "../a-b-d", "https://kabar.example/a-b-d"),
        ("https://satu.blogspot.com/a-b-c", "https://dua.blogspot.com/a-b-c", "https://satu.blogspot.com/a-b-c"),
        ("https://berita.kota.go.id/a-b-c", "https://kota.go.id/berita/a-b-c", "https://kota.go.id/berita/a-b-c"),
    ],
)
def test_a_page_is_known_by_the_address_it_gives_itself_on_its_own_host(came_from: str, declared: str, known: str) -> None:
    assert read(html(f'<link rel="canonical" href="{declared}">'), came_from).url == known


def test_the_canonical_link_goes_before_the_address_of_the_share_button() -> None:
    head = '<meta property="og:url" content="https://kabar.example/bagikan"><link rel="CANONICAL" href="https://kabar.example/asli">'
    assert read(html(head)).url == "https://kabar.example/asli"


# sections, languages, outlets


@pytest.mark.parametrize(
    ("head", "body", "section"),
    [
        ("<meta property='article:section' content='Ekonomi &amp; Pasar'>", "", "Ekonomi & Pasar"),
        ("<meta name='content_category' content='Nasional'>", "", "Nasional"),
        (ld({"@type": "BreadcrumbList", "itemListElement": [{"name": "Home"}, {"item": {"name": "Daerah"}}]}), "", "Daerah"),
        ("", "<div id='breadcrumbs'><a>Beranda</a><a>Metro</a><a>Banjir</a></div>", "Metro"),
        ("", "<nav aria-label='breadcrumb'><a>Trang chủ</a><a>Thời sự</a></nav>", "Thời sự"),
        ("", "<div class='breadcrumb'><a>Home</a></div>", ""),
        ("<meta name='category' content='https://kabar.example/kota'>", "", ""),
        ("", "", ""),
    ],
)
def test_the_section_is_what_the_page_names_first(head: str, body: str, section: str) -> None:
    assert read(html(head, body + paragraphs())).section == section


@pytest.mark.parametrize(
    ("tag", "head", "language"),
    [
        ("id-ID", "", "id"),
        ("in", "", "id"),
        ("VI", "", "vi"),
        ("en_US", "", "en"),
        ("", "<meta property='og:locale' content='vi_VN'>", "vi"),
        ("", ld({"@type": "NewsArticle", "inLanguage": "ms"}), "ms"),
        ("", "<meta http-equiv='content-language' content='jv'>", "jv"),
        ("zxx", "", None),
        ("bahasa", "", None),
        ("", "", None),
    ],
)
def test_the_language_is_what_the_page_declares_or_absent(tag: str, head: str, language: str | None) -> None:
    assert read(html(head, paragraphs(), tag)).language == language


@pytest.mark.parametrize(
    ("head", "outlet"),
    [
        ("<meta property='og:site_name' content='Kabar &amp; Kota'>", "Kabar & Kota"),
        (ld({"@type": "NewsArticle", "publisher": {"name": "Kabar Kenanga"}}), "Kabar Kenanga"),
        (ld({"@type": "NewsMediaOrganization", "name": "Kabar Kenanga"}), "Kabar Kenanga"),
        ("<meta name='application-name' content='Kabar Kenanga'>", "Kabar Kenanga"),
        ("<meta name='author' content='Seorang Pewarta'>", ""),
        ("", ""),
    ],
)
def test_the_outlet_is_named_by_the_page_and_never_by_a_writer(head: str, outlet: str) -> None:
    assert read(html(head)).outlet == outlet


# what stands around the article

AROUND = {
    "cookie banner": "<div class='cookie-consent'><p>Kami memakai kuki supaya situs ini dapat mengingat pilihan Anda, setujui?</p></div>",
    "menu": "<nav><ul>" + "".join(f"<li><a href='/{n}'>Kanal nomor {n}</a></li>" for n in range(30)) + "</ul></nav>",
    "comments": "<section id='comments'><p>warga99: kapan dong pompanya nyala lagi sudah dua malam tidak tidur</p></section>",
    "footer": "<footer><p>Hak cipta dilindungi. Kabar Kenanga 2025. Alamat redaksi Jalan Anggrek nomor satu.</p></footer>",
    "script": "<script>var a = 'Teks rahasia di dalam skrip yang panjang sekali dan bukan berita.'</script>",
    "hidden": "<template><p>Teks rahasia di dalam templat yang panjang sekali dan bukan berita.</p></template>",
    "noscript": "<noscript><p>Nyalakan JavaScript untuk membaca situs ini dengan semua gambarnya ya.</p></noscript>",
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("before", [True, False])
def test_what_stands_around_the_article_is_left_out(around: str, before: bool) -> None:
    article = f"<article><h1>Pompa Kenanga mati dua malam</h1>{paragraphs()}</article>"
    page = read(html("<title>Pompa Kenanga mati dua malam</title>", AROUND[around] + article if before else article + AROUND[around]))
    assert page.text.splitlines() == list(BODY_ID)


@pytest.mark.parametrize("depth", [1, 20, 120])
def test_an_article_wrapped_in_many_boxes_is_found(depth: int) -> None:
    body = "<div>" * depth + f"<h1>Pompa Kenanga mati dua malam</h1>{paragraphs()}" + "</div>" * depth
    page = read(html("<title>Pompa Kenanga mati dua malam</title>", body))
    assert page.text.splitlines()[-3:] == list(BODY_ID)


def test_a_page_with_five_thousand_pointers_below_still_gives_its_article() -> None:
    many = "".join(f"<li><a href='/b/{n}'>Berita lain nomor {n} dari kota</a></li>" for n in range(5_000))
    page = read(
        html(
            "<title>Pompa Kenanga mati dua malam</title>",
            f"<article><h1>Pompa Kenanga mati dua malam</h1>{paragraphs()}</article><ul>{many}</ul>",
        )
    )
    assert page.text.splitlines() == list(BODY_ID)


def test_a_very_long_article_is_kept_to_its_limit_and_its_order() -> None:
    lines = tuple(f"Paragraf nomor {n} dari laporan panjang tentang pompa air dan genangan di kelurahan." for n in range(3_000))
    page = read(html("<title>Laporan panjang pompa</title>", f"<article>{paragraphs(lines)}</article>"))
    assert len(page.text) <= pages.MAX_TEXT
    found = page.text.splitlines()
    assert found[:100] == list(lines[:100])


@given(st.lists(st.sampled_from(sorted(AROUND)), max_size=4), st.lists(st.sampled_from(sorted(AROUND)), max_size=4))
@settings(deadline=None, max_examples=25)
def test_any_mixture_around_the_article_leaves_title_and_time_alone(before: list[str], after: list[str]) -> None:
    article = f"<article><h1>Pompa Kenanga mati dua malam</h1><div class='date'>19/11/2025 07:10</div>{paragraphs()}</article>"
    page = read(
        html(
            "<title>Pompa Kenanga mati dua malam - Kabar</title>",
            "".join(map(AROUND.get, before)) + article + "".join(map(AROUND.get, after)),
        )
    )  # type: ignore[arg-type]
    assert (page.title, page.published) == ("Pompa Kenanga mati dua malam", datetime(2025, 11, 19, 0, 10, tzinfo=UTC))
    assert all(line in page.text for line in BODY_ID)
