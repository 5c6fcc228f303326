"""Evaluations of stories, parallel sentences and duplicates: the measures on cases counted by hand, and the whole run on small files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from kentongan.engine.vectors import DIMENSION, prior_centres, unit
from kentongan.errors import FileError, InputError
from kentongan.measure import duplicates_eval, parallel_eval, stories_eval, train_centres
from kentongan.measure.clustering import article_from_row, bcubed, clustering_metrics, time_of

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


class WordEmbedder:
    """A text lies where the sum of its words lies; "x=..." words give the axis, in the cone of the language named by the first word."""

    name = "words"
    dimension = DIMENSION

    def embed(self, texts: Sequence[str]):
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, DIMENSION)

    def _vector(self, text: str):
        means = prior_centres().means
        meaning = np.zeros(DIMENSION, dtype=np.float32)
        for word in text.split():
            if word.startswith("x="):
                meaning[int(word[2:])] += 1.0
        return unit(means["en" if text.startswith("the") else "id"] + 0.45 * unit(meaning))


def write(path: Path, rows: Sequence[dict]) -> Path:
    path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    return path


def test_bcubed_is_what_bagga_and_baldwin_count():
    """Their example: classes of 5, 2 and 5; the answer joins the first with the third."""
    gold = ["a"] * 5 + ["b"] * 2 + ["c"] * 5
    found = ["1"] * 5 + ["2"] * 2 + ["1"] * 5
    precision, recall, f1 = bcubed(gold, found)
    assert precision == pytest.approx((5 * 5 / 10 + 2 + 5 * 5 / 10) / 12)
    assert recall == 1.0 and f1 == pytest.approx(2 * precision / (precision + 1))


def test_a_perfect_answer_scores_one_under_any_names():
    metrics = clustering_metrics(["a", "a", "b"], ["7", "7", "9"])
    assert metrics == {"bcubed_precision": 1.0, "bcubed_recall": 1.0, "bcubed_f1": 1.0, "nmi": 1.0, "ari": 1.0, "stories": 2}


def test_times_are_read_as_the_sets_write_them():
    assert time_of({"time": "23/10/2013 11:39"}) == datetime(2013, 10, 23, 11, 39, tzinfo=UTC)
    assert time_of({"time": "2025-10-06T21:03:00+07:00"}) == datetime(2025, 10, 6, 14, 3, tzinfo=UTC)
    assert time_of({}) is None
    with pytest.raises(FileError, match="neither"):
        time_of({"time": "yesterday"})


def test_a_row_without_a_title_is_called_by_its_first_words():
    assert article_from_row({"id": 1, "title": " ", "text": "Kawan pal"}, 0).title == "Kawan pal"
    assert article_from_row({"id": 1, "title": "", "text": ""}, 0).title.startswith("https://")


def test_stories_are_measured_from_rows_to_metrics(tmp_path):
    rows = [
        {"id": n, "lang": "id", "title": f"kabar x={n % 3} nomor{n}", "story": n % 3, "time": f"0{1 + n % 3}/11/2025 10:{n:02d}"}
        for n in range(12)
    ]
    measured = stories_eval.evaluate([write(tmp_path / "rows.jsonl.gz", rows)], WordEmbedder())
    assert measured.n == 12 and measured.metrics["bcubed_f1"] == 1.0 and measured.metrics["stories"] == 3


def test_a_row_without_a_story_is_named(tmp_path):
    with pytest.raises(FileError, match="story") as caught:
        stories_eval.evaluate([write(tmp_path / "rows.jsonl.gz", [{"id": "1", "title": "a"}])], WordEmbedder())
    assert caught.value.line == 1


def parallel_rows(shift: int = 0) -> list[dict]:
    return [{"id": str(n), "id_text": f"kalimat pertama x={n}", "en_text": f"the sentence x={(n + shift) % 30}"} for n in range(30)]


def test_parallel_sentences_meet_and_different_ones_do_not(tmp_path):
    measured = parallel_eval.evaluate([write(tmp_path / "rows.jsonl.gz", parallel_rows())], "id-en", WordEmbedder())
    assert measured.n == 30
    assert measured.metrics["joined"] == 1.0 and measured.metrics["false_joins"] == 0.0 and measured.metrics["p_at_1"] == 1.0


def test_wrong_pairs_are_counted_as_false_joins(tmp_path):
    metrics = parallel_eval.evaluate([write(tmp_path / "rows.jsonl.gz", parallel_rows(shift=1))], "id-en", WordEmbedder()).metrics
    assert metrics["joined"] == 0.0 and metrics["false_joins"] == 1.0 and metrics["p_at_1"] == 0.0
    assert metrics["non_pairs_joined"] == pytest.approx(30 / (30 * 29))


def test_a_pair_the_rows_do_not_have_is_refused(tmp_path):
    with pytest.raises(InputError, match="id-vi"):
        parallel_eval.evaluate([write(tmp_path / "rows.jsonl.gz", parallel_rows())], "id-vi", WordEmbedder())


@pytest.mark.parametrize(
    ("gold", "claimed", "expected"),
    [
        (set(), set(), (1.0, 1.0, 1.0)),
        (set(), {(0, 1)}, (0.0, 1.0, 0.0)),
        ({(0, 1)}, set(), (1.0, 0.0, 0.0)),
        ({(0, 1), (2, 3)}, {(0, 1), (4, 5)}, (0.5, 0.5, 0.5)),
    ],
)
def test_pairs_are_scored_also_where_there_are_none(gold, claimed, expected):
    assert duplicates_eval.scores(gold, claimed) == expected


def page(name: str, group: str, word: str, outlet: str = "satu.example") -> dict:
    text = "\n".join(" ".join(f"{word}{line}k{place}" for place in range(9)) for line in range(12))
    url, title = f"https://{outlet}/{group}", f"Judul {word} panjang sekali"
    return {"id": name, "outlet": outlet, "url": url, "title": title, "text": text, "group": group}


def test_pages_read_again_are_found_with_and_without_their_address(tmp_path):
    rows = [page("1", "a", "air"), page("2", "b", "bumi"), page("3", "a", "air"), page("4", "c", "api")]
    rows.append(page("5", "d", "bumi", "dua.example"))
    metrics = duplicates_eval.evaluate([write(tmp_path / "rows.jsonl.gz", rows)]).metrics
    assert (metrics["precision"], metrics["recall"], metrics["f1"], metrics["f1_blind"]) == (1.0, 1.0, 1.0, 1.0)
    assert (metrics["gold_pairs"], metrics["groups"], metrics["across_outlets"]) == (1, 3, 1)
    assert metrics["again_recall"] == 1.0


def test_no_page_of_the_scraped_set_is_taken_for_another_of_its_outlet():
    file = DATA / "duplicates" / "id-news-2025-06-18.jsonl.gz"
    if not file.is_file():
        pytest.skip("the evaluation data (../shared/data) is not here")
    metrics = duplicates_eval.evaluate([file]).metrics
    assert metrics["f1"] >= 0.99 and metrics["f1_blind"] >= 0.99
    assert metrics["again_recall"] >= 0.9


def test_centres_are_learned_from_the_named_sets_and_come_out_the_same(tmp_path):
    for folder, name, field in (
        *(("tone", f"nusax-{language}-train", "text") for language in ("id", "en", "jv", "su")),
        ("evidence", "indonli-val", "evidence"),
        ("evidence", "xquad-en", "passage"),
        ("evidence", "xquad-vi", "passage"),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        write(tmp_path / folder / f"{name}.jsonl.gz", [{field: f"kata x={n}"} for n in range(3)])
    first, again = (train_centres.arrays(tmp_path, WordEmbedder()) for _ in range(2))
    assert set(first) == set(again) == set(prior_centres().means)
    assert all((first[language] == again[language]).all() for language in first)
    assert (first["ms"] == first["id"]).all() and first["vi"].shape == (DIMENSION,) and first["vi"].dtype == np.float16
