"""Search by words, by the same words in other languages, and by meaning, merged.

By words: PostgreSQL full text without accents ("dia phuong" finds "địa phương"), quoted phrases and -exclusions; the configurations are in
migration 0002. By the same words: the same search with the words the other languages have for it (`engine.same_words`). By meaning: the
articles whose vectors lie closest to the query's, in any language. What has the very words comes first, then what has them in another
language, then what is near in meaning. Scores of the lists cannot be compared, so within these the lists are merged by reciprocal rank: an
article gets 1/(60+rank) from each list it stands in (Cormack, Clarke and Büttcher 2009, who found k = 60 good and not sensitive). Every
result says which list brought it.

A meaning list always has a nearest neighbour, however far; where it ends is said in `meaning`. An exclusion holds for both lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import islice, product

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import QuerySet

from kentongan.engine.same_words import bare as fold
from kentongan.engine.same_words import same_words
from kentongan.engine.vectors import Embedder
from kentongan.office.kept import Kept
from kentongan.office.listening.meaning import asked, nearest
from kentongan.office.listening.models import Article
from kentongan.office.listening.presenting import Piece, pieces
from kentongan.office.listening.queries import SPANS
from kentongan.office.people.models import Office

SHOWN = 50
DEEP = 100
WAYS = 120
"""At most so many ways to say several words are asked for, the first ones of each line first."""
NEWEST = 250
"""So many of the latest articles with the words are compared; an office that looks for a common word means what is said now."""
WINDOWS = (timedelta(days=30),)
"""Looked through before all there is, until NEWEST are found. A window of three days before it made searches
a tenth to two fifths dearer at 200,000 articles."""
RRF_K = 60
AROUND = 110
_FUNCTION_WORDS = frozenset(
    {"a", "an", "and", "are", "at", "by", "for", "from", "in", "is", "it", "of", "on", "or", "that", "the", "this", "to", "was", "were"}
    | {"what", "when", "where", "which", "who", "with", "apa", "dan", "dari", "dengan", "di", "dia", "ini", "itu", "ke", "mana", "oleh"}
    | {"pada", "untuk", "yang"}
)
_TOKEN = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')
_WORD = re.compile(r"\w+")


class OfficeQuery(SearchQuery):
    """A search in the three text configurations at once; see the migration for `kentongan_query`."""

    def __init__(self, words: str) -> None:
        super().__init__(words, search_type="websearch")
        self.function = "kentongan_query"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed. `wanted` goes to the full-text search as it is; `barred` are words and phrases with a minus.

    `ways` are several ways to say what is wanted, where there are; then these are looked for.
    """

    wanted: str
    barred: tuple[str, ...]
    ways: tuple[str, ...] = ()

    @property
    def terms(self) -> frozenset[str]:
        """The single words to highlight, folded; function words are left alone, or every line would be full of them."""
        return frozenset(fold(word) for word in _WORD.findall(self.wanted)) - _FUNCTION_WORDS

    @property
    def plain(self) -> str:
        """The wanted words without quotation marks, for the meaning."""
        return self.wanted.replace('"', " ").strip()


def wish_from(typed: str) -> Wish:
    """Split what was typed into wanted and barred parts. An open quotation mark is read as a plain character."""
    wanted, barred = [], []
    for minus, phrase, word in _TOKEN.findall(typed.replace("\0", " ").replace("“", '"').replace("”", '"')):
        part = f'"{phrase}"' if phrase else word.strip('"').lstrip('-"')
        if not part:
            continue
        (barred if minus else wanted).append(part)
    return Wish(" ".join(wanted), tuple(barred))


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What a search is narrowed to; empty means all."""

    language: str = ""
    outlet: str = ""
    kind: str = ""
    span: str = ""


@dataclass(slots=True)
class Hit:
    """One result: the article, where it stood in each list (0-based, None if it did not), its marked title and passage.

    `by_same` is the list of the same words in other languages.
    """

    article: Article
    by_words: int | None = None
    by_meaning: int | None = None
    title: Sequence[Piece] = field(default_factory=list)
    passage: Sequence[Piece] = field(default_factory=list)
    copies: int = 0
    by_same: int | None = None

    @property
    def group(self) -> int:
        """The original article this one repeats, else itself."""
        place = getattr(self.article, "membership", None)
        return (place.original_id if place is not None else None) or self.article.pk

    @property
    def score(self) -> float:
        ranks = [rank for rank in (self.by_words, self.by_same, self.by_meaning) if rank is not None]
        return sum(1 / (RRF_K + rank + 1) for rank in ranks)

    @property
    def languages(self) -> tuple[str, ...]:
        """The article's language, as the screens name languages."""
        return (self.article.language,)

    @property
    def tier(self) -> int:
        """The very words before the same words in another language before what is near."""
        return 0 if self.by_words is not None else 1 if self.by_same is not None else 2


def narrowed(office: Office, chosen: SearchFilter, barred: Iterable[str], now: datetime) -> QuerySet[Article]:
    """The office's articles under the filter, without the barred words."""
    rows = Article.objects.filter(office=office)
    if chosen.language:
        rows = rows.filter(language=chosen.language)
    if chosen.outlet:
        rows = rows.filter(outlet=chosen.outlet)
    if chosen.kind:
        rows = rows.filter(source_kind=chosen.kind)
    if chosen.span in SPANS:
        rows = rows.filter(published__gte=now - SPANS[chosen.span])
    for words in barred:
        rows = rows.exclude(search=OfficeQuery(words))
    return rows


def by_words(office: Office, chosen: SearchFilter, wish: Wish, now: datetime) -> list[int]:
    """Ids of the articles that have the words, best first, among the NEWEST that have them. One query.

    `kentongan_found` (migration 0007) uses the index on `search`, which row-level security forbids a query of ours.
    """
    since = now - SPANS[chosen.span] if chosen.span in SPANS else None
    values = [office.pk, list(wish.ways or [wish.wanted]), list(wish.barred), chosen.language, chosen.outlet, chosen.kind, since]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT * FROM kentongan_found(%s, kentongan_query_any(%s), ARRAY(SELECT kentongan_query(b) FROM unnest(%s::text[]) b),
            %s, %s, %s, %s::timestamptz, %s::timestamptz[], %s, %s)""",
            [*values, [now - window for window in WINDOWS], NEWEST, DEEP],
        )
        return [row[0] for row in cursor.fetchall()]


def in_other_words(wish: Wish) -> Wish | None:
    """The same wish in the words of the other languages too; None where the list has none, or a phrase or OR was typed."""
    as_it_stands = '"' in wish.wanted or "OR" in wish.wanted.split()
    parts = [] if as_it_stands else same_words(wish.wanted)
    ways = tuple(" ".join(f'"{word}"' for word in way) for way in islice(product(*parts), WAYS))
    return Wish(" ".join(ways), wish.barred, ways) if parts else None


def search(office: Office, typed: str, chosen: SearchFilter, embedder: Embedder | None, now: datetime) -> list[Hit]:
    """At most SHOWN results, merged. Without an embedder only the words as typed are searched. Ten queries at most, whatever is found."""
    wish = wish_from(typed)
    if not wish.wanted:
        return []
    rows = narrowed(office, chosen, wish.barred, now)
    thought = _thinking().submit(asked, embedder, wish.plain) if embedder is not None else None
    words = _ranked(by_words(office, chosen, wish, now))
    other = in_other_words(wish) if embedder is not None else None
    same = _ranked(by_words(office, chosen, other, now)) if other is not None else {}
    wanted = thought.result() if thought is not None else None
    meaning = _ranked(nearest(rows, wanted)) if wanted is not None else {}
    articles = _groups([*{*words, *same, *meaning}])
    hits = [Hit(article, words.get(article.pk), meaning.get(article.pk), by_same=same.get(article.pk)) for article in articles]
    best = folded(sorted(hits, key=lambda hit: (hit.tier, -hit.score, hit.article.published.timestamp(), hit.article.pk)))[:SHOWN]
    whole = {article.pk: article for article in _whole([hit.article.pk for hit in best])}
    for hit in best:
        hit.article = whole[hit.article.pk]
        terms = other.terms if other is not None and hit.tier == 1 else wish.terms
        hit.title = marked(hit.article.title, terms)
        hit.passage = marked(around(hit.article.text or hit.article.summary, terms), terms)
    return best


_groups = Kept(
    lambda articles: (
        Article.objects.filter(pk__any_of=articles)
        .order_by()
        .select_related("membership")
        .only("published", "membership__article_id", "membership__original_id")
    )
)
_whole = Kept(
    lambda articles: Article.objects.filter(pk__any_of=articles).order_by().select_related("membership").defer("embedding", "search")
)


@cache
def _thinking() -> ThreadPoolExecutor:
    """Makes the vector of what was typed while the database looks for the words."""
    return ThreadPoolExecutor(2, thread_name_prefix="meaning")


def _ranked(found: Iterable[int]) -> dict[int, int]:
    return {pk: rank for rank, pk in enumerate(found)}


def folded(hits: Iterable[Hit]) -> list[Hit]:
    """Copies folded into the best hit of their group, which counts them."""
    groups: dict[int, Hit] = {}
    for hit in hits:
        if hit.group in groups:
            groups[hit.group].copies += 1
        else:
            groups[hit.group] = hit
    return list(groups.values())


def spans(text: str, terms: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where words of the text match a term: the same word, or one that begins with a term of four letters or more."""
    wanted = [term for term in terms if term]
    long = tuple(term for term in wanted if len(term) >= 4)
    exact = set(wanted)
    for word in _WORD.finditer(text):
        folded = fold(word.group())
        if folded in exact or (long and folded.startswith(long)):
            yield word.span()


def marked(text: str, terms: Iterable[str]) -> list[Piece]:
    """The text cut into pieces, those that match a term marked."""
    return list(pieces(text, list(spans(text, terms))))


def around(text: str, terms: Iterable[str]) -> str:
    """The stretch of text around the first match, else its beginning; cut at words."""
    first = next(spans(text[:20_000], terms), None)
    start = max(0, first[0] - AROUND) if first is not None else 0
    end = min(len(text), start + 2 * AROUND + 40)
    if start:
        start = text.find(" ", start) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + 1)
    return f"{'… ' if start else ''}{text[start:end].strip()}{' …' if end < len(text) else ''}"
