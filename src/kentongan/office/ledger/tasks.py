"""Background work of the ledger: every night each chain is verified and its end told to the places outside. There is no switch for it."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from kentongan.office import clock
from kentongan.office.ledger import anchoring, checking, services

LOG = logging.getLogger(__name__)


@app.periodic(cron="41 2 * * *")
@app.task(name="verify_ledger", queue="default", queueing_lock="verify_ledger", pass_context=False)
def verify_ledger(timestamp: int = 0) -> None:
    """Verify every chain; a broken one is an error in the log, and stands in its own record."""
    for checked in checking.check_all():
        _keep(checked)


@app.task(name="verify_chain", queue="default", pass_context=False)
def verify_chain(office: int, actor: int | None = None) -> None:
    """Verify one office's chain, as its auditor asked."""
    for checked in checking.check_all(office=office):
        _keep(checked, actor)


def _keep(checked: checking.Checked, actor: int | None = None) -> None:
    if checked.finding is not None:
        LOG.error("the ledger of office %s is broken: %s at place %s", checked.office, checked.finding.kind, checked.finding.seq)
    services.note_verified(checked, clock.now(), actor)


@app.periodic(cron="11 3 * * *")
@app.task(name="anchor_ledger", queue="default", queueing_lock="anchor_ledger", pass_context=False)
def anchor_ledger(timestamp: int = 0) -> None:
    """Tell the ends of the chains to the places outside that the settings name."""
    for row in anchoring.anchor(clock.now()):
        if row.detail:
            LOG.error("an anchor of the ledger was not told: %s", row.detail)
