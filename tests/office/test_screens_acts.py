"""What people do on the screens, as plain forms: decide, merge, split, sign, send, add and pause sources, choose language and look."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kentongan.office import outside
from kentongan.office.listening.models import Briefing, BriefingVisit, JournalEntry, Signal, Source, StoryMark
from kentongan.ports import FetchOutcome, FetchRequest
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Warta Baru</title><link>https://baru.example/</link>
<item><title>Jembatan dibuka</title><link>https://baru.example/1</link><guid>1</guid></item></channel></rss>"""
PAGE = b"""<!doctype html><html><head><title>Baru</title><link rel="alternate" type="application/rss+xml" title="Berita" href="/rss"></head>
<body>Halo</body></html>"""


@pytest.fixture
def client(house):
    return client_of(house.officer)


class Answers:
    """A fetcher that answers from a table and knows nothing else."""

    def __init__(self, **bodies: bytes) -> None:
        self.bodies = {f"https://{host}.example/": body for host, body in bodies.items()}

    def fetch(self, request: FetchRequest) -> FetchOutcome:
        body = self.bodies.get(request.url.rstrip("/") + "/")
        return FetchOutcome("ok", request.url, 200, body) if body else FetchOutcome("not_found", request.url, 404)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def answers(monkeypatch):
    door = Answers(umpan=FEED, situs=PAGE)
    monkeypatch.setattr(outside, "fetcher", lambda: door)


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_a_story_marked_not_ours_leaves_the_briefing_and_undo_brings_it_back(house, client):
    story = house.stories[0]
    assert f'id="story-{story.pk}"' in client.get("/").content.decode()
    after = client.post(reverse("mark_story", args=[story.pk]), {"mark": "not_ours", "next": "/"}, follow=True)
    assert f'id="story-{story.pk}"' not in after.content.decode()
    assert ">Undo<" in after.content.decode()
    back = client.post(reverse("mark_story", args=[story.pk]), {"mark": "", "next": "/"}, follow=True)
    assert f'id="story-{story.pk}"' in back.content.decode()


def test_a_seen_story_comes_back_when_something_new_is_said(house, client):
    story = house.stories[0]
    client.post(reverse("mark_story", args=[story.pk]), {"mark": "seen", "next": "/"})
    assert f'id="story-{story.pk}"' not in client.get("/").content.decode()
    StoryMark.objects.filter(story=story).update(at=story.first)
    assert f'id="story-{story.pk}"' in client.get("/").content.decode()


def test_a_decision_that_does_not_exist_is_refused_in_words(house, client):
    response = client.post(reverse("mark_story", args=[house.stories[0].pk]), {"mark": "delete", "next": "/stories/"}, follow=True)
    assert said(response) == ["That is not a decision one can take about a story."]


def test_a_form_never_leads_to_another_site(house, client):
    response = client.post(reverse("mark_story", args=[house.stories[0].pk]), {"mark": "seen", "next": "https://evil.example/"})
    assert response.url == "/"


def test_merge_and_split_are_written_to_the_journal(house, client):
    story, other = house.stories[0], house.stories[1]
    client.post(reverse("merge_stories", args=[story.pk]), {"other": other.pk})
    ticked = story.members.filter(copy_kind="original").values_list("article_id", flat=True)[:1]
    client.post(reverse("split_story", args=[story.pk]), {"articles": list(ticked)})
    kinds = JournalEntry.objects.filter(office=house.ours).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["merge", "split"]


def test_a_split_with_nothing_ticked_says_what_to_do(house, client):
    response = client.post(reverse("split_story", args=[house.stories[0].pk]), {}, follow=True)
    assert said(response) == ["Tick at least one item that is another story."]


def test_an_item_of_another_story_cannot_be_split_off(house, client):
    foreign = house.stories[1].members.first().article_id
    client.post(reverse("split_story", args=[house.stories[0].pk]), {"articles": [foreign]})
    assert not JournalEntry.objects.exists()


def test_a_merged_story_leads_to_the_one_it_went_into(house, client):
    story, other = house.stories[0], house.stories[1]
    type(story).objects.filter(pk=other.pk).update(merged_into=story)
    assert client.get(reverse("story", args=[other.pk])).url == reverse("story", args=[story.pk])


def test_a_signal_is_taken_over_or_dismissed_with_a_reason(house, client):
    first, second = Signal.objects.filter(state="new").order_by("pk")
    client.post(reverse("acknowledge_signal", args=[first.pk]))
    without = client.post(reverse("dismiss_signal", args=[second.pk]), {"reason": " "}, follow=True)
    assert said(without)[1:] == ["Write a few words: your colleagues will want to know why."]
    client.post(reverse("dismiss_signal", args=[second.pk]), {"reason": "Latihan tahunan"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.state_by) == ("acknowledged", house.officer)
    assert (second.state, second.state_reason) == ("dismissed", "Latihan tahunan")


def test_a_signed_briefing_is_kept_as_it_was(house, client):
    client.get("/")
    response = client.post(reverse("sign_briefing"), follow=True)
    signed = Briefing.objects.get()
    assert signed.signed_by == house.officer
    assert response.redirect_chain[-1][0] == reverse("signed_briefing", args=[signed.pk])
    house.stories[0].delete()
    assert signed.content["lines"][0]["headline"] in client.get(reverse("signed_briefing", args=[signed.pk])).content.decode()


def test_since_your_last_visit_is_the_visit_before_this_one(house, client, settings):
    from datetime import timedelta

    from kentongan.adapters.clock import ShiftedClock

    client.get("/")
    later = builders.NOW + timedelta(hours=3)
    settings.CLOCK = ShiftedClock(later, later, 0)
    content = client.get("/").context["content"]
    assert content["since"] == builders.NOW.isoformat()
    assert client.get("/").context["content"]["since"] == builders.NOW.isoformat(), "loading it again is the same visit"
    assert BriefingVisit.objects.get().previous == builders.NOW


def test_the_briefing_has_at_most_seven_lines_and_every_line_a_source(house, client):
    for place in range(9):
        builders.make_story(
            house.ours,
            builders.Event(
                "low",
                (1, 1, 1, 0, 2),
                (
                    builders.Told(
                        "Suara Muarasena",
                        1 + place / 10,
                        f"Jalan nomor {place} ditutup",
                        "Jalan ditutup untuk perbaikan sampai besok sore.",
                        "id",
                    ),
                ),
            ),
        )
    content = client.get("/").context["content"]
    assert len(content["lines"]) == 7
    assert content["quiet"] == len(house.stories) + 9 - 7
    assert all(1 <= len(line["sources"]) <= 3 for line in content["lines"])


def test_every_quotation_stands_word_for_word_in_its_article(house, client):
    from kentongan.office.listening.models import Article

    quoted = [note for note in client.get("/").context["content"]["sources"] if note["passage"]]
    assert quoted
    for note in quoted:
        text = Article.objects.get(url=note["url"]).text
        assert text[note["start"] : note["end"]] == note["passage"]


def test_an_address_that_is_a_feed_can_be_added(house, client, answers):
    look = client.post(reverse("look_at_address"), {"address": "umpan.example"})
    assert look.context["found"].kind == "feed"
    assert look.context["form"].initial["name"] == "Warta Baru"
    form = {"name": "Warta Baru", "outlet": "Warta Baru", "url": "https://umpan.example/", "kind": "feed", "source_kind": "press"}
    added = client.post(reverse("add_source"), form, follow=True)
    assert Source.objects.get(name="Warta Baru").office == house.ours
    assert said(added) == ["Added. The first visit is due now."]
    again = client.post(reverse("add_source"), form)
    assert again.status_code == 422
    assert "This address is already among your sources." in again.content.decode()


def test_a_page_offers_the_feeds_it_names(house, client, answers):
    look = client.post(reverse("look_at_address"), {"address": "https://situs.example/"})
    assert [link.url for link in look.context["found"].links] == ["https://situs.example/rss"]


def test_an_address_that_does_not_answer_says_why(house, client, answers):
    look = client.post(reverse("look_at_address"), {"address": "tiada.example"})
    assert "The address does not exist there (404)." in look.content.decode()


def test_a_listing_without_a_pattern_is_refused(house, client):
    form = {"name": "X", "outlet": "X", "url": "https://x.example/", "kind": "listing", "source_kind": "press"}
    response = client.post(reverse("add_source"), form)
    assert response.context["form"].errors["pattern"] == ["A listing page needs a pattern, or every link on it would be read."]


def test_a_paused_source_is_shown_as_skipped_with_its_reason(house, client):
    source = Source.objects.get(name="Warta Hilir")
    client.post(reverse("pause_source", args=[source.pk]), {"reason": "Situs pindah"})
    page = client.get(reverse("sources")).content.decode()
    assert "Not visited because someone paused it: Situs pindah" in page
    client.post(reverse("resume_source", args=[source.pk]))
    assert "Situs pindah" not in client.get(reverse("sources")).content.decode()


def test_the_list_of_sources_goes_out_and_comes_back(house, client):
    opml = client.get(reverse("export_sources")).content
    client.logout()
    stranger = client_of(house.stranger)
    response = stranger.post(reverse("import_sources"), {"file": SimpleUploadedFile("list.opml", opml)}, follow=True)
    ours = set(Source.objects.filter(office=house.ours).values_list("url", "name", "kind", "source_kind", "area"))
    theirs = set(Source.objects.filter(office=house.theirs).values_list("url", "name", "kind", "source_kind", "area"))
    assert theirs == ours
    assert said(response)[0] == "15 sources added; 0 were there already."


def test_a_file_that_is_no_list_says_so(house, client):
    response = client.post(reverse("import_sources"), {"file": SimpleUploadedFile("x.opml", b"<html></html>")}, follow=True)
    assert "The file is not OPML." in said(response)


@pytest.mark.parametrize(("language", "word"), [("id", "Peristiwa"), ("vi", "Sự việc"), ("en", "Stories")])
def test_the_chosen_language_is_kept_on_every_device(house, language, word):
    here = client_of(house.officer, "en")
    here.post(reverse("language"), {"language": language, "next": "/stories/"})
    assert word in here.get("/stories/").content.decode()
    from django.test import Client

    other = Client()
    other.force_login(house.officer)
    page = other.get("/stories/").content.decode()
    assert f'<html lang="{language}"' in page


def test_the_look_is_kept_and_an_unknown_one_ignored(house, client):
    client.post(reverse("look"), {"look": "dark", "next": "/"})
    assert 'data-look="dark"' in client.get("/").content.decode()
    client.post(reverse("look"), {"look": "neon", "next": "/"})
    assert 'data-look="dark"' in client.get("/").content.decode()


def test_what_is_new_is_counted_after_the_number_the_page_remembers(house, client):
    assert client.get(reverse("news"), {"after": 6}).status_code == 204
    bar = client.get(reverse("news"), {"after": 3, "what": "stories"})
    assert "3 stories are new or changed" in bar.content.decode()
    assert client.get(reverse("news"), {"after": "x"}).status_code == 204


def test_briefing_goes_to_oneself_and_a_reader_may_not_send_it_to_all(house):
    response = client_of(house.reader).post(reverse("send_briefing"), {"to": "office"})
    assert response.status_code == 403


def test_sign_in_with_password_leads_to_the_briefing(house):
    client = client_of(None)
    wrong = client.post(reverse("account_login"), {"login": "sari", "password": "guess"})
    assert wrong.status_code == 200
    right = client.post(reverse("account_login"), {"login": "sari", "password": builders.PASSWORD})
    assert right.url == "/"
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get("/").status_code == 302


def test_there_is_no_signing_up_by_oneself(house):
    assert client_of(None).get("/accounts/signup/").status_code == 404


def test_signing_in_says_nothing_that_stands_in_the_way(house):
    client = client_of(None)
    page = client.post(reverse("account_login"), {"login": "sari", "password": builders.PASSWORD}, follow=True)
    assert said(page) == []


@pytest.mark.parametrize(("language", "label"), [("id", "Kata sandi saat ini"), ("vi", "Mật khẩu hiện tại"), ("en", "Current Password")])
def test_the_password_is_changed_in_ones_own_language(house, language, label):
    client = client_of(house.officer, language)
    assert label in client.get(reverse("account_change_password")).content.decode()
    wrong = {"oldpassword": "guess", "password1": "a new short sentence", "password2": "a new short sentence"}
    assert 'aria-invalid="true"' in client.post(reverse("account_change_password"), wrong).content.decode()
    client.post(reverse("account_change_password"), {**wrong, "oldpassword": builders.PASSWORD})
    house.officer.refresh_from_db()
    assert house.officer.check_password("a new short sentence")


def test_a_lost_password_is_chosen_anew_by_a_link_in_the_mail(house, mailoutbox):
    client = client_of(None, "vi")
    client.post(reverse("account_reset_password"), {"email": "sari@muarasena.example"})
    client.post(reverse("account_reset_password"), {"email": "nobody@muarasena.example"})
    assert [mail.subject for mail in mailoutbox] == ["Kentongan: chọn mật khẩu mới"]
    link = next(word for word in mailoutbox[0].body.split() if word.startswith("http"))
    page = client.get(link, follow=True)
    chosen = {"password1": "a new short sentence", "password2": "a new short sentence"}
    client.post(page.redirect_chain[-1][0], chosen)
    house.officer.refresh_from_db()
    assert house.officer.check_password("a new short sentence")


def test_one_signs_in_by_mail_address_too(house):
    client = client_of(None)
    assert client.post(reverse("account_login"), {"login": "sari@muarasena.example", "password": builders.PASSWORD}).status_code == 302
