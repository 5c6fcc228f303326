"""What an officer decides day by day, by program: claims, alerts, purposes, watches. With the refusals of the screen."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from kentongan.office.alerting.models import Alert
from kentongan.office.ledger.models import Line
from kentongan.office.listening import watches
from kentongan.office.listening.claims_models import Claim
from kentongan.office.listening.models import Purpose, Signal, Source, Watch
from kentongan.testing import builders
from kentongan.testing.claims import furnish_claims

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of
from test_api import Program, acts, refused, token_for

pytestmark = pytest.mark.django_db
NOW = builders.NOW
HOUR = timedelta(hours=1)
EVIDENCE = "Uji laboratorium PDAM, 26 November, tiga titik."


@pytest.fixture
def admin(house):
    return Program(token_for(house.administrator))


@pytest.fixture
def claim(house):
    return furnish_claims(house.ours, house.officer)[0]


# Claims


def test_a_named_officer_says_with_evidence_whether_a_claim_is_so(house, program, claim):
    said = program.post(f"claims/{claim.pk}/decide", {"truth": "false", "evidence": EVIDENCE}).json()
    assert (said["truth"], said["evidence"], said["decided_by"]) == ("false", EVIDENCE, "sari")
    row = Claim.objects.get(pk=claim.pk)
    assert (row.truth, row.decided_by, row.decided_at) == ("false", house.officer, NOW)
    assert acts("claim.decided")[-1]["truth"] == "false"
    again = program.post(f"claims/{claim.pk}/decide", {"truth": "unverified"}).json()
    assert (again["truth"], again["evidence"], again["decided_by"]) == ("unverified", "", None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"truth": "true"}, "evidence"), ({"truth": "false", "evidence": "ya"}, "evidence"), ({"truth": "lie"}, "truth"),
        ({"truth": "true", "evidence_url": "javascript:1"}, "evidence_url"), ({}, "truth"),
        ({"truth": "satire", "decided_by": 1}, "decided_by"),
    ],
)  # fmt: skip
def test_without_evidence_nothing_is_called_true_or_false(program, claim, body, field):
    before = Claim.objects.get(pk=claim.pk).truth
    assert refused(program.post(f"claims/{claim.pk}/decide", body), 422)["errors"][0]["field"] == field
    assert Claim.objects.get(pk=claim.pk).truth == before


def test_an_analyst_notes_a_stance_and_does_not_decide_the_truth(house, claim):
    program = Program(token_for(builders.make_user(house.ours, "analis", "analyst")))
    before = Claim.objects.get(pk=claim.pk).truth
    assert program.post(f"claims/{claim.pk}/stance", {"stance": "critical"}).json()["stance"] == "critical"
    refused(program.post(f"claims/{claim.pk}/decide", {"truth": "true", "evidence": EVIDENCE}), 403)
    assert Claim.objects.get(pk=claim.pk).truth == before
    assert acts("claim.stance_noted") == [{"stance": "critical"}]


def test_a_claim_is_watched_until_a_moment_and_looked_at_again(program, claim):
    until, before = NOW + 3 * HOUR, len(acts("claim.watched"))
    said = program.post(f"claims/{claim.pk}/watch", {"until": until.isoformat(), "note": "Hasil uji"}).json()
    assert (said["review_at"], said["review_note"]) == (until.isoformat().replace("+00:00", "Z"), "Hasil uji")
    assert program.post(f"claims/{claim.pk}/watch/end").json()["review_at"] is None
    refused(program.post(f"claims/{claim.pk}/watch/end"), 422)
    for wrong in (NOW, NOW + timedelta(days=15)):
        refused(program.post(f"claims/{claim.pk}/watch", {"until": wrong.isoformat()}), 422)
    refused(program.post(f"claims/{claim.pk}/watch", {"until": "9999-12-31T23:59:59Z"}), 422)
    refused(program.post(f"claims/{claim.pk}/watch", {"until": "2025-11-27T05:00:00"}), 422)
    assert (len(acts("claim.watched")), len(acts("claim.reviewed"))) == (before + 1, 1)


# Alerts


def test_an_alert_is_dismissed_with_its_signal_and_the_reason(house, program):
    alert = builders.furnish_alerts(house.ours, house.administrator)
    refused(program.post(f"alerts/{alert.pk}/dismiss", {"reason": ""}), 422)
    said = program.post(f"alerts/{alert.pk}/dismiss", {"reason": "Latihan"}).json()
    assert (said["state"], said["by"]) == ("ended", "sari")
    signal = Signal.objects.get(pk=Alert.objects.get(pk=alert.pk).signal_id)
    assert (signal.state, signal.state_reason) == ("dismissed", "Latihan")
    assert len(acts("alert.dismissed")) == 1
    history = program.get(f"alerts/{alert.pk}").json()["history"]
    assert [one["at"] for one in history] == sorted(one["at"] for one in history)
    assert history[-1]["by"] == "sari" and "Latihan" in history[-1]["sentence"]


def test_whoever_only_answers_alerts_gives_a_token_that_answers_and_does_not_decide(house):
    alert = builders.furnish_alerts(house.ours, house.administrator)
    press = Program(token_for(builders.make_user(house.ours, "pers", "press"), ["decide"]))
    refused(press.post(f"alerts/{alert.pk}/dismiss", {"reason": "Latihan"}), 403)
    assert press.post(f"alerts/{alert.pk}/acknowledge").json()["state"] == "acknowledged"


# The purpose register


def purpose_in(house, **change):
    first = NOW.date()
    given = {
        "kind": "watch", "title": "Air bersih", "purpose": "Mendengar keluhan air.", "legal_basis": "Perwali 1/2025",
        "owner": house.administrator.pk, "starts": first.isoformat(), "ends": (first + timedelta(days=90)).isoformat(),
    }  # fmt: skip
    return {**given, **change}


def test_a_purpose_is_registered_changed_and_ended_by_whoever_answers_for_the_law(house):
    program = Program(token_for(builders.make_user(house.ours, "hukum", "legal"), ["decide", "read"]))
    made = program.post("purposes", purpose_in(house))
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert (made.json()["state"], made.json()["owner"]) == ("running", "ibu")
    longer = (NOW.date() + timedelta(days=300)).isoformat()
    assert program.post(f"purposes/{pk}/change", purpose_in(house, ends=longer, version=0)).json()["ends"] == longer
    refused(program.post(f"purposes/{pk}/change", purpose_in(house, version=0)), 409)
    assert program.post(f"purposes/{pk}/end", {"reason": "Selesai"}).json()["state"] == "ended"
    refused(program.post(f"purposes/{pk}/end", {"reason": "Selesai"}), 403)
    assert [len(acts(f"purpose.{what}")) for what in ("made", "changed", "ended")] == [1, 1, 1]


def test_ending_a_purpose_pauses_its_sources_as_on_the_screen(house, admin):
    pk = Source.objects.filter(office=house.ours, paused=False).values_list("purpose", flat=True)[0]
    admin.post(f"purposes/{pk}/end", {"reason": "Selesai"})
    assert not Source.objects.filter(office=house.ours, purpose=pk, paused=False).exists()


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"kind": "people"}, 422, "kind"), ({"ends": "2025-01-01"}, 422, "ends"), ({"ends": "2090-01-01"}, 422, "ends"),
        ({"owner": 987_654_321}, 422, "owner"), ({"title": " "}, 422, "title"), ({"title": "Slamet Wijaya Kusuma"}, 403, ""),
        ({"ended": "2025-01-01"}, 422, "ended"),
    ],
)  # fmt: skip
def test_what_the_register_refuses_the_program_is_refused(house, admin, change, status, field):
    n = Purpose.objects.filter(office=house.ours).count()
    said = refused(admin.post("purposes", purpose_in(house, **change)), status)
    assert field in {one["field"] for one in said["errors"]}
    assert Purpose.objects.filter(office=house.ours).count() == n


def test_nobody_of_another_office_answers_for_a_purpose_and_an_officer_registers_none(house, admin, program):
    refused(admin.post("purposes", purpose_in(house, owner=house.stranger.pk)), 422)
    refused(program.post("purposes", purpose_in(house)), 403)


# Watches


@pytest.fixture
def purpose(house, admin):
    return admin.post("purposes", purpose_in(house)).json()["id"]


def test_a_watch_is_begun_changed_looked_through_and_ended(house, program, purpose):
    made = program.post("watches", {"name": "Air", "query": "air keruh", "purpose": purpose})
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert (made.json()["runs"], [one["by"] for one in made.json()["versions"]]) == (True, ["sari"])
    changed = program.post(f"watches/{pk}/change", {"name": "Air", "query": '"air keruh" -kolam', "version": made.json()["version"]}).json()
    assert [one["query"] for one in changed["versions"]] == ['"air keruh" -kolam', "air keruh"]
    refused(program.post(f"watches/{pk}/change", {"name": "Air", "query": "air", "version": 0}), 409)
    assert program.post(f"watches/{pk}/seen").status_code == 200
    assert Watch.objects.get(pk=pk).seen_until == NOW
    assert program.get(f"watches/{pk}").json() == changed
    assert [row["id"] for row in program.get("watches").json()["rows"]] == [pk]
    assert program.post(f"watches/{pk}/end").json()["runs"] is False
    assert program.get("watches").json() == {"rows": []}
    assert [row["id"] for row in program.get("watches?ended=true").json()["rows"]] == [pk]
    assert [len(acts(f"watch.{what}")) for what in ("made", "changed", "seen", "ended")] == [1, 1, 1, 1]


def test_a_watch_that_names_a_person_is_refused_and_kept_without_the_words(house, program, purpose):
    refused(program.post("watches", {"name": "Warga", "query": "Slamet Wijaya Kusuma", "purpose": purpose}), 403)
    assert not Watch.objects.filter(office=house.ours).exists()
    assert len(acts("watch.refused")) == 1
    assert not Line.objects.filter(detail__icontains="Slamet").exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"query": "air OR"}, "query"), ({"query": ""}, "query"), ({"name": "  "}, "name"), ({"places": ["99.99"]}, "places"),
        ({"examples": ["satu"]}, "examples"), ({"purpose": 987_654_321}, "purpose"), ({"query": "a\x00"}, "query"), ({"by": 1}, "by"),
    ],
)  # fmt: skip
def test_what_the_form_refuses_the_program_is_refused(house, program, purpose, change, field):
    said = refused(program.post("watches", {"name": "Air", "query": "air keruh", "purpose": purpose, **change}), 422)
    assert field in {one["field"] for one in said["errors"]}
    assert not Watch.objects.filter(office=house.ours).exists()


def test_a_watch_stands_under_a_purpose_for_watches_of_ones_own_office(house, program):
    sources = Purpose.objects.filter(office=house.ours, kind="sources").values_list("pk", flat=True)[0]
    theirs = builders.purpose_of(house.theirs).pk
    for pk in (sources, theirs):
        refused(program.post("watches", {"name": "Air", "query": "air keruh", "purpose": pk}), 422)
    assert not Watch.objects.exists()


def test_a_watch_costs_as_many_queries_with_many_versions(house, program, purpose, count_queries):
    made = Watch.objects.get(pk=program.post("watches", {"name": "Air", "query": "air keruh", "purpose": purpose}).json()["id"])
    with count_queries() as few:
        program.get(f"watches/{made.pk}")
    for n in range(3):
        made = watches.change(house.administrator, made, made.version, watches.Draft("Air", f"air keruh {n}x"), NOW)
    with count_queries() as many:
        assert len(program.get(f"watches/{made.pk}").json()["versions"]) == 4
    assert len(few) == len(many)


def test_a_reader_decides_nothing_of_it(house, claim, purpose):
    client = client_of(house.reader)
    for path in (f"claims/{claim.pk}/decide", f"claims/{claim.pk}/watch/end", "purposes", f"purposes/{purpose}/end", "watches"):
        assert client.post(f"/api/v1/{path}", "{}", content_type="application/json").status_code == 403, path
