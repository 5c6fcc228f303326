"""Outlets that articles name and nobody hears: proposed by a job, decided by a person; warnings and fact-checks on their pages."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from kentongan.errors import RefusedError
from kentongan.office.ledger.models import Line
from kentongan.office.listening import notices, proposals, tasks
from kentongan.office.listening.models import Article, FactCheck, Hazard, Source, SourceProposal
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of, furnished

pytestmark = pytest.mark.django_db
NOW = builders.NOW


@pytest.fixture
def house(settings):
    settings.CLOCK = STILL
    found = furnished()
    text = "Air naik sejak pagi, dikutip dari kabarbaru.com. Baca juga https://kabarbaru.com/banjir dan https://facebook.com/x."
    for article in Article.objects.filter(office=found.ours, membership__story=found.stories[0])[:3]:
        Article.objects.filter(pk=article.pk).update(text=text)
    return found


@pytest.fixture
def client(house):
    return client_of(house.officer)


def body(response):
    return response.content.decode()


def test_an_outlet_named_in_several_articles_is_proposed_once_and_networks_never(house):
    assert proposals.look(house.ours, NOW) == 1
    assert proposals.look(house.ours, NOW) == 0
    found = SourceProposal.objects.get(office=house.ours)
    assert (found.host, found.times, found.state, found.first) == ("kabarbaru.com", 3, "new", NOW)
    assert found.example.office == house.ours
    assert Line.objects.filter(act="source.proposed", office=house.ours.pk).count() == 1


def test_the_hourly_job_reads_each_office_in_its_own_scope(house):
    tasks.propose_sources(0)
    jobs = {job.args["office"] for job in ProcrastinateJob.objects.filter(task_name="propose_for")}
    assert jobs == {house.ours.pk, house.theirs.pk}
    tasks.propose_for(house.theirs.pk)
    assert not SourceProposal.objects.exists()
    tasks.propose_for(house.ours.pk)
    assert SourceProposal.objects.get().office == house.ours


def test_the_story_says_who_else_covers_it_and_other_stories_do_not(house, client):
    proposals.look(house.ours, NOW)
    told = body(client.get(reverse("story", args=[house.stories[0].pk])))
    assert "also covered by" in told
    assert "kabarbaru.com" in told
    assert "also covered by" not in body(client.get(reverse("story", args=[house.stories[1].pk])))
    assert "also covered by" not in body(client_of(house.reader).get(reverse("story", args=[house.stories[0].pk])))


def test_what_is_declined_is_not_proposed_again_until_somebody_takes_it_back(house, client):
    proposals.look(house.ours, NOW)
    found = SourceProposal.objects.get()
    page = client.post(reverse("decline_proposal", args=[found.pk]), {"next": reverse("source_proposals")}, follow=True)
    assert "No outlet is named that you do not hear" in body(page)
    assert proposals.look(house.ours, NOW) == 0
    assert "also covered by" not in body(client.get(reverse("story", args=[house.stories[0].pk])))
    client.post(reverse("offer_proposal_again", args=[found.pk]))
    assert "kabarbaru.com" in body(client.get(reverse("source_proposals")))
    assert list(Line.objects.filter(act__startswith="proposal.").order_by("pk").values_list("act", flat=True)) == [
        "proposal.declined",
        "proposal.reopened",
    ]


def test_a_reader_and_a_stranger_decide_nothing(house):
    proposals.look(house.ours, NOW)
    found = SourceProposal.objects.get()
    for person in (house.reader, house.stranger):
        with pytest.raises(RefusedError):
            proposals.decide(person, found, "declined", NOW)
    assert client_of(house.stranger).post(reverse("decline_proposal", args=[found.pk])).status_code == 404
    assert SourceProposal.objects.get().state == "new"


def test_a_proposal_whose_host_became_a_source_is_settled(house, client):
    proposals.look(house.ours, NOW)
    form = {"name": "Kabar Baru", "url": "https://www.kabarbaru.com/rss", "kind": "feed", "source_kind": "press"}
    client.post(reverse("add_source"), form)
    assert SourceProposal.objects.get().state == "added"
    Source.objects.filter(name="Kabar Baru").delete()
    other = builders.make_source(house.ours, "Lain", url="https://lain.example/rss", site_url="https://kabarbaru.com/")
    SourceProposal.objects.update(state="new")
    proposals.look(house.ours, NOW)
    assert (SourceProposal.objects.get().state, other.office) == ("added", house.ours)


def test_old_articles_and_those_of_the_future_propose_nothing(house):
    assert proposals.look(house.ours, NOW + timedelta(days=30)) == 0
    assert proposals.look(house.ours, NOW - timedelta(days=30)) == 0


# Warnings and fact-checks


def hazard(office, identifier, **fields):
    given = {
        "event": "Hujan lebat", "headline": f"Peringatan {identifier}", "severity": "severe", "urgency": "expected", "certainty": "likely",
        "areas": ["Sena Hulu"], "sent": NOW - timedelta(hours=1), "expires": NOW + timedelta(hours=3), "seen": NOW,
        "url": "https://cuaca.example/a", "sender": "BMKG",
    }  # fmt: skip
    return Hazard.objects.create(office=office, identifier=identifier, **{**given, **fields})


def test_nothing_stands_above_the_briefing_while_no_warning_is_in_force(house, client):
    hazard(house.ours, "lewat", expires=NOW - timedelta(minutes=1))
    hazard(house.ours, "dicabut", ended=True)
    hazard(house.ours, "tanpa akhir", expires=None, sent=NOW - timedelta(days=2))
    hazard(house.theirs, "mereka")
    for name in ("briefing", "stories"):
        assert "Peringatan" not in body(client.get(reverse(name)))
    page = body(client.get(reverse("warnings")))
    assert "No warning is in force" in page
    assert all(word in page for word in ("Peringatan lewat", "Peringatan dicabut", "ended by the agency", "Peringatan tanpa akhir"))
    assert "Peringatan mereka" not in page


def test_the_gravest_warnings_in_force_stand_above_the_briefing_with_place_and_end(house, client):
    hazard(house.ours, "sedang", severity="moderate")
    hazard(house.ours, "ekstrem", severity="extreme", areas=["A", "B", "C", "D", "E", "F"], expires=None)
    hazard(house.ours, "entah", severity="unknown")
    hazard(house.ours, "ringan", severity="minor")
    for name in ("briefing", "stories"):
        page = body(client.get(reverse(name)))
        assert page.index("Peringatan ekstrem") < page.index("Peringatan sedang") < page.index("Peringatan ringan")
        assert "Peringatan entah" not in page, "three are enough above the briefing"
        assert "<b>Extreme</b>" in page
        assert "A, B, C, D and 2 more places" in page
    assert "4 warnings are in force" in body(client.get(reverse("warnings")))


@pytest.mark.parametrize(("language", "word"), [("id", "Ekstrem"), ("vi", "Cực kỳ nghiêm trọng")])
def test_severity_is_a_word_in_the_readers_language(house, language, word):
    hazard(house.ours, "x", severity="extreme")
    assert word in body(client_of(house.officer, language).get(reverse("briefing")))


def test_a_warning_cannot_bring_markup_or_a_script_link_onto_the_page(house, client):
    hazard(house.ours, "x", headline="<script>alert(1)</script>", areas=["<b>Sena</b>"])
    page = body(client.get(reverse("warnings"))) + body(client.get(reverse("briefing")))
    assert "<script>alert" not in page
    assert "<b>Sena" not in page


def test_a_fact_check_stands_in_the_checkers_words(house, client):
    FactCheck.objects.create(
        office=house.ours, key="k", url="https://cek.example/1", claim="Air PAM beracun", rating="Salah", checker="Cek Fakta", seen=NOW,
        checked=NOW, language="id",
    )  # fmt: skip
    page = body(client.get(reverse("fact_checks")))
    assert "Air PAM beracun" in page
    assert '<b lang="id">Salah</b>' in page
    assert "Air PAM beracun" not in body(client_of(house.stranger).get(reverse("fact_checks")))


def test_the_pages_of_warnings_proposals_and_the_strip_cost_the_same_with_many_rows(house, client, count_queries):
    def queries():
        counts = []
        for name in ("briefing", "warnings", "source_proposals", "stories"):
            with count_queries() as said:
                client.get(reverse(name))
            counts.append(len(said))
        return counts

    hazard(house.ours, "satu")
    SourceProposal.objects.create(office=house.ours, host="a.example", first=NOW, example=Article.objects.filter(office=house.ours).first())
    queries()
    few = queries()
    for n in range(60):
        hazard(house.ours, f"w{n}")
        example = Article.objects.filter(office=house.ours).first()
        SourceProposal.objects.create(office=house.ours, host=f"h{n}.example", first=NOW, example=example)
    assert queries() == few
    assert len(notices.get_strip(house.ours, NOW)) == notices.STRIP
