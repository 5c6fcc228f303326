"""Stories: which articles, of which outlets and languages, tell one event. Online, one article at a time.

Observed. Reports of one event come within days, from many outlets, in several languages, in any order, and say the same thing with other words
plus the same names and figures. Reports of two events of one kind (two floods) have nearly the same meaning and other names.

Method: single-pass clustering ("leader-follower"; Allan, Papka & Lavrenko 1998 on new-event detection). An article is compared with the
active stories that are near by vector or share its rare words; the score is

    cosine of centred vectors + `words_weight` × cosine of weighted words − `gap_cost` × share of the window since the story's last report

and it joins the best story if that is at least `join`, else it begins a story. Between languages words are few, so meaning alone must reach
`join_across`. After joining, the story that was second best is joined to the first where the two have become alike (`merge`).
A copy follows its original without being compared, and its vector is not needed.

An officer's word outlasts the method: stories joined by her keep a facet each, so that later reports of either side arrive in the joined
story; stories split by her are never joined again by the method, and later reports go to the nearer part.

Known failures. The order of arrival matters: of two orders of the same articles the stories can differ at the edges (a test states for
which sets they do not). A long story drifts with its news. Recurring forms (share index, weather, prayer times) gather in one story a
week. Two events of one kind in one town on one day are joined.

Why not: DBSCAN and its streaming kin need one density for all; topic models need the whole stream; a language model for each pair costs more
than all other stages; clustering by time window forgets what an officer decided.

State is bounded: a story that got nothing for `active_days` is compared no more, after `keep_days` it is forgotten, and at most
`max_active` stories are compared; see `story_state` for what is kept of each.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from kentongan.engine.records import Article, Assignment, Copy, Language, Reason, Story
from kentongan.engine.story_state import MEMBERS, WORDS, Member, State, Thread
from kentongan.engine.story_state import load as load
from kentongan.engine.story_state import save as save
from kentongan.engine.terms import Terms, terms_of
from kentongan.engine.vectors import DIMENSION, FloatArray, clean, prior_centres, unit
from kentongan.errors import InputError

_DAY = 86_400.0
_LEAD = 300
_SWEEP = 128
_NEAR, _SHARED = 16, 12
_POSTINGS = 400


@dataclass(frozen=True, slots=True)
class Settings:
    """How stories are told apart. Cosines and weights without unit, times in days of event time."""

    active_days: float = 4.0
    keep_days: float = 10.0
    max_active: int = 20_000
    join: float = 0.62
    join_across: float = 0.55
    words_weight: float = 0.5
    gap_cost: float = 0.15
    merge: float = 0.85


@dataclass(frozen=True, slots=True)
class Joined:
    """Where an article went: the assignment, the story as it stands now, and the stories that were joined to it at this step."""

    assignment: Assignment
    story: Story
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Match:
    """How an article compares with a story."""

    thread: Thread
    slot: int
    cosine: float
    lexical: float
    score: float
    needed: float
    shared: tuple[str, ...]

    @property
    def margin(self) -> float:
        return self.score - self.needed


def start() -> State:
    """An empty state with the shipped centres of the languages."""
    return State(centres=prior_centres())


def step(
    state: State, article: Article, vector: FloatArray | None, copy: Copy, settings: Settings
) -> tuple[State, Joined]:
    """Place one article. `state` is changed in place and returned; the same calls give the same states and answers.

    `vector` is the raw unit vector of `vectors.text_for(article)`, shape (384,). It is not needed (None) for a copy; a copy whose
    original is no longer known and has no vector begins a story of its own.
    """
    now = state.watermark.advance(article.published.timestamp())
    state.since_sweep += 1
    if state.since_sweep >= _SWEEP:
        state.since_sweep = 0
        _sweep(state, now, settings)
    placed = state.place.get(article.id) or state.place.get(copy.group)
    if placed is not None:
        return state, _follow(state, state.threads[placed], article)
    terms = terms_of(article)
    centred = np.zeros(DIMENSION, dtype=np.float32)
    if vector is not None:
        centred = state.centres.centred(vector, article.language)
        state.centres.learn(vector, article.language)
    weights = {word: state.counts.weight(word) for word in terms.words}
    state.counts.learn(terms)
    matches = _matches(state, article, centred, weights, settings)
    member = _member(article, centred, terms)
    if not matches or matches[0].margin < 0.0:
        thread = _begin(state, member)
        near = max((match.score for match in matches), default=0.0)
        score = min(1.0, max(0.0, 1.0 - near))
        reasons = (Reason("story.new", {"days": settings.active_days}),)
        return state, Joined(Assignment(article.id, thread.id, score, reasons), _story(thread))
    best = matches[0]
    reasons = _reasons(best, article, terms)
    _join(state, best, member)
    merged = _merge_alike(state, best.thread, matches[1:], settings)
    score = 1.0 / (1.0 + math.exp(-6.0 * best.margin - 0.5))
    return state, Joined(Assignment(article.id, best.thread.id, score, reasons), _story(best.thread), merged)


def _follow(state: State, thread: Thread, article: Article) -> Joined:
    """A copy (or a page read again) goes where its original is; an inactive story stays inactive."""
    if article.id not in state.place:
        thread.ids.append(article.id)
        state.place[article.id] = thread.id
        thread.copies += 1
        _seen(thread, article.outlet, article.language, article.published.timestamp())
        _keep(thread, Member(article.id, article.outlet, article.language, article.published.timestamp(), article.title, "", True, None))
    return Joined(Assignment(article.id, thread.id, 1.0, (Reason("story.copy"),)), _story(thread))


def _member(article: Article, vector: FloatArray, terms: Terms) -> Member:
    lead = clean(article.text[:2 * _LEAD])
    if len(lead) > _LEAD:
        lead = lead[:_LEAD].rsplit(" ", 1)[0]
    return Member(
        article.id, article.outlet, article.language, article.published.timestamp(), article.title, lead, False,
        vector.astype(np.float16), terms.words,
    )


def _matches(
    state: State, article: Article, vector: FloatArray, weights: Mapping[str, float], settings: Settings
) -> list[_Match]:
    """Comparisons with the stories that are near by meaning or by rare words, best margin first."""
    names = dict.fromkeys([*_near(state, vector), *_sharing(state, weights)])
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    seconds = article.published.timestamp()
    found: list[_Match] = []
    for name in names:
        thread = state.threads[name]
        gap = max(0.0, seconds - thread.last, thread.first - seconds) / _DAY
        if gap <= settings.active_days:
            found.append(_match(state, thread, article.language, vector, weights, norm, gap / settings.active_days, settings))
    return sorted(found, key=lambda match: (-match.margin, match.thread.first, match.thread.id))


def _near(state: State, vector: FloatArray) -> list[str]:
    """Stories with the facets nearest to the vector. BLAS may differ in the last bit, so scores are computed anew for those it chose."""
    used = len(state.owners)
    if not used:
        return []
    cosines = state.rows[:used] @ vector
    chosen = np.argpartition(cosines, max(0, used - _NEAR))[-_NEAR:] if used > _NEAR else np.arange(used)
    return [state.owners[slot] for slot in sorted(chosen.tolist()) if state.owners[slot]]


def _sharing(state: State, weights: Mapping[str, float]) -> list[str]:
    """Stories that share most weight of words with the article."""
    totals: dict[str, float] = {}
    for word, weight in weights.items():
        names = state.postings.get(word, {})
        if len(names) <= _POSTINGS:
            for name in names:
                totals[name] = totals.get(name, 0.0) + weight * weight
    return sorted(totals, key=lambda name: (-totals[name], name))[:_SHARED]


def _match(
    state: State, thread: Thread, language: Language, vector: FloatArray, weights: Mapping[str, float], norm: float, gap: float,
    settings: Settings,
) -> _Match:
    cosines = [(float(np.dot(state.rows[slot], vector)), slot) for slot in thread.slots]
    cosine, slot = max(cosines)
    shared = [(weight, word) for word, weight in weights.items() if word in thread.words]
    total = sum(weight * weight * thread.words[word] for weight, word in shared) / max(1, thread.articles)
    lexical = total / (norm * thread.norm) if norm > 0.0 and thread.norm > 0.0 else 0.0
    score = cosine + settings.words_weight * lexical - settings.gap_cost * gap
    needed = settings.join if language in thread.languages else settings.join_across
    words = tuple(word for _, word in sorted(shared, key=lambda pair: (-pair[0], pair[1])))
    return _Match(thread, slot, cosine, lexical, score, needed, words)


def _reasons(match: _Match, article: Article, terms: Terms) -> tuple[Reason, ...]:
    found = [(match.cosine, Reason("story.meaning", {"score": round(match.cosine, 3)}))]
    words = [word for word in match.shared if word not in terms.figures][:4]
    figures = [word for word in match.shared if word in terms.figures][:4]
    if words:
        found.append((match.lexical, Reason("story.words", {"words": ", ".join(words)})))
    if figures:
        found.append((match.lexical / 2.0, Reason("story.numbers", {"numbers": ", ".join(figures)})))
    reasons = [reason for _, reason in sorted(found, key=lambda pair: -pair[0])]
    if article.language not in match.thread.languages:
        reasons.append(Reason("story.language"))
    return tuple(reasons)


def _begin(state: State, member: Member) -> Thread:
    thread = Thread(_free_id(state, [member.article]), member.seconds, member.seconds)
    state.threads[thread.id] = thread
    _add(state, thread, member)
    state.add_slot(thread, _vector(member))
    return thread


def _free_id(state: State, articles: Iterable[str]) -> str:
    """The id of a story is that of its first article whose id no living story bears."""
    for article in articles:
        name = f"s{article[:16]}"
        if name not in state.threads and name not in state.alias:
            return name
    raise InputError("Every article of this part already names another story.")


def _join(state: State, match: _Match, member: Member) -> None:
    state.set_slot(match.slot, state.sums[match.slot] + _vector(member))
    state.unindex_words(match.thread)
    _add(state, match.thread, member)


def _add(state: State, thread: Thread, member: Member) -> None:
    """Write the member into the story's books (not into its facets) and index its words anew."""
    thread.ids.append(member.article)
    state.place[member.article] = thread.id
    thread.articles += 1
    _seen(thread, member.outlet, member.language, member.seconds)
    _keep(thread, member)
    for word in member.words:
        thread.words[word] = thread.words.get(word, 0.0) + 1.0
    _trim_words(state, thread)
    state.index_words(thread)
    _choose_headline(state, thread)


def _trim_words(state: State, thread: Thread) -> None:
    if len(thread.words) > WORDS:
        best = sorted(thread.words, key=lambda word: (-thread.words[word] * state.counts.weight(word), word))[:WORDS]
        thread.words = {word: thread.words[word] for word in best}
    count = max(1, thread.articles)
    thread.norm = math.sqrt(sum((state.counts.weight(word) * times / count) ** 2 for word, times in thread.words.items()))


def _seen(thread: Thread, outlet: str, language: Language, seconds: float) -> None:
    thread.first, thread.last = min(thread.first, seconds), max(thread.last, seconds)
    thread.outlets[outlet] = thread.outlets.get(outlet, 0) + 1
    thread.languages[language] = thread.languages.get(language, 0) + 1


def _keep(thread: Thread, member: Member) -> None:
    thread.members.append(member)
    if len(thread.members) > MEMBERS:
        del thread.members[MEMBERS // 2]


def _vector(member: Member) -> FloatArray:
    return member.vector.astype(np.float32) if member.vector is not None else np.zeros(DIMENSION, dtype=np.float32)


def _choose_headline(state: State, thread: Thread) -> None:
    """The member nearest to the middle of the story, among those in its main language; the earlier of equals."""
    language = max(thread.languages, key=lambda name: thread.languages[name])
    members = [member for member in thread.members if not member.copy and member.language == language]
    if len(members) < 3:
        thread.headline = (members or thread.members)[0].article
        return
    vectors = np.stack([_vector(member) for member in members])
    nearness = np.round(np.einsum("ij,j->i", vectors, unit(vectors.sum(axis=0))), 4)
    thread.headline = members[int(np.argmax(nearness))].article


def _story(thread: Thread) -> Story:
    chosen = next((member for member in thread.members if member.article == thread.headline), thread.members[0])
    return Story(
        id=thread.id, headline=chosen.title, lead=_first_sentence(chosen.lead), headline_article=chosen.article,
        first=datetime.fromtimestamp(thread.first, UTC), last=datetime.fromtimestamp(thread.last, UTC),
        outlets=tuple(thread.outlets), languages=tuple(thread.languages), articles=thread.articles, copies=thread.copies,
    )


def _first_sentence(lead: str) -> str:
    for place in range(40, len(lead) - 1):
        if lead[place] in ".!?" and lead[place + 1] == " ":
            return lead[:place + 1]
    return lead


def _merge_alike(state: State, thread: Thread, others: list[_Match], settings: Settings) -> tuple[str, ...]:
    """Join to `thread` the next best story the article also fits, if both have become alike. The older name stays."""
    for other in others[:1]:
        gone = other.thread
        if other.margin < 0.0 or _pair(thread.id, gone.id) in state.apart:
            continue
        alike = max(float(np.dot(state.rows[a], state.rows[b])) for a in thread.slots for b in gone.slots)
        if alike >= settings.merge:
            _absorb(state, thread, gone, keep_facets=False)
            return (gone.id,)
    return ()


def _absorb(state: State, thread: Thread, gone: Thread, *, keep_facets: bool) -> None:
    """Make `gone` a part of `thread`. With `keep_facets` later reports of either side are recognised."""
    state.unindex_words(thread)
    state.unindex_words(gone)
    if keep_facets:
        for slot in gone.slots:
            state.owners[slot] = thread.id
        thread.slots.extend(gone.slots)
        gone.slots = []
    elif thread.slots and gone.slots:
        total = state.sums[thread.slots[0]] + np.sum(state.sums[gone.slots], axis=0, dtype=np.float32)
        state.set_slot(thread.slots[0], total)
    state.drop_slots(gone)
    for word, times in gone.words.items():
        thread.words[word] = thread.words.get(word, 0.0) + times
    thread.articles += gone.articles
    thread.copies += gone.copies
    thread.ids.extend(gone.ids)
    state.place.update(dict.fromkeys(gone.ids, thread.id))
    for member in gone.members:
        _keep(thread, member)
    for outlet, times in gone.outlets.items():
        thread.outlets[outlet] = thread.outlets.get(outlet, 0) + times
    for language, times in gone.languages.items():
        thread.languages[language] = thread.languages.get(language, 0) + times
    thread.first, thread.last = min(thread.first, gone.first), max(thread.last, gone.last)
    _trim_words(state, thread)
    state.index_words(thread)
    _choose_headline(state, thread)
    del state.threads[gone.id]
    for old, new in list(state.alias.items()):
        if new == gone.id:
            state.alias[old] = thread.id
    state.alias[gone.id] = thread.id
    state.apart = {
        _pair(*(thread.id if name == gone.id else name for name in pair)) for pair in state.apart if set(pair) != {thread.id, gone.id}
    }


def _pair(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left < right else (right, left)


def merge(state: State, into: str, other: str) -> tuple[State, Story]:
    """An officer says two stories are one. It sticks: later reports of either arrive in `into`.

    Raises `InputError` when a story is unknown (forgotten after `keep_days`) or both are the same.
    """
    thread, gone = _thread(state, into), _thread(state, other)
    if thread is gone:
        raise InputError("These two are already one story.", subject=into)
    _wake(state, thread)
    _wake(state, gone)
    _absorb(state, thread, gone, keep_facets=True)
    return state, _story(thread)


def split(state: State, story: str, articles: Iterable[str]) -> tuple[State, tuple[Story, Story]]:
    """An officer says these articles are another story. It sticks: the method never joins the two again.

    Copies go with their originals as far as they are named. Returns what remains and the new story. Raises `InputError` when the story is
    unknown, an article is not of it or is no longer kept, or nothing would remain on one side.
    """
    thread = _thread(state, story)
    wanted = dict.fromkeys(articles)
    missing = [name for name in wanted if state.place.get(name) != thread.id]
    if missing:
        raise InputError(f"Article {missing[0]} does not belong to this story.", subject=story)
    kept = {member.article for member in thread.members if not member.copy}
    going = [member for member in thread.members if member.article in wanted]
    if not any(not member.copy for member in going) or not kept - set(wanted):
        raise InputError("Both parts need at least one article that is not a copy.", subject=story)
    _wake(state, thread)
    state.unindex_words(thread)
    fresh = Thread(_free_id(state, [name for name in thread.ids if name in wanted]), thread.first, thread.last)
    state.threads[fresh.id] = fresh
    staying = [member for member in thread.members if member.article not in wanted]
    ids = thread.ids
    _refill(state, thread, staying, [name for name in ids if name not in wanted])
    _refill(state, fresh, going, [name for name in ids if name in wanted])
    state.apart.add(_pair(thread.id, fresh.id))
    return state, (_story(thread), _story(fresh))


def _refill(state: State, thread: Thread, members: list[Member], ids: list[str]) -> None:
    """Write a story's books anew from these members; counts of members no longer kept stay in `ids` alone."""
    state.drop_slots(thread)
    thread.ids, thread.members, thread.articles, thread.copies = ids, [], 0, 0
    thread.outlets, thread.languages, thread.words = {}, {}, {}
    thread.first, thread.last = math.inf, -math.inf
    total = np.zeros(DIMENSION, dtype=np.float32)
    for member in members:
        thread.members.append(member)
        thread.articles += not member.copy
        thread.copies += member.copy
        _seen(thread, member.outlet, member.language, member.seconds)
        for word in member.words:
            thread.words[word] = thread.words.get(word, 0.0) + 1.0
        total = total + _vector(member)
    state.place.update(dict.fromkeys(ids, thread.id))
    state.add_slot(thread, total)
    _trim_words(state, thread)
    state.index_words(thread)
    _choose_headline(state, thread)


def _thread(state: State, story: str) -> Thread:
    thread = state.threads.get(state.alias.get(story, story))
    if thread is None:
        raise InputError("This story is not known any more.", subject=story)
    return thread


def _wake(state: State, thread: Thread) -> None:
    """Compare a story again that had gone quiet."""
    if not thread.active:
        thread.active = True
        total = np.sum([_vector(member) for member in thread.members], axis=0, dtype=np.float32)
        state.add_slot(thread, total)
        state.index_words(thread)


def _sweep(state: State, now: float, settings: Settings) -> None:
    """Stop comparing quiet stories, forget old ones."""
    threads = sorted(state.threads.values(), key=lambda thread: (-thread.last, thread.id))
    for rank, thread in enumerate(threads):
        if thread.active and (rank >= settings.max_active or thread.last < now - settings.active_days * _DAY):
            thread.active = False
            state.drop_slots(thread)
            state.unindex_words(thread)
        if thread.last < now - settings.keep_days * _DAY:
            _forget(state, thread)


def _forget(state: State, thread: Thread) -> None:
    for name in thread.ids:
        state.place.pop(name, None)
    del state.threads[thread.id]
    state.alias = {old: new for old, new in state.alias.items() if new != thread.id}
    state.apart = {pair for pair in state.apart if thread.id not in pair}


def get_story(state: State, story: str) -> Story:
    """The story as it stands; a joined story's old name leads to the new one. Raises `InputError` when it is not known any more."""
    return _story(_thread(state, story))


def get_members(state: State, story: str) -> tuple[Member, ...]:
    """The kept members of a story in order of arrival, copies included; at most `MEMBERS`."""
    return tuple(_thread(state, story).members)
