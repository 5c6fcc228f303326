"""Words, times, levels and small charts in templates. Each tag only calls `presenting` or `charts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

from django.template import Library
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kentongan.engine.proof import Share
from kentongan.office.listening import accuracy_words, charts, missing, presenting, visits

register = Library()
register.filter("number", presenting.number)
register.filter("sentence", presenting.sentence)
register.filter("languages", presenting.language_words)
register.filter("outlets", presenting.outlets_phrase)
register.filter("missing_first", missing.missing_first)
register.filter("day", presenting.day)
register.filter("folded", visits.folded)
register.filter("outcome", presenting.outcome)
register.filter("usual", presenting.usual)
register.filter("share", accuracy_words.share)
register.filter("delay", accuracy_words.delay)
register.filter("agreement", accuracy_words.agreement)
register.filter("printed", accuracy_words.printed)


@register.filter
def topic(name: str) -> str:
    """The name of a service area, in the active language."""
    return presenting.topic(name)


@register.filter
def aspect(code: str) -> str:
    """The name of an aspect of a matter, in the active language."""
    return presenting.aspect(code)


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


@register.filter
def subject(signal: Any) -> str:
    """What a signal is about, in the active language."""
    return presenting.subject(signal.kind, signal.subject)


@register.filter
def mind(reasons: Sequence[Mapping[str, Any]]) -> str:
    """What would change the mind about a signal, or has changed it; empty where its reasons do not say."""
    return " ".join(presenting.sentence(reason) for reason in reasons if presenting.is_mind(reason))


@register.filter
def tenth(value: float) -> str:
    """A number with at most one decimal."""
    return presenting.number(value, 1)


@register.filter
def hour(value: datetime | str) -> str:
    """The local time of day."""
    return presenting.hour(_moment(value))


@register.filter
def time_of_day(value: time) -> str:
    """An hour of any day, as `hour` writes it."""
    return value.strftime(presenting.HOUR_FORMATS[presenting.speech()])


@register.filter
def moment(value: datetime | str) -> datetime:
    """ISO text as a moment."""
    return _moment(value)


@register.simple_tag(takes_context=True)
def when(context: Mapping[str, Any], value: datetime | str | None) -> SafeString | str:
    """A moment as people say it, with the exact one for machines."""
    if not value:
        return "–"
    at = _moment(value)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(timespec="minutes"), presenting.when(at, context["now"]))


@register.simple_tag(takes_context=True)
def ago(context: Mapping[str, Any], value: datetime | str | None) -> SafeString | str:
    """How long ago, with the exact moment for machines."""
    if not value:
        return "–"
    at = _moment(value)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(timespec="minutes"), presenting.ago(at, context["now"]))


@register.simple_tag
def remark(problem: str | Mapping[str, Any]) -> SafeString:
    """What could not be read. The words of a machine stay English and are marked so."""
    if presenting.ours(problem):
        return format_html('<span class="soft">{}</span>', presenting.remark(problem))
    return format_html('<span class="soft" lang="en">{}</span>', problem)


@register.filter
def milliseconds(value: int) -> str:
    """A short length of time in seconds with one decimal."""
    return presenting.number(timedelta(milliseconds=value).total_seconds(), 1)


@register.simple_tag
def level(name: str) -> SafeString:
    """A level: word, shape and colour."""
    return _level(name if name in presenting.LEVEL_WORDS else "watch", get_language() or "en")


@cache
def _level(name: str, language: str) -> SafeString:
    """Written once for each language; a page shows a hundred."""
    del language
    return mark_safe(render_to_string("listening/_level.html", {"name": name, "word": presenting.LEVEL_WORDS[name]}))  # noqa: S308  our own


@register.simple_tag(takes_context=True)
def spark(context: Mapping[str, Any], counts: list[Any]) -> SafeString:
    """The sparkline of a story. Not a template: a list draws sixty of them with 24 bars each."""
    drawn, height = charts.spark(counts or [], context["now"]), charts.SPARK_HEIGHT
    last = ' class="last"'
    bars = "".join(f'<rect x="{b.x}" y="{b.y}" width="3" height="{b.height}"{last if b.last else ""}/>' for b in drawn.bars)
    return format_html(
        '<svg class="spark" width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        *(drawn.width, height, drawn.width, height, drawn.words, mark_safe(bars)),  # noqa: S308  numbers of ours
    )


@register.simple_tag
def stretch(forecast: Any) -> str:
    """The range of a forecast in words; a dash where there is none."""
    return presenting.stretch(forecast.low, forecast.high) if forecast else "–"


@register.inclusion_tag("listening/_strip.html")
def strip(share: Share | Mapping[str, float] | None, aim: int = 0) -> dict[str, Any]:
    """A share and its interval drawn on a line from 0 to 100 %; `aim` is where it should lie. Beside the words that say the same."""
    return {"strip": accuracy_words.strip(share), "aim": aim}


@register.inclusion_tag("listening/_chart.html")
def chart(drawing: charts.Chart | None, title: str, name: str) -> dict[str, Any]:
    """A chart against usual with its table."""
    return {"chart": drawing, "title": title, "name": name, "zone": presenting.zone()}
