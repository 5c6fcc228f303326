"""A story's level by hand: an officer sets it with a reason and takes it back, and the listener heeds it whenever it writes the story.

`Story.level` is the level in force, and so is the level of the story's own signals (not that of a group of stories, which is as serious as
its reports together). So whatever orders, filters and tells by level needs to know nothing of this. What the engine says stays beside it in
`severity`, and is never changed by hand. How the two meet is the engine's rule (`engine.severity.in_force`).

The listener writes what the engine said and then asks which of these stories a person has spoken about (`respect`), in this order: whoever
sets a level holds the story's row first, and the listener holds it before it writes the story's signals, so one of the two sees the other.
Where a story goes into another, the one that remains keeps what was said of it; what was said of the other is dropped with a line in the
ledger. Where a story is split, what remains keeps it and the new one has none. What was held back beyond the budget stands as the engine
had it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast

from django.db import connection, transaction
from django.db.models import F
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from kentongan.engine import privacy
from kentongan.engine.names import load_tagger
from kentongan.engine.records import GROUPS, LEVELS, Level
from kentongan.engine.severity import in_force
from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger import services as ledger
from kentongan.office.listening import heard
from kentongan.office.listening.levels_models import StoryLevel
from kentongan.office.listening.models import Signal, Story
from kentongan.office.people.models import User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record
from kentongan.office.people.versions import ConflictError

SHORTEST, LONGEST = 3, 500
"""Letters of a reason."""


class QuickerError(ConflictError):
    """Somebody else has set the level or taken it back, or the engine has raised it, since the page was opened."""

    def __init__(self, story: Story, said: str, hand: StoryLevel | None) -> None:
        super().__init__(subject=f"story:{story.pk}", stored={"level": hand.level if hand else ""}, version=hand.pk if hand else 0)
        self.args = (said,)


def of(story: Story) -> StoryLevel | None:
    """What a person said of the story's level. No query where the story was read with it."""
    return cast(StoryLevel | None, getattr(story, "by_hand", None))


def engine_of(story: Story) -> Level:
    """What the engine itself says of a story."""
    hand = of(story)
    return cast(Level, story.severity.get("level") or (hand.engine if hand else story.level))


def is_outrun(story: Story) -> bool:
    """Whether the engine has risen above what it said when the level was set by hand, so that the hand alone decides no longer."""
    hand = of(story)
    return hand is not None and LEVELS.index(engine_of(story)) > LEVELS.index(cast(Level, hand.engine))


@transaction.atomic
def set_level(user: User, story: Story, level: str, reason: str, seen: tuple[str, int], now: datetime) -> StoryLevel:
    """Say how serious a story is. `seen`: what the engine said when the page was opened, and the number of what stood by hand (0: nothing).

    Raises `InputError` for what cannot be so, `ConflictError` where somebody else was quicker or the engine has risen since: nobody calls
    a story low who has not seen that it is a crisis by now.
    """
    need(user, "listening.decide", story)
    if level not in LEVELS:
        raise InputError(gettext("Choose one of the five levels."), subject="level")
    reason = " ".join(reason.split())
    if not SHORTEST <= len(reason) <= LONGEST:
        said = gettext("Say why in %(least)s to %(most)s characters: your colleagues will want to know.")
        raise InputError(said % {"least": SHORTEST, "most": LONGEST}, subject="reason")
    row, before = _held(story, seen[1])
    engine = engine_of(row)
    if seen[0] not in LEVELS:
        raise InputError(gettext("Say what the engine said when you decided: one of the five levels."), subject="engine")
    if LEVELS.index(engine) > LEVELS.index(seen[0]):
        raise QuickerError(row, gettext("The engine has risen since you opened this. Look at why, then decide again."), before)
    was = row.level
    if before is not None:
        before.delete()
    hand = StoryLevel.objects.create(office_id=row.office_id, story=row, level=level, engine=engine, reason=reason, by=user, at=now)
    _settle({row.pk: hand})
    hidden = privacy.hide(reason, source_kind="public", names=load_tagger()).text
    record(user, "story.level_set", row, now, level=level, before=was, engine=engine, reason=hidden)
    _tell(story, row, now)
    return hand


@transaction.atomic
def take_back(user: User, story: Story, seen: int, now: datetime) -> None:
    """Let the engine's level count again. Raises `ConflictError` where what `seen` names stands no more."""
    need(user, "listening.decide", story)
    row, before = _held(story, seen)
    if before is None:
        raise InputError(gettext("Nobody has set this level by hand; there is nothing to take back."), subject="level")
    _let_go({row.pk: before})
    record(user, "story.level_taken_back", row, now, level=before.level)
    _tell(story, row, now)


def respect(office: int, stories: Collection[int]) -> None:
    """Lay what people said over what the engine has just written of these stories and their signals. One query where nobody said anything,
    three more where somebody did, however many there are."""
    hands = StoryLevel.objects.filter(office_id=office, story__in=stories) if stories else ()
    found = {hand.story_id: hand for hand in hands}
    if found:
        _settle(found)


def drop(office: int, gone: Mapping[int, int], now: datetime) -> None:
    """Let go of what was said of stories that go into others: primary key → that of the story it becomes part of. Their rows are held
    first, so that nobody sets a level meanwhile."""
    held = Story.objects.select_for_update().filter(office_id=office, pk__in=list(gone)).order_by("pk").values_list("pk", flat=True)
    found = {hand.story_id: hand for hand in StoryLevel.objects.filter(office_id=office, story__in=list(held))}
    if not found:
        return
    _let_go(found)
    for pk, hand in found.items():
        detail = {"level": hand.level, "into": gone[pk]}
        ledger.write("story.level_taken_back", office=office, actor=None, role="", at=now, subject=f"story:{pk}", detail=detail)


def _held(story: Story, seen: int) -> tuple[Story, StoryLevel | None]:
    """The story under a lock, and what stands by hand. Raises where it is part of another, or that is not what was seen."""
    row = Story.objects.select_for_update().get(pk=story.pk)
    if row.merged_into_id is not None:
        raise RefusedError(gettext("This story has been merged into another."), subject=row.key)
    before = StoryLevel.objects.filter(story=row).select_related("by").first()
    if (before.pk if before else 0) != seen:
        said = gettext("Somebody else took the level by hand back since you opened this. Decide again if it is still right.")
        if before is not None:
            said = gettext("%(name)s was quicker and set this level. Both versions are shown; keep what is right.")
            said %= {"name": before.by.shown}
        raise QuickerError(row, said, before)
    return row, before


def _settle(hands: Mapping[int, StoryLevel]) -> None:
    """Write the level in force into these stories and their own signals. A row that stands so already is not touched nor waited for."""
    engine = dict(Story.objects.filter(pk__in=hands).values_list("pk", "severity__level"))
    levels = {pk: in_force(_level(hand.level), _level(hand.engine), _level(engine[pk] or hand.engine)) for pk, hand in hands.items()}
    given = [list(levels), list(levels.values())]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE listening_story s SET level = v.level
            FROM unnest(%s::bigint[], %s::text[]) AS v(story, level) WHERE s.id = v.story AND s.level <> v.level""",
            given,
        )
        cursor.execute(
            """UPDATE listening_signal m SET level = v.level
            FROM unnest(%s::bigint[], %s::text[]) AS v(story, level)
            WHERE m.story_id = v.story AND m.level <> v.level AND NOT m.kind = ANY(%s)""",
            [*given, sorted(GROUPS)],
        )


def _let_go(hands: Mapping[int, StoryLevel]) -> None:
    """Delete these, and let what the engine says count again."""
    said = KeyTextTransform("level", "severity")
    with connection.cursor() as cursor:  # a row that nobody assessed yet had what stood there then
        cursor.execute(
            """UPDATE listening_story s SET level = coalesce(s.severity->>'level', v.level)
            FROM unnest(%s::bigint[], %s::text[]) AS v(story, level) WHERE s.id = v.story""",
            [list(hands), [hand.engine for hand in hands.values()]],
        )
    Signal.objects.filter(story__in=hands).exclude(kind__in=GROUPS).update(level=Coalesce(said, F("level")))
    StoryLevel.objects.filter(pk__in=[hand.pk for hand in hands.values()]).delete()


def _tell(story: Story, row: Story, now: datetime) -> None:
    """Let the story in hand be as it stands, and the alerts look at its signals."""
    story.refresh_from_db()
    heard.signals_moved.send(None, office=row.office_id, now=now)


def _level(name: str) -> Level:
    return cast(Level, name)
