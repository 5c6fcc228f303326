"""Real pages and articles, which nobody here wrote, served as outlets and collected by the whole installation; skipped without the data."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kentongan.engine import opml
from kentongan.testing.outlets import OutletServer
from kentongan.testing.real_outlets import sites_from_duplicates, sites_from_pages

sys.path.insert(0, str(Path(__file__).parent))
from test_supervisor import wait_until

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not DATA.is_dir(), reason="the evaluation data is not beside the repository"),
]


@pytest.mark.parametrize("made_of", ["pages", "duplicates"])
def test_real_outlets_are_collected_whole_and_nothing_is_lost(installation, made_of):
    start = datetime.now(UTC) - timedelta(hours=20)
    if made_of == "pages":
        sites = sites_from_pages(DATA / "pages", start)
    else:
        sites = sites_from_duplicates(DATA / "duplicates" / "id-news-2025-06-18.jsonl.gz", start)
    items = sum(len(site.items) for site in sites)
    place = installation(allow_hosts="127.0.0.1", visit_max_s="60", fetch_max_mb="20")
    with OutletServer(sites, lambda: datetime.now(UTC)) as server:
        found = [opml.Outline(site.title, server.feed_url(site.key)) for site in sites]
        (place.data / "sources.opml").write_bytes(opml.write(found, "Sources"))
        place.run("sources", "import-opml", str(place.data / "sources.opml"))
        process = place.start("run", "--port", "0")
        place.line(process, "Ready: ")
        wait_until(lambda: place.ask("SELECT count(*) FROM listening_membership") == [(items,)], 1800, "not every item is in a story")
    states = dict(place.ask("SELECT page_state, count(*) FROM listening_article GROUP BY 1"))
    assert sum(states.values()) == items
    asked = items if made_of == "pages" else sum(min(200, len(site.items)) for site in sites)
    assert states["ok"] >= 0.97 * asked, states
    assert place.ask("SELECT DISTINCT outcome FROM listening_source") in ([("ok",)], [("not_modified",)], [("not_modified",), ("ok",)])
    assert "Traceback" not in place.said(process)
