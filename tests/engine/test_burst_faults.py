"""Faults of the world: copies, bots, clocks that jump, days without data, sources that come back. No false crisis comes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from kentongan.engine import bursts, pipeline
from kentongan.engine.burst_state import Burst
from kentongan.engine.bursts import DAY, HOUR, Change, Settings, Sighting, State
from kentongan.engine.pipeline import Arrive, HeldBack, Output, Signalled, Step, StoryChanged, Tick
from kentongan.engine.records import Article, Severity, SignalKind, SourceKind, article_id
from kentongan.engine.vectors import DIMENSION, FloatArray
from kentongan.engine.watermark import BACK, Watermark

RULES = Settings()
START = 20_000 * DAY
BEGAN = datetime(2026, 3, 2, 1, tzinfo=UTC)


def sighting(number: int, hours: float, story: str = "", terms: tuple[str, ...] = (), outlet: str = "", urgency: int = 0) -> Sighting:
    return Sighting(f"a{number}", story or f"s{number}", START + hours * HOUR, outlet or "AB"[number % 2], terms, urgency)


def everyday(first: float, days: float, name: str = "n") -> list[Sighting]:
    """A report every half hour on things of their own; "harga" in every other, "pasar" once a day."""
    found = []
    for n in range(int(days * 48)):
        words = [f"kata{name}{n}", *(["harga"] if n % 2 else []), *(["pasar"] if n % 48 == 20 else [])]
        one = sighting(n, first + n / 2, f"s{name}{n}", tuple(words))
        found.append(replace(one, article=f"{name}{n}"))
    return found


def listen(state: State, sightings: Sequence[Sighting]) -> list[Change]:
    found: list[Change] = []
    for one in sightings:
        changes = bursts.step(state, one, RULES)
        for change in changes:
            if change.what == "raised":
                bursts.tell(state, change.burst, RULES)
        found += changes
    return found


def raised(changes: Sequence[Change]) -> list[str]:
    return [change.burst.key for change in changes if change.what == "raised"]


def flood(hours: float, name: str = "f") -> list[Sighting]:
    return [
        replace(sighting(n, hours + n / 6, "flood", ("banjir",), urgency=3), article=f"{name}{n}", terms=("banjir", f"x{n}"))
        for n in range(14)
    ]


class Words:
    """Vectors by the words of a text: alike where the words are."""

    name = "test/words"
    dimension = DIMENSION

    def embed(self, texts: Sequence[str]) -> FloatArray:
        return np.stack([self._of(text) for text in texts]) if texts else np.empty((0, DIMENSION), dtype=np.float32)

    @staticmethod
    def _of(text: str) -> FloatArray:
        seeds = [int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "little") for word in text.lower().split()]
        vector = np.sum([np.random.default_rng(seed).normal(size=DIMENSION) for seed in seeds], axis=0)
        return (vector / np.linalg.norm(vector)).astype(np.float32)


def article(number: int, minutes: float, title: str, outlet: str, kind: SourceKind = "press") -> Arrive:
    url = f"https://{outlet.lower()}.example/{number}"
    return Arrive(Article(article_id(url), url, outlet, kind, title, "", "id", BEGAN + timedelta(minutes=minutes)))


def daily(days: int) -> list[Step]:
    """A report an hour, each in words of its own, by two outlets."""
    return [article(n, n * 60, " ".join(word(4 * n + k) for k in range(4)).title(), "AB"[n % 2]) for n in range(days * 24)]


def word(number: int) -> str:
    """A word that is no other number's: letters alone, because figures are read apart."""
    letters = "bcdfghjklmnprstw"
    return "".join(letters[number >> shift & 15] + "aeio"[number >> shift & 3] for shift in (0, 4, 8, 12))


def run(steps: list[Step], settings: pipeline.Settings | None = None) -> list[Output]:
    settings = settings or pipeline.Settings()
    return pipeline.run(pipeline.start(settings), steps, Words(), settings)[1]


DIKE = "Tanggul jebol di kota, ribuan warga mengungsi"


def grave(outputs: Sequence[Output]) -> Severity:
    """How the story of the dike stands at the end."""
    return next(one.severity for one in reversed(outputs) if isinstance(one, StoryChanged) and "Tanggul" in one.story.headline)


def posts(many: int) -> list[Step]:
    """Posts that differ in their marks alone, four a minute, from five channels."""
    return [article(9000 + n, 3 * 1440 + n / 4, f"{DIKE} {'!' * (n % 4)}", f"Kanal{n % 5}", "public") for n in range(many)]


def copies_of(title: str, many: int) -> list[Step]:
    return [article(9000 + n, 3 * 1440 + n, title, "A") for n in range(many)]


def test_the_copies_of_one_outlet_are_one_voice_and_say_no_more_than_one_report_of_it() -> None:
    outputs = run([*daily(3), *copies_of(DIKE, 80)])
    assert [one for one in outputs if isinstance(one, Signalled | HeldBack)] == []
    assert grave(outputs).level == "crisis", "an outlet answers for its report"
    assert (grave(outputs).reach, grave(outputs).velocity) == (0, 0)


@pytest.mark.parametrize("title", [DIKE, "Tanggul kota retak, dua warga tewas", "Tanggul kota dicat warna biru"])
def test_the_copies_of_one_outlet_lift_no_level(title: str) -> None:
    one, many = (grave(run([*daily(1), *copies_of(title, count)])) for count in (1, 20))
    assert (one.level, one.score, one.low, one.high) == (many.level, many.score, many.low, many.high)


def test_a_flood_of_equal_posts_raises_nothing_and_is_no_crisis() -> None:
    outputs = run([*daily(3), *posts(120)])
    assert [one for one in outputs if isinstance(one, Signalled | HeldBack)] == []
    stands = grave(outputs)
    assert (stands.harm, stands.level) == (4, "high")
    assert stands.reasons[-1].values == {"copies": 119}


@pytest.mark.parametrize(
    ("title", "outlet", "kind"),
    [
        (DIKE, "A", "press"),
        (DIKE, "BPBD", "official"),
        ("Tanggul jebol kota, air masuk rumah, ribuan warga mengungsi ke masjid", "Kanal9", "public"),
    ],
)
def test_an_outlet_an_official_source_or_a_second_original_make_the_post_a_crisis(title: str, outlet: str, kind: SourceKind) -> None:
    stands = grave(run([*daily(1), *posts(40), article(9900, 3 * 1440 + 11, title, outlet, kind)]))
    assert (stands.level, stands.reasons[-1].code) == ("crisis", "severity.guard.harm")


def test_a_source_that_returns_with_thousands_of_old_items_raises_nothing() -> None:
    state = State()
    listen(state, everyday(0, 14))
    old = [
        replace(one, article=f"o{n}", outlet="C", seconds=START + (14 * 24 - 168 * n / 5000) * HOUR)
        for n, one in enumerate(everyday(0, 5000 / 48, "old"))
    ]
    assert raised(listen(state, old)) == []
    assert raised(listen(state, everyday(14 * 24 + 0.5, 2, "after"))) == []
    assert raised(listen(state, flood(16 * 24 + 1))) == ["sflood"], "and it hears what is new"


def test_a_day_without_data_raises_nothing_when_it_is_over() -> None:
    state = State()
    listen(state, everyday(0, 14))
    for hour in range(14 * 24, 15 * 24):
        bursts.tick(state, START + hour * HOUR, RULES)
    assert raised(listen(state, everyday(15 * 24, 8, "after"))) == []


@pytest.mark.parametrize("jump", [50.0, 24 * 400.0, 24 * 3650.0])
def test_a_clock_that_jumps_ahead_and_comes_back_raises_nothing_and_leaves_nobody_deaf(jump: float) -> None:
    state = State()
    listen(state, everyday(0, 12))
    ahead = [replace(one, article=f"j{n}", seconds=one.seconds + jump * HOUR) for n, one in enumerate(everyday(288, 0.5, "jump"))]
    assert raised(listen(state, ahead)) == []
    assert state.watermark.now > START + (288 + jump) * HOUR
    assert raised(listen(state, everyday(301, 3, "after"))) == []
    assert state.watermark.now < START + 380 * HOUR
    assert raised(listen(state, flood(374))) == ["sflood"]


def test_signals_of_a_time_that_never_was_fall_back() -> None:
    state = State()
    listen(state, everyday(0, 12))
    listen(state, [replace(one, seconds=one.seconds + 1000 * HOUR) for one in [*everyday(288, 0.5, "jump"), *flood(301)]])
    assert [burst.key for burst in state.running.values()] == ["sflood"]
    changes = listen(state, everyday(302, 2, "after"))
    assert [(change.what, change.burst.key, change.why) for change in changes] == [("fell", "sflood", "clock")], "and it says why"


def test_old_items_of_one_source_do_not_turn_time_back() -> None:
    mark = Watermark()
    for n in range(200):
        mark.advance(START + n * 600)
    now = mark.now
    for n in range(5 * BACK):
        mark.advance(START - 7 * DAY + n * 60)
    assert mark.now == now


def test_time_turns_back_only_to_where_it_jumped_from() -> None:
    mark = Watermark()
    for n in range(20):
        mark.advance(START + n * 60)
    mark.pass_to(START + 30 * DAY)
    for n in range(BACK - 1):
        mark.advance(START + 1200 + n)
    assert mark.now == START + 30 * DAY
    mark.advance(START + 1300)
    assert mark.now < START + 2000
    assert Watermark.from_data(mark.to_data()) == mark


def test_beyond_the_budget_only_a_crisis_is_told_and_what_was_held_back_is_said() -> None:
    events: list[Step] = []
    for event in range(5):
        for n in range(8):
            title = f"{' '.join(word(60_000 + 9 * event + k) for k in range(4))} {word(50_000 + 9 * event + n)}".title()
            events.append(article(5000 + event * 100 + n, 5 * 1440 + event * 20 + n * 2, title, "ABCD"[n % 4]))
    crisis: list[Step] = [
        article(7000 + n, 5 * 1440 + 160 + n, f"Tanggul jebol di Sari, ribuan warga Sari mengungsi laporan {n} ini", "ABCD"[n % 4])
        for n in range(8)
    ]
    rules = pipeline.Settings(bursts=replace(RULES, alert_budget=3))
    outputs = run([*daily(5), *events, *crisis], rules)
    told = [one.signal for one in outputs if isinstance(one, Signalled) and one.new]
    held = {one.signal.id: one.signal for one in outputs if isinstance(one, HeldBack)}
    assert [signal.severity.level == "crisis" for signal in told] == [False, False, True]
    assert len(held) == 3
    assert {signal.reasons[-1].code for signal in held.values()} == {"signal.kept"}, "the third of three is for harm"
    assert next(iter(held.values())).reasons[-1].values == {"told": 2, "budget": 3}
    assert not held.keys() & {signal.id for signal in told}


def _running(state: State, kind: SignalKind, urgencies: Sequence[int]) -> Burst:
    """A signal of reports of so much harm each."""
    seen = [sighting(9000 + n, 1.0, "s", urgency=urgency) for n, urgency in enumerate(urgencies)]
    state.seen.update({one.article: one for one in seen})
    return Burst("g", kind, "s", 0.0, 0.0, 0.0, 0.0, len(seen), 1.0, 2.0, articles={one.article: "s" for one in seen})


@pytest.mark.parametrize(
    ("kind", "urgencies", "wanted"),
    [
        ("story", (0, 0, 0, 0), False),
        ("story", (3, 0, 0, 0), False),
        ("story", (3, 2, 0, 1), True),
        ("term", (), False),
        ("topic", (0, 0), False),
        ("watch", (0, 0), True),
        ("agency", (0, 0), True),
    ],
)
def test_the_last_of_the_budget_is_for_harm_and_for_what_the_office_watches(
    kind: SignalKind, urgencies: tuple[int, ...], wanted: bool
) -> None:
    state = State()
    burst = _running(state, kind, urgencies)
    assert bursts.is_wanted(state, burst) == wanted
    for number in range(5):
        assert bursts.may_tell(state, burst, "low", RULES)
        state.budget.tell(START, f"g{number}", RULES.alert_budget)
    assert bursts.may_tell(state, burst, "low", RULES) == wanted
    assert bursts.may_tell(state, burst, "crisis", RULES)


def test_what_was_held_back_is_told_when_it_goes_on_and_there_is_room_again() -> None:
    rules = pipeline.Settings(bursts=replace(RULES, alert_budget=1))
    first = [article(5000 + n, 5 * 1440 + n * 2, f"Pasar utama roboh pagi tadi laporan {n} tambahan", "ABCD"[n % 4]) for n in range(8)]
    second = [article(6000 + n, 5 * 1440 + 30 + n * 170, f"Juara lomba layang panggung kota babak {n}", "ABCD"[n % 4]) for n in range(16)]
    outputs = run([*daily(5), *first, *second[:6], *second[6:], Tick(BEGAN + timedelta(days=8))], rules)
    held = [one.signal for one in outputs if isinstance(one, HeldBack)]
    told = [one.signal for one in outputs if isinstance(one, Signalled) and one.new]
    assert len({one.id for one in told}) == len(told)
    assert {one.id for one in held} & {one.id for one in told}
    later = next(one for one in told if one.id == held[0].id)
    assert later.raised >= told[0].raised + timedelta(days=1)
