"""Voices: how many distinct people speak in a story, without knowing who. Authors of public posts become a hash that is good for one month.

The salt belongs to one office and one month (`VoiceKey`). Nothing keeps the hash beside a post: once a post is placed it is counted as a
`StoryVoice`, hashed again with the story, and forgotten (`outputs`). So a person's posts stand together nowhere: not in one story (the
token says only that somebody new spoke), not across two (their tokens differ), not across two months (the salts differ).

Known limits. While a month lasts, who has the database and its salt can try a guessed name; when it is over and GRACE has passed, the salt
is destroyed and nobody can. A copy of the database from before holds it longer: backups keep what they held. Who speaks in two stories
that are merged is counted twice; posts that are split off leave their voice behind: the count is of the story they were first placed in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import Count

from kentongan.engine import privacy
from kentongan.engine.disclosure import shown
from kentongan.office.kept import Kept
from kentongan.office.listening.models import Article, Story, StoryVoice, VoiceKey
from kentongan.office.people.models import Office
from kentongan.office.people.recording import record

SALT_BYTES = 32
GRACE = timedelta(days=2)
"""After the end of a month, so that posts read in its last minutes are still placed; their hash is emptied with the key."""


def month_of(now: datetime) -> date:
    """The first day of the month, in UTC."""
    return date(now.year, now.month, 1)


def salt_of(office: int, now: datetime) -> bytes | None:
    """The office's salt of this month, made at its first use. None where it was destroyed already (a clock that went back)."""
    key, _ = VoiceKey.objects.get_or_create(office_id=office, month=month_of(now), defaults={"salt": secrets.token_bytes(SALT_BYTES)})
    return bytes(key.salt) if key.salt is not None else None


def voice_of(office: int, now: datetime) -> Callable[[str], str]:
    """What turns an author's public name into this month's hash; the name is not kept. Without a salt nobody is counted."""
    salt = salt_of(office, now)

    def voice(author: str) -> str:
        return privacy.author_key(author, salt=salt) if salt is not None and author.strip().removeprefix("@").strip() else ""

    return voice


def count(office: int, placed: Mapping[int, str], ends: Mapping[str, str], stories: Mapping[str, int]) -> None:
    """Count the voices of articles that were placed (by id, with the story's key) and empty their hash, in the caller's transaction.

    `ends` says where a story ended after merges, `stories` gives primary keys by key. One query where nobody spoke, four at most.
    """
    heard = dict(Article.objects.filter(pk__in=list(placed)).exclude(voice="").values_list("pk", "voice"))
    if not heard:
        return
    known = dict(stories)
    missing = {ends[placed[pk]] for pk in heard} - set(known)
    if missing:
        known.update(Story.objects.filter(office_id=office, key__in=missing).values_list("key", "pk"))
    rows = {(known[ends[placed[pk]]], token_of(voice, placed[pk])) for pk, voice in heard.items() if ends[placed[pk]] in known}
    made = [StoryVoice(office_id=office, story_id=story, token=token) for story, token in sorted(rows)]
    StoryVoice.objects.bulk_create(made, ignore_conflicts=True)
    Article.objects.filter(pk__in=list(heard)).update(voice="")


def token_of(voice: str, story: str) -> str:
    """A hash of voice and story: two stories give two tokens, and none gives the voice back."""
    return hashlib.blake2b(story.encode(), key=voice.encode(), digest_size=16).hexdigest()


def get_count(story: Story) -> int | None:
    """How many distinct people spoke in a story; None for one to nine. One query."""
    return shown(_distinct.first(story.pk) or 0)


_distinct = Kept(
    lambda story: StoryVoice.objects.filter(story=story).order_by().values_list("story").annotate(n=Count("pk")).values_list("n", flat=True)
)


@transaction.atomic
def destroy_keys(office: Office, now: datetime) -> int:
    """Destroy the keys of months that are over, and the hashes that still wait under them; gives how many. The periodic job calls it."""
    last = month_of(now - GRACE)
    over = list(VoiceKey.objects.select_for_update().filter(office=office, month__lt=last).exclude(salt=None))
    for key in over:
        VoiceKey.objects.filter(pk=key.pk).update(salt=None, destroyed=now)
        record(None, "key.destroyed", key, now, month=key.month)
    if over:
        before = datetime(last.year, last.month, 1, tzinfo=UTC)
        Article.objects.filter(office=office, seen__lt=before).exclude(voice="").update(voice="")
    return len(over)
