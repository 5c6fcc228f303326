"""Keeps no longer than promised: one table says what is kept for how long, every run is written down, and the oldest row proves it.

Ages count from when a thing was seen, not from when it says it was published. A story goes with its last article, a signal with its story
(the engine's own windows are shorter than any allowed setting, so the journal before the last snapshot may lose entries without changing
what a restart gives). Signed briefings and the ledger stay as they are; destroyed pseudonym keys keep their row, without the salt. A
session counts from when it ran out by the machine's own clock, whatever the office's says: a living one is never ended here.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString, cast

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from kentongan.office.ledger import services as ledger
from kentongan.office.listening.models import Signal, Story
from kentongan.office.listening.retention_models import RetentionRun
from kentongan.office.people import scope
from kentongan.office.people import settings as office_settings
from kentongan.office.people.models import Office

LOG = logging.getLogger(__name__)
PIECE = 5_000
"""Rows deleted in one statement, so that no lock is held for long."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the promise: a table, the column that says how old a row is, and for how long it is kept.

    `setting` names the setting with the days, "" where `days` is fixed. `only` narrows what is deleted (SQL, no values); `whose` says which
    rows are an office's.
    """

    name: str
    title: str | Promise
    table: str
    column: LiteralString
    setting: str = ""
    days: int = 0
    only: LiteralString = ""
    whose: LiteralString = "office_id = %s"


RAN_OUT: LiteralString = (
    "coalesce((SELECT s.expire_date FROM django_session s WHERE s.session_key = usersessions_usersession.session_key), last_seen_at)"
)
"""When a session of a person ended; one that somebody ended has no row of its own any more and counts from when it was last seen."""
KINDS: tuple[Kind, ...] = (
    Kind("visits", _("Records of visits to sources"), "listening_visit", "at", "keep_raw_days"),
    Kind("articles", _("Articles and posts"), "listening_article", "seen", "keep_item_days"),
    Kind("stories", _("Stories without articles"), "listening_story", "changed", "keep_item_days", only="NOT EXISTS ("
         "SELECT 1 FROM listening_membership m WHERE m.story_id = listening_story.id)"),
    Kind("signals", _("Signals without a story"), "listening_signal", "updated", "keep_item_days", only="story_id IS NULL"),
    Kind("held_back", _("Signals held back beyond the day's budget"), "listening_heldback", "updated", "keep_item_days"),
    Kind("hazards", _("Hazard warnings"), "listening_hazard", "seen", "keep_item_days"),
    Kind("fact_checks", _("Fact-checks by others"), "listening_factcheck", "seen", "keep_item_days"),
    Kind("claims", _("Claims that nobody decided about"), "listening_claim", "last", "keep_item_days", only="truth = 'unverified'"),
    Kind("questions", _("Questions that were asked"), "listening_question", "at", "keep_item_days"),
    Kind("proposals", _("Proposed sources"), "listening_sourceproposal", "first", "keep_item_days", only="state <> 'added'"),
    Kind("pushes", _("Receipts of signed pushes"), "listening_pushreceipt", "at", days=1),
    Kind("silences", _("Silences that ended"), "listening_silence", "since", "keep_count_days", only="ended IS NOT NULL"
         " AND NOT EXISTS (SELECT 1 FROM alerting_alert a WHERE a.silence_id = listening_silence.id)"),
    Kind("hour_counts", _("How much was heard of each topic and place, by the hour"), "listening_hourcount", "hour", days=70),
    Kind("period_counts", _("How much was heard of each topic and place, by week and month"), "listening_periodcount",
         "(start::timestamp AT TIME ZONE 'UTC')", "keep_count_days"),
    Kind("deliveries", _("Deliveries to webhooks"), "api_delivery", "at", days=30),
    Kind("alert_deliveries", _("Messages about alerts"), "alerting_alertdelivery", "at", days=30, only="state NOT IN ('waiting', 'held')"),
    Kind("alert_steps", _("Steps of alerts"), "alerting_alertstep", "at", "keep_item_days", only="EXISTS ("
         "SELECT 1 FROM alerting_alert a WHERE a.id = alert_id AND a.state = 'ended')"),
    Kind("alerts", _("Alerts that are over"), "alerting_alert", "updated", "keep_item_days", only="state = 'ended' AND NOT EXISTS ("
         "SELECT 1 FROM alerting_alertstep s WHERE s.alert_id = alerting_alert.id) AND NOT EXISTS ("
         "SELECT 1 FROM alerting_alertdelivery d WHERE d.alert_id = alerting_alert.id)"),
    Kind("unconfirmed", _("Addresses of readers that nobody confirmed"), "newsroom_subscription", "expires", days=1,
         only="state = 'waiting'"),
    Kind("readers_aside", _("Addresses of readers that do not exist"), "newsroom_subscription", "aside", days=30, only="state = 'aside'"),
    Kind("letters", _("Which letters were sent, without addresses"), "newsroom_letter", "at", "keep_item_days",
         only="state NOT IN ('waiting', 'taken')"),
    Kind("invitations", _("Invitations that ran out"), "people_invitation", "expires", "keep_item_days", only="taken IS NULL"),
    Kind("holders", _("Office holders whose term is over"), "people_officeholder", "until", days=30),
    Kind("sessions", _("Sessions that ran out"), "usersessions_usersession", RAN_OUT, days=1, only=RAN_OUT + " < clock_timestamp()",
         whose="user_id IN (SELECT id FROM people_user WHERE office_id = %s)"),
    Kind("counts", _("Complaint counts by topic and place"), "listening_topiccount", "\"end\"", "keep_count_days"),
    Kind("tones", _("Counts of how agencies and watches are spoken of"), "listening_tonecount",
         "(day::timestamp AT TIME ZONE 'UTC')", "keep_item_days"),
    Kind("teachings", _("What labels taught the engine, and how it was judged"), "listening_teaching", "asked_at", "keep_count_days",
         only="state <> 'active'"),
    Kind("topic_lists", _("Lists of topics that count no more"), "listening_topiclist", "ended_at", "keep_count_days",
         only="ended_at IS NOT NULL"),
    Kind("runs", _("Records of these runs"), "listening_retentionrun", "at", "keep_count_days"),
)  # fmt: skip
"""What is promised, in the order in which it is done. The transparency page says the same table."""
_SPECIAL = {"articles", "stories", "signals"}


def days_of(kind: Kind, keep: Mapping[str, int]) -> int:
    """For how many days a kind is kept."""
    return int(keep[kind.setting]) if kind.setting else kind.days


def keep_for(office: Office) -> dict[str, int]:
    """The settings the table names, as they hold for the office. One query."""
    config = office_settings.of(office.pk)
    return {kind.setting: int(config[kind.setting]) for kind in KINDS if kind.setting}


def run(office: Office, now: datetime, keep: Mapping[str, int]) -> dict[str, int]:
    """Delete what is older in one office, in pieces, then write down what was deleted and the oldest that is left."""
    deleted: dict[str, int] = {}
    for kind in KINDS:
        before = now - timedelta(days=days_of(kind, keep))
        if kind.name == "articles":
            deleted[kind.name] = _articles(office, before)
        elif kind.name == "stories":
            deleted[kind.name] = Story.objects.filter(office=office, members=None, changed__lt=before).delete()[1].get("listening.Story", 0)
        elif kind.name == "signals":
            deleted[kind.name] = Signal.objects.filter(office=office, story=None, updated__lt=before).delete()[1].get("listening.Signal", 0)
        elif kind.name == "sessions":
            deleted[kind.name] = _sessions(office, kind, before)
        else:
            deleted[kind.name] = _rows(office, kind, before)
    with transaction.atomic():
        oldest = get_oldest(office)
        RetentionRun.objects.bulk_create(
            RetentionRun(
                office=office, at=now, kind=kind.name, before=now - timedelta(days=days_of(kind, keep)), deleted=deleted[kind.name],
                oldest=oldest[kind.name],
            )
            for kind in KINDS
        )  # fmt: skip
        said = {name: count for name, count in deleted.items() if count}
        ledger.write("retention.run", office=office.pk, actor=None, at=now, subject="retention", detail=said)
    return deleted


def forget(now: datetime) -> dict[str, int]:
    """Every office in turn, each in its own scope and by its own settings; gives how many rows of each kind, and logs it."""
    total = {kind.name: 0 for kind in KINDS}
    with scope.everything():
        offices = list(Office.objects.order_by("pk"))
    for office in offices:
        with scope.scope(office.pk):
            for name, count in run(office, now, keep_for(office)).items():
                total[name] += count
    with scope.everything():
        total["sessions"] += forget_nobodys()
    LOG.info("kept no longer than promised: %s", ", ".join(f"{count} {name} deleted" for name, count in total.items()))
    return total


def get_oldest(office: Office) -> dict[str, datetime | None]:
    """The oldest row of each kind that the promise is about. One query for all."""
    parts = [
        sql.SQL("(SELECT min({column}) FROM {table} WHERE {whose} AND {only})").format(
            column=sql.SQL(kind.column),
            table=sql.Identifier(kind.table),
            whose=sql.SQL(kind.whose),
            only=sql.SQL(kind.only or "true"),
        )
        for kind in KINDS
    ]
    with cast("Any", connection.cursor()) as cursor:
        cursor.execute(sql.SQL("SELECT ") + sql.SQL(", ").join(parts), [office.pk] * len(KINDS))
        (row,) = cursor.fetchall()
    return dict(zip((kind.name for kind in KINDS), row, strict=True))


@dataclass(frozen=True, slots=True)
class Proof:
    """A kind as its page shows it: `kept` is true where nothing is older than promised (a day is left for the nightly run)."""

    kind: Kind
    days: int
    oldest: datetime | None
    last: RetentionRun | None
    kept: bool


def get_proofs(office: Office, now: datetime, keep: Mapping[str, int]) -> list[Proof]:
    """Every kind with its oldest row as it is at this moment, and the last run. Two queries."""
    oldest = get_oldest(office)
    latest = RetentionRun.objects.filter(office=office).order_by("kind", "-at", "-pk").distinct("kind")
    last = {row.kind: row for row in latest}
    proofs = []
    for kind in KINDS:
        days, age = days_of(kind, keep), oldest[kind.name]
        kept = age is None or age >= now - timedelta(days=days + 1)
        proofs.append(Proof(kind, days, age, last.get(kind.name), kept))
    return proofs


def _rows(office: Office, kind: Kind, before: datetime) -> int:
    statement = sql.SQL(
        "DELETE FROM {table} WHERE id IN "
        "(SELECT id FROM {table} WHERE office_id = %s AND {column} < %s AND {only} ORDER BY id LIMIT {piece})"
    ).format(
        table=sql.Identifier(kind.table), column=sql.SQL(kind.column), only=sql.SQL(kind.only or "true"), piece=sql.Literal(PIECE)
    )  # fmt: skip
    total = 0
    with cast("Any", connection.cursor()) as cursor:
        while True:
            cursor.execute(statement, [office.pk, before])
            total += cursor.rowcount
            if cursor.rowcount < PIECE:
                return total


def _sessions(office: Office, kind: Kind, before: datetime) -> int:
    """A person's sessions that ran out, with what the browser said of itself."""
    statement = sql.SQL(
        "WITH gone AS (DELETE FROM usersessions_usersession WHERE {whose} AND {column} < %s AND {only} RETURNING session_key), "
        "ended AS (DELETE FROM django_session WHERE session_key IN (SELECT session_key FROM gone)) SELECT count(*) FROM gone"
    ).format(whose=sql.SQL(kind.whose), column=sql.SQL(kind.column), only=sql.SQL(kind.only))
    with cast("Any", connection.cursor()) as cursor:
        cursor.execute(statement, [office.pk, before])
        return int(cursor.fetchone()[0])


def forget_nobodys() -> int:
    """Sessions that ran out and belong to nobody: of browsers in which nobody signed in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_session s WHERE s.expire_date < clock_timestamp() - interval '1 day' "
            "AND NOT EXISTS (SELECT 1 FROM usersessions_usersession u WHERE u.session_key = s.session_key)"
        )
        return cursor.rowcount


def _articles(office: Office, before: datetime) -> int:
    """Articles with their places in stories and in the journal."""
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT id FROM listening_article WHERE office_id = %s AND seen < %s ORDER BY id LIMIT %s", [office.pk, before, PIECE]
            )
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return total
            with transaction.atomic():
                for statement in (
                    "DELETE FROM listening_journalentry WHERE article_id = ANY(%s)",
                    "DELETE FROM listening_membership WHERE article_id = ANY(%s)",
                    "UPDATE listening_story SET headline_article_id = NULL WHERE headline_article_id = ANY(%s)",
                    "UPDATE listening_membership SET original_id = NULL WHERE original_id = ANY(%s)",
                    "UPDATE listening_sourceproposal SET example_id = NULL WHERE example_id = ANY(%s)",
                    "DELETE FROM listening_article WHERE id = ANY(%s)",
                ):
                    cursor.execute(statement, [ids])
            total += len(ids)
