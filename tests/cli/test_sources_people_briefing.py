"""The commands of an installation against a real database: people, sources, import, briefing, doctor, settings.

All tests of this file share one installation (a start of the command takes longer than what it does), and each uses names of its own.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kentongan.adapters.files import BadLine, GoodLine, read_articles
from kentongan.engine import opml
from kentongan.engine.records import LEVELS

pytestmark = pytest.mark.timeout(300)
START = datetime(2025, 11, 25, 17, 0, tzinfo=UTC)
"""Midnight of 26 November in Jakarta."""
EVENTS = (
    "tanggul sungai jebol rendam kampung utara warga mengungsi perahu karet",
    "pedagang pasar lama menolak pindah ke terminal retribusi naik",
    "pabrik kertas buang limbah ikan mati sungai keruh laboratorium",
    "vaksin gratis anak sekolah puskesmas jadwal pekan imunisasi",
)
BAD = (
    ("{", "not JSON"),
    ("[1, 2]", "not a JSON object"),
    ('{"title": "", "url": "https://a.example/x", "outlet": "A", "time": "2025-11-26"}', "“title” is missing"),
    ('{"title": "T", "url": "ftp://a.example/x", "outlet": "A", "time": "2025-11-26"}', "“url” is missing"),
    ('{"title": "T", "url": "https://a.example/x", "time": "2025-11-26"}', "“outlet” is missing"),
    ('{"title": "T", "url": "https://a.example/x", "outlet": "A"}', "“time” is missing"),
    ('{"title": "T", "url": "https://a.example/x", "outlet": "A", "time": "kapan-kapan"}', "“time” cannot be read"),
    ('{"title": 7, "url": "https://a.example/x", "outlet": "A", "time": "2025-11-26"}', "“title” must be text"),
    ('{"title": "T", "url": "https://a.example/x", "outlet": "A", "time": "2025-11-26", "kind": "rahasia"}', "“kind” must be one of"),
    ("[" * 100_000, "nested too deep"),
)


def row(number: int) -> dict[str, str]:
    chance = random.Random(number)
    event = EVENTS[number % len(EVENTS)].split()
    words = " ".join(chance.sample(event, 6))
    return {
        "title": f"{words.capitalize()} ({number})",
        "text": f"{' '.join(event).capitalize()}. Laporan ke-{number} dari {' '.join(chance.sample(event, 4))}.",
        "url": f"https://outlet{number % 7}.example/berita/{number}",
        "outlet": f"Outlet {number % 7}",
        "time": (START + timedelta(minutes=6 * number)).isoformat(),
        "lang": "id",
    }


@pytest.fixture(scope="module")
def stream(tmp_path_factory) -> Path:
    """300 lines: 280 good ones, ten of them twice, and every way of being wrong."""
    good = [json.dumps(row(number), ensure_ascii=False) for number in range(280)]
    lines = good + good[50:60]
    for place, (bad, _) in enumerate(BAD):
        lines.insert(7 + 25 * place, bad)
    assert len(lines) == 300
    file = tmp_path_factory.mktemp("stream") / "november.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, server_url: str, migrated: str) -> Iterator[Any]:
    """One installation for the whole file."""
    shared: Any = request.config.pluginmanager.get_plugin(str(Path(__file__).parents[1] / "conftest.py"))
    with shared.fresh_database(server_url, migrated) as url, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = shared.Installation(Path(folder), url)
        yield made
        made.close()


@pytest.fixture(scope="module")
def filled(place: Any, stream: Path) -> Any:
    """The installation after the stream was read, with what the import said about it."""
    place.first = place.run("import", str(stream), "--quiet")
    place.again = place.run("import", str(stream), "--quiet")
    return place


# people


@pytest.fixture(scope="module")
def sari(place: Any) -> str:
    """An officer, and what was said when she was let in."""
    return place.run("people", "add", "sari", "--password", "lonceng bambu tengah malam")


def test_somebody_is_let_in_and_listed_with_role_and_office(place, sari):
    assert "sari may sign in as officer." in sari
    place.run(
        "people",
        "add",
        "bima",
        "--role",
        "administrator",
        "--email",
        "bima@kota.example",
        "--language",
        "vi",
        "--password",
        "perahu 7 karet hijau",
    )
    listed = place.run("people", "list").splitlines()
    assert "sari\tofficer\tKentongan" in listed
    assert "bima\tadministrator\tKentongan" in listed
    rows = place.ask(
        "SELECT username, role, email, language, is_staff, is_superuser FROM people_user WHERE username IN ('sari','bima') ORDER BY 1"
    )
    assert rows == [("bima", "administrator", "bima@kota.example", "vi", False, False), ("sari", "officer", "", "", False, False)]


def test_a_password_is_stored_as_a_digest_only(place):
    place.run("people", "add", "kirana", "--role", "reader", "--password", "kentongan dari bambu petung")
    ((stored,),) = place.ask("SELECT password FROM people_user WHERE username = 'kirana'")
    assert "bambu" not in stored
    assert stored.count("$") >= 3


@pytest.mark.parametrize(("password", "said"), [("rahasia", "too short"), ("password1234", "common"), ("lemah-sim-77", "similar")])
def test_a_weak_password_is_refused_in_words_and_nobody_is_made(place, password, said):
    answer = place.run("people", "add", f"lemah-{said[:3]}", "--password", password, expect=1)
    assert said in answer
    assert "Traceback" not in answer
    assert place.ask(f"SELECT count(*) FROM people_user WHERE username = 'lemah-{said[:3]}'") == [(0,)]


def test_a_name_is_taken_once(place, sari):
    assert "There is already somebody called “sari”." in place.run("people", "add", "sari", "--password", "jembatan gantung baru", expect=1)
    assert place.ask("SELECT count(*) FROM people_user WHERE username = 'sari'") == [(1,)]


def test_a_role_that_does_not_exist_is_refused_before_anything_is_opened(place):
    assert "'administrator', 'officer', 'analyst'" in place.run("people", "add", "raja", "--role", "king", "--password", "x", expect=2)


# sources


def test_a_source_is_added_with_all_that_was_said_and_due_at_once(place):
    said = place.run(
        "sources", "add", "https://warta.example/berita/", "--name", "Warta", "--kind", "listing", "--pattern", "/berita/*",
        "--source-kind", "official", "--language", "id", "--area", "Kota Lama",
    )  # fmt: skip
    assert "Warta is visited from now on." in said
    query = "SELECT outlet, kind, pattern, source_kind, language, area, paused FROM listening_source WHERE name = 'Warta'"
    assert place.ask(query) == [("Warta", "listing", "/berita/*", "official", "id", "Kota Lama", False)]
    jobs = place.ask("SELECT task_name, status::text FROM procrastinate_jobs WHERE queueing_lock LIKE 'visit:%'")
    assert ("visit_source", "todo") in jobs
    line = next(line for line in place.run("sources", "list").splitlines() if line.startswith("Warta\t"))
    assert line.split("\t")[1:3] == ["https://warta.example/berita/", "not visited yet"]


def test_a_source_without_a_name_is_called_after_its_host(place):
    place.run("sources", "add", "https://kabar.hilir.example:8443/rss.xml")
    assert place.ask("SELECT name, outlet FROM listening_source WHERE url LIKE '%hilir%'") == [
        ("kabar.hilir.example", "kabar.hilir.example")
    ]


@pytest.mark.parametrize("address", ["warta.example/feed", "javascript:alert(1)"])
def test_what_is_no_web_address_is_not_added(place, address):
    answer = place.run("sources", "add", address, "--name", "Salah", expect=1)
    assert f"“{address}” is not a web address." in answer
    assert place.ask("SELECT count(*) FROM listening_source WHERE name = 'Salah'") == [(0,)]


def test_the_same_address_is_added_once(place):
    place.run("sources", "add", "https://dua.example/feed", "--name", "Dua")
    assert "https://dua.example/feed is already among the sources." in place.run("sources", "add", "https://dua.example/feed", expect=1)
    assert place.ask("SELECT count(*) FROM listening_source WHERE url = 'https://dua.example/feed'") == [(1,)]


def test_a_list_of_sources_goes_in_once_and_comes_out_as_it_was(place, tmp_path):
    listed = [
        opml.Outline(
            f"Koran “{number}” & Co – địa phương", f"https://koran{number}.example/feed?a=1&b={number}", f"https://koran{number}.example/",
            ("id", "vi", "en", "")[number % 4], ("feed", "sitemap")[number % 2], f"Kelurahan {number}",
            ("press", "official", "public")[number % 3],
        )
        for number in range(12)
    ]  # fmt: skip
    file = tmp_path / "daftar.opml"
    file.write_bytes(opml.write(listed, "Daftar"))
    assert "12 added, 0 were there already." in place.run("sources", "import-opml", str(file))
    assert "0 added, 12 were there already." in place.run("sources", "import-opml", str(file))
    out = tmp_path / "keluar.opml"
    assert f"sources written to {out}." in place.run("sources", "export-opml", str(out))
    read, problems = opml.read(out.read_bytes())
    assert problems == ()
    assert {one for one in read if "koran" in one.url} == set(listed)
    assert len(read) == place.ask("SELECT count(*) FROM listening_source")[0][0]


def test_a_file_that_is_no_list_adds_nothing_and_says_so(place, tmp_path):
    before = place.ask("SELECT count(*) FROM listening_source")
    file = tmp_path / "surat.opml"
    file.write_text("Kepada Yth. Bapak Wali Kota", encoding="utf-8")
    answer = place.run("sources", "import-opml", str(file))
    assert "0 added" in answer
    assert "The file is not OPML" in answer
    assert place.ask("SELECT count(*) FROM listening_source") == before


def test_the_bad_lines_of_a_list_are_told_and_the_good_ones_kept(place, tmp_path):
    file = tmp_path / "campur.opml"
    file.write_text(
        '<opml version="2.0"><body><outline text="Baik" xmlUrl="https://baik.example/feed"/>'
        '<outline text="Buruk" xmlUrl="javascript:alert(1)"/><outline text="Folder"/></body></opml>',
        encoding="utf-8",
    )
    answer = place.run("sources", "import-opml", str(file))
    assert "1 added" in answer
    assert len(answer.splitlines()) >= 2, "what was left out is told"
    assert place.ask("SELECT name FROM listening_source WHERE url LIKE '%baik%'") == [("Baik",)]
    assert place.ask("SELECT count(*) FROM listening_source WHERE name = 'Buruk'") == [(0,)]


def test_asking_a_source_that_is_not_there_is_answered_in_words(place):
    assert "There is no source called “Tiada”." in place.run("sources", "check", "Tiada", expect=1)


# import


def test_every_kind_of_bad_line_is_named_and_the_others_are_read(stream):
    read = list(read_articles(stream))
    wrong = {one.line: one.reason for one in read if isinstance(one, BadLine)}
    assert list(wrong) == [8 + 25 * place for place in range(len(BAD))]
    for reason, (_, said) in zip(wrong.values(), BAD, strict=True):
        assert said in reason
    assert sum(isinstance(one, GoodLine) for one in read) == 290


def test_a_stream_with_bad_lines_is_read_whole(filled):
    assert "300 lines read: 280 articles kept, 20 left out" in filled.first
    assert "line 8: not JSON" in filled.first
    assert filled.ask("SELECT count(*), count(DISTINCT key), count(DISTINCT url) FROM listening_article") == [(280, 280, 280)]
    assert filled.ask("SELECT count(*) FROM listening_article WHERE waiting") == [(0,)]


def test_the_same_stream_again_brings_nothing_twice(filled):
    assert "Going on after line 300." in filled.again
    assert "300 lines read: 280 articles kept, 20 left out" in filled.again
    assert filled.ask("SELECT count(*) FROM listening_importrun") == [(1,)]
    assert filled.ask("SELECT count(*), count(DISTINCT article_id) FROM listening_journalentry WHERE kind = 'article'") == [(280, 280)]


def test_another_file_with_the_same_articles_brings_none(filled, tmp_path):
    file = tmp_path / "lain.jsonl"
    file.write_text("".join(json.dumps(row(number), ensure_ascii=False) + "\n" for number in reversed(range(30))), encoding="utf-8")
    assert "30 lines read: 0 articles kept, 30 left out" in filled.run("import", str(file), "--quiet")
    assert filled.ask("SELECT count(*) FROM listening_article") == [(280,)]


def test_every_article_of_the_stream_has_found_a_story(filled):
    assert filled.ask("SELECT count(*) FROM listening_membership") == [(280,)]
    told = filled.ask("SELECT sum(articles + copies), count(*) FROM listening_story WHERE merged_into_id IS NULL")
    assert told[0][0] == 280
    assert told[0][1] < 200
    ((journal, read),) = filled.ask('SELECT max(j.seq), max(s."offset") FROM listening_journalentry j CROSS JOIN listening_listenerstate s')
    assert read == journal


def test_the_clock_of_the_stream_stands_in_the_journal(filled):
    ticks = filled.ask("SELECT at FROM listening_journalentry WHERE kind = 'tick' ORDER BY seq")
    assert len(ticks) == 27, "280 lines at six minutes are 28 hours"
    assert all((at.minute, at.second) == (0, 0) for (at,) in ticks)
    assert [at for (at,) in ticks] == sorted(at for (at,) in ticks)


def test_a_file_that_is_not_there_is_refused(place):
    assert "does not exist" in place.run("import", "tidak-ada.jsonl", expect=2)


# briefing

AT = "2025-11-27T03:00"
"""Local time of the office; the stream ends an hour later."""


@pytest.fixture(scope="module")
def told(filled) -> dict[str, Any]:
    """The briefing as JSON."""
    filled.run("briefing", "--at", AT, "--since", "2025-11-26T12:00", "--format", "json", "--out", "pagi.json")
    return json.loads((filled.data / "pagi.json").read_text(encoding="utf-8"))


def test_a_time_without_a_zone_is_the_offices(told):
    assert datetime.fromisoformat(told["at"]) == datetime(2025, 11, 26, 20, 0, tzinfo=UTC)
    assert datetime.fromisoformat(told["since"]) == datetime(2025, 11, 26, 5, 0, tzinfo=UTC)
    assert told["language"] == "id"


def test_a_briefing_leads_with_the_worst_and_names_a_source_for_every_line(told):
    assert 1 <= len(told["lines"]) <= 7
    ranks = [LEVELS.index(line["level"]) for line in told["lines"]]
    assert ranks[0] == max(ranks)
    numbers = {note["n"] for note in told["sources"]}
    assert numbers == set(range(1, len(numbers) + 1))
    for line in told["lines"]:
        assert line["sources"]
        assert set(line["sources"]) <= numbers
        assert line["outlets"] >= 1
        assert line["articles"] >= 1


def test_a_quotation_is_a_piece_of_its_article(filled, told):
    quoted = [note for note in told["sources"] if note["passage"]]
    assert quoted
    for note in quoted:
        (text,) = next(iter(filled.ask(f"SELECT text FROM listening_article WHERE url = '{note['url']}'")))
        assert text[note["start"] : note["end"]] == note["passage"]


def test_a_past_briefing_quotes_nothing_from_its_future(told):
    at = datetime.fromisoformat(told["at"])
    assert all(datetime.fromisoformat(note["published"]) <= at for note in told["sources"])
    assert all(datetime.fromisoformat(line["first"]) <= at for line in told["lines"])


@pytest.mark.parametrize(("language", "word"), [("vi", "Nguồn")])
def test_the_text_says_the_same_in_another_language(filled, told, language, word):
    said = filled.run("briefing", "--at", AT, "--since", "2025-11-26T12:00", "--language", language)
    assert word.lower() in said.lower()
    for line in told["lines"]:
        assert line["headline"].split(" (")[0][:40] in " ".join(said.split())
    for note in told["sources"]:
        assert note["url"] in said


def test_the_paper_is_a_whole_pdf_and_nothing_is_said_beside_it(filled):
    said = filled.run("briefing", "--at", AT, "--format", "pdf", "--out", "pagi.pdf")
    made = (filled.data / "pagi.pdf").read_bytes()
    assert made.startswith(b"%PDF-")
    assert made.rstrip().endswith(b"%%EOF")
    assert said == ""


def test_looking_back_changes_nothing(filled):
    query = "SELECT md5(string_agg(key || headline || articles || copies || level, '|' ORDER BY key)) FROM listening_story"
    before = filled.ask(query)
    filled.run("briefing", "--at", "2025-11-26T04:00Z", "--format", "json", "--out", "dulu.json")
    assert filled.ask(query) == before
    early = json.loads((filled.data / "dulu.json").read_text(encoding="utf-8"))
    assert sum(line["articles"] + line["copies"] for line in early["lines"]) <= 111, "eleven hours at ten articles an hour"


@pytest.mark.parametrize("moment", ["2025-13-01"])
def test_what_is_no_moment_is_answered_with_an_example(filled, moment):
    answer = filled.run("briefing", "--at", moment, expect=1)
    assert f"“{moment}” is not a moment such as 2025-11-27T07:30" in answer


# doctor and settings


def test_a_healthy_installation_is_well_and_the_doctor_ends_with_zero(filled):
    rows = {check["name"]: check for check in json.loads(filled.run("doctor", "--json"))}
    assert all(check["ok"] for check in rows.values())
    assert rows["contact"]["found"] == "tests@kentongan.example"
    read, _, written = rows["listener"]["found"].removesuffix(" journal entries read").partition(" of ")
    assert read == written != "0"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WORKERS", "0", "a whole number from 1 to 64, not 0"),
    ],
)
def test_a_wrong_setting_stops_every_command_and_names_the_variable(place, name, value, said):
    place.env[f"KENTONGAN_{name}"], before = value, place.env.get(f"KENTONGAN_{name}")
    try:
        answer = place.run("people", "list", expect=1)
    finally:
        del place.env[f"KENTONGAN_{name}"]
        if before is not None:
            place.env[f"KENTONGAN_{name}"] = before
    assert f"KENTONGAN_{name} must be {said}" in " ".join(answer.split())
    assert "Traceback" not in answer


# backtest


def test_other_settings_are_tried_on_what_was_imported_and_nothing_is_stored(place, filled):
    parts = (f"(SELECT count(*) FROM listening_{table})" for table in ("signal", "story", "journalentry"))
    counts = f"SELECT {', '.join(parts)}"
    before = place.ask(counts)
    span = ("--from", "2025-11-26", "--to", "2025-11-29T12:00")
    said = place.run("backtest", *span, "--change", "story_surprise=99 term_surprise=99", "--change", "group_surprise=99", "--json")
    found = json.loads(said[said.index("{") :])
    assert (found["from"], found["changes"]["group_surprise"], found["stored"]) == ("2025-11-25T17:00:00+00:00", "99", False)
    assert found["after"]["signals"] == len(found["difference"]["appear"]) == 0
    assert len(found["difference"]["vanish"]) == found["before"]["signals"]
    assert place.ask(counts) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--change", "alert_buget=3"), "Did you mean alert_budget?"),
        (("--from", "kemarin"), "--from: “kemarin” is not a moment"),
    ],
)
def test_a_backtest_that_cannot_be_is_refused_in_one_sentence(place, filled, words, said):
    answer = place.run("backtest", *words, expect=1)
    assert said in answer
    assert "Traceback" not in answer
