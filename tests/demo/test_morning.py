"""The invented city through the real engine, held against its answer sheet.

`morning` hears days 11 to 14 and belongs to every test run; `fortnight` hears all fourteen days and is run by `make soak`. What the
engine does not find yet is said as an expected failure with what was measured, not left out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest

from kentongan.demo import city as cities
from kentongan.demo.city import City, DemoItem
from kentongan.demo.expected import Expected, load_expected
from kentongan.engine import language, pipeline, reasons, watermark
from kentongan.engine.names import load_tagger
from kentongan.engine.privacy import hide
from kentongan.engine.records import LEVELS, Article, Copy, Signal, article_id
from kentongan.engine.vectors import CachedEmbedder, E5Embedder
from kentongan.office.listening.embedding import HashedEmbedder

pytestmark = pytest.mark.timeout(400)
TICK = timedelta(minutes=15)
LATE = timedelta(hours=2)
"""How much later than on the sheet a thread may rise and the day still be saved."""
SETTINGS = pipeline.Settings()


@dataclass
class Heard:
    """What the engine said of some days of the city."""

    items: dict[str, DemoItem] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    copies: dict[str, Copy] = field(default_factory=dict)
    story_of: dict[str, str] = field(default_factory=dict)
    stories: dict[str, pipeline.StoryChanged] = field(default_factory=dict)
    signalled: list[pipeline.Signalled] = field(default_factory=list)
    moments: dict[str, datetime] = field(default_factory=dict)
    saved: bytes = b""

    @property
    def signals(self) -> list[Signal]:
        return [one.signal for one in self.signalled]

    def threads(self, articles: Iterable[str]) -> Counter[str]:
        """How many of the articles truly belong to each thread."""
        return Counter(self.items[key].thread for key in articles)

    def of_thread(self, thread: str) -> list[Signal]:
        """Every word about signals that are mostly made of this thread's items, in order of time."""
        return [one for one in self.signals if self.threads(one.articles).most_common(1)[0][0] == thread]

    def moment(self, signal: Signal) -> datetime:
        """When the signal could be said: not before the last article it stands on was printed."""
        return max([signal.updated, *(self.moments[self.items[key].id] for key in signal.articles)])

    def members(self) -> dict[str, list[DemoItem]]:
        found: dict[str, list[DemoItem]] = defaultdict(list)
        for key, story in self.story_of.items():
            found[story].append(self.items[key])
        return found

    def group(self, item: str) -> str:
        """The id of the item whose copy this one was taken for; its own where it is an original."""
        return self.items[self.copies[self.ids[item]].group].id


def articles_of(town: City, days: Iterable[int]) -> list[tuple[DemoItem, Article]]:
    outlets = {outlet.key: outlet for outlet in town.outlets}
    made = []
    for dated in cities.timeline(town):
        if dated.item.day in days:
            item, outlet = dated.item, outlets[dated.item.outlet]
            url = outlet.home + item.path.lstrip("/")
            made.append(
                (
                    item,
                    Article(
                        id=article_id(url), url=url, outlet=outlet.name, source_kind=outlet.source_kind, title=item.title, text=item.text,
                        language=item.language, published=dated.published, section=item.section,
                    ),
                )
            )  # fmt: skip
    return sorted(made, key=lambda pair: (pair[1].published, pair[1].id))


def steps_of(articles: Sequence[Article]) -> list[pipeline.Step]:
    """The articles in order, with the clock looked at every quarter of an hour between them."""
    steps: list[pipeline.Step] = [pipeline.Arrive(articles[0])]
    for before, after in pairwise(articles):
        at = before.published + TICK
        while at < after.published:
            steps.append(pipeline.Tick(at))
            at += TICK
        steps.append(pipeline.Arrive(after))
    return steps


def hear(town: City, days: Iterable[int], embedder: Any, pile: int = 32) -> Heard:
    pairs = articles_of(town, list(days))
    heard = Heard()
    for item, article in pairs:
        heard.items[article.id], heard.ids[item.id], heard.moments[item.id] = item, article.id, article.published
    steps = steps_of([article for _, article in pairs])
    state = pipeline.start(SETTINGS)
    for start in range(0, len(steps), pile):
        state, outputs = pipeline.run(state, steps[start : start + pile], embedder, SETTINGS)
        for output in outputs:
            take(heard, output)
    heard.saved = pipeline.save(state)
    return heard


def take(heard: Heard, output: pipeline.Output) -> None:
    match output:
        case pipeline.Placed():
            heard.copies[output.copy.article] = output.copy
            heard.story_of[output.assignment.article] = output.assignment.story
        case pipeline.StoryChanged():
            heard.stories[output.story.id] = output
        case pipeline.StoryMerged():
            for key, story in heard.story_of.items():
                if story == output.gone:
                    heard.story_of[key] = output.into
            heard.stories.pop(output.gone, None)
        case pipeline.Moved():
            heard.story_of.update(dict.fromkeys(output.articles, output.story))
        case pipeline.Signalled():
            heard.signalled.append(output)


@pytest.fixture(scope="module")
def town() -> City:
    return cities.load()


@pytest.fixture(scope="module")
def sheet(town) -> Expected:
    return load_expected(town)


@pytest.fixture(scope="module")
def embedder() -> CachedEmbedder:
    """Every text is embedded once for all tests of the module."""
    return CachedEmbedder(E5Embedder(), {})


@pytest.fixture(scope="module")
def morning(town, embedder) -> Heard:
    return hear(town, range(11, 15), embedder)


@pytest.fixture(scope="module")
def fortnight(town, embedder) -> Heard:
    return hear(town, range(1, 15), embedder)


def thread_of(sheet: Expected, key: str) -> Any:
    return next(thread for thread in sheet.threads if thread.key == key)


def at_least(level: str, wanted: str) -> bool:
    return LEVELS.index(level) >= LEVELS.index(wanted)


def rises(heard: Heard, town: City, sheet: Expected, key: str) -> None:
    thread = thread_of(sheet, key)
    said = heard.of_thread(key)
    assert said, f"nothing ever rose about {key}"
    first = next((heard.moment(one) for one in said if at_least(one.severity.level, thread.level_at_least)), None)
    assert first is not None, f"{key} never reached {thread.level_at_least}: {[one.severity.level for one in said]}"
    assert first <= thread.rises_by.at(town) + LATE, f"{key} reached {thread.level_at_least} at {first.astimezone(town.zone)}"


def together(heard: Heard, groups: Iterable[Sequence[str]]) -> tuple[int, int]:
    """Pairs of one event that stand in one story, and all pairs of one event."""
    pairs = [pair for group in groups for pair in combinations([key for key in group if key in heard.ids], 2)]
    return sum(heard.story_of[heard.ids[a]] == heard.story_of[heard.ids[b]] for a, b in pairs), len(pairs)


def events(sheet: Expected) -> list[tuple[str, ...]]:
    return [group for thread in sheet.threads for group in thread.same_event] + list(sheet.ordinary_events)


def copies_found(heard: Heard) -> tuple[list[str], list[str]]:
    """Ids of the copies that were found, and of those that were not."""
    printed = [item for item in heard.items.values() if item.copy_of in heard.ids]
    found = [item.id for item in printed if heard.group(item.id) == heard.group(item.copy_of)]
    return found, [item.id for item in printed if item.id not in found]


def false_copies(heard: Heard) -> list[tuple[str, str]]:
    """Items that were folded into another's group without repeating it."""
    wrong = []
    for item in heard.items.values():
        group = next(one for one in heard.items.values() if one.id == heard.group(item.id))
        if (item.copy_of or item.id) != (group.copy_of or group.id):
            wrong.append((item.id, group.id))
    return wrong


# the morning of the flood


def test_the_flood_is_high_before_the_office_opens(town, sheet, morning):
    high = [morning.moment(one) for one in morning.of_thread("flood") if at_least(one.severity.level, "high")]
    assert high
    assert high[0] < sheet.briefing_at.at(town)


@pytest.mark.parametrize(
    "key",
    [
        "flood",
        "water",
        pytest.param("fees", marks=pytest.mark.xfail(strict=True, reason="a rumour of few articles a day: no signal in days 11 to 14")),
    ],
)
def test_a_thread_rises_in_time_to_act(town, sheet, morning, key):
    rises(morning, town, sheet, key)


def test_no_signal_is_mostly_ordinary_life(morning):
    assert morning.signals
    for one in morning.signals:
        told = morning.threads(one.articles)
        noise = sum(number for thread, number in told.items() if thread.startswith("noise-"))
        assert 2 * noise < sum(told.values()), (one.subject, told)


def test_a_signal_stands_on_articles_that_had_been_printed_by_then(morning):
    """The time of a signal is the stream's own, a median that lags: fewer than half of its span may be ahead of it."""
    for one in morning.signals:
        ahead = [key for key in one.articles if morning.moments[morning.items[key].id] > one.updated]
        assert len(ahead) < watermark.SPAN / 2, one.subject
        assert one.since <= one.raised <= one.updated


def test_a_signal_is_carried_by_more_than_one_outlet_and_says_so_in_every_language(morning):
    for one in morning.signals:
        assert len(one.outlets) >= 2, one.subject
        assert one.observed > one.expected
        for reason in (*one.reasons, *one.severity.reasons):
            assert reasons.sentence(reason).strip()


def test_an_event_is_one_signal_that_is_updated(morning):
    raised = [one.signal.id for one in morning.signalled if one.new]
    assert len(raised) == len(set(raised))
    seen: set[str] = set()
    for one in morning.signalled:
        assert one.new == (one.signal.id not in seen)
        seen.add(one.signal.id)
    assert len(raised) <= 8, "an officer reads signals one by one"


def test_the_signals_of_the_flood_say_where_it_is_told(sheet, morning):
    wanted = set(thread_of(sheet, "flood").items)
    strongest = max(morning.of_thread("flood"), key=lambda one: len(one.articles))
    own = [morning.items[key].id in wanted for key in strongest.articles]
    assert sum(own) / len(own) >= 0.8
    assert len({morning.items[key].language for key in strongest.articles}) >= 2


def test_copies_fold_and_nothing_else_does(morning):
    found, missed = copies_found(morning)
    assert len(found) >= 0.95 * (len(found) + len(missed)), missed
    assert false_copies(morning) == []


def test_a_copy_stands_in_the_story_of_its_original(morning):
    for key, copy in morning.copies.items():
        assert morning.story_of[key] == morning.story_of[copy.group], morning.items[key].id


def test_a_story_counts_its_originals_and_copies(morning):
    members = morning.members()
    for key, items in members.items():
        story = morning.stories[key].story
        kinds = Counter("original" if morning.copies[morning.ids[item.id]].kind == "original" else "copy" for item in items)
        assert (story.articles, story.copies) == (kinds["original"], kinds["copy"]), story.headline
    assert sum(map(len, members.values())) == len(morning.items)


def test_a_story_is_headed_by_the_words_of_one_of_its_items(morning):
    for key, items in morning.members().items():
        story = morning.stories[key].story
        assert story.headline in {item.title for item in items}
        assert story.headline_article in morning.items
        assert set(story.languages) <= {item.language for item in items}
        times = [morning.moments[item.id] for item in items]
        assert (story.first, story.last) == (min(times), max(times)), story.headline


def test_reports_of_one_event_mostly_stand_together(sheet, morning):
    """Measured on 21 November 2026: 45 of 62 pairs."""
    one, all_ = together(morning, events(sheet))
    assert all_ == 62
    assert one / all_ >= 0.65, f"{one} of {all_} pairs"


def test_different_threads_are_not_one_story(morning):
    """Purity was 0.97 when this was written: the share of items in a story whose commonest thread is their own."""
    own = sum(Counter(item.thread for item in items).most_common(1)[0][1] for items in morning.members().values())
    assert own / len(morning.items) >= 0.93


def test_ordinary_life_does_not_hide_in_the_four_stories(morning):
    for items in morning.members().values():
        told = Counter(item.thread for item in items)
        if not told.most_common(1)[0][0].startswith("noise-"):
            noise = sum(number for thread, number in told.items() if thread.startswith("noise-"))
            assert noise <= 0.1 * len(items), told


def test_languages_meet_in_one_story(morning):
    mixed = [items for items in morning.members().values() if len({item.language for item in items}) > 1]
    assert {item.thread for items in mixed for item in items} >= {"flood", "water", "fees"}
    assert any({item.language for item in items} == {"id", "vi", "en"} for items in mixed)


def test_most_ordinary_stories_stay_below_medium(morning):
    ordinary = [key for key, items in morning.members().items() if all(item.thread.startswith("noise-") for item in items)]
    worse = [morning.stories[key].story.headline for key in ordinary if at_least(morning.stories[key].severity.level, "medium")]
    assert len(worse) <= 0.03 * len(ordinary), worse


def test_the_same_days_give_the_same_state_however_they_are_cut(town, embedder, morning):
    again = hear(town, range(11, 15), embedder, pile=200)
    assert again.story_of == morning.story_of
    assert again.signals == morning.signals
    assert again.saved == morning.saved


def test_a_morning_that_was_stored_half_way_ends_like_one_that_was_not(town, embedder, morning):
    steps = steps_of([article for _, article in articles_of(town, range(11, 15))])
    half = len(steps) // 2
    state, _ = pipeline.run(pipeline.start(SETTINGS), steps[:half], embedder, SETTINGS)
    state, _ = pipeline.run(pipeline.load(pipeline.save(state), SETTINGS), steps[half:], embedder, SETTINGS)
    assert pipeline.save(state) == morning.saved


def test_stored_vectors_give_what_the_first_run_gave(town, embedder, morning):
    class Silent:
        """An embedder that must not be asked."""

        name, dimension = embedder.name, embedder.dimension

        def embed(self, texts: Sequence[str]) -> Any:
            raise AssertionError(f"asked for {texts}")

    steps = steps_of([article for _, article in articles_of(town, range(11, 15))])
    _, outputs = pipeline.run(pipeline.start(SETTINGS), steps, embedder, SETTINGS)
    vectors = {
        one.copy.article: one.vector.astype(np.float16) for one in outputs if isinstance(one, pipeline.Placed) and one.vector is not None
    }
    told = [
        replace(step, vector=vectors[step.article.id].astype(np.float32))
        if isinstance(step, pipeline.Arrive) and step.article.id in vectors
        else step
        for step in steps
    ]
    state, again = pipeline.run(pipeline.start(SETTINGS), told, Silent(), SETTINGS)
    assert [one.signal for one in again if isinstance(one, pipeline.Signalled)] == morning.signals
    assert pipeline.save(state) == morning.saved


def test_each_day_without_its_future_is_heard_as_it_was(town, embedder, morning):
    """Nothing that was said by the end of day 13 depends on day 14."""
    before = hear(town, range(11, 14), embedder)
    last = max(before.moments.values())
    assert before.signals == [one for one in morning.signals if one.updated <= last]
    assert before.copies.items() <= morning.copies.items()


# fourteen days


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_the_flood_stands_out_of_fourteen_days(town, sheet, fortnight):
    high = [fortnight.moment(one) for one in fortnight.of_thread("flood") if at_least(one.severity.level, "high")]
    assert high
    assert high[0] < sheet.briefing_at.at(town)
    rises(fortnight, town, sheet, "flood")


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("key", ["water", "market", "fees"])
@pytest.mark.xfail(
    strict=True,
    reason="measured on 22 November 2026: water raises no signal, market is 2 h 15 min and fees (by topic) too late",
)
def test_a_thread_rises_out_of_fourteen_days(town, sheet, fortnight, key):
    rises(fortnight, town, sheet, key)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_fourteen_days_fold_and_group_as_four_do(sheet, fortnight):
    found, missed = copies_found(fortnight)
    assert len(found) >= 0.95 * (len(found) + len(missed)), missed
    assert false_copies(fortnight) == []
    one, all_ = together(fortnight, events(sheet))
    assert one / all_ >= 0.6, f"{one} of {all_} pairs"


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_no_signal_of_fourteen_days_is_mostly_ordinary_life(fortnight):
    for one in fortnight.signals:
        told = fortnight.threads(one.articles)
        assert 2 * sum(number for thread, number in told.items() if thread.startswith("noise-")) < sum(told.values()), one.subject


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.xfail(strict=True, reason="the burnt furniture store is medium")
def test_ordinary_events_of_fourteen_days_are_not_worth_more_than_low(sheet, fortnight):
    for group in sheet.ordinary_events:
        for key in group:
            said = fortnight.stories[fortnight.story_of[fortnight.ids[key]]]
            assert not at_least(said.severity.level, "medium"), said.story.headline


# without meaning: what does not need the model


@pytest.fixture(scope="module")
def by_words(town) -> Heard:
    return hear(town, range(1, 15), HashedEmbedder())


def test_copies_are_found_without_the_model(by_words):
    found, missed = copies_found(by_words)
    assert len(found) + len(missed) >= 75
    assert len(found) >= 0.95 * (len(found) + len(missed)), missed
    assert false_copies(by_words) == []


def test_every_item_of_the_city_finds_one_place(town, by_words):
    assert set(by_words.ids) == {item.id for item in town.items}
    assert set(by_words.story_of) == set(by_words.items)
    assert set(by_words.story_of.values()) <= set(by_words.stories)


def test_the_language_of_nearly_every_item_is_known(town):
    told = {item.id: language.detect(f"{item.title}. {item.text}") for item in town.items}
    wrong = [item.id for item in town.items if told[item.id] != item.language]
    assert len(wrong) <= 0.03 * len(town.items), wrong
    titles = sum(language.detect(item.title) == item.language for item in town.items)
    assert titles >= 0.94 * len(town.items), f"{titles} of {len(town.items)} bare headlines"


# what people wrote about themselves

NAMES = {
    "noise-2-008": "Hendra Tumanggala", "noise-2-019": "Ngọc Thoa", "flood-rising-016": "Sulastri Maharani",
    "flood-rising-023": "Lâm Văn Trượng", "flood-day-002": "Wahyu Prasanto", "flood-day-010": "Hoài Thu",
    "flood-day-018": "Yusran Hadipura", "flood-day-055": "Bạch Diệp",
}  # fmt: skip
LEFT = {
    "noise-1-013": "Prameswari", "noise-1-025": "Diễm Khuê", "noise-3-018": "Tường Lâm", "water-005": "Dirgantoro",
    "water-013": "Nurlela Hartati", "noise-4-064": "Trúc Giao", "water-033": "Sasmito Aji", "flood-day-046": "Ratnaningsih",
}  # fmt: skip
"""Names in public posts by item: found, and not found (measured on 21 November 2026)."""


@pytest.fixture(scope="module")
def stored(town) -> dict[str, str]:
    """Every public post as it would be stored."""
    public = {outlet.key for outlet in town.outlets if outlet.source_kind == "public"}
    tagger = load_tagger()
    return {
        item.id: hide(f"{item.title}. {item.text}", source_kind="public", names=tagger).text for item in town.items if item.outlet in public
    }


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a telephone number", r"0810|\b0\d{2,3}[-. ]\d{3}"),
        ("a plate", r"\b[A-Z]{1,2} \d{4} [A-Z]{2}\b"),
        ("a handle", r"(?<!\w)@\w"),
        ("an address of mail", r"\w@\w"),
        ("an identity number", r"\b\d{16}\b"),
        ("an account", r"\brekening \d"),
    ],
)
def test_no_public_post_keeps(stored, what, pattern):
    assert {key: text for key, text in stored.items() if re.search(pattern, text)} == {}, what


@pytest.mark.parametrize("item", NAMES)
def test_a_name_in_a_public_post_is_hidden(town, stored, item):
    assert NAMES[item] in next(one.text for one in town.items if one.id == item), "the post names somebody"
    assert NAMES[item] not in stored[item]
    assert "⟦name⟧" in stored[item]


@pytest.mark.parametrize("item", LEFT)
@pytest.mark.xfail(strict=False, reason="the tagger of names misses this one")
def test_a_name_in_a_public_post_should_be_hidden(stored, item):
    assert LEFT[item] not in stored[item]


def test_what_a_public_post_says_about_the_event_stays(town, stored):
    """A mark stands for the private part; place and need remain for the office to act on."""
    assert "Rawa Kenari RT 02 air sudah masuk rumah selutut" in stored["flood-day-002"]
    assert "Posko terdekat di mana?" in stored["flood-day-018"]
    kept = sum(len(text) for text in stored.values())
    written = sum(len(f"{item.title}. {item.text}") for item in town.items if item.id in stored)
    assert kept > 0.9 * written
