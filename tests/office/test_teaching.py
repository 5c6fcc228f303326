"""An office teaches the heads by its labels: only what is settled, only where clearly better, used at once, given back, never outside."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from kentongan.engine import kinds
from kentongan.engine import teaching as learning
from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger.models import Line
from kentongan.office.listening import corrections, retention, tasks, taught, teaching, teaching_pages, tones_reading
from kentongan.office.listening.labels_models import Label, Teaching
from kentongan.office.listening.models import Article
from kentongan.office.people import scope
from kentongan.testing import builders
from kentongan.testing.teaching import CLASSES_OF, furnish_teaching, item, label, make_labels, make_teaching

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def other(house):
    return builders.make_user(house.ours, "dewi")


def nothing(row):
    """In place of a job."""


def asked(house, head="kinds", now=NOW):
    return teaching.ask(house.administrator, head, now, nothing)


def taught_now(house, head="kinds", now=NOW):
    row = asked(house, head, now)
    teaching.run(house.ours, row.pk, now)
    row.refresh_from_db()
    return row


def heard(house, head="kinds"):
    return teaching.get_heard(house.ours)[head]


# What counts as a label


def test_a_label_counts_where_all_who_spoke_say_the_same(house, other):
    one, two, three, four = (item(house.ours, number) for number in range(4))
    label(one, house.officer, "kind", "claim", drawn=True)
    label(one, other, "kind", "claim", drawn=True)
    label(two, house.officer, "kind", "claim", drawn=True)
    label(two, other, "kind", "report", drawn=True)
    label(three, house.officer, "kind", "claim", drawn=True)
    label(four, house.officer, "kind", "praise")
    found = heard(house)
    assert {(one.article, one.said, one.people, one.drawn) for one in found.settled} == {
        (one.pk, "claim", 2, True),
        (four.pk, "praise", 1, False),
    }, "two at odds are left out, one word of the sample waits for the second"
    assert (found.split, found.outside, found.drawn) == (1, 0, 1)


def test_the_latest_word_of_a_person_counts_and_a_third_at_odds_leaves_the_item_out(house, other):
    one = item(house.ours, 1)
    label(one, house.officer, "kind", "claim", drawn=True)
    label(one, other, "kind", "report", drawn=True)
    label(one, other, "kind", "claim", at=LATER)
    (settled,) = heard(house).settled
    assert (settled.said, settled.people, settled.drawn) == ("claim", 2, False), "they agreed, but not blind"
    label(one, house.administrator, "kind", "praise", at=LATER)
    assert heard(house).settled == ()
    assert heard(house).split == 1


def test_answers_no_head_can_give_are_left_out(house):
    label(item(house.ours, 1), house.officer, "kind", "none")
    label(item(house.ours, 2), house.officer, "tone", "mixed")
    label(item(house.ours, 3), house.officer, "tone", "unclear")
    label(item(house.ours, 4), house.officer, "topic", "flood")
    assert (heard(house).outside, heard(house, "tone").outside) == (1, 2)
    assert heard(house).settled == heard(house, "tone").settled == ()


def test_items_of_a_story_are_held_back_together(house):
    member = Article.objects.filter(office=house.ours, membership__original=None)[0]
    label(member, house.officer, "kind", "claim")
    label(item(house.ours, 1), house.officer, "kind", "claim")
    stories = {one.article: one.story for one in heard(house).settled}
    assert stories[member.pk] == f"story:{member.membership.story_id}"
    assert len(set(stories.values())) == 2


# Asking


def test_too_few_labels_are_refused_and_the_page_says_how_many_are_missing(house, other):
    make_labels(house.ours, [house.officer, other], "kinds", 20)
    with pytest.raises(RefusedError, match="too few"):
        asked(house)
    page = client_of(house.administrator).get(reverse("labels")).content.decode()
    assert "30 more items with a settled answer (of 50)" in page
    assert "10 more items of the weekly sample on which two agree (of 30)" in page
    assert reverse("teach_head") not in page
    assert not Teaching.objects.exists()


def test_labels_on_which_two_people_disagree_too_much_teach_nothing(house, other):
    make_labels(house.ours, [house.officer, other], "kinds", 60)
    make_labels(house.ours, [house.officer, other], "kinds", 60, first=100, at_odds=True)
    assert not heard(house).missing.anything
    with pytest.raises(RefusedError, match="agree too little"):
        asked(house)
    page = client_of(house.administrator).get(reverse("labels")).content.decode()
    assert "agree on the question first" in page


def test_only_an_administrator_teaches_and_goes_back(house, other):
    make_labels(house.ours, [house.officer, other], "kinds", 60)
    for nobody in (house.officer, house.reader, house.stranger):
        with pytest.raises(RefusedError):
            teaching.ask(nobody, "kinds", NOW, nothing)
        with pytest.raises(RefusedError):
            teaching.go_back(nobody, "kinds", NOW)
    with pytest.raises(InputError):
        asked(house, "places")
    assert client_of(house.officer).post(reverse("teach_head"), {"head": "kinds"}).status_code == 403
    assert client_of(house.officer).post(reverse("shipped_head"), {"head": "kinds"}).status_code == 403
    page = client_of(house.officer).get(reverse("labels")).content.decode()
    assert "What the engine learns" in page
    assert reverse("teach_head") not in page
    assert not Teaching.objects.exists()


def test_a_wish_is_worked_out_by_one_job_and_asked_for_once_until_it_was_lost(house, other):
    make_labels(house.ours, [house.officer, other], "kinds", 60)
    client = client_of(house.administrator)
    assert client.post(reverse("teach_head"), {"head": "kinds"}).status_code == 302
    row = Teaching.objects.get()
    (job,) = ProcrastinateJob.objects.filter(task_name="teach_head")
    assert job.args == {"office": house.ours.pk, "wish": row.pk}
    assert "Being worked out" in client.get(reverse("labels")).content.decode()
    with pytest.raises(RefusedError, match="already"):
        asked(house)
    assert asked(house, now=NOW + teaching.AGAIN).pk == row.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Teaching.objects.create(office=house.ours, head="kinds", asked_by=house.administrator, asked_at=NOW)
    tasks.teach_head(house.theirs.pk, row.pk)
    assert Teaching.objects.get().state == "waiting", "another office works nothing out here"
    tasks.teach_head(house.ours.pk, row.pk)
    assert Teaching.objects.get().state != "waiting"
    before = Line.objects.count()
    tasks.teach_head(house.ours.pk, row.pk)
    assert Line.objects.count() == before, "done is done"


# What comes of it


def test_an_office_that_leans_is_helped_and_its_head_is_used_at_once(house, other):
    make_labels(house.ours, [house.officer, other], "kinds", 160)
    probe = item(house.ours, 900)
    plain = corrections.said_by_engine(probe, NOW)
    row = taught_now(house)
    assert (row.state, row.figures["verdict"], row.items, row.drawn) == ("active", "better", 160, 160)
    assert row.digest == learning.digest_of("kinds")
    before, after, low, high = row.figures["loss"]
    assert after < before and low < high < 0
    used = taught.get_in_force(house.ours.pk)["kinds"]
    assert used.pk == row.pk
    assert len(used.correction.shift) == len(kinds.KINDS)
    now = corrections.said_by_engine(probe, NOW)
    assert (plain.kind, now.kind) == ("announcement", "claim")
    assert now.version == f"{plain.version}+kinds{row.pk}"
    assert taught.get_in_force(house.theirs.pk) == {}
    lines = [(line.act, line.actor, json.loads(line.detail)) for line in Line.objects.filter(act__startswith="head.").order_by("pk")]
    assert lines == [
        ("head.asked", house.administrator.pk, {"head": "kinds", "items": 160}),
        ("head.taught", 0, {"head": "kinds", "result": "active", "items": 160, "drawn": 160}),
    ]


def test_labels_that_only_repeat_the_head_change_nothing(house, other):
    make_labels(house.ours, [house.officer, other], "kinds", 60, lean=False)
    row = taught_now(house)
    assert (row.state, row.figures["verdict"]) == ("kept", "unclear")
    assert taught.get_in_force(house.ours.pk) == {}
    page = client_of(house.administrator).get(reverse("labels")).content.decode()
    assert "Not clearly better: the built-in judge is kept" in page


def test_the_tone_that_is_counted_follows_what_was_learned(house):
    make_teaching(house.ours, house.administrator, "tone", shift=[0.0, 0.0, 20.0])
    head = taught.tone_head(taught.get_in_force(house.ours.pk))
    row = item(house.ours, 1, title="Pelayanan Dishub sangat buruk", kind="public")
    target = tones_reading.target_from(["Dishub"], tones_reading.load_tagger())
    assert tones_reading.tone_toward(row, target, None, taught.tone_head({})) == "negative"
    assert tones_reading.tone_toward(row, target, None, head) == "positive"
    assert corrections.said_by_engine(row, NOW).tone == "positive"


def test_tone_is_learned_where_the_head_decides_and_what_rules_decide_is_left_out(house, other):
    make_labels(house.ours, [house.officer, other], "tone", 60)
    for number in range(500, 505):
        press = item(house.ours, number, kind="press", title=f"Dishub membuka rute bus {number}")
        for person in (house.officer, other):
            label(press, person, "tone", "positive", drawn=True)
    row = taught_now(house, "tone")
    assert (row.items, row.left_out) == (60, 5)
    assert set(row.figures) == {"verdict", "by_shares", "loss", "f1"}


def test_the_latest_judgement_holds_and_going_back_is_a_second_act(house, other):
    first = make_teaching(house.ours, house.administrator, "kinds")
    make_labels(house.ours, [house.officer, other], "kinds", 60, lean=False)
    second = taught_now(house)
    first.refresh_from_db()
    assert (first.state, first.ended_at, second.state) == ("replaced", NOW, "kept")
    third = make_teaching(house.ours, house.administrator, "kinds")
    client = client_of(house.administrator)
    assert "Go back to the built-in judge" in client.get(reverse("labels")).content.decode()
    client.post(reverse("shipped_head"), {"head": "kinds"})
    third.refresh_from_db()
    assert (third.state, third.ended_by) == ("ended", house.administrator)
    assert taught.get_in_force(house.ours.pk) == {}
    assert Line.objects.get(act="head.returned").actor == house.administrator.pk
    with pytest.raises(RefusedError, match="already"):
        teaching.go_back(house.administrator, "kinds", NOW)


def test_what_was_learned_rests_when_the_shipped_head_is_renewed_and_the_page_says_so(house):
    row = make_teaching(house.ours, house.administrator, "kinds")
    assert taught.fits(row)
    Teaching.objects.update(digest="0" * 64)
    assert taught.get_in_force(house.ours.pk) == {}
    page = client_of(house.officer).get(reverse("labels")).content.decode()
    assert "The built-in judge was renewed" in page


def test_too_few_that_the_head_could_learn_from_leave_everything_as_it_is(house, other):
    used = make_teaching(house.ours, house.administrator, "tone")
    for number in range(60):
        press = item(house.ours, number, kind="press", title=f"Dishub membuka rute bus {number}")
        for person in (house.officer, other):
            label(press, person, "tone", CLASSES_OF["tone"][number % 2], drawn=True)
    row = taught_now(house, "tone")
    used.refresh_from_db()
    assert (row.state, row.items, row.left_out, row.figures, used.state) == ("few", 0, 60, {}, "active")
    assert "Too few labels the judge could learn from" in client_of(house.administrator).get(reverse("labels")).content.decode()


# The page, the walls, the end


def test_the_page_shows_before_and_after_with_who_and_what_came_of_it(house, other):
    make_labels(house.ours, [house.officer, other], "kinds", 60)
    make_teaching(house.ours, house.administrator, "kinds")
    page = client_of(house.officer).get(reverse("labels")).content.decode()
    assert "0.51 → 0.64 (difference likely between +0.05 and +0.21)" in page
    assert "1.2 → 0.9 (difference likely between −0.4 and −0.2)" in page
    assert "with what 143 labels taught it" in page
    assert str(house.administrator) in page
    for language, words in (("id", "Jelas lebih baik"), ("vi", "Tốt hơn rõ rệt")):
        assert words in client_of(house.officer, language).get(reverse("labels")).content.decode()


def test_every_outcome_has_its_words():
    states = set(Teaching.State) - {"waiting", "kept"}
    assert set(teaching_pages.OUTCOMES) == states | {"unclear", "fewer_right", "no_text"}


def test_the_page_costs_the_same_however_much_was_learned(house, other):
    client, counts = client_of(house.administrator), []
    for number in (1, 2, 3):
        make_labels(house.ours, [house.officer, other], "kinds", 5 * number, first=100 * number)
        make_teaching(house.ours, house.administrator, "kinds", state="ended", ended_by=house.administrator, ended_at=NOW)
        make_teaching(house.ours, house.administrator, "tone", state="kept")
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("labels")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] == counts[2]


def test_no_office_sees_or_writes_what_another_learned(house):
    make_teaching(house.ours, house.administrator, "kinds")
    with scope.scope(house.theirs.pk):
        assert not Teaching.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM listening_teaching")
            assert cursor.fetchone() == (0,)
            cursor.execute("UPDATE listening_teaching SET state = 'ended'")
            assert cursor.rowcount == 0
    assert Teaching.objects.get().state == "active"
    assert "143" not in client_of(house.stranger).get(reverse("labels")).content.decode()


def test_a_row_holds_numbers_and_points_to_no_item_and_no_text(house):
    row = make_teaching(house.ours, house.administrator, "kinds")
    related = {field.name for field in Teaching._meta.get_fields() if field.is_relation}
    assert related == {"office", "asked_by", "ended_by"}
    assert all(isinstance(number, float) for number in row.weights["shift"])
    for name in ("article", "title", "text", "label"):
        with pytest.raises(FieldDoesNotExist):
            Teaching._meta.get_field(name)


def test_what_was_learned_goes_when_counts_go_but_not_while_it_is_used(house):
    old = NOW - timedelta(days=400)
    make_teaching(house.ours, house.administrator, "kinds", asked_at=old)
    make_teaching(house.ours, house.administrator, "tone", asked_at=old, state="kept")
    make_teaching(house.ours, house.administrator, "tone", asked_at=NOW, state="kept")
    keep = {"keep_raw_days": 30, "keep_item_days": 180, "keep_count_days": 365}
    assert retention.run(house.ours, NOW, keep)["teachings"] == 1
    assert sorted(Teaching.objects.values_list("head", "state")) == [("kinds", "active"), ("tone", "kept")]
    assert Label.objects.count() == 0


def test_the_furnished_office_shows_what_is_used_what_waits_and_what_was(house):
    furnish_teaching(house.ours, house.officer, house.administrator)
    page = client_of(house.administrator).get(reverse("labels")).content.decode()
    for words in ("with what 143 labels taught it", "Being worked out", "24 labels left out: a rule decides there"):
        assert words in page
    assert page.count("somebody went back") == 1
