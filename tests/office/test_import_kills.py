"""`kentongan import` as a real process, ended by `kill -9` wherever it happens to be: the end is the same, byte for byte."""

from __future__ import annotations

import hashlib
import json
import random
import time
from datetime import UTC, datetime, timedelta

import pytest

BEFORE_THE_STREAM = "2025-11-01T00:00:00+00:00"
"""A clock that stands here gives no tick between the lines of the stream."""
EVENTS = (
    "banjir rendam kelurahan utara tanggul jebol perahu karet pengungsi",
    "pasar lama pindah lokasi pedagang kios terminal retribusi protes",
    "sungai bau limbah pabrik ikan mati sampel laboratorium keruh",
    "parkir tarif naik karcis jukir perda sosialisasi kendaraan",
)
DERIVED = (
    """SELECT key, headline, lead, first, last, outlets, languages, outlet_count, articles, copies, level, severity, counts
    FROM listening_story WHERE merged_into_id IS NULL ORDER BY key""",
    """SELECT s.key, t.key FROM listening_story s JOIN listening_story t ON t.id = s.merged_into_id ORDER BY 1""",
    """SELECT a.key, s.key, o.key, m.copy_kind, m.copy_score, m.copy_reason, m.score, m.reasons FROM listening_membership m
    JOIN listening_article a ON a.id = m.article_id JOIN listening_story s ON s.id = m.story_id
    LEFT JOIN listening_article o ON o.id = m.original_id ORDER BY 1""",
    """SELECT g.key, g.kind, g.subject, s.key, g.raised, g.updated, g.since, g.observed, g.expected, g.outlets, g.level, g.severity,
    g.series, g.reasons FROM listening_signal g LEFT JOIN listening_story s ON s.id = g.story_id ORDER BY 1""",
    "SELECT j.seq, j.kind, j.at, a.key FROM listening_journalentry j LEFT JOIN listening_article a ON a.id = j.article_id ORDER BY 1",
    "SELECT key, title, text, language, published, embedding::text FROM listening_article ORDER BY key",
    'SELECT "offset", snapshot_offset, md5(snapshot) FROM listening_listenerstate',
)


def write_stream(path, count):
    chance = random.Random(5)
    start = datetime(2025, 11, 20, tzinfo=UTC)
    with path.open("w") as file:
        for number in range(count):
            event = chance.choice(EVENTS).split()
            words = " ".join(chance.sample(event, 5) + chance.sample(["warga", "kota", "petugas", "siang", "malam", "hari"], 2))
            row = {
                "title": words.capitalize(), "text": f"{words}. Laporan nomor {number // 3}.", "lang": "id",
                "url": f"https://o{number % 5}.example/{number}", "outlet": f"O{number % 5}",
                "time": (start + timedelta(minutes=4 * number)).isoformat(),
            }  # fmt: skip
            file.write(json.dumps(row) + "\n")
    return path


def digest(place):
    said = hashlib.sha256()
    for query in DERIVED:
        for row in place.ask(query):
            said.update(repr(row).encode())
    return said.hexdigest()


def check_kills(tmp_path, installation, other_ready_url, count, kills, seed):
    stream = write_stream(tmp_path / "stream.jsonl", count)
    whole = installation(snapshot_entries="150")
    whole.run("import", str(stream), "--quiet")
    cut = installation(url=other_ready_url, snapshot_entries="150")
    chance, done, killed = random.Random(seed), 0, 0
    while killed < kills:
        process = cut.start("import", str(stream), "--quiet")
        aim = done + chance.randint(1, max(2, count // max(3, kills)))
        while process.poll() is None and done < aim:
            time.sleep(0.02)
            done = (cut.ask('SELECT "offset" FROM listening_listenerstate') or [(0,)])[0][0]
        time.sleep(chance.random() * 0.3)
        process.kill()
        killed += process.wait() == -9
        if process.returncode == 0:
            break
    assert killed, "the import was over before it could be killed"
    cut.run("import", str(stream), "--quiet")
    assert cut.ask("SELECT count(*) FROM listening_article") == whole.ask("SELECT count(*) FROM listening_article")
    assert digest(cut) == digest(whole)


@pytest.mark.parametrize("count, kills", [(600, 1), pytest.param(600, 3, marks=pytest.mark.soak)])
def test_an_import_that_was_killed_ends_like_one_that_was_not(tmp_path, installation, other_ready_url, count, kills):
    check_kills(tmp_path, installation, other_ready_url, count, kills, seed=7)


@pytest.mark.soak
def test_a_listener_that_begins_anew_reads_on_as_if_it_had_not(tmp_path, installation, other_ready_url):
    stream = write_stream(tmp_path / "stream.jsonl", 130)
    stands = {"clock_origin": BEFORE_THE_STREAM, "clock_speed": "0", "snapshot_entries": "10"}
    whole = installation(**stands)
    whole.run("import", str(stream), "--quiet")
    running = installation(url=other_ready_url, **stands)
    process = running.start("run", "--port", "0")
    running.line(process, "Ready: ")
    running.run("import", str(stream), "--quiet")
    process.terminate()
    process.wait(60)
    assert running.said(process).count("begins anew, to give back memory") >= 2
    assert "starting it again" not in running.said(process)
    assert digest(running) == digest(whole)


def test_the_same_file_is_not_read_twice(tmp_path, installation):
    stream = write_stream(tmp_path / "stream.jsonl", 60)
    place = installation()
    assert "60 lines read: 60 articles kept" in place.run("import", str(stream), "--quiet")
    again = place.run("import", str(stream), "--quiet")
    assert "Going on after line 60" in again
    assert place.ask("SELECT count(*) FROM listening_journalentry WHERE kind = 'article'") == [(60,)]


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_storm_of_kills_changes_nothing(tmp_path, installation, other_ready_url):
    check_kills(tmp_path, installation, other_ready_url, 6000, 12, seed=11)
