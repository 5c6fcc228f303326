"""Days and hours that a sentence names, as far as it names them: "27 November", "pukul 06.45", "tối qua", "Thursday", "tháng 12 năm 2025".

Observed. `dates` reads when a page was published, exactly or not at all. A sentence says less and more: a day without its year, an hour
without its day, "yesterday", a weekday. Two sentences agree where every field the one names is the same in the other, or follows from the
day on which the other was said.

Method. Patterns, the longest first, each stretch read once: day with month (in words or figures), month with year, a year alone that
counts nothing, weekdays, words relative to the day of saying (`data/moments.yaml`), clock readings. Relative words become days where
`said` is given; otherwise they keep how far they are. A clock reading needs its word ("pukul", "lúc"), its form (`06:45`, `10 giờ 30`)
or its half of the day: "20 jam" and "18 giờ" alone are durations. Impossible days and hours are not read.

A weekday right beside its day is one moment with it. "Thứ ba" in small letters is the third of something unless a word for a time stands
before it or a day after.

Known failures. "Minggu" in small letters is a week; a capital at the beginning of a sentence deceives.
Ranges ("3–5 December") give their last day. Lunar days are not read. An English hour without a half of the day is taken as it stands.

Reading: TIMEX3 (Pustejovsky et al. 2003); HeidelTime (Strötgen and Gertz 2013), whose rules for Vietnamese informed the list.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from kentongan.engine.claims_facts import months
from kentongan.engine.lexicon import word_list
from kentongan.engine.statement_records import Tongue

_YEAR = r"(?:19|20)\d\d"
_BESIDE = re.compile(r"^[\s,(]{0,3}(?:ngày|tanggal|the)?\s*$", re.IGNORECASE)
_ORDER = re.compile(
    r"(?:^|[,(]|\d|(?<!\w)(?:vào|ngày|sáng|chiều|tối|đêm|trưa|từ|đến|tới|lúc|và|hôm|mỗi|các|hết|qua|trước|sau|cuối|đầu))\s*$", re.IGNORECASE
)
_NOON = 12
_DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Moment:
    """What is named between `start` and `end`; None for a field that is not. `weekday`: 0 for Monday. `minute` goes with `hour`.

    `ago` is (unit, how many) for a relative word that could not be resolved, unit one of day, week, month, year. `derived` says that
    fields were worked out from the day on which it was said.
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    hour: int | None = None
    minute: int | None = None
    ago: tuple[str, int] | None = None
    derived: bool = False

    @property
    def date(self) -> date | None:
        """The day, where all of it is known."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)

    @property
    def named(self) -> dict[str, int]:
        """The fields that are named."""
        return {name: value for name in ("year", "month", "day", "weekday", "hour", "minute") if (value := getattr(self, name)) is not None}


def moments(text: str, language: Tongue, said: date | None = None) -> tuple[Moment, ...]:
    """The moments of a sentence in order, none overlapping. `said`: the day on which its source said it."""
    taken: list[Moment] = []
    for pattern, read in _readers(language):
        for match in pattern.finditer(text):
            if any(match.start() < one.end and one.start < match.end() for one in taken):
                continue
            one = read(match)
            if one is not None and (one.named or one.ago):
                taken.append(_resolved(one, said))
    return tuple(_joined(text, sorted(taken, key=lambda one: one.start)))


def _joined(text: str, found: Sequence[Moment]) -> Iterator[Moment]:
    """ "Thursday, 27 November" is one moment, unless that was another weekday."""
    waiting: Moment | None = None
    for one in found:
        if waiting is not None:
            day = one.date
            if one.day is not None and _BESIDE.match(text[waiting.end : one.start]) and (day is None or day.weekday() == waiting.weekday):
                one = replace(one, start=waiting.start, weekday=waiting.weekday)
            else:
                yield waiting
            waiting = None
        if one.weekday is not None and one.day is None:
            waiting = one
        else:
            yield one
    if waiting is not None:
        yield waiting


def in_year_of(one: Moment, said: date | None) -> Moment:
    """A day without a year in the year nearest to the day of saying; unchanged where that is not known."""
    if said is None or one.year is not None or one.month is None:
        return one
    near = min((said.year - 1, said.year, said.year + 1), key=lambda year: abs((date(year, one.month or 1, 15) - said).days))
    return replace(one, year=near, derived=True)


# ---- resolving --------------------------------------------------------------------------------------------------------------
def _resolved(one: Moment, said: date | None) -> Moment:
    if one.ago is None or said is None:
        return one
    unit, count = one.ago
    if unit == "day":
        day = said + timedelta(days=count)
        return replace(one, year=day.year, month=day.month, day=day.day, ago=None, derived=True)
    if unit == "month":
        index = said.year * 12 + said.month - 1 + count
        return replace(one, year=index // 12, month=index % 12 + 1, ago=None, derived=True)
    if unit == "year":
        return replace(one, year=said.year + count, ago=None, derived=True)
    return one


# ---- reading ----------------------------------------------------------------------------------------------------------------
Reader = Callable[[re.Match[str]], Moment | None]


@cache
def _readers(language: Tongue) -> tuple[tuple[re.Pattern[str], Reader], ...]:
    return tuple(_patterns(language))


def _patterns(language: Tongue) -> Iterator[tuple[re.Pattern[str], Reader]]:
    month = "|".join(sorted(map(re.escape, months()), key=lambda name: (-len(name), name)))
    full = "|".join(name for name in sorted(months(), key=lambda one: -len(one)) if len(name) > 3 or name in ("mei", "may"))
    flags = re.IGNORECASE
    yield re.compile(rf"(?<!\d)(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)", flags), _day
    yield (
        re.compile(
            rf"(?<![\d.,/])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?(?P<word>{month})\b\.?(?:,?[\s-]+(?:năm\s+)?(?P<year>{_YEAR})(?!\d))?",
            flags,
        ),
        _day,
    )
    yield (
        re.compile(
            rf"(?<!\w)(?P<word>{month})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,:]\d|\s*[ap]\.?m)(?:,?\s+(?P<year>{_YEAR})(?!\d))?",
            flags,
        ),
        _day,
    )
    yield (
        re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})[\s-]+tháng\s+(?P<month>\d{{1,2}})(?!\d)(?:,?\s*(?:năm\s+|/)(?P<year>{_YEAR}))?", flags),
        _day,
    )
    yield re.compile(rf"(?<![\d/.,])(?P<day>\d{{1,2}})[/-](?P<month>\d{{1,2}})[/-](?P<year>{_YEAR})(?![\d/])", flags), _day
    if language != "en":
        yield re.compile(r"(?<![\d/.,-])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?![\d/%])", flags), _day
    yield re.compile(rf"(?<!\w)(?P<word>{month})\.?,?\s+(?:tahun\s+|năm\s+|of\s+)?(?P<year>{_YEAR})(?!\d)", flags), _month
    yield re.compile(rf"(?<!\d\s)(?<!\w)tháng\s+(?P<month>\d{{1,2}})(?!\d)(?:(?:,?\s+năm\s+|/|-)(?P<year>{_YEAR}))?", flags), _month
    yield re.compile(rf"(?<!\w)(?P<word>{_capitals(full)})(?!\w)"), _month_alone
    yield from _relative(language)
    yield from _clocks(language)
    yield _weekdays(language)
    yield re.compile(rf"(?<![\w.,/-])(?P<year>{_YEAR})(?![\w%]|[.,/-]\d)(?!\s+(?:{_counted(language)})(?!\w))", flags), _month


def _capitals(names: str) -> str:
    """The names as they stand with a capital; in Vietnamese only the first word has one."""
    return "|".join(f"[{name[0].upper()}{'t' if name.startswith('tháng') else ''}]{name[1:]}" for name in names.split("|"))


@cache
def _counted(language: Tongue) -> str:
    """Units after which four digits are a number and no year."""
    words = [str(entry) for unit in word_list("quantities")["units"].values() for entry in unit[language]]
    scales = [str(word) for word in word_list("claims")["times"].get(language, {})]
    return "|".join(re.escape(word) for word in sorted({*words, *scales}, key=len, reverse=True))


def _day(match: re.Match[str]) -> Moment | None:
    groups = match.groupdict()
    month = months()[" ".join(groups["word"].lower().split())] if groups.get("word") else int(groups["month"])
    year = int(groups["year"]) if groups.get("year") else None
    day = int(groups["day"])
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(year or 2024, month)[1]):
        return None
    return Moment(match.start(), match.end(), year, month, day)


def _month(match: re.Match[str]) -> Moment | None:
    groups = match.groupdict()
    month = months()[" ".join(groups["word"].lower().split())] if groups.get("word") else int(groups.get("month") or 0) or None
    year = int(groups["year"]) if groups.get("year") else None
    return Moment(match.start(), match.end(), year, month) if month is None or 1 <= month <= 12 else None


_BEFORE_MONTH = re.compile(r"(?:in|of|by|since|until|early|late|mid|during|last|next)[\s-]+$", re.IGNORECASE)


def _month_alone(match: re.Match[str]) -> Moment | None:
    """A month's name by itself; "May" and "March" only after a word for a time."""
    word = match["word"].lower()
    if word in ("may", "march") and not _BEFORE_MONTH.search(match.string, 0, match.start()):
        return None
    return Moment(match.start(), match.end(), None, months()[word])


def _weekdays(language: Tongue) -> tuple[re.Pattern[str], Reader]:
    data = word_list("moments")
    known: Mapping[str, int] = {name: place for place, name in enumerate(data["weekdays"][language])} | data["also"]
    names = sorted(known, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?P<lead>lần\s+)?(?P<word>{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)

    def read(match: re.Match[str]) -> Moment | None:
        word = match["word"]
        if match["lead"] or (word.lower() in ("minggu", "rebo", "ahad") and not word[0].isupper()):
            return None
        if (
            word.startswith("thứ ")
            and word[-1].islower()
            and not _ORDER.search(match.string[: match.start()])
            and not _WEEKDAY_AFTER.match(match.string[match.end() :])
        ):
            return None
        return Moment(match.start(), match.end(), weekday=known[word.lower()])

    return pattern, read


_WEEKDAY_AFTER = re.compile(r"\s*(?:,|ngày|tuần|này|tới|\d)", re.IGNORECASE)


def _relative(language: Tongue) -> Iterator[tuple[re.Pattern[str], Reader]]:
    data = word_list("moments")
    known = {word: (unit, count) for unit, name in _UNITS.items() for word, count in data[name][language].items()}
    names = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))

    def read(match: re.Match[str]) -> Moment:
        return Moment(match.start(), match.end(), ago=known[" ".join(match[0].lower().split())])

    def counted(match: re.Match[str]) -> Moment:
        number = match["n"].lower()
        count = int(number) if number.isdigit() else {"dua": 2, "tiga": 3, "hai": 2, "ba": 3, "two": 2, "three": 3}.get(number, 1)
        unit = _AGO[match["unit"].lower().rstrip("s")]
        return Moment(match.start(), match.end(), ago=("day", -7 * count) if unit == "week" else (unit, -count))

    yield re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE), read
    units = "|".join(sorted(_AGO, key=len, reverse=True))
    yield (
        re.compile(
            rf"(?<!\w)(?P<n>\d{{1,3}}|[^\W\d]+)\s+(?P<unit>{units})s?\s+(?:yang\s+)?(?:lalu|ago|trước|earlier)(?!\w)", re.IGNORECASE
        ),
        counted,
    )


_UNITS = {"day": "days", "week": "weeks", "month": "months", "year": "years"}
_AGO = {
    "hari": "day", "ngày": "day", "day": "day", "pekan": "week", "minggu": "week", "tuần": "week", "week": "week", "bulan": "month",
    "tháng": "month", "month": "month", "tahun": "year", "năm": "year", "year": "year",
}  # fmt: skip


# ---- clocks -----------------------------------------------------------------------------------------------------------------
_ZONE = r"(?:\s*(?:WIB|WITA|WIT|GMT|UTC)\b)?"


def _clocks(language: Tongue) -> Iterator[tuple[re.Pattern[str], Reader]]:
    halves = word_list("moments")["halves"]
    half = "|".join(re.escape(word) for word in sorted([*halves["before_noon"], *halves["after_noon"]], key=len, reverse=True))
    after = rf"(?:\s*(?P<half>{half})(?!\w))?"
    flags = re.IGNORECASE
    if language == "id":
        yield re.compile(rf"(?<!\w)(?:pukul|pkl\.?|jam)\s+(?P<h>\d{{1,2}})(?:[.:](?P<m>\d\d))?(?!\d){_ZONE}{after}", flags), _clock
        yield re.compile(r"(?<![\d.,])(?P<h>\d{1,2})[.:](?P<m>\d\d)\s*(?:WIB|WITA|WIT)\b(?P<half>)", flags), _clock
    if language == "vi":
        yield re.compile(rf"(?<![\d.,])(?P<h>\d{{1,2}})\s*(?:giờ|h|g)\s*(?P<m>[0-5]\d)(?!\d)(?:\s*phút)?{after}", flags), _clock
        yield re.compile(rf"(?<![\d.,])(?P<h>\d{{1,2}})\s*(?:giờ|h)(?!\w)\s*(?P<half>{half})(?!\w)", flags), _clock
        yield (
            re.compile(r"(?<!\w)(?:lúc|vào|từ|đến|tới|trước|sau|hồi|khoảng)\s+(?P<h>\d{1,2})\s*(?:giờ|h)(?!\w)(?P<m>)(?P<half>)", flags),
            _clock,
        )
    if language == "en":
        yield re.compile(r"(?<![\d.,])(?P<h>\d{1,2})(?:[.:](?P<m>\d\d))?\s*(?P<half>[ap]\.?m\b\.?)", flags), _clock
        yield (
            re.compile(rf"(?<!\w)at\s+(?P<h>\d{{1,2}})[.:](?P<m>\d\d)(?!\d)(?!\s*(?:%|(?:{_counted(language)})(?!\w)))(?P<half>)", flags),
            _clock,
        )
    yield re.compile(rf"(?<![\d.,:])(?P<h>\d{{1,2}}):(?P<m>\d\d)(?![\d:]){_ZONE}{after}", flags), _clock
    midnight = {"id": "tengah malam", "vi": "nửa đêm", "en": "midnight"}[language]
    yield re.compile(rf"(?<!\w){midnight}(?!\w)", flags), lambda match: Moment(match.start(), match.end(), hour=0, minute=0)


def _clock(match: re.Match[str]) -> Moment | None:
    groups = match.groupdict()
    hour, minute = int(groups["h"]), int(groups.get("m") or 0)
    half = (groups.get("half") or "").lower().strip(".")
    if half in ("pagi", "sáng", "am", "a.m") and hour == _NOON:
        hour = 0
    elif half and half not in ("pagi", "sáng", "am", "a.m") and 1 <= hour < _NOON and not (half in ("siang", "trưa") and hour >= 10):
        hour += _NOON
    if hour > _DAY_HOURS or minute > 59:
        return None
    return Moment(match.start(), match.end(), hour=hour % _DAY_HOURS, minute=minute)
