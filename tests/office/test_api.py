"""The API: who passes in, what is said, what is refused and how."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from kentongan.config import Config
from kentongan.errors import InputError, RefusedError
from kentongan.office.administration import jobs
from kentongan.office.alerting.models import Address, Route
from kentongan.office.api import entrance, scopes, services
from kentongan.office.api.doors import api, operations
from kentongan.office.api.models import Hook, Token
from kentongan.office.desk import facts, questions, review_actions, statement_queries, statement_services
from kentongan.office.desk import services as desk
from kentongan.office.desk.statement_approval import Sight
from kentongan.office.desk.statement_publishing import publish_in_emergency
from kentongan.office.ledger.models import Line
from kentongan.office.listening import briefing, journal, purposes
from kentongan.office.listening import services as listening
from kentongan.office.listening.models import (
    Article,
    Briefing,
    JournalEntry,
    Purpose,
    Signal,
    Source,
    SourceProposal,
    Story,
    StoryMark,
    Watch,
)
from kentongan.office.people import holders, inviting, standing
from kentongan.office.people import services as people
from kentongan.office.people.models import Place
from kentongan.testing import builders
from kentongan.testing.accuracy import furnish_accuracy
from kentongan.testing.claims import furnish_claims

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of, handler

pytestmark = pytest.mark.django_db
NOW = builders.NOW
REMEDY = re.compile(r"\S+ .*[.”]$")


def token_for(person, wanted=None, secret="", days=30):
    secret = secret or f"ktg_test-{person.username}-{'-'.join(wanted or ())}"
    wanted = wanted if wanted is not None else [one for one in scopes.scopes_of(person) if one != scopes.FEEDS]
    services.make_token(person, "uji", wanted, NOW + timedelta(days=days), secret, NOW)
    return secret


class Program:
    """A client that sends a token and reads JSON."""

    def __init__(self, secret="", language="en"):
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        self.client = Client(headers={**headers, **({"accept-language": language} if language else {})})
        self.client.handler = handler()

    def get(self, path, **headers):
        return self.client.get(f"/api/v1/{path}", headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path, body=None):
        return self.client.post(f"/api/v1/{path}", json.dumps(body) if body is not None else "", content_type="application/json")


def acts(name):
    return [json.loads(line.detail) for line in Line.objects.filter(act=name).order_by("id")]


def refused(answer, status):
    """The problem of a refused request: the right status and form, and a sentence that says what to do."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert (said["status"], set(said)) == (status, {"type", "title", "status", "detail", "errors"})
    assert REMEDY.fullmatch(said["detail"]), said["detail"]
    return said


# Who passes in


def test_a_token_reads_the_stories_of_its_office(house, program):
    rows = program.get("stories").json()["rows"]
    assert {row["id"] for row in rows} == {story.pk for story in house.stories}
    assert all(reason["sentence"] for row in rows for reason in row["reasons"])
    assert program.get("me").json() | {"rights": 0} == {
        "office": "Kota Muarasena", "person": house.officer.pk, "roles": ["officer"], "rights": 0, "language": "id",
    }  # fmt: skip


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer ktg_wrong", "Bearer " + "x" * 5000, "Basic c2FyaTpzYXJp", "ktg_test-sari-", "Bearer \0", "Bearer é"],
)
def test_nobody_passes_without_a_token_that_is_good(house, header):
    token_for(house.officer)
    answer = Client(headers={"authorization": header} if header else {}).get("/api/v1/stories")
    said = refused(answer, 401)
    assert "Bearer" in answer["WWW-Authenticate"]
    assert "Kota" not in json.dumps(said)


def test_a_wrong_token_is_not_saved_by_a_session_that_comes_along(house):
    client = client_of(house.officer)
    assert client.get("/api/v1/stories").status_code == 200
    refused(client.get("/api/v1/stories", headers={"authorization": "Bearer ktg_wrong"}), 401)


def test_a_replayed_token_opens_nothing_once_it_is_revoked_over_or_its_person_gone(house, settings):
    secret, admin = token_for(house.officer), builders.make_user(house.ours, "kepala", "administrator")
    token, program = Token.objects.get(), Program(secret)
    assert program.get("stories").status_code == 200
    Token.objects.update(expires=NOW)
    refused(program.get("stories"), 401)
    Token.objects.update(expires=NOW + timedelta(days=1))
    assert program.get("stories").status_code == 200
    services.revoke_token(house.officer, token, NOW)
    refused(program.get("stories"), 401)
    other = Program(token_for(house.officer, ["read"]))
    assert other.get("stories").status_code == 200
    people.leave(admin, house.officer, NOW)
    assert set(Token.objects.values_list("revoked", flat=True)) == {NOW}
    refused(other.get("stories"), 401)
    assert len(acts("token.revoked")) == 2


def test_an_account_that_is_switched_off_is_refused_even_where_its_token_was_forgotten(house, program):
    type(house.officer).objects.filter(pk=house.officer.pk).update(is_active=False)
    refused(program.get("stories"), 401)


def test_a_token_may_what_its_scopes_and_its_persons_rights_both_allow(house):
    story = house.stories[0].pk
    narrow = Program(token_for(house.officer, ["read"]))
    assert "decide" in refused(narrow.post(f"stories/{story}/mark", {"mark": "seen"}), 403)["detail"]
    wide = Program(token_for(house.officer, ["decide"]))
    assert wide.post(f"stories/{story}/mark", {"mark": "seen"}).status_code == 200
    refused(wide.get("stories"), 403)
    type(house.officer).objects.filter(pk=house.officer.pk).update(role="reader")
    refused(wide.post(f"stories/{story}/mark", {"mark": "watch"}), 403)
    assert StoryMark.objects.get(story=story).mark == "seen"


def test_a_role_that_needs_a_second_factor_is_not_spared_it_by_a_token(house, program):
    assert program.get("stories").status_code == 200
    type(house.ours).objects.filter(pk=house.ours.pk).update(second_factor_roles=["officer"])
    refused(program.get("stories"), 403)


def test_a_browser_session_reads_and_its_acts_need_the_forms_token(house):
    path = f"/api/v1/stories/{house.stories[0].pk}/mark"
    client = Client(enforce_csrf_checks=True)
    client.force_login(house.officer)
    assert client.get("/api/v1/stories").status_code == 200
    refused(client.post(path, {"mark": "seen"}, content_type="application/json"), 403)
    client.get("/account/")
    token = client.get("/account/").cookies.get("csrftoken") or client.cookies["csrftoken"]
    answer = client.post(path, {"mark": "seen"}, content_type="application/json", headers={"x-csrftoken": token.value})
    assert answer.status_code == 200


def test_whoever_has_no_office_or_may_not_listen_is_refused(house):
    refused(client_of(house.homeless).get("/api/v1/stories"), 403)
    refused(client_of(builders.make_user(house.ours, "warga", "reporter")).get("/api/v1/stories"), 403)


# Tokens


def test_a_token_is_stored_as_a_hash_and_named_in_the_ledger_without_its_name(house):
    secret = token_for(house.officer)
    token = Token.objects.get()
    assert secret not in str(token.__dict__)
    assert token.digest == services.digest_of(secret)
    until = (NOW + timedelta(days=30)).isoformat()
    assert acts("token.made") == [
        {"scopes": ["administer", "decide", "export", "issues", "office", "read", "respond", "sources"], "expires": until}
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"), ({"wanted": []}, "scopes"), ({"wanted": ["all"]}, "scopes"), ({"expires": NOW}, "expires"),
        ({"expires": NOW + timedelta(days=366)}, "expires"),
    ],
)  # fmt: skip
def test_a_token_needs_a_name_a_scope_and_an_end_within_a_year(house, change, field):
    given = {"name": "uji", "wanted": ["read"], "expires": NOW + timedelta(days=1), "secret": "s" * 30, "now": NOW, **change}
    with pytest.raises((InputError, RefusedError)) as raised:
        services.make_token(house.officer, **given)
    assert raised.value.subject == field


def test_a_reader_gives_no_token_what_they_may_not_themselves(house):
    assert scopes.scopes_of(house.reader) == ["read", "issues", "feeds", "office", "administer"]
    with pytest.raises(RefusedError):
        token_for(house.reader, ["decide"])
    with pytest.raises(RefusedError):
        token_for(builders.make_user(house.ours, "warga", "reporter"), ["read"])


def test_nobody_has_more_than_twenty_tokens(house):
    for n in range(services.MOST_TOKENS):
        token_for(house.officer, ["read"], f"secret-{n}")
    with pytest.raises(RefusedError):
        token_for(house.officer, ["read"], "one-more")
    services.revoke_token(house.officer, Token.objects.order_by("pk")[0], NOW)
    assert token_for(house.officer, ["read"], "one-more")


def test_only_the_person_or_an_administrator_revokes_a_token(house):
    token_for(house.officer)
    for other in (house.reader, house.stranger):
        with pytest.raises(RefusedError):
            services.revoke_token(other, Token.objects.get(), NOW)
    services.revoke_token(builders.make_user(house.ours, "kepala", "administrator"), Token.objects.get(), NOW)
    assert Token.objects.get().revoked == NOW


def test_the_last_use_of_a_token_is_known(house, program):
    assert Token.objects.get().used is None
    program.get("stories")
    assert Token.objects.get().used == NOW


def test_a_token_that_asks_too_often_is_told_when_to_come_again(house, settings, monkeypatch):
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 3}, settings.CONFIG.origins)
    moment = 1_763_769_642.0
    monkeypatch.setattr(entrance.time, "time", lambda: moment)
    program, other = Program(token_for(house.officer)), Program(token_for(house.reader))
    assert [program.get("me").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = program.get("me")
    assert "18 seconds" in refused(answer, 429)["detail"]
    assert answer["Retry-After"] == "18"
    assert other.get("me").status_code == 200
    moment += 18
    assert program.get("me").status_code == 200


# One office and another


def keys_of(house):
    """A number of ours for every operation that takes one."""
    content = briefing.compose(house.ours, NOW - briefing.FIRST_VISIT, NOW, "en")
    admin = builders.make_user(house.ours, "bu-kepala", "administrator")
    watch = Purpose.objects.create(
        office=house.ours, kind="watch", title="Air", purpose="Air", legal_basis="Perwali", owner=admin, starts=NOW.date(),
        ends=(NOW + timedelta(days=90)).date(), created=NOW,
    )  # fmt: skip
    issue = desk.open_issue(house.officer, desk.IssueDraft("Banjir Muarasena"), "high", "laporan", desk.Seed(), NOW)
    urgent = published(house.officer, issue)
    water = standing.make_agency(admin, "Badan Air", "", "", NOW)
    wet = desk.open_issue(house.officer, desk.IssueDraft("Air Muarasena", agency=water.pk), "high", "laporan", desk.Seed(), NOW)
    return {
        "stories": house.stories[0].pk,
        "signals": Signal.objects.filter(office=house.ours, state="new").values_list("pk", flat=True)[0],
        "sources": Source.objects.filter(office=house.ours, paused=False).values_list("pk", flat=True)[0],
        "articles": Article.objects.filter(office=house.ours).values_list("pk", flat=True)[0],
        "briefings": listening.sign_briefing(house.officer, content, NOW).pk,
        "purposes": watch.pk,
        "watches": Watch.objects.create(office=house.ours, purpose=watch, name="Air", query="air", created_by=admin, created=NOW).pk,
        "places": Place.objects.create(office=house.ours, code="33.01", level="ward", name="Pelita Dalam").pk,
        "alerts": builders.furnish_alerts(house.ours, admin).pk,
        "claims": furnish_claims(house.ours, house.officer)[0].pk,
        "issues": issue.pk,
        "statements": urgent.pk,
        "publications": urgent.pk,
        "record": urgent.pk,
        "facts": facts.add(house.officer, issue, facts.FactDraft("unknown", "Muarasena", NOW, owner=house.officer.pk), NOW).pk,
        "agency-questions": questions.ask(
            house.officer, wet, questions.QuestionDraft(water.pk, "Muarasena?", NOW + timedelta(hours=2)), NOW
        ).pk,
        "review-actions": review_actions.add(house.officer, wet, review_actions.ActionDraft("Muarasena", NOW.date(), water.pk), NOW).pk,
        "people": house.reader.pk,
        "invitations": inviting.invite(admin, inviting.Offer("undangan@muarasena.example", "reader"), "word", NOW).pk,
        "agencies": standing.make_agency(admin, "Dinas Muarasena", "", "", NOW).pk,
        "deputies": standing.name_deputy(admin, admin, house.officer, NOW, NOW + timedelta(days=1), NOW).pk,
        "roster": standing.plan_duty(admin, house.officer, "officer", NOW, NOW + timedelta(hours=8), NOW).pk,
        "office-holders": holders.add(admin, "Sri Muarasena", "Wali Kota", (NOW + timedelta(days=9)).date(), NOW).pk,
        "parked-jobs": jobs.park(house.ours.pk, "no_such_task", {"office": house.ours.pk}, "Muarasena", NOW).pk,
        "routes": Route.objects.filter(office=house.ours).values_list("pk", flat=True)[0],
        "recorded-events": furnish_accuracy(house.ours, admin)[0].pk,
        "source-proposals": SourceProposal.objects.create(office=house.ours, host="lain.example", first=NOW).pk,
        "hooks": Hook.objects.create(
            office=house.ours, name="Papan", url="https://hilir.example/", events=[], sealed=b"", by=admin, created=NOW
        ).pk,
        "addresses": Address.objects.create(
            office=house.ours, kind="ntfy", name="Piket", host="ntfy.example", sealed=b"", language="id", created=NOW, by=admin
        ).pk,
    }


def published(by, issue):
    """What people should do, published by one person."""
    frame = statement_services.Frame("low", "victim")
    made = statement_services.begin(by, issue, "chat", "id", frame, NOW)
    made = statement_services.write(by, made, "Jauhi tepi sungai.", frame, made.version, NOW)
    made = statement_services.settle_sentence(by, made, "s1", "instruction", (), made.version, NOW)
    last = statement_queries.get_last(made)
    publish_in_emergency(by, made, "Air naik cepat", Sight(last.number, last.text_hash), NOW)
    return made


BODIES = {
    "take_alert": {}, "snooze_alert": {"until": "2025-11-27T01:00:00Z", "reason": "Latihan"},
    "mark_story": {"mark": "seen"}, "merge_stories": {"other": 1}, "split_story": {"articles": [1]}, "dismiss_signal": {"reason": "Tidak"},
    "change_source": {"version": 0, "area": "Hilir"}, "pause_source": {"reason": "Pindah"},
    "set_story_level": {"level": "low", "reason": "Latihan", "engine": "crisis"},
    "preview_watch": {"name": "Air", "query": "air keruh"}, "decide_recorded_event": {"signal": None, "version": 0},
    "dismiss_alert": {"reason": "Latihan"}, "decide_claim": {"truth": "opinion"}, "note_claim_stance": {"stance": "neutral"},
    "watch_claim": {"until": "2025-11-27T05:00:00Z"}, "end_purpose": {"reason": "Latihan"},
    "change_watch": {"name": "Air", "query": "air keruh", "version": 0}, "change_person": {"version": 0, "first_name": "Sri"},
    "change_agency": {"name": "Dinas"}, "change_route": {"name": "Malam", "roles": ["officer"], "version": 0},
    "change_hook": {"name": "Papan", "url": "https://hilir.example/", "events": ["signal.raised"], "version": 0},
    "change_purpose": {
        "kind": "watch", "title": "Air", "purpose": "Air", "legal_basis": "P", "owner": 1, "starts": "2025-11-27", "ends": "2026-11-27",
        "version": 0,
    },
    "correct_article": {"what": "tone", "said": "neutral"}, "say_signal_useful": {"said": "yes"},
    "change_issue": {"version": 0}, "move_issue": {"act": "check", "version": 0}, "link_issue": {"kind": "story", "id": 1},
    "set_issue_level": {"level": "low", "reason": "Latihan", "version": 0}, "restrict_issue": {"need_to_know": False, "version": 0},
    "decide_issue_truth": {"truth": "opinion", "reason": "Latihan", "version": 0}, "unlink_issue": {"link": 1},
    "split_issue": {"links": [1], "title": "Air", "version": 0}, "merge_issue": {"other": 1, "reason": "Latihan", "version": 0},
    "part_issue": {"reason": "Latihan", "version": 0}, "change_fact": {"version": 0}, "withdraw_fact": {"version": 0, "reason": "Latihan"},
    "add_fact": {"kind": "unknown", "text": "Berapa rumah", "as_of": "2025-11-27T00:00:00Z", "agency": 1},
    "settle_facts": {"about": "rumah", "holds": 1, "seen": [], "reason": "Latihan"},
    "begin_statement": {"kind": "chat", "cluster": "victim"}, "write_statement": {"version": 0},
    "ask_approval": {"version": 0, "approver": 1},
    "fill_statement": {"version": 0, "values": {}}, "settle_sentence": {"version": 0, "key": "s1", "section": "known"},
    "take_back_approval": {"version": 0}, "withdraw_statement": {"version": 0, "reason": "Latihan"},
    "correct_statement": {"wrong": "Jumlah rumah salah, yang benar 47."},
    "begin_clock": {"law": "id.at_once", "start": "2025-11-27T00:00:00Z", "reason": "Latihan", "version": 0},
    "end_clock": {"number": 1, "how": "mistake", "reason": "Latihan"},
    "comment_issue": {"text": "Latihan"}, "ask_agency": {"agency": 1, "text": "Latihan?", "due": "2025-11-28T00:00:00Z"},
    "answer_question": {"text": "Latihan", "grade": "likely"}, "prolong_question": {"due": "2025-11-28T00:00:00Z", "version": 0},
    "withdraw_question": {"reason": "Latihan", "version": 0}, "judge_tie": {"tie": 1, "ours": False},
    "add_review_action": {"text": "Latihan lagi", "due": "2025-12-01", "agency": 1}, "finish_review_action": {"version": 0},
    "withdraw_review_action": {"reason": "Latihan", "version": 0}, "note_review_lesson": {"kind": "keep", "text": "Latihan lagi"},
}  # fmt: skip


def test_every_row_of_another_office_answers_as_one_that_does_not_exist(house, settings):
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 10_000}, settings.CONFIG.origins)
    keys = keys_of(house)
    thief = Program(token_for(builders.make_user(house.theirs, "penguasa", "administrator", more_roles=["auditor"])))
    for one in (one for one in operations() if "{pk}" in one.path):
        answers = []
        for pk in (keys[one.path.split("/")[3]], 987_654_321):
            path = one.path.removeprefix("/api/v1/").replace("{pk}", str(pk))
            answer = thief.get(path) if one.method == "GET" else thief.post(path, BODIES.get(one.id))
            answers.append((answer.status_code, answer.content))
        assert answers[0] == answers[1], one.id
        assert answers[0][0] == 404, one.id
    assert not StoryMark.objects.filter(by__office=house.theirs).exists()


def test_our_own_rows_are_there(house):
    keys = keys_of(house)
    people = (house.officer, house.administrator, builders.make_user(house.ours, "pemeriksa", "auditor"))
    programs = {person: Program(token_for(person)) for person in people}
    for one in (one for one in operations() if "{pk}" in one.path):
        if one.method == "GET":
            ours = next(program for person, program in programs.items() if person.may(one.right))
            answer = ours.get(one.path.removeprefix("/api/v1/").replace("{pk}", str(keys[one.path.split("/")[3]])))
            assert answer.status_code == 200, one.id


def test_lists_of_another_office_are_empty_of_ours(house):
    keys_of(house)
    theirs = Program(token_for(builders.make_user(house.theirs, "penguasa", "administrator")))
    for one in operations():
        if one.method == "GET" and "{" not in one.path and one.id != "search":
            assert "Muarasena" not in theirs.get(one.path.removeprefix("/api/v1/")).content.decode(), one.id
    assert theirs.get("search?q=banjir").json() == {"rows": []}


def test_a_story_of_another_office_is_not_merged_into_ours_nor_an_article_split_out(house):
    foreign = builders.make_story(house.theirs, builders.EVENTS[0])
    ours = Program(token_for(house.officer))
    refused(ours.post(f"stories/{house.stories[0].pk}/merge", {"other": foreign.pk}), 404)
    article = foreign.members.values_list("article_id", flat=True)[0]
    refused(ours.post(f"stories/{house.stories[0].pk}/split", {"articles": [article]}), 422)
    assert not JournalEntry.objects.exists()


def test_everything_needs_somebody(house):
    for one in operations():
        path = one.path.replace("{pk}", "1").replace("{what}", "stories")
        client = Client()
        answer = client.get(path) if one.method == "GET" else client.post(path, "{}", content_type="application/json")
        assert answer.status_code == 401, one.id


def test_acts_need_the_right_of_the_screen_they_stand_for(house):
    keys = keys_of(house)
    client = client_of(house.reader)
    for one in operations():
        if one.method == "POST" and not house.reader.may(one.right):
            path = one.path.replace("{pk}", str(keys.get(one.path.split("/")[3], 1)))
            assert client.post(path, BODIES.get(one.id, {}), content_type="application/json").status_code == 403, one.id
    assert not StoryMark.objects.filter(by=house.reader).exists()


# What goes in


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("stories/{story}/mark", {"mark": "seen", "by": 1}, "by"),
        ("stories/{story}/mark", {"mark": "seen", "office": 2}, "office"),
        ("stories/{story}/mark", {}, "mark"),
        ("stories/{story}/mark", {"mark": "love"}, "mark"),
        ("stories/{story}/merge", {"other": 0}, "other"),
        ("stories/{story}/merge", {"other": 2**70}, "other"),
        ("stories/{story}/merge", {"other": "x"}, "other"),
        ("stories/{story}/split", {"articles": []}, "articles"),
        ("sources", {"name": "A", "url": "https://a.example/rss", "office": 2}, "office"),
        ("sources", {"name": "A", "url": "https://a.example/rss", "paused": True}, "paused"),
        ("sources", {"name": "A", "url": "https://a.example/rss", "next_visit": "2030-01-01T00:00:00Z"}, "next_visit"),
        ("sources", {"name": "A", "url": "ftp://a.example/rss"}, "url"),
        ("sources", {"name": "A\x00", "url": "https://a.example/rss"}, "name"),
        ("sources", {"name": "A", "url": "https://a.example/rss", "kind": "push"}, "kind"),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong_or_not_offered_is_named_with_its_remedy(house, program, path, body, field):
    said = refused(program.post(path.format(story=house.stories[0].pk), body), 422)
    assert field in {one["field"] for one in said["errors"]}
    assert all(one["remedy"] for one in said["errors"])
    assert not Source.objects.filter(name__startswith="A").exists()


def test_a_body_that_is_no_json_is_refused_with_a_sentence(house, program):
    answer = program.client.post(f"/api/v1/stories/{house.stories[0].pk}/mark", b"\xff{", content_type="application/json")
    assert refused(answer, 422)["errors"][0]["field"] == "body"


@pytest.mark.parametrize(("language", "word"), [("id", "Diperlukan"), ("vi", "Cần"), ("en", "needed")])
def test_problems_speak_the_language_that_is_asked_for(house, language, word):
    program = Program(token_for(house.officer), language)
    said = refused(program.post(f"stories/{house.stories[0].pk}/mark", {}), 422)
    assert word.casefold() in said["detail"].casefold()


def test_a_program_that_asks_for_no_language_hears_its_persons(house):
    secret = token_for(house.officer)
    type(house.officer).objects.filter(pk=house.officer.pk).update(language="vi")
    assert Program(secret, "").get("stories")["Content-Language"] == "vi"
    assert Program(secret, "en").get("stories")["Content-Language"] == "en"


# What people decide


def test_a_decision_by_a_program_is_its_persons(house, program):
    story = house.stories[0]
    assert program.post(f"stories/{story.pk}/mark", {"mark": "not_ours"}).json() == {"done": True, "journal": None}
    assert StoryMark.objects.get(story=story).by == house.officer
    assert program.get(f"stories/{story.pk}").json()["mark"]["mark"] == "not_ours"
    program.post(f"stories/{story.pk}/mark", {"mark": ""})
    assert not StoryMark.objects.filter(story=story).exists()


def test_merging_and_splitting_go_into_the_journal(house, program):
    one, other = house.stories[0], house.stories[1]
    answer = program.post(f"stories/{one.pk}/merge", {"other": other.pk})
    assert answer.status_code == 202
    entry = JournalEntry.objects.get(seq=answer.json()["journal"])
    assert (entry.kind, entry.payload["into"], entry.payload["other"]) == ("merge", one.key, other.key)
    article = one.members.filter(copy_kind="original").values_list("article_id", flat=True)[1]
    answer = program.post(f"stories/{one.pk}/split", {"articles": [article, article]})
    assert (answer.status_code, JournalEntry.objects.latest("seq").kind) == (202, "split")


def test_a_signal_is_taken_over_dismissed_with_a_reason_and_opened_again(house, program):
    pk = Signal.objects.filter(state="new").values_list("pk", flat=True)[0]
    taken = program.post(f"signals/{pk}/acknowledge").json()
    assert (taken["state"], taken["state_by"]) == ("acknowledged", "sari")
    refused(program.post(f"signals/{pk}/dismiss", {"reason": "   "}), 422)
    assert program.post(f"signals/{pk}/dismiss", {"reason": "Sudah dikenal"}).json()["state_reason"] == "Sudah dikenal"
    assert program.post(f"signals/{pk}/reopen").json()["state"] == "new"


def test_the_briefing_is_read_without_a_visit_and_signed_as_it_stands(house, program):
    said = program.get("briefing").json()
    assert said["title"]
    assert said["lines"][0]["next"]["sentence"]
    assert {n for line in said["lines"] for n in line["sources"]} <= {note["n"] for note in said["sources"]}
    assert not hasattr(type(house.officer).objects.get(pk=house.officer.pk), "briefing_visit")
    answer = program.post("briefing/sign")
    assert answer.status_code == 201
    row = Briefing.objects.get()
    assert (answer.json()["digest"], row.signed_by) == (row.digest, house.officer)
    assert program.get("briefings").json()["rows"][0]["id"] == row.pk
    assert program.get(f"briefings/{row.pk}").json()["briefing"]["lines"] == said["lines"]


def test_a_source_is_added_paused_and_resumed(house):
    admin = builders.make_user(house.ours, "kepala", "administrator")
    program = Program(token_for(admin))
    made = program.post("sources", {"name": "Kabar Baru", "url": "https://baru.example/rss", "language": "id"})
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert (made.json()["state"], Source.objects.get(pk=pk).office) == ("new", house.ours)
    assert refused(program.post("sources", {"name": "Kabar Baru", "url": "https://baru.example/rss"}), 422)["errors"][0]["field"] == "url"
    assert program.post(f"sources/{pk}/pause", {"reason": "Pindah"}).json()["paused_reason"] == "Pindah"
    assert program.post(f"sources/{pk}/resume").json()["paused"] is False
    assert program.post(f"sources/{pk}/visit").status_code == 200
    assert program.get(f"sources/{pk}/visits").json() == {"rows": []}


def test_a_purpose_of_another_office_is_none_for_a_source(house):
    program = Program(token_for(builders.make_user(house.ours, "kepala", "administrator")))
    theirs = purposes.first_for(house.theirs, NOW)
    refused(program.post("sources", {"name": "A", "url": "https://a.example/rss", "purpose": theirs.pk}), 422)
    assert not Source.objects.filter(url="https://a.example/rss").exists()


# What comes out


def test_pages_do_not_shift_while_new_stories_arrive(house, program):
    first = program.get("stories?size=2").json()
    builders.make_story(house.ours, builders.Event("watch", (0, 0, 0, 0, 1), (builders.Told("Baru", 0.0, "Baru sekali", "Baru.", "id"),)))
    second = program.get(f"stories?size=2&after={first['next']}").json()
    third = program.get(f"stories?size=2&after={second['next']}").json()
    seen = [row["id"] for cut in (first, second, third) for row in cut["rows"]]
    old = list(Story.objects.filter(pk__in=[story.pk for story in house.stories]).order_by("-last", "-pk").values_list("pk", flat=True))
    assert seen == old[: len(seen)]
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("after", ["x", "1-1", "99999999999.000000-1", "-1.0-1", "1763769600.000000-0x1", "nan-1"])
def test_a_cursor_that_cannot_be_read_is_refused_not_taken_for_the_first_page(program, after):
    assert refused(program.get(f"stories?after={after}"), 422)["errors"][0]["field"] == "after"


def test_what_has_not_changed_is_not_sent_again(house, program):
    for path in ("stories", f"stories/{house.stories[0].pk}", "signals", "sources", "briefing"):
        answer = program.get(path)
        again = program.get(path, if_none_match=answer["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"]), path
        assert "Authorization" in answer["Vary"]
        assert answer["Cache-Control"] == "private, no-cache"
    tag = program.get("signals")["ETag"]
    Signal.objects.update(level="crisis")
    assert program.get("signals", if_none_match=tag).status_code == 200


def test_the_briefing_is_the_same_answer_a_minute_later(house, program, settings):
    from kentongan.adapters.clock import ShiftedClock

    tag = program.get("briefing")["ETag"]
    later = NOW + timedelta(seconds=20)
    settings.CLOCK = ShiftedClock(later, later, 0)
    found = program.get("briefing", if_none_match=tag)
    assert (found.status_code == 304) is (tag == found["ETag"])


def test_an_answer_in_another_language_has_another_tag(house):
    secret = token_for(house.officer)
    assert Program(secret, "id").get("stories")["ETag"] != Program(secret, "vi").get("stories")["ETag"]


def test_stories_are_narrowed_as_on_the_screen(house, program):
    grave = program.get("stories?level=high").json()["rows"]
    assert {row["level"] for row in grave} <= {"high", "crisis"}
    assert grave
    assert {tongue for row in program.get("stories?language=vi").json()["rows"] for tongue in row["languages"]} >= {"vi"}
    assert program.get("stories?outlet=Nobody").json() == {"rows": [], "next": None}


def test_a_story_comes_with_its_members_and_their_copies(house, program):
    story = max(house.stories, key=lambda one: one.copies)
    said = program.get(f"stories/{story.pk}").json()
    copies = sum(len(member["copies"]) + member["more_copies"] for member in said["members"])
    assert (len(said["members"]), copies) == (story.articles, story.copies)
    assert said["members"][0]["reasons"][0]["sentence"]


def test_a_story_that_was_merged_gives_the_one_it_went_into(house, program):
    gone, into = house.stories[0], house.stories[1]
    Story.objects.filter(pk=gone.pk).update(merged_into=into)
    assert program.get(f"stories/{gone.pk}").json()["story"]["id"] == into.pk


def test_a_search_is_kept_as_the_page_keeps_it_with_personal_data_hidden(house, program):
    rows = program.get("search?q=banjir&language=id").json()["rows"]
    assert rows
    assert rows[0]["by_words"]
    (kept,) = acts("search.made")
    assert kept == {"words": "banjir", "hidden": 0, "narrowed": {"language": "id"}, "hits": len(rows), "way": "api"}
    program.get("search?q=banjir%200812-3456-7890")
    assert (acts("search.made")[1]["words"], acts("search.made")[1]["hidden"]) == ("banjir ⟦phone⟧", 1)


def test_articles_are_narrowed_and_say_no_text(house, program):
    rows = program.get("articles?kind=official").json()["rows"]
    assert {row["source_kind"] for row in rows} == {"official"}
    assert "text" not in rows[0]
    assert program.get(f"articles/{rows[0]['id']}").json() == rows[0]
    refused(program.get("articles?since=2025-11-01T00:00:00"), 422)
    assert program.get("articles?since=2030-01-01T00:00:00Z").json()["rows"] == []


def test_lists_ask_the_database_no_more_for_more_rows(house, program, count_queries):
    paths = ["stories?size=100", "signals?size=100", "sources", "articles?size=100", "purposes", "silences", "hazards", "places"]
    Place.objects.create(office=house.ours, code="33", level="city", name="Muarasena")
    counts = []
    for more in (builders.EVENTS, ()):
        for path in paths:
            program.get(path)
        found = {}
        for path in paths:
            with count_queries() as said:
                assert program.get(path).status_code == 200
            found[path] = len(said)
        counts.append(found)
        for n, event in enumerate(more):
            items = tuple(replace(told, title=f"{told.title} lagi") for told in event.items)
            story = builders.make_story(house.ours, replace(event, items=items), NOW - timedelta(hours=30 + n), 100 + n)
            builders.make_signal(story, f"lagi {n}")
            builders.make_source(house.ours, f"Sumber lagi {n}")
            Place.objects.create(office=house.ours, code=f"33.02.{n}", level="ward", name=f"Kelurahan {n}")
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 14


def test_the_description_names_no_operation_twice_and_everybody_may_read_it(client):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    ids = [one.id for one in operations()]
    assert len(ids) == len(set(ids)) > 30
    problems = {
        kind for methods in answer.json()["paths"].values() for one in methods.values() for status, said in one["responses"].items()
        if int(status) >= 400 for kind in said["content"]
    }  # fmt: skip
    assert problems == {"application/problem+json"}
    assert set(api.described["components"]["securitySchemes"]) == {"TokenOrSession"}
    assert api.get_openapi_schema(path_params={}) is api.described, "whoever asks without signing in does not have it made anew"


def test_the_reference_lists_every_operation():
    text = (Path(__file__).parents[2] / "docs/reference/api.md").read_text(encoding="utf-8")
    for one in operations():
        assert f"| `{one.method}` | `{one.path.removeprefix('/api/v1')}` | {one.scope} | {one.right} | {one.summary} |" in text, one.id
    assert len(re.findall(r"^\| `(?:GET|POST)`", text, re.M)) == len(list(operations()))


def test_the_journal_is_woken_by_what_a_program_decides(house, program):
    before = JournalEntry.objects.count()
    program.post(f"stories/{house.stories[0].pk}/merge", {"other": house.stories[2].pk})
    assert JournalEntry.objects.count() == before + 1
    assert journal.CHANNEL == "kentongan_journal"


def test_no_time_of_day_is_described_as_one_that_must_name_its_zone():
    assert '"format": "time"' not in json.dumps(api.described)
