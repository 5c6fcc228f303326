"""The API that changes how the office is run: with a scope of its own, as far as the person's role, with the refusals of the screens."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from kentongan.office.administration import jobs
from kentongan.office.alerting.models import Preference, Route
from kentongan.office.api import people_acts_schemas, services
from kentongan.office.api.models import Delivery, Hook, Token
from kentongan.office.people import inviting
from kentongan.office.people.models import Deputy, Duty, Invitation, OfficeHolder, OfficeSetting, Role, User
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from test_api import Program, acts, refused, token_for

pytestmark = pytest.mark.django_db
NOW = builders.NOW
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECRET = "a secret of sixteen and more"


@pytest.fixture
def admin(house):
    return Program(token_for(house.administrator))


@pytest.fixture
def officer(house):
    return Program(token_for(house.officer))


def test_nothing_of_it_is_done_without_the_scope_of_its_own(house):
    weak = Program(token_for(house.administrator, ["read", "decide", "sources", "export", "office"]))
    for path, body in (
        (f"people/{house.reader.pk}/leave", None), (f"people/{house.reader.pk}/change", {"version": 0, "role": "officer"}),
        ("invitations", {"email": "baru@muarasena.example", "role": "reader"}), ("routes", {"name": "Malam", "roles": ["officer"]}),
        ("settings/change", {"name": "keep_item_days", "value": "90", "version": 0}),
    ):  # fmt: skip
        assert "administer" in refused(weak.post(path, body), 403)["detail"], path
    assert User.objects.get(pk=house.reader.pk).is_active


# People


def test_the_roles_of_the_api_are_the_roles_of_the_office():
    assert set(get_args(people_acts_schemas.RoleName)) == set(Role.values)


def test_an_invitation_goes_by_mail_alone_and_its_word_is_in_no_answer(house, admin):
    answer = admin.post("invitations", {"email": "baru@muarasena.example", "role": "analyst", "more_roles": ["press"]})
    assert answer.status_code == 201, answer.content
    (sent,) = mail.outbox
    word = sent.body.partition("/invitation/")[2].partition("/")[0] or sent.body
    row = Invitation.objects.get()
    assert sent.to == ["baru@muarasena.example"] and row.by == house.administrator
    assert word not in answer.content.decode() and row.digest not in answer.content.decode()
    assert acts("person.invited") == [{"roles": ["analyst", "press"]}]
    assert refused(admin.post("invitations", {"email": "baru@muarasena.example", "role": "reader"}), 422)["errors"][0]["field"] == "email"
    admin.post(f"invitations/{row.pk}/withdraw")
    assert Invitation.objects.get().withdrawn == NOW


def test_where_no_mail_can_be_sent_nobody_is_invited(house, admin, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    refused(admin.post("invitations", {"email": "baru@muarasena.example", "role": "reader"}), 403)
    assert not Invitation.objects.exists()


def test_a_mail_that_the_server_refuses_leaves_no_open_invitation(house, admin, settings):
    settings.EMAIL_BACKEND = "kentongan.office.mail.PortBackend"  # and no server is named: it refuses
    answer = admin.post("invitations", {"email": "baru@muarasena.example", "role": "reader"})
    assert answer.status_code == 503, answer.content
    assert not Invitation.objects.filter(withdrawn=None).exists()


def test_a_role_is_given_at_the_version_that_was_read_and_nobody_gives_themselves_one(house, admin):
    said = admin.post(f"people/{house.reader.pk}/change", {"version": 0, "role": "analyst", "more_roles": ["press", "analyst"]}).json()
    assert (said["role"], said["roles"], said["version"]) == ("analyst", ["analyst", "press"], 1)
    assert acts("person.changed")[0]["given"] == ["analyst", "press"]
    refused(admin.post(f"people/{house.reader.pk}/change", {"version": 0, "role": "leader"}), 409)
    refused(admin.post(f"people/{house.administrator.pk}/change", {"version": 0, "more_roles": ["leader"]}), 403)
    refused(admin.post(f"people/{house.administrator.pk}/change", {"version": 0, "role": "reader"}), 403)
    refused(admin.post(f"people/{house.reader.pk}/change", {"version": 1, "role": "king"}), 422)
    refused(admin.post(f"people/{house.reader.pk}/change", {"version": 1, "is_superuser": True}), 422)


def test_what_is_left_out_of_a_change_stays_and_null_takes_an_agency_away(house, admin):
    agency = admin.post("agencies", {"name": "Dinas Air", "short": "PDAM"}).json()["id"]
    path = f"people/{house.reader.pk}/change"
    assert admin.post(path, {"version": 0, "first_name": "Budi", "agency": agency}).json()["agency"] == agency
    said = admin.post(path, {"version": 1, "last_name": "Raharja"}).json()
    assert (said["name"], said["agency"], said["role"]) == ("Budi Raharja", agency, "reader")
    assert admin.post(path, {"version": 2, "agency": None}).json()["agency"] is None
    refused(admin.post(path, {"version": 3, "agency": 987_654_321}), 422)
    gone = admin.post(f"agencies/{agency}/change", {"name": "Dinas Air", "ended": "2025-12-31"}).json()
    assert (gone["ended"], gone["short"]) == ("2025-12-31", "")


def test_whoever_leaves_loses_their_tokens_at_once_and_returns_as_a_reader(house, admin, officer):
    assert officer.get("stories").status_code == 200
    assert admin.post(f"people/{house.officer.pk}/leave").json()["active"] is False
    refused(officer.get("stories"), 401)
    refused(admin.post(f"people/{house.officer.pk}/leave"), 403)
    assert Token.objects.get(person=house.officer).revoked == NOW
    back = admin.post(f"people/{house.officer.pk}/return").json()
    assert (back["active"], back["roles"]) == (True, ["reader"])
    refused(admin.post(f"people/{house.administrator.pk}/leave"), 403)
    assert [len(acts(f"person.{what}")) for what in ("left", "returned")] == [1, 1]


def test_everybody_names_their_own_deputy_and_an_administrator_anybodys(house, officer, admin):
    given = {"since": NOW.isoformat(), "until": (NOW + DAY).isoformat()}
    made = officer.post("deputies", {"person": house.officer.pk, "deputy": house.reader.pk, **given})
    assert made.status_code == 201, made.content
    refused(officer.post("deputies", {"person": house.reader.pk, "deputy": house.officer.pk, **given}), 403)
    refused(officer.post("deputies", {"person": house.officer.pk, "deputy": house.officer.pk, **given}), 422)
    assert (
        refused(officer.post("deputies", {"person": house.officer.pk, "deputy": house.stranger.pk, **given}), 422)["errors"][0]["field"]
        == "deputy"
    )
    assert admin.post("deputies", {"person": house.reader.pk, "deputy": house.officer.pk, **given}).status_code == 201
    assert officer.post(f"deputies/{made.json()['id']}/end").json()["done"]
    assert Deputy.objects.get(pk=made.json()["id"]).ended == NOW


def test_a_duty_is_planned_once_and_taken_off(house, officer):
    given = {"person": house.officer.pk, "start": NOW.isoformat(), "end": (NOW + 8 * HOUR).isoformat()}
    made = officer.post("roster", given)
    assert (made.status_code, made.json()["role"]) == (201, "officer")
    refused(officer.post("roster", given), 422)
    refused(officer.post("roster", {**given, "end": (NOW + 9 * DAY).isoformat()}), 422)
    refused(officer.post("roster", {**given, "role": "leader"}), 403)
    assert officer.post(f"roster/{made.json()['id']}/remove").json()["done"]
    assert not Duty.objects.exists()
    assert [len(acts(f"duty.{what}")) for what in ("planned", "removed")] == [1, 1]


def test_office_holders_are_listed_by_whoever_writes_the_register_never_a_neighbour(house, admin, officer):
    holder = {"name": "Sri Rahayu", "post": "Wali Kota Muarasena", "last_day": (NOW + 90 * DAY).date().isoformat()}
    made = admin.post("office-holders", holder)
    assert made.status_code == 201, made.content
    assert (
        refused(admin.post("office-holders", {**holder, "name": "Budi Santoso", "post": "tetangga"}), 422)["errors"][0]["field"] == "post"
    )
    refused(officer.post("office-holders", holder), 403)
    assert admin.post(f"office-holders/{made.json()['id']}/remove").json()["done"]
    assert not OfficeHolder.objects.exists()


# Running


def test_a_setting_is_changed_at_its_version_within_its_bounds_and_given_back(house, admin, officer):
    given = {"name": "keep_item_days", "value": "90", "version": 0}
    said = admin.post("settings/change", given).json()
    assert (said["value"], said["own"], said["version"], said["by"]) == ("90", "90", 1, "ibu")
    assert acts("setting.changed")[0] == {"name": "keep_item_days", "from": "", "to": "90"}
    refused(admin.post("settings/change", given), 409)
    refused(admin.post("settings/change", {**given, "value": "banyak", "version": 1}), 422)
    refused(admin.post("settings/change", {**given, "name": "database_url"}), 404)
    refused(admin.post("settings/change", {**given, "name": "no_such"}), 404)
    refused(officer.post("settings/change", {**given, "version": 1}), 403)
    assert admin.post("settings/change", {**given, "value": "", "version": 1}).json()["own"] == ""
    assert OfficeSetting.objects.get().version == 2


def test_parked_work_is_tried_again_once(house, admin):
    row = jobs.park(house.ours.pk, "propose_for", {"office": house.ours.pk}, "Why", NOW)
    assert admin.post(f"parked-jobs/{row.pk}/retry").json()["done"]
    assert ProcrastinateJob.objects.filter(task_name="propose_for", args__office=house.ours.pk).exists()
    refused(admin.post(f"parked-jobs/{row.pk}/retry"), 403)
    assert len(acts("job.retried")) == 1


# Who is told


def test_a_webhook_is_changed_paused_tried_and_removed_and_never_says_its_secret(house, admin, officer):
    draft = services.HookDraft("Ruang kendali", "https://kendali.example/masuk", ("signal.raised",))
    pk = services.make_hook(house.administrator, draft, SECRET, NOW).pk
    change = {"name": "Ruang siaga", "url": "https://kendali.example/lain", "events": ["briefing.signed"], "version": 0}
    said = admin.post(f"hooks/{pk}/change", change)
    assert (said.json()["name"], said.json()["events"], said.json()["version"]) == ("Ruang siaga", ["briefing.signed"], 1)
    refused(admin.post(f"hooks/{pk}/change", change), 409)
    for wrong, field in (({"events": ["all"]}, "events"), ({"secret": "x"}, "secret")):
        assert refused(admin.post(f"hooks/{pk}/change", {**change, "version": 1, **wrong}), 422)["errors"][0]["field"] == field
    assert admin.post(f"hooks/{pk}/change", {**change, "version": 1, "url": "ftp://kendali.example/"}).status_code == 422
    assert admin.post(f"hooks/{pk}/pause").json()["paused"] is True
    assert admin.post(f"hooks/{pk}/resume").json()["paused"] is False
    assert admin.post(f"hooks/{pk}/test").status_code == 202
    assert Delivery.objects.get(hook=pk).event == "test"
    refused(officer.post(f"hooks/{pk}/remove"), 403)
    assert admin.post(f"hooks/{pk}/remove").json()["done"]
    assert not Hook.objects.exists()
    assert SECRET not in said.content.decode()


def test_a_route_is_made_changed_and_removed(house, admin):
    agency = admin.post("agencies", {"name": "Dinas Air", "email": "air@muarasena.example"}).json()["id"]
    given = {"name": "Malam", "level": "medium", "roles": ["leader"], "agency": agency, "quiet_from": "21:00", "quiet_until": "06:00"}
    made = admin.post("routes", given)
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert (made.json()["quiet_from"], made.json()["agency"]) == ("21:00:00", agency)
    said = admin.post(f"routes/{pk}/change", {"name": "Malam", "people": [house.officer.pk], "version": 0}).json()
    assert (said["roles"], said["people"], said["quiet_from"], said["version"]) == ([], [house.officer.pk], None, 1)
    refused(admin.post(f"routes/{pk}/change", {"name": "Malam", "roles": ["leader"], "version": 0}), 409)
    assert admin.post(f"routes/{pk}/remove").json()["done"]
    assert not Route.objects.filter(pk=pk).exists()
    assert [len(acts(f"route.{what}")) for what in ("made", "changed", "removed")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"roles": []}, "roles"), ({"roles": ["king"]}, "roles"), ({"topics": ["x"]}, "topics"), ({"people": [987_654_321]}, "people"),
        ({"addresses": [987_654_321]}, "addresses"), ({"quiet_from": "21:00"}, "quiet_until"), ({"quiet_from": "25:00"}, "quiet_from"),
        ({"wait_min": 100_000}, "wait_min"), ({"by": 1}, "by"), ({"name": " "}, "name"),
    ],
)  # fmt: skip
def test_what_a_route_may_not_be_is_refused_by_field(house, admin, change, field):
    before = Route.objects.count()
    said = refused(admin.post("routes", {"name": "Malam", "roles": ["leader"], **change}), 422)
    assert field in {one["field"] for one in said["errors"]}, json.dumps(said)
    assert Route.objects.count() == before


def test_an_address_outside_is_tried_and_removed(house, admin):
    builders.furnish_alerts(house.ours, house.administrator)
    (row,) = admin.get("addresses").json()["rows"]
    assert admin.post(f"addresses/{row['id']}/test").status_code == 202
    assert admin.get(f"addresses/{row['id']}/deliveries").json()["rows"][0]["state"] in {"waiting", "delivered"}
    assert admin.post(f"addresses/{row['id']}/remove").json()["done"]
    assert admin.get("addresses").json()["rows"] == []


def test_one_says_oneself_how_one_is_told(house, officer):
    said = officer.post("notifications", {"mail": False, "push": True, "quiet_from": "22:00", "quiet_until": "05:30"}).json()
    assert (said["mail"], said["quiet_from"], said["quiet_until"]) == (False, "22:00:00", "05:30:00")
    assert Preference.objects.get().person == house.officer
    refused(officer.post("notifications", {"mail": True, "push": True, "quiet_from": "22:00"}), 422)
    refused(officer.post("notifications", {"mail": True, "push": True, "person": house.reader.pk}), 422)


def test_nothing_is_invited_into_another_office(house):
    theirs = Program(token_for(builders.make_user(house.theirs, "penguasa", "administrator")))
    refused(theirs.post(f"people/{house.reader.pk}/change", {"version": 0, "role": "administrator"}), 404)
    refused(theirs.post(f"people/{house.reader.pk}/leave"), 404)
    made = inviting.invite(house.administrator, inviting.Offer("baru@muarasena.example", "reader"), "word", NOW)
    refused(theirs.post(f"invitations/{made.pk}/withdraw"), 404)
    assert User.objects.get(pk=house.reader.pk).role == "reader" and Invitation.objects.get().withdrawn is None
