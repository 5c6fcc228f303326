"""Several people at the same moment: each in a thread with a connection of their own, on the real database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from kentongan.errors import KentonganError

Act = Callable[[], Any]


class Crowd:
    """Acts that begin at the same moment. `said` has what came of each: its answer, or the refusal it ended with."""

    def __init__(self, acts: Sequence[Act]) -> None:
        self.said: list[Any] = [None] * len(acts)
        self._gate = threading.Barrier(len(acts))
        self._broken: list[Exception] = []
        self._threads = [threading.Thread(target=self._do, args=(n, act)) for n, act in enumerate(acts)]
        for one in self._threads:
            one.start()

    def _do(self, n: int, act: Act) -> None:
        try:
            self._gate.wait(30)
            self.said[n] = act()
        except KentonganError as error:
            self.said[n] = error
        except Exception as error:  # noqa: BLE001  raised again where the test waits
            self._broken.append(error)
        finally:
            connection.close()

    def end(self) -> list[Any]:
        """Wait for all; what nobody meant to happen is raised here."""
        for one in self._threads:
            one.join(60)
            assert not one.is_alive(), "they wait for each other"
        if self._broken:
            raise self._broken[0]
        return self.said


def at_once(*acts: Act) -> list[Any]:
    """What came of each."""
    return Crowd(acts).end()


def queued(rows: Any, *acts: Act) -> list[Any]:
    """The same, all of them having asked for these rows before any of them gets one: here they are held until everybody waits."""
    with transaction.atomic():
        list(rows.select_for_update().order_by("pk"))
        crowd = Crowd(acts)
        until_waiting(len(acts))
    return crowd.end()


def until_waiting(count: int) -> None:
    """Until so many others of this database wait for a lock."""
    until = time.monotonic() + 30
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            if len(cursor.fetchall()) >= count:
                return
            assert time.monotonic() < until, "they do not wait for it"
            time.sleep(0.01)


@contextmanager
def meanwhile(act: Act) -> Any:
    """What stands below is done while this act is done and not yet committed."""
    done, go = threading.Event(), threading.Event()

    def held() -> Any:
        with transaction.atomic():
            came = act()
            done.set()
            assert go.wait(30)
        return came

    crowd = Crowd([held])
    assert done.wait(30)
    try:
        yield crowd
    finally:
        go.set()
        crowd.end()
