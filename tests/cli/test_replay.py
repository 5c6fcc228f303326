"""`kentongan replay`: a stream in, alert and story lines out, in the agreed form, nothing stored."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from kentongan.cli import replay
from kentongan.cli.main import COMMANDS, main
from kentongan.engine.pipeline import Moved, Placed, StoryMerged
from kentongan.engine.records import Assignment, Copy, Reason
from kentongan.engine.vectors import FloatArray

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
FORM = ["time", "kind", "level", "titles", "urls", "outlets", "why", "story"]


def write_stream(path: Path) -> Path:
    """Ten days of single reports on many things, then a flood that two outlets report twelve times in an hour."""
    subjects = ["pasar", "taman", "sekolah", "pajak", "bus", "rapat", "lomba", "panen", "seni", "buku"]
    rows = [
        {"title": f"{subject.title()} di kelurahan {number} {'abcdefghij'[number]}{subject[::-1]}", "hours": number * 24 + place}
        for number in range(10)
        for place, subject in enumerate(subjects)
    ]
    rows += [
        {"title": f"Banjir rendam Kampung Melati, {what}", "hours": 260 + place / 12}
        for place, what in enumerate(
            [
                "warga mengungsi",
                "air satu meter",
                "listrik padam",
                "sekolah libur",
                "tim datang",
                "perahu dikirim",
                "jalan putus",
                "hujan lagi",
                "posko dibuka",
                "dapur umum buka",
                "air naik lagi",
                "bantuan tiba",
            ]
        )
    ]
    with path.open("w", encoding="utf-8") as out:
        for number, row in enumerate(rows):
            at = START + timedelta(hours=row["hours"])
            line = {
                "title": row["title"],
                "url": f"https://o.example/{number}",
                "outlet": "AB"[number % 2],
                "time": at.isoformat(),
                "lang": "id",
            }
            out.write(json.dumps(line) + "\n")
    return path


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One replay with the real model, its answers and its vectors kept in a folder."""
    folder = tmp_path_factory.mktemp("replay")
    stream = write_stream(folder / "stream.jsonl")
    done = CliRunner().invoke(
        main,
        [
            "replay",
            str(stream),
            "--alerts",
            str(folder / "a.jsonl"),
            "--stories",
            str(folder / "s.jsonl"),
            "--vectors",
            str(folder / "v.npz"),
        ],
    )
    assert done.exit_code == 0, done.output
    return folder


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_flood_among_daily_news_is_one_alert_in_the_agreed_form(replayed: Path) -> None:
    alerts = rows(replayed / "a.jsonl")
    floods = [alert for alert in alerts if any("Banjir" in title for title in alert["titles"])]  # type: ignore[attr-defined]
    assert len(floods) == 1
    assert all(name in floods[0] for name in FORM)
    assert floods[0]["outlets"] == ["A", "B"]
    assert any("usually" in why for why in floods[0]["why"])  # type: ignore[attr-defined]


def test_every_article_is_in_exactly_one_story_line(replayed: Path) -> None:
    members = [member for story in rows(replayed / "s.jsonl") for member in story["members"]]  # type: ignore[attr-defined]
    assert len(members) == len(set(members)) == 112


def test_a_second_run_with_kept_vectors_says_the_same(replayed: Path) -> None:
    again = replayed / "again.jsonl"
    done = CliRunner().invoke(
        main,
        [
            "replay",
            str(replayed / "stream.jsonl"),
            "--alerts",
            str(again),
            "--vectors",
            str(replayed / "v.npz"),
        ],
    )
    assert done.exit_code == 0, done.output
    assert again.read_bytes() == (replayed / "a.jsonl").read_bytes()


def test_bad_lines_are_counted_and_named_and_the_rest_is_read(replayed: Path, tmp_path: Path) -> None:
    stream = tmp_path / "mixed.jsonl"
    good = (replayed / "stream.jsonl").read_text(encoding="utf-8").splitlines()[:30]
    stream.write_text("\n".join([*good[:10], "nonsense", '{"title": ""}', *good[10:]]) + "\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["replay", str(stream), "--vectors", str(replayed / "v.npz")])
    assert done.exit_code == 0
    assert "30 articles" in done.output
    assert f"{stream}:11: not JSON" in done.output
    assert f"{stream}:12:" in done.output


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    stream = tmp_path / "prose.txt"
    stream.write_text("one\ntwo\nthree\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["replay", str(stream)])
    assert done.exit_code == 1
    assert "More than half" in done.output


def test_an_empty_file_gives_empty_answers(tmp_path: Path) -> None:
    stream, alerts = tmp_path / "empty.jsonl", tmp_path / "a.jsonl"
    stream.touch()
    done = CliRunner().invoke(main, ["replay", str(stream), "--alerts", str(alerts)])
    assert done.exit_code == 0
    assert alerts.read_text(encoding="utf-8") == ""


def test_the_limit_stops_after_so_many_articles(replayed: Path) -> None:
    done = CliRunner().invoke(main, ["replay", str(replayed / "stream.jsonl"), "--limit", "7", "--vectors", str(replayed / "v.npz")])
    assert "7 articles" in done.output


class Apart:
    """Every text far from every other, so that each report is a story of its own."""

    name, dimension = "apart", 384

    def embed(self, texts: Sequence[str]) -> FloatArray:
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") for text in texts]
        rows = np.stack([np.random.default_rng(seed).normal(size=self.dimension) for seed in seeds]).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


SHOPS = ["kios", "lapak", "kedai", "warung", "toko", "gerai", "los", "bedak", "stan", "kantin", "depot", "ruko"]


def write_kiosks(path: Path) -> Path:
    """Ten quiet days, then what only an office's own list has a topic for happens in many streets at once."""
    told = [(f"Kabar{n} dari{n}", float(n)) for n in range(240)] + [(f"Lorong{n} {SHOPS[n % 12]} di{n}", 240 + n / 12) for n in range(48)]
    with path.open("w", encoding="utf-8") as out:
        for n, (title, hours) in enumerate(told):
            at = START + timedelta(hours=hours)
            line = {"title": title, "url": f"https://o.example/{n}", "outlet": "AB"[n % 2], "time": at.isoformat(), "lang": "id"}
            out.write(json.dumps(line) + "\n")
    return path


def test_an_own_list_of_topics_raises_what_the_built_in_one_knows_nothing_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "E5Embedder", Apart)
    stream, topics, out = write_kiosks(tmp_path / "s.jsonl"), tmp_path / "topics.yaml", tmp_path / "alerts.jsonl"
    topics.write_text(f"services: {{market: {{id: [{', '.join(SHOPS)}]}}}}", encoding="utf-8")
    said = {}
    for name, given in (("built-in", []), ("own", ["--topics", str(topics)])):
        assert CliRunner().invoke(main, ["replay", str(stream), "--alerts", str(out), *given]).exit_code == 0
        said[name] = {(row["kind"], row["subject"]) for row in rows(out)}
    assert ("topic", "market") in said["own"] - said["built-in"], said


def test_a_list_of_topics_that_is_none_ends_with_its_line(tmp_path: Path) -> None:
    topics = tmp_path / "topics.yaml"
    topics.write_text("services:\n  parks: {id: taman}\n", encoding="utf-8")
    for given, said in ((topics, "Line 2"), (tmp_path / "none.yaml", "cannot be read")):
        answer = CliRunner().invoke(main, ["replay", str(write_stream(tmp_path / "s.jsonl")), "--topics", str(given)])
        assert answer.exit_code != 0
        assert said in answer.output + str(answer.exception)


def test_articles_follow_their_story_when_it_is_joined_and_leave_it_when_they_are_moved() -> None:
    tally = replay.Tally()
    original = Copy("", "", "original", 1.0, Reason("copy.original"))
    placed = [Placed(dataclasses.replace(original, article=name), Assignment(name, f"s{name}", 1.0, ()), None) for name in "abc"]
    replay.take(tally, [*placed, StoryMerged("sb", "sa"), Moved(("a",), "sn", Reason("story.officer"))])
    assert tally.members() == {"sn": ["a"], "sa": ["b"], "sc": ["c"]}
    assert (tally.copies, tally.signals) == (0, 0)


def test_only_the_latest_articles_are_remembered_for_alert_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "REMEMBERED", 2)
    shown = replay.Shown()
    for line in ("a", "b", "c"):
        shown.add(replay.Article(line, f"https://o.example/{line}", "A", "press", line, "", "id", START))
    assert list(shown.rows) == ["b", "c"]


def test_help_and_replay_never_import_django() -> None:
    code = (
        "import sys; from kentongan.cli.main import main; main(['replay', '--help'], standalone_mode=False); "
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_what_looks_after_the_others_never_imports_django() -> None:
    code = "import sys, kentongan.cli.run, kentongan.cli.demo; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_a_missing_file_ends_with_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    code = "from kentongan.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "replay", str(tmp_path / "nowhere")], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_an_unknown_command_is_answered_with_the_list() -> None:
    done = CliRunner().invoke(main, ["replya"])
    assert done.exit_code == 2
    assert "replay" in done.output
    assert all(sentence.endswith(".") for _, sentence in COMMANDS.values())
