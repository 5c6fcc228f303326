"""Figures of the whole office: real database, real HTTP, real processes, started as a person starts them and watched from outside."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import numpy as np
import psycopg

from kentongan.adapters.files import GoodLine, read_articles
from kentongan.config import load
from kentongan.measure.form import read_jsonl
from kentongan.office.database import OpenOffice, open_office
from kentongan.office.supervisor import KENTONGAN
from kentongan.testing.outlet_sites import OutletItem, OutletSite
from kentongan.testing.outlets import OutletServer

Figure = tuple[str, float, str]
PASSWORD = "a-long-bench-password"  # noqa: S105
ASK_S = 2.0
"""How often an open page asks for news (`_live.html`): an item waits for the next question between nothing and this."""


@dataclass(slots=True)
class Office:
    """A running installation: its address, its process, and somebody who is signed in."""

    address: str
    process: subprocess.Popen[str] | None
    browser: OpenerDirector

    def page(self, path: str) -> str:
        """The page at this path. RuntimeError where another was given in its place: one for signing in costs less and would be counted."""
        with self.browser.open(self.address + path, timeout=60) as answer:
            text: str = answer.read().decode()
        if answer.url != self.address + path:
            raise RuntimeError(f"{self.address}{path} led to {answer.url}")
        return text


def kentongan(folder: Path, *words: str) -> None:
    subprocess.run([*KENTONGAN, *words, "--data", str(folder)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def mail_server(got: Callable[[Any], None]) -> Iterator[str]:
    """A mail server on this machine that gives each message it takes (aiosmtpd's envelope) to `got`; its address, as a setting has it."""
    from aiosmtpd.controller import Controller

    class Sink:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            got(envelope)
            return "250 OK"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@contextmanager
def inside(folder: Path) -> Iterator[OpenOffice]:
    """The office opened in this process. What it says to its children (its database's address) is taken back: `running` opens its own."""
    before = dict(os.environ)
    try:
        with open_office(load({"data": str(folder)})) as opened:
            yield opened
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def running(folder: Path, words: Sequence[str], name: str, password: str) -> Iterator[Office]:
    process = subprocess.Popen([*KENTONGAN, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"Ready: (\S+)", process.stdout.readline())
        if found is None:
            raise RuntimeError(f"{' '.join(words)} did not become ready in {folder}")
        yield Office(found[1], process, signed_in(found[1], name, password))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def signed_in(address: str, name: str, password: str) -> OpenerDirector:
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    with browser.open(address + "accounts/login/") as answer:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
    assert token is not None
    form = urlencode({"login": name, "password": password, "csrfmiddlewaretoken": token[1]}).encode()
    with browser.open(address + "accounts/login/", form) as answer:
        answer.read()
    if "accounts/login" in answer.url:
        raise RuntimeError(f"{name} was not let in at {answer.url}")
    return browser


def _item(outlet: int, number: int, row: dict[str, object]) -> OutletItem:
    title = f"{row['title']} ({outlet}-{number})"
    return OutletItem(f"b/{number}.html", title, f"{title}. {str(row['text'])[:1500]}", datetime.now(UTC), "")


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds until the list of stories names an item: since its publication, and since a feed that lists it was handed out."""

    since_publication: list[float]
    since_answer: list[float]


def _delays(data: Path, folder: Path, rhythm_s: int, items: int, gap_s: float) -> Delays:
    """Of `items` items over four outlets."""
    rows = list(islice(strangers(read_jsonl(data / "duplicates" / "id-news-2025-06-18.jsonl.gz")), items + 4))
    sites = [OutletSite(f"o{i}", f"Harian {i}", "id", (_item(i, 0, rows[i]),)) for i in range(4)]
    with OutletServer(sites, lambda: datetime.now(UTC)) as server:
        kentongan(folder, "people", "add", "bench", "--role", "officer", "--password", PASSWORD)
        for site in sites:
            kentongan(folder, "sources", "add", server.feed_url(site.key), "--name", site.title)
        options = {"visit_min_s": rhythm_s, "visit_max_s": max(60, rhythm_s), "allow_hosts": f"127.0.0.1:{server.port}", "contact": "bench"}
        chosen = [word for name, value in options.items() for word in ("--set", f"{name}={value}")]
        with running(folder, ["run", "--port", "0", "--data", str(folder), *chosen], "bench", PASSWORD) as office:
            return _watch(office, server, rows[4:], gap_s)


def strangers(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows whose title shares no two long words with one before: each becomes a story of its own, so that the list names it."""
    seen: set[str] = set()
    for row in rows:
        words = set(re.findall(r"\w{5,}", str(row["title"]).lower()))
        if len(words) > 2 and len(words & seen) < 2:
            seen |= words
            yield row


def _watch(office: Office, server: OutletServer, rows: list[dict[str, object]], gap_s: float) -> Delays:
    waiting: dict[str, tuple[str, float]] = {}
    delays = Delays([], [])
    published = 0
    due = time.monotonic() + 20
    until = due + len(rows) * gap_s + 240
    while (published < len(rows) or waiting) and time.monotonic() < until:
        if published < len(rows) and time.monotonic() >= due:
            outlet = published % 4
            item = _item(outlet, published + 1, rows[published])
            server.publish(f"o{outlet}", item)
            waiting[f"({outlet}-{published + 1})"] = (f"o{outlet}/{item.path}", time.monotonic())
            published, due = published + 1, time.monotonic() + gap_s
        page = office.page("stories/") if waiting else ""
        for mark in [m for m in waiting if m in page]:
            place, moment = waiting.pop(mark)
            delays.since_publication.append(time.monotonic() - moment)
            delays.since_answer.append(time.monotonic() - server.told[place])
        time.sleep(0.2)
    never = [float("inf")] * len(waiting)
    return Delays(delays.since_publication + never, delays.since_answer + never)


def screen(data: Path, size: int) -> Iterator[Figure]:
    """Publication to screen, and a feed's answer to screen, where every source is asked at least once a minute."""
    if not (data / "duplicates").is_dir():
        return
    items = size or 60
    folder = Path(tempfile.mkdtemp(prefix="kentongan-bench-"))
    try:
        delays = _delays(data, folder, 60, items, 4.0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    about = f"{items} items, 4 outlets, asked every 60 s"
    for since, values in (("publication", delays.since_publication), ("a feed's answer", delays.since_answer)):
        p95 = float(np.percentile(values, 95))
        yield f"seconds from {since} to the server's page, p50", float(np.percentile(values, 50)), about
        yield f"seconds from {since} to the server's page, p95", p95, about
        seen = np.add.outer(np.array(values), np.linspace(0.0, ASK_S, 61))
        yield f"seconds from {since} to an open page that asks by itself, p95", float(np.percentile(seen, 95)), about


def _tree(pid: int) -> list[int]:
    """A process and all below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, rest = [], [pid]
    while rest:
        one = rest.pop()
        found.append(one)
        rest += parents.get(one, [])
    return found


def _megabytes(pids: Sequence[int]) -> tuple[float, float]:
    """Resident memory of the processes: with shared pages counted once (PSS), and counted in each (RSS)."""
    pss = rss = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        values = dict(re.findall(r"^(Pss|Rss):\s+(\d+) kB", text, re.M))
        pss += int(values.get("Pss", 0))
        rss += int(values.get("Rss", 0))
    return pss / 1024, rss / 1024


def _postgres(folder: Path) -> list[int]:
    """The embedded server is not a child of the demo (its keeper starts it as another user)."""
    try:
        pid = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return []
    return _tree(pid)


def memory(data: Path, size: int) -> Iterator[Figure]:
    """The demo city, collected, then `size` (70,000) headlines imported beside it: the most megabytes seen, every second."""
    file = data / "stream" / "id-headlines.jsonl.gz"
    folder = Path(tempfile.mkdtemp(prefix="kentongan-bench-"))
    words = ["demo", "--no-browser", "--port", "0", "--data", str(folder / "demo")]
    try:
        process = subprocess.Popen([*KENTONGAN, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        yield from _peak(process.pid, folder / "demo", None, "demo city, 20 s after it is ready")
        if file.is_file():
            part = folder / "headlines.jsonl"
            part.write_text("\n".join(json.dumps(row) for row in islice(read_jsonl(file), size or 70_000)), encoding="utf-8")
            command = [*KENTONGAN, "import", str(part), "--data", str(folder / "demo")]
            other = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            yield from _peak(process.pid, folder / "demo", other, f"demo city and {size or 70_000} headlines imported")
            yield from accounted(part, f"host={folder / 'demo' / 'postgres'} user=postgres dbname=kentongan")
        process.send_signal(signal.SIGINT)
        process.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


COUNTS = {
    "articles stored": "SELECT count(*) FROM listening_article WHERE page_state = 'imported'",
    "articles without a story": """SELECT count(*) FROM listening_article a WHERE page_state = 'imported'
        AND NOT EXISTS (SELECT 1 FROM listening_membership m WHERE m.article_id = a.id)""",
    "stories, demo city included": "SELECT count(*) FROM listening_story WHERE merged_into_id IS NULL",
    "signals, demo city included": "SELECT count(*) FROM listening_signal",
}


def accounted(file: Path, url: str) -> Iterator[Figure]:
    """What became of every line of an imported file: lines = unreadable + repeated addresses + stored + lost."""
    lines = unreadable = 0
    seen: set[str] = set()
    for one in read_articles(file):
        lines += 1
        if isinstance(one, GoodLine):
            seen.add(one.article.id)
        else:
            unreadable += 1
    yield "lines", lines, file.name
    yield "lines that cannot be read", unreadable, file.name
    yield "lines that repeat an address", lines - unreadable - len(seen), file.name
    with psycopg.connect(url) as connection:
        found = {what: float(connection.execute(query.encode()).fetchall()[0][0]) for what, query in COUNTS.items()}
    yield "lines lost", len(seen) - found["articles stored"], file.name
    for what, count in found.items():
        yield what, count, file.name


def _peak(pid: int, folder: Path, other: subprocess.Popen[bytes] | None, about: str) -> Iterator[Figure]:
    most = (0.0, 0.0)
    until = time.monotonic() + 20
    while (other is not None and other.poll() is None) or time.monotonic() < until:
        pids = {*_tree(pid), *_postgres(folder), *(_tree(other.pid) if other is not None else ())}
        most = max(most, _megabytes(sorted(pids)))
        time.sleep(1.0)
    yield "megabytes resident, shared pages once (PSS)", most[0], about
    yield "megabytes resident, shared pages in each process (RSS)", most[1], about
