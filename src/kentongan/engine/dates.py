"""Dates as outlets write them, read exactly or not at all.

Observed: `Diperbarui 18 Jun 2025, 14:05 WIB`, `Jurnalis-Rabu, 18 Juni 2025 |23:28 WIB`, `18 Juni 2025 | 20.04 WIB`,
`23/10/2013 11:39`, `Thứ Hai, 20/10/2025 | 08:15 (GMT+7)`, ISO 8601, RFC 822. Method: a day-month-year pattern with
month names of Indonesian, Malay, Javanese, Sundanese, Vietnamese and English, then a clock reading and a zone in the
words right beside it.

A date that cannot be read is absent, never guessed: 31/02, a missing day or year, two different dates in one line, a
zone name used by several countries (IST, BST), a day/month pair that its weekday contradicts. Numeric dates are day
first, as in Indonesia, Malaysia and Vietnam; `06/18/2025` is therefore absent, and `06/07/2025` of an American outlet
is read wrongly (known failure; such outlets carry ISO dates in their markup). A clock reading without zone is taken in
`default_offset`; a date without clock reading is the first minute of that day.

Why not dateparser: it fills in what is missing from the current day and needs 3 to 30 ms a string; here a string costs
some 20 µs. Reading: RFC 822 §5 with RFC 2822 §4.3 (two-digit years), ISO 8601, W3C NOTE-datetime.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

WESTERN_INDONESIA = 420
"""Minutes east of Greenwich; also Vietnam."""
MAX_LENGTH = 400
"""Characters looked at. A longer text is an article, not a date."""


def _numbered(text: str, first: int) -> dict[str, int]:
    """`a b|c,d` counted from `first`: words of a part (",") and phrases ("|") name its place."""
    names = [part.split("|") for part in text.split(",")]
    return {name: place for place, (words, *phrases) in enumerate(names, first) for name in (*words.split(), *phrases)}


_MONTHS = _numbered(
    "januari january jan januwari,februari february feb pebruari peb,maret march mar mac,april apr,mei may,"
    "juni june jun,juli july jul julai,agustus august agu aug agt ags agust ogos ogo,"
    "september sep sept,oktober october okt oct,"
    "november nov nopember nop,desember december des dec disember dis",
    first=1,
)
_VIETNAMESE = _numbered("gieng mot,hai,ba,tu bon,nam,sau,bay,tam,chin,muoi,|muoi mot,chap|muoi hai", first=1)
_WEEKDAYS = _numbered(
    "senin isnin monday mon|thu hai,selasa salasa tuesday tue tues|thu ba,rabu rebo wednesday wed|thu tu,"
    "kamis khamis kemis thursday thu thur thurs|thu nam,jumat jum'at jumaat jemuwah friday fri|thu sau,"
    "sabtu setu saptu saturday sat|thu bay,minggu ahad minggon sunday sun|chu nhat",
    first=0,
)
_ZONES = {
    name: 60 * hours
    for hours, names in {
        0: "utc gmt ut z", 1: "cet", 2: "cest eet", 3: "eest msk", 7: "wib ict", 8: "wita sgt myt hkt pht",
        9: "wit jst kst",
        10: "aest", 11: "aedt", -4: "edt", -5: "est cdt", -6: "cst mdt", -7: "mst pdt", -8: "pst",
    }.items()
    for name in names.split()
}  # fmt: skip
"""Minutes east. The American names are those of RFC 822 §5."""
_UNCLEAR = frozenset(("ist", "bst", "ast", "sst", "gst", "pkt", "et", "pt", "ct", "mt"))
"""Names that several countries use, or that change with the season."""

_MONTH = "|".join(sorted(_MONTHS, key=lambda name: (-len(name), name)))
_THANG = "|".join(sorted(_VIETNAMESE, key=lambda name: (-len(name), name)))


def _year(number: int) -> str:
    return rf"(?P<y{number}>(?:19|20|21)\d\d)"


_DATE = re.compile(
    r"(?<![\d/.:-])(?:"
    rf"{_year(1)}-(?P<m1>\d\d)-(?P<d1>\d\d)(?!\d)"  # 2025-06-18
    rf"|{_year(2)}(?P<s2>[/.])(?P<m2>\d\d?)(?P=s2)(?P<d2>\d\d?)(?!\d)"  # 2025/06/18
    rf"|(?P<d3>\d\d?)(?P<s3>[/.-])(?P<m3>\d\d?)(?P=s3){_year(3)}(?!\d)"  # 18/06/2025
    rf"|(?P<d4>\d\d?)(?:st|nd|rd|th)?[\s,./-]{{0,3}}(?P<w4>{_MONTH})\b[\s,./-]{{0,3}}{_year(4)}(?!\d)"  # 18 juni 2025
    r"|(?P<d5>\d\d?)[\s,/-]{0,3}(?:thang|thg|th)[\s.]{0,2}"  # ngay 20 thang 10 nam 2025
    rf"(?P<m5>\d\d?|{_THANG})[\s,/-]{{0,3}}(?:nam )?{_year(5)}(?!\d)"
    r"|(?P<y6>(?:19|20)\d\d)(?P<m6>[01]\d)(?P<d6>[0-3]\d)(?=t\d{4}))"  # 20250618t1405
    rf"|\b(?P<w7>{_MONTH})\b[\s.]{{0,2}}(?P<d7>\d\d?)(?:st|nd|rd|th)?[\s,]{{1,3}}{_year(7)}(?!\d)"  # june 18, 2025
    r"|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? "  # wed, 18 jun 25 14:05 (RFC 822)
    rf"(?P<d8>\d\d?)[ -](?P<w8>{_MONTH})[ -](?P<y8>\d\d)(?= \d\d:)"
)
_CLOCK = (
    r"(?P<h>\d\d?)(?:[:.](?P<min>\d\d)(?:[:.](?P<s>\d\d)(?:[.,]\d{1,9})?)?|h(?P<minh>\d\d)?)(?![\d/])"
    r"(?:\s?(?P<half>a\.?m\.?|p\.?m\.?|sa|ch|sang|chieu|toi|pagi|siang|sore|malam)(?![a-z]))?"
)
_ZONE = r"[\s(,]{0,3}(?P<zone>(?:gmt|utc)?\s?[+-]\d\d?(?::?\d\d)?(?!\d)|[a-z]{1,4}\b)?"
_MARKS = r"\s|,.;:/()@\u2022\u00b7\u2013\u2014-"
_AFTER = re.compile(rf"(?:t|[{_MARKS}]{{0,6}}(?:pukul|jam|luc|hoi|at|kl)?[\s|:.]{{0,3}})" + _CLOCK + _ZONE)
_BEFORE = re.compile(r"(?<![\d/.:])" + _CLOCK + _ZONE + rf"[{_MARKS}]{{0,6}}(?:ngay|tanggal|on)?[\s,|]{{0,3}}$")
_COMPACT = re.compile(r"t(?P<h>\d\d)(?P<min>\d\d)(?P<s>\d\d)?(?P<half>)(?P<minh>)" + _ZONE)
_WEEKDAY = re.compile(rf"\b({'|'.join(sorted(_WEEKDAYS, key=lambda name: (-len(name), name)))})\b\.?[\s,|]{{0,4}}(?:ngay )?$")
_AGO = re.compile(
    r"\b(?P<n>\d{1,3}|se|an?) ?(?P<unit>menit|minit|minute|min|phut|jam|hour|gio|hari|day|ngay)s? "
    r"(?:yang )?(?:lalu|ago|truoc)\b"
)
_MINUTES, _HOURS = frozenset(("menit", "minit", "minute", "min", "phut")), frozenset(("jam", "hour", "gio"))


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text: the moment (UTC), where it stands in the folded text, and whether a clock reading was there."""

    at: datetime
    start: int
    end: int
    has_clock: bool


def read(text: str, *, default_offset: int = WESTERN_INDONESIA, now: datetime | None = None) -> datetime | None:
    """The moment a text names, in UTC; None where it names none, an impossible one, or several different ones.

    `default_offset` is in minutes east of Greenwich and used when the text has a clock reading without zone. A relative
    date ("2 jam lalu", "3 giờ trước") is read only when `now` is given.
    """
    folded = fold(text)
    moments = {found.at if found else None for found in _dates(folded, default_offset)}
    if len(moments) == 1:
        return moments.pop()
    return None if moments or now is None else _relative(folded, now)


def find(text: str, *, default_offset: int = WESTERN_INDONESIA) -> tuple[Found, ...]:
    """Every readable date of a short text, in order. Positions are those of `fold(text)`."""
    return tuple(found for found in _dates(fold(text), default_offset) if found)


def dateline(text: str, *, default_offset: int = WESTERN_INDONESIA, spare: int = 30) -> tuple[Found, ...]:
    """The dates of a line that is there for its date: at most `spare` letters besides; () for any other line."""
    if len(text) > MAX_LENGTH or not any(character.isdigit() for character in text):
        return ()
    folded = fold(text)
    found = tuple(date for date in _dates(folded, default_offset) if date)
    taken = sum(sum(map(str.isalpha, folded[date.start : date.end])) for date in found)
    return found if found and sum(map(str.isalpha, folded)) - taken <= spare else ()


def fold(text: str) -> str:
    """Lower case, marks removed (`Thứ Hai` → `thu hai`, `đ` → `d`), white space single, at most `MAX_LENGTH`
    characters."""
    plain = unicodedata.normalize("NFKD", text[:MAX_LENGTH].replace("Đ", "D").replace("đ", "d"))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(plain.replace("\u2019", "'").lower().split())


def _dates(text: str, default_offset: int) -> Iterator[Found | None]:
    """Each date of a folded text; None for one that has the form of a date and is impossible."""
    for match in _DATE.finditer(text):
        day = _day(match)
        if day is None or _weekday_denies(text, match, day):
            yield None
            continue
        clock = _AFTER.match(text, match.end()) or _COMPACT.match(text, match.end())
        before = None if clock else _BEFORE.search(text, max(0, match.start() - 60), _weekday_start(text, match.start()))
        yield _moment(day, clock or before, match, default_offset)


def _day(match: re.Match[str]) -> datetime | None:
    groups = {key: value for key, value in match.groupdict().items() if value is not None}
    year, month, day = (next((value for key, value in groups.items() if key[0] in first), "") for first in ("y", "mw", "d"))
    number = _MONTHS.get(month) or _VIETNAMESE.get(month) or int(month)
    years = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 50 else 1900)
    try:
        return datetime(years, number, int(day))  # noqa: DTZ001  a calendar day; the zone comes with the clock
    except ValueError:
        return None


def _weekday_start(text: str, start: int) -> int:
    weekday = _WEEKDAY.search(text, max(0, start - 30), start)
    return weekday.start() if weekday else start


def _weekday_denies(text: str, match: re.Match[str], day: datetime) -> bool:
    """A numeric date whose weekday is another one was written month first, or wrongly: either way it is not known."""
    if match["m3"] is None:
        return False
    weekday = _WEEKDAY.search(text, max(0, match.start() - 30), match.start())
    return weekday is not None and _WEEKDAYS[weekday[1]] != day.weekday()


def _moment(day: datetime, clock: re.Match[str] | None, match: re.Match[str], default_offset: int) -> Found | None:
    offset, hour, minute, second = default_offset, 0, 0, 0
    if clock is not None:
        hour, minute, second = int(clock["h"]), int(clock["min"] or clock["minh"] or 0), int(clock["s"] or 0)
        hours, zone = _hour(hour, clock["half"] or ""), _offset(clock["zone"] or "", default_offset)
        if hours is None or zone is None:
            return None
        hour, offset = hours, zone
    try:
        local = day.replace(hour=hour, minute=minute, second=second, tzinfo=timezone(timedelta(minutes=offset)))
        at = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    start = min(match.start(), clock.start()) if clock else match.start()
    end = max(match.end(), clock.end()) if clock else match.end()
    return Found(at, start, end, clock is not None)


def _hour(hour: int, half: str) -> int | None:
    """The hour of the day for an hour and the half of the day as written; None where the two contradict each other."""
    if half[:2] in ("am", "a.") or half in ("sa", "sang", "pagi"):
        return None if hour > 12 else hour % 12
    if half == "malam" and (hour == 12 or hour < 5):
        return None if hour == 12 else hour  # "12 malam" may be the midnight before or after
    if half == "siang" and hour in (10, 11):
        return hour
    return hour + 12 if half and 1 <= hour < 12 else hour


def _offset(zone: str, default_offset: int) -> int | None:
    """Minutes east for a zone as written; the default for a word that is no zone; None for a zone several countries
    use."""
    numeric = re.fullmatch(r"(?:gmt|utc)?\s?([+-])(\d\d?):?(\d\d)?", zone)
    if numeric:
        minutes = int(numeric[2]) * 60 + int(numeric[3] or 0)
        return None if minutes > 14 * 60 else minutes if numeric[1] == "+" else -minutes
    if zone in _UNCLEAR:
        return None
    return _ZONES.get(zone, default_offset)


def _relative(text: str, now: datetime) -> datetime | None:
    ago = _AGO.search(text)
    if ago is None:
        return None
    count = int(ago["n"]) if ago["n"].isdigit() else 1
    unit = 1 if ago["unit"] in _MINUTES else 60 if ago["unit"] in _HOURS else 1440
    return (now - timedelta(minutes=count * unit)).astimezone(UTC)
