"""Figures of telling readers by e-mail: how soon 5,000 of them have a publication at the mail server, a killed worker in the middle.

The office runs as a person starts it, with a real mail server beside it that counts; the worker is killed once half is out, and its
supervisor starts it again. The time counts from publication, so it holds the look for what is new, the kill and the start as well.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kentongan.measure import bench_office
from kentongan.measure.bench_newsroom import TEXT, published
from kentongan.measure.bench_office import PASSWORD, Figure, inside, kentongan, running

READERS = 5_000
LONGEST_S = 900.0


def subscribers(data: Path, size: int) -> Iterator[Figure]:
    """Seconds until `size` (0: 5,000) readers are told, and how many got nothing or more than one letter."""
    del data
    count = size or READERS
    with tempfile.TemporaryDirectory(prefix="kentongan-bench-") as place, serving() as (url, got):
        folder = Path(place)
        kentongan(folder, "people", "add", "bench", "--role", "officer", "--password", PASSWORD)
        with inside(folder):
            _subscribe(count)
        words = ["run", "--port", "0", "--data", str(folder), "--set", f"mail_url={url}"]
        with running(folder, words, "bench", PASSWORD) as office:
            with inside(folder):
                published([TEXT])
            begun = time.monotonic()
            assert office.process is not None
            took, killed = watched(got, count, office.process.pid, begun)
    about = f"{count} readers, one mail server on the same machine, at most 100 a second, worker killed once at half"
    yield "seconds until the mail server has every letter", took, about
    yield "workers killed", killed, about
    yield "readers without a letter", count - len(got), about
    yield "readers with more than one", sum(number > 1 for number in got.values()), about


def watched(got: Counter[str], count: int, supervisor: int, begun: float) -> tuple[float, int]:
    """Wait until everybody has a letter, and kill the worker at half; seconds, and how many were killed. RuntimeError where it takes too
    long."""
    killed = 0
    while len(got) < count:
        if not killed and len(got) >= count // 2:
            for worker in workers(supervisor):
                os.kill(worker, signal.SIGKILL)
                killed += 1
        if time.monotonic() - begun > LONGEST_S:
            raise RuntimeError(f"only {len(got)} of {count} readers were told")
        time.sleep(0.02)
    took = time.monotonic() - begun
    time.sleep(5)  # what would come twice comes now
    return took, killed


def workers(supervisor: int) -> list[int]:
    """The worker processes of a running installation."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdecimal() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == supervisor:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                found += [int(entry.name)] if b"worker" in words else []
    return found


@contextmanager
def serving() -> Iterator[tuple[str, Counter[str]]]:
    """A mail server on this machine: its address, and how many messages each address got."""
    got: Counter[str] = Counter()
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    with bench_office.mail_server(lambda envelope: got.update(envelope.rcpt_tos)) as url:
        yield url, got


def _subscribe(count: int) -> None:
    from kentongan.office.newsroom.models import Subscription
    from kentongan.office.people.models import User
    from kentongan.testing.readers import confirmed

    office = User.objects.select_related("office").get(username="bench").office
    assert office is not None
    confirmed(office, count)
    Subscription.objects.update(topics=[])
