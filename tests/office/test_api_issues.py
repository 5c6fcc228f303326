"""Issues by program: what the board and the pages show and do, the same refusals, and nothing of what few may see for anybody else."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW, detail, lines, made
from hypothesis import given
from hypothesis import strategies as st
from screens import STILL, client_of
from test_api import Program, refused, token_for

from kentongan.config import Config
from kentongan.office.desk import listing, moves, queries, services
from kentongan.office.desk.models import Issue, IssueLink, IssueNote
from kentongan.office.people import standing
from kentongan.testing import builders
from kentongan.testing.claims import furnish_claims

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 100_000}, settings.CONFIG.origins)
    return made()


@pytest.fixture
def sari(desk):
    return Program(token_for(desk.sari))


def titles(program, query=""):
    return [row["title"] for row in program.get(f"issues{query}").json()["rows"]]


def moved(desk, issue, *acts):
    """The issue after these acts."""
    for act in acts:
        until = NOW + HOUR if act == "watch" else None
        issue = services.move(desk.sari, issue, act, issue.version, NOW, reason="sebab", until=until)
    return issue


# Reading


def test_the_list_is_in_the_order_of_the_board_and_is_narrowed_as_it_is(desk, sari):
    for title, level, due in (("tiga", "medium", 5), ("dua", "high", 3), ("empat", "low", None), ("satu", "high", 2)):
        desk.opened(title, level, due=NOW + due * HOUR if due else None)
    desk.opened("lima", "watch", lead=desk.sari.pk, kind="rumour", due=NOW - HOUR)
    moved(desk, desk.opened("enam", "low"), "close")
    checked = moved(desk, desk.opened("nol", "crisis"), "check")
    services.link(desk.sari, checked, "story", desk.story.pk, NOW)
    assert titles(sari) == ["nol", "satu", "dua", "tiga", "empat", "lima"]
    assert titles(sari, "?state=open&level=medium") == ["satu", "dua", "tiga"]
    assert titles(sari, "?state=checking") == titles(sari, f"?about=story:{desk.story.pk}") == ["nol"]
    assert titles(sari, "?state=closed") == ["enam"]
    assert titles(sari, "?mine=true") == titles(sari, "?overdue=true") == titles(sari, "?kind=rumour") == ["lima"]
    assert titles(sari, "?state=answering") == titles(sari, "?about=claim:1") == []
    board = [one.title for column in queries.get_board(desk.sari, NOW).columns for one in column.issues]
    assert board == titles(sari, "?state=open") + titles(sari, "?state=checking")


def test_the_counts_are_those_of_the_board(desk, sari):
    desk.opened("satu", lead=desk.sari.pk, due=NOW - HOUR)
    moved(desk, desk.opened("dua"), "check")
    moved(desk, desk.opened("tiga"), "close", "reopen")
    moved(desk, desk.opened("empat"), "close")
    said = sari.get("issue-counts").json()
    assert {one["state"]: one["count"] for one in said["columns"] if one["count"]} == {"open": 2, "checking": 1}
    assert (said["under_way"], said["overdue"]) == (3, 1)
    assert sari.get("issue-counts?mine=true").json()["under_way"] == 1


@pytest.mark.parametrize("state", ["", "open", "closed"])
def test_pages_give_every_issue_once_while_others_come_and_go(desk, sari, state):
    made_ = []
    for n in range(23):
        due = None if n % 3 == 0 else NOW + (n % 5) * HOUR
        made_.append(desk.opened(f"Hal {n}", ("low", "high", "medium", "watch")[n % 4], due=due))
        Issue.objects.filter(pk=made_[-1].pk).update(opened=NOW - (n % 6) * HOUR)
        if state == "closed":
            moved(desk, made_[-1], "close")
            Issue.objects.filter(pk=made_[-1].pk).update(moved=NOW - (n % 6) * HOUR)
    whole = [row["id"] for row in sari.get(f"issues?size=100&state={state}" if state else "issues?size=100").json()["rows"]]
    seen, after = [], None
    while True:
        query = "&".join(["size=4", *([f"state={state}"] if state else []), *([f"after={after}"] if after else [])])
        page = sari.get(f"issues?{query}").json()
        seen, after = seen + [row["id"] for row in page["rows"]], page["next"]
        if after is None:
            break
        desk.opened(f"Baru {len(seen)}", "crisis")
    assert seen == whole
    assert set(seen) == {one.pk for one in made_}


@pytest.mark.parametrize("query", ["?after=x", "?after=1-1", "?state=closed&after=1--1-1", "?after=9-1-1-1", "?after=1-1-1-1%0A"])
def test_an_end_of_another_list_is_refused_not_taken_for_the_first_page(desk, sari, query):
    assert refused(sari.get(f"issues{query}"), 422)["errors"][0]["field"] == "after"


@given(st.datetimes(listing.EPOCH.replace(tzinfo=None)), st.integers(1, 10**18 - 1), st.none() | st.integers(0, 4), st.booleans())
def test_the_end_of_a_page_is_read_as_it_was_written(at, pk, rank, has_due):
    moment = at.replace(tzinfo=listing.EPOCH.tzinfo)
    if moment.year > 5000:
        moment = moment.replace(year=5000, day=1)
    end = listing.PageEnd(moment, pk, rank, moment if has_due and rank is not None else None)
    assert listing.end_from(end.text(), rank is None) == end
    assert listing.end_from(end.text(), rank is not None) is None


@pytest.mark.parametrize(
    "query", ["?state=merged", "?level=grave", "?kind=person", "?mine=perhaps", "?about=person:1", "?about=story:x", "?size=0", "?size=101"]
)
def test_a_filter_that_is_none_is_named(desk, sari, query):
    assert refused(sari.get(f"issues{query}"), 422)["errors"][0]["field"] == query[1:].partition("=")[0]


def test_an_issue_comes_with_what_its_page_shows(desk, sari):
    claim = furnish_claims(desk.office, desk.sari)[0]
    issue = desk.opened("Air berbau", "medium", lead=desk.lina.pk, agency=desk.health.pk, supporting=(desk.water.pk,), summary="Kali hitam")
    services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    services.link(desk.sari, issue, "claim", claim.pk, NOW)
    services.link(desk.sari, issue, "address", "https://kota.example/air", NOW)
    part = desk.opened("Ikan mati", "low")
    services.merge(desk.sari, part, issue, "perkara sama", part.version, NOW)
    moved(desk, issue, "check", "watch")
    said = sari.get(f"issues/{issue.pk}").json()
    row = said["issue"]
    assert (row["lead"], row["agency"]["name"], said["agencies"]) == (
        {"id": desk.lina.pk, "name": "Lina"}, "Dinas Kesehatan", ["Perumda Air Minum"],
    )  # fmt: skip
    assert (row["state"], row["level"], row["engine_level"], row["level_by"], row["level_reason"]) == (
        "watching", "medium", "", "Sari", "laporan warga",
    )  # fmt: skip
    assert [(one["kind"], one["about"], one["url"]) for one in said["links"]] == [
        ("story", desk.story.pk, ""), ("claim", claim.pk, ""), ("address", None, "https://kota.example/air"),
    ]  # fmt: skip
    assert [one["words"] for one in said["links"]] == [desk.story.headline, claim.text, ""]
    assert (said["links"][0]["level"], said["links"][1]["truth"]) == (desk.story.level, claim.truth)
    assert said["engine_now"] == desk.story.level
    assert [one["title"] for one in said["parts"]] == ["Ikan mati"]
    assert said["acts"] == ["check", "close"]
    acts = [(one["act"], one["issue"], one["note"]) for one in said["history"] if one["act"] != "issue.linked"]
    assert acts == [
        ("issue.opened", issue.pk, "laporan warga"), ("issue.opened", part.pk, "laporan warga"), ("issue.merged", part.pk, "perkara sama"),
        ("issue.checked", issue.pk, "sebab"), ("issue.watched", issue.pk, "sebab"),
    ]  # fmt: skip
    assert said["history"][0]["values"] == {"level": "medium", "term": 480}
    assert all(one["sentence"] and one["by"] == "Sari" for one in said["history"])
    assert sari.get(f"issues/{part.pk}").json()["issue"]["merged_into"] == issue.pk


def test_who_decides_sees_who_may_see_it_and_of_what_it_could_be_part(desk, sari):
    issue, other = desk.secret(desk.lina), desk.secret(desk.lina, title="Rahasia dua")
    assert sari.get(f"issues/{issue.pk}").json()["named"] == [desk.lina.pk]
    assert [one["id"] for one in sari.get(f"issues/{issue.pk}").json()["near"]] == [other.pk]
    lina = Program(token_for(desk.lina))
    assert [lina.get(f"issues/{issue.pk}").json()[name] for name in ("named", "near")] == [None, None]
    moved(desk, other, "close")
    assert sari.get(f"issues/{other.pk}").json()["near"] == []


def test_who_may_be_named_and_who_can_lead_is_told_to_who_works_on_issues(desk, sari):
    rows = {one["name"]: one["leads"] for one in sari.get("issue-people").json()["rows"]}
    assert rows == {"Joko": True, "Lina": True, "Sari": True, "Ratna": True, "Budi": False, "Tri": False}
    refused(Program(token_for(desk.reader)).get("issue-people"), 403)


def test_what_has_not_changed_is_not_sent_again(desk, sari):
    issue = desk.opened(due=NOW + HOUR)
    for path in ("issues", "issue-counts", f"issues/{issue.pk}", "issue-people"):
        tag = sari.get(path)["ETag"]
        assert sari.get(path, if_none_match=tag).status_code == 304, path
    tag = sari.get(f"issues/{issue.pk}")["ETag"]
    services.set_level(desk.joko, issue, "low", "reda", 0, NOW)
    assert sari.get(f"issues/{issue.pk}", if_none_match=tag).status_code == 200


def test_two_hundred_issues_ask_the_database_no_more_than_five(desk, sari, count_queries):
    issue = desk.opened("Pokok", lead=desk.sari.pk, supporting=(desk.water.pk,))
    services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    paths, counts = ("issues?size=100", "issues?state=closed&size=100", "issue-counts", f"issues/{issue.pk}"), []
    for n in (5, 195):
        rows = [
            Issue(
                office=desk.office, title=f"Hal {n} {i}", level="low", suggested="", level_by=desk.joko, level_reason="laporan", opened=NOW,
                opened_by=desk.joko, moved=NOW, lead=desk.lina, agency=desk.water,
            )
            for i in range(n)
        ]  # fmt: skip
        Issue.objects.bulk_create(rows)
        for row in rows[: n // 2]:
            moved(desk, row, "close")
        for row in rows[n // 2 : n // 2 + 2 + n // 20]:
            services.merge(desk.sari, row, issue, "sama", 0, NOW)
            services.link(desk.sari, issue, "address", f"https://kota.example/{row.pk}", NOW)
        found = []
        for path in paths:
            sari.get(path)
            with count_queries() as said:
                assert sari.get(path).status_code == 200
            found.append(len(said))
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 20


# What few may see


def test_for_everybody_else_an_issue_that_few_may_see_is_not_there(desk, sari):
    issue, part = desk.secret(desk.joko, title="Penyakit aneh"), desk.secret(desk.joko, title="Penyakit lain")
    services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    services.merge(desk.sari, part, issue, "sama", part.version, NOW)
    for program in (sari, Program(token_for(desk.joko))):
        assert titles(program) == ["Penyakit aneh"]
        assert program.get("issue-counts").json()["under_way"] == 1
    for person in (desk.boss, desk.lina, desk.reader, desk.auditor, desk.guest):
        program = Program(token_for(person))
        for query in ("", "?state=open", "?kind=event", f"?about=story:{desk.story.pk}", "?overdue=true", "?level=watch"):
            assert program.get(f"issues{query}").json() == {"rows": [], "next": None}
        assert program.get("issue-counts").json()["under_way"] == 0
        none = program.get("issues/987654321")
        for pk in (issue.pk, part.pk):
            answer = program.get(f"issues/{pk}")
            assert (answer.status_code, answer.content) == (none.status_code, none.content) == (404, none.content)


ACTS = {
    "change": {"version": 1, "title": "Lain"},
    "move": {"act": "check", "version": 1},
    "level": {"level": "low", "reason": "reda", "version": 1},
    "truth": {"truth": "opinion", "reason": "pendapat", "version": 1},
    "people": {"need_to_know": False, "version": 1},
    "link": {"kind": "address", "url": "https://kota.example/air"},
    "unlink": {"link": 1},
    "split": {"links": [1], "title": "Air", "version": 1},
    "merge": {"other": 1, "reason": "sama", "version": 1},
    "part": {"reason": "berbeda", "version": 1},
}


@pytest.mark.parametrize("act", ACTS)
def test_nobody_acts_on_what_they_may_not_see_not_even_where_it_is_named_as_the_other(desk, act):
    issue, boss = desk.secret(), Program(token_for(desk.boss))
    before, n = Issue.objects.values().get(pk=issue.pk), len(lines(issue))
    refused(boss.post(f"issues/{issue.pk}/{act}", ACTS[act]), 404)
    if act == "merge":
        refused(boss.post(f"issues/{desk.opened().pk}/merge", {"other": issue.pk, "reason": "sama", "version": 0}), 404)
    assert (Issue.objects.values().get(pk=issue.pk), len(lines(issue))) == (before, n)


@pytest.mark.parametrize("act", ACTS)
def test_readers_other_offices_and_a_token_that_only_reads_act_on_nothing(desk, act):
    issue = desk.opened()
    before = Issue.objects.values().get(pk=issue.pk)
    path, body = f"issues/{issue.pk}/{act}", ACTS[act]
    refused(Program(token_for(desk.guest)).post(path, body), 404)
    refused(client_of(desk.reader).post(f"/api/v1/{path}", body, content_type="application/json"), 403)
    refused(Program(token_for(desk.sari, ["issues", "decide"])).post(path, body), 403)
    refused(Program().post(path, body), 401)
    assert Issue.objects.values().get(pk=issue.pk) == before
    assert lines(issue) == ["issue.opened"]


def test_a_token_that_acts_does_not_read_and_one_that_reads_what_is_heard_does_not_read_issues(desk):
    desk.opened()
    for scope in ("respond", "read", "export"):
        refused(Program(token_for(desk.sari, [scope])).get("issues"), 403)
    assert titles(Program(token_for(desk.reader, ["issues"])))
    assert titles(Program(token_for(desk.auditor, ["issues"])))


def test_nobody_restricts_an_issue_without_a_lead_or_away_from_themselves(desk, sari):
    issue = desk.opened()
    for body in ({"named": [desk.sari.pk]}, {"named": []}):
        wrong = refused(sari.post(f"issues/{issue.pk}/people", {"need_to_know": True, "version": 0, **body}), 422)
        assert wrong["errors"][0]["field"] == "named"
    sari.post(f"issues/{issue.pk}/change", {"version": 0, "lead": desk.joko.pk})
    refused(sari.post(f"issues/{issue.pk}/people", {"need_to_know": True, "named": [desk.lina.pk], "version": 1}), 422)
    refused(sari.post(f"issues/{issue.pk}/people", {"need_to_know": True, "named": [desk.guest.pk, desk.sari.pk], "version": 1}), 422)
    said = sari.post(f"issues/{issue.pk}/people", {"need_to_know": True, "named": [desk.sari.pk], "version": 1}).json()
    assert (said["need_to_know"], Issue.objects.get().named) == (True, [desk.sari.pk])


# Opening


def test_an_issue_is_opened_by_hand_with_a_reason_for_its_level(desk, sari):
    body = {"title": "Air berbau", "kind": "complaint", "level": "high", "agency": desk.water.pk, "due_note": "jawaban", "place": None}
    assert refused(sari.post("issues", body), 422)["errors"][0]["field"] == "reason"
    answer = sari.post("issues", {**body, "reason": "laporan warga", "supporting": [desk.health.pk, desk.water.pk]})
    assert answer.status_code == 201, answer.content
    issue = Issue.objects.get()
    assert answer.json()["id"] == issue.pk
    assert (issue.opened_by, issue.level_by, issue.kind, issue.supporting) == (desk.sari, desk.sari, "complaint", [desk.health.pk])
    assert issue.due == NOW + 4 * HOUR
    assert detail(issue, "issue.opened")["level"] == "high"


def test_from_a_story_a_signal_or_a_claim_it_has_their_words_and_is_about_them(desk, sari):
    signal = builders.make_signal(desk.story, "banjir")
    claim = furnish_claims(desk.office, desk.sari)[0]
    said = sari.post("issues", {"about": {"kind": "story", "id": desk.story.pk}}).json()
    assert (said["title"], said["level"], said["engine_level"], said["level_by"]) == (
        desk.story.headline[:200], desk.story.level, desk.story.level, None,
    )  # fmt: skip
    assert said["reasons"][0]["sentence"]
    said = sari.post("issues", {"about": {"kind": "signal", "id": signal.pk}, "title": "Banjir di Rawa Kenari"}).json()
    assert (said["title"], said["level"]) == ("Banjir di Rawa Kenari", signal.level)
    said = sari.post("issues", {"about": {"kind": "claim", "id": claim.pk}, "level": "low", "reason": "kecil"}).json()
    assert (said["kind"], said["truth"], said["level_by"]) == ("claim", "unverified", "Sari")
    assert [one.kind for one in IssueLink.objects.order_by("pk")] == ["story", "signal", "claim"]
    other = {"about": {"kind": "story", "id": desk.story.pk}, "level": "watch"}
    assert refused(sari.post("issues", other), 422)["errors"][0]["field"] == "reason"


def test_of_another_offices_story_no_issue_is_opened(desk, sari):
    theirs = builders.make_story(desk.guest.office, builders.EVENTS[1])
    for about in ({"kind": "story", "id": theirs.pk}, {"kind": "claim", "id": 987_654_321}):
        said = refused(sari.post("issues", {"about": about, "title": "Banjir", "level": "low", "reason": "kecil"}), 422)
        assert said["errors"][0]["field"] == "about"
    assert not Issue.objects.exists()


OPEN = {"title": "Air berbau", "level": "low", "reason": "laporan"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "Telepon 0812-3456-7890"}, "title"), ({"summary": "tulis ke warga@surat.example"}, "summary"), ({"title": " "}, "title"),
        ({"title": "a\x00"}, "title"), ({"title": "x" * 201}, "title"), ({"level": "grave"}, "level"), ({"level": None}, "level"),
        ({"kind": "person"}, "kind"), ({"topic": "nothing"}, "topic"), ({"place": 987_654_321}, "place"), ({"lead": 987_654_321}, "lead"),
        ({"agency": 987_654_321}, "agency"), ({"supporting": [987_654_321]}, "agency"), ({"supporting": list(range(1, 300))}, "supporting"),
        ({"due": "2025-11-27T05:00:00"}, "due"), ({"due": "9999-12-31T23:59:59Z"}, "due"), ({"lead": 2**70}, "lead"),
        ({"office": 1}, "office"), ({"opened_by": 1}, "opened_by"), ({"state": "closed"}, "state"),
        ({"need_to_know": True}, "need_to_know"),
        ({"truth": "false"}, "truth"), ({"id": 1}, "id"), ({"about": {"kind": "person", "id": 1}}, "about.kind"),
        ({"about": {"kind": "story", "id": 1, "level": "low"}}, "about.level"), ({"version": 9}, "version"),
    ],
)  # fmt: skip
def test_what_the_form_refuses_or_does_not_offer_is_named(desk, sari, change, field):
    said = refused(sari.post("issues", {**OPEN, **change}), 422)
    assert field in {one["field"] for one in said["errors"]}
    assert not Issue.objects.exists()


def test_nobody_of_another_office_leads_and_no_reader_does(desk, sari):
    for person in (desk.guest, desk.reader):
        assert refused(sari.post("issues", {**OPEN, "lead": person.pk}), 422)["errors"][0]["field"] == "lead"
    theirs = standing.make_agency(desk.guest, "Dinas Lain", "", "", NOW)
    refused(sari.post("issues", {**OPEN, "agency": theirs.pk}), 422)


# Changing


def test_what_is_left_out_of_a_change_stays_as_it_is(desk, sari):
    issue = desk.opened("Air berbau", summary="Kali hitam", lead=desk.lina.pk, supporting=(desk.water.pk,), due=NOW + HOUR)
    said = sari.post(f"issues/{issue.pk}/change", {"version": 0, "title": "Air keruh"}).json()
    assert (said["title"], said["summary"], said["lead"]["name"], said["supporting"]) == (
        "Air keruh", "Kali hitam", "Lina", [desk.water.pk],
    )  # fmt: skip
    assert (said["version"], detail(issue, "issue.changed")["fields"]) == (1, ["title"])
    assert sari.post(f"issues/{issue.pk}/change", {"version": 1, "lead": None, "due": None}).json()["lead"] is None
    assert Issue.objects.get().due is None
    told = sari.get(f"issues/{issue.pk}").json()["history"][-1]["values"]
    assert (told["due"], told["due_before"]) == (None, (NOW + HOUR).isoformat()), "what is due is a moment or null, never two"
    again = sari.post(f"issues/{issue.pk}/change", {"version": 2, "title": "Air keruh", "supporting": [desk.water.pk]})
    assert (again.json()["version"], lines(issue).count("issue.changed")) == (2, 2)


def test_of_two_who_change_it_the_second_is_given_both_versions_and_overwrites_nothing(desk, sari):
    issue, joko = desk.opened("Air berbau"), Program(token_for(desk.joko))
    joko.post(f"issues/{issue.pk}/change", {"version": 0, "title": "Air keruh", "summary": "Sejak pagi"})
    answer = sari.post(f"issues/{issue.pk}/change", {"version": 0, "title": "Air hitam"})
    said = answer.json()
    assert (answer.status_code, answer["Content-Type"], said["errors"][0]["field"]) == (409, "application/problem+json", "version")
    assert (said["stored"]["title"], said["stored"]["summary"], said["stored"]["version"]) == ("Air keruh", "Sejak pagi", 1)
    assert said["sent"] == {"version": 0, "title": "Air hitam"}
    assert Issue.objects.get().title == "Air keruh"
    assert sari.post(f"issues/{issue.pk}/change", {**said["sent"], "version": said["stored"]["version"]}).json()["title"] == "Air hitam"


@pytest.mark.parametrize("act", [name for name in ACTS if "version" in ACTS[name] and name != "part"])
def test_no_act_is_done_on_an_older_version(desk, sari, act):
    issue, other = desk.opened("Air", lead=desk.sari.pk), desk.opened("Lain")
    link = services.link(desk.sari, issue, "address", "https://kota.example/air", NOW)
    services.set_level(desk.joko, issue, "medium", "reda", 0, NOW)
    before, n = Issue.objects.values().get(pk=issue.pk), len(lines(issue))
    body = {**ACTS[act], "version": 0}
    body |= {"merge": {"other": other.pk}, "split": {"links": [link.pk]}}.get(act, {})
    answer = sari.post(f"issues/{issue.pk}/{act}", body)
    assert (answer.status_code, answer.json()["stored"]["version"], answer.json()["sent"]) == (409, 1, body)
    assert (Issue.objects.values().get(pk=issue.pk), len(lines(issue))) == (before, n)
    assert sari.post(f"issues/{issue.pk}/{act}", {**body, "version": 1}).status_code in {200, 201}


# Acting


def test_each_act_does_what_the_page_does(desk, sari):
    issue, other = desk.opened("Air berbau", kind="claim", lead=desk.sari.pk), desk.opened("Banjir")
    path = f"issues/{issue.pk}"
    assert sari.post(f"{path}/move", {"act": "check", "version": 0}).json()["state"] == "checking"
    said = sari.post(f"{path}/level", {"level": "medium", "reason": "reda", "version": 1}).json()
    assert (said["level"], said["level_by"], said["level_reason"]) == ("medium", "Sari", "reda")
    shown = {"truth": "false", "reason": "dicek", "evidence": "hasil laboratorium", "evidence_url": "https://kota.example/lab"}
    said = sari.post(f"{path}/truth", {**shown, "version": 2}).json()
    assert {name: said[name] for name in ("truth", "evidence", "evidence_url", "truth_by")} == {
        "truth": "false", "evidence": "hasil laboratorium", "evidence_url": "https://kota.example/lab", "truth_by": "Sari",
    }  # fmt: skip
    sari.post(f"{path}/link", {"kind": "story", "id": desk.story.pk})
    sari.post(f"{path}/link", {"kind": "address", "url": "https://kota.example/air"})
    sari.post(f"{path}/link", {"kind": "address", "url": "https://kota.example/air"})
    first, second = IssueLink.objects.filter(issue=issue).order_by("pk")
    answer = sari.post(f"{path}/split", {"links": [second.pk], "title": "Ikan mati", "version": 3})
    assert (answer.status_code, answer.json()["title"]) == (201, "Ikan mati")
    for _ in range(2):
        assert sari.post(f"{path}/unlink", {"link": first.pk}).status_code == 200
    assert not IssueLink.objects.filter(issue=issue).exists()
    said = sari.post(f"{path}/merge", {"other": other.pk, "reason": "sama", "version": 4}).json()
    assert (said["state"], said["merged_into"]) == ("merged", other.pk)
    assert sari.post(f"{path}/part", {"reason": "berbeda", "version": 5}).json()["state"] == "reopened"
    said = sari.post(f"{path}/move", {"act": "watch", "reason": "tenang", "until": (NOW + HOUR).isoformat(), "version": 6}).json()
    assert (said["state"], said["due"]) == ("watching", (NOW + HOUR).isoformat().replace("+00:00", "Z"))
    assert lines(issue) == [
        "issue.opened", "issue.checked", "issue.level_set", "issue.truth_decided", "issue.linked", "issue.linked", "issue.split",
        "issue.unlinked", "issue.merged", "issue.parted", "issue.watched",
    ]  # fmt: skip
    assert {"reda", "sama", "berbeda", "tenang"} <= set(IssueNote.objects.values_list("text", flat=True))


def test_what_holds_already_changes_nothing_and_is_no_mistake(desk, sari):
    issue = desk.opened()
    for _ in range(2):
        said = sari.post(f"issues/{issue.pk}/move", {"act": "check", "version": 0}).json()
        assert (said["state"], said["version"]) == ("checking", 1)
    assert lines(issue) == ["issue.opened", "issue.checked"]


@pytest.mark.parametrize(
    ("act", "body", "status", "field"),
    [
        ("move", {"act": "say"}, 403, ""), ("move", {"act": "merge"}, 422, "act"), ("move", {"act": "nonsense"}, 422, "act"),
        ("move", {"act": "close"}, 422, "reason"), ("move", {"act": "watch", "reason": "tenang"}, 422, "until"),
        ("move", {"act": "watch", "reason": "tenang", "until": NOW.isoformat()}, 422, "until"),
        ("move", {"act": "check", "state": "closed"}, 422, "state"), ("move", {"act": "check", "by": 1}, 422, "by"),
        ("level", {"level": "low", "reason": " "}, 422, "reason"), ("level", {"level": "", "reason": "reda"}, 422, "level"),
        ("truth", {"truth": "false", "reason": "dicek", "evidence": "hasil laboratorium"}, 422, "truth"),
        ("truth", {"truth": "true", "reason": "dicek"}, 422, "evidence"),
        ("truth", {"truth": "true", "evidence": "laboratorium"}, 422, "reason"),
        ("truth", {"truth": "true", "reason": "dicek", "evidence_url": "javascript:1"}, 422, "evidence_url"),
        ("truth", {"truth": "true", "reason": "dicek", "truth_by": 1}, 422, "truth_by"), ("people", {"named": [1]}, 422, "need_to_know"),
        ("people", {"need_to_know": True, "named": [0]}, 422, "named.0"), ("split", {"links": [], "title": "Air"}, 422, "links"),
        ("split", {"links": [987_654_321], "title": "Air"}, 422, "links"), ("merge", {"other": 987_654_321, "reason": "sama"}, 404, ""),
        ("part", {"reason": "berbeda"}, 403, ""), ("change", {"title": "a\x1b"}, 422, "title"), ("change", {"title": None}, 422, "title"),
        ("change", {"level": "crisis"}, 422, "level"), ("change", {"need_to_know": True}, 422, "need_to_know"),
        ("change", {"topic": "'; DROP TABLE desk_issue; --"}, 422, "topic"), ("change", {"merged_into": 1}, 422, "merged_into"),
    ],
)  # fmt: skip
def test_what_is_refused_on_the_page_is_refused_here_and_names_its_field(desk, sari, act, body, status, field):
    issue = desk.opened(lead=desk.sari.pk)
    before = Issue.objects.values().get(pk=issue.pk)
    said = refused(sari.post(f"issues/{issue.pk}/{act}", {"version": 0, **body}), status)
    assert field in {one["field"] for one in said["errors"]}
    assert Issue.objects.values().get(pk=issue.pk) == before
    assert lines(issue) == ["issue.opened"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "address", "url": "javascript:alert(1)"}, "url"), ({"kind": "address"}, "url"), ({"kind": "story"}, "id"),
        ({"kind": "story", "id": 987_654_321}, "id"), ({"kind": "person", "id": 1}, "kind"), ({"kind": "story", "id": -1}, "id"),
        ({"kind": "story", "id": 1, "by": 1}, "by"), ({"kind": "address", "url": "https://a.example/\x00"}, "url"),
    ],
)  # fmt: skip
def test_a_link_that_is_none_is_refused_at_its_field(desk, sari, body, field):
    issue = desk.opened()
    assert refused(sari.post(f"issues/{issue.pk}/link", body), 422)["errors"][0]["field"] == field
    assert not IssueLink.objects.exists()


def test_what_is_part_of_another_is_changed_there_and_nothing_is_due_in_what_is_closed(desk, sari):
    issue, other = desk.opened(), desk.opened("Lain")
    services.merge(desk.sari, issue, other, "sama", 0, NOW)
    refused(sari.post(f"issues/{issue.pk}/change", {"version": 1, "title": "Baru"}), 403)
    refused(sari.post(f"issues/{issue.pk}/move", {"act": "check", "version": 1}), 403)
    closed = moved(desk, other, "close")
    said = refused(sari.post(f"issues/{closed.pk}/change", {"version": closed.version, "due": (NOW + HOUR).isoformat()}), 422)
    assert said["errors"][0]["field"] == "due"


def test_only_issues_that_the_same_people_see_become_one(desk, sari):
    hidden, open_ = desk.secret(desk.joko), desk.opened()
    refused(sari.post(f"issues/{hidden.pk}/merge", {"other": open_.pk, "reason": "sama", "version": 1}), 403)
    refused(sari.post(f"issues/{open_.pk}/merge", {"other": hidden.pk, "reason": "sama", "version": 0}), 403)
    said = refused(sari.post(f"issues/{open_.pk}/merge", {"other": open_.pk, "reason": "sama", "version": 0}), 422)
    assert said["errors"][0]["field"] == "other"


def test_a_drafter_moves_and_does_not_decide(desk):
    lina, issue = Program(token_for(desk.lina)), desk.opened()
    assert lina.post(f"issues/{issue.pk}/move", {"act": "check", "version": 0}).status_code == 200
    for act in ("level", "truth", "people", "split", "merge", "part"):
        refused(lina.post(f"issues/{issue.pk}/{act}", {**ACTS[act], "version": 1}), 403)
    issue.refresh_from_db()
    assert (issue.state, issue.version) == ("checking", 1)


@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_history_and_refusals_speak_the_language_that_is_asked_for(desk, language):
    issue, program = desk.opened(), Program(token_for(desk.sari), language)
    said = program.get(f"issues/{issue.pk}").json()["history"][0]["sentence"]
    told = program.post(f"issues/{issue.pk}/move", {"act": "say", "version": 0}).json()["detail"]
    words = {"id": ("Dibuka", "Hal ini"), "vi": ("Đã mở", ""), "en": ("Opened", "This cannot be done")}[language]
    assert said.startswith(words[0])
    assert language == "id" or told.startswith(words[1])
    assert set(moves.acts("open")) == set(program.get(f"issues/{issue.pk}").json()["acts"])
