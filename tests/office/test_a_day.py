"""A day in the office: a stream is heard by the real listener, and people work with what it said through the pages.

Every test begins with the same morning (thirty reports of three events, read through journal, engine and tables) and goes through the
real URLs with the rights of the person who is signed in.
"""

from __future__ import annotations

import email
import email.policy
import random
import re
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from kentongan.adapters.clock import ShiftedClock
from kentongan.engine import pipeline
from kentongan.engine.records import article_id
from kentongan.errors import MailError
from kentongan.office.listening import journal, listener, services, tasks
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import Article, Briefing, BriefingVisit, JournalEntry, Membership, Signal, Story, StoryMark
from kentongan.office.people import services as people

pytestmark = pytest.mark.django_db
PASSWORD = "perahu karet dini hari"
NOW = datetime(2025, 11, 27, 0, 30, tzinfo=UTC)
EVENTS = {
    "banjir": "tanggul jebol banjir rendam kampung utara warga mengungsi evakuasi perahu karet korban",
    "pasar": "pedagang pasar lama menolak pindah terminal retribusi kios protes walikota jadwal",
    "vaksin": "vaksin gratis anak sekolah puskesmas pekan imunisasi campak daftar bidan posyandu",
}
TOLD = {"pasar": (10, -20.0, 2.0), "vaksin": (6, -30.0, 4.0), "banjir": (16, -2.0, 0.1)}
"""How many reports of each event, when the first came and how long after each other they come, in hours."""


@dataclass
class Day:
    """The office on its morning, the people in it, one of another office, and the listener that goes on listening."""

    office: Any
    officer: Any
    reader: Any
    stranger: Any
    ear: listener.Listener

    def hears(self) -> None:
        """Everything that waits is read to the end."""
        journal.append_waiting(self.office.pk)
        while self.ear.step(NOW, 64):
            pass

    def story(self, event: str) -> Story:
        """The living story with most of the event's articles."""
        living = Story.objects.filter(office=self.office, merged_into=None)
        return max(living, key=lambda story: story.members.filter(article__url__contains=f"/{event}/").count())

    def signal(self) -> Signal:
        """The signal of the flood."""
        found = Signal.objects.filter(office=self.office, story=self.story("banjir")).order_by("pk").first()
        assert found is not None, "the flood raised no signal"
        return found

    def __getitem__(self, name: str) -> Client:
        """A browser in which one of the people is signed in. Not by password: many sign-ins a minute from one address are refused."""
        client = Client()
        client.cookies["django_language"] = "en"
        client.force_login(getattr(self, name))
        return client


def report(office: Any, event: str, number: int, published: datetime) -> Article:
    chance = random.Random(f"{event}{number}")
    words = EVENTS[event].split()
    url = f"https://outlet{number % 8}.example/{event}/{number}"
    return Article(
        office=office, key=article_id(url), url=url, outlet=f"Outlet {number % 8}", source_kind="press", language="id",
        title=f"{' '.join(words[:4])} {' '.join(chance.sample(words[4:], 3))}".capitalize(),
        text=f"{' '.join(chance.sample(words, 9)).capitalize()}. Laporan nomor {number} dari {' '.join(chance.sample(words, 4))}.",
        published=published, seen=published,
    )  # fmt: skip


@pytest.fixture
def day(db: None, settings: Any) -> Day:
    settings.CLOCK = ShiftedClock(NOW, NOW, 0)
    office, other = people.create_office("Kota Tirtaloka", language="en"), people.create_office("Kota Lain")
    made = [
        people.create_user(name, PASSWORD, office=where, role=role, email=f"{name}@kota.example", language="en")
        for name, where, role in (("sari", office, "officer"), ("budi", office, "reader"), ("tamu", other, "officer"))
    ]
    rows = [
        report(office, event, number, NOW + timedelta(hours=start + step * number))
        for event, (count, start, step) in TOLD.items()
        for number in range(count)
    ]
    Article.objects.bulk_create(rows)
    ear = listener.Listener(office.pk, HashedEmbedder(), pipeline.Settings(), 1000)
    ear.open()
    opened = Day(office, *made, ear)
    opened.hears()
    return opened


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# what was heard


def test_the_morning_is_heard_whole(day):
    """The embedder of the tests is blind to meaning and may put market and vaccination together; the flood it keeps apart."""
    assert Membership.objects.filter(article__office=day.office).count() == 32
    assert day.story("banjir").pk != day.story("pasar").pk
    urls = day.story("banjir").members.values_list("article__url", flat=True)
    assert all("/banjir/" in url for url in urls)
    assert len(urls) >= 0.7 * TOLD["banjir"][0]
    living = Story.objects.filter(merged_into=None)
    assert sum(story.articles + story.copies for story in living) == 32


def test_the_flood_is_a_signal_that_rests_on_several_outlets(day):
    signals = list(Signal.objects.filter(office=day.office))
    assert day.signal() in signals
    assert all(signal.observed > signal.expected and len(signal.outlets) >= 2 for signal in signals)
    assert {signal.state for signal in signals} == {"new"}


# from sign-in to story


def test_the_officer_signs_in_and_reads_the_flood_first(day):
    client = Client()
    assert client.get("/").url.startswith(reverse("account_login"))
    assert client.post(reverse("account_login"), {"login": "sari", "password": PASSWORD}).url == "/"
    page = client.get("/")
    content = page.context["content"]
    assert content["lines"][0]["story"] == day.story("banjir").pk
    assert {line["story"] for line in content["lines"]} >= {day.story(event).pk for event in EVENTS}
    assert BriefingVisit.objects.get().user == day.officer
    for line in content["lines"]:
        assert Story.objects.get(pk=line["story"]).office == day.office
        for note in (note for note in content["sources"] if note["n"] in line["sources"]):
            assert Membership.objects.get(article__url=note["url"]).story_id == line["story"]


def test_a_wrong_password_opens_nothing(day):
    client = Client()
    assert client.post(reverse("account_login"), {"login": "sari", "password": "perahu"}).status_code == 200
    assert client.get("/").status_code == 302
    assert not BriefingVisit.objects.exists()


@pytest.mark.parametrize(("mark", "stays"), [("seen", False), ("not_ours", False), ("watch", True)])
def test_a_mark_moves_a_line_and_taking_it_back_restores_it(day, mark, stays):
    client, story = day["officer"], day.story("pasar")
    client.post(reverse("mark_story", args=[story.pk]), {"mark": mark, "next": "/"})
    row = StoryMark.objects.get()
    assert (row.story, row.mark, row.by, row.at) == (story, mark, day.officer, NOW)
    lines = {line["story"]: line for line in client.get("/").context["content"]["lines"]}
    assert (story.pk in lines) == stays
    if stays:
        assert lines[story.pk]["mark"] == mark
    client.post(reverse("mark_story", args=[story.pk]), {"mark": "", "next": "/"})
    assert not StoryMark.objects.exists()
    assert story.pk in {line["story"] for line in client.get("/").context["content"]["lines"]}


def test_a_story_that_was_seen_comes_back_with_the_next_report(day, settings):
    client, story = day["officer"], day.story("pasar")
    client.post(reverse("mark_story", args=[story.pk]), {"mark": "seen", "next": "/"})
    fresh = report(day.office, "pasar", 10, NOW + timedelta(minutes=20))
    fresh.save()
    day.hears()
    assert Membership.objects.get(article=fresh).story_id == story.pk
    later = NOW + timedelta(minutes=40)
    settings.CLOCK = ShiftedClock(later, later, 0)
    assert story.pk in {line["story"] for line in client.get("/").context["content"]["lines"]}


def test_the_story_shows_every_item_with_its_address(day):
    story = day.story("vaksin")
    page = words(day["reader"].get(reverse("story", args=[story.pk])))
    for member in story.members.select_related("article"):
        assert f'href="{member.article.url}"' in page
        assert member.article.title in page


# taken apart and put together


def test_a_split_makes_a_story_and_a_merge_makes_it_undone(day):
    client, story = day["officer"], day.story("pasar")
    before = set(story.members.values_list("article_id", flat=True))
    taken = sorted(before)[:3]
    client.post(reverse("split_story", args=[story.pk]), {"articles": taken})
    assert set(story.members.values_list("article_id", flat=True)) == before, "the engine has not read it yet"
    day.hears()
    story.refresh_from_db()
    (parted,) = {Membership.objects.get(article_id=pk).story_id for pk in taken}
    assert parted != story.pk
    assert set(story.members.values_list("article_id", flat=True)) == before - set(taken)
    assert Story.objects.get(pk=parted).articles + Story.objects.get(pk=parted).copies == 3
    client.post(reverse("merge_stories", args=[story.pk]), {"other": parted})
    day.hears()
    assert set(Story.objects.get(pk=story.pk).members.values_list("article_id", flat=True)) == before
    assert Story.objects.get(pk=parted).merged_into_id == story.pk
    assert client.get(reverse("story", args=[parted])).url == reverse("story", args=[story.pk])
    kinds = JournalEntry.objects.filter(office=day.office).exclude(kind="article").order_by("seq")
    assert [(entry.kind, entry.payload["by"]) for entry in kinds] == [("split", day.officer.pk), ("merge", day.officer.pk)]


def test_what_an_officer_put_together_is_still_together_after_reading_it_all_again(day):
    client, into, other = day["officer"], day.story("pasar"), day.story("banjir")
    apart = set(into.members.values_list("article__key", flat=True))
    client.post(reverse("merge_stories", args=[into.pk]), {"other": other.pk})
    day.hears()
    together = sorted(Membership.objects.filter(story=into).values_list("article__key", flat=True))
    assert set(together) > apart
    assert Story.objects.get(pk=other.pk).merged_into_id == into.pk
    settings = pipeline.Settings()
    steps = [listener.step_of(entry) for entry in JournalEntry.objects.select_related("article").order_by("seq")]
    places: dict[str, str] = {}
    for output in pipeline.run(pipeline.start(settings), steps, HashedEmbedder(), settings)[1]:
        if isinstance(output, pipeline.Placed):
            places[output.assignment.article] = output.assignment.story
        elif isinstance(output, pipeline.Moved):
            places.update(dict.fromkeys(output.articles, output.story))
        elif isinstance(output, pipeline.StoryMerged):
            places = {key: output.into if story == output.gone else story for key, story in places.items()}
    assert sorted(key for key, story in places.items() if story == into.key) == together


def test_all_items_cannot_be_split_off(day):
    client, story = day["officer"], day.story("vaksin")
    ticked = list(story.members.values_list("article_id", flat=True))
    answer = client.post(reverse("split_story", args=[story.pk]), {"articles": ticked}, follow=True)
    assert said(answer) == ["At least one article must stay in the story."]
    assert not JournalEntry.objects.filter(kind="split").exists()


# signals


def test_a_signal_is_taken_over_and_leaves_the_list_of_the_new(day):
    client, signal = day["officer"], day.signal()
    assert reverse("signal", args=[signal.pk]) in words(client.get(reverse("signals")))
    client.post(reverse("acknowledge_signal", args=[signal.pk]))
    signal.refresh_from_db()
    assert (signal.state, signal.state_by, signal.state_at) == ("acknowledged", day.officer, NOW)
    assert reverse("signal", args=[signal.pk]) not in words(client.get(reverse("signals")))
    assert reverse("signal", args=[signal.pk]) in words(client.get(reverse("signals"), {"state": "acknowledged"}))


def test_a_dismissed_signal_keeps_its_reason_when_the_listener_says_more(day):
    client, signal = day["officer"], day.signal()
    client.post(reverse("dismiss_signal", args=[signal.pk]), {"reason": "  Latihan <b>tahunan</b>  "})
    more = [report(day.office, "banjir", number, NOW - timedelta(minutes=30 - number)) for number in range(16, 28)]
    Article.objects.bulk_create(more)
    day.hears()
    again = Signal.objects.get(pk=signal.pk)
    assert (again.state, again.state_reason, again.state_by) == ("dismissed", "Latihan <b>tahunan</b>", day.officer)
    assert again.observed > signal.observed, "the listener went on counting"
    page = words(client.get(reverse("signal", args=[signal.pk])))
    assert "Latihan &lt;b&gt;tahunan&lt;/b&gt;" in page


# the briefing: signed, printed, sent


def test_a_signed_briefing_is_frozen(day):
    client = day["officer"]
    client.get("/")
    answer = client.post(reverse("sign_briefing"), follow=True)
    signed = Briefing.objects.get()
    kept = signed.content
    assert answer.redirect_chain[-1][0] == reverse("signed_briefing", args=[signed.pk])
    assert (signed.signed_by, signed.signed_at, signed.at) == (day.officer, NOW, NOW)
    assert signed.digest == services.briefing_digest(kept)
    headline = kept["lines"][0]["headline"]
    Story.objects.filter(office=day.office).update(headline="Semua aman", level="watch")
    Article.objects.filter(office=day.office).update(title="Semua aman", text="Tidak ada apa-apa.")
    signed.refresh_from_db()
    assert signed.content == kept
    assert signed.digest == services.briefing_digest(signed.content)
    page = words(client.get(reverse("signed_briefing", args=[signed.pk])))
    assert headline in page
    assert "Semua aman" not in page


def test_a_changed_word_in_a_kept_briefing_shows_in_its_digest(day):
    client = day["officer"]
    client.post(reverse("sign_briefing"))
    signed = Briefing.objects.get()
    changed = {**signed.content, "lines": [{**signed.content["lines"][0], "level": "watch"}, *signed.content["lines"][1:]]}
    assert services.briefing_digest(changed) != signed.digest
    assert services.briefing_digest(dict(reversed(signed.content.items()))) == signed.digest, "order of fields says nothing"


def test_the_briefing_is_printed_live_and_signed(day):
    client = day["officer"]
    client.post(reverse("sign_briefing"))
    for address in (reverse("briefing_paper"), reverse("signed_briefing_paper", args=[Briefing.objects.get().pk])):
        answer = day["reader"].get(address)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert answer.content.rstrip().endswith(b"%%EOF")


class Sink:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], Any]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"


@pytest.fixture
def sink(settings: Any, serve_mail: Any) -> Sink:
    kept = Sink()
    settings.CONFIG = replace(settings.CONFIG, values={**settings.CONFIG.values, "mail_url": serve_mail(kept)})
    return kept


def do_mail() -> None:
    """What a worker would do with the jobs that wait."""
    for job in ProcrastinateJob.objects.filter(task_name="mail_briefing", status="todo"):
        tasks.mail_briefing(**job.args)


def test_the_briefing_reaches_everyone_in_the_office_and_nobody_else(day, sink):
    answer = day["officer"].post(reverse("send_briefing"), {"to": "office"}, follow=True)
    assert said(answer)[-1] == "The briefing is on its way."
    do_mail()
    assert sorted(to for to, _ in sink.got) == [["budi@kota.example"], ["sari@kota.example"]]
    headline = day["officer"].get("/").context["content"]["lines"][0]["headline"]
    for _, message in sink.got:
        assert headline in " ".join(message.get_body(("plain",)).get_content().split())
        (paper,) = message.iter_attachments()
        assert paper.get_filename() == "briefing-2025-11-27.pdf"
        assert paper.get_content().startswith(b"%PDF-")


def test_a_reader_sends_it_to_nobody_but_himself(day, sink):
    client = day["reader"]
    assert client.post(reverse("send_briefing"), {"to": "office"}).status_code == 403
    assert not ProcrastinateJob.objects.filter(task_name="mail_briefing").exists()
    client.post(reverse("send_briefing"), {"to": "self"})
    do_mail()
    assert [to for to, _ in sink.got] == [["budi@kota.example"]]


def test_mail_that_no_server_takes_is_an_error_that_is_tried_again(day, sink, settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    day["officer"].post(reverse("send_briefing"), {"to": "self"})
    settings.CONFIG = replace(settings.CONFIG, values={**settings.CONFIG.values, "mail_url": f"smtp://127.0.0.1:{closed}"})
    with pytest.raises(MailError) as failed:
        do_mail()
    assert not failed.value.permanent
    assert sink.got == []


# search


@pytest.mark.parametrize(
    ("typed", "wanted", "barred"),
    [
        ("banjir", {"banjir"}, set()),
        ('"tanggul jebol"', {"banjir"}, {"pasar", "vaksin"}),
        ("pasar -retribusi", set(), {"pasar"}),
        ("imunisasi -banjir", {"vaksin"}, {"banjir"}),
    ],
)
def test_a_search_by_words_finds_and_leaves_out(day, typed, wanted, barred):
    hits = day["reader"].get(reverse("search"), {"q": typed}).context["hits"]
    by_words = {re.search(r"example/(\w+)/", hit.article.url)[1] for hit in hits if hit.by_words is not None}
    assert wanted <= by_words
    assert not barred & by_words
    assert all(hit.article.office_id == day.office.pk for hit in hits)


def test_what_is_barred_is_in_no_result_at_all(day):
    hits = day["officer"].get(reverse("search"), {"q": "warga -banjir"}).context["hits"]
    assert not [hit.article.url for hit in hits if "banjir" in f"{hit.article.title} {hit.article.text}".lower()]


@pytest.mark.parametrize("typed", ['"', "-", '""', "-banjir", "<script>alert(1)</script>", "%", "a" * 290, "' OR 1=1 --", "\u0000banjir"])
def test_nothing_that_is_typed_breaks_the_search(day, typed):
    answer = day["reader"].get(reverse("search"), {"q": typed})
    assert answer.status_code == 200
    assert "<script>alert(1)" not in answer.content.decode()


# language


@pytest.mark.parametrize(("language", "signals"), [("id", "Sinyal"), ("vi", "Tín hiệu"), ("en", "Signals")])
def test_one_reads_every_page_in_ones_language_and_the_news_in_its_own(day, language, signals):
    client = day["officer"]
    client.post(reverse("language"), {"language": language, "next": "/"})
    day.officer.refresh_from_db()
    assert day.officer.language == language
    headline = day.story("banjir").headline
    for address in ("/", reverse("stories"), reverse("signals"), reverse("story", args=[day.story("banjir").pk])):
        page = words(client.get(address))
        assert f'<html lang="{language}"' in page, address
        assert signals in page, address
    assert headline in words(client.get(reverse("stories")))
    assert Story.objects.get(pk=day.story("banjir").pk).headline == headline


def test_a_language_nobody_speaks_here_changes_nothing(day):
    client = day["officer"]
    client.post(reverse("language"), {"language": "xx", "next": "/"})
    day.officer.refresh_from_db()
    assert day.officer.language == "en"


# who may


def acts(day: Day) -> list[tuple[str, dict[str, Any]]]:
    """Every act about this office's rows, as the forms send it."""
    story, other, signal = day.story("pasar"), day.story("banjir"), day.signal()
    return [
        (reverse("mark_story", args=[story.pk]), {"mark": "not_ours"}),
        (reverse("merge_stories", args=[story.pk]), {"other": other.pk}),
        (reverse("split_story", args=[story.pk]), {"articles": [story.members.first().article_id]}),
        (reverse("acknowledge_signal", args=[signal.pk]), {}),
        (reverse("dismiss_signal", args=[signal.pk]), {"reason": "iklan"}),
    ]


def decided(day: Day) -> tuple[Any, ...]:
    return (
        StoryMark.objects.count(),
        JournalEntry.objects.exclude(kind="article").count(),
        list(Signal.objects.order_by("pk").values_list("state", flat=True)),
        Briefing.objects.count(),
    )


def test_a_reader_reads_everything_and_decides_nothing(day):
    client, before = day["reader"], decided(day)
    for address, form in [*acts(day), (reverse("sign_briefing"), {})]:
        answer = client.post(address, form)
        assert answer.status_code == 403, address
    assert decided(day) == before
    for address in ("/", reverse("stories"), reverse("story", args=[day.story("pasar").pk]), reverse("signals"), reverse("sources")):
        assert client.get(address).status_code == 200, address


def test_for_a_stranger_nothing_of_this_office_exists(day):
    day["officer"].post(reverse("sign_briefing"))
    client, before = day["stranger"], decided(day)
    for address, form in acts(day):
        assert client.post(address, form).status_code == 404, address
    signed = Briefing.objects.get()
    for name, pk in [
        ("story", day.story("pasar").pk), ("signal", Signal.objects.first().pk),
        ("signed_briefing", signed.pk), ("signed_briefing_paper", signed.pk),
    ]:  # fmt: skip
        assert client.get(reverse(name, args=[pk])).status_code == 404, name
    assert decided(day) == before
    for address in ("/", reverse("stories"), reverse("signals"), reverse("signed_briefings")):
        assert day.story("banjir").headline not in words(client.get(address))
    assert list(client.get(reverse("search"), {"q": "banjir"}).context["hits"]) == []


def test_an_act_is_a_form_and_never_a_link(day):
    client, before = day["officer"], decided(day)
    for address, form in acts(day):
        assert client.get(address, form).status_code == 405, address
    assert decided(day) == before


def test_an_act_without_the_pages_token_is_refused(day):
    client, before = Client(enforce_csrf_checks=True), decided(day)
    client.force_login(day.officer)
    for address, form in acts(day):
        assert client.post(address, form).status_code == 403, address
    assert decided(day) == before


def test_after_signing_out_the_door_is_closed(day):
    client = day["officer"]
    client.post(reverse("account_logout"))
    for address in ("/", reverse("stories"), reverse("signals"), reverse("search"), reverse("briefing_paper")):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_login"))
