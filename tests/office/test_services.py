"""What the office decides: who may, what is refused, what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from kentongan.errors import InputError, RefusedError
from kentongan.office.listening import retention, services
from kentongan.office.listening.models import Article, Briefing, JournalEntry, Membership, Signal, Source, Story, StoryMark, Visit
from kentongan.office.people import services as people
from kentongan.testing import builders

pytestmark = pytest.mark.django_db


def story_in(office, now, key="s1", articles=2):
    story = Story.objects.create(office=office, key=key, headline="Banjir", first=now, last=now, changed=now)
    for number in range(articles):
        article = Article.objects.create(
            office=office, key=f"{key}{number}", url=f"https://a.example/{key}/{number}", outlet="A", source_kind="press", title="Banjir",
            language="id", published=now, seen=now,
        )  # fmt: skip
        Membership.objects.create(article=article, story=story)
    return story


def signal_in(office, now):
    return Signal.objects.create(
        office=office, key="g1", kind="term", subject="banjir", raised=now, updated=now, since=now, observed=9, expected=1, level="high"
    )


def renamed(user, source, now):
    return services.change_source(user, source, 0, replace(services.draft_of(source), outlet="B"), source.purpose, now)


ACTS = {
    "merge": lambda user, one, two, now: services.merge_stories(user, one, two, now),
    "split": lambda user, one, two, now: services.split_story(user, one, [one.members.first().article], now),
    "mark": lambda user, one, two, now: services.mark_story(user, one, "watch", now),
    "acknowledge": lambda user, one, two, now: services.acknowledge_signal(user, Signal.objects.get(), now),
    "dismiss": lambda user, one, two, now: services.dismiss_signal(user, Signal.objects.get(), "iklan", now),
    "reopen": lambda user, one, two, now: services.reopen_signal(user, Signal.objects.get(), now),
    "add": lambda user, one, two, now: services.add_source(user, Source(office=one.office, name="B", url="https://b.example/"), now),
    "change": lambda user, one, two, now: renamed(user, Source.objects.get(name="A"), now),
    "pause": lambda user, one, two, now: services.pause_source(user, Source.objects.get(name="A"), "rusak", now),
    "resume": lambda user, one, two, now: services.resume_source(user, Source.objects.get(name="A"), now),
    "visit": lambda user, one, two, now: services.visit_now(user, Source.objects.get(name="A"), now),
}


@pytest.mark.parametrize("name", sorted(ACTS))
def test_officers_of_the_office_may_and_nobody_else(office, officer, reader, stranger, now, name):
    one, two = story_in(office, now), story_in(office, now, "s2")
    signal_in(office, now)
    Source.objects.create(purpose=builders.purpose_of(office), office=office, name="A", outlet="A", url="https://a.example/feed")
    for nobody in (reader, stranger):
        with pytest.raises(RefusedError):
            ACTS[name](nobody, one, two, now)
    ACTS[name](officer, one, two, now)


def test_a_merge_is_a_line_in_the_journal(office, officer, now):
    one, two = story_in(office, now), story_in(office, now, "s2")
    seq = services.merge_stories(officer, one, two, now)
    entry = JournalEntry.objects.get(seq=seq)
    assert (entry.kind, entry.payload) == ("merge", {"into": "s1", "other": "s2", "by": officer.pk})
    with pytest.raises(InputError):
        services.merge_stories(officer, one, one, now)
    Story.objects.filter(pk=two.pk).update(merged_into=one)
    two.refresh_from_db()
    with pytest.raises(RefusedError, match="merged"):
        services.merge_stories(officer, one, two, now)


def test_a_split_takes_some_articles_of_the_story_and_not_all(office, officer, now):
    story = story_in(office, now, articles=3)
    chosen = [member.article for member in story.members.order_by("pk")]
    elsewhere = story_in(office, now, "s2").members.first().article
    for wrong in ([], chosen, [elsewhere]):
        with pytest.raises(InputError):
            services.split_story(officer, story, wrong, now)
    services.split_story(officer, story, chosen[:2], now)
    assert JournalEntry.objects.get().payload["articles"] == sorted(one.key for one in chosen[:2])


def test_a_mark_replaces_the_one_before_and_can_be_taken_back(office, officer, now):
    story = story_in(office, now)
    services.mark_story(officer, story, "seen", now)
    services.mark_story(officer, story, "not_ours", now)
    assert [mark.mark for mark in StoryMark.objects.all()] == ["not_ours"]
    services.mark_story(officer, story, "", now)
    assert not StoryMark.objects.exists()
    with pytest.raises(InputError):
        services.mark_story(officer, story, "famous", now)


def test_a_signal_is_dismissed_with_a_reason_only(office, officer, now):
    signal = signal_in(office, now)
    with pytest.raises(InputError):
        services.dismiss_signal(officer, signal, "  ", now)
    services.dismiss_signal(officer, signal, " iklan ", now)
    assert (signal.state, signal.state_reason, signal.state_by) == ("dismissed", "iklan", officer)


def content_at(now):
    return {
        "office": "Kota", "at": now.isoformat(), "since": (now - timedelta(hours=9)).isoformat(), "language": "id",
        "lines": [], "missing": [], "complete": None, "quiet": 0, "sources": [],
    }  # fmt: skip


def test_a_signed_briefing_is_kept_with_its_digest(office, officer, reader, now):
    with pytest.raises(RefusedError):
        services.sign_briefing(reader, content_at(now), now)
    services.sign_briefing(officer, content_at(now), now)
    signed = Briefing.objects.get()
    assert signed.digest == services.briefing_digest(signed.content)
    assert (signed.at, signed.signed_by) == (now, officer)


def test_the_digest_of_a_briefing_does_not_change(now):
    assert services.briefing_digest({"b": 1, "a": "é"}) == "aa58fba8483623bed37c1b02edfccbdd9a53123837c20bfa4cb4049993a2872e"


def test_a_briefing_is_mailed_to_oneself_and_by_officers_to_all(office, officer, reader, now):
    services.send_briefing(reader, content_at(now), "self", "id", now)
    with pytest.raises(RefusedError):
        services.send_briefing(reader, content_at(now), "office", "id", now)
    ward = builders.make_user(office, "lapangan", "reporter")
    services.send_briefing(officer, content_at(now), "office", "id", now)
    with pytest.raises(RefusedError):
        services.send_briefing(ward, content_at(now), "self", "id", now)
    sent = [job.args["to"] for job in ProcrastinateJob.objects.filter(task_name="mail_briefing").order_by("id")]
    assert sent == [["pembaca@kota.example"], ["pembaca@kota.example", "petugas@kota.example"]]


def test_a_source_is_in_an_office_once_and_is_a_web_address(office, officer, now):
    services.add_source(officer, Source(office=office, name="A", url="https://a.example/feed"), now)
    for wrong in ("https://a.example/feed", "ftp://a.example/"):
        with pytest.raises(InputError):
            services.add_source(officer, Source(office=office, name="A", url=wrong), now)
    with pytest.raises(InputError):
        services.pause_source(officer, Source.objects.get(), "", now)


def test_nothing_is_kept_longer_than_promised(office, now, caplog):
    source = Source.objects.create(purpose=builders.purpose_of(office), office=office, name="A", outlet="A", url="https://a.example/feed")
    for days in (1, 29, 31, 400):
        Visit.objects.create(source=source, at=now - timedelta(days=days), outcome="ok")
    new, old = story_in(office, now), story_in(office, now - timedelta(days=200), "s2")
    Article.objects.filter(membership__story=new).update(published=now - timedelta(days=900))  # old news that was seen today
    with caplog.at_level("INFO"):
        gone = retention.forget(now)
    assert gone["visits"] == 2
    assert gone["articles"] == 2
    assert Visit.objects.count() == 2
    assert list(Story.objects.all()) == [new]
    assert not Article.objects.filter(key__startswith=old.key).exists()
    assert "2 articles deleted" in caplog.text


def test_people_have_a_role_and_a_fair_password(office):
    admin = people.create_user("ani", "sungai-bersih-2025", office=office, role="administrator")
    assert not admin.is_superuser
    assert admin.may_decide
    assert admin.check_password("sungai-bersih-2025")
    for name, password, role in (
        ("ani", "sungai-bersih-2025", "reader"),
        ("budi", "123", "reader"),
        ("budi", "sungai-bersih-2025", "king"),
    ):
        with pytest.raises(InputError):
            people.create_user(name, password, office=office, role=role)


def test_there_is_one_first_office(db):
    assert people.first_office() == people.first_office()
    with pytest.raises(InputError):
        people.create_office(people.FIRST_OFFICE)
