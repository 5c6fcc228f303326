"""Pairs are what they are said to be, the judged part is not the learned one, and the figures are counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kentongan.errors import FileError, InputError
from kentongan.measure import claims_eval, train_claims
from kentongan.measure.claims_pairs import Draw, pairs_of
from kentongan.office.listening.embedding import HashedEmbedder


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def parallel(tmp_path: Path, count: int = 12) -> Path:
    rows = [{"id": str(n), "id_text": f"Pasar {n} di Desa{n} tutup", "en_text": f"Market {n} in Desa{n} closed"} for n in range(count)]
    return written(tmp_path / "parallel.jsonl", rows)


def facts(tmp_path: Path) -> Path:
    rows = [
        {"lang": "id", "evidence": f"Wali kota membuka pasar {n} pada hari Senin", "claim": f"Pasar {n} dibuka", "label": label}
        for n in range(6)
        for label in ("supported", "contradicted", "unrelated")
    ]
    return written(tmp_path / "facts.jsonl", rows)


def asked(tmp_path: Path, language: str) -> Path:
    texts = {"en": ("Where is it?", "It is here. It is 5 km long."), "vi": ("Ở đâu?", "Nó ở đây. Nó dài 5 km.")}[language]
    return written(tmp_path / f"{language}.jsonl", [{"lang": language, "passage": "3-0", "question": texts[0], "evidence": texts[1]}])


def test_translations_are_the_same_claim_and_their_nearest_others_are_not(tmp_path: Path) -> None:
    pairs, _ = pairs_of([parallel(tmp_path)], HashedEmbedder())
    same = [pair for pair in pairs if pair.same]
    assert len(same) == 12 and {pair.kind for pair in same} == {"id-en"}
    others = [pair for pair in pairs if not pair.same]
    assert len(others) == 36 and {pair.kind for pair in others} == {"other id-en"}
    assert not {(pair.left, pair.right) for pair in same} & {(pair.left, pair.right) for pair in others}


def test_only_what_follows_is_the_same_claim(tmp_path: Path) -> None:
    pairs, _ = pairs_of([facts(tmp_path)], HashedEmbedder())
    assert {pair.kind for pair in pairs if pair.same} == {"supported"}
    assert {pair.kind for pair in pairs} >= {"contradicted", "unrelated", "other"}


def test_questions_need_their_translation_and_bring_the_sentences_of_their_passage(tmp_path: Path) -> None:
    pairs, _ = pairs_of([asked(tmp_path, "en"), asked(tmp_path, "vi")], HashedEmbedder())
    assert [pair.kind for pair in pairs if pair.same] == ["en-vi questions", "en-vi", "en-vi"]
    assert not any(pair.asks for pair in pairs_of([asked(tmp_path, "en"), asked(tmp_path, "vi")], HashedEmbedder(), questions=False)[0])
    with pytest.raises(InputError, match="both files"):
        pairs_of([asked(tmp_path, "en")], HashedEmbedder())


def test_a_file_of_another_form_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="line 1"):
        pairs_of([written(tmp_path / "odd.jsonl", [{"text": "halo"}])], HashedEmbedder())


def test_all_pairs_of_a_group_fall_to_one_part(tmp_path: Path) -> None:
    pairs, _ = pairs_of([parallel(tmp_path, 40)], HashedEmbedder())
    parts: dict[str, set[int]] = {}
    for pair in pairs:
        parts.setdefault(pair.group, set()).add(pair.part)
    assert all(len(part) == 1 for part in parts.values())
    assert {next(iter(part)) for part in parts.values()} == {0, 1}


def test_the_measure_gives_what_it_promises(tmp_path: Path) -> None:
    result = claims_eval.evaluate([parallel(tmp_path, 20), facts(tmp_path)], HashedEmbedder())
    assert {"precision", "recall", "suggest_precision", "suggest_recall", "precision_with_written", "let_through"} <= set(result.metrics)
    assert set(result.metrics["beside"]) == {"check_0.95", "check_0.75"}  # type: ignore[call-overload]
    assert result.n > 0


def test_a_draw_takes_the_same_rows_each_time_and_passages_whole(tmp_path: Path) -> None:
    draw = Draw(facts=(5, 1), translated=(4, 1))
    once, twice = (pairs_of([parallel(tmp_path), facts(tmp_path)], HashedEmbedder(), draw)[0] for _ in range(2))
    assert once == twice and sum(pair.kind == "id-en" for pair in once) == 4
    assert sum(pair.kind in ("supported", "contradicted", "unrelated") for pair in once) == 5
    assert len(draw.of([{"question": "?"}] * 9)) == 9


def test_precision_and_recall_are_counted() -> None:
    said, same = np.array([True, True, False, False]), np.array([True, False, True, False])
    assert claims_eval.rates(said, same) == (0.5, 0.5)
    assert claims_eval.rates(np.zeros(4, dtype=bool), same) == (1.0, 0.0)
    scores = np.array([0.9, 0.8, 0.7, 0.1])
    assert claims_eval.recall_at(scores, np.array([True, True, False, True])) == pytest.approx(0.6667)


def test_the_threshold_is_the_lowest_score_that_still_has_the_precision() -> None:
    scores, truth = np.array([0.9, 0.8, 0.7, 0.6]), np.array([1, 1, 0, 1])
    assert train_claims.lowest_with(scores, truth, 0.95) == 0.8
    assert train_claims.lowest_with(scores, truth, 0.7) == 0.6
    assert train_claims.lowest_with(scores, np.zeros(4, dtype=np.int64), 0.5) == 1.0


def test_the_regression_learns_what_tells_the_two_apart(tmp_path: Path) -> None:
    pairs, sides = pairs_of([parallel(tmp_path, 30)], HashedEmbedder())
    weights, (sure, suggest) = train_claims.fitted(train_claims.matrix(pairs, sides), pairs, 0.95)
    assert len(weights) == len(train_claims.FEATURES) + 1
    assert 0.0 <= suggest <= sure <= 1.0
