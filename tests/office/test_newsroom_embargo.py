"""Held back until its moment: nobody outside reads it, finds it or is told of it before, and everybody within two seconds after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from approvals import asked as waiting
from approvals import decide, people_of, sight_of, sound
from desk import NOW, page
from django.test import Client
from django.urls import reverse
from readers import Sink, pointed, sent, subscribed, told
from screens import client_of
from statements import papers

from kentongan.adapters.clock import ShiftedClock
from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import statement_approval, statement_embargo
from kentongan.office.desk.models import Statement
from kentongan.office.desk.statement_correcting import begin_correction
from kentongan.office.desk.statement_publishing import publish
from kentongan.office.newsroom.cache import KEPT_S
from kentongan.office.newsroom.views import FRESH_S

pytestmark = pytest.mark.django_db
MOMENT = NOW + timedelta(hours=2)


def stands(at: datetime) -> ShiftedClock:
    """A clock that stands still."""
    return ShiftedClock(at, at, 0)


@pytest.fixture
def room():
    return people_of(papers())


def held(room, moment=MOMENT, found=None):
    found = decide(room.dewi, waiting(room, found))
    return publish(room.desk.sari, found, sight_of(found), NOW, moment)


def ended(room, at):
    """The work that compares again, at this moment."""
    return statement_embargo.end_due(room.desk.office, at)


def everywhere(room, one) -> list[bool]:
    """Whether the text stands on each page and feed at this moment, a search among them."""
    slug = room.desk.office.slug
    addresses = [
        reverse("news_of_office", args=[slug]), f"{reverse('news_of_office', args=[slug])}?q=sungai", reverse("news_atom", args=[slug]),
        reverse("news_json", args=[slug]), reverse("news_rss", args=[slug]), reverse("news_sitemap", args=[slug]),
    ]  # fmt: skip
    there = [one.slug in Client().get(address).content.decode() for address in addresses]
    return [*there, Client().get(reverse("news_item", args=[slug, one.slug])).status_code == 200]


def test_before_its_moment_it_is_nowhere_and_at_its_moment_everywhere(room, settings) -> None:
    one = held(room)
    for at, there in ((NOW, False), (MOMENT - timedelta(microseconds=1), False), (MOMENT, True), (MOMENT + timedelta(days=9), True)):
        settings.CLOCK = stands(at)
        assert ended(room, at) == (int(at == MOMENT), 0)
        assert everywhere(room, one) == [there] * 7, at
    assert KEPT_S + FRESH_S / 2 <= 2, "a kept answer is never older than this"
    assert MOMENT.isoformat() in Client().get(reverse("news_json", args=[room.desk.office.slug])).content.decode()


def test_readers_are_told_at_its_moment_and_not_before_and_those_who_came_meanwhile_too(room, settings, serve_mail, tmp_path) -> None:
    office, sink = room.desk.office, Sink()
    pointed(settings, serve_mail(sink), tmp_path)
    held(room)
    subscribed(office, "ani@pembaca.example", NOW + timedelta(hours=1))
    assert told(office, MOMENT - timedelta(seconds=1)) == 0
    ended(room, MOMENT)
    assert told(office, MOMENT) == 1
    sent(office)
    assert len(sink.got) == 1


def test_what_is_withdrawn_before_its_moment_never_appears(room, settings) -> None:
    one = held(room)
    found = Statement.objects.get(pk=one.statement_id)
    statement_approval.withdraw(room.desk.sari, found, "Ternyata keliru", found.version, NOW + timedelta(hours=1))
    settings.CLOCK = stands(MOMENT + timedelta(hours=1))
    assert ended(room, MOMENT) == (0, 0)
    assert everywhere(room, one) == [False] * 7


def test_what_is_withdrawn_after_its_moment_stays_with_its_mark(room, settings) -> None:
    one = held(room)
    ended(room, MOMENT)
    found = Statement.objects.get(pk=one.statement_id)
    statement_approval.withdraw(room.desk.sari, found, "Ternyata keliru", found.version, MOMENT + timedelta(minutes=1))
    settings.CLOCK = stands(MOMENT + timedelta(hours=1))
    assert everywhere(room, one) == [True] * 7


@pytest.mark.parametrize("moment", [NOW, NOW - timedelta(hours=1), NOW + timedelta(days=31)])
def test_it_is_held_back_only_until_a_moment_ahead(room, moment) -> None:
    with pytest.raises(InputError, match="moment ahead"):
        held(room, moment)


def test_a_promised_next_update_is_not_over_when_it_appears(room) -> None:
    with pytest.raises(RefusedError, match="next update"):
        held(room, NOW + timedelta(hours=3))


def test_a_correction_is_never_held_back(room) -> None:
    found = decide(room.dewi, waiting(room))
    publish(room.desk.sari, found, sight_of(found), NOW)
    draft = begin_correction(room.desk.lina, Statement.objects.get(pk=found.pk), "Bukan 42 rumah, yang benar 24 rumah.", NOW)
    with pytest.raises(RefusedError, match="never held back"):
        held(room, MOMENT, draft)


# Typed in the office's time

AHEAD = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9, "Asia/Ho_Chi_Minh": 7}
"""Hours before UTC."""


def typed(room, zone: str, ahead: int, words: str):
    """Publish with this moment typed in, in an office of this zone."""
    office = room.desk.office
    office.time_zone = zone
    office.save()
    update = datetime(2025, 11, 27, 10, 30, tzinfo=UTC) - timedelta(hours=ahead)
    found = decide(room.dewi, waiting(room, sound(room, "10.30", next_update=update)))
    sight = sight_of(found)
    said = {"number": sight.number, "text_hash": sight.text_hash, "not_before": words}
    return client_of(room.desk.sari).post(reverse("publish_statement", args=[found.pk]), said), found


@pytest.mark.parametrize("zone", AHEAD)
def test_the_moment_is_typed_and_shown_in_the_offices_own_zone(room, settings, zone) -> None:
    settings.CLOCK = stands(datetime(2025, 11, 27, 0, 30, tzinfo=UTC))
    answer, found = typed(room, zone, AHEAD[zone], "2025-11-27T09:45")
    made_of = Statement.objects.get(pk=found.pk).publication
    assert answer.status_code == 302
    assert made_of.not_before == datetime(2025, 11, 27, 9, 45, tzinfo=UTC) - timedelta(hours=AHEAD[zone])
    shown = page(room.desk.sari, reverse("publication", args=[found.pk]))
    assert "nobody outside reads it before" in shown
    assert "09:45" in shown


@pytest.mark.parametrize("words", ["2026-03-08T02:30", "2026-11-01T01:30", "besok"])
def test_an_hour_that_is_not_there_or_twice_when_clocks_change_is_refused_at_its_field(room, settings, words) -> None:
    settings.CLOCK = stands(NOW)
    answer, found = typed(room, "America/New_York", -5, words)
    assert answer.status_code == 422
    assert "not_before_error" in answer.content.decode()
    assert Statement.objects.get(pk=found.pk).state == "approved"
