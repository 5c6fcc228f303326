"""What a stranger of another office may not find in pages, searches and exports, nor fold into their own work.

Every address, method and role is asked in test_doors_matrix.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.urls import reverse

from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db


def test_a_strangers_pages_show_nothing_of_ours(house):
    client = client_of(house.stranger)
    for name in ("briefing", "stories", "signals", "sources"):
        body = client.get(reverse(name)).content.decode()
        assert "Banjir" not in body
        assert "Sena Petang" not in body
    assert "Banjir merendam" not in client.get(reverse("search"), {"q": "banjir"}).content.decode()
    assert "muarasena" not in client.get(reverse("export_sources")).content.decode()


def test_a_story_of_another_office_cannot_be_folded_into_ours(house):
    theirs = builders.make_story(house.theirs, builders.EVENTS[0])
    response = client_of(house.officer).post(reverse("merge_stories", args=[house.stories[0].pk]), {"other": theirs.pk})
    assert response.status_code == 404
