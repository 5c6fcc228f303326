"""The gate keeps to its bars on the project's own cited sentences; changed facts are changed; figures are counted by hand."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from kentongan.engine.evidence import compare
from kentongan.engine.evidence_gate import Source, blocking, hold
from kentongan.engine.evidence_parts import read, readings, together
from kentongan.engine.statement_records import Line
from kentongan.errors import FileError
from kentongan.measure import evidence_eval
from kentongan.measure.evidence_cases import cases, city_names
from kentongan.measure.evidence_changes import CHANGES, Changed, changes
from kentongan.office.listening.embedding import HashedEmbedder

OWN = tuple(one for one in cases() if not one.across)
FEW = 12
"""Every so many of the cited sentences are changed in a test; the command changes all."""


def changed(text: str, source: str) -> tuple[Changed, ...]:
    aliases = city_names()
    return changes(text, read(text, "id", None, aliases), together(readings(source, "id", None, aliases)))


def test_the_cited_sentences_are_enough_and_each_stands_once() -> None:
    same = [one.text for one in OWN if one.truth == "same"]
    assert len(same) >= 300
    assert {one.language: count for one, count in Counter(OWN).items()}.keys() == {"id", "vi", "en"}
    assert len({(one.key, one.text) for one in OWN}) == len(OWN)


def test_what_it_supports_of_the_cited_sentences_is_borne_out_and_most_of_what_is_borne_out_is_supported() -> None:
    aliases = city_names()
    verdicts = [(one.truth == "same", compare(one.text, one.language, one.passage, aliases=aliases)) for one in OWN]
    said = np.array([verdict.verdict == "supported" for _, verdict in verdicts])
    same = np.array([true for true, _ in verdicts])
    blocked = np.array([verdict.blocks for _, verdict in verdicts])
    precision, recall = evidence_eval.rates(said, same)
    assert precision >= 0.95
    assert recall >= 0.70
    assert blocked[same].mean() <= 0.15


def test_changed_facts_are_hardly_ever_let_through() -> None:
    aliases = city_names()
    passed: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for one in [case for case in OWN if case.truth == "same"][::FEW]:
        if compare(one.text, one.language, one.passage, aliases=aliases).verdict != "supported":
            continue
        claim = read(one.text, one.language, one.passage.said, aliases)
        source = together(readings(one.passage.text, one.language, one.passage.said, aliases))
        for change in changes(one.text, claim, source):
            made[change.kind] += 1
            passed[change.kind] += compare(change.text, one.language, one.passage, aliases=aliases).verdict == "supported"
    assert made.total() > 100
    assert sum(passed[kind] for kind in ("number", "unit", "date", "name", "negation")) == 0


def test_every_kind_of_fact_is_changed_and_none_says_what_the_passage_says() -> None:
    source = "Sebanyak 312 keluarga di Rawa Kenari telah dievakuasi pada Kamis, lebih dari 40 di antaranya lansia."
    made = changed(source, source)
    assert {one.kind for one in made} == {*CHANGES}
    assert source not in [one.text for one in made]
    assert len({one.text for one in made}) == len(made)
    assert not any(one.now in ("312", "40") for one in made if one.kind == "number")


def test_the_same_sentence_gives_the_same_changes() -> None:
    assert changed("Ada 12 pompa.", "Ada 12 pompa.") == changed("Ada 12 pompa.", "Ada 12 pompa.")


def test_recall_at_a_precision_takes_equal_scores_together() -> None:
    scores, true = np.array([0.9, 0.9, 0.5, 0.1]), np.array([True, True, False, True])
    assert evidence_eval.recall_at(scores, true, 0.8) == pytest.approx(2 / 3, abs=1e-4)
    assert evidence_eval.recall_at(scores, true, 0.75) == 1.0
    assert evidence_eval.recall_at(scores, ~true, 0.8) == 0.0


def test_a_file_of_claims_is_measured_in_the_agreed_form(tmp_path: Path) -> None:
    source = "Sebanyak 312 keluarga dievakuasi dari Rawa Kenari."
    rows = [
        {"lang": "id", "evidence": source, "claim": "Ada 312 keluarga dievakuasi.", "label": "supported"},
        {"lang": "id", "evidence": source, "claim": "Ada 313 keluarga dievakuasi.", "label": "contradicted"},
        {"lang": "id", "evidence": source, "claim": "Warga Lebak Damar menerima beras.", "label": "unrelated"},
    ]
    path = tmp_path / "claims.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    done = evidence_eval.evaluate([path], HashedEmbedder())
    assert done.n == 3
    assert [done.metrics[name] for name in ("supported_precision", "supported_recall", "accuracy", "recall_at_precision_80")] == [1.0] * 4
    through = done.metrics["let_through"]
    assert isinstance(through, dict)
    assert through["contradicted"] == through["unrelated"] == through["number"] == 0.0


def asked(tmp_path: Path, language: str, rows: list[tuple[str, str, str]]) -> Path:
    path = tmp_path / f"{language}.jsonl"
    lines = [json.dumps({"lang": language, "passage": name, "evidence": text, "question": question}) for name, text, question in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_questions_ask_for_their_passage_in_their_language_and_across(tmp_path: Path) -> None:
    english = asked(
        tmp_path, "en", [("1", "Bus 4 goes to Batu Layah.", "Which bus, Batu Layah?"), ("2", "Kenari is open.", "Is Kenari open?")]
    )
    viet = asked(
        tmp_path, "vi", [("1", "Xe buýt 4 đi Batu Layah.", "Xe nào đi Batu Layah?"), ("2", "Kenari mở cửa.", "Kenari có mở không?")]
    )
    done = evidence_eval.evaluate([english, viet], HashedEmbedder())
    assert (done.n, done.metrics["p_at_1"], done.metrics["mrr"]) == (4, 1.0, 1.0)
    pairs = done.metrics["by_pair"]
    assert isinstance(pairs, dict)
    assert set(pairs) == {"en-en", "vi-vi", "en-vi", "vi-en"}


def test_a_file_without_claims_and_questions_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text('{"text": "a"}', encoding="utf-8")
    with pytest.raises(FileError, match=r"other\.jsonl"):
        evidence_eval.evaluate([path], HashedEmbedder())


def test_what_blocks_in_the_desk_blocks_hardly_any_faithful_sentence_in_one_language_or_between_two() -> None:
    aliases = city_names()
    blocked: dict[tuple[bool, bool], list[bool]] = {}
    for one in cases():
        line = Line("s1", one.text, "", ("p",))
        source = Source("p", one.passage.text, one.passage.language, one.passage.said)
        held = hold(line, one.language, [source], said=one.passage.said, aliases=aliases)
        blocked.setdefault((one.across, one.truth == "same"), []).append(blocking(line, held) is not None)
    share = {key: sum(found) / len(found) for key, found in blocked.items()}
    assert share[False, True] <= 0.05
    assert share[True, True] <= 0.05
    assert share[False, False] >= 0.60
    assert share[True, False] >= 0.35
