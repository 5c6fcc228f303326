"""The briefing on paper and in mail: PDF by typst, plain text for mail and terminals. Both say the same as the screen, in its words."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import typst
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from kentongan.office import mail
from kentongan.office.listening import presenting
from kentongan.office.listening.missing import missing_first

TEMPLATE = Path(__file__).parent / "typst" / "briefing.typ"
WIDTH = 78


def briefing_text(content: Mapping[str, Any], language: str) -> str:
    """The briefing as plain text, lines of at most 78 characters, sources as numbered notes at the end."""
    return "\n".join(_text(worded(content, language))) + "\n"


def briefing_pdf(content: Mapping[str, Any], language: str) -> bytes:
    """The briefing as an accessible A4 PDF (PDF/UA-1). The same content gives the same bytes."""
    said = json.dumps(worded(content, language), ensure_ascii=False)
    made = typst.compile(
        str(TEMPLATE),
        format="pdf",
        sys_inputs={"data": said},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(datetime.fromisoformat(content["at"]).timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave {type(made).__name__}, not one document")
    return made


def mail_briefing(content: Mapping[str, Any], to: Sequence[str], language: str) -> None:
    """Mail it, each person apart, as text with the PDF attached. Raises `MailError`."""
    said = worded(content, language)
    text, name = "\n".join(_text(said)) + "\n", f"briefing-{content['at'][:10]}.pdf"
    attached = {name: briefing_pdf(content, language)}
    mailer = mail.mailer()
    for address in to:
        mailer.send([address], said["title"], text, "", attached)


def worded(content: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The content as the words of one language, ready to be set; the office's local time must be active."""
    with translation.override(language):
        at = datetime.fromisoformat(content["at"])
        notes = {note["n"]: note for note in content["sources"]}
        lines = [_line(line, notes, at) for line in content["lines"]]
        quoted = {line["quote_note"] for line in lines}
        return {
            "language": language,
            "title": title_of(content),
            "titled": title_parts(content),
            "over": f"{content.get('office', '')} · {presenting.day(at)}, {presenting.hour(at)} {presenting.zone()} · "
            + gettext("since your last visit")
            + f", {presenting.when(datetime.fromisoformat(content['since']), at)}",
            "footer": f"Kentongan · {presenting.day(at)}, {presenting.hour(at)} {presenting.zone()}",
            "lines": lines,
            "quiet": " ".join(one for one in (_quiet(content["quiet"]), _periods(content)) if one),
            "first": missing_first(content) or gettext("Nothing is missing: every source was read and spoke."),
            "missing": _missing(content, at),
            "sources": [_source(note, at) | {"quoted": note["n"] in quoted} for note in content["sources"]],
            "labels": {
                "why": gettext("Why it matters:"),
                "next": gettext("Next:"),
                "missing": gettext("What is missing"),
                "own": own_words() if content["lines"] else "",
                "sources": gettext("Sources"),
                "nothing": gettext("No story of your sources changed. That is news too: read below whether every source could be heard."),
            },
        }


class Title(NamedTuple):
    """The briefing's first line: what is said, the footnote of the headline in it (0: it names none), what is said after."""

    said: str
    note: int = 0
    rest: str = ""

    def plain(self, numbered: bool = False) -> str:
        """As one sentence, with the footnote's number where wanted."""
        return " ".join(part for part in (self.said, f"[{self.note}]" if numbered and self.note else "", self.rest) if part)


def title_of(content: Mapping[str, Any]) -> str:
    """The briefing's first line without the number of its source, as for a subject or a list."""
    return title_parts(content).plain()


def title_parts(content: Mapping[str, Any]) -> Title:
    """The briefing's first line: a sentence one could read aloud, in the active language."""
    lines = content["lines"]
    urgent = [line for line in lines if presenting.level_rank(line["level"]) >= 2]
    if urgent:
        first, note = urgent[0]["headline"].rstrip("."), urgent[0].get("headline_note") or 0
        if urgent[0]["level"] == "crisis":
            return Title(gettext("Crisis: “%(headline)s”.") % {"headline": first}, note, _more(len(urgent) - 1))
        if len(urgent) == 1:
            return Title(gettext("One story needs you: “%(headline)s”") % {"headline": first}, note)
        said = ngettext(
            "%(n)s story needs you, first of all: “%(headline)s”",
            "%(n)s stories need you, first of all: “%(headline)s”",
            len(urgent),
        )
        return Title(said % {"n": presenting.number(len(urgent)), "headline": first}, note)
    if lines:
        said = ngettext("Nothing is urgent. %(n)s story moved.", "Nothing is urgent. %(n)s stories moved.", len(lines))
        return Title(said % {"n": presenting.number(len(lines))})
    return Title(gettext("Nothing new since your last visit."))


def _more(count: int) -> str:
    """A crisis leads with what is told, and the rest waits behind it."""
    if not count:
        return ""
    return ngettext("%(n)s more story needs you.", "%(n)s more stories need you.", count) % {"n": presenting.number(count)}


def own_words() -> str:
    """Which words of a briefing no source has said."""
    return gettext(
        "“Why it matters” and “Next” are Kentongan’s own words, computed from the counts of each story; the story’s page shows the numbers."
    )


def _line(line: Mapping[str, Any], notes: Mapping[int, Mapping[str, Any]], at: datetime) -> dict[str, Any]:
    quote = presenting.quote_of(line, notes)
    items = ngettext("%(n)s item", "%(n)s items", line["articles"]) % {"n": presenting.number(line["articles"])}
    if line["copies"]:
        copies = ngettext("%(n)s copy", "%(n)s copies", line["copies"]) % {"n": presenting.number(line["copies"])}
        items = f"{items} + {copies}"
    first = presenting.when(datetime.fromisoformat(line["first"]), at)
    meta = [presenting.outlets_phrase(line["outlets"]), items]
    if not presenting.begins(line):
        meta.append(f"{gettext('first')} {first}")
    if line["growth"] and line["growth"] >= 1.5:
        meta.append(gettext("%(times)s × usual") % {"times": presenting.number(line["growth"], 1)})
    return {
        "level": str(presenting.LEVEL_WORDS.get(line["level"], line["level"])),
        "step": presenting.level_rank(line["level"]),
        "meta": " · ".join(meta),
        "headline": line["headline"],
        "headline_note": line.get("headline_note") or 0,
        "language": _tag(line.get("language")),
        "changed": presenting.sentence(line["changed"][0]) if line["changed"] else "",
        "notes": list(line["sources"]),
        "quote": quote["passage"] if quote else "",
        "quote_language": _tag(quote["language"] if quote else ""),
        "quote_note": quote["n"] if quote else 0,
        "why": presenting.noted(" ".join(presenting.sentence(reason) for reason in presenting.unsaid(line)), line.get("also", ())),
        "next": presenting.sentence(line["next"]),
    }


def _tag(language: str | None) -> str:
    """A language tag a PDF reader knows; the active one where the text's is unknown."""
    return language if language and language != "other" else presenting.speech()


def _quiet(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(n)s more story moved and did not reach this page.", "%(n)s more stories moved and did not reach this page.", count
    ) % {"n": presenting.number(count)}


def _periods(content: Mapping[str, Any]) -> str:
    """Weekly and monthly counts that stand out; briefings signed before there were any have none."""
    said = [presenting.sentence(reason) for reason in content.get("periods", ())]
    return f"{gettext('Counts of the week or month:')} {' '.join(said)}" if said else ""


def _missing(content: Mapping[str, Any], at: datetime) -> list[str]:
    said = []
    for reason in content["missing"]:
        kind = reason["values"].get("kind")
        said.append(presenting.sentence(reason) + (f" {presenting.outcome(kind)}" if kind else ""))
    said = said or [gettext("Nothing that we know of: every source was read and spoke.")]
    if content["complete"]:
        complete = presenting.when(datetime.fromisoformat(content["complete"]), at)
        said.append(f"{gettext('The data is complete to')} {complete}.")
    return said


def _source(note: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {
        **{name: note[name] for name in ("n", "outlet", "title", "url", "passage")},
        "language": _tag(note["language"]),
        "when": presenting.when(datetime.fromisoformat(note["published"]), at),
    }


def _text(said: Mapping[str, Any]) -> Iterator[str]:
    yield from textwrap.wrap(said["titled"].plain(numbered=True), WIDTH)
    yield said["over"]
    yield "=" * WIDTH
    yield from textwrap.wrap(said["first"], WIDTH)
    for line in said["lines"]:
        yield ""
        yield f"[{line['level']}] {line['meta']}"
        yield from textwrap.wrap(f"{line['headline']} {_mark(line['headline_note'])}".strip(), WIDTH)
        marks = "".join(f"[{n}]" for n in line["notes"])
        yield from _wrap(f"{line['changed']} {marks}".strip())
        if line["quote"]:
            yield from _wrap(f"“{line['quote']}” [{line['quote_note']}]")
        why = "".join(f"{words} {_mark(n)}" if n else words for words, n in line["why"])
        if why:
            yield from _wrap(f"{said['labels']['why']} {why}")
        yield from _wrap(f"{said['labels']['next']} {line['next']}")
    if not said["lines"]:
        yield from textwrap.wrap(said["labels"]["nothing"], WIDTH)
    if said["quiet"]:
        yield ""
        yield from textwrap.wrap(said["quiet"], WIDTH)
    if said["labels"]["own"]:
        yield ""
        yield from textwrap.wrap(said["labels"]["own"], WIDTH)
    yield ""
    yield said["labels"]["missing"]
    for one in said["missing"]:
        yield from textwrap.wrap(one, WIDTH, initial_indent="  - ", subsequent_indent="    ")
    if said["sources"]:
        yield ""
        yield said["labels"]["sources"]
    for note in said["sources"]:
        yield from textwrap.wrap(f"[{note['n']}] {note['outlet']}, {note['when']}. {note['title']}", WIDTH, subsequent_indent="    ")
        yield f"    {note['url']}"


def _mark(note: int) -> str:
    return f"[{note}]" if note else ""


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def local_time(name: str) -> Any:
    """Activates the office's local time while it is open."""
    from zoneinfo import ZoneInfo

    return timezone.override(ZoneInfo(name))
