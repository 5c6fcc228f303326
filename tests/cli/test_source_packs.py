"""Which sources answer, starter packs, and imports of tables and archives, as a person would ask for them.

All tests of this file share one installation.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kentongan.adapters.sources import KINDS
from kentongan.cli import sources
from kentongan.engine import opml
from kentongan.packs import get_pack, get_packs
from kentongan.testing.fake_files import FileServer
from kentongan.testing.official_documents import rss
from kentongan.testing.warc import page, response

pytestmark = pytest.mark.timeout(300)
TEXT = "Air masuk ke rumah warga di Kelurahan Hulu sejak subuh, kata kepala kelurahan di posko bencana pada hari Jumat.\n" * 4


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, server_url: str, migrated: str) -> Iterator[Any]:
    shared: Any = request.config.pluginmanager.get_plugin(str(Path(__file__).parents[1] / "conftest.py"))
    with shared.fresh_database(server_url, migrated) as url, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = shared.Installation(Path(folder), url, allow_hosts="127.0.0.1")
        yield made
        made.close()


def test_the_kinds_offered_are_those_with_a_reader():
    assert set(sources.KINDS) == set(KINDS)


def test_the_packs_are_listed_with_what_is_known_of_their_addresses():
    said = CliRunner().invoke(sources.command, ["packs"]).output
    for pack in get_packs():
        assert f"{pack.name}\t{pack.country}\t{len(pack.entries)} sources" in said
        assert pack.note in said
    assert "Addresses: answered" in said


def test_an_unknown_pack_is_refused_before_anything_is_opened():
    failed = CliRunner().invoke(sources.command, ["check", "--pack", "tiada"]).exception
    assert "There is no pack “tiada”" in str(failed)


def test_a_pack_is_added_once_with_all_that_it_says(place):
    pack = get_pack("id-official")
    said = place.run("sources", "add-pack", "id-official")
    assert f"{len(pack.entries)} added, 0 were there already. {pack.note}" in said
    assert f"0 added, {len(pack.entries)} were there already." in place.run("sources", "add-pack", "id-official")
    rows = place.ask('SELECT name, url, kind, source_kind, pattern FROM listening_source ORDER BY name COLLATE "C"')
    assert rows == sorted((e.name, e.url, e.kind, e.source_kind, e.pattern) for e in pack.entries)


def test_check_says_which_sources_answer_and_changes_nothing(place, tmp_path):
    with FileServer() as server:
        feed = server.put("feed", rss("Kabar", [("https://kabar.example/1", "Banjir", "", "Sat, 21 Nov 2026 07:05:00 +0000")]))
        file = tmp_path / "sources.opml"
        file.write_bytes(opml.write([opml.Outline("Kabar A", feed), opml.Outline("Kabar B", server.url_for("weg"))], "Uji"))
        place.run("sources", "import-opml", str(file))
        before = place.ask("SELECT name, outcome, last_visit, etag FROM listening_source WHERE name LIKE 'Kabar%' ORDER BY name")
        told = json.loads(place.run("sources", "check", "Kabar A", "--json"))
        assert (told["asked"], told["answering"], told["outcomes"]) == (1, 1, {"ok": 1})
        assert told["sources"][0]["items"] == 1
        said = place.run("sources", "check", "Kabar B", expect=1)
        assert "Kabar B\tnot_found" in said
        assert "0 of 1 sources answer (not_found 1)." in said
        after = place.ask("SELECT name, outcome, last_visit, etag FROM listening_source WHERE name LIKE 'Kabar%' ORDER BY name")
        assert before == after == [("Kabar A", "", None, ""), ("Kabar B", "", None, "")]


def test_a_table_and_an_archive_are_imported_and_gone_on_with(place, tmp_path):
    table = tmp_path / "berita.csv"
    table.write_text(
        "Judul;Tautan;Media;Tanggal\nBanjir;https://t.example/1;Harian;21/11/2025\nRusak;bukan;Harian;21/11/2025\n", encoding="utf-16"
    )
    said = place.run("import", str(table), "--quiet")
    assert "3 lines read: 1 articles kept, 1 left out" in said
    assert "column “tautan”" in said
    archive = tmp_path / "arsip.warc.gz"
    archive.write_bytes(b"".join(response(f"https://w.example/{n}", page(f"Banjir {n}", TEXT)) for n in range(3))[:-40])
    said = place.run("import", str(archive), "--quiet")
    assert "2 articles kept, 1 left out" in said
    assert "what was whole before was read" in said
    assert place.ask("SELECT count(*) FROM listening_article WHERE url LIKE 'https://w.example/%'") == [(2,)]
    assert "Going on after line 3." in place.run("import", str(archive), "--quiet")
