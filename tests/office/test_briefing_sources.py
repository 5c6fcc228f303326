"""Every headline of a briefing is the title of a source it cites, and what two outlets tell has two sources."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.translation import override

from kentongan.office.api import shapes
from kentongan.office.listening import briefing, papers, presenting
from kentongan.office.listening.models import Membership, Story
from kentongan.testing import builders
from kentongan.testing.builders import NOW, Event, Told

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
PEAK = (
    Told("Suara Muarasena", 6, "SIAGA 1: muka air 304 sentimeter", "Muka air di Batu Tumpang 304 sentimeter pada pukul satu pagi.", "id"),
    Told("Radio Gema", 1, "Puncak banjir: 322 sentimeter", "Muka air di Batu Tumpang pukul tujuh pagi 322 sentimeter lewat.", "id"),
)
FURTHER = ("Banjir di Rawa Kenari meluas", "Longsor di Rawa Kenari tutup jalan", "Banjir di Rawa Kenari, sekolah libur")


def made(office, *told, level="high"):
    return builders.make_story(office, Event(level, (3, 3, 3, 3, 3), told), seq=40)


def article_of(story, title):
    return Membership.objects.get(story=story, article__title=title).article


def content_of(office, hours=24):
    return briefing.compose(office, NOW - timedelta(hours=hours), NOW, "id")


def line_of(content, story):
    return next(line for line in content["lines"] if line["story"] == story.pk)


@pytest.fixture
def event(house):
    """One flood that four stories tell: one line, three stories named behind it."""
    for n, title in enumerate(("Banjir di Rawa Kenari, tanggul jebol", *FURTHER)):
        made(house.ours, Told("Suara Muarasena", 2 + n, title, "", "id"), level="crisis")
    return content_of(house.ours)


def headlines_in(content):
    """Every headline that the briefing shows, with the footnote it names."""
    for line in content["lines"]:
        yield line["headline"], line["headline_note"]
        yield from ((one["headline"], one["note"]) for one in line["also"])
        for reason in line["why"]:
            if reason["code"] == "briefing.also":
                yield from ((said, int(n)) for said, n in re.findall(r"(.+?) \[(\d+)\](?:; |$)", reason["values"]["headlines"]))


def test_every_headline_shown_is_the_title_of_the_source_it_names(event):
    titles = {note["n"]: note["title"] for note in event["sources"]}
    shown = list(headlines_in(event))
    assert len(shown) > len(event["lines"]), "further stories of one event are named"
    assert all(titles[n] == headline for headline, n in shown)
    assert all(line["headline_note"] == line["sources"][0] for line in event["lines"])
    title = papers.title_parts(event)
    assert titles[title.note] in title.said


def test_one_article_is_one_footnote(event):
    assert len({note["url"] for note in event["sources"]}) == len(event["sources"])
    assert all(len(set(line["sources"])) == len(line["sources"]) <= 3 for line in event["lines"])


@pytest.mark.parametrize("own", [0, 1], ids=["the older report is the story's headline", "the newer one is"])
def test_headline_and_quote_are_of_one_report(house, own):
    story = made(house.ours, *PEAK)
    Story.objects.filter(pk=story.pk).update(headline=PEAK[own].title, headline_article=article_of(story, PEAK[own].title))
    content = content_of(house.ours)
    line, notes = line_of(content, story), {note["n"]: note for note in content["sources"]}
    quote = presenting.quote_of(line, notes)
    assert quote["title"] == line["headline"]
    assert quote["passage"][-40:] in next(told.text for told in PEAK if told.title == line["headline"])
    if own:
        assert line["headline"] == PEAK[1].title


def test_an_outlet_that_spoke_before_the_last_visit_is_the_second_source_but_gives_neither_headline_nor_quote(house):
    old = Told("Kabar Kalindra", 30, "Sungai 88 sentimeter, status normal", "Muka air sungai masih jauh di bawah batas siaga.", "id")
    story = made(house.ours, old, Told("Radio Gema", 2, "Tanggul Welaran jebol", "", "id"))
    content = content_of(house.ours)
    line, notes = line_of(content, story), {note["n"]: note for note in content["sources"]}
    assert [notes[n]["outlet"] for n in line["sources"]] == ["Radio Gema", "Kabar Kalindra"]
    assert line["headline"] == "Tanggul Welaran jebol"
    assert presenting.quote_of(line, notes) is None


def test_two_outlets_with_nearly_one_headline_are_two_sources(house):
    story = made(
        house.ours,
        Told("Radio Gema", 3, "Kantin meledak akibat gas bocor, tiga terluka", "", "id"),
        Told("Suara Muarasena", 2, "Kantin meledak akibat gas bocor, tiga orang terluka", "", "id"),
    )
    assert len(line_of(content_of(house.ours), story)["sources"]) == 2


def test_a_story_whose_articles_are_gone_is_not_told_without_a_source(house):
    story = made(house.ours, *PEAK)
    before = content_of(house.ours)
    Membership.objects.filter(story=story).delete()
    bare = line_of(content_of(house.ours), story)
    assert (bare["headline"], len(bare["sources"])) == (PEAK[0].title, 1)
    Story.objects.filter(pk=story.pk).update(headline_article=None)
    after = content_of(house.ours)
    assert story.pk not in [line["story"] for line in after["lines"]]
    assert after["quiet"] + len(after["lines"]) == before["quiet"] + len(before["lines"])


@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_the_number_stands_behind_the_headline_on_paper_in_mail_on_screen_and_for_programs(house, event, language):
    first = event["lines"][0]
    named = first["also"][0]
    text = " ".join(papers.briefing_text(event, language).split())
    assert f"{first['headline']} [{first['headline_note']}]" in text
    assert f"{named['headline']} [{named['note']}]" in text
    assert f"{first['headline']}”. [{first['headline_note']}]" in text, "the first sentence too"
    with override(language):
        said = shapes.briefing(event)["lines"][0]
    assert (said["headline_note"], said["also"]) == (first["headline_note"], first["also"])
    assert papers.briefing_pdf(event, language).startswith(b"%PDF-")


def test_on_screen_every_number_leads_to_its_source(house, event):
    page = client_of(house.officer).get(reverse("briefing")).content.decode()
    heads = re.findall(r'<h2 lang="\w+"><a [^>]*>([^<]+)</a><sup><a href="#note-(\d+)"', page)
    assert len(heads) == page.count('<li id="story-')
    titles = dict(re.findall(r'<li id="note-(\d+)">.*?rel="noreferrer" lang="\w+">([^<]+)</a>', page))
    assert all(titles[n] == headline for headline, n in heads)
    for named in event["lines"][0]["also"]:
        assert re.search(re.escape(named["headline"]) + rf'<sup><a href="#note-{named["note"]}"', page)
    assert re.search(r"<h1>[^<]+<sup><a href=\"#note-\d+\"", page)


def test_a_briefing_signed_before_headlines_had_a_source_is_shown_as_it_was(event):
    old = {**event, "lines": [{k: v for k, v in line.items() if k not in {"headline_note", "also"}} for line in event["lines"]]}
    assert papers.title_parts(old).note == 0
    text = " ".join(papers.briefing_text(old, "en").split())
    assert f"{old['lines'][0]['headline']} [" not in text.split("Sources")[0]
    assert shapes.briefing(old)["lines"][0]["headline_note"] is None


def test_words_that_only_look_like_a_number_stay_words():
    also = [{"story": 1, "headline": "Banjir [3] di hulu", "language": "id", "note": 4}]
    assert presenting.noted("Juga: Banjir [3] di hulu [4].", also) == [("Juga: Banjir [3] di hulu", 4), (".", 0)]
    assert presenting.noted("Nothing named [4].", also) == [("Nothing named [4].", 0)]
