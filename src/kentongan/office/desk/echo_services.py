"""The only code that changes a tie: somebody says that an article does not carry the publication, or that it does after all.

What the engine said stays beside what the person says: a label. It is kept here and not among those of listening, for whoever reads these
need not see the issue.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from kentongan.errors import RefusedError
from kentongan.office.desk import statement_queries
from kentongan.office.desk.echo_models import EchoTie
from kentongan.office.desk.models import Statement
from kentongan.office.desk.statement_recording import record
from kentongan.office.people.models import User
from kentongan.office.people.permissions import need


@transaction.atomic
def refuse(by: User, statement: Statement, tie: int, now: datetime) -> EchoTie:
    """This article is not ours. A second time it changes nothing."""
    return _say(by, statement, tie, True, now)


@transaction.atomic
def take_back(by: User, statement: Statement, tie: int, now: datetime) -> EchoTie:
    """It is ours after all."""
    return _say(by, statement, tie, False, now)


def _say(by: User, statement: Statement, tie: int, refused: bool, now: datetime) -> EchoTie:
    need(by, "issues.change", statement)
    seen = statement_queries.get_seen(by).filter(pk=statement.pk)
    rows = EchoTie.objects.select_for_update(of=("self",)).filter(reading__publication__statement__in=seen)
    found = rows.filter(pk=tie).first()
    if found is None:
        raise RefusedError(gettext("There is no such thing in your office."), subject="tie")
    if (found.refused_by_id is not None) == refused:
        return found
    found.refused_by, found.refused_at = (by, now) if refused else (None, None)
    found.save(update_fields=["refused_by", "refused_at"])
    act = "echo.refused" if refused else "echo.taken_back"
    record(by, act, statement, now, "", tie=found.pk, article=found.key, way=found.way, engine=found.version)
    return found
