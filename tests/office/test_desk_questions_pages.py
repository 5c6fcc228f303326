"""The pages, the link without an account and the mail of questions to agencies, with a real mail server."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW, lines, page
from mailing import REAL, made_sink, sent_by
from screens import STILL, client_of
from test_desk_questions import ASKED, DUE, SAID, again, asked, furnished, issue_of, minded, word_to

from kentongan.adapters.clock import ShiftedClock
from kentongan.errors import FetchError
from kentongan.office.alerting import ringing
from kentongan.office.alerting.models import AlertDelivery
from kentongan.office.desk import question_moves, questions
from kentongan.office.desk.question_models import AgencyAnswer, AgencyQuestion, AnswerLink
from kentongan.office.people import standing

SENT = {"text": SAID.text, "grade": SAID.grade}
TITLE = "Dugaan pungutan di panti"


@pytest.fixture(scope="module")
def mail_server(serve_mail):
    return made_sink(serve_mail)


@pytest.fixture
def sink(mail_server, settings):
    return mail_server.ready(settings)


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    found = furnished()
    standing.change_agency(found.boss, found.health, "Dinas Kesehatan", "Dinkes", "dinkes@kota.example", None, NOW)
    for one in (found.sari, found.hadi, found.maya, found.joko):
        one.email = f"{one.username}@kota.example"
        one.save()
    return found


def word_in(text):
    return re.search(r"/answer/([\w-]+)/", text)[1]


def open_link(word, **sent):
    client = Client()
    return client.post(f"/answer/{word}/", sent) if sent else client.get(f"/answer/{word}/")


# The mail


def test_whoever_is_asked_gets_one_mail_with_what_was_typed_and_a_link_that_works(desk, sink):
    found = asked(desk, issue_of(desk, title="Air berbau di Rawa Kenari"), desk.hadi)
    ((to, subject, text),) = sent_by(sink)
    assert (to, "Dinas Kesehatan" in subject) == ("hadi@kota.example", True)
    assert ASKED in text and found.context in text and f"/issues/questions/{found.pk}/" in text
    assert "Rawa Kenari" not in text + subject
    assert open_link(word_in(text), **SENT).status_code == 200
    assert [(to, "has answered" in subject or "menjawab" in subject) for to, subject, _ in sent_by(sink)] == [("sari@kota.example", True)]
    assert sent_by(sink) == []


def test_no_mail_and_no_link_says_a_word_of_a_need_to_know_issue_but_what_was_typed(desk, sink):
    hidden = desk.secret(agency=desk.health.pk, title=TITLE)
    asked(desk, hidden, desk.hadi, context="Untuk jawaban sore ini")
    minded(desk, DUE - timedelta(minutes=30))
    minded(desk, DUE)
    told = sent_by(sink)
    shown = open_link(word_in(told[0][2])).content.decode()
    assert open_link(word_in(told[0][2]), **SENT).status_code == 200
    told += sent_by(sink)
    assert len(told) == 4
    every = " ".join([shown, *(part for one in told for part in one[1:])])
    assert not any(word in every for word in (TITLE, "pungutan", "panti", str(hidden.pk)))
    assert "Untuk jawaban sore ini" in shown
    assert page(desk.hadi, f"/issues/questions/{AgencyQuestion.objects.get().pk}/").count("pungutan") == 0


def test_the_agencys_address_gets_it_where_nobody_is_named_and_a_reminder_names_the_same_link(desk, sink):
    found = asked(desk)
    first = sent_by(sink)
    assert [minded(desk, found.remind) for _ in range(2)] == [(1, 0), (0, 0)]
    second = sent_by(sink)
    assert [one[0] for one in (*first, *second)] == ["dinkes@kota.example"] * 2
    assert word_in(first[0][2]) == word_in(second[0][2])


def test_what_is_overdue_reaches_the_deputy_once_and_the_first_link_still_opens(desk, sink):
    asked(desk, person=desk.hadi)
    standing.name_deputy(desk.boss, desk.hadi, desk.joko, NOW, NOW + timedelta(days=2), NOW)
    first = word_in(sent_by(sink)[0][2])
    for _ in range(3):
        minded(desk, DUE)
    ((to, _subject, text),) = sent_by(sink)
    assert (to, word_in(text) != first) == ("joko@kota.example", True)
    assert open_link(first).status_code == 200


def test_where_nobody_else_can_be_asked_the_page_says_so_and_who_asked_is_told_once(desk, sink):
    found = asked(desk, person=desk.maya)
    sent_by(sink)
    for _ in range(3):
        minded(desk, DUE)
    assert [to for to, _, _ in sent_by(sink)] == ["sari@kota.example"]
    words = page(desk.sari, f"/issues/questions/{found.pk}/")
    assert "Nobody else could be asked" in words and "A link to hand over" in words


def test_a_mail_server_that_is_away_loses_nothing_and_each_mail_arrives_once_when_it_is_back(desk, sink, settings):
    config, there = settings.CONFIG, sink.url
    settings.CONFIG = type(config)({**config.values, "mail_url": "smtp://127.0.0.1:9"}, config.origins)
    found = asked(desk, person=desk.hadi)
    row = AlertDelivery.objects.get()
    waits = [ringing.ring(row.pk, None, REAL) for _ in range(3)]
    assert all(wait is not None for wait in waits)
    assert "3 tries" in page(desk.sari, f"/issues/questions/{found.pk}/")
    settings.CONFIG = type(config)({**config.values, "mail_url": there}, config.origins)
    sink.says = "451 4.7.1 Greylisted, try again later"
    assert ringing.ring(row.pk, None, REAL) is not None
    sink.says = "250 OK"
    ((_, _, text),) = sent_by(sink)
    assert sent_by(sink) == []
    assert ringing.ring(row.pk, None, REAL) is None
    assert sink.got == []
    assert open_link(word_in(text), **SENT).status_code == 200


def test_a_mailbox_that_does_not_exist_is_parked_with_its_reason_which_the_page_shows(desk, sink):
    sink.says = "550 5.1.1 No such user"
    found = asked(desk, person=desk.hadi)
    with pytest.raises(FetchError):
        ringing.ring(AlertDelivery.objects.get().pk, None, REAL)
    assert "No such user" in page(desk.sari, f"/issues/questions/{found.pk}/")


def test_a_mail_that_was_on_its_way_when_the_answer_came_asks_for_nothing_any_more(desk, sink):
    found = asked(desk, person=desk.hadi)
    questions.answer(desk.maya, found, SAID, NOW)
    told = [one for one in sent_by(sink) if one[0] == "hadi@kota.example"]
    assert len(told) == 1
    assert "/answer/" not in told[0][2] and ASKED not in told[0][2]


def test_without_a_mail_server_or_an_address_the_page_says_that_nobody_was_told(desk, settings):
    found = asked(desk, person=desk.hadi)
    assert "no mail server is set" in page(desk.sari, f"/issues/questions/{found.pk}/")
    assert not AlertDelivery.objects.exists()


# The link


def test_looking_at_a_link_by_people_and_machines_uses_nothing_up(desk):
    word = word_to(asked(desk), desk.sari)
    for agent in ("Mozilla/5.0", "WhatsApp/2.23", "TelegramBot (like TwitterBot)", "Barracuda Sentinel", "Googlebot/2.1"):
        for method in ("get", "head"):
            assert getattr(Client(HTTP_USER_AGENT=agent), method)(f"/answer/{word}/").status_code == 200
    assert Client().options(f"/answer/{word}/").status_code == 405
    assert (AnswerLink.objects.get().used, lines(AgencyQuestion.objects.get().issue)[-1]) == (None, "question.link_made")
    answer = open_link(word)
    assert "no-store" in answer["Cache-Control"]
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    words = answer.content.decode()
    assert ASKED in words and "Banyak warga bertanya" in words
    assert not any(hidden in words for hidden in ("Air berbau", "Sari", "/issues/", "<nav"))


def test_the_second_device_is_told_kindly_and_sees_neither_question_nor_answer(desk):
    word = word_to(asked(desk), desk.sari)
    assert "Terima kasih" in (done := open_link(word, **SENT).content.decode()) or "Thank you" in done
    for sent in ({}, SENT):
        answer = open_link(word, **sent)
        words = answer.content.decode()
        assert answer.status_code == 410
        assert not any(hidden in words for hidden in (ASKED, SAID.text, "<form class"))
    assert AgencyAnswer.objects.count() == 1


@pytest.mark.parametrize("later", [DUE + question_moves.LINK_AFTER_DUE, DUE + timedelta(days=40)])
def test_an_old_link_says_so_and_takes_nothing(desk, settings, later):
    word = word_to(asked(desk), desk.sari)
    settings.CLOCK = ShiftedClock(later, later, 0)
    assert [open_link(word, **sent).status_code for sent in ({}, SENT)] == [410, 410]
    assert not AgencyAnswer.objects.exists()


def test_what_is_wrong_stands_at_its_field_and_the_link_stays_good(desk):
    word = word_to(asked(desk), desk.sari)
    for sent in ({"text": "", "grade": "likely"}, {"text": "Aman"}, {"text": "Telepon 0812-3456-7890", "grade": "likely"},
                 {"text": "<script>alert(1)</script>", "grade": "likely"}, {"text": "x" * 70_000, "grade": "likely"}):  # fmt: skip
        answer = open_link(word, **sent)
        assert answer.status_code == 422
        assert b"<script>alert" not in answer.content
    assert open_link(word, **SENT).status_code == 200


@pytest.mark.parametrize("word", ["x", "x" * 43, "x" * 4_000, "%00", "..%2f..", "' OR 1=1 --"])
def test_a_strange_word_opens_nothing_and_says_so(desk, word):
    assert Client().get(f"/answer/{word}/").status_code in {404, 410}


def test_somebody_who_tries_words_is_slowed_down(desk, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "answer": "5/m/ip"}
    assert [open_link("x" * 43).status_code for _ in range(7)] == [410] * 5 + [429] * 2


def test_a_form_of_another_site_answers_nothing(desk):
    word = word_to(asked(desk), desk.sari)
    assert Client(enforce_csrf_checks=True).post(f"/answer/{word}/", SENT).status_code == 403
    assert not AgencyAnswer.objects.exists()


# The pages


def test_by_plain_forms_it_is_asked_answered_and_noted(desk):
    issue = issue_of(desk)
    form = {"whom": f"{desk.health.pk}-{desk.hadi.pk}", "text": ASKED, "context": "", "due": "2025-11-27T12:00"}
    path = f"/issues/{issue.pk}/ask/"
    assert path in page(desk.lina, f"/issues/{issue.pk}/")
    assert path not in page(desk.reader, f"/issues/{issue.pk}/")
    words = page(desk.lina, path)
    assert "Dinas Kesehatan: Hadi" in words and "Air berbau" in words
    client = client_of(desk.lina)
    wrong = client.post(path, {**form, "due": "2020-01-01T00:00"})
    assert (wrong.status_code, "ten minutes ahead" in wrong.content.decode()) == (422, True)
    assert client.post(path, form).status_code == 302
    found = AgencyQuestion.objects.get()
    address = reverse("agency_question", args=[found.pk])
    assert "1 question waits for your answer" in page(desk.hadi, "/issues/questions/")
    assert ASKED in page(desk.sari, f"/issues/{issue.pk}/")
    assert client_of(desk.hadi).post(f"{address}answer/", {"text": "", "grade": "likely"}).status_code == 422
    assert client_of(desk.hadi).post(f"{address}answer/", SENT).status_code == 302
    assert SAID.text in page(desk.reader, f"/issues/{issue.pk}/")
    assert "Note it as a fact" not in page(desk.reader, f"/issues/{issue.pk}/")
    assert "Note it as a fact" in page(desk.lina, f"/issues/{issue.pk}/")
    assert client.post(f"{address}fact/").status_code == 302
    assert again(found).fact.text == SAID.text
    assert "It stands on the fact board" in page(desk.lina, address)


def test_a_need_to_know_issue_offers_no_title_and_warns(desk):
    hidden = desk.secret(agency=desk.health.pk, title=TITLE)
    words = page(desk.sari, f"/issues/{hidden.pk}/ask/")
    assert f'value="{TITLE}"' not in words
    assert "Few see this issue" in words


def test_more_time_withdrawing_and_a_link_stand_on_its_page_for_whoever_may(desk):
    found = asked(desk, person=desk.hadi)
    address = reverse("agency_question", args=[found.pk])
    client = client_of(desk.sari)
    shown = client.post(f"{address}link/")
    assert (shown.status_code, shown["Cache-Control"]) == (200, "no-store")
    assert open_link(word_in(shown.content.decode())).status_code == 200
    assert client.post(f"{address}more-time/", {"due": "2025-11-28T12:00", "version": 7}).status_code == 409
    assert client.post(f"{address}more-time/", {"due": "2025-11-28T12:00", "version": 0}).status_code == 302
    assert client.post(f"{address}withdraw/", {"reason": "", "version": 1}).status_code == 422
    assert client.post(f"{address}withdraw/", {"reason": "Sudah ada jawabannya", "version": 1}).status_code == 302
    assert again(found).state == "withdrawn"
    assert client.post(f"{address}link/").status_code == 302
    assert "Send the answer" not in page(desk.hadi, address)


def test_the_board_says_what_is_due_and_nothing_of_what_few_may_see(desk):
    asked(desk, text="Kapan pompa menyala?")
    asked(desk, desk.secret(agency=desk.health.pk, title=TITLE), text="Siapa yang memeriksa panti?")
    for path in ("/issues/", "/issues/questions/"):
        assert "Kapan pompa" in page(desk.joko, path)
        assert "panti" not in page(desk.joko, path)
        assert "panti" in page(desk.sari, path)
    minded(desk, DUE)
    assert "overdue" in page(desk.joko, "/issues/questions/")


def test_pages_ask_no_more_for_more_questions(desk, count_queries):
    issue, counts = issue_of(desk), {}
    found = asked(desk, issue, desk.hadi)
    for n in range(3):
        for path in ("/issues/", "/issues/questions/", f"/issues/{issue.pk}/", f"/issues/questions/{found.pk}/"):
            page(desk.sari, path)
            with count_queries() as said:
                page(desk.sari, path)
            counts.setdefault(path, set()).add(len(said))
        for _ in range(n + 1):
            one = asked(desk, issue, desk.hadi)
            questions.answer(desk.hadi, asked(desk, issue), SAID, NOW)
            questions.hand_over(desk.sari, one, NOW)
    assert {path: len(found) for path, found in counts.items()} == dict.fromkeys(counts, 1)
