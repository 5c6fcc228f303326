"""Words and figures for people: levels, reasons, times, numbers, in the language that is active. Changes nothing, and reads nothing
but what the office calls its topics.

Engine records carry codes, never sentences; here a code becomes a sentence. Times are shown in the office's own zone with weekday, numbers
as the reader's language writes them (1.234,5 in Indonesian and Vietnamese, 1,234.5 in English).
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, pgettext_lazy

from kentongan.engine.reasons import SENTENCES, Remark
from kentongan.engine.records import LEVELS, Reason
from kentongan.engine.topics import Lists
from kentongan.office.listening import topics_used

Words = str | Promise
LEVEL_WORDS: dict[str, Words] = {
    "watch": pgettext_lazy("level", "Watch"),
    "low": pgettext_lazy("level", "Low"),
    "medium": pgettext_lazy("level", "Medium"),
    "high": pgettext_lazy("level", "High"),
    "crisis": pgettext_lazy("level", "Crisis"),
}
LEVEL_STEPS: dict[str, Words] = {
    "watch": gettext_lazy("Nothing to do now. It stays in view."),
    "low": gettext_lazy("Answer within two working days."),
    "medium": gettext_lazy("Name an owner within two hours; a holding line the same day."),
    "high": gettext_lazy("Name an owner within 30 minutes; a statement within four hours."),
    "crisis": gettext_lazy("Name an owner at once; a holding statement within 60 minutes, then a rhythm of updates."),
}
FACTORS: tuple[tuple[str, Words, Words], ...] = (
    ("harm", gettext_lazy("Harm"), gettext_lazy("to safety, health, rights or money")),
    ("velocity", gettext_lazy("Speed"), gettext_lazy("growth against what is usual at that hour")),
    ("reach", gettext_lazy("Reach"), gettext_lazy("distinct outlets, copies not counted")),
    ("service_gap", gettext_lazy("Unanswered need"), gettext_lazy("people ask something no official page answers")),
    (
        "credibility",
        gettext_lazy("Credibility"),
        gettext_lazy(
            "4 an official source speaks, if only to deny it; 3 two press outlets or more; 2 one press outlet; 1 public posts only"
        ),
    ),
)
LANGUAGE_WORDS: dict[str, Words] = {
    "id": gettext_lazy("Indonesian"),
    "ms": gettext_lazy("Malay"),
    "jv": gettext_lazy("Javanese"),
    "su": gettext_lazy("Sundanese"),
    "vi": gettext_lazy("Vietnamese"),
    "en": gettext_lazy("English"),
    "other": gettext_lazy("Another language"),
}
SOURCE_KIND_WORDS: dict[str, Words] = {
    "press": gettext_lazy("Press"),
    "official": gettext_lazy("Official"),
    "public": gettext_lazy("Public posts"),
}
TOPIC_WORDS: dict[str, Words] = {
    "water": gettext_lazy("Water supply"),
    "flood": gettext_lazy("Floods and drainage"),
    "waste": gettext_lazy("Waste"),
    "air": gettext_lazy("Air and environment"),
    "roads": gettext_lazy("Roads and traffic"),
    "transport": gettext_lazy("Public transport"),
    "health": gettext_lazy("Health"),
    "education": gettext_lazy("Schools"),
    "aid": gettext_lazy("Social aid"),
    "prices": gettext_lazy("Prices"),
    "food": gettext_lazy("Food and markets"),
    "energy": gettext_lazy("Electricity and fuel"),
    "housing": gettext_lazy("Housing and land"),
    "order": gettext_lazy("Public order"),
    "safety": gettext_lazy("Accidents and safety"),
    "disaster": gettext_lazy("Disasters"),
    "papers": gettext_lazy("Identity papers and permits"),
}
"""The service areas of `engine/data/topics.yaml` by name; what else an office has, `topic` knows."""
ASPECT_WORDS: dict[str, Words] = {
    "cause": pgettext_lazy("aspect", "Its cause"),
    "situation": pgettext_lazy("aspect", "What happens and whom it hits"),
    "government": pgettext_lazy("aspect", "What authorities do"),
    "service": pgettext_lazy("aspect", "Help and services"),
    "money": pgettext_lazy("aspect", "Money and fairness"),
    "safety": pgettext_lazy("aspect", "Danger and safety"),
    "rights": pgettext_lazy("aspect", "Rights and law"),
    "information": pgettext_lazy("aspect", "What is known or rumoured"),
}
"""The aspects of `engine/data/topics.yaml` by name: what is being said of a matter."""
ITEM_KIND_WORDS: dict[str, Words] = {
    "question": gettext_lazy("Questions from the public"),
    "complaint": pgettext_lazy("many items", "Complaints"),
    "suggestion": pgettext_lazy("many items", "Suggestions"),
    "praise": pgettext_lazy("many items", "Praise"),
    "report": pgettext_lazy("many items", "Reports of events"),
    "claim": pgettext_lazy("many items", "Claims of fact"),
    "rumour": pgettext_lazy("many items", "Rumours"),
    "announcement": pgettext_lazy("many items", "Announcements"),
}
"""Kinds of item that are counted together (`engine/bursts.py`)."""
TASK_WORDS: dict[str, Words] = {
    "sweep": gettext_lazy("planning of visits"),
    "visit_source": gettext_lazy("visits to sources"),
    "read_pages": gettext_lazy("reading of pages"),
    "forget": gettext_lazy("deletion of what is kept no longer"),
    "mind_the_register": gettext_lazy("the watch over the register of purposes"),
    "propose_sources": gettext_lazy("the search for outlets nobody hears yet"),
    "propose_for": gettext_lazy("the search for outlets nobody hears yet"),
    "read_claims": gettext_lazy("reading for claims and questions"),
    "read_claims_of": gettext_lazy("reading for claims and questions"),
    "foretell": gettext_lazy("forecasts of rising stories"),
    "foretell_of": gettext_lazy("forecasts of rising stories"),
    "read_tones": gettext_lazy("reading for how agencies and watches are spoken of"),
    "read_tones_of": gettext_lazy("reading for how agencies and watches are spoken of"),
    "mail_briefing": gettext_lazy("mailing of the briefing"),
    "verify_ledger": gettext_lazy("the check of the ledger"),
    "anchor_ledger": gettext_lazy("the ledger's mark at a place outside"),
    "backup": gettext_lazy("the backup"),
    "tell": gettext_lazy("telling other programs"),
    "mend_deliveries": gettext_lazy("telling other programs again"),
    "mind_alerts": gettext_lazy("the watch over alerts"),
    "count_periods": gettext_lazy("weekly and monthly counts"),
    "count_periods_of": gettext_lazy("weekly and monthly counts"),
    "mind_statements": gettext_lazy("the watch over approvals"),
    "mind_statements_of": gettext_lazy("the watch over approvals"),
    "mind_embargoes": gettext_lazy("the watch over embargoes"),
    "end_embargoes": gettext_lazy("the watch over embargoes"),
    "mind_questions": gettext_lazy("the watch over questions to agencies"),
    "mind_questions_of": gettext_lazy("the watch over questions to agencies"),
    "read_answers": gettext_lazy("reading answers of agencies by e-mail"),
    "read_answers_of": gettext_lazy("reading answers of agencies by e-mail"),
    "hear_echo": gettext_lazy("looking for the echo of publications"),
    "hear_echo_of": gettext_lazy("looking for the echo of publications"),
    "mind_readers": gettext_lazy("telling the newsroom's readers"),
    "hand_letters": gettext_lazy("telling the newsroom's readers"),
    "copy_newsrooms": gettext_lazy("the copy of the newsroom"),
    "copy_newsroom": gettext_lazy("the copy of the newsroom"),
}
"""Background work as people call it; what is not listed is shown by its own name."""
ZONE_NAMES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
    "Asia/Ho_Chi_Minh": "GMT+7",
}
DAY_PATTERNS = {"id": "EEE, d MMM y", "vi": "EEEE, dd/MM/y", "en": "EEE d MMM y"}
SHORT_DAY_PATTERNS = {"id": "EEE d MMM", "vi": "EEEE dd/MM", "en": "EEE d MMM"}
DATE_PATTERNS = {"id": "d MMM", "vi": "dd/MM", "en": "d MMM"}
LEAST_SAID = 0.1
HOUR_FORMATS = {"id": "%H.%M", "vi": "%H:%M", "en": "%H:%M"}


def speech() -> str:
    """The active language among those we speak; English where none is."""
    active = (get_language() or "en").split("-")[0]
    return active if active in HOUR_FORMATS else "en"


def level_rank(level: str) -> int:
    """0 for watch … 4 for crisis."""
    return LEVELS.index(level) if level in LEVELS else 0  # type: ignore[arg-type]


def number(value: float, digits: int = 0) -> str:
    """1234.5 as `1.234,5` in Indonesian and Vietnamese, `1,234.5` in English, with at most `digits` decimals."""
    return _number(value, digits, speech())


@lru_cache(maxsize=4096)
def _number(value: float, digits: int, locale: str) -> str:
    return format_decimal(value, format="#,##0." + "#" * digits if digits else "#,##0", locale=locale)


@lru_cache(maxsize=1024)
def _date(day: date, pattern: str, locale: str) -> str:
    """A page writes the same few days hundreds of times."""
    return format_date(day, pattern, locale=locale)


def stretch(low: int, high: int) -> str:
    """A range of whole numbers in words: "2 to 12", or the one number it is."""
    return number(low) if low == high else gettext("%(low)s to %(high)s") % {"low": number(low), "high": number(high)}


def hour(moment: datetime) -> str:
    """The local time of day: 05.12 in Indonesian, 05:12 elsewhere."""
    return timezone.localtime(moment).strftime(HOUR_FORMATS[speech()])


def day(moment: datetime | date) -> str:
    """Weekday and date with the year."""
    local = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return _date(local, DAY_PATTERNS[speech()], speech())


def short_day(moment: datetime) -> str:
    """Weekday and date without the year."""
    return _date(timezone.localtime(moment).date(), SHORT_DAY_PATTERNS[speech()], speech())


def day_and_hour(moment: datetime) -> str:
    """Weekday, date and local time of day: what people need of a moment that is not today."""
    return f"{short_day(moment)}, {hour(moment)}"


def day_and_month(day: date) -> str:
    """A date of this year, without the weekday."""
    return _date(day, DATE_PATTERNS[speech()], speech())


def zone() -> str:
    """The short name people use for the active time zone."""
    name = timezone.get_current_timezone_name()
    return ZONE_NAMES.get(name, name)


def when(moment: datetime, now: datetime) -> str:
    """As short as it can be without being doubtful: today only the hour, this year weekday and date, else the year too."""
    local, today = timezone.localtime(moment), timezone.localtime(now)
    if local.date() == today.date():
        return hour(moment)
    written = short_day(moment) if abs(today - local) < timedelta(days=300) else day(moment)
    return f"{written}, {hour(moment)}"


def span(length: timedelta) -> str:
    """A length of time in words: "10 minutes"."""
    return format_timedelta(length, granularity="minute", threshold=1.2, locale=speech())


def ago(moment: datetime, now: datetime) -> str:
    """How long before `now`: "3 minutes ago"."""
    return format_timedelta(moment - now, granularity="minute", threshold=1.2, add_direction=True, locale=speech())


def language_words(codes: Sequence[str]) -> str:
    """The languages by name, in the order given."""
    return ", ".join(str(LANGUAGE_WORDS.get(code, code)) for code in codes)


def usual(value: float) -> str:
    """The number that is usual, with at most one decimal; below `LEAST_SAID` a number would read as nought, so words say it."""
    return number(value, 1) if value >= LEAST_SAID else gettext("almost none")


class _Said(str):
    """Words in the place of a number: whatever format the number would have had, they stay as they are."""

    __slots__ = ()

    def __format__(self, format_spec: str) -> str:
        return str(self)


class _Local(string.Formatter):
    """Like `str.format`, but a number is written as the reader's language writes it."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return super().format_field(value, format_spec)
        written = super().format_field(value, format_spec or ("," if isinstance(value, int) else ""))
        return written if speech() == "en" else str(written).translate(str.maketrans(",.", ".,"))


def filled(sentence: str, values: Mapping[str, Any]) -> str:
    """A sentence with `{name}` in it, its numbers written as the reader's language writes them."""
    return _Local().format(sentence, **values)


def sentence(reason: Reason | Mapping[str, Any] | None) -> str:
    """The sentence of a reason in the active language; empty for no reason.

    A row written by another version may carry a code this one does not know: it is shown as such, never hidden.
    """
    if not reason:
        return ""
    code, values = (reason.code, reason.values) if isinstance(reason, Reason) else (reason["code"], reason.get("values", {}))
    try:
        return _Local().format(gettext(SENTENCES[code]), **{name: _spoken(name, value) for name, value in values.items()})
    except (KeyError, ValueError):
        return gettext("A reason this version does not know (%(code)s).") % {"code": code}


MINDS = ("signal.until", "signal.fell")
"""How the codes begin that say what would change the mind about a signal, or has changed it."""


def is_mind(reason: Mapping[str, Any]) -> bool:
    """Whether a stored reason says what would change the mind, or has changed it."""
    return str(reason["code"]).startswith(MINDS)


def _spoken(name: str, value: Any) -> Any:
    """Moments stand in reasons as ISO text; people read them as local time, next to nothing as words, and a topic by its name."""
    if name == "topic":
        return topic(str(value))
    if name == "task":
        return str(TASK_WORDS.get(value, value))
    if name == "source_kind":
        return str(SOURCE_KIND_WORDS.get(value, value))
    if name == "item_kind":
        return str(ITEM_KIND_WORDS.get(value, value))
    if name == "subject":
        return counted(str(value))
    if name == "first" and isinstance(value, str) and len(value) == len("2025-11-24"):
        return day_and_month(date.fromisoformat(value))
    if name == "expected" and isinstance(value, int | float) and value < LEAST_SAID:
        return _Said(usual(value))
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return day_and_hour(moment) if moment.tzinfo else value
    return value


def topic(code: str) -> str:
    """The name of a service area in the active language: the office's own where it gave one, else ours, else any it gave, else its code."""
    return named(code, TOPIC_WORDS)


def named(code: str, ours: Mapping[str, Words], lists: Lists | None = None) -> str:
    """What a topic or aspect is called by these lists (those of the office whose scope this is), where we call it as `ours` says."""
    own = (lists or topics_used.here()).names.get(code, {})
    if speech() in own:
        return own[speech()]
    return str(ours[code]) if code in ours else next(iter(own.values()), code)


def aspect(code: str) -> str:
    """The name of an aspect of a matter: the office's own where it gave one, else ours."""
    return named(code, ASPECT_WORDS)


def gone_topic(code: str) -> str:
    """A topic that the office's list has no more."""
    return gettext("%(topic)s (no longer in the list of topics)") % {"topic": topic(code)}


def topics() -> list[tuple[str, str]]:
    """The service areas of the office, code and name, in the order of its list."""
    return [(code, topic(code)) for code in topics_used.here().words("services")]


def subject(kind: str, words: str) -> str:
    """What a signal is about: the name of its topic or kind in the active language, else its own words."""
    if kind == "matter":
        place, _, name = words.rpartition("|")
        return f"{topic(name)}, {place}"
    if kind == "topic":
        return topic(words)
    names = {"source": SOURCE_KIND_WORDS, "kind": ITEM_KIND_WORDS}.get(kind, {})
    return str(names.get(words, words))


def counted(name: str) -> str:
    """What a subject of weekly and monthly counts is called: a topic, a place, a watch, an agency, a kind of item, everything, or
    complaints as they were released."""
    kind, words = name[:1], name[1:]
    if kind == "*":
        return gettext("Everything that is heard")
    if kind == "r":
        what, _, place = words.partition("|")
        return gettext("Complaints: %(what)s") % {"what": f"{what}, {place}" if place else what}
    if kind == "q":
        return subject("kind", words)
    return topic(words) if kind == "c" else words


def outcome(kind: str) -> str:
    """What came of a visit, in words; a source that was never visited says so."""
    if not kind:
        return gettext("Not visited yet.")
    return sentence({"code": f"fetch.{kind}"})


PAGE_WORDS: dict[str, Words] = {
    "skipped": gettext_lazy("So many items came at once that only the pages of the newest were asked for."),
    "given_up": gettext_lazy("The host answered page after page with a fault, or asks for long pauses; the rest was left."),
    "unreadable": gettext_lazy("The page holds no text of its own that could be read."),
}


def missing_page(kind: str) -> str:
    """Why the page behind an item was not read."""
    return str(PAGE_WORDS[kind]) if kind in PAGE_WORDS else outcome(kind)


def remark(problem: str | Mapping[str, Any]) -> str:
    """What could not be read, in the active language where it is a sentence of ours; what a machine or another version said, as it is.

    `problem` is a `Remark` or, as visits keep it, its code and values or plain words.
    """
    if isinstance(problem, Remark):
        return sentence({"code": problem.code, "values": problem.values})
    return problem if isinstance(problem, str) else sentence(problem)


def ours(problem: str | Mapping[str, Any]) -> bool:
    """Whether `remark` can say it in every language."""
    return isinstance(problem, Remark) or not isinstance(problem, str)


def unsaid(line: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The reasons of a briefing's line that its other sentences do not give already.

    The number of outlets stands beside the headline, and a rise is said with its own count: a second count over another
    number of hours beside it reads as a contradiction.
    """
    said = {"severity.reach"}
    if any(reason["code"] == "briefing.rising" for reason in line["changed"]):
        said.add("severity.velocity")
    return [reason for reason in line["why"] if reason["code"] not in said]


def quote_of(line: Mapping[str, Any], notes: Mapping[int, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The footnote whose passage is quoted below the line's headline: that of the headline itself.

    Briefings signed before headlines had a footnote quote the first passage there is."""
    head = line.get("headline_note")
    return next((notes[n] for n in ([head] if head else line["sources"]) if notes[n]["passage"]), None)


def noted(text: str, also: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """The text cut behind each of these headlines that stands in it with its number: the words, and the footnote (0: none) after them."""
    found, at = [], 0
    for one in also:
        where = text.find(f"{one['headline']} [{one['note']}]", at)
        if where >= 0:
            end = where + len(one["headline"])
            found.append((text[at:end], int(one["note"])))
            at = end + len(f" [{one['note']}]")
    return [*found, (text[at:], 0)]


def begins(line: Mapping[str, Any]) -> bool:
    """Whether the line's own sentence names its first report, so that it is not named twice."""
    return bool(line["changed"]) and line["changed"][0]["code"] == "briefing.new"


def outlets_phrase(count: int) -> str:
    """ "43 outlets", in the reader's language."""
    return ngettext("%(n)s outlet", "%(n)s outlets", count) % {"n": number(count)}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `hit` where it matches what was searched."""

    text: str
    hit: bool


def pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """Cut `text` at sorted, non-overlapping `spans`; the pieces joined give `text` again."""
    at = 0
    for start, end in spans:
        if start > at:
            yield Piece(text[at:start], False)
        yield Piece(text[start:end], True)
        at = end
    if at < len(text):
        yield Piece(text[at:], False)
