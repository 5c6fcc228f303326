"""docs/reference/fetching.md says what the code does."""

import math
import re
from pathlib import Path

import pytest

from kentongan.adapters import factchecks
from kentongan.adapters.http import PAGE_BYTES, FetchSettings
from kentongan.config import load
from kentongan.engine.outcomes import NATURE
from kentongan.engine.reasons import SENTENCES
from kentongan.engine.rhythm import RhythmSettings

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/fetching.md").read_text(encoding="utf-8")


def test_it_lists_every_outcome_with_its_sentence_and_nature():
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (\w+):", PAGE, re.M)
    assert {kind: (words, nature) for kind, words, nature in rows} == {
        kind: (SENTENCES[f"fetch.{kind}"], nature) for kind, nature in NATURE.items()
    }


def test_its_limits_are_the_defaults():
    from kentongan.office.outside import fetch_settings

    limits = fetch_settings(load({"contact": "desk@example.org"}, environ={}))
    alone = FetchSettings("desk@example.org")
    for words in (
        f"| body of a feed after unpacking | {limits.max_bytes:,} bytes (`fetch_max_mb`) | `too_large` |",
        f"| body of a page after unpacking | {PAGE_BYTES // 2**20} MiB (`http.PAGE_BYTES`) | `too_large` |",
        f"| page of a fact-check after unpacking | {factchecks.PAGE_BYTES:,} bytes | `too_large` |",
        f"allows {alone.total_timeout_s:.0f} s and {alone.max_bytes // 2**20} MiB",
        f"| {limits.max_ratio:.0f} |",
        f"| connecting | {limits.connect_timeout_s:.0f} s",
        f"{limits.min_rate:.0f} bytes a second, judged every {limits.slow_window_s:.0f} s",
        f"waiting for a turn not | {limits.total_timeout_s:.0f} s (`fetch_timeout_s`)",
        f"| redirects | {limits.max_redirects},",
        f"| {limits.slot_wait_s:.0f} s | `busy`",
        f"kept in full, up to {limits.crawl_delay_cap_s / 3600:.0f} hours",
        f"longer than {limits.pause_wait_s:.0f} s",
    ):
        assert words in PAGE, words


def test_its_table_of_intervals_is_the_closed_form():
    patience = RhythmSettings().patience_s
    rows = re.findall(r"^\| (\d+)(?: and more)? \| ([\d.]+) min \|", PAGE, re.M)
    assert len(rows) == 4
    for a_day, minutes in rows:
        assert math.sqrt(2 * patience * 86_400 / int(a_day)) / 60 == pytest.approx(float(minutes), rel=0.01)


def test_its_example_runs_and_fetches_what_it_says():
    (code,) = re.findall(r"```python\n(.+?)```", PAGE, re.S)
    seen = {}
    exec(compile(code, "fetching.md", "exec"), seen)
    assert (seen["outcome"].kind, seen["outcome"].status) == ("ok", 200)
    assert seen["server"].hits["kabar/feed.xml"] == 1
