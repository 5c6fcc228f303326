"""Indonesian and Vietnamese are complete: every sentence of code, templates and engine is translated, with the same values in it."""

from __future__ import annotations

import importlib.util
import re
import string
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from django.utils.translation import override

from kentongan.engine import alignment, crisis, statement_records
from kentongan.engine.reasons import SENTENCES
from kentongan.office.listening import presenting

ROOT = Path(__file__).resolve().parents[2]
PERCENT = re.compile(r"%\((\w+)\)[sd]|%%")
SAME_IN_BOTH = {"Administrator", "Auditor", "Feed", "PDF", "Radio", "SMS", "Satire"}


def tool():
    spec = importlib.util.spec_from_file_location("translations_tool", ROOT / "tools/translations.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = tool()


@cache
def wanted():
    """Every sentence that can be said."""
    return [message for message in TOOL.sentences() if message.id]


def ids(message):
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


@pytest.mark.parametrize("language", TOOL.LANGUAGES)
def test_every_sentence_is_translated(language):
    have = TOOL.read(language)
    known = {(ids(message)[0], message.context): message for message in have if message.id}
    missing = [(ids(message)[0], message.context) for message in wanted() if (ids(message)[0], message.context) not in known]
    assert missing == [], "run tools/translations.py update and translate these"
    assert [message.id for message in TOOL.untranslated(have)] == []


@pytest.mark.parametrize("language", TOOL.LANGUAGES)
def test_nothing_is_translated_that_nobody_says(language):
    said = {(ids(message)[0], message.context) for message in wanted()}
    assert [message.id for message in TOOL.read(language) if message.id and (ids(message)[0], message.context) not in said] == []


@pytest.mark.parametrize("language", TOOL.LANGUAGES)
def test_no_sentence_is_translated_twice(language):
    """Of two the last would be said everywhere: a statement once read “withdraw the fact”."""
    blocks = TOOL.po(language).read_text(encoding="utf-8").split("\n\n")
    said = [re.sub(r"(?m)^#.*\n", "", block).partition("\nmsgstr")[0] for block in blocks]
    assert [one for one, times in Counter(said).items() if times > 1] == []


def braces(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("language", TOOL.LANGUAGES)
def test_a_translation_has_the_same_values_in_it(language):
    brace = {
        *SENTENCES.values(),
        *statement_records.SAID.values(),
        *crisis.REASONS.values(),
        *crisis.SAID.values(),
        *alignment.SAID.values(),
    }
    wrong = []
    for message in TOOL.read(language):
        for said in TOOL._strings(message) if message.id else ():
            original = ids(message)[-1]
            if original in brace:
                same = braces(said) == braces(original)
            else:
                same = set(PERCENT.findall(said)) - {""} == set(PERCENT.findall(original)) - {""}
            if not same:
                wrong.append((original, said))
    assert wrong == []


@pytest.mark.parametrize("language", TOOL.LANGUAGES)
def test_a_translation_ends_as_the_sentence_ends(language):
    wrong = []
    for message in TOOL.read(language):
        for said in TOOL._strings(message) if message.id else ():
            if (ids(message)[0][-1] in ".?:") and said[-1] != ids(message)[-1][-1]:
                wrong.append((ids(message)[0], said))
    assert wrong == []


@pytest.mark.parametrize("language", TOOL.LANGUAGES)
def test_an_english_word_left_standing_is_meant_so(language):
    same = {ids(message)[0] for message in TOOL.read(language) if message.id and TOOL._strings(message)[0] == ids(message)[0]}
    assert same <= SAME_IN_BOTH


def test_the_compiled_files_say_the_same(tmp_path, monkeypatch):
    for language in TOOL.LANGUAGES:
        target = tmp_path / language / "LC_MESSAGES" / "django.po"
        target.parent.mkdir(parents=True)
        target.write_bytes(TOOL.po(language).read_bytes())
    monkeypatch.setattr(TOOL, "LOCALE", tmp_path)
    assert TOOL.compile_all() == 0
    for language in TOOL.LANGUAGES:
        with TOOL.po(language).with_suffix(".mo").open("rb") as file:
            compiled = read_mo(file)
        assert compiled.get("Stories").string == TOOL.read(language).get("Stories").string
        assert len(compiled) == len(TOOL.read(language))


SAMPLES = {
    "words": "banjir",
    "numbers": "150.000",
    "count": 4,
    "outlets": 7,
    "questions": 3,
    "posts": 2,
    "share": 0.875,
    "days": 3.0,
    "score": 0.78,
    "per_day": 6.25,
    "minutes": 90.0,
    "failures": 4,
    "hours": 3,
    "observed": 20.0,
    "expected": 3.6,
    "stories": 1,
    "n": 1,
    "articles": 5,
    "copies": 4,
    "time": "2025-11-27T03:30:00+00:00",
    "when": "2025-11-27T03:30:00+00:00",
    "source": "Radio D",
    "why": "Situs pindah",
    "outlet": "X",
}


@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_every_reason_of_the_engine_can_be_said(language):
    with override(language):
        for code, english in SENTENCES.items():
            said = presenting.sentence({"code": code, "values": {name: SAMPLES.get(name, 3) for name in braces(english)}})
            assert "{" not in said, code
            assert f"({code})" not in said, code
            assert (said == english) <= (language == "en" or not braces(english)), code


def test_a_number_in_a_reason_is_written_as_the_reader_writes_it():
    reason = {"code": "story.meaning", "values": {"score": 0.78}}
    with override("id"):
        assert "0,78" in presenting.sentence(reason)
    with override("en"):
        assert "0.78" in presenting.sentence(reason)


def test_a_moment_in_a_reason_is_local_time_with_its_weekday():
    reason = {"code": "briefing.new", "values": {"time": "2025-11-27T03:30:00+00:00"}}
    with override("id"):
        assert presenting.sentence(reason).endswith("Kam 27 Nov, 10.30.")
    with override("vi"):
        assert presenting.sentence(reason).endswith("Thứ Năm 27/11, 10:30.")


def test_a_reason_of_another_version_is_shown_as_unknown_not_hidden():
    with override("en"):
        assert presenting.sentence({"code": "future.reason", "values": {}}) == "A reason this version does not know (future.reason)."
        assert presenting.sentence({"code": "briefing.new", "values": {}}) == "A reason this version does not know (briefing.new)."
        assert presenting.sentence(None) == ""
