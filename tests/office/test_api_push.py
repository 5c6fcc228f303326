"""Signed pushes in: what is genuine goes the collector's way, what is not changes nothing and leaves a trace."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from kentongan.adapters import push
from kentongan.errors import InputError, RefusedError
from kentongan.office.api import pushing, services
from kentongan.office.ledger.models import Line
from kentongan.office.listening import tasks
from kentongan.office.listening.models import Article, Credential, Purpose, PushReceipt, Source, Visit
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW
SECRET = "a secret of sixteen and more"
TEXT = "Pompa di Pelita Dalam menyala lagi. " * 30
ITEM = {"url": "https://kota.example/1", "title": "Pompa air menyala", "text": TEXT, "time": NOW.isoformat()}


@pytest.fixture
def admin(house):
    return builders.make_user(house.ours, "kepala", "administrator")


@pytest.fixture
def source(admin):
    return services.add_push_source(admin, "Dinas Air", "official", SECRET, NOW)


def send(source, *items, secret=SECRET, push_id="push-0001", at=None, body=None, **changed):
    body = json.dumps({"items": list(items)}).encode() if body is None else body
    stamp = int(at if at is not None else time.time())
    signature = push.sign(secret.encode(), body, timestamp=stamp, push_id=push_id)
    headers = {push.TIMESTAMP: str(stamp), push.ID: push_id, push.SIGNATURE: signature, **changed}
    return Client(enforce_csrf_checks=True).post(f"/push/{source.pk}/", body, content_type="application/json", headers=headers)


def test_a_signed_push_goes_the_way_of_everything_that_is_heard(house, source):
    answer = send(source, ITEM, {**ITEM, "url": "https://kota.example/2", "title": "Kran umum", "outlet": "Kelurahan Pelita Dalam"})
    assert (answer.status_code, answer.json()) == (202, {"taken": 2, "known": 0, "problems": []})
    rows = Article.objects.filter(source=source).order_by("url")
    assert [(row.outlet, row.source_kind, row.office) for row in rows] == [
        ("Dinas Air", "official", house.ours), ("Kelurahan Pelita Dalam", "official", house.ours),
    ]  # fmt: skip
    assert rows[0].text.startswith("Pompa di Pelita Dalam")
    assert rows[0].waiting
    source.refresh_from_db()
    assert (source.outcome, source.last_success, source.last_item) == ("ok", NOW, NOW)
    visit = Visit.objects.get(source=source)
    assert (visit.outcome, visit.found, visit.new) == ("ok", 2, 2)
    assert Line.objects.filter(act="push.received", subject=f"source:{source.pk}").count() == 1


def test_personal_data_in_a_push_is_hidden_before_it_is_stored(house, source):
    send(source, {**ITEM, "title": "Hubungi 0812-3456-7890 soal air"})
    assert "0812" not in Article.objects.get(source=source).title


def test_the_same_push_a_second_time_is_refused_and_takes_nothing(source):
    body, now = json.dumps({"items": [ITEM]}).encode(), time.time()
    assert send(source, body=body, at=now).status_code == 202
    answer = send(source, body=body, at=now)
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert (Article.objects.filter(source=source).count(), PushReceipt.objects.count()) == (1, 1)
    assert [visit.outcome for visit in Visit.objects.filter(source=source).order_by("pk")] == ["ok", "unauthorized"]


def test_what_is_known_already_is_counted_not_stored_again(source):
    send(source, ITEM)
    assert send(source, ITEM, push_id="push-0002").json() == {"taken": 0, "known": 1, "problems": []}


@pytest.mark.parametrize(
    ("how", "status", "why"),
    [
        ({"secret": "some other secret of length"}, 401, "bad_signature"),
        ({push.SIGNATURE: ""}, 401, "no_signature"),
        ({"at": 1_000_000_000}, 401, "stale"),
        ({push.ID: "x"}, 401, "bad_id"),
        ({push.TIMESTAMP: "soon"}, 401, "bad_time"),
        ({"body": b"{"}, 422, "form"),
        ({"body": b'{"items": 5}'}, 422, "form"),
        ({"body": b"[]"}, 422, "form"),
        ({"body": b"\xff\xfe"}, 422, "form"),
        ({"body": b" " * (push.MAX_BYTES + 1)}, 413, "too_large"),
    ],
)
def test_a_forged_or_broken_push_is_refused_says_why_and_leaves_a_trace(source, how, status, why):
    before = Source.objects.values().get(pk=source.pk)
    answer = send(source, ITEM, **how)
    assert answer.status_code == status
    assert answer.json()["detail"] in str(answer.content.decode())
    assert not Article.objects.filter(source=source).exists()
    assert not PushReceipt.objects.exists()
    visit = Visit.objects.get(source=source)
    assert (visit.outcome, visit.status) == ({413: "too_large", 422: "unreadable"}.get(status, "unauthorized"), status)
    (line,) = Line.objects.filter(act="push.refused")
    assert json.loads(line.detail) == {"why": why}
    assert Source.objects.values().get(pk=source.pk) == before


def test_a_stranger_cannot_fill_the_record(source):
    for n in range(pushing.REFUSALS_A_MINUTE + 5):
        assert send(source, ITEM, secret="some other secret of length", push_id=f"push-{n:04}").status_code == 401
    assert Visit.objects.filter(source=source).count() == pushing.REFUSALS_A_MINUTE
    assert Line.objects.filter(act="push.refused").count() == pushing.REFUSALS_A_MINUTE
    assert send(source, ITEM, push_id="push-good").status_code == 202


def test_the_secret_of_one_source_opens_no_other(admin, source):
    other = services.add_push_source(admin, "Dinas Jalan", "official", "another secret of length", NOW)
    assert send(other, ITEM).status_code == 401
    assert send(other, ITEM, secret="another secret of length").status_code == 202


def test_a_feed_or_an_unknown_source_takes_no_push(house):
    feed = Source.objects.filter(kind="feed")[0]
    assert send(feed, ITEM).status_code == 404
    feed.pk = 987_654_321
    assert send(feed, ITEM).status_code == 404


def test_a_source_whose_purpose_is_over_takes_nothing_and_is_paused(source):
    Purpose.objects.filter(pk=source.purpose_id).update(starts=date(2020, 1, 1), ends=date(2020, 12, 31))
    assert send(source, ITEM).status_code == pushing.STATUS["paused"]
    assert Source.objects.get(pk=source.pk).paused


def test_a_paused_source_takes_nothing(source):
    Source.objects.filter(pk=source.pk).update(paused=True)
    assert send(source, ITEM).status_code == 403
    assert not Article.objects.filter(source=source).exists()


def test_only_posting_is_answered(source):
    assert Client().get(f"/push/{source.pk}/").status_code == 405


def test_an_old_secret_is_good_no_more(admin, source):
    services.set_push_secret(admin, source, "a new secret, long enough", NOW)
    assert send(source, ITEM).status_code == 401
    assert send(source, ITEM, secret="a new secret, long enough").status_code == 202


def test_without_a_secret_nothing_fits(source):
    Credential.objects.all().delete()
    assert send(source, ITEM).status_code == 401


def test_a_secret_of_another_data_folder_fits_nothing(source, settings):
    settings.SECRET_KEY = "another folder's key"
    assert send(source, ITEM).status_code == 401


def test_items_that_cannot_be_read_are_named_and_the_rest_is_taken(source):
    answer = send(source, ITEM, {"title": "Tanpa alamat"}, {**ITEM, "url": "https://kota.example/3", "time": "kemarin"})
    assert answer.json()["taken"] == 1
    assert len(answer.json()["problems"]) == 2
    assert len(Visit.objects.get(source=source).problems) == 2


def test_nobody_visits_a_source_that_sends(source):
    Source.objects.filter(pk=source.pk).update(next_visit=NOW - timedelta(days=1))
    tasks.plan_due()
    tasks.visit_source(source.pk)
    assert not Visit.objects.filter(source=source).exists()
    assert not ProcrastinateJob.objects.filter(task_name="visit_source", args__source_id=source.pk).exists()


def test_a_sender_is_named_by_an_administrator_and_needs_a_name(house, admin, source):
    with pytest.raises(RefusedError):
        services.add_push_source(house.officer, "Dinas", "official", SECRET, NOW)
    assert not Source.objects.filter(name="Dinas").exists()
    for name, kind, secret in ((" ", "official", SECRET), ("Dinas", "spy", SECRET), ("Dinas", "official", "short")):
        with pytest.raises(InputError):
            services.add_push_source(admin, name, kind, secret, NOW)
    feed = Source.objects.filter(kind="feed")[0]
    with pytest.raises(RefusedError):
        services.set_push_secret(admin, feed, SECRET, NOW)


def test_the_refusal_stands_on_the_sources_page(house, source):
    send(source, ITEM, secret="some other secret of length")
    page = client_of(house.officer).get(f"/sources/{source.pk}/").content.decode()
    assert "The signature does not fit" in page


def test_times_without_zone_are_the_offices(source):
    send(source, {**ITEM, "time": "2025-11-27T06:00:00"})
    assert Article.objects.get(source=source).published == datetime(2025, 11, 26, 23, 0, tzinfo=UTC)
    assert timedelta(0) < NOW - Article.objects.get(source=source).published
