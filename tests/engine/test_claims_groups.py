"""The same claim is grouped as it is heard, in any language; a changed number is another claim; what is silent for long is let go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.claims_groups import Joined, Said, Settings, State, start, step
from kentongan.engine.records import Language
from kentongan.engine.vectors import DIMENSION, Centres, FloatArray

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAM = "Bendungan Citarik retak dan 300 warga Desa Cikawung mengungsi"
RICE = "Harga beras di Pasar Induk naik 12 persen dalam sepekan"
PLAIN = Centres({"other": np.zeros(DIMENSION, dtype=np.float32), "id": np.zeros(DIMENSION, dtype=np.float32)})


def direction(angle: float) -> FloatArray:
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[0], vector[1] = np.cos(angle), np.sin(angle)
    return vector


def said(text: str, angle: float = 0.0, hours: float = 0, language: Language = "id") -> Said:
    return Said(text, language, AT + timedelta(hours=hours), direction(angle))


def put(state: State, *sentences: Said, rules: Settings | None = None) -> list[Joined]:
    found = []
    for one in sentences:
        state, joined = step(state, one, rules)
        found.append(joined)
    return found


def test_the_same_claim_in_other_words_is_one() -> None:
    first, second = put(start(PLAIN), said(DAM), said("Sebanyak 300 warga Desa Cikawung mengungsi, bendungan Citarik retak", 0.3, 1))
    assert first.new and not second.new and second.claim == first.claim
    assert second.reasons[0].code == "claim.same_meaning" and not second.telling


def test_a_translation_joins_and_stands_for_the_claim_in_its_language() -> None:
    english = said("The Citarik dam cracked and 300 residents of Cikawung fled", 0.6, 1, "en")
    again = said("300 Cikawung residents fled after the Citarik dam cracked", 0.7, 2, "en")
    first, second, third = put(start(PLAIN), said(DAM), english, again)
    assert {first.claim, second.claim, third.claim} == {first.claim}
    assert [first.telling, second.telling, third.telling] == [True, True, False]


def test_a_changed_number_is_another_claim_and_may_be_looked_at() -> None:
    first, second = put(start(PLAIN), said(DAM), said(DAM.replace("300", "3.000"), 0.05, 1))
    assert second.new and second.claim != first.claim
    assert [claim for claim, _ in second.suggested] in ([first.claim], [])


def test_small_changes_do_not_walk_from_one_claim_to_another() -> None:
    joined = put(start(PLAIN), said(DAM), said(DAM + " sementara", 0.1, 1), said(DAM.replace("300", "30") + " sementara", 0.1, 2))
    assert [one.new for one in joined] == [True, False, True]


def test_different_claims_stay_apart() -> None:
    assert [one.new for one in put(start(PLAIN), said(DAM), said(RICE, 1.4, 1))] == [True, True]


def test_a_claim_not_heard_for_long_is_let_go_and_begins_anew() -> None:
    state = start(PLAIN)
    _, later = put(state, said(DAM), said(DAM, 0.0, 24 * 15))
    assert later.new and len(state.last) == 1


def test_there_are_never_more_claims_than_allowed() -> None:
    state = start(PLAIN)
    rules = Settings(most=10)
    for number in range(40):
        put(state, said(f"Sebanyak {number + 3}7 rumah di Desa {chr(65 + number % 26)}awung terendam", number * 0.5, number), rules=rules)
        assert len(state.last) <= rules.most + 1
    assert len(state.tellings) == len(state.last)


def test_a_state_made_of_what_was_kept_goes_on_as_if_it_had_never_stopped() -> None:
    whole = start(PLAIN)
    first, *_ = put(whole, said(DAM), said(RICE, 1.4, 1))
    again = start(PLAIN, [(1, said(DAM)), (2, said(RICE, 1.4, 1))], fresh=3)
    late = said("Sebanyak 300 warga Desa Cikawung mengungsi, bendungan Citarik retak", 0.3, 2)
    assert put(whole, late)[0] == put(again, late)[0]
    assert first.claim == 1


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from((DAM, RICE, DAM.replace("300", "30"))), st.integers(0, 12)), max_size=15))
def test_every_sentence_has_a_claim_and_the_same_stream_gives_the_same(rows: list[tuple[str, int]]) -> None:
    stream = [said(text, angle / 4, number) for number, (text, angle) in enumerate(rows)]
    once, twice = put(start(PLAIN), *stream), put(start(PLAIN), *stream)
    assert once == twice
    news = [one.claim for one in once if one.new]
    assert news == sorted(set(news)) and {one.claim for one in once} == set(news)
