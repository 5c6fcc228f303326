"""ClaimReview: only on a clarification that holds and whose claim a named person found false, in the words that were approved."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from approvals import asked as waiting
from approvals import decide, people_of, sight_of
from desk import NOW
from django.test import Client
from django.urls import reverse
from readers import published
from statements import CONTACT, papers

from kentongan.office.desk import services, statement_approval, statement_services
from kentongan.office.desk.models import Issue, Statement
from kentongan.office.desk.statement_publishing import publish
from kentongan.office.desk.statement_queries import get_last, sentences_of

pytestmark = pytest.mark.django_db
SANDWICH = (
    ("fact", "Air di RW 04 memenuhi baku mutu."),
    ("warning", "Kabar keliru beredar di grup percakapan."),
    ("claim", "Kabar itu menyebut air sumur warga diracun orang."),
    ("why", "Foto yang dipakai berasal dari kota lain."),
    ("fact", "Hasil pemeriksaan dapat dibaca di laman kota."),
    ("contact", "Hubungi 112."),
)


@pytest.fixture
def room():
    return people_of(papers())


def clarified(room):
    """An issue that was found false by name, and what was published about it."""
    issue = room.desk.opened("Sumur warga diracun orang", kind="rumour")
    services.link(room.desk.sari, issue, "story", room.desk.story.pk, NOW)
    issue = Issue.objects.get(pk=issue.pk)
    services.decide_truth(room.desk.sari, issue, "false", "sudah diperiksa", "Hasil laboratorium PDAM", "", issue.version, NOW)
    found = room.begun("clarification", issue=Issue.objects.get(pk=issue.pk), next_update=None)
    text = "\n".join(sentence for _section, sentence in SANDWICH)
    found = statement_services.write(room.desk.lina, found, text, statement_services.frame_of(found), found.version, NOW)
    for one, (section, _) in zip(sentences_of(get_last(found)), SANDWICH, strict=True):
        proofs = (room.hears(one.text),) if section in {"fact", "why", "warning", "claim"} else ()
        found = statement_services.settle_sentence(room.desk.lina, found, one.key, section, proofs, found.version, NOW)
    assert found.contact == CONTACT
    found = decide(room.dewi, waiting(room, found))
    return publish(room.desk.sari, found, sight_of(found), NOW)


def told(room, one) -> list[dict]:
    body = Client().get(reverse("news_item", args=[room.desk.office.slug, one.slug])).content.decode()
    return [json.loads(said) for said in re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)]


def reviews(room, one) -> list[dict]:
    return [said for said in told(room, one) if said["@type"] == "ClaimReview"]


def test_a_clarification_of_what_was_found_false_carries_its_review_in_approved_words(room) -> None:
    one = clarified(room)
    article, review = told(room, one)
    assert article["@type"] == "NewsArticle"
    assert review["claimReviewed"] == "Kabar itu menyebut air sumur warga diracun orang."
    rating = review["reviewRating"]
    assert (rating["ratingValue"], rating["bestRating"], rating["worstRating"]) == (1, 5, 1)
    assert rating["alternateName"] == "Keliru"
    assert (review["author"]["name"], review["inLanguage"], review["url"]) == (room.desk.office.name, "id", article["url"])
    assert "Sumur warga diracun orang" not in json.dumps(review), "the issue's own title was approved by nobody"
    assert "Sari" not in json.dumps(review)


@pytest.mark.parametrize("truth", ["partly", "true", "opinion"])
def test_whoever_decides_otherwise_later_takes_the_review_away(room, truth) -> None:
    one = clarified(room)
    issue = Issue.objects.get(pk=one.statement.issue_id)
    services.decide_truth(room.desk.sari, issue, truth, "diperiksa lagi", "Hasil kedua", "", issue.version, NOW)
    assert reviews(room, one) == []


def test_what_was_withdrawn_reviews_nothing(room) -> None:
    one = clarified(room)
    found = Statement.objects.get(pk=one.statement_id)
    statement_approval.withdraw(room.desk.sari, found, "Ternyata keliru", found.version, NOW + timedelta(hours=1))
    assert reviews(room, one) == []


def test_no_other_paper_carries_one_even_about_what_was_found_false(room) -> None:
    issue = room.desk.opened("Kabar: tanggul jebol", kind="rumour")
    services.decide_truth(room.desk.sari, issue, "false", "sudah diperiksa", "Petugas di tempat", "", issue.version, NOW)
    room.issue = Issue.objects.get(pk=issue.pk)
    assert reviews(room, published(room)) == []
