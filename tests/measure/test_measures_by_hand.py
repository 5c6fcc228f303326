"""Every measure on an example small enough to count on paper, and every evaluation in the agreed form on files of our own."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.names import Span
from kentongan.errors import FileError, KentonganError
from kentongan.measure import (
    duplicates_eval,
    feeds_eval,
    form,
    language_eval,
    names_eval,
    pages_eval,
    parallel_eval,
    privacy_eval,
    stories_eval,
)
from kentongan.measure.clustering import article_from_row, bcubed, clustering_metrics
from kentongan.measure.form import Evaluation, read_jsonl
from kentongan.measure.privacy_eval import Labelled


def lines(path: Path, *rows: object) -> Path:
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


# B-cubed: five items, counted on paper


@pytest.mark.parametrize(
    ("gold", "found", "precision", "recall"),
    [
        ("AABBB", "11222", 1.0, 1.0),
        ("AABBB", "11111", (2 * 2 / 5 + 3 * 3 / 5) / 5, 1.0),  # all in one: precision 13/25
        ("AABBB", "12345", 1.0, (2 * 1 / 2 + 3 * 1 / 3) / 5),  # all apart: recall 2/5
        ("AABBB", "11122", (2 * 2 / 3 + 1 / 3 + 2) / 5, (2 + 1 / 3 + 2 * 2 / 3) / 5),  # one of B strays: 11/15 both
        ("AABBB", "12112", (1 * 1 / 3 + 1 * 1 / 2 + 2 * 2 / 3 + 1 * 1 / 2) / 5, (2 * 1 / 2 + 2 * 2 / 3 + 1 / 3) / 5),
    ],
)
def test_bcubed_is_the_mean_of_the_shares_of_each_item(gold: str, found: str, precision: float, recall: float) -> None:
    got = bcubed(list(gold), list(found))
    assert got[:2] == (pytest.approx(precision), pytest.approx(recall))
    assert got[2] == pytest.approx(2 * precision * recall / (precision + recall))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("123")), min_size=1, max_size=12), st.permutations("xyz"))
def test_bcubed_knows_no_names_no_order_and_swaps_with_its_sides(rows: list[tuple[str, str]], names: list[str]) -> None:
    gold, found = [one for one, _ in rows], [one for _, one in rows]
    precision, recall, f1 = bcubed(gold, found)
    renamed = [names["123".index(one)] for one in found]
    assert bcubed(gold, renamed) == pytest.approx((precision, recall, f1))
    assert bcubed(gold[::-1], found[::-1]) == pytest.approx((precision, recall, f1))
    assert bcubed(found, gold) == pytest.approx((recall, precision, f1))
    assert 0 < precision <= 1 and 0 < recall <= 1


def test_the_number_of_stories_is_that_of_the_answer_not_of_the_gold() -> None:
    assert clustering_metrics(list("AABBB"), list("12345"))["stories"] == 5


# pairs


def test_pairs_of_a_group_are_counted_once_each() -> None:
    gold = {(0, 1), (0, 2), (1, 2), (3, 4)}
    assert duplicates_eval.scores(gold, {(0, 1), (3, 4), (0, 3)}) == (pytest.approx(2 / 3), pytest.approx(2 / 4), pytest.approx(4 / 7))
    assert duplicates_eval.scores(gold, gold) == (1.0, 1.0, 1.0)


# 4-grams


@pytest.mark.parametrize(
    ("true", "found", "share"),
    [
        ("a b c d e f", "a b c d e f", (1.0, 0.0, 0.0)),
        ("a b c d e f", "b c d e f g", (2 / 4, 1 / 4, 1 / 4)),  # bcde, cdef hit; cdef+defg; abcd missed
        ("a b c d", "e f g h", (0.0, 0.5, 0.5)),
        ("a b c d a b c d", "a b c d", (1 / 5, 0.0, 4 / 5)),  # a gram that comes twice must be found twice
        ("a b c d", "", (0.0, 0.0, 1.0)),
        ("", "a b c d", (0.0, 1.0, 0.0)),
        ("A b c d", "a b c d", (0.0, 0.5, 0.5)),
        ("a, b. c! d?", "a b c d", (1.0, 0.0, 0.0)),
    ],
)
def test_word_four_grams_are_counted_with_their_repetitions(true: str, found: str, share: tuple[float, float, float]) -> None:
    assert pages_eval.share(true, found) == pytest.approx(share)


@given(st.text(alphabet="abc ", max_size=40), st.text(alphabet="abc ", max_size=40))
def test_shares_of_a_page_sum_to_one_and_swap_with_its_sides(true: str, found: str) -> None:
    hits, extra, missing = pages_eval.share(true, found)
    assert hits + extra + missing in (pytest.approx(1.0), 0.0)
    assert pages_eval.share(found, true) == pytest.approx((hits, missing, extra))
    assert (pages_eval.share(true, true) == (1.0, 0.0, 0.0)) is bool(true.split())


def test_precision_and_recall_are_means_over_the_pages_that_have_them() -> None:
    pages = [(0.5, 0.5, 0.0), (0.0, 0.0, 1.0), (0.25, 0.0, 0.75)]
    precision, recall, f1 = pages_eval.scores(pages)
    assert precision == pytest.approx((1 / 2 + 1) / 2)  # the second page gave nothing: it has no precision
    assert recall == pytest.approx((1 + 0 + 1 / 4) / 3)
    assert f1 == pytest.approx(2 * precision * recall / (precision + recall))
    assert pages_eval.scores([]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("second", "same"), [(0, True), (59, True), (60, False), (-59, True), (-60, False)])
def test_a_time_is_right_when_it_is_less_than_a_minute_off(second: int, same: bool) -> None:
    found = datetime.fromtimestamp(1_763_000_000 + second, UTC)
    assert pages_eval.same_minute(datetime.fromtimestamp(1_763_000_000, UTC).isoformat(), found) is same
    assert pages_eval.same_minute("2025-11-13T00:00:00+00:00", None) is False


# names


class Fixed:
    """A tagger that hides the stretches it is told to."""

    def __init__(self, *spans: Span) -> None:
        self.given = spans

    def spans(self, text: str) -> tuple[Span, ...]:
        return tuple(span for span in self.given if span[1] <= len(text))


TOKENS = ["Ibu", "Sri", "Rahayu", "bertemu", "Budi", "di", "Melati"]
TAGS = ["O", "B-PER", "I-PER", "O", "B-PER", "O", "B-LOC"]


@pytest.mark.parametrize(
    ("spans", "recall", "precision", "token_recall", "token_precision"),
    [
        ((), 0.0, 0.0, 0.0, 0.0),
        (((4, 14), (23, 27)), 1.0, 1.0, 1.0, 1.0),
        (((4, 7), (23, 27)), 0.5, 1.0, 2 / 3, 1.0),  # half of a name is no name hidden
        (((0, 14), (23, 27)), 1.0, 0.5, 1.0, 3 / 4),  # "Ibu" too
        (((31, 37),), 0.0, 0.0, 0.0, 0.0),  # only the place
        (((4, 27),), 1.0, 0.0, 1.0, 3 / 4),  # one stretch over both and the verb
    ],
)
def test_names_are_counted_whole_and_stretches_strictly(
    tmp_path: Path, spans: tuple[Span, ...], recall: float, precision: float, token_recall: float, token_precision: float
) -> None:
    path = lines(tmp_path / "n.jsonl", {"lang": "id", "tokens": TOKENS, "tags": TAGS})
    metrics = names_eval.evaluate([path], Fixed(*spans)).metrics
    wanted = {"recall": recall, "precision": precision, "token_recall": token_recall, "token_precision": token_precision, "names": 2}
    assert metrics == pytest.approx(wanted, abs=1e-4)


@given(st.lists(st.text(alphabet="abc", min_size=1, max_size=4), max_size=8))
def test_tokens_stand_where_they_are_said_to_stand(tokens: list[str]) -> None:
    text = " ".join(tokens)
    assert [text[start:end] for start, end in names_eval.places_of(tokens)] == tokens


# identifiers


def test_an_identifier_half_hidden_counts_as_open() -> None:
    text = "WA 081234567890 sekarang"
    whole, beyond = Labelled(text, (("phone", 3, 15),)), Labelled(text, (("phone", 3, 24),))
    assert privacy_eval.score([whole])["recall"] == 1.0
    assert privacy_eval.score([beyond])["recall"] == 0.0
    assert privacy_eval.score([Labelled(text, ())])["precision"] == 0.0


def test_made_up_texts_say_their_own_truth() -> None:
    made = privacy_eval.make_texts(50, seed=3)
    assert [one.text for one in made] != sorted(one.text for one in made)
    assert all(0 <= start < end <= len(one.text) for one in made for _, start, end in one.truth)
    assert all(one.truth for one in made)


# the agreed form

FEED = "<rss version='2.0'><channel><title>A</title><item><title>B</title><link>https://a.example/1</link></item></channel></rss>"


class Axes:
    """Texts that begin alike point the same way."""

    name = "axes"
    dimension = 384

    def embed(self, texts: Sequence[str]) -> Any:
        import numpy as np

        vectors = np.zeros((len(texts), 384), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, ord(text[0]) % 384] = 1.0
        return vectors


STORY = {"id": 1, "lang": "id", "title": "Air surut di Melati", "text": "", "story": "a", "time": "13/11/2025 06:40"}
PAGE = {"id": "1", "outlet": "a.example", "url": "https://a.example/1", "title": "Air surut", "text": "Satu dua tiga.", "group": "g"}
PAIR = {"id": "1", "id_text": "Air surut hari ini", "en_text": "Water recedes today"}
TAGGED = {"lang": "id", "tokens": TOKENS, "tags": TAGS}
HEADLINE = {"title": "Air sungai surut sejak pagi tadi kata warga", "lang": "id"}
HIDDEN = {"text": "WA 081234567890", "spans": [{"kind": "phone", "start": 3, "end": 15}]}

AGREED: dict[str, tuple[Callable[[list[Path]], Evaluation], dict[str, object], set[str]]] = {
    "stories": (
        lambda files: stories_eval.evaluate(files, Axes()),
        STORY,
        {"bcubed_precision", "bcubed_recall", "bcubed_f1", "nmi", "ari", "stories"},
    ),
    "parallel": (lambda files: parallel_eval.evaluate(files, "id-en", Axes()), PAIR, {"joined", "false_joins", "p_at_1"}),
    "duplicates": (duplicates_eval.evaluate, PAGE, {"precision", "recall", "f1", "groups", "per_second"}),
    "language": (language_eval.evaluate, HEADLINE, {"accuracy", "confusion"}),
    "names": (lambda files: names_eval.evaluate(files, Fixed()), TAGGED, {"recall", "precision"}),
    "privacy": (privacy_eval.evaluate, HIDDEN, {"recall", "precision"}),
}
COUNTS = {"stories", "groups", "gold_pairs", "across_outlets", "names", "documents", "per_second"}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("task", AGREED)
def test_an_evaluation_gives_the_agreed_names_on_a_file_of_one_row(task: str, packed: bool, tmp_path: Path) -> None:
    evaluate, row, names = AGREED[task]
    result = evaluate([lines(tmp_path / ("a.jsonl.gz" if packed else "a.jsonl"), row)])
    assert result.n == 1
    assert names <= set(result.metrics)
    numbers = {name: value for name, value in result.metrics.items() if isinstance(value, int | float) and name not in COUNTS}
    assert all(0.0 <= value <= 1.0 for value in numbers.values()), numbers
    assert json.loads(json.dumps(result.metrics)) == result.metrics


@pytest.mark.parametrize("task", AGREED)
def test_several_files_are_read_as_one(task: str, tmp_path: Path) -> None:
    evaluate, row, _ = AGREED[task]
    if task in ("stories", "parallel", "duplicates"):
        row = row | {"id": "2", "url": "https://a.example/2"}
    first, second = lines(tmp_path / "a.jsonl", AGREED[task][1]), lines(tmp_path / "b.jsonl", row)
    assert evaluate([first, second]).n == 2


@pytest.mark.parametrize("task", AGREED)
def test_a_row_that_lacks_what_the_measure_needs_is_an_error_a_person_can_put_right(task: str, tmp_path: Path) -> None:
    evaluate, _, _ = AGREED[task]
    with pytest.raises(KentonganError):
        evaluate([lines(tmp_path / "a.jsonl", {"lain": 1})])


@pytest.mark.parametrize("task", AGREED)
def test_a_missing_file_is_named(task: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"tidak-ada\.jsonl"):
        AGREED[task][0]([tmp_path / "tidak-ada.jsonl"])


def test_feeds_and_pages_have_the_agreed_names(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(FEED)
    assert set(feeds_eval.evaluate([tmp_path]).metrics) == {"documents", "parsed", "explained", "crashed", "slow"}
    (tmp_path / "p.html").write_text(f"<html><title>Judul halaman</title><body><p>{'Kata demi kata. ' * 20}</p></body></html>")
    truth = lines(tmp_path / "truth.jsonl", {"file": "p.html", "text": "Kata demi kata. " * 20, "title": "Judul halaman"})
    metrics = pages_eval.evaluate([truth]).metrics
    assert {"f1", "title", "published", "per_second"} <= set(metrics)
    assert (metrics["f1"], metrics["title"], metrics["published"]) == (1.0, 1.0, None)


def test_a_time_of_the_gold_that_is_no_time_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "p.html").write_text("<html><title>Judul halaman</title><body><p>Kata demi kata.</p></body></html>")
    truth = lines(tmp_path / "truth.jsonl", {"file": "p.html", "text": "Kata", "published": "kemarin"})
    with pytest.raises(FileError, match="line 1"):
        pages_eval.evaluate([truth])


# reading


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n  \n", "\r\n"])
def test_blank_lines_and_other_line_ends_are_passed_over(tmp_path: Path, gap: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(gap.join(['{"a": 1}', '{"a": 2}']).encode())
    assert [row["a"] for row in read_jsonl(path)] == [1, 2]


def test_rows_before_a_broken_line_are_given_and_the_line_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n\n{"a": 2}\nrusak\n')
    rows = read_jsonl(path)
    assert [next(rows)["a"], next(rows)["a"]] == [1, 2]
    with pytest.raises(FileError) as caught:
        next(rows)
    assert (caught.value.line, caught.value.subject) == (4, str(path))


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": "\xff\xfe"}\n')
    with pytest.raises(FileError, match="is not UTF-8"):
        list(form.read_jsonl(path))


@pytest.mark.parametrize(("lang", "known"), [("id", "id"), ("vi", "vi"), ("de", "other"), (None, "other"), ("", "other")])
def test_a_row_becomes_an_article_with_its_language_or_other(lang: str | None, known: str) -> None:
    first = article_from_row({"id": "7", "title": " Air surut ", "lang": lang}, 5)
    assert (first.title, first.language, first.published.second, first.source_kind) == ("Air surut", known, 5, "press")
    assert first == article_from_row({"id": "7", "title": "Air surut", "lang": lang}, 5)
    assert first.id != article_from_row({"id": "8", "title": "Air surut", "lang": lang}, 5).id
