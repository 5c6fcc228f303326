"""From a stored item to a delivered alert: real processes, a real mail server and a real HTTP receiver on this machine.

Outlets' items come in by a signed push, so that no waiting for a feed is counted: the clock starts when the push is answered, after its
items were stored, and stops when the first alert about them arrives, by webhook and by mail. Every event is told by several outlets in
their own words at once, in a city where nothing like it was heard before.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import numpy as np

from kentongan.adapters import push
from kentongan.measure.bench_office import PASSWORD, Figure, Office, kentongan, running
from kentongan.testing.fake_site import Answer, Asked, FakeSite

OUTLETS = 8
EVENTS = 40
GAP_S = 5.0
WAIT_S = 60.0
MARK = re.compile(r"Welar(\d+)x", re.I)
PLACES = ("kelurahan", "pasar", "sekolah", "jembatan", "terminal", "puskesmas", "pabrik", "gudang", "pelabuhan", "perumahan")
HARMS = (
    ("Banjir bandang", "warga mengungsi dan dua orang tewas", "air bah"),
    ("Kebakaran", "tiga orang meninggal dan puluhan luka", "api"),
    ("Tanah longsor", "rumah tertimbun dan korban dicari", "longsoran"),
    ("Keracunan makanan", "puluhan anak dirawat di rumah sakit", "keracunan"),
)
WORDINGS = (
    "{what} di {where}, {harm}", "{harm_}: {what_} menerjang {where}", "Korban {what_} {where} bertambah, {harm}",
    "Warga {where} berlari saat {what_} datang", "Petugas dikerahkan ke {where} setelah {what_}", "{where} lumpuh akibat {what_}, {harm}",
    "Saksi mata {what_} di {where}: {harm}", "Pemerintah kota soal {what_} {where}: {harm}",
)  # fmt: skip


@dataclass(slots=True)
class Arrivals:
    """When the first message about each event came, by channel."""

    webhook: dict[int, float] = field(default_factory=dict)
    mail: dict[int, float] = field(default_factory=dict)


class Receiver(FakeSite):
    """Notes when it is told of an event."""

    def __init__(self, arrivals: Arrivals) -> None:
        super().__init__()
        self._arrivals = arrivals

    def answer(self, asked: Asked) -> Answer:
        note(self._arrivals.webhook, asked.body.decode("utf-8", "replace"))
        return Answer(b"", 204)


def note(seen: dict[int, float], text: str) -> None:
    """Keep the moment at which the first message about an event came."""
    for number in {int(one) for one in MARK.findall(text)}:
        seen.setdefault(number, time.monotonic())


@contextmanager
def mail_server(arrivals: Arrivals) -> Iterator[str]:
    """A mail server that notes what it is told; gives its address as a setting."""
    from aiosmtpd.controller import Controller

    class Sink:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            body = message.get_body(("plain",))
            note(arrivals.mail, f"{message['Subject']} {body.get_content() if body is not None else ''}")
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


def told(number: int) -> list[dict[str, str]]:
    """The items of an event, each of another outlet and in its own words; all name the same invented place."""
    what, harm, short = HARMS[number % len(HARMS)]
    where = f"{PLACES[number % len(PLACES)]} Welar{number}x"
    given = {"what": what, "what_": what.lower(), "where": where, "harm": harm, "harm_": harm.capitalize()}
    items = []
    for place in range(OUTLETS):
        title = WORDINGS[place % len(WORDINGS)].format(**given)
        text = f"{title}. {short.capitalize()} terjadi di {where} {place + 2} jam lalu. Menurut petugas, {harm}. Laporan ke-{place + 1}."
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        items.append(
            {"url": f"https://o{place}.example/{number}/", "title": title, "text": text, "time": moment, "outlet": f"Harian {place}"}
        )
    return items


def _post(office: Office, page: str, path: str, **fields: str | Sequence[str]) -> str:
    """Fill in a form as a browser does; gives the page that comes."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', office.page(page))
    assert token is not None
    body = urlencode({**fields, "csrfmiddlewaretoken": token[1]}, doseq=True).encode()
    with office.browser.open(office.address + path, body, timeout=60) as answer:
        page_after: str = answer.read().decode()
    return page_after


def _furnish(office: Office, receiver: str) -> tuple[str, bytes]:
    """An address outside, a route that tells it and an officer everything, and a sender; gives the sender's address and secret."""
    _post(office, "office/routes/addresses/new/", "office/routes/addresses/new/", kind="webhook", name="Bench", url=receiver, language="id",
          version="0")  # fmt: skip
    page = office.page("office/routes/new/")
    address = re.search(r'name="addresses" value="(\d+)"', page)
    assert address is not None
    _post(office, "office/routes/new/", "office/routes/new/", name="Semua", level="watch", roles=["officer"], channels=["mail"],
          addresses=[address[1]], source_kind="", version="0")  # fmt: skip
    made = _post(office, "office/programs/", "office/programs/senders/new/", name="Kiriman", source_kind="press")
    secret = re.search(r'<code class="secret">([^<]+)</code>', made)
    sender = re.search(r"/push/(\d+)/", office.page("office/programs/"))
    assert secret is not None
    assert sender is not None
    return f"{office.address}push/{sender[1]}/", unescape(secret[1]).encode()


def _send(address: str, secret: bytes, number: int) -> float:
    """Push an event's items; gives the moment at which they were stored for certain."""
    body = json.dumps({"items": told(number)}).encode()
    headers = push.signed_headers(secret, body, timestamp=int(time.time()), push_id=f"bench-push-{number}")
    try:
        request = Request(address, body, {**headers, "Content-Type": "application/json"})  # noqa: S310  our own address
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            answer.read()
    except HTTPError as error:
        raise RuntimeError(error.read().decode()) from error
    return time.monotonic()


def measured(folder: Path, events: int, gap_s: float) -> dict[str, list[float]]:
    """Seconds from stored to delivered for each event, by channel; infinity where nothing came within WAIT_S of the last."""
    arrivals, stored = Arrivals(), dict[int, float]()
    with mail_server(arrivals) as mail_url, Receiver(arrivals) as receiver:
        for name, role in (("bench", "administrator"), ("petugas", "officer")):
            kentongan(folder, "people", "add", name, "--role", role, "--password", PASSWORD, "--email", f"{name}@kota.example")
        options = {"mail_url": mail_url, "allow_hosts": f"127.0.0.1:{receiver.port}", "contact": "bench", "hold_first_s": "0"}
        chosen = [word for name, value in options.items() for word in ("--set", f"{name}={value}")]
        with running(folder, ["run", "--port", "0", "--data", str(folder), *chosen], "bench", PASSWORD) as office:
            address, secret = _furnish(office, f"{receiver.url}/alerts")
            _send(address, secret, events + 1)  # opens the model; not counted
            time.sleep(20)
            for number in range(events):
                stored[number] = _send(address, secret, number)
                time.sleep(gap_s)
            until = time.monotonic() + WAIT_S
            while time.monotonic() < until and (len(arrivals.mail) < events or len(arrivals.webhook) < events):
                time.sleep(0.2)
    never = float("inf")
    return {
        "webhook": [arrivals.webhook.get(number, never) - at for number, at in stored.items()],
        "mail": [arrivals.mail.get(number, never) - at for number, at in stored.items()],
    }


def alert(data: Path, size: int) -> Iterator[Figure]:
    """Seconds from a stored item to the first alert about it, by webhook and by mail, over `size` (40) events; needs no data."""
    events = size or EVENTS
    folder = Path(tempfile.mkdtemp(prefix="kentongan-bench-"))
    try:
        found = measured(folder, events, GAP_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    about = f"{events} events of {OUTLETS} outlets, one every {GAP_S:.0f} s"
    for channel, seconds in found.items():
        arrived = [one for one in seconds if one != float("inf")]
        yield f"events told by {channel}", float(len(arrived)), about
        if arrived:
            yield f"seconds from stored to told by {channel}, p50", float(np.percentile(arrived, 50)), about
            yield f"seconds from stored to told by {channel}, p95", float(np.percentile(arrived, 95)), about
            yield f"seconds from stored to told by {channel}, most", max(arrived), about
