"""The process that plays the demo's outlets: a web server on the stage's port, showing what is published by the stage's clock."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from kentongan.demo import city, sites, stage
from kentongan.office.supervisor import tell_ready, watch_parent
from kentongan.testing.outlets import OutletServer

LOOK_S = 2.0


def serve(folder: Path) -> None:
    """Serve until told to stop. Every `LOOK_S` the stage's file is touched: its time says how far the clock ran."""
    town = city.load()
    what = stage.stage_of(folder)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with OutletServer(sites.sites(town), what.clock.now, port=what.port):
        tell_ready()
        watch_parent(stop.set)
        while not stop.wait(LOOK_S):
            moment = datetime.now(UTC).timestamp()
            os.utime(folder / stage.FILE, (moment, moment))
