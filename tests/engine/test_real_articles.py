"""The five articles the mission starts from, through the engine: real text, real languages, nothing of ours in it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kentongan.engine import language, privacy, summary
from kentongan.engine.records import Article, article_id

MISSION = Path(__file__).resolve().parents[3] / "shared" / "mission"
FILES = sorted(MISSION.glob("*.txt"))

if not FILES:
    pytest.skip("the five articles (../shared/mission) are not here", allow_module_level=True)


def article(file):
    text = file.read_text(encoding="utf-8")
    url = f"https://mission.example/{file.stem}"
    return Article(article_id(url), url, "Misi", "press", text.strip().split("\n")[0][:200], text, "id", datetime(2025, 10, 20, tzinfo=UTC))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem[:3])
def test_each_is_read_as_indonesian(file):
    assert language.detect(file.read_text(encoding="utf-8")) == "id"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem[:3])
def test_each_gives_sentences_that_stand_in_it_word_for_word(file):
    one = article(file)
    chosen = summary.sentences_for([one])
    assert chosen
    for sentence in chosen:
        assert one.text[sentence.start : sentence.end] == sentence.text


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem[:3])
def test_hiding_leaves_an_article_without_personal_data_as_it_is(file):
    text = file.read_text(encoding="utf-8")
    hidden = privacy.hide(text, source_kind="press")
    assert set(hidden.counts) <= {"phone", "email", "handle"}
    assert privacy.hide(hidden.text, source_kind="press").text == hidden.text
