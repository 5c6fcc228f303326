"""A thing that only sounds like a name may be watched once the office's press has written it as a word often enough; a name never."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kentongan.errors import RefusedError
from kentongan.office.listening import ordinary, purposes, watches
from kentongan.office.listening.models import Article
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
NOW = builders.NOW


def written(office, text, count=6, kind="press", days=1):
    """So many items with this text within, from two outlets."""
    for _ in range(count):
        number = Article.objects.count()
        at = NOW - timedelta(days=days)
        Article.objects.create(
            office=office, key=f"{number}", url=f"https://a.example/{number}", outlet="AB"[number % 2], source_kind=kind, language="id",
            title="Hal lain", text=f"{text} Nomor {number}.", published=at, seen=at,
        )  # fmt: skip


SMALL = "Warga menimba dengan bayu lama."


def test_what_the_press_writes_as_a_word_is_a_word_for_this_office_alone(office, other_office):
    written(office, SMALL)
    assert ordinary.heard_by(office, NOW)("bayu")
    assert not ordinary.heard_by(other_office, NOW)("bayu")


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "public"},  # posts, which anybody writes and nobody capitalises
        {"days": 120},
        {"text": "Menurut warga, Bayu menimba air."},
        {"count": 4},
    ],
)
def test_posts_old_items_capitals_and_a_few_items_prove_nothing(office, given):
    written(office, given.pop("text", SMALL), **given)
    assert not ordinary.heard_by(office, NOW)("bayu")


def test_a_watch_and_a_purpose_may_bear_the_word_once_it_was_heard_and_no_name(office, admin, purpose):
    with pytest.raises(RefusedError):
        watches.begin(admin, purpose, "Timba", "bayu", NOW)
    written(office, SMALL)
    assert watches.begin(admin, purpose, "Timba", "bayu", NOW).query == "bayu"
    draft = purposes.Draft("watch", "Bayu", "Mendengar.", "Perwali 25/2017", admin, date(2025, 11, 1), date(2026, 11, 1))
    assert purposes.register(admin, draft, NOW).title == "Bayu"
    for query in ("bayu santoso", "Pak Bayu", "bayu OR Budi"):
        with pytest.raises(RefusedError):
            watches.begin(admin, purpose, "Timba", query, NOW)


def test_a_name_stays_a_name_however_often_somebody_had_it_written_small(office, admin, purpose):
    written(office, "Warga menimba dengan budi lama.")
    with pytest.raises(RefusedError):
        watches.begin(admin, purpose, "Budi", "budi", NOW)


def test_things_are_watched_before_anything_was_heard_and_nothing_is_asked_for_them(office, admin, purpose):
    with CaptureQueriesContext(connection) as asked:
        watches.check(admin, office, watches.Draft("Galon", "galon OR tandon OR tangki"), NOW)
    assert not [one for one in asked if "listening_article" in one["sql"]]
