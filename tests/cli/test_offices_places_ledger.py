"""Offices, places, the record and its anchors, backups that are refused: the real command over one installation, told as a person is told.

All tests of this file share one installation with two offices; whatever one of them breaks it mends.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

pytestmark = pytest.mark.timeout(300)
WARDS = "code,name,level,parent\nK,Muarasena,city,\nW1,Bensong,ward,K\n"


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, server_url: str, migrated: str) -> Iterator[Any]:
    shared: Any = request.config.pluginmanager.get_plugin(str(Path(__file__).parents[1] / "conftest.py"))
    with shared.fresh_database(server_url, migrated) as url, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = shared.Installation(Path(folder), url)
        made.said_of_first = made.run(
            "offices", "add", "  Đắk   Lắk ", "--language", "vi", "--country", "VN", "--time-zone", "Asia/Ho_Chi_Minh"
        )
        made.run("offices", "add", "Kota Tepi")
        yield made
        made.close()


def offices(place: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = place.ask("SELECT slug, name, country, language, time_zone FROM people_office ORDER BY slug")
    return found


TWO = [("dak-lak", "Đắk Lắk", "VN", "vi", "Asia/Ho_Chi_Minh"), ("kota-tepi", "Kota Tepi", "ID", "id", "Asia/Jakarta")]


def test_an_office_is_made_with_a_short_name_that_can_be_typed_and_says_what_comes_next(place):
    assert offices(place) == TWO
    assert "Đắk Lắk is there. Let somebody in: kentongan people add NAME --role administrator --office dak-lak" in place.said_of_first
    listed = [line.split() for line in place.run("offices", "list").splitlines()]
    assert listed == [["dak-lak", "Đắk", "Lắk", "vi", "0", "people"], ["kota-tepi", "Kota", "Tepi", "id", "0", "people"]]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("Kota Baru", "--time-zone", "Mars/Olympus"), "“Mars/Olympus” is not a time zone. Write it like Asia/Makassar."),
        (("kota tepi",), "There is already an office called “kota tepi”."),
        (("Kota Baru", "--language", "nl"), "'nl' is not one of 'id', 'vi', 'en'"),
    ],
)
def test_an_office_that_cannot_be_is_refused_in_a_sentence_and_nothing_is_made(place, words, why):
    code = 2 if "--language" in words else 1
    said = place.run("offices", "add", *words, expect=code)
    assert why in said
    assert "Traceback" not in said
    assert offices(place) == TWO


def test_places_are_refused_whole_with_line_and_remedy_looked_at_and_brought_in(place, tmp_path):
    def count() -> Any:
        return place.ask("SELECT count(*) FROM people_place")[0][0]

    file = tmp_path / "wards.csv"
    file.write_text(WARDS + "W2,Tepi,ward,D9\n", encoding="utf-8")
    said = place.run("places", "import", str(file), "--office", "kota-tepi", expect=1)
    assert "wards.csv, line 4: W2 stands below D9, which is in neither the file nor the office. Add it." in said
    assert count() == 0
    assert "Name the office with --office: dak-lak, kota-tepi" in place.run("places", "import", str(file), expect=1)
    file.write_text(WARDS, encoding="utf-8")
    assert "wards.csv: 2 new, 0 changed" in (looked := place.run("places", "import", str(file), "--office", "kota-tepi", "--look"))
    assert "Nothing was changed." in looked
    assert count() == 0
    assert "wards.csv: 2 new, 0 changed" in place.run("places", "import", str(file), "--office", "kota-tepi")
    assert place.run("places", "list", "--office", "kota-tepi").splitlines() == ["K\tcity\tMuarasena", "W1\tward\tBensong"]
    assert place.run("places", "list", "--office", "dak-lak") == ""


@contextmanager
def as_master(place: Any) -> Iterator[psycopg.Connection[Any]]:
    """What somebody can do who owns the database server."""
    with psycopg.connect(place.url, autocommit=True) as connection:
        for table in ("ledger_line", "ledger_link"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        yield connection
        for table in ("ledger_line", "ledger_link"):
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())


def test_a_whole_record_ends_with_0_and_a_changed_line_with_2_and_its_place(place):
    said = place.run("verify-ledger")
    assert re.search(r"✓ dak-lak: \d+ lines follow each other, no anchor to compare with. The last hash is [0-9a-f]{64}\.", said)
    line, seq, subject = place.ask(
        """SELECT l.id, k.seq, l.subject FROM ledger_line l JOIN ledger_link k ON k.line_id = l.id JOIN people_office o ON o.id = l.office
        WHERE o.slug = 'kota-tepi' ORDER BY k.seq LIMIT 1"""
    )[0]
    with as_master(place) as connection:
        connection.execute("UPDATE ledger_line SET subject = 'office:999' WHERE id = %s", [line])
        try:
            told = {one["office"]: one for one in json.loads(place.run("verify-ledger", "--json", expect=2))}
            only = place.run("verify-ledger", "--office", "dak-lak")
            broken = place.run("verify-ledger", "--office", "kota-tepi", expect=2)
        finally:
            connection.execute("UPDATE ledger_line SET subject = %s WHERE id = %s", [subject, line])
    words = f"line {line} (place {seq}) was changed after it was written."
    assert told["kota-tepi"]["finding"] == {"kind": "changed", "place": seq, "line": line, "words": words}
    assert (told["kota-tepi"]["ok"], told["kota-tepi"]["lines"], told["dak-lak"]["ok"]) == (False, seq - 1, True)
    assert "kota-tepi" not in only, "one office's trouble is not another's"
    assert broken.strip() == f"✗ kota-tepi: {words} The {seq - 1} lines before it are whole."


def test_an_office_nobody_knows_has_no_record_and_the_known_ones_are_named(place):
    said = place.run("verify-ledger", "--office", "tiada", expect=1)
    assert "There is no office “tiada”. The offices are: dak-lak, kota-tepi." in said


def test_anchors_are_told_compared_and_show_an_end_that_was_cut_off(place, tmp_path):
    outside = tmp_path / "anchors"
    said = place.run("anchor-ledger", "--set", f"ledger_anchor_file={outside}")
    kept = outside.read_text(encoding="utf-8").splitlines()
    assert [line for line in said.splitlines() if line.startswith("kentongan-ledger")] == kept
    assert f"Told by file: {outside}" in said
    assert "anchors met" in place.run("verify-ledger", "--anchor", str(outside))
    number = place.ask("SELECT id FROM people_office WHERE slug = 'dak-lak'")[0][0]
    later = re.sub(rf"office={number} seq=\d+", f"office={number} seq=5000", "\n".join(kept))
    (tmp_path / "later").write_text(later, encoding="utf-8")
    cut = place.run("verify-ledger", "--office", "dak-lak", "--anchor", str(tmp_path / "later"), expect=2)
    assert re.search(r"✗ dak-lak: the end was cut off: an anchor knows more, but place \d+ is empty\.", cut)
    (tmp_path / "none").write_text("Selamat pagi\n", encoding="utf-8")
    assert "holds no anchor" in place.run("verify-ledger", "--anchor", str(tmp_path / "none"), expect=1)


def test_a_place_outside_that_takes_nothing_ends_with_1_and_why(place, tmp_path):
    said = place.run("anchor-ledger", "--set", f"ledger_anchor_file={tmp_path / 'no' / 'anchors'}", expect=1)
    assert "Not told by file: " in said
    assert "cannot be written: No such file or directory" in said


def test_a_backup_comes_back_neither_over_what_is_there_nor_unasked_nor_from_nothing(place, tmp_path):
    file = tmp_path / "all.backup"
    assert re.search(r"rows in \d+ tables, digest [0-9a-f]{64}\.", place.run("backup", str(file), "--quiet"))
    whole = place.run("restore", str(file), "--check", "--quiet")
    assert "is whole: made " in whole
    assert "The database is not empty. Restore into an empty one, or say --replace" in place.run("restore", str(file), expect=1)
    assert "Aborted!" in place.run("restore", str(file), "--replace", expect=1), "nobody said yes"
    missing = place.run("restore", str(tmp_path / "hilang"), "--check", expect=1)
    assert "hilang cannot be read: No such file or directory" in missing
    assert "Is a directory" in place.run("restore", str(tmp_path), "--check", expect=1)
    assert offices(place) == TWO


def test_a_database_of_no_version_yet_has_no_record_and_the_remedy_is_named(installation, fresh_url):
    said = installation(url=fresh_url).run("verify-ledger", expect=None)
    assert "kentongan migrate" in said
    assert "Traceback" not in said
