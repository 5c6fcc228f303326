"""Answers by e-mail: a real mail server takes the question, a real IMAP server holds the replies, whatever they are."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW, detail, lines, page
from mailing import REAL, made_sink, sent_by
from screens import STILL, client_of
from test_desk_questions import ASKED, DUE, SAID, again, asked, furnished, issue_of
from test_desk_questions_pages import open_link, word_in

from kentongan.adapters import replies
from kentongan.adapters.imap import ImapLimits, ImapReader
from kentongan.errors import InputError, RefusedError
from kentongan.office import outside
from kentongan.office.alerting import ringing
from kentongan.office.alerting.models import AlertDelivery
from kentongan.office.desk import answer_mail, answer_mailbox, question_links, question_moves, question_queries, question_tasks, questions
from kentongan.office.desk.answer_mail_models import AgencyReply, AnswerMailbox, UnclaimedMail
from kentongan.office.desk.answer_mailbox import MailboxDraft
from kentongan.office.desk.question_models import AgencyAnswer, AnswerLink
from kentongan.office.desk.recording import digest_of
from kentongan.office.ledger.models import Line
from kentongan.office.people import scope, standing
from kentongan.office.people.versions import ConflictError
from kentongan.testing.fake_imap import FakeImap, bounce, letter, tls_context

WORDS = "Sampel air pagi ini memenuhi syarat"
TITLE = "Dugaan pungutan di panti"
What = AgencyReply.What


@pytest.fixture(scope="module")
def mail_server(serve_mail):
    return made_sink(serve_mail)


@pytest.fixture(scope="module")
def imap_server(mail_certificate):
    with FakeImap(tls_context(mail_certificate, mail_certificate), pause_s=0.02) as running:
        yield running


@pytest.fixture
def box(imap_server):
    imap_server.folders, imap_server.fault, imap_server.validity = {"INBOX": {}}, "", 7
    imap_server.seen.clear()
    return imap_server


@pytest.fixture
def sink(mail_server, settings):
    return mail_server.ready(settings)


@pytest.fixture
def desk(db, settings, sink, box, mail_certificate):
    settings.CLOCK = STILL
    config = settings.CONFIG
    allowed = frozenset({*config["allow_hosts"], "mail.localhost"})
    settings.CONFIG = type(config)({**config.values, "allow_hosts": allowed, "ca_file": str(mail_certificate)}, config.origins)
    found = furnished()
    standing.change_agency(found.boss, found.health, "Dinas Kesehatan", "Dinkes", "dinkes@kota.example", None, NOW)
    for one in (found.sari, found.hadi, found.maya, found.joko, found.boss):
        one.email = f"{one.username}@kota.example"
        one.save()
    answer_mailbox.set_mailbox(found.boss, draft(box), 0, NOW)
    seen(found)
    return found


def draft(box, **fields):
    return MailboxDraft(**{"email": "jawab@kota.example", "address": f"{box.url}/INBOX", "user": "kota", "password": "rahasia", **fields})


def seen(desk, at=NOW):
    """One visit, as the task makes it."""
    with scope.scope(desk.office.pk):
        return answer_mailbox.visit(desk.office, lambda: at)


def mailed(sink):
    """The messages that go out now, as they are."""
    for row in AlertDelivery.objects.filter(channel="mail", state="waiting").order_by("pk"):
        ringing.ring(row.pk, None, REAL)
    got = [one[1] for one in sink.got]
    sink.got.clear()
    return got


def put(box, raw):
    uid = max(box.folders["INBOX"], default=0) + 1
    box.folders["INBOX"][uid] = raw
    return uid


def reply_to(message, text=WORDS, sender="Hadi <hadi@kota.example>", by="all", number=0, **headers):
    """A letter that answers a message of ours, as mail programs write it. `by`: what of ours it still has."""
    names = {} if by == "subject" else {"In_Reply_To": message["Message-ID"], "References": message["Message-ID"]}
    subject = f"Re: {message['Subject']}" if by in ("all", "subject") else "Jawaban"
    quoted = "\n".join(f"> {line}" for line in message.get_content().split("\n"))
    below = f"\n\nPada Sen, 30 Nov 2026 pukul 08.00 Kantor <jawab@kota.example> menulis:\n{quoted}"
    return letter(subject, f"{text}{below}", sender=sender, number=number, **{**names, **headers})


def the_reply():
    return AgencyReply.objects.get()


# The mail that asks


def test_the_question_says_where_to_answer_and_carries_its_mark_where_mail_programs_bring_it_back(desk, sink):
    asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    link = AnswerLink.objects.get()
    word = question_links.reply_word_of(link)
    assert message["Reply-To"] == "jawab@kota.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"].endswith(f"[KT-{word}]")
    assert f".{word}@" in message["Message-ID"]
    assert message.get_content().splitlines()[0].startswith(f"———— [KT-{word}]")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(l)::text FROM desk_answerlink l")
        assert word not in cursor.fetchone()[0]
    assert link.reply_digest == digest_of(word)
    assert question_links.find(word) is None, "it opens no page"


def test_without_a_mailbox_nothing_of_it_stands_in_the_mail(desk, sink):
    answer_mailbox.remove_mailbox(desk.boss, NOW)
    asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    assert message["Reply-To"] is None
    assert "KT-" not in message["Subject"] + message.get_content()


def test_what_is_mailed_of_a_need_to_know_issue_says_no_word_of_it_by_any_of_the_ways(desk, sink, box):
    hidden = desk.secret(agency=desk.health.pk, title=TITLE)
    asked(desk, hidden, desk.hadi, context="Untuk sore ini")
    told = mailed(sink)
    put(box, reply_to(told[0]))
    put(box, reply_to(told[0], "Tambahan: sampel kedua juga"))
    seen(desk)
    told += mailed(sink)
    assert len(told) == 5
    every = " ".join(f"{one['Subject']} {one['Message-ID']} {one.get_content()}" for one in told)
    assert not any(word in every for word in (TITLE, "pungutan", str(hidden.pk)))
    assert "Tambahan" not in page(desk.hadi, f"/issues/questions/{again(AgencyAnswer.objects.get().question).pk}/")
    assert "Tambahan" not in " ".join(Line.objects.values_list("detail", flat=True))


# What is the answer


@pytest.mark.parametrize("by", ["all", "subject", "names"])
def test_a_reply_is_the_answer_by_whatever_of_the_mark_is_left(desk, sink, box, by):
    found = asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    put(box, reply_to(message, by=by))
    assert seen(desk, NOW + timedelta(minutes=5)).taken == 1
    given = AgencyAnswer.objects.get()
    assert (again(found).state, given.text, given.way, given.by, given.grade) == ("answered", WORDS, "mail", None, "unclear")
    assert (given.elsewhere, given.link.used) == (False, NOW + timedelta(minutes=5))
    assert detail(found.issue, "question.answered_by_mail") == {"question": found.pk, "words": digest_of(WORDS)}
    assert (the_reply().what, the_reply().text) == ("answer", "")


def test_the_page_and_the_list_say_that_the_sender_is_not_proven_and_the_fact_is_an_assumption(desk, sink, box):
    found = asked(desk, person=desk.hadi)
    put(box, reply_to(mailed(sink)[0], sender="Orang Lain <lain@surat.example>"))
    seen(desk)
    for path in (f"/issues/questions/{found.pk}/", f"/issues/{found.issue_id}/"):
        words = page(desk.sari, path)
        assert "sender not proven" in words and "came from another address" in words
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text || row_to_json(a)::text FROM desk_agencyreply r, desk_agencyanswer a")
        assert "surat.example" not in cursor.fetchone()[0]
    fact = questions.note_as_fact(desk.sari, again(found), NOW)
    assert (fact.kind, fact.grade) == ("assumed", "unclear")
    assert "sender not proven" in fact.source


def test_from_the_one_asked_nothing_is_said_of_another_address(desk, sink, box):
    found = asked(desk)
    put(box, reply_to(mailed(sink)[0], sender="DINKES@kota.example"))
    seen(desk)
    assert "came from another address" not in page(desk.sari, f"/issues/questions/{found.pk}/")


def test_whoever_asked_and_whoever_was_asked_are_told_so_a_forged_answer_is_noticed(desk, sink, box):
    asked(desk, person=desk.hadi)
    put(box, reply_to(mailed(sink)[0], sender="pemalsu@surat.example"))
    seen(desk)
    told = sent_by(sink)
    assert sorted(to for to, _, _ in told) == ["hadi@kota.example", "sari@kota.example"]
    thanks = next(text for to, _, text in told if to == "hadi@kota.example")
    assert "ada yang memakai nama Anda" in thanks
    assert WORDS not in thanks and ASKED not in thanks


def test_link_and_reply_are_one_thing_the_first_of_them_counts(desk, sink, box):
    found = asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    put(box, reply_to(message))
    seen(desk)
    gone = open_link(word_in(message.get_content()), text=SAID.text, grade=SAID.grade)
    assert (gone.status_code, AgencyAnswer.objects.get().way) == (410, "mail")
    other = asked(desk, found.issue, desk.maya)
    (message,) = [one for one in mailed(sink) if "maya@kota.example" in one["To"]]
    open_link(word_in(message.get_content()), text=SAID.text, grade=SAID.grade)
    put(box, reply_to(message))
    seen(desk)
    assert (again(other).answer.way, AgencyReply.objects.filter(question=other).get().what) == ("link", "further")


# What is not


def test_a_second_reply_changes_nothing_and_is_listed_and_told(desk, sink, box):
    found = asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    for number in (1, 2, 3):
        put(box, reply_to(message, f"Jawaban {number}", number=number))
    seen(desk)
    assert AgencyAnswer.objects.get().text == "Jawaban 1"
    assert [(one.what, one.text) for one in AgencyReply.objects.all()] == [
        ("answer", ""),
        ("further", "Jawaban 2"),
        ("further", "Jawaban 3"),
    ]
    words = page(desk.sari, f"/issues/questions/{found.pk}/")
    assert "Jawaban 3" in words and "the first answer stands" in words
    told = [to for to, subject, _ in sent_by(sink) if "tidak diterima sebagai jawaban" in subject]
    assert sorted(told) == ["hadi@kota.example", "sari@kota.example"], "each once, however many come"
    assert detail(found.issue, "question.reply_came") == {"question": found.pk, "what": "further", "words": digest_of("Jawaban 3")}


@pytest.mark.parametrize(
    ("at", "act", "what"),
    [
        (DUE + question_moves.LINK_AFTER_DUE, None, "late"),
        (NOW, lambda desk, found: questions.withdraw(desk.sari, found, "sudah ada di laporan", 0, NOW), "withdrawn"),
        (NOW, lambda desk, found: questions.answer(desk.maya, found, SAID, NOW), "further"),
    ],
)
def test_what_comes_when_nobody_waits_any_more_is_kept_beside_the_question(desk, sink, box, at, act, what):
    found = asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    if act is not None:
        act(desk, found)
    put(box, reply_to(message))
    seen(desk, at)
    assert (the_reply().what, the_reply().text) == (what, WORDS)
    assert not AgencyAnswer.objects.filter(way="mail").exists()
    assert WORDS in page(desk.sari, f"/issues/questions/{found.pk}/")
    assert "sari@kota.example" in [to for to, _, _ in sent_by(sink)]


def test_more_time_opens_it_for_a_reply_too(desk, sink, box):
    found = asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    questions.prolong(desk.sari, found, DUE + timedelta(days=10), 0, NOW)
    put(box, reply_to(message))
    seen(desk, DUE + timedelta(days=9))
    assert again(found).state == "answered"


@pytest.mark.parametrize(
    ("headers", "what"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"Return_Path": "<>"}, "automatic"),
        ({"Precedence": "auto_reply"}, "automatic"),
    ],
)
def test_what_programs_answer_is_never_the_answer(desk, sink, box, headers, what):
    found = asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    put(box, reply_to(message, "Saya cuti sampai Jumat, hubungi 0812-3456-7890", **headers))
    seen(desk)
    assert (again(found).state, the_reply().what, the_reply().text) == ("waiting", what, "")
    assert sent_by(sink) == [], "nobody answers a program"
    put(box, reply_to(message))
    seen(desk)
    assert again(found).state == "answered"


def test_a_question_that_could_not_be_delivered_is_said_so(desk, sink, box):
    found = asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    put(box, bounce(message["Message-ID"].strip(" <>")))
    seen(desk)
    assert (again(found).state, the_reply().what, the_reply().attachments) == ("waiting", "bounced", 0)
    assert [(to, "tidak dapat dikirim" in subject) for to, subject, _ in sent_by(sink)] == [("sari@kota.example", True)]
    assert "could not be delivered" in page(desk.sari, f"/issues/questions/{found.pk}/")


def test_a_reply_without_words_of_its_own_is_none_and_attachments_are_refused_kindly(desk, sink, box):
    found = asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    raw = reply_to(message, "").decode()
    attached = raw.replace("Content-Type: text/plain; charset=utf-8", 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"')
    head, _, body = attached.partition("\r\n\r\n")
    pdf = "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=hasil.pdf\r\n\r\n%PDF\r\n--b--\r\n"
    put(box, f"{head}\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n{pdf}".encode())
    seen(desk)
    assert (again(found).state, the_reply().what, the_reply().attachments) == ("waiting", "empty", 1)
    thanks = {to: text for to, _, text in sent_by(sink)}
    assert "Lampiran tidak diterima" in thanks["hadi@kota.example"]
    assert "1 attachment was not taken" in page(desk.sari, f"/issues/questions/{found.pk}/")


def test_letters_that_name_no_question_are_counted_where_those_who_ask_see_it_and_nothing_of_them_is_kept(desk, sink, box):
    asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    forged = re.sub(r"KT-[a-z2-7]{16}", "KT-aaaaaaaaaaaaaaaa", message["Subject"])
    for raw in (letter(forged, "Palsu"), letter("Tanya jalan", "Kapan diperbaiki?"), letter("Cuti", "x", Auto_Submitted="auto-replied")):
        put(box, raw)
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(300))
    put(box, deep)
    seen(desk)
    assert {(one.why, one.n) for one in UnclaimedMail.objects.all()} == {("unknown", 2), ("automatic", 1), ("unreadable", 1)}
    assert not AgencyReply.objects.exists()
    words = page(desk.sari, "/issues/questions/")
    assert "belong to no question" in words and "Palsu" not in words and "diperbaiki" not in words
    assert "belong to no question" not in page(desk.reader, "/issues/questions/")
    assert question_queries.get_unclaimed(desk.sari, NOW + timedelta(days=4)) == []


def test_a_mark_of_another_office_opens_nothing_here(desk, sink, box):
    asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    found = replies.read(reply_to(message), question_links.TAG)
    with scope.scope(desk.guest.office_id):
        assert not answer_mail.take(desk.guest.office, found, NOW)
    assert not AgencyAnswer.objects.exists()


# Words


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Aman.\n\n-- \nDr. Hadi\n0812-3456-7890", "Aman."),
        ("Hubungi posko 0812-3456-7890 atau @posko_kota", f"Hubungi posko {answer_mail.LEFT_OUT} atau {answer_mail.LEFT_OUT}"),
        ("Air <b>aman</b><script>alert(1)</script>", "Air aman"),
        ("Aman\u200b\u202e sekali", "Aman sekali"),
        ("suhu < 20 & > 5", "suhu < 20 & > 5"),
    ],
)
def test_of_a_reply_only_its_own_words_are_kept_without_what_could_name_somebody(desk, sink, box, text, kept):
    asked(desk, person=desk.hadi)
    put(box, reply_to(mailed(sink)[0], text))
    seen(desk)
    assert AgencyAnswer.objects.get().text == kept


def test_a_long_reply_is_cut_and_says_so(desk, sink, box):
    found = asked(desk, person=desk.hadi)
    put(box, reply_to(mailed(sink)[0], "air aman " * 40_000))
    seen(desk)
    given = AgencyAnswer.objects.get()
    assert len(given.text) <= 1_000
    assert given.text.endswith("…")
    assert "the whole lies in the mailbox" in page(desk.sari, f"/issues/questions/{found.pk}/")


def test_what_cannot_be_kept_as_text_is_said_so_and_the_question_still_waits(desk, sink, box):
    found = asked(desk, person=desk.hadi)
    put(box, reply_to(mailed(sink)[0], r"{\rtf1 hasil"))
    seen(desk)
    assert (again(found).state, the_reply().what) == ("waiting", "unfit")


# Once, whatever happens between


def test_a_letter_counts_once_however_often_it_is_met(desk, sink, box):
    asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    put(box, reply_to(message, number=4))
    put(box, reply_to(message, number=4))
    seen(desk)
    seen(desk)
    box.validity = 8
    seen(desk)
    assert [one.what for one in AgencyReply.objects.all()] == ["answer"]


def test_a_worker_that_dies_between_letters_repeats_none_and_passes_none_over(desk, sink, box, settings):
    found = [asked(desk, person=desk.hadi, text=f"Pertanyaan nomor {n}?") for n in range(3)]
    for message in mailed(sink):
        put(box, reply_to(message))
    mailbox, came = AnswerMailbox.objects.get(), []
    outside.mailbox().visit(
        mailbox.address, {"user": "kota", "password": "rahasia"}, mailbox.cursor, lambda raw, at: came.append((at, raw))
    )
    at, raw = came[0]
    assert answer_mailbox.take_one(mailbox, at, replies.read(raw, question_links.TAG), NOW)
    assert not answer_mailbox.take_one(mailbox, at, replies.read(raw, question_links.TAG), NOW)
    seen(desk)
    assert [again(one).state for one in found] == ["answered"] * 3
    assert AgencyReply.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_a_reply_a_link_and_an_answer_in_place_at_the_same_moment_one_is_taken(desk, sink, box):
    found = asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    letter_read = replies.read(reply_to(message), question_links.TAG)
    word, gate, said = word_in(message.get_content()), threading.Barrier(3), []

    def run(do):
        try:
            gate.wait(timeout=30)
            do()
        except RefusedError as error:
            said.append(str(error))
        finally:
            connection.close()

    acts = [
        lambda: answer_mail.take(desk.office, letter_read, NOW),
        lambda: questions.answer_by_link(word, SAID, NOW),
        lambda: questions.answer(desk.maya, found, SAID, NOW),
    ]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert AgencyAnswer.objects.count() == 1
    assert sum(act.startswith("question.answered") for act in lines(found.issue)) == 1
    assert AgencyReply.objects.count() == 1


def test_what_came_is_only_ever_added(desk, sink, box):
    asked(desk, person=desk.hadi)
    put(box, reply_to(mailed(sink)[0]))
    seen(desk)
    for act in (lambda: AgencyReply.objects.update(text=""), lambda: AgencyReply.objects.all().delete()):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            act()


def test_a_flood_of_letters_about_one_question_is_listed_up_to_a_limit_and_the_answer_still_counts(desk, sink, box):
    found = asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    for number in range(answer_mail.MOST + 5):
        put(box, reply_to(message, "", number=number + 1))
    seen(desk)
    assert AgencyReply.objects.count() == answer_mail.MOST
    assert UnclaimedMail.objects.get(why="flood").n == 5
    put(box, reply_to(message))
    seen(desk)
    assert again(found).state == "answered"


def test_more_letters_than_one_visit_takes_come_with_the_next(desk, sink, box):
    asked(desk, person=desk.hadi)
    (message,) = mailed(sink)
    for number in range(210):
        put(box, letter(f"Spam {number}", "beli", number=number + 1))
    put(box, reply_to(message))
    first = seen(desk)
    assert (first.taken, first.more, AgencyAnswer.objects.exists()) == (200, True, False)
    assert (seen(desk).taken, AgencyAnswer.objects.exists()) == (11, True)


# A server that misbehaves


@pytest.mark.parametrize(
    "fault", ["mute", "garbage", "drip", "endless-line", "endless-lines", "huge-literal", "closes-in-letter", "http", "no-search"]
)
def test_a_server_that_misbehaves_costs_bounded_time_is_noted_and_read_when_it_is_well(desk, sink, box, fault, monkeypatch, settings):
    found = asked(desk, person=desk.hadi)
    put(box, reply_to(mailed(sink)[0]))
    slow = outside.mailbox
    hasty = lambda: ImapReader(slow()._guard, ca_file=settings.CONFIG["ca_file"], limits=ImapLimits(0.5, 1.0, 3_000_000))  # noqa: E731
    monkeypatch.setattr(outside, "mailbox", hasty)
    box.fault, started = fault, time.monotonic()
    came = seen(desk)
    assert time.monotonic() - started < 20
    assert came.outcome != "ok"
    assert AnswerMailbox.objects.get().failing == NOW
    assert "cannot be read" in page(desk.boss, "/office/settings/answers/")
    assert "could not be read since" in page(desk.boss, "/office/condition/")
    box.fault = ""
    seen(desk, NOW + timedelta(minutes=1))
    assert (again(found).state, AnswerMailbox.objects.get().failing) == ("answered", None)


def test_nothing_is_marked_or_deleted_in_the_mailbox(desk, sink, box):
    asked(desk, person=desk.hadi)
    put(box, reply_to(mailed(sink)[0]))
    before = dict(box.folders["INBOX"])
    seen(desk)
    assert (box.folders["INBOX"], box.flagged) == (before, set())


# Naming the mailbox


def test_user_and_password_are_sealed_and_no_page_line_or_column_shows_the_password(desk, box):
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(b)::text, encode(b.sealed, 'escape') FROM desk_answermailbox b")
        assert "rahasia" not in " ".join(cursor.fetchone())
    assert "rahasia" not in page(desk.boss, "/office/settings/answers/")
    said = Line.objects.filter(act__startswith="mailbox.")
    assert [(one.act, json.loads(one.detail)) for one in said] == [("mailbox.set", {})]


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"email": "jawab"}, "email"),
        ({"address": "imap://mail.localhost/INBOX"}, "address"),
        ({"address": "https://mail.localhost/"}, "address"),
        ({"address": "imaps://mail.localhost/INBOX?newsletters"}, "address"),
        ({"user": ""}, "user"),
        ({"user": "kota\x07"}, "user"),
        ({"address": "imaps://mail.localhost:1/INBOX", "password": ""}, "password"),
    ],
)
def test_what_is_no_mailbox_is_refused_at_its_field_and_the_password_goes_to_no_other_server(desk, box, fields, at):
    with pytest.raises(InputError) as said:
        answer_mailbox.set_mailbox(desk.boss, draft(box, **fields), 1, NOW)
    assert said.value.subject == at


def test_an_empty_password_keeps_the_one_that_is_sealed(desk, box):
    answer_mailbox.set_mailbox(desk.boss, draft(box, email="lain@kota.example", password=""), 1, NOW)
    assert answer_mailbox.try_mailbox(desk.boss, NOW)
    assert AnswerMailbox.objects.get().outcome == "ok"


def test_only_administrators_name_it_and_two_who_do_not_overwrite_each_other(desk, box):
    for by in (desk.sari, desk.reader, desk.auditor):
        with pytest.raises(RefusedError):
            answer_mailbox.set_mailbox(by, draft(box), 1, NOW)
    with pytest.raises(ConflictError):
        answer_mailbox.set_mailbox(desk.boss, draft(box, email="lain@kota.example"), 0, NOW)
    sent = {"email": "lain@kota.example", "address": f"{box.url}/INBOX", "user": "kota", "password": "", "version": 0}
    response = client_of(desk.boss).post("/office/settings/answers/", sent)
    words = response.content.decode()
    assert (response.status_code, "jawab@kota.example" in words, "lain@kota.example" in words) == (409, True, True)


def test_the_button_asks_once_takes_nothing_and_says_what_came_of_it(desk, sink, box):
    asked(desk, person=desk.hadi)
    put(box, reply_to(mailed(sink)[0]))
    client = client_of(desk.boss)
    said = client.post("/office/settings/answers/test/", follow=True).content.decode()
    assert "Asked once" in said and "Agencies can answer by e-mail" in said
    assert not AgencyAnswer.objects.exists()
    box.users = {"kota": "lain"}
    try:
        assert "did not accept user and password" in client.post("/office/settings/answers/test/", follow=True).content.decode()
    finally:
        box.users = {"kota": "rahasia"}
    assert client.post("/office/settings/answers/remove/").status_code == 302
    assert "cannot answer by e-mail yet" in page(desk.boss, reverse("answer_mailbox"))


def test_what_lay_there_before_is_not_counted_and_another_mailbox_is_read_from_its_beginning(desk, box):
    box.folders["Lama"] = {n: letter(f"Lama {n}", "x", number=n) for n in range(1, 6)}
    answer_mailbox.set_mailbox(desk.boss, draft(box, address=f"{box.url}/Lama"), 1, NOW)
    assert seen(desk).taken == 5
    assert not UnclaimedMail.objects.exists()
    assert AnswerMailbox.objects.get().cursor == "7:5"


def test_a_change_while_a_visit_runs_is_not_overwritten_by_it(desk, box):
    put(box, letter("x", "y"))
    old = AnswerMailbox.objects.get()
    answer_mailbox.set_mailbox(desk.boss, draft(box, address=f"{box.url}/Lain"), 1, NOW)
    assert not answer_mailbox.take_one(old, "7:9", None, NOW)
    assert AnswerMailbox.objects.get().cursor == ""


def test_the_task_reads_only_offices_that_name_a_mailbox(desk, sink, box):
    found = asked(desk, person=desk.hadi)
    put(box, reply_to(mailed(sink)[0]))
    question_tasks.read_answers_of.func(desk.office.pk)
    question_tasks.read_answers_of.func(desk.guest.office_id)
    question_tasks.read_answers.func(0)
    assert again(found).state == "answered"
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'office' FROM procrastinate_jobs WHERE task_name = 'read_answers_of' AND status = 'todo'")
        assert cursor.fetchall() == [(str(desk.office.pk),)]


def test_the_pages_ask_no_more_for_more_letters(desk, sink, box, count_queries):
    found = asked(desk, issue_of(desk), desk.hadi)
    (message,) = mailed(sink)
    put(box, reply_to(message, number=1))
    put(box, reply_to(message, "Lain", number=2))
    seen(desk)
    client = client_of(desk.sari)
    client.get(f"/issues/questions/{found.pk}/")
    with count_queries() as few:
        client.get(f"/issues/questions/{found.pk}/")
    for number in range(3, 12):
        put(box, reply_to(message, f"Lain {number}", number=number))
    seen(desk)
    with count_queries() as many:
        client.get(f"/issues/questions/{found.pk}/")
    assert len(many) == len(few)
