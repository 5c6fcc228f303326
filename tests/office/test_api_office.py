"""The API of the office itself: people, roster, settings, work, who is told. Read as on the screens, never a secret, never a profile."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from kentongan.config import SETTINGS, Config
from kentongan.office import sealing
from kentongan.office.administration import jobs
from kentongan.office.administration.models import Backup, ParkedJob
from kentongan.office.alerting import arranging
from kentongan.office.alerting.models import Address, AlertDelivery, Browser, Preference
from kentongan.office.api import services
from kentongan.office.api.models import Delivery, Hook
from kentongan.office.listening import retention
from kentongan.office.listening.retention_models import RetentionRun
from kentongan.office.people import holders, inviting, standing
from kentongan.office.people import services as people
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of
from test_api import Program, refused, token_for

pytestmark = pytest.mark.django_db
NOW = builders.NOW
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECRET = "a secret of sixteen and more"


@pytest.fixture
def admin(house):
    return Program(token_for(house.administrator))


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


# People


def test_colleagues_are_read_as_colleagues_read_them_and_nothing_says_how_much_they_do(house, program):
    agency = standing.make_agency(house.administrator, "Dinas Air", "PDAM", "air@muarasena.example", NOW)
    people.change_person(house.administrator, house.reader, {"agency": agency}, 0, NOW)
    rows = {row["username"]: row for row in program.get("people").json()["rows"]}
    assert set(rows) == {"sari", "budi", "ibu"}
    assert rows["budi"] == {
        "id": house.reader.pk, "name": "budi", "first_name": "", "last_name": "", "username": "budi", "email": "budi@muarasena.example",
        "role": "reader", "roles": ["reader"],
        "agency": agency.pk, "place": None, "language": "", "active": True, "left": None, "version": 1,
    }  # fmt: skip
    (told,) = program.get("agencies").json()["rows"]
    assert told == {"id": agency.pk, "name": "Dinas Air", "short": "PDAM", "email": "air@muarasena.example", "ended": None}
    people.leave(house.administrator, house.reader, NOW)
    gone = program.get(f"people/{house.reader.pk}").json()["person"]
    assert (gone["active"], gone["left"][:10]) == (False, NOW.date().isoformat())


def test_people_come_in_pages_that_do_not_shift_when_somebody_comes(house, program):
    seen, after = [], 0
    for n in range(10):
        cut = program.get(f"people?size=2&after={after}").json()
        seen += [row["id"] for row in cut["rows"]]
        if n == 0:
            builders.make_user(house.ours, "aaa-pertama", "reader")
        after = cut["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 4
    refused(program.get("people?after=-1"), 422)


def test_who_stands_in_is_said_of_both_and_of_nobody_when_it_is_over(house, program):
    made = standing.name_deputy(house.officer, house.officer, house.reader, NOW, NOW + DAY, NOW)
    row = {
        "id": made.pk, "person": house.officer.pk, "person_name": "sari", "deputy": house.reader.pk, "deputy_name": "budi",
        "since": iso(NOW), "until": iso(NOW + DAY),
    }  # fmt: skip
    assert program.get("deputies").json() == {"rows": [row]}
    for who in (house.officer, house.reader):
        assert program.get(f"people/{who.pk}").json()["deputies"] == [row]
    standing.end_deputy(house.officer, made, NOW)
    assert program.get("deputies").json() == {"rows": []}


def test_a_week_of_duty_comes_with_its_gaps_each_duty_once(house, program):
    made = standing.plan_duty(house.administrator, house.officer, "officer", NOW - HOUR, NOW + 30 * HOUR, NOW)
    week = program.get("roster").json()
    assert [row["id"] for row in week["duties"]] == week["now"] == [made.pk]
    assert (week["duties"][0]["person_name"], week["duties"][0]["role"]) == ("sari", "officer")
    assert week["hours_uncovered"] == 7 * 24 - 31
    assert week["gaps"][0]["start"] < week["gaps"][0]["end"]
    assert program.get("roster?day=2025-01-01").json()["duties"] == []
    assert refused(program.get("roster?day=0001-01-01"), 422)["errors"][0]["field"] == "day"
    refused(program.get("roster?day=besok"), 422)


def test_an_invitation_says_who_as_what_until_when_and_never_its_word(house, program, admin):
    made = inviting.invite(house.administrator, inviting.Offer("baru@muarasena.example", "analyst", ("press",)), "the-word", NOW)
    answer = admin.get("invitations")
    (row,) = answer.json()["rows"]
    assert (row["email"], row["roles"], row["by"]) == ("baru@muarasena.example", ["analyst", "press"], "ibu")
    assert not {"the-word", made.digest} & set(answer.content.decode().split('"'))
    assert not {"word", "digest", "token", "link"} & set(row)
    refused(program.get("invitations"), 403)
    inviting.withdraw(house.administrator, made, NOW)
    assert admin.get("invitations").json() == {"rows": []}


def test_office_holders_are_read_by_whoever_reads_the_register(house, program):
    holders.add(house.administrator, "Sri Rahayu", "Wali Kota", NOW.date() + 9 * DAY, NOW)
    (row,) = program.get("office-holders").json()["rows"]
    assert (row["name"], row["post"]) == ("Sri Rahayu", "Wali Kota")


def test_how_the_office_is_run_needs_a_scope_of_its_own(house):
    reading = Program(token_for(house.administrator, ["read", "decide", "sources", "export"]))
    for path in ("people", "roster", "settings", "jobs", "condition", "tokens", "hooks", "routes", "addresses", "invitations"):
        assert "office" in refused(reading.get(path), 403)["detail"], path
    assert reading.get("retention").status_code == reading.get("office-holders").status_code == 200


# Running


def test_settings_are_as_on_the_screen_and_a_secret_says_only_that_it_is_there(house, admin, program, settings):
    hidden = {one.name: f"never-{one.name}" for one in SETTINGS if one.kind == "secret" and one.name != "database_url"}
    settings.CONFIG = Config({**settings.CONFIG.values, **hidden}, settings.CONFIG.origins)
    answer = admin.get("settings")
    rows = {row["name"]: row for row in answer.json()["rows"]}
    assert set(rows) == {one.name for one in SETTINGS}
    assert "never-" not in answer.content.decode()
    assert rows["mail_url"]["value"] == "set, not shown"
    assert (rows["keep_item_days"]["changeable"], rows["keep_item_days"]["version"]) == (True, 0)
    assert all(row["sentence"] for row in rows.values())
    refused(program.get("settings"), 403)


def test_work_that_is_parked_says_why_and_comes_in_pages(house, admin):
    for n in range(3):
        jobs.park(house.ours.pk, "mail_briefing", {"office": house.ours.pk, "n": n}, f"MailError: {n}", NOW + n * HOUR)
    jobs.park(house.theirs.pk, "mail_briefing", {"office": house.theirs.pk}, "MailError: theirs", NOW)
    first = admin.get("parked-jobs?size=2").json()
    second = admin.get(f"parked-jobs?size=2&after={first['next']}").json()
    assert [row["reason"] for row in first["rows"] + second["rows"]] == ["MailError: 2", "MailError: 1", "MailError: 0"]
    assert {row["what"] for row in first["rows"]} == {"Mail the briefing"}
    ParkedJob.objects.update(retried=NOW)
    assert admin.get("parked-jobs").json() == {"rows": [], "next": None}
    work = admin.get("jobs").json()
    assert set(work) == {"waiting", "due", "running", "jobs"} and work["waiting"] >= len(work["jobs"])


def test_the_condition_says_first_what_is_not_well_and_what_to_do(house, admin):
    said = admin.get("condition").json()
    order = [one["ok"] for one in said["findings"]]
    assert order == sorted(order)
    assert said["wrong"] == order.count(False)
    assert all(one["said"] for one in said["findings"])
    assert said["sizes"] == [], "another office shares the disk"
    assert said["versions"]["Kentongan"]
    assert sum(one["articles"] for one in said["days"]) > 0


def test_backups_say_when_and_whether_they_were_tried_not_where_they_lie(house, admin):
    for n in range(2):
        Backup.objects.create(office=house.ours, at=NOW - n * DAY, file="/srv/nowhere/a.backup", size=9, digest="f" * 64, outcome="Same.")
    answer = admin.get("backups?size=1")
    (row,) = answer.json()["rows"]
    assert (row["size"], row["verified"], row["outcome"]) == (9, None, "Same.")
    assert "nowhere" not in answer.content.decode()
    assert admin.get(f"backups?after={answer.json()['next']}").json()["next"] is None


def test_what_is_kept_for_how_long_is_said_with_its_last_run(house, program):
    RetentionRun.objects.create(office=house.ours, at=NOW - HOUR, kind="visits", before=NOW - DAY, deleted=7)
    rows = {row["kind"]: row for row in program.get("retention").json()["rows"]}
    assert set(rows) == {kind.name for kind in retention.KINDS}
    assert rows["visits"]["deleted"] == 7 and rows["visits"]["last_run"]
    assert rows["articles"]["last_run"] is None and rows["articles"]["oldest"]
    assert all(row["what"] and row["days"] > 0 for row in rows.values())


# Who reads, and who is told


def test_everybody_reads_their_own_tokens_and_administrators_all_without_a_secret(house, program, admin):
    mine = program.get("tokens")
    assert {row["person_name"] for row in mine.json()["rows"]} == {"sari"}
    assert {row["person_name"] for row in admin.get("tokens").json()["rows"]} == {"sari", "ibu"}
    assert "digest" not in mine.content.decode() and "ktg_" not in mine.content.decode()
    assert mine.json()["rows"][0]["scopes"] == ["administer", "decide", "export", "issues", "office", "read", "respond", "sources"]


def test_webhooks_and_what_came_of_them_are_read_without_their_secret(house, admin, program):
    made = services.make_hook(
        house.administrator, services.HookDraft("Ruang kendali", "https://kendali.example/masuk", ("signal.raised",)), SECRET, NOW
    )
    for n in range(3):
        Delivery.objects.create(office=house.ours, hook=made, event="test", payload={"hidden": 1}, at=NOW + n * HOUR)
    answer = admin.get("hooks")
    (row,) = answer.json()["rows"]
    assert (row["name"], row["events"], row["paused"]) == ("Ruang kendali", ["signal.raised"], False)
    assert SECRET not in answer.content.decode() and not {"sealed", "secret", "told"} & set(row)
    first = admin.get(f"hooks/{made.pk}/deliveries?size=2").json()
    second = admin.get(f"hooks/{made.pk}/deliveries?after={first['next']}").json()
    assert [one["state"] for one in first["rows"] + second["rows"]] == ["waiting"] * 3
    assert "payload" not in first["rows"][0]
    refused(program.get("hooks"), 403)


def test_of_an_address_outside_only_the_host_is_said(house, admin):
    made = Address.objects.create(
        office=house.ours, kind="webhook", name="Ruang obrol", host="obrol.example", language="id", created=NOW, by=house.administrator,
        sealed=sealing.seal({"url": "https://obrol.example/kunci-rahasia", "secret": SECRET}),
    )  # fmt: skip
    AlertDelivery.objects.create(office=house.ours, key="k1", channel="webhook", address=made, language="id", news="raised", at=NOW)
    route = arranging.make_first_route(house.ours, NOW)
    (row,) = admin.get("addresses").json()["rows"]
    assert (row["host"], row["name"], row["failures"]) == ("obrol.example", "Ruang obrol", 0)
    assert "kunci-rahasia" not in admin.get("addresses").content.decode()
    assert [one["state"] for one in admin.get(f"addresses/{made.pk}/deliveries").json()["rows"]] == ["waiting"]
    (told,) = admin.get("routes").json()["rows"]
    assert (told["id"], told["level"], told["roles"]) == (route.pk, route.level, list(route.roles))


def test_how_one_is_told_is_ones_own_alone(house, program):
    assert program.get("notifications").json() == {"mail": True, "push": True, "quiet_from": None, "quiet_until": None, "browsers": []}
    for person, name in ((house.officer, "Firefox, Android"), (house.reader, "Safari, iPhone")):
        Browser.objects.create(office=house.ours, person=person, name=name, digest=name.ljust(64), sealed=b"", created=NOW)
    Preference.objects.create(office=house.ours, person=house.reader, mail=False)
    said = program.get("notifications").json()
    assert [one["name"] for one in said["browsers"]] == ["Firefox, Android"]
    assert said["mail"] is True


# All of it


def test_lists_of_the_office_ask_the_database_no_more_for_more_rows(house, admin, count_queries):
    paths = [
        "people", "agencies", "deputies", "roster", "invitations", "office-holders", "settings", "jobs", "parked-jobs", "backups",
        "retention", "tokens", "hooks", "routes", "addresses", "notifications",
    ]  # fmt: skip
    counts = []
    for n in range(2):
        more(house, n)
        found = {}
        for path in paths:
            admin.get(path)
            with count_queries() as said:
                assert admin.get(path).status_code == 200
            found[path] = len(said)
        counts.append(found)
        for k in range(3):
            more(house, f"{n}{k}")
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 12


def more(house, n):
    """One more of everything."""
    who = house.administrator
    other = builders.make_user(house.ours, f"orang{n}", "officer")
    standing.make_agency(who, f"Dinas {n}", "D", "", NOW)
    standing.name_deputy(who, house.officer, other, NOW, NOW + DAY, NOW)
    standing.plan_duty(who, other, "officer", NOW, NOW + HOUR, NOW)
    inviting.invite(who, inviting.Offer(f"undangan{n}@muarasena.example", "reader"), f"word{n}", NOW)
    holders.add(who, f"Sri Rahayu {n}", "Wali Kota", NOW.date() + 9 * DAY, NOW)
    jobs.park(house.ours.pk, "sweep", {"office": house.ours.pk, "n": str(n)}, "Why", NOW)
    Backup.objects.create(office=house.ours, at=NOW, file="a", outcome="Same.")
    token_for(other, ["read"])
    Hook.objects.create(office=house.ours, name=f"{n}", url="https://hilir.example/", events=[], sealed=b"", by=other, created=NOW)
    Address.objects.create(office=house.ours, kind="ntfy", name=f"{n}", host="h.example", sealed=b"", language="id", created=NOW, by=other)


def test_a_browser_session_reads_the_same_and_another_office_none_of_it(house, admin):
    standing.make_agency(house.administrator, "Dinas Air", "", "", NOW)
    assert client_of(house.administrator).get("/api/v1/agencies").json() == admin.get("agencies").json()
    theirs = Program(token_for(builders.make_user(house.theirs, "penguasa", "administrator")))
    assert theirs.get("agencies").json() == {"rows": [], "next": None}
    assert "Dinas" not in json.dumps(theirs.get("people").json())
