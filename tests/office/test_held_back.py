"""What rose beyond the day's budget is kept and shown with its reason, until it is told after all or a day has passed."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from kentongan.engine import pipeline
from kentongan.engine.records import Reason
from kentongan.engine.steps import HeldBack as Held
from kentongan.engine.steps import Signalled, StoryMerged
from kentongan.office.listening import listener, outputs, past, presenting, queries, retention, stored
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.held_models import HeldBack
from kentongan.office.listening.models import ListenerState, Signal, Story
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW
UNTIL = Reason("signal.until_more", {"count": 3, "time": (NOW + timedelta(hours=5)).isoformat()})
WHY = Reason("signal.held", {"budget": 8})


def said(house, key, place=3, **change):
    """A signal of one of the office's stories, as the engine says it."""
    row = Signal.objects.filter(office=house.ours).select_related("story").first()
    story = house.stories[place]
    record = replace(stored.signal_of(row), id=key, subject=story.headline, story=story.key)
    return replace(record, **{"reasons": (*record.reasons, UNTIL, WHY), **change})


def write(house, *told):
    outputs.write(house.ours.pk, told, {}, 50, NOW)


def rows():
    return list(HeldBack.objects.order_by("key").values("office", "key", "story", "subject", "raised", "updated", "level", "reasons"))


def test_what_was_held_back_is_kept_as_it_was_said_last(house):
    first = said(house, "g1")
    write(house, Held(first, 8))
    write(house, Held(replace(first, updated=NOW + timedelta(minutes=9)), 8), Held(said(house, "g2", 4), 8))
    one, two = HeldBack.objects.order_by("key")
    assert (one.story, one.updated, one.subject) == (house.stories[3], NOW + timedelta(minutes=9), house.stories[3].headline)
    assert (two.story, two.reasons[-1]) == (house.stories[4], {"code": "signal.held", "values": {"budget": 8}})
    assert not Signal.objects.filter(key__in=["g1", "g2"]).exists(), "what was held back is no signal"


def test_what_is_told_after_all_is_held_back_no_more(house):
    signal = said(house, "g1")
    write(house, Held(signal, 8))
    write(house, Signalled(replace(signal, reasons=signal.reasons[:-1]), True))
    assert not HeldBack.objects.exists() and Signal.objects.filter(key="g1").exists()


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 4])
def test_the_rows_are_the_same_however_the_words_are_cut_into_calls(house, cut):
    gone, into = house.stories[3], house.stories[4]
    one, two = said(house, "g1"), said(house, "g2", 4)
    told = [Held(one, 8), Held(two, 8), StoryMerged(gone.key, into.key), Signalled(two, True)]
    write(house, *told[:cut])
    write(house, *told[cut:])
    (row,) = rows()
    assert (row["key"], row["story"]) == ("g1", into.pk), "its story went into another one"


def test_an_engine_that_reads_again_says_again_what_it_holds_back(house):
    write(house, Held(said(house, "g1"), 8))
    ListenerState.objects.update_or_create(office=house.ours, defaults={"offset": 1, "version": "old hashed"})
    listener.Listener(house.ours.pk, HashedEmbedder(), pipeline.Settings()).open()
    assert rows() == []


def test_the_briefing_of_a_past_moment_leaves_it_alone():
    assert HeldBack._meta.db_table in past.HIDDEN


def test_it_is_kept_as_long_as_articles_and_no_longer(house):
    write(house, Held(said(house, "g1", updated=NOW - timedelta(days=200)), 8), Held(said(house, "g2"), 8))
    gone = retention.run(house.ours, NOW, {"keep_raw_days": 30, "keep_item_days": 180, "keep_count_days": 365})
    assert gone["held_back"] == 1 and [row["key"] for row in rows()] == ["g2"]


def test_a_story_that_is_deleted_leaves_it_without_a_link(house):
    write(house, Held(said(house, "g1"), 8))
    Story.objects.filter(pk=house.stories[3].pk).delete()
    html = client_of(house.officer).get(reverse("signals")).content.decode()
    assert HeldBack.objects.get().story is None and house.stories[3].headline in html


# ---- the page ---------------------------------------------------------------------------------------------------------------
def section(house, who=None, language="en", query=""):
    html = client_of(who or house.officer, language).get(reverse("signals") + query).content.decode()
    return html.split('id="held"')[1].split("</section>")[0] if 'id="held"' in html else ""


def test_the_page_says_how_many_were_held_back_of_what_and_why(house):
    assert "Nothing was held back in the last 24 hours" in section(house)
    write(house, Held(said(house, "g1", updated=NOW), 8), Held(said(house, "g2", 4, updated=NOW - timedelta(hours=25)), 8))
    text = section(house)
    assert "1 signal was held back in the last 24 hours" in text
    assert house.stories[3].headline in text and reverse("story", args=[house.stories[3].pk]) in text
    assert "8 signals were told in the last 24 hours, and this is no crisis." in text
    assert "Falls back if fewer than 3 further items come by Thu 27 Nov, 12:30." in text
    assert house.stories[4].headline not in text, "older than a day"


def test_the_most_serious_is_shown_first_and_only_the_office_s_own(house):
    severity = stored.signal_of(Signal.objects.filter(office=house.ours).first()).severity
    write(house, Held(said(house, "g1", updated=NOW, severity=replace(severity, level="low")), 8))
    write(house, Held(said(house, "g2", 4, updated=NOW - timedelta(hours=2), severity=replace(severity, level="medium")), 8))
    assert [one.key for one in queries.get_held_back(house.ours, NOW)] == ["g2", "g1"]
    assert house.stories[3].headline in section(house, house.reader)
    assert "Nothing was held back" in section(house, house.stranger)


def test_it_stands_with_the_new_signals_only(house):
    assert section(house, query="?state=dismissed") == ""


@pytest.mark.parametrize(("language", "words"), [("id", "1 sinyal ditahan"), ("vi", "1 tín hiệu chưa được báo")])
def test_the_page_says_it_in_the_reader_s_language(house, language, words):
    write(house, Held(said(house, "g1", updated=NOW), 8))
    text = section(house, language=language)
    assert words in text and "told" not in text and "held back" not in text


def test_the_page_asks_as_often_for_many_as_for_none(house, count_queries):
    client = client_of(house.officer)
    client.get(reverse("signals"))
    with count_queries() as few:
        client.get(reverse("signals"))
    write(house, *(Held(said(house, f"g{n}", n % 5, updated=NOW), 8) for n in range(25)))
    with count_queries() as many:
        client.get(reverse("signals"))
    assert len(many) == len(few)


# ---- what would change the mind ---------------------------------------------------------------------------------------------
def test_every_signal_says_what_would_change_the_mind_in_the_list_and_on_its_page(house):
    signal = Signal.objects.filter(office=house.ours, state="new").first()
    signal.reasons = [{"code": "signal.count", "values": {"count": 9, "hours": 2, "expected": 1.0}}, outputs.reason_json(UNTIL)]
    signal.save()
    words = "Falls back if fewer than 3 further items come by Thu 27 Nov, 12:30."
    client = client_of(house.officer)
    assert words in client.get(reverse("signals")).content.decode()
    page = client.get(reverse("signal", args=[signal.pk])).content.decode()
    assert words in page.split('id="mind"')[1].split("</section>")[0]
    assert words not in page.split('class="pair"')[0], "said once, under its heading"


@pytest.mark.parametrize(("code", "mind"), [("until", True), ("until_more", True), ("fell", True), ("count", False), ("held", False)])
def test_the_reasons_that_change_the_mind_are_known_by_their_codes(code, mind):
    assert presenting.is_mind({"code": f"signal.{code}"}) == mind
