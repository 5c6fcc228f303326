"""Before a claim is answered the desk shows how far it has gone, who would first hear of it from us, and offers to watch it first."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sound
from desk import NOW, page
from screens import STILL, client_of
from statements import papers, sentences

from kentongan.office.desk import services, statement_checking, statement_queries
from kentongan.office.desk.models import Issue, Statement
from kentongan.office.listening.claims_models import Claim, ClaimSighting
from kentongan.testing import builders
from kentongan.testing.builders import Event, Told

WORDS = "Bendungan Citarik retak dan 300 warga Desa Cikawung mengungsi"
HEADING = "Before anybody answers"


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    return people_of(papers())


def heard(paper, *hours, text=WORDS, seq=60):
    """A claim told by as many outlets as there are hours before now, and linked with the issue."""
    told = tuple(Told(f"Media {number}", back, text, "", "id", "press", ()) for number, back in enumerate(hours))
    story = builders.make_story(paper.desk.office, Event("medium", (2, 2, 2, 0, 2), told), NOW, seq)
    first = NOW - timedelta(hours=max(hours))
    claim = Claim.objects.create(office=paper.desk.office, text=text, language="id", worth=1.0, first=first, last=NOW)
    for member in story.members.select_related("article"):
        ClaimSighting.objects.create(office=paper.desk.office, claim=claim, article=member.article, at=member.article.published)
    services.link(paper.desk.sari, paper.issue, "claim", claim.pk, NOW)
    return claim


def warned(found):
    return [one.code for one in statement_checking.check(found, sentences(found), NOW).findings if one.code == "claim.small"]


def test_begun_written_decided_and_published_the_reach_of_the_claim_stands_before_the_answer(paper):
    builders.make_source(paper.desk.office, "Laman Kota", source_kind="official")
    claim = heard(paper, 30.0, 28.0)
    wanted = (HEADING, "watch first", "Outlets that carry it: 2", "Laman Kota", reverse("claim", args=[claim.pk]))
    begin = page(paper.desk.sari, reverse("begin_statement", args=[paper.issue.pk]))
    assert [one for one in wanted if one not in begin] == []
    found = paper.written(kind="clarification")
    for name, person in (("statement", paper.desk.reader), ("decide_approval", paper.dewi), ("publish_statement", paper.desk.sari)):
        words = page(person, reverse(name, args=[found.pk]))
        assert [one for one in wanted if one not in words] == [], name
    assert "An answer now would reach more people" in page(paper.dewi, reverse("decide_approval", args=[found.pk]))


def test_it_is_watched_from_there_by_whoever_may_and_then_says_so(paper):
    claim = heard(paper, 30.0)
    address, form = reverse("begin_statement", args=[paper.issue.pk]), reverse("watch_claim", args=[claim.pk])
    assert form not in page(paper.desk.lina, address)
    assert form in page(paper.desk.sari, address)
    client_of(paper.desk.sari).post(form, {"hours": "6", "note": "Hasil laboratorium"})
    again = page(paper.desk.sari, address)
    assert ("Watched, not answered yet." in again, form in again) == (True, False)


def test_the_approver_is_warned_while_few_have_heard_it_and_nothing_is_blocked(paper):
    heard(paper, 30.0)
    found = paper.written(kind="clarification")
    assert warned(found) == ["claim.small"]
    assert "claim.small" not in [one.code for one in statement_checking.check(found, sentences(found), NOW).blocking]


def test_what_many_tell_is_answered_without_a_warning(paper):
    heard(paper, *(1.0 + number / 10 for number in range(9)))
    found = paper.written(kind="clarification")
    assert warned(found) == []
    assert "An answer is due" in page(paper.desk.sari, reverse("statement", args=[found.pk]))


def test_other_papers_are_not_measured_by_the_claim_and_a_settled_one_is_left_alone(paper):
    heard(paper, 30.0)
    holding = asked(paper, sound(paper))
    assert HEADING not in page(paper.dewi, reverse("decide_approval", args=[holding.pk]))
    decide(paper.dewi, holding)
    assert HEADING not in page(paper.desk.sari, reverse("publish_statement", args=[holding.pk]))
    found = paper.written(kind="clarification")
    Statement.objects.filter(pk=found.pk).update(state="withdrawn")
    assert HEADING not in page(paper.desk.sari, reverse("statement", args=[found.pk]))


def test_of_an_issue_that_is_the_claim_itself_nobody_knows_the_reach_and_the_page_says_so(paper):
    rumour = paper.desk.opened("Sumur warga diracun orang", kind="rumour")
    words = page(paper.desk.sari, reverse("begin_statement", args=[rumour.pk]))
    assert HEADING in words and "How far it has gone nobody can say" in words
    assert statement_queries.get_answered(Issue.objects.get(pk=rumour.pk), NOW).reach is None
    assert HEADING not in page(paper.desk.sari, reverse("begin_statement", args=[paper.issue.pk]))


def test_the_pages_ask_no_more_where_more_outlets_tell_it(paper, count_queries):
    claim = heard(paper, 30.0)
    found = paper.written(kind="clarification")
    addresses = [
        reverse("begin_statement", args=[paper.issue.pk]),
        *(reverse(n, args=[found.pk]) for n in ("statement", "publish_statement")),
    ]
    client = client_of(paper.desk.sari)

    def asks():
        counts = []
        for one in addresses:
            with count_queries() as said:
                assert client.get(one).status_code == 200
            counts.append(len(said))
        return counts

    few = [asks(), asks()][1]
    other = heard(paper, *(20.0 + number for number in range(9)), text=f"{WORDS} lagi", seq=61)
    ClaimSighting.objects.filter(claim=other).update(claim=claim)
    assert asks() == few
