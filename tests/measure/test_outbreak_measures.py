"""Outbreak measures on series of a few weeks, with every figure counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.surveillance import Settings
from kentongan.errors import FileError
from kentongan.measure import outbreak_detectors as known
from kentongan.measure import outbreaks_eval
from kentongan.measure.outbreak_series import LEAST_CASES, PRESENT, SCENARIOS, SIZES, WEEKS, Batch, Scenario, one_scenario
from kentongan.measure.outbreaks_eval import Judged, bound_at, evaluate, figures, judged, runs

quick = settings(max_examples=25, deadline=None)
NO_SIZE = np.zeros(1, dtype=np.int64)


def row(*counts: float) -> Any:
    return np.array([counts], dtype=float)


def flags(text: str) -> Any:
    """`.x..` as one series of weeks."""
    return np.array([[sign == "x" for sign in line] for line in text.split()])


def part(truth: str, ours: str = "", **others: Any) -> Judged:
    known_truth = flags(truth)
    return Judged(known_truth, flags(ours) if ours else np.zeros_like(known_truth), others, np.zeros(len(known_truth), dtype=np.int64))


# ---- detectors --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("week", "deviations"),
    [(2, 0.0), (3, 1 / 1.0), (1, -1 / 1.0), (6, 4.0), (0, -2.0)],
)
def test_c1_says_how_many_deviations_a_week_is_from_a_base_of_one_to_three(week: int, deviations: float) -> None:
    """Base 1 3 1 3 3 1 2: mean 2, squares 1+1+1+1+1+1+0 = 6 over six, so a deviation of one."""
    assert known.ears_c1(row(1, 3, 1, 3, 3, 1, 2, week))[0, 7] == pytest.approx(deviations)


def test_c2_is_not_taken_in_by_the_two_weeks_in_which_an_outbreak_grows() -> None:
    """C2 has the base 1 3 1 3 3 1 2 with a deviation of one; C1 has the two high weeks in its base and stays under its bound."""
    counts = row(1, 3, 1, 3, 3, 1, 2, 8, 12, 14)
    assert known.ears_c2(counts)[0, 9] == pytest.approx(12.0)
    assert known.ears_c1(counts)[0, 9] < known.WARN["ears_c1"] < known.ears_c2(counts)[0, 9]


def test_c3_adds_nothing_for_weeks_that_are_under_one_deviation() -> None:
    """C2 has 0 in week 9 and 0.5 in week 10, so the sum in week 11 is what that week has above one."""
    counts = row(1, 3, 1, 3, 3, 1, 2, 2, 2, 2, 2, 9)
    c2 = known.ears_c2(counts)[0]
    assert c2[9] == pytest.approx(0.0) and c2[10] < 1
    assert known.ears_c3(counts)[0, 11] == pytest.approx(c2[11] - 1)


def test_c3_still_remembers_a_peak_two_weeks_later_and_forgets_it_in_the_third() -> None:
    value = known.ears_c3(row(1, 3, 1, 3, 3, 1, 2, 2, 2, 6, 2, 2, 2))[0]
    assert value[9] == pytest.approx(3.0) and value[10] == pytest.approx(3.0) and value[11] == pytest.approx(3.0)
    assert value[12] == pytest.approx(0.0)


@pytest.mark.parametrize("name", ["ears_c1", "ears_c2", "ears_c3", "farrington", "farrington_all"])
def test_a_detector_says_nothing_of_a_series_too_short_for_it(name: str) -> None:
    value = known.DETECTORS[name](row(1, 2, 3))
    assert value.shape == (1, 3) and not value.any()


@pytest.mark.parametrize("name", ["ears_c1", "ears_c2", "ears_c3"])
def test_series_are_judged_apart(name: str) -> None:
    one, other = [1, 3, 1, 3, 3, 1, 2, 8, 12, 14], [5, 5, 6, 5, 6, 5, 6, 5, 5, 30]
    both = known.DETECTORS[name](np.array([one, other], dtype=float))
    assert np.array_equal(both, np.vstack([known.DETECTORS[name](row(*one)), known.DETECTORS[name](row(*other))]))


@quick
@given(st.lists(st.integers(0, 30), min_size=10, max_size=16), st.integers(1, 9))
def test_a_constant_more_in_every_week_changes_no_deviation(counts: list[int], more: int) -> None:
    base, lifted = row(*counts), row(*(count + more for count in counts))
    assert known.ears_c2(lifted) == pytest.approx(known.ears_c2(base))


@quick
@given(st.lists(st.integers(0, 30), min_size=9, max_size=14), st.integers(0, 30))
def test_no_week_is_judged_by_what_comes_after_it(counts: list[int], later: int) -> None:
    before, after = row(*counts), row(*counts, later)
    for name in ("ears_c1", "ears_c2", "ears_c3"):
        assert np.array_equal(known.DETECTORS[name](before), known.DETECTORS[name](after)[:, :-1])


def test_farrington_with_one_year_uses_what_is_older_than_half_a_year() -> None:
    """Week 55 is the first with a whole year and three weeks before it: weeks 0 to 28."""
    weeks, level = known.reference_weeks(55)
    assert (weeks[0], weeks[-1]) == (0, 28)
    assert level[:7].tolist() == [9] * 7 and level[7:12].tolist() == [0] * 5
    assert not known.farrington_all(np.full((1, 55), 9.0)).any()


def test_farrington_counts_its_five_cases_over_four_weeks() -> None:
    counts = np.zeros((2, 120))
    counts[0, 116:120] = [1, 1, 1, 1]
    counts[1, 116:120] = [1, 1, 1, 2]
    value = known.farrington(counts, 119)[:, 119]
    assert value[0] == 0.0 and value[1] > 0.0


def test_a_week_without_a_case_is_never_rare() -> None:
    value = known.farrington_all(np.array([[6.0] * 119 + [0.0]]), 119)
    assert value[0, 119] == pytest.approx(0.0)


def test_a_past_outbreak_weighs_less_so_that_the_next_is_still_seen() -> None:
    counts = np.full((1, 160), 6.0)
    counts[0, 52] = 90.0
    mean, _ = known.expected_by_farrington(counts, 105)
    plain = (13 * 6 + 90) / 14
    assert 6.0 <= mean[0] < (6 + plain) / 2, "of the fourteen weeks of the season one was an outbreak"
    assert known.weights(np.array([[0.0, 2.58, 2.59]]))[0, 2] < known.weights(np.array([[0.0, 2.58, 2.59]]))[0, 1]


# ---- simulated series -------------------------------------------------------------------------------------------------------
def test_a_scenario_without_waves_or_trend_is_flat_and_one_with_two_has_two_tops_a_year() -> None:
    assert Scenario(1.0, 0.0, (0.5, 0.5), 1.0, 0).mean() == pytest.approx(np.full(WEEKS, np.e))
    year = Scenario(1.0, 0.0, (0.5, 0.0), 1.0, 2).mean()[:53]
    tops = [week for week in range(1, 52) if year[week] > year[week - 1] and year[week] >= year[week + 1]]
    assert tops == [25, 51]
    assert year[51] == pytest.approx(np.exp(1.0 + 0.5 + 0.5)), "both waves top at the year's end"
    assert year[25] == pytest.approx(np.exp(1.0)), "at half of it they stand against each other"


def test_a_trend_multiplies_a_week_by_the_same_factor_each_year() -> None:
    mean = Scenario(0.0, 0.01, (0.3, 0.2), 1.0, 1).mean()
    assert mean[52] / mean[0] == pytest.approx(np.exp(0.52)) and mean[600] / mean[548] == pytest.approx(np.exp(0.52))


def test_the_first_ten_series_of_a_scenario_have_no_past_outbreak_and_the_next_have() -> None:
    batch = one_scenario(SCENARIOS[30], 12, np.random.default_rng(4))
    past = batch.outbreak[:, : WEEKS - PRESENT].any(1)
    assert past.tolist() == [False] * 10 + [True] * 2
    assert batch.size.tolist() == [*SIZES, 1, 2]


def test_counts_are_whole_and_a_present_outbreak_has_its_cases_in_them() -> None:
    batch = one_scenario(SCENARIOS[36], 3, np.random.default_rng(0))
    assert np.array_equal(batch.counts, np.floor(batch.counts)) and (batch.counts >= 0).all()
    for series, start, end in runs(batch.outbreak):
        assert batch.counts[series, start:end].sum() >= LEAST_CASES


# ---- figures ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("truth", "spans"),
    [
        ("....", []),
        ("xxxx", [(0, 0, 4)]),
        ("x..x", [(0, 0, 1), (0, 3, 4)]),
        (".xx. x..x", [(0, 1, 3), (1, 0, 1), (1, 3, 4)]),
        ("..x x..", [(0, 2, 3), (1, 0, 1)]),
    ],
)
def test_an_outbreak_is_weeks_on_end_of_one_series(truth: str, spans: list[tuple[int, int, int]]) -> None:
    assert runs(flags(truth)) == spans


@pytest.mark.parametrize(
    ("truth", "warned", "found", "sensitivity", "false", "delay"),
    [
        (".xx.", ".xx.", 1.0, 1.0, 0.0, 0.0),
        (".xx.", "..x.", 1.0, 0.5, 0.0, 1.0),
        (".xx.", "x..x", 0.0, 0.0, 1.0, 0.0),
        ("....", "x...", 0.0, 0.0, 0.25, 0.0),
        ("xxxx", "....", 0.0, 0.0, 0.0, 0.0),
        (".xxx.x", "...x.x", 1.0, 0.5, 0.0, 1.0),
        ("xx.. ..xx", "x... ...x", 1.0, 0.5, 0.0, 0.5),
    ],
)
def test_the_four_figures_are_counted(truth: str, warned: str, found: float, sensitivity: float, false: float, delay: float) -> None:
    assert figures([part(truth)], [flags(warned)]) == {
        "found": found,
        "sensitivity": sensitivity,
        "false_alarm_rate": false,
        "delay_weeks": delay,
    }


def test_batches_of_other_lengths_are_counted_together_and_not_averaged() -> None:
    """Of five usual weeks one is cried, though in the short batch it is one of one."""
    got = figures([part(".xx...x"), part(".x")], [flags(".x....x"), flags("x.")])
    assert got == {"found": 0.6667, "sensitivity": 0.5, "false_alarm_rate": 0.2, "delay_weeks": 0.0}


def test_warnings_must_be_given_for_every_batch() -> None:
    with pytest.raises(ValueError, match="shorter"):
        figures([part(".x"), part(".x")], [flags(".x")])


@pytest.mark.parametrize(("rate", "crying"), [(0.0, 0), (0.2, 1), (0.39, 1), (0.4, 2), (1.0, 5)])
def test_a_bound_lets_just_so_many_usual_weeks_through(rate: float, crying: int) -> None:
    statistic = np.array([[1.0, 9.0, 2.0, 3.0, 4.0, 5.0]])
    bound = bound_at([part(".x....", x=statistic)], "x", rate)
    usual = statistic[0, [0, 2, 3, 4, 5]]
    assert int((usual > bound).sum()) == crying


def test_equal_values_at_the_bound_are_all_silent() -> None:
    statistic = np.array([[2.0, 2.0, 2.0, 2.0]])
    assert not (statistic > bound_at([part("....", x=statistic)], "x", 0.5)).any()


@quick
@given(st.lists(st.integers(0, 6), min_size=1, max_size=20), st.floats(0, 1))
def test_the_false_alarms_at_a_moved_bound_are_never_more_than_allowed(values: list[int], rate: float) -> None:
    statistic = row(*values)
    said = statistic > bound_at([part("." * len(values), x=statistic)], "x", rate)
    assert said.sum() <= rate * len(values) + 1e-6


@quick
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=20))
def test_every_figure_but_the_delay_is_a_share(rows: list[tuple[bool, bool]]) -> None:
    truth, warned = (np.array([[one[place] for one in rows]]) for place in (0, 1))
    got = figures([Judged(truth, warned, {}, NO_SIZE)], [warned])
    assert all(0.0 <= got[name] <= 1.0 for name in ("found", "sensitivity", "false_alarm_rate"))
    assert (got["sensitivity"] > 0) == (got["found"] > 0), "a week is hit just where an outbreak is found"
    assert 0.0 <= got["delay_weeks"] < len(rows)


# ---- files ------------------------------------------------------------------------------------------------------------------
def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return path


def weeks_of(name: str, counts: list[float], outbreak: set[int]) -> list[dict[str, Any]]:
    return [{"series": name, "week": week, "count": count, "outbreak": week in outbreak} for week, count in enumerate(counts)]


STEADY: list[float] = [2, 3, 2, 3, 2, 3, 2, 3, 2, 3]


def test_only_the_weeks_from_the_given_one_on_are_judged() -> None:
    batch = Batch(row(*STEADY, 40), flags("..........x"), NO_SIZE)
    got = judged(batch, 8, Settings())
    assert got.outbreak.shape == got.ours.shape == (1, 3)
    assert got.ours.tolist() == [[False, False, True]]
    assert {name: value.shape for name, value in got.others.items()} == dict.fromkeys(known.DETECTORS, (1, 3))


def test_an_outbreak_before_the_eighth_week_is_nobodys_to_find(tmp_path: Path) -> None:
    metrics = evaluate([written(tmp_path / "a.jsonl", *weeks_of("a", [2, 40, *STEADY], {1}))]).metrics
    assert (metrics["found"], metrics["sensitivity"]) == (0.0, 0.0)


def test_series_of_several_files_and_lengths_are_all_counted(tmp_path: Path) -> None:
    one = written(tmp_path / "a.jsonl", *weeks_of("a", [*STEADY, 40], {10}), *weeks_of("b", STEADY, set()))
    two = written(tmp_path / "b.jsonl", *weeks_of("a", [*STEADY, 2, 40], {11}))
    answer = evaluate([one, two])
    assert answer.n == 3, "the same name in another file is another series"
    assert (answer.metrics["found"], answer.metrics["delay_weeks"]) == (1.0, 0.0)
    assert "by_size" not in answer.metrics


def test_at_our_rate_no_other_detector_cries_oftener(tmp_path: Path) -> None:
    counts = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 30, 3, 2, 3, 8, 4]
    metrics: Any = evaluate([written(tmp_path / "a.jsonl", *weeks_of("a", [float(count) for count in counts], {14}))]).metrics
    assert set(metrics["beside"]) == set(metrics["at_equal_rate"]) == set(known.WARN)
    assert all(other["false_alarm_rate"] <= metrics["false_alarm_rate"] + 1e-4 for other in metrics["at_equal_rate"].values())


@pytest.mark.parametrize(
    "wrong",
    [
        {"week": "1", "count": 1, "outbreak": False},
        {"week": 1, "count": -1, "outbreak": False},
        {"week": 1, "count": None, "outbreak": False},
        {"week": 1, "count": 1, "outbreak": "no"},
        {"week": 1, "count": 1},
        {"week": 0, "count": 1, "outbreak": False},
    ],
)
def test_a_line_that_is_no_week_of_a_series_is_refused_with_its_number(tmp_path: Path, wrong: dict[str, Any]) -> None:
    path = written(tmp_path / "a.jsonl", {"series": "a", "week": 0, "count": 1, "outbreak": False}, {"series": "a", **wrong})
    with pytest.raises(FileError, match=r"a\.jsonl: line 2"):
        evaluate([path])


def test_the_share_found_of_a_size_counts_only_series_of_that_size() -> None:
    truth, ours = flags(".xx. .xx. .xx."), flags(".x.. .... ..x.")
    whole = Judged(truth, ours, {}, np.array([1, 1, 2]))
    assert [outbreaks_eval._found_of([whole], size) for size in (1, 2, 3)] == [0.5, 1.0, 0.0]
