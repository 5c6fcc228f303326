"""A head corrected by an office's labels: nothing from nothing, little from few, the same in any order, and noise is refused."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine import kinds, teaching, tone
from kentongan.engine.teaching import Correction, Example, correction_from, missing_among, missing_of, teach

POLES = 3
briefly = settings(max_examples=12, deadline=None)


def believed(scores):
    raw = np.exp(np.array(scores) - np.max(scores))
    return raw / raw.sum()


def heard(n, seed, classes=POLES, lean=(), noise=False, stories=0, sure=1.5):
    """Items as a head sees them; what is said follows its beliefs moved by `lean`, or nothing at all."""
    chance = random.Random(seed)
    made = []
    for number in range(n):
        scores = tuple(chance.gauss(0, sure) for _ in range(classes))
        truth = believed([score + (lean[place] if lean else 0.0) for place, score in enumerate(scores)])
        said = chance.randrange(classes) if noise else chance.choices(range(classes), truth.tolist())[0]
        made.append(Example(f"{number:05}", f"s{number % (stories or n)}", scores, said))
    return made


# Learning


def test_with_no_labels_nothing_changes():
    scores = np.array([0.3, -1.2, 2.0])
    nothing = correction_from([], POLES)
    assert nothing == Correction((0.0, 0.0, 0.0))
    assert nothing.applied(scores) is scores


@briefly
@given(st.integers(2, 5), st.integers(1, 40), st.integers(0, 99))
def test_the_order_of_the_labels_does_not_matter(classes, n, seed):
    examples = heard(n, seed, classes)
    mixed = examples[:]
    random.Random(seed + 1).shuffle(mixed)
    assert correction_from(mixed, classes) == correction_from(examples, classes)


@briefly
@given(st.permutations(range(4)), st.integers(0, 99))
def test_no_class_is_dearer_than_another_whatever_it_is_called(called, seed):
    examples = heard(60, seed, 4)
    other = [replace(one, scores=tuple(one.scores[place] for place in called), said=list(called).index(one.said)) for one in examples]
    first, second = correction_from(examples, 4), correction_from(other, 4)
    assert second.shift == pytest.approx([first.shift[place] for place in called], abs=2e-4)


@briefly
@given(st.integers(0, 2), st.integers(1, 30), st.integers(0, 99))
def test_more_labels_of_a_class_move_its_belief_up_and_none_by_much(chosen, n, seed):
    examples = heard(40, seed)
    more = [Example(f"z{number}", f"z{number}", (0.0, 0.0, 0.0), chosen) for number in range(n)]
    plain = np.zeros(POLES)
    before, after = (believed(correction_from(given, POLES).applied(plain))[chosen] for given in (examples, examples + more))
    assert after > before
    assert abs(after - before) < n / 40


def test_few_labels_change_little_and_many_come_near_the_truth():
    lean = (1.0, 0.0, -1.0)
    three = correction_from(heard(3, 1, lean=lean), POLES).shift
    many = correction_from(heard(80, 1, lean=lean), POLES)
    assert max(map(abs, three)) < 0.5
    assert many.mix == ()
    assert 0.8 < many.shift[0] - many.shift[2] < 2.4


def test_a_label_counts_by_how_many_said_it():
    one = Example("a", "a", (0.0, 0.0, 0.0), 1)
    half = correction_from([replace(one, weight=0.5)], POLES).shift[1]
    assert 0 < half < correction_from([one], POLES).shift[1]
    pair = [replace(one, weight=0.5), replace(one, key="b", weight=0.5)]
    assert correction_from(pair, POLES) == correction_from([one], POLES)


def test_what_the_head_mistakes_is_learned_once_there_are_ten_labels_a_weight():
    sure = [(2.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.0, 0.0, 2.0)]
    confused = [Example(f"{n:04}", f"{n}", sure[n % 3], (1, 1, 2)[n % 3] if n % 5 else n % 3) for n in range(300)]
    few, many = correction_from(confused[:60], POLES), correction_from(confused, POLES)
    assert few.mix == ()
    assert len(many.mix) == POLES
    assert believed(many.applied(np.array(sure[0]))).argmax() == 1
    assert believed(many.applied(np.array(sure[2]))).argmax() == 2


def test_what_an_item_cannot_be_teaches_nothing_and_cannot_be_said():
    guarded = [Example(f"{n}", f"{n}", (0.0, 0.0, 5.0), n % 2, possible=(True, True, False)) for n in range(40)]
    assert correction_from(guarded, POLES).shift == pytest.approx((0, 0, 0), abs=1e-3)
    for said, possible in ((2, (True, True, False)), (3, ()), (-1, ())):
        with pytest.raises(ValueError, match="not among"):
            Example("x", "x", (0.0, 0.0, 0.0), said, possible=possible)


def test_a_belief_of_almost_nothing_stays_a_number():
    wild = [Example(f"{n}", f"{n}", (0.0, -900.0, 900.0), n % 3) for n in range(120)]
    correction = correction_from(wild, POLES)
    assert all(np.isfinite(correction.applied(np.array([0.0, -900.0, 900.0]))))
    assert max(map(abs, correction.shift)) < 30


# What is enough


def test_it_says_how_much_is_missing():
    assert missing_of(50, 30, 2, 10).anything is False
    short = missing_of(41, 30, 1, 12)
    assert (short.items, short.drawn, short.classes, short.stories, short.anything) == (9, 0, 1, 0, True)
    put_right = [replace(one, drawn=False) for one in heard(60, 1)]
    assert missing_among(put_right).drawn == teaching.LEAST_DRAWN
    with pytest.raises(ValueError, match="too few"):
        teach(put_right, POLES)
    assert missing_among(heard(60, 1, stories=4)).stories == 6
    assert missing_among([]).items == teaching.LEAST_ITEMS


# Is it better?


def test_an_office_whose_answers_lean_to_one_side_is_helped():
    lean = (1.6, 0.0, -1.6)
    taught = teach(heard(200, 4, lean=lean), POLES)
    assert taught.better
    assert (taught.items, taught.drawn, taught.stories) == (200, 200, 200)
    assert taught.loss.after < taught.loss.before
    assert taught.loss.high < 0 < taught.f1.after - taught.f1.before
    assert taught.f1.low < taught.f1.after - taught.f1.before < taught.f1.high


@pytest.mark.parametrize("n", [60, 120, 300])
def test_labels_that_hang_together_with_nothing_are_refused(n):
    verdicts = {teach(heard(n, seed, noise=True), POLES).verdict for seed in range(12)}
    assert "better" not in verdicts


@pytest.mark.parametrize("n", [60, 300])
def test_a_head_that_is_right_already_is_kept(n):
    found = [teach(heard(n, seed), POLES) for seed in range(12)]
    assert [one.verdict for one in found if one.better] == []
    assert all(one.loss.low <= 0 <= one.loss.high or one.loss.low > 0 for one in found)


def test_one_answer_to_everything_is_no_reading_of_the_text():
    chance = random.Random(3)
    always = [Example(f"{n:03}", f"{n}", tuple(chance.gauss(0, 2) for _ in range(POLES)), int(n % 12 == 0)) for n in range(240)]
    assert teach(always, POLES).verdict in {"no_text", "fewer_right"}


def test_what_people_put_right_teaches_but_does_not_judge():
    fair = heard(150, 8)
    only_errors = [
        replace(one, key=f"e{one.key}", story=f"e{one.story}", said=int(np.argmin(one.scores)), weight=0.5, drawn=False)
        for one in heard(150, 9)
    ]
    taught = teach(fair + only_errors, POLES)
    assert (taught.items, taught.drawn) == (300, 150)
    assert not taught.better
    assert taught.loss.before == pytest.approx(teach(fair, POLES).loss.before)


def test_copies_of_one_story_do_not_judge_what_they_taught():
    once = heard(40, 5, noise=True)
    copied = [replace(one, key=f"{one.key}-{copy}") for one in once for copy in range(6)]
    taught = teach(copied, POLES)
    assert (taught.drawn, taught.stories) == (240, 40)
    assert not taught.better
    alone, together = teach(heard(120, 6), POLES).loss, teach(heard(120, 6, stories=12), POLES).loss
    assert alone.before == together.before


@briefly
@given(st.integers(0, 30))
def test_judging_is_the_same_in_any_order(seed):
    examples = heard(60, seed, lean=(0.8, 0.0, -0.8), stories=25)
    assert teach(examples[::-1], POLES) == teach(examples, POLES)


def test_folds_part_whole_stories_evenly():
    rows = teaching._rows_of(heard(95, 2, stories=33))
    folds = teaching._folds(rows)
    assert {len({fold for fold, story in zip(folds, rows.stories, strict=True) if story == one}) for one in rows.stories} == {1}
    assert max(np.bincount(folds)) - min(np.bincount(folds)) <= 3


def test_macro_f1_is_that_of_the_textbook():
    said, told = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 0])
    change = teaching._f1_change(told, said, said, np.arange(5))
    assert change.before == pytest.approx((0.5 + 0.8 + 0.0) / 3)
    assert change.after == 1.0


# The heads themselves

BOTH = "Pelayanannya sangat bagus dan ramah, terima kasih. Antrean sangat buruk dan mengecewakan, payah."


def test_a_correction_belongs_to_the_head_it_was_learned_beside():
    digests = {teaching.digest_of("kinds"), teaching.digest_of("tone")}
    assert len(digests) == 2
    assert {len(one) for one in digests} == {64}


def test_the_kind_of_an_item_follows_the_correction_but_not_past_the_guards():
    text = "Jalan di depan pasar dibuka lagi"
    scores, possible = kinds.read("", text, None, "id", "public")
    plain = kinds.kind_of("", text, None, "id", "public")
    assert kinds.kind_of("", text, None, "id", "public", Correction((0.0,) * 8)) == plain
    toward = Correction(tuple(9.0 if kind in {"praise", "rumour"} else 0.0 for kind in kinds.KINDS))
    assert kinds.kind_of("", text, None, "id", "public", toward).kind == "praise"
    assert kinds.kind_of("", text, None, "id", "public", toward).beliefs["rumour"] == 0
    assert kinds.kind_of("", text, None, "id", "official", toward).kind in {"announcement", "report", "claim", ""}
    assert len(scores) == len(kinds.KINDS)
    assert "rumour" not in possible


def test_the_tone_follows_the_correction_where_the_rules_leave_it_to_the_head():
    text = "Jembatan itu dibuka kemarin"
    taught = replace(tone.shipped_head(), taught=Correction((0.0, 0.0, 9.0)))
    assert tone.tone_of(text, None, "id", head=taught).tone == "positive"
    assert tone.tone_of(text, None, "id", head=taught, source_kind="press").tone == "neutral", "a rule, not the head"
    assert tone.scores_of(text, None, "id", "press") is None
    assert tone.scores_of("", None, "id", "public") is None
    assert tone.scores_of(BOTH, None, "id", "public") is None
    scores = tone.scores_of(text, None, "id", "public")
    beliefs = tone.tone_of(text, None, "id").poles
    assert believed(scores) == pytest.approx([beliefs[pole] for pole in tone.POLES], abs=1e-4)
