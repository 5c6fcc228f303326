"""Reports that bear the same time: what does not depend on the order in which they come, over every detector that counts.

In any order the same: what is usual, every series, how much a story grew, and its severity with all reasons. One event that is told by many
reports of one second is one signal on the same reports. Not the same: the id of a signal (it is named after the report that raised it)
and how many reports had come when it was first said; whether the story or its word raised it, where the first five come from one outlet
alone; and where two events overlap, which of them raises the signal that both share. It holds once the stream has come to that second:
after a gap the clock of the stream (`watermark.py`) follows within nine reports, and until then each counts as of the clock."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine import bursts, tallies
from kentongan.engine.bursts import DAY, HOUR, Settings, Sighting, State
from kentongan.engine.records import SourceKind
from kentongan.engine.severity import assess
from kentongan.engine.tallies import Member, Tally

RULES = Settings()
START = 20_000 * DAY
KINDS: tuple[SourceKind, ...] = ("press", "official", "public")
PAST = [
    Sighting(f"p{n}", f"p{n}", START + n * HOUR / 2, "AB"[n % 2], (f"kata{n % 31}", f"lain{n}"), 0, ("water",) if n % 12 == 5 else ())
    for n in range(9 * 48)
]


def after_the_past() -> State:
    state = State()
    for one in PAST:
        bursts.step(state, one, RULES)
    return state


BEFORE = bursts.dump(after_the_past())


def heard(tie: Sequence[Sighting]) -> State:
    state = bursts.restore(BEFORE)
    for one in [*(Sighting(f"n{n}", f"n{n}", tie[0].seconds, "A", (f"neu{n}",), 0) for n in range(9)), *tie]:
        bursts.step(state, one, RULES)
    return state


@st.composite
def ties(draw: st.DrawFn) -> list[Sighting]:
    at = START + 9 * DAY + draw(st.floats(0, 20)) * HOUR
    rows = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 4), st.booleans()), min_size=1, max_size=24))
    return [
        Sighting(f"a{n}", f"s{story}", at, f"O{outlet}", ("banjir", f"s{story}"), harm, ("water",) if wet else ())
        for n, (story, outlet, harm, wet) in enumerate(rows)
    ]


@settings(max_examples=30, deadline=None)
@given(ties(), st.randoms(use_true_random=False))
def test_counts_and_what_is_usual_do_not_depend_on_the_order_of_a_tie(tie: list[Sighting], random: Random) -> None:
    shuffled = list(tie)
    random.shuffle(shuffled)
    one, two = heard(tie), heard(shuffled)
    assert one.series == two.series
    assert (one.terms.series, one.terms.once) == (two.terms.series, two.terms.once)
    assert one.seen == two.seen
    assert (one.usual, one.volume, one.watermark) == (two.usual, two.volume, two.watermark)
    for story in {sighting.story for sighting in tie}:
        assert bursts.growth(one, story, 24, RULES) == bursts.growth(two, story, 24, RULES)


@settings(max_examples=30, deadline=None)
@given(st.integers(6, 24), st.integers(2, 4), st.integers(0, 4), st.randoms(use_true_random=False))
def test_one_event_told_within_one_second_is_the_same_signal_in_any_order(count: int, outlets: int, harm: int, random: Random) -> None:
    at = START + 9 * DAY + 9 * HOUR
    tie = [Sighting(f"a{n}", "flood", at, f"O{n % outlets}", ("banjir", f"kata{n}"), harm, ("water",)) for n in range(count)]
    shuffled = list(tie)
    random.shuffle(shuffled)
    found = [[(burst.main, set(burst.articles), burst.outlets) for burst in heard(order).running.values()] for order in (tie, shuffled)]
    assert found[0] == found[1]
    assert len(found[0]) <= 1


MEMBERS = st.tuples(st.integers(0, 5), st.sampled_from(KINDS), st.integers(0, 30), st.booleans(), st.integers(0, 4), st.booleans())


@given(st.lists(MEMBERS, min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_the_severity_of_a_story_does_not_depend_on_the_order_of_its_reports(
    rows: list[tuple[int, SourceKind, int, bool, int, bool]], random: Random
) -> None:
    members = [
        Member(f"a{n}", f"O{outlet}", kind, START + hours * HOUR, copy, harm, (f"kata{harm}",) if harm else (), asks)
        for n, (outlet, kind, hours, copy, harm, asks) in enumerate(rows)
    ]
    shuffled = list(members)
    random.shuffle(shuffled)
    one, two = Tally(), Tally()
    for tally, order in ((one, members), (two, shuffled)):
        for member in order:
            tally.add(member)
    assert assess(one.evidence(9, 0.5, 24)) == assess(two.evidence(9, 0.5, 24))
    assert one.counts() == two.counts()


@given(st.lists(st.tuples(st.integers(0, 3), MEMBERS), max_size=25), st.randoms(use_true_random=False))
def test_tallies_of_many_stories_do_not_depend_on_the_order_of_their_reports(
    rows: list[tuple[int, tuple[int, SourceKind, int, bool, int, bool]]], random: Random
) -> None:
    pairs = [
        (f"s{story}", Member(f"a{n}", f"O{outlet}", kind, START + hours * HOUR, copy, harm, (), asks))
        for n, (story, (outlet, kind, hours, copy, harm, asks)) in enumerate(rows)
    ]
    states = []
    for order in (pairs, random.sample(pairs, len(pairs))):
        state = tallies.State()
        for story, member in order:
            tallies.add(state, story, member)
        states.append({name: tally.evidence(1, 1, 24) for name, tally in state.tallies.items()})
    assert states[0] == states[1]
