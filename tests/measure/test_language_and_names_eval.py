"""The form of the evaluations of language, names and privacy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kentongan.engine.names import Span
from kentongan.errors import FileError
from kentongan.measure import language_eval, names_eval, privacy_eval


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


class FirstTwo:
    """Takes the first two words of a text as a name."""

    def spans(self, text: str) -> tuple[Span, ...]:
        return ((0, text.find(" ", text.find(" ") + 1)),)


def test_languages_are_counted_in_a_confusion_table(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "a.jsonl",
        {"title": "Polisi menahan dua orang karena mencuri uang", "lang": "id"},
        {"text": "Công an bắt hai người", "lang": "vi"},
        {"title": "Công an bắt hai người", "lang": "id"},
        {"evidence": "Police hold two men over stolen money", "lang": "en"},
        {"evidence": "Police hold two men over stolen money", "lang": "en"},
        {"title": "Polizei nimmt zwei Männer wegen Diebstahl fest", "lang": "de"},
    )
    answer = language_eval.evaluate([path])
    assert answer.n == 5
    assert answer.metrics["accuracy"] == 0.8
    assert answer.metrics["confusion"] == {"en": {"en": 1}, "id": {"id": 1, "vi": 1}, "other": {"other": 1}, "vi": {"vi": 1}}


def test_a_name_counts_as_hidden_only_whole_and_a_stretch_as_right_only_when_all_of_it_is_a_name(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "n.jsonl",
        {"lang": "id", "tokens": ["budi", "santoso", "pergi"], "tags": ["B-PPL", "I-PPL", "O"]},
        {"lang": "id", "tokens": ["budi", "pergi", "jauh"], "tags": ["B-PER", "O", "O"]},
        {"lang": "id", "tokens": ["siti", "nur", "aini", "pergi"], "tags": ["B-PERSON", "I-PERSON", "I-PERSON", "O"]},
        {"lang": "id", "tokens": ["di", "jakarta", "barat"], "tags": ["O", "B-PLC", "I-PLC"]},
    )
    answer = names_eval.evaluate([path], FirstTwo())
    assert (answer.n, answer.metrics["names"]) == (4, 3)
    assert answer.metrics["recall"] == round(2 / 3, 4)
    assert answer.metrics["precision"] == 0.5
    assert answer.metrics["token_recall"] == round(5 / 6, 4)
    assert answer.metrics["token_precision"] == round(5 / 8, 4)


def test_made_up_texts_say_where_their_identifiers_stand_and_come_back_the_same() -> None:
    texts = privacy_eval.make_texts(200, seed=1)
    assert texts == privacy_eval.make_texts(200, seed=1)
    assert texts != privacy_eval.make_texts(200, seed=2)
    kinds = {kind for labelled in texts for kind, _, _ in labelled.truth}
    assert kinds == {"phone", "NIK", "NPWP", "email", "plate", "account", "handle", "CCCD"}
    for labelled in texts:
        for _, start, end in labelled.truth:
            assert labelled.text[start:end].strip() == labelled.text[start:end] != ""


def test_hiding_can_be_measured_on_a_file(tmp_path: Path) -> None:
    text = "WA 081234567890 dan 523456789"
    path = lines(
        tmp_path / "p.jsonl", {"text": text, "spans": [{"kind": "phone", "start": 3, "end": 15}, {"kind": "CCCD", "start": 20, "end": 29}]}
    )
    answer = privacy_eval.evaluate([path])
    assert (answer.n, answer.metrics["recall"], answer.metrics["precision"]) == (1, 0.5, 1.0)


@pytest.mark.parametrize(
    ("evaluate", "row"),
    [(language_eval.evaluate, {"title": "a"}), (names_eval.evaluate, {"tokens": ["a"], "tags": []})],
)
def test_a_line_of_another_form_is_named(evaluate: object, row: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(FileError, match="line 1"):
        evaluate([lines(tmp_path / "x.jsonl", row)])  # type: ignore[operator]
