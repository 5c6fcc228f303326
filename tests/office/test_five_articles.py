"""The five articles the mission starts from, through an office: imported, placed by the listener, quoted in the briefing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kentongan.engine import pipeline
from kentongan.office.listening import briefing, importing, listener
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import Article, Membership, Story

MISSION = Path(__file__).resolve().parents[3] / "shared" / "mission"
FILES = sorted(MISSION.glob("*.txt"))
FIRST = datetime(2025, 10, 20, 5, tzinfo=UTC)
NOW = FIRST + timedelta(hours=8)

if not FILES:
    pytest.skip("the five articles (../shared/mission) are not here", allow_module_level=True)
pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(office, tmp_path):
    """The articles by address, after the office has imported and read them: one an hour, each of another outlet."""
    lines = []
    for number, file in enumerate(FILES):
        text = file.read_text(encoding="utf-8").strip()
        lines.append({
            "url": f"https://warta{number}.example/{file.stem}", "outlet": f"Warta {number}", "lang": "id",
            "title": text.split("\n")[0][:200], "text": text, "published": (FIRST + timedelta(hours=number)).isoformat(),
        })  # fmt: skip
    path = tmp_path / "lima.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    ear = listener.Listener(office.pk, HashedEmbedder(), pipeline.Settings(), 1000)
    ear.open()
    *_, last = importing.import_file(importing.begin(office.pk, path, NOW), path, NOW, ear)
    assert (last.articles, last.skipped, last.waiting) == (len(FILES), 0, 0)
    return {line["url"]: line["text"] for line in lines}


def test_each_of_the_five_articles_has_its_place_in_a_story_of_the_office(office, heard):
    assert set(Article.objects.filter(office=office).values_list("url", flat=True)) == set(heard)
    assert Membership.objects.filter(article__office=office).count() == len(FILES)
    living = Story.objects.filter(office=office, merged_into=None)
    assert sum(story.articles + story.copies for story in living) == len(FILES)


def test_every_quote_of_their_briefing_stands_word_for_word_in_its_article(office, heard):
    made = briefing.compose(office, FIRST - timedelta(hours=1), NOW, "id")
    assert len(made["lines"]) == Story.objects.filter(office=office, merged_into=None).count()
    assert all(line["sources"] for line in made["lines"])
    stored = dict(Article.objects.filter(office=office).values_list("url", "text"))
    quotes = [note for note in made["sources"] if note["passage"]]
    assert {note["url"] for note in quotes} == set(heard)
    for note in quotes:
        assert stored[note["url"]][note["start"] : note["end"]] == note["passage"]
        assert note["passage"] in heard[note["url"]] or "⟦" in note["passage"]
