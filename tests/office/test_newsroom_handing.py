"""Letters to readers reach the mail server exactly once each: a real server that refuses, delays, fills up, is away; and `kill -9`."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from desk import NOW
from readers import REAL, Sink, many, pointed, published, room, sent, subscribed, told

from kentongan.adapters import carrying
from kentongan.adapters.carrying import Journal, Outcome, judged, opened
from kentongan.office import sealing
from kentongan.office.desk import statement_approval
from kentongan.office.desk.models import Statement
from kentongan.office.newsroom import handing, subscribing
from kentongan.office.newsroom.models import Letter, Subscription
from kentongan.office.retries import pause_s

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(serve_mail, settings, tmp_path) -> Sink:
    kept = Sink()
    kept.url = serve_mail(kept)
    pointed(settings, kept.url, tmp_path)
    return kept


@pytest.fixture
def post(sink):
    """Three readers and a publication whose letters wait."""
    made = room()
    for name in ("ani", "budi", "cici"):
        subscribed(made.desk.office, f"{name}@pembaca.example")
    made.publication = published(made)
    assert told(made.desk.office) == 3
    return made


def states() -> list[str]:
    return sorted(Letter.objects.exclude(mailing=None).values_list("state", flat=True))


def test_each_reader_gets_one_letter_however_often_it_is_tried(post, sink) -> None:
    office = post.desk.office
    assert sent(office) == handing.Round(3, None)
    assert sent(office) == handing.Round(0, None)
    assert told(office) == 0
    assert set(sink.counts().values()) == {1}
    assert len(sink.got) == 3
    assert states() == ["sent"] * 3


def test_a_server_that_is_away_for_an_hour_costs_no_letter_and_then_gets_each_once(post, sink, settings, tmp_path) -> None:
    office = post.desk.office
    pointed(settings, "smtp://127.0.0.1:1", tmp_path)
    waits, at = [], REAL
    for failures in range(12):
        came = sent(office, at, failures)
        assert (came.sent, came.away) == (0, True)
        waits.append(came.wait_s)
        at += timedelta(seconds=came.wait_s)
    assert waits[:5] == [5, 15, 60, 120, 300]
    assert waits[-1] == 300
    assert set(Letter.objects.exclude(mailing=None).values_list("state", "tries")) == {("waiting", 0)}
    pointed(settings, sink.url, tmp_path)
    assert sent(office, REAL + timedelta(hours=1)).sent == 3
    assert set(sink.counts().values()) == {1}


def test_greylisting_delays_that_letter_alone_and_it_comes_when_it_is_asked_to(post, sink) -> None:
    office = post.desk.office
    sink.at_rcpt["budi@pembaca.example"] = ["451 4.7.1 greylisted, come back later"]
    came = sent(office)
    assert (came.sent, came.wait_s, came.away) == (2, 60.0, False)
    assert sent(office, REAL + timedelta(seconds=59)).sent == 0
    assert sent(office, REAL + timedelta(seconds=61)).sent == 1
    assert set(sink.counts().values()) == {1}


def test_what_is_asked_to_come_later_is_tried_for_five_days() -> None:
    whole = sum(pause_s(tries, None, handing.PAUSES_S) for tries in range(1, handing.MOST_TRIES))
    assert timedelta(days=4.5) < timedelta(seconds=whole) < timedelta(days=5.5)


@pytest.mark.parametrize(("said", "where"), [("452 4.2.2 mailbox full", "at_rcpt"), ("552 5.2.2 mailbox full", "at_dot")])
def test_a_full_mailbox_is_tried_for_days_and_its_reader_stays(post, sink, monkeypatch, said, where) -> None:
    monkeypatch.setattr(handing, "MOST_TRIES", 4)
    office, at, tries = post.desk.office, REAL, 0
    getattr(sink, where)["budi@pembaca.example"] = [said] * 1000
    came = sent(office, at)
    while came.wait_s is not None:
        at, tries = at + timedelta(seconds=came.wait_s), tries + 1
        came = sent(office, at)
    assert tries == 3
    assert at - REAL == timedelta(seconds=sum(handing.PAUSES_S[:3]))
    assert states() == ["given_up", "sent", "sent"]
    assert Subscription.objects.filter(state="confirmed").count() == 3


@pytest.mark.parametrize("where", ["at_rcpt", "at_dot"])
def test_a_mailbox_that_does_not_exist_sets_its_subscription_aside_and_gets_no_further_letter(post, sink, where) -> None:
    office = post.desk.office
    getattr(sink, where)["budi@pembaca.example"] = ["550 5.1.1 no such user"]
    assert sent(office) == handing.Round(2, None)
    assert states() == ["refused", "sent", "sent"]
    assert Subscription.objects.get(state="aside").aside == REAL
    published(post, "Jangan lewat Jembatan Sena.")
    assert told(office) == 2
    assert sent(office).sent == 2
    again = subscribed(office, "budi@pembaca.example", NOW)
    assert again.state == "confirmed"
    assert Subscription.objects.count() == 3


def test_what_a_policy_refuses_sets_nobody_aside(post, sink) -> None:
    sink.at_rcpt[""] = ["550 5.7.1 relaying denied", "554 5.7.1 relaying denied", "530 5.7.0 authentication needed"]
    assert sent(post.desk.office).sent == 0
    assert Subscription.objects.filter(state="confirmed").count() == 3
    assert sent(post.desk.office, REAL + timedelta(minutes=2)).sent == 3


def test_a_server_that_closes_while_it_is_busy_is_asked_again_later(post, sink) -> None:
    sink.at_rcpt[""] = ["421 4.3.2 shutting down"]
    came = sent(post.desk.office)
    assert (came.sent, came.away) == (0, True)
    assert sent(post.desk.office).sent == 3


def test_whoever_leaves_while_a_letter_waits_is_not_written_to(post, sink) -> None:
    row = Subscription.objects.earliest("pk")
    subscribing.leave(post.desk.office, sealing.opened(row.sealed)["leave"])
    assert sent(post.desk.office).sent == 2
    assert states() == ["dropped", "sent", "sent"]


def test_what_was_withdrawn_before_its_letters_went_out_is_not_sent_at_all(post, sink) -> None:
    found = Statement.objects.get(pk=post.publication.statement_id)
    statement_approval.withdraw(post.desk.sari, found, "Air sudah surut", found.version, NOW)
    assert sent(post.desk.office).sent == 0, "even before anybody looked"
    assert told(post.desk.office) == 0
    assert sink.got == []


def test_no_mail_server_is_named_and_letters_wait(post, settings, tmp_path) -> None:
    pointed(settings, "", tmp_path)
    assert sent(post.desk.office) == handing.Round()
    assert states() == ["waiting"] * 3


# The journal


@pytest.mark.parametrize(
    ("code", "said", "kind"),
    [
        (550, "5.1.1 unknown", "refused"), (550, "no such user", "refused"), (553, "", "refused"), (550, "5.7.1 policy", "later"),
        (552, "5.2.2 full", "later"), (452, "", "later"), (451, "", "later"), (554, "spam", "later"), (421, "", "away"),
    ],
)  # fmt: skip
def test_an_answer_is_judged_by_what_it_means_for_that_mailbox(code, said, kind) -> None:
    assert judged(code, said).kind == kind


def test_a_journal_says_what_came_of_each_and_a_line_cut_off_says_nothing(tmp_path) -> None:
    with opened(tmp_path / "a.journal") as journal:
        for line in ("> 1", "= 1 sent 250 ", "> 2", "= 3 refused 550 5.1.1 no such user", "nonsense", "= 4 odd 1 x"):
            journal.note(line)
        os.write(journal.file, b"> 5")
        assert journal.outcomes() == {
            "1": Outcome("sent", 250), "2": Outcome("unsure"), "3": Outcome("refused", 550, "5.1.1 no such user"),
        }  # fmt: skip
        with opened(tmp_path / "a.journal") as second:
            assert second is None, "one at a time"
        journal.clear()
        assert journal.outcomes() == {}


def test_what_a_killed_worker_left_in_the_journal_is_settled_before_anything_is_sent(post, sink, settings, tmp_path) -> None:
    office = post.desk.office
    (folder := settings.CONFIG.data / "letters").mkdir()
    name = handing._name(folder)
    rows = list(Letter.objects.exclude(mailing=None).order_by("pk"))
    Letter.objects.filter(pk__in=[one.pk for one in rows]).update(state="taken", taker=name, taken=REAL)
    with opened(folder / f"{office.pk}.journal") as journal:
        journal.note(f"> {rows[0].pk}")
        journal.note(f"= {rows[0].pk} sent 250 OK")
        journal.note(f"> {rows[1].pk}")
    assert sent(office).sent == 2
    assert len(sink.got) == 2
    assert [Letter.objects.get(pk=one.pk).unsure for one in rows] == [False, True, False]


def test_letters_another_machine_took_stay_its_own_for_an_hour(post, sink) -> None:
    Letter.objects.exclude(mailing=None).update(state="taken", taker="another", taken=REAL)
    assert sent(post.desk.office, REAL + timedelta(minutes=59)).sent == 0
    assert sent(post.desk.office, REAL + timedelta(minutes=61)).sent == 3


def test_nobody_begins_while_what_was_left_is_still_at_work(post, sink, settings) -> None:
    with opened(settings.CONFIG.data / "letters" / f"{post.desk.office.pk}.journal") as journal:
        assert isinstance(journal, Journal)
        assert sent(post.desk.office) == handing.Round(wait_s=handing.BUSY_S)
    assert sent(post.desk.office).sent == 3


# kill -9

WORKER = """
import sys, json
from datetime import UTC, datetime
said = json.loads(sys.argv[1])
import django; django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = said["database"]
settings.CONFIG = type(settings.CONFIG)({**settings.CONFIG.values, **said["config"]}, settings.CONFIG.origins)
import time
from kentongan.office.people import scope
from kentongan.office.people.models import Office
from kentongan.office.newsroom import handing
with scope.scope(said["office"]):
    office = Office.objects.get(pk=said["office"])
    while (came := handing.hand_over(office, lambda: datetime.now(UTC))).wait_s is not None:
        time.sleep(min(came.wait_s, 0.2))
"""


def worker(office, settings) -> subprocess.Popen[bytes]:
    values = settings.CONFIG.values
    config = {name: values[name] for name in ("mail_url", "public_url", "data", "mail_per_second")}
    said = {"database": settings.DATABASES["default"]["NAME"], "office": office.pk, "config": config}
    return subprocess.Popen([sys.executable, "-c", WORKER, json.dumps(said)])


def carriers(parent: int) -> list[int]:
    """The processes a worker started."""
    found = []
    for entry in (one.name for one in Path("/proc").iterdir()):
        with contextlib.suppress(OSError):
            if entry.isdecimal() and int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry))
    return found


def storm(office, settings, sink, count: int, kills: int, seed: int, carrier_too: bool = False) -> int:
    """Send to `count` readers while the worker (and its carrier) is killed at random moments; gives how often."""
    chance, killed = random.Random(seed), 0
    process = worker(office, settings)
    while killed < kills and Letter.objects.filter(mailing__isnull=False).exclude(state="sent").exists():
        aim = len(sink.got) + chance.randint(1, max(2, count // (kills + 1)))
        while process.poll() is None and len(sink.got) < aim:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.01)
        if process.poll() is None:
            children = carriers(process.pid) if carrier_too else []
            os.kill(process.pid, signal.SIGKILL)
            for child in children:
                os.kill(child, signal.SIGKILL)
            killed += 1
        process.wait()
        process = worker(office, settings)
    assert process.wait(240) == 0
    return killed


@pytest.mark.parametrize(("count", "kills"), [(300, 4), pytest.param(5_000, 40, marks=[pytest.mark.soak, pytest.mark.timeout(1200)])])
def test_a_worker_that_is_killed_again_and_again_sends_each_letter_exactly_once(sink, settings, count, kills) -> None:
    made = room()
    many(made.desk.office, count)
    published(made)
    assert told(made.desk.office) == count
    assert storm(made.desk.office, settings, sink, count, kills, seed=count) >= min(kills, 3)
    assert len(sink.got) == count
    assert set(sink.counts().values()) == {1}
    assert states() == ["sent"] * count
    assert not Letter.objects.filter(unsure=True).exists()


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_where_the_carrier_is_killed_too_nobody_is_left_out_and_only_what_is_marked_comes_twice(sink, settings) -> None:
    made = room()
    many(made.desk.office, 2_000)
    published(made)
    told(made.desk.office)
    killed = storm(made.desk.office, settings, sink, 2_000, 30, seed=3, carrier_too=True)
    counts = sink.counts()
    twice = [to for to, n in counts.items() if n > 1]
    unsure = Letter.objects.filter(unsure=True).count()
    assert len(counts) == 2_000
    assert max(counts.values()) <= 2
    assert len(twice) <= unsure <= killed
    ids = {to: {message["Message-ID"] for at, message in sink.got if at == to} for to in twice}
    assert all(len(same) == 1 for same in ids.values()), "a mailbox can tell the repetition"


def test_the_carrier_outlives_a_signal_to_stop_and_ends_with_its_input(sink, tmp_path) -> None:
    with opened(tmp_path / "b.journal") as journal:
        carrier = carrying.Carrier(sink.url, "kota@kota.example", journal, 1000)
        parcel = carrying.Parcel("7", "ani@pembaca.example", b"Subject: x\r\n\r\n.dot\r\nends\r\n")
        assert carrier.hand([parcel]) == 1
        os.kill(carrier.pid, signal.SIGTERM)
        assert carrier.hand([carrying.Parcel("8", "budi@pembaca.example", b"Subject: y\n\nz")]) == 1
        carrier.close()
        assert {key: one.kind for key, one in journal.outcomes().items()} == {"7": "sent", "8": "sent"}
    assert sink.text(0).splitlines() == [".dot", "ends"]
