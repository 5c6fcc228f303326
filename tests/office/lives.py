"""Real processes that do one act each and are ended by `kill -9` at a statement or commit of it; what they lived through is counted."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from typing import Any

from django.db import connection

LIVES = """
import json, os, signal, sys
from datetime import datetime
said = json.loads(sys.argv[1])
import django; django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = said["database"]
settings.CONFIG = type(settings.CONFIG)({**settings.CONFIG.values, **said["config"]}, settings.CONFIG.origins)
from django.db import connection
from kentongan.adapters.clock import ShiftedClock
now = datetime.fromisoformat(said["now"])
settings.CLOCK = ShiftedClock(now, now, 0)
exec(sys.argv[2])

def live(name, last, answered):
    act, done = globals()[name](), 0
    def doing(words, do):
        nonlocal done
        done += 1
        here = done == last if isinstance(last, int) else last in str(words)
        if here and not answered:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = do()
        if here:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer
    commit = connection._commit
    connection._commit = lambda: doing("COMMIT", commit)
    with connection.execute_wrapper(lambda execute, words, *given: doing(words, lambda: execute(words, *given))):
        act()

for line in sys.stdin:
    child = os.fork()
    if not child:
        live(*json.loads(line))
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""
"""Forks a process for each line: an act by its name, where it ends and whether after the answer. Says its number, and how it ended."""


class Lives:
    """Processes that do what `acts` defines, one after another: functions that make ready and give what is then done and counted."""

    def __init__(self, acts: str, now: datetime, config: dict[str, Any] | None = None, **said: Any) -> None:
        told = {"database": connection.settings_dict["NAME"], "now": now.isoformat(), "config": config or {}, **said}
        command = [sys.executable, "-c", LIVES, json.dumps(told), acts]
        self.parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self, act: str, last: int | str = 0, answered: bool = False) -> int:
        """The number of a process that works now. It ends at its `last` statement or commit, or at the first that says so: before it is
        sent or when it is answered; 0: it is let be."""
        assert self.parent.stdin is not None
        self.parent.stdin.write(json.dumps([act, last, answered]) + "\n")
        self.parent.stdin.flush()
        return self._said()

    def end(self) -> int:
        """How it ended: 0, or the signal."""
        return self._said()

    def live(self, act: str, last: int | str = 0, answered: bool = False) -> int:
        """Begin one and wait for its end."""
        self.begin(act, last, answered)
        return self.end()

    def _said(self) -> int:
        assert self.parent.stdout is not None
        return int(self.parent.stdout.readline())

    def close(self) -> None:
        assert self.parent.stdin is not None
        self.parent.stdin.close()
        assert self.parent.wait(60) == 0
        assert self.parent.stdout is not None
        self.parent.stdout.close()
