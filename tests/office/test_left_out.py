"""What an import left out is counted by reason, also when it goes on later; visits without news are one row."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from kentongan.office.listening import importing, visits
from kentongan.office.listening.models import ImportRun, Visit
from kentongan.testing import builders
from kentongan.testing.builders import NOW

pytestmark = pytest.mark.django_db


def line(number, **other):
    row = {"title": f"Banjir {number}", "url": f"https://a.example/{number}", "outlet": "A", "time": "2025-11-27T06:00:00+07:00", **other}
    return json.dumps({key: value for key, value in row.items() if value is not None})


def left_out(office, path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = importing.begin(office.pk, path, NOW)
    for _ in importing.import_file(run, path, NOW, None):
        pass
    run = ImportRun.objects.get(pk=run.pk)
    assert sum(run.left_out.values()) == run.skipped
    return run.left_out


def test_every_line_that_was_left_out_has_its_reason(tmp_path):
    office = builders.make_office()
    lines = [line(1), line(1), line(2), line(3, time=None), line(4, time="soon"), line(5, time="later"), line(6, title=""), "{", "[1]"]
    said = left_out(office, tmp_path / "a.jsonl", *lines)
    assert said == {
        importing.REPEATED: 1,
        "“time” is missing": 1,
        "“time” cannot be read": 2,
        "“title” is missing or empty": 1,
        "not JSON": 1,
        "not a JSON object": 1,
    }
    assert left_out(office, tmp_path / "b.jsonl", line(1), line(2), line(7)) == {importing.KNOWN: 2}


def test_a_file_that_is_wrong_in_many_ways_has_few_kinds():
    known = {}
    for number in range(100):
        known[importing._kind(f"reason {number}", known)] = 1
    assert len(known) == importing.KINDS + 1
    assert importing._kind("column “waktu”: the time cannot be read: 12", {}) == "column “waktu”: the time cannot be read"


def test_visits_without_news_are_one_row_and_the_others_stand_alone():
    def visit(minute, outcome="not_modified", new=0, **other):
        return Visit(at=NOW - timedelta(minutes=minute), outcome=outcome, new=new, **other)

    told = [visit(1), visit(2, "ok"), visit(3, "ok", 2), visit(4), visit(5, "timeout"), visit(6, "timeout"), visit(7, "ok", problems=["x"])]
    rows = visits.folded(told)
    assert [(row.last, row.first, row.count) for row in rows] == [
        (told[0], told[1], 2),
        *((one, one, 1) for one in told[2:]),
    ]
