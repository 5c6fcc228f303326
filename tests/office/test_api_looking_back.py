"""Comments, the look back on an issue, and what came of a publication, by program: as on the pages, and nothing of what few may see."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW, lines, made
from echoes import OTHER, comes, published, quotable, read
from screens import STILL
from test_api import Program, refused, token_for
from test_desk_echo_pages import claim_of, in_story

from kentongan.config import Config
from kentongan.office.desk import comments, echo_queries, queries, review_drawing, review_queries, services
from kentongan.office.desk.echo_models import EchoTie
from kentongan.office.desk.models import Issue, IssueNote
from kentongan.office.ledger.models import Line

MINUTE = timedelta(minutes=1)


@pytest.fixture
def still(settings):
    settings.CLOCK = STILL
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 100_000}, settings.CONFIG.origins)


@pytest.fixture
def desk(db, still):
    return made()


@pytest.fixture
def said(db, still):
    return published()


def program(person, **more):
    return Program(token_for(person, **more))


# Comments


def test_a_comment_is_added_for_good_and_read_with_those_of_parts_the_latest_first(desk):
    sari = program(desk.sari)
    issue, part = desk.opened(), desk.opened("Ikan mati")
    comments.comment(desk.joko, part, "Dari sungai", NOW - MINUTE)
    services.merge(desk.sari, part, issue, "sama", part.version, NOW)
    answer = sari.post(f"issues/{issue.pk}/comments", {"text": "PDAM menelepon"})
    assert (answer.status_code, answer.json()["by"], answer.json()["id"]) == (201, "Sari", IssueNote.objects.latest("pk").pk)
    rows = sari.get(f"issues/{issue.pk}/comments").json()["rows"]
    assert [(row["text"], row["by"], row["issue"]) for row in rows] == [
        ("PDAM menelepon", "Sari", issue.pk),
        ("Dari sungai", "Joko", part.pk),
    ]
    assert rows[0] == answer.json()
    assert lines(issue)[-1] == "issue.commented"
    assert "PDAM" not in Line.objects.filter(act="issue.commented").latest("id").detail


@pytest.mark.parametrize("text", ["", "  ", "Hubungi 0812 3456 7890"])
def test_an_empty_comment_and_a_telephone_number_are_refused_at_the_field(desk, text):
    issue = desk.opened()
    assert refused(program(desk.sari).post(f"issues/{issue.pk}/comments", {"text": text}), 422)["errors"][0]["field"] == "text"
    assert "issue.commented" not in lines(issue)


def test_comments_come_in_pages_with_the_same_queries_and_are_not_sent_again(desk, count_queries):
    issue, sari, counts = desk.opened(), program(desk.sari), []
    for n in (2, 9):
        for i in range(n):
            comments.comment(desk.joko, issue, f"Kabar {n} {i}", NOW + i * MINUTE)
        path = f"issues/{issue.pk}/comments"
        assert sari.get(path, if_none_match=sari.get(path)["ETag"]).status_code == 304
        with count_queries() as asked:
            sari.get(path)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15
    seen, after = [], ""
    while after is not None:
        page = sari.get(f"{path}?size=4{after and '&after='}{after}").json()
        seen, after = seen + [row["text"] for row in page["rows"]], page["next"]
    assert len(seen) == len(set(seen)) == 11


def test_of_an_issue_that_few_may_see_there_is_no_comment_and_no_look_back(desk):
    issue = desk.secret(desk.lina)
    comments.comment(desk.sari, issue, "Jangan keluar", NOW)
    for path in ("comments", "review"):
        assert program(desk.lina, secret=f"l{path}").get(f"issues/{issue.pk}/{path}").status_code == 200
        for person in (desk.joko, desk.boss, desk.guest):
            asks = program(person, secret=f"{person.username}{path}")
            none, answer = asks.get(f"issues/987654321/{path}"), asks.get(f"issues/{issue.pk}/{path}")
            assert (answer.status_code, answer.content) == (none.status_code, none.content) == (404, none.content)
    refused(program(desk.joko, secret="j2").post(f"issues/{issue.pk}/comments", {"text": "Saya tahu"}), 404)
    refused(program(desk.sari, wanted=["issues"]).post(f"issues/{issue.pk}/comments", {"text": "Saya tahu"}), 403)


# What is to be done better


def test_an_action_is_added_ticked_off_and_withdrawn_each_with_its_line_and_both_versions_shown(desk):
    sari, issue = program(desk.sari), desk.opened()
    wish = {"text": "Nomor darurat di setiap kertas", "due": "2025-12-04", "person": desk.joko.pk}
    made_ = sari.post(f"issues/{issue.pk}/review/actions", wish)
    assert (made_.status_code, made_.json()["person"]["name"], made_.json()["state"]) == (201, "Joko", "open")
    other = sari.post(f"issues/{issue.pk}/review/actions", {**wish, "text": "Latih dua penjawab"}).json()
    done = sari.post(f"review-actions/{made_.json()['id']}/done", {"version": 0}).json()
    assert (done["state"], done["ended_by"], done["version"]) == ("done", "Sari", 1)
    late = sari.post(f"review-actions/{made_.json()['id']}/withdraw", {"version": 0, "reason": "tidak perlu"})
    assert (late.status_code, late.json()["stored"], late.json()["sent"]["version"]) == (409, done, 0)
    gone = sari.post(f"review-actions/{other['id']}/withdraw", {"version": 0, "reason": "tidak perlu"}).json()
    assert (gone["state"], gone["reason"]) == ("withdrawn", "tidak perlu")
    actions = sari.get(f"issues/{issue.pk}/review").json()["actions"]
    assert {row["id"]: row for row in actions} == {done["id"]: done, other["id"]: gone}
    assert lines(issue)[-4:] == ["action.added", "action.added", "action.done", "action.withdrawn"]


@pytest.mark.parametrize(("field", "value"), [("text", "Ya"), ("due", "2020-01-01"), ("template", "film")])
def test_an_action_that_cannot_be_is_refused_at_its_field(desk, field, value):
    issue = desk.opened()
    wish = {"text": "Nomor darurat", "due": "2025-12-04", "person": desk.joko.pk, field: value}
    assert refused(program(desk.sari).post(f"issues/{issue.pk}/review/actions", wish), 422)["errors"][0]["field"] == field


def test_an_action_of_an_issue_that_few_may_see_is_none(desk):
    issue = desk.secret(desk.lina)
    wish = {"text": "Nomor darurat", "due": "2025-12-04", "person": desk.lina.pk}
    made_ = program(desk.lina).post(f"issues/{issue.pk}/review/actions", wish).json()
    for person in (desk.joko, desk.boss):
        refused(program(person).post(f"review-actions/{made_['id']}/done", {"version": 0}), 404)
        refused(program(person, secret=f"{person.username}2").post(f"issues/{issue.pk}/review/actions", wish), 404)


# Looking back


def test_the_look_back_says_what_the_page_says(said):
    paper, made_ = said
    issue = Issue.objects.get(pk=paper.issue.pk)
    told = program(paper.desk.sari).get(f"issues/{issue.pk}/review").json()
    review = review_queries.get_review(paper.desk.sari, issue, queries.get_parts(issue), NOW)
    assert told["sentence"] == review_drawing.title_of(review)
    assert [(one["kind"], one["outcome"]) for one in told["promises"]] == [(one.kind, one.outcome) for one in review.promises]
    assert {one["kind"]: (one["due"], one["kept"]) for one in told["counts"]} == {
        kind: review.counted(kind) for kind in ("first", "law", "update", "step", "review")
    }  # fmt: skip
    assert [one["statement"] for one in told["papers"]] == [made_.statement_id]
    assert [one["act"] for one in told["steps"]] == [one.act for one in review.steps]
    assert {"issue.opened", "statement.published"} <= {one["act"] for one in told["steps"]}


def test_the_look_back_asks_the_same_queries_however_much_was_done(said, count_queries):
    paper, _ = said
    sari, counts = program(paper.desk.sari), []
    for n in (1, 6):
        for i in range(n):
            comments.comment(paper.desk.joko, Issue.objects.get(pk=paper.issue.pk), f"Kabar {n} {i}", NOW)
        with count_queries() as asked:
            sari.get(f"issues/{paper.issue.pk}/review")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 24


# What came of a publication


def test_before_anything_was_looked_for_there_is_no_echo_and_of_a_draft_there_is_none_ever(said):
    paper, made_ = said
    sari = program(paper.desk.sari)
    assert sari.get(f"publications/{made_.statement_id}/echo").json() == {"statement": made_.statement_id, "echo": None}
    assert sari.get(f"publications/{made_.statement_id}/ties").json() == {"rows": [], "next": None}
    draft = paper.written()
    for path in ("echo", "ties"):
        refused(sari.get(f"publications/{draft.pk}/{path}"), 404)


def test_the_echo_says_who_carried_it_and_the_ties_where_and_how(said):
    paper, made_ = said
    office = paper.desk.office
    comes(office, made_.version.text, 20, "Kabar Kalindra")
    comes(office, f"{quotable(made_)} {OTHER}", 80, "Warta Hilir")
    for n in range(3):
        comes(office, made_.version.text, 30 + n, f"Akun {n}", kind="public")
    read(office)
    sari = program(paper.desk.sari)
    echo = sari.get(f"publications/{made_.statement_id}/echo").json()["echo"]
    assert (echo["carrying"], echo["posts"], echo["effect"], echo["followed"]) == (["Kabar Kalindra", "Warta Hilir"], None, None, True)
    assert [one["name"] for one in echo["outlets"]] == ["Kabar Kalindra", "Warta Hilir"]
    assert echo["sentence"].startswith(f"2 of {echo['told']} outlets")
    assert echo["through"] == sum(bool(one["outlets"]) for one in echo["messages"]) > 0
    first = sari.get(f"publications/{made_.statement_id}/ties?size=1").json()
    rest = sari.get(f"publications/{made_.statement_id}/ties?size=1&after={first['next']}").json()
    assert [row["outlet"] for row in first["rows"] + rest["rows"]] == ["Warta Hilir", "Kabar Kalindra"]
    assert (rest["next"], first["rows"][0]["way"], first["rows"][0]["passage"][:20]) == (None, "quoted", quotable(made_)[:20])
    assert "Akun" not in json.dumps([echo, first, rest]), "posts of the public are never listed"


def test_before_and_after_come_with_their_interval_and_never_as_a_cause(said):
    paper, made_ = said
    office = paper.desk.office
    told = [comes(office, "Tanggul jebol.", -minutes, f"Koran {minutes}") for minutes in range(10, 50)]
    in_story(paper, *told, *(comes(office, OTHER, minutes, f"Koran {minutes}") for minutes in range(10, 50)))
    claim_of(paper, *told)
    read(office)
    effect = program(paper.desk.sari).get(f"publications/{made_.statement_id}/echo").json()["echo"]["effect"]
    assert (effect["verdict"], effect["reason"]["code"], effect["before"]["claim"]) == ("fell", "echo.fell", 40)
    assert effect["low"] <= effect["change"] <= effect["high"] < 0


def test_an_article_is_not_ours_and_then_is_after_all(said):
    paper, made_ = said
    comes(paper.desk.office, made_.version.text, 20, "Kabar Kalindra")
    read(paper.desk.office)
    sari, row = program(paper.desk.sari), EchoTie.objects.get()
    path, echo = f"publications/{made_.statement_id}/judge-tie", f"publications/{made_.statement_id}/echo"
    for _ in range(2):
        assert sari.post(path, {"tie": row.pk, "ours": False}).json()["refused_by"] == "Sari"
    assert sari.get(echo).json()["echo"]["carrying"] == []
    assert sari.post(path, {"tie": row.pk, "ours": True}).json()["refused_by"] is None
    assert sari.get(echo).json()["echo"]["carrying"] == ["Kabar Kalindra"]
    said_of = Line.objects.filter(act__startswith="echo.").order_by("id").values_list("act", flat=True)
    assert list(said_of) == ["echo.refused", "echo.taken_back"]
    assert refused(sari.post(path, {"tie": 987654321, "ours": False}), 422)["errors"][0]["field"] == "tie"
    refused(program(paper.desk.reader, wanted=["issues"]).post(path, {"tie": row.pk, "ours": False}), 403)


def test_of_a_publication_that_few_may_see_there_is_no_echo(said):
    paper, made_ = said
    comes(paper.desk.office, made_.version.text, 20, "Kabar Kalindra")
    read(paper.desk.office)
    issue = Issue.objects.get(pk=paper.issue.pk)
    services.restrict(paper.desk.sari, issue, True, (), issue.version, NOW)
    for person in (paper.desk.joko, paper.desk.boss, paper.desk.guest):
        asks = program(person)
        for path in ("echo", "ties"):
            none, answer = asks.get(f"publications/987654321/{path}"), asks.get(f"publications/{made_.statement_id}/{path}")
            assert (answer.status_code, answer.content) == (none.status_code, none.content) == (404, none.content)
    refused(program(paper.desk.joko, secret="j2").post(f"publications/{made_.statement_id}/judge-tie", {"tie": 1, "ours": False}), 404)


def test_many_ties_ask_the_same_queries_and_are_not_sent_again(said, count_queries):
    paper, made_ = said
    sari, counts = program(paper.desk.sari), []
    for n in (2, 8):
        for i in range(n):
            comes(paper.desk.office, made_.version.text, 20 + n + i, f"Koran {n} {i}")
        read(paper.desk.office)
        took = []
        for path in ("echo", "ties"):
            there = f"publications/{made_.statement_id}/{path}"
            assert sari.get(there, if_none_match=sari.get(there)["ETag"]).status_code == 304
            with count_queries() as asked:
                sari.get(there)
            took.append(len(asked))
        counts.append(took)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 25
    assert len(echo_queries.get_tied(echo_queries.get_reading(made_))) == 10


def test_readers_by_mail_are_counts_of_nobody_or_of_ten_or_more(desk):
    assert program(desk.reader, wanted=["issues"]).get("news-readers").json() == {
        "readers": 0, "all_topics": 0, "topics": [], "mailings": [],
    }  # fmt: skip
