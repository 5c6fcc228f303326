"""Words, times, levels and small charts in templates. Each tag only calls `presenting` or `charts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any

from django.template import Library
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

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
def marked(pieces: Sequence[presenting.Piece]) -> SafeString:
    """Text in pieces, those that were searched for marked. Not a template: a page of results has some hundreds."""
    said = (f"<mark>{conditional_escape(piece.text)}</mark>" if piece.hit else conditional_escape(piece.text) for piece in pieces)
    return mark_safe("".join(said))  # noqa: S308  every piece is escaped


@register.filter
def way(hit: Any) -> str:
    """How a result was found."""
    if hit.tier == 1:
        return gettext("the same in other words")
    if hit.by_words is None:
        return gettext("meaning")
    return gettext("words") if hit.by_meaning is None else gettext("words and meaning")


@register.filter
def result(hit: Any) -> SafeString:
    """Title, passage, outlet, language, copies and story of a result. Not a template: fifty of them took as long as finding them."""
    article, member = hit.article, getattr(hit.article, "membership", None)
    title = format_html('<h2 lang="{}"><a href="{}" rel="noreferrer">{}</a></h2>', article.language, article.url, marked(hit.title))
    passage = format_html('<p class="small" lang="{}">{}</p>', article.language, marked(hit.passage)) if hit.passage else ""
    meta: list[Any] = [article.outlet, presenting.language_words(hit.languages)]
    if hit.copies:
        meta.append(ngettext("%(n)s copy", "%(n)s copies", hit.copies) % {"n": hit.copies})
    if member is not None:
        meta.append(format_html('<a href="{}">{}</a>', reverse("story", args=[member.story_id]), gettext("its story")))
    return format_html('{}{}<p class="meta">{}</p>', title, passage, format_html_join("", "<span>{}</span>", ((one,) for one in meta)))


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
    """The sparkline of a story."""
    hour = context["now"].astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return _spark(tuple(map(tuple, counts or ())), hour, presenting.speech(), presenting.zone())


@lru_cache(maxsize=512)
def _spark(counts: tuple[tuple[Any, ...], ...], hour: datetime, language: str, zone: str) -> SafeString:
    """Written once for each story, hour and language, and not by a template: a list draws sixty of them with 24 bars each."""
    del language, zone
    drawn, height = charts.spark(counts, hour), charts.SPARK_HEIGHT
    last = ' class="last"'
    bars = "".join(f'<rect x="{b.x}" y="{b.y}" width="3" height="{b.height}"{last if b.last else ""}/>' for b in drawn.bars)
    return format_html(
        '<svg class="spark" width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        *(drawn.width, height, drawn.width, height, drawn.words, mark_safe(bars)),  # noqa: S308  numbers of ours
    )


@register.simple_tag
def columns(chart: charts.Chart) -> SafeString:
    """The columns of a chart, behind each what is usual. Not a template: there are up to a hundred, of three rectangles each."""
    return mark_safe("".join(_column(c, chart.usual) for c in chart.columns))  # noqa: S308  numbers of ours


def _column(c: charts.Column, usual: bool) -> str:
    behind = (
        f'<rect class="band" x="{c.x}%" width="{c.width}%" y="{c.band_y}" height="{c.band_height}"/>'
        f'<rect class="usual" x="{c.x}%" width="{c.width}%" y="{c.usual_y}" height="1"/>'
    )
    kind = "bar above" if c.above else "bar"
    bar = f'<rect class="{kind}" x="{c.bar_x}%" width="{c.bar_width}%" y="{c.bar_y}" height="{c.bar_height}"/>'
    return behind + bar if usual else bar


@register.simple_tag
def figures(chart: charts.Chart) -> SafeString:
    """The rows of a chart's table."""
    return format_html_join("\n", "{}", ((_row(c, chart),) for c in chart.columns))


def _row(c: charts.Column, chart: charts.Chart) -> SafeString:
    hour = "" if chart.daily else f", {presenting.hour(c.hour)}"
    usual: SafeString | str = ""
    if chart.usual:
        numbers = (tenth(value or 0) for value in (c.expected, c.low, c.high))
        usual = format_html('<td class="n">{}</td><td class="n">{} – {}</td>', *numbers)
    return format_html('<tr><th scope="row">{}{}</th><td class="n">{}</td>{}</tr>', presenting.day(c.hour), hour, tenth(c.count), usual)


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
