"""The known detectors against values counted by hand from their papers, the simulated series, and the figures of the evaluation."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import nbinom, poisson
from sklearn.linear_model import PoissonRegressor

from kentongan.cli.main import main
from kentongan.errors import FileError
from kentongan.measure import outbreak_detectors as known
from kentongan.measure import outbreaks_eval
from kentongan.measure.outbreak_series import PRESENT, SCENARIOS, WEEKS, Batch, one_scenario, simulated
from kentongan.measure.outbreaks_eval import Judged, bound_at, figures, runs

SHARED = Path(__file__).resolve().parents[3] / "shared/data/outbreaks"


def row(*counts):
    return np.array([counts], dtype=float)


def test_c1_is_the_distance_from_the_seven_weeks_before_in_standard_deviations():
    """Mean 4, sample variance 28/6."""
    assert known.ears_c1(row(1, 2, 3, 4, 5, 6, 7, 12))[0, 7] == pytest.approx(8 / np.sqrt(28 / 6))
    assert not known.ears_c1(row(1, 2, 3, 4, 5, 6, 7))[0].any()


def test_c2_leaves_two_weeks_between():
    value = known.ears_c2(row(1, 2, 3, 4, 5, 6, 7, 90, 90, 12))
    assert value[0, 9] == pytest.approx(8 / np.sqrt(28 / 6))
    assert not value[0, :9].any()


def test_c3_adds_what_c2_had_above_one_in_three_weeks():
    counts = row(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14)
    c2 = known.ears_c2(counts)[0]
    by_hand = [(10 - 4) / np.sqrt(28 / 6), (12 - 5) / np.sqrt(28 / 6), (14 - 6) / np.sqrt(28 / 6)]
    assert list(c2[9:]) == pytest.approx(by_hand)
    assert known.ears_c3(counts)[0, 11] == pytest.approx(sum(one - 1 for one in by_hand))


def test_a_case_after_empty_weeks_has_a_number():
    assert known.ears_c1(row(0, 0, 0, 0, 0, 0, 0, 1))[0, 7] == pytest.approx(1 / known.LEAST_SD)


def test_farrington_uses_the_same_weeks_of_five_years_and_ten_levels():
    """Nine parts of five weeks and the window of seven, five times; of the last year only what is older than 26 weeks."""
    weeks, level = known.reference_weeks(600)
    assert weeks[0] == 600 - 5 * 52 - 3 and weeks[-1] == 600 - 27
    assert set(level[np.isin(weeks, range(600 - 52 - 3, 600 - 52 + 4))]) == {9}
    assert np.bincount(level).tolist() == [25, 25, 25, 25, 22, 20, 20, 20, 20, 35]


def test_farrington_expects_of_an_even_series_what_it_always_had():
    mean, phi = known.expected_by_farrington(np.full((1, 400), 6.0), 390)
    assert mean[0] == pytest.approx(6.0, rel=1e-3) and phi[0] == 1.0
    value = known.farrington(np.full((1, 400), 6.0), 390)[0, 390]
    assert value == pytest.approx(-np.log10(poisson.sf(5, 6.0)), rel=1e-2)


def test_farringtons_first_fit_is_the_poisson_regression_of_others():
    counts = np.random.default_rng(3).poisson(9, (1, 300)).astype(float)
    weeks, level = known.reference_weeks(290)
    data = known._Data(counts[:, weeks], np.eye(10)[level], level, (weeks - 290) / 52)
    fit = known._fit(data, np.ones_like(data.counts), True)
    rows = np.column_stack([data.levels, data.time])
    other = PoissonRegressor(alpha=0, fit_intercept=False, max_iter=2000, tol=1e-9).fit(rows, counts[0, weeks])
    assert fit.fitted[0] == pytest.approx(other.predict(rows), rel=1e-3)
    weighted = rows * fit.fitted[0][:, None] ** 0.5
    hat = np.diag(weighted @ np.linalg.inv(weighted.T @ weighted) @ weighted.T)
    assert fit.leverage[0] == pytest.approx(hat, rel=1e-3)


def test_farringtons_residuals_and_weights_by_hand():
    value = known.anscombe(np.array([[8.0]]), np.array([[1.0]]), np.array([[4.0]]), np.array([[0.75]]))
    assert value[0, 0] == pytest.approx(1.5 * (4 - 1) / 1)
    scaled = known.weights(np.array([[0.0, 2.0, -9.0, 5.0]]))
    assert scaled.sum() == pytest.approx(4.0)
    assert scaled[0, 3] / scaled[0, 0] == pytest.approx(1 / 25)


def test_farringtons_chance_is_the_negative_binomial():
    got = known._at_least(np.array([7.0, 7.0, 0.0]), np.array([3.0, 3.0, 3.0]), np.array([1.0, 2.5, 2.5]))
    assert got == pytest.approx([poisson.sf(6, 3), nbinom.sf(6, 3 / 1.5, 1 / 2.5), 1.0])


def test_farrington_is_silent_under_five_cases_in_four_weeks():
    counts = np.zeros((1, 200))
    counts[0, 190] = 4
    assert known.farrington(counts, 190)[0, 190] == 0.0
    assert known.farrington_all(counts, 190)[0, 190] > known.WARN["farrington"]


def test_there_are_forty_two_scenarios_as_in_the_paper():
    assert len(SCENARIOS) == 42
    assert len(set(SCENARIOS)) == 42
    assert SCENARIOS[0].mean()[0] == pytest.approx(np.exp(0.1))
    assert SCENARIOS[3].mean()[99] == pytest.approx(np.exp(0.1 + 0.25))
    assert SCENARIOS[25].mean()[51] == pytest.approx(np.exp(2.5 + 1.0))


def test_simulated_counts_have_the_mean_and_variance_of_their_scenario():
    batch = one_scenario(SCENARIOS[18], 60, np.random.default_rng(1))
    early = batch.counts[:, :300]
    assert early.mean() == pytest.approx(np.exp(0.5), rel=0.05)
    assert early.var() / early.mean() == pytest.approx(5.0, rel=0.1)


def test_each_series_has_one_outbreak_in_the_present():
    for batch in simulated(11, seed=1):
        present = batch.outbreak[:, WEEKS - PRESENT :]
        assert [sum(1 for series, _, _ in runs(present) if series == n) for n in range(11)] == [1] * 11
        assert not batch.outbreak[:, : WEEKS - PRESENT - 263].any()


def test_sizes_go_round_through_the_scenarios():
    sizes = [int(size) for batch in simulated(3, seed=1) for size in batch.size]
    assert sizes[:12] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2]


def test_a_seed_gives_the_same_series():
    one, same, other = (one_scenario(SCENARIOS[5], 3, np.random.default_rng(seed)).counts for seed in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_the_figures_by_hand():
    """Two outbreaks, of two weeks and one; the first found in its second week, one of seven other weeks cried."""
    truth = np.array([[0, 1, 1, 0, 0], [0, 0, 0, 1, 0]], dtype=bool)
    warned = np.array([[1, 0, 1, 0, 0], [0, 0, 0, 0, 0]], dtype=bool)
    got = figures([Judged(truth, warned, {}, np.zeros(2, dtype=np.int64))], [warned])
    assert got == {"found": 0.5, "sensitivity": 0.3333, "false_alarm_rate": 0.1429, "delay_weeks": 1.0}


def test_a_bound_is_moved_until_its_false_alarms_are_no_more_than_allowed():
    statistic = np.array([[5.0, 4.0, 3.0, 2.0, 9.0]])
    part = Judged(np.array([[False] * 4 + [True]]), np.zeros((1, 5), dtype=bool), {"x": statistic}, np.zeros(1, dtype=np.int64))
    assert (statistic[0, :4] > bound_at([part], "x", 0.5)).sum() == 2
    assert (statistic[0, :4] > bound_at([part], "x", 0.3)).sum() == 1
    assert (statistic[0, :4] > bound_at([part], "x", 1.0)).sum() == 4


def lines(path, *rows):
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return path


def test_a_file_is_judged_from_its_eighth_week(tmp_path):
    counts = [2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 40, 2, 3]
    path = lines(tmp_path / "a.jsonl", *({"series": "a", "week": n, "count": count, "outbreak": n == 11} for n, count in enumerate(counts)))
    done = CliRunner().invoke(main, ["eval", "outbreaks", str(path), "--json"])
    assert done.exit_code == 0, done.output
    metrics = json.loads(done.output)["metrics"]
    assert (metrics["found"], metrics["false_alarm_rate"], metrics["delay_weeks"]) == (1.0, 0.0, 0.0)
    assert set(metrics["beside"]) >= {"ears_c1", "ears_c2", "ears_c3", "farrington"}
    assert metrics["beside"]["ears_c1"]["found"] == 1.0


def test_the_figures_bear_the_agreed_names(tmp_path, monkeypatch):
    """Those of the evaluation data's table and of its check of the form: who reads the figures by program reads these names."""
    names = ["found", "sensitivity", "false_alarm_rate", "delay_weeks"]
    path = lines(tmp_path / "a.jsonl", *({"series": "a", "week": n, "count": 2, "outbreak": n == 9} for n in range(12)))
    monkeypatch.setattr(outbreaks_eval, "simulated", lambda series, seed: islice(simulated(1, 5), 1))
    for rest, further in (([str(path)], []), (["--simulate", "1"], ["by_size"])):
        metrics = json.loads(CliRunner().invoke(main, ["eval", "outbreaks", *rest, "--json"]).output)["metrics"]
        assert list(metrics) == [*names, "beside", "at_equal_rate", *further]
        for others in (metrics["beside"], metrics["at_equal_rate"]):
            assert {"ears_c1", "ears_c2", "ears_c3", "farrington"} <= set(others)
            assert all(list(figures) == names for figures in others.values())


def test_a_gap_in_the_weeks_is_named(tmp_path):
    path = lines(tmp_path / "a.jsonl", {"series": "a", "week": 0, "count": 1, "outbreak": False}, {"series": "a", "week": 2, "count": 1})
    with pytest.raises(FileError, match="line 2"):
        outbreaks_eval.evaluate([path])


def test_simulated_figures_stand_on_all_scenarios(monkeypatch):
    short = [Batch(batch.counts[:, -120:], batch.outbreak[:, -120:], batch.size) for batch in simulated(1, 5)][::14]
    monkeypatch.setattr(outbreaks_eval, "simulated", lambda series, seed: iter(short))
    monkeypatch.setattr(outbreaks_eval, "WEEKS", 120)
    answer = outbreaks_eval.evaluate([], simulate=1)
    assert answer.n == 3
    assert answer.metrics["by_size"]["1"] in (0.0, 1.0)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared evaluation data is not there")
def test_no_known_detector_finds_more_on_real_series_at_our_rate_of_false_alarms():
    metrics = outbreaks_eval.evaluate([SHARED / "q2.jsonl.gz"]).metrics
    assert metrics["found"] >= max(one["found"] for one in metrics["at_equal_rate"].values())
