"""Keeps one embedded PostgreSQL server: starts it, and stops it when the last process that uses it is gone.

Run as its own small process (`python -I -S keeper.py '<json>'`, standard library only), because a server must outlive whichever
process happened to start it and must not outlive all of them. Every user of the server holds a *shared* lock (`flock`) on the lease
file; the kernel drops it however that process ends, `kill -9` included. The keeper tries for the *exclusive* lock: once it gets it
nobody is left, so it asks the server for a fast shutdown. Whoever wants in meanwhile waits for its shared lock and then starts anew.
Lists of process ids were not used: they go stale after `kill -9`, and the server then never stops.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
LOOK_EVERY_S = 0.3
STOP_WITHIN_S = 30.0


def dies_with_parent(how: int) -> Callable[[], None] | None:
    """What a child runs before it becomes another program, so that the kernel sends it `how` when its parent dies (Linux only).

    The library is loaded before the fork. The mark is lost when a process changes its user, so this must run after that, as
    `subprocess` does.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def mark() -> None:
        prctl(PR_SET_PDEATHSIG, how)

    return mark


def keep(command: list[str], user: int | None, group: int | None, lease: Path, log: Path) -> int:
    """Run the server until it ends or nobody holds the lease; returns its exit code."""
    with log.open("ab") as out, lease.open("rb") as held:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
            cwd="/",
            preexec_fn=dies_with_parent(signal.SIGINT),  # noqa: PLW1509  the keeper has one thread
        )
        while server.poll() is None:
            time.sleep(LOOK_EVERY_S)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            return _stop(server)
        return server.returncode


def _stop(server: subprocess.Popen[bytes]) -> int:
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(how)
        try:
            return server.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            continue
    return server.wait()


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # only the lease decides
    given = json.loads(sys.argv[1])
    os.umask(0o077)
    code = keep(given["command"], given["user"], given["group"], Path(given["lease"]), Path(given["log"]))
    with contextlib.suppress(OSError):  # only a short socket folder of its own is empty now
        Path(given["socket_dir"]).rmdir()
    sys.exit(code)


if __name__ == "__main__":
    main()
