"""What is told outside of facts and publications: once, without a word of them, and nothing of what few may see."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked as waiting
from approvals import decide, people_of, sight_of
from desk import NOW, draft
from screens import STILL
from statements import papers
from test_api_hooks import REAL, SECRET, Receiver, fetcher, receiver, told  # noqa: F401
from test_api_publications import corrected, published, urgent

from kentongan.office.api import events, telling
from kentongan.office.api import services as programs
from kentongan.office.api.models import Delivery
from kentongan.office.desk import facts, services, statement_approval, statement_embargo
from kentongan.office.desk.models import Issue
from kentongan.office.desk.statement_publishing import publish

LATER = NOW + events.SETTLED
HOUR = timedelta(hours=1)
OURS = (events.FACT, events.PUBLISHED, events.CORRECTED, events.WITHDRAWN)


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    return people_of(papers())


@pytest.fixture
def hook(paper, receiver):  # noqa: F811
    return programs.make_hook(paper.desk.boss, programs.HookDraft("Ruang kendali", f"{receiver.url}/masuk", OURS), SECRET, NOW)


def test_a_fact_is_told_at_each_version_once_and_without_its_words(paper, hook):
    fact = facts.add(paper.desk.sari, paper.issue, draft("Air keruh", figure="40"), NOW)
    assert told(hook, NOW) == [], "there is time yet to say that few may see the issue"
    ((name, said),) = told(hook, LATER)
    assert (name, said["fact"], said["issue"], said["version"], said["withdrawn"]) == (events.FACT, fact.pk, paper.issue.pk, 1, False)
    assert not {"text", "figure", "source", "owner", "by"} & set(said)
    assert told(hook, LATER) == []
    fact = facts.change(paper.desk.sari, fact, draft("Air keruh", figure="47"), 1, LATER)
    facts.withdraw(paper.desk.sari, fact, "keliru", 2, LATER)
    assert [(name, data["version"], data["withdrawn"]) for name, data in told(hook, LATER)] == [(events.FACT, 3, True)], "the last state"


def test_a_statement_is_told_when_it_is_published_corrected_and_withdrawn(paper, hook):
    old = published(paper)
    ((name, said),) = told(hook, LATER)
    assert (name, said["statement"], said["text_hash"], said["state"]) == (events.PUBLISHED, old.pk, old.publication.text_hash, "published")
    assert not {"text", "by", "slug"} & set(said)
    new = corrected(paper, old, LATER)
    assert {(name, data["statement"], data["corrects"]) for name, data in told(hook, LATER)} == {
        (events.CORRECTED, old.pk, None), (events.PUBLISHED, new.pk, old.pk),
    }  # fmt: skip
    statement_approval.withdraw(paper.desk.sari, new, "tidak berlaku lagi", new.version, LATER)
    assert [(name, data["statement"]) for name, data in told(hook, LATER)] == [(events.WITHDRAWN, new.pk)]
    assert told(hook, LATER) == []


def test_what_is_held_back_is_told_at_its_moment(paper, hook):
    moment = LATER + HOUR
    found = decide(paper.dewi, waiting(paper))
    publish(paper.desk.sari, found, sight_of(found), NOW, moment)
    assert told(hook, LATER) == [] == told(hook, moment), "until it was compared again"
    statement_embargo.end_due(paper.desk.office, moment)
    assert [(name, data["statement"]) for name, data in told(hook, moment)] == [(events.PUBLISHED, found.pk)]
    assert told(hook, moment + HOUR) == []


def test_of_a_draft_that_is_withdrawn_and_of_what_stood_before_nothing_is_told(paper, receiver):  # noqa: F811
    urgent(paper)
    hook = programs.make_hook(paper.desk.boss, programs.HookDraft("Papan", receiver.url, OURS), SECRET, LATER)
    found = paper.written()
    statement_approval.withdraw(paper.desk.lina, found, "tidak perlu", found.version, LATER)
    assert told(hook, LATER) == []


def test_of_an_issue_that_few_may_see_no_fact_and_no_statement_is_told(paper, hook):
    issue = paper.desk.secret(paper.desk.lina)
    facts.add(paper.desk.sari, issue, draft(), NOW)
    urgent(paper, issue=issue)
    assert told(hook, LATER) == []
    hook.refresh_from_db()
    assert hook.told == {}


def test_what_waits_to_be_sent_is_dropped_when_few_may_see_the_issue(paper, hook, receiver, fetcher):  # noqa: F811
    facts.add(paper.desk.sari, paper.issue, draft(), NOW)
    urgent(paper)
    numbers = telling.gather(hook.pk, LATER)
    assert len(numbers) == 2
    services.restrict(paper.desk.sari, paper.issue, True, (), Issue.objects.get(pk=paper.issue.pk).version, LATER)
    for number in numbers:
        assert telling.deliver(number, fetcher, REAL) is None
    assert receiver.asked == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.GIVEN_UP}


def test_no_office_is_told_of_anothers(paper, receiver):  # noqa: F811
    theirs = programs.make_hook(paper.desk.guest, programs.HookDraft("Papan", receiver.url, OURS), SECRET, NOW)
    facts.add(paper.desk.sari, paper.issue, draft(), NOW)
    urgent(paper)
    assert told(theirs, LATER) == []
