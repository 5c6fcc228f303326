"""Questions to agencies by program: asked, answered for one's own agency, given more time, withdrawn; and what of it nobody learns."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW, lines
from screens import STILL
from test_api import Program, refused, token_for
from test_desk_questions import ASKED, SAID, asked, furnished, issue_of

from kentongan.config import Config
from kentongan.office.api.doors import operations
from kentongan.office.desk import question_links, questions, services
from kentongan.office.desk.facts_models import Fact
from kentongan.office.desk.question_models import AgencyQuestion, AnswerLink
from kentongan.office.ledger.models import Line
from kentongan.office.people.models import User

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 100_000}, settings.CONFIG.origins)
    return furnished()


@pytest.fixture
def sari(desk):
    return Program(token_for(desk.sari))


def ask_of(desk, **change):
    return {"agency": desk.health.pk, "text": ASKED, "due": (NOW + 2 * HOUR).isoformat(), **change}


def moment(hours):
    return (NOW + hours * HOUR).isoformat()


# Reading


def test_what_waits_comes_due_first_apart_from_what_ones_own_agency_is_asked(desk, sari):
    issue = issue_of(desk)
    late, soon = asked(desk, issue, due=NOW + 3 * HOUR), asked(desk, issue, due=NOW + HOUR)
    over = asked(desk, issue)
    questions.withdraw(desk.sari, over, "tidak perlu lagi", over.version, NOW)
    said = sari.get("waiting-questions").json()
    assert ([one["id"] for one in said["mine"]], [one["id"] for one in said["others"]]) == ([], [soon.pk, late.pk])
    said = Program(token_for(desk.maya)).get("waiting-questions").json()
    assert [one["id"] for one in said["mine"]] == [soon.pk, late.pk]


def test_a_question_comes_with_its_answer_and_what_can_be_done(desk, sari):
    issue = issue_of(desk)
    row = asked(desk, issue, person=desk.hadi)
    said = sari.get(f"agency-questions/{row.pk}").json()
    first = said["question"]
    assert (first["issue"], first["agency"]["name"], first["person"]["name"], first["by"]) == (issue.pk, "Dinas Kesehatan", "Hadi", "Sari")
    assert (first["state"], first["answer"], first["overdue"], said["acts"]) == ("waiting", None, False, ["prolong", "withdraw"])
    questions.answer(desk.hadi, row, SAID, NOW)
    said = sari.get(f"agency-questions/{row.pk}").json()
    assert (said["question"]["state"], said["acts"]) == ("answered", ["note"])
    assert {name: said["question"]["answer"][name] for name in ("text", "grade", "way", "by")} == {
        "text": SAID.text, "grade": "confirmed", "way": "here", "by": "Hadi",
    }  # fmt: skip


def test_an_answer_through_a_link_has_no_name_and_no_link_is_ever_told(desk, sari):
    row = asked(desk)
    made = questions.hand_over(desk.sari, row, NOW)
    word = question_links.word_of(made)
    questions.answer_by_link(word, SAID, NOW)
    text = sari.get(f"agency-questions/{row.pk}").content.decode()
    said = json.loads(text)["question"]["answer"]
    assert (said["way"], said["by"]) == ("link", None)
    link = AnswerLink.objects.get(pk=made.pk)
    assert not [one for one in (word, link.nonce, link.digest) if one in text]


def test_questions_come_in_pages_by_issue_with_its_parts_and_by_state(desk, sari):
    issue, part = issue_of(desk), issue_of(desk, title="Ikan mati")
    made = [asked(desk, issue if n % 2 else part).pk for n in range(5)]
    services.merge(desk.sari, part, issue, "sama", part.version, NOW)
    lone = asked(desk).pk
    seen, after = [], ""
    while after is not None:
        page = sari.get(f"agency-questions?issue={issue.pk}&size=2{after and '&after='}{after}").json()
        seen, after = seen + [row["id"] for row in page["rows"]], page["next"]
    assert sorted(seen) == sorted(made)
    assert len(seen) == len(made)
    questions.answer(desk.maya, AgencyQuestion.objects.get(pk=lone), SAID, NOW)
    assert [row["id"] for row in sari.get("agency-questions?state=answered").json()["rows"]] == [lone]
    for query in ("issue=0", "after=x", "size=0", "state=no"):
        assert refused(sari.get(f"agency-questions?{query}"), 422)["errors"][0]["field"] == query.partition("=")[0]


def test_who_is_asked_about_what_few_may_see_reads_the_question_and_of_the_issue_not_its_number(desk):
    issue = desk.secret(desk.lina, agency=desk.water.pk, supporting=(desk.health.pk,))
    row = asked(desk, issue, person=desk.maya)
    maya = Program(token_for(desk.maya))
    said = maya.get(f"agency-questions/{row.pk}").json()
    assert (said["question"]["text"], said["question"]["issue"], said["acts"], said["messages"]) == (ASKED, None, ["answer"], [])
    assert [one["id"] for one in maya.get("agency-questions").json()["rows"]] == [row.pk]
    assert maya.get(f"agency-questions?issue={issue.pk}").json()["rows"] == [], "nor by trying numbers"
    refused(maya.get(f"issues/{issue.pk}/agencies"), 404)
    refused(maya.post(f"agency-questions/{row.pk}/withdraw", {"reason": "tidak perlu", "version": row.version}), 403)
    for person in (desk.joko, desk.boss, desk.guest):
        program = Program(token_for(person))
        assert program.get("agency-questions").json()["rows"] == []
        assert program.get("waiting-questions").json() == {"mine": [], "others": []}
        none, answer = program.get("agency-questions/987654321"), program.get(f"agency-questions/{row.pk}")
        assert (answer.status_code, answer.content) == (none.status_code, none.content) == (404, none.content)
    assert Program(token_for(desk.lina)).get(f"agency-questions/{row.pk}").json()["question"]["issue"] == issue.pk


def test_twenty_questions_ask_the_database_no_more_than_two_and_are_not_sent_again(desk, sari, count_queries):
    issue, counts = issue_of(desk), []
    for n in (2, 18):
        for _ in range(n):
            row = asked(desk, issue, person=desk.hadi)
            questions.answer(desk.hadi, asked(desk, issue), SAID, NOW)
        took = []
        for path in (f"agency-questions?size=100&issue={issue.pk}", "waiting-questions", f"agency-questions/{row.pk}"):
            tag = sari.get(path)["ETag"]
            assert sari.get(path, if_none_match=tag).status_code == 304
            with count_queries() as said:
                sari.get(path)
            took.append(len(said))
        counts.append(took)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12


# Acts


def test_an_agency_of_the_issue_is_asked_and_its_people_by_name(desk, sari):
    issue = issue_of(desk)
    rows = sari.get(f"issues/{issue.pk}/agencies").json()["rows"]
    assert [(row["name"], [one["name"] for one in row["people"]]) for row in rows] == [
        ("Perumda Air Minum", []), ("Dinas Kesehatan", ["Hadi", "Maya"]),
    ]  # fmt: skip
    answer = sari.post(f"issues/{issue.pk}/ask", ask_of(desk, person=desk.hadi.pk, context="Sejak pagi"))
    assert answer.status_code == 201
    row = AgencyQuestion.objects.get(pk=answer.json()["id"])
    assert (row.by, row.person, row.text, row.context, row.due) == (desk.sari, desk.hadi, ASKED, "Sejak pagi", NOW + 2 * HOUR)
    assert lines(issue)[-1] == "question.asked"
    assert ASKED not in Line.objects.filter(act="question.asked").get().detail


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "Apa?"}, "text"), ({"text": "Hubungi 0812 3456 7890 ya?"}, "text"), ({"due": NOW.isoformat()}, "due"),
        ({"agency": 987654321}, "agency"), ({"person": 987654321}, "person"), ({"who": 1}, "who"),
    ],
)  # fmt: skip
def test_what_the_page_refuses_is_refused_at_its_field(desk, sari, change, field):
    issue = issue_of(desk)
    assert refused(sari.post(f"issues/{issue.pk}/ask", ask_of(desk, **change)), 422)["errors"][0]["field"] == field
    assert not AgencyQuestion.objects.exists()


def test_an_answer_is_given_once_by_the_agencys_own_people_and_becomes_one_fact(desk, sari):
    row = asked(desk)
    body = {"text": SAID.text, "grade": "unclear"}
    refused(sari.post(f"agency-questions/{row.pk}/answer", body), 403)
    maya = Program(token_for(desk.maya))
    assert refused(maya.post(f"agency-questions/{row.pk}/answer", {**body, "text": ""}), 422)["errors"][0]["field"] == "text"
    refused(sari.post(f"agency-questions/{row.pk}/fact", {}), 403)
    assert maya.post(f"agency-questions/{row.pk}/answer", body).json()["answer"]["by"] == "Maya"
    refused(maya.post(f"agency-questions/{row.pk}/answer", {**body, "text": "Lain"}), 403)
    said = [sari.post(f"agency-questions/{row.pk}/fact", {}).json()["fact"] for _ in range(2)]
    fact = Fact.objects.get()
    assert (said, fact.kind, fact.text, fact.agency) == ([fact.pk, fact.pk], "assumed", SAID.text, desk.health)


def test_somebody_of_the_agency_who_only_reads_cannot_let_a_program_answer(desk):
    row = asked(desk)
    hadi = Program(token_for(desk.hadi, ["issues"]))
    assert hadi.get(f"agency-questions/{row.pk}").json()["acts"] == ["answer"]
    refused(hadi.post(f"agency-questions/{row.pk}/answer", {"text": SAID.text, "grade": "likely"}), 403)


def test_more_time_and_withdrawal_with_both_versions_for_whoever_comes_second(desk, sari):
    row = asked(desk)
    said = sari.post(f"agency-questions/{row.pk}/prolong", {"due": moment(4), "version": row.version}).json()
    assert said["due"].startswith((NOW + 4 * HOUR).isoformat()[:16])
    body = {"reason": "tidak perlu lagi", "version": row.version}
    answer = sari.post(f"agency-questions/{row.pk}/withdraw", body)
    both = answer.json()
    assert answer.status_code == 409
    assert (both["stored"], both["sent"]) == (said, body)
    assert refused(sari.post(f"agency-questions/{row.pk}/prolong", {"due": moment(3), "version": 1}), 422)["errors"][0]["field"] == "due"
    said = sari.post(f"agency-questions/{row.pk}/withdraw", {**body, "version": said["version"]}).json()
    assert (said["state"], said["ended"] is None) == ("withdrawn", False)
    refused(sari.post(f"agency-questions/{row.pk}/prolong", {"due": moment(5), "version": said["version"]}), 403)


def test_no_operation_makes_a_link_and_another_office_finds_nothing(desk):
    assert not [one.id for one in operations() if "link" in one.path and "question" in one.path]
    row, guest = asked(desk), Program(token_for(User.objects.get(pk=desk.guest.pk)))
    for name, body in (("withdraw", {"reason": "tidak perlu", "version": 0}), ("fact", {}), ("answer", {"text": "Ya", "grade": "likely"})):
        refused(guest.post(f"agency-questions/{row.pk}/{name}", body), 404)
    refused(guest.post(f"issues/{row.issue_id}/ask", ask_of(desk)), 404)
    assert lines(row.issue)[-1] == "question.asked"
