"""How good the office's signals were in the last twelve weeks: how many, confirmed useful, events told, how soon; forecasts and tone.

Counts what is stored and changes nothing; the arithmetic is `engine.proof` and `engine.agreement`. A signal is useful where more of those
who judged it said yes than no. The first item of a signal is that of its main story, at most `BEFORE` earlier than the signal; the first
national outlet is the first press source whose place is the whole country, up to `BEFORE` later too. What is kept no longer is not counted.

By language: a recorded event is in the language of the signal that told it, else in that of its words; a forecast in that of its story.
By kind of source there is no share of events told, because what was missed came from none. The weeks can be narrowed to a language, a kind
of source, or both.
"""

from __future__ import annotations

import zoneinfo
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q
from django.db.models.functions import TruncWeek

from kentongan.engine import proof
from kentongan.engine.agreement import alpha
from kentongan.engine.proof import Delays, Share
from kentongan.office.listening import events
from kentongan.office.listening.forecasts_models import Forecast
from kentongan.office.listening.labels_models import Label
from kentongan.office.listening.models import JournalEntry, Signal, Source
from kentongan.office.people import settings as office_settings
from kentongan.office.people.models import Office

WEEKS = 12
BEFORE = timedelta(hours=72)
COUNTRIES = ("indonesia", "việt nam", "viet nam", "vietnam")
"""What the place of a national outlet is called."""
NATIONAL = Q(area__iregex=rf"^\s*({'|'.join(COUNTRIES)})\s*$", source_kind=Source.SourceKind.PRESS)


@dataclass(frozen=True, slots=True)
class Signalled:
    """One signal as it is measured. `useful` is None where nobody judged it; delays are hours, None where they are not known."""

    pk: int
    raised: datetime
    language: str
    source_kind: str
    useful: bool | None
    first_h: float | None
    national_h: float | None


@dataclass(frozen=True, slots=True)
class Foretold:
    """Forecasts of one length, of stories of one language and kind of source, that came due in the week from `monday`, and how many
    outcomes lay in their range."""

    hours: float
    monday: datetime
    inside: Share
    language: str = ""
    source_kind: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What figures are counted from."""

    signals: list[Signalled] = field(default_factory=list)
    rows: list[events.Row] = field(default_factory=list)
    foretold: list[Foretold] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Narrow:
    """Of what the weeks are: a language, a kind of source, or both; "" narrows nothing."""

    language: str = ""
    kind: str = ""


WHOLE = Narrow()


@dataclass(frozen=True, slots=True)
class Blind:
    """An item drawn in the week from `week` on: the word of each person who labelled its tone, with the engine's."""

    language: str
    source_kind: str
    week: date
    toward: bool = False
    """Whether it is toward an agency or a watch; else of the item as a whole."""
    words: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tone:
    """How far people agree on the tone of a language's or kind of source's items, the engine with what both say; `name` empty for all."""

    name: str
    items: int
    people: float | None
    agreed: int
    engine: float | None
    right: Share


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of some of what was told: of a language, a kind of source, or all."""

    name: str
    signals: int
    useful: Share
    first: Delays
    national: Delays
    ahead: Share
    """Told before the first national outlet, of those a national outlet told at all."""
    recall: Share
    """Recorded events that were told; of nothing for a kind of source."""
    told: Delays
    """From the beginning of a recorded event to its signal."""
    forecast: Share


@dataclass(frozen=True, slots=True)
class Week:
    """One week from its Monday; `days` of it have been heard."""

    start: datetime
    days: float
    signals: int
    useful: Share
    recall: Share
    first: Delays
    national: Delays
    forecast: Share
    tone: Tone

    @property
    def a_day(self) -> float:
        return self.signals / self.days if self.days else 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the page shows. `nationals` says how many national outlets are sources."""

    since: datetime
    days: float
    budget: int
    all: Part
    events: Sequence[events.Row]
    horizons: Sequence[tuple[float, Share]]
    tone: Sequence[Tone]
    tone_kinds: Sequence[Tone]
    """By kind of source, without all; none where there is one kind only."""
    tone_toward: Sequence[Tone]
    """"toward" an agency or a watch, as tones are counted, and of the item as a "whole"."""
    languages: Sequence[Part]
    kinds: Sequence[Part]
    weeks: Sequence[Week]
    nationals: int
    narrow: Narrow = WHOLE
    """Of what `weeks` are; all else is of everything."""
    missed: Sequence[events.Row] = field(default_factory=tuple)

    @property
    def a_day(self) -> float:
        return self.all.signals / self.days if self.days else 0.0


def get_figures(office: Office, now: datetime, narrow: Narrow = WHOLE) -> Figures:
    """The figures of the last `WEEKS` weeks, this one included. Nine queries at most, whatever there is.

    `narrow` is of the weeks alone; a language or kind of source of which nothing was told narrows nothing.
    """
    mondays = _mondays(office, now)
    since, heard = mondays[0], _heard_since(office)
    signals = _signals(office, since, now)
    rows = events.get_rows(office, since, now)
    foretold = _foretold(office, since, now)
    counted = Counted(signals, rows, foretold)
    blind = _blind(office)
    tone, tone_kinds = _tones(blind)
    languages, kinds = _languages(counted), _kinds(counted)
    narrow = Narrow(_known(narrow.language, languages), _known(narrow.kind, kinds))
    begin = max(since, min([heard or now, *(one.raised for one in signals)]))
    return Figures(
        since=begin,
        days=max(1.0, (now - begin) / timedelta(days=1)),
        budget=int(office_settings.of(office.pk)["alert_budget"]),
        all=_part("", counted),
        events=rows,
        horizons=_horizons(foretold),
        tone=tone,
        tone_kinds=tone_kinds,
        tone_toward=[one for one in (_tone(name, things) for name, things in _split(blind, _judged)) if one.items],
        languages=languages,
        kinds=kinds,
        weeks=_weeks(mondays, begin, now, _narrowed(counted, narrow), [one for one in blind if _is_of(one, narrow)], narrow),
        narrow=narrow,
        nationals=Source.objects.filter(NATIONAL, office=office).count(),
        missed=[row for row in rows if row.state == "missed"],
    )


def _mondays(office: Office, now: datetime) -> list[datetime]:
    """The first moment of each week, in the office's own time, the earliest first."""
    local = now.astimezone(zoneinfo.ZoneInfo(office.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = local - timedelta(days=local.weekday())
    return [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]


def _heard_since(office: Office) -> datetime | None:
    at: datetime | None = JournalEntry.objects.filter(office=office).order_by("seq").values_list("at", flat=True).first()
    return at


def _signals(office: Office, since: datetime, now: datetime) -> list[Signalled]:
    """The signals told since then. Two queries."""
    judged: dict[int, int] = defaultdict(int)
    said = Label.objects.filter(office=office, what=Label.What.USEFUL, signal__raised__gte=since).order_by()
    for signal, word in said.values_list("signal_id", "said"):
        judged[signal] += 1 if word == "yes" else -1
    published = F("story__members__article__published")
    near = Q(story__members__article__published__gte=F("raised") - BEFORE)
    national = Q(
        story__members__article__source__area__iregex=rf"^\s*({'|'.join(COUNTRIES)})\s*$", story__members__article__source_kind="press",
        story__members__article__published__lte=F("raised") + BEFORE,
    )  # fmt: skip
    rows = Signal.objects.filter(office=office, raised__gte=since, raised__lte=now).order_by("raised", "pk")
    rows = rows.values_list("pk", "raised", "story__headline_article__language", "story__headline_article__source_kind").annotate(
        first=Min(published, filter=near & Q(story__members__article__published__lte=F("raised"))),
        national=Min(published, filter=near & national),
    )
    return [
        Signalled(
            pk, raised, language or "", kind or "", judged[pk] > 0 if pk in judged else None, _hours(first, raised), _hours(country, raised)
        )
        for pk, raised, language, kind, first, country in rows
    ]


def _hours(since: datetime | None, at: datetime) -> float | None:
    return proof.hours(since, at) if since is not None else None


def _part(name: str, counted: Counted) -> Part:
    signals, rows = counted.signals, counted.rows
    national = [one.national_h for one in signals if one.national_h is not None]
    return Part(
        name=name,
        signals=len(signals),
        useful=_useful(signals),
        first=proof.delays(one.first_h for one in signals if one.first_h is not None),
        national=proof.delays(national),
        ahead=Share(sum(one < 0 for one in national), len(national)),
        recall=_recall(rows),
        told=proof.delays(row.delay for row in rows if row.delay is not None),
        forecast=_inside(counted.foretold),
    )


def _languages(counted: Counted) -> list[Part]:
    """By language; a recorded event in that of the signal that told it, else of its words."""
    split: dict[str, Counted] = defaultdict(Counted)
    for language, row in _spoken(counted):
        split[language].rows.append(row)
    return _parts(counted, split, lambda one: one.language)


def _spoken(counted: Counted) -> list[tuple[str, events.Row]]:
    spoken = {one.pk: one.language for one in counted.signals}
    return [((spoken.get(row.signal) if row.signal else None) or events.language_of(row.event), row) for row in counted.rows]


def _sourced(counted: Counted) -> list[tuple[str, events.Row]]:
    sources = {one.pk: one.source_kind for one in counted.signals}
    return [(sources[row.signal], row) for row in counted.rows if row.signal in sources]


def _known(name: str, parts: Sequence[Part]) -> str:
    return name if any(one.name == name for one in parts) else ""


def _narrowed(counted: Counted, narrow: Narrow) -> Counted:
    """What there is of a language, a kind of source, or both; by kind only the events that were told."""
    rows = counted.rows
    if narrow.language:
        rows = [row for language, row in _spoken(counted) if language == narrow.language]
    if narrow.kind:
        rows = [row for kind, row in _sourced(replace(counted, rows=rows)) if kind == narrow.kind]
    return Counted([one for one in counted.signals if _is_of(one, narrow)], rows, [one for one in counted.foretold if _is_of(one, narrow)])


def _is_of(one: Signalled | Foretold | Blind, narrow: Narrow) -> bool:
    return (not narrow.language or one.language == narrow.language) and (not narrow.kind or one.source_kind == narrow.kind)


def _kinds(counted: Counted) -> list[Part]:
    """By kind of source; of the recorded events only the delays of those that were told."""
    split: dict[str, Counted] = defaultdict(Counted)
    for kind, row in _sourced(counted):
        split[kind].rows.append(row)
    return [replace(one, recall=Share()) for one in _parts(counted, split, lambda one: one.source_kind)]


def _parts(counted: Counted, split: dict[str, Counted], key: Callable[[Signalled | Foretold], str]) -> list[Part]:
    """The part with most signals first; what is of none makes a part without a name. `split` holds the events already."""
    for one in counted.signals:
        split[key(one)].signals.append(one)
    for foretold in counted.foretold:
        split[key(foretold)].foretold.append(foretold)
    return [_part(name, split[name]) for name in sorted(split, key=lambda name: (not name, -len(split[name].signals), name))]


def _useful(signals: Iterable[Signalled]) -> Share:
    judged = [one.useful for one in signals if one.useful is not None]
    return Share(sum(judged), len(judged))


def _recall(rows: Iterable[events.Row]) -> Share:
    """Of the events that are over or were told."""
    known = [row.state for row in rows if row.state != "open"]
    return Share(known.count("told"), len(known))


def _foretold(office: Office, since: datetime, now: datetime) -> list[Foretold]:
    """Forecasts that came due, by length, week, language and kind of source. One query, counted in the database."""
    rows = Forecast.objects.filter(office=office, due_at__gte=since, due_at__lte=now).exclude(outcome=None).order_by()
    of = ("story__headline_article__language", "story__headline_article__source_kind")
    rows = rows.values_list("horizon_hours", TruncWeek("due_at", tzinfo=zoneinfo.ZoneInfo(office.time_zone)), *of)
    counted = rows.annotate(n=Count("pk"), inside=Count("pk", filter=Q(low__lte=F("outcome"), high__gte=F("outcome"))))
    return [
        Foretold(float(hours), monday, Share(inside, n), language or "", kind or "") for hours, monday, language, kind, n, inside in counted
    ]


def _inside(foretold: Sequence[Foretold]) -> Share:
    return Share(sum(one.inside.k for one in foretold), sum(one.inside.n for one in foretold))


def _horizons(foretold: Sequence[Foretold]) -> list[tuple[float, Share]]:
    return [(hours, _inside([one for one in foretold if one.hours == hours])) for hours in sorted({one.hours for one in foretold})]


def _blind(office: Office) -> list[Blind]:
    """What was said of the tone of items that were drawn by chance. One query."""
    rows = Label.objects.filter(office=office, what=Label.What.TONE).exclude(sample=None).order_by("pk")
    found: dict[tuple[int, str], Blind] = {}
    fields = ("article__language", "article__source_kind", "sample_id", "sample__week", "toward", "said", "engine")
    for language, kind, sample, week, toward, word, engine in rows.values_list(*fields):
        found.setdefault((sample, toward), Blind(language, kind, week, bool(toward))).words.append((word, engine))
    return list(found.values())


def _tones(blind: Sequence[Blind]) -> tuple[list[Tone], list[Tone]]:
    """Agreement on tone over all that was labelled blind: of all and by language, and by kind of source."""
    languages = [_tone(name, things) for name, things in _split(blind, lambda one: one.language)]
    kinds = [_tone(name, things) for name, things in _split(blind, lambda one: one.source_kind)]
    found = [_tone("", blind), *(languages if len(languages) > 1 else [])]
    return [one for one in found if one.items], [one for one in kinds if one.items and len(kinds) > 1]


def _judged(one: Blind) -> str:
    return "toward" if one.toward else "whole"


def _split(blind: Sequence[Blind], key: Callable[[Blind], str]) -> list[tuple[str, list[Blind]]]:
    """In order of name."""
    found: dict[str, list[Blind]] = defaultdict(list)
    for one in blind:
        found[key(one)].append(one)
    return sorted(found.items())


def _tone(name: str, blind: Sequence[Blind]) -> Tone:
    pairs = [one.words for one in blind if len(one.words) > 1]
    agreed = [thing[0] for thing in pairs if len({word for word, _ in thing}) == 1]
    return Tone(
        name,
        len(pairs),
        alpha([[word for word, _ in thing] for thing in pairs]),
        len(agreed),
        alpha([(word, engine) for word, engine in agreed]),
        Share(sum(word == engine for word, engine in agreed), len(agreed)),
    )


def _weeks(
    mondays: Sequence[datetime], begin: datetime, now: datetime, counted: Counted, blind: Sequence[Blind], narrow: Narrow
) -> list[Week]:
    """Week by week from the one in which anything was heard; the first and the last are not whole. Of a kind of source no share of
    events told."""
    found, rows = [], counted.rows
    for monday in mondays:
        end = min(now, monday + timedelta(weeks=1))
        days = (end - max(monday, begin)) / timedelta(days=1)
        if days <= 0 and not any(monday <= row.event.began < end for row in rows):
            continue
        mine = [one for one in counted.signals if monday <= one.raised < end or one.raised == end == now]
        found.append(
            Week(
                start=monday,
                days=max(days, 1.0),
                signals=len(mine),
                useful=_useful(mine),
                recall=_recall(row for row in rows if monday <= row.event.began < end) if not narrow.kind else Share(),
                first=proof.delays(one.first_h for one in mine if one.first_h is not None),
                national=proof.delays(one.national_h for one in mine if one.national_h is not None),
                forecast=_inside([one for one in counted.foretold if one.monday == monday]),
                tone=_tone("", [one for one in blind if monday.date() <= one.week < monday.date() + timedelta(weeks=1)]),
            )
        )
    return found


def get_public(office: Office, now: datetime) -> Mapping[str, Any]:
    """What the public reads of it: counts, and shares only of ten or more. As JSON values; nothing of what was missed but its number."""
    found = get_figures(office, now)
    return {
        "weeks": WEEKS,
        "since": found.since.date().isoformat(),
        "signals": found.all.signals,
        "signals_a_day": round(found.a_day, 1),
        "useful": public_share(found.all.useful),
        "events_told": public_share(found.all.recall),
        "hours_from_first_item": public_delay(found.all.first),
        "hours_from_event": public_delay(found.all.told),
        "before_national_outlets": public_share(found.all.ahead),
        "forecasts_inside": public_share(found.all.forecast),
        "tone_agreement": public_alpha(found.tone),
        "by_language": {one.name: one.signals for one in found.languages if one.name and one.signals >= proof.FEW},
        "by_source_kind": {one.name: one.signals for one in found.kinds if one.name and one.signals >= proof.FEW},
    }


def public_share(share: Share) -> dict[str, float] | None:
    """A share with its interval; None below ten, where not even the number is said."""
    if share.few or share.interval is None or share.value is None:
        return None
    low, high = share.interval
    return {"n": share.n, "share": round(share.value, 2), "low": round(low, 2), "high": round(high, 2)}


def public_delay(found: Delays) -> dict[str, float] | None:
    """The middle of ten delays or more, in hours."""
    return {"n": found.n, "median": round(found.middle, 1)} if found.middle is not None and found.n >= proof.FEW else None


def public_alpha(tones: Sequence[Tone]) -> dict[str, float] | None:
    """Krippendorff's alpha of two people over ten items or more."""
    if not tones or tones[0].items < proof.FEW or tones[0].people is None:
        return None
    return {"n": tones[0].items, "alpha": round(tones[0].people, 2)}
