"""The API of what officers record and put right, of sources that may be added, and of what stories say of the day ahead."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from kentongan import packs
from kentongan.office.listening import corrections, events, labels, queries
from kentongan.office.listening.events_models import RecordedEvent
from kentongan.office.listening.forecasts_models import Forecast
from kentongan.office.listening.held_models import HeldBack
from kentongan.office.listening.labels_models import Label
from kentongan.office.listening.models import Article, Signal, Source, SourceProposal
from kentongan.testing import builders
from kentongan.testing.accuracy import furnish_accuracy

sys.path.insert(0, str(Path(__file__).parent))
from test_api import Program, acts, refused, token_for

pytestmark = pytest.mark.django_db
NOW = builders.NOW
HOUR = timedelta(hours=1)
FLOOD = {"what": "Banjir di Sena Hulu", "words": "banjir", "began": (NOW - 5 * HOUR).isoformat()}


@pytest.fixture
def reader(house):
    return Program(token_for(house.reader))


# Recorded events


def test_an_event_is_recorded_and_the_signal_that_told_it_is_found_at_once(house, program):
    answer = program.post("recorded-events", FLOOD)
    assert answer.status_code == 201, answer.content
    said, row = answer.json(), RecordedEvent.objects.get()
    assert (said["id"], said["state"], said["by"], said["judged"]) == (row.pk, "told", "sari", False)
    assert said["signal"] == row.signal_id and said["hours"] is not None
    assert acts("event.recorded")[0]["state"] == "told"
    detail = program.get(f"recorded-events/{row.pk}").json()
    assert detail["event"] == said
    assert row.signal_id in [one["id"] for one in detail["offered"]]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"words": "banjir OR"}, 422, "words"), ({"what": " "}, 422, "what"), ({"began": "2025-11-26T00:00:00"}, 422, "began"),
        ({"began": (NOW + HOUR).isoformat()}, 422, "began"), ({"ended": (NOW - 9 * HOUR).isoformat()}, 422, "ended"),
        ({"place": "99.99"}, 422, "place"), ({"by": 1}, 422, "by"), ({"words": "Slamet Wijaya Kusuma"}, 403, ""),
    ],
)  # fmt: skip
def test_what_the_screen_refuses_the_program_is_refused_too(house, program, change, status, field):
    said = refused(program.post("recorded-events", {**FLOOD, **change}), status)
    assert field in {one["field"] for one in said["errors"]}
    assert not RecordedEvent.objects.exists()


def test_an_officer_says_which_signal_told_it_or_that_it_was_missed_once_at_a_time(house, program):
    pk = program.post("recorded-events", FLOOD).json()["id"]
    missed = program.post(f"recorded-events/{pk}/decide", {"signal": None, "version": 0}).json()
    assert (missed["state"], missed["judged"], missed["signal"], missed["version"]) == ("missed", True, None, 1)
    signal = events.get_offered(RecordedEvent.objects.get())[0]
    assert refused(program.post(f"recorded-events/{pk}/decide", {"signal": signal.pk, "version": 0}), 409)
    told = program.post(f"recorded-events/{pk}/decide", {"signal": signal.pk, "version": 1}).json()
    assert (told["state"], told["signal"]) == ("told", signal.pk)
    theirs = builders.make_signal(builders.make_story(house.theirs, builders.EVENTS[0]), "s")
    refused(program.post(f"recorded-events/{pk}/decide", {"signal": theirs.pk, "version": 2}), 422)
    assert program.post(f"recorded-events/{pk}/remove").json() == {"done": True, "journal": None}
    assert [line["state"] for line in acts("event.removed")] == ["told"]
    refused(program.get(f"recorded-events/{pk}"), 404)


def test_recorded_events_come_in_pages_and_cost_as_many_queries_for_many(house, program, reader, count_queries):
    furnish_accuracy(house.ours, house.officer)
    first = reader.get("recorded-events?size=2").json()
    second = reader.get(f"recorded-events?size=2&after={first['next']}").json()
    rows = first["rows"] + second["rows"]
    assert [row["id"] for row in rows] == [row.event.pk for row in events.get_rows(house.ours, NOW - timedelta(days=90), NOW)]
    assert [row["state"] for row in rows] == [row.state for row in events.get_rows(house.ours, NOW - timedelta(days=90), NOW)]
    with count_queries() as few:
        reader.get("recorded-events")
    for hours in (5, 6, 7):
        program.post("recorded-events", {**FLOOD, "began": (NOW - hours * HOUR).isoformat()})
    with count_queries() as many:
        assert len(reader.get("recorded-events").json()["rows"]) == 6
    assert len(few) == len(many)


# Corrections


def test_a_correction_by_a_program_is_the_label_of_the_screen(house, program):
    article = Article.objects.filter(office=house.ours).first()
    before = program.get(f"articles/{article.pk}/reading").json()
    assert before["tone"]["said"] is None
    assert before["tone"]["allowed"] == list(corrections.TONES)
    assert before["place"]["allowed"] == []
    after = program.post(f"articles/{article.pk}/correct", {"what": "tone", "said": "mixed"}).json()
    assert after["tone"]["said"] == "mixed" and after["tone"]["engine"] == before["tone"]["engine"]
    label = Label.objects.get()
    assert (label.by, label.said, label.engine, label.sample) == (house.officer, "mixed", before["tone"]["engine"], None)
    assert acts("label.given")[0]["what"] == "tone"
    assert "sari" not in json.dumps(program.get(f"articles/{article.pk}/reading").json())


@pytest.mark.parametrize(("what", "said"), [("tone", "angry"), ("kind", "yes"), ("useful", "yes"), ("place", "99.99"), ("topic", "")])
def test_only_what_is_offered_may_be_said(house, program, what, said):
    article = Article.objects.filter(office=house.ours).first()
    refused(program.post(f"articles/{article.pk}/correct", {"what": what, "said": said}), 422)
    assert not Label.objects.exists()


def test_a_signal_is_useful_or_not_by_the_word_of_a_person(house, program, reader):
    pk = Signal.objects.filter(office=house.ours).values_list("pk", flat=True)[0]
    for said in ("yes", "no"):
        assert program.post(f"signals/{pk}/useful", {"said": said}).json()["done"]
    assert Label.objects.get().said == "no"
    refused(program.post(f"signals/{pk}/useful", {"said": "maybe"}), 422)
    refused(reader.post(f"signals/{pk}/useful", {"said": "yes"}), 403)


def test_how_far_people_agree_is_said_and_no_label_leaves(house, program, reader):
    furnish_accuracy(house.ours, house.officer)
    rows = program.get("agreement").json()["rows"]
    assert [row["what"] for row in rows] == [str(what) for what in labels.AGREED]
    assert [(row["items"], row["word"]) for row in rows] == [(one.items, one.word) for one in labels.get_agreement(house.ours)]
    assert set(rows[0]) == {"what", "items", "alpha", "word", "agreed", "engine_right"}
    refused(reader.get("agreement"), 403)


# Sources that may be added


def test_packs_say_what_is_in_them_and_what_the_office_has(house, program):
    rows = {row["name"]: row for row in program.get("packs").json()["rows"]}
    assert set(rows) == {pack.name for pack in packs.get_packs()}
    press = packs.get_pack("id-press")
    assert rows["id-press"]["sources"] == len(press.entries) == sum(rows["id-press"]["evidence"].values())
    first = program.get("pack-sources?pack=id-press&size=3").json()
    second = program.get(f"pack-sources?pack=id-press&size=3&after={first['next']}").json()
    assert [row["url"] for row in first["rows"] + second["rows"]] == [entry.url for entry in press.entries[:6]]
    whole = sum(len(pack.entries) for pack in packs.get_packs())
    assert program.get(f"pack-sources?after={whole - 1}").json()["next"] is None
    refused(program.get("pack-sources?pack=none"), 422)


def test_chosen_sources_of_a_pack_are_added_as_by_the_screen(house, program):
    entries = packs.get_pack("id-press").entries
    wanted = [entry.url for entry in entries[:2]]
    done = program.post("packs/add", {"pack": "id-press", "urls": [*wanted, "https://none.example/"]})
    assert (done.status_code, done.json()) == (201, {"added": 2, "there": 0, "refused": []})
    assert set(Source.objects.filter(office=house.ours, url__in=wanted).values_list("name", flat=True)) == {one.name for one in entries[:2]}
    assert program.post("packs/add", {"pack": "id-press", "urls": wanted}).json()["there"] == 2
    assert [line["from"] for line in acts("source.added") if "from" in line] == ["pack id-press"]
    assert [row["here"] for row in program.get("pack-sources?pack=id-press&size=3").json()["rows"]] == [True, True, False]
    refused(program.post("packs/add", {"pack": "none", "urls": wanted}), 422)
    refused(program.post("packs/add", {"pack": "id-press", "urls": []}), 422)


def test_a_proposal_is_declined_and_offered_again(house, program, reader):
    row = SourceProposal.objects.create(
        office=house.ours, host="kabarbaru.example", times=3, first=NOW, example=Article.objects.filter(office=house.ours).first()
    )
    (said,) = reader.get("source-proposals").json()["rows"]
    assert (said["host"], said["times"], said["example"]["id"]) == ("kabarbaru.example", 3, row.example_id)
    refused(reader.post(f"source-proposals/{row.pk}/decline"), 403)
    assert program.post(f"source-proposals/{row.pk}/decline").json()["state"] == "declined"
    assert program.get("source-proposals").json()["rows"] == []
    assert program.get("source-proposals?state=declined").json()["rows"][0]["id"] == row.pk
    assert program.post(f"source-proposals/{row.pk}/offer").json()["state"] == "new"
    assert (len(acts("proposal.declined")), len(acts("proposal.reopened"))) == (1, 1)


def test_proposals_come_in_pages_and_cost_one_query_however_many(house, reader, count_queries):
    example = Article.objects.filter(office=house.ours).first()
    for n in range(4):
        SourceProposal.objects.create(office=house.ours, host=f"kabar{n}.example", times=n, first=NOW, example=example)
    first = reader.get("source-proposals?size=3").json()
    assert len(first["rows"]) == 3
    assert [row["host"] for row in reader.get(f"source-proposals?after={first['next']}").json()["rows"]] == ["kabar3.example"]
    with count_queries() as few:
        reader.get("source-proposals?size=1")
    with count_queries() as many:
        reader.get("source-proposals?size=4")
    assert len(few) == len(many)


# The day ahead


def test_what_was_held_back_in_the_last_day_is_said_with_its_reason(house, reader):
    story = house.stories[3]
    for n, updated in enumerate((NOW, NOW - HOUR, NOW - 2 * queries.HELD_FOR)):
        HeldBack.objects.create(
            office=house.ours, key=f"k{n}", kind="story", subject=story.headline, story=story, raised=updated, updated=updated,
            since=updated, outlets=["Warta Hilir"], level="medium", reasons=[{"code": "signal.held", "values": {"budget": 8}}],
        )  # fmt: skip
    first = reader.get("held-back?size=1").json()
    (row,) = first["rows"]
    assert (row["story"], row["level"], row["reasons"][0]["code"]) == (story.pk, "medium", "signal.held")
    assert row["reasons"][0]["sentence"]
    assert len(reader.get(f"held-back?after={first['next']}").json()["rows"]) == 1


def test_a_story_says_what_is_still_to_come_as_its_page_does(house, reader):
    story = house.stories[0]
    nothing = {"rows": [], "made": None, "sentence": "", "learned": "", "held": ""}
    assert reader.get(f"stories/{story.pk}/ahead").json() == nothing
    for hours in (3, 24):
        Forecast.objects.create(
            office=house.ours, story=story, made_at=NOW, horizon_hours=hours, what="items", low=hours, middle=2 * hours, high=3 * hours,
            baseline=1, due_at=NOW + hours * HOUR,
        )  # fmt: skip
    said = reader.get(f"stories/{story.pk}/ahead").json()
    assert [(row["hours"], row["items"], row["outlets"]) for row in said["rows"]] == [
        (3, {"low": 3, "middle": 6, "high": 9, "baseline": 1}, None), (24, {"low": 24, "middle": 48, "high": 72, "baseline": 1}, None),
    ]  # fmt: skip
    assert "24 to 72" in said["sentence"] and said["held"]
