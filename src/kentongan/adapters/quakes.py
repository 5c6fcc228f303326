"""Earthquakes as BMKG publishes them (`Infogempa`: autogempa, gempaterkini, gempadirasakan; XML or JSON) as hazards and items to read.

The agency gives magnitude, place, potential and where it was felt, no CAP scales. Severity is therefore our inference, cautious and
written here: what people felt (MMI) counts before what was measured. Potential of a tsunami: extreme. MMI VIII and more: extreme, VI and
VII: severe, IV and V: moderate, less: minor. Not felt: magnitude 7 and more severe, 6 and more moderate, else minor; no magnitude: unknown.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import quote

from kentongan.adapters.cap import Warned
from kentongan.adapters.strict_xml import children, name_of, root_of
from kentongan.engine import addresses, dates, markup
from kentongan.engine.feed_items import raw_item
from kentongan.engine.notices import Hazard, HazardSeverity
from kentongan.engine.reasons import remark

MAX_BYTES = 1_000_000
MAX_QUAKES = 100
JAKARTA = 420
_FIELDS = ("tanggal", "jam", "datetime", "magnitude", "kedalaman", "wilayah", "potensi", "dirasakan", "shakemap", "coordinates")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10, "XI": 11, "XII": 12}
_MMI = re.compile(r"\b(X(?:II?)?|IX|VI{0,3}|IV|I{1,3})\b")


def looks_like(body: bytes) -> bool:
    """Whether a document is a list of earthquakes in this form."""
    return b"Infogempa" in body[:2_000]


def read(body: bytes, *, url: str) -> Warned:
    """The earthquakes of a document, newest first as the agency lists them. Never raises."""
    rows, problem = _rows_of_json(body) if body.lstrip()[:1] == b"{" else _rows_of_xml(body)
    if problem:
        return Warned(problems=(problem,))
    hazards: list[Hazard] = []
    items = [raw_item(base=url)]
    unread = 0
    for row in rows[:MAX_QUAKES]:
        hazard = _hazard(row, url)
        if hazard is None:
            unread += 1
            continue
        hazards.append(hazard)
        items.append(
            raw_item(
                base=url, entry_id=hazard.identifier, link=hazard.url, title=hazard.headline, summary=_words(row), published=hazard.sent,
                language="id",
            )
        )  # fmt: skip
    problems = (remark("quake.row", n=unread),) if unread else ()
    return Warned(tuple(hazards), tuple(item for item in items if item is not None), problems)


def _rows_of_xml(body: bytes) -> tuple[list[dict[str, str]], str]:
    root, problem = root_of(body, limit=MAX_BYTES)
    if root is None or name_of(root) != "infogempa":
        return [], problem or remark("quake.other")
    rows: list[dict[str, str]] = []
    for quake in children(root, "gempa"):
        row: dict[str, str] = {}
        for node in quake.iter():
            if name_of(node) in _FIELDS and (node.text or "").strip():
                row.setdefault(name_of(node), markup.plain(node.text or "", limit=1_000))
        rows.append(row)
    return rows, ""


def _rows_of_json(body: bytes) -> tuple[list[dict[str, str]], str]:
    try:
        whole: Any = json.loads(body) if len(body) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        whole = None
    info: Any = cast("dict[str, Any]", whole).get("Infogempa") if isinstance(whole, dict) else None
    quakes: Any = cast("dict[str, Any]", info).get("gempa") if isinstance(info, dict) else None
    found: list[Any] = cast("list[Any]", quakes) if isinstance(quakes, list) else [quakes] if isinstance(quakes, dict) else []
    if not found:
        return [], remark("quake.other")
    return [_row(cast("dict[str, Any]", one)) for one in found if isinstance(one, dict)], ""


def _row(quake: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): markup.plain(value, limit=1_000) for name, value in quake.items() if isinstance(value, str)}


def _hazard(row: dict[str, str], url: str) -> Hazard | None:
    when, place = _time(row), row.get("wilayah", "")
    if when is None or not place:
        return None
    magnitude, potential, felt = _number(row.get("magnitude", "")), row.get("potensi", ""), row.get("dirasakan", "")
    tsunami = "berpotensi tsunami" in potential.lower() and "tidak berpotensi" not in potential.lower()
    stamp = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    strength = f" M{row['magnitude']}" if magnitude is not None else ""
    return Hazard(
        identifier=f"gempa-{stamp}",
        event="Gempabumi berpotensi tsunami" if tsunami else "Gempabumi",
        headline=f"Gempa{strength}, {place}"[:500],
        severity="extreme" if tsunami else _severity(felt, magnitude),
        urgency="immediate" if tsunami else "past",
        certainty="likely" if tsunami else "observed",
        areas=(place[:300], *((felt[:300],) if felt else ())),
        sent=when,
        onset=when,
        instruction=potential[:1_000],
        url=f"{url}{'&' if '?' in url else '?'}gempa={quote(stamp, '')}",
        sender=addresses.host_of(url),
    )


def _severity(felt: str, magnitude: float | None) -> HazardSeverity:
    strongest = max((_ROMAN[found] for found in _MMI.findall(felt)), default=0)
    if strongest:
        return "extreme" if strongest >= 8 else "severe" if strongest >= 6 else "moderate" if strongest >= 4 else "minor"
    if magnitude is None:
        return "unknown"
    return "severe" if magnitude >= 7 else "moderate" if magnitude >= 6 else "minor"


def _words(row: dict[str, str]) -> str:
    """The row's own words, in the agency's order."""
    named = (("magnitude", "Magnitudo"), ("kedalaman", "Kedalaman"), ("tanggal", "Tanggal"), ("jam", "Jam"), ("wilayah", "Wilayah"),
             ("dirasakan", "Dirasakan (Skala MMI)"), ("potensi", "Potensi"))  # fmt: skip
    return ". ".join(f"{name}: {row[key]}" for key, name in named if row.get(key))


def _time(row: dict[str, str]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(row.get("datetime", ""))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    words = f"{row.get('tanggal', '')} {row.get('jam', '')}".strip()
    return dates.read(words, default_offset=JAKARTA) if words else None


def _number(words: str) -> float | None:
    found = re.match(r"\d{1,2}(?:[.,]\d{1,2})?", words)
    return float(found[0].replace(",", ".")) if found else None
