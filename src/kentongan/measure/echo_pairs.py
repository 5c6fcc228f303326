"""Labelled pairs of a publication and a later article: which carry it, and which only look as if they did.

From a set with stories (`{id, time, lang, title, text, story}`): the earlier of two articles of one story stands for the publication, the
later one for an article that tells it again: *retold*, yes. The label says "one event", not "this text": a follow-up counts as yes. No:
of the later articles of other stories within the window the `NEAREST` by meaning and as many by shared words, and `CHANCE` drawn by hash.

From a set with pages (`{id, url, outlet, published, title, text, group}`): pages of one `group` are one page scraped again: *copied*,
yes. Which articles of two outlets tell the same has no gold there. 206 pairs were therefore read: of each article's nearest one of
another outlet within four days, by meaning and by shared words, those with a cosine of at least 0.40 or a share of 0.15, drawn by hash;
read were titles and openings, before any score was known. Yes: one event, announcement or text of one body; no: the same matter, another
step of it, another person's view. `data/echo-labels.txt` has the first 16 digits of both ids and the label, no text. The reader is the
one who built the measure, and the only one: there is no agreement to report.

From both: real articles, edited as a newsroom would, by hash alone.
  *copied*  another title, one sentence in four left out, the end cut by up to a third, a pointer to other news put in.
  *quoted*  one to three sentences of the publication in the middle of an article of another story (or outlet), in curly quotes with another
            dash and blanks, after a word that says who spoke.
Each edited article is also held against a publication that resembles the one it carries: of another story, or one that the reader told
apart from it: no. The edits are easier than what outlets do; they show that what is there verbatim is found, and nothing else is.

A pair is of part 0 or 1 by the hash of its story or publication; bars were chosen on part 0. What is a *no* here stands closer to its
publication than nearly all articles of an office; of what an office hears far fewer are wrong.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kentongan.engine import dates
from kentongan.engine.records import Article, article_id
from kentongan.engine.sentences import spans
from kentongan.engine.terms import Counts, terms_of
from kentongan.engine.vectors import Embedder, FloatArray, prior_centres, text_for
from kentongan.errors import FileError
from kentongan.measure.clustering import article_from_row, time_of
from kentongan.measure.form import read_jsonl

How = Literal["retold", "copied", "quoted"]
NEAREST, CHANCE = 3, 2
WINDOW = timedelta(days=14)
EDITED = 60
"""Articles of a set that are edited, each way."""
_SHORTEST = 400
_KEY = 16
_SPOKE = {"vi": "Theo thông cáo, ", "id": "Dalam keterangan resminya disebutkan: "}
_POINTER = {"vi": "Xem thêm: tin cùng chuyên mục hôm nay dành cho bạn đọc", "id": "Baca juga: berita pilihan hari ini untuk pembaca"}
_TITLE = {"vi": "Cập nhật: thông tin mới trong ngày", "id": "Kabar terbaru hari ini untuk warga"}


@dataclass(frozen=True, slots=True)
class Pair:
    """The places of publication and article among `Set.articles`, whether it carries it, and which way the pair tries."""

    publication: int
    article: int
    carries: bool
    how: How
    group: str

    @property
    def part(self) -> int:
        """0 or 1: all pairs of a group fall to one part."""
        return _digest(self.group) % 2


@dataclass(frozen=True, slots=True)
class Set:
    """The pairs of one file, its articles (the edited ones at the end), their centred vectors by place, and the counts of its words."""

    articles: tuple[Article, ...]
    pairs: tuple[Pair, ...]
    vectors: Mapping[int, FloatArray]
    counts: Counts


def pairs_of(path: Path, embedder: Embedder) -> Set:
    """All pairs of a file. Raises FileError where its rows have neither story nor group."""
    rows = list(read_jsonl(path))
    if not rows or not ({"story", "time"} <= rows[0].keys() or "group" in rows[0]):
        raise FileError(f"{path.name}: rows need `story` and `time`, or `group`", subject=str(path), line=1)
    articles = [_article(row, place) for place, row in enumerate(rows)]
    counts = Counts()
    for article in articles:
        counts.learn(terms_of(article))
    stories = [str(row["story"]) for row in rows] if "story" in rows[0] else []
    seen = _Vectors(articles, embedder)
    pairs = list(_of_stories(articles, stories, seen, counts)) if stories else [*_of_groups(rows, articles), *_read(articles)]
    rivals = _rivals(articles, stories, pairs, seen)
    made = list(_edited(articles, stories, rivals))
    for _, _, edited, _ in made:
        articles.append(edited)
    pairs += _of_edited(made, len(articles) - len(made))
    needed = sorted({place for pair in pairs for place in (pair.publication, pair.article)})
    return Set(tuple(articles), tuple(pairs), seen.of(needed), counts)


def _article(row: Mapping[str, Any], place: int) -> Article:
    if row.get("time"):
        return article_from_row(row, place, time_of(row))
    found = dates.find(str(row.get("published") or ""))
    return article_from_row(row, place, found[0].at if found else None)


def _digest(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


class _Vectors:
    """The centred vectors of articles, each made once, when it is first asked for."""

    def __init__(self, articles: list[Article], embedder: Embedder) -> None:
        self._articles, self._embedder, self._centres = articles, embedder, prior_centres()
        self._made: dict[int, FloatArray] = {}

    def of(self, places: Sequence[int]) -> dict[int, FloatArray]:
        new = [place for place in places if place not in self._made]
        raw = self._embedder.embed([text_for(self._articles[place]) for place in new])
        for place, vector in zip(new, raw, strict=True):
            self._made[place] = self._centres.centred(vector, self._articles[place].language)
        return {place: self._made[place] for place in places}


def _ordered(articles: Sequence[Article], one: int, other: int) -> tuple[int, int]:
    return (one, other) if (articles[one].published, one) < (articles[other].published, other) else (other, one)


def _later(articles: Sequence[Article], one: int, other: int) -> bool:
    return timedelta() < articles[other].published - articles[one].published <= WINDOW


def _of_stories(articles: Sequence[Article], stories: Sequence[str], seen: _Vectors, counts: Counts) -> Iterator[Pair]:
    rows = np.stack(list(seen.of(range(len(articles))).values()))
    words = [{word: counts.weight(word) for word in terms_of(article).words} for article in articles]
    for one, story in enumerate(stories):
        after = [other for other in range(len(articles)) if _later(articles, one, other)]
        yield from (Pair(one, other, True, "retold", story) for other in after if stories[other] == story)
        others = [other for other in after if stories[other] != story]
        cosines = rows @ rows[one]
        by_meaning = sorted(others, key=lambda other: -float(cosines[other]))[:NEAREST]
        shared = {other: sum(weight for word, weight in words[one].items() if word in words[other]) for other in others}
        by_words = sorted(others, key=lambda other: -shared[other])[:NEAREST]
        by_chance = sorted(others, key=lambda other: _digest(f"{one} {other}"))[:CHANCE]
        yield from (Pair(one, other, False, "retold", story) for other in dict.fromkeys([*by_meaning, *by_words, *by_chance]))


def _of_groups(rows: Sequence[Mapping[str, Any]], articles: Sequence[Article]) -> Iterator[Pair]:
    members: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        members[str(row["group"])].append(place)
    for group, places in members.items():
        for one, other in combinations(places, 2):
            first, second = _ordered(articles, one, other)
            if _later(articles, first, second):
                yield Pair(first, second, True, "copied", group)


def _read(articles: Sequence[Article]) -> Iterator[Pair]:
    """The pairs a reader has labelled, of those articles that are here."""
    places = {article.id[:_KEY]: place for place, article in enumerate(articles)}
    with resources.files("kentongan.measure").joinpath("data", "echo-labels.txt").open(encoding="utf-8") as lines:
        for left, right, label in csv.reader(lines):
            if left in places and right in places:
                first, second = _ordered(articles, places[left], places[right])
                yield Pair(first, second, label == "1", "retold", articles[first].id)


def _rivals(articles: Sequence[Article], stories: Sequence[str], pairs: Sequence[Pair], seen: _Vectors) -> dict[int, int]:
    """For publications one that resembles it and is told apart from it: of another story the nearest, or by the reader's "no"."""
    if not stories:
        return {pair.publication: pair.article for pair in pairs if not pair.carries}
    rows = np.stack(list(seen.of(range(len(articles))).values()))
    found: dict[int, int] = {}
    for one, story in enumerate(stories):
        order: list[int] = np.argsort(-(rows @ rows[one]), kind="stable").tolist()
        at = articles[one].published
        rival = next((other for other in order if stories[other] != story and abs(articles[other].published - at) <= WINDOW / 2), None)
        if rival is not None:
            found[one] = rival
    return found


Made = tuple[How, int, Article, int]
"""The way, the place of the publication, the edited article that carries it, and the publication that resembles it."""


def _edited(articles: Sequence[Article], stories: Sequence[str], rivals: Mapping[int, int]) -> Iterator[Made]:
    chosen = sorted((one for one in rivals if len(articles[one].text) >= _SHORTEST), key=lambda one: _digest(articles[one].id))[:EDITED]
    for number, one in enumerate(chosen):
        hosts = sorted(range(len(articles)), key=lambda other: _digest(f"host {articles[one].id} {articles[other].id}"))
        host = next(other for other in hosts if _strangers(articles, stories, (one, rivals[one]), other))
        after = max(articles[one].published, articles[rivals[one]].published)
        yield "copied", one, replace(_copied(articles[one], number), published=after + _hours(articles[one])), rivals[one]
        yield "quoted", one, replace(_quoted(articles[one], articles[host], number), published=after + _hours(articles[one])), rivals[one]


def _strangers(articles: Sequence[Article], stories: Sequence[str], ones: Sequence[int], host: int) -> bool:
    if len(articles[host].text) < _SHORTEST:
        return False
    return all((stories[one] != stories[host]) if stories else (articles[one].outlet != articles[host].outlet) for one in ones)


def _of_edited(made: Sequence[Made], begin: int) -> list[Pair]:
    found = []
    for place, (how, one, edited, rival) in enumerate(made, start=begin):
        found += [Pair(one, place, True, how, edited.section), Pair(rival, place, False, how, edited.section)]
    return found


def _moved(article: Article, source: Article, name: str, title: str, text: str) -> Article:
    """An edited article under an address and an outlet of its own; `section` keeps the publication's id for the part."""
    url = f"https://evaluation.invalid/{name}/{source.id}"
    return replace(article, id=article_id(url), url=url, outlet=f"{name}.invalid", title=title, text=text, section=source.id)


def _hours(source: Article) -> timedelta:
    """How long after the publication an edited article comes: one to 48 hours."""
    return timedelta(hours=1 + _digest(source.id) % 48)


def _copied(source: Article, number: int) -> Article:
    sentences = [source.text[start:end] for start, end in spans(source.text)]
    kept = [line for place, line in enumerate(sentences) if place == 0 or _digest(f"{source.id} {place}") % 4]
    kept = kept[: max(3, len(kept) - number % (1 + len(kept) // 3))]
    kept.insert(len(kept) // 2, _POINTER[_tongue(source)])
    return _moved(source, source, "copied", f"{_TITLE[_tongue(source)]} ({number})", "\n".join(kept))


def _quoted(source: Article, host: Article, number: int) -> Article:
    lines = [source.text[start:end] for start, end in spans(source.text)]
    long = [line for line in lines if len(line.replace("_", " ").split()) >= _KEY][:6] or lines[:3]
    taken = long[number % max(1, len(long) - 2) :][: 1 + number % 3]
    said = "“" + "  ".join(taken).replace('"', "”").replace(" - ", " — ") + "”"
    sentences = [host.text[start:end] for start, end in spans(host.text)]
    sentences.insert(len(sentences) // 2, _SPOKE[_tongue(source)] + said)
    return _moved(host, source, "quoted", host.title, "\n".join(sentences))


def _tongue(article: Article) -> str:
    return "vi" if article.language == "vi" else "id"
