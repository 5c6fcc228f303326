"""What the API says of the echo of a publication. Outlets are named, people never; posts of the public are counted from ten on."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema

from kentongan.office.api.schemas import Number, Reason, Strict


class EchoOutlet(Schema):
    """An outlet of the press that has something of the publication: in how many articles, the first of them when."""

    name: str
    articles: int
    first: datetime


class EchoMessage(Schema):
    """A key message, the outlets it came through in, when first, and how many articles deny it."""

    text: str
    outlets: list[str]
    first: datetime | None
    denied: int


class EchoQuestion(Schema):
    """What is asked since. `posts` is null below ten; `answered`: the publication answers it, and it is asked all the same."""

    question: str
    outlets: int
    posts: int | None
    answered: bool


class EchoWindow(Schema):
    """Articles of the press on the matter, copies left out, by how many outlets; `claim` of them make the claim."""

    texts: int
    claim: int
    outlets: int


class EchoEffect(Schema):
    """The share that makes the claim, after less before, with its 95 % interval (null change: a window is empty). After is not because.

    `verdict`: fell or rose where the whole interval is on one side of nought, else none; `least` is the smallest fall that would have been
    seen.
    """

    before: EchoWindow
    after: EchoWindow
    change: float | None
    low: float
    high: float
    verdict: str
    least: float | None
    reason: Reason


class EchoMissed(Schema):
    """Outlets and languages that tell of the matter and have not carried it; wards that no article names that carries it, of `of_wards`."""

    outlets: list[str]
    languages: list[str]
    wards: list[str]
    of_wards: int


class Echo(Schema):
    """What became of a publication. `carrying` of `told` outlets that write about the matter carry it; `posts` is null below ten;
    `effect` is null where no claim is linked with the issue. It is followed `until`; `looked_at` articles so far."""

    sentence: str
    until: datetime
    followed: bool
    looked_at: int
    updated: datetime
    first: datetime | None
    told: int
    carrying: list[str]
    official: list[str]
    posts: int | None
    outlets: list[EchoOutlet]
    through: int
    messages: list[EchoMessage]
    questions: list[EchoQuestion]
    effect: EchoEffect | None
    missed: EchoMissed


class PublicationEcho(Schema):
    """The echo of the publication of a statement; null until it is first looked for, some minutes after it was published."""

    statement: int
    echo: Echo | None


class EchoTie(Schema):
    """An article of an outlet that carries a publication or denies it (`way`: copied, quoted, retold, denied), how surely, and why.

    `article`, `title` and `url` are empty once the article is kept no longer. `refused_by`: who said that it is not ours; it counts no
    more.
    """

    id: int
    article: int | None
    title: str
    url: str
    outlet: str
    source_kind: str
    language: str
    at: datetime
    way: str
    score: float
    reasons: list[Reason]
    passage: str
    refused_by: str | None
    refused_at: datetime | None


class EchoTiePage(Schema):
    """Ties, the latest article first."""

    rows: list[EchoTie]
    next: str | None


class TieJudge(Strict):
    """Whether the article of this tie is ours."""

    tie: Number
    ours: bool
