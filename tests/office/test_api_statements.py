"""Statements by program: written and sent for approval through the rules of the pages; nobody approves or publishes by program."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of, sound
from desk import NOW
from screens import STILL, client_of
from statements import CONTACT, FRAME, SLOTS, TEXT, lines, papers
from test_api import Program, refused, token_for

from kentongan.config import Config
from kentongan.office.api.doors import operations
from kentongan.office.api.scopes import SCOPES
from kentongan.office.desk import services, statement_approval, statement_publishing, statement_queries, statement_services
from kentongan.office.desk.models import Approval, ApprovalStep, Publication, Statement, StatementVersion
from kentongan.office.listening.models import Article
from kentongan.office.people import standing
from kentongan.testing import builders

HOUR = timedelta(hours=1)


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 100_000}, settings.CONFIG.origins)
    return people_of(papers())


@pytest.fixture
def lina(paper):
    return Program(token_for(paper.desk.lina))


def published(paper):
    found = decide(paper.dewi, asked(paper))
    statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW)
    return Statement.objects.get(pk=found.pk)


def named(person):
    return {"id": person.pk, "name": person.shown}


# Reading


def test_statements_are_listed_by_issue_and_state_the_latest_first(paper, lina):
    other, part = paper.desk.opened("Lain"), paper.desk.opened("Bagian")
    first = paper.begun()
    second = statement_services.begin(paper.desk.lina, paper.issue, "press", "id", FRAME, NOW + HOUR)
    third = statement_services.begin(paper.desk.lina, part, "chat", "id", FRAME, NOW)
    services.merge(paper.desk.sari, part, paper.issue, "sama", part.version, NOW)
    over = statement_services.begin(paper.desk.lina, other, "press", "id", FRAME, NOW)
    statement_approval.withdraw(paper.desk.lina, over, "tidak perlu", over.version, NOW)

    def rows(query=""):
        return {row["id"] for row in lina.get(f"statements{query}").json()["rows"]}

    assert rows() == {first.pk, second.pk, third.pk, over.pk}
    assert lina.get("statements").json()["rows"][0]["id"] == second.pk
    assert rows(f"?issue={paper.issue.pk}") == {first.pk, second.pk, third.pk}
    assert rows("?state=withdrawn") == {over.pk}
    assert rows("?issue=987654321") == rows("?state=approved") == set()
    for query in ("issue=0", "state=done", "after=x", "size=0"):
        assert refused(lina.get(f"statements?{query}"), 422)["errors"][0]["field"] == query.partition("=")[0]


def test_pages_give_every_statement_once_while_others_are_begun(paper, lina):
    made = [statement_services.begin(paper.desk.lina, paper.issue, "chat", "id", FRAME, NOW - (n % 3) * HOUR).pk for n in range(8)]
    seen, after = [], ""
    while after is not None:
        page = lina.get(f"statements?size=3{after and '&after='}{after}").json()
        seen, after = seen + [row["id"] for row in page["rows"]], page["next"]
        statement_services.begin(paper.desk.lina, paper.issue, "chat", "id", FRAME, NOW + HOUR)
    assert sorted(seen) == sorted(made)


def test_a_statement_comes_with_its_sentences_what_they_rest_on_and_what_is_wrong_with_them(paper, lina):
    found = paper.written("Air masuk ke 42 rumah.\n" + TEXT)
    proof = paper.article()
    found = statement_services.settle_sentence(paper.desk.lina, found, "s1", "known", (proof,), found.version, NOW)
    said = lina.get(f"statements/{found.pk}").json()
    first = said["sentences"][0]
    assert (first["key"], first["section"], first["origin"], first["evidence"], first["reviewer"]) == (
        "s1",
        "known",
        "human",
        [proof],
        None,
    )
    assert [(one["id"], one["there"], one["words"] != "", one["url"] != "") for one in first["rests"]] == [(proof, True, True, True)]
    assert (said["last"]["number"], said["last"]["text_hash"]) == (2, statement_queries.get_last(found).text_hash)
    assert (said["statement"]["version"], said["statement"]["cluster"], said["statement"]["contact"]) == (found.version, "victim", CONTACT)
    every = [*said["findings"], *(one for row in said["sentences"] for one in row["findings"])]
    assert said["blocking"] == sum(one["weight"] == "blocks" for one in every) > 0
    assert all(one["sentence"] and "{" not in one["sentence"] for one in every)
    assert [one["number"] for one in said["texts"]] == [2, 1]
    assert [one["by"] for one in said["history"]] == ["Lina"] * 3
    assert (said["acts"], said["approval"], said["published"], said["correction"]) == (["write", "ask", "withdraw"], None, False, None)
    assert Program(token_for(paper.desk.reader)).get(f"statements/{found.pk}").json()["acts"] == []


def test_evidence_that_is_kept_no_longer_is_named_and_carries_nothing(paper, lina):
    found = paper.written("Air masuk ke 42 rumah.")
    found = statement_services.settle_sentence(paper.desk.lina, found, "s1", "known", (paper.article(),), found.version, NOW)
    paper.desk.story.members.all().delete()
    Article.objects.filter(office=paper.desk.office).delete()
    (row,) = lina.get(f"statements/{found.pk}").json()["sentences"]
    assert [(one["there"], one["words"]) for one in row["rests"]] == [(False, "")]


def test_a_text_comes_with_what_it_changed_of_the_one_before(paper, lina):
    found = paper.written("Jauhi sungai.\nHubungi 112.")
    statement_services.write(paper.desk.sari, found, "Jauhi tepi sungai.", FRAME, found.version, NOW)
    said = lina.get(f"statements/{found.pk}/version?number=2").json()
    assert said == lina.get(f"statements/{found.pk}/version").json()
    assert (said["text"]["text"], said["text"]["by"], [one["kind"] for one in said["changes"]]) == (
        "Jauhi tepi sungai.", "Sari", ["changed", "gone"],
    )  # fmt: skip
    assert {"mark": "new", "text": " tepi"} in said["changes"][0]["pieces"]
    assert [one["kind"] for one in lina.get(f"statements/{found.pk}/version?number=1").json()["changes"]] == ["new", "new"]
    refused(lina.get(f"statements/{found.pk}/version?number=3"), 404)
    refused(lina.get(f"statements/{found.pk}/version?number={2**40}"), 422)


def test_what_waits_is_told_to_whom_it_waits_for_and_to_others(paper, lina):
    found = asked(paper)
    mine = Program(token_for(paper.dewi, ["issues"])).get("waiting-statements").json()
    assert mine["others"] == []
    (row,) = mine["mine"]
    assert (row["statement"], row["issue"], row["title"], row["step"], row["number"]) == (
        found.pk, paper.issue.pk, paper.issue.title, "approver", statement_queries.get_last(found).number,
    )  # fmt: skip
    assert row["person"] == row["first"] == named(paper.dewi)
    assert lina.get("waiting-statements").json() == {"mine": [], "others": [row]}
    (step,) = lina.get(f"statements/{found.pk}").json()["approval"]["steps"]
    assert (step["person"], step["decision"], step["stuck"]) == (named(paper.dewi), "", "")


def test_what_the_page_offers_is_offered(paper, lina):
    found = paper.begun()
    assert paper.article() in {one["id"] for one in lina.get(f"statements/{found.pk}/evidence").json()["rows"]}
    slots = {one["slot"]: one for one in lina.get(f"statements/{found.pk}/template").json()["rows"]}
    assert slots["instruction"]["needed"] and slots["instruction"]["sample"] and slots["instruction"]["kind"] == "sentence"
    people = lina.get(f"statements/{found.pk}/people").json()
    assert people == {"facts": [named(paper.tono)], "legal": [named(paper.rudi)], "approver": [named(paper.dewi)]}
    reader = Program(token_for(paper.desk.reader))
    for what in ("evidence", "template", "people"):
        refused(reader.get(f"statements/{found.pk}/{what}"), 403)


def test_what_has_not_changed_is_not_sent_again(paper, lina):
    found = asked(paper)
    paths = ("statements", "waiting-statements", f"statements/{found.pk}", f"statements/{found.pk}/version")
    tags = {path: lina.get(path)["ETag"] for path in paths}
    assert {lina.get(path, if_none_match=tag).status_code for path, tag in tags.items()} == {304}
    statement_services.write(paper.desk.lina, found, "Lain sama sekali.", FRAME, found.version, NOW)
    assert {lina.get(path, if_none_match=tag).status_code for path, tag in tags.items()} == {200}


def test_fifty_statements_and_sentences_ask_the_database_no_more_than_three(paper, lina, count_queries):
    counts = []
    for n in (3, 47):
        found = sound(paper)
        text = "\n".join([statement_queries.get_last(found).text, *(f"Hal {i} dari {n}." for i in range(n))])
        for i in range(2 + n // 10):
            found = statement_services.write(paper.desk.sari, found, f"{text}\nKe {i}.", FRAME, found.version, NOW)
        for _ in range(n // 10):
            asked(paper, sound(paper))
        paths = ("statements?size=100", "waiting-statements", f"statements/{found.pk}", f"statements/{found.pk}/version")
        asked(paper, sound(paper))
        took = []
        for path in paths:
            lina.get(path)
            with count_queries() as said:
                assert lina.get(path).status_code == 200
            took.append(len(said))
        counts.append(took)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 32


# Acting


def test_a_statement_is_begun_filled_in_settled_and_sent_for_approval(paper, lina):
    answer = lina.post(f"issues/{paper.issue.pk}/statements", {"kind": "holding", "cluster": "victim", "level": "low", "contact": CONTACT})
    assert answer.status_code == 201, answer.content
    said = answer.json()
    path = f"statements/{said['statement']['id']}"
    assert (said["statement"]["language"], said["last"], said["sentences"]) == ("id", None, [])
    said = lina.post(f"{path}/fill", {"version": said["statement"]["version"], "values": {"event": "banjir"}}).json()
    assert "instruction" in said["missing"]
    said = lina.post(f"{path}/fill", {"version": said["statement"]["version"], "values": SLOTS}).json()
    assert said["missing"] == []
    assert "template" in {one["origin"] for one in said["sentences"]}
    update = {"version": said["statement"]["version"], "next_update": FRAME.next_update.isoformat()}
    said = lina.post(f"{path}/write", update).json()
    for one in said["sentences"]:
        if one["section"] in {"known", "action"}:
            body = {"key": one["key"], "section": one["section"], "evidence": [paper.article()], "version": said["statement"]["version"]}
            said = lina.post(f"{path}/sentence", body).json()
    assert said["blocking"] == 0, [one["findings"] for one in said["sentences"]]
    body = {"approver": paper.dewi.pk, "facts": paper.tono.pk, "in_order": True, "version": said["statement"]["version"]}
    said = lina.post(f"{path}/ask", body).json()
    assert (said["statement"]["state"], said["acts"]) == ("waiting", ["write", "take_back", "withdraw"])
    assert [one["step"] for one in said["approval"]["steps"]] == ["facts", "approver"]
    said = lina.post(f"{path}/take-back", {"version": said["statement"]["version"]}).json()
    assert (said["statement"]["state"], said["approval"]) == ("draft", None)
    said = lina.post(f"{path}/withdraw", {"version": said["statement"]["version"], "reason": "tidak perlu lagi"}).json()
    assert (said["statement"]["state"], said["history"][-1]["note"], said["acts"]) == ("withdrawn", "tidak perlu lagi", [])
    assert lines(Statement.objects.get())[0] == "statement.begun"
    assert lines(Statement.objects.get())[-3:] == ["statement.asked", "statement.taken_back", "statement.withdrawn"]


def test_what_is_left_out_stays_and_what_is_the_same_makes_no_text(paper, lina):
    found = paper.written()
    path, version = f"statements/{found.pk}/write", found.version
    said = lina.post(path, {"version": version, "contact": "119"}).json()
    assert (said["last"]["text"], said["statement"]["contact"], said["last"]["number"]) == (TEXT, "119", 2)
    assert lina.post(path, {"version": version + 1, "contact": "119"}).json()["last"]["number"] == 2
    said = lina.post(path, {"version": version + 1, "text": TEXT.replace("112", "119")}).json()
    assert [one["key"] for one in said["sentences"]] == ["s1", "s2", "s3", "s4"], "a sentence keeps its key through editing"
    assert said["statement"]["next_update"] is not None


def test_of_two_who_write_the_second_is_given_both_texts_and_overwrites_nothing(paper, lina):
    found, sari = paper.written("Jauhi sungai."), Program(token_for(paper.desk.sari))
    seen = found.version
    assert sari.post(f"statements/{found.pk}/write", {"version": seen, "text": "Jauhi tepi sungai."}).status_code == 200
    bodies = {
        "write": {"text": "Menjauh."}, "fill": {"values": {"event": "banjir"}}, "sentence": {"key": "s1", "section": "instruction"},
        "ask": {"approver": paper.dewi.pk}, "take-back": {}, "withdraw": {"reason": "tidak perlu"},
    }  # fmt: skip
    for act, body in bodies.items():
        answer = lina.post(f"statements/{found.pk}/{act}", {"version": seen, **body})
        assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json"), act
        said = answer.json()
        assert (said["stored"]["last"]["text"], said["stored"]["statement"]["version"]) == ("Jauhi tepi sungai.", seen + 1), act
        assert (said["sent"], said["errors"][0]["field"]) == ({"version": seen, **body}, "version")
    assert (StatementVersion.objects.count(), Statement.objects.get().state) == (2, "draft")
    assert lina.post(f"statements/{found.pk}/write", {"version": seen + 1, "text": "Menjauh."}).status_code == 200


@pytest.mark.parametrize(
    ("act", "body", "status", "field"),
    [
        ("write", {"text": "<b>Jauhi</b>"}, 422, "text"), ("write", {"text": "x" * 60_001}, 422, "text"),
        ("write", {"text": "a\x00"}, 422, "text"), ("write", {"text": None}, 422, "text"), ("write", {"level": "grave"}, 422, "level"),
        ("write", {"state": "approved"}, 422, "state"), ("write", {"origin": "human"}, 422, "origin"),
        ("write", {"cluster": "guilty"}, 422, "cluster"), ("write", {"language": "en"}, 422, "language"),
        ("fill", {"values": {"nothing": "x"}}, 422, "values.nothing"), ("fill", {}, 422, "values"),
        ("sentence", {"key": "x", "section": "known"}, 422, "key"), ("sentence", {"key": "s1", "section": "person"}, 422, "section"),
        ("sentence", {"key": "s9", "section": "known"}, 403, ""),
        ("sentence", {"key": "s1", "section": "known", "evidence": ["article:987654321"]}, 422, "evidence"),
        ("sentence", {"key": "s1", "section": "known", "reviewer": 1}, 422, "reviewer"), ("ask", {}, 422, "approver"),
        ("ask", {"approver": 987_654_321}, 403, ""), ("take-back", {}, 403, ""), ("withdraw", {"reason": " "}, 422, "reason"),
        ("withdraw", {"reason": "telepon 0812-3456-7890"}, 422, "reason"), ("correct", {"wrong": "Angka salah, yang benar 42"}, 403, ""),
    ],
)  # fmt: skip
def test_what_is_refused_on_the_page_is_refused_here_and_names_its_field(paper, lina, act, body, status, field):
    found = paper.written("Air masuk ke 42 rumah.")
    version = {} if act == "correct" else {"version": found.version}
    said = refused(lina.post(f"statements/{found.pk}/{act}", {**version, **body}), status)
    assert field in {one["field"] for one in said["errors"]}
    found.refresh_from_db()
    assert (found.state, StatementVersion.objects.count()) == ("draft", 1)


def test_nobody_is_asked_who_wrote_it_lacks_the_role_or_works_elsewhere(paper, lina):
    found = sound(paper)
    for person in (paper.desk.lina, paper.desk.reader, paper.desk.guest, paper.rudi):
        said = refused(lina.post(f"statements/{found.pk}/ask", {"approver": person.pk, "version": found.version}), 422)
        assert said["errors"][0]["field"] == "approver"
    assert not Approval.objects.exists()


def test_a_correction_is_begun_and_takes_no_ones_place_before_it_is_published(paper, lina):
    found = published(paper)
    assert lina.get(f"statements/{found.pk}").json()["acts"] == ["correct"]
    answer = lina.post(f"statements/{found.pk}/correct", {"wrong": "Jumlah rumah salah, yang benar 47."})
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["statement"]["corrects"], said["statement"]["state"]) == (found.pk, "draft")
    assert said["last"]["text_hash"] == found.publication.text_hash
    old = lina.get(f"statements/{found.pk}").json()
    assert (old["statement"]["state"], old["published"], old["correction"], old["acts"]) == ("published", True, said["statement"]["id"], [])
    refused(lina.post(f"statements/{found.pk}/correct", {"wrong": "Jumlah rumah salah, yang benar 48."}), 403)


# What no program does


DECIDED_BY_PEOPLE = {"decide_approval", "publish_statement", "review_publication"}
"""The acts of the pages that have no operation."""


def test_no_operation_approves_returns_reviews_or_publishes():
    every = {one.id: one for one in operations()}
    assert not DECIDED_BY_PEOPLE & set(every)
    rights = {one.right for one in every.values()} | {right for _, right in SCOPES.values()}
    assert not rights & {"statements.approve", "statements.publish"}


def test_whatever_is_sent_by_program_nothing_is_approved_or_published(paper):
    """Everybody who may approve or publish sends every act there is, at the right version; no step is decided and nothing goes out."""
    found = asked(paper)
    people = [paper.dewi, paper.desk.sari, paper.desk.boss, builders.make_user(paper.desk.office, "juru", "spokesperson")]
    acts = [one for one in operations() if one.method == "POST" and one.path.startswith("/api/v1/statements/{pk}/")]
    assert len(acts) == 8
    for n, person in enumerate(people):
        program = Program(token_for(person, secret=f"rahasia-{n}"))
        for one in acts:
            found.refresh_from_db()
            body = {
                "version": found.version, "text": "Lain.", "values": {}, "key": "s1", "section": "known", "approver": person.pk,
                "reason": "alasan", "wrong": "Yang salah",
            }  # fmt: skip
            for name in (*body, "decision", "outcome", "text_hash"):
                some = {"version": found.version, name: body.get(name, "approved")}
                program.post(one.path.removeprefix("/api/v1/").replace("{pk}", str(found.pk)), some)
    assert not Publication.objects.exists()
    assert not ApprovalStep.objects.exclude(decision="").exists()
    assert not Approval.objects.filter(outcome="approved").exists()


def test_what_is_published_is_withdrawn_on_the_screen_alone(paper, lina):
    found = published(paper)
    for person in (paper.desk.sari, paper.desk.boss):
        said = refused(
            Program(token_for(person)).post(f"statements/{found.pk}/withdraw", {"version": found.version, "reason": "tidak berlaku"}), 403
        )
        assert "screen" in said["detail"]
    found.refresh_from_db()
    assert found.state == "published"
    for act, body in (("write", {"text": "Lain."}), ("ask", {"approver": paper.dewi.pk}), ("take-back", {})):
        refused(lina.post(f"statements/{found.pk}/{act}", {"version": found.version, **body}), 403)


# Who may


def every_path(paper, found):
    reads = [f"statements/{found.pk}{rest}" for rest in ("", "/version", "/evidence", "/template", "/people")]
    version = {"version": found.version}
    acts = {
        "write": {"text": "Lain."}, "fill": {"values": {"event": "banjir"}}, "sentence": {"key": "s1", "section": "known"},
        "ask": {"approver": paper.dewi.pk}, "take-back": {}, "withdraw": {"reason": "tidak perlu"},
    }  # fmt: skip
    posts = {f"statements/{found.pk}/{act}": {**version, **body} for act, body in acts.items()}
    posts[f"statements/{found.pk}/correct"] = {"wrong": "Angka salah, yang benar 42"}
    posts[f"issues/{found.issue_id}/statements"] = {"kind": "chat", "cluster": "victim"}
    return reads, posts


def test_for_everybody_else_the_statements_about_an_issue_that_few_may_see_are_not_there(paper):
    issue = paper.desk.secret(paper.desk.lina)
    found = paper.written(issue=issue)
    reads, posts = every_path(paper, found)
    before = StatementVersion.objects.count(), Statement.objects.values().get(pk=found.pk)
    for person in (paper.desk.boss, paper.desk.joko, paper.desk.guest):
        program = Program(token_for(person))
        assert program.get("statements").json()["rows"] == program.get(f"statements?issue={issue.pk}").json()["rows"] == []
        none = program.get("statements/987654321")
        for path in reads:
            answer = program.get(path)
            assert (answer.status_code, answer.content) == (none.status_code, none.content) == (404, none.content), path
        for path, body in posts.items():
            refused(program.post(path, body), 404)
    assert (StatementVersion.objects.count(), Statement.objects.values().get(pk=found.pk)) == before
    assert Program(token_for(paper.desk.lina)).get(reads[0]).status_code == 200


def test_readers_who_stand_in_for_nobody_and_a_token_that_only_reads_act_on_nothing(paper):
    found = paper.written()
    reads, posts = every_path(paper, found)
    reading, acting = Program(token_for(paper.desk.sari, ["issues"])), Program(token_for(paper.desk.sari, ["respond"]))
    for path, body in posts.items():
        refused(client_of(paper.desk.reader).post(f"/api/v1/{path}", body, content_type="application/json"), 403)
        refused(client_of(paper.dewi).post(f"/api/v1/{path}", body, content_type="application/json"), 403)
        refused(reading.post(path, body), 403)
        refused(Program().post(path, body), 401)
    for path in (*reads, "statements", "waiting-statements"):
        refused(acting.get(path), 403)
    found.refresh_from_db()
    assert (found.state, StatementVersion.objects.count()) == ("draft", 1)


def test_who_stands_in_for_an_approver_decides_by_no_token_either(paper):
    asked(paper)
    standing.name_deputy(paper.dewi, paper.dewi, paper.desk.reader, NOW, NOW + HOUR, NOW)
    program, pk = Program(token_for(paper.desk.reader)), Statement.objects.get().pk
    assert {program.post(f"statements/{pk}/{act}", {"decision": "approved"}).status_code for act in ("decide", "approve", "publish")} == {
        404
    }
    assert not ApprovalStep.objects.exclude(decision="").exists()


@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_findings_and_history_speak_the_language_that_is_asked_for(paper, language):
    found = paper.written("Air masuk ke 42 rumah.")
    said = Program(token_for(paper.desk.lina), language).get(f"statements/{found.pk}").json()
    word = {"id": "Dimulai", "vi": "", "en": "Begun"}[language]
    assert said["history"][0]["sentence"].startswith(word)
    assert said["findings"] and all(one["sentence"] for one in said["findings"])
