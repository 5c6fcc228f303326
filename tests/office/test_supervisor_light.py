"""The supervisor with parts that are almost nothing: started, started again, grown, ended. No database, no office."""

from __future__ import annotations

import os
import re
import threading
import time

import pytest

from kentongan.adapters.postgres import OpenDatabase
from kentongan.errors import DatabaseError
from kentongan.office.supervisor import HOPELESS, Part, Supervisor

pytestmark = pytest.mark.timeout(60)
LASTING = "echo ready > /proc/self/fd/$KENTONGAN_READY_FD; exec sleep 60"

LONGEST_S = 25
"""A run ends then, whatever it waits for; the test fails by what was not said."""


class Served(OpenDatabase):
    """A database that is always there."""

    def __init__(self):
        super().__init__("postgresql://served.example/x")


class Broken(Served):
    """One that has to be started again and cannot be."""

    def revive(self):
        raise DatabaseError("The database does not start. Look into its log.")


def shell(name, words):
    return Part(name, command=("sh", "-c", words))


def run(parts, until, database=None, also=lambda: (), asked_before=0.0):
    """What a supervisor said, from its start until `until(said)` holds; and with which code it ended."""
    said, ready = [], []
    supervisor = Supervisor(parts, database or Served(), said.append, ready.append, also)
    supervisor._asked -= asked_before
    over = threading.Event()

    def watch():
        give_up = time.monotonic() + LONGEST_S
        while not over.wait(0.05):
            if until(said, ready) or time.monotonic() > give_up:
                supervisor.stopping = True

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        code = supervisor.run()
    finally:
        over.set()
        watcher.join()
    return code, said, ready


def test_it_is_ready_once_when_every_part_has_said_so_and_leaves_nobody_behind():
    parts = [shell("web", LASTING.replace("ready", "http://127.0.0.1:8123/", 1)), shell("worker", LASTING)]
    code, said, ready = run(parts, lambda said, ready: ready)
    assert (code, said, ready) == (0, [], ["http://127.0.0.1:8123/"])
    assert parts[0].words == ("web", "--port", "8123"), "started again it keeps its port"
    assert [part.process.poll() is not None for part in parts] == [True, True]
    assert [part.pipe for part in parts] == [-1, -1]


def test_a_part_that_dies_is_started_again_a_second_later_with_why(tmp_path):
    flag = tmp_path / "died"
    once = f"if [ -e {flag} ]; then {LASTING}; fi; touch {flag}; kill -KILL $$"
    code, said, _ready = run([shell("listener", once)], lambda said, ready: ready)
    assert code == 0
    assert len(said) == 1
    assert re.fullmatch(r"listener stopped after \d s \(killed by SIGKILL\); starting it again in 1 s\.", said[0])


def test_the_wait_doubles_while_it_goes_on_dying():
    code, said, _ = run([shell("worker", "exit 7")], lambda said, ready: len(said) > 1)
    assert code == 0
    assert [line.split("(")[1] for line in said] == [
        "ended with code 7); starting it again in 1 s.",
        "ended with code 7); starting it again in 2 s.",
    ]


def test_a_part_that_can_never_work_ends_the_run_and_the_others_with_it():
    other = shell("worker", LASTING)
    code, said, ready = run([shell("web", f"sleep 0.5; exit {HOPELESS}"), other], lambda said, ready: False)
    assert (code, ready) == (HOPELESS, [])
    assert said == ["web cannot start; see its message above. Stopping."]
    assert not other.alive


def test_what_says_hopeless_after_it_worked_is_only_started_again(tmp_path):
    flag = tmp_path / "died"
    words = f"[ -e {flag} ] && exit {HOPELESS}; touch {flag}; exit 1"
    code, said, _ = run([shell("listener", words)], lambda said, ready: len(said) > 1)
    assert code == 0
    assert f"ended with code {HOPELESS}" in said[1]


def test_a_new_office_gets_its_listener_once_while_everything_runs(tmp_path):
    mark = tmp_path / "new"
    asked = []

    def also():
        asked.append(1)
        return [shell("listener lama", LASTING), shell("listener baru", f"echo >> {mark}; {LASTING}")]

    old = shell("listener lama", LASTING)
    parts = [old]
    code, said, ready = run(parts, lambda said, ready: mark.exists(), also=also, asked_before=1_000)
    assert (code, len(ready), len(asked)) == (0, 1, 1)
    assert said == ["listener baru is new; starting it."]
    assert [part.name for part in parts] == ["listener lama", "listener baru"]
    assert mark.read_text() == "\n"


def test_nobody_is_asked_for_more_before_everything_is_ready():
    asked = []
    slow = shell("worker", "exec sleep 30")
    started = time.monotonic()
    run([slow], lambda said, ready: time.monotonic() > started + 1, also=lambda: asked.append(1) or (), asked_before=1_000)
    assert asked == []


def test_a_database_that_does_not_come_back_is_said_and_the_parts_go_on():
    part = shell("worker", LASTING)
    code, said, _ = run([part], lambda said, ready: said and ready, database=Broken())
    assert (code, said) == (0, ["The database does not start. Look into its log."])
    assert part.deaths == 0


def test_the_parts_are_in_sessions_of_their_own_and_get_no_keyboard(tmp_path):
    told = tmp_path / "told"
    part = shell("worker", f"(ps -o sid= -p $$; readlink /proc/$$/fd/0) > {told}.part; mv {told}.part {told}; {LASTING}")
    run([part], lambda said, ready: told.exists())
    session, keyboard = told.read_text().split()
    assert part.process is not None
    assert int(session) == part.process.pid != os.getsid(0)
    assert keyboard == "/dev/null"
