"""Figures of the desk at size: an office with 5,000 issues and 100,000 lines of the ledger, its pages and its API asked over HTTP.

The office is started as a person starts it; one person asks, one request after another. Of the issues 400 are under way in every column,
250 became part of another, the rest is closed; each has its notes and links, and twenty lines of the ledger. Ten have 400 lines: longer
than a history is shown. What is made is what the services would have left, written in a few statements.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
import zoneinfo
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import build_opener

import numpy as np
import psycopg

from kentongan.measure.bench_newsroom import CONTACT, TEXT
from kentongan.measure.bench_office import PASSWORD, Figure, Office, inside, kentongan, running, signed_in

ISSUES = 5_000
LINES_AN_ISSUE = 20
UNDER_WAY, PARTS, LONG = 0.08, 0.05, 10
LONGEST = 400
EACH = 60
WARM = 5
TOKEN, TOKEN_OF_AUDITOR = "ktg_bench-of-the-desk", "ktg_bench-of-the-audit"
FIRST, PAPER = 500_000_000_000, 600_000_000_000
"""The numbers before the first issue and before the first copied statement."""
PUBLISHED = 0.2
"""Of the issues."""
_ISSUES = """INSERT INTO desk_issue (id, office_id, title, summary, kind, topic, state, level, suggested, reasons, level_reason,
    stance, truth, truth_reason, evidence, evidence_url, lead_id, supporting, need_to_know, named, due, due_note, due_law, own_due_note,
    opened, opened_by_id, moved, version, level_by_id, merged_into_id)
SELECT %(first)s + n, %(office)s, 'Air berbau di kelurahan ' || n, repeat('Warga menanyakan air. ', 12),
    (ARRAY['event', 'question', 'complaint', 'rumour'])[1 + n %% 4], '', s.state, l.level, l.level, '[]', '', 'unclear', 'unverified', '',
    '', '', CASE WHEN n %% 3 > 0 THEN (%(people)s::bigint[])[1 + n %% %(many)s] END, '{}', false, '{}',
    CASE WHEN s.state NOT IN ('closed', 'merged') AND n %% 2 = 0 THEN %(now)s::timestamptz + (n %% 97 - 20) * interval '1 hour' END,
    '', '', '', %(now)s::timestamptz - n * interval '40 minutes', (%(people)s::bigint[])[1 + n %% %(many)s],
    %(now)s::timestamptz - n * interval '31 minutes', 4, NULL, CASE WHEN s.state = 'merged' THEN %(first)s + 1 + n %% %(open)s END
FROM generate_series(1, %(issues)s) n,
    LATERAL (SELECT CASE WHEN n <= %(open)s THEN (ARRAY['open', 'checking', 'answering', 'answered', 'watching', 'reopened'])[1 + n %% 6]
        WHEN n <= %(open)s + %(parts)s THEN 'merged' ELSE 'closed' END AS state) s,
    LATERAL (SELECT (ARRAY['watch', 'low', 'low', 'medium', 'high', 'crisis'])[1 + n * 7 %% 6] AS level) l"""
_NOTES = """INSERT INTO desk_issuenote (office_id, issue_id, text, at)
SELECT %(office)s, %(first)s + n, 'Menunggu hasil uji laboratorium.', %(now)s
FROM generate_series(1, %(issues)s) n, generate_series(1, 3)"""
_LINKS = """INSERT INTO desk_issuelink (office_id, issue_id, kind, url, at, by_id)
SELECT %(office)s, %(first)s + n, 'address', 'https://kota.example/' || n || '/' || i, %(now)s, (%(people)s::bigint[])[1]
FROM generate_series(1, %(issues)s) n, generate_series(1, 2) i"""
_LINES = """INSERT INTO ledger_line (office, at, actor, role, act, subject, detail)
SELECT %(office)s, %(now)s, (%(people)s::bigint[])[1 + i %% %(many)s], 'officer', 'issue.changed', 'issue:' || %(first)s + n,
    '{"fields":["summary"]}' FROM generate_series(%(from)s::bigint, %(to)s::bigint) n, generate_series(1, %(each)s) i"""
_CLONES = (
    ("desk_statement", "t.id = %(paper)s", "'id', %(papers)s + n, 'issue_id', %(first)s + n"),
    ("desk_statementversion", "t.statement_id = %(paper)s", "'id', t.id + n * 1000, 'statement_id', %(papers)s + n"),
    (
        "desk_sentence",
        "t.version_id IN (SELECT id FROM desk_statementversion WHERE statement_id = %(paper)s)",
        "'id', t.id + n * 1000, 'version_id', t.version_id + n * 1000",
    ),
    (
        "desk_approval",
        "t.statement_id = %(paper)s",
        "'id', t.id + n * 1000, 'statement_id', %(papers)s + n, 'version_id', t.version_id + n * 1000",
    ),
    (
        "desk_approvalstep",
        "t.approval_id IN (SELECT id FROM desk_approval WHERE statement_id = %(paper)s)",
        "'id', t.id + n * 1000, 'approval_id', t.approval_id + n * 1000",
    ),
    (
        "desk_publication",
        "t.statement_id = %(paper)s",
        "'id', t.id + n * 1000, 'statement_id', %(papers)s + n, 'version_id', t.version_id + n * 1000, 'slug', t.slug || '-' || n",
    ),
)
"""Tables of a published statement, which of their rows are its own, and what a copy of them has instead."""
_CLONE = """INSERT INTO {0} SELECT (jsonb_populate_record(t, jsonb_build_object({2}))).*
FROM {0} t, generate_series(1, %(many)s) n WHERE {1}"""
_PAPER_LINES = """INSERT INTO ledger_line (office, at, actor, role, act, subject, detail)
SELECT office, at, actor, role, act, 'statement:' || %(papers)s + n, detail
FROM ledger_line t, generate_series(%(from)s::bigint, %(to)s::bigint) n
WHERE t.subject = 'statement:' || %(paper)s::bigint ORDER BY n, t.id"""
PIECE = 500
"""Issues whose lines are written in one transaction."""


def fill(url: str, office: int, people: Sequence[int], issues: int, now: datetime) -> int:
    """Fill an office with so many issues; gives the lines of the ledger that were written. The chain is made by the database itself."""
    under_way = max(12, int(issues * UNDER_WAY))
    values: dict[str, Any] = {
        "first": FIRST, "office": office, "people": list(people), "many": len(people), "issues": issues, "now": now, "open": under_way,
        "parts": int(issues * PARTS),
    }  # fmt: skip
    with psycopg.connect(url) as session:
        session.execute("SET LOCAL session_replication_role = replica")  # else every issue would have to begin open and walk
        for statement in (_ISSUES, _NOTES, _LINKS):
            session.execute(statement.encode(), values)
    with psycopg.connect(url, autocommit=True) as session:
        for start in range(1, issues + 1, PIECE):
            ends = min(start + PIECE - 1, issues)
            session.execute(_LINES.encode(), {**values, "from": start, "to": ends, "each": LINES_AN_ISSUE})
        session.execute(_LINES.encode(), {**values, "from": 1, "to": LONG, "each": LONGEST - LINES_AN_ISSUE})
        session.execute("VACUUM ANALYZE")
    return issues * LINES_AN_ISSUE + LONG * (LONGEST - LINES_AN_ISSUE)


def publish(url: str, paper: int, many: int) -> None:
    """Copy a published statement with all that led to it to so many issues."""
    values = {"paper": paper, "papers": PAPER, "first": FIRST, "many": many}
    with psycopg.connect(url) as session:
        session.execute("SET LOCAL session_replication_role = replica")
        for clone in _CLONES:
            session.execute(_CLONE.format(*clone).encode(), values)
    with psycopg.connect(url, autocommit=True) as session:
        for start in range(1, many + 1, PIECE):
            session.execute(_PAPER_LINES.encode(), {**values, "from": start, "to": min(start + PIECE - 1, many)})
        session.execute("VACUUM ANALYZE")


def paper(writer: Any, approver: Any, issue: Any, now: datetime) -> int:
    """The number of a statement that one person wrote and published and another approved. Inside Django."""
    from kentongan.office.desk import facts, statement_approval, statement_publishing, statement_services
    from kentongan.office.desk.models import ApprovalStep
    from kentongan.office.desk.statement_queries import get_last, sentences_of

    draft = facts.FactDraft("known", "Air masuk ke 42 rumah.", now, "rumah", "42", "Laporan posko", grade="likely", owner=writer.pk)
    fact = facts.add(writer, issue, draft, now)
    soon = now + timedelta(hours=3)
    frame = statement_services.Frame("high", "victim", soon, CONTACT)
    found = statement_services.begin(writer, issue, "chat", "id", frame, now)
    told = f"{draft.text}\nPembaruan berikutnya pukul {soon.astimezone(zoneinfo.ZoneInfo(writer.office.time_zone)):%H.%M}."
    found = statement_services.write(writer, found, f"{TEXT}\n{told}", frame, found.version, now)
    sections = ("instruction", "instruction", "contact", "known", "next_update")
    for section, one in zip(sections, sentences_of(get_last(found)), strict=True):
        proofs = (f"fact:{fact.pk}@1",) if section == "known" else ()
        found = statement_services.settle_sentence(writer, found, one.key, section, proofs, found.version, now)
    statement_approval.ask(writer, found, {"approver": approver.pk}, False, found.version, now)
    last = get_last(found)
    assert last is not None
    sight = statement_approval.Sight(last.number, last.text_hash)
    step = ApprovalStep.objects.get(approval__statement=found)
    found = statement_approval.decide(approver, found, step.pk, "approved", "", sight, now)
    statement_publishing.publish(writer, found, sight, now)
    return found.pk


def audited(many: int) -> dict[str, tuple[str, ...]]:
    """What an auditor asks for, as `asked`."""
    draw = random.Random(2)
    some = [PAPER + draw.randint(1, many) for _ in range(EACH)] + [PAPER + n for n in range(1, LONG + 1)]
    return {
        "published": ("record/published/", f"record/published/?start={many // 2}"),
        "reconstruction": tuple(f"record/published/{pk}/" for pk in some),
        "API reconstruction": tuple(f"api/v1/record/publications/{pk}" for pk in some),
    }


def asked(issues: int) -> dict[str, tuple[str, ...]]:
    """What is asked for: the name of a page or operation, and paths that are drawn from."""
    under_way, draw = max(12, int(issues * UNDER_WAY)), random.Random(1)
    some = [FIRST + draw.randint(1, issues) for _ in range(EACH)] + [FIRST + n for n in range(1, LONG + 1)]
    deep = under_way + int(issues * PARTS)
    return {
        "board": ("issues/", "issues/?of=me"),
        "column": ("issues/?state=open", "issues/?state=watching", "issues/?state=open&from=50"),
        "closed": ("issues/?state=closed", f"issues/?state=closed&from={(issues - deep) // 2}"),
        "issue": tuple(f"issues/{pk}/" for pk in some),
        "API list": ("api/v1/issues?size=100", "api/v1/issues?level=medium&overdue=true"),
        "API closed": ("api/v1/issues?state=closed&size=100",),
        "API counts": ("api/v1/issue-counts",),
        "API issue": tuple(f"api/v1/issues/{pk}" for pk in some),
    }


SCANNED = ("desk_issue", "desk_issuenote", "desk_issuelink", "ledger_line")
AUDITED = (*SCANNED, "ledger_link")


def scans(plan: dict[str, Any], tables: Collection[str] = SCANNED) -> Iterator[str]:
    """The tables that a plan reads whole, of those that grow with the desk."""
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in tables:
        yield plan["Relation Name"]
    for below in plan.get("Plans", ()):
        yield from scans(below, tables)


def plans(office: int) -> dict[str, list[str]]:
    """By question of an issue's page: the tables that are read whole to answer it. Inside Django."""
    from kentongan.office.desk import queries
    from kentongan.office.desk.models import Issue, IssueLink, IssueNote
    from kentongan.office.ledger.models import Line

    row = Issue(pk=FIRST + 1, office_id=office)
    questions = {
        "one issue": Issue.objects.filter(office=office, pk=row.pk),
        "its parts": Issue.objects.filter(office=office, merged_into=row),
        "its links": IssueLink.objects.filter(issue__in=[row.pk]),
        "its notes": IssueNote.objects.filter(issue__in=[row.pk]).order_by("-pk")[: queries.LINES],
        "its lines": Line.objects.filter(office__in={office}, subject__in=[f"issue:{row.pk}"]).order_by("-id")[: queries.LINES],
        "under way": Issue.objects.filter(office=office, state__in=queries.COLUMNS["checking"]),
    }
    found = {name: sorted(scans(json.loads(rows.explain(format="json"))[0]["Plan"])) for name, rows in questions.items()}
    return found | {name: sorted(scans(plan, AUDITED)) for name, plan in _audit_plans(office)}


def _audit_plans(office: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """How the lines of an auditor's page are found. Inside Django."""
    from django.db import connection

    from kentongan.office.administration import reconstructing_reads as reads

    now = datetime.now(UTC)
    asked = {
        "lines of a publication": (reads.LINES, reads.lines_values(office, PAPER, [FIRST + 1, FIRST + 2], [1], now)),
        "what was deleted": (reads.RUNS, [office, now - timedelta(days=3), reads.MOST_RUNS]),
    }
    with connection.cursor() as cursor:
        for name, (question, values) in asked.items():
            cursor.execute(f"EXPLAIN (FORMAT JSON) {question}", values)
            (said,) = cursor.fetchone() or ("",)
            yield name, (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]


def desk(data: Path, size: int) -> Iterator[Figure]:
    """Milliseconds of the board, the closed, an issue and their API in an office of `size` (0: 5,000) issues."""
    del data
    issues = size or ISSUES
    with tempfile.TemporaryDirectory(prefix="kentongan-bench-") as place:
        folder = Path(place)
        kentongan(folder, "people", "add", "bench", "--role", "officer", "--password", PASSWORD)
        kentongan(folder, "people", "add", "audit", "--role", "auditor", "--password", PASSWORD)
        kentongan(folder, "people", "add", "approve", "--role", "approver", "--password", PASSWORD)
        lines, whole = _filled(folder, issues)
        yield "tables read whole by an issue's page", sum(map(len, whole.values())), "; ".join(f"{n}: {t}" for n, t in whole.items() if t)
        words = ["run", "--port", "0", "--data", str(folder), "--set", "api_rate=100000"]
        with running(folder, words, "bench", PASSWORD) as office:
            about = f"{issues:,} issues, {lines:,} lines, one person, {EACH} asked"
            yield from _asked(office, TOKEN, asked(issues), about)
            auditor = Office(office.address, None, signed_in(office.address, "audit", PASSWORD))
            yield from _asked(auditor, TOKEN_OF_AUDITOR, audited(int(issues * PUBLISHED)), about)


def _asked(office: Office, token: str, paths: dict[str, tuple[str, ...]], about: str) -> Iterator[Figure]:
    """Half and nearly all of the times of each page, and of each operation asked with the token."""
    program = build_opener()
    program.addheaders = [("Authorization", f"Bearer {token}")]
    for name, some in paths.items():
        took = _took(Office(office.address, None, program) if name.startswith("API") else office, some)
        for share in (50, 95):
            yield f"ms {name}, p{share}", float(np.percentile(took, share)), about


def _took(office: Office, paths: Sequence[str]) -> list[float]:
    """Milliseconds of EACH requests, after WARM that are left out."""
    took = []
    for number in range(EACH + WARM):
        begun = time.monotonic()
        office.page(paths[number % len(paths)])
        took.append((time.monotonic() - begun) * 1000)
    return took[WARM:]


def _filled(folder: Path, issues: int) -> tuple[int, dict[str, list[str]]]:
    """The lines that were written, and what reads a table whole."""
    now = datetime.now(UTC)
    with inside(folder) as opened:
        from kentongan.office.api import services
        from kentongan.office.api.scopes import AUDIT
        from kentongan.office.desk.models import Issue
        from kentongan.office.ledger.models import Line
        from kentongan.office.people.models import User

        person = User.objects.get(username="bench")
        assert person.office_id is not None
        auditor, approver = (User.objects.get(username=name) for name in ("audit", "approve"))
        services.make_token(person, "bench", ["issues"], now + timedelta(days=1), TOKEN, now)
        services.make_token(auditor, "audit", [AUDIT], now + timedelta(days=1), TOKEN_OF_AUDITOR, now)
        fill(opened.database.url, person.office_id, [person.pk], issues, now)
        publish(opened.database.url, paper(person, approver, Issue.objects.get(pk=FIRST + 1), now), int(issues * PUBLISHED))
        lines = Line.objects.filter(office=person.office_id).count()
        return lines, plans(person.office_id)
