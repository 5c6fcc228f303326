"""Slots keep the number of connections a host sees, and the pause it asked for."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from kentongan.adapters.loop_thread import LoopThread
from kentongan.adapters.postgres import SharedHostSlots
from kentongan.adapters.slots import LocalHostSlots
from kentongan.testing.faults import FaultServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def database(db):
    """The test database by its address, for sessions of one's own."""
    params = connection.get_connection_params()
    wanted = {key: params[key] for key in ("host", "port", "user", "password", "dbname") if params.get(key)}
    return make_conninfo("", **wanted)


@pytest.fixture(params=["local", "shared"])
def make_slots(request):
    """Slots of every kind there is: inside one process, and over a database."""
    opened = []

    def make(limit):
        if request.param == "local":
            return LocalHostSlots(limit)
        opened.append(SharedHostSlots(request.getfixturevalue("database"), limit))
        return opened[-1]

    yield make
    for slots in opened:
        slots.close()


def test_no_more_than_the_limit_are_held_at_once_and_all_get_their_turn(make_slots):
    slots, lock = make_slots(2), threading.Lock()
    inside, peak, served = 0, 0, 0

    def visit(_):
        nonlocal inside, peak, served
        with slots.hold("turns.example", 20) as held:
            with lock:
                inside += 1
                peak = max(peak, inside)
                served += held
            time.sleep(0.002)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(visit, range(24)))
    assert (peak, served) == (2, 24)


def test_hosts_do_not_wait_for_each_other(make_slots):
    slots = make_slots(1)
    with slots.hold("a.example", 0) as first, slots.hold("b.example", 0) as second:
        assert first and second


def test_a_slot_that_comes_free_too_late_is_not_given(make_slots):
    slots = make_slots(1)
    with slots.hold("late.example", 0) as first, slots.hold("late.example", 0.02) as second:
        assert first and not second
    with slots.hold("late.example", 0) as third:
        assert third


def test_a_slot_is_given_back_when_the_visit_fails(make_slots):
    slots = make_slots(1)
    with pytest.raises(RuntimeError), slots.hold("broken.example", 0):
        raise RuntimeError("broken off")
    with slots.hold("broken.example", 0) as held:
        assert held


def test_the_pause_lies_between_the_starts_of_two_visits(make_slots):
    slots, starts = make_slots(2), []

    def visit(_):
        with slots.hold("pause.example", 30, 0.5) as held:
            assert held
            starts.append(time.monotonic())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(visit, range(4)))
    starts.sort()
    assert all(later - earlier >= 0.25 for earlier, later in pairwise(starts))  # a busy machine may tell of a start late


def test_a_pause_longer_than_the_patience_is_not_begun(make_slots):
    slots = make_slots(2)
    with slots.hold("long.example", 0, 60) as first, slots.hold("long.example", 0.05, 60) as second:
        assert first and not second


def test_hosts_nobody_uses_are_forgotten():
    slots = LocalHostSlots(2)
    for number in range(1000):
        with slots.hold(f"host{number}.example", 0, 30.0 if number == 7 else 0.0):
            pass
    assert list(slots._hosts) == ["host7.example"], "its pause is not over"


PROCESS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.adapters.postgres import SharedHostSlots
from kentongan.ports import FetchRequest

slots = SharedHostSlots(sys.argv[1])
fetcher = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"})), slots=slots)
with ThreadPoolExecutor(6) as pool:
    kinds = {outcome.kind for outcome in pool.map(fetcher.fetch, [FetchRequest(sys.argv[2])] * 12)}
fetcher.close()
slots.close()
print(*kinds)
"""


def test_two_processes_together_never_open_more_than_two_connections_to_a_host(database):
    with FaultServer() as server:
        command = [sys.executable, "-c", PROCESS, database, server.url_for("fine?wait=0.02")]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        said = [process.communicate(timeout=60)[0].strip() for process in running]
        assert said == ["ok", "ok"]
        assert server.hits["fine"] == 24
        assert server.peak == 2


def test_a_killed_process_leaves_no_slot_taken(database):
    script = "import sys, time; from kentongan.adapters.postgres import SharedHostSlots as S; s = S(sys.argv[1], 1)\n"
    script += "with s.hold('killed.example', 5) as held: print(held, flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", script, database], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline().strip() == "True"
    slots = SharedHostSlots(database, 1)
    with slots.hold("killed.example", 0) as held:
        assert not held
    holder.kill()
    holder.communicate()
    with slots.hold("killed.example", 10) as held:
        assert held
    slots.close()


def test_a_loop_thread_runs_work_of_other_threads_until_it_is_closed():
    loop = LoopThread("test")

    async def double(number):
        return 2 * number

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda n: loop.submit(double(n)).result(5), range(20))) == [2 * n for n in range(20)]
    loop.close()
    loop.close()
    with pytest.raises(RuntimeError):
        loop.submit(double(1))
