"""The only code that changes actions of a review. Each act checks the right and who sees the issue, works under a lock, and leaves its line
in the ledger in the same transaction: numbers, a day and a digest, no word of the action. It is done after the issue is closed, too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, pgettext

from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import queries, review_action_queries, services
from kentongan.office.desk.models import Issue
from kentongan.office.desk.recording import digest_of, record
from kentongan.office.desk.review_models import LONGEST_ACTION, ReviewAction
from kentongan.office.desk.statement_pasting import decent_line, why
from kentongan.office.listening import purposes
from kentongan.office.people.models import User
from kentongan.office.people.versions import same

SHORTEST = 5
"""Letters of an action."""
LONGEST = timedelta(days=366)
"""How far ahead the day may lie."""
MOST_OPEN = 50
"""Actions an issue may have open at once."""


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """What is to be done better, as somebody typed it. `agency` or `person`, a number, sees to it; `template` is a kind of paper."""

    text: str
    due: date | None
    agency: int | None = None
    person: int | None = None
    template: str = ""


def stored_of(action: ReviewAction) -> dict[str, Any]:
    """What stands there now, field by field as in a draft."""
    return asdict(ActionDraft(action.text, action.due, action.agency_id, action.person_id, action.template))


@transaction.atomic
def add(by: User, issue: Issue, draft: ActionDraft, now: datetime) -> ReviewAction:
    """Note what is to be done better. Its words stay as they are."""
    found = services.held(by, "issues.change", issue)
    if ReviewAction.objects.filter(issue=found, state=ReviewAction.State.OPEN).count() >= MOST_OPEN:
        raise RefusedError(gettext("Too many actions are open already. Tick what is done first."), subject="text")
    draft = _clean(found, draft, now)
    assert draft.due is not None
    made = ReviewAction.objects.create(
        office=found.office, issue=found, text=draft.text, template=draft.template, agency_id=draft.agency, person_id=draft.person,
        due=draft.due, by=by, at=now,
    )  # fmt: skip
    record(
        by, "action.added", found, now, action=made.pk, agency=draft.agency or "", person=draft.person or "", due=draft.due.isoformat(),
        template=draft.template, words=digest_of(made.text),
    )  # fmt: skip
    return made


def _clean(issue: Issue, draft: ActionDraft, now: datetime) -> ActionDraft:
    text = decent_line(draft.text, pgettext("of a review", "What is to be done better"), "text", longest=LONGEST_ACTION)
    if len(text) < SHORTEST:
        raise InputError(gettext("Say what is to be done better."), subject="text")
    agencies, people = review_action_queries.get_owners(issue)
    known = draft.agency in {one.pk for one in agencies} if draft.agency is not None else draft.person in {one.pk for one in people}
    if not known or (draft.agency is not None and draft.person is not None):
        raise InputError(gettext("Choose an agency of the office, or a colleague who sees this issue."), subject="owner")
    if draft.template and draft.template not in review_action_queries.get_templates(issue):
        raise InputError(gettext("Choose a template that was used for this issue."), subject="template")
    today = purposes.today(issue.office, now)
    if draft.due is None or not today <= draft.due <= today + LONGEST:
        raise InputError(gettext("Choose a day from today on, within a year."), subject="due")
    return replace(draft, text=text)


@transaction.atomic
def finish(by: User, action: ReviewAction, version: int, now: datetime) -> ReviewAction:
    """It is done."""
    found = _held(by, action, version)
    _end(found, ReviewAction.State.DONE, by, now)
    record(by, "action.done", found.issue, now, action=found.pk)
    return found


@transaction.atomic
def withdraw(by: User, action: ReviewAction, reason: str, version: int, now: datetime) -> ReviewAction:
    """It is not to be done after all, with a reason."""
    found = _held(by, action, version)
    reason = why(reason, "reason")
    found.note = record(by, "action.withdrawn", found.issue, now, reason, action=found.pk)
    _end(found, ReviewAction.State.WITHDRAWN, by, now)
    return found


def _held(by: User, action: ReviewAction, version: int) -> ReviewAction:
    """The action under a lock and still open, at the version the person saw, where they may change its issue (or what that is part of)."""
    own = queries.get_seen(by).select_related("merged_into").filter(review_actions=action.pk).first()
    services.held(by, "issues.change", (own.merged_into or own) if own is not None else action.issue)
    rows = ReviewAction.objects.select_for_update(of=("self",)).select_related("issue")
    found = rows.filter(pk=action.pk, issue=own).first()
    if found is None:
        raise RefusedError(gettext("There is no such action in your office."), subject="action")
    same(found, version, stored_of(found))
    if found.state != ReviewAction.State.OPEN:
        raise RefusedError(gettext("This action is not open any more."), subject="state")
    return found


def _end(found: ReviewAction, state: ReviewAction.State, by: User, now: datetime) -> None:
    found.state, found.ended, found.ended_by = state, now, by
    found.version += 1
    found.save()
