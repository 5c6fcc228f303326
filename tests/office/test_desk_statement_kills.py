"""Publishing broken off by `kill -9`, and by a connection that is cut: nothing of it or all of it, and each reader gets one letter."""

from __future__ import annotations

import signal
import threading
from typing import Any

import pytest
from approvals import asked, decide, sight_of
from desk import NOW
from django.db import connection
from django.urls import reverse
from lives import Lives
from readers import Sink, pointed, room, sent, subscribed
from screens import STILL, client_of
from statements import detail, lines

from kentongan.office.desk.models import Issue, Publication, Statement
from kentongan.office.newsroom import tasks
from kentongan.office.newsroom.models import Letter, Mailing

pytestmark = pytest.mark.django_db(transaction=True)

ACTS = """
from django.test import Client
from django.urls import get_resolver, reverse
from kentongan.engine.names import load_tagger
from kentongan.office.desk import statement_queries
from kentongan.office.desk.models import Statement
from kentongan.office.newsroom import tasks
from kentongan.office.people.models import User

get_resolver().url_patterns, load_tagger()

def publish():
    client, found = Client(), Statement.objects.get(state="approved")
    client.force_login(User.objects.get(pk=said["by"]))
    last = statement_queries.get_last(found)
    typed = {"number": last.number, "text_hash": last.text_hash}
    return lambda: client.post(reverse("publish_statement", args=[found.pk]), typed)

def tell():
    return lambda: tasks.mind_readers.func(0)
"""
NAMES = ["ani", "budi", "cici"]


@pytest.fixture
def sink(serve_mail: Any, settings: Any, tmp_path: Any) -> Sink:
    kept = Sink()
    kept.url = serve_mail(kept)  # type: ignore[attr-defined]
    pointed(settings, kept.url, tmp_path)  # type: ignore[attr-defined]
    return kept


@pytest.fixture
def paper(settings: Any, sink: Sink) -> Any:
    """An office with three readers by e-mail."""
    settings.CLOCK = STILL
    made = room()
    for name in NAMES:
        subscribed(made.desk.office, f"{name}@pembaca.example")
    return made


@pytest.fixture
def lives(paper: Any, settings: Any) -> Any:
    values = settings.CONFIG.values
    config = {name: values[name] for name in ("mail_url", "public_url", "data", "mail_per_second")}
    made = Lives(ACTS, NOW, config, by=paper.desk.sari.pk)
    yield made
    made.close()


def approved(paper: Any) -> Statement:
    """A statement that may be published, while an answer is due in its issue."""
    Issue.objects.filter(pk=paper.issue.pk).update(due=NOW, due_note="")
    return decide(paper.dewi, asked(paper))


def is_published(found: Statement) -> bool:
    """Whether it is; fails where only a part of it is there."""
    now = Statement.objects.get(pk=found.pk)
    made = Publication.objects.filter(statement=found).first()
    told = (now.state, lines(found).count("statement.published"), now.issue.due)
    if made is None:
        assert told == ("approved", 0, NOW)
        return False
    assert told == ("published", 1, now.next_update)
    assert (made.text_hash, detail(found, "statement.published")["text_hash"]) == (sight_of(found).text_hash,) * 2
    return True


def check_letters(paper: Any, sink: Sink, publications: int) -> None:
    """Whatever happened before, each reader has got one letter of each publication."""
    tasks.mind_readers.func(0)
    tasks.mind_readers.func(0)
    sent(paper.desk.office)
    sent(paper.desk.office)
    assert Mailing.objects.count() == publications
    assert not Letter.objects.exclude(mailing=None).exclude(state="sent").exists()
    assert sink.counts() == {f"{name}@pembaca.example": publications for name in NAMES}


def test_killed_before_it_is_committed_nothing_is_published_and_killed_after_it_everything_is_and_told_once(paper, lives, sink) -> None:
    found = approved(paper)
    for last, answered in (('INSERT INTO "desk_publication"', True), ("COMMIT", False)):
        assert lives.live("publish", last, answered) == signal.SIGKILL
        assert not is_published(found), last
    assert lives.live("publish", "COMMIT", True) == signal.SIGKILL
    assert is_published(found), "it was committed; nobody has told the readers yet"
    for last in ('INSERT INTO "newsroom_letter"', "COMMIT"):
        assert lives.live("tell", last, True) == signal.SIGKILL
    check_letters(paper, sink, 1)
    assert Publication.objects.count() == 1


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_killed_at_each_of_its_statements_and_commits_nothing_is_half_done_or_twice(paper, lives, sink) -> None:
    found, killed, publications = approved(paper), 0, 0
    for act in ("publish", "tell"):
        last, ended = 0, signal.SIGKILL
        while ended:
            last += 1
            for answered in (False, True):
                ended = lives.live(act, last, answered)
                assert ended in (0, signal.SIGKILL)
                killed += ended == signal.SIGKILL
                if is_published(found):
                    found, publications = approved(paper), publications + 1
    assert killed >= 40
    assert Publication.objects.count() == publications >= 2
    check_letters(paper, sink, publications)


def test_a_connection_that_is_cut_half_way_leaves_nothing_and_the_same_process_publishes_it_then(paper) -> None:
    found = approved(paper)
    seen = sight_of(found)
    answers: list[int] = []

    def cut(execute: Any, words: Any, *given: Any) -> Any:
        answer = execute(words, *given)
        if 'INSERT INTO "desk_publication"' in str(words):
            ends.wait(30)
            ends.wait(30)
        return answer

    def publish() -> None:
        client = client_of(paper.desk.sari, raise_request_exception=False)
        typed = {"number": seen.number, "text_hash": seen.text_hash}
        path = reverse("publish_statement", args=[found.pk])
        pid.append(connection.connection.info.backend_pid)
        with connection.execute_wrapper(cut):
            answers.append(client.post(path, typed).status_code)
        ends.wait(30)
        ends.wait(30)
        answers.append(client.post(path, typed).status_code)
        connection.close()

    ends, pid = threading.Barrier(2), list[int]()
    worker = threading.Thread(target=publish)
    worker.start()
    ends.wait(30)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid[0]])
    ends.wait(30)
    ends.wait(30)
    assert not is_published(found)
    ends.wait(30)
    worker.join(60)
    assert answers == [503, 302], "it says that the database does not answer, and works on when it does"
    assert is_published(found)
