"""Figures at the size an office reaches: 200,000 stored articles with 20 people at work, 500 sources every minute, keeping and restoring.

Everything runs as a person runs it (`kentongan run`, `backup`, `restore`) and is asked over HTTP from outside. The filled office is made
once and kept under `build/`; remove the folder to make it anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote_plus

import numpy as np
import psycopg
from psycopg import sql

from kentongan.adapters import postgres
from kentongan.adapters.loop_thread import LoopThread
from kentongan.measure.bench_office import ASK_S, PASSWORD, Figure, Office, kentongan, running, signed_in
from kentongan.measure.fill_office import PEOPLE
from kentongan.testing.faults import play
from kentongan.testing.outlet_sites import OutletItem, OutletSite
from kentongan.testing.outlets import OutletServer, loopback

KEPT = Path(__file__).resolve().parents[3] / "build"
ARTICLES = 200_000
THINKS_S = 6.0
"""Between two pages of one person, on average."""
WARM_S, WATCH_S = 25.0, 120.0
ALONE = 25
SOURCES = 500
RHYTHM_S = 60
SETTLE_S, SOURCES_S = 240.0, 300.0
Pages = Callable[[random.Random], tuple[str, str]]


def filled(data: Path, articles: int) -> Path:
    """The folder of an office with so many articles, filled if need be, whose journal counts as read by today's engine."""
    folder = KEPT / f"office-{articles}"
    command = [sys.executable, "-m", "kentongan.measure.fill_office", str(folder), str(data), "--articles", str(articles)]
    subprocess.run([*command, "--password", PASSWORD], check=True)
    return folder


@contextlib.contextmanager
def _rows(folder: Path) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with postgres.open_database("", folder) as database, psycopg.connect(database.url, autocommit=True) as session:
        yield session


def asking(session: psycopg.Connection[tuple[object, ...]]) -> Pages:
    """What people ask for: (name of the page, its path), drawn from what is there. Stories with many reports are opened more often."""
    large = [row[0] for row in session.execute("SELECT id FROM listening_story ORDER BY articles DESC LIMIT 20").fetchall()]
    some = [row[0] for row in session.execute("SELECT id FROM listening_story ORDER BY last DESC LIMIT 3000").fetchall()]
    titles = [str(row[0]) for row in session.execute("SELECT title FROM listening_article WHERE id % 499 = 0").fetchall()]
    words = [word for title in titles for word in re.findall(r"\w{4,}", title)]

    def one(draw: random.Random) -> tuple[str, str]:
        name = draw.choice(("briefing", "stories", "story", "search", "signals"))
        match name:
            case "briefing":
                return name, ""
            case "stories":
                return name, "stories/" + draw.choice(("", "", "?level=high", "?language=vi", "?span=day", "?outlet=Harian+17"))
            case "story":
                return name, f"stories/{draw.choice(large if draw.random() < 0.3 else some)}/"
            case "search":
                typed = " ".join(draw.sample(words, draw.choice((1, 1, 2, 3))))
                return name, f"search/?q={quote_plus(typed)}" + draw.choice(("", "", "", "&span=fortnight", "&language=id"))
            case _:
                return name, "signals/" + draw.choice(("", "", "?state=dismissed"))

    return one


def _timed(office: Office, path: str) -> float:
    begun = time.monotonic()
    office.page(path)
    return (time.monotonic() - begun) * 1000


def alone(office: Office, pages: Pages, each: int) -> dict[str, list[float]]:
    """Milliseconds of each page, one after another, by one person; the first five of each are left out."""
    draw, took = random.Random(1), defaultdict[str, list[float]](list)
    while len(took) < 5 or min(map(len, took.values())) < each + 5:
        name, path = pages(draw)
        took[name].append(_timed(office, path))
    return {name: found[5:] for name, found in took.items()}


def together(address: str, pages: Pages, people: Sequence[str], warm_s: float, watch_s: float) -> dict[str, list[float]]:
    """Milliseconds of each page while everybody works: reads, thinks, asks again, and every open page asks for news."""
    took, turn = defaultdict[str, list[float]](list), threading.Lock()
    offices = [Office(address, None, signed_in(address, name, PASSWORD)) for name in people]
    begun = time.monotonic()
    ends = begun + warm_s + watch_s
    wrong: list[BaseException] = []

    def work(office: Office, seed: int) -> None:
        draw = random.Random(seed)
        next_page, next_poll = time.monotonic() + draw.expovariate(1 / THINKS_S), time.monotonic() + draw.random() * ASK_S
        while (now := min(next_page, next_poll)) < ends:
            time.sleep(max(0.0, now - time.monotonic()))
            if next_poll <= next_page:
                what, path = "news", "news/?what=stories&after=999999999"
            else:
                what, path = pages(draw)
            spent = _timed(office, path)
            with turn:
                if time.monotonic() > begun + warm_s:
                    took[what].append(spent)
            if what == "news":
                next_poll = max(next_poll + ASK_S, time.monotonic())
            else:
                next_page = time.monotonic() + draw.expovariate(1 / THINKS_S)

    def guarded(office: Office, seed: int) -> None:
        try:
            work(office, seed)
        except BaseException as error:  # noqa: BLE001  told by the thread that waits
            wrong.append(error)

    threads = [threading.Thread(target=guarded, args=(office, seed)) for seed, office in enumerate(offices)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return dict(took)


def scale(data: Path, size: int) -> Iterator[Figure]:
    """Milliseconds of the five pages in an office of `size` (200,000) articles: one person alone, then 20 at work."""
    if not (data / "duplicates").is_dir():
        return
    articles = size or ARTICLES
    folder = filled(data, articles)
    with _rows(folder) as session:
        session.execute("DELETE FROM kentongan_cache")  # the sign-ins of the run before, which count against those of this one
        pages = asking(session)
    with running(folder, ["run", "--port", "0", "--data", str(folder)], "bench0", PASSWORD) as office:
        found = alone(office, pages, ALONE)
        yield from _told(found, f"{articles:,} articles, one person")
        people = [f"bench{number}" for number in range(PEOPLE)]
        found = together(office.address, pages, people, WARM_S, WATCH_S)
        yield from _told(found, f"{articles:,} articles, {PEOPLE} people, a page every {THINKS_S:g} s each, news every {ASK_S:g} s")


def _told(took: Mapping[str, Sequence[float]], about: str) -> Iterator[Figure]:
    for name in sorted(took):
        for share in (50, 95):
            yield f"ms {name}, p{share}", float(np.percentile(took[name], share)), f"{about}, {len(took[name])} asked"
    asked = [spent for name, spents in took.items() if name != "news" for spent in spents]
    yield "ms all five pages, p95", float(np.percentile(asked, 95)), about


def _opening(numbers: int, rows: Sequence[dict[str, object]]) -> list[OutletSite]:
    return [OutletSite(f"s{n}", f"Harian {n}", "id", (_item(n, 0, rows),)) for n in range(numbers)]


def _item(outlet: int, number: int, rows: Sequence[dict[str, object]]) -> OutletItem:
    row = rows[(outlet * 7 + number) % len(rows)]
    title = f"{row['title']} ({outlet}-{number})"
    return OutletItem(f"b/{number}.html", title, f"{title}. {str(row['text'])[:1500]}", datetime.now(UTC), "")


@contextlib.contextmanager
def unwell(count: int) -> Iterator[list[str]]:
    """Addresses of so many feeds that never answer well, each on a host of its own: nobody there, mute, or one byte a second."""
    hosts = [loopback(number, block=65) for number in range(count)]
    mute, slow = hosts[: count // 3], hosts[count // 3 : 2 * count // 3]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            if b"/robots.txt" in head.split(b"\r\n")[0]:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                await play("mute" if host in mute else "one-byte-a-second", writer, f"http://{host}")
        writer.close()

    loop = LoopThread("unwell")
    server = loop.submit(asyncio.start_server(serve, [*mute, *slow], 0)).result()
    try:
        places = [socket.getsockname()[:2] for socket in server.sockets] + [(host, 9) for host in hosts[2 * count // 3 :]]
        yield [f"http://{host}:{port}/feed.xml" for host, port in places]
    finally:
        server.close()
        loop.close()


_ADD = """INSERT INTO listening_source
    (office_id, purpose_id, name, outlet, url, site_url, kind, source_kind, pattern, language, area, paused, paused_reason, etag,
    last_modified, cursor, rhythm, backfilled, failures, outcome, outcome_detail, created, version)
SELECT (SELECT min(id) FROM people_office), (SELECT min(id) FROM listening_purpose), u, u, u, '', 'feed', 'press', '', 'id', '',
    false, '', '', '', '', '{}', false, 0, '', '', now(), 0 FROM unnest(%s::text[]) u"""


def sources(data: Path, size: int) -> Iterator[Figure]:
    """Intervals between visits of `size` (500) sources, a tenth of them dead or slow, each wanted once a minute."""
    if not (data / "duplicates").is_dir() or not sys.platform.startswith("linux"):
        return
    from kentongan.measure.form import read_jsonl

    rows = list(read_jsonl(data / "duplicates" / "id-news-2025-06-18.jsonl.gz"))
    count = size or SOURCES
    sites = _opening(count - count // 10, rows)
    folder = Path(tempfile.mkdtemp(prefix="kentongan-bench-"))
    try:
        with OutletServer(sites, lambda: datetime.now(UTC), names="loopback") as server, unwell(count // 10) as dead:
            living = [server.feed_url(site.key) for site in sites]
            kentongan(folder, "people", "add", "bench", "--role", "officer", "--password", PASSWORD)
            kentongan(folder, "sources", "add", living[0], "--name", "first")
            with _rows(folder) as session:
                session.execute(_ADD, [sorted([*living[1:], *dead], key=lambda url: url[::-1])])
            hosts = {url.split("/")[2] for url in (*living, *dead)}
            chosen = {"visit_min_s": RHYTHM_S, "visit_max_s": RHYTHM_S, "allow_hosts": ",".join(sorted(hosts)), "contact": "bench"}
            words = [word for name, value in chosen.items() for word in ("--set", f"{name}={value}")]
            with running(folder, ["run", "--port", "0", "--data", str(folder), *words], "bench", PASSWORD):
                _publish(server, sites, rows, SETTLE_S + SOURCES_S)
            yield from _intervals(folder, set(living), count)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _publish(server: OutletServer, sites: Sequence[OutletSite], rows: Sequence[dict[str, object]], for_s: float) -> None:
    """Let the outlets tell something new, one every two seconds in turn."""
    until, number = time.monotonic() + for_s, 0
    while time.monotonic() < until:
        time.sleep(2.0)
        number += 1
        outlet = number % len(sites)
        server.publish(sites[outlet].key, _item(outlet, number, rows))


def _intervals(folder: Path, living: set[str], count: int) -> Iterator[Figure]:
    """Seconds between the ends of visits of every living source, from its first visit on, and in the last minutes alone."""
    with _rows(folder) as session:
        found = session.execute(
            """SELECT s.url, v.outcome, extract(epoch FROM v.at)::float8 FROM listening_visit v
            JOIN listening_source s ON s.id = v.source_id ORDER BY v.at"""
        ).fetchall()
    times: dict[str, list[float]] = defaultdict(list)
    for url, outcome, at in found:
        if outcome in ("ok", "not_modified"):
            times[str(url)].append(float(str(at)))
    begun, ended = min(float(str(row[2])) for row in found), max(float(str(row[2])) for row in found)
    about = f"{count} sources, {count - len(living)} dead or slow, asked every {RHYTHM_S} s"
    yield "living sources never read", len(living - set(times)), about
    firsts = [times[url][0] - begun for url in living & set(times)]
    yield "seconds until every living source was read once", max(firsts), about
    for what, since in (("from the first visit on", begun), (f"after {SETTLE_S / 60:.0f} minutes", begun + SETTLE_S)):
        gaps = [b - a for url in living & set(times) for a, b in zip(times[url], [*times[url][1:], ended], strict=True) if b >= since]
        yield f"seconds between two visits, p50, {what}", float(np.percentile(gaps, 50)), about
        yield f"seconds between two visits, longest, {what}", max(gaps), about
        late = {url for url in living & set(times) for a, b in zip(times[url], [*times[url][1:], ended], strict=True)
                if b >= since and b - a > 1.2 * RHYTHM_S}  # fmt: skip
        yield f"living sources not within 1.2 × the interval, {what}", len(late), about


def backup(data: Path, size: int) -> Iterator[Figure]:
    """Seconds to back up an office of `size` (200,000) articles and to restore it elsewhere, and whether all of it came back."""
    if not (data / "duplicates").is_dir():
        return
    articles = size or ARTICLES
    folder = filled(data, articles)
    place = Path(tempfile.mkdtemp(prefix="kentongan-bench-"))
    file = place / "all.backup"
    try:
        begun = time.monotonic()
        kentongan(folder, "backup", str(file), "--quiet")
        yield "seconds to back up", time.monotonic() - begun, f"{articles:,} articles, {file.stat().st_size / 1e6:,.0f} MB"
        begun = time.monotonic()
        kentongan(place / "new", "restore", str(file), "--quiet")
        yield "seconds to restore", time.monotonic() - begun, f"{articles:,} articles, compared while restoring"
        same = _digest(folder) == _digest(place / "new")
        yield "identical by digest (1: yes)", float(same), f"every row of {', '.join(COMPARED)}"
    finally:
        shutil.rmtree(place, ignore_errors=True)


COMPARED = ("articles", "stories", "memberships", "signals", "sources", "lines of the ledger")
_TABLES = ("listening_article", "listening_story", "listening_membership", "listening_signal", "listening_source", "ledger_line")
_HASHED = "SELECT md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM {} t"


def _digest(folder: Path) -> list[object]:
    """One hash a table over all that its rows say. The lines that tell of backup and restore themselves are left out."""
    with _rows(folder) as session:
        session.execute("CREATE TEMP VIEW ledger_line AS SELECT * FROM public.ledger_line WHERE act NOT LIKE 'backup.%'")
        return [session.execute(sql.SQL(_HASHED).format(sql.Identifier(name))).fetchone() for name in _TABLES]
