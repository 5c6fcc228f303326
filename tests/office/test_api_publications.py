"""Publications by program, and put together again for the auditor's programs: read only, and what few may see is not there."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of, sound
from desk import NOW
from screens import STILL, client_of
from statements import papers, sentences
from test_api import Program, refused, token_for

from kentongan.config import Config
from kentongan.office.administration import reconstructing
from kentongan.office.api.doors import operations
from kentongan.office.desk import services, statement_approval, statement_correcting, statement_publishing, statement_services
from kentongan.office.desk.models import Publication, Statement
from kentongan.office.ledger.models import Line

HOUR = timedelta(hours=1)


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 100_000}, settings.CONFIG.origins)
    return people_of(papers())


@pytest.fixture
def lina(paper):
    return Program(token_for(paper.desk.lina))


@pytest.fixture
def auditor(paper):
    return Program(token_for(paper.desk.auditor, ["audit"]))


def published(paper, found=None, now=NOW):
    found = decide(paper.dewi, asked(paper, found), now=now)
    statement_publishing.publish(paper.desk.sari, found, sight_of(found), now)
    return Statement.objects.get(pk=found.pk)


def urgent(paper, now=NOW, issue=None, by=None):
    found = paper.written("Jauhi tepi sungai.\nHubungi 112.", kind="chat", next_update=None, issue=issue)
    for one, section in zip(sentences(found), ("instruction", "contact"), strict=True):
        found = statement_services.settle_sentence(paper.desk.lina, found, one.key, section, (), found.version, now)
    statement_publishing.publish_in_emergency(by or paper.desk.sari, found, "Air naik cepat", sight_of(found), now)
    return Statement.objects.get(pk=found.pk)


def corrected(paper, found, now=NOW):
    """What takes its place."""
    made = statement_correcting.begin_correction(paper.desk.lina, found, "Jumlah rumah salah, yang benar 47.", now)
    return published(paper, made, now)


def linked():
    """The lines of this test get their places in the chain."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


# Publications


def test_what_was_published_comes_with_its_hash_and_where_everybody_reads_it(paper, lina):
    found = published(paper)
    page = lina.get("publications").json()
    (row,) = page["rows"]
    made = Publication.objects.get()
    assert (row["statement"], row["issue"], row["number"], row["text_hash"], row["by"], row["state"]) == (
        found.pk, paper.issue.pk, made.version.number, made.text_hash, "Sari", "published",
    )  # fmt: skip
    for address in (row["address"], page["newsroom"]):
        assert (
            client_of(None).get(address.partition("//")[2].partition("/")[1] + address.partition("//")[2].partition("/")[2]).status_code
            == 200
        )
    said = lina.get(f"publications/{found.pk}").json()
    assert (said["publication"], said["text"], said["mark"], said["corrected_by"]) == (row, made.version.text, "", None)
    assert {one["reviewer"] for one in said["sentences"]} == {"Dewi"}
    assert said["texts"][0]["text_hash"] == made.text_hash
    assert not {"digest", "evidence_digests"} & set(said)


def test_a_correction_and_what_it_corrects_lead_to_each_other_each_with_its_mark(paper, lina):
    old = published(paper)
    new = corrected(paper, old, NOW + HOUR)
    rows = {row["statement"]: row for row in lina.get("publications").json()["rows"]}
    assert (rows[old.pk]["state"], rows[new.pk]["corrects"], rows[new.pk]["wrong"]) == (
        "corrected", old.pk, "Jumlah rumah salah, yang benar 47.",
    )  # fmt: skip
    was, now = (lina.get(f"publications/{one.pk}").json() for one in (old, new))
    assert (was["corrected_by"], now["corrected_by"]) == (new.pk, None)
    assert "yang benar 47" in was["mark"] and was["mark"].startswith("Corrected on")
    assert now["mark"].startswith("Corrects what was published")
    statement_approval.withdraw(paper.desk.sari, new, "tidak berlaku lagi", new.version, NOW + HOUR)
    said = lina.get(f"publications/{new.pk}").json()
    assert (said["publication"]["state"], said["mark"][:9]) == ("withdrawn", "Withdrawn")


def test_what_one_person_published_says_until_when_it_is_reviewed_and_a_note_to_the_leader_has_no_public_address(paper, lina):
    found = urgent(paper)
    (row,) = lina.get("publications").json()["rows"]
    assert (row["review"], row["reviewed_by"], row["review_due"][:10]) == ("", None, (NOW + timedelta(days=1)).date().isoformat())
    statement_publishing.review(paper.dewi, found, "sound", "Benar dan perlu", NOW + HOUR)
    Statement.objects.filter(pk=found.pk).update(kind="leader_note")
    (row,) = lina.get("publications").json()["rows"]
    assert (row["review"], row["reviewed_by"], row["address"]) == ("sound", "Dewi", None)


def test_publications_come_in_pages_and_by_issue(paper, lina):
    other = paper.desk.opened("Lain")
    made = [urgent(paper, NOW + n * HOUR, other if n == 2 else None).pk for n in range(5)]
    assert [row["statement"] for row in lina.get(f"publications?issue={other.pk}").json()["rows"]] == [made[2]]
    seen, after = [], ""
    while after is not None:
        page = lina.get(f"publications?size=2{after and '&after='}{after}").json()
        seen, after = seen + [row["statement"] for row in page["rows"]], page["next"]
    assert seen == made[::-1]
    for query in ("issue=0", "after=x", "size=0"):
        assert refused(lina.get(f"publications?{query}"), 422)["errors"][0]["field"] == query.partition("=")[0]


def test_what_is_not_published_is_no_publication_and_of_what_few_may_see_there_is_none(paper, lina):
    draft, issue = paper.written(), paper.desk.secret(paper.desk.lina)
    refused(lina.get(f"publications/{draft.pk}"), 404)
    found = urgent(paper, issue=issue)
    assert lina.get(f"publications/{found.pk}").status_code == 200
    for person in (paper.desk.joko, paper.desk.boss, paper.desk.guest):
        program = Program(token_for(person))
        assert program.get("publications").json()["rows"] == []
        none, answer = program.get("publications/987654321"), program.get(f"publications/{found.pk}")
        assert (answer.status_code, answer.content) == (none.status_code, none.content) == (404, none.content)


def test_twenty_publications_ask_the_database_no_more_than_two_and_are_not_sent_again(paper, lina, count_queries):
    counts = []
    for n in (2, 18):
        for i in range(n):
            found = urgent(paper, NOW + (n + i) * HOUR)
            statement_publishing.review(paper.dewi, found, "sound", "Benar dan perlu", NOW + (n + i) * HOUR)
        took = []
        for path in ("publications?size=100", f"publications/{found.pk}"):
            tag = lina.get(path)["ETag"]
            assert lina.get(path, if_none_match=tag).status_code == 304
            with count_queries() as said:
                lina.get(path)
            took.append(len(said))
        counts.append(took)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 20


def test_of_publications_there_is_nothing_to_do_but_to_say_what_is_no_echo():
    assert {one.id for one in operations() if "publications" in one.path and one.method != "GET"} == {"judge_tie"}


# Put together again, for auditors


def test_an_auditors_program_reads_what_the_page_shows_and_leaves_a_line(paper, auditor):
    found = published(paper)
    linked()
    said = auditor.get(f"record/publications/{found.pk}").json()
    again = reconstructing.reconstruct(paper.desk.office, found.pk, NOW)
    assert [(one["sentence"], one["ok"]) for one in said["checks"]] == [(one.words, one.ok) for one in again.checks]
    assert (said["whole"], said["wrong"]) == (False, False), "nobody has verified the chain since"
    assert [one["rests"] for one in said["sentences"]] == [one.rests for one in again.sentences]
    assert [one["act"] for one in said["lines"]] == [row.act for row in again.lines]
    assert {"statement.begun", "statement.approved", "statement.published"} <= {one["act"] for one in said["lines"]}
    assert all(one["hash"] and one["previous"] for one in said["lines"])
    assert said["publication"]["by"] == paper.desk.sari.pk
    text = json.dumps(said, ensure_ascii=False)
    assert not [name for name in ("Sari", "Lina", "Dewi") if name in text], "people are numbers, as in the record"
    (line,) = Line.objects.filter(act="ledger.exported")
    assert (line.actor, json.loads(line.detail)) == (
        paper.desk.auditor.pk, {"form": "api", "narrowed": {"subject": f"statement:{found.pk}"}},
    )  # fmt: skip


def test_of_an_issue_that_few_may_see_the_auditor_reads_what_was_published_and_of_its_evidence_the_numbers(paper, auditor):
    found = published(paper)
    paper.issue.refresh_from_db()
    services.restrict(paper.desk.sari, paper.issue, True, (), paper.issue.version, NOW)
    said = auditor.get(f"record/publications/{found.pk}").json()
    rests = [one for row in said["sentences"] for one in row["rests"]]
    assert rests and all(one.startswith("article:") for one in rests)
    assert [row["statement"] for row in auditor.get("record/publications").json()["rows"]] == [found.pk]


def test_what_was_published_is_listed_in_pages_without_a_text(paper, auditor):
    made = [urgent(paper, NOW + n * HOUR).pk for n in range(3)]
    first = auditor.get("record/publications?size=2").json()
    rest = auditor.get(f"record/publications?size=2&after={first['next']}").json()
    assert [row["statement"] for row in first["rows"] + rest["rows"]] == made[::-1]
    assert (rest["next"], "Jauhi" in json.dumps(first)) == (None, False)


def test_only_an_auditors_own_scope_opens_it_and_no_other_office(paper, auditor):
    found = published(paper)
    for path in ("record/publications", f"record/publications/{found.pk}"):
        for person in (paper.desk.boss, paper.desk.sari, paper.dewi):
            refused(Program(token_for(person, secret=f"{person.username}{len(path)}")).get(path), 403)
        refused(Program(token_for(paper.desk.auditor, ["issues", "export"], f"lain-{len(path)}")).get(path), 403)
    type(paper.desk.guest).objects.filter(pk=paper.desk.guest.pk).update(role="auditor")
    theirs = Program(token_for(type(paper.desk.guest).objects.get(pk=paper.desk.guest.pk), ["audit"]))
    assert theirs.get("record/publications").json() == {"rows": [], "next": None}
    none, answer = theirs.get("record/publications/987654321"), theirs.get(f"record/publications/{found.pk}")
    assert (answer.status_code, answer.content) == (none.status_code, none.content) == (404, none.content)
    refused(auditor.get(f"record/publications/{sound(paper).pk}"), 404)
    assert not Line.objects.filter(act="ledger.exported").exists()


def test_however_much_there_is_the_auditor_asks_the_same_queries(paper, auditor, count_queries):
    counts = []
    for n in (1, 6):
        for i in range(n):
            found = urgent(paper, NOW + (n + i) * HOUR)
            statement_publishing.review(paper.dewi, found, "sound", "Benar dan perlu", NOW + (n + i) * HOUR)
        took = []
        for path in ("record/publications", f"record/publications/{found.pk}"):
            auditor.get(path)
            with count_queries() as said:
                auditor.get(path)
            took.append(len(said))
        counts.append(took)
    assert counts[0] == counts[1]
