"""Starts the parts of the office as processes, restarts what dies, says which and why, and leaves nothing behind.

Parts: `web`, the workers, and one listener for each office, started as `kentongan part NAME …`. Each tells over a pipe when it is
ready. A part that dies is started again after 1, 2, 4 … 60 s; one that says it can never work (exit code `HOPELESS`, for
example because the port is taken) ends the whole run. On SIGTERM or SIGINT every part is asked to finish and killed after
`GRACE_S`. When the supervisor itself is killed the kernel tells its children (Linux), and every part looks after its parent as well.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from types import FrameType

from kentongan.adapters import postgres
from kentongan.adapters.keeper import dies_with_parent
from kentongan.errors import DatabaseError

LOG = logging.getLogger("kentongan")
HOPELESS = 3
GRACE_S = 15.0
LONGEST_WAIT_S = 60.0
STEADY_S = 60.0
"""A part that ran this long is healthy again: its next death waits one second."""
ALSO_S = 10.0
READY_FD = "KENTONGAN_READY_FD"
KENTONGAN = (sys.executable, "-c", "from kentongan.cli.main import main; main()")
"""The command of this installation, as a process starts it."""


@dataclass(slots=True)
class Part:
    """A process to keep running. `words` follow `kentongan part`; `command`, where set, is run as it stands."""

    name: str
    words: Sequence[str] = ()
    command: Sequence[str] = ()
    process: subprocess.Popen[bytes] | None = None
    pipe: int = -1
    said: str | None = None
    started: float = 0.0
    deaths: int = 0
    start_at: float = 0.0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass(slots=True)
class Supervisor:
    """`run` blocks until a signal or a hopeless part. `say` prints for a person; `ready` is called once with the web's address."""

    parts: list[Part]
    database: postgres.OpenDatabase
    say: Callable[[str], None]
    ready: Callable[[str], None]
    also: Callable[[], Sequence[Part]] = lambda: ()
    """Asked every `ALSO_S` which parts should run; those not known by name are started (a new office needs its listener)."""
    stopping: bool = False
    announced: bool = False
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _looked: float = 0.0
    _asked: float = field(default_factory=time.monotonic)

    def run(self) -> int:
        """0 after a clean stop, `HOPELESS` where a part could not start at all."""
        with _signals(self._stop):
            try:
                return self._loop()
            finally:
                self._end_all()
                self._selector.close()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _loop(self) -> int:
        while not self.stopping:
            now = time.monotonic()
            for part in self.parts:
                if part.process is None and now >= part.start_at:
                    self._start(part)
            for key, _ in self._selector.select(timeout=0.25):
                self._hear(key.data)
            for part in self.parts:
                if part.process is not None and part.process.poll() is not None and self._buried(part):
                    return HOPELESS
            self._look_at_database(now)
            self._announce()
            self._grow(now)
        return 0

    def _start(self, part: Part) -> None:
        reader, writer = os.pipe()
        command = list(part.command) or [*KENTONGAN, "part", *part.words]
        part.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            pass_fds=[writer],
            env=os.environ | {READY_FD: str(writer)},
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509  only this thread starts processes
        )
        os.close(writer)
        os.set_blocking(reader, False)
        part.pipe, part.said, part.started = reader, None, time.monotonic()
        self._selector.register(reader, selectors.EVENT_READ, part)

    def _hear(self, part: Part) -> None:
        said = os.read(part.pipe, 1000).decode(errors="replace")
        if said:
            part.said = (part.said or "") + said
        else:
            self._close_pipe(part)

    def _close_pipe(self, part: Part) -> None:
        if part.pipe >= 0:
            self._selector.unregister(part.pipe)
            os.close(part.pipe)
            part.pipe = -1

    def _buried(self, part: Part) -> bool:
        """Report a death and plan the next start. True where starting again is hopeless."""
        assert part.process is not None
        code = part.process.returncode
        self._close_pipe(part)
        ran = time.monotonic() - part.started
        part.process = None
        if code == HOPELESS and not part.deaths:
            self.say(f"{part.name} cannot start; see its message above. Stopping.")
            return True
        part.deaths = 1 if ran > STEADY_S else part.deaths + 1
        wait = min(LONGEST_WAIT_S, 2.0 ** (part.deaths - 1))
        part.start_at = time.monotonic() + wait
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        self.say(f"{part.name} stopped after {ran:.0f} s ({how}); starting it again in {wait:.0f} s.")
        return False

    def _look_at_database(self, now: float) -> None:
        if now - self._looked < 2.0:
            return
        self._looked = now
        try:
            if self.database.revive():
                self.say("The embedded database had stopped; it runs again.")
        except DatabaseError as error:
            self.say(str(error))
            self._looked = now + 8.0

    def _grow(self, now: float) -> None:
        if not self.announced or now - self._asked < ALSO_S:
            return
        self._asked = now
        known = {part.name for part in self.parts}
        for part in self.also():
            if part.name not in known:
                self.say(f"{part.name} is new; starting it.")
                self.parts.append(part)

    def _announce(self) -> None:
        if self.announced or not all(part.alive and part.said for part in self.parts):
            return
        self.announced = True
        web = next((part.said for part in self.parts if part.name == "web"), None)
        for part in self.parts:
            if part.name == "web" and web:
                part.words = ("web", "--port", web.strip().rsplit(":", 1)[1].rstrip("/"))
        self.ready((web or "").strip())

    def _end_all(self) -> None:
        living = [part for part in self.parts if part.alive]
        for part in living:
            assert part.process is not None
            part.process.terminate()
        until = time.monotonic() + GRACE_S
        for part in living:
            assert part.process is not None
            try:
                part.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{part.name} did not finish in {GRACE_S:.0f} s; it is ended.")
                part.process.kill()
                part.process.wait()
        for part in self.parts:
            self._close_pipe(part)


@contextlib.contextmanager
def _signals(handler: Callable[[int, FrameType | None], None]) -> Generator[None]:
    before = {number: signal.signal(number, handler) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def tell_ready(words: str = "ready") -> None:
    """Called by a part once it works; outside a supervisor it does nothing."""
    number = os.environ.pop(READY_FD, "")
    if number:
        with contextlib.suppress(OSError):
            os.write(int(number), words.encode())
            os.close(int(number))


def watch_parent(stop: Callable[[], None], grace_s: float = GRACE_S) -> None:
    """Call `stop` when the parent is gone, and end this process if that takes longer than `grace_s`."""
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        stop()
        time.sleep(grace_s)
        os._exit(1)

    threading.Thread(target=look, name="parent", daemon=True).start()
