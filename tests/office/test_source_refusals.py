"""Every address of the sources, asked by whoever may not change sources: a sentence each time, and nothing changes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kentongan.office.ledger.models import Line
from kentongan.office.listening.models import Credential, Source, SourceProposal
from kentongan.office.listening.urls import urlpatterns
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
OPML = b'<opml version="2.0"><body><outline text="Kabar" xmlUrl="https://kabar-baru.example/rss"/></body></opml>'
NEW = {
    "name": "Kabar Baru", "outlet": "Kabar Baru", "url": "https://kabar-baru.example/rss", "kind": "feed", "source_kind": "press",
    "pattern": "", "language": "id", "area": "",
}  # fmt: skip
REFUSED = ("Your role does not allow this", "Only duty officers and administrators", "Your account may read here")
ASKS = {
    "sources": 200, "source": 200, "export_sources": 200, "source_proposals": 200, "look_at_address": 403, "add_source": 403,
    "import_sources": 403, "pause_source": 403, "resume_source": 403, "source_kinds": 403, "source_of_kind": 403, "packs": 403, "pack": 403,
    "change_source": 403,
    "decline_proposal": 403, "offer_proposal_again": 403, "credentials": 403, "test_credentials": 403, "remove_credentials": 403,
}  # fmt: skip
"""What an analyst is answered: a refusal is a page of its own; 200 is what everybody in the office reads."""
ONLY_READ = {"sources", "source", "export_sources", "source_proposals"}


@pytest.fixture
def source(house):
    return Source.objects.filter(office=house.ours, paused=False).order_by("pk").first()


def address(name, source, proposal):
    args = {
        "source_of_kind": ["mastodon"],
        "pack": ["id-official"],
        "decline_proposal": [proposal.pk],
        "offer_proposal_again": [proposal.pk],
    }
    own = {"source", "change_source", "pause_source", "resume_source", "credentials", "test_credentials", "remove_credentials"}
    return reverse(name, args=args.get(name, [source.pk] if name in own else []))


def proposed(house):
    return SourceProposal.objects.create(office=house.ours, host="kabar-baru.example", name="Kabar Baru", first=builders.NOW, times=3)


def what_is_there(house):
    return (
        list(Source.objects.filter(office=house.ours).order_by("pk").values_list("pk", "url", "paused", "paused_reason")),
        list(SourceProposal.objects.order_by("pk").values_list("pk", "state")),
        Credential.objects.count(),
        list(Line.objects.exclude(act="export.made").order_by("pk").values_list("pk", flat=True)),
    )


def ask(client, name, where):
    if name in ONLY_READ | {"packs", "source_kinds"}:
        return client.get(where)
    data = {**NEW, "address": "", "reason": "Situs pindah.", "entry": "https://x.example/", "token": "rahasia"}
    if name == "import_sources":
        data["file"] = SimpleUploadedFile("a.opml", OPML)
    return client.post(where, data)


def test_every_address_of_the_sources_is_in_the_table():
    assert {one.name for one in urlpatterns if str(one.pattern).startswith("sources/")} == set(ASKS)


@pytest.mark.parametrize("name", sorted(ASKS))
def test_an_analyst_is_told_in_a_sentence_and_changes_nothing(house, source, name):
    analyst, proposal = builders.make_user(house.ours, "ana", "analyst"), proposed(house)
    builders.purpose_of(house.ours)
    before = what_is_there(house)
    client = client_of(analyst)
    answer = ask(client, name, address(name, source, proposal))
    assert answer.status_code == ASKS[name]
    if name not in ONLY_READ:
        assert any(words in answer.content.decode() for words in REFUSED)
    assert what_is_there(house) == before


@pytest.mark.parametrize("name", sorted(set(ASKS) - ONLY_READ | {"export_sources"}))
def test_a_reader_is_told_so_too(house, source, name):
    proposal = proposed(house)
    before = what_is_there(house)
    answer = ask(client_of(house.reader), name, address(name, source, proposal))
    assert answer.status_code == 403
    assert any(words in answer.content.decode() for words in REFUSED)
    assert what_is_there(house) == before


def test_the_same_form_adds_the_source_for_an_officer(house):
    """What was refused above was refused for the role alone."""
    purpose = builders.purpose_of(house.ours)
    answer = client_of(house.officer).post(reverse("add_source"), NEW | {"purpose": purpose.pk})
    assert answer.status_code == 302
    assert Source.objects.get(url=NEW["url"]).office == house.ours
