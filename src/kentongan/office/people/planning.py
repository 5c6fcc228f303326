"""Background work that is planned once: a job whose queueing lock waits already is not planned again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from procrastinate import exceptions
from procrastinate.jobs import JobDeferrer

from kentongan.office.people import scope


def defer_once(job: JobDeferrer, **args: Any) -> bool:
    """Plan a job (`task.configure(queueing_lock=…)`); False where one with its lock waits already.

    Outside the scope: to the office's role PostgreSQL does not say which lock was taken, and Procrastinate asks for it.
    """
    try:
        with transaction.atomic(), scope.everything():
            job.defer(**args)
    except exceptions.AlreadyEnqueued:
        return False
    return True
