"""A warning that is only a headline (a bulletin page, as Vietnamese weather centres publish): which event and how grave, by its own words.

Nothing is guessed beyond the words: a headline that names no event is an item to read and no hazard. Vietnam's levels of disaster risk
(Quyết định 18/2021/QĐ-TTg) 1 to 5 are taken as minor, moderate, severe, extreme, extreme; Indonesia's Waspada, Siaga, Awas as moderate,
severe, extreme. That reading is ours.
"""

from __future__ import annotations

import re

from kentongan.engine import addresses
from kentongan.engine.notices import Hazard, HazardSeverity
from kentongan.engine.privacy import hide
from kentongan.engine.records import RawItem

_EVENTS: tuple[tuple[str, str], ...] = (
    (r"lũ quét|sạt lở đất", "Lũ quét, sạt lở đất"),
    (r"áp thấp nhiệt đới", "Áp thấp nhiệt đới"),
    (r"(?<!\w)bão(?!\w)", "Bão"),
    (r"ngập (?:lụt|úng)|tin lũ|(?<!\w)lũ(?!\w)", "Lũ"),
    (r"nắng nóng", "Nắng nóng"),
    (r"không khí lạnh|rét (?:đậm|hại)", "Không khí lạnh"),
    (r"mưa (?:rất |đặc biệt )?(?:lớn|to)", "Mưa lớn"),
    (r"(?:dông|giông)(?:[, ]|$)|lốc|mưa đá|gió giật", "Dông, lốc, sét, mưa đá"),
    (r"xâm nhập mặn|hạn hán|triều cường|cháy rừng|sóng lớn|động đất|sóng thần", ""),
    (r"gempa", "Gempabumi"),
    (r"tsunami", "Tsunami"),
    (r"banjir bandang|banjir rob|banjir", ""),
    (r"tanah longsor|longsor", "Tanah longsor"),
    (r"angin (?:kencang|puting beliung)|puting beliung", "Angin kencang"),
    (r"hujan (?:lebat|sangat lebat|ekstrem)|cuaca ekstrem", "Hujan lebat"),
    (r"gelombang (?:tinggi|pasang)", "Gelombang tinggi"),
    (r"erupsi|gunung ?api|awan panas", "Aktivitas gunung api"),
    (r"kebakaran hutan|karhutla|kekeringan|siklon tropis", ""),
    (r"flood|landslide|earthquake|tropical (?:storm|cyclone)|typhoon|heavy rain|heat ?wave|volcan", ""),
)
_WARNS = re.compile(r"peringatan|waspada|siaga|awas|potensi|info gempa|cảnh báo|dự báo|tin |khẩn cấp|warning|alert|advisory|watch", re.I)
_OVER = re.compile(r"dicabut|berakhir|diakhiri|tin cuối cùng|kết thúc|cancelled|no longer|has ended", re.I)
_VIETNAM = re.compile(r"cấp(?: độ)?(?: rủi ro(?: thiên tai)?)?(?: do [\w ,]{3,60}?)?\s*:?\s*(?:cấp\s*)?([1-5])\b", re.I)
_RISK = re.compile(r"rủi ro thiên tai", re.I)
_INDONESIA = re.compile(r"\b(awas|siaga|waspada)\b", re.I)
_BY_LEVEL: tuple[HazardSeverity, ...] = ("minor", "moderate", "severe", "extreme", "extreme")
_BY_WORD: dict[str, HazardSeverity] = {"awas": "extreme", "siaga": "severe", "waspada": "moderate"}


def hazard_of(item: RawItem) -> Hazard | None:
    """The hazard a headline warns of; None where it names no event, warns of nothing or has no time."""
    sent = item.published or item.updated
    event = _event(item.title)
    if sent is None or not event or not _WARNS.search(item.title):
        return None
    return Hazard(
        identifier=item.entry_id[:200],
        event=event,
        headline=hide(item.title[:500], source_kind="official").text,
        severity=_severity(f"{item.title}\n{item.summary[:2_000]}"),
        urgency="unknown",
        certainty="unknown",
        areas=(),
        sent=sent,
        url=item.link,
        sender=addresses.host_of(item.link),
        ended=bool(_OVER.search(item.title)),
    )


def _event(title: str) -> str:
    lower = title.lower()
    for pattern, name in _EVENTS:
        found = re.search(pattern, lower)
        if found:
            return name or found[0].capitalize()
    return ""


def _severity(words: str) -> HazardSeverity:
    if _RISK.search(words):
        levels = [int(found) for found in _VIETNAM.findall(words)]
        return _BY_LEVEL[max(levels) - 1] if levels else "unknown"
    said = [found.lower() for found in _INDONESIA.findall(words)]
    return _BY_WORD[min(said, key=list(_BY_WORD).index)] if said else "unknown"
