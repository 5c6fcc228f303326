"""What the API says of publications. Colleagues are named as on the pages, nobody else is."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema

from kentongan.office.api.statements_schemas import Sentence, TextBrief


class Publication(Schema):
    """That a named person published the text `number` of a statement, known by its hash.

    `state`: published, corrected (another took its place) or withdrawn, `since` when. `corrects` is the statement whose place it took,
    `wrong` what was wrong there. `not_before`: held back from everybody outside until then; `stopped`: when it was stopped instead,
    because something it rests on had changed, so that nobody outside read it. `review_due` only where one person published it alone.
    `address`: where everybody reads it, null for papers that are not for everybody.
    """

    statement: int
    issue: int
    kind: str
    language: str
    number: int
    text_hash: str
    at: datetime
    not_before: datetime | None
    stopped: datetime | None
    by: str
    state: str
    since: datetime
    corrects: int | None
    wrong: str
    review_due: datetime | None
    review: str
    reviewed_by: str | None
    reviewed_at: datetime | None
    address: str | None


class PublicationPage(Schema):
    """Publications, the latest first; `newsroom` is the JSON feed that everybody reads without a token."""

    rows: list[Publication]
    next: str | None
    newsroom: str


class GivenOut(Schema):
    """That somebody gave it out through a channel besides; `name` says which other way it was."""

    channel: str
    name: str
    by: str
    at: datetime


class PublicationDetail(Schema):
    """One publication whole. `mark` is what everybody must read with it (corrected, withdrawn, what it corrects; else empty). `given_out`:
    through what it went besides; of a correction it says who of those that heard the wrong version was told."""

    publication: Publication
    text: str
    sentences: list[Sentence]
    mark: str
    corrected_by: int | None
    texts: list[TextBrief]
    given_out: list[GivenOut]


class NewsTopic(Schema):
    """A topic and how many readers chose it: ten at least."""

    topic: str
    readers: int


class NewsMailing(Schema):
    """A mailing about the publication of a statement (`act`: published or withdrawn) and what became of it (`delayed`: sent, and
    reported as not delivered yet); null stands for one to nine."""

    statement: int
    title: str
    act: str
    correction: bool
    at: datetime
    sent: int | None
    waiting: int | None
    lost: int | None
    delayed: int | None


class NewsReaders(Schema):
    """Who reads the newsroom by e-mail, in numbers (null for one to nine), never who; the latest twenty mailings."""

    readers: int | None
    all_topics: int | None
    topics: list[NewsTopic]
    mailings: list[NewsMailing]
