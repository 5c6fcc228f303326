"""The evaluation of forecasts on a stream: originals only, learned before, judged after."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from kentongan.engine.forecast import Report
from kentongan.engine.vectors import DIMENSION
from kentongan.errors import FileError, InputError
from kentongan.measure import forecast_eval

HOUR = 3600.0


class FirstWord:
    """Texts with the same first word point the same way."""

    name = "test/first-word"
    dimension = DIMENSION

    def embed(self, texts):
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text):
        seed = int(hashlib.sha256(text.removeprefix("query: ").split()[0].encode()).hexdigest()[:8], 16)
        vector = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
        return vector / np.linalg.norm(vector)


def wave(start, seed):
    """Ten reports, fewer and fewer."""
    return [Report(start + ((n**2 + seed % 5 * 0.2) * 0.2) * HOUR, "ab"[n % 2]) for n in range(10)]


def test_it_learns_on_the_first_half_and_judges_on_the_second():
    growths = [wave(n * 4 * HOUR, n) for n in range(150)]
    answer = forecast_eval.judged(growths)
    half = sum(1 for growth in growths for _ in growth) / 2
    assert 0 < answer.n < half * 3
    assert answer.metrics["better"] > 0.2
    assert set(answer.metrics["inside_by_hours"]) == {"3", "6", "24"}


def test_too_little_is_said():
    with pytest.raises(FileError, match="empty"):
        forecast_eval.judged([])
    with pytest.raises(FileError, match="too few"):
        forecast_eval.judged([wave(0, 0)])


def test_it_takes_one_stream():
    with pytest.raises(InputError, match="one file"):
        forecast_eval.evaluate([])


def row(title, hour, outlet):
    return {
        "title": title,
        "outlet": outlet,
        "url": f"https://{outlet}.example/{hour}",
        "time": f"2026-03-02T{hour:02}:00:00+00:00",
        "lang": "id",
    }


def test_a_storys_growth_is_its_originals_in_order_of_time(tmp_path, monkeypatch):
    """The second line repeats the first word for word: a copy, no voice."""
    title = "Banjir merendam tiga kecamatan di Muarasena sejak malam hari"
    rows = [row(title, 1, "a"), row(title, 2, "b"), row("Banjir Muarasena meluas ke dua kecamatan, ribuan warga mengungsi", 3, "b")]
    path = tmp_path / "s.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    seen = []
    monkeypatch.setattr(forecast_eval, "judged", lambda growths, subject: seen.extend(growths))
    forecast_eval.evaluate([path], embedder=FirstWord())
    reports = sorted((one for growth in seen for one in growth), key=lambda one: one.at)
    assert [(one.outlet, (one.at - reports[0].at) / HOUR) for one in reports] == [("a", 0.0), ("b", 2.0)]
