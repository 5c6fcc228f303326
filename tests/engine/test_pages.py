"""Pages in the shapes of Indonesian, Vietnamese and Malay outlets; and what no page may do to us."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine import page_facts, pages
from kentongan.errors import FileError
from kentongan.measure import pages_eval
from kentongan.measure.form import read_jsonl
from kentongan.testing.outlet_pages import render_page
from kentongan.testing.outlet_sites import OutletItem, OutletSite

GOLDEN = Path(__file__).parents[1] / "golden/pages"
SHARED = Path(__file__).parents[2].parent / "shared/data/pages"
URL = "https://kabar.example/berita/1"

PARAGRAPHS = "".join(
    f"<p>Paragraf ke-{n} menceritakan genangan air di kelurahan {n} dan apa yang dilakukan petugas sejak pagi.</p>" for n in range(1, 6)
)


def page(head: str = "", body: str = PARAGRAPHS, *, url: str = URL, lang: str = "id") -> pages.Page:
    html = f"<!DOCTYPE html><html lang='{lang}'><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"
    return pages.extract(html.encode(), url=url)


def ld(json_text: str) -> str:
    return f'<script type="application/ld+json">{json_text}</script>'


def golden_url(path: Path) -> str:
    declared = re.search(r'rel="canonical" href="([^"]+)"', path.read_text(encoding="utf-8"))
    return (declared[1].partition("?")[0] if declared else f"https://unduhan.example/{path.stem}") + "?utm_source=rss"


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.html")), ids=lambda path: path.stem)
def test_it_reads_the_golden_pages_as_written_down(path: Path) -> None:
    found = asdict(pages.extract(path.read_bytes(), url=golden_url(path)))
    found["text"] = found["text"].splitlines()
    wanted = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(found, default=datetime.isoformat)) == wanted


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.html")), ids=lambda path: path.stem)
def test_no_writer_and_no_pointer_is_left_in_a_text(path: Path) -> None:
    text = pages.extract(path.read_bytes(), url=golden_url(path)).text
    for word in ("Seorang", "Phóng Viên", "Baca juga", "BACA JUGA", "Xem thêm", "ADVERTISEMENT", "Hak cipta", "Beranda"):
        assert word not in text


@pytest.mark.parametrize(
    ("head", "moment"),
    [
        ('<meta property="article:published_time" content="2025-06-18T07:00:00+07:00">', "2025-06-18T00:00"),
        ('<meta itemprop="datePublished" content="2025-06-18">', "2025-06-17T17:00"),
        ('<meta name="pubdate" content="18/06/2025 09:00 WITA">', "2025-06-18T01:00"),
        (ld('{"@graph":[{"@type":"Site"},{"@type":["Article"],"datePublished":"2025-06-18T00:00:00Z"}]}'), "2025-06-18T00:00"),
        (ld('\n<!-- [{"@type":"NewsArticle","datePublished":"2025-06-18T00:00:00Z"}]; -->'), "2025-06-18T00:00"),
        (ld('{"@type":"WebPage","datePublished":"2025-06-18T00:00:00Z"}'), "2025-06-18T00:00"),
        ('<script>var built = "18/06/2025 10:00"</script><title>18/06/2025 10:00</title>', None),
        ('<script type="application/ld+json">{broken</script><meta name="date" content="2025-06-18 07:00">', "2025-06-18T00:00"),
        ('<meta name="date" content="kemarin">', None),
        ('<meta name="date" content="31/02/2025">', None),
    ],
)  # fmt: skip
def test_it_reads_the_time_a_page_names_in_markup_or_none(head: str, moment: str | None) -> None:
    assert page(head).published == (datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None)


def test_a_date_inside_the_article_is_not_the_article_s_own() -> None:
    body = (
        f"<h1>Rapat tanggul</h1><p>Rapat pada 17 Agustus 2024 pukul 09.00 memutuskan bahwa tanggul ditinggikan tahun ini.</p>{PARAGRAPHS}"
    )
    assert page(body=body).published is None


def test_a_line_that_only_tells_the_update_gives_both_times() -> None:
    found = page(body=f"<h1>Rapat tanggul</h1><div class='date'>Diperbarui 18 Jun 2025, 14:05 WIB</div>{PARAGRAPHS}")
    assert (found.published, found.updated) == (datetime(2025, 6, 18, 7, 5, tzinfo=UTC), None)


def test_times_without_zone_are_read_where_the_language_is_spoken() -> None:
    head = '<meta name="pubdate" content="2025-06-18 08:00">'
    hours = {lang: page(head, lang=lang).published for lang in ("id", "vi", "ms", "en")}
    assert [time.hour if time else None for time in hours.values()] == [1, 1, 0, 8]
    body = f"<html lang=id><head>{head}</head><body>{PARAGRAPHS}</body></html>".encode()
    assert pages.extract(body, url=URL, default_offset=540).published == datetime(2025, 6, 17, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Banjir surut di Melati - Kabar.example</title>", "", "Banjir surut di Melati"),
        ("<title>Air surut | Kota | Kabar</title><meta property='og:site_name' content='Kabar'>", "", "Air surut | Kota"),
        ("<title>Banjir surut di Melati - Halaman 2</title>", "", "Banjir surut di Melati"),
        ("<title>Satu - dua langkah menjaga kali</title>", "", "Satu - dua langkah menjaga kali"),
        ("<meta property='og:title' content='Banjir &amp;amp; longsor'>", "", "Banjir & longsor"),
        ("<meta property='og:title' content='Air surut di Melati - Kabar'>", "<h1>Air surut di Melati</h1>", "Air surut di Melati"),
        ("<title>Kabar</title>", "<h1>Kabar</h1>", "Kabar"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_the_title_is_the_headline_without_the_outlet(head: str, body: str, title: str) -> None:
    assert page(head, body + PARAGRAPHS).title == title


@pytest.mark.parametrize(
    ("declared", "known"),
    [
        ("https://kabar.example/berita/satu?utm_source=x", "https://kabar.example/berita/satu"),
        ("https://www.kabar.example/berita/satu", "https://www.kabar.example/berita/satu"),
        ("/berita/satu", "https://kabar.example/berita/satu"),
        ("https://lain.example/berita/satu", URL),
        ("https://kabar.example/", URL),
        ("http://[", URL),
    ],
)
def test_the_address_of_the_page_itself_holds_only_on_its_own_host(declared: str, known: str) -> None:
    assert page(f'<link rel="canonical" href="{declared}">', url=URL + "?fbclid=1").url == known


def test_the_vietnamese_standfirst_belongs_to_the_text_and_comes_first() -> None:
    sapo = "Nước dâng trong đêm khiến hơn hai trăm người phải rời nhà, theo báo cáo của thành phố."
    body = f"<h1>Nước dâng</h1><h2 class='sapo'>{sapo}</h2><div class='content'>{PARAGRAPHS}</div>"
    assert page(body=body, lang="vi").text.splitlines()[0] == sapo


def test_an_article_that_is_a_list_of_links_keeps_them() -> None:
    links = "".join(f"<p><a href='/p/{n}'>Posko nomor {n} di kelurahan Melati dan sekitarnya buka</a></p>" for n in range(12))
    assert page(body=f"<article><h1>Daftar posko</h1>{links}</article>").text.count("Posko nomor") >= 10


@pytest.mark.parametrize("body", [b"", b"   ", b"\0\0\0", b"{}", b"halo", b"<html></html>", b"<!-- -->", b"\xff\xfe", b"<?xml?>"])
def test_a_body_without_an_article_gives_an_empty_page_and_says_so(body: bytes) -> None:
    found = pages.extract(body, url=URL)
    assert (found.published, found.url, len(found.text) < 10) == (None, URL, True)
    assert found.text or found.problems


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    "piece", ["<div>", "<b><i>", "<table><tr><td>", "<p>", "<a href=x>y", "<h1>Banjir</h1>", "<", "&", "<!--", "<time>18/06/2025</time>"]
)
def test_a_hundred_thousand_of_anything_do_not_hang_or_break_it(piece: str) -> None:
    found = pages.extract(b"<html><body>" + piece.encode() * 100_000, url=URL)
    assert len(found.text) <= pages.MAX_TEXT


def test_a_page_that_is_too_long_is_read_from_its_beginning() -> None:
    found = pages.extract(f"<html><body><article>{PARAGRAPHS}</article>".encode() + b"<!-- x -->" + b" " * 9_000_000, url=URL)
    assert "Paragraf ke-5" in found.text
    assert found.problems[0] == "The page is longer than 8 MB; only the beginning was read."


def test_linked_data_of_any_depth_or_number_is_passed_over() -> None:
    deep = '<script type="application/ld+json">' + '{"@graph":[' * 50_000 + "</script>"
    many = '<script type="application/ld+json">[' + '{"@type":"Thing"},' * 20_000 + '{"@type":"NewsArticle","headline":"Akhir"}]</script>'
    assert page(deep + many + "<title>Judul halaman ini</title>").title == "Judul halaman ini"


@pytest.mark.parametrize(
    ("name", "label"), [("cp1252", "iso-8859-1"), ("cp1258", "windows-1258"), ("utf-16", "utf-8"), ("gb18030", "gb2312")]
)
def test_old_and_wrong_charsets_give_letters(name: str, label: str) -> None:
    word = "气象" if name == "gb18030" else "Café"
    body = f"<html><head><meta charset='{label}'><title>{word} di tepi kali</title></head><body>{PARAGRAPHS}</body></html>".encode(name)
    assert pages.extract(body, url=URL).title == f"{word} di tepi kali"


@given(st.binary(max_size=300), st.sampled_from(["", "http://[", "bukan alamat", URL]))
@settings(deadline=None, max_examples=80)
def test_it_never_raises(body: bytes, url: str) -> None:
    found = pages.extract(b"<html><head><title>" + body + b"</title><body><p>" + body * 3, url=url)
    assert len(found.text) <= pages.MAX_TEXT


@given(st.integers(0, 100_000), st.binary(max_size=8), st.sampled_from(sorted(path.name for path in GOLDEN.glob("*.html"))))
@settings(deadline=None, max_examples=60)
def test_a_damaged_page_is_still_a_page(place: int, noise: bytes, name: str) -> None:
    body = (GOLDEN / name).read_bytes()
    place %= len(body)
    assert isinstance(pages.extract(body[:place] + noise + body[place + 2 :], url=URL), pages.Page)


@given(st.text(min_size=1, max_size=80))
def test_the_outlet_is_only_ever_taken_from_the_end(title: str) -> None:
    assert title.startswith(page_facts.without_outlet(title, "Kabar", URL))


def test_the_measure_is_the_one_of_the_article_extraction_benchmark() -> None:
    assert pages_eval.share("a b c d e", "a b c d e") == (1.0, 0.0, 0.0)
    assert pages_eval.share("a b c d e", "a b c d") == (0.5, 0.0, 0.5)
    assert pages_eval.share("a b c d", "x a b c d") == (0.5, 0.5, 0.0)
    assert pages_eval.share("a b", "a b") == (1.0, 0.0, 0.0)
    assert pages_eval.share("", "") == (0.0, 0.0, 0.0)
    precision, recall, f1 = pages_eval.scores([(1.0, 0.0, 0.0), (0.5, 0.0, 0.5), (0.0, 0.0, 1.0)])
    assert (precision, recall) == (1.0, 0.5)
    assert f1 == pytest.approx(2 / 3)


def test_the_measure_counts_titles_and_times_where_they_are_known(tmp_path: Path) -> None:
    head = "<title>Air surut</title><meta name=date content='2025-06-18T07:00:00+07:00'>"
    html = f"<html lang=id><head>{head}</head><body>{PARAGRAPHS}</body></html>"
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(html.encode()))
    rows = [
        {"file": "a.html.gz", "url": URL, "text": "x", "title": "AIR surut!", "published": "2025-06-18 00:00:30+00:00"},
        {"file": "a.html.gz", "text": "x", "title": "Air pasang", "published": "2025-06-19 00:00:00+00:00"},
        {"file": "a.html.gz", "text": "x"},
    ]
    path = tmp_path / "truth.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    result = pages_eval.evaluate([path])
    assert (result.n, result.metrics["title"], result.metrics["published"]) == (3, 0.5, 0.5)


@pytest.mark.parametrize(
    ("line", "why"), [("{", "line 2 is not JSON"), ("[]", "line 2 is not an object"), ('{"file": "none"}', "line 2: the page")]
)
def test_a_file_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, line: str, why: str) -> None:
    (tmp_path / "a.html").write_text("<p>x</p>")
    path = tmp_path / "truth.jsonl"
    path.write_text('{"file": "a.html", "text": "x"}\n' + line)
    with pytest.raises(FileError, match=why) as caught:
        pages_eval.evaluate([path])
    assert caught.value.line == 2


def test_a_missing_or_torn_file_is_named(tmp_path: Path) -> None:
    torn = tmp_path / "torn.jsonl.gz"
    torn.write_bytes(gzip.compress(b'{"a": 1}\n' * 1000)[:40])
    for path in (torn, tmp_path / "none.jsonl"):
        with pytest.raises(FileError, match=path.name):
            list(read_jsonl(path))


def test_the_text_of_real_pages_reaches_the_bar() -> None:
    if not SHARED.exists():
        pytest.skip("the evaluation data ../shared/data/pages is not here")
    f1 = pages_eval.evaluate([SHARED / "truth.jsonl.gz"]).metrics["f1"]
    assert isinstance(f1, float) and f1 >= 0.965


def clothed(layout: Literal["portal", "bao"], language: str, text: str) -> str:
    """The text an invented outlet's page of this dress gives."""
    site = OutletSite("a", "Suara Muarasena", language, (), layout=layout)
    item = OutletItem("1", "Rute bus kota 4 diperpanjang", text, datetime(2025, 11, 18, tzinfo=UTC), section="lalu-lintas")
    return pages.extract(render_page(site, item, "https://a.example/1"), url="https://a.example/1").text


def test_a_page_of_three_sentences_gives_them_without_the_words_around() -> None:
    text = "Dishub memperpanjang rute bus kota 4 mulai Selasa.\nBus lewat setiap 25 menit. Tarif tidak berubah."
    assert clothed("portal", "id", text) == text


def test_a_vietnamese_standfirst_stands_first() -> None:
    text = "Lớp tiếng Việt cuối tuần mở thêm hai lớp vỡ lòng vì số trẻ đăng ký tăng gấp rưỡi.\nHọc phí chỉ gồm tiền sách vở."
    assert clothed("bao", "vi", text) == text
