"""Training and measuring of tone and kinds: what is left out, what is mixed, how honest a belief is; on sets one can check by hand."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from kentongan.engine import kinds, tone
from kentongan.engine.heads import load_arrays
from kentongan.engine.vectors import FloatArray
from kentongan.errors import FileError, InputError
from kentongan.measure import kinds_eval, tone_eval, train_kinds, train_tone
from kentongan.measure.train_tone import Example

DATA = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As in training: on a busy machine threads that add up small tables wait for one another longer than they add."""
    with threadpool_limits(limits=1):
        yield


class Hashed:
    """Vectors drawn from the text's own hash."""

    name, dimension = "hashed", 384

    def embed(self, texts: Sequence[str]) -> FloatArray:
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) for text in texts]
        rows = [np.random.default_rng(seed).normal(size=384) for seed in seeds]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32).reshape(len(texts), 384)


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_row_that_nearly_repeats_one_that_is_measured_on_is_left_out_and_translations_lie_in_one_fold(tmp_path: Path) -> None:
    smsa = [
        {"text": "pelayanan bank ini lambat sekali dan antre", "label": "negative"},
        {"text": "saya suka kue di toko dekat stasiun", "label": "positive"},
        {"text": "rapat dimulai pukul tujuh di balai", "label": "neutral"},
    ]
    lines(tmp_path / "tone/smsa-train.jsonl.gz", *smsa)
    lines(tmp_path / "tone/smsa-valid.jsonl.gz", {"text": "Rapat dimulai pukul tujuh, di balai.", "label": "neutral"})
    lines(tmp_path / "tone/nusax-id-valid.jsonl.gz")
    for language, text in {
        "id": "Saya suka kue di toko dekat stasiun!",
        "en": "I like cakes",
        "jv": "Aku seneng roti",
        "su": "Abdi resep kue",
    }.items():
        lines(tmp_path / f"tone/nusax-{language}-train.jsonl.gz", {"text": text, "label": "positive"})
    found = [one for one in train_tone.all_examples(tmp_path) if one.origin in {"smsa", "nusax"}]
    assert [one.text for one in found if one.origin == "smsa"] == [smsa[0]["text"], smsa[1]["text"]]
    assert {one.group for one in found if one.origin == "nusax"} == {"n0"} == {found[1].group}
    assert found[0].group == "s0"


def test_vietnamese_is_learned_from_our_own_sentences_only() -> None:
    assert {one.origin for one in train_tone.own_examples() if one.language == "vi"} == {"own", "joined"}
    assert "vsfc" not in Path(train_tone.__file__).read_text(encoding="utf-8").replace("UIT-VSFC", "")


def test_a_thing_joined_with_a_judging_word_is_turned_round_by_a_negation() -> None:
    found = {one.text: one.pole for one in train_tone.joined("en", ["the bus"])}
    assert (found["good"], found["the bus good"], found["the bus not good"]) == (2, 2, 0)
    assert (found["bad"], found["the bus not bad"]) == (0, 1)


def test_the_score_that_knows_more_gets_the_larger_share() -> None:
    rng = np.random.default_rng(3)
    poles = rng.integers(0, 3, 300)
    knows, guesses = np.eye(3)[poles] * 3 + rng.normal(size=(300, 3)), rng.normal(size=(300, 3))
    words, meaning, _ = train_tone.best_mixing(knows, guesses, poles)
    assert words > 1.5 > 0.5 > meaning
    assert train_tone.best_mixing(knows, guesses, poles, words_shares=(0.0,))[0] == 0.0


def test_words_learned_from_a_few_texts_tell_them_again_and_the_same_each_time() -> None:
    these = [Example(text, "id", pole, f"s{n}") for n, (text, pole) in enumerate([("bagus sekali", 2), ("buruk sekali", 0), ("rapat", 1)])]
    weights, bias = train_tone.fit_words(these)
    assert (train_tone.word_rows([one.text for one in these]) @ weights + bias).argmax(axis=1).tolist() == [2, 0, 1]
    assert np.array_equal(weights, train_tone.fit_words(these)[0])


def two_languages(noise_of_others: float) -> tuple[list[Example], np.ndarray]:
    """Sentences of our own that are told with some ease, and some of others, told less easily the more noise there is."""
    rng = np.random.default_rng(11)
    these: list[Example] = []
    vectors: list[np.ndarray] = []
    for language in ("id", "en"):
        for origin, noise in (("own", 0.5), ("nusax", noise_of_others)):
            for number in range(120):
                these.append(Example("rapat", language, number % 3, f"s{number}", origin=origin))
                vectors.append(np.concatenate([np.eye(3)[number % 3] + noise * rng.normal(size=3), np.zeros(381)]))
    return these, np.array(vectors)


def test_beliefs_learned_from_our_own_sentences_are_cooled_as_far_as_those_of_others_are_harder() -> None:
    assert train_tone.flattery_of_own(*two_languages(0.5)) == pytest.approx(1.0, abs=0.3)
    assert train_tone.flattery_of_own(*two_languages(1.5)) > 1.5


def test_meaning_of_vietnamese_is_learned_from_its_own_rows_and_english_rows_count_more_for_english() -> None:
    these, vectors = two_languages(1.0)
    these += [Example("họp", "vi", number % 3, f"s{number}", origin="own") for number in range(30)]
    vectors = np.vstack([vectors, np.hstack([-2 * np.eye(3)[np.arange(30) % 3], np.zeros((30, 381))])])
    vietnamese, english, other = (train_tone.fit_meaning(these, vectors, name) for name in ("vi", "en", "other"))
    assert (vectors[-3:] @ vietnamese.vector + vietnamese.bias).argmax(axis=1).tolist() == [0, 1, 2]
    assert (vectors[-3:] @ other.vector + other.bias).argmax(axis=1).tolist() != [0, 1, 2]
    assert not np.allclose(english.vector, other.vector, atol=0.05)


def test_malay_is_mixed_like_indonesian_and_an_unknown_language_is_told_by_meaning_alone() -> None:
    rng = np.random.default_rng(5)
    these = [
        Example("rapat", language, number % 3, f"n{number}", origin="own" if language == "vi" else "nusax")
        for language in ("id", "en", "jv", "su", "vi")
        for number in range(60)
    ]
    poles = np.eye(3)[[one.pole for one in these]]
    names, rows = train_tone.mixing_of(these, 2 * poles + rng.normal(size=poles.shape), poles + rng.normal(size=poles.shape))
    found = dict(zip(names, rows.tolist(), strict=True))
    assert sorted(found) == ["en", "id", "jv", "ms", "other", "su", "vi"]
    assert found["ms"] == found["id"]
    assert found["other"][:2] == [0.0, 2.0]
    assert all(words + meaning == pytest.approx(2.0) and temperature > 0 for words, meaning, temperature in found.values())


def test_scores_by_others_never_come_from_a_row_of_the_same_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_tone, "_ROUNDS", 5)
    these = [
        Example(text, language, pole, f"s{number}", origin="nusax")
        for number in range(10)
        for language in ("id", "en", "vi")
        for text, pole in (("bagus sekali", 2), ("buruk sekali", 0), ("rapat pagi", 1))
    ]
    # In the first fold the labels are turned round: who learns from the others only cannot know it.
    turned = [
        one if train_tone.fold_of(one.group) else Example(one.text, one.language, 2 - one.pole, one.group, origin="nusax") for one in these
    ]
    by_words, by_meaning = train_tone.scores_by_others(turned, np.zeros((len(turned), 384)))
    first = [number for number, one in enumerate(turned) if train_tone.fold_of(one.group) == 0]
    told = by_words[first].argmax(axis=1).tolist()
    assert told == [2 - turned[number].pole for number in first]
    assert np.isfinite(by_meaning).all()


def test_what_is_embedded_is_cut_at_a_word_and_what_is_alike_is_found_in_other_spelling() -> None:
    long = "kata " * 100
    assert len(train_tone.lead_of(long)) <= 240
    assert train_tone.lead_of(long).endswith("kata")
    assert train_tone.lead_of("  satu_dua\n tiga ") == "satu dua tiga"
    assert list(
        train_tone.alike(["Airnya keruh sekali pagi ini"], ["AIRNYA keruh, sekali... pagi ini", "jalan berlubang di depan pasar"])
    ) == [(0, 0)]


def test_f1_of_a_class_that_neither_has_is_nought() -> None:
    found = tone_eval.f1_by_class(np.array([0, 0, 1]), np.array([0, 1, 1]), 3)
    assert found.tolist() == pytest.approx([2 / 3, 2 / 3, 0.0])


def test_a_line_in_an_unknown_language_is_judged_as_other_and_one_without_text_is_named(tmp_path: Path) -> None:
    told = tone_eval.evaluate([lines(tmp_path / "a.jsonl", {"text": "hmm", "lang": "xx", "label": "neutral"})], Hashed())
    assert told.n == 1
    good = {"text": "bagus", "lang": "id", "label": "positive"}
    with pytest.raises(FileError, match="line 2"):
        tone_eval.evaluate([lines(tmp_path / "b.jsonl", good, {"lang": "id", "label": "positive"})], Hashed())


def test_a_cue_that_is_hidden_leaves_the_other_counts_alone() -> None:
    cues = np.arange(32, dtype=float).reshape(2, 16) + 1
    hidden = train_kinds.hidden(cues)
    assert not hidden[:, :6].any()
    assert np.array_equal(hidden[:, 6:], cues[:, 6:])
    assert cues.all(), "the rows that were asked are not touched"


def test_calibration_is_counted_by_hand() -> None:
    sure, right = np.array([0.95, 0.95, 0.55, 0.55]), np.array([True, True, True, False])
    assert tone_eval.calibration_error(sure, right) == pytest.approx((2 * 0.05 + 2 * 0.05) / 4)
    assert tone_eval.calibration_error(np.ones(3), np.ones(3, dtype=np.bool_)) == 0
    assert 0 < tone_eval.error_by_chance(np.full(50, 0.7)) < 0.1


def test_figures_count_every_line_with_its_strongest_pole_and_say_how_many_were_answered() -> None:
    beliefs = np.array([[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8], [0.1, 0.2, 0.7]])
    told = tone_eval.figures(beliefs, np.array([0, 1, 2, 0]), np.array([True, False, True, True]))
    assert (told["accuracy"], told["answered"], told["answered_accuracy"]) == (0.75, 0.75, 0.6667)
    assert told["macro_f1"] == pytest.approx((2 / 3 + 1 + 2 / 3) / 3, abs=1e-4)
    assert tone_eval.figures(np.zeros((0, 3)), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_))["accuracy"] == 0.0


def test_a_set_is_judged_in_the_agreed_form(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "t.jsonl",
        {"text": "Pelayanannya bagus sekali, terima kasih", "lang": "id", "label": "positive"},
        {"text": "Buruk dan lambat, kecewa", "lang": "id", "label": "negative"},
    )
    told = tone_eval.evaluate([file], Hashed())
    assert told.n == 2
    assert {"accuracy", "macro_f1", "weighted_f1", "ece", "answered"} <= set(told.metrics)
    with pytest.raises(FileError, match="line 1"):
        tone_eval.evaluate([lines(tmp_path / "bad.jsonl", {"text": "a", "lang": "id", "label": "mixed"})], Hashed())


def test_kinds_are_measured_without_files_by_cross_validation() -> None:
    told = kinds_eval.evaluate([], Hashed())
    assert told.n == 480
    assert {"accuracy", "macro_f1", "rules_accuracy", "without_cues_accuracy", "f1", "ece", "ece_tempered"} <= set(told.metrics)
    with pytest.raises(InputError):
        kinds_eval.evaluate([Path("x")], Hashed())


def test_a_temperature_is_found_on_the_other_folds_and_mends_beliefs_that_are_too_sure_or_not_sure_enough() -> None:
    rng = np.random.default_rng(3)
    honest = rng.normal(0, 1.5, size=(4000, len(kinds.KINDS)))
    shares = np.exp(honest) / np.exp(honest).sum(axis=1, keepdims=True)
    truth = np.array([rng.choice(len(kinds.KINDS), p=row) for row in shares])
    folds = np.arange(4000) % 5
    for factor in (0.5, 1.0, 2.0):
        told = kinds_eval.calibration(honest * factor, truth, folds)
        assert told["temperatures"] == pytest.approx([factor] * 5, rel=0.1)
        assert told["ece_tempered"] < 0.03
    assert kinds_eval.calibration(honest * 2.0, truth, folds)["ece"] > 0.1


def test_twenty_different_sentences_stand_for_each_kind_and_language() -> None:
    counts: dict[tuple[str, int], set[str]] = {}
    for one in train_kinds.examples():
        counts.setdefault((one.language, one.kind), set()).add(one.text)
    assert {len(texts) for texts in counts.values()} == {20}
    assert len(counts) == 3 * len(kinds.KINDS)


def test_the_heads_carried_fit_the_code_are_small_and_have_a_card() -> None:
    head = tone.shipped_head()
    assert head.words.shape == (tone.BUCKETS, 3)
    assert {(one.vector.shape, one.counts.shape) for one in head.meaning.values()} == {((384, 3), (18, 3))}
    assert {"id", "ms", "jv", "su", "vi", "en", "other"} <= set(head.mixing)
    assert load_arrays("kinds")["cues"].shape == (len(kinds.cues_of("")), len(kinds.KINDS))
    folder = Path(tone.__file__).parent / "heads"
    assert sum((folder / f"{name}.npz").stat().st_size for name in ("tone", "kinds")) < 3_000_000
    for name in ("tone", "kinds"):
        card = (folder / f"{name}.md").read_text(encoding="utf-8")
        assert not re.search(r"\b(SIZE|MEANT|OWN|NEWEQ|FIGURES|SAMEBYTES)\b", card), "a blank of the card is not filled in"
        assert all(part in card for part in ("Was trained on", "Figures", "Known failures", "The nine values of SE Menkominfo 9/2023"))


@pytest.mark.soak
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize(("name", "train"), [("tone", train_tone.train), ("kinds", train_kinds.train)])
def test_training_again_gives_the_head_that_is_carried(name: str, train: Any) -> None:
    if not DATA.exists():
        pytest.skip("the evaluation data ../shared/data is not there")
    made, carried = train(DATA), load_arrays(name)
    assert set(made) == set(carried)
    assert all(np.array_equal(made[key], carried[key]) for key in made)
