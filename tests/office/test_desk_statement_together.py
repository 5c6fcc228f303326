"""Two editors and two approvers at once: of what excludes each other one is done, the other is told, and nothing is done twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from approvals import URGENT, asked, decide, people_of, sight_of, sound, step_of
from desk import NOW
from screens import STILL
from statements import FRAME, SLOTS, TEXT, lines, papers, sentences
from together import Crowd, at_once, meanwhile, queued, until_waiting

from kentongan.errors import KentonganError
from kentongan.office.desk import (
    statement_approval,
    statement_correcting,
    statement_deputies,
    statement_embargo,
    statement_publishing,
    statement_services,
)
from kentongan.office.desk.models import Approval, Publication, Statement, StatementVersion
from kentongan.office.desk.statement_approval import StaleError
from kentongan.office.people import standing
from kentongan.office.people.versions import ConflictError

pytestmark = pytest.mark.django_db(transaction=True)
LATE = NOW + timedelta(hours=9)


@pytest.fixture
def paper(settings: Any) -> Any:
    settings.CLOCK = STILL
    return people_of(papers())


def rows(*found: Statement) -> Any:
    return Statement.objects.filter(pk__in=[one.pk for one in found])


def again(found: Statement) -> Statement:
    return Statement.objects.get(pk=found.pk)


def kinds(said: list[Any]) -> list[str]:
    """How each ended, in any order: done, or the name of its refusal."""
    return sorted(type(one).__name__ if isinstance(one, KentonganError) else "done" for one in said)


# Two editors


def test_of_two_who_write_one_text_is_kept_and_the_other_writer_has_both(paper) -> None:
    found = paper.written()
    before = StatementVersion.objects.count()
    texts = {one: f"{TEXT}\nTambahan {one.username}." for one in (paper.desk.sari, paper.desk.lina)}
    acts = [lambda one=one: statement_services.write(one, found, texts[one], FRAME, found.version, NOW) for one in texts]
    said = queued(rows(found), *acts)
    assert kinds(said) == ["ConflictError", "done"]
    (lost,) = (one for one in said if isinstance(one, ConflictError))
    last = StatementVersion.objects.get(statement=found, number=before + 1)
    assert lost.stored["text"] == last.text == texts[last.by]
    assert (lost.version, StatementVersion.objects.count()) == (again(found).version, before + 1)
    assert lines(found).count("statement.changed") == before + 1


@pytest.mark.parametrize("other", ["fill", "settle"])
def test_whoever_fills_in_the_template_or_settles_a_sentence_overwrites_nothing_either(paper, other) -> None:
    found = paper.written()
    doing = {
        "fill": lambda: statement_services.fill_in(paper.desk.sari, found, SLOTS, found.version, NOW),
        "settle": lambda: statement_services.settle_sentence(paper.desk.sari, found, "s1", "instruction", (), found.version, NOW),
    }
    said = queued(rows(found), doing[other], lambda: statement_services.write(paper.desk.lina, found, "Lain.", FRAME, found.version, NOW))
    assert kinds(said) == ["ConflictError", "done"]
    assert again(found).version == found.version + 1


def test_of_two_who_ask_for_approval_one_asks(paper) -> None:
    found = sound(paper)
    people = {"approver": paper.dewi.pk}
    acts = [lambda by=by: statement_approval.ask(by, found, people, False, found.version, NOW) for by in (paper.desk.lina, paper.desk.sari)]
    assert kinds(queued(rows(found), *acts)) == ["ConflictError", "done"]
    assert (Approval.objects.count(), lines(found).count("statement.asked")) == (1, 1)


# Two approvers


def test_of_two_who_decide_their_steps_the_later_one_approves_it_once(paper) -> None:
    found = asked(paper, approver=paper.dewi, legal=paper.rudi, facts=paper.tono)
    people = {"approver": paper.dewi, "legal": paper.rudi, "facts": paper.tono}
    said = queued(rows(found), *(lambda kind=kind, by=by: decide(by, found, kind=kind) for kind, by in people.items()))
    assert kinds(said) == ["done"] * 3
    acts = Counter(lines(found))
    assert (again(found).state, acts["statement.step_approved"], acts["statement.approved"]) == ("approved", 3, 1)
    assert Approval.objects.get().outcome == "approved"
    assert len({one.reviewer for one in sentences(found)} & {*people.values()}) == 1


def test_of_one_who_approves_and_one_who_returns_it_ends_returned_or_refused(paper) -> None:
    found = asked(paper, approver=paper.dewi, legal=paper.rudi)
    said = queued(rows(found), lambda: decide(paper.dewi, found), lambda: decide(paper.rudi, found, "returned", "legal", note="ubah dulu"))
    assert kinds(said) in (["done", "done"], ["StaleError", "done"])
    assert (again(found).state, Approval.objects.get().outcome) == ("returned", "returned")
    assert "statement.approved" not in lines(found)


def test_whoever_clicks_twice_decides_once(paper) -> None:
    found = asked(paper)
    said = queued(rows(found), lambda: decide(paper.dewi, found), lambda: decide(paper.dewi, found))
    assert kinds(said) == ["StaleError", "done"]
    assert lines(found).count("statement.approved") == 1


@pytest.mark.parametrize("steps", [1, 2])
def test_whoever_decides_while_it_is_written_on_approves_nothing_they_have_not_seen(paper, steps) -> None:
    people = {"approver": paper.dewi, "legal": paper.rudi}
    found = asked(paper, **dict(list(people.items())[:steps]))
    seen = sight_of(found)
    said = queued(
        rows(found),
        lambda: decide(paper.dewi, found, sight=seen),
        lambda: statement_services.write(paper.desk.sari, found, f"{TEXT}\nTambahan.", FRAME, found.version, NOW),
    )
    wrote, now = not isinstance(said[1], KentonganError), again(found)
    assert now.state == ("draft" if wrote else "approved")
    assert sight_of(found) == seen if not wrote else sight_of(found).number == seen.number + 1
    assert isinstance(said[1], ConflictError) or steps == 2 or isinstance(said[0], StaleError)
    assert Approval.objects.get().outcome == ("over" if wrote else "approved")


# Publishing


def test_of_two_who_publish_one_does(paper) -> None:
    found = decide(paper.dewi, asked(paper))
    seen, people = sight_of(found), (paper.desk.sari, paper.desk.joko)
    said = queued(rows(found), *(lambda by=by: statement_publishing.publish(by, found, seen, NOW) for by in people))
    assert kinds(said) == ["RefusedError", "done"]
    assert (Publication.objects.count(), lines(found).count("statement.published")) == (1, 1)


def test_of_two_who_publish_alone_and_approve_it_goes_out_once(paper) -> None:
    found = paper.written(URGENT, kind="sms", next_update=None)
    for one, section in zip(sentences(found), ("instruction", "instruction", "contact"), strict=True):
        found = statement_services.settle_sentence(paper.desk.lina, found, one.key, section, (), found.version, NOW)
    found = asked(paper, found)
    seen = sight_of(found)
    said = queued(
        rows(found),
        lambda: decide(paper.dewi, found, sight=seen),
        lambda: statement_publishing.publish_in_emergency(paper.desk.sari, found, "air naik cepat", seen, NOW),
    )
    assert sum(not isinstance(one, KentonganError) for one in said) == 1
    assert again(found).state == ("approved" if not isinstance(said[0], KentonganError) else "published")


def test_of_one_who_publishes_and_one_who_withdraws_one_does_and_the_other_is_told(paper) -> None:
    found = decide(paper.dewi, asked(paper))
    seen = sight_of(found)
    said = queued(
        rows(found),
        lambda: statement_publishing.publish(paper.desk.sari, found, seen, NOW),
        lambda: statement_approval.withdraw(paper.desk.joko, found, "Ternyata keliru", found.version, NOW),
    )
    out = Publication.objects.exists()
    assert kinds(said) == (["ConflictError", "done"] if out else ["RefusedError", "done"])
    assert again(found).state == ("published" if out else "withdrawn")


def test_two_papers_that_begin_alike_and_go_out_at_once_have_addresses_of_their_own(paper) -> None:
    first, second = (decide(paper.dewi, asked(paper)) for _ in range(2))
    acts = [lambda one=one: statement_publishing.publish(paper.desk.sari, one, sight_of(one), NOW) for one in (first, second)]
    assert kinds(queued(rows(first, second), *acts)) == ["done", "done"]
    slugs = sorted(Publication.objects.values_list("slug", flat=True))
    assert slugs[1] == f"{slugs[0]}-2"


def test_of_two_who_correct_one_begins_and_a_withdrawal_meanwhile_is_no_ring(paper) -> None:
    found = decide(paper.dewi, asked(paper))
    statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW)
    now, wrong = again(found), "Bukan 42 rumah, yang benar 24 rumah."
    said = queued(
        rows(found),
        *(lambda by=by: statement_correcting.begin_correction(by, now, wrong, NOW) for by in (paper.desk.lina, paper.desk.sari)),
    )
    assert kinds(said) == ["RefusedError", "done"]
    correction = decide(paper.dewi, asked(paper, Statement.objects.get(corrects=found)))
    said = queued(
        rows(found, correction),
        lambda: statement_publishing.publish(paper.desk.sari, correction, sight_of(correction), NOW),
        lambda: statement_approval.withdraw(paper.desk.joko, now, "Tidak berlaku", now.version, NOW),
    )
    assert (again(found).state, again(correction).state) in (("corrected", "published"), ("withdrawn", "approved"))
    assert kinds(said) in (["ConflictError", "done"], ["RefusedError", "done"])


def test_what_was_stopped_is_begun_again_once(paper) -> None:
    found = decide(paper.dewi, asked(paper))
    made = statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW, NOW + timedelta(hours=1))
    statement_embargo.end(made.pk, NOW + timedelta(hours=4))
    said = queued(rows(found), *[lambda: statement_embargo.begin_again(paper.desk.lina, found, NOW)] * 2)
    assert kinds(said) == ["RefusedError", "done"]


# Deputies


def stands_in(paper: Any, person: Any, deputy: Any) -> None:
    standing.name_deputy(paper.desk.boss, person, deputy, NOW, NOW + timedelta(days=2), NOW)


def late(paper: Any) -> Statement:
    """A statement whose approver did not decide in time; Joko stands in."""
    found = asked(paper, sound(paper, next_update=NOW + timedelta(hours=99)))
    stands_in(paper, paper.dewi, paper.desk.joko)
    return found


def passed(paper: Any) -> int:
    return statement_deputies.pass_on(paper.desk.office, LATE)


def test_two_workers_pass_a_step_on_once(paper) -> None:
    found = late(paper)
    assert sorted(at_once(*[lambda: passed(paper)] * 3)) == [0, 0, 1]
    assert (step_of(found).person, lines(found).count("statement.passed_on")) == (paper.desk.joko, 1)


def test_while_somebody_decides_a_step_it_is_not_passed_on(paper) -> None:
    found = late(paper)
    with meanwhile(lambda: decide(paper.dewi, found, now=LATE)):
        assert passed(paper) == 0
    assert passed(paper) == 0
    assert (again(found).state, step_of(found).person) == ("approved", paper.dewi)
    assert "statement.passed_on" not in lines(found)


def test_whoever_decides_while_it_is_passed_on_still_decides(paper) -> None:
    found = late(paper)
    with meanwhile(lambda: passed(paper)):
        crowd = Crowd([lambda: decide(paper.dewi, found, now=LATE)])
        until_waiting(1)
    assert kinds(crowd.end()) == ["done"]
    assert lines(found)[-3:] == ["statement.passed_on", "statement.step_approved", "statement.approved"]


@pytest.mark.parametrize("act", ["write", "take_back", "withdraw"])
def test_while_somebody_ends_the_request_nothing_of_it_is_passed_on(paper, act) -> None:
    found = late(paper)
    doing = {
        "write": lambda: statement_services.write(paper.desk.lina, found, f"{TEXT}\nTambahan.", FRAME, found.version, LATE),
        "take_back": lambda: statement_approval.take_back(paper.desk.lina, found, found.version, LATE),
        "withdraw": lambda: statement_approval.withdraw(paper.desk.lina, found, "Tidak perlu", found.version, LATE),
    }
    with meanwhile(doing[act]):
        assert passed(paper) == 0
    assert passed(paper) == 0
    assert step_of(found).person == paper.dewi
    assert "statement.passed_on" not in lines(found)


def test_whoever_names_a_deputy_while_it_is_decided_and_passed_on_waits_for_nobody_in_a_ring(paper) -> None:
    for deputy in (paper.desk.joko, paper.desk.sari) * 3:
        found = asked(paper, sound(paper, next_update=NOW + timedelta(hours=99)), approver=paper.dewi, legal=paper.rudi)
        at_once(
            lambda deputy=deputy: stands_in(paper, paper.dewi, deputy),
            lambda found=found: decide(paper.dewi, found, now=LATE),
            lambda found=found: decide(paper.rudi, found, kind="legal", now=LATE),
            lambda: passed(paper),
        )
        assert again(found).state == "approved"
