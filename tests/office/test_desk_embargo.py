"""At the end of an embargo what was published is compared once more: opened where nothing changed, else stopped, said and begun again."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from approvals import asked, decide, people_of, sight_of, sound
from desk import NOW, draft, page
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from mailing import made_sink, sent_by
from screens import STILL, client_of
from statements import SLOTS, detail, lines, papers, sentences

from kentongan.errors import RefusedError
from kentongan.office.desk import facts, statement_approval, statement_embargo, statement_publishing, statement_services, statement_tasks
from kentongan.office.desk.embargo_models import EmbargoEnd
from kentongan.office.desk.models import Publication, Statement
from kentongan.office.ledger.models import Line
from kentongan.office.listening.models import Article
from kentongan.office.newsroom import queries
from kentongan.office.people import scope

MOMENT = NOW + timedelta(hours=2)
TITLE = "Air naik di Rawa Kenari"


@pytest.fixture(scope="module")
def mail_server(serve_mail):
    return made_sink(serve_mail)


@pytest.fixture
def sink(mail_server, settings):
    return mail_server.ready(settings)


@pytest.fixture
def room(db, settings, sink):
    settings.CLOCK = STILL
    return furnished()


def furnished():
    found = people_of(papers())
    for one in (found.desk.sari, found.dewi, found.desk.lina):
        one.email = f"{one.username}@kota.example"
        one.save()
    return found


def on_a_fact(room):
    """A statement one of whose sentences rests on a fact; with that fact."""
    fact = facts.add(room.desk.sari, room.issue, draft(SLOTS["known"]), NOW)
    found = sound(room)
    known = next(one for one in sentences(found) if one.section == "known")
    proofs = (f"fact:{fact.pk}@{fact.version}",)
    return statement_services.settle_sentence(room.desk.lina, found, known.key, "known", proofs, found.version, NOW), fact


def held(room, found=None, moment=MOMENT):
    found = decide(room.dewi, asked(room, found))
    return statement_publishing.publish(room.desk.sari, found, sight_of(found), NOW, moment)


def ended(room, at=MOMENT):
    with scope.scope(room.desk.office.pk):
        return statement_embargo.end_due(room.desk.office, at)


def state_of(made):
    return Statement.objects.get(pk=made.statement_id).state


def read_by_all(made, at=MOMENT):
    return queries.get_public(made.office, at).filter(pk=made.pk).exists()


def change_passage(room):
    Article.objects.filter(pk=room.article().partition(":")[2]).update(text="Kini lain isinya.")


def test_where_nothing_changed_it_is_opened_at_its_moment_and_not_before(room):
    made = held(room)
    assert ended(room, MOMENT - timedelta(seconds=1)) == (0, 0)
    assert not read_by_all(made, MOMENT + timedelta(hours=1)), "closed until it was compared, however late that is"
    assert ended(room) == (1, 0)
    assert read_by_all(made)
    assert ended(room) == (0, 0)
    found = made.statement
    assert detail(found, "statement.opened") == {"number": made.version.number, "text_hash": made.text_hash}
    assert lines(found).count("statement.opened") == 1


def test_a_fact_that_changed_stops_it_and_the_page_says_which_sentence_and_leads_to_the_fact(room, sink):
    found, fact = on_a_fact(room)
    made = held(room, found)
    sent_by(sink)
    facts.change(room.desk.sari, fact, draft("Air masuk ke 24 rumah"), fact.version, NOW + timedelta(hours=1))
    assert ended(room) == (0, 1)
    assert (state_of(made), read_by_all(made, MOMENT + timedelta(days=1))) == ("withdrawn", False)
    proof = f"fact:{fact.pk}@{fact.version}"
    assert detail(found, "statement.stopped") == {
        "number": made.version.number, "text_hash": made.text_hash, "why": "evidence", "changed": [proof],
    }  # fmt: skip
    shown = page(room.desk.sari, reverse("publication", args=[found.pk]))
    assert "Stopped at the end of its embargo" in shown
    assert "Air masuk ke 42 rumah sejak pukul 05.00 WIB." in shown
    assert reverse("fact", args=[room.issue.pk, fact.pk]) in shown
    assert reverse("news_item", args=[room.desk.office.slug, made.slug]) not in shown
    assert Client().get(reverse("news_item", args=[room.desk.office.slug, made.slug])).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        lambda room, fact: facts.withdraw(room.desk.sari, fact, "ternyata salah hitung", fact.version, NOW + timedelta(minutes=5)),
        lambda room, fact: facts.add(
            room.desk.sari, room.issue, draft("Air masuk ke 50 rumah", figure="50", agency=room.desk.water.pk), NOW + timedelta(minutes=5)
        ),
    ],
    ids=["withdrawn", "another figure"],
)
def test_a_fact_that_may_not_be_used_any_more_stops_it_too(room, change):
    fact = facts.add(room.desk.sari, room.issue, draft(SLOTS["known"], figure="42", agency=room.desk.health.pk), NOW)
    found = sound(room)
    known = next(one for one in sentences(found) if one.section == "known")
    proofs = (f"fact:{fact.pk}@{fact.version}",)
    made = held(room, statement_services.settle_sentence(room.desk.lina, found, known.key, "known", proofs, found.version, NOW))
    change(room, fact)
    assert ended(room) == (0, 1)
    assert not read_by_all(made)


def test_a_fact_that_expires_before_the_moment_stops_it(room):
    fact = facts.add(room.desk.sari, room.issue, draft(SLOTS["known"], expires=NOW + timedelta(hours=1)), NOW)
    found = sound(room)
    known = next(one for one in sentences(found) if one.section == "known")
    proofs = (f"fact:{fact.pk}@{fact.version}",)
    held(room, statement_services.settle_sentence(room.desk.lina, found, known.key, "known", proofs, found.version, NOW))
    assert ended(room) == (0, 1)


def test_a_passage_that_changed_or_is_gone_stops_it(room):
    made = held(room)
    change_passage(room)
    assert ended(room) == (0, 1)
    assert "A passage it rests on was changed or is gone" in page(room.desk.sari, reverse("publication", args=[made.statement_id]))


def test_a_rule_that_is_not_kept_any_more_stops_it(room):
    """Background work stood still until the promised next update was over."""
    made = held(room)
    assert ended(room, NOW + timedelta(hours=4)) == (0, 1)
    assert EmbargoEnd.objects.get().why == "findings"
    assert "A rule that every statement keeps" in page(room.desk.sari, reverse("publication", args=[made.statement_id]))


def test_whoever_published_and_whoever_approved_are_told_once(room, sink):
    held(room)
    sent_by(sink)
    change_passage(room)
    ended(room)
    ended(room, MOMENT + timedelta(minutes=1))
    told = sent_by(sink)
    assert sorted(to for to, _, _ in told) == ["dewi@kota.example", "sari@kota.example"]
    assert all("changed before its moment" in subject or "berubah" in subject for _, subject, _ in told)
    assert all(TITLE in text and "/publication/" in text for _, _, text in told)


def test_of_an_issue_that_few_may_see_the_message_says_no_word(room, sink):
    held(room)
    sent_by(sink)
    room.issue.need_to_know = True
    room.issue.save()
    change_passage(room)
    ended(room)
    assert TITLE not in " ".join(subject + text for _, subject, text in sent_by(sink))


def test_readers_by_e_mail_and_programs_never_hear_of_what_was_stopped(room):
    from kentongan.office.api import events
    from kentongan.office.newsroom import mailing

    held(room)
    change_passage(room)
    ended(room)
    assert mailing.begin_due(room.desk.office, MOMENT + timedelta(minutes=1)) == 0
    assert list(events._publications(room.desk.office.pk, MOMENT - timedelta(minutes=1))) == []


def test_it_is_begun_again_once_approved_and_published_by_name(room):
    found, fact = on_a_fact(room)
    made = held(room, found)
    facts.change(room.desk.sari, fact, draft("Air masuk ke 24 rumah"), fact.version, NOW + timedelta(hours=1))
    ended(room)
    client = client_of(room.desk.lina)
    where = client.post(reverse("begin_statement_again", args=[found.pk]))
    again = Statement.objects.get(restarts=found)
    assert where["Location"] == reverse("write_statement", args=[again.pk])
    assert [one.text for one in sentences(again)] == [one.text for one in sentences(found)]
    with pytest.raises(RefusedError, match="begun again already"):
        statement_embargo.begin_again(room.desk.lina, found, MOMENT)
    assert reverse("statement", args=[again.pk]) in page(room.desk.sari, reverse("publication", args=[found.pk]))
    known = next(one for one in sentences(again) if one.section == "known")
    now_there = (room.article(),)
    again = statement_services.settle_sentence(room.desk.lina, again, known.key, "known", now_there, again.version, NOW)
    later = decide(room.dewi, asked(room, again))
    out = statement_publishing.publish(room.desk.sari, later, sight_of(later), NOW)
    assert read_by_all(out, NOW)
    assert (out.slug != made.slug, Publication.objects.count()) == (True, 2)


def test_only_what_was_stopped_is_begun_again_and_only_by_who_writes(room):
    made = held(room)
    with pytest.raises(RefusedError, match="Only what was stopped"):
        statement_embargo.begin_again(room.desk.lina, made.statement, NOW)
    change_passage(room)
    ended(room)
    with pytest.raises(RefusedError, match="role"):
        statement_embargo.begin_again(room.desk.reader, made.statement, NOW)


def test_what_was_withdrawn_meanwhile_ends_in_nothing(room):
    made = held(room)
    found = Statement.objects.get(pk=made.statement_id)
    statement_approval.withdraw(room.desk.sari, found, "Ternyata keliru", found.version, NOW + timedelta(hours=1))
    assert ended(room) == (0, 0)
    assert not EmbargoEnd.objects.exists()
    assert "Stopped" not in page(room.desk.sari, reverse("publication", args=[found.pk]))


def test_the_database_lets_no_embargo_end_before_its_moment_twice_or_otherwise_later(room):
    made = held(room)
    row = {"office": made.office, "publication": made}
    for fields in ({"at": MOMENT - timedelta(seconds=1)}, {"at": MOMENT, "why": "evidence"}, {"at": MOMENT, "changed": ["fact:1@1"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            EmbargoEnd.objects.create(**row, **fields)
    EmbargoEnd.objects.create(**row, at=MOMENT)
    for act in (lambda: EmbargoEnd.objects.create(**row, at=MOMENT), lambda: EmbargoEnd.objects.update(why="text")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


@pytest.mark.django_db(transaction=True)
def test_of_a_withdrawal_and_the_end_at_the_same_moment_one_holds(settings, sink):
    settings.CLOCK = STILL
    room = furnished()
    made = held(room)
    found, gate, said = Statement.objects.get(pk=made.statement_id), threading.Barrier(3), []

    def run(do):
        try:
            gate.wait(timeout=30)
            said.append(do())
        except RefusedError:
            said.append(None)
        finally:
            connection.close()

    acts = [
        lambda: statement_embargo.end(made.pk, MOMENT),
        lambda: statement_embargo.end(made.pk, MOMENT),
        lambda: statement_approval.withdraw(room.desk.sari, found, "Ternyata keliru", found.version, MOMENT),
    ]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert EmbargoEnd.objects.count() <= 1
    assert state_of(made) == "withdrawn"
    assert lines(found).count("statement.opened") == EmbargoEnd.objects.count()


def test_its_end_is_planned_for_its_moment_and_found_again_where_that_was_lost(room, settings):
    made = held(room)

    def planned():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT args, scheduled_at IS NULL FROM procrastinate_jobs WHERE task_name = 'end_embargoes' AND status = 'todo'"
            )
            return [(args if isinstance(args, dict) else json.loads(args), at_once) for args, at_once in cursor.fetchall()]

    office = {"office": room.desk.office.pk}
    assert planned() == [(office, False)]
    statement_tasks.mind_embargoes.func(0)
    assert planned() == [(office, False)], "its moment has not come"
    settings.CLOCK = type(STILL)(MOMENT, MOMENT, 0)
    statement_tasks.mind_embargoes.func(0)
    assert (office, True) in planned()
    statement_tasks.end_embargoes.func(room.desk.office.pk)
    assert read_by_all(made)


def test_the_page_says_when_it_appears_and_the_line_holds_no_word(room):
    made = held(room)
    shown = page(room.desk.sari, reverse("publication", args=[made.statement_id]))
    assert "nobody outside reads it before" in shown
    change_passage(room)
    ended(room)
    detail_text = " ".join(Line.objects.filter(act="statement.stopped").values_list("detail", flat=True))
    assert "rumah" not in detail_text
