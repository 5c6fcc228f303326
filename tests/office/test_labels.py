"""Corrections with one click, and the weekly sample: two people blind to each other, stored the same way, never outside the office."""

from __future__ import annotations

import csv
import html
import io
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger.models import Line
from kentongan.office.listening import corrections, labels, services
from kentongan.office.listening.labels_models import Label, SampleItem
from kentongan.office.listening.models import Article, Signal, Story
from kentongan.office.people.models import Place
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW


@pytest.fixture
def other(house):
    return builders.make_user(house.ours, "dewi")


def item_of(house):
    return Article.objects.filter(office=house.ours, membership__original=None).order_by("pk")[0]


def said(kind="question", topic="flood", tone="neutral", place="none"):
    return {"kind": kind, "topic": topic, "tone": tone, "place": place}


def test_a_correction_keeps_what_the_engine_said_and_the_later_word_of_a_person_counts(house, other):
    item = item_of(house)
    engine = corrections.said_by_engine(item, NOW)
    corrections.correct(house.officer, item, "kind", "praise", NOW)
    corrections.correct(house.officer, item, "kind", "rumour", NOW)
    corrections.correct(other, item, "kind", "claim", NOW)
    first, second = Label.objects.order_by("pk")
    assert (first.engine, first.said, first.by, first.version != "") == (engine.kind, "rumour", house.officer, True)
    assert second.said == "claim"
    assert corrections.get_labels(item)["kind"].said == "claim"
    details = [json.loads(line.detail) for line in Line.objects.filter(act="label.given").order_by("pk")]
    assert [detail["said"] for detail in details] == ["praise", "rumour", "claim"]


@pytest.mark.parametrize(("what", "word"), [("kind", "poem"), ("useful", "yes"), ("place", "nowhere"), ("nothing", "yes")])
def test_only_what_is_offered_may_be_said(house, what, word):
    with pytest.raises(InputError):
        corrections.correct(house.officer, item_of(house), what, word, NOW)


def test_readers_and_strangers_correct_nothing(house):
    for nobody in (house.reader, house.stranger):
        with pytest.raises(RefusedError):
            corrections.correct(nobody, item_of(house), "kind", "praise", NOW)
    assert not Label.objects.exists()


def test_a_signal_is_useful_or_not_and_stays_where_it_was(house):
    signal = Signal.objects.filter(office=house.ours).first()
    client = client_of(house.officer)
    client.post(reverse("signal_useful", args=[signal.pk]), {"said": "no"})
    client.post(reverse("signal_useful", args=[signal.pk]), {"said": "yes"})
    label = Label.objects.get()
    assert (label.said, label.what, label.signal_id) == ("yes", "useful", signal.pk)
    before = signal.state
    signal.refresh_from_db()
    assert signal.state == before
    assert 'aria-pressed="true"' in client.get(reverse("signal", args=[signal.pk])).content.decode()
    assert client_of(house.reader).post(reverse("signal_useful", args=[signal.pk]), {"said": "no"}).status_code == 403
    assert client_of(house.stranger).post(reverse("signal_useful", args=[signal.pk]), {"said": "no"}).status_code == 404


def test_an_item_is_put_right_on_its_page_by_one_click(house):
    Place.objects.create(office=house.ours, code="77", level="ward", name="Rawa Kenari")
    item, client = item_of(house), client_of(house.officer)
    story = client.get(reverse("story", args=[item.membership.story_id])).content.decode()
    assert reverse("correct_item", args=[item.pk]) in story
    address = reverse("correct_item", args=[item.pk])
    assert client.post(address, {"what": "kind", "said": "complaint"}).status_code == 302
    client.post(address, {"what": "place", "said": "77"})
    assert sorted(Label.objects.values_list("what", "said")) == [("kind", "complaint"), ("place", "77")]
    assert 'value="complaint" aria-pressed="true"' in client.get(address).content.decode()
    assert client_of(house.reader).get(address).status_code == 403
    assert client_of(house.stranger).get(address).status_code == 404


@pytest.mark.parametrize(
    ("what", "said_now", "teaches"),
    [("kind", "complaint", True), ("tone", "negative", True), ("topic", "water", False), ("place", "77", False), ("tone", "mixed", False)],
)
def test_only_an_answer_a_head_can_give_is_said_to_teach_it(house, what, said_now, teaches):
    Place.objects.create(office=house.ours, code="77", level="ward", name="Rawa Kenari")
    page = client_of(house.officer).post(reverse("correct_item", args=[item_of(house).pk]), {"what": what, "said": said_now}, follow=True)
    text = page.content.decode()
    assert Label.objects.get().said == said_now
    assert ("The engine learns it when it is taught anew." in text) == teaches
    assert ("From such an answer the engine learns nothing yet." in text) != teaches


def cempakas(house):
    """Two cities with a district of one name each."""
    for code, city in (("a", "Kota Anggrek"), ("b", "Kota Melati")):
        above = Place.objects.create(office=house.ours, code=code, level="city", name=city)
        Place.objects.create(office=house.ours, code=f"{code}1", level="district", name="Kecamatan Cempaka", parent=above)


@pytest.mark.parametrize(
    ("title", "text", "place"),
    [
        ("Banjir di Kec. Cempaka, Kota Melati", "", "b1"),
        ("Banjir lagi", "Warga Kota Anggrek mengungsi dari Kecamatan Cempaka.", "a1"),
        ("Banjir di Kecamatan Cempaka", "", ""),
        ("Banjir", "kata " * 60 + "Kota Melati", ""),
    ],
)
def test_the_engine_names_the_place_as_the_series_do_and_the_label_keeps_its_word(house, title, text, place):
    cempakas(house)
    item = item_of(house)
    item.title, item.text, item.summary = title, text, ""
    item.save()
    assert corrections.said_by_engine(item, NOW).place == place
    label = corrections.correct(house.officer, item, "place", "b1", NOW)
    assert (label.engine, label.said) == (place, "b1")


def test_without_a_list_of_places_the_engine_names_none(house):
    Place.objects.filter(office=house.ours).delete()
    assert corrections.places_in(item_of(house)) == ()
    assert 'id="q-place"' not in client_of(house.officer).get(reverse("correct_item", args=[item_of(house).pk])).content.decode()


def test_the_page_says_which_place_the_engine_found_and_tells_namesakes_apart(house):
    cempakas(house)
    item = item_of(house)
    Article.objects.filter(pk=item.pk).update(title="Banjir di Kecamatan Cempaka, Kota Melati")
    address, client = reverse("correct_item", args=[item.pk]), client_of(house.officer)
    asked = client.get(address).content.decode().split('id="q-place"')[1]
    assert "<b>Kecamatan Cempaka, Kota Melati</b>" in asked
    assert '<option value="b1" selected>Kecamatan Cempaka, Kota Melati' in asked and asked.count(" selected") == 1
    client.post(address, {"what": "place", "said": "a1"})
    asked = client.get(address).content.decode().split('id="q-place"')[1]
    assert '<option value="a1" selected>' in asked and house.officer.shown in asked
    Article.objects.filter(pk=item.pk).update(title="Rapat", text="", summary="")
    assert "None of these</b>" in client.get(address).content.decode().split('id="q-place"')[1]


def test_many_places_cost_the_page_of_an_item_as_many_queries_as_few(house, count_queries):
    cempakas(house)
    address, client = reverse("correct_item", args=[item_of(house).pk]), client_of(house.officer)
    with count_queries() as few:
        client.get(address)
    for number in range(30):
        Place.objects.create(office=house.ours, code=f"w{number}", level="ward", name=f"Melati {number}")
    with count_queries() as many:
        client.get(address)
    assert len(few) == len(many)


def test_a_merge_says_that_two_items_are_the_same_story_and_the_later_word_counts(house, other):
    into, gone = house.stories[0], house.stories[1]
    services.merge_stories(house.officer, into, gone, NOW)
    services.merge_stories(house.officer, gone, into, NOW + timedelta(hours=1))
    services.merge_stories(other, into, gone, NOW)
    rows = Label.objects.filter(what="same").order_by("pk")
    assert [(row.by, row.engine, row.said, row.signal, row.sample) for row in rows] == [
        (house.officer, "no", "yes", None, None),
        (other, "no", "yes", None, None),
    ]
    assert all(row.article_id < row.other_id for row in rows)
    assert {rows[0].article.membership.story, rows[0].other.membership.story} == {into, gone}


def test_a_split_says_that_what_stays_and_what_goes_are_not_the_same_story(house):
    story = house.stories[0]
    gone = story.members.order_by("-article__published").first().article
    services.split_story(house.officer, story, [gone], NOW)
    label = Label.objects.get(what="same")
    assert (label.engine, label.said) == ("yes", "no")
    assert gone.pk in {label.article_id, label.other_id}
    assert corrections.get_labels(gone) == {} == corrections.get_labels(label.article)


def test_a_story_without_items_is_merged_without_a_label(house):
    empty = Story.objects.create(office=house.ours, key="empty", headline="x", first=NOW, last=NOW, changed=NOW)
    services.merge_stories(house.officer, house.stories[0], empty, NOW)
    assert not Label.objects.exists()


def test_a_pair_goes_with_either_of_its_items_and_is_counted_and_taken_out_by_number_alone(house):
    services.merge_stories(house.officer, house.stories[0], house.stories[1], NOW)
    corrections.correct(house.officer, item_of(house), "kind", "praise", NOW)
    label = Label.objects.get(what="same")
    assert labels.get_counts(house.ours) == [("kind", 1), ("same", 1)]
    assert labels.get_counts(house.theirs) == []
    page = client_of(house.officer).get(reverse("labels")).content.decode()
    assert "So far: Kind 1 · Same story 1" in page and "Same story: " in page
    row = next(line for line in labels.lines(house.administrator, NOW) if line[0] == "same")
    assert row[:6] == ("same", f"items:{label.article_id}+{label.other_id}", "", "", "no", "yes")
    label.other.delete()
    assert [one.what for one in Label.objects.all()] == ["kind"]


@pytest.mark.parametrize(("what", "article", "other"), [("same", 0, None), ("kind", 0, 1), ("same", 1, 0), ("same", 0, 0)])
def test_the_table_itself_refuses_half_a_pair_and_a_pair_turned_round(house, what, article, other):
    rows = Article.objects.filter(office=house.ours).order_by("pk")[:2]
    pair = {"article": rows[article], "other": rows[other] if other is not None else None}
    given = {"office": house.ours, "what": what, "said": "yes", "version": "1", "by": house.officer, "at": NOW, **pair}
    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.create(**given)


def test_the_week_is_drawn_once_and_the_same_for_whoever_draws(house, other):
    assert labels.draw(house.officer, NOW) == SampleItem.objects.count() <= labels.ITEMS
    with pytest.raises(RefusedError, match="already"):
        labels.draw(other, NOW + timedelta(days=1))
    drawn = list(SampleItem.objects.values_list("article_id", flat=True))
    assert not Article.objects.filter(pk__in=drawn).exclude(membership=None).exclude(membership__original=None).exists()
    SampleItem.objects.all().delete()
    labels.draw(other, NOW)
    assert list(SampleItem.objects.values_list("article_id", flat=True)) == drawn
    with pytest.raises(InputError, match="Nothing was heard"):
        labels.draw(house.stranger, NOW)


def test_two_people_label_an_item_blind_and_a_third_is_not_asked(house, other):
    labels.draw(house.officer, NOW)
    item = labels.get_next(house.officer, NOW)
    labels.label(house.officer, item.pk, said(), NOW)
    page = client_of(other).get(reverse("labels")).content.decode()
    assert item.article.title in page
    assert "selected" not in page
    with pytest.raises(RefusedError):
        labels.label(house.officer, item.pk, said("praise"), NOW)
    labels.label(other, item.pk, said("complaint"), NOW)
    with pytest.raises(RefusedError):
        labels.label(house.administrator, item.pk, said(), NOW)
    assert labels.get_next(house.administrator, NOW).pk != item.pk
    assert labels.get_standing(other, NOW).both == 1
    assert corrections.get_labels(item.article) == {}
    details = [json.loads(line.detail) for line in Line.objects.filter(act="label.given")]
    assert all("said" not in detail for detail in details)


def test_a_half_answered_item_is_not_labelled_at_all(house):
    labels.draw(house.officer, NOW)
    item = labels.get_next(house.officer, NOW)
    with pytest.raises(InputError):
        labels.label(house.officer, item.pk, {"kind": "question"}, NOW)
    assert not Label.objects.exists()


def test_agreement_is_counted_over_what_two_people_labelled(house, other):
    labels.draw(house.officer, NOW)
    for kind, second in (("question", "question"), ("report", "report"), ("report", "claim"), ("praise", "praise")):
        item = labels.get_next(house.officer, NOW)
        labels.label(house.officer, item.pk, said(kind), NOW)
        labels.label(other, item.pk, said(second), NOW)
    kinds = labels.get_agreement(house.ours)[0]
    assert (kinds.what, kinds.items, kinds.agreed, kinds.word) == ("kind", 4, 3, "few")
    assert kinds.alpha == pytest.approx(1 - 7 * 2 / 46)
    assert [one.what for one in labels.get_agreement(house.ours)] == ["kind", "topic", "tone", "place", "useful", "same"]


def test_a_place_is_asked_of_the_sample_where_the_office_has_places_and_two_may_agree_on_it(house, other):
    cempakas(house)
    labels.draw(house.officer, NOW)
    for place, second in (("a1", "a1"), ("none", "none"), ("b1", "a1")):
        item = labels.get_next(house.officer, NOW)
        labels.label(house.officer, item.pk, said(place=place), NOW)
        labels.label(other, item.pk, said(place=second), NOW)
    places = next(one for one in labels.get_agreement(house.ours) if one.what == "place")
    assert (places.items, places.agreed) == (3, 2)
    page = client_of(house.officer).get(reverse("labels")).content.decode()
    assert 'name="place"' in page and "Kecamatan Cempaka, Kota Melati" in page
    with pytest.raises(InputError):
        labels.label(house.officer, labels.get_next(house.officer, NOW).pk, said(place="nowhere"), NOW)


def test_without_places_the_sample_does_not_ask_for_one(house):
    Place.objects.filter(office=house.ours).delete()
    labels.draw(house.officer, NOW)
    client, item = client_of(house.officer), labels.get_next(house.officer, NOW)
    assert 'name="place"' not in client.get(reverse("labels")).content.decode()
    client.post(reverse("label_item", args=[item.pk]), {"kind": "question", "topic": "flood", "tone": "neutral"})
    assert sorted(Label.objects.values_list("what", flat=True)) == ["kind", "tone", "topic"]


def test_two_who_say_of_one_signal_whether_it_was_useful_are_counted_apart_from_the_sample(house, other):
    first, second = Signal.objects.filter(office=house.ours).order_by("pk")[:2]
    for signal, mine, theirs in ((first, "yes", "yes"), (second, "no", "yes")):
        corrections.say_useful(house.officer, signal, mine, NOW)
        corrections.say_useful(other, signal, theirs, NOW)
    useful = next(one for one in labels.get_agreement(house.ours) if one.what == "useful")
    assert (useful.items, useful.agreed, useful.engine_right, useful.word) == (2, 1, 1, "few")
    assert "they are not drawn by chance" in client_of(house.officer).get(reverse("labels")).content.decode()


def test_each_near_story_has_its_own_button_that_folds_it_in(house):
    story, client = house.stories[0], client_of(house.officer)
    page = client.get(reverse("story", args=[story.pk])).content.decode().split('id="merge"')[1].split("</section>")[0]
    near = [other for other in house.stories[1:] if f'name="other" value="{other.pk}"' in page]
    assert len(near) > 1 and page.count("<button") == page.count('name="other"') and 'type="radio"' not in page
    assert all(other.headline[:60] in html.unescape(page) for other in near)
    client.post(reverse("merge_stories", args=[story.pk]), {"other": near[0].pk})
    assert Label.objects.get().what == "same"
    assert 'id="merge"' not in client_of(house.reader).get(reverse("story", args=[story.pk])).content.decode()


def test_the_places_an_item_names_are_buttons_and_the_others_a_list(house):
    cempakas(house)
    item = item_of(house)
    Article.objects.filter(pk=item.pk).update(title="Dari Kota Melati ke Kota Anggrek", text="", summary="")
    address, client = reverse("correct_item", args=[item.pk]), client_of(house.officer)
    buttons = client.get(address).content.decode().split('id="q-place"')[1].split("<details")[0]
    at = [buttons.index(f'name="said" value="{code}"') for code in ("b", "a", "none")]
    assert at == sorted(at) and 'value="a1"' not in buttons
    client.post(address, {"what": "place", "said": "a"})
    assert 'value="a" aria-pressed="true"' in client.get(address).content.decode()


def test_the_page_costs_the_same_however_much_is_labelled(house, other):
    labels.draw(house.officer, NOW)
    client, counts = client_of(house.officer), []
    for _ in range(3):
        item = labels.get_next(other, NOW)
        labels.label(other, item.pk, said(), NOW)
        corrections.correct(other, item.article, "kind", "praise", NOW)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("labels")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] == counts[2]


def test_only_an_administrator_of_the_office_takes_labels_out_and_it_is_recorded(house):
    corrections.correct(house.officer, item_of(house), "kind", "praise", NOW)
    address = reverse("export_labels")
    assert client_of(house.officer).get(address).status_code == 403
    response = client_of(house.administrator).get(address)
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert rows[0] == list(labels.COLUMNS)
    assert rows[1][5] == "praise"
    assert house.officer.username not in response.content.decode()
    assert json.loads(Line.objects.get(act="export.made").detail) == {"what": "labels.csv", "rows": 1}


def test_a_title_that_would_run_in_a_spreadsheet_is_made_harmless_in_the_labels_too(house):
    item = item_of(house)
    type(item).objects.filter(pk=item.pk).update(title="=HYPERLINK(1)")
    corrections.correct(house.officer, item, "kind", "praise", NOW)
    response = client_of(house.administrator).get(reverse("export_labels"))
    assert [row[2] for row in csv.reader(io.StringIO(response.content.decode()))][1:] == ["'=HYPERLINK(1)"]


def test_a_label_goes_with_its_item_in_the_database_itself(house):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'c' AND conrelid IN "
            "('listening_label'::regclass, 'listening_sampleitem'::regclass)"
        )
        assert cursor.fetchone() == (5,)
