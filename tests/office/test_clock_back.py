"""The machine's clock goes back: the record stays whole, nothing young is deleted, nobody's purpose or session comes back to life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection

from kentongan.office.ledger import checking
from kentongan.office.ledger.models import Line
from kentongan.office.listening import purposes, retention, services
from kentongan.office.listening.models import Purpose, Source, Visit, VoiceKey
from kentongan.office.listening.retention_models import RetentionRun
from kentongan.office.listening.voices import destroy_keys, salt_of, voice_of
from kentongan.office.people import sessions
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
BACK = timedelta(hours=5)


def test_the_record_goes_on_in_the_order_of_what_was_done_and_is_whole(office, officer, now):
    source = builders.make_source(office, "Radar", now)
    services.pause_source(officer, source, "rusak", now)
    services.resume_source(officer, source, now - BACK)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    lines = Line.objects.filter(office=office.pk, act__in=("source.paused", "source.resumed")).order_by("id")
    assert [(line.act, line.at) for line in lines] == [("source.paused", now), ("source.resumed", now - BACK)]
    assert checking.check(office.pk).finding is None


def test_nothing_is_deleted_that_was_young_before_the_clock_went_back(office, now):
    source = builders.make_source(office, "Radar", now)
    keep = retention.keep_for(office)
    Visit.objects.create(office=office, source=source, at=now - timedelta(days=keep["keep_raw_days"]) + timedelta(hours=1), outcome="ok")
    assert retention.run(office, now, keep)["visits"] == 0
    assert retention.run(office, now - BACK, keep)["visits"] == 0
    assert all(run.oldest is None or run.oldest >= run.before for run in RetentionRun.objects.filter(kind="visits"))


def test_a_source_that_was_stopped_with_its_purpose_stays_stopped(office, now):
    source = builders.make_source(office, "Radar", now)
    Purpose.objects.filter(pk=source.purpose_id).update(starts=now.date() - timedelta(days=9), ends=now.date() - timedelta(days=1))
    assert purposes.stop_if_over(Purpose.objects.get(pk=source.purpose_id), now)
    purposes.stop_what_is_over(office, now - timedelta(days=3))
    assert Source.objects.get(pk=source.pk).paused


def test_a_key_that_was_destroyed_is_not_made_anew_and_nobody_is_counted(office, now):
    month = datetime(2025, 10, 15, tzinfo=UTC)
    salt_of(office.pk, month)
    destroy_keys(office, now)
    assert VoiceKey.objects.get(office=office).salt is None
    assert voice_of(office.pk, month)("Warga Biasa") == ""


def test_a_session_that_was_ended_opens_nothing_at_an_earlier_time(officer, now):
    Session.objects.create(session_key="k" * 32, session_data="", expire_date=now + timedelta(days=9))
    row = UserSession.objects.create(user=officer, ip="127.0.0.1", user_agent="A browser", session_key="k" * 32)
    sessions.end_one(officer, row.pk, now)
    assert sessions.get_sessions(officer, None, now - BACK) == []
    assert not Session.objects.filter(session_key="k" * 32).exists()
