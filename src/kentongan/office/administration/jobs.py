"""Background work as an office sees it: waiting, running, parked with its reason. And what parks it: the border around every job.

Work that fails and is not tried again (`office.retries`) is parked: one row for the same work, however often it fails, with the kind of
error and, where the error is one of ours, its sentence; never the words of an unknown error, which may hold anything. Once the same work
succeeds its row is closed.

Work of the whole installation (backup, deletion, verification, anchors, sweep) is shown to the administrators of every office; where there
are several, without the sentence, which may speak of one of them. It counts as failed all the same, so that its silence is noticed.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from procrastinate.job_context import JobContext

from kentongan.errors import KentonganError
from kentongan.office import clock
from kentongan.office.administration.logs import cleaned
from kentongan.office.administration.models import ParkedJob
from kentongan.office.people import scope
from kentongan.office.people.models import Office
from kentongan.office.people.recording import record

LOG = logging.getLogger(__name__)
SHOWN = 50
LONGEST_REASON = 1000
_FORETELL, _CLAIMS, _TONES = _("Foretell what is still to come"), _("Look for claims and questions"), _("Count how people speak")
_PROPOSE, _VERIFY = _("Look for outlets to propose"), _("Verify the ledger's chain")
_PERIODS = _("Count weeks and months")
_STATEMENTS = _("Pass on approvals that nobody decided")
_EMBARGOES = _("Compare publications again at the end of their embargo")
_QUESTIONS = _("Remind of questions to agencies and pass them on")
_ANSWERS = _("Read answers of agencies by e-mail")
_ECHO = _("Look for the echo of publications")
_COPY = _("Make and try the copy of the newsroom")
_READERS = _("Tell the newsroom's readers by e-mail")
TASKS = {
    "visit_source": _("Visit a source"),
    "read_pages": _("Read pages of a source"),
    "mail_briefing": _("Mail the briefing"),
    "deliver": _("Tell another program"),
    "route_alerts": _("Look at alerts"),
    "ring": _("Deliver an alert"),
    "mind_alerts": _("Pass on alerts that nobody answered"),
    "mind_statements": _STATEMENTS,
    "mind_statements_of": _STATEMENTS,
    "mind_embargoes": _EMBARGOES,
    "end_embargoes": _EMBARGOES,
    "mind_questions": _QUESTIONS,
    "mind_questions_of": _QUESTIONS,
    "read_answers": _ANSWERS,
    "read_answers_of": _ANSWERS,
    "hear_echo": _ECHO,
    "hear_echo_of": _ECHO,
    "mind_readers": _READERS,
    "copy_newsrooms": _COPY,
    "copy_newsroom": _COPY,
    "hand_letters": _READERS,
    "tell": _("Look for news for other programs"),
    "mend_deliveries": _("Tell other programs what was left over"),
    "sweep": _("Look for work that was lost"),
    "read_claims": _CLAIMS,
    "read_claims_of": _CLAIMS,
    "foretell": _FORETELL,
    "foretell_of": _FORETELL,
    "read_tones": _TONES,
    "read_tones_of": _TONES,
    "count_periods": _PERIODS,
    "count_periods_of": _PERIODS,
    "teach_head": _("Learn from labels"),
    "propose_sources": _PROPOSE,
    "propose_for": _PROPOSE,
    "mind_the_register": _("Look through the purpose register"),
    "forget": _("Delete what is kept no longer"),
    "backup": _("Nightly backup"),
    "verify_ledger": _VERIFY,
    "verify_chain": _VERIFY,
    "anchor_ledger": _("Tell the ledger's end outside"),
}
"""Every kind of work in words; one that an earlier version parked and this one does not know is shown by its name."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job that waits or runs."""

    number: int
    task: str
    status: str
    scheduled: datetime | None
    attempts: int

    @property
    def word(self) -> str:
        return str(TASKS.get(self.task, self.task))


@dataclass(frozen=True, slots=True)
class Work:
    """The office's work now: how many jobs by state, the first of each, and what is parked."""

    waiting: int
    due: int
    running: int
    jobs: list[Job]
    parked: list[ParkedJob]


def get_work(office: Office, now: datetime) -> Work:
    """Three queries. `now` is real time: jobs are planned in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FILTER (WHERE status = 'todo'),
                      count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, %s) <= %s),
                      count(*) FILTER (WHERE status = 'doing')
            FROM procrastinate_jobs WHERE (args->>'office')::bigint = %s""",
            [now, now, office.pk],
        )
        waiting, due, running = cursor.fetchone() or (0, 0, 0)
        cursor.execute(
            """SELECT id, task_name, status::text, scheduled_at, attempts FROM procrastinate_jobs
            WHERE (args->>'office')::bigint = %s AND status IN ('todo', 'doing')
            ORDER BY status = 'doing' DESC, scheduled_at NULLS FIRST, id LIMIT %s""",
            [office.pk, SHOWN],
        )
        jobs = [Job(*row) for row in cursor.fetchall()]
    return Work(waiting, due, running, jobs, list(get_parked(office)[:SHOWN]))


def get_parked(office: Office) -> QuerySet[ParkedJob]:
    """What is parked and was not tried again, the latest first."""
    return ParkedJob.objects.filter(office=office, retried=None).order_by("-at", "-pk")


def get_parked_one(office: Office, pk: int) -> ParkedJob | None:
    """A parked job of the office."""
    return ParkedJob.objects.filter(office=office, pk=pk).first()


def word_of(task: str) -> str:
    """A kind of work in words."""
    return str(TASKS.get(task, task))


def parking(call_next: Callable[[], Any], context: JobContext, worker: Any) -> Any:
    """The border around every job of a worker. What will be tried again is left to the library; what will not is parked and done with."""
    office = context.job.task_kwargs.get("office")
    try:
        result = call_next()
    except (OperationalError, InterfaceError):
        raise  # the database is away: nothing can be written now, the sweep finds the job again
    except Exception as error:
        if context.task is not None and context.task.get_retry_exception(error, context.job) is not None:
            raise
        if office is None:
            _park_for_all(context.job.task_name, dict(context.job.task_kwargs), error, clock.now())
            raise
        LOG.exception("job %s (%s) is parked", context.job.id, context.job.task_name)
        park(int(str(office)), context.job.task_name, dict(context.job.task_kwargs), reason(error), clock.now())
        return None
    _close(int(str(office)) if office is not None else None, context.job.task_name, dict(context.job.task_kwargs))
    return result


def _park_for_all(task: str, args: dict[str, Any], error: BaseException, now: datetime) -> None:
    """Show work of the whole installation to every office; what one may not read of another is left out."""
    offices = list(Office.objects.order_by("pk").values_list("pk", flat=True))
    why = reason(error, sentence=len(offices) == 1)
    for office in offices:
        park(office, task, args, why, now)


def reason(error: BaseException, *, sentence: bool = True) -> str:
    """Why, fit to be shown: a sentence of ours (unless without `sentence`), or the kind of error and where in our code it happened."""
    if sentence and isinstance(error, KentonganError):
        return f"{type(error).__name__}: {cleaned(str(error))}"[:LONGEST_REASON]
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "kentongan" in frame.filename]
    where = f" ({Path(ours[-1].filename).name}:{ours[-1].lineno})" if ours else ""
    return f"{type(error).__name__}{where}"[:LONGEST_REASON]


@transaction.atomic
def park(office: int, task: str, args: dict[str, Any], why: str, now: datetime) -> ParkedJob:
    """Keep work that cannot succeed as it is. The same work again is the same row with one try more."""
    with scope.scope(office):
        row = _same(task, args).select_for_update().filter(office_id=office).first()
        if row is not None:
            row.reason, row.at, row.tries = why, now, row.tries + 1
            row.save(update_fields=["reason", "at", "tries"])
            return row
        row = ParkedJob.objects.create(office_id=office, task=task, args=args, reason=why, tries=1, at=now)
        record(None, "job.parked", row, now, task=task)
        return row


def _same(task: str, args: dict[str, Any]) -> QuerySet[ParkedJob]:
    """Rows of the same work. Work of the whole installation is the same whenever it was due."""
    rows = ParkedJob.objects.filter(task=task, retried=None)
    return rows.filter(args=args) if args.get("office") else rows.exclude(args__has_key="office")


def _close(office: int | None, task: str, args: dict[str, Any]) -> None:
    """The same work has succeeded since: nothing to do about it any more, in no office where it was everybody's."""
    if office is None:
        _same(task, args).update(retried=clock.now())
        return
    with scope.scope(office):
        _same(task, args).filter(office_id=office).update(retried=clock.now())
