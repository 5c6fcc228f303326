"""The demo's stage: one folder that remembers port, clock and sign-ins, so that a second start goes on where the first ended.

The invented clock starts on the morning of day 14 with thirteen days behind it, runs `speed` times as fast as life while the
flood unfolds, and keeps natural time after the last item. Does not start anything itself: `kentongan demo` does.
"""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from kentongan.adapters.clock import ShiftedClock
from kentongan.demo.city import City
from kentongan.errors import FileError, InputError

OPENS = time(7, 0)
"""What the clock shows at the first start, local time of the city."""
AFTER = timedelta(minutes=30)
"""How long after the last item the clock still runs fast."""
FILE = "demo.json"
PEOPLE = (("rina", "administrator"), ("petugas", "officer"), ("pembaca", "reader"), ("penyetuju", "approver"))
APPROVER = "penyetuju"
"""Who is asked for a second factor: what a statement says to everybody is approved with one."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the folder remembers. Times are ISO 8601 in UTC; `origin` and `until` are the city's time, `started` is real."""

    port: int
    origin: str
    started: str
    until: str
    speed: float
    password: str

    @property
    def clock(self) -> ShiftedClock:
        """The clock every process of the demo shares."""
        origin, started, until = (datetime.fromisoformat(text) for text in (self.origin, self.started, self.until))
        return ShiftedClock(origin, started, self.speed, until)


def stage(folder: Path, city: City, speed: float, now: datetime) -> Stage:
    """The stage for this start: a new one, or the remembered one with its clock going on from where it stood. Raises
    `FileError` where the folder holds something unreadable, `InputError` where its port is taken."""
    file = folder / FILE
    if not file.is_file():
        return _new(city, speed, now)
    found = stage_of(folder)
    shown = found.clock.at(datetime.fromtimestamp(file.stat().st_mtime, UTC))
    if not _free(found.port):
        raise InputError(
            f"Port {found.port}, on which this demo's outlets live, is in use: is the demo running already? "
            "Stop it, or use another --data folder.",
            subject="port",
        )
    return replace(found, origin=shown.isoformat(), started=now.isoformat(), speed=speed)


def stage_of(folder: Path) -> Stage:
    """The remembered stage. Raises `FileError` where it cannot be read."""
    file = folder / FILE
    try:
        found = Stage(**json.loads(file.read_text(encoding="utf-8")))
        found.clock.now()
    except (OSError, ValueError, TypeError) as error:
        raise FileError(f"{file} cannot be read ({error}). Start afresh with --fresh.", subject=str(file)) from error
    return found


def remember(folder: Path, what: Stage) -> None:
    """Write the stage down; the file's time tells how far the clock had run, so this is called now and then."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(what), indent=1), encoding="utf-8")


def settings(what: Stage) -> Mapping[str, str]:
    """The settings that make an office a demo."""
    return {
        "clock_origin": what.origin,
        "clock_started": what.started,
        "clock_until": what.until,
        "clock_speed": str(what.speed),
        "allow_hosts": f"127.0.0.1:{what.port}",
        "visit_min_s": "3",
        "visit_max_s": "60",
        "contact": "demo@kentongan.example",
        "time_zone": "Asia/Jakarta",
    }


def _new(city: City, speed: float, now: datetime) -> Stage:
    origin = datetime.combine(city.day14, OPENS, city.zone).astimezone(UTC)
    until = datetime.combine(city.day14, city.until, city.zone).astimezone(UTC) + AFTER
    return Stage(_free_port(), origin.isoformat(), now.isoformat(), until.isoformat(), speed, secrets.token_urlsafe(9))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _free(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
