"""Topics: many small stories of one matter, which no other signal carries."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine import bursts
from kentongan.engine.bursts import DAY, HOUR, Change, Settings, Sighting, State
from kentongan.engine.reasons import sentence
from kentongan.engine.records import FELL, Article, Language, SourceKind
from kentongan.engine.severity import Evidence, assess
from kentongan.engine.signals import carriers, signal_of
from kentongan.engine.topics import topics_of_article

RULES = Settings()
START = 20_000 * DAY
NONE = assess(Evidence(0, 0, (), 1, 1, 24, 1, False, 0, 1, 0, False))


def sighting(number: int, hours: float, story: str = "", topics: tuple[str, ...] = (), terms: tuple[str, ...] = ()) -> Sighting:
    return Sighting(f"a{number}", story or f"s{number}", START + hours * HOUR, "AB"[number % 2], terms, 0, topics)


def everyday(days: int) -> list[Sighting]:
    """A report every half hour, each on something else; one in twelve is about water."""
    return [sighting(n, n / 2, topics=("water",) if n % 12 == 5 else (), terms=(f"kata{n}",)) for n in range(days * 48)]


def listen(sightings: list[Sighting], state: State | None = None) -> tuple[State, list[Change]]:
    """Hear these, the office being told of every signal that rises."""
    state, changes = state or State(), list[Change]()
    for one in sightings:
        found = bursts.step(state, one, RULES)
        for change in found:
            if change.what == "raised":
                bursts.tell(state, change.burst, RULES)
        changes += found
    return state, changes


def dry_streets(first: int = 9000, at: float = 240.0, stories: int = 40) -> list[Sighting]:
    """Taps run dry in many streets within hours, each street a story of its own in words of its own."""
    return [sighting(first + n, at + n / 8, f"street{n % stories}", ("water",), (f"jalan{n}",)) for n in range(40)]


def what(changes: list[Change]) -> list[tuple[str, str]]:
    return [(change.what, change.burst.key) for change in changes if change.what != "grew"]


def test_many_small_stories_of_one_matter_are_one_signal_of_the_topic() -> None:
    state, daily = listen(everyday(10))
    state, changes = listen(dry_streets(), state)
    assert what(daily) == []
    assert what(changes) == [("raised", "cwater")]
    (burst,) = state.running.values()
    assert burst.kind == "topic"
    assert len(burst.stories) >= RULES.group_stories


def test_a_topic_raises_nothing_before_its_first_week_is_over() -> None:
    state, _ = listen(everyday(6))
    assert what(listen(dry_streets(at=144.0), state)[1]) == []


def test_an_event_is_the_signal_of_its_story_and_not_of_its_topic() -> None:
    state, _ = listen(everyday(10))
    burst_pipe = [sighting(9000 + n, 240 + n / 8, "pipe", ("water",)) for n in range(40)]
    _, changes = listen(burst_pipe, state)
    assert what(changes) == [("raised", "spipe")]


def test_reports_that_turn_out_to_be_an_event_leave_the_topic() -> None:
    state, _ = listen(everyday(10))
    state, changes = listen(dry_streets(stories=5), state)
    kinds = [key for said, key in what(changes) if said == "raised"]
    assert len(kinds) >= 2, "the streets that go on become events of their own"
    carried = [story for burst in state.running.values() if burst.kind != "topic" for story in burst.stories]
    topics = [story for burst in state.running.values() if burst.kind == "topic" for story in burst.stories]
    assert not set(carried) & set(topics), "one event is one signal"


def test_what_a_signal_told_is_not_told_once_more_by_its_topic() -> None:
    state, _ = listen(everyday(10))
    state, changes = listen(dry_streets(), state)
    assert what(changes) == [("raised", "cwater")]
    state, changes = listen([sighting(30_000 + n, 245 + n, terms=(f"lain{n}",)) for n in range(20)], state)
    assert what(changes) == [("fell", "cwater")]
    few = [sighting(40_000 + n, 266 + n, f"late{n}", ("water",), (f"akhir{n}",)) for n in range(3)]
    assert what(listen(few, state)[1]) == []


def test_a_topic_falls_back_when_it_is_as_usual_again() -> None:
    state, _ = listen(everyday(10))
    state, _ = listen(dry_streets(), state)
    later = [sighting(20_000 + n, 247 + n / 2, topics=("water",) if n % 12 == 5 else (), terms=(f"lagi{n}",)) for n in range(120)]
    _, changes = listen(later, state)
    assert ("fell", "cwater") in what(changes)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(0, 40))
def test_a_state_with_topics_that_was_dumped_goes_on_as_the_one_that_was_not(stories: int, cut: int) -> None:
    daily = everyday(9)
    stream = dry_streets(at=216.0, stories=stories)
    kept, _ = listen([*daily[-40:], *stream[:cut]], bursts.restore(json.loads(json.dumps(bursts.dump(_heard_nine_days())))))
    through = bursts.restore(json.loads(json.dumps(bursts.dump(kept))))
    assert listen(stream[cut:], through)[1] == listen(stream[cut:], kept)[1]
    assert bursts.dump(through) == bursts.dump(kept)


_HEARD: list[State] = []


def _heard_nine_days() -> State:
    if not _HEARD:
        _HEARD.append(listen(everyday(9)[:-40])[0])
    return _HEARD[0]


@pytest.mark.parametrize(
    ("why", "said"), [("carried", "other signals carry"), ("clock", "a clock had run ahead"), ("quiet", "nothing further")]
)
def test_a_signal_that_is_let_go_says_why(why: Literal["quiet", "clock", "carried"], said: str) -> None:
    state, _ = listen(everyday(10))
    state, changes = listen(dry_streets(), state)
    gone = Change(next(one for one in changes if one.what == "raised").burst, "fell", why)
    reason = signal_of(state, gone, [("s1", "Air mati")], NONE, RULES).reasons[-1]
    assert said in sentence(reason)
    assert reason.code in FELL


def test_the_signal_of_a_topic_names_it_and_the_stories_that_carry_it() -> None:
    state, _ = listen(everyday(10))
    state, changes = listen(dry_streets(), state)
    change = next(one for one in changes if one.what == "raised")
    headlines = [(story, f"Air mati di {story}") for story in carriers(change.burst)]
    signal = signal_of(state, change, headlines, NONE, RULES)
    assert (signal.kind, signal.subject) == ("topic", "water")
    *codes, last = [reason.code for reason in signal.reasons]
    assert codes == ["signal.topic", "signal.usual", "signal.since", "signal.outlets", "signal.carriers", "signal.carried"]
    assert last in ("signal.until", "signal.until_more")
    assert str(signal.reasons[5].values["keys"]).split() == list(carriers(change.burst))
    assert "Air mati di street" in str(signal.reasons[5].values["headlines"])


def article(title: str, text: str = "", language: Language = "id", kind: SourceKind = "press") -> Article:
    return Article("a", "https://o.example/1", "A", kind, title, text, language, datetime(2026, 3, 2, tzinfo=UTC))


def test_an_article_is_about_what_its_title_names_and_else_its_opening() -> None:
    assert topics_of_article(article("PDAM: air bersih mati, jalan rusak, sampah menumpuk")) == ("water", "roads")
    assert topics_of_article(article("Warga mengeluh", "Sampah menumpuk sejak Senin.")) == ("waste",)
    assert topics_of_article(article("Cúp nước sạch ở phường 5", language="vi")) == ("water",)
    assert topics_of_article(article("Pemain baru tiba")) == ()
