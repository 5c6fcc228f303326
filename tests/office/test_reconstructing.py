"""One publication put together again from the record: what agrees, and that what was tampered with does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from approvals import asked, decide, people_of, sight_of
from desk import NOW
from django.db import connection
from django.urls import reverse
from screens import client_of
from statements import papers, sentences

from kentongan.office.administration import reconstructing
from kentongan.office.desk import facts, statement_publishing, statement_services
from kentongan.office.desk.facts import FactDraft
from kentongan.office.desk.models import Approval, Issue, Statement
from kentongan.testing import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper():
    return people_of(papers())


def published(paper) -> Statement:
    found = decide(paper.dewi, asked(paper))
    statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW)
    return Statement.objects.get(pk=found.pk)


def urgent(paper) -> Statement:
    found = paper.written("Jauhi tepi sungai.\nHubungi 112.", kind="chat", next_update=None)
    for one, section in zip(sentences(found), ("instruction", "contact"), strict=True):
        found = statement_services.settle_sentence(paper.desk.lina, found, one.key, section, (), found.version, NOW)
    statement_publishing.publish_in_emergency(paper.desk.sari, found, "Air naik cepat", sight_of(found), NOW)
    return Statement.objects.get(pk=found.pk)


def put_together(paper, found: Statement, now=NOW) -> reconstructing.Reconstruction:
    """The reconstruction, once the lines of this test have their places in the chain, which they get when a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    again = reconstructing.reconstruct(paper.desk.office, found.pk, now)
    assert again is not None
    return again


def wrong(paper, found: Statement, now=NOW) -> list[str]:
    return [one.words for one in put_together(paper, found, now).checks if one.ok is False]


def still_open(paper, found: Statement) -> list[str]:
    return [one.words for one in put_together(paper, found).checks if one.ok is None]


def forged(sql: str, *values: object) -> None:
    """Change what triggers guard, as the owner of the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


CHAIN = ["The chain of the record was verified beyond its last line."]


def test_what_was_approved_and_published_agrees_but_for_a_chain_nobody_verified(paper) -> None:
    found = published(paper)
    assert (wrong(paper, found), still_open(paper, found)) == ([], CHAIN)
    again = put_together(paper, found)
    acts = [row.act for row in again.lines]
    assert acts[0] == "statement.begun"
    assert acts[-1] == "statement.published"
    assert "statement.approved" in acts
    assert [row.seq for row in again.lines] == sorted(row.seq for row in again.lines)
    assert any("Harian" in rest or ": " in rest for one in again.sentences for rest in one.rests), "what sentences rest on is said in words"


def test_a_text_that_was_changed_afterwards_does_not_agree(paper) -> None:
    found = published(paper)
    forged("UPDATE desk_statementversion SET text = text || ' Aman.' WHERE statement_id = %s", found.pk)
    assert "The text is the one that was published (digest)." in wrong(paper, found)


def test_a_line_that_was_changed_since_the_chain_was_verified_does_not_agree(paper) -> None:
    found = published(paper)
    assert put_together(paper, found).lines[0].stands
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_line DISABLE TRIGGER line_stays")
        forged("UPDATE ledger_line SET actor = actor + 1 WHERE subject = %s AND act = 'statement.approved'", f"statement:{found.pk}")
        cursor.execute("ALTER TABLE ledger_line ENABLE ALWAYS TRIGGER line_stays")
    assert wrong(paper, found) == ["Every line of the record below still gives its hash."]


def test_it_asks_the_same_number_of_questions_however_much_there_is(paper, count_queries) -> None:
    found = published(paper)
    with count_queries() as few:
        put_together(paper, found)
    text = "\n".join(f"Warga RW {number} pindah ke balai kecamatan." for number in range(1, 60))
    longer = paper.written(text, kind="chat", next_update=None)
    for number in range(40):
        longer = statement_services.write(
            paper.desk.lina, longer, f"{text}\nPosko {number}.", statement_services.frame_of(longer), longer.version, NOW
        )
    forged("UPDATE desk_publication SET statement_id = %s, version_id = %s", longer.pk, longer.versions.latest("pk").pk)
    with count_queries() as many:
        again = put_together(paper, longer)
    assert (len(again.sentences), len(again.lines)) >= (60, 41)
    assert len(many) <= len(few), "but for facts and articles where nothing rests on any"


def test_an_approval_of_another_text_or_by_a_writer_does_not_agree(paper) -> None:
    found = published(paper)
    forged("UPDATE desk_approval SET text_hash = repeat('0', 64) WHERE statement_id = %s", found.pk)
    assert "What was approved is what was published (digest)." in wrong(paper, found)
    step = Approval.objects.get(statement=found).steps.get()
    forged("UPDATE desk_approvalstep SET by_id = %s WHERE id = %s", paper.desk.lina.pk, step.pk)
    assert "Nobody who approved it wrote any of it." in wrong(paper, found)


def test_what_one_person_published_agrees_once_somebody_else_reviewed_it_in_time(paper) -> None:
    found = urgent(paper)
    said = "Published by one person in an emergency; somebody else reviewed it within a day."
    assert still_open(paper, found) == [said, *CHAIN]
    assert said in wrong(paper, found, NOW + timedelta(hours=25))
    statement_publishing.review(paper.dewi, found, "sound", "Benar dan perlu", NOW + timedelta(hours=2))
    assert (wrong(paper, found), still_open(paper, found)) == ([], CHAIN)


def test_facts_are_shown_at_the_version_that_was_used_and_not_of_what_few_may_see(paper) -> None:
    draft = FactDraft("known", "Air masuk ke 42 rumah", NOW, "Rumah", "42", "Posko", grade="likely", owner=paper.desk.sari.pk)
    fact = facts.add(paper.desk.sari, paper.issue, draft, NOW)
    found = urgent(paper)
    forged("UPDATE desk_sentence SET evidence = ARRAY[%s] WHERE version_id = %s", f"fact:{fact.pk}@1", found.publication.version_id)
    facts.change(paper.desk.sari, fact, FactDraft(**{**facts.stored_of(fact), "text": "Air masuk ke 47 rumah", "figure": "47"}), 1, NOW)
    again = put_together(paper, found)
    assert again.sentences[0].rests == ["Air masuk ke 42 rumah"]
    Issue.objects.filter(pk=paper.issue.pk).update(need_to_know=True)
    again = put_together(paper, found)
    assert again.sentences[0].rests == [f"fact:{fact.pk}@1"]


def test_the_auditor_reads_it_without_a_name_and_nobody_else_does(paper, count_queries) -> None:
    found = published(paper)
    auditor = client_of(builders.make_user(paper.desk.office, "audit", "auditor"))
    assert found.publication.slug in auditor.get(reverse("published_record")).content.decode()
    with count_queries() as asked_:
        body = auditor.get(reverse("reconstruction", args=[found.pk])).content.decode()
    assert len(asked_) <= 25
    assert "Jauhi tepi sungai." in body
    assert not [name for name in (paper.desk.lina.shown, paper.dewi.shown, paper.desk.sari.shown) if f">{name}<" in body]
    assert client_of(paper.desk.lina).get(reverse("reconstruction", args=[found.pk])).status_code == 403
    stranger = client_of(builders.make_user(builders.make_office("Kota Jauh", "jauh"), "audit-jauh", "auditor"))
    assert stranger.get(reverse("reconstruction", args=[found.pk])).status_code == 404
    assert found.publication.slug not in stranger.get(reverse("published_record")).content.decode()
    assert auditor.get(reverse("reconstruction", args=[1])).status_code == 404
