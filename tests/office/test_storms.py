"""Long storms over the whole installation as real processes: kills and outages at random moments, and the end is as if none had been."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from kentongan.adapters.postgres import LOCK_LISTENER
from kentongan.engine import opml
from kentongan.testing.outlet_sites import OutletItem, OutletSite
from kentongan.testing.outlets import OutletServer

sys.path.insert(0, str(Path(__file__).parent))
from test_import_kills import BEFORE_THE_STREAM, digest, write_stream
from test_supervisor import get, part, wait_until

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]
SITES = 10
ITEMS = 30


def place_with_a_still_clock(installation, **settings):
    """An office whose clock stands before the stream, so that no tick of the running listener gets between its lines."""
    return installation(clock_origin=BEFORE_THE_STREAM, clock_speed="0", snapshot_entries="150", **settings)


def lines_read(place):
    return (place.ask("SELECT lines FROM listening_importrun") or [(0,)])[0][0]


def entries_read(place):
    return (place.ask('SELECT "offset" FROM listening_listenerstate') or [(0,)])[0][0]


def listens(place):
    """Whether a listener is at work: before, it knows no signal yet."""
    here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
    return bool(place.ask(f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = {LOCK_LISTENER} AND database = {here}"))


def test_import_and_listener_killed_in_turn_end_like_one_import(tmp_path, installation, other_fresh_url):
    stream = write_stream(tmp_path / "stream.jsonl", 5000)
    whole = place_with_a_still_clock(installation)
    whole.run("import", str(stream), "--quiet")
    cut = place_with_a_still_clock(installation, url=other_fresh_url)
    cut.run("migrate")
    cut.run("people", "list")  # makes the office
    chance, killed = random.Random(23), 0
    listener, reader = cut.start("part", "listener", "--office", "1"), cut.start("import", str(stream), "--quiet")
    for aim in sorted(chance.sample(range(200, 5000), 10)):
        wait_until(lambda aim=aim: entries_read(cut) >= aim or lines_read(cut) >= aim + 1000, 300)
        time.sleep(chance.random() * 0.3)
        listener.kill()
        killed += listener.wait() == -signal.SIGKILL
        listener = cut.start("part", "listener", "--office", "1")
        if reader.poll() is None and chance.random() < 0.7:
            reader.kill()
            killed += reader.wait() == -signal.SIGKILL
            reader = cut.start("import", str(stream), "--quiet")
    assert reader.wait(300) == 0, cut.said(reader)
    assert killed >= 12
    wait_until(lambda: listens(cut), 100)
    listener.terminate()
    assert listener.wait(30) == 0
    assert cut.ask("SELECT count(*) FROM listening_article") == whole.ask("SELECT count(*) FROM listening_article")
    assert digest(cut) == digest(whole)


def test_an_import_outlives_half_a_minute_without_its_database(tmp_path, installation, other_fresh_url, server_url):
    stream = write_stream(tmp_path / "stream.jsonl", 3000)
    whole = installation(snapshot_entries="150")
    whole.run("import", str(stream), "--quiet")
    cut = installation(url=other_fresh_url, snapshot_entries="150")
    cut.run("migrate")
    name = cut.ask("SELECT current_database()")[0][0]
    process = cut.start("import", str(stream), "--quiet")
    wait_until(lambda: lines_read(cut) >= 1024)
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert "Trying again" in cut.line(process, "does not answer")
        time.sleep(30)
        assert process.poll() is None
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
    assert process.wait(120) == 0, cut.said(process)
    assert cut.said(process).count("does not answer") == 1
    assert digest(cut) == digest(whole)


def growing_sites(start):
    """Outlets that publish while they are collected."""
    text = "Banjir merendam empat kelurahan sejak dini hari dan warga mengungsi ke balai kota.\n" * 4
    return [
        OutletSite(
            f"warta-{site}", f"Warta {site}", "id",
            tuple(
                OutletItem(f"b/{n}", f"Peristiwa {site} nomor {n}", f"{text}Laporan {site} {n}.", start + timedelta(seconds=2 * n + site))
                for n in range(ITEMS)
            ),
        )
        for site in range(SITES)
    ]  # fmt: skip


def test_a_storm_of_kills_while_collecting_loses_nothing(installation):
    place = installation(allow_hosts="127.0.0.1", visit_min_s="5", visit_max_s="60", workers="2")
    with OutletServer(growing_sites(datetime.now(UTC) - timedelta(seconds=20)), lambda: datetime.now(UTC)) as server:
        found = [opml.Outline(f"Warta {site}", server.feed_url(f"warta-{site}")) for site in range(SITES)]
        (place.data / "sources.opml").write_bytes(opml.write(found, "Sources"))
        place.run("sources", "import-opml", str(place.data / "sources.opml"))
        process = place.start("run", "--port", "0")
        address = place.line(process, "Ready: ").removeprefix("Ready: ")
        chance, killed = random.Random(41), 0
        until = time.monotonic() + 90
        while time.monotonic() < until:
            victim = part(process, chance.choice(("listener", "worker", "worker", "web")))
            if victim is not None:
                os.kill(victim, signal.SIGKILL)
                killed += 1
            time.sleep(chance.uniform(0.2, 6.0))
        assert killed >= 10
        everything = [(SITES * ITEMS,)]
        wait_until(lambda: place.ask("SELECT count(*) FROM listening_membership") == everything, 300, "items were lost")
        wait_until(lambda: get(f"{address}health/") == (200, "ok\n"), 120)
    assert place.ask("SELECT count(DISTINCT article_id) FROM listening_journalentry WHERE kind = 'article'") == everything
    assert place.ask("SELECT count(*) FROM listening_journalentry WHERE kind = 'article'") == everything
    assert place.ask("SELECT count(*) FROM listening_article WHERE waiting OR page_state = 'due'") == [(0,)]
    assert "Traceback" not in place.said(process)
    process.terminate()
    assert process.wait(40) == 0
