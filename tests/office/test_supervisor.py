"""The whole installation as real processes: what is started is ready, what dies comes back, what is ended leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from kentongan.engine import opml
from kentongan.office.parts import STANDS_BACK
from kentongan.testing.outlet_sites import OutletItem, OutletSite
from kentongan.testing.outlets import OutletServer

SITES = 4
ITEMS = 12


def children(pid):
    """Processes below `pid`: {pid: command line}."""
    parents, commands = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                commands[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if state[0] != "Z":
                parents[int(folder.name)] = int(state[1])
    found, fresh = {}, {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh}
        found |= {child: commands[child] for child in fresh}
    return found


def part(process, name):
    """The process of a part."""
    return next((pid for pid, command in children(process.pid).items() if f"part {name}" in command), None)


def wait_until(true, within_s=90, why="it did not happen"):
    until = time.monotonic() + within_s
    while True:
        found = true()
        if found:
            return found
        assert time.monotonic() < until, why
        time.sleep(0.1)


def get(address):
    """(status, body) of our own server."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def living(pids):
    return {pid for pid in pids if Path(f"/proc/{pid}/stat").exists() and not _zombie(pid)}


def _zombie(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.fixture
def outlets():
    now = datetime.now(UTC)
    text = "Banjir merendam empat kelurahan sejak dini hari dan warga mengungsi ke balai kota.\n" * 5
    sites = [
        OutletSite(
            f"warta-{site}", f"Warta {site}", "id",
            tuple(
                OutletItem(f"b/{n}", f"Peristiwa {site} nomor {n}", f"{text}Laporan {site} {n}.", now - timedelta(minutes=9 * n + site))
                for n in range(1, ITEMS + 1)
            ),
        )
        for site in range(SITES)
    ]  # fmt: skip
    with OutletServer(sites, lambda: datetime.now(UTC)) as server:
        yield server


def add_sources(place, outlets):
    """All at once: each command starts, and with the last of its users stops, an embedded server."""
    found = [opml.Outline(f"Warta {site}", outlets.feed_url(f"warta-{site}")) for site in range(SITES)]
    (place.data / "sources.opml").write_bytes(opml.write(found, "Sources"))
    assert f"{SITES} added" in place.run("sources", "import-opml", str(place.data / "sources.opml"))


def test_it_is_ready_when_it_can_be_used_and_stops_cleanly(installation, outlets):
    place = installation(allow_hosts="127.0.0.1", visit_min_s="5", web_processes="2")
    add_sources(place, outlets)
    process = place.start("run", "--port", "0")
    address = place.line(process, "Ready: ").removeprefix("Ready: ")
    assert address.startswith("http://127.0.0.1:")
    assert get(f"{address}health/") == (200, "ok\n")
    assert get(f"{address}accounts/login/")[0] == 200
    wait_until(lambda: place.ask("SELECT count(*) FROM listening_membership") == [(SITES * ITEMS,)])
    below = children(process.pid)
    web = [pid for pid, command in below.items() if "part web" in command]
    assert len(web) == 3, "one that holds the door and two that answer"
    assert sum("part " in command for command in below.values()) == 5
    assert "dak-lak" in place.run("offices", "add", "Đắk Lắk", "--country", "VN", "--language", "vi", "--time-zone", "Asia/Ho_Chi_Minh")
    assert "dak-lak" in place.run("offices", "list")
    wait_until(lambda: sum("part listener" in command for command in children(process.pid).values()) == 2, why="no second listener")
    wait_until(lambda: len(place.ask("SELECT 1 FROM listening_listenerstate")) == 2)
    below = children(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0
    assert not living(below)
    assert place.ask('SELECT "offset" = snapshot_offset FROM listening_listenerstate') == [(True,), (True,)]


@pytest.mark.soak
def test_parts_killed_at_random_come_back_and_every_item_is_there_once(installation, outlets):
    place = installation(allow_hosts="127.0.0.1", visit_min_s="5", workers="2")
    add_sources(place, outlets)
    process = place.start("run", "--port", "0")
    place.line(process, "Ready: ")
    for name in ("listener", "worker", "listener", "web"):
        victim = wait_until(lambda name=name: part(process, name))
        os.kill(victim, signal.SIGKILL)
        time.sleep(0.4)
    assert "listener of kentongan stopped" in place.line(process, "killed by SIGKILL")
    wait_until(lambda: place.ask("SELECT count(*) FROM listening_membership") == [(SITES * ITEMS,)], why="items were lost")
    assert place.ask("SELECT count(*), count(DISTINCT article_id) FROM listening_journalentry WHERE kind = 'article'") == [
        (SITES * ITEMS, SITES * ITEMS)
    ]
    assert place.ask("SELECT count(*) FROM listening_article WHERE waiting OR page_state = 'due'") == [(0,)]
    wait_until(lambda: part(process, "web"))


@pytest.mark.soak
def test_web_processes_count_together_and_when_one_dies_the_pages_come_back(installation):
    place = installation(web_processes="3")
    process = place.start("run", "--port", "0")
    address = place.line(process, "Ready: ").removeprefix("Ready: ")
    for _ in range(12):
        assert get(f"{address}accounts/login/")[0] == 200
    counted = [line for line in get(f"{address}metrics")[1].splitlines() if 'seconds_count{outcome="2xx",route="account_login"}' in line]
    assert [float(line.rsplit(" ", 1)[1]) for line in counted] == [12.0], "whichever process is asked, it tells what all of them did"
    master = part(process, "web")
    answering = list(children(master))
    assert len(answering) == 3
    niceness = {name: os.getpriority(os.PRIO_PROCESS, part(process, name)) for name in ("web", "worker", "listener")}
    assert niceness["worker"] == niceness["listener"] == niceness["web"] + STANDS_BACK, "whoever waits for a page goes first"
    os.kill(answering[1], signal.SIGKILL)
    place.line(process, "web stopped")
    wait_until(lambda: not living(answering))
    wait_until(lambda: _answers(f"{address}health/"), why="the pages did not come back on their port")


def _answers(address):
    try:
        return get(address) == (200, "ok\n")
    except OSError:
        return False


@pytest.mark.soak
def test_a_killed_supervisor_leaves_no_process_behind(installation):
    place = installation(url="")
    process = place.start("run", "--port", "0")
    place.line(process, "Ready: ")
    below = children(process.pid)
    assert any("keeper.py" in command for command in below.values())
    assert any("bin/postgres" in command for command in below.values())
    process.kill()
    process.wait()
    wait_until(lambda: not living(below), 40, "processes were left behind")


@pytest.mark.soak
def test_an_embedded_database_that_dies_comes_back_and_work_goes_on(installation, outlets):
    place = installation(url="", allow_hosts="127.0.0.1", visit_min_s="5")
    add_sources(place, outlets)
    process = place.start("run", "--port", "0")
    address = place.line(process, "Ready: ").removeprefix("Ready: ")
    server = int((place.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(server, signal.SIGKILL)
    wait_until(lambda: get(f"{address}health/") == (200, "ok\n"))
    place.url = f"host={place.data / 'postgres'} user=postgres dbname=kentongan"
    wait_until(lambda: _count(place) == SITES * ITEMS, why="work did not go on")


def _count(place):
    try:
        return place.ask("SELECT count(*) FROM listening_membership")[0][0]
    except psycopg.Error:
        return -1


@pytest.mark.parametrize("away_s", [3, pytest.param(30, marks=pytest.mark.soak)])
def test_a_served_database_away_for_a_while_is_said_plainly_and_everything_resumes(installation, outlets, server_url, away_s):
    place = installation(allow_hosts="127.0.0.1", visit_min_s="5")
    add_sources(place, outlets)
    name = place.ask("SELECT current_database()")[0][0]
    process = place.start("run", "--port", "0")
    address = place.line(process, "Ready: ").removeprefix("Ready: ")
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        wait_until(lambda: get(f"{address}health/")[0] == 503)
        assert "Basis data" in get(f"{address}health/")[1]
        time.sleep(away_s)
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
    wait_until(lambda: get(f"{address}health/") == (200, "ok\n"))
    wait_until(lambda: _count(place) == SITES * ITEMS, why="work did not go on")
    assert process.poll() is None


def test_a_port_that_is_taken_ends_the_run_with_what_to_do(installation):
    place = installation()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = place.run("run", "--port", str(taken.getsockname()[1]), expect=3)
    assert "KENTONGAN_WEB_PORT" in said
    assert "Traceback" not in said


@pytest.mark.soak
def test_a_second_listener_waits_for_the_first_and_an_import_leaves_the_reading_to_it(installation, tmp_path):
    place = installation()
    process = place.start("run", "--port", "0")
    place.line(process, "Ready: ")
    again = place.start("part", "listener", "--office", "1")
    time.sleep(3)
    assert again.poll() is None
    holders = place.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 73002 AND granted")
    assert holders == [(1,)]
    stream = tmp_path / "stream.jsonl"
    row = '{{"title": "Banjir di kelurahan {0}", "url": "https://a.example/{0}", "outlet": "A", "time": "2025-11-20T0{0}:00:00+07:00"}}'
    stream.write_text("\n".join(row.format(number) for number in range(8)))
    assert "8 articles kept" in place.run("import", str(stream))
    assert place.ask("SELECT count(*) FROM listening_membership") == [(8,)]
