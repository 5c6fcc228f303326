"""What else the auditor reads of one publication: deletions, moved terms, facts with their history, versions one against the other; and the
file that holds all of it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of, sound
from desk import NOW, draft
from screens import client_of
from statements import papers, sentences
from test_reconstructing import published, put_together

from kentongan.errors import InputError
from kentongan.office.administration import reconstructing_drafts, reconstructing_export
from kentongan.office.administration.reconstructing_drafts import Draft, Kept
from kentongan.office.desk import facts, history, questions, services, statement_publishing, statement_services
from kentongan.office.desk.facts import FactDraft
from kentongan.office.desk.models import Issue, IssueLink, Publication, Statement
from kentongan.office.desk.questions import QuestionDraft
from kentongan.office.desk.services import IssueDraft
from kentongan.office.ledger import services as ledger
from kentongan.office.ledger.models import Line
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def paper():
    return people_of(papers())


@pytest.fixture
def auditor(paper):
    client = client_of(paper.desk.auditor)
    client.cookies["django_language"] = "en"
    return client


def now_of(issue):
    return Issue.objects.get(pk=issue.pk)


def due(paper, moment, note=""):
    issue = now_of(paper.issue)
    given = {**services.stored_of(issue), "due": moment, "due_note": note}
    return services.change_issue(paper.desk.sari, issue, IssueDraft(**given), issue.version, NOW)


def rested(paper, fact):
    """A published statement whose sentence of what is known rests on the fact."""
    found = sound(paper)
    one = next(one for one in sentences(found) if one.section == "known")
    proofs = (*one.evidence, f"fact:{fact.pk}@{fact.version}")
    found = statement_services.settle_sentence(paper.desk.lina, found, one.key, "known", proofs, found.version, NOW)
    found = decide(paper.dewi, asked(paper, found))
    statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW)
    return Statement.objects.get(pk=found.pk)


def acts(rows):
    return [row.act for row in rows]


def said(rows, act):
    return [json.loads(row.detail) for row in rows if row.act == act]


# Terms that moved


def test_a_term_that_moved_stands_with_what_was_due_before_and_after_whoever_moved_it(paper, auditor):
    first = now_of(paper.issue).due
    due(paper, NOW + 3 * HOUR, "Hasil uji")
    issue = due(paper, None)
    issue = services.set_level(paper.desk.sari, issue, "crisis", "air naik cepat", issue.version, NOW)
    services.move(paper.desk.sari, issue, "watch", issue.version, NOW, reason="tunggu", until=NOW + 5 * HOUR)
    found = published(paper)
    lines = put_together(paper, found).lines
    moved = [one["due"] for act in ("issue.changed", "issue.level_set", "issue.watched") for one in said(lines, act)]
    terms = [first, NOW + 3 * HOUR, None, NOW + HOUR, NOW + 5 * HOUR]
    told = [one.isoformat() if one else None for one in terms]
    assert moved == [list(pair) for pair in pairwise(told)]
    page = auditor.get(reverse("reconstruction", args=[found.pk])).content.decode()
    assert "due: nothing → " in page and " → nothing" in page


def test_a_change_of_an_issue_that_moves_no_term_is_not_shown_and_its_line_says_no_term(paper):
    issue = now_of(paper.issue)
    services.change_issue(paper.desk.sari, issue, IssueDraft(**{**services.stored_of(issue), "summary": "Air naik."}), issue.version, NOW)
    found = published(paper)
    told = [one for one in said(put_together(paper, found).lines, "issue.changed") if one["fields"] != ["due"]]
    assert told == []
    assert "due" not in json.loads(Line.objects.filter(act="issue.changed").order_by("id")[0].detail)


def test_more_time_for_an_agency_is_a_term_that_moved_and_the_history_says_it_in_words(paper):
    issue = now_of(paper.issue)
    given = {**services.stored_of(issue), "agency": paper.desk.health.pk}
    issue = services.change_issue(paper.desk.sari, issue, IssueDraft(**given), issue.version, NOW)
    asked_ = questions.ask(paper.desk.sari, issue, QuestionDraft(paper.desk.health.pk, "Apa hasil uji air?", NOW + HOUR), NOW)
    questions.prolong(paper.desk.sari, asked_, NOW + 4 * HOUR, asked_.version, NOW)
    found = published(paper)
    (line,) = said(put_together(paper, found).lines, "question.prolonged")
    assert line["due"] == [(NOW + HOUR).isoformat(), (NOW + 4 * HOUR).isoformat()]
    words = next(one.words for one in history.history_of(paper.desk.sari, now_of(issue), []) if one.act == "question.prolonged")
    assert words.startswith("A question got more time. Due ") and "before that" in words


def test_what_was_decided_after_the_publication_is_not_among_what_led_to_it(paper):
    found = published(paper)
    issue = now_of(paper.issue)
    services.set_level(paper.desk.sari, issue, "crisis", "air naik lagi", issue.version, NOW + HOUR)
    assert "issue.level_set" not in acts(put_together(paper, found).lines)


# Issues that became one


def test_decisions_about_issues_it_is_one_with_are_shown_and_of_others_not(paper):
    desk = paper.desk
    part, other = desk.opened("Air naik di Pasar Lama", lead=desk.sari.pk), desk.opened("Lampu padam")
    for one in (part, other):
        services.set_level(desk.sari, one, "low", "hanya satu laporan", one.version, NOW)
    part = now_of(part)
    services.merge(desk.sari, part, now_of(paper.issue), "satu kejadian", part.version, NOW)
    lines = put_together(paper, published(paper)).lines
    about = {row.subject for row in lines if row.act in {"issue.level_set", "issue.merged"}}
    assert about == {f"issue:{part.pk}"}
    assert {"issue.level_set", "issue.merged"} <= set(acts(lines))


def test_a_statement_of_a_part_shows_decisions_about_the_whole(paper):
    desk, found = paper.desk, published(paper)
    whole = desk.opened("Banjir kota", lead=desk.sari.pk)
    whole = services.set_level(desk.sari, whole, "crisis", "seluruh kota", whole.version, NOW)
    issue = now_of(paper.issue)
    services.merge(desk.sari, issue, now_of(whole), "satu kejadian", issue.version, NOW)
    assert f"issue:{whole.pk}" in {row.subject for row in put_together(paper, found).lines}


# Facts


def test_a_fact_stands_with_number_version_source_and_grade_and_every_line_of_its_history(paper, auditor):
    fact = facts.add(paper.desk.sari, paper.issue, draft("Air masuk ke 42 rumah", figure="42"), NOW)
    other = facts.add(paper.desk.sari, paper.issue, draft("Listrik padam", about=""), NOW)
    found = rested(paper, fact)
    later = NOW + HOUR
    changed = {**facts.stored_of(fact), "text": "Air masuk ke 47 rumah", "figure": "47"}
    fact = facts.change(paper.desk.sari, fact, FactDraft(**changed), 1, later)
    facts.change(paper.desk.sari, other, FactDraft(**{**facts.stored_of(other), "text": "Listrik menyala"}), 1, later)
    again = put_together(paper, found)
    (known,) = again.facts
    assert (known.fact_id, known.version, known.newest, known.grade, known.source) == (fact.pk, 1, 2, "likely", "Laporan lapangan BPBD")
    assert [one["fact"] for one in (*said(again.lines, "fact.added"), *said(again.lines, "fact.changed"))] == [fact.pk, fact.pk]
    page = auditor.get(reverse("reconstruction", args=[found.pk])).content.decode()
    for words in (f"fact {fact.pk}, version 1", "now 2", "Likely", "Laporan lapangan BPBD", "Air masuk ke 42 rumah"):
        assert words in page


def test_of_an_issue_that_few_may_see_no_word_of_a_fact_leaves(paper, auditor):
    found = rested(paper, facts.add(paper.desk.sari, paper.issue, draft("Air masuk ke 42 rumah", figure="42"), NOW))
    Issue.objects.filter(pk=paper.issue.pk).update(need_to_know=True)
    again = put_together(paper, found)
    assert reconstructing_export.shape_of(again)["facts"] == []
    for path in ("reconstruction", "export_reconstruction_json", "export_reconstruction_csv"):
        assert "BPBD</" not in auditor.get(reverse(path, args=[found.pk])).content.decode()
    assert "Laporan lapangan" not in json.dumps(reconstructing_export.shape_of(again), default=str)


# Deletions


def test_what_was_withdrawn_unlinked_or_kept_no_longer_is_shown_as_deleted(paper, auditor):
    desk = paper.desk
    fact = facts.add(desk.sari, paper.issue, draft("Listrik padam", about=""), NOW)
    found = published(paper)
    assert put_together(paper, found).deleted == []
    assert "Nothing was withdrawn" in auditor.get(reverse("reconstruction", args=[found.pk])).content.decode()
    facts.withdraw(desk.sari, fact, "keliru", 1, NOW + HOUR)
    link = services.link(desk.sari, paper.issue, "address", "https://kota.example/1", NOW)
    services.unlink(desk.sari, paper.issue, link.pk, NOW + HOUR)
    assert not IssueLink.objects.filter(pk=link.pk).exists()
    for office, when in ((desk.office.pk, NOW - HOUR), (desk.office.pk, NOW + HOUR), (desk.guest.office_id, NOW + HOUR)):
        with transaction.atomic():
            ledger.write("retention.run", office=office, actor=None, at=when, subject="retention", detail={"articles": 3})
    again = put_together(paper, found)
    assert acts(again.deleted) == ["fact.withdrawn", "issue.unlinked", "retention.run"]
    page = auditor.get(reverse("reconstruction", args=[found.pk])).content.decode()
    assert page.index("Link of an issue removed") < page.index("Kept no longer than promised") < page.index("What the record says")


# Versions


def test_each_sentence_names_the_version_and_the_person_who_wrote_it_as_it_stands(paper):
    desk, found = paper.desk, sound(paper)
    first = next(one for one in sentences(found) if one.section == "instruction")
    text = "\n".join(one.text for one in sentences(found)).replace(first.text, "Jauhi tepi sungai dan jembatan.")
    found = statement_services.write(desk.joko, found, text, statement_services.frame_of(found), found.version, NOW)
    found = decide(paper.dewi, asked(paper, found))
    statement_publishing.publish(desk.sari, found, sight_of(found), NOW)
    again = put_together(paper, found)
    by = {one.sentence.text: (one.draft.number, one.draft.by, one.draft.role) for one in again.sentences}
    last = again.made.version.number
    assert by.pop("Jauhi tepi sungai dan jembatan.") == (last, desk.joko.pk, "officer")
    assert set(by.values()) == {(1, desk.lina.pk, "drafter")}
    assert [one.number for one in again.drafts.rows] == list(range(last, 0, -1))
    latest = again.drafts.rows[0]
    assert (latest.new, latest.changed, latest.gone) == (0, 1, 0)


def test_a_version_shows_sentence_by_sentence_what_changed_with_sign_word_and_origin(paper, auditor):
    found = sound(paper)
    lines = [one.text for one in sentences(found)]
    text = "\n".join([*lines[:-1], "Perahu karet siap di balai kota."]).replace("42 rumah", "47 rumah")
    found = statement_services.write(paper.desk.lina, found, text, statement_services.frame_of(found), found.version, NOW)
    by = {one.change.kind: one for one in compared(paper, found, found.versions.latest("number").number)}
    assert set(by) >= {"same", "changed", "new"}
    assert "".join(piece.text for piece in by["changed"].change.pieces if piece.mark == "new") == "47"
    assert (by["same"].origin, by["new"].origin) == ("template", "human")


def compared(paper, found, number):
    """As `get_compared`, of a statement as if its last version had been published."""
    last = found.versions.latest("number")
    made = Publication(office=paper.desk.office, statement=found, version=last)
    return reconstructing_drafts.get_compared(made, number)[2]


def test_the_page_of_a_version_is_reached_from_the_publication_and_names_nobody(paper, auditor, count_queries):
    found = published(paper)
    page = auditor.get(reverse("reconstruction", args=[found.pk])).content.decode()
    last = found.publication.version.number
    address = reverse("reconstruction_version", args=[found.pk, last])
    assert address in page and reverse("reconstruction_version", args=[found.pk, 1]) in page
    with count_queries() as asked_:
        body = auditor.get(address).content.decode()
    assert len(asked_) <= 20
    assert "from-template" in body and "From the template" in body and "as before" in body
    assert f"no. {paper.desk.lina.pk}, Drafter" in body, "by number and role"
    assert not [name for name in ("Lina", "Dewi", "Sari") if f">{name}<" in body or f"{name}," in body]
    first = auditor.get(reverse("reconstruction_version", args=[found.pk, 1])).content.decode()
    assert "<ins>" in first and "+</b> new" in first
    for number in (0, last + 1):
        assert auditor.get(f"/record/published/{found.pk}/versions/{number}/").status_code == 404
    assert client_of(paper.desk.lina).get(address).status_code == 403


def test_of_an_issue_that_few_may_see_a_version_shows_in_words_only_what_was_published(paper):
    found = sound(paper)
    lines = [one.text for one in sentences(found)]
    secret = "Sumber kami di gudang menyebut kebocoran."
    found = statement_services.write(
        paper.desk.lina, found, "\n".join([*lines, secret]), statement_services.frame_of(found), found.version, NOW
    )
    middle = found.versions.latest("number").number
    found = statement_services.write(paper.desk.lina, found, "\n".join(lines), statement_services.frame_of(found), found.version, NOW)
    Issue.objects.filter(pk=paper.issue.pk).update(need_to_know=True)
    found = Statement.objects.get(pk=found.pk)
    for number in (middle, middle + 1):
        shown = ["".join(piece.text for piece in one.change.pieces) for one in compared(paper, found, number)]
        assert not [one for one in shown if "gudang" in one]
        assert [one for one in shown if "Jauhi" in one]
        assert [one for one in shown if one.endswith("…")], "known by its key and digest"


KEPT = st.lists(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("123")), max_size=5, unique_by=lambda one: one[0]), max_size=8)


@given(KEPT, st.booleans())
@settings(deadline=None)
def test_a_sentence_belongs_to_the_latest_version_in_which_it_became_what_it_is(versions, more):
    drafts = [(Draft(n, NOW, n), [Kept(*one) for one in rows]) for n, rows in enumerate(versions, 1)]
    found = reconstructing_drafts.told(drafts, more)
    assert [one.number for one in found.rows] == list(range(len(versions), 1 if more else 0, -1))
    whole = [dict(rows) for rows in versions]
    for key, digest in whole[-1].items() if whole else ():
        first = len(whole)
        while first > 1 and whole[first - 2].get(key) == digest:
            first -= 1
        known = found.since.get(key)
        assert (known.number if known else None) == (None if more and first == 1 else first)
    for one in found.rows:
        before, after = whole[one.number - 2] if one.number > 1 else {}, whole[one.number - 1]
        assert len(after) == len(before) + one.new - one.gone
        assert one.changed == sum(before[key] != after[key] for key in before.keys() & after.keys())


# The file


def test_the_file_holds_the_whole_of_it_without_a_name_and_the_record_has_its_digest(paper, auditor):
    fact = facts.add(paper.desk.sari, paper.issue, draft("Air masuk ke 42 rumah", figure="42"), NOW)
    found = rested(paper, fact)
    again = put_together(paper, found)
    answer = auditor.get(reverse("export_reconstruction_json", args=[found.pk]))
    whole = json.loads(answer.content)
    assert whole == json.loads(json.dumps(reconstructing_export.shape_of(again), default=lambda one: one.isoformat()))
    assert set(whole) == {"publication", "whole", "wrong", "checks", "sentences", "facts", "versions", "lines", "runs"}
    assert [one["fact"] for one in whole["facts"]] == [fact.pk]
    assert "attachment" in answer["Content-Disposition"] and answer["Content-Type"] == "application/json"
    assert not [name for name in ("Sari", "Lina", "Dewi", "sari", "lina", "dewi") if f'"{name}"' in answer.content.decode()]
    line = Line.objects.filter(act="ledger.exported").latest("id")
    told = {"form": "json", "narrowed": {"subject": f"statement:{found.pk}"}, "digest": hashlib.sha256(answer.content).hexdigest()}
    assert (line.actor, json.loads(line.detail)) == (paper.desk.auditor.pk, told)
    table = auditor.get(reverse("export_reconstruction_csv", args=[found.pk])).content
    rows = list(csv.DictReader(io.StringIO(table.decode())))
    assert [int(row["seq"]) for row in rows] == [row.seq for row in again.lines]
    assert json.loads(Line.objects.filter(act="ledger.exported").latest("id").detail)["digest"] == hashlib.sha256(table).hexdigest()


def test_a_file_of_another_form_or_for_nobody_who_audits_is_refused(paper):
    found = published(paper)
    again = put_together(paper, found)
    with pytest.raises(InputError):
        reconstructing_export.exported(paper.desk.auditor, again, "xlsx", NOW)
    assert client_of(paper.desk.sari).get(reverse("export_reconstruction_json", args=[found.pk])).status_code == 403
    stranger = client_of(builders.make_user(builders.make_office("Kota Jauh", "jauh"), "audit-jauh", "auditor"))
    assert stranger.get(reverse("export_reconstruction_csv", args=[found.pk])).status_code == 404
    assert not Line.objects.filter(act="ledger.exported").exists()


def test_terms_facts_and_deletions_cost_no_further_question_however_many_there_are(paper, count_queries):
    fact = facts.add(paper.desk.sari, paper.issue, draft("Air masuk ke 42 rumah", figure="42"), NOW)
    found = rested(paper, fact)
    with count_queries() as few:
        put_together(paper, found)
    for n in range(1, 12):
        due(paper, NOW + n * HOUR, f"ke-{n}")
        extra = facts.add(paper.desk.sari, paper.issue, draft(f"Jalan {n} tutup", about=""), NOW)
        facts.withdraw(paper.desk.sari, extra, "sudah dibuka", 1, NOW)
        part = paper.desk.opened(f"Air naik {n}", lead=paper.desk.sari.pk)
        services.merge(paper.desk.sari, part, now_of(paper.issue), "satu kejadian", part.version, NOW)
        with transaction.atomic():
            ledger.write("retention.run", office=paper.desk.office.pk, actor=None, at=NOW, subject="retention", detail={})
    with count_queries() as many:
        again = put_together(paper, found)
    assert len(again.deleted) == 22
    assert len(many) == len(few)
