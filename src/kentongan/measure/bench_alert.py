"""From a stored item to a delivered alert: real processes, a real mail server and a real HTTP receiver on this machine.

Outlets' items come in by a signed push, so that no waiting for a feed is counted: the clock starts when the push is answered, after its
items were stored, and stops when the first alert about them arrives, by webhook and by mail. Every event is told by several outlets in
their own words at once, in a city where nothing like it was heard before. The day's budget of signals is lifted: what is measured is the
way, not how many an office wants.

An event that nobody was told of counts as told never, and stands in every percentile as infinity: of what arrived alone any way looks fast.
How many items, signals and events there were is said beside, and the same percentiles of the events that a signal rose for, so that a slow
delivery and a rise that was not seen can be told apart.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
import shutil
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
import psycopg

from kentongan.adapters import postgres, push
from kentongan.measure import bench_office
from kentongan.measure.bench_office import PASSWORD, Figure, Office, kentongan, running
from kentongan.testing.fake_site import Answer, Asked, FakeSite

OUTLETS = 8
EVENTS = 40
GAP_S = 4.0
WAIT_S = 45.0
NEVER = float("inf")
MARK = re.compile(r"Welar(\d+)x", re.I)
PLACES = ("kelurahan", "pasar", "sekolah", "jembatan", "terminal", "puskesmas", "pabrik", "gudang", "pelabuhan", "perumahan")
HARMS = tuple(
    tuple(line.split(" / "))
    for line in """
Banjir bandang / warga mengungsi dan dua orang tewas / arus deras menyeret jembatan bambu
Kebakaran gudang kain / tiga buruh meninggal / api melahap gulungan katun
Tanah longsor / sebelas rumah tertimbun / tebing ambrol sesudah hujan
Keracunan makanan / puluhan murid dirawat / nasi kotak basi dibagikan
Ledakan tabung gas / seorang pedagang luka bakar / kaca warung pecah
Bus terguling / belasan penumpang patah tulang / rem blong di turunan
Kapal tenggelam / enam nelayan hilang / ombak menghantam lambung
Gempa / ratusan bangunan retak / guncangan membuat lampu gantung jatuh
Wabah demam berdarah / tiga balita kritis / nyamuk berbiak di selokan
Kebocoran amonia / pekerja pabrik es sesak napas / pipa pendingin pecah
Tanggul jebol / sawah terendam setinggi dada / karung pasir hanyut
Angin puting beliung / atap beterbangan menimpa lansia / pohon asam tumbang
Serangan tawon / dua pemetik teh tewas disengat / sarang tersenggol galah
Pasien rabies / gadis kecil meninggal digigit anjing / vaksin terlambat datang
Kereta anjlok / masinis dan kondektur terluka / rel bergeser karena panas
Lift jatuh / tiga tamu hotel cedera berat / kabel baja putus
Crane roboh / tukang bangunan tertindih besi / pondasi menara miring
Kolera / enam belas pengungsi diare berat / sumur tercemar tinja
Truk tangki terbakar / sopir tewas terpanggang / solar tumpah ke aspal
Jembatan gantung putus / peziarah tercebur ke jurang / tali sling berkarat
Petasan meledak / jari perajin hancur / mesiu tersambar rokok
Campak / dua bayi meninggal / imunisasi tertunda berbulan-bulan
Buaya muncul / pencuci baju diterkam / jejak cakar di lumpur
Gas beracun sumur tua / tiga penggali lemas lalu wafat / oksigen habis di kedalaman
Helikopter mendarat darurat / pilot gegar otak / baling-baling menyangkut kabel
Tribun ambruk / penonton dangdut terimpit / papan kayu lapuk
Lahar dingin / penambang batu terseret / kubah kawah runtuh
Kabut asap / ribuan lansia sesak / gambut membara berhari-hari
Listrik padam total / pasien cuci darah meninggal / gardu induk meleleh
Limbah merkuri / ikan mati dan anak kejang / kolam tailing merembes
Rusuh suporter / remaja tewas terinjak / gerbang stadion terkunci
Jamu oplosan / delapan peminum buta / metanol dicampur kunyit
Peluru nyasar / penjual bakso tertembak / latihan tembak salah arah
Difteri / santri cilik meninggal / pesantren kekurangan antibiotik
Rob / tambak hancur dan petani pingsan / pasang purnama melewati bronjong
Perahu wisata terbalik / turis lanjut usia tenggelam / pelampung kurang separuh
Ternak mati mendadak / peternak tertular antraks / bangkai sapi dikubur dangkal
Sinkhole / dapur amblas menelan nenek / rongga kapur menganga
Odong-odong tertabrak / ibu dan balita tewas / palang perlintasan rusak
Dinding sekolah roboh / guru olahraga tertimpa bata / semen bercampur tanah
Oksigen palsu / pasien paru tersengal / segel botol ditempel ulang
""".strip().splitlines()
)
"""What happens, whom it harms, how: each of words of its own, for what sounds alike is one event to the engine, and one signal."""
WORDINGS = (
    "{what} di {where}, {harm}", "{harm_}: {what_} menerjang {where}", "{short_} di {where}, {harm}", "{where}: {short}, {harm}",
    "{what} {where}: {short}", "{where} berduka, {harm} akibat {what_}", "Kronologi {what_} {where}: {short}",
    "{harm_} di {where}, {short}",
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
    for number in marks_in(text):
        seen.setdefault(number, time.monotonic())


@contextmanager
def mail_server(arrivals: Arrivals) -> Iterator[str]:
    """A mail server that notes what it is told; gives its address as a setting."""

    def got(envelope: Any) -> None:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = message.get_body(("plain",))
        note(arrivals.mail, f"{message['Subject']} {body.get_content() if body is not None else ''}")

    with bench_office.mail_server(got) as url:
        yield url


def told(number: int) -> list[dict[str, str]]:
    """The items of an event, each of another outlet and in its own words; all name the same invented place."""
    what, harm, short = HARMS[number % len(HARMS)]
    where = f"{PLACES[number % len(PLACES)]} Welar{number}x"
    given = {"what": what, "what_": what.lower(), "where": where, "harm": harm, "harm_": harm.capitalize(),
             "short": short, "short_": short.capitalize()}  # fmt: skip
    items = []
    for place in range(OUTLETS):
        title = WORDINGS[place % len(WORDINGS)].format(**given)
        text = f"{title}. {short.capitalize()} di {where}. {harm.capitalize()}. Laporan ke-{place + 1}."
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


@dataclass(frozen=True, slots=True)
class Found:
    """What became of the events: seconds from stored to told by channel (NEVER where nothing came), and what the office holds of them.

    `rose` are the events that a signal is about; `signals` and `held` count signals told and held back, whatever they are about.
    """

    seconds: dict[str, dict[int, float]]
    items: int
    signals: int
    held: int
    rose: frozenset[int]


def measured(folder: Path, events: int, gap_s: float) -> Found:
    """Send events one after the other, and wait until all are told, WAIT_S after the last at most."""
    arrivals, stored = Arrivals(), dict[int, float]()
    with mail_server(arrivals) as mail_url, Receiver(arrivals) as receiver:
        for name, role in (("bench", "administrator"), ("petugas", "officer")):
            kentongan(folder, "people", "add", name, "--role", role, "--password", PASSWORD, "--email", f"{name}@kota.example")
        hosts = f"127.0.0.1:{receiver.port}"
        options = {"mail_url": mail_url, "allow_hosts": hosts, "contact": "bench", "hold_first_s": "0", "alert_budget": "0"}
        chosen = [word for name, value in options.items() for word in ("--set", f"{name}={value}")]
        with running(folder, ["run", "--port", "0", "--data", str(folder), *chosen], "bench", PASSWORD) as office:
            address, secret = _furnish(office, f"{receiver.url}/alerts")
            _send(address, secret, events)  # opens the model; not counted
            time.sleep(20)
            for number in range(events):
                stored[number] = _send(address, secret, number)
                time.sleep(gap_s)
            until, wanted = time.monotonic() + WAIT_S, set(stored)
            while time.monotonic() < until and not (wanted <= arrivals.mail.keys() and wanted <= arrivals.webhook.keys()):
                time.sleep(0.2)
            with psycopg.connect(postgres.address(folder / "postgres")) as connection:
                items, signals, held, rose = _holds(connection, wanted)
    came = {"webhook": arrivals.webhook, "mail": arrivals.mail}
    seconds = {channel: {number: at.get(number, NEVER) - since for number, since in stored.items()} for channel, at in came.items()}
    return Found(seconds, items, signals, held, rose)


def _holds(connection: psycopg.Connection[Any], events: set[int]) -> tuple[int, int, int, frozenset[int]]:
    """Items of these events that are stored, signals, signals held back, and the events that a signal told of."""
    titles = connection.execute("SELECT title FROM listening_article WHERE title ~* 'Welar'").fetchall()
    said = connection.execute(
        "SELECT concat_ws(' ', s.subject, t.headline, s.reasons::text)"
        " FROM listening_signal s LEFT JOIN listening_story t ON t.id = s.story_id"
    ).fetchall()
    (held,) = connection.execute("SELECT count(*) FROM listening_heldback").fetchone() or (0,)
    about = {number for (text,) in said for number in marks_in(text)}
    return sum(bool(marks_in(title) & events) for (title,) in titles), len(said), held, frozenset(about & events)


def marks_in(text: str) -> set[int]:
    """The events that a text names."""
    return {int(number) for number in MARK.findall(text)}


def percentile(seconds: Sequence[float], share: float) -> float:
    """The value that `share` percent do not exceed: one that was observed, so that NEVER stays what it is."""
    return float(np.percentile(seconds, share, method="higher"))


def figures(found: Found, about: str) -> Iterator[Figure]:
    """How many there were of each, and how long it took: of all events, and of those that a signal rose for."""
    events = len(next(iter(found.seconds.values())))
    yield "items stored", float(found.items), about
    yield "signals that rose", float(found.signals + found.held), about
    yield "signals held back", float(found.held), about
    yield "events that a signal rose for", float(len(found.rose)), f"of {events}"
    for channel, by_event in found.seconds.items():
        told = [one for one in by_event.values() if one != NEVER]
        yield f"events told by {channel}", float(len(told)), f"of {events}"
        rising = [by_event[number] for number in sorted(found.rose)]
        for whose, values in (("", list(by_event.values())), (", of what rose", rising)):
            for share in (50, 95) if values else ():
                yield f"seconds from stored to told by {channel}, p{share}{whose}", percentile(values, share), f"{len(values)} events"
        if told:
            yield f"seconds from stored to told by {channel}, most of what came", max(told), f"{len(told)} events"


def alert(data: Path, size: int) -> Iterator[Figure]:
    """Seconds from a stored item to the first alert about it, by webhook and by mail, over `size` (40) events; needs no data."""
    events = size or EVENTS
    folder = Path(tempfile.mkdtemp(prefix="kentongan-bench-"))
    try:
        found = measured(folder, events, GAP_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    yield from figures(found, f"{events} events of {OUTLETS} outlets, one every {GAP_S:.0f} s")
