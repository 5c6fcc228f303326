"""One process of the web server among several behind one listening socket: whoever has least in hand takes the next connection.

Observed, with 20 people at work in an office of 200,000 articles, both processors half idle: the kernel wakes every process for a new
connection and the first one there takes it, however many pages it is making, so that one page waited for another in the same interpreter
while the other process rested. And a thread that comes back from the database waited for its turn behind one that computes, up to five
thousandths of a second for each of two dozen queries. Pages took twice as long as for one person alone.

Method. Every process writes how many requests it has in hand into memory all of them see, and listens only while nobody has fewer
(join the shortest queue: Winston 1977, Optimality of the shortest line discipline). Threads change places ten times as often.

Known limits. A browser that keeps its connection stays with its process. The numbers are as old as the last turn of the loop, GLANCE_S
at most while a process is busy.
"""

from __future__ import annotations

import mmap
import sys
from collections.abc import Callable
from typing import Any

from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

GLANCE_S = 0.01
"""How often a process that is busy looks whether it is the least busy by now."""
TURN_S = 0.0005
"""How long a thread that computes keeps others from going on."""
MOST = 255


class Hands:
    """How many requests each of so many processes has in hand: one byte each in memory that is shared with all children."""

    def __init__(self, processes: int) -> None:
        self._counts = mmap.mmap(-1, processes)

    def write(self, number: int, count: int) -> None:
        self._counts[number] = min(count, MOST)

    def fewest(self) -> int:
        return min(self._counts[:])


class SharingServer(TcpWSGIServer):
    """A web server on a socket others listen on too, that leaves new connections to those who have less to do."""

    def __init__(self, application: Callable[..., Any], door: Any, hands: Hands, number: int, **adjustments: Any) -> None:
        """Listens on `door`; `number` is this process's place in `hands`. Raises ValueError for adjustments waitress does not know."""
        sys.setswitchinterval(TURN_S)
        chosen = Adjustments(sockets=[door], **adjustments)
        self.hands, self.number, self.pool = hands, number, ThreadedTaskDispatcher()
        self.pool.set_thread_count(chosen.threads)
        info = (door.family, door.type, door.proto, door.getsockname())
        super().__init__(application, {}, True, door, dispatcher=self.pool, adj=chosen, bind_socket=False, sockinfo=info)

    @property
    def in_hand(self) -> int:
        """Requests that are answered or wait for a thread."""
        return len(self.pool.queue) + self.pool.active_count

    def readable(self) -> bool:
        """Whether to listen for a connection in this turn of the loop."""
        count = self.in_hand
        self.hands.write(self.number, count)
        return bool(super().readable()) and count <= self.hands.fewest()

    def run(self) -> None:
        """Answer until the socket is closed."""
        while self._map:
            timeout = GLANCE_S if self.in_hand else self.adj.asyncore_loop_timeout
            self.asyncore.loop(timeout=timeout, map=self._map, use_poll=self.adj.asyncore_use_poll, count=1)
