"""What is missing is said in one line above the briefing's stories, on screen, on paper and in mail."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from kentongan.office.listening import papers
from kentongan.office.listening.missing import missing_first
from kentongan.testing.builders import NOW

WHEN = NOW.isoformat()


def content(*missing):
    empty = {"office": "Kota", "at": WHEN, "since": WHEN, "lines": [], "quiet": 0, "complete": WHEN, "sources": []}
    return {**empty, "missing": [{"code": f"briefing.{code}", "values": values} for code, values in missing]}


STOPPED = ("stopped", {"source": "Suara", "when": WHEN, "expected": 9})
SILENT = ("silent", {"source": "Warta", "when": WHEN})
FAILING = ("failing", {"source": "Radar", "when": WHEN, "kind": "timeout"})
SKIPPED = ("skipped", {"source": "Papan", "why": "closed"})


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ((), ""),
        ((STOPPED,), "1 source is silent."),
        ((STOPPED, SILENT, FAILING, SKIPPED), "2 sources are silent, 1 source cannot be read, 1 source is skipped."),
        ((("no_sources", {}),), "No source is listened to yet: add the first ones under Sources."),
        ((("waiting", {"n": 3}), ("nothing_heard", {})), "Nothing has been read yet. 3 items wait to be read."),
    ],
)
def test_it_counts_what_is_silent_and_says_whole_what_stands_still(missing, said):
    with translation.override("en"):
        assert missing_first(content(*missing)) == said


def test_the_same_line_stands_first_in_mail_and_on_screen():
    made = content(STOPPED, FAILING)
    text = papers.briefing_text(made, "en")
    assert text.index("1 source is silent, 1 source cannot be read.") < text.index("Suara")
    with translation.override("en"):
        page = render_to_string("listening/_briefing_body.html", {"content": made, "lines": [], "fixed": True, "now": NOW})
    assert page.index("1 source is silent, 1 source cannot be read.") < page.index("#missing") < page.index("Suara")
    assert papers.briefing_pdf(made, "en").startswith(b"%PDF-")


def test_a_day_on_which_nothing_is_missing_is_calm():
    assert "Nothing is missing: every source was read and spoke." in papers.briefing_text(content(), "en")
