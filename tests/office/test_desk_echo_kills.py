"""The work of the echo ended by `kill -9`: at each of its statements, at random moments, in a real worker. Nothing is lost or twice."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from desk import NOW, page
from django.db import connection
from django.urls import reverse
from echoes import OTHER, heard, published, quotable, read
from lives import Lives
from screens import STILL

from kentongan.office.desk import echo_reading, echo_tasks
from kentongan.office.desk.echo_models import EchoMessage, EchoReading, EchoTie
from kentongan.office.listening.models import ListenerState, Membership
from kentongan.testing.builders import Told, make_article

pytestmark = pytest.mark.django_db(transaction=True)

FOLLOWS = """
from kentongan.office.desk import echo_reading, echo_tasks
echo_reading.STEP, echo_reading.TIES = said["step"], said["ties"]
def follow():
    return lambda: echo_tasks.hear_echo_of(said["office"])
"""


def following(office: int, step: int, ties: int) -> Lives:
    """Processes that follow the echo of an office, one after another."""
    return Lives(FOLLOWS, NOW, office=office, step=step, ties=ties)


@pytest.fixture
def said(settings: Any) -> Any:
    settings.CLOCK = STILL
    echo_reading.counts_before.cache_clear()
    return published()


def told(paper: Any, made: Any, count: int) -> int:
    """So many articles: in turn a copy, a quotation, another matter, and one that listening takes for a copy of the quotation. How many
    are to be tied."""
    office, lead = paper.desk.office, quotable(made)
    rows = []
    for n in range(count):
        text = (made.version.text, f"{lead} {OTHER}", OTHER, "Ringkasan berita pagi dari mitra kami.")[n % 4]
        rows.append(make_article(office, Told(f"Surat {n}", 2.0 - (10 + n * 60 / count) / 60, f"Kabar {n}", text, "id"), NOW))
    copies = [Membership(article=one, story=paper.desk.story, original=rows[n - 2], copy_kind="near", office=office)
              for n, one in enumerate(rows) if n % 4 == 3]  # fmt: skip
    Membership.objects.bulk_create(copies)
    heard(office, *rows)
    return sum(n % 4 != 2 for n in range(count))


def written() -> list[str]:
    """Everything that following has written, but for the numbers of its rows."""
    rows = []
    for model, order in ((EchoReading, "publication"), (EchoMessage, "position"), (EchoTie, "key")):
        names = [one.attname for one in model._meta.concrete_fields if one.attname not in {"id", "reading_id"}]
        rows += [repr(row) for row in model.objects.order_by(order).values_list(*names)]
    return rows


def shown(paper: Any, made: Any) -> str:
    """The page of the echo without what differs from one look to the next."""
    words = page(paper.desk.sari, reverse("echo", args=[made.statement_id]))
    return re.sub(r'/echo/\d+/|name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", words)


def check_like_undisturbed(paper: Any, made: Any, ties: int) -> None:
    """What was written and is shown now is what one run without any trouble gives."""
    assert EchoTie.objects.count() == EchoTie.objects.values("key").distinct().count() == ties
    found, seen = written(), shown(paper, made)
    for model in (EchoTie, EchoMessage, EchoReading):
        model.objects.all().delete()
    while read(paper.desk.office).more:
        pass
    assert written() == found
    assert shown(paper, made) == seen


def finished(office: Any) -> bool:
    end = ListenerState.objects.get(office=office).offset
    return EchoReading.objects.filter(office=office, read_to=end).exists()


def test_killed_before_and_after_each_of_its_statements_and_commits_it_goes_on_and_loses_nothing(said: Any) -> None:
    paper, made = said
    ties = told(paper, made, 20)
    lives, killed, last = following(paper.desk.office.pk, step=6, ties=4), 0, 0
    halves: set[int] = set()
    ended = signal.SIGKILL
    while ended:
        last += 1
        for answered in (False, True):
            ended = lives.live("follow", last, answered)
            assert ended in (0, signal.SIGKILL)
            killed += ended == signal.SIGKILL
            halves.add(EchoTie.objects.count())
    lives.close()
    assert finished(paper.desk.office)
    assert killed >= 20
    assert len(halves) >= 4, "it was killed with nothing, with some and with all of them written"
    check_like_undisturbed(paper, made, ties)


def storm(kill: Callable[[], None], done: Callable[[], bool], ties: int, kills: int, seed: int) -> int:
    """Kill at random moments of a run until so many kills or its end; gives how often."""
    chance, killed = random.Random(seed), 0
    while killed < kills:
        aim = EchoTie.objects.count() + chance.randint(1, max(2, ties // (kills + 1)))
        while not done() and EchoTie.objects.count() < aim:
            time.sleep(0.002)
        if done():
            break
        time.sleep(chance.random() * 0.2)
        kill()
        killed += 1
    return killed


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(3))
def test_a_storm_of_kills_at_random_moments_gives_what_one_run_gives(said: Any, seed: int) -> None:
    paper, made = said
    ties = told(paper, made, 400)
    lives, ends = following(paper.desk.office.pk, step=20, ties=5), []
    at_work = [lives.begin("follow")]

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(at_work[0], signal.SIGKILL)
        ends.append(lives.end())
        at_work[0] = lives.begin("follow")

    def done() -> bool:
        if finished(paper.desk.office):
            return True
        try:
            os.kill(at_work[0], 0)
        except ProcessLookupError:  # a run is over before the end: it looks at so many steps only
            ends.append(lives.end())
            at_work[0] = lives.begin("follow")
        return False

    assert storm(kill, done, ties, 25, seed) >= 10
    while not done():
        time.sleep(0.05)
    assert lives.end() == 0
    lives.close()
    assert signal.SIGKILL in ends
    check_like_undisturbed(paper, made, ties)


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_a_worker_that_is_killed_again_and_again_takes_the_work_up_and_ties_each_article_once(said: Any, installation: Any) -> None:
    paper, made = said
    ties = told(paper, made, 900)
    url = connection.get_connection_params()
    address = " ".join(f"{name}={url[name]}" for name in ("host", "user", "dbname", "port") if url.get(name))
    place = installation(url=address, clock_origin=NOW.isoformat(), clock_speed="0")
    echo_tasks.hear_echo(0)
    at_work = [place.start("part", "worker")]

    def kill() -> None:
        at_work[0].kill()
        assert at_work[0].wait(30) == -signal.SIGKILL
        at_work[0] = place.start("part", "worker")

    killed = storm(kill, lambda: finished(paper.desk.office), ties, 5, 3)
    until = time.monotonic() + 600
    while not finished(paper.desk.office):
        assert time.monotonic() < until, place.said(at_work[0])
        time.sleep(0.2)
    at_work[0].terminate()
    at_work[0].wait(60)
    assert killed >= 3
    assert place.ask("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'hear_echo_of' AND status = 'failed'") == [(0,)]
    check_like_undisturbed(paper, made, ties)
