"""An approver is told that a statement waits, their deputy when it is passed on, whoever asked what came of it: once, by mail, without a
word of what few may see."""

from __future__ import annotations

import sys
from datetime import time, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of, sound, step_of, urgent
from desk import NOW
from mailing import made_sink, sent_by
from screens import STILL, client_of
from statements import papers

from kentongan.office.alerting.models import AlertDelivery, Browser, Preference
from kentongan.office.desk import services, statement_approval, statement_deputies, statement_publishing, statement_telling
from kentongan.office.desk.models import Statement
from kentongan.office.people import standing
from kentongan.testing import builders

LATE = NOW + timedelta(hours=9)


@pytest.fixture(scope="module")
def mail_server(serve_mail):
    return made_sink(serve_mail)


@pytest.fixture
def sink(mail_server, settings):
    return mail_server.ready(settings)


@pytest.fixture
def paper(db, settings, sink):
    settings.CLOCK = STILL
    found = people_of(papers())
    for one in (found.dewi, found.rudi, found.tono, found.desk.joko, found.desk.lina):
        one.email = f"{one.username}@kota.example"
        one.save()
    return found


def test_whoever_is_asked_is_told_once_and_in_order_when_their_turn_begins(paper, sink):
    found = asked(paper, in_order=True, legal=paper.rudi, approver=paper.dewi)
    ((to, subject, text),) = sent_by(sink)
    assert (to, "waits for your decision" in subject or "menunggu keputusan" in subject) == ("rudi@kota.example", True)
    assert f"/statements/{found.pk}/" in text and found.issue.title in text
    assert sent_by(sink) == []
    decide(paper.rudi, found, kind="legal")
    assert [one[0] for one in sent_by(sink)] == ["dewi@kota.example"]
    decide(paper.dewi, Statement.objects.get(pk=found.pk))
    assert [one[0] for one in sent_by(sink)] == ["lina@kota.example"], "whoever asked"


def test_the_deputy_is_told_once_when_nobody_decided_in_time(paper, sink):
    asked(paper, sound(paper, next_update=NOW + timedelta(hours=27)))
    sent_by(sink)
    standing.name_deputy(paper.desk.boss, paper.dewi, paper.desk.joko, NOW, NOW + timedelta(days=2), NOW)
    for _ in range(3):
        statement_deputies.pass_on(paper.desk.office, LATE)
    ((to, _subject, text),) = sent_by(sink)
    assert (to, "Dewi" in text) == ("joko@kota.example", True)
    assert AlertDelivery.objects.filter(news="step_passed").count() == 1


def test_whoever_asked_is_told_once_that_it_was_approved_or_returned(paper, sink):
    found = asked(paper)
    sent_by(sink)
    decide(paper.dewi, found, "returned", note="angka belum benar")
    ((to, subject, text),) = sent_by(sink)
    assert to == "lina@kota.example" and f"/statements/{found.pk}/" in text
    assert "dikembalikan" in subject or "came back" in subject
    assert "angka belum benar" not in subject + text, "a reason stands on the page"
    again = asked(paper, Statement.objects.get(pk=found.pk))
    sent_by(sink)
    decide(paper.dewi, again)
    ((to, subject, _text),) = sent_by(sink)
    assert to == "lina@kota.example" and ("disetujui" in subject or "is approved" in subject)


def test_whoever_asked_is_told_once_where_nobody_else_can_be_asked(paper, sink):
    found = asked(paper, sound(paper, next_update=NOW + timedelta(hours=99)))
    sent_by(sink)
    for _ in range(3):
        statement_deputies.pass_on(paper.desk.office, LATE)
    ((to, _subject, text),) = sent_by(sink)
    assert to == "lina@kota.example" and f"/statements/{found.pk}/" in text
    standing.name_deputy(paper.desk.boss, paper.dewi, paper.desk.joko, NOW, NOW + timedelta(days=2), NOW)
    statement_deputies.pass_on(paper.desk.office, LATE)
    assert [one[0] for one in sent_by(sink)] == ["joko@kota.example"]
    for _ in range(3):
        statement_deputies.pass_on(paper.desk.office, LATE + timedelta(hours=9))
    assert [one[0] for one in sent_by(sink)] == ["lina@kota.example"], "the deputy was silent, too"
    assert step_of(found).lost == "silent"
    assert "did not decide in time either" in client_of(paper.desk.sari, "en").get(f"/statements/{found.pk}/").content.decode()


def test_each_deputy_of_a_chain_is_told_once_by_whom_it_was_not_decided_and_its_end_to_whoever_asked(paper, sink):
    citra = builders.make_user(paper.desk.office, "citra", "approver", first_name="Citra")
    asked(paper, sound(paper, next_update=NOW + timedelta(hours=99)))
    sent_by(sink)
    for person, deputy in ((paper.dewi, paper.desk.joko), (paper.desk.joko, citra), (citra, paper.dewi)):
        standing.name_deputy(paper.desk.boss, person, deputy, NOW, NOW + timedelta(days=5), NOW)
    told = []
    for n in range(1, 6):
        for _ in range(2):
            statement_deputies.pass_on(paper.desk.office, NOW + n * timedelta(hours=9))
        told += [(to, "Dewi, Joko" in text) for to, _subject, text in sent_by(sink)]
    assert told == [("joko@kota.example", False), (citra.email, True), ("lina@kota.example", False)]


def test_a_stuck_approval_that_went_on_before_the_message_was_written_says_so(paper, sink):
    found = asked(paper, sound(paper, next_update=NOW + timedelta(hours=99)))
    statement_deputies.pass_on(paper.desk.office, LATE)
    row = AlertDelivery.objects.get(news="step_stuck")
    decide(paper.dewi, found)
    assert f"/statements/{found.pk}/" not in statement_telling.approval_message(row).link


def test_all_who_may_review_are_told_of_what_one_person_published_alone(paper, sink):
    made = statement_publishing.publish_in_emergency(paper.desk.sari, hurried := urgent(paper), "air naik cepat", sight_of(hurried), NOW)
    told = sent_by(sink)
    assert {one[0] for one in told} == {"dewi@kota.example"}
    assert f"/statements/{made.statement_id}/" in told[0][2] and "Sari" in told[0][1]
    row = AlertDelivery.objects.get(news="review_waits")
    statement_publishing.review(paper.dewi, Statement.objects.get(pk=made.statement_id), "sound", "sudah diperiksa", NOW)
    assert f"/statements/{made.statement_id}/" not in statement_telling.approval_message(row).link


def test_of_a_need_to_know_issue_it_says_neither_title_nor_paper(paper, sink):
    found = sound(paper)
    issue = found.issue
    issue = services.change_issue(paper.desk.sari, issue, services.IssueDraft(issue.title, lead=paper.desk.sari.pk), issue.version, NOW)
    services.restrict(paper.desk.sari, issue, True, (paper.dewi.pk, paper.desk.sari.pk, paper.desk.lina.pk), issue.version, NOW)
    asked(paper, Statement.objects.get(pk=found.pk))
    ((to, subject, text),) = sent_by(sink)
    assert to == "dewi@kota.example"
    hidden = (issue.title, found.get_kind_display(), "Holding", "Pernyataan awal")
    assert not any(word in subject + text for word in hidden)


def test_what_was_settled_before_it_was_sent_asks_for_nothing(paper, sink):
    found = asked(paper)
    statement_approval.take_back(paper.desk.lina, found, found.version, NOW)
    ((_to, subject, text),) = sent_by(sink)
    assert found.issue.title not in subject + text
    assert f"/statements/{found.pk}/" not in text


@pytest.mark.parametrize(("level", "rings"), [("low", False), ("high", True), ("crisis", True)])
def test_a_person_is_told_as_they_wish_and_quiet_hours_keep_browsers_silent_but_for_what_is_urgent(paper, sink, level, rings):
    Preference.objects.create(
        office=paper.desk.office, person=paper.dewi, mail=False, push=True, quiet_from=time(0, 0), quiet_until=time(23, 59)
    )
    Browser.objects.create(office=paper.desk.office, person=paper.dewi, name="Ponsel", digest="0" * 64, sealed=b"", created=NOW)
    asked(paper, sound(paper, level=level))
    assert sent_by(sink) == []
    assert [row.channel for row in AlertDelivery.objects.all()] == (["push"] if rings else [])


def test_without_a_mail_server_it_still_waits_on_the_page_and_nothing_is_tried(paper, settings):
    settings.CONFIG = type(settings.CONFIG)({**settings.CONFIG.values, "mail_url": ""}, settings.CONFIG.origins)
    asked(paper)
    assert not AlertDelivery.objects.exists()
    assert builders.NOW == NOW
