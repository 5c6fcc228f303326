"""Facts by program: the board as its page shows it, the same refusals, and nothing of what few may see for anybody else."""

from __future__ import annotations

import csv
import io
import sys
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from desk import ABOUT, NOW, draft, lines, made
from screens import STILL, client_of
from test_api import Program, refused, token_for

from kentongan.config import Config
from kentongan.office.api import tables
from kentongan.office.desk import fact_queries, facts, services
from kentongan.office.desk.facts_models import Fact, FactSettled, FactVersion
from kentongan.office.desk.models import IssueNote
from kentongan.office.ledger.models import Line

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 100_000}, settings.CONFIG.origins)
    return made()


@pytest.fixture
def sari(desk):
    return Program(token_for(desk.sari))


def two(desk, issue):
    """Two agencies' figures of the same."""
    one = facts.add(desk.sari, issue, draft(figure="40", agency=desk.health.pk), NOW)
    return one, facts.add(desk.joko, issue, draft("Menurut PDAM", figure="55", agency=desk.water.pk), NOW)


def said_of(desk, **change):
    """A body that the form would take."""
    first = {"kind": "known", "text": "Dua kelurahan tanpa air", "source": "Laporan PDAM", "grade": "likely", "owner": desk.sari.pk}
    return {**first, "as_of": NOW.isoformat(), **change}


# Reading


def test_the_board_comes_with_what_bars_a_fact_and_against_which(desk, sari):
    issue = desk.opened()
    one, other = two(desk, issue)
    gone = facts.add(desk.sari, issue, draft("Sekolah tutup", about=""), NOW + HOUR)
    facts.withdraw(desk.sari, gone, "keliru", 1, NOW + HOUR)
    over = facts.add(desk.sari, issue, draft("Air surut", about="", expires=NOW + HOUR), NOW)
    Fact.objects.filter(pk=over.pk).update(expires=NOW)
    rows = sari.get(f"issues/{issue.pk}/facts").json()["rows"]
    assert [(row["id"], row["ban"], row["against"]) for row in rows if row["id"] in {over.pk, gone.pk}] == [
        (over.pk, "expired", []), (gone.pk, "withdrawn", []),
    ]  # fmt: skip
    figures = {row["id"]: (row["ban"], row["against"], row["figure"], row["agency"]["name"]) for row in rows if row["about"]}
    assert figures == {
        one.pk: ("conflict", [other.pk], "40", "Dinas Kesehatan"), other.pk: ("conflict", [one.pk], "55", "Perumda Air Minum"),
    }  # fmt: skip
    board = fact_queries.get_board(issue, NOW)
    assert {row["id"] for row in rows} == {row.fact.pk for row in board.rows}


def test_a_fact_comes_with_every_version_and_where_it_was_used(desk, sari):
    issue = desk.opened()
    fact = facts.add(desk.sari, issue, draft("Air keruh", figure="40"), NOW)
    facts.note_uses(desk.sari, "statement:12", "Siaran pers", [(fact.pk, 1)], NOW)
    facts.change(desk.joko, fact, draft("Air keruh dan berbau", figure="47", grade="confirmed"), 1, NOW + HOUR)
    said = sari.get(f"facts/{fact.pk}").json()
    assert [(one["version"], one["text"], one["figure"], one["by"]) for one in said["versions"]] == [
        (2, "Air keruh dan berbau", "47", "Joko"), (1, "Air keruh", "40", "Sari"),
    ]  # fmt: skip
    assert (said["board"], said["fact"]["issue"], said["fact"]["version"], said["fact"]["ban"]) == (issue.pk, issue.pk, 2, None)
    assert said["fact"]["used"] == [{"key": "statement:12", "label": "Siaran pers", "changed": True}]
    assert said["fact"]["owner"] == {"id": desk.sari.pk, "name": "Sari"}


def test_of_a_part_the_board_is_that_of_the_whole(desk, sari):
    whole, part = desk.opened("Air"), desk.opened("Ikan mati")
    fact = facts.add(desk.sari, part, draft(), NOW)
    services.merge(desk.sari, part, whole, "sama", part.version, NOW)
    for pk in (whole.pk, part.pk):
        assert [(row["id"], row["issue"]) for row in sari.get(f"issues/{pk}/facts").json()["rows"]] == [(fact.pk, part.pk)]
    assert sari.get(f"facts/{fact.pk}").json()["board"] == whole.pk
    assert sari.post(f"issues/{part.pk}/facts", said_of(desk)).json()["issue"] == whole.pk


def test_pages_give_every_fact_once_while_others_come(desk, sari):
    issue = desk.opened()
    made_ = [facts.add(desk.sari, issue, draft(f"Hal {n}", about=""), NOW + (n % 3) * HOUR).pk for n in range(11)]
    whole = [row["id"] for row in sari.get(f"issues/{issue.pk}/facts").json()["rows"]]
    seen, after = [], ""
    while after is not None:
        page = sari.get(f"issues/{issue.pk}/facts?size=4{after and '&after='}{after}").json()
        seen, after = seen + [row["id"] for row in page["rows"]], page["next"]
        facts.add(desk.sari, issue, draft(f"Baru {len(seen)}", about="", as_of=NOW - 2 * HOUR), NOW - HOUR)
    assert seen == whole
    assert set(seen) == set(made_)
    for query in ("after=x", "size=0", "size=101"):
        assert refused(sari.get(f"issues/{issue.pk}/facts?{query}"), 422)["errors"][0]["field"] == query.partition("=")[0]


def test_what_has_not_changed_is_not_sent_again(desk, sari):
    issue = desk.opened()
    fact, _ = two(desk, issue)
    for path in (f"issues/{issue.pk}/facts", f"facts/{fact.pk}"):
        tag = sari.get(path)["ETag"]
        assert sari.get(path, if_none_match=tag).status_code == 304, path
        facts.change(desk.sari, fact, draft(f"Lain {path}", figure="40", agency=desk.health.pk), Fact.objects.get(pk=fact.pk).version, NOW)
        assert sari.get(path, if_none_match=tag).status_code == 200, path


def test_a_hundred_facts_ask_the_database_no_more_than_four(desk, sari, count_queries):
    issue = desk.opened()
    fact, other = two(desk, issue)
    facts.settle(desk.sari, issue, ABOUT, fact.pk, {(fact.pk, 1), (other.pk, 1)}, "dihitung ulang", NOW)
    counts = []
    for n in (2, 96):
        for i in range(n):
            more = facts.add(desk.joko, issue, draft(f"Hal {n} {i}", about=f"hal {i}", figure=str(n), agency=desk.water.pk), NOW)
            facts.note_uses(desk.sari, f"statement:{n}{i}", "Siaran", [(more.pk, 1)], NOW)
            fact = facts.change(desk.sari, fact, draft(f"Lain {n} {i}", figure="40"), fact.version, NOW)
        found = []
        for path in (f"issues/{issue.pk}/facts", f"facts/{fact.pk}"):
            sari.get(path)
            with count_queries() as said:
                assert sari.get(path).status_code == 200
            found.append(len(said))
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 15


# Acting


def test_each_act_does_what_the_page_does(desk, sari):
    issue = desk.opened()
    link = services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    answer = sari.post(f"issues/{issue.pk}/facts", said_of(desk, about=ABOUT, figure="40", link=link.pk, expires=(NOW + HOUR).isoformat()))
    assert answer.status_code == 201, answer.content
    said = answer.json()
    fact = Fact.objects.get()
    assert (said["id"], fact.by, fact.link_id, fact.expires) == (fact.pk, desk.sari, link.pk, NOW + HOUR)
    said = sari.post(f"facts/{fact.pk}/change", {"version": 1, "figure": "47"}).json()
    assert (said["version"], said["figure"], said["text"], said["link"]) == (2, "47", "Dua kelurahan tanpa air", link.pk)
    again = sari.post(f"facts/{fact.pk}/change", {"version": 2, "figure": "47"})
    assert (again.status_code, again.json()["version"]) == (200, 2), "what is the same leaves no version"
    for version in (2, 3):
        said = sari.post(f"facts/{fact.pk}/withdraw", {"version": version, "reason": "laporan keliru"}).json()
        assert (said["withdrawn"], said["ban"], said["version"]) == (True, "withdrawn", 3)
    assert lines(issue)[2:] == ["fact.added", "fact.changed", "fact.withdrawn"]
    assert IssueNote.objects.filter(text="laporan keliru").count() == 1


def test_a_named_person_settles_which_figure_holds_among_what_they_saw(desk, sari):
    issue = desk.opened()
    one, other = two(desk, issue)
    body = {"about": ABOUT.upper(), "holds": one.pk, "seen": [{"id": one.pk, "version": 1}], "reason": "dihitung ulang"}
    answer = sari.post(f"issues/{issue.pk}/facts/settle", body)
    assert answer.status_code == 409
    assert {(row["id"], row["figure"]) for row in answer.json()["stored"]} == {(one.pk, "40"), (other.pk, "55")}
    assert answer.json()["sent"] == body
    body["seen"] = [{"id": row["id"], "version": row["version"]} for row in answer.json()["stored"]]
    rows = {row["id"]: row for row in sari.post(f"issues/{issue.pk}/facts/settle", body).json()["rows"]}
    assert (rows[one.pk]["ban"], rows[other.pk]["ban"], rows[other.pk]["against"]) == (None, "other_holds", [one.pk])
    assert rows[one.pk]["settled"] | {"at": 0} == {"holds": one.pk, "by": "Sari", "at": 0, "reason": "dihitung ulang"}
    assert FactSettled.objects.get().by == desk.sari
    wrong = refused(sari.post(f"issues/{issue.pk}/facts/settle", {**body, "holds": 987_654_321}), 422)
    assert wrong["errors"][0]["field"] == "holds"
    refused(sari.post(f"issues/{issue.pk}/facts/settle", {**body, "about": "tidak ada"}), 403)


def test_of_two_who_change_it_the_second_is_given_both_and_overwrites_nothing(desk, sari):
    fact, joko = facts.add(desk.sari, desk.opened(), draft("Air keruh"), NOW), Program(token_for(desk.joko))
    assert joko.post(f"facts/{fact.pk}/change", {"version": 1, "text": "Air hitam"}).status_code == 200
    for act, body in (("change", {"version": 1, "text": "Air bersih"}), ("withdraw", {"version": 1, "reason": "keliru"})):
        answer = sari.post(f"facts/{fact.pk}/{act}", body)
        assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
        assert (answer.json()["stored"]["text"], answer.json()["stored"]["version"], answer.json()["sent"]) == ("Air hitam", 2, body)
    assert FactVersion.objects.count() == 2
    assert sari.post(f"facts/{fact.pk}/change", {"version": 2, "text": "Air bersih"}).json()["text"] == "Air bersih"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "Yang tahu: 0812-3456-7890"}, "text"), ({"text": " "}, "text"), ({"text": "x" * 1001}, "text"),
        ({"text": "a\x00"}, "text"),
        ({"source": "@warga_utara"}, "source"), ({"source": ""}, "source"), ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"kind": "certain"}, "kind"), ({"kind": "unknown", "figure": "4", "about": "air"}, "figure"), ({"grade": "A1"}, "grade"),
        ({"grade": "unclear"}, "grade"), ({"figure": "4"}, "about"), ({"owner": None}, "owner"), ({"owner": 987_654_321}, "owner"),
        ({"agency": 987_654_321}, "agency"), ({"link": 987_654_321}, "link"), ({"as_of": "2025-11-27T05:00:00"}, "as_of"),
        ({"as_of": (NOW + HOUR).isoformat()}, "as_of"), ({"expires": NOW.isoformat()}, "expires"), ({"withdrawn": True}, "withdrawn"),
        ({"by": 1}, "by"), ({"issue": 1}, "issue"), ({"version": 4}, "version"), ({"added": NOW.isoformat()}, "added"),
    ],
)  # fmt: skip
def test_what_the_form_refuses_or_does_not_offer_is_named(desk, sari, change, field):
    issue = desk.opened()
    said = refused(sari.post(f"issues/{issue.pk}/facts", said_of(desk, **change)), 422)
    assert field in {one["field"] for one in said["errors"]}
    assert not Fact.objects.exists()


def test_what_is_withdrawn_or_closed_is_not_changed(desk, sari):
    issue = desk.opened()
    fact = facts.add(desk.sari, issue, draft(), NOW)
    refused(sari.post(f"facts/{fact.pk}/withdraw", {"version": 1, "reason": " "}), 422)
    facts.withdraw(desk.sari, fact, "keliru", 1, NOW)
    refused(sari.post(f"facts/{fact.pk}/change", {"version": 2, "text": "Lain"}), 403)
    services.move(desk.sari, issue, "close", 0, NOW, reason="selesai")
    refused(sari.post(f"issues/{issue.pk}/facts", said_of(desk)), 403)


# Who may


ACTS = {
    "facts/{fact}/change": {"version": 1, "text": "Lain"},
    "facts/{fact}/withdraw": {"version": 1, "reason": "keliru"},
    "issues/{issue}/facts/settle": {"about": ABOUT, "holds": 1, "seen": [], "reason": "dihitung"},
}


def places(issue, fact):
    return {path.format(fact=fact.pk, issue=issue.pk): body for path, body in ACTS.items()}


def test_for_everybody_else_the_facts_of_an_issue_that_few_may_see_are_not_there(desk, sari):
    issue = desk.secret(desk.joko)
    fact, _ = two(desk, issue)
    assert len(sari.get(f"issues/{issue.pk}/facts").json()["rows"]) == 2
    before = FactVersion.objects.count()
    for person in (desk.boss, desk.lina, desk.reader, desk.auditor, desk.guest):
        program = Program(token_for(person))
        for path in (f"issues/{issue.pk}/facts", f"facts/{fact.pk}"):
            none = program.get(path.replace(str(issue.pk), "987654321").replace(str(fact.pk), "987654321"))
            answer = program.get(path)
            assert (answer.status_code, answer.content) == (none.status_code, none.content) == (404, none.content)
    boss = Program(token_for(desk.boss, secret="lain"))
    for path, body in {**places(issue, fact), f"issues/{issue.pk}/facts": said_of(desk)}.items():
        refused(boss.post(path, body), 404)
    assert FactVersion.objects.count() == before


def test_readers_and_a_token_that_only_reads_act_on_nothing(desk):
    issue = desk.opened()
    fact = facts.add(desk.sari, issue, draft(), NOW)
    reading, acting = Program(token_for(desk.sari, ["issues"])), Program(token_for(desk.sari, ["respond"]))
    for path, body in {**places(issue, fact), f"issues/{issue.pk}/facts": said_of(desk)}.items():
        refused(client_of(desk.reader).post(f"/api/v1/{path}", body, content_type="application/json"), 403)
        refused(reading.post(path, body), 403)
        refused(Program().post(path, body), 401)
    for path in (f"issues/{issue.pk}/facts", f"facts/{fact.pk}"):
        refused(acting.get(path), 403)
    refused(Program(token_for(desk.lina)).post(f"issues/{issue.pk}/facts/settle", ACTS["issues/{issue}/facts/settle"]), 403)
    assert (FactVersion.objects.count(), lines(issue)) == (1, ["issue.opened", "fact.added"])


# Tables


def table(desk, form="csv"):
    answer = Program(token_for(desk.sari, ["export"], f"rahasia-{form}")).get(f"exports/facts.{form}?until=2026-01-01T00:00:00Z")
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content)
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")))) if form == "csv" else pyarrow.parquet.read_table(io.BytesIO(body))


def test_a_table_of_facts_names_no_colleague_and_has_none_that_few_may_see(desk):
    issue = desk.opened()
    fact = facts.add(desk.sari, issue, draft("=Air keruh", figure="40", agency=desk.health.pk, owner=desk.lina.pk), NOW)
    facts.add(desk.sari, desk.secret(), draft("Penyakit aneh"), NOW)
    (row,) = table(desk)
    assert (int(row["id"]), int(row["issue"]), row["text"], row["figure"], row["agency"], row["added"]) == (
        fact.pk, issue.pk, "'=Air keruh", "40", "Dinas Kesehatan", NOW.isoformat(),
    )  # fmt: skip
    assert not {"Lina", "Sari"} & set(row.values())
    assert not {column.name for column in tables.TABLES["facts"].columns} & {"owner", "by", "link"}
    assert table(desk, "parquet").column("withdrawn").to_pylist() == [False]
    assert [line.subject for line in Line.objects.filter(act="export.made")] == ["facts", "facts"]
