"""What is to be done better after an issue: who notes it, what of it stays, how it ends once, and who is shown what is overdue."""

from __future__ import annotations

import sys
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of, sound
from desk import NOW, detail, lines, made, page
from screens import STILL, client_of
from statements import papers

from kentongan.errors import InputError, KentonganError, RefusedError
from kentongan.office.desk import review_action_queries, review_actions, services, statement_publishing
from kentongan.office.desk.models import Issue, IssueNote
from kentongan.office.desk.recording import digest_of
from kentongan.office.desk.review_actions import ActionDraft
from kentongan.office.desk.review_models import ReviewAction
from kentongan.office.ledger.models import Line
from kentongan.office.listening import purposes
from kentongan.office.people import scope
from kentongan.office.people.versions import ConflictError

TEXT = "Daftar posko diperbarui tiap awal bulan"
WHY = "Sudah ada daftar seperti itu"
DAY = timedelta(days=1)


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    return made()


def today(desk):
    return purposes.today(desk.office, NOW)


def noted(desk, issue=None, by=None, now=NOW, **fields):
    first = {"text": TEXT, "due": today(desk) + 7 * DAY}
    if not {"agency", "person"} & set(fields):
        first["agency"] = desk.health.pk
    return review_actions.add(by or desk.sari, issue or desk.opened(), ActionDraft(**{**first, **fields}), now)


def closed(desk, **fields):
    issue = desk.opened(**fields)
    return services.move(desk.sari, issue, "close", issue.version, NOW, reason="Air surut sejak sore")


# Noting


def test_what_is_noted_leaves_numbers_and_a_digest_in_the_ledger_and_no_word(desk):
    issue = closed(desk)
    found = noted(desk, issue)
    due = (today(desk) + 7 * DAY).isoformat()
    assert detail(issue, "action.added") == {"action": found.pk, "agency": desk.health.pk, "due": due, "words": digest_of(TEXT)}
    assert (found.state, found.version, found.by, found.at) == ("open", 0, desk.sari, NOW)
    assert TEXT not in " ".join(Line.objects.values_list("detail", flat=True))


@pytest.mark.parametrize(
    ("fields", "subject"),
    [
        ({"text": "x"}, "text"), ({"text": "<b>tebal</b> sekali"}, "text"), ({"text": "Telepon Pak Andi 0812-3456-7890"}, "text"),
        ({"text": "Balas @andi_warga lebih cepat"}, "text"), ({"text": "a" * 501}, "text"),
        ({"due": None}, "due"), ({"days": -1}, "due"), ({"days": 367}, "due"),
        ({"agency": None, "person": None}, "owner"), ({"agency": 987654}, "owner"), ({"who": "guest"}, "owner"), ({"both": True}, "owner"),
        ({"template": "holding"}, "template"), ({"template": "x"}, "template"),
    ],
)  # fmt: skip
def test_what_cannot_be_noted_is_said_at_its_field(desk, fields, subject):
    issue, fields = desk.opened(), dict(fields)
    if "days" in fields:
        fields["due"] = today(desk) + fields.pop("days") * DAY
    if "who" in fields:
        fields["person"] = getattr(desk, fields.pop("who")).pk
    if fields.pop("both", False):
        fields |= {"agency": desk.health.pk, "person": desk.joko.pk}
    with pytest.raises(InputError) as error:
        noted(desk, issue, **fields)
    assert error.value.subject == subject
    assert not ReviewAction.objects.exists() and "action.added" not in lines(issue)


def test_only_those_who_may_change_the_issue_note_and_only_those_who_see_it_own(desk):
    issue = desk.secret(desk.joko)
    for person in (desk.lina, desk.reader, desk.guest):
        with pytest.raises(KentonganError):
            noted(desk, issue, by=person)
    with pytest.raises(InputError, match="sees this issue"):
        noted(desk, issue, person=desk.lina.pk)
    assert noted(desk, issue, by=desk.joko, person=desk.joko.pk).person == desk.joko


def test_only_so_many_are_open_at_once(desk, monkeypatch):
    monkeypatch.setattr(review_actions, "MOST_OPEN", 2)
    issue = desk.opened()
    first, _second = noted(desk, issue), noted(desk, issue)
    with pytest.raises(RefusedError, match="Too many"):
        noted(desk, issue)
    review_actions.finish(desk.sari, first, 0, NOW)
    noted(desk, issue)


# How it ends


def test_it_is_done_once_and_withdrawn_with_a_reason(desk):
    issue = closed(desk)
    done, gone = noted(desk, issue), noted(desk, issue)
    done = review_actions.finish(desk.joko, done, 0, NOW)
    assert (done.state, done.ended_by, done.version) == ("done", desk.joko, 1)
    with pytest.raises(InputError, match="why"):
        review_actions.withdraw(desk.sari, gone, "ya", 0, NOW)
    with pytest.raises(InputError, match="telephone"):
        review_actions.withdraw(desk.sari, gone, "Tanya 0812-3456-7890", 0, NOW)
    gone = review_actions.withdraw(desk.sari, gone, WHY, 0, NOW)
    note = IssueNote.objects.get(text=WHY)
    assert (gone.state, gone.note) == ("withdrawn", note)
    assert detail(issue, "action.withdrawn") == {"action": gone.pk, "note": note.pk, "digest": digest_of(WHY)}
    assert detail(issue, "action.done") == {"action": done.pk}


def test_whoever_saw_an_older_version_changes_nothing(desk):
    found = noted(desk)
    review_actions.finish(desk.sari, found, 0, NOW)
    with pytest.raises(ConflictError) as error:
        review_actions.withdraw(desk.joko, found, WHY, 0, NOW)
    assert error.value.version == 1 and error.value.stored["text"] == TEXT
    assert lines(found.issue).count("action.done") == 1 and "action.withdrawn" not in lines(found.issue)


ACT = st.tuples(st.sampled_from(["finish", "withdraw"]), st.integers(0, 2), st.sampled_from(["sari", "joko", "reader", "guest"]))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACT, max_size=5))
def test_whatever_is_tried_it_ends_at_most_once_and_each_end_is_a_line(desk, tried):
    found, ended = noted(desk), 0
    for name, version, who in tried:
        given_ = (WHY, version) if name == "withdraw" else (version,)
        try:
            getattr(review_actions, name)(getattr(desk, who), found, *given_, NOW)
            ended += 1
        except KentonganError:
            pass
    now = ReviewAction.objects.get(pk=found.pk)
    wanted = next((name for name, version, who in tried if version == 0 and who in {"sari", "joko"}), "")
    assert now.state == {"finish": "done", "withdraw": "withdrawn", "": "open"}[wanted]
    assert ended == now.version == bool(wanted)
    assert sum(one in {"action.done", "action.withdrawn"} for one in lines(found.issue)) == ended


def test_the_database_lets_an_action_only_end_and_never_changes_its_words(desk):
    states, taken = ReviewAction.State.values, set()
    note = IssueNote.objects.create(office=desk.office, issue=desk.opened(), text=WHY, at=NOW)

    def standing(state):
        over = state != "open"
        return {"state": state, "ended": NOW if over else None, "ended_by": desk.sari if over else None,
                "note": note if state == "withdrawn" else None}  # fmt: skip

    for state, new in product(states, states):
        found = noted(desk)
        if state != "open":
            ReviewAction.objects.filter(pk=found.pk).update(**standing(state))
        try:
            with transaction.atomic():
                ReviewAction.objects.filter(pk=found.pk).update(**standing(new))
            taken.add((state, new))
        except IntegrityError:
            pass
    assert taken == {("open", new) for new in states}
    found = noted(desk)
    for fields in ({"text": "lain"}, {"due": today(desk)}, {"agency": desk.water}, {"template": "sms"}):
        with pytest.raises(IntegrityError, match="as it was noted"), transaction.atomic():
            ReviewAction.objects.filter(pk=found.pk).update(**fields)
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        ReviewAction.objects.filter(pk=found.pk).delete()


def test_of_another_office_there_is_none(desk):
    found = noted(desk)
    with scope.scope(desk.guest.office_id):
        assert not ReviewAction.objects.exists()
    assert review_action_queries.get_action(desk.guest, found.pk) is None
    assert review_action_queries.get_action(desk.reader, found.pk) == found


def test_an_action_of_what_became_part_of_another_issue_stands_there_and_ends(desk):
    whole, part = desk.opened("Pokok"), desk.opened("Bagian")
    found = noted(desk, part)
    services.merge(desk.sari, part, whole, "hal yang sama", part.version, NOW)
    assert TEXT in page(desk.sari, reverse("review_issue", args=[whole.pk]))
    review_actions.finish(desk.sari, found, 0, NOW)
    assert lines(part)[-1] == "action.done"


# The page and the board


def test_the_page_notes_ticks_and_withdraws(desk):
    issue = closed(desk)
    client, path = client_of(desk.sari), reverse("review_issue", args=[issue.pk])
    typed = {"text": TEXT, "owner": f"p-{desk.joko.pk}", "due": (today(desk) + DAY).isoformat()}
    response = client.post(reverse("add_review_action", args=[issue.pk]), typed)
    assert (response.status_code, response["Location"]) == (302, f"{path}#actions")
    found = ReviewAction.objects.get()
    assert (found.person, found.agency, found.template) == (desk.joko, None, "")
    words = page(desk.sari, path)
    assert TEXT in words and reverse("finish_review_action", args=[found.pk]) in words
    assert reverse("finish_review_action", args=[found.pk]) not in page(desk.reader, path)
    wrong = client.post(reverse("withdraw_review_action", args=[found.pk]), {"reason": "ya", "version": "0"})
    assert wrong.status_code == 422 and "Say in a few words why." in wrong.content.decode()
    assert client.post(reverse("finish_review_action", args=[found.pk]), {"version": "3"}).status_code == 409
    assert client.post(reverse("finish_review_action", args=[found.pk]), {"version": "0"}).status_code == 302
    late = client.post(reverse("withdraw_review_action", args=[found.pk]), {"reason": WHY, "version": "1"})
    assert late.status_code == 422 and "not open any more" in late.content.decode()
    assert "Something to be done better was done." in page(desk.sari, path)


def test_what_was_typed_wrongly_is_kept_and_said_at_its_field(desk):
    issue = desk.opened()
    typed = {"text": "Telepon 0812-3456-7890", "owner": f"a-{desk.health.pk}", "due": today(desk).isoformat()}
    response = client_of(desk.sari).post(reverse("add_review_action", args=[issue.pk]), typed)
    words = response.content.decode()
    assert response.status_code == 422 and "Leave out telephone numbers" in words and "Telepon 0812-3456-7890" in words
    for owner in ("", "x", "p-", "p-x", f"p-{desk.guest.pk}"):
        assert (
            client_of(desk.sari).post(reverse("add_review_action", args=[issue.pk]), {**typed, "text": TEXT, "owner": owner}).status_code
            == 422
        )


def test_a_template_to_be_changed_is_one_of_those_that_were_used(db, settings):
    settings.CLOCK = STILL
    paper = people_of(papers())
    approved = decide(paper.dewi, asked(paper, sound(paper)))
    statement_publishing.publish(paper.desk.sari, approved, sight_of(approved), NOW)
    issue = Issue.objects.get(pk=paper.issue.pk)
    kind = approved.kind
    assert review_action_queries.get_templates(issue) == [kind]
    found = noted(paper.desk, issue, template=kind)
    assert detail(issue, "action.added")["template"] == kind
    assert f"Template: {found.get_template_display()}" in page(paper.desk.sari, reverse("review_issue", args=[issue.pk]))
    with pytest.raises(InputError, match="was used"):
        noted(paper.desk, issue, template="sms" if kind != "sms" else "radio")


def test_the_board_shows_what_is_overdue_by_the_day_of_the_office_and_to_whom_sees_it(desk):
    plain, secret = desk.opened(), desk.secret()
    noted(desk, plain, text="Posko dilatih lagi", due=today(desk))
    noted(desk, secret, text="Rapat tertutup diulang", due=today(desk) - DAY, now=NOW - DAY)
    done = noted(desk, plain, text="Yang sudah selesai", due=today(desk))
    review_actions.finish(desk.sari, done, 0, NOW)
    assert [one.text for one in review_action_queries.get_overdue(desk.sari, NOW)] == ["Rapat tertutup diulang"]
    later = NOW + DAY
    assert [one.text for one in review_action_queries.get_overdue(desk.sari, later)] == ["Rapat tertutup diulang", "Posko dilatih lagi"]
    assert [one.text for one in review_action_queries.get_overdue(desk.reader, later)] == ["Posko dilatih lagi"]
    assert review_action_queries.get_overdue(desk.guest, later) == []


def test_the_board_and_the_page_ask_no_more_for_more(desk, settings):
    issue, counts = desk.opened(), {}
    client = client_of(desk.sari)
    paths = ("/issues/", reverse("review_issue", args=[issue.pk]))
    for size in (1, 5):
        for _ in range(size):
            other = desk.opened(agency=desk.water.pk)
            noted(desk, other, now=NOW - 9 * DAY, due=today(desk) - DAY)
            noted(desk, issue, person=desk.joko.pk, now=NOW - 9 * DAY, due=today(desk) - DAY)
        for path in paths:
            client.get(path)
            with CaptureQueriesContext(connection) as said:
                words = client.get(path).content.decode()
            counts.setdefault(path, set()).add(len(said))
            assert TEXT in words and "overdue since" in words
    assert [len(counts[path]) for path in paths] == [1, 1]
    with CaptureQueriesContext(connection) as said:
        review_action_queries.get_overdue(desk.sari, NOW)
    assert len(said) == 1
