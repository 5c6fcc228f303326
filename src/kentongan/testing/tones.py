"""An office of which is spoken: daily counts of its agencies and of a watch that has no tone, as the reading would have left them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kentongan.office.listening.models import JournalEntry, Membership, Purpose, Story, Watch
from kentongan.office.listening.tones_models import ToneCount, ToneReading
from kentongan.office.listening.tones_queries import SPAN, SPANS, WEEK, monday_of
from kentongan.office.people.models import Agency, Office, User
from kentongan.testing.builders import NOW, Event, Told, make_article, make_story, purpose_of

WEEKLY = {
    "press": (("negative", 5), ("neutral", 7), ("positive", 3), ("mixed", 1), ("unclear", 2)),
    "public": (("negative", 6), ("neutral", 2), ("positive", 3), ("mixed", 1), ("unclear", 4)),
}
"""What is said of the first agency in a week."""


def add_counts(office: Office, target: str, day: date, kind: str = "press", language: str = "id", **tones: int) -> None:
    """So many judgements of one day."""
    rows = (
        ToneCount(office=office, target=target, day=day, source_kind=kind, language=language, tone=tone, n=n) for tone, n in tones.items()
    )
    ToneCount.objects.bulk_create(rows)


def furnish_tones(office: Office, officer: User, now: datetime = NOW) -> Watch:
    """Twelve weeks of the first agency, a few items of the second, and a watch on an office that one person holds; gives the watch."""
    end = monday_of(office, now)
    agencies = [f"a{agency.name}" for agency in Agency.objects.filter(office=office).order_by("name")]
    for number in range(SPANS * SPAN // WEEK):
        for kind, tones in WEEKLY.items():
            swing = {tone: max(0, n + (number * 5 + place * 3) % 7 - 3) for place, (tone, n) in enumerate(tones)}
            add_counts(office, agencies[-1], end - number * WEEK - timedelta(days=2), kind, "id", **swing)
    if len(agencies) > 1:
        add_counts(office, agencies[0], end - timedelta(days=3), neutral=5, negative=1)
        add_counts(office, agencies[0], end - timedelta(days=3), "public", neutral=14, negative=4)
    topic = purpose_of(office)
    topic.pk, topic.kind, topic.title, topic._state.adding = None, Purpose.Kind.WATCH, "Wali kota", True
    topic.save()
    given = {"query": '"wali kota"', "created_by": officer, "created": now}
    watch = Watch.objects.create(office=office, purpose=topic, name="Wali kota", **given)
    ToneReading.objects.update_or_create(office=office, defaults={"refused": [f"w{watch.name}"], "at": now})
    return watch


SPOKEN = (
    ("press", 12, "Tarif bus dinaikkan, biaya dibahas"),
    ("press", 7, "Dinas tambah bus, layanan diperbaiki"),
    ("press", 9, "Bus lewat kota"),
    ("public", 14, "Biaya naik bus mahal sekali"),
    ("public", 12, "Busnya sudah bagus"),
    ("public", 3, "Katanya korban di halte"),
)
"""What is said of an agency in the weeks that are counted: who, how many items, which words."""


def furnish_spoken(office: Office, mark: str, now: datetime = NOW) -> Story:
    """Items that bear a mark, as the journal has them, in one story of last week."""
    story, seq = (
        make_story(office, Event("watch", (0, 1, 0, 0, 1), (Told("Sena Petang", 240, "Bus kota baru", "Bus baru.", "id"),)), now),
        0,
    )
    for kind, count, title in SPOKEN:
        for _ in range(count):
            seq += 1
            article = make_article(office, Told(f"Media {seq % 5}", 200 + seq / 2, f"{title} {seq}", "", "id", kind), now)
            Membership.objects.create(article=article, story=story, reasons=[])
            entry = {"seq": 900_000 + seq, "kind": JournalEntry.Kind.ARTICLE, "at": article.published, "payload": {"marks": [mark]}}
            JournalEntry.objects.create(office=office, article=article, **entry)
    return story
