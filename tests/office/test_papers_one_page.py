"""A briefing is one page: whatever its seven lines say, they stand on the first, and their sources at the latest on its back."""

from __future__ import annotations

import json
import re
import zlib
from datetime import UTC, datetime, timedelta

import pytest
import typst

from kentongan.office.listening import papers

AT = datetime(2025, 11, 27, 0, 30, tzinfo=UTC)
HEADLINE = "Banjir bandang terjang tiga kecamatan di hulu, dua orang meninggal dan akses jalan putus"
PASSAGE = "Sungai meluap pada Kamis pukul 04.50 dan merendam empat kelurahan di utara kota, kata kepala BPBD kepada wartawan di posko. "


def reason(code, **values):
    return {"code": code, "values": values}


def full(lines=7, longest=1, missing=2):
    """A briefing with all it may hold: three sources a line, further stories, quotes of `longest` sentences."""
    when = (AT - timedelta(hours=20)).isoformat()
    sources = [
        {
            "n": n, "outlet": f"Harian Kota Muarasena {n}", "title": f"{HEADLINE} ({n})", "published": when, "language": "id",
            "url": f"https://harian-kota-{n}.example/berita/2025/11/26/banjir-bandang-terjang-tiga-kecamatan-di-hulu-{n}",
            "passage": (PASSAGE * longest)[:400].strip(), "start": 0, "end": 9,
        }
        for n in range(1, 3 * lines + 3)
    ]  # fmt: skip
    also = [{"story": 90 + n, "headline": sources[-n]["title"], "language": "id", "note": len(sources) - n + 1} for n in (2, 1)]
    named = "; ".join(f"{one['headline']} [{one['note']}]" for one in also)
    made = [
        {
            "story": n, "headline": sources[3 * n]["title"], "headline_note": 3 * n + 1, "language": "id", "level": "crisis",
            "change": "rising", "outlets": 43, "articles": 61, "copies": 212, "languages": ["id", "en"], "first": when, "counts": [],
            "growth": 4.1, "changed": [reason("briefing.rising", count=21, hours=40, expected=1.2)], "mark": "",
            "why": [reason("severity.harm.4", words="tanggul melimpas, banjir bandang", count=5)]
            + ([reason("briefing.also", count=2, headlines=named)] if n == 0 else []),
            "also": also if n == 0 else [], "next": reason("briefing.next.hold"), "sources": [3 * n + 1, 3 * n + 2, 3 * n + 3],
        }
        for n in range(lines)
    ]  # fmt: skip
    return {
        "office": "Diskominfo Kota Muarasena", "at": AT.isoformat(), "since": when, "language": "id", "lines": made,
        "missing": [reason("briefing.skipped", source=f"Sumber {n}", why="robots.txt") for n in range(missing)],
        "complete": AT.isoformat(), "quiet": 111, "sources": sources,
    }  # fmt: skip


def pages(pdf):
    """How many pages a PDF has; its objects may be packed."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return len(re.findall(rb"/Type\s*/Page\b", pdf + b"".join(_unpacked(one) for one in packed)))


def _unpacked(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def lines_end(content, language):
    """The page on which the last line ends."""
    said = json.dumps(papers.worded(content, language), ensure_ascii=False)
    return json.loads(typst.query(str(papers.TEMPLATE), "<lines-end>", field="value", one=True, sys_inputs={"data": said}))


@pytest.mark.parametrize("language", ["id", "vi", "en"])
@pytest.mark.parametrize("longest", [1, 4], ids=["usual quotes", "the longest quotes"])
def test_seven_lines_stand_on_one_page_and_their_sources_at_the_latest_on_its_back(language, longest):
    content = full(longest=longest)
    assert lines_end(content, language) == 1
    assert pages(papers.briefing_pdf(content, language)) == 2


@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_a_calm_morning_is_one_page_with_its_sources(language):
    assert pages(papers.briefing_pdf(full(lines=2), language)) == 1


def test_forty_silent_sources_and_seven_lines_still_take_both_sides_of_one_sheet():
    content = full(missing=40)
    assert lines_end(content, "id") == 1
    assert pages(papers.briefing_pdf(content, "id")) == 2
