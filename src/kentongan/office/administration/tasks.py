"""Background work of the installation: the nightly backup."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from kentongan.office import clock
from kentongan.office.administration import backup_services

LOG = logging.getLogger(__name__)


@app.periodic(cron="7 * * * *")
@app.task(name="backup", queue="default", queueing_lock="backup", pass_context=False)
def backup(timestamp: int = 0) -> None:
    """Make the nightly backup once its hour has come, and say where it could not be restored."""
    made = backup_services.nightly(clock.now())
    if made is not None and not made.verified:
        LOG.error("the nightly backup is not good: %s", made.outcome)
