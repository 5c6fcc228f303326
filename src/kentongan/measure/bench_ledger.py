"""Figures of the ledger: lines a second of eight processes that write at once, each line a transaction, and verifying a long chain.

A real server with its own disk habits (fsync on), made for the measure and gone with it. Each writer is a process of its own and does what
a room does: opens a transaction, writes its line, commits, waits for the disk.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from kentongan.config import load
from kentongan.office.database import open_office
from kentongan.office.supervisor import KENTONGAN

Figure = tuple[str, float, str]
WRITERS = 8
EACH = 1_000
LINES = 1_000_000
PIECE = 20_000
OFFICE = 1
_FILL = """INSERT INTO ledger_line (office, at, actor, role, act, subject, detail)
SELECT %s, timestamptz '2026-01-01 UTC' + n * interval '7 s', n %% 50, 'officer', 'story.marked', 'story:' || n, '{"mark":"seen"}'
FROM generate_series(%s::bigint, %s::bigint) n"""


def ledger(data: Path, size: int) -> Iterator[Figure]:
    """Lines a second with eight writers of one office, and seconds to verify `size` lines (0: a million)."""
    del data
    lines = size or LINES
    with tempfile.TemporaryDirectory(prefix="kentongan-bench-") as folder, open_office(load({"data": folder})) as office:
        url = office.database.url
        yield "lines a second, 8 writers", _rate(Path(folder)), f"{WRITERS} processes, {EACH:,} lines each, one chain, disk waited for"
        filled = _fill(url, lines)
        yield "lines a second, one transaction at a time", lines / filled, f"{lines:,} lines in transactions of {PIECE:,}"
        said, seconds = _verified(Path(folder))
        assert said["ok"], said
        yield "seconds to verify", seconds, f"{said['lines']:,} lines, the whole command"


def _rate(folder: Path) -> float:
    """Lines a second over the time in which all writers write."""
    command = [sys.executable, "-m", "kentongan.measure.bench_ledger", str(folder)]
    writers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(WRITERS)]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()
    begun = time.monotonic()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    return WRITERS * EACH / (time.monotonic() - begun)


def _fill(url: str, lines: int) -> float:
    begun = time.monotonic()
    with psycopg.connect(url, autocommit=True) as connection:
        for first in range(1, lines + 1, PIECE):
            connection.execute(_FILL.encode(), [OFFICE, first, min(lines, first + PIECE - 1)])
        connection.execute("VACUUM ANALYZE ledger_line, ledger_link")
    return time.monotonic() - begun


def _verified(folder: Path) -> tuple[dict[str, object], float]:
    words = ["verify-ledger", "--json", "--data", str(folder)]
    begun = time.monotonic()
    done = subprocess.run([*KENTONGAN, *words], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)[0], time.monotonic() - begun


def _write(folder: str) -> None:
    """One writer: says that it is ready, waits for the word, writes."""
    with open_office(load({"data": folder}), migrate=False):
        from django.db import transaction

        from kentongan.office.ledger import services

        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for number in range(EACH):
            with transaction.atomic():
                services.write("story.marked", office=OFFICE, actor=1, at=datetime.now(UTC), role="officer", subject=f"story:{number}")


if __name__ == "__main__":
    _write(sys.argv[1])
