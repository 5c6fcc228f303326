"""The pipeline: the same steps give the same outputs, however they are cut, saved and loaded, and wherever the
vectors come from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan.engine import pipeline, placing
from kentongan.engine.kinds import KindJudgement, kind_of
from kentongan.engine.pipeline import Arrive, Merge, Moved, Output, Placed, Signalled, Split, Step, StoryChanged, StoryMerged, Tick
from kentongan.engine.places import Gazetteer, Place
from kentongan.engine.reasons import sentence
from kentongan.engine.records import Article, Language, SourceKind, article_id
from kentongan.engine.topics_reading import lists_from
from kentongan.engine.vectors import DIMENSION, FloatArray, prior_centres
from kentongan.errors import StateError

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SETTINGS = pipeline.Settings()
SUBJECTS = (
    "Banjir rendam tiga kelurahan di kota",
    "Pasar lama akan dipindahkan bulan depan",
    "Air keran berbau di dua kelurahan",
    "Wali kota resmikan taman baru",
    "Tarif parkir naik mulai Senin",
)
ENDINGS = ("", ", warga mengungsi", ", 12 orang terluka", ", kata dinas", ", apa kata warga?", " sore ini", " hingga malam")


class TopicEmbedder:
    """Deterministic vectors: texts that begin alike point the same way. Counts what it was asked for."""

    name = "test/topic"
    dimension = DIMENSION

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> FloatArray:
        self.texts += texts
        return np.stack([self._vector(text) for text in texts])

    @staticmethod
    def _vector(text: str) -> FloatArray:
        main, noise = (_random(part) for part in (text[:12], text))
        vector = main + 0.3 * noise
        return (vector / np.linalg.norm(vector)).astype(np.float32)


def _random(text: str) -> FloatArray:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
    return np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)


def article(number: int, title: str, minutes: int, outlet: str = "Harian Kota", kind: SourceKind = "press", text: str = "") -> Article:
    url = f"https://outlet.example/{number}"
    return Article(article_id(url), url, outlet, kind, title, text, "id", START + timedelta(minutes=minutes))


@st.composite
def streams(draw: st.DrawFn) -> list[Step]:
    """Articles of few subjects in event time, some late, some copied, some arriving twice, with ticks between."""
    steps: list[Step] = []
    minutes = 0
    for number in range(draw(st.integers(5, 40))):
        minutes += draw(st.sampled_from((1, 7, 40, 600)))
        subject, ending = draw(st.sampled_from(SUBJECTS)), draw(st.sampled_from(ENDINGS))
        late = draw(st.sampled_from((0, 0, 0, 90, 5000)))
        outlet = draw(st.sampled_from(("Harian Kota", "Radio D", "Dinas PU")))
        kind: SourceKind = "official" if outlet == "Dinas PU" else draw(st.sampled_from(("press", "public")))
        one = article(number if draw(st.integers(0, 9)) else max(0, number - 1), subject + ending, minutes - late, outlet, kind)
        steps.append(Arrive(one))
        if not draw(st.integers(0, 7)):
            steps.append(Tick(START + timedelta(minutes=minutes + draw(st.sampled_from((5, 800))))))
    return steps


def run_in_parts(
    steps: Sequence[Step], cuts: Sequence[int], *, reload: bool, rules: pipeline.Settings = SETTINGS
) -> tuple[list[Output], bytes]:
    state = pipeline.start(rules)
    outputs: list[Output] = []
    edges = [0, *sorted({cut % (len(steps) + 1) for cut in cuts}), len(steps)]
    for start, end in pairwise(edges):
        state, some = pipeline.run(state, steps[start:end], TopicEmbedder(), rules)
        outputs += some
        if reload:
            state = pipeline.load(pipeline.save(state), rules)
    return outputs, pipeline.save(state)


def plain(output: Output) -> object:
    """A form that compares by value: arrays as bytes."""
    return (
        (output.copy, output.assignment, None if output.vector is None else output.vector.tobytes())
        if isinstance(output, Placed)
        else output
    )


def coalesced(outputs: Sequence[Output]) -> tuple[list[object], dict[str, StoryChanged]]:
    """Everything but StoryChanged in order, and the last StoryChanged of every story that was not merged away after
    it."""
    last: dict[str, StoryChanged] = {}
    for output in outputs:
        if isinstance(output, StoryChanged):
            last[output.story.id] = output
        elif isinstance(output, StoryMerged):
            last.pop(output.gone, None)
    return [plain(output) for output in outputs if not isinstance(output, StoryChanged)], last


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streams(), st.lists(st.integers(0, 60), max_size=6))
def test_it_says_the_same_however_the_stream_is_cut(steps: list[Step], cuts: list[int]) -> None:
    whole, saved_whole = run_in_parts(steps, [], reload=False)
    parts, saved_parts = run_in_parts(steps, cuts, reload=False)
    assert coalesced(parts) == coalesced(whole)
    assert saved_parts == saved_whole


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streams(), st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_it_goes_on_byte_for_byte_after_saving_and_loading(steps: list[Step], cuts: list[int]) -> None:
    through, saved_through = run_in_parts(steps, cuts, reload=True)
    kept, saved_kept = run_in_parts(steps, cuts, reload=False)
    assert [plain(output) for output in through] == [plain(output) for output in kept]
    assert saved_through == saved_kept


WARDS = pipeline.Settings(places=Gazetteer(places=tuple(Place(f"w{n}", (f"Kelurahan Mawar {n}",), "ward", "city") for n in range(12))))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streams(), st.lists(st.integers(0, 60), min_size=1, max_size=4), st.integers(1, 11))
def test_the_places_of_a_story_go_on_after_saving_and_loading(steps: list[Step], cuts: list[int], wards: int) -> None:
    steps = [
        replace(step, article=replace(step.article, text=f"Di Kelurahan Mawar {n % wards} dan Kelurahan Mawar {n % 7}."))
        if isinstance(step, Arrive)
        else step
        for n, step in enumerate(steps)
    ]
    through, saved_through = run_in_parts(steps, cuts, reload=True, rules=WARDS)
    kept, saved_kept = run_in_parts(steps, cuts, reload=False, rules=WARDS)
    assert [plain(output) for output in through] == [plain(output) for output in kept]
    assert saved_through == saved_kept


def reach_of(reports: Sequence[Article], rules: pipeline.Settings) -> tuple[int, str]:
    """The reach of the one story these tell, and its reason."""
    changed = [
        one for one in run_in_parts([Arrive(one) for one in reports], [], reload=False, rules=rules)[0] if isinstance(one, StoryChanged)
    ]
    assert len(changed) == 1
    severity = changed[0].severity
    return severity.reach, next(sentence(one) for one in severity.reasons if one.code.startswith("severity.reach"))


def test_an_outlet_that_tells_of_six_wards_reaches_as_far_as_six_outlets() -> None:
    title = "Banjir rendam kota {}, warga mengungsi ke masjid di Kelurahan Mawar {}"
    wards = [article(n, title.format("ABCDEF"[n], n), 5 * n) for n in range(6)]
    assert reach_of(wards, WARDS) == (3, "Distinct places named: 6; outlets: 1.")
    assert reach_of(wards, SETTINGS) == (0, "Distinct outlets: 1."), "without a gazetteer nothing is known of places"


def test_one_public_post_that_names_ten_wards_reaches_no_further() -> None:
    ten = "Banjir rendam kota di " + ", ".join(f"Kelurahan Mawar {n}" for n in range(10))
    post = article(1, ten, 0, "Mastodon", "public")
    copies = [article(n, ten, n, "Mastodon", "public") for n in range(2, 30)]
    assert reach_of([post], WARDS)[0] == 0
    assert reach_of([post, *copies], WARDS)[0] == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streams())
def test_a_replay_with_the_stored_vectors_gives_what_the_first_run_gave(steps: list[Step]) -> None:
    first, saved_first = run_in_parts(steps, [], reload=False)
    stored = {o.copy.article: o.vector.astype(np.float16) for o in first if isinstance(o, Placed) and o.vector is not None}
    again: list[Step] = [
        Arrive(step.article, stored[step.article.id].astype(np.float32) if step.article.id in stored else None)
        if isinstance(step, Arrive)
        else step
        for step in steps
    ]
    embedder = TopicEmbedder()
    state, outputs = pipeline.run(pipeline.start(SETTINGS), again, embedder, SETTINGS)
    assert [plain(output) for output in outputs] == [plain(output) for output in first]
    assert pipeline.save(state) == saved_first
    assert embedder.texts == []


def test_it_embeds_originals_only() -> None:
    body = (
        "Air setinggi satu meter masuk ke rumah warga sejak pukul empat pagi dan belum surut sampai siang hari ini kata petugas di "
        "posko kelurahan yang dihubungi lewat telepon oleh wartawan kami di kota."
    )
    first = article(1, "Banjir di tiga kelurahan", 0, text=body)
    copied = article(2, "Tiga kelurahan terendam", 9, outlet="Radio D", text=body)
    embedder = TopicEmbedder()
    _, outputs = pipeline.run(pipeline.start(SETTINGS), [Arrive(first), Arrive(copied)], embedder, SETTINGS)
    placed = [output for output in outputs if isinstance(output, Placed)]
    assert len(embedder.texts) == 1
    assert placed[1].copy.group == first.id
    assert placed[1].vector is None
    assert placed[1].assignment.story == placed[0].assignment.story


def test_an_officers_merge_moves_the_counts_and_a_split_takes_them_back() -> None:
    one, two = article(1, SUBJECTS[0], 0), article(2, SUBJECTS[1], 5, outlet="Radio D")
    three = article(3, SUBJECTS[1] + ENDINGS[3], 6, outlet="Radio D")
    state, outputs = pipeline.run(pipeline.start(SETTINGS), [Arrive(one), Arrive(two), Arrive(three)], TopicEmbedder(), SETTINGS)
    left, right, same = (output.assignment.story for output in outputs if isinstance(output, Placed))
    assert left != right == same
    state, outputs = pipeline.run(state, [Merge(left, right, START)], TopicEmbedder(), SETTINGS)
    merged = [output for output in outputs if isinstance(output, StoryChanged)]
    assert StoryMerged(right, left) in outputs
    assert merged[0].story.articles == 3
    assert merged[0].severity.reach == 1
    _, outputs = pipeline.run(state, [Split(left, (two.id, three.id), START)], TopicEmbedder(), SETTINGS)
    after = [output for output in outputs if isinstance(output, StoryChanged)]
    assert sorted(change.story.articles for change in after) == [1, 2]
    assert [change.severity.reach for change in after] == [0, 0]


def test_a_translation_that_finds_a_better_one_leaves_and_its_story_is_told() -> None:
    """An English report and a distant Indonesian one were told together; the true translation comes and the other leaves."""
    means = prior_centres().means
    base, other, noise = (_random(name) / np.linalg.norm(_random(name)) for name in "abc")

    def vector(language: Language, near: float, rest: FloatArray) -> FloatArray:
        direction = near * base + (1 - near * near) ** 0.5 * rest
        return (means[language] + direction / np.linalg.norm(direction)).astype(np.float32)

    english = replace(article(1, "River floods three wards", 0), language="en")
    distant, true = article(2, "Sungai meluap", 5), article(3, "Tiga kelurahan banjir", 9)
    steps: list[Step] = [
        Arrive(english, vector("en", 1.0, other)),
        Arrive(distant, vector("id", 0.45, other)),
        Arrive(true, vector("id", 0.8, noise)),
    ]
    state, outputs = pipeline.run(pipeline.start(SETTINGS), steps, TopicEmbedder(), SETTINGS)
    moved = [output for output in outputs if isinstance(output, Moved)]
    assert [one.articles for one in moved] == [(distant.id,)]
    changed = {output.story.id: output for output in outputs if isinstance(output, StoryChanged)}
    assert sum(count for _, count in changed[moved[0].story].counts) == 1
    assert sorted(sum(count for _, count in change.counts) for change in changed.values()) == [1, 2]
    assert pipeline.save(pipeline.load(pipeline.save(state), SETTINGS)) == pipeline.save(state)


def test_a_merge_of_a_story_that_is_gone_is_passed_over() -> None:
    _, outputs = pipeline.run(pipeline.start(SETTINGS), [Merge("s1", "s2", START), Split("s1", ("a",), START)], TopicEmbedder(), SETTINGS)
    assert outputs == []


def test_a_page_read_again_is_not_counted_twice() -> None:
    steps = [Arrive(article(1, SUBJECTS[0], 0))] * 2
    _, outputs = pipeline.run(pipeline.start(SETTINGS), steps, TopicEmbedder(), SETTINGS)
    changed = [output for output in outputs if isinstance(output, StoryChanged)]
    assert [sum(count for _, count in change.counts) for change in changed] == [1]


def test_many_reports_within_hours_raise_one_signal_which_falls_back_in_the_quiet() -> None:
    daily = [Arrive(article(day, f"Berita hari ke-{day} {_random(str(day))[0]}", day * 1440 - 30_000)) for day in range(20)]
    flood = [
        Arrive(article(100 + n, SUBJECTS[0] + ENDINGS[n % 3] + f" pukul {n}", 10 + 9 * n, outlet=("Harian Kota", "Radio D")[n % 2]))
        for n in range(12)
    ]
    state, outputs = pipeline.run(pipeline.start(SETTINGS), [*daily, *flood], TopicEmbedder(), SETTINGS)
    raised = [output.signal for output in outputs if isinstance(output, Signalled) and output.new]
    assert len(raised) == 1
    assert raised[0].severity.harm >= 3
    assert len(raised[0].series) == 72
    _, outputs = pipeline.run(state, [Tick(START + timedelta(days=2))], TopicEmbedder(), SETTINGS)
    fallen = [output.signal for output in outputs if isinstance(output, Signalled)]
    assert [signal.id for signal in fallen] == [raised[0].id]
    assert fallen[0].reasons[-1].code == "signal.fell"


def test_a_damaged_state_is_refused() -> None:
    saved = pipeline.save(pipeline.start(SETTINGS))
    with pytest.raises(StateError):
        pipeline.load(saved[:-1] + bytes([saved[-1] ^ 1]), SETTINGS)
    with pytest.raises(StateError):
        pipeline.load(b"nonsense", SETTINGS)


class TaughtEmbedder(TopicEmbedder):
    """Says that its vectors are those the heads were taught with."""

    name = "e5/test"


@pytest.mark.parametrize(
    ("title", "kind", "series"),
    [
        ("Pelayanan buruk sekali, antre lima jam", "public", "qcomplaint"),
        ("Terima kasih petugas, cepat dan ramah", "public", "qpraise"),
        ("Sebaiknya halte diberi atap", "public", "qsuggestion"),
        ("Katanya besok tanggul jebol", "public", "qrumour"),
        ("Kapan air menyala lagi?", "public", "qquestion"),
        ("Pengumuman: loket tutup hari Jumat", "official", "qannouncement"),
        ("Tanggul jebol, ratusan warga mengungsi, dua hilang", "public", "qreport"),
        ("Air di sini sudah jernih sejak Senin, 3 hari", "public", "qclaim"),
    ],
)
def test_every_kind_of_item_is_a_series(title: str, kind: SourceKind, series: str) -> None:
    state, _ = pipeline.run(pipeline.start(SETTINGS), [Arrive(article(1, title, 0, kind=kind))], TopicEmbedder(), SETTINGS)
    assert series in state.bursts.series


@pytest.mark.parametrize(
    ("title", "series"),
    [
        ("Pelayanan buruk sekali, antre lima jam", set()),
        ("Katanya besok tanggul jebol", set()),
        ("Kapan air menyala? Warga bertanya", {"qquestion"}),
    ],
)
def test_the_press_counts_among_the_kinds_only_where_the_public_asks_in_it(title: str, series: set[str]) -> None:
    state, _ = pipeline.run(pipeline.start(SETTINGS), [Arrive(article(1, title, 0))], TopicEmbedder(), SETTINGS)
    assert {key for key in state.bursts.series if key[0] == "q"} == series


def test_the_kind_hangs_on_the_vector_only_where_the_head_was_taught_with_such_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def spy(title: str, text: str, vector: FloatArray | None, language: Language, source_kind: SourceKind) -> KindJudgement:
        asked.append(vector is not None)
        return kind_of(title, text, vector, language, source_kind)

    monkeypatch.setattr(placing, "kind_of", spy)
    for embedder in (TopicEmbedder(), TaughtEmbedder()):
        pipeline.run(pipeline.start(SETTINGS), [Arrive(article(1, "Air mati", 0, kind="public"))], embedder, SETTINGS)
    assert asked == [False, True]


def test_the_office_s_own_topics_are_those_its_reports_count_for() -> None:
    rules = replace(SETTINGS, topics=lists_from("services: {market: {id: [kios]}}"))
    for settings_, series in ((SETTINGS, set()), (rules, {"cmarket"})):
        state, _ = pipeline.run(pipeline.start(settings_), [Arrive(article(1, "Kios roboh", 0))], TopicEmbedder(), settings_)
        assert {key for key in state.bursts.series if key[0] == "c"} == series
