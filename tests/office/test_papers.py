"""The briefing on paper, in mail and at a past moment, through the commands a person uses."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from importlib import resources

import psycopg
import pytest

from kentongan.config import load
from kentongan.office import checkup
from kentongan.office.listening import papers


def content():
    at = datetime(2025, 11, 27, 0, 30, tzinfo=UTC)
    first = (at - timedelta(hours=3)).isoformat()
    return {
        "office": "Kota Tirtaloka", "at": at.isoformat(), "since": (at - timedelta(hours=12)).isoformat(), "language": "id",
        "lines": [{
            "story": 1, "headline": "Banjir di #3 kelurahan *utara*", "lead": "", "language": "id", "level": "high", "change": "new",
            "outlets": 43, "articles": 61, "copies": 212, "languages": ["id"], "first": first, "counts": [], "growth": 4.1,
            "changed": [], "why": [], "next": {"code": "briefing.next.own", "values": {}}, "mark": "", "sources": [1, 2],
        }],
        "missing": [], "complete": at.isoformat(), "quiet": 3,
        "sources": [
            {"n": 1, "outlet": "Warta", "title": "Banjir", "url": "https://a.example/1?x=[y]&z=#top", "published": first,
             "passage": "Air setinggi lutut.", "start": 0, "end": 19, "language": "id"},
            {"n": 2, "outlet": "Báo Đô", "title": "Lũ ở “Đồng Nai”", "url": "https://b.example/2", "published": first,
             "passage": "", "start": -1, "end": -1, "language": "vi"},
        ],
    }  # fmt: skip


@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_the_text_has_every_source_and_fits_a_terminal(language):
    said = papers.briefing_text(content(), language)
    for part in ("Banjir di #3 kelurahan *utara*", "“Air setinggi lutut.” [1]", "https://a.example/1?x=[y]&z=#top", "[2] Báo Đô"):
        assert part in said
    assert all(len(line) <= papers.WIDTH + 30 for line in said.splitlines())
    assert "%(" not in said
    assert "{" not in said


@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_the_pdf_is_accessible_and_always_the_same(language):
    made = papers.briefing_pdf(content(), language)
    assert made.startswith(b"%PDF-")
    assert re.search(rb"pdfuaid:part|pdfuaid", made)
    assert f"/Lang({language})".encode() in made.replace(b" ", b"")
    assert made == papers.briefing_pdf(content(), language)


def test_an_empty_briefing_is_a_page_too():
    empty = content() | {"lines": [], "sources": [], "quiet": 0, "complete": None}
    assert "Nothing new" in papers.briefing_text(empty, "en")
    assert papers.briefing_pdf(empty, "en").startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (["crisis"], "Crisis: “Banjir di #3 kelurahan *utara*”."),
        (["crisis", "medium", "watch"], "Crisis: “Banjir di #3 kelurahan *utara*”. 1 more story needs you."),
        (["high", "medium"], "2 stories need you, first of all: “Banjir di #3 kelurahan *utara*”"),
        (["medium", "low"], "One story needs you: “Banjir di #3 kelurahan *utara*”"),
        (["low"], "Nothing is urgent. 1 story moved."),
    ],
)
def test_the_first_sentence_leads_with_what_is_most_serious(levels, said):
    line = content()["lines"][0]
    assert papers.title_of({"lines": [{**line, "level": level} for level in levels]}) == said


def stream(path):
    start = datetime(2025, 11, 26, tzinfo=UTC)
    with path.open("w") as file:
        for number in range(40):
            day = "Banjir rendam kelurahan utara" if number < 20 else "Pasar lama pindah ke terminal"
            row = {
                "title": f"{day} laporan {number}", "url": f"https://o{number % 6}.example/{number}", "outlet": f"O{number % 6}",
                "time": (start + timedelta(hours=number)).isoformat(), "lang": "id",
            }  # fmt: skip
            file.write(json.dumps(row) + "\n")
    return path


def test_the_briefing_of_a_past_moment_knows_nothing_of_what_came_later(installation, tmp_path):
    place = installation()
    place.run("import", str(stream(tmp_path / "s.jsonl")), "--quiet")
    before = place.ask("SELECT key, articles FROM listening_story ORDER BY key")
    past = json.loads(place.run("briefing", "--at", "2025-11-26T18:00Z", "--format", "json", "--out", "past.json") or "null") or json.loads(
        (place.data / "past.json").read_text()
    )
    assert past["lines"]
    assert not any("Pasar" in line["headline"] for line in past["lines"])
    assert sum(line["articles"] + line["copies"] for line in past["lines"]) <= 19
    assert place.ask("SELECT key, articles FROM listening_story ORDER BY key") == before
    latest = place.run("briefing", "--at", "2025-11-27T16:00Z", "--language", "id")
    assert "Pasar lama pindah" in latest
    place.run("briefing", "--at", "2025-11-27T16:00Z", "--format", "pdf", "--out", "b.pdf")
    assert (place.data / "b.pdf").read_bytes().startswith(b"%PDF-")
    assert "is not a moment" in place.run("briefing", "--at", "yesterday", expect=1)


def test_the_doctor_says_what_is_wrong_and_what_to_do(installation):
    place = installation(mail_url="smtp://127.0.0.1:1", contact="")
    said = place.run("doctor", expect=1)
    assert "ok       database: served" in said
    assert "PROBLEM  contact: not set" in said
    assert "PROBLEM  mail: 127.0.0.1" in said
    assert said.count("→") >= 2
    rows = json.loads(place.run("doctor", "--json", expect=1))
    assert {row["name"] for row in rows} >= {"disk", "database", "extension vector", "clock", "contact", "mail", "model", "heads"}
    assert all(row["ok"] or row["remedy"] for row in rows)


def test_a_clock_that_is_behind_is_a_problem():
    assert not checkup.clock(datetime(2020, 1, 1, tzinfo=UTC)).ok
    assert checkup.clock(datetime.now(UTC)).ok


def test_a_clock_nobody_keeps_is_said_and_one_apart_from_the_databases_is_a_problem():
    now = datetime.now(UTC)
    kept, alone, unknown = (checkup.clock(now, kept, timedelta(seconds=1)) for kept in (True, False, None))
    assert (kept.ok, alone.ok, unknown.ok) == (True, True, True)
    assert (kept.remedy, unknown.remedy) == ("", "")
    assert "no time service keeps it" in alone.found and "NTP" in alone.remedy
    assert "not known" in unknown.found
    for ahead, words in ((timedelta(minutes=10), "600 s behind the database's"), (-timedelta(minutes=10), "600 s ahead of the database's")):
        told = checkup.clock(now, True, ahead)
        assert not told.ok and words in told.found and "One of the two" in told.remedy


def test_a_served_database_is_asked_for_its_time_and_the_offices_contact(fresh_url):
    with psycopg.connect(fresh_url, autocommit=True) as there:
        empty = checkup.inside(fresh_url, served=True)
        assert empty.contact == "" and empty.ahead is not None and abs(empty.ahead) < timedelta(seconds=30)
        there.execute("CREATE TABLE people_office (id int, contact text)")
        there.execute("INSERT INTO people_office VALUES (1, ''), (2, 'humas@kota.example')")
    assert checkup.inside(fresh_url, served=False) == checkup.Inside(None, "humas@kota.example")


@pytest.mark.parametrize(
    ("contact", "of_office", "public", "ok", "found"),
    [
        ("humas@kota.example", "", "", True, "humas@kota.example"),
        ("", "ppid@kota.example", "", True, "ppid@kota.example"),
        ("", "", "https://kentongan.kota.example", True, "https://kentongan.kota.example"),
        ("http://localhost", "ppid@kota.example", "", True, "ppid@kota.example"),
        ("", "", "http://127.0.0.1:8600", False, "http://127.0.0.1:8600 leads to this machine only"),
        ("", "", "", False, "not set"),
    ],
)
def test_a_contact_that_leads_to_this_machine_is_no_contact(contact, of_office, public, ok, found):
    told = checkup.contact(load({"contact": contact, "public_url": public}, environ={}), of_office)
    assert (told.ok, told.found, "Visits go on" in told.remedy) == (ok, found, not ok)


def test_a_head_that_is_missing_or_damaged_is_named_with_its_remedy(tmp_path):
    shipped = resources.files("kentongan.engine.heads")
    assert checkup.heads(shipped).ok
    for name in checkup.HEADS:
        (tmp_path / f"{name}.npz").write_bytes(shipped.joinpath(f"{name}.npz").read_bytes())
    assert checkup.heads(tmp_path).ok
    whole = (tmp_path / "tone.npz").read_bytes()
    (tmp_path / "tone.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "kinds.npz").write_bytes(b"")
    (tmp_path / "names.npz").unlink()
    body = bytearray((tmp_path / "centres.npz").read_bytes())
    body[len(body) // 2] ^= 255
    (tmp_path / "centres.npz").write_bytes(body)
    told = checkup.heads(tmp_path)
    assert (told.ok, told.found) == (False, "cannot be opened: names, tone, kinds, centres")
    assert "Install kentongan again" in told.remedy


def test_people_are_added_and_listed(installation):
    place = installation()
    place.run("people", "add", "ani", "--role", "administrator", "--password", "sungai-bersih-2025")
    assert "ani\tadministrator" in place.run("people", "list")
    assert "already somebody" in place.run("people", "add", "ani", "--password", "sungai-bersih-2025", expect=1)


def test_sources_go_out_and_in_as_opml(installation, tmp_path):
    place = installation()
    place.run("sources", "add", "https://a.example/feed", "--name", "Warta A")
    out = str(tmp_path / "s.opml")
    assert "1 sources written" in place.run("sources", "export-opml", out)
    assert place.ask("SELECT actor, detail FROM ledger_line WHERE act = 'export.made'") == [(0, '{"rows":1,"what":"sources.opml"}')]
    assert "0 added, 1 were there already" in place.run("sources", "import-opml", out)
    assert "Warta A\thttps://a.example/feed\tnot visited yet" in place.run("sources", "list")
    assert "no source called" in place.run("sources", "check", "Nobody", expect=1)
