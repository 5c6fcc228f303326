"""Which lines of an extracted text belong to the article.

Observed: an extractor that judges blocks by their place lets through three kinds of line: the head of the article again
(headline, standfirst), pointers to other articles (`Baca juga: …`, `SEE MORE: …`, a paragraph that is one link), and
the house's own words at the end (subscribe, copyright, who wrote it). Method: the head is dropped when the page itself
says it is the head; a pointer is known by its label or because nearly all its letters are one link; house words are
known by their opening, and only in short lines.

A line lost is worse than a line too many, so: nothing is dropped by opening words alone when it is long, and pointers
are kept when they make up a large share of the text (an article may be a list of links). Known failures: publishers'
"about us" paragraphs at the end of press releases, captions, inline hover cards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kentongan.engine import dates
from kentongan.engine.page_facts import Facts
from kentongan.engine.trees import Element, text_of

MAX_SHORT = 180
"""Characters; only shorter lines are dropped by their opening words."""
MAX_POINTER = 400
"""Letters of a linked block or standfirst that is compared."""
ZONES = timedelta(hours=7)
"""Days are compared where most readers of the pages are; a line is read by the same rule as the page's own time."""
LEAD_IS_BODY = frozenset(("vi",))
"""Languages whose standfirst tells what the article does not repeat: the Vietnamese `sapo` holds place, time and
event."""
MAX_LINKED_SHARE = 0.3
"""Where pointers are a larger share of the text's letters, they are the article."""

_BLOCKS = frozenset(
    [
        "p",
        "li",
        "div",
        "td",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "section",
        "article",
        "aside",
        "figcaption",
        "dd",
        "dt",
        "center",
        "ul",
        "ol",
    ]
)
_AROUND = frozenset(("header", "footer", "nav", "aside", "form"))
_LEAD_CLASS = re.compile(r"sapo|(?:^|[ _-])(?:description|lead|tomtat|tom-tat|chapeau|summary|intro)(?:$|[ _-])", re.IGNORECASE)
_SPACING = re.compile(r"[\W_]+")
_LISTED = frozenset(("li", "h2", "h3", "h4", "h5", "h6", "td", "dd", "dt"))
_POINTER = re.compile(
    r"^\W{0,4}(?:"
    + "|".join((
        r"baca (?:juga|pula|selengkapnya|artikel)", r"simak (?:juga|pula|video|selengkapnya)",
        r"(?:lihat|tonton) (?:juga|video)", r"saksikan (?:juga|video)", r"pilihan editor",
        r"(?:berita|artikel) (?:terkait|lainnya)", r"maca uga",
        r"halaman (?:selanjutnya|berikutnya)",
        r"(?:xem|doc) (?:them|tiep)\b", r"xem video", r"(?:tin|bai)(?: viet)? lien quan", r">>",
        r"moi (?:quy )?(?:doc gia|ban doc) (?:doc|xem)",
        r"read (?:more|also|next)\b", r"see (?:more|also)\b", r"also (?:read|on)\b",
        r"related(?: articles?| stories| content| video)?\s?:",
        r"don'?t miss\b", r"must read\b", r"watch(?: now| also)?:", r"more:", r"explore further", r"trending(?: now)?:",
        r"leggi anche", r"lesen sie auch", r"lire aussi", r"lea tambien",
    ))
    + ")"
)  # fmt: skip
"""How a line begins that sends the reader elsewhere; matched against `dates.fold` of the line."""
_HOUSE = re.compile(
    r"^\W{0,4}(?:"
    + "|".join((
        r"(?:advertisement|iklan|quang cao|continue reading|bagikan|chia se|binh luan"
        r"|tags?|comments?(?: comments?)?)\W*$",
        r"scroll (?:to continue|untuk|ke bawah)", r"\[?gambas:", r"lanjutkan membaca",
        r"(?:please )?(?:click|tap) here (?:to|for)\b",
        r"sign up\b.{0,80}\b(?:newsletters?|e-?mails?|alerts?|inbox|updates)\b",
        r"subscribe (?:to|now|here|today)\b",
        r"follow (?:us|@|.{2,40} (?:on|di) (?:twitter|facebook|instagram|google news|whatsapp))",
        r"like this story\b", r"share (?:this|it|on)\b",
        r"(?:get|download) (?:the|our) .{2,30} app\b", r"join (?:us|our) (?:on|telegram|whatsapp|channel)",
        r"leave a (?:comment|reply)",
        r"(?:this|the) (?:article|story) (?:was )?(?:originally|first) (?:appeared|published)",
        r"copyright\b\W{0,4}(?:c\b|©|\(c\)|(?:19|20)\d\d|by\b|\S+\.\w)", r"\(c\) ?(?:19|20)\d\d", r"\u00a9",
        r"hak cipta\W{0,3}(?:dilindungi|milik|©|\d{4})", r"all rights reserved", r"ban quyen\W{0,3}(?:thuoc|©|\d{4})",
        r"ikuti (?:kami|berita|kanal|channel|update)", r"dapatkan (?:update )?(?:berita )?(?:terbaru|terkini|pilihan)",
        r"cek berita",
        r"topik terkait", r"gabung\b.{0,60}\b(?:whatsapp|telegram|channel|kanal|grup)\b", r"yuk,? (?:ikuti|gabung)",
        r"theo doi (?:chung toi|bao|kenh|fanpage)", r"(?:in|gui) (?:binh luan|bai viet)", r"tu khoa\s?:",
        r"\(?(?:additional )?(?:reporting|writing|editing) by\b",
        r".{2,80} contributed to this (?:report|story|article)",
        r"(?:penulis|editor|reporter|pewarta|kontributor|jurnalis|laporan)\s?:",
    ))
    + ")"
)  # fmt: skip
"""How a short line begins that is the house speaking, not the article; names of who wrote it among them."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What a page says about its lines, as squashed text: `pointers` are linked paragraphs, `items` linked list items,
    `head` the headline and standfirsts, `names` those of the writers (read only to leave them out), `days` the days it
    was published and updated."""

    pointers: frozenset[str]
    items: frozenset[str]
    head: frozenset[str]
    names: frozenset[str]
    days: frozenset[date]


def of_the_article(lines: Sequence[str], *, marks: Marks) -> list[str]:
    """The lines that stay, in order."""
    kept = _without_head([line for line in lines if line.strip()], marks)
    words = [squashed(line) for line in kept]
    pointing = "\n".join(sorted(marks.pointers))  # a paragraph of several links comes as several lines
    linked = {word for word in words if len(word) >= 12 and word in pointing}
    if sum(map(len, linked)) > MAX_LINKED_SHARE * sum(map(len, words)):
        linked.clear()
    stay: list[str] = []
    after_pointer = False
    for line, word in zip(kept, words, strict=True):
        listed = line.lstrip().startswith("- ")
        pointer = len(line) <= MAX_SHORT and bool(_POINTER.match(dates.fold(line)))
        house = len(line) <= MAX_SHORT and not listed and bool(_HOUSE.match(dates.fold(line)))
        after_pointer = pointer or (after_pointer and word in marks.items)
        if not (after_pointer or house or word in linked or word in marks.names):
            stay.append(line)
    return stay[:-1] if len(stay) > 2 and _is_signature(stay[-1]) else stay


def _is_signature(line: str) -> bool:
    """Whether the last line is a name by itself: two to five words, each with a capital, nothing else."""
    words = line.strip().split()
    return 2 <= len(words) <= 5 and all(word[0].isupper() and word.isalpha() for word in words)


def _without_head(lines: Sequence[str], marks: Marks) -> list[str]:
    """The lines after the date line, if one stands among the first short lines; headline and standfirst gone from the
    next four."""
    start = 0
    for place, line in enumerate(lines[:8]):
        if len(line) > MAX_SHORT:
            break
        if any((found.at + ZONES).date() in marks.days for found in dates.dateline(line)):
            start = place + 1
    return [line for place, line in enumerate(lines[start:]) if not (place < 4 and squashed(line) in marks.head)]


def parted(root: Element, facts: Facts, lines: Sequence[str]) -> list[str]:
    """The lines; of a page whose everything came as one line (a text too short for the extractor), its paragraphs instead.

    That line is known by the headline that stands in it; a page without paragraphs, or where they are little of it, keeps it.
    """
    whole = squashed(lines[0]) if len(lines) == 1 else ""
    title = squashed(facts.title)
    if not title or title not in whole[: MAX_SHORT + 2 * len(title)]:
        return list(lines)
    after = whole.index(title) + len(title)
    found = [text_of(element) for element in root.iter("p") if not _is_around(element)]
    told = [text for text in found if len(squashed(text)) >= 12 and whole.find(squashed(text), after) >= 0]
    return told if 2 * sum(len(squashed(text)) for text in told) >= len(whole) - after else list(lines)


def _is_around(element: Element) -> bool:
    return any(parent.tag in _AROUND for parent in element.iterancestors())


def lead_first(root: Element, facts: Facts, lines: list[str]) -> list[str]:
    """The lines with the standfirst at the head, where the extractor put it last; for languages in which it is part of the text."""
    if facts.language not in LEAD_IS_BODY or len(lines) < 2:
        return lines
    last = squashed(lines[-1])
    marked = (element for element in root.iter("p", "h2", "h3") if _LEAD_CLASS.search(f"{element.get('class')} {element.get('id')}"))
    return [lines[-1], *lines[:-1]] if any(squashed(_words(element)) == last for element in marked) else lines


def marks_of(root: Element, facts: Facts) -> Marks:
    """What the tree and the facts of a page say about its lines."""
    letters: dict[Element, int] = {}
    for anchor in root.iter("a"):
        if not anchor.get("href"):
            continue
        block = next((parent for parent in anchor.iterancestors() if parent.tag in _BLOCKS), None)
        if block is not None:
            letters[block] = letters.get(block, 0) + len(squashed(_words(anchor)))
    pointers: set[str] = set()
    items: set[str] = set()
    for block, linked in letters.items():
        text = squashed(_words(block)) if linked >= 12 else ""
        if 12 <= len(text) <= MAX_POINTER and linked >= 0.8 * len(text) and not text.startswith("http"):
            (items if block.tag in _LISTED else pointers).add(text)
    head = {squashed(facts.title)}
    if facts.language not in LEAD_IS_BODY:
        said = {squashed(text)[:MAX_POINTER] for text in facts.standfirsts if len(text) >= 30}
        head |= _standing_apart(root, said) if said else set()
    return Marks(
        pointers=frozenset(pointers - items),
        items=frozenset(items),
        head=frozenset(head - {""}),
        names=frozenset(map(squashed, facts.bylines)),
        days=frozenset((time + ZONES).date() for time in (facts.published, facts.updated) if time is not None),
    )


def _standing_apart(root: Element, said: set[str]) -> frozenset[str]:
    """Those descriptions that are printed outside the run of paragraphs; elsewhere the first paragraph serves as
    description."""
    apart: set[str] = set()
    openings = {text[:6] for text in said}
    for element in root.iter("p", "h2", "h3", "h4", "div", "span"):
        opening = squashed(next((text for text in element.itertext() if not text.isspace()), "")[:40])
        text = squashed(_words(element)) if opening[:6] in openings else ""
        if text not in said:
            continue
        parent = element.getparent()
        siblings = parent.iterchildren("p") if parent is not None else iter(())
        if element.tag == "p" and sum(len(_words(sibling)) > 60 for sibling in siblings) >= 3:
            return frozenset(apart - {text})
        apart.add(text)
    return frozenset(apart)


def lead_of(root: Element, facts: Facts, text: str) -> str:
    """The standfirst that belongs to the text and is not in it yet; "" for other languages and where there is none."""
    if facts.language not in LEAD_IS_BODY:
        return ""
    said = {squashed(standfirst) for standfirst in facts.standfirsts}
    body = squashed(text)
    for element in root.iter("p", "h2", "h3", "div"):
        classes = f"{element.get('class')} {element.get('id')}"
        words = squashed(_words(element)) if _LEAD_CLASS.search(classes) else ""
        if 40 <= len(words) <= MAX_POINTER and (words in said or element.tag != "div"):
            return "" if words in body else text_of(element)
    return ""


def squashed(text: str) -> str:
    """Letters and digits only, case folded: for comparing lines that two parsers spaced differently."""
    return _SPACING.sub("", text).casefold()


def _words(element: Element) -> str:
    """The text inside an element, cut where it is longer than anything that is compared."""
    parts: list[str] = []
    length = 0
    for text in element.itertext():
        parts.append(text)
        length += len(text)
        if length > 3 * MAX_POINTER:
            break
    return "".join(parts)
