"""Claims are read beside the listener, once, and joined across languages; only a named officer with evidence says whether one is so."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger.models import Line
from kentongan.office.listening import claims, claims_queries, claims_reading, retention, tasks
from kentongan.office.listening.claims_models import CheckVector, Claim, ClaimCheck, ClaimReading, ClaimSighting, Question
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import Article, FactCheck, Source
from kentongan.testing import builders
from kentongan.testing.builders import Event, Told
from kentongan.testing.claims import EVIDENCE, furnish_claims

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW
DAM = "Bendungan Citarik retak dan 300 warga Desa Cikawung mengungsi"


@pytest.fixture
def client(house):
    return client_of(house.officer)


def read(house):
    return claims_reading.read(house.ours, HashedEmbedder(), NOW)


def story(house, *items, level="medium", seq=50):
    return builders.make_story(house.ours, Event(level, (2, 2, 2, 0, 2), tuple(items)), NOW, seq)


def told(outlet, hours, title, text="", kind="press", copies=()):
    return Told(outlet, hours, title, text, "id", kind, copies)


def dam(house, text=DAM):
    items = (
        told("Suara Muarasena", 3.0, text, copies=("Warta Hilir",)),
        told("Kabar Kalindra", 2.0, text),
        told("Papan", 1.0, text, kind="public"),
    )
    made = story(house, *items)
    read(house)
    return made, Claim.objects.get(office=house.ours, text=text)


def body(response):
    return response.content.decode()


# ---- reading ----------------------------------------------------------------------------------------------------------------
def test_a_claim_of_many_outlets_is_one_with_its_copies_and_its_first_publisher(house):
    _, claim = dam(house)
    assert (claim.items, claim.outlets) == (4, 3), "the copy counts for its outlet, public posts for none"
    assert claim.first == NOW - timedelta(hours=3) and claim.truth == "unverified"
    detail = claims_queries.get_detail(claim, NOW)
    assert [step.outlet for step in detail.reach.spread.path] == ["Suara Muarasena", "Warta Hilir", "Kabar Kalindra", ""]
    assert [one.copy for one in ClaimSighting.objects.filter(claim=claim)].count(True) == 1


def test_a_changed_number_is_another_claim(house):
    _, claim = dam(house)
    story(house, told("Lentera Kota", 0.5, DAM.replace("300", "3.000")), seq=51)
    read(house)
    other = Claim.objects.get(office=house.ours, text=DAM.replace("300", "3.000"))
    assert other.pk != claim.pk and other.items == 1


def test_items_are_read_once_and_official_pages_claim_nothing(house):
    first = read(house)
    assert first.items > 0 and first.claims > 0
    assert read(house).items == 0
    assert not ClaimSighting.objects.filter(article__source_kind="official").exists()
    assert not ClaimReading.objects.filter(article__source_kind="official").exists()


def test_what_was_read_in_two_runs_is_what_one_run_gives(house, monkeypatch):
    monkeypatch.setattr(claims_reading, "BATCH", 3)
    while read(house).items:
        pass
    pieces = sorted(Claim.objects.values_list("text", "items", "outlets"))
    Claim.objects.all().delete()
    ClaimReading.objects.all().delete()
    monkeypatch.setattr(claims_reading, "BATCH", 1000)
    read(house)
    assert sorted(Claim.objects.values_list("text", "items", "outlets")) == pieces


def test_stories_below_low_without_a_signal_are_not_read(house):
    story(house, told("Suara Muarasena", 3.0, DAM), level="watch")
    read(house)
    assert not Claim.objects.filter(text=DAM).exists()


def test_a_run_that_breaks_leaves_nothing_half_done(house, monkeypatch):
    def broken(*given):
        raise OSError("disk")

    monkeypatch.setattr(claims_reading, "_answer", broken)
    with pytest.raises(OSError, match="disk"), transaction.atomic():
        read(house)
    assert not Claim.objects.exists() and not ClaimReading.objects.exists()


def test_a_fact_check_of_the_same_claim_is_found_whichever_comes_first(house):
    given = {"office": house.ours, "rating": "Salah", "checker": "Cek", "seen": NOW, "language": "id"}
    FactCheck.objects.create(key="a", url="https://cek.example/a", claim=DAM, **given)
    _, claim = dam(house)
    assert ClaimCheck.objects.get(claim=claim).sure
    FactCheck.objects.create(key="b", url="https://cek.example/b", claim=f"{DAM} kemarin", **given)
    FactCheck.objects.create(key="c", url="https://cek.example/c", claim="Festival lampion dibatalkan karena hujan", **given)
    read(house)
    assert ClaimCheck.objects.filter(claim=claim).count() == 2
    assert CheckVector.objects.count() == 3
    claim.refresh_from_db()
    assert claim.truth == "unverified", "what a fact-checker says decides nothing here"


def test_the_job_reads_each_office_in_its_own_scope(house):
    tasks.read_claims(0)
    tasks.read_claims(0)
    jobs = [job.args["office"] for job in ProcrastinateJob.objects.filter(task_name="read_claims_of")]
    assert sorted(jobs) == sorted({house.ours.pk, house.theirs.pk})
    tasks.read_claims_of(house.theirs.pk)
    assert not Claim.objects.exists()
    tasks.read_claims_of(house.ours.pk)
    assert set(Claim.objects.values_list("office_id", flat=True)) == {house.ours.pk}


# ---- deciding ---------------------------------------------------------------------------------------------------------------
def test_an_officer_with_evidence_says_false_and_the_ledger_remembers(house):
    _, claim = dam(house)
    claims.decide(house.officer, claim, "false", "Pemeriksaan BBWS 2 Maret: tubuh bendungan utuh.", "https://bbws.example/1", NOW)
    assert (claim.truth, claim.decided_by, claim.decided_at) == ("false", house.officer, NOW)
    line = Line.objects.get(act="claim.decided")
    told = json.loads(line.detail)
    assert line.subject == f"claim:{claim.pk}" and (told["truth"], told["before"]) == ("false", "unverified")


def test_nobody_says_false_without_evidence_without_the_right_or_from_another_office(house):
    _, claim = dam(house)
    with pytest.raises(InputError, match="what shows it"):
        claims.decide(house.officer, claim, "false", "  ", "", NOW)
    with pytest.raises(InputError, match="http"):
        claims.decide(house.officer, claim, "false", "", "javascript:alert(1)", NOW)
    with pytest.raises(InputError, match="truth statuses"):
        claims.decide(house.officer, claim, "hoax", "Pemeriksaan lapangan.", "", NOW)
    for stranger in (house.reader, house.stranger):
        with pytest.raises(RefusedError):
            claims.decide(stranger, claim, "false", "Pemeriksaan lapangan.", "", NOW)
    claim.refresh_from_db()
    assert claim.truth == "unverified" and not Line.objects.filter(act="claim.decided").exists()


def test_what_cannot_be_checked_is_never_called_false_but_may_be_called_opinion(house):
    claim = Claim.objects.create(
        office=house.ours, text="Menurut saya wali kota gagal total.", language="id", worth=0.5, first=NOW, last=NOW
    )
    with pytest.raises(InputError, match="cannot be checked"):
        claims.decide(house.officer, claim, "false", "Menurut kami tidak begitu.", "", NOW)
    claims.decide(house.officer, claim, "opinion", "", "", NOW)
    assert claim.truth == "opinion"


def test_a_decision_is_taken_back_with_its_evidence(house):
    _, claim = dam(house)
    claims.decide(house.officer, claim, "true", "Foto BBWS 2 Maret.", "", NOW)
    claims.decide(house.officer, claim, "unverified", "", "", NOW)
    assert (claim.truth, claim.evidence, claim.decided_by) == ("unverified", "", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"truth": "false"},
        {"truth": "false", "evidence": "x" * 20},
        {"truth": "true", "decided": True},
        {"truth": "satire"},
    ],
)
def test_the_database_itself_refuses_a_truth_nobody_decided_or_nothing_shows(house, fields):
    decided = {"decided_by": house.officer, "decided_at": NOW} if fields.pop("decided", False) else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(office=house.ours, text=DAM, language="id", worth=1.0, first=NOW, last=NOW, **decided, **fields)


def test_stance_is_noted_apart_from_truth(house):
    _, claim = dam(house)
    claims.note_stance(house.officer, claim, "critical", NOW)
    assert (claim.stance, claim.truth) == ("critical", "unverified")
    with pytest.raises(InputError):
        claims.note_stance(house.officer, claim, "hostile", NOW)


def test_a_watched_claim_comes_back_when_its_time_has_come(house):
    _, claim = dam(house)
    claims.watch(house.officer, claim, NOW + timedelta(hours=3), "Hasil pemeriksaan", NOW)
    assert claims_queries.get_due(house.ours, NOW) == []
    assert claims_queries.get_due(house.ours, NOW + timedelta(hours=3)) == [claim]
    with pytest.raises(InputError, match="15 minutes"):
        claims.watch(house.officer, claim, NOW + timedelta(days=30), "", NOW)
    claims.end_watch(house.officer, claim, NOW + timedelta(hours=4))
    assert claim.review_at is None
    with pytest.raises(InputError, match="not being watched"):
        claims.end_watch(house.officer, claim, NOW)
    assert [line.act for line in Line.objects.filter(subject=f"claim:{claim.pk}").order_by("id")] == ["claim.watched", "claim.reviewed"]


# ---- before anybody answers -------------------------------------------------------------------------------------------------
def test_the_check_says_who_would_first_hear_of_it_from_us(house):
    _, claim = dam(house)
    reach = claims_queries.get_detail(claim, NOW).reach
    assert set(reach.first_from_us) == {"Disdag Muarasena", "Tirta Welaran"}, "the paused channel is not ours to speak of"
    assert not reach.answer or reach.spread.grows


def test_a_channel_of_ours_that_carried_it_does_not_hear_it_first(house):
    _, claim = dam(house)
    source = Source.objects.get(office=house.ours, name="Disdag Muarasena")
    article = builders.make_article(house.ours, told("Disdag Muarasena", 0.5, DAM, kind="official"), NOW, source)
    ClaimSighting.objects.create(office=house.ours, claim=claim, article=article, at=article.published)
    assert claims_queries.get_detail(claim, NOW).reach.first_from_us == ("Tirta Welaran",)


# ---- questions --------------------------------------------------------------------------------------------------------------
def test_questions_are_kept_once_grouped_and_answered_by_an_official_page(house):
    items = [told(f"Kanal {n}", 5 - n, "Kabar warga", "Di mana lokasi posko banjir Sukasari?", kind="public") for n in range(3)]
    story(house, *items)
    read(house)
    rows = Question.objects.filter(office=house.ours, text__contains="Sukasari")
    assert rows.count() == 3 and rows.filter(head=None).count() == 1
    first = rows.get(head=None)
    assert first.answer is None and first.wants == "where"
    page = builders.make_article(
        house.ours, told("Kota", 0.1, "Lokasi posko banjir Sukasari", "Lokasi posko banjir Sukasari.", kind="official"), NOW
    )
    read(house)
    first.refresh_from_db()
    assert first.answer == page
    topic = next(topic for topic in claims_queries.get_questions(house.ours, NOW) if first in [group.first for group in topic.groups])
    group = next(group for group in topic.groups if group.first == first)
    assert (group.outlets, group.posts) == (0, 3)


# ---- forgetting -------------------------------------------------------------------------------------------------------------
def test_what_nobody_decided_about_is_forgotten_and_what_somebody_decided_stays(house):
    _, claim = dam(house)
    claims.decide(house.officer, claim, "false", "Pemeriksaan BBWS: bendungan utuh.", "", NOW)
    read(house)
    assert Claim.objects.count() > 1 and Question.objects.exists()
    keep = dict.fromkeys(("keep_item_days", "keep_raw_days", "keep_count_days"), 1)
    gone = retention.run(house.ours, NOW + timedelta(days=40), keep)
    assert gone["claims"] >= 1 and gone["articles"] >= 1
    claim.refresh_from_db()
    assert claim.article is None and not ClaimSighting.objects.exists() and not Question.objects.exists()
    assert list(Claim.objects.all()) == [claim]


# ---- pages ------------------------------------------------------------------------------------------------------------------
def test_the_list_the_claim_and_the_questions_are_shown(house, client):
    rows = furnish_claims(house.ours, house.officer)
    page = body(client.get(reverse("claims")))
    assert rows[0].text[:40] in page and "Look again:" in page
    for state in claims_queries.STATES:
        assert client.get(reverse("claims"), {"state": state}).status_code == 200
    shown = body(client.get(reverse("claim", args=[rows[2].pk])))
    assert EVIDENCE in shown and "False" in shown and "sari" in shown
    assert "Before anybody answers" in body(client.get(reverse("claim", args=[rows[0].pk])))
    questions = body(client.get(reverse("questions")))
    assert "No official page answers." in questions
    assert "Look again:" in body(client.get(reverse("briefing")))


def test_a_story_shows_its_claims(house, client):
    made, claim = dam(house)
    assert reverse("claim", args=[claim.pk]) in body(client.get(reverse("story", args=[made.pk])))


def test_the_public_is_counted_and_never_listed(house, client):
    text = "Sebanyak 45 rumah di Desa Cikawung terendam"
    story(house, told("Papan Warga Sena", 1.0, text, kind="public"))
    read(house)
    claim = Claim.objects.get(text=text)
    shown = body(client.get(reverse("claim", args=[claim.pk])))
    assert "Papan Warga Sena" not in shown and "Only in public posts" in shown
    assert claim.article.url not in shown


def test_acts_by_forms_say_what_happened(house, client):
    _, claim = dam(house)
    address = reverse("claim", args=[claim.pk])
    assert client.post(reverse("watch_claim", args=[claim.pk]), {"hours": "6", "note": "Hasil"}).url == address
    client.post(reverse("decide_claim", args=[claim.pk]), {"truth": "false", "evidence": "", "evidence_url": ""})
    assert "Say what shows it" in body(client.get(address))
    client.post(reverse("decide_claim", args=[claim.pk]), {"truth": "partly", "evidence": "Laporan BPBD 2 Maret.", "evidence_url": ""})
    client.post(reverse("claim_stance", args=[claim.pk]), {"stance": "critical"})
    client.post(reverse("end_claim_watch", args=[claim.pk]))
    claim.refresh_from_db()
    assert (claim.truth, claim.stance, claim.review_at) == ("partly", "critical", None)
    client.post(reverse("decide_claim", args=[claim.pk]), {"truth": "hoax"})
    client.post(reverse("watch_claim", args=[claim.pk]), {"hours": "5000"})
    claim.refresh_from_db()
    assert claim.truth == "partly" and claim.review_at is None


def test_the_api_says_what_the_screens_say(house, client):
    _, claim = dam(house)
    claims.decide(house.officer, claim, "false", EVIDENCE, "", NOW)
    assert claim.pk not in [row["id"] for row in client.get("/api/v1/claims").json()["rows"]]
    (row,) = client.get("/api/v1/claims?state=decided").json()["rows"]
    assert (row["id"], row["truth"], row["evidence"], row["decided_by"]) == (claim.pk, "false", EVIDENCE, house.officer.shown)
    told = client.get(f"/api/v1/claims/{claim.pk}").json()
    assert [step["outlet"] for step in told["path"]] == ["Suara Muarasena", "Warta Hilir", "Kabar Kalindra", ""]
    assert told["public_posts"] == 1 and told["advice"][0]["sentence"].endswith(".")
    assert "Papan" not in str(told), "public posts are counted, never listed"
    assert client.get("/api/v1/claims?state=odd").status_code == 422
    topics = client.get("/api/v1/questions").json()["rows"]
    assert topics and all(topic["unanswered"] <= len(topic["questions"]) for topic in topics)


def counted(client, address):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_pages_ask_as_often_however_much_there_is(house, client):
    _, claim = dam(house)
    addresses = [reverse("claims"), reverse("claim", args=[claim.pk]), reverse("questions")]
    for address in addresses:
        client.get(address)
    few = [counted(client, address) for address in addresses]
    for number in range(12):
        text = f"Sebanyak {number + 2}1 rumah di Desa Lebak {number} terendam banjir"
        story(
            house,
            told(f"Outlet {number}", 2.0, DAM),
            told(f"Outlet {number}", 1.0, text, "Di mana posko banjir warga?", kind="public"),
            seq=60 + number,
        )
    while read(house).items:
        pass
    assert Article.objects.count() > 20
    assert [counted(client, address) for address in addresses] == few
