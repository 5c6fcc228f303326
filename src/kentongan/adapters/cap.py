"""One warning in the Common Alerting Protocol 1.2 (OASIS, 2010) as hazards and as an item to read.

Only what is meant for everybody and is real becomes a hazard: status `Actual`, scope `Public`. Of several languages the one the office
reads first is taken. An update ends the warnings it refers to, a cancel only ends. Codes outside the standard's lists count as
"unknown". A warning is read whole or not at all.

Limits: `MAX_BYTES`; at most `MAX_RINGS` rings of at most `MAX_POINTS` points, longer ones thinned evenly (a coast line of 100,000 points
says nothing more on an office's map); circles become rings of `CIRCLE_POINTS`, at most `MAX_RADIUS_KM` wide.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args
from urllib.parse import quote

from kentongan.adapters.strict_xml import Node, children, name_of, root_of, text
from kentongan.engine import addresses, dates
from kentongan.engine.feed_items import raw_item, short_language
from kentongan.engine.notices import Certainty, Hazard, HazardSeverity, Urgency
from kentongan.engine.privacy import hide
from kentongan.engine.reasons import remark
from kentongan.engine.records import RawItem

MAX_BYTES = 2_000_000
MAX_INFOS, MAX_AREAS, MAX_ENDED = 20, 200, 50
MAX_RINGS, MAX_POINTS, CIRCLE_POINTS = 40, 400, 24
MAX_RADIUS_KM = 2_000.0
MAX_IDENTIFIER = 200
LANGUAGES = ("id", "vi", "ms", "jv", "su", "en")
"""Which text is taken where a warning comes in several languages."""
_KM_A_DEGREE = 111.195

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """What a document said: hazards (also those it ends), items to read, and in words what was left out."""

    hazards: tuple[Hazard, ...] = ()
    items: tuple[RawItem, ...] = ()
    problems: tuple[str, ...] = ()


def looks_like(body: bytes) -> bool:
    """Whether a document is a CAP warning, by its beginning."""
    head = body[:2_000].replace(b"\0", b"")
    return b"<alert" in head or (b":alert" in head and b"urn:oasis:names:tc:emergency:cap" in head)


def read(body: bytes, *, url: str, link: str = "", default_offset: int = 0) -> Warned:
    """The warning of a document that came from `url`; `link` is its own address where a list gave one. Never raises.

    `default_offset` is for times without zone, which the standard forbids and some agencies write.
    """
    root, problem = root_of(body, limit=MAX_BYTES)
    if root is None:
        return Warned(problems=(problem,))
    if name_of(root) != "alert":
        return Warned(problems=(remark("warning.other"),))
    identifier = text(root, "identifier", limit=MAX_IDENTIFIER)
    sent = _time(root, "sent", default_offset)
    if not identifier or sent is None:
        return Warned(problems=(remark("warning.head"),))
    status, scope, kind = (text(root, name).lower() for name in ("status", "scope", "msgtype"))
    if status != "actual" or scope not in ("", "public"):
        return Warned(problems=(remark("warning.status", identifier=identifier, status=status or "-", scope=scope or "-"),))
    if kind in ("ack", "error"):
        return Warned(problems=(remark("warning.message", identifier=identifier, type=kind),))
    own = link or f"{url}{'&' if '?' in url else '?'}alert={quote(identifier, '')}"
    head = _Head(identifier, sent, text(root, "sender", limit=200), own)
    return _warned(root, head, cancel=kind == "cancel", default_offset=default_offset)


@dataclass(frozen=True, slots=True)
class _Head:
    identifier: str
    sent: datetime
    sender: str
    link: str


def _warned(root: Node, head: _Head, *, cancel: bool, default_offset: int) -> Warned:
    infos = _infos(root)
    hazards = [] if cancel else [_hazard(info, head, number, default_offset) for number, info in enumerate(infos)]
    found = [one for one in hazards if one is not None]
    problems: list[str] = [remark("warning.event")] if len(found) < len(hazards) else []
    ended = _ended(root, head, infos[0] if infos else None)
    note = text(root, "note", limit=1_000)
    item = _item(infos[0], head) if infos else None
    if item is None and note:
        item = raw_item(base=head.link, entry_id=head.identifier, link=head.link, title=note, published=head.sent)
    if not found and not ended:
        problems.append(remark("warning.empty", identifier=head.identifier))
    return Warned((*found, *ended), (item,) if item is not None else (), tuple(problems))


def _infos(root: Node) -> list[Node]:
    """The info blocks of the language the office reads first."""
    blocks = list(children(root, "info"))[:MAX_INFOS]
    by_language: dict[str, list[Node]] = {}
    for block in blocks:
        by_language.setdefault(short_language(text(block, "language")) or "en", []).append(block)
    order = [*(one for one in LANGUAGES if one in by_language), *by_language]
    return by_language[order[0]] if order else []


def _hazard(info: Node, head: _Head, number: int, default_offset: int) -> Hazard | None:
    event = text(info, "event", limit=200)
    if not event:
        return None
    areas = list(children(info, "area"))[:MAX_AREAS]
    return Hazard(
        identifier=head.identifier if number == 0 else f"{head.identifier}#{number + 1}",
        event=event,
        headline=_safe(text(info, "headline", limit=500) or event),
        severity=_one_of(text(info, "severity"), get_args(HazardSeverity)),  # type: ignore[arg-type]
        urgency=_one_of(text(info, "urgency"), get_args(Urgency)),  # type: ignore[arg-type]
        certainty=_one_of(text(info, "certainty"), get_args(Certainty)),  # type: ignore[arg-type]
        areas=tuple(dict.fromkeys(name for area in areas if (name := text(area, "areadesc", limit=300)))),
        sent=head.sent,
        onset=_time(info, "onset", default_offset) or _time(info, "effective", default_offset),
        expires=_time(info, "expires", default_offset),
        instruction=_safe(text(info, "instruction", limit=4_000)),
        url=addresses.canonical(text(info, "web", limit=2_000)) or head.link,
        sender=text(info, "sendername", limit=200) or head.sender,
        polygons=_shapes(areas),
    )


def _ended(root: Node, head: _Head, info: Node | None) -> list[Hazard]:
    """The earlier warnings this one replaces or cancels: `sender,identifier,sent` in a list parted by spaces (§3.2.1).

    Where `X` is ended, its further parts `X#2` … are ended too.
    """
    event = text(info, "event", limit=200) if info is not None else ""
    headline = text(info, "headline", limit=500) if info is not None else text(root, "note", limit=500)
    ended: dict[str, Hazard] = {}
    for triple in text(root, "references", limit=20_000).split()[:MAX_ENDED]:
        parts = triple.split(",")
        known = parts[1].strip()[:MAX_IDENTIFIER] if len(parts) == 3 else ""
        if known and known != head.identifier:
            ended[known] = Hazard(
                known, event or "ended", _safe(headline), "unknown", "past", "unknown", (), head.sent, url=head.link, sender=head.sender,
                ended=True,
            )  # fmt: skip
    return list(ended.values())


def _item(info: Node, head: _Head) -> RawItem | None:
    """The warning as something to read. Personal data is hidden with everything else, before it is stored."""
    event, headline = text(info, "event", limit=200), text(info, "headline", limit=500)
    areas = ", ".join(dict.fromkeys(text(area, "areadesc", limit=300) for area in list(children(info, "area"))[:MAX_AREAS]))
    title = headline if headline else ": ".join(part for part in (event, areas[:200]) if part)
    parts = (text(info, "description", limit=8_000), areas if areas not in title else "", text(info, "instruction", limit=4_000))
    summary = "\n".join(part for part in parts if part)
    return raw_item(
        base=head.link, entry_id=head.identifier, link=head.link, title=title, summary=summary, content="",
        published=head.sent, language=text(info, "language") or None,
    ) if title else None  # fmt: skip


def _one_of(word: str, allowed: Sequence[str]) -> str:
    word = {"very likely": "likely"}.get(word.lower(), word.lower())  # CAP 1.1 knew "Very Likely"
    return word if word in allowed else "unknown"


def _time(node: Node, name: str, default_offset: int) -> datetime | None:
    raw = text(node, name, limit=60)
    try:
        moment = datetime.fromisoformat(raw)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    return dates.read(raw, default_offset=default_offset) if raw else None


def _shapes(areas: Iterable[Node]) -> tuple[Ring, ...]:
    rings: list[Ring] = []
    for area in areas:
        for ring in (*map(_polygon, children(area, "polygon")), *map(_circle, children(area, "circle"))):
            if ring and len(rings) < MAX_RINGS:
                rings.append(ring)
    return tuple(rings)


def _polygon(node: Node) -> Ring:
    """`lat,lon lat,lon …`, closed; () where a point is no place on earth or fewer than three differ."""
    points = list(_points(node.text or ""))
    if len(set(points)) < 3 or None in points:
        return ()
    ring = [point for point in points if point is not None]
    step = -(-len(ring) // MAX_POINTS)
    ring = ring[::step]
    return tuple(ring if ring[0] == ring[-1] else [*ring, ring[0]])


def _points(words: str) -> Iterator[tuple[float, float] | None]:
    for pair in words.split():
        yield _point(pair)


def _point(pair: str) -> tuple[float, float] | None:
    latitude, comma, longitude = pair.partition(",")
    try:
        place = (float(latitude), float(longitude)) if comma else (math.nan, math.nan)
    except ValueError:
        return None
    return place if abs(place[0]) <= 90 and abs(place[1]) <= 180 else None  # also false for what is no number


def _circle(node: Node) -> Ring:
    """`lat,lon radius-in-km` as a ring on the globe, flat enough for a district."""
    centre, _, radius = (node.text or "").strip().partition(" ")
    place = _point(centre)
    try:
        kilometres = float(radius)
    except ValueError:
        return ()
    if place is None or not 0 < kilometres <= MAX_RADIUS_KM or abs(place[0]) > 85:
        return ()
    high = kilometres / _KM_A_DEGREE
    wide = high / math.cos(math.radians(place[0]))
    ring: list[tuple[float, float]] = []
    for number in range(CIRCLE_POINTS):
        turn = 2 * math.pi * number / CIRCLE_POINTS
        latitude = max(-90.0, min(90.0, place[0] + high * math.cos(turn)))
        ring.append((round(latitude, 5), round((place[1] + wide * math.sin(turn) + 180) % 360 - 180, 5)))
    return (*ring, ring[0])


def _safe(words: str) -> str:
    return hide(words, source_kind="official").text
