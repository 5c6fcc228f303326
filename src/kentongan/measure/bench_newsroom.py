"""Figures of the public site: how long a page takes under a steady 200 requests a second, and how soon a new text is there.

One web process answers, as `kentongan run` starts it. Requests are sent at fixed times, whether the one before was answered or not, and
a page's time counts from when it should have been asked for: a slow answer makes no later one look quick (Tene 2013, coordinated omission).
"""

from __future__ import annotations

import http.client
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np

from kentongan.measure.bench_office import PASSWORD, Figure, inside, kentongan, running

A_SECOND = 200
LASTS_S = 20
HANDS = 16
TEXT = "Jauhi tepi sungai.\nPindah ke balai kecamatan bila air mencapai lutut.\nHubungi 112 untuk bantuan."
CONTACT = "112"
SOON_S = 10.0


def newsroom(data: Path, size: int) -> Iterator[Figure]:
    """Milliseconds of the newsroom's pages under `size` (0: 200) requests a second, and seconds until a new text is there."""
    del data
    rate = size or A_SECOND
    with tempfile.TemporaryDirectory(prefix="kentongan-bench-") as place:
        folder = Path(place)
        kentongan(folder, "people", "add", "bench", "--role", "officer", "--password", PASSWORD)
        with inside(folder):
            home, slugs = published([TEXT, *(f"Kelurahan {number} mengungsi lebih dulu.\n{TEXT}" for number in range(20))])
        words = ["run", "--port", "0", "--data", str(folder), "--set", "web_processes=1"]
        with running(folder, words, "bench", PASSWORD) as office:
            paths = [home, f"{home}{slugs[0]}/", f"{home}{slugs[1]}/", f"{home}feed.atom"]
            took, missed = steadily(office.address, paths, rate, LASTS_S)
            about = f"{rate} requests a second for {LASTS_S} s, one web process, {len(slugs)} texts"
            for share in (50, 95, 99):
                yield f"ms a page, p{share}", float(np.percentile(took, share)), about
            yield "not answered with 200", missed, about
            yield "seconds until a new text is there", appears(folder, office.address, home), "asked every 50 ms"


def published(texts: list[str], name: str = "bench", at: datetime | None = None) -> tuple[str, list[str]]:
    """Publish these texts as what people should do, now or at a moment; gives the newsroom's path and the last part of each address. Inside
    Django."""
    from kentongan.office.desk import services, statement_services
    from kentongan.office.desk.statement_approval import Sight
    from kentongan.office.desk.statement_publishing import publish_in_emergency
    from kentongan.office.desk.statement_queries import get_last, sentences_of
    from kentongan.office.people.models import User

    now, slugs = at or datetime.now(UTC), list[str]()
    by = User.objects.select_related("office").get(username=name)
    assert by.office is not None
    issue = services.open_issue(by, services.IssueDraft("Banjir di utara"), "high", "Laporan warga", services.Seed(), now)
    for text in texts:
        found = statement_services.begin(by, issue, "chat", "id", statement_services.Frame("high", "victim", None, CONTACT), now)
        found = statement_services.write(by, found, text, statement_services.frame_of(found), found.version, now)
        for one in sentences_of(get_last(found)):
            section = "contact" if CONTACT in one.text else "instruction"
            found = statement_services.settle_sentence(by, found, one.key, section, (), found.version, now)
        last = get_last(found)
        assert last is not None
        slugs.append(publish_in_emergency(by, found, "Air naik cepat", Sight(last.number, last.text_hash), now).slug)
    return f"o/{by.office.slug}/news/", slugs


def steadily(address: str, paths: list[str], rate: int, lasts_s: float) -> tuple[list[float], int]:
    """Milliseconds from when each request was due to its answer, and how many were not answered with 200."""
    where, begun = urlsplit(address), time.monotonic() + 1.0
    took: list[list[float]] = [[] for _ in range(HANDS)]
    missed = [0] * HANDS

    def hand(mine: int) -> None:
        line = http.client.HTTPConnection(str(where.hostname), where.port, timeout=30)
        for number in range(mine, int(rate * lasts_s), HANDS):
            due = begun + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            line.request("GET", f"/{paths[number % len(paths)]}")
            answer = line.getresponse()
            answer.read()
            missed[mine] += answer.status != 200
            took[mine].append((time.monotonic() - due) * 1000)
        line.close()

    hands = [threading.Thread(target=hand, args=(number,)) for number in range(HANDS)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    return [ms for some in took for ms in some], sum(missed)


def appears(folder: Path, address: str, home: str) -> float:
    """Seconds from publishing until the list has it; RuntimeError where it takes longer than ten."""
    with inside(folder):
        _read(address + home)
        slug = published([f"Jangan lewat Jembatan Sena.\n{TEXT}"])[1][0]
        begun = time.monotonic()
        while slug not in _read(address + home):
            if time.monotonic() - begun > SOON_S:
                raise RuntimeError("what was published did not appear")
            time.sleep(0.05)
        return time.monotonic() - begun


def _read(address: str) -> str:
    with urlopen(address, timeout=30) as answer:  # noqa: S310  an address of this machine
        return str(answer.read().decode())
