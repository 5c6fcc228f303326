"""Slots keep the number of connections a host sees, and the pause it asked for."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from kentongan.adapters.loop_thread import LoopThread
from kentongan.adapters.slots import LocalHostSlots


def test_no_more_than_the_limit_are_held_at_once_and_all_get_their_turn():
    slots, lock = LocalHostSlots(2), threading.Lock()
    inside, peak, served = 0, 0, 0

    def visit(_):
        nonlocal inside, peak, served
        with slots.hold("kabar.example", 10) as held:
            with lock:
                inside += 1
                peak = max(peak, inside)
                served += held
            time.sleep(0.002)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(visit, range(60)))
    assert (peak, served) == (2, 60)


def test_hosts_do_not_wait_for_each_other():
    slots = LocalHostSlots(1)
    with slots.hold("a.example", 0) as first, slots.hold("b.example", 0) as second:
        assert first and second


def test_a_slot_that_comes_free_too_late_is_not_given():
    slots = LocalHostSlots(1)
    with slots.hold("a.example", 0) as first, slots.hold("a.example", 0.02) as second:
        assert first and not second
    with slots.hold("a.example", 0) as third:
        assert third


def test_a_slot_is_given_back_when_the_visit_fails():
    slots = LocalHostSlots(1)
    with pytest.raises(RuntimeError), slots.hold("a.example", 0):
        raise RuntimeError("broken off")
    with slots.hold("a.example", 0) as held:
        assert held


def test_the_pause_lies_between_the_starts_of_two_visits():
    slots, starts = LocalHostSlots(2), []

    def visit(_):
        with slots.hold("a.example", 5, 0.1) as held:
            assert held
            starts.append(time.monotonic())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(visit, range(4)))
    starts.sort()
    assert all(later - earlier >= 0.09 for earlier, later in pairwise(starts))


def test_a_pause_longer_than_the_patience_is_not_begun():
    slots = LocalHostSlots(2)
    with slots.hold("a.example", 0, 60) as first, slots.hold("a.example", 0.05, 60) as second:
        assert first and not second


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
