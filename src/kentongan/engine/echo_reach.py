"""What of a publication came through, what is still asked, and which outlets, languages and wards it did not reach.

Message by message: a publication is carried by the sentence that is easiest to print, seldom by the one that says what to do. A key message
came through in an article where most of it stands there word for word, or where one sentence of the article surely says the same and
contradicts it in no number, date, opposite or negation (`claims_match`). A message whose words stand there denied is listed apart.

Questions: those asked after the publication (`voids` groups them). Each remains unless the publication or one of its messages is an
answer by the bar of `voids`; one that it answers and that is asked all the same is listed too, for it was not understood or not heard.

Not reached, never who: outlets and languages that told of the matter before or after and carried nothing, and wards in which neither an
article that carries it nor public posts speak of it. Posts stand for people: a ward counts as reached by posts only where its own count may
be shown (`disclosure`, `K` or more), so that "not reached" is the same for none and for nine.

Known failures. An article is about the wards it names; who reads it there is not known. An outlet that told nothing of the matter at all
is not in the list, nobody was asked to.

Does not judge articles (`echo`) and does not say what changed (`echo_effect`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kentongan.engine import voids
from kentongan.engine.claims_facts import facts_of
from kentongan.engine.claims_match import Side, likeness
from kentongan.engine.disclosure import Cell, release, shown
from kentongan.engine.echo import Carried, Publication
from kentongan.engine.echo_quotes import share_quoted
from kentongan.engine.records import Article, Language
from kentongan.engine.vectors import FloatArray

MOST = 0.6
"""The share of a message that must stand in an article word for word."""
_POSTS = "posts"


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence with its centred vector: a key message of the publication, or a sentence of an article that carries it."""

    text: str
    language: Language
    vector: FloatArray


@dataclass(frozen=True, slots=True)
class Through:
    """A key message: the articles and outlets it came through in, when first (None: nowhere), and the articles that deny it."""

    message: str
    articles: tuple[str, ...]
    outlets: tuple[str, ...]
    first: datetime | None
    denied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remaining:
    """A question asked after the publication. `answered`: the publication answers it, and it is asked all the same.

    `posts` is None where fewer public posts ask it than may be shown.
    """

    question: str
    outlets: int
    posts: int | None
    answered: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """Outlets, languages and wards that were not reached, each sorted."""

    outlets: tuple[str, ...]
    languages: tuple[Language, ...]
    wards: tuple[str, ...]


def messages_through(
    publication: Publication,
    messages: Sequence[Passage],
    carried: Iterable[tuple[Article, Carried]],
    passages: Mapping[str, Sequence[Passage]],
) -> tuple[Through, ...]:
    """Where each message came through. `passages` are the sentences of articles, by article; of one without them only its words are
    read."""
    ones = sorted((pair for pair in carried if pair[1].way != "none"), key=lambda pair: (pair[0].published, pair[0].id))
    sides = {article.id: [_side(one) for one in passages.get(article.id, ())] for article, _ in ones}
    return tuple(_through(publication, message, ones, sides) for message in messages)


def _side(one: Passage) -> Side:
    return Side(facts_of(one.text, one.language), one.vector)


def _through(
    publication: Publication, message: Passage, ones: Sequence[tuple[Article, Carried]], sides: Mapping[str, Sequence[Side]]
) -> Through:
    mine = _side(message)
    said: list[Article] = []
    denied: list[str] = []
    for article, one in ones:
        verdict = by_words(publication, message.text, one) or _told(mine, sides[article.id])
        if verdict == "said":
            said.append(article)
        elif verdict == "denied":
            denied.append(article.id)
    return Through(
        message.text,
        tuple(article.id for article in said),
        tuple(sorted({article.outlet for article in said if article.source_kind != "public"})),
        said[0].published if said else None,
        tuple(denied),
    )


def by_words(publication: Publication, message: str, one: Carried) -> str:
    """What the words of an article alone say of a message: `said`, `denied`, or nothing; only then its sentences are asked for their
    meaning."""
    start = publication.text.find(message)
    if start < 0:
        return ""
    end = start + len(message)
    if share_quoted(one.quotes, start, end) >= MOST:
        return "said"
    return "denied" if any(quote.turned and quote.start < end and start < quote.end for quote in one.quotes) else ""


def _told(mine: Side, theirs: Sequence[Side]) -> str:
    likes = [likeness(mine, one) for one in theirs]
    if any(like.sure for like in likes):
        return "said"
    return "denied" if any(like.suggest and like.hard for like in likes) else ""


def questions_remaining(publication: Publication, messages: Sequence[Passage], asked: Iterable[voids.Asked]) -> tuple[Remaining, ...]:
    """The questions asked after the publication, those asked in most places first. Equal questions in any order give the same."""
    pages = [voids.page_of(f"message {place}", one.text, one.language, one.vector) for place, one in enumerate(messages)]
    if publication.vector is not None:
        lead = f"{publication.title} {publication.text}"
        pages.append(voids.page_of(publication.id, lead, publication.language, publication.vector))
    groups = voids.groups(one for one in asked if one.at > publication.at)
    return tuple(
        Remaining(
            group.first.text,
            group.outlets,
            shown(group.posts),
            voids.answer_for(group.first.text, group.first.language, group.first.vector, pages) is not None,
        )
        for group in groups
    )


def not_reached(
    matter: Iterable[Article],
    carried: Iterable[Carried],
    wards: Mapping[str, tuple[str, ...]],
    places: Mapping[str, Iterable[str]],
) -> Missed:
    """Who told of the matter and carried nothing, and the wards nothing speaks of.

    `matter` are all articles on it, public posts among them; `wards` leads from each ward to its path from the city; `places` from an
    article to the wards it names.
    """
    articles = {article.id: article for article in matter}
    carrying = [articles[one.article] for one in carried if one.carries and one.article in articles]
    press = [article for article in carrying if article.source_kind != "public"]
    outlets = {article.outlet for article in articles.values() if article.source_kind != "public"} - {one.outlet for one in press}
    spoken_in: set[Language] = {one.language for one in press}
    languages: set[Language] = {article.language for article in articles.values() if article.language not in spoken_in}
    named = {ward for article in press for ward in places.get(article.id, ())}
    posts: dict[str, int] = defaultdict(int)
    for article in carrying:
        for ward in set(places.get(article.id, ())) & wards.keys() if article.source_kind == "public" else ():
            posts[ward] += 1
    groups = release(Cell(_POSTS, wards[ward], count) for ward, count in posts.items()).groups
    spoken = {group.place for group in groups if not group.rest}
    missed = (ward for ward, path in wards.items() if ward not in named and path[-1] not in spoken)
    return Missed(tuple(sorted(outlets)), tuple(sorted(languages)), tuple(sorted(missed)))
