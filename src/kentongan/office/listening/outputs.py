"""Writes what the engine said into the tables, in a number of queries that does not grow with the batch.

The outputs of a call are first folded into the few final facts (which article ended in which story, which stories are gone), then
written. However the same steps are cut into calls, the tables end the same, save `change_seq` and `changed`. Of a story that was merged
into another only its key and where it went count.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from kentongan.engine.records import Reason, Severity
from kentongan.engine.steps import HeldBack as Held
from kentongan.engine.steps import Moved, Output, Placed, Signalled, StoryChanged, StoryMerged
from kentongan.office.listening import heard, levels, voices
from kentongan.office.listening.held_models import HeldBack
from kentongan.office.listening.models import Article, Membership, Signal, Story


@dataclass(slots=True)
class Folded:
    """The outputs of one call as final facts. All keys are the engine's."""

    placed: dict[str, Placed] = field(default_factory=dict)
    home: dict[str, str] = field(default_factory=dict)
    """article → story, of every article placed or moved in this call."""
    why: dict[str, Reason] = field(default_factory=dict)
    """article → why it was moved, of every article moved in this call."""
    changed: dict[str, StoryChanged] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    """story → the story it was merged into."""
    signals: dict[str, Signalled] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    """Of each signal that was held back and not told after all in this call, what was said last."""
    again: dict[tuple[str, str], None] = field(default_factory=dict)
    """(signal, the signal of the same event it goes on from), in the order in which they were named."""

    def end(self, story: str) -> str:
        """Where a story ended after the merges of this call."""
        while story in self.gone:
            story = self.gone[story]
        return story


def fold(outputs: Iterable[Output]) -> Folded:
    """Fold outputs, in their order, into final facts. Touches nothing else."""
    folded = Folded()
    for output in outputs:
        match output:
            case Placed():
                folded.placed[output.copy.article] = output
                folded.home[output.copy.article] = output.assignment.story
            case Moved():
                folded.home.update(dict.fromkeys(output.articles, output.story))
                folded.why.update(dict.fromkeys(output.articles, output.reason))
            case StoryMerged():
                folded.gone[output.gone] = output.into
                for article, story in folded.home.items():
                    if story == output.gone:
                        folded.home[article] = output.into
            case StoryChanged():
                folded.changed[output.story.id] = output
            case Signalled():
                folded.signals[output.signal.id] = output
                folded.held.pop(output.signal.id, None)
                if output.signal.again:
                    folded.again.setdefault((output.signal.id, output.signal.again))
            case Held():
                folded.held[output.signal.id] = output
    return folded


def write(office: int, outputs: Sequence[Output], known: Mapping[str, int], seq: int, now: datetime) -> None:
    """Write the outputs of one call inside the caller's transaction.

    `known` maps keys of the batch's articles to primary keys; `seq` becomes `change_seq` of what changed.
    """
    folded = fold(outputs)
    articles = _article_keys(office, folded, known)
    stories = _write_stories(office, folded, articles, seq, now)
    _write_members(office, folded, articles, stories)
    _count_voices(office, folded, articles, stories)
    _write_vectors(folded, articles)
    _hold(folded, stories)
    _write_signals(office, folded, stories, seq)
    _write_held(office, folded, stories)
    told = {*folded.changed, *folded.gone, *(said.signal.story for said in folded.signals.values())}
    levels.respect(office, sorted({stories[key] for key in map(folded.end, told) if key in stories}))
    if folded.signals:
        heard.signals_moved.send(None, office=office, now=now)


def _article_keys(office: int, folded: Folded, known: Mapping[str, int]) -> dict[str, int]:
    wanted = set(folded.home)
    wanted.update(placed.copy.group for placed in folded.placed.values())
    wanted.update(changed.story.headline_article for changed in folded.changed.values())
    missing = sorted(wanted - set(known))
    found = Article.objects.filter(office_id=office, key__in=missing).values_list("key", "pk") if missing else ()
    return {**known, **dict(found)}


def _write_stories(office: int, folded: Folded, articles: Mapping[str, int], seq: int, now: datetime) -> dict[str, int]:
    """Upsert changed stories, mark merged ones; gives story key → primary key."""
    rows = [_story_row(office, folded.changed[key], articles, seq, now) for key in sorted(folded.changed) if key not in folded.gone]
    if rows:
        fields = [f.name for f in Story._meta.fields if f.name not in {"id", "office", "key"}]
        Story.objects.bulk_create(rows, update_conflicts=True, unique_fields=["office", "key"], update_fields=fields, batch_size=500)
    wanted = {folded.end(key) for key in folded.home.values()} | set(folded.gone) | set(folded.gone.values())
    wanted.update(said.signal.story for said in (*folded.signals.values(), *folded.held.values()) if said.signal.story)
    stories = {row.key: row.pk for row in rows}
    missing = sorted(wanted - set(stories))
    if missing:
        stories.update(Story.objects.filter(office_id=office, key__in=missing).values_list("key", "pk"))
    if folded.gone:
        _bury(office, folded, stories, seq, now)
    return stories


def _bury(office: int, folded: Folded, stories: dict[str, int], seq: int, now: datetime) -> None:
    """Point merged stories to where they went; one that was born and merged within the call gets its row here."""
    born = [key for key in folded.gone if key not in stories]
    rows = [Story(office_id=office, key=key, headline="", first=now, last=now, changed=now, change_seq=seq) for key in born]
    stories.update({row.key: row.pk for row in Story.objects.bulk_create(rows)})
    levels.drop(office, {stories[key]: stories[folded.end(key)] for key in folded.gone}, now)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE listening_story s SET merged_into_id = v.target, change_seq = %s, changed = %s
            FROM unnest(%s::bigint[], %s::bigint[]) AS v(gone, target) WHERE s.id = v.gone""",
            [seq, now, [stories[key] for key in folded.gone], [stories[key] for key in folded.gone.values()]],
        )
        cursor.execute(
            """UPDATE listening_membership m SET story_id = v.target
            FROM unnest(%s::bigint[], %s::bigint[]) AS v(gone, target) WHERE m.story_id = v.gone""",
            [[stories[key] for key in folded.gone], [stories[folded.end(key)] for key in folded.gone]],
        )
        cursor.execute(
            """UPDATE listening_storyvoice m SET story_id = v.target
            FROM unnest(%s::bigint[], %s::bigint[]) AS v(gone, target) WHERE m.story_id = v.gone""",
            [[stories[key] for key in folded.gone], [stories[folded.end(key)] for key in folded.gone]],
        )
        cursor.execute(
            """UPDATE listening_signal m SET story_id = v.target
            FROM unnest(%s::bigint[], %s::bigint[]) AS v(gone, target) WHERE m.story_id = v.gone""",
            [[stories[key] for key in folded.gone], [stories[folded.end(key)] for key in folded.gone]],
        )
        cursor.execute(
            """UPDATE listening_heldback m SET story_id = v.target
            FROM unnest(%s::bigint[], %s::bigint[]) AS v(gone, target) WHERE m.story_id = v.gone""",
            [[stories[key] for key in folded.gone], [stories[folded.end(key)] for key in folded.gone]],
        )


def _write_members(office: int, folded: Folded, articles: Mapping[str, int], stories: Mapping[str, int]) -> None:
    rows = [
        Membership(
            office_id=office,
            article_id=articles[key],
            story_id=stories[folded.end(folded.home[key])],
            original_id=articles.get(placed.copy.group) if placed.copy.kind != "original" else None,
            copy_kind=placed.copy.kind,
            copy_score=placed.copy.score,
            copy_reason=reason_json(placed.copy.reason),
            score=placed.assignment.score,
            reasons=[reason_json(reason) for reason in ((folded.why[key],) if key in folded.why else placed.assignment.reasons)],
        )
        for key, placed in folded.placed.items()
    ]
    if rows:
        fields = [f.name for f in Membership._meta.fields if f.name not in {"id", "article"}]
        Membership.objects.bulk_create(rows, update_conflicts=True, unique_fields=["article"], update_fields=fields, batch_size=2000)
    moved = [key for key in folded.home if key not in folded.placed and key in articles]
    if moved:
        why = [json.dumps([reason_json(folded.why[key])]) for key in moved]
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE listening_membership m SET story_id = v.story, reasons = v.why::jsonb
                FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS v(article, story, why) WHERE m.article_id = v.article""",
                [[articles[key] for key in moved], [stories[folded.end(folded.home[key])] for key in moved], why],
            )


def _count_voices(office: int, folded: Folded, articles: Mapping[str, int], stories: Mapping[str, int]) -> None:
    """A public post that was placed is counted as a voice of the story it was placed in first, and its hash forgotten."""
    first = {articles[key]: placed.assignment.story for key, placed in folded.placed.items() if key in articles}
    ends = {story: folded.end(story) for story in first.values()}
    voices.count(office, first, ends, stories)


def _write_vectors(folded: Folded, articles: Mapping[str, int]) -> None:
    """Half-precision, as the pipeline used them; nine digits keep every half exactly."""
    with_vector = [(key, placed.vector) for key, placed in folded.placed.items() if placed.vector is not None]
    if not with_vector:
        return
    texts = ["[" + ",".join(map(repr, vector.astype(np.float32).tolist())) + "]" for _, vector in with_vector]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE listening_article a SET embedding = v.vector::halfvec
            FROM unnest(%s::bigint[], %s::text[]) AS v(article, vector) WHERE a.id = v.article""",
            [[articles[key] for key, _ in with_vector], texts],
        )


def _hold(folded: Folded, stories: Mapping[str, int]) -> None:
    """Hold the stories that only their signals speak of, before the signals are written: whoever sets such a story's level at this moment
    is seen, or sees the signal. The rows of the others are held since they were written."""
    ends = {folded.end(said.signal.story) for said in folded.signals.values()} - set(folded.changed)
    wanted = sorted(stories[key] for key in ends if key in stories)
    if wanted:
        list(Story.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True))


def _write_signals(office: int, folded: Folded, stories: Mapping[str, int], seq: int) -> None:
    """Upsert the signals; one that rose again goes on in the open row of its event.

    What people answered stays, and when it was first raised.
    """
    if not folded.signals:
        return
    raised = _go_on(office, folded)
    rows = []
    for key in sorted(raised):
        said = folded.signals[key]
        row = _signal_row(office, said, stories.get(folded.end(said.signal.story)), seq)
        row.raised = raised[key]
        rows.append(row)
    kept = {"id", "office", "key", "state", "state_reason", "state_by", "state_at"}
    fields = [f.name for f in Signal._meta.fields if f.name not in kept]
    Signal.objects.bulk_create(rows, update_conflicts=True, unique_fields=["office", "key"], update_fields=fields, batch_size=500)


def _write_held(office: int, folded: Folded, stories: Mapping[str, int]) -> None:
    """Upsert what was held back; what was told after all is held back no more."""
    if folded.signals:
        HeldBack.objects.filter(office_id=office, key__in=list(folded.signals)).delete()
    rows = [
        HeldBack(
            office_id=office,
            key=key,
            kind=said.signal.kind,
            subject=said.signal.subject[:1000],
            story_id=stories.get(folded.end(said.signal.story)),
            raised=said.signal.raised,
            updated=said.signal.updated,
            since=said.signal.since,
            outlets=list(said.signal.outlets),
            level=said.signal.severity.level,
            reasons=[reason_json(reason) for reason in said.signal.reasons],
        )
        for key, said in sorted(folded.held.items())
    ]
    if rows:
        fields = [f.name for f in HeldBack._meta.fields if f.name not in {"id", "office", "key"}]
        HeldBack.objects.bulk_create(rows, update_conflicts=True, unique_fields=["office", "key"], update_fields=fields, batch_size=500)


def _go_on(office: int, folded: Folded) -> dict[str, datetime]:
    """Give the open row of an event the name of its newest signal. Gives the signals to write and when each was first raised.

    A signal that has no row yet takes over the row of the one before if that is new or acknowledged; a dismissed row stays as it was
    answered, and the event gets a new one. Where two rows became one event, the one nobody has answered goes.
    """
    named = {*folded.signals, *(before for _, before in folded.again)}
    there = {row.key: row for row in Signal.objects.filter(office_id=office, key__in=named).only("key", "raised", "state")}
    raised = {key: there[key].raised if key in there else said.signal.raised for key, said in folded.signals.items()}
    for key, before in folded.again:
        row = there.get(before)
        answered = row is not None and (row.state == Signal.State.DISMISSED or (key in there and row.state != Signal.State.NEW))
        if key not in raised or answered:
            continue
        first = raised.pop(before, None) or (row.raised if row is not None else None)
        raised[key] = min(raised[key], first or raised[key])
        if row is not None:
            del there[before]
            mine = Signal.objects.filter(pk=row.pk)
            if key in there:
                mine.delete()
            else:
                there[key] = row
                mine.update(key=key)
    return raised


def _story_row(office: int, changed: StoryChanged, articles: Mapping[str, int], seq: int, now: datetime) -> Story:
    story = changed.story
    return Story(
        office_id=office,
        key=story.id,
        headline=story.headline[:1000],
        lead=story.lead,
        headline_article_id=articles.get(story.headline_article),
        first=story.first,
        last=story.last,
        outlets=list(story.outlets),
        languages=list(story.languages),
        outlet_count=len(story.outlets),
        articles=story.articles,
        copies=story.copies,
        level=changed.severity.level,
        severity=severity_json(changed.severity),
        counts=[list(pair) for pair in changed.counts],
        merged_into=None,
        changed=now,
        change_seq=seq,
    )


def _signal_row(office: int, said: Signalled, story: int | None, seq: int) -> Signal:
    signal = said.signal
    return Signal(
        office_id=office,
        key=signal.id,
        kind=signal.kind,
        subject=signal.subject[:1000],
        story_id=story,
        raised=signal.raised,
        updated=signal.updated,
        since=signal.since,
        observed=signal.observed,
        expected=signal.expected,
        outlets=list(signal.outlets),
        level=signal.severity.level,
        severity=severity_json(signal.severity),
        series=[{**dataclasses.asdict(point), "hour": point.hour.isoformat()} for point in signal.series],
        reasons=[reason_json(reason) for reason in signal.reasons],
        change_seq=seq,
    )


def reason_json(reason: Reason) -> dict[str, Any]:
    """A reason as it is stored: code and values."""
    return {"code": reason.code, "values": dict(reason.values)}


def severity_json(severity: Severity) -> dict[str, Any]:
    """A severity as it is stored: its fields, reasons as code and values."""
    return {**dataclasses.asdict(severity), "reasons": [reason_json(reason) for reason in severity.reasons]}
