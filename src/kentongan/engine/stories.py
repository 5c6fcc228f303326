"""Stories: which articles, of which outlets and languages, tell one event. Online, one article at a time.

Observed. Reports of one event come within days, from many outlets, in several languages, in any order; they say the same
with other words and share names and figures. Reports of two events of one kind (two floods) mean nearly the same with other names.

Method: single-pass clustering ("leader-follower"; Allan, Papka & Lavrenko 1998 on new-event detection).
  1. A copy follows its original; it is not compared and its vector is not needed.
  2. An article joins the active story in its own language that it fits best (`story_match`), found by vector or by rare words.
  3. Else it joins the story in another language that it is clearly nearer to than to all others. If that story holds a lone article
     of the article's own language that is like neither, the weaker of the two leaves: two languages told one event,
     and only one of two different reports can be its translation.
  4. Else it begins a story.
  5. Whenever a story has grown by a third, stories that have become like it are joined to it; the older name stays. What it holds
     from before its event began, and which is another one of the same form, leaves.

An officer's word outlasts the method: stories joined by her keep their facets, so that later reports of either side arrive in
the joined story; stories split by her are never joined again by the method, and later reports go to the nearer part.

Known failures. The order of arrival matters: two orders of the same articles can give stories that differ at the edges (a test states
for which sets they do not). A long story drifts with its news. Texts of service (forecasts, prayer times) are a story a day where
`recurring` knows them, else they gather. Two events of one kind in one town on one day are joined. Headlines alone mix more than articles.

Why not: DBSCAN and its streaming kin need one density for all; topic models need the whole stream; a language model
for each pair costs more than all other stages; fixed time windows forget what an officer decided.

State is bounded: a story that got nothing for `active_days` is compared no more, after `keep_days` it is forgotten, as are the
older articles of one that goes on; at most `max_active` stories are compared; see `story_state` for what is kept of each.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from kentongan.engine import story_match
from kentongan.engine.records import Article, Assignment, Copy, Language, Reason, Story
from kentongan.engine.recurring import is_recurring
from kentongan.engine.story_match import DAY, Arrival, Match
from kentongan.engine.story_match import Settings as Settings
from kentongan.engine.story_state import Facet, Member, State, Thread, kin
from kentongan.engine.story_state import load as load
from kentongan.engine.story_state import save as save
from kentongan.engine.terms import Terms, terms_of
from kentongan.engine.vectors import DIMENSION, FloatArray, clean, prior_centres, unit
from kentongan.errors import InputError

_LEAD = 300
HEADLINE_HOURS = 24.0
_SWEEP = 128
_MEMBER_WORDS = 30
TIMELESS = Settings(gap_cost=0.0, join=0.42, merge=0.58)
"""For streams without times, only an order (News-T): nothing may count on time, and stories are as wide as topics."""


@dataclass(frozen=True, slots=True)
class Parted:
    """Articles that left a story for a new one, because a better match came or because they tell another, older event."""

    story: Story
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Where an article went: the assignment and the story as it stands now.

    `merged` are stories that were joined to it at this step, `parted` new stories cut out of it.
    """

    assignment: Assignment
    story: Story
    merged: tuple[str, ...] = ()
    parted: tuple[Parted, ...] = ()


def start() -> State:
    """An empty state with the shipped centres of the languages."""
    return State(centres=prior_centres())


def step(state: State, article: Article, vector: FloatArray | None, copy: Copy, settings: Settings) -> tuple[State, Joined]:
    """Place one article. `state` is changed in place and returned; the same calls give the same states and answers.

    `vector` is the raw unit vector of `vectors.text_for(article)`, shape (384,). It is not needed (None) for a copy; a copy
    whose original is no longer known and that has no vector begins a story of its own.
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
    arrival = _arrival(state, article, vector, terms)
    match = story_match.within(state, arrival, settings)
    if match is None or match.margin < 0.0:
        near = match
        match = story_match.across(state, arrival, settings)
        if match is None:
            return state, _begin(state, article, arrival, terms, near, settings)
    reasons = _reasons(match, arrival, terms)
    parted = tuple(_part(state, match.thread, rival) for rival in match.rivals)
    _join(state, match, _member(article, arrival, terms), arrival.vector)
    grown = _has_grown(match.thread)
    thread, merged = _merge_alike(state, match.thread, settings)
    parted += _shed(state, thread, article.id, settings) if grown else ()
    score = 1.0 / (1.0 + math.exp(-6.0 * match.margin - 0.5))
    return state, Joined(Assignment(article.id, thread.id, score, reasons), _story(thread), merged, parted)


def _arrival(state: State, article: Article, vector: FloatArray | None, terms: Terms) -> Arrival:
    """The article as it is compared; it teaches the centre of its language and the counts of its words."""
    centred = np.zeros(DIMENSION, dtype=np.float32)
    if vector is not None:
        centred = state.centres.centred(vector, article.language)
        state.centres.learn(vector, article.language)
    weights = {word: state.counts.weight(word) for word in terms.words}
    state.counts.learn(terms)
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    return Arrival(kin(article.language), article.published.timestamp(), centred, weights, norm, is_recurring(article.title))


def _follow(state: State, thread: Thread, article: Article) -> Joined:
    """A copy (or a page read again) goes where its original is; a quiet story stays quiet."""
    seconds = article.published.timestamp()
    if article.id not in state.place:
        thread.ids[article.id] = seconds
        state.place[article.id] = thread.id
        thread.copies += 1
        thread.count(article.outlet, article.language, seconds)
        thread.keep(Member(article.id, article.outlet, article.language, seconds, article.title, "", True, None))
    return Joined(Assignment(article.id, thread.id, 1.0, (Reason("story.copy"),)), _story(thread))


def _begin(state: State, article: Article, arrival: Arrival, terms: Terms, near: Match | None, settings: Settings) -> Joined:
    member = _member(article, arrival, terms)
    thread = Thread(_free_id(state, member.article), member.seconds, member.seconds)
    state.threads[thread.id] = thread
    _join(state, Match(thread, None, 1.0, 0.0, 0.0), member, arrival.vector)
    reasons = (Reason("story.new", {"days": settings.active_days}),)
    score = 1.0 / (1.0 + math.exp(6.0 * near.margin - 0.5)) if near is not None else 1.0
    return Joined(Assignment(article.id, thread.id, score, reasons), _story(thread))


def _member(article: Article, arrival: Arrival, terms: Terms) -> Member:
    lead = clean(article.text[: 2 * _LEAD])
    if len(lead) > _LEAD:
        lead = lead[:_LEAD].rsplit(" ", 1)[0]
    return Member(
        article.id,
        article.outlet,
        article.language,
        arrival.seconds,
        article.title,
        lead,
        copy=False,
        vector=arrival.vector.astype(np.float16),
        words=terms.words[:_MEMBER_WORDS],
    )


def _reasons(match: Match, arrival: Arrival, terms: Terms) -> tuple[Reason, ...]:
    found = [(match.cosine, Reason("story.meaning", {"score": round(match.cosine, 3)}))]
    shared = story_match.shared_words(match.facet, arrival)
    words = [word for word in shared if word not in terms.figures][:4]
    figures = [word for word in shared if word in terms.figures][:4]
    if words:
        found.append((match.lexical, Reason("story.words", {"words": ", ".join(words)})))
    if figures:
        found.append((match.lexical / 2.0, Reason("story.numbers", {"numbers": ", ".join(figures)})))
    reasons = [reason for _, reason in sorted(found, key=lambda pair: -pair[0])]
    if all(arrival.language != kin(language) for language in match.thread.languages):
        reasons.append(Reason("story.language"))
    return tuple(reasons)


def _free_id(state: State, article: str) -> str:
    """The id of a story: "s" and 16 digits of its first article's id, or of its hash where another story bears that."""
    name = f"s{article[:16]}"
    while name in state.threads or name in state.alias:
        name = f"s{hashlib.sha256(f'{name}/{article}'.encode()).hexdigest()[:16]}"
    return name


def _join(state: State, match: Match, member: Member, vector: FloatArray) -> None:
    """Write the member into the story's books and into the facet it matched, or into a new one."""
    thread, facet = match.thread, match.facet
    thread.ids[member.article] = member.seconds
    state.place[member.article] = thread.id
    thread.articles += 1
    thread.count(member.outlet, member.language, member.seconds)
    thread.keep(member)
    if facet is None:
        facet = Facet(kin(member.language), -1)
        thread.facets.append(facet)
        state.take_slot(thread, facet, vector)
    else:
        state.set_sum(facet, state.sums[facet.slot] + vector)
    _count_words(state, thread, facet, member)
    state.trim(thread, facet)
    _choose_headline(thread)


def _count_words(state: State, thread: Thread, facet: Facet, member: Member) -> None:
    facet.articles += 1
    for word in member.words:
        facet.words[word] = facet.words.get(word, 0.0) + 1.0
        state.postings.setdefault(word, {})[thread.id] = None


def _choose_headline(thread: Thread) -> None:
    """The member nearest to the middle of the story, among those in its main language; the earlier of equals.

    A story of several days is named by its last day: yesterday's warning is not the headline of today's flood.
    """
    language = max(thread.languages, key=lambda name: thread.languages[name])
    members = [member for member in thread.members if not member.copy and member.language == language]
    latest = [member for member in members if member.seconds > thread.last - HEADLINE_HOURS * 3600]
    members = latest if len(latest) >= 3 else members
    if len(members) < 3:
        members = members or [member for member in thread.members if not member.copy] or thread.members
        thread.headline = min(members, key=lambda member: member.seconds).article
        return
    vectors = np.array([member.vector for member in members], dtype=np.float32)
    middle = unit(vectors.sum(axis=0, dtype=np.float32))
    nearness = [round(float(np.dot(vector, middle)), 3) for vector in vectors]
    thread.headline = members[nearness.index(max(nearness))].article


def _story(thread: Thread) -> Story:
    chosen = next((member for member in thread.members if member.article == thread.headline), thread.members[0])
    return Story(
        id=thread.id,
        headline=chosen.title,
        lead=_first_sentence(chosen.lead),
        headline_article=chosen.article,
        first=datetime.fromtimestamp(thread.first, UTC),
        last=datetime.fromtimestamp(thread.last, UTC),
        outlets=tuple(thread.outlets),
        languages=tuple(thread.languages),
        articles=thread.articles,
        copies=thread.copies,
    )


def _first_sentence(lead: str) -> str:
    for place in range(40, len(lead) - 1):
        if lead[place] in ".!?" and lead[place + 1] == " ":
            return lead[: place + 1]
    return lead


def _has_grown(thread: Thread) -> bool:
    """Whether it has grown by a third since it was last looked at."""
    return 3 * thread.articles >= 4 * thread.looked


def _shed(state: State, thread: Thread, arriving: str, settings: Settings) -> tuple[Parted, ...]:
    """Let go what was told before the event began. An officer's stories, and a late report that is just arriving, are left as they are."""
    if thread.fixed or thread.last - thread.first < settings.silence_hours * 3600:
        return ()
    begun = story_match.begun(state, thread, settings)
    going = [name for name, seconds in thread.ids.items() if seconds < begun] if begun is not None else []
    if not going or arriving in going:
        return ()
    fresh = _cut(state, thread, going[0], going)
    state.apart.add(_pair(thread.id, fresh.id))
    return (Parted(_story(fresh), tuple(fresh.ids)),)


def _merge_alike(state: State, thread: Thread, settings: Settings) -> tuple[Thread, tuple[str, ...]]:
    """Join the stories that have become alike, looked for whenever the story has grown by a third. The older name stays."""
    merged: list[str] = []
    while _has_grown(thread):
        thread.looked = thread.articles
        other = _most_alike(state, thread, settings) or _counterpart(state, thread, settings)
        if other is None:
            break
        older, younger = sorted((thread, other), key=lambda one: (one.first, one.id))
        _absorb(state, older, younger, by_officer=False)
        merged.append(younger.id)
        thread = older
        thread.looked = 0
    return thread, tuple(merged)


def _most_alike(state: State, thread: Thread, settings: Settings) -> Thread | None:
    alike = [
        (_likeness(state, thread, state.threads[name]), name)
        for name in story_match.near_threads(state, thread)
        if _pair(thread.id, name) not in state.apart
    ]
    best = max(alike, default=(0.0, ""))
    if best[0] < settings.merge:
        return None
    other = state.threads[best[1]]
    return None if story_match.is_service(thread) and story_match.of_another_day(other, thread.first) else other


def _counterpart(state: State, thread: Thread, settings: Settings) -> Thread | None:
    """The story that tells in another language what this one tells, looked for while it has one language only."""
    if len(thread.facets) != 1 or thread.articles < 2:
        return None
    facet = thread.facets[0]
    arrival = Arrival(facet.language, thread.last, state.rows[facet.slot], {}, 0.0, story_match.is_service(thread))
    match = story_match.across(state, arrival, settings, own=thread)
    if match is None or _pair(thread.id, match.thread.id) in state.apart:
        return None
    return match.thread if all(other.language != facet.language for other in match.thread.facets) else None


def _likeness(state: State, left: Thread, right: Thread) -> float:
    """Cosine of the middles of two stories plus cosine of their weighted words, of the most alike facets in one language."""
    best = 0.0
    for one in left.facets:
        for two in right.facets:
            if one.language != two.language or not one.norm or not two.norm:
                continue
            few, many = (one, two) if len(one.words) <= len(two.words) else (two, one)
            mass = sum(state.counts.weight(word) ** 2 * times * many.words[word] for word, times in few.words.items() if word in many.words)
            lexical = mass / (one.articles * two.articles * one.norm * two.norm)
            best = max(best, float(np.dot(state.rows[one.slot], state.rows[two.slot])) + lexical)
    return best


def _absorb(state: State, thread: Thread, gone: Thread, *, by_officer: bool) -> None:
    """Make `gone` a part of `thread`. Facets of one language become one, unless an officer joined what is not alike."""
    sums = [(facet, state.sums[facet.slot].copy()) for facet in gone.facets]
    state.release(gone)
    for facet, total in sums:
        same = next((own for own in thread.facets if own.language == facet.language), None)
        if same is None or by_officer:
            thread.facets.append(facet)
            state.take_slot(thread, facet, total)
        else:
            state.set_sum(same, state.sums[same.slot] + total)
            same.articles += facet.articles
            for word, times in facet.words.items():
                same.words[word] = same.words.get(word, 0.0) + times
            state.index_words(thread, same)
            state.trim(thread, same)
    _take_books(state, thread, gone)
    thread.fixed = thread.fixed or gone.fixed or by_officer
    state.apart = {
        _pair(*(thread.id if name == gone.id else name for name in pair)) for pair in state.apart if set(pair) != {thread.id, gone.id}
    }
    _choose_headline(thread)


def _take_books(state: State, thread: Thread, gone: Thread) -> None:
    thread.articles += gone.articles
    thread.copies += gone.copies
    thread.ids.update(gone.ids)
    state.place.update(dict.fromkeys(gone.ids, thread.id))
    for member in gone.members:
        thread.keep(member)
    for outlet, times in gone.outlets.items():
        thread.outlets[outlet] = thread.outlets.get(outlet, 0) + times
    for language, times in gone.languages.items():
        thread.languages[language] = thread.languages.get(language, 0) + times
    thread.first, thread.last = min(thread.first, gone.first), max(thread.last, gone.last)
    del state.threads[gone.id]
    for old, new in list(state.alias.items()):
        if new == gone.id:
            state.alias[old] = thread.id
    state.alias[gone.id] = thread.id


def _pair(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left < right else (right, left)


def _part(state: State, thread: Thread, rival: str) -> Parted:
    """Give the article, with the rest of its language in this story, a story of its own."""
    language = next(kin(member.language) for member in thread.members if member.article == rival)
    going = [member.article for member in thread.members if kin(member.language) == language]
    fresh = _cut(state, thread, rival, going)
    return Parted(_story(fresh), tuple(fresh.ids))


def merge(state: State, into: str, other: str) -> tuple[State, Story]:
    """An officer says two stories are one. It sticks: later reports of either arrive in `into`.

    Raises `InputError` when a story is unknown (forgotten after `keep_days`) or both are the same.
    """
    thread, gone = _thread(state, into), _thread(state, other)
    if thread is gone:
        raise InputError("These two are already one story.", subject=into)
    _wake(state, thread)
    _wake(state, gone)
    _absorb(state, thread, gone, by_officer=True)
    return state, _story(thread)


def split(state: State, story: str, articles: Iterable[str]) -> tuple[State, tuple[Story, Story]]:
    """An officer says these articles are another story. It sticks: the method never joins the two again.

    Copies go as they are named. Returns what remains and the new story. Raises `InputError` when the story is unknown, an article is
    not of it, or one part would have no article whose text is still kept.
    """
    thread = _thread(state, story)
    going = list(dict.fromkeys(articles))
    missing = [name for name in going if state.place.get(name) != thread.id]
    if missing:
        raise InputError(f"Article {missing[0]} does not belong to this story.", subject=story)
    kept = {member.article for member in thread.members if not member.copy}
    if not kept & set(going) or not kept - set(going):
        raise InputError("Both parts need at least one article that is not a copy.", subject=story)
    _wake(state, thread)
    first = next(name for name in thread.ids if name in going)
    fresh = _cut(state, thread, first, going)
    thread.fixed = fresh.fixed = True
    state.apart.add(_pair(thread.id, fresh.id))
    return state, (_story(thread), _story(fresh))


def _cut(state: State, thread: Thread, first: str, going: Sequence[str]) -> Thread:
    """Move these articles of a story into a new one and write the books of both anew."""
    leaving = set(going)
    fresh = Thread(_free_id(state, first), thread.first, thread.last)
    state.threads[fresh.id] = fresh
    state.release(thread)
    members, ids = thread.members, thread.ids
    for part, leaves in ((thread, False), (fresh, True)):
        chosen = [member for member in members if (member.article in leaving) == leaves]
        _refill(state, part, chosen, {name: when for name, when in ids.items() if (name in leaving) == leaves})
    return fresh


def _refill(state: State, thread: Thread, members: list[Member], ids: dict[str, float]) -> None:
    """Write a story's books anew from these members; articles no longer kept in full stay in `ids` alone."""
    thread.ids, thread.members, thread.articles, thread.copies = ids, members, 0, 0
    thread.outlets, thread.languages, thread.facets = {}, {}, []
    thread.first, thread.last = math.inf, -math.inf
    facets: dict[Language, tuple[Facet, FloatArray]] = {}
    for member in members:
        thread.articles += not member.copy
        thread.copies += member.copy
        thread.count(member.outlet, member.language, member.seconds)
        if member.vector is not None:
            language = kin(member.language)
            facet, total = facets.get(language, (Facet(language, -1), np.zeros(DIMENSION, dtype=np.float32)))
            facets[language] = (facet, (total + member.vector).astype(np.float32))
            _count_words(state, thread, facet, member)
    for facet, total in facets.values():
        thread.facets.append(facet)
        state.take_slot(thread, facet, total)
        state.trim(thread, facet)
    thread.looked = thread.articles
    state.place.update(dict.fromkeys(ids, thread.id))
    _choose_headline(thread)


def _thread(state: State, story: str) -> Thread:
    thread = state.threads.get(state.alias.get(story, story))
    if thread is None:
        raise InputError("This story is not known any more.", subject=story)
    return thread


def _wake(state: State, thread: Thread) -> None:
    """Compare a story again that had gone quiet."""
    if not thread.active:
        thread.active = True
        _refill(state, thread, thread.members, thread.ids)


def _sweep(state: State, now: float, settings: Settings) -> None:
    """Stop comparing quiet stories, forget old ones."""
    threads = sorted(state.threads.values(), key=lambda thread: (-thread.last, thread.id))
    for rank, thread in enumerate(threads):
        if thread.active and (rank >= settings.max_active or thread.last < now - settings.active_days * DAY):
            thread.active = False
            state.release(thread)
        oldest = now - settings.keep_days * DAY
        if thread.last < oldest:
            _forget(state, thread)
        elif thread.first < oldest:
            for name in [name for name, seconds in thread.ids.items() if seconds < oldest]:
                del thread.ids[name], state.place[name]


def _forget(state: State, thread: Thread) -> None:
    for name in thread.ids:
        state.place.pop(name, None)
    del state.threads[thread.id]
    state.alias = {old: new for old, new in state.alias.items() if new != thread.id}
    state.apart = {pair for pair in state.apart if thread.id not in pair}


def get_story(state: State, story: str) -> Story:
    """The story as it stands; a joined story's old name leads to the new one. `InputError` when it is not known any more."""
    return _story(_thread(state, story))


def get_members(state: State, story: str) -> tuple[Member, ...]:
    """The kept members of a story in order of arrival, copies included; at most `story_state.MEMBERS`."""
    return tuple(_thread(state, story).members)
