"""The part that plays the demo's outlets, as the process it is: serves by the stage's clock, stops when told, ends with its parent."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kentongan.demo import city as cities
from kentongan.demo import stage
from kentongan.demo.sites import sites
from kentongan.engine import feeds
from kentongan.office.supervisor import READY_FD
from kentongan.testing.outlet_sites import FEED_PATHS

COMMAND = [sys.executable, "-c", "from kentongan.cli.main import main; main()", "part", "outlets", "--folder"]
WITHIN_S = 60


@pytest.fixture(scope="module")
def town():
    return cities.load()


def staged(folder: Path, town, **changes) -> stage.Stage:
    """A stage that stands still at 07:00 of the fourteenth day unless `changes` say otherwise."""
    what = replace(stage.stage(folder, town, 30, datetime.now(UTC)), speed=0.0, **changes)
    stage.remember(folder, what)
    return what


def begin(folder: Path, **more) -> subprocess.Popen[bytes]:
    """The part, once it has said that it is ready."""
    told, tell = os.pipe()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("KENTONGAN_", "DJANGO_"))}
    env[READY_FD] = str(tell)
    with (folder / "said").open("wb") as said:
        part = subprocess.Popen([*COMMAND, str(folder)], env=env, pass_fds=[tell], stdout=said, stderr=said, **more)
    os.close(tell)
    with os.fdopen(told, "rb") as pipe:
        assert pipe.read() == b"ready", (folder / "said").read_text()
    return part


@pytest.fixture
def part(tmp_path, town) -> Iterator[subprocess.Popen[bytes]]:
    staged(tmp_path, town)
    started = begin(tmp_path)
    yield started
    if started.poll() is None:
        started.kill()
    started.wait(WITHIN_S)


def fetch(folder: Path, path: str) -> bytes:
    port = stage.stage_of(folder).port
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=20) as answer:
        return answer.read()


def until(condition, what: str) -> None:
    end = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def free(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def test_it_serves_every_outlet_as_it_stands_on_the_morning_of_the_flood(tmp_path, town, part):
    now = stage.stage_of(tmp_path).clock.now()
    assert now == datetime(2025, 11, 27, 0, 0, tzinfo=UTC)
    for site in sites(town):
        body = fetch(tmp_path, f"{site.key}/{FEED_PATHS[site.feed]}")
        shown = site.visible(now)[: site.listed]
        if site.feed == "listing":
            assert all(item.path.encode() in body for item in shown), site.key
            continue
        reading = feeds.read(body, url=f"http://127.0.0.1/{site.key}/")
        assert (reading.kind, reading.problems) == (site.feed, ())
        assert {item.title for item in reading.items} == {item.title for item in shown}, site.key
        assert all(item.published is None or item.published <= now for item in reading.items)


def test_it_shows_the_page_of_what_was_printed_and_none_of_what_was_not(tmp_path, town, part):
    now = stage.stage_of(tmp_path).clock.now()
    printed = {entry.item.id: entry.published for entry in cities.timeline(town)}
    before = max((item for item in town.items if printed[item.id] <= now), key=lambda item: printed[item.id])
    after = min((item for item in town.items if printed[item.id] > now), key=lambda item: printed[item.id])
    page = fetch(tmp_path, before.outlet + before.path).decode()
    assert before.text.split(". ")[0][:40] in re.sub(r"\s+", " ", page)
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(tmp_path, after.outlet + after.path)
    assert refused.value.code == 404
    refused.value.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_and_gives_its_port_back(tmp_path, part, number):
    port = stage.stage_of(tmp_path).port
    assert not free(port)
    part.send_signal(number)
    assert part.wait(WITHIN_S) == 0
    assert free(port)
    assert (tmp_path / "said").read_text() == ""


def test_it_writes_down_how_far_the_clock_ran(tmp_path, part):
    file = tmp_path / stage.FILE
    content = file.read_text()
    os.utime(file, (0, 0))
    until(lambda: file.stat().st_mtime > 0, "the file was not touched")
    assert abs(file.stat().st_mtime - time.time()) < WITHIN_S
    assert file.read_text() == content


def test_it_runs_as_fast_as_the_stage_says(tmp_path, town):
    """At 40,000 times the speed of life an hour and a half passes while the first feed is asked for."""
    began = datetime.now(UTC)
    what = stage.stage(tmp_path, town, 40_000.0, began)
    stage.remember(tmp_path, what)
    part = begin(tmp_path)
    try:
        last = max(cities.timeline(town), key=lambda entry: entry.published)
        site = next(site for site in sites(town) if site.key == last.item.outlet)
        until(lambda: last.item.title.encode() in fetch(tmp_path, f"{site.key}/{FEED_PATHS[site.feed]}"), "the last item never appeared")
    finally:
        part.terminate()
        assert part.wait(WITHIN_S) == 0
    assert what.clock.now() >= last.published


def test_it_ends_with_the_process_that_started_it(tmp_path, town):
    """A supervisor that is killed with SIGKILL leaves no outlets behind."""
    what = staged(tmp_path, town)
    parent = subprocess.Popen(
        [
            sys.executable, "-c",
            "import subprocess, sys, time\n"
            f"child = subprocess.Popen({[*COMMAND, str(tmp_path)]!r})\n"
            "print(child.pid, flush=True)\n"
            "time.sleep(600)",
        ],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    try:
        until(lambda: not free(what.port), "the outlets never opened")
        until(lambda: fetch(tmp_path, "robots.txt") != b"", "the outlets never answered")
        time.sleep(1.0)
        parent.kill()
        parent.wait(WITHIN_S)
        until(lambda: free(what.port), "the outlets outlived their parent")
    finally:
        parent.kill()
        parent.wait(WITHIN_S)
        parent.stdout.close()
        if not free(what.port):
            os.kill(child, signal.SIGKILL)


@pytest.mark.parametrize("content", ["", "{}", json.dumps({"port": "x"})])
def test_a_stage_that_cannot_be_read_is_one_sentence(tmp_path, content):
    (tmp_path / stage.FILE).write_text(content)
    done = subprocess.run([*COMMAND, str(tmp_path)], capture_output=True, text=True, timeout=WITHIN_S)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {tmp_path / stage.FILE} cannot be read")
    assert "Traceback" not in done.stderr


def test_two_stages_of_one_city_do_not_meet(tmp_path, town):
    folders = [tmp_path / "a", tmp_path / "b"]
    ports = []
    parts = []
    try:
        for number, folder in enumerate(folders):
            folder.mkdir()
            origin = datetime(2025, 11, 27, 0, 0, tzinfo=UTC) - timedelta(days=3 * number)
            ports.append(staged(folder, town, origin=origin.isoformat()).port)
            parts.append(begin(folder))
        assert ports[0] != ports[1]
        site = next(site for site in sites(town) if site.feed == "rss")
        path = f"{site.key}/{FEED_PATHS['rss']}"
        newest = [max(item.published for item in feeds.read(fetch(folder, path), url="http://a/").items) for folder in folders]
        assert newest[0] - newest[1] > timedelta(days=2)
    finally:
        for part in parts:
            part.terminate()
            assert part.wait(WITHIN_S) == 0
