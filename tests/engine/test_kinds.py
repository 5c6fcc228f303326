"""Kinds: the transparent rules, what a source cannot be, and answers that are given only when sure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import kinds
from kentongan.engine.kinds import KINDS, kind_by_rules, kind_of
from kentongan.engine.records import SourceKind


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Kapan air menyala lagi?", "public", "question"),
        ("Kapan air menyala lagi?", "official", "announcement"),
        ("Katanya bendungan akan jebol", "public", "rumour"),
        ("Nghe nói mai cúp nước", "public", "rumour"),
        ("Sebaiknya halte diberi atap", "public", "suggestion"),
        ("Why not add a bus?", "public", "suggestion"),
        ("Terima kasih PDAM", "public", "praise"),
        ("Petugas jutek", "public", "complaint"),
        ("Chờ lâu quá, bức xúc", "public", "complaint"),
        ("Kebakaran di pasar", "press", "report"),
        ("Banjir rendam pasar", "official", "report"),
        ("Jadwal imunisasi bulan ini", "official", "announcement"),
        ("Angka kemiskinan turun 5 persen", "press", "claim"),
        ("Xyz", "public", ""),
        ("", "public", ""),
    ],
)
def test_cues_tell_the_kind_in_a_fixed_order(text: str, kind: SourceKind, expected: str) -> None:
    assert kind_by_rules(text, kind) == expected


@pytest.mark.parametrize("text", ["Kapan air menyala lagi?", "Petugas jutek, kecewa", "Katanya ada begal"])
def test_an_official_source_never_asks_complains_or_spreads_rumours(text: str) -> None:
    judged = kind_of("", text, None, "id", "official")
    assert judged.kind in {"announcement", "report", "claim", ""}
    assert judged.beliefs["question"] == judged.beliefs["complaint"] == judged.beliefs["rumour"] == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kapan puskesmas buka?", "question"),
        ("Terima kasih petugas damkar, cepat dan ramah", "praise"),
        ("Sebaiknya ada loket untuk lansia", "suggestion"),
        ("Beredar kabar jembatan akan ditutup, katanya retak", "rumour"),
        ("Kami kecewa, sampah dibiarkan menumpuk", "complaint"),
    ],
)
def test_the_head_tells_plain_posts_without_a_vector(text: str, expected: str) -> None:
    assert kind_of("", text, None, "id", "public").kind == expected


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["public", "press", "official"]))
def test_beliefs_add_up_whatever_is_read(title: str, text: str, kind: SourceKind) -> None:
    judged = kind_of(title, text, np.zeros(384, dtype=np.float32), "other", kind)
    assert abs(sum(judged.beliefs.values()) - 1) < 0.001
    assert judged.kind == "" or judged.beliefs[judged.kind] == max(judged.beliefs.values()) >= kinds.SURE
    assert set(judged.beliefs) == set(KINDS)
