"""What is being said of a story, an agency or a watch: counted with n and an interval, nothing of fewer than ten people."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from kentongan.engine.proof import Share
from kentongan.office.kept import Kept
from kentongan.office.listening import aspects, topic_lists
from kentongan.office.listening.aspects import Spoken
from kentongan.office.listening.models import Membership
from kentongan.office.people import standing
from kentongan.testing import builders
from kentongan.testing.builders import Event, Told
from kentongan.testing.tones import furnish_spoken, furnish_tones

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of
from test_api import Program, token_for

pytestmark = pytest.mark.django_db
NOW = builders.NOW
DISHUB = "aDinas Perhubungan"
WEEKS = date(2025, 10, 27), date(2025, 11, 23)


@pytest.fixture(autouse=True)
def still(settings):
    settings.CLOCK = STILL


@pytest.fixture
def admin(office):
    return builders.make_user(office, "kepala", "administrator")


@pytest.fixture
def agency(office, admin):
    return standing.make_agency(admin, "Dinas Perhubungan", "Dishub", "", NOW)


def told(*titles, copies=()):
    return Event("low", (1, 1, 1, 1, 1), tuple(Told("Warta", 5 + n, title, "", "id", copies=copies) for n, title in enumerate(titles)))


def test_a_story_says_how_many_of_its_items_name_each_aspect_and_counts_no_copies(office):
    story = builders.make_story(office, told("Tarif air naik", "Biaya air dan korban", "Air mati", copies=("Sena Petang",)), NOW)
    assert aspects.of_story(story) == Spoken(3, (("money", Share(2, 3)), ("safety", Share(1, 3))))


def test_only_the_newest_items_of_a_large_story_are_looked_at(office, monkeypatch):
    monkeypatch.setattr(aspects, "LOOKED", 2)
    monkeypatch.setattr(aspects, "_told", Kept(aspects._newest))
    story = builders.make_story(office, told("Tarif air", "Air mati", "Korban air"), NOW)
    assert aspects.of_story(story) == Spoken(2, (("money", Share(1, 2)),))


def test_an_office_s_own_aspects_are_counted(office, admin):
    topic_lists.save(admin, "aspects: {taps: {id: [keran]}}\nnames: {taps: {en: Taps}}", 0, NOW)
    story = builders.make_story(office, told("Keran kering", "Tarif naik"), NOW)
    assert aspects.of_story(story).aspects == (("taps", Share(1, 2)),)
    assert "<b>Taps</b>" in client_of(admin).get(reverse("story", args=[story.pk])).content.decode()


def test_press_and_public_posts_of_an_agency_are_counted_apart_and_no_small_group_is_told(office):
    furnish_spoken(office, DISHUB)
    press, public = aspects.of_mark(office, DISHUB, *WEEKS)
    assert press.n == 28
    assert press.aspects == (("money", Share(12, 28)), ("government", Share(7, 28)), ("service", Share(7, 28)))
    assert public.n == 29
    assert public.aspects == (("money", Share(14, 29)),), "three posts on victims are three people"


@pytest.mark.parametrize(("posts", "mention", "shown"), [(9, 9, None), (30, 9, ()), (30, 21, ()), (30, 20, 20), (30, 30, 30)])
def test_posts_are_told_from_ten_on_both_sides(office, posts, mention, shown):
    spoken = aspects._safe(Spoken(posts, (("money", Share(mention, posts)),)))
    expected = Spoken(None) if shown is None else Spoken(posts, (("money", Share(mention, posts)),) if shown else ())
    assert spoken == expected


def test_another_mark_other_weeks_and_copies_are_not_counted(office):
    furnish_spoken(office, DISHUB)
    assert aspects.of_mark(office, "aDinas Lain", *WEEKS) == (Spoken(0), Spoken(0))
    assert aspects.of_mark(office, DISHUB, date(2025, 9, 1), date(2025, 9, 28)) == (Spoken(0), Spoken(0))
    Membership.objects.filter(article__title__startswith="Bus lewat").update(copy_kind="near")
    assert aspects.of_mark(office, DISHUB, *WEEKS)[0].n == 19


@pytest.mark.parametrize(
    ("language", "name", "heading"),
    [("en", "Money and fairness", "What is being said of it"), ("id", "Biaya dan keadilan", "Apa yang dibicarakan"),
     ("vi", "Tiền bạc và sự công bằng", "Người ta nói gì")],
)  # fmt: skip
def test_the_pages_say_it_in_three_languages_with_n_and_an_interval(office, admin, agency, language, name, heading):
    story = furnish_spoken(office, DISHUB)
    client = client_of(admin, language)
    for page in (client.get(reverse("agency_tone", args=[agency.pk])), client.get(reverse("story", args=[story.pk]))):
        said = page.content.decode()
        assert heading in said and name in said
    row = re.search(f"<b>{name}</b>: (.*?)<", client.get(reverse("agency_tone", args=[agency.pk])).content.decode())
    assert row and "12" in row[1] and "28" in row[1] and "%" in row[1]


def test_a_program_reads_the_aspects_of_a_story(office, admin):
    story = builders.make_story(office, told("Tarif air naik", "Biaya air dan korban"), NOW)
    rows = Program(token_for(admin)).get(f"stories/{story.pk}").json()["aspects"]
    assert [(one["aspect"], one["name"], one["n"], one["of"]) for one in rows] == [
        ("money", "Money and fairness", 2, 2), ("safety", "Danger and safety", 1, 2),
    ]  # fmt: skip
    assert all(one["low"] < one["high"] <= 1 for one in rows)


def test_a_watch_on_an_office_that_one_person_holds_has_no_aspects_either(office, admin, agency):
    builders.furnish_people(office, admin, builders.make_user(office, "sari"))
    watch = furnish_tones(office, admin)
    furnish_spoken(office, f"w{watch.name}")
    page = client_of(admin).get(reverse("watch_tone", args=[watch.pk])).content.decode()
    assert "no tone is judged" in page and "Money and fairness" not in page


def test_the_page_asks_as_often_for_many_items_as_for_none(office, admin, agency, count_queries):
    client = client_of(admin)
    client.get(reverse("agency_tone", args=[agency.pk]))
    with count_queries() as few:
        client.get(reverse("agency_tone", args=[agency.pk]))
    furnish_spoken(office, DISHUB)
    with count_queries() as many:
        client.get(reverse("agency_tone", args=[agency.pk]))
    assert len(many) - len(few) <= 1, "what the office calls its aspects, once"
