"""The bench of the desk: an office that is whole, whose questions find their rows by an index, and whose paths all answer."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from kentongan.measure import bench_desk
from kentongan.office.desk.models import Issue, IssueLink, IssueNote, Publication
from kentongan.office.ledger import checking
from kentongan.office.ledger.models import Line
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "office"))
from screens import client_of


@pytest.mark.parametrize(
    ("plan", "whole"),
    [
        ({"Node Type": "Seq Scan", "Relation Name": "ledger_line"}, ["ledger_line"]),
        ({"Node Type": "Seq Scan", "Relation Name": "people_user"}, []),
        ({"Node Type": "Limit", "Plans": [{"Node Type": "Seq Scan", "Relation Name": "desk_issue"}]}, ["desk_issue"]),
        ({"Node Type": "Index Scan", "Relation Name": "desk_issue"}, []),
    ],
)
def test_a_plan_that_reads_a_table_whole_is_named_however_deep_it_does(plan, whole):
    assert list(bench_desk.scans(plan)) == whole


@pytest.mark.django_db(transaction=True)
def test_a_filled_office_is_whole_and_every_question_of_an_issue_finds_its_rows_by_an_index():
    office = builders.make_office()
    people = [builders.make_user(office, f"bench{n}").pk for n in range(3)]
    url = connection.get_connection_params()
    address = f"host={url['host']} user={url['user']} dbname={url['dbname']}" + (f" port={url['port']}" if url.get("port") else "")
    lines = bench_desk.fill(address, office.pk, people, 2_000, builders.NOW)
    assert (Issue.objects.count(), IssueNote.objects.count(), IssueLink.objects.count(), Line.objects.count()) == (
        2_000, 6_000, 4_000, lines,
    )  # fmt: skip
    states = Counter(Issue.objects.values_list("state", flat=True))
    assert (states["merged"], states["closed"]) == (100, 1_740)
    assert all(states[one] for one in ("open", "checking", "answering", "answered", "watching", "reopened"))
    assert not Issue.objects.filter(state="merged", merged_into__state__in=("merged", "closed")).exists()
    assert [(one.finding, one.lines) for one in checking.check_all(office=office.pk)] == [(None, lines)]
    assert {name: whole for name, whole in bench_desk.plans(office.pk).items() if whole} == {}
    client = client_of(builders.make_user(office, "petugas"))
    for name, paths in bench_desk.asked(2_000).items():
        answer = client.get(f"/{paths[-1]}")
        assert answer.status_code == 200, (name, paths[-1])
        assert not name.startswith("API") or json.loads(answer.content)


@pytest.mark.django_db(transaction=True)
def test_published_statements_are_whole_and_an_auditor_puts_any_of_them_together_with_as_many_questions(count_queries):
    office = builders.make_office()
    writer, approver = builders.make_user(office, "bench"), builders.make_user(office, "dewi", "approver")
    url = connection.get_connection_params()
    address = f"host={url['host']} user={url['user']} dbname={url['dbname']}" + (f" port={url['port']}" if url.get("port") else "")
    bench_desk.fill(address, office.pk, [writer.pk], 200, builders.NOW)
    first = bench_desk.paper(writer, approver, Issue.objects.get(pk=bench_desk.FIRST + 1), builders.NOW)
    auditor = client_of(builders.make_user(office, "audit", "auditor"))
    auditor.get(f"/record/published/{first}/")
    with count_queries() as alone:
        auditor.get(f"/record/published/{first}/")
    bench_desk.publish(address, first, 100)
    assert checking.check_all(office=office.pk)[0].finding is None
    assert Publication.objects.count() == 101
    for path in (*bench_desk.audited(100)["reconstruction"][:5], f"record/published/{bench_desk.PAPER + 1}/"):
        with count_queries() as asked:
            answer = auditor.get(f"/{path}")
        assert answer.status_code == 200
        assert "Nothing disagrees; something is still open" in answer.content.decode(), "nobody verified the chain yet"
        assert len(asked) == len(alone)
    assert all(auditor.get(f"/{path}").status_code == 200 for path in bench_desk.audited(100)["published"])
