"""`kentongan eval stream` on streams small enough to count on paper, and against the script whose figures it must give."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from kentongan.cli.main import main
from kentongan.engine.records import Article
from kentongan.engine.steps import Arrive, Tick, hourly
from kentongan.errors import FileError, InputError
from kentongan.measure import stream_eval
from kentongan.measure.stream_eval import Alert, Event, event_from, scores

START = datetime(2026, 3, 2, tzinfo=UTC)
SCRIPT = Path(__file__).resolve().parents[3] / "shared" / "tools" / "score_alerts.py"


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def daily(days: int) -> list[tuple[datetime, str]]:
    """A headline an hour, each in words of its own."""
    return [(at(hour), f"berita{chr(97 + hour % 26)}{chr(97 + hour // 26 % 26)} warta{chr(97 + hour % 23)}") for hour in range(days * 24)]


def flood(hours: float) -> list[tuple[datetime, str]]:
    return [(at(hours + n / 10), f"Banjir rendam Kampung Melati bagian {n}") for n in range(8)]


def event(start: float, end: float) -> Event:
    return Event(re.compile(r"\bbanjir", re.IGNORECASE), at(start), at(end))


def stream(*extra: tuple[datetime, str]) -> list[tuple[datetime, str]]:
    return sorted([*daily(20), *extra])


def test_an_event_is_found_by_the_first_signal_that_shows_its_pattern_and_the_delay_counts_from_its_start() -> None:
    alerts = [Alert(at(401), ("Warta biasa",)), Alert(at(403), ("Lain", "BANJIR rendam kota")), Alert(at(410), ("Banjir lagi",))]
    found = scores(stream(), [event(400, 420), event(430, 440)], alerts)
    assert (found["recall"], found["delay_h_median"], found["delay_h_p90"]) == (0.5, 3.0, 3.0)


@pytest.mark.parametrize(("raised", "recall"), [(393.9, 0.0), (394.1, 1.0), (420.0, 1.0), (420.1, 0.0)])
def test_a_signal_counts_from_six_hours_before_an_event_until_its_end(raised: float, recall: float) -> None:
    assert scores(stream(), [event(400, 420)], [Alert(at(raised), ("Banjir",))])["recall"] == recall


def test_signals_of_the_first_two_weeks_find_events_but_are_not_counted_a_day() -> None:
    alerts = [Alert(at(100), ("Banjir",)), Alert(at(340), ("x",)), Alert(at(350), ("y",)), Alert(at(360), ("z",))]
    found = scores(stream(), [event(99, 120)], alerts)
    assert found["recall"] == 1.0
    assert found["alerts_per_day"] == pytest.approx(3 / 5)


def test_a_signal_grew_when_five_headlines_of_the_next_day_share_two_rare_words_with_one_of_its_titles() -> None:
    lines = stream(*flood(400))
    rare = [(when, title) for when, title in lines]
    early, late = Alert(at(400.25), ("Banjir rendam Kampung Melati",)), Alert(at(400.45), ("Banjir rendam Kampung Melati",))
    common = {"banjir", "rendam", "kampung", "melati", "bagian"}
    padded = rare + [(at(480 + n / 100), f"isi{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}xx") for n in range(8 * 250)]
    assert all(sum(word in title.lower() for _, title in padded) <= len(padded) * stream_eval.RARE for word in common)
    assert scores(padded, [event(400, 420)], [early])["grew"] == 1.0, "five headlines follow"
    assert scores(padded, [event(400, 420)], [late])["grew"] == 0.0, "three follow"


def test_nothing_raised_is_nothing_found_and_no_delay() -> None:
    found = scores(stream(), [event(400, 420)], [])
    assert found == {"recall": 0.0, "delay_h_median": None, "delay_h_p90": None, "alerts_per_day": 0.0, "grew": 0.0}


@pytest.mark.skipif(not SCRIPT.is_file(), reason="the scoring script of the evaluation data is not there")
def test_the_figures_are_those_of_the_script(tmp_path: Path) -> None:
    import gzip

    lines = stream(*flood(370), *flood(400), *flood(440))
    alerts = [
        Alert(at(hours), (title, "Warta lain"))
        for hours, title in [(371, "Banjir rendam Kampung Melati"), (390, "beritaab wartac"), (402, "Banjir rendam"), (450, "Banjir")]
    ]
    rows = [
        {"event": "flood", "pattern": "\\bbanjir", "start": at(s).isoformat(), "end": at(e).isoformat()}
        for s, e in [(370, 380), (399, 420)]
    ]
    with gzip.open(tmp_path / "s.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps({"time": when.isoformat(), "title": title}) + "\n" for when, title in lines)
    (tmp_path / "e.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    kept = [json.dumps({"time": alert.time.isoformat(), "titles": alert.titles}) for alert in alerts]
    (tmp_path / "a.jsonl").write_text("\n".join(kept), encoding="utf-8")
    words = [sys.executable, str(SCRIPT), *(str(tmp_path / name) for name in ("s.jsonl.gz", "e.jsonl", "a.jsonl"))]
    theirs = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    ours = scores(lines, [event_from(row) for row in rows], alerts)
    assert ours == {name: theirs[name] for name in ours}


def headline(number: int, hours: float) -> Article:
    return Article(f"a{number}", f"https://o.example/{number}", "A", "press", f"Judul {number}", "", "id", at(hours))


def test_a_stream_is_replayed_with_a_tick_for_every_hour_that_passes() -> None:
    steps = list(hourly([headline(1, 0.2), headline(2, 0.9), headline(3, 3.5), headline(4, 3.6), headline(5, 2.0)]))
    assert [type(step) for step in steps] == [Arrive, Arrive, Tick, Arrive, Arrive, Arrive]
    assert [step.at for step in steps if isinstance(step, Tick)] == [at(3)]


def test_a_date_of_2099_moves_the_time_by_400_days_at_most() -> None:
    (tick,) = [step for step in hourly([headline(1, 0), headline(2, 24 * 365 * 70)]) if isinstance(step, Tick)]
    assert tick.at <= at(401 * 24)


@pytest.mark.parametrize(
    "row", [{}, {"pattern": "(", "start": "2026-01-01T00:00:00+00:00", "end": "2026-01-01T00:00:00+00:00"}, {"pattern": 3}]
)
def test_a_row_that_is_no_event_is_named(row: dict[str, object]) -> None:
    with pytest.raises(InputError, match="not an event"):
        event_from(row)


def test_it_takes_a_stream_and_its_events_and_keeps_the_vectors(tmp_path: Path) -> None:
    lines = [*daily(16), *flood(380)]
    written = [
        {"time": when.isoformat(), "title": title, "outlet": "AB"[n % 2], "url": f"https://o.example/{n}", "lang": "id"}
        for n, (when, title) in enumerate(lines[-60:])
    ]
    (tmp_path / "s.jsonl").write_text("\n".join(map(json.dumps, written)), encoding="utf-8")
    row = {"event": "flood", "pattern": "banjir", "start": at(380).isoformat(), "end": at(390).isoformat()}
    (tmp_path / "e.jsonl").write_text(json.dumps(row), encoding="utf-8")
    words = ["eval", "stream", str(tmp_path / "s.jsonl"), str(tmp_path / "e.jsonl"), "--vectors", str(tmp_path / "v.npz"), "--json"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    answer = json.loads(done.output)
    assert answer["n"] == 60
    assert list(answer["metrics"]) == ["recall", "delay_h_median", "delay_h_p90", "alerts_per_day", "grew"]
    assert answer["metrics"]["recall"] == 1.0
    assert (tmp_path / "v.npz").is_file()
    assert json.loads(CliRunner().invoke(main, words).output)["metrics"] == answer["metrics"]


def test_without_events_or_headlines_there_is_nothing_to_judge(tmp_path: Path) -> None:
    for name in ("s.jsonl", "e.jsonl"):
        (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(FileError, match="nothing to judge"):
        stream_eval.evaluate([tmp_path / "s.jsonl", tmp_path / "e.jsonl"])
    with pytest.raises(InputError, match="two files"):
        stream_eval.evaluate([tmp_path / "s.jsonl"])
