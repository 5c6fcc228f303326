"""Sentences that rest on facts: what may be used, what a change of a fact stops, and where a fact says it was used."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from approvals import asked, decide, people_of, sight_of
from desk import NOW
from statements import SLOTS, papers, sentences

from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import evidence, fact_queries, facts, statement_checking, statement_publishing, statement_services
from kentongan.office.desk.facts import FactDraft
from kentongan.office.desk.facts_models import Fact
from kentongan.office.desk.models import Statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper():
    return people_of(papers())


def fact(paper, figure="42", text="Air masuk ke 42 rumah sejak pukul 05.00 WIB", **given) -> Fact:
    given = {"source": "Laporan posko", "grade": "likely", "owner": paper.desk.sari.pk, **given}
    return facts.add(paper.desk.sari, paper.issue, FactDraft("known", text, NOW, "Rumah tergenang", figure, **given), NOW)


def resting(paper, one: Fact) -> Statement:
    """A holding statement whose figure rests on a fact, and what is done on a passage."""
    found = paper.begun()
    found, _missing = statement_services.fill_in(paper.desk.lina, found, SLOTS, found.version, NOW)
    for sentence in sentences(found):
        if sentence.section in {"known", "action"}:
            proof = facts.evidence_id(one.pk, one.version) if sentence.section == "known" else paper.article()
            found = statement_services.settle_sentence(paper.desk.lina, found, sentence.key, sentence.section, (proof,), found.version, NOW)
    return found


def blocked(found: Statement, now=NOW) -> set[str]:
    return {one.code for one in statement_checking.check(found, sentences(found), now).blocking}


def used(paper, one: Fact, now=NOW) -> list[tuple[str, bool]]:
    board = fact_queries.get_board(paper.issue, now)
    return [(use.key, use.changed) for row in board.rows if row.fact.pk == one.pk for use in row.used]


def changed(paper, one: Fact, figure: str, now) -> Fact:
    return facts.change(paper.desk.sari, one, replace(FactDraft(**facts.stored_of(one)), figure=figure), one.version, now)


def test_a_sentence_may_rest_on_a_fact_and_the_fact_says_where(paper) -> None:
    one = fact(paper)
    assert evidence.get_offered(paper.issue, (), NOW)[0].id == facts.evidence_id(one.pk, 1)
    found = resting(paper, one)
    assert blocked(found) == set()
    assert used(paper, one) == [(f"statement:{found.pk}", False)]


def test_two_figures_bar_a_sentence_that_uses_either_until_one_is_settled(paper) -> None:
    one = fact(paper)
    found = resting(paper, one)
    other = fact(paper, "55", "Air masuk ke 55 rumah sejak pukul 05.00 WIB")
    assert "fact.unsupported" in blocked(found)
    with pytest.raises(RefusedError):
        asked(paper, found)
    with pytest.raises(InputError):
        proof = (facts.evidence_id(other.pk, 1),)
        known = next(sentence for sentence in sentences(found) if sentence.section == "action")
        statement_services.settle_sentence(paper.desk.lina, found, known.key, "action", proof, found.version, NOW)
    seen = [(one.pk, 1), (other.pk, 1)]
    facts.settle(paper.desk.sari, paper.issue, "Rumah tergenang", one.pk, seen, "Dihitung ulang di tempat", NOW)
    assert blocked(found) == set()


def test_a_fact_that_changes_between_approval_and_publication_stops_it_and_says_why(paper) -> None:
    one = fact(paper)
    found = decide(paper.dewi, asked(paper, resting(paper, one)))
    changed(paper, one, "47", NOW + timedelta(minutes=1))
    with pytest.raises(RefusedError, match="has changed or is gone since it was approved"):
        statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW + timedelta(minutes=2))
    assert Statement.objects.get(pk=found.pk).state == "approved"
    assert used(paper, one) == [(f"statement:{found.pk}", True)]


def test_a_fact_that_expired_or_was_withdrawn_carries_nothing(paper) -> None:
    soon = fact(paper, expires=NOW + timedelta(minutes=30))
    found = resting(paper, soon)
    assert blocked(found) == set()
    assert "fact.unsupported" in blocked(found, NOW + timedelta(hours=1))
    facts.withdraw(paper.desk.sari, soon, "Salah hitung di posko", 1, NOW)
    assert "fact.unsupported" in blocked(found)


def test_what_is_not_known_or_assumed_is_not_offered_and_a_fact_of_another_issue_is_refused(paper) -> None:
    draft = FactDraft("unknown", "Berapa rumah rusak", NOW, owner=paper.desk.sari.pk)
    facts.add(paper.desk.sari, paper.issue, draft, NOW)
    assert not [one for one in evidence.get_offered(paper.issue, (), NOW) if one.id.startswith("fact:")]
    other = paper.desk.opened("Listrik padam di utara", lead=paper.desk.sari.pk)
    draft = FactDraft("known", "Listrik padam", NOW, source="PLN", grade="likely", owner=paper.desk.sari.pk)
    away = facts.add(paper.desk.sari, other, draft, NOW)
    found = resting(paper, fact(paper))
    sentence = sentences(found)[0]
    with pytest.raises(InputError):
        proof = (facts.evidence_id(away.pk, 1),)
        statement_services.settle_sentence(paper.desk.lina, found, sentence.key, sentence.section, proof, found.version, NOW)


def test_a_sentence_that_goes_takes_its_use_with_it(paper) -> None:
    one = fact(paper)
    found = resting(paper, one)
    frame = statement_services.frame_of(found)
    statement_services.write(paper.desk.lina, found, "Jauhi tepi sungai.", frame, found.version, NOW)
    assert used(paper, one) == []
