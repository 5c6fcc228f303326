"""A furnished office with a past: signals of the last weeks that people judged, recorded events, items two people labelled."""

from __future__ import annotations

from datetime import datetime, timedelta

import kentongan
from kentongan.office.listening import events
from kentongan.office.listening.events_models import RecordedEvent
from kentongan.office.listening.labels_models import Label, SampleItem
from kentongan.office.listening.models import Article, Signal
from kentongan.office.people.models import Office, User
from kentongan.testing.builders import NOW, Event, Told, make_signal, make_source, make_story

PAST = (
    ("Pohon tumbang menutup Jalan Lebak Damar", "id", "press"),
    ("Cúp nước ở phường Bến Sương từ rạng sáng", "vi", "press"),
    ("Longsor di Bukit Kenari, dua rumah kosong", "id", "press"),
    ("Jalan Tepi Welar amblas, angkutan dialihkan", "id", "official"),
)
RECORDED = (
    ("Banjir di empat kelurahan Sena Hulu", "banjir OR flood", 3.0, None),
    ("Pohon tumbang di Lebak Damar", '"pohon tumbang"', 24.0 * 9, 24.0 * 8),
    ("Kebakaran gudang di Pelita Dalam", "kebakaran OR terbakar", 24.0 * 20, 24.0 * 19),
)
"""What happened, its words, how many hours before now it began and was over."""


def furnish_accuracy(office: Office, officer: User, now: datetime = NOW) -> list[RecordedEvent]:
    """Add a past to a furnished office. Gives the recorded events: the flood that was told, a tree that was, a fire that was missed."""
    make_source(office, "Warta Negeri", now, area="Indonesia")
    for number in range(24):
        title, language, kind = PAST[number % len(PAST)]
        began = 24.0 * 3 * number + 24.0 * 8 + 20.0
        told = (
            Told("Warta Hilir", began, title, title, language, kind),
            Told("Warta Negeri", began - 4.0 - number % 5, title, f"{title}.", language),
        )
        story = make_story(office, Event("medium", (2, 2, 2, 1, 2), told), now, 100 + number)
        raised = now - timedelta(hours=began - 1.5 - number % 6)
        signal = make_signal(
            story, title, now, raised=raised, updated=raised + timedelta(hours=3), since=raised - timedelta(hours=1),
            state=Signal.State.ACKNOWLEDGED, state_by=officer, state_at=raised + timedelta(minutes=20),
        )  # fmt: skip
        if number % 3:
            _label(office, officer, now, what="useful", signal=signal, said="yes" if number % 5 else "no", engine=signal.level)
    others = list(User.objects.filter(office=office).exclude(pk=officer.pk).order_by("pk")[:1])
    for number, item in enumerate(Article.objects.filter(office=office).order_by("pk")[:14], start=1):
        sample = SampleItem.objects.create(office=office, week=(now - timedelta(days=7)).date(), article=item, place=number)
        for place, person in enumerate([officer, *others]):
            said = ("neutral", "negative", "positive")[(number + place * (number % 7 == 0)) % 3]
            engine = "neutral" if number % 4 == 0 else said
            _label(office, person, now, what="tone", article=item, sample=sample, said=said, engine=engine)
    made = []
    for what, words, began, ended in RECORDED:
        until = now - timedelta(hours=ended) if ended is not None else None
        made.append(events.record_event(officer, events.Draft(what, words, now - timedelta(hours=began), until), now))
    return made


def _label(office: Office, by: User, now: datetime, **fields: object) -> Label:
    return Label.objects.create(office=office, by=by, at=now, version=kentongan.__version__, **fields)
