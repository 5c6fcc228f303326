"""A disk that is full, as a real small disk: it is said in words, nothing half written stays, and work goes on once there is room."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpResponse

from kentongan.adapters import postgres
from kentongan.office.outage import Outage, is_full

sys.path.insert(0, str(Path(__file__).parent))
from test_import_kills import digest, write_stream
from test_supervisor import ITEMS, SITES, add_sources, get, living, outlets, wait_until

__all__ = ["outlets"]


class SmallDisk:
    """A file system of its own, of so many megabytes, that can be filled to the last byte."""

    def __init__(self, place: Path, megabytes: int) -> None:
        self.place = place
        self.data = place / "data"
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(place)], capture_output=True, check=False
        )
        if made.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {made.stderr.decode().strip()}")

    @property
    def free(self) -> int:
        found = os.statvfs(self.place)
        return found.f_bavail * found.f_frsize

    def fill(self) -> None:
        with (self.place / "ballast").open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(65536))
            except OSError:
                pass

    def make_room(self) -> None:
        (self.place / "ballast").unlink(missing_ok=True)

    def close(self) -> None:
        subprocess.run(["umount", "-l", str(self.place)], check=True)


@pytest.fixture
def disk():
    with tempfile.TemporaryDirectory(prefix="kentongan-disk-") as folder:
        made = SmallDisk(Path(folder), 320)
        yield made
        made.close()


def embedded(installation, disk, **settings):
    """An installation whose embedded database lies on the small disk (what it says does not)."""
    place = installation(url="", **settings)
    place.env["KENTONGAN_DATA"] = str(disk.data)
    return place


def asked(place, disk, query):
    """Rows, or none where the server is away."""
    place.url = f"host={disk.data / 'postgres'} user=postgres dbname=kentongan"
    try:
        return place.ask(query)
    except psycopg.Error:
        return []


@pytest.mark.soak
def test_an_import_onto_a_full_disk_says_so_and_ends_like_any_other_once_there_is_room(tmp_path, installation, disk):
    stream = write_stream(tmp_path / "stream.jsonl", 1600)
    whole = installation(snapshot_entries="150")
    whole.run("import", str(stream), "--quiet")
    cut = embedded(installation, disk, snapshot_entries="150")
    process = cut.start("import", str(stream), "--quiet")
    wait_until(lambda: asked(cut, disk, "SELECT 1 FROM listening_importrun WHERE lines >= 512"))
    disk.fill()
    said = cut.line(process, "isk")
    assert "full" in said
    assert "free some space" in said
    disk.make_room()
    assert process.wait(100) == 0, cut.said(process)
    assert "Traceback" not in cut.said(process)
    assert cut.said(process).count("free some space") <= 3, "the same trouble is said once"
    with postgres.open_database("", disk.data) as database:
        cut.url = database.url
        assert digest(cut) == digest(whole)


@pytest.mark.soak
@pytest.mark.timeout(400)
def test_a_running_office_outlives_a_full_disk_and_has_every_item_once(installation, disk, outlets):
    place = embedded(installation, disk, allow_hosts="127.0.0.1", visit_min_s="5")
    add_sources(place, outlets)
    process = place.start("run", "--port", "0")
    address = place.line(process, "Ready: ").removeprefix("Ready: ")
    server = int((disk.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    disk.fill()
    os.kill(server, signal.SIGKILL)  # the worst moment: it must be recovered where nothing can be written
    place.line(process, "No space left")
    status, page = get(f"{address}health/")
    told = "Ruang penyimpanan basis data penuh" in page or "Basis data sedang tidak terjangkau" in page
    assert (status == 503 and told) or (status, page) == (200, "ok\n"), "away and said so, or recovered in the little that was left"
    assert process.poll() is None
    disk.make_room()
    wait_until(lambda: get(f"{address}health/") == (200, "ok\n"))
    everything = [(SITES * ITEMS,)]
    wait_until(lambda: asked(place, disk, "SELECT count(*) FROM listening_membership") == everything, 120, "work did not go on")
    assert asked(place, disk, "SELECT count(DISTINCT article_id) FROM listening_journalentry WHERE kind = 'article'") == everything
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0
    assert not living([server])


def test_a_page_that_cannot_be_written_says_that_the_disk_is_full_in_every_language(rf):
    def view(request):
        try:
            raise psycopg.errors.DiskFull("could not extend file: No space left on device")
        except psycopg.Error as error:
            raise OperationalError(str(error)) from error

    answer = Outage(view)(rf.post("/stories/1/watch/"))
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 503
    said = answer.content.decode()
    for words in ("Ruang penyimpanan basis data penuh", "đĩa của cơ sở dữ liệu đã đầy", "The disk of the database is full"):
        assert words in said
    assert is_full(OperationalError("connection failed: FATAL: could not write init file: No space left on device"))
    assert not is_full(OperationalError("server closed the connection unexpectedly"))
