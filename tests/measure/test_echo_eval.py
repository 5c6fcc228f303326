"""The pairs of a publication and an article: how labels come about, what is held against what, and the figures on paper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kentongan.engine.echo import CARRIES
from kentongan.engine.vectors import DIMENSION
from kentongan.errors import FileError
from kentongan.measure import echo_eval
from kentongan.measure.echo_pairs import Set, pairs_of

MATTERS = ("banjir di jalan melati", "harga beras di pasar lama", "jembatan citarik ditutup", "sekolah negeri empat dibuka")
SAYS = "Petugas menyebut {0} bagian {1} telah diperiksa ulang oleh dinas terkait pada hari itu juga bersama warga setempat nomor {2}."


class WordEmbedder:
    """Texts lie near one another as far as they share words."""

    name = "words"
    dimension = DIMENSION

    def embed(self, texts: Sequence[str]):
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[sum(map(ord, word)) % DIMENSION] += 1.0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def written(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def stories(path: Path) -> Path:
    rows = []
    for number in range(16):
        matter = MATTERS[number % 4]
        text = "\n".join(SAYS.format(matter, part, number) for part in range(6))
        time = f"{1 + number // 8:02d}/03/2026 {number:02d}:00"
        rows.append({"id": str(number), "time": time, "lang": "id", "title": f"Kabar {matter}", "text": text, "story": matter})
    return written(path, rows)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Set:
    return pairs_of(stories(tmp_path_factory.mktemp("echo") / "stories.jsonl"), WordEmbedder())


def test_a_publication_is_always_the_earlier_of_the_two(given: Set) -> None:
    assert given.pairs
    assert all(given.articles[pair.publication].published < given.articles[pair.article].published for pair in given.pairs)


def test_one_story_is_yes_and_another_one_no_and_each_yes_meets_its_nearest_rivals(given: Set) -> None:
    told = [pair for pair in given.pairs if pair.how == "retold"]
    for pair in told:
        same = given.articles[pair.publication].title == given.articles[pair.article].title
        assert pair.carries == same
    assert sum(pair.carries for pair in told) == 4 * (3 + 2 + 1)
    assert sum(not pair.carries for pair in told) > 16


def test_what_was_edited_carries_its_own_publication_and_is_held_against_a_rival(given: Set) -> None:
    for how in ("copied", "quoted"):
        tried = [pair for pair in given.pairs if pair.how == how]
        assert sum(pair.carries for pair in tried) == sum(not pair.carries for pair in tried) == 16
        assert all(given.articles[pair.article].outlet == f"{how}.invalid" for pair in tried)


def test_pairs_of_one_group_fall_to_one_part(given: Set) -> None:
    parts: dict[str, set[int]] = {}
    for pair in given.pairs:
        parts.setdefault(pair.group, set()).add(pair.part)
    assert all(len(found) == 1 for found in parts.values())


def test_the_same_file_gives_the_same_pairs(given: Set, tmp_path: Path) -> None:
    assert pairs_of(stories(tmp_path / "again.jsonl"), WordEmbedder()).pairs == given.pairs


def test_what_is_there_verbatim_is_found_and_the_figures_stand_for_each_way(tmp_path: Path) -> None:
    found = echo_eval.evaluate([stories(tmp_path / "stories.jsonl")], WordEmbedder())
    metrics = found.metrics
    assert found.n == metrics["pairs"]
    for name in ("id_copied", "id_quoted"):
        figures = metrics[name]
        assert isinstance(figures, dict) and figures["recall"] == 1.0
    assert {"id", "id_retold", "id_beside", "part_0", "part_1", "recall_at_95", "precision_at_85"} <= metrics.keys()


def test_a_page_scraped_again_is_a_copy(tmp_path: Path) -> None:
    text = "\n".join(SAYS.format(MATTERS[0], part, 1) for part in range(6))
    rows = [
        {"id": str(n), "lang": "id", "outlet": "papan.example", "url": f"https://papan.example/{n}", "title": "Kabar banjir",
         "published": f"Rabu, 18 Jun 2025 {10 + n}:00 WIB", "text": text, "group": "g"}
        for n in range(2)
    ]  # fmt: skip
    given = pairs_of(written(tmp_path / "pages.jsonl", rows), WordEmbedder())
    (pair,) = given.pairs
    assert (pair.how, pair.carries) == ("copied", True)
    (judged,) = echo_eval.judge(given)
    assert judged.said.way in CARRIES


def test_a_file_of_another_form_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"other\.jsonl"):
        pairs_of(written(tmp_path / "other.jsonl", [{"id": "1", "text": "a"}]), WordEmbedder())


def ranked(scores: Sequence[float], same: str):
    return np.array(scores), np.array([one == "+" for one in same])


def test_recall_and_precision_of_a_ranking_counted_on_paper() -> None:
    assert echo_eval.recall_at(*ranked([0.9, 0.8, 0.7, 0.6], "++-+")) == pytest.approx(0.6667, abs=1e-4)
    assert echo_eval.recall_at(*ranked([0.9, 0.8], "-+")) == 0.0
    assert echo_eval.precision_at(*ranked([0.9, 0.8, 0.7, 0.6], "++-+")) == 0.75
    assert echo_eval.recall_at(*ranked([0.9, 0.9], "+-")) == 0.0, "equal scores are cut together"
    assert echo_eval.recall_at(*ranked([], "")) == 0.0
