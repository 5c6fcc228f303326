"""Pairs of claims made from rows of every form, and the figures over them, on a handful of sentences counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.claims_match import USUAL
from kentongan.errors import FileError, InputError
from kentongan.measure import claims_eval
from kentongan.measure.claims_pairs import CHARACTERS, NEAREST, Draw, Pair, pairs_of
from kentongan.office.listening.embedding import HashedEmbedder

quick = settings(max_examples=25, deadline=None)
EMBEDDER = HashedEmbedder()


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def pair(kind: str, same: bool = True, group: str = "g") -> Pair:
    return Pair(("id", "a"), ("id", "b"), same, kind, group)


def bits(text: str) -> Any:
    return np.array([sign == "1" for sign in text])


# ---- pairs ------------------------------------------------------------------------------------------------------------------
def test_a_row_of_four_languages_gives_each_two_of_them_once(tmp_path: Path) -> None:
    row = {"id": "7", "id_text": "Pasar tutup", "en_text": "Market closed", "jv_text": "Pasar ditutup", "su_text": "Pasar nutup"}
    pairs, _ = pairs_of([written(tmp_path / "a.jsonl", row)], EMBEDDER)
    same = [one for one in pairs if one.same]
    assert len(same) == 6 == len({one.kind for one in same})
    assert {one.group for one in same} == {"7"}
    assert all(one.left[0] != one.right[0] for one in same)


def test_a_row_without_a_number_of_its_own_is_its_own_group_by_its_line(tmp_path: Path) -> None:
    rows = [{"id_text": f"Pasar {n}", "en_text": f"Market {n}"} for n in range(3)]
    pairs, _ = pairs_of([written(tmp_path / "a.jsonl", *rows)], EMBEDDER)
    assert [one.group for one in pairs if one.same] == ["1", "2", "3"]


@pytest.mark.parametrize(("label", "same"), [("supported", True), ("contradicted", False), ("unrelated", False)])
def test_only_a_supported_sentence_makes_the_claim_and_pairs_of_one_evidence_are_one_group(tmp_path: Path, label: str, same: bool) -> None:
    row = {"lang": "id", "evidence": "Wali kota membuka pasar", "claim": "Pasar dibuka", "label": label}
    pairs, _ = pairs_of([written(tmp_path / "a.jsonl", row)], EMBEDDER)
    assert pairs == [Pair(("id", "Wali kota membuka pasar"), ("id", "Pasar dibuka"), same, label, "Wali kota membuka pasar")]


def test_a_language_nobody_knows_is_called_other(tmp_path: Path) -> None:
    row = {"lang": "tlh", "evidence": "nuqneH qaplaH", "claim": "qaplaH", "label": "supported"}
    pairs, _ = pairs_of([written(tmp_path / "a.jsonl", row)], EMBEDDER)
    assert (pairs[0].left[0], pairs[0].right[0]) == ("other", "other")


def test_white_space_is_one_space_and_long_sentences_are_cut(tmp_path: Path) -> None:
    row = {"lang": "id", "evidence": " Wali \n kota\t membuka ", "claim": "pasar " * 100, "label": "supported"}
    (one, *_), _ = pairs_of([written(tmp_path / "a.jsonl", row)], EMBEDDER)
    assert one.left[1] == "Wali kota membuka"
    assert len(one.right[1]) <= CHARACTERS and one.right[1].endswith("pasar")


def asked(path: Path, language: str, *rows: tuple[str, str, str]) -> Path:
    told = ({"lang": language, "passage": passage, "question": question, "evidence": evidence} for passage, question, evidence in rows)
    return written(path / f"{language}.jsonl", *told)


def test_a_passage_asked_twice_brings_its_sentences_once(tmp_path: Path) -> None:
    one = asked(tmp_path, "en", ("3-0", "Where is it?", "It is here. It is long."), ("3-0", "How long is it?", "It is here. It is long."))
    two = asked(tmp_path, "vi", ("3-0", "Nó ở đâu?", "Nó ở đây. Nó dài."), ("3-0", "Nó dài bao nhiêu?", "Nó ở đây. Nó dài."))
    kinds = [told.kind for told in pairs_of([one, two], EMBEDDER)[0] if told.same]
    assert sorted(kinds) == ["en-vi", "en-vi", "en-vi questions", "en-vi questions"]


def test_passages_with_unlike_numbers_of_sentences_and_lines_of_other_passages_are_not_paired(tmp_path: Path) -> None:
    one = asked(tmp_path, "en", ("3-0", "Where is it?", "It is here. It is long."), ("3-1", "Who came?", "He came."))
    two = asked(tmp_path, "vi", ("3-0", "Nó ở đâu?", "Nó ở đây và dài."), ("9-9", "Ai đến?", "Anh ấy đến."))
    same = [told for told in pairs_of([one, two], EMBEDDER)[0] if told.same]
    assert [(told.kind, told.group) for told in same] == [("en-vi questions", "3")]


def test_a_third_set_of_questions_is_paired_with_both_others(tmp_path: Path) -> None:
    files = [
        asked(tmp_path, language, ("3-0", question, "Ok 1."))
        for language, question in (("en", "Where?"), ("vi", "Ở đâu?"), ("id", "Di mana?"))
    ]
    kinds = {told.kind for told in pairs_of(files, EMBEDDER)[0] if told.asks and told.same}
    assert kinds == {"en-id questions", "en-vi questions", "id-vi questions"}


def test_questions_of_one_language_alone_are_refused_also_beside_other_rows(tmp_path: Path) -> None:
    rows = written(tmp_path / "rows.jsonl", {"id": "1", "id_text": "Pasar", "en_text": "Market"})
    with pytest.raises(InputError, match="line by line"):
        pairs_of([rows, asked(tmp_path, "en", ("3-0", "Where?", "Here."))], EMBEDDER)


def test_the_line_that_cannot_be_paired_is_named_with_its_file(tmp_path: Path) -> None:
    path = written(tmp_path / "odd.jsonl", {"id": "1", "id_text": "Pasar", "en_text": "Market"}, {"lang": "id", "claim": "Pasar"})
    with pytest.raises(FileError, match=r"odd\.jsonl: line 2"):
        pairs_of([path], EMBEDDER)


def test_the_nearest_others_are_never_the_like_itself_nor_more_than_there_are(tmp_path: Path) -> None:
    rows = [{"id": str(n), "id_text": f"Pasar {n} tutup", "en_text": f"Market {n} closed"} for n in range(2)]
    pairs, sides = pairs_of([written(tmp_path / "a.jsonl", *rows)], EMBEDDER)
    others = [one for one in pairs if not one.same]
    assert [(one.left[1], one.right[1]) for one in others] == [("Pasar 0 tutup", "Market 1 closed"), ("Pasar 1 tutup", "Market 0 closed")]
    assert sides.nearest(("id", "Pasar 0 tutup"), "id", NEAREST) == [("id", "Pasar 1 tutup")]


def test_a_side_never_counts_its_own_like_among_what_is_usual(tmp_path: Path) -> None:
    rows = [{"id": "1", "id_text": "Pasar Legi tutup", "en_text": "Pasar Legi tutup"}, {"id": "2", "id_text": "Air", "en_text": "Water"}]
    pairs, sides = pairs_of([written(tmp_path / "a.jsonl", *rows)], EMBEDDER)
    left, right = sides.pair(pairs[0])
    assert (left.usual, right.usual) == (USUAL, USUAL)
    assert sides.raw_cosine(pairs[0]) == pytest.approx(1.0, abs=1e-4)


# ---- parts and draws --------------------------------------------------------------------------------------------------------
@quick
@given(st.text(max_size=20), st.sampled_from(("supported", "id-en", "other")))
def test_the_part_depends_on_the_group_alone(group: str, kind: str) -> None:
    assert pair(kind, group=group).part == pair("unrelated", False, group).part
    assert pair(kind, group=group).part in (0, 1)


def test_the_parts_of_many_groups_are_about_halves() -> None:
    parts = [pair("id-en", group=str(number)).part for number in range(400)]
    assert 160 <= sum(parts) <= 240


@quick
@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 99))
def test_a_draw_takes_rows_that_are_there_each_at_most_once(there: int, wanted: int, seed: int) -> None:
    rows = [{"claim": str(number)} for number in range(there)]
    taken = Draw(facts=(wanted, seed), translated=(0, 0)).of(rows)
    names = [row["claim"] for row in taken]
    assert len(names) == len(set(names)) == min(there, wanted)
    assert rows == [{"claim": str(number)} for number in range(there)], "the rows given are left as they stood"


def test_another_seed_draws_other_rows() -> None:
    rows = [{"id_text": str(number)} for number in range(50)]
    one, other = (Draw(facts=(0, 0), translated=(10, seed)).of(rows) for seed in (1, 2))
    assert one != other


# ---- figures ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "same", "precision", "recall"),
    [
        ("1100", "1010", 0.5, 0.5),
        ("1111", "1000", 0.25, 1.0),
        ("0000", "1000", 1.0, 0.0),
        ("1000", "0000", 0.0, 0.0),
        ("1110", "1100", 0.6667, 1.0),
        ("0000", "0000", 1.0, 0.0),
    ],
)
def test_precision_and_recall_of_a_verdict(said: str, same: str, precision: float, recall: float) -> None:
    assert claims_eval.rates(bits(said), bits(same)) == (precision, recall)


@pytest.mark.parametrize(
    ("same", "recall"),
    [("1111", 1.0), ("1100", 1.0), ("0111", 0.0), ("1011", 0.3333), ("0000", 0.0), ("1" * 19 + "01", 1.0)],
)
def test_the_recall_wanted_is_read_down_the_ranking_as_far_as_precision_lasts(same: str, recall: float) -> None:
    """The last: nineteen right, one wrong (19 of 20 is still enough), one more right."""
    scores = np.linspace(1.0, 0.0, len(same))
    assert claims_eval.recall_at(scores, bits(same)) == pytest.approx(recall)


def test_the_order_of_the_rows_does_not_change_the_recall_where_scores_differ() -> None:
    scores, same = np.array([0.1, 0.9, 0.5, 0.7]), bits("0101")
    assert claims_eval.recall_at(scores, same) == claims_eval.recall_at(scores[::-1], same[::-1]) == 1.0


def test_the_share_let_through_is_of_its_kind_alone() -> None:
    pairs = [pair("contradicted", False), pair("contradicted", False), pair("unrelated", False), pair("supported")]
    assert claims_eval.share(bits("1001"), pairs, "contradicted") == 0.5
    assert claims_eval.share(bits("1001"), pairs, "unrelated") == 0.0
    assert claims_eval.share(bits("1001"), pairs, "nothing of the sort") == 0.0


def test_each_kind_is_judged_with_the_nearest_others_of_its_own_sentences() -> None:
    pairs = [pair("id-en"), pair("other id-en", False), pair("supported"), pair("other", False), pair("contradicted", False)]
    found = claims_eval.by_kind(pairs, bits("11101"), bits("10100"))
    assert found == {"id-en": (0.5, 1.0), "supported": (1.0, 1.0)}, "what people wrote to contradict is counted elsewhere"


@quick
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_to_say_all_finds_all_and_to_say_the_truth_is_never_wrong(rows: list[tuple[bool, bool]]) -> None:
    said, same = (np.array([row[place] for row in rows]) for place in (0, 1))
    precision, recall = claims_eval.rates(said, same)
    assert 0.0 <= precision <= 1.0 and 0.0 <= recall <= 1.0
    assert claims_eval.rates(np.ones(len(rows), dtype=bool), same)[1] == float(same.any())
    assert claims_eval.rates(same, same) == (1.0, float(same.any()))


def test_translated_pairs_of_the_learned_part_are_not_judged(tmp_path: Path) -> None:
    rows = [{"id": str(n), "id_text": f"Pasar {n} di Desa{n} tutup", "en_text": f"Market {n} in Desa{n} closed"} for n in range(10)]
    path = written(tmp_path / "a.jsonl", *rows)
    every, _ = pairs_of([path], EMBEDDER)
    judged = claims_eval.evaluate([path], EMBEDDER)
    assert judged.n == sum(one.part == 1 for one in every) < len(every)
    assert judged.metrics["let_through"] == {"contradicted": 0.0, "unrelated": 0.0}


def test_written_pairs_are_judged_whole_whatever_their_part_and_weigh_only_on_their_own_figure(tmp_path: Path) -> None:
    text = "Sebanyak 300 warga Desa Cikawung mengungsi pada 2 Maret"
    rows = [
        {"lang": "id", "evidence": text, "claim": text, "label": "supported"},
        {"lang": "id", "evidence": text, "claim": text.replace("300", "3.000"), "label": "contradicted"},
    ]
    judged = claims_eval.evaluate([written(tmp_path / "a.jsonl", *rows)], EMBEDDER)
    assert (judged.metrics["precision"], judged.metrics["recall"]) == (1.0, 1.0)
    assert judged.metrics["let_through"] == {"contradicted": 0.0, "unrelated": 0.0}
    assert judged.metrics["precision_with_written"] == 1.0
