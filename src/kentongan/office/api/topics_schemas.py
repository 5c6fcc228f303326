"""The office's list of topics as the API says it: words and counts, no item and no person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from kentongan.engine.topics_reading import LONGEST
from kentongan.office.api import schemas

Yaml = Annotated[str, Field(max_length=LONGEST)]


class Topic(Schema):
    """A topic: its code, its name in the language that was asked for, and its words by language."""

    code: str
    name: str
    words: dict[str, list[str]]


class ListVersion(Schema):
    """A list the office saved. `ended` is null for the one that counts."""

    number: int
    topics: int
    words: int
    by: str
    at: datetime
    ended: datetime | None


class TopicLists(Schema):
    """The list that counts: `number` is 0 for that of the program. `text` is it as it was written (YAML)."""

    number: int
    services: list[Topic]
    aspects: list[Topic]
    hidden: dict[str, list[str]]
    text: str
    versions: list[ListVersion]


class TopicsIn(schemas.Strict):
    """A list to look at."""

    text: Yaml


class TopicsSave(TopicsIn):
    """A list to save: `version` is the number of what counted when it was written; `no_person` says that no word is anybody's name."""

    version: schemas.Version
    no_person: bool = False


class TopicsBack(schemas.Strict):
    """`version` is the number of the list that counts."""

    version: schemas.Version


class TopicMove(Schema):
    """How many items would leave one topic for another; "" is none."""

    before: str
    after: str
    n: int


class TopicHolding(Schema):
    """How many items a topic has and would have. `wide`: more than a third of everything, so that it tells little."""

    topic: str
    before: int
    after: int
    gone: bool
    new: bool
    wide: bool


class Doubt(Schema):
    """A word that looks like the name of a person, and its line."""

    word: str
    line: int


class TopicsPreview(Schema):
    """What a list would change for the items of the last 30 days. `looked` of `total` were looked through, the newest."""

    since: datetime
    total: int
    looked: int
    moved: int
    moves: list[TopicMove]
    topics: list[TopicHolding]
    without_before: int
    without_after: int
    doubts: list[Doubt]
