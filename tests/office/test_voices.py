"""Voices of the public: counted per story, tied together nowhere, unreadable once the month is over."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from kentongan.engine import feeds
from kentongan.engine.records import Assignment, Copy, Reason
from kentongan.engine.steps import Placed, StoryMerged
from kentongan.office.ledger.models import Line
from kentongan.office.listening import outputs, voices
from kentongan.office.listening.models import Article, Story, StoryVoice, VoiceKey

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL

pytestmark = pytest.mark.django_db
RSS = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Papan</title>
<item><title>Air masuk rumah</title><link>https://papan.example/1</link><dc:creator>Warga Biasa</dc:creator></item>
<item><title>Air surut</title><link>https://papan.example/2</link><dc:creator>@warga biasa</dc:creator></item>
<item><title>Jalan putus</title><link>https://papan.example/3</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>P</title><entry><id>1</id><title>Air</title><link href="https://papan.example/1"/>
<author><name>Warga Biasa</name></author></entry></feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1", "title": "P",
        "items": [{"id": "1", "url": "https://papan.example/1", "title": "Air", "authors": [{"name": "Warga Biasa"}]}],
    }
)  # fmt: skip


def posted(office, now, number, voice):
    return Article.objects.create(
        office=office, key=f"a{number}", url=f"https://papan.example/{number}", outlet="Papan", source_kind="public", title="Air masuk",
        language="id", published=now, seen=now, voice=voice,
    )  # fmt: skip


def story(office, now, key):
    return Story.objects.create(office=office, key=key, headline="Banjir", first=now, last=now, changed=now)


def placed(article, where):
    return Placed(Copy(article.key, "original", article.key, 1.0, Reason("copy.none", {})), Assignment(article.key, where, 1.0, ()), None)


def place(office, now, *said):
    known = dict(Article.objects.filter(office=office).values_list("key", "pk"))
    with transaction.atomic():
        outputs.write(office.pk, list(said), known, 1, now)


@pytest.mark.parametrize("body", [RSS, ATOM, JSON])
def test_of_an_author_in_a_feed_only_the_hash_is_left(office, now, body):
    voice = voices.voice_of(office.pk, now)
    items = feeds.read(body.encode(), url="https://papan.example/feed", voice=voice).items
    assert items[0].voice == voice("Warga Biasa")
    assert re.fullmatch("[0-9a-f]{32}", items[0].voice)
    assert "arga" not in repr(items).lower().replace("warga_", "")
    if len(items) == 3:
        assert items[1].voice == items[0].voice
        assert items[2].voice == ""
    assert feeds.read(body.encode(), url="https://papan.example/feed").items[0].voice == ""


def test_distinct_voices_of_a_story_are_counted_once_and_their_hashes_forgotten(office, now):
    voice = voices.voice_of(office.pk, now)
    articles = [posted(office, now, number, voice(f"warga {number % 12}")) for number in range(30)]
    found = story(office, now, "s1")
    place(office, now, *(placed(article, "s1") for article in articles))
    assert not Article.objects.exclude(voice="").exists()
    assert StoryVoice.objects.filter(story=found).count() == 12
    assert voices.get_count(found) == 12
    place(office, now, *(placed(article, "s1") for article in articles[:3]))
    assert voices.get_count(found) == 12


def test_one_to_nine_voices_are_not_told_apart(office, now):
    voice, found = voices.voice_of(office.pk, now), story(office, now, "s1")
    assert voices.get_count(found) == 0
    for number in range(9):
        place(office, now, placed(posted(office, now, number, voice(f"warga {number}")), "s1"))
        assert voices.get_count(found) is None
    place(office, now, placed(posted(office, now, 9, voice("warga 9")), "s1"))
    assert voices.get_count(found) == 10


@pytest.mark.parametrize(("people", "said", "told"), [(0, "", 0), (9, "fewer than 10 people in public posts", None), (12, "12 people", 12)])
def test_the_page_and_the_api_say_how_many_people_spoke_and_never_fewer_than_ten(
    client, office, officer, now, settings, people, said, told
):
    settings.CLOCK = STILL
    found = story(office, now, "s1")
    for number in range(people):
        place(office, now, placed(posted(office, now, number, f"v{number}"), "s1"))
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("story", args=[found.pk])).content.decode()
    assert ("public posts" in page, said in page) == (bool(said), True)
    assert client.get(f"/api/v1/stories/{found.pk}").json()["voices"] == told


def test_one_person_in_two_stories_has_two_tokens_that_say_nothing_of_each_other(office, now):
    voice = voices.voice_of(office.pk, now)("Warga Biasa")
    for key, number in (("s1", 1), ("s2", 2)):
        story(office, now, key)
        place(office, now, placed(posted(office, now, number, voice), key))
    tokens = list(StoryVoice.objects.values_list("token", flat=True))
    assert len(set(tokens)) == 2
    assert voice not in tokens


def test_voices_go_with_a_merged_story_however_the_steps_are_cut(office, other_office, now):
    for where, cut in ((office, True), (other_office, False)):
        voice = voices.voice_of(where.pk, now)
        for key in ("s1", "s2"):
            story(where, now, key)
        steps = [placed(posted(where, now, 1, voice("a")), "s1"), placed(posted(where, now, 2, voice("b")), "s2"), StoryMerged("s2", "s1")]
        for part in [[one] for one in steps] if cut else [steps]:
            place(where, now, *part)
        assert StoryVoice.objects.filter(office=where, story__key="s1").count() == 2


def test_a_month_that_is_over_cannot_be_tied_to_the_next_and_its_key_is_gone(office, now):
    december = now + timedelta(days=10)
    before = voices.voice_of(office.pk, now)("Warga Biasa")
    after = voices.voice_of(office.pk, december)("Warga Biasa")
    assert before != after
    waiting = posted(office, now, 1, before)
    assert voices.destroy_keys(office, datetime(2025, 12, 2, 23, tzinfo=UTC)) == 0
    assert voices.destroy_keys(office, december) == 1
    assert voices.destroy_keys(office, december) == 0
    assert VoiceKey.objects.filter(month__month=11, salt=None, destroyed=december).exists()
    assert VoiceKey.objects.get(month__month=12).salt is not None
    waiting.refresh_from_db()
    assert waiting.voice == ""
    (line,) = Line.objects.filter(act="key.destroyed")
    assert json.loads(line.detail) == {"month": "2025-11-01"}
    assert voices.voice_of(office.pk, now)("Warga Biasa") == ""  # a clock that goes back finds no key


def test_two_offices_give_one_person_two_voices(office, other_office, now):
    assert voices.voice_of(office.pk, now)("Warga") != voices.voice_of(other_office.pk, now)("Warga")


def test_the_database_refuses_a_destroyed_key_that_still_has_its_salt(office, now):
    voices.salt_of(office.pk, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        VoiceKey.objects.update(destroyed=now)


def test_no_index_leads_from_a_voice_to_its_posts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'listening_article'")
        assert not [row[0] for row in cursor.fetchall() if "voice" in row[0]]
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name ~ 'voice|author|handle|byline'"
        )
        assert {row[0] for row in cursor.fetchall()} == {"listening_article"}


def test_no_table_of_tokens_names_a_post_and_no_column_holds_a_list_of_posts_of_a_voice():
    columns = {field.name for field in apps.get_model("listening", "StoryVoice")._meta.get_fields()}
    assert columns == {"id", "office", "story", "token"}
    holders = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("kentongan.")
        for field in model._meta.get_fields()
        if re.search(r"voice|author|handle|byline", field.name) and field.concrete
    ]
    assert holders == ["Article.voice"]
