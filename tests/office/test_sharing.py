"""Processes of the web server that share one socket: whoever has least in hand takes the next connection."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from kentongan.office.sharing import Hands, SharingServer

SLOW_S = 0.6


def answering(environ, start):
    """Says which process answered; `/slow` keeps a thread for a while, without computing."""
    if environ["PATH_INFO"] == "/slow":
        time.sleep(SLOW_S)
    start("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]


@contextmanager
def served(processes, threads=4):
    door, hands, children = socket.create_server(("127.0.0.1", 0)), Hands(processes), []
    try:
        for number in range(processes):
            child = os.fork()
            if child == 0:
                try:
                    SharingServer(answering, door, hands, number, threads=threads, ident="test").run()
                finally:
                    os._exit(0)
            children.append(child)
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        door.close()


def ask(address):
    with urlopen(address, timeout=20) as answer:
        return int(answer.read())


def test_a_process_that_is_busy_leaves_new_connections_to_the_one_that_rests():
    """All but those that come while what the other one just finished still counts; left to the kernel it is about half."""
    stolen = 0
    with served(2) as address:
        for _ in range(5):
            busy = []
            slow = threading.Thread(target=lambda busy=busy: busy.append(ask(f"{address}/slow")))
            slow.start()
            time.sleep(0.1)
            quick = []
            for _ in range(10):
                quick.append(ask(f"{address}/quick"))
                time.sleep(0.02)
            slow.join()
            stolen += quick.count(busy[0])
    assert stolen <= 10


def test_as_many_at_once_as_there_are_processes_are_one_each():
    with served(3) as address:
        answered = []
        threads = [threading.Thread(target=lambda: answered.append(ask(f"{address}/slow"))) for _ in range(3)]
        for thread in threads:
            thread.start()
            time.sleep(0.1)
        for thread in threads:
            thread.join()
    assert len(set(answered)) == 3


def test_more_than_all_threads_wait_their_turn_and_none_is_lost():
    with served(2, threads=2) as address:
        begun = time.monotonic()
        answered = []
        threads = [threading.Thread(target=lambda: answered.append(ask(f"{address}/slow"))) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answered) == 12
    assert time.monotonic() - begun > 2 * SLOW_S


@pytest.mark.parametrize(("counts", "fewest"), [((0, 0), 0), ((3, 1), 1), ((999, 400), 255)])
def test_the_fewest_in_hand_are_seen_by_all_and_more_than_a_byte_holds_count_as_the_most(counts, fewest):
    hands = Hands(len(counts))
    for number, count in enumerate(counts):
        hands.write(number, count)
    assert hands.fewest() == fewest
