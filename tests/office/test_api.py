"""The API: who passes in, what is said, what is refused and how."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from kentongan.config import Config
from kentongan.office.api import scopes, services
from kentongan.office.api.doors import operations
from kentongan.office.api.models import Token
from kentongan.office.ledger.models import Line
from kentongan.office.listening.models import Signal, Source, StoryMark
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of, furnished

pytestmark = pytest.mark.django_db
NOW = builders.NOW


def token_for(person, wanted=None, secret="", days=30):
    secret = secret or f"ktg_test-{person.username}-{'-'.join(wanted or ())}"
    wanted = wanted if wanted is not None else [one for one in scopes.scopes_of(person) if one != scopes.FEEDS]
    services.make_token(person, "uji", wanted, NOW + timedelta(days=days), secret, NOW)
    return secret


class Program:
    """A client that sends a token and reads JSON."""

    def __init__(self, secret, language="en"):
        self.client = Client(headers={"authorization": f"Bearer {secret}", "accept-language": language})

    def get(self, path, **headers):
        return self.client.get(f"/api/v1/{path}", headers=headers)

    def post(self, path, body=None):
        return self.client.post(f"/api/v1/{path}", json.dumps(body) if body is not None else "", content_type="application/json")


@pytest.fixture
def house(settings):
    settings.CLOCK = STILL
    return furnished()


@pytest.fixture
def program(house):
    return Program(token_for(house.officer))


def test_a_token_reads_the_stories_of_its_office(house, program):
    answer = program.get("stories")
    assert answer.status_code == 200, answer.content
    rows = answer.json()["rows"]
    assert {row["id"] for row in rows} == {story.pk for story in house.stories}
    assert all(row["reasons"][0]["sentence"] for row in rows if row["reasons"])
