"""Dates as outlets write them, read exactly or not at all.

Observed: `Diperbarui 18 Jun 2025, 14:05 WIB`, `Jurnalis-Rabu, 18 Juni 2025 |23:28 WIB`, `18 Juni 2025 | 20.04 WIB`,
`23/10/2013 11:39`, `Thứ Hai, 20/10/2025 | 08:15 (GMT+7)`, ISO 8601, RFC 822. Method: a day-month-year pattern with month names of
Indonesian, Malay, Javanese, Sundanese, Vietnamese and English, then a clock reading and a zone in the words right beside it.

A date that cannot be read is absent, never guessed: 31/02, a missing day or year, two different dates in one line, a zone name used
by several countries (IST, BST), a day/month pair that its weekday contradicts. Numeric dates are day first, as in Indonesia, Malaysia
and Vietnam; `06/18/2025` is therefore absent, and `06/07/2025` of an American outlet is read wrongly (known failure; such outlets
carry ISO dates in their markup). A clock reading without zone is taken in `default_offset`; a date without clock reading is the
first minute of that day.

Why not dateparser: it fills in what is missing from the current day and needs 3 to 30 ms a string; here a string costs some 20 µs.
Reading: RFC 822 §5 with RFC 2822 §4.3 (two-digit years), ISO 8601, W3C NOTE-datetime.
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

_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "januari january jan januwari", "februari february feb pebruari peb", "maret march mar mac maret", "april apr avril",
        "mei may me", "juni june jun", "juli july jul julai", "agustus august agu aug agt ags agust ogos ogo",
        "september sep sept", "oktober october okt oct", "november nov nopember nop", "desember december des dec disember dis",
    ),
    start=1,
):
    _MONTHS |= dict.fromkeys(_names.split(), _number)
_VIETNAMESE = {
    "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
    "muoi mot": 11, "muoi hai": 12, "chap": 12,
}
_WEEKDAYS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "senin isnin monday mon|thu hai", "selasa salasa tuesday tue tues|thu ba", "rabu rebo wednesday wed|thu tu",
        "kamis khamis kemis thursday thu thur thurs|thu nam", "jumat jum'at jumaat jemuwah friday fri|thu sau",
        "sabtu setu saptu saturday sat|thu bay", "minggu ahad minggon sunday sun|chu nhat",
    )
):
    _WEEKDAYS |= dict.fromkeys([*_names.split("|")[0].split(), *_names.split("|")[1:]], _number)

_ZONES = {
    "wib": 420, "wita": 480, "wit": 540, "ict": 420, "sgt": 480, "myt": 480, "hkt": 480, "pht": 480, "jst": 540, "kst": 540,
    "utc": 0, "gmt": 0, "ut": 0, "z": 0, "cet": 60, "cest": 120, "eet": 120, "eest": 180, "msk": 180, "aest": 600, "aedt": 660,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}
_UNCLEAR = frozenset(["ist", "bst", "ast", "sst", "gst", "pkt", "et", "pt", "ct", "mt"])

_MONTH = "|".join(sorted(_MONTHS, key=lambda name: (-len(name), name)))
_THANG = "|".join(sorted(_VIETNAMESE, key=lambda name: (-len(name), name)))
_YEAR = r"(?P<y>(?:19|20|21)\d\d)"
_DATE = re.compile(
    rf"(?<![\d/.:-])(?:{_YEAR}-(?P<m>\d\d)-(?P<d>\d\d)(?=t|\D|$)"
    rf"|{_YEAR.replace('<y>', '<y2>')}(?P<sep2>[/.])(?P<m2>\d\d?)(?P=sep2)(?P<d2>\d\d?)(?!\d)"
    rf"|(?P<d3>\d\d?)(?P<sep3>[/.-])(?P<m3>\d\d?)(?P=sep3){_YEAR.replace('<y>', '<y3>')}(?!\d)"
    rf"|(?P<d4>\d\d?)(?:st|nd|rd|th)?[\s,./-]{{0,3}}(?P<w4>{_MONTH})\b[\s,./-]{{0,3}}{_YEAR.replace('<y>', '<y4>')}(?!\d)"
    rf"|(?P<d5>\d\d?)[\s,/-]{{0,3}}(?:thang|thg|th)[\s.]{{0,2}}(?P<m5>\d\d?|{_THANG})[\s,/-]{{0,3}}(?:nam )?{_YEAR.replace('<y>', '<y5>')}(?!\d)"
    rf"|(?P<y7>(?:19|20)\d\d)(?P<m7>[01]\d)(?P<d7>[0-3]\d)(?=t\d{{4}}))"
    rf"|\b(?P<w6>{_MONTH})\b[\s.]{{0,2}}(?P<d6>\d\d?)(?:st|nd|rd|th)?[\s,]{{1,3}}{_YEAR.replace('<y>', '<y6>')}(?!\d)"
    rf"|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}},? (?P<d8>\d\d?)[ -](?P<w8>{_MONTH})[ -](?P<y8>\d\d)(?= \d\d:)"
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
    r"\b(?P<n>\d{1,3}|se|an?) ?(?P<unit>menit|minit|minute|min|phut|jam|hour|gio|hari|day|ngay)s? (?:yang )?(?:lalu|ago|truoc)\b"
)
_UNITS = {"menit": 1, "minit": 1, "minute": 1, "min": 1, "phut": 1, "jam": 60, "hour": 60, "gio": 60, "hari": 1440, "day": 1440, "ngay": 1440}


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text: the moment (UTC), where it stands in the folded text, and whether a clock reading was there."""

    at: datetime
    start: int
    end: int
    has_clock: bool


def read(text: str, *, default_offset: int = WESTERN_INDONESIA, now: datetime | None = None) -> datetime | None:
    """The moment a text names, in UTC; None where it names none, an impossible one, or several different ones.

    `default_offset` is in minutes east of Greenwich and used when the text has a clock reading without zone. A relative date
    ("2 jam lalu", "3 giờ trước") is read only when `now` is given.
    """
    folded = fold(text)
    moments = {found.at if found else None for found in _dates(folded, default_offset)}
    if len(moments) == 1:
        return moments.pop()
    return None if moments or now is None else _relative(folded, now)


def find(text: str, *, default_offset: int = WESTERN_INDONESIA) -> tuple[Found, ...]:
    """Every readable date of a short text, in order. Positions are those of `fold(text)`."""
    return tuple(found for found in _dates(fold(text), default_offset) if found)


def fold(text: str) -> str:
    """Lower case, marks removed (`Thứ Hai` → `thu hai`, `đ` → `d`), white space single, at most `MAX_LENGTH` characters."""
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
    if half[:2] in ("pm", "p.") or half in ("ch", "chieu", "toi", "siang", "sore", "malam"):
        return hour + 12 if 1 <= hour < 12 and not (half == "siang" and hour >= 10) and not (half == "malam" and hour < 5) else hour
    if half[:2] in ("am", "a.") or half in ("sa", "sang", "pagi"):
        return None if hour > 12 else hour % 12
    return hour


def _offset(zone: str, default_offset: int) -> int | None:
    """Minutes east for a zone as written; the default for a word that is no zone; None for a zone several countries use."""
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
    return (now - timedelta(minutes=count * _UNITS[ago["unit"]])).astimezone(UTC)
