"""Rows for an invented office: people, sources in every state, stories with their copies, signals, a signed briefing.

Nothing here is heard from anywhere: names, outlets and events are made up, addresses end in `.example` (RFC 2606). Used by the tests of the
screens and by `kentongan screens`. Every row is made from `now`, so the same moment gives the same office.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from kentongan.engine.records import article_id
from kentongan.office.alerting import arranging, looking
from kentongan.office.alerting import services as alerting
from kentongan.office.alerting.models import Alert, AlertDelivery
from kentongan.office.listening import purposes
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import (
    Article,
    Credential,
    FactCheck,
    Hazard,
    ListenerState,
    Membership,
    Purpose,
    Signal,
    Silence,
    Source,
    SourceProposal,
    Story,
    StoryMark,
    Visit,
)
from kentongan.office.people import inviting, standing
from kentongan.office.people.models import Office, User

NOW = datetime(2025, 11, 27, 0, 30, tzinfo=UTC)
PASSWORD = "kentongan beats at dawn"  # noqa: S105
INVITED = "a word"
"""Opens the invitation that waits."""
_EMBEDDER = HashedEmbedder()


@dataclass(frozen=True, slots=True)
class Told:
    """One invented item: who, how many hours before `now`, title, text, language; `copies` outlets repeat it."""

    outlet: str
    hours: float
    title: str
    text: str
    language: str
    kind: str = "press"
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One invented story: its items, earliest first, level and factors (harm, speed, reach, need, credibility)."""

    level: str
    factors: tuple[int, int, int, int, int]
    items: tuple[Told, ...]
    reasons: tuple[dict[str, Any], ...] = field(default=())
    signal: str = ""


WIRE = ("Suara Muarasena", "Warta Hilir", "Sena Petang", "Pesisir Kini")
EVENTS: tuple[Event, ...] = (
    Event(
        "high",
        (3, 3, 3, 3, 3),
        (
            Told(
                "Kabar Kalindra",
                2.3,
                "Banjir merendam empat kelurahan di Sena Hulu",
                "Air Sungai Welaran naik sejak pukul tiga pagi dan merendam "
                "empat kelurahan di Kecamatan Sena Hulu. Warga menanyakan letak tempat pengungsian.",
                "id",
                copies=WIRE,
            ),
            Told(
                "Báo Bến Sương",
                1.9,
                "Nước sông Welaran dâng cao, bốn phường ngập sâu",
                "Mực nước sông Welaran dâng nhanh từ rạng sáng, bốn phường "
                "thuộc quận Sena Hulu ngập sâu. Nhiều người dân hỏi điểm tránh trú ở đâu.",
                "vi",
            ),
            Told(
                "The Muarasena Courier",
                1.4,
                "Flood reaches four northern wards as river rises",
                "The Welaran River rose overnight and flooded four wards of Sena Hulu. Residents ask where the shelters are.",
                "en",
            ),
            Told(
                "Radio Gema Welar 98,3 FM",
                0.9,
                "Warga Rawa Kenari bertanya: di mana tempat mengungsi?",
                "Sejumlah pendengar di Rawa Kenari dan Lebak Damar menelepon studio dan bertanya di mana tempat mengungsi.",
                "id",
            ),
            Told(
                "Papan Warga Sena",
                0.6,
                "Air sudah masuk rumah di Tepi Welar, ada posko?",
                "Air sudah selutut. Ada yang tahu posko terdekat?",
                "id",
                "public",
            ),
        ),
        (
            {"code": "severity.harm.2", "values": {"words": "banjir, terendam", "count": 4}},
            {"code": "severity.gap", "values": {"questions": 3}},
            {"code": "severity.credibility.press", "values": {"outlets": 7}},
        ),
        "Banjir merendam empat kelurahan di Sena Hulu",
    ),
    Event(
        "medium",
        (2, 2, 2, 2, 1),
        (
            Told(
                "Papan Warga Sena",
                9.0,
                "Air PAM di Pelita Dalam berbau tanah sejak kemarin",
                "Air PAM keruh dan berbau tanah. Apakah aman diminum?",
                "id",
                "public",
            ),
            Told(
                "Lentera Kota",
                6.5,
                "Warga Pelita Dalam keluhkan air berbau",
                "Sejumlah warga Pelita Dalam mengeluhkan air pipa yang berbau. Belum ada hasil pemeriksaan.",
                "id",
                copies=("Warta Hilir",),
            ),
            Told(
                "Góc Phố Bến Sương",
                5.0,
                "Nước máy có mùi lạ, có uống được không?",
                "Nước máy khu Pelita Dalam có mùi lạ từ hôm qua.",
                "vi",
                "public",
            ),
        ),
        (
            {"code": "severity.harm.2", "values": {"words": "air minum, berbau", "count": 3}},
            {"code": "severity.gap", "values": {"questions": 2}},
        ),
        "air berbau",
    ),
    Event(
        "low",
        (1, 1, 2, 1, 3),
        (
            Told(
                "Sena Petang",
                30.0,
                "Pedagang Pasar Senandung menunggu jadwal pemindahan",
                "Pedagang Pasar Senandung belum menerima jadwal pemindahan ke tempat sementara.",
                "id",
                copies=("Pesisir Kini",),
            ),
            Told(
                "Disdag Muarasena",
                26.0,
                "Jadwal sementara pemindahan Pasar Senandung",
                "Pemindahan dimulai 3 Desember. Daftar kios dapat dilihat di kantor kelurahan.",
                "id",
                "official",
            ),
            Told(
                "The Muarasena Courier",
                8.0,
                "Traders ask who pays for stall moves",
                "Traders at Senandung Market ask who pays for moving the stalls.",
                "en",
            ),
        ),
        ({"code": "severity.gap.answered", "values": {}}, {"code": "severity.credibility.official", "values": {}}),
    ),
    Event(
        "low",
        (1, 2, 1, 1, 2),
        (
            Told(
                "Papan Warga Sena",
                14.0,
                "Katanya urus KTP bayar Rp150.000, benar?",
                "Ada kabar urus KTP harus bayar. Benar atau tidak?",
                "id",
                "public",
            ),
            Told(
                "Dispendukcapil Muarasena",
                11.0,
                "KTP dan Kartu Keluarga gratis",
                "Pengurusan KTP dan Kartu Keluarga tidak dipungut biaya.",
                "id",
                "official",
            ),
        ),
        ({"code": "severity.credibility.official", "values": {}},),
    ),
    Event(
        "watch",
        (0, 1, 1, 0, 3),
        (
            Told(
                "Suara Muarasena",
                12.0,
                "Festival lampion Kampung Lentera digelar Sabtu",
                "Festival lampion digelar Sabtu malam di Kampung Lentera.",
                "id",
                copies=("Sena Petang",),
            ),
        ),
    ),
    Event(
        "watch",
        (0, 0, 0, 0, 2),
        (
            Told(
                "Giang Vân Online",
                20.0,
                "Đoàn học sinh Giang Vân thăm thành phố kết nghĩa",
                "Ba mươi học sinh sang thăm Muarasena trong tuần này.",
                "vi",
            ),
        ),
    ),
)
SOURCES: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("Suara Muarasena", "press", "id", "ok", {}),
    ("Kabar Kalindra", "press", "id", "not_modified", {}),
    ("Warta Hilir", "press", "id", "ok", {}),
    ("Sena Petang", "press", "id", "too_many_requests", {"failures": 4}),
    ("Lentera Kota", "press", "id", "ok", {}),
    ("Pesisir Kini", "press", "id", "robots_disallow", {"failures": 1}),
    ("Radio Gema Welar 98,3 FM", "press", "id", "ok", {}),
    ("Báo Bến Sương", "press", "vi", "ok", {}),
    ("Giang Vân Online", "press", "vi", "ok", {}),
    ("The Muarasena Courier", "press", "en", "ok", {}),
    ("Disdag Muarasena", "official", "id", "ok", {}),
    ("Dispendukcapil Muarasena", "official", "id", "ok", {"paused": True, "paused_reason": "Situs sedang dipindahkan, kata pengelolanya."}),
    ("Papan Warga Sena", "public", "id", "ok", {}),
    ("Góc Phố Bến Sương", "public", "vi", "ok", {}),
    ("Tirta Welaran", "official", "id", "", {}),
)


def make_office(name: str = "Kota Muarasena", slug: str = "muarasena", **fields: Any) -> Office:
    """An office, without anybody in it."""
    return Office.objects.create(name=name, slug=slug, **fields)


@cache
def _hashed() -> str:
    """Hashing a password is slow on purpose; once is enough for invented people."""
    return make_password(PASSWORD)


def make_user(office: Office | None, username: str, role: str = "officer", **fields: Any) -> User:
    """A person with the password PASSWORD."""
    return User.objects.create(
        username=username, office=office, role=role, email=f"{username}@muarasena.example", password=_hashed(), **fields
    )


def purpose_of(office: Office) -> Purpose:
    """The purpose under which an office's sources stand; it outlasts every test, whatever the clock of the machine says."""
    purpose = purposes.first_for(office, NOW)
    if purpose.ends.year < 2099:
        purpose.ends = purpose.ends.replace(year=2099)
        purpose.save(update_fields=["ends"])
    return purpose


def make_source(office: Office, name: str, now: datetime = NOW, **fields: Any) -> Source:
    """A source that was visited two minutes before `now` and comes again in eight."""
    host = "".join(ch for ch in name.lower() if ch.isascii() and ch.isalnum())
    given: dict[str, Any] = {
        "outlet": name,
        "url": f"https://{host}.example/rss",
        "outcome": "ok",
        "last_visit": now - timedelta(minutes=2),
        "last_success": now - timedelta(minutes=2),
        "next_visit": now + timedelta(minutes=8),
        "last_item": now - timedelta(hours=2),
        **fields,
    }
    return Source.objects.create(office=office, name=name, **{"purpose": purpose_of(office), **given})


def make_article(office: Office, told: Told, now: datetime = NOW, source: Source | None = None) -> Article:
    """An item as it is stored; its vector is of hashed words."""
    slug = hashlib.sha256(f"{told.outlet} {told.title} {told.hours}".encode()).hexdigest()[:10]
    url = f"https://{slug}.example/{slug}"
    published = now - timedelta(hours=told.hours)
    vector = _EMBEDDER.embed([f"{told.title}. {told.text}"])[0]
    return Article.objects.create(
        office=office,
        source=source,
        key=article_id(f"{office.pk}:{url}"),
        url=url,
        outlet=told.outlet,
        source_kind=told.kind,
        title=told.title,
        text=told.text,
        language=told.language,
        published=published,
        seen=published + timedelta(minutes=3),
        embedding=vector,
        waiting=False,
    )


def make_story(office: Office, event: Event, now: datetime = NOW, seq: int = 1) -> Story:
    """A story with its items, each repeated word for word by its `copies` a little later."""
    sources = {source.outlet: source for source in Source.objects.filter(office=office)}
    articles = [make_article(office, told, now, sources.get(told.outlet)) for told in event.items]
    head = articles[0]
    outlets = list(dict.fromkeys([told.outlet for told in event.items] + [name for told in event.items for name in told.copies]))
    factors = dict(zip(("harm", "velocity", "reach", "service_gap", "credibility"), event.factors, strict=True))
    score = sum(weight * value for weight, value in zip((3, 2, 2, 2, 1), event.factors, strict=True))
    story = Story.objects.create(
        office=office,
        key=f"s{head.key[:12]}",
        headline=head.title,
        lead=head.text.split(". ")[0].rstrip(".") + ".",
        headline_article=head,
        first=head.published,
        last=articles[-1].published,
        outlets=outlets,
        outlet_count=len(outlets),
        languages=list(dict.fromkeys(told.language for told in event.items)),
        articles=len(articles),
        copies=sum(len(told.copies) for told in event.items),
        level=event.level,
        counts=_counts(articles),
        severity={
            **factors,
            "score": score,
            "low": max(0, score - 3),
            "high": min(40, score + 4),
            "level": event.level,
            "reasons": list(event.reasons),
        },
        changed=now,
        change_seq=seq,
    )
    for told, article in zip(event.items, articles, strict=True):
        reasons = (
            [{"code": "story.new", "values": {"days": 3.0}}] if article is head else [{"code": "story.meaning", "values": {"score": 0.78}}]
        )
        Membership.objects.create(
            article=article, story=story, score=0.9, reasons=reasons, copy_reason={"code": "copy.original", "values": {}}
        )
        for place, outlet in enumerate(told.copies, start=1):
            repeated = Told(outlet, told.hours - 0.1 * place, told.title, told.text, told.language)
            copy = make_article(office, repeated, now, sources.get(outlet))
            Membership.objects.create(
                article=copy,
                story=story,
                original=article,
                copy_kind="near",
                copy_score=0.97,
                copy_reason={"code": "copy.near", "values": {"share": 0.97}},
                reasons=[{"code": "story.copy", "values": {}}],
            )
    return story


def _counts(articles: Sequence[Article]) -> list[list[Any]]:
    hours: dict[str, int] = {}
    for article in articles:
        hour = article.published.replace(minute=0, second=0, microsecond=0).isoformat()
        hours[hour] = hours.get(hour, 0) + 1
    return [[hour, n] for hour, n in sorted(hours.items())]


def make_signal(story: Story, subject: str, now: datetime = NOW, kind: str = "story", **fields: Any) -> Signal:
    """A signal of a story with two days of hours against usual; the last hours rise."""
    hours = [now.replace(minute=0) - timedelta(hours=back) for back in range(47, -1, -1)]
    series = []
    for at in hours:
        local = (at.hour + 7) % 24
        usual = 0.3 + (0.9 if 6 <= local <= 21 else 0.0)
        back = (hours[-1] - at).total_seconds() / 3600
        count = {0.0: 9, 1.0: 7, 2.0: 4}.get(back, int((at.hour * 7 + at.day) % 3 == 0 and usual > 1))
        series.append({"hour": at.isoformat(), "count": float(count), "expected": usual, "low": 0.0, "high": usual + 2.2})
    given: dict[str, Any] = {
        "raised": now - timedelta(minutes=50),
        "updated": now - timedelta(minutes=5),
        "since": now - timedelta(hours=2, minutes=20),
        "observed": 9.0,
        "expected": 1.2,
        "outlets": story.outlets,
        "level": story.level,
        "severity": story.severity,
        "series": series,
        "reasons": [
            {"code": "signal.count", "values": {"count": 20, "hours": 3, "expected": 3.6}},
            {"code": "signal.outlets", "values": {"outlets": len(story.outlets), "stories": 1}},
            {"code": "signal.until", "values": {"n": 1, "time": (now + timedelta(hours=3)).isoformat()}},
        ],
        "change_seq": story.change_seq,
        **fields,
    }
    return Signal.objects.create(office_id=story.office_id, key=f"g{story.key}{kind}", kind=kind, subject=subject, story=story, **given)


def make_visits(source: Source, now: datetime = NOW, n: int = 6) -> None:
    """The latest visits of a source, ten minutes apart, the newest as the source says."""
    for back in range(n):
        outcome = source.outcome if back == 0 else "not_modified" if back % 2 else "ok"
        Visit.objects.create(
            source=source,
            at=now - timedelta(minutes=2 + 10 * back),
            outcome=outcome or "ok",
            status=200,
            elapsed_ms=180 + 40 * back,
            found=20 if outcome == "ok" else 0,
            new=1 if outcome == "ok" and back else 0,
        )


def make_silence(source: Source, now: datetime = NOW, hours: int = 216) -> Silence:
    """A source that has said nothing for so many hours."""
    reason = {"code": "silence.stopped", "values": {"hours": hours, "expected": 7.5}}
    since = now - timedelta(hours=hours)
    return Silence.objects.create(
        office_id=source.office_id, kind="source", subject=str(source.pk), source=source, since=since, noticed=since + timedelta(hours=90),
        expected=7.5, observed=0, reason=reason,
    )  # fmt: skip


def furnish(office: Office, officer: User, now: datetime = NOW) -> list[Story]:
    """Fill an office: sources in every state, all EVENTS, two signals that wait and one of each other state, marks, the listener."""
    for name, kind, language, outcome, fields in SOURCES:
        passed = {"last_success": now - timedelta(hours=5)} if outcome not in {"ok", "not_modified", ""} else {}
        never = {"last_visit": None, "last_success": None, "next_visit": None, "last_item": None} if not outcome else {}
        area = "Sena Tengah" if name == "Lentera Kota" else "Kota Muarasena"
        source = make_source(
            office, name, now, source_kind=kind, language=language, outcome=outcome, area=area, **{**passed, **never, **fields}
        )
        if outcome:
            make_visits(source, now)
    stories = [make_story(office, event, now, seq) for seq, event in enumerate(EVENTS, start=1)]
    quiet = Source.objects.get(office=office, name="Giang Vân Online")
    Source.objects.filter(pk=quiet.pk).update(last_item=now - timedelta(days=9))
    Article.objects.filter(office=office, outlet=quiet.name).update(source=quiet)
    make_silence(quiet, now)
    for story, event in zip(stories, EVENTS, strict=True):
        if event.signal:
            make_signal(story, event.signal, now)
    taken = {"state": "acknowledged", "state_by": officer, "state_at": now - timedelta(hours=3)}
    make_signal(stories[2], "Pasar Senandung", now - timedelta(hours=8), **taken)
    told_off = {
        "state": "dismissed",
        "state_by": officer,
        "state_at": now - timedelta(hours=6),
        "state_reason": "Acara tahunan, sudah dikenal.",
    }
    make_signal(stories[4], "festival lampion", now - timedelta(hours=9), kind="term", **told_off)
    StoryMark.objects.create(office=office, story=stories[1], mark="watch", by=officer, at=now - timedelta(hours=2))
    ListenerState.objects.update_or_create(office=office, defaults={"heard": now - timedelta(minutes=9), "updated": now})
    return stories


def furnish_people(office: Office, administrator: User, officer: User, now: datetime = NOW) -> None:
    """Two agencies, an open invitation, a deputy, and a week of duty with a gap."""
    monday = (now - timedelta(days=now.weekday())).replace(hour=1, minute=0)
    press = make_user(office, "bayu", "press", first_name="Bayu", last_name="Lintang", more_roles=["spokesperson"])
    for name, short in (("Dinas Pekerjaan Umum", "DPU"), ("Dinas Kesehatan", "Dinkes")):
        standing.make_agency(administrator, name, short, "", now)
    inviting.invite(administrator, inviting.Offer("calon@muarasena.example", "analyst"), INVITED, now)
    standing.name_deputy(administrator, officer, press, now, now + timedelta(days=3), now)
    for day in (0, 1, 3, 4):
        start = monday + timedelta(days=day)
        standing.plan_duty(administrator, officer, "officer", start, start + timedelta(hours=12), now)


def furnish_alerts(office: Office, administrator: User, now: datetime = NOW) -> Alert:
    """The first route, one with quiet hours, an address outside, and what they tell of the signals that wait; gives one of the alerts."""
    arranging.make_first_route(office, now - timedelta(days=1))
    draft = arranging.AddressDraft("webhook", "Ruang obrolan", office.language, "https://obrolan.example/masuk")
    address = arranging.make_address(administrator, draft, "a secret of sixteen and more", now)
    route = arranging.RouteDraft(
        "Ruang siaga", level="medium", addresses=(address.pk,), roles=("leader",), quiet_from=time(21), quiet_until=time(6)
    )
    arranging.make_route(administrator, route, now)
    looking.look(office, now - timedelta(minutes=5))
    failed = {"state": "parked", "tries": 7, "status": 503, "detail": "server_error"}
    AlertDelivery.objects.filter(office=office, channel="webhook").update(**failed)
    AlertDelivery.objects.filter(office=office, state="waiting").update(state="delivered", tries=1)
    alerts = list(Alert.objects.filter(office=office).order_by("pk"))
    for other in alerts[1:2]:
        alerting.take(administrator, other, now)
    return alerts[0]


def furnish_notices(office: Office, now: datetime = NOW) -> Source:
    """Warnings in force and over, fact-checks and a proposed outlet; gives a source whose key was stored and not yet tested."""
    given: dict[str, Any] = {"seen": now, "url": "https://cuaca.example/", "sender": "Stasiun Meteorologi", "urgency": "expected"}
    areas = ["Sena Hulu", "Sena Tengah", "Lebak Damar", "Rawa Kenari", "Tepi Welar", "Pelita Dalam"]
    rows = (
        ("w1", "Hujan lebat", "Hujan lebat disertai petir sampai siang", "severe", "likely", areas, 1.0, -4.0, False),
        ("w2", "Banjir rob", "Banjir pesisir di pelabuhan lama", "moderate", "possible", areas[:1], 3.0, None, False),
        ("w3", "Angin kencang", "Angin kencang di teluk", "minor", "observed", areas[:2], 30.0, 20.0, True),
    )
    for identifier, event, headline, severity, certainty, where, sent, ends, ended in rows:
        Hazard.objects.create(
            office=office, identifier=identifier, event=event, headline=headline, severity=severity, certainty=certainty, areas=where,
            ended=ended, sent=now - timedelta(hours=sent), expires=now - timedelta(hours=ends) if ends is not None else None,
            instruction="Jauhi sungai dan jembatan rendah." if severity == "severe" else "", **given,
        )  # fmt: skip
    checks = (("Air PAM Muarasena beracun", "Salah"), ("Tanggul Welaran jebol", "Belum terbukti"))
    for number, (claim, rating) in enumerate(checks):
        FactCheck.objects.create(
            office=office, key=f"k{number}", url=f"https://cek.example/{number}", claim=claim, rating=rating, checker="Cek Fakta Kota",
            checked=now - timedelta(hours=5 + number), language="id", seen=now,
        )  # fmt: skip
    example = Article.objects.filter(office=office).order_by("pk").first()
    SourceProposal.objects.create(office=office, host="kabarhulu.example", times=4, first=now - timedelta(hours=6), example=example)
    declined = {"times": 2, "first": now, "state": SourceProposal.State.DECLINED}
    SourceProposal.objects.create(office=office, host="loker.example", **declined)
    wants_key = {"kind": "mastodon", "source_kind": "public", "outcome": "unauthorized"}
    locked = make_source(office, "Tagar banjir", now, url="#banjir@sena.example", **wants_key)
    Credential.objects.create(office=office, source=locked, sealed=b"", fields=["token"], set_at=now - timedelta(days=1))
    return locked
