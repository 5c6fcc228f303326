"""The morning briefing of an office as data: at most seven lines, what is missing, and every source it leans on.

The content is plain JSON without a sentence of its own: reasons stand as codes, so that a briefing signed in Indonesian can be read in
Vietnamese, printed and sent. Which lines and in what order is the engine's choice (`engine.briefing`); which sentences,
`engine.summary`. What is quoted is quoted exactly, with address and time. Reads; changes nothing but the moment of a visit.

    at, since, language       ISO text; the moment of the briefing and of the last visit
    lines    [{story, headline, headline_note, language, level, change, outlets, articles, copies, languages, first, counts, growth,
              changed, why, also, next, mark, sources}]    also: [{story, headline, language, note}], further stories of the event
    missing  [reason]         silent, failing and skipped sources, items that still wait
    periods  [reason]         weekly and monthly counts that stand out, at most three, in the week after they were closed
    complete                  ISO text, up to when everything that was collected has been read (null: nothing yet)
    quiet                     number of stories that changed and did not reach the briefing
    sources  [{n, outlet, title, url, published, passage, start, end, language}]    the footnotes; lines name them by n

Every headline is the title of a footnote, named by `headline_note` or `note`; one article is one footnote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.utils import timezone

from kentongan.engine import records
from kentongan.engine.briefing import LINES, OPEN_FOR, BriefingLine, Candidate
from kentongan.engine.briefing import briefing_lines as lines_of
from kentongan.engine.records import GROUPS, Sentence
from kentongan.engine.summary import TITLE_ONLY, Settings, sentences_for
from kentongan.engine.vectors import Centres, FloatArray, shipped_centres
from kentongan.office.kept import Kept
from kentongan.office.listening import health, periods, queries, silences, stored
from kentongan.office.listening.levels_models import StoryLevel
from kentongan.office.listening.meaning import Sent, vector_of
from kentongan.office.listening.models import Article, BriefingVisit, Signal, Silence, Story, StoryMark
from kentongan.office.people.models import Office, User

FIRST_VISIT = timedelta(hours=24)
LATEST_VISIT = timedelta(minutes=30)
SAME_LOOK = timedelta(minutes=1)
"""A visit that goes on is written down no more often."""
WATCHED_FOR = timedelta(days=14)
CANDIDATES = 120
"""The most serious stories that are weighed against one another for the LINES of the page."""
LEAST_USUAL = 0.25
Reason = dict[str, Any]


_visit = Kept(lambda user: BriefingVisit.objects.filter(user=user)[:1])


def last_visit(user: User, now: datetime, touch: bool = True) -> datetime:
    """Since when the person has not looked. Opening it again within LATEST_VISIT is the same visit."""
    visit = _visit.first(user.pk)
    if visit is None:
        if touch:
            BriefingVisit.objects.get_or_create(user=user, defaults={"at": now})
        return now - FIRST_VISIT
    if now - visit.at < LATEST_VISIT:
        if touch and now > visit.at + SAME_LOOK:
            BriefingVisit.objects.filter(pk=visit.pk).update(at=now)
        return visit.previous or now - FIRST_VISIT
    if touch:
        BriefingVisit.objects.filter(pk=visit.pk).update(previous=visit.at, at=now)
    return visit.at


def compose(office: Office, since: datetime, now: datetime, language: str, quiet: Sequence[Silence] | None = None) -> dict[str, Any]:
    """The briefing at `now` of what changed after `since`; `quiet` is given for a past moment. A dozen queries."""
    rows = _rows(office, since, now)
    candidates = _candidates(office, rows, since, now)
    due = lines_of(candidates, since, now, lines=CANDIDATES)
    by_key = {row.key: row for row in rows}
    marks = {one.story.id: one.mark for one in candidates}
    shown = [by_key[line.story.id].pk for line in due[:LINES]]
    voices, counts = queries.get_voices(shown, since), queries.get_hours(shown)
    notes: list[dict[str, Any]] = []
    lines = []
    for line in due[:LINES]:
        row = by_key[line.story.id]
        told = _sentences(row, voices.get(row.pk, ()), since)
        if told:
            named = [by_key[other.id] for other in line.also]
            lines.append(_line(line, row, told, named, notes) | {"mark": marks[line.story.id], "counts": counts[row.pk]})
    listening = queries.get_listening(office)
    return {
        "office": office.name,
        "at": now.isoformat(),
        "since": since.isoformat(),
        "language": language,
        "lines": lines,
        "missing": _missing(office, listening, quiet, now),
        "periods": periods.get_reasons(office, now),
        "complete": min(listening.heard, now).isoformat() if listening.heard else None,
        "quiet": max(0, len(due) - len(lines)),
        "sources": notes,
    }


def _rows(office: Office, since: datetime, now: datetime) -> list[Story]:
    """Stories that moved since, that someone watches, or that are grave and unmarked; the most serious first where there are too many.

    Two queries for the choice, which reads no article, and one for what is compared of the CANDIDATES.
    """
    chosen = _moved(office.pk, now, since, now - OPEN_FOR, min(since, now - OPEN_FOR))
    return _due(office.pk, now, [*{*chosen, *_watched(office.pk, now - WATCHED_FOR)}])


_GRAVEST_FIRST = ("-rank", "-outlet_count", "-last")


def _ranked(office: int, now: datetime) -> QuerySet[Story]:
    return Story.objects.filter(office=office, merged_into=None, first__lte=now).annotate(rank=queries.LEVEL_RANK).order_by(*_GRAVEST_FIRST)


def _choice(office: int, now: datetime, since: datetime, open_since: datetime, earliest: datetime) -> Any:
    """`earliest` of the other two is said apart, so that the index on time is used."""
    grave = Q(level__in=["high", "crisis"], last__gt=open_since, marks=None)
    moved = _ranked(office, now).filter(Q(last__gt=since) | grave, last__gte=earliest)
    return moved.values_list("pk", flat=True)[:CANDIDATES]


def _compared(office: int, now: datetime, stories: list[int]) -> QuerySet[Story]:
    rows = _ranked(office, now).filter(pk__any_of=stories).select_related("headline_article").only(*_COMPARED)
    return rows.annotate(place=Sent("headline_article__embedding"))[:CANDIDATES]


_COMPARED = (
    *("office_id", "key", "headline", "first", "last", "outlets", "languages", "outlet_count", "articles", "copies", "level", "severity"),
    *(f"headline_article__{name}" for name in ("key", "language", "title", "url", "outlet", "published")),
)
"""What is read of each of the CANDIDATES; the rest is read for the lines that are shown."""


_moved, _due = Kept(_choice), Kept(_compared)
_watched = Kept(
    lambda office, since: StoryMark.objects.filter(office=office, mark=StoryMark.Mark.WATCH, story__last__gte=since).values_list(
        "story", flat=True
    )
)
_marks = Kept(lambda office, stories: StoryMark.objects.filter(office=office, story__any_of=stories))
_hands = Kept(lambda office, stories: StoryLevel.objects.filter(office=office, story__any_of=stories))
_running = Kept(
    lambda stories, now: (
        Signal.objects.filter(story__any_of=stories, raised__lte=now)
        .exclude(state="dismissed")
        .exclude(kind__in=GROUPS)
        .defer("series")
        .order_by("updated")
    )
)


def _candidates(office: Office, rows: Sequence[Story], since: datetime, now: datetime) -> list[Candidate]:
    """The rows as the engine knows them. Sentences are added later, for the stories that are shown."""
    ids = [row.pk for row in rows]
    marks = {mark.story_id: mark for mark in _marks(office.pk, ids)}
    hands = {hand.story_id: hand for hand in _hands(office.pk, ids)}
    counts = queries.get_new_counts(ids, since)
    signals = {row.story_id: stored.signal_of(row, series=False) for row in _running(ids, now)}
    centres = shipped_centres()
    return [
        Candidate(
            story=stored.story_of(row, lead=False),
            severity=_severity(row, hands.get(row.pk)),
            since_visit=counts.get(row.pk, 0),
            signal=signals.get(row.pk),
            sentences=(),
            mark=marks[row.pk].mark if row.pk in marks else "",  # type: ignore[arg-type]
            marked=marks[row.pk].at if row.pk in marks else None,
            vector=_vector(row, centres),
        )
        for row in rows
    ]


SHOWN_OF_REASON = 160
"""Letters of the reason that a line gives; the whole of it stands on the story's page."""


def _severity(row: Story, hand: StoryLevel | None) -> records.Severity:
    """The severity as it is in force; where a person decided it, that is said first."""
    severity = stored.severity_of(row.severity, row.level)
    if hand is None or hand.level != row.level:
        return severity
    reason = hand.reason if len(hand.reason) <= SHOWN_OF_REASON else hand.reason[:SHOWN_OF_REASON].rsplit(" ", 1)[0] + " …"
    return replace(severity, reasons=(records.Reason("severity.by_hand", {"reason": reason}), *severity.reasons))


def _vector(row: Story, centres: Centres) -> FloatArray | None:
    head, stored = row.headline_article, cast(Any, row).place
    return centres.centred(vector_of(stored), cast(Any, head.language)) if head is not None and stored else None


Quoted = tuple[Sentence, Article]
OUTRUN = timedelta(hours=6)
"""A report that came so much later than the story's own headline takes its place."""
NAMED = 3
"""How many further stories of an event are named."""


def _line(line: BriefingLine, row: Story, told: Sequence[Quoted], named: Sequence[Story], notes: list[dict[str, Any]]) -> dict[str, Any]:
    head = told[0][1]
    numbers = [_note(notes, sentence, article) for sentence, article in told]
    also = _also(named, notes)
    return {
        "story": row.pk,
        "headline": head.title,
        "headline_note": numbers[0],
        "language": head.language,
        "level": line.level,
        "change": line.change,
        "outlets": row.outlet_count,
        "articles": row.articles,
        "copies": row.copies,
        "languages": row.languages,
        "first": row.first.isoformat(),
        "growth": _growth(line),
        "changed": [stored.reason_json(reason) for reason in line.what],
        "why": _why(line, also),
        "also": also,
        "next": {"code": f"briefing.next.{line.next_step}", "values": {}},
        "sources": numbers,
    }


def _also(named: Sequence[Story], notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first NAMED further stories of the event, each with the footnote of its headline; one without an article is not named."""
    heads = [(row, row.headline_article) for row in named if row.headline_article is not None][:NAMED]
    return [
        {"story": row.pk, "headline": head.title, "language": head.language, "note": _note(notes, _title(head), head)}
        for row, head in heads
    ]


def _why(line: BriefingLine, also: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    why = [stored.reason_json(reason) for reason in line.why if reason.code != "briefing.also"]
    if also:
        said = "; ".join(f"{one['headline']} [{one['note']}]" for one in also)
        why.append({"code": "briefing.also", "values": {"count": len(line.also), "headlines": said}})
    return why


def _sentences(row: Story, voices: Sequence[Article], since: datetime) -> list[Quoted]:
    """What the line leans on, one sentence of an article, two outlets where two have spoken; the first gives headline and quote.

    First is the report of the story's own headline, unless another came over OUTRUN later: it stands in the middle of what is told, and
    the newest may be a question at its edge. The headline of yesterday ("status normal") may be wrong today: then it is what the
    summary begins with. So headline and quote are of one report and never contradict each other. Empty where all articles are gone."""
    head = row.headline_article
    fresh = _quotable([article for article in voices if article.published > since] or voices)
    articles = {article.key: article for article in fresh}
    chosen: dict[str, Sentence] = {}
    for sentence in _said(tuple(stored.article_of(article) for article in fresh)):
        chosen.setdefault(sentence.article, sentence)
    told = [(sentence, articles[key]) for key, sentence in chosen.items()]
    if not told:
        return [(_title(head), head)] if head is not None else []
    own = articles.get(head.key) if head is not None else None
    if own is not None and own.published >= max(article.published for article in fresh) - OUTRUN:
        first = next((pair for pair in told if pair[1] is own), (_title(own), own))
    else:
        first = next((pair for pair in told if pair[0].start >= 0), told[0])
    told = [first, *(pair for pair in told if pair is not first)][: Settings().sentences]
    if len(told) < 2:
        known = {article.outlet for _, article in told}
        before = [one for one in voices if one.published <= since and one.outlet not in known and one.source_kind != "public"]
        told += [(sentence, one) for one in before[:1] for sentence in sentences_for([stored.article_of(one)])[:1]]
    return told


@lru_cache(maxsize=64)
def _said(articles: tuple[records.Article, ...]) -> tuple[Sentence, ...]:
    """Everybody's briefing has much the same stories."""
    return sentences_for(articles)


def _title(article: Article) -> Sentence:
    """A headline that stands alone."""
    return Sentence(article.title, article.key, article.url, article.outlet, article.published, TITLE_ONLY, TITLE_ONLY)


def _quotable(voices: Sequence[Article]) -> Sequence[Article]:
    """Press and official voices where there are any. Posts of private people are never quoted: where only they speak, the title stands
    alone, with personal data and names hidden."""
    others = [article for article in voices if article.source_kind != "public"]
    if others:
        return others
    for article in voices:
        article.text = article.summary = ""
    return voices


def _growth(line: BriefingLine) -> float | None:
    """How many times the usual number was heard; None where nothing rises or the usual number is too small to divide by."""
    if line.signal is None or line.signal.expected < LEAST_USUAL:
        return None
    return round(line.signal.observed / line.signal.expected, 1)


def _note(notes: list[dict[str, Any]], sentence: Sentence, article: Article) -> int:
    """The number of the article's footnote; a new one is added. A headline that stands alone has no passage."""
    for note in notes:
        if note["url"] == sentence.url:
            return int(note["n"])
    notes.append(
        {
            "n": len(notes) + 1,
            "outlet": sentence.outlet,
            "title": article.title,
            "url": sentence.url,
            "published": sentence.published.isoformat(),
            "passage": "" if sentence.start < 0 else sentence.text,
            "start": sentence.start,
            "end": sentence.end,
            "language": article.language,
        }
    )
    return len(notes)


def _missing(office: Office, listening: queries.Listening, quiet: Sequence[Silence] | None, now: datetime) -> list[Reason]:
    """What the briefing cannot know, what is quiet first: a calm page is worth nothing where nobody listens."""
    any_source, sources = queries.has_sources(office), queries.get_unwell_sources(office)
    stopped = silences.standstill(timezone.now()) if any_source and quiet is None else None
    quiet = silences.get_open(office, now) if quiet is None else quiet
    missing: list[Reason] = []
    if stopped is not None:
        missing.append({"code": "briefing.standstill", "values": {"when": stopped.isoformat()}})
    failing = {source.pk for source in sources if health.state_of(source, None) == "failing"}
    missing += [_of_silence(row) for row in sorted(quiet, key=_widest) if row.source_id not in failing]
    if not any_source:
        missing.append({"code": "briefing.no_sources", "values": {}})
    for source in sources:
        state = health.state_of(source, None)
        if state == "failing":
            since = source.last_success or source.created
            missing.append(_of_source("briefing.failing", source, when=since.isoformat(), kind=source.outcome))
        elif state == "skipped":
            missing.append(_of_source("briefing.skipped", source, why=source.paused_reason))
    if listening.waiting:
        missing.append({"code": "briefing.waiting", "values": {"n": listening.waiting}})
    if any_source and listening.heard is None:
        missing.append({"code": "briefing.nothing_heard", "values": {}})
    return missing


def _widest(row: Silence) -> tuple[int, datetime]:
    """The whole before its parts."""
    return _WIDEST.index(Silence.Kind(row.kind)), row.since


_WIDEST = tuple(Silence.Kind(kind) for kind in ("system", "job", "sources", "source", "topic", "place", "mark"))


_QUIET = {
    (Silence.Kind.SYSTEM, "silence.stopped"): "briefing.all_silent",
    (Silence.Kind.SYSTEM, "silence.shrunk"): "briefing.all_shrunk",
    (Silence.Kind.JOB, "silence.job"): "briefing.job_silent",
    (Silence.Kind.JOB, "silence.failed"): "briefing.job_failed",
    (Silence.Kind.SOURCES, "silence.stopped"): "briefing.kind_silent",
    (Silence.Kind.SOURCES, "silence.shrunk"): "briefing.kind_shrunk",
    (Silence.Kind.SOURCE, "silence.stopped"): "briefing.stopped",
    (Silence.Kind.SOURCE, "silence.window"): "briefing.silent",
    (Silence.Kind.SOURCE, "silence.shrunk"): "briefing.shrunk",
    (Silence.Kind.MARK, "silence.stopped"): "briefing.mark_silent",
    (Silence.Kind.MARK, "silence.shrunk"): "briefing.mark_shrunk",
    (Silence.Kind.TOPIC, "silence.unheard"): "briefing.topic_silent",
    (Silence.Kind.TOPIC, "silence.less"): "briefing.topic_less",
    (Silence.Kind.PLACE, "silence.unheard"): "briefing.mark_silent",
    (Silence.Kind.PLACE, "silence.less"): "briefing.mark_shrunk",
    (Silence.Kind.PLACE, "silence.few"): "briefing.place_few",
}


def _of_silence(row: Silence) -> Reason:
    if row.source is not None:
        name = {"source": row.source.name}
    elif row.kind in {Silence.Kind.MARK, Silence.Kind.PLACE}:
        name = {"name": row.subject[1:] if row.kind == Silence.Kind.MARK else row.subject}
    elif row.kind == Silence.Kind.TOPIC:
        name = {"topic": row.subject}
    else:
        name = {"task" if row.kind == Silence.Kind.JOB else "source_kind": row.subject}
    values = {**row.reason["values"], **name, "when": row.since.isoformat(), "expected": round(row.expected)}
    return {"code": _QUIET[Silence.Kind(row.kind), row.reason["code"]], "values": values}


def _of_source(code: str, source: Any, **values: str) -> Reason:
    return {"code": code, "values": {"source": source.name, **values}}
