"""The limits of the product, each tried from the outside: what the tables could hold, and what the records can carry."""

import dataclasses
import inspect
import re

import pytest
from django.apps import apps

from kentongan.engine import records

PERSONAL = re.compile(r"author|byline|writer|follower|handle|avatar|voice|gender|religion|phone|nik\b|birth|political|ethnic", re.I)
WAITS = {"Article.voice", "RawItem.voice", "Story.voices"}
"""A keyed hash that is emptied once the post has found its story, and the anonymous count of them (tests/office/test_voices.py)."""
OURS = [m for m in apps.get_models() if m.__module__.startswith("kentongan.")]


@pytest.mark.parametrize("model", OURS, ids=lambda m: m.__name__)
def test_it_has_no_column_that_could_describe_a_person_of_the_public(model):
    columns = [f.name for f in model._meta.get_fields() if not f.auto_created or f.concrete]
    assert [c for c in columns if PERSONAL.search(c) and f"{model.__name__}.{c}" not in WAITS] == []


def test_it_carries_no_author_through_the_engine():
    for name, record in inspect.getmembers(records, dataclasses.is_dataclass):
        assert [f.name for f in dataclasses.fields(record) if PERSONAL.search(f.name) and f"{name}.{f.name}" not in WAITS] == []


def test_it_keeps_of_a_voice_only_a_keyed_hash_that_changes_with_the_month():
    from kentongan.engine.privacy import author_key

    july = author_key("Warga Biasa", salt=b"office-1/2026-07")
    assert july == author_key("Warga Biasa", salt=b"office-1/2026-07")
    assert july != author_key("Warga Biasa", salt=b"office-1/2026-08")
    assert july != author_key("Warga Biasa", salt=b"office-2/2026-07")
    assert "warga" not in july.lower()


def test_it_reads_no_author_from_a_feed_of_press_or_office_and_so_keeps_no_trace_of_a_voice():
    from kentongan.engine import feeds

    item = "<item><title>Air masuk rumah</title><link>https://papan.example/1</link><author>warga@papan.example (Warga Biasa)</author>"
    item += "<dc:creator>Warga Biasa</dc:creator></item>"
    body = f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Papan</title>{item}</channel></rss>'
    (raw,) = feeds.read(body.encode(), url="https://papan.example/feed").items
    assert raw.title == "Air masuk rumah"
    assert "Warga Biasa" not in repr(raw)
    assert raw.voice == ""
