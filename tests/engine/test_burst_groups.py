"""Groups of small stories: places, one topic in one place, kinds of source and of item."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kentongan.engine import bursts
from kentongan.engine.bursts import DAY, HOUR, Change, Settings, Sighting, State
from kentongan.engine.kinds import KINDS
from kentongan.engine.records import GROUPS
from kentongan.engine.severity import Evidence, assess
from kentongan.engine.signals import signal_of

RULES = Settings()
START = 20_000 * DAY
NONE = assess(Evidence(0, 0, (), 1, 1, 24, 1, False, 0, 1, 0, False))


def sighting(number: int, hours: float, **what: object) -> Sighting:
    plain = Sighting(f"a{number}", f"s{number}", START + hours * HOUR, "AB"[number % 2], (f"kata{number}",), 0, source="press")
    return replace(plain, **what)  # type: ignore[arg-type]


def everyday(days: int) -> list[Sighting]:
    """A report every half hour, each on something else; one in twelve on water, one in fifteen in Cempaka, one in thirty asks."""
    return [
        sighting(
            n,
            n / 2,
            topics=("water",) if n % 12 == 5 else (),
            places=("Cempaka",) if n % 15 == 3 else (),
            kinds=("question",) if n % 30 == 7 else (),
        )
        for n in range(days * 48)
    ]


_HEARD: list[str] = []


def heard() -> State:
    """The state after nine days of everyday news."""
    if not _HEARD:
        state = State()
        for one in everyday(9):
            bursts.step(state, one, RULES)
        _HEARD.append(json.dumps(bursts.dump(state)))
    return bursts.restore(json.loads(_HEARD[0]))


def raised(state: State, sightings: list[Sighting]) -> list[Change]:
    return [change for one in sightings for change in bursts.step(state, one, RULES) if change.what == "raised"]


def many(count: int, gap: float, **what: object) -> list[Sighting]:
    """Reports of stories of their own in words of their own, beginning after nine days."""
    return [sighting(9000 + n, 216 + n * gap, **what) for n in range(count)]


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("pCempaka", {"places": ("Cempaka",)}),
        ("xCempaka|water", {"places": ("Cempaka",), "topics": ("water",)}),
        *((f"q{kind}", {"kinds": (kind,)}) for kind in KINDS),
        ("kpublic", {"source": "public"}),
        ("wPasar Senandung", {"marks": ("wPasar Senandung",)}),
        ("aDinas Perhubungan", {"marks": ("aDinas Perhubungan",)}),
    ],
)
def test_a_place_a_matter_a_kind_and_a_source_rise_against_their_own_past(key: str, what: dict[str, object]) -> None:
    changes = raised(heard(), many(30, 1 / 8, **what))
    assert [change.burst.key for change in changes] == [key]
    assert changes[0].burst.kind in GROUPS


def test_a_watch_speaks_before_the_topic_it_is_about_and_needs_fewer_reports() -> None:
    few = many(7, 1 / 4, topics=("water",), marks=("wAir keruh",))
    assert [change.burst.key for change in raised(heard(), few)] == ["wAir keruh"]


def test_a_watch_that_matches_everything_raises_nothing() -> None:
    state = State()
    everything = [replace(one, marks=("wapa saja",)) for one in everyday(9)]
    busy = [replace(one, marks=("wapa saja",)) for one in many(60, 1 / 4)]
    assert [change for change in raised(state, [*everything, *busy]) if change.burst.key == "wapa saja"] == []


def test_one_topic_in_one_place_needs_fewer_reports_than_a_topic() -> None:
    few = many(7, 1 / 4, places=("Cempaka",), topics=("water",))
    assert [change.burst.key for change in raised(heard(), few)] == ["xCempaka|water"]
    assert raised(heard(), many(7, 1 / 4, topics=("water",))) == []


def test_the_narrowest_group_speaks_and_the_wider_ones_with_the_same_reports_are_silent() -> None:
    state = heard()
    changes = raised(state, many(30, 1 / 8, places=("Cempaka",), topics=("water",), kinds=("question",), source="public"))
    assert [change.burst.key for change in changes] == ["xCempaka|water"]
    (burst,) = state.running.values()
    assert burst.observed > 20


def test_without_a_gazetteer_no_place_has_a_series() -> None:
    state = heard()
    raised(state, [replace(one, places=()) for one in many(12, 1 / 4, topics=("water",))])
    later = {key for key in state.series if key[0] in "px"}
    assert all("Cempaka" in key for key in later), "only those of the everyday news"


def test_one_outlet_alone_raises_no_group() -> None:
    assert raised(heard(), many(30, 1 / 8, places=("Cempaka",), topics=("water",), outlet="A")) == []


def test_distinct_places_add_to_a_rise() -> None:
    scores = {}
    for places in (("Cempaka",), ("Cempaka", "Sungai Besar", "Loktabat", "Guntung")):
        state = heard()
        flood = [
            sighting(9000 + n, 216 + n / 4, story="flood", urgency=2, outlet="A", places=(places[n % len(places)],)) for n in range(12)
        ]
        scores[len(places)] = next((n for n, one in enumerate(flood) if raised(state, [one])), 99)
    assert scores[4] <= scores[1]


@pytest.mark.parametrize(
    ("key", "code", "names"),
    [
        ("pCempaka", "signal.place", {"place": "Cempaka"}),
        ("xCempaka|water", "signal.matter", {"place": "Cempaka", "topic": "water"}),
        ("kpublic", "signal.source", {"source_kind": "public"}),
        ("qquestion", "signal.kind", {"item_kind": "question"}),
        ("wPasar Senandung", "signal.watch", {"watch": "Pasar Senandung"}),
        ("aDinas Perhubungan", "signal.agency", {"agency": "Dinas Perhubungan"}),
    ],
)
def test_its_signal_says_what_it_is_against_what_since_when_and_who_carries_it(key: str, code: str, names: dict[str, str]) -> None:
    what: dict[str, dict[str, object]] = {
        "p": {"places": ("Cempaka",)},
        "x": {"places": ("Cempaka",), "topics": ("water",)},
        "k": {"source": "public"},
        "q": {"kinds": ("question",)},
        "w": {"marks": ("wPasar Senandung",)},
        "a": {"marks": ("aDinas Perhubungan",)},
    }
    state = heard()
    (change, *_) = raised(state, many(30, 1 / 8, **what[key[0]]))
    signal = signal_of(state, change, [("s9000", "Air mati di Cempaka")], NONE, RULES)
    codes = [reason.code for reason in signal.reasons]
    assert codes == [code, "signal.usual", "signal.since", "signal.outlets", "signal.carriers", "signal.carried", "signal.until"]
    assert {name: signal.reasons[0].values[name] for name in names} == names
    assert signal.subject == key[1:]
    assert set(str(signal.reasons[4].values["names"]).split(", ")) == {"A", "B"}
    assert datetime.fromisoformat(str(signal.reasons[2].values["time"])) == signal.since <= datetime.fromtimestamp(START + 220 * HOUR, UTC)
