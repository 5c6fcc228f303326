"""Training of the small heads: pure, small enough to read, and the same bytes every time."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from kentongan.engine import language, names
from kentongan.engine.heads import load_arrays
from kentongan.errors import InputError, StateError
from kentongan.measure import train_heads
from kentongan.office.supervisor import KENTONGAN


def test_tags_of_two_sets_become_ours_and_tokens_are_cut_as_at_run_time() -> None:
    words, tags = train_heads.retokenised(["Kahiyang", "ayu-bobby", "di", "DPR", "a."], ["B-PPL", "I-PERSON", "O", "B-IND", "I-PLC"])
    assert words == ["Kahiyang", "ayu", "-", "bobby", "di", "DPR", "a", "."]
    assert tags == ["B-P", "I-P", "I-P", "I-P", "O", "B-G", "B-L", "I-L"]


def toy() -> tuple[list[train_heads.Example], np.ndarray]:
    classes = np.zeros(names.WORD_BUCKETS, dtype=np.uint8)
    sentences = [
        (["kata", "budi", "kemarin"], ["O", "B-P", "O"]),
        (["kata", "siti", "aminah", "tadi"], ["O", "B-P", "I-P", "O"]),
        (["di", "jakarta", "kemarin"], ["O", "B-L", "O"]),
    ]
    return [train_heads.encoded(sentence, classes) for sentence in sentences], classes


def test_the_perceptron_learns_what_stands_before_a_name_and_repeats_itself() -> None:
    examples, classes = toy()
    weights, steps = train_heads.averaged_perceptron(examples, seed=1)
    tagger = names.ChainTagger(weights.astype(np.float32), steps + names.allowed_steps(), classes)
    assert tagger.tags(["kata", "wati", "kemarin"]) == ["O", "B-P", "O"]
    assert tagger.tags(["di", "jakarta", "tadi"]) == ["O", "B-L", "O"]
    again, _ = train_heads.averaged_perceptron(examples, seed=1)
    assert np.array_equal(weights, again)


def test_a_feature_row_is_what_the_language_head_adds_up() -> None:
    text = "banjir di kota tua hari ini kata wali kota bandung pagi tadi"
    row = train_heads.language_features([text]).toarray()[0]
    words = language.words_of(text)
    expected = np.zeros(language.BUCKETS)
    for word in words:
        whole, groups = language.buckets_of(word)
        expected[whole] += 1
        np.add.at(expected, groups, 1 / np.sqrt(len(groups)))
    assert np.allclose(row, expected / language.length_factor(len(words)), atol=1e-5)


def test_a_stored_head_gives_back_its_weights_within_half_a_step() -> None:
    rng = np.random.default_rng(5)
    coefficients, leaning = rng.normal(size=(len(language.LANGUAGES), language.BUCKETS)), rng.normal(size=language.BUCKETS)
    arrays = train_heads.language_arrays(coefficients, np.zeros(len(language.LANGUAGES)), leaning)
    back = arrays["weights"].astype(float) * arrays["steps"].astype(float)
    centred = coefficients.T - coefficients.T.mean(axis=1, keepdims=True)
    assert np.all(np.abs(back[:, :-1] - centred) <= arrays["steps"][:-1].astype(float) * 0.51)


def test_bags_and_cuts_are_drawn_by_their_generator_alone() -> None:
    known = {"banjir": 3.0, "rob": 1.0, "pasang": 1.0}
    first = list(train_heads.bags(known, 5, np.random.default_rng(2)))
    assert first == list(train_heads.bags(known, 5, np.random.default_rng(2)))
    assert set(" ".join(first).split()) <= set(known)
    assert all(3 <= len(bag.split()) <= 12 for bag in first)
    cuts = list(train_heads.cuts(["satu dua tiga empat lima enam"], 20, np.random.default_rng(2)))
    assert all(cut in "satu dua tiga empat lima enam" for cut in cuts)


def test_vietnamese_loses_its_marks_as_when_typed_in_haste() -> None:
    assert train_heads.without_marks("Đường ngập ở Thủ Đức") == "Duong ngap o Thu Duc"


def test_an_archive_of_the_same_arrays_has_the_same_bytes(tmp_path: Path) -> None:
    arrays = {"b": np.arange(5), "a": np.ones((2, 2), dtype=np.int8)}
    train_heads.write_arrays(tmp_path / "one.npz", arrays)
    train_heads.write_arrays(tmp_path / "two.npz", dict(reversed(arrays.items())))
    one, two = ((tmp_path / name).read_bytes() for name in ("one.npz", "two.npz"))
    assert hashlib.sha256(one).digest() == hashlib.sha256(two).digest()


def test_the_heads_carried_fit_the_code_and_are_small() -> None:
    head = load_arrays("language")
    assert head["weights"].shape == (language.BUCKETS, len(language.LANGUAGES) + 1)
    assert load_arrays("names")["weights"].shape == (names.BUCKETS, len(names.TAGS))
    folder = Path(train_heads.heads.__file__).parent
    assert (folder / "language.npz").stat().st_size < 1_000_000
    assert (folder / "names.npz").stat().st_size < 3_000_000
    assert all((folder / f"{name}.md").read_text(encoding="utf-8") for name, _ in train_heads.HEADS)


def test_a_head_that_is_not_there_says_how_to_make_it() -> None:
    with pytest.raises(StateError, match="heads train"):
        load_arrays("nothing")


def test_without_word_frequencies_training_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "wordfreq", None)
    train_heads.frequencies_of.cache_clear()
    with pytest.raises(InputError, match="wordfreq"):
        train_heads.frequencies_of("id")


def test_words_that_no_language_can_claim_are_names_and_brands() -> None:
    pytest.importorskip("wordfreq", reason="the package wordfreq is not installed")
    shared = train_heads.shared_words()
    assert {"microsoft", "korea", "obama"} <= set(shared)
    assert not {"yang", "kerana", "the", "không"} & set(shared)


def test_a_head_there_is_not_and_data_there_are_not_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="language, names"):
        train_heads.main(tmp_path, tmp_path, only="nothing")
    with pytest.raises(InputError):
        train_heads.main(tmp_path / "out", tmp_path, only="names")


def trained(out: Path, data: Path, name: str) -> subprocess.CompletedProcess[str]:
    command = [*KENTONGAN, "heads", "train", str(out), "--data", str(data), "--only", name]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_command_says_what_it_cannot_read(tmp_path: Path) -> None:
    answer = trained(tmp_path / "out", tmp_path, "names")
    assert answer.returncode == 1
    assert answer.stderr.startswith("Error: ")
    assert "Traceback" not in answer.stderr


FOLDER = Path(train_heads.heads.__file__).parent
CARRIED = sorted(path.stem for path in FOLDER.glob("*.npz"))
CARD = (
    "**Serves**",
    "**Was (learned from|trained on)**",
    "licence",
    "**Figures",
    "**Known failures.**",
    "**The nine values of SE Menkominfo 9/2023.**",
)
VALUES = (
    *("Inklusivitas", "Kemanusiaan", "Keamanan", "Aksesibilitas", "Transparansi", "Kredibilitas dan Akuntabilitas"),
    *("Pelindungan Data Pribadi", "Pembangunan dan Lingkungan Berkelanjutan", "Kekayaan Intelektual"),
)


def test_every_head_that_is_carried_is_made_by_the_command() -> None:
    assert sorted(name for name, _ in train_heads.HEADS) == CARRIED


@pytest.mark.parametrize("name", CARRIED)
def test_every_head_has_a_card_with_data_licence_figures_failures_and_the_nine_values(name: str) -> None:
    card = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    for heading in CARD:
        assert re.search(heading.replace("*", r"\*").replace(".", r"\."), card), f"{name}: {heading}"
    values = " ".join(card.partition("**The nine values")[2].split())
    assert [value for value in VALUES if f"*{value}*:" not in values] == []
    figures = card.partition("**Figures")[2].partition("**Known failures")[0]
    assert len(re.findall(r"\b[01]\.\d{2}", figures)) > 2, f"{name}: its own figures, not a pointer to them"


def test_the_centres_are_written_as_they_are_carried(tmp_path: Path) -> None:
    train_heads.write_arrays(tmp_path / "centres.npz", load_arrays("centres"), packed=False)
    assert (tmp_path / "centres.npz").read_bytes() == (FOLDER / "centres.npz").read_bytes()


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("name", CARRIED)
def test_training_again_gives_the_bytes_that_are_carried(name: str, tmp_path: Path) -> None:
    pytest.importorskip("wordfreq", reason="the package wordfreq is not installed")
    data = Path(__file__).parents[2].parent / "shared" / "data"
    if not data.exists():
        pytest.skip("the evaluation data ../shared/data is not there")
    answer = trained(tmp_path, data, name)
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / f"{name}.npz").read_bytes() == (FOLDER / f"{name}.npz").read_bytes()
