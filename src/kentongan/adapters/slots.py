"""At most so many connections to one host inside this process, and the pause its robots.txt asks for between two
visits."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Host:
    free: threading.BoundedSemaphore
    lock: threading.Lock = field(default_factory=threading.Lock)
    next_start: float = 0.0
    users: int = 0


class LocalHostSlots:
    """`HostSlots` for one process. A host is forgotten when nobody holds or waits for it and its pause is over."""

    def __init__(self, per_host: int = 2) -> None:
        self._per_host = per_host
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, host: str, wait_s: float, spacing_s: float | None = 0.0, pause_s: float = math.inf) -> Generator[bool]:
        """See `kentongan.ports.HostSlots`."""
        with self._lock:
            entry = self._hosts.setdefault(host, _Host(threading.BoundedSemaphore(self._per_host)))
            entry.users += 1
        try:
            with self._turn(entry, wait_s, spacing_s, pause_s) as held:
                yield held
        finally:
            with self._lock:
                entry.users -= 1
                if not entry.users and entry.next_start <= time.monotonic():
                    del self._hosts[host]

    def rest_s(self, host: str) -> float:
        """See `kentongan.ports.HostSlots`."""
        with self._lock:
            entry = self._hosts.get(host)
            return max(0.0, entry.next_start - time.monotonic()) if entry is not None else 0.0

    @contextmanager
    def _turn(self, entry: _Host, wait_s: float, spacing_s: float | None, pause_s: float) -> Generator[bool]:
        until = time.monotonic() + wait_s
        if not entry.free.acquire(timeout=max(0.0, wait_s)):
            yield False
            return
        try:
            pause = self._reserve(entry, min(until, time.monotonic() + pause_s), spacing_s)
            if pause:
                time.sleep(pause)
            yield pause is not None
        finally:
            entry.free.release()

    @staticmethod
    def _reserve(entry: _Host, until: float, spacing_s: float | None) -> float | None:
        """Seconds to sleep before the visit may start, or None if that would be after `until`."""
        if spacing_s is None:
            return 0.0
        with entry.lock:
            now = time.monotonic()
            start = max(now, entry.next_start)
            if start > max(now, until):
                return None
            entry.next_start = start + spacing_s
            return start - now
