"""What the API says of how the office is run: settings, work, condition, backups, what is kept, who is told. Never a secret."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, WithJsonSchema

from kentongan.office.api import schemas

OfDay = Annotated[time, WithJsonSchema({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$"})]
"""A time of day as it is told: in the office's own time, so without the zone that `format: time` asks for (RFC 3339)."""
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$")]
"""The same as it comes in, as 21:30."""


class Setting(Schema):
    """A setting as it holds. A secret says only that it is set. `own` is the office's own value, `version` counts its changes."""

    name: str
    value: str
    origin: str
    sentence: str
    changeable: bool
    own: str
    version: int
    by: str
    at: datetime | None


class SettingList(Schema):
    """Every setting, those the office may change first."""

    rows: list[Setting]


class Job(Schema):
    """A job that waits or runs."""

    id: int
    task: str
    what: str
    status: str
    scheduled: datetime | None
    attempts: int


class Work(Schema):
    """How many jobs wait, are due and run, and the first fifty of them."""

    waiting: int
    due: int
    running: int
    jobs: list[Job]


class ParkedJob(Schema):
    """Work that cannot succeed as it is, and why."""

    id: int
    task: str
    what: str
    reason: str
    tries: int
    at: datetime


class ParkedPage(Schema):
    """A page of parked work, the latest first."""

    rows: list[ParkedJob]
    next: str | None


class Finding(Schema):
    """One thing that was looked at; `remedy` is empty where nothing is to be done."""

    title: str
    ok: bool
    said: str
    remedy: str


class Taken(Schema):
    """What one kind of thing takes on the disk."""

    title: str
    megabytes: float


class DayCount(Schema):
    """Articles that were published on a day."""

    day: datetime
    articles: int


class Condition(Schema):
    """How everything is, what is not well first. `sizes` is empty where other offices share the disk."""

    findings: list[Finding]
    wrong: int
    sizes: list[Taken]
    days: list[DayCount]
    versions: dict[str, str]


class Backup(Schema):
    """A backup that was made. `verified` is when it was restored on trial and was the same; `size` is 0 where other offices share it."""

    id: int
    at: datetime
    size: int
    verified: datetime | None
    outcome: str


class BackupPage(Schema):
    """A page of backups, the latest first."""

    rows: list[Backup]
    next: str | None


class KeptKind(Schema):
    """What is kept for how many days, the oldest there is at this moment, and the last run of forgetting."""

    kind: str
    what: str
    days: int
    oldest: datetime | None
    kept: bool
    last_run: datetime | None
    deleted: int | None


class KeptList(Schema):
    """Every kind of thing that is forgotten."""

    rows: list[KeptKind]


class Token(Schema):
    """A token that is good, without its secret, which nobody has but its program."""

    id: int
    name: str
    person: int
    person_name: str
    scopes: list[str]
    created: datetime
    expires: datetime
    used: datetime | None


class TokenPage(Schema):
    """A page of tokens; `next` is the number after which to go on."""

    rows: list[Token]
    next: int | None


class Hook(Schema):
    """An address that is told of events, without its secret."""

    id: int
    name: str
    url: str
    events: list[str]
    by: str
    created: datetime
    paused: bool
    failures: int
    version: int


class HookList(Schema):
    """The addresses that are told: 20 at most."""

    rows: list[Hook]


class HookDelivery(Schema):
    """One event on its way to one address."""

    id: int
    event: str
    at: datetime
    state: Literal["waiting", "delivered", "given_up"]
    tries: int
    status: int
    detail: str


class HookDeliveryPage(Schema):
    """A page of what an address was told in the last thirty days, the latest first."""

    rows: list[HookDelivery]
    next: str | None


class Route(Schema):
    """Who is told of which signals and silences, and how; what is empty narrows nothing, but that no silence is told without its kind."""

    id: int
    name: str
    paused: bool
    level: str
    topics: list[str]
    watches: list[int]
    place: int | None
    source_kind: str
    silences: list[str]
    roles: list[str]
    people: list[int]
    agency: int | None
    addresses: list[int]
    channels: list[str]
    quiet_from: OfDay | None
    quiet_until: OfDay | None
    wait_min: int | None
    version: int


class RoutePage(Schema):
    """A page of routes; `next` is the number after which to go on."""

    rows: list[Route]
    next: int | None


class Outside(Schema):
    """An address outside that is told alerts: of its own address only the host."""

    id: int
    kind: str
    name: str
    host: str
    language: str
    failures: int
    created: datetime
    by: str
    version: int


class OutsidePage(Schema):
    """A page of addresses outside; `next` is the number after which to go on."""

    rows: list[Outside]
    next: int | None


class OutsideDelivery(Schema):
    """One message to an address outside."""

    id: int
    alert: int | None
    state: str
    at: datetime
    tries: int
    status: int
    detail: str


class OutsideDeliveryPage(Schema):
    """A page of what an address outside was told, the latest first."""

    rows: list[OutsideDelivery]
    next: str | None


class Browser(Schema):
    """One's own browser that shows alerts."""

    id: int
    name: str
    created: datetime
    reached: datetime | None


class Wishes(Schema):
    """How one is told oneself."""

    mail: bool
    push: bool
    quiet_from: OfDay | None
    quiet_until: OfDay | None
    browsers: list[Browser]


# What comes in


class SettingIn(schemas.Strict):
    """Another value for one of the office's settings; `version` is the one that was read (0 where there was none)."""

    name: schemas.Word
    value: schemas.Text
    version: schemas.Version


class HookChange(schemas.Strict):
    """A webhook as it shall be, whole, at the `version` that was read."""

    version: schemas.Version
    name: schemas.Word
    url: schemas.Address
    events: Annotated[list[schemas.Word], Field(min_length=1, max_length=20)]


class RouteIn(schemas.Strict):
    """A route as it shall be, whole. What is empty narrows nothing; numbers are of the office's own rows."""

    name: schemas.Word
    level: schemas.LevelName = "high"
    topics: Annotated[list[schemas.Word], Field(max_length=50)] = []
    watches: Annotated[list[schemas.Number], Field(max_length=100)] = []
    place: schemas.Number | None = None
    source_kind: Literal["", "press", "official", "public"] = ""
    silences: Annotated[list[schemas.Word], Field(max_length=7)] = ["system", "job", "sources", "source"]
    roles: Annotated[list[schemas.Word], Field(max_length=13)] = []
    people: Annotated[list[schemas.Number], Field(max_length=100)] = []
    agency: schemas.Number | None = None
    addresses: Annotated[list[schemas.Number], Field(max_length=100)] = []
    channels: Annotated[list[Literal["mail", "push"]], Field(max_length=2)] = []
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None
    wait_min: Annotated[int, Field(ge=1, le=10_000)] | None = None
    paused: bool = False


class RouteChange(RouteIn):
    """A route as it shall be, at the `version` that was read."""

    version: schemas.Version


class WishesIn(schemas.Strict):
    """How one wants to be told oneself; quiet hours have both edges or none."""

    mail: bool
    push: bool
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None
