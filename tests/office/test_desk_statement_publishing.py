"""Publication: exactly what was approved, by a named person; alone only what people should do, reviewed within a day."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of, sound, urgent
from desk import NOW, page
from screens import STILL, client_of
from statements import FRAME, detail, lines, papers, sentences

from kentongan.engine.statement_records import SECTIONS
from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import statement_approval, statement_moves, statement_publishing, statement_queries, statement_services
from kentongan.office.desk.models import Issue, Publication, Statement
from kentongan.office.desk.statement_approval import Sight, StaleError
from kentongan.office.ledger.models import Line
from kentongan.office.listening.models import Article
from kentongan.testing import builders

DAY = timedelta(days=1)


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    return people_of(papers())


def approved(paper):
    return decide(paper.dewi, asked(paper))


def published(paper):
    found = approved(paper)
    return statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW)


def alone(paper, found=None, by=None, now=NOW):
    found = found or urgent(paper)
    return statement_publishing.publish_in_emergency(by or paper.desk.sari, found, "air naik cepat", sight_of(found), now)


# What is due


def test_what_is_published_is_the_answer_that_was_due_and_its_promise_is_due_next(paper):
    issue = paper.issue
    Issue.objects.filter(pk=issue.pk).update(due=NOW + timedelta(hours=1), due_note="")
    promised = published(paper).version.next_update
    issue.refresh_from_db()
    assert promised is not None and (issue.due, issue.version) == (promised, issue.version)
    changed = Line.objects.filter(act="issue.changed", subject=f"issue:{issue.pk}").last()
    assert json.loads(changed.detail)["fields"] == ["due"] and changed.actor == paper.desk.sari.pk
    alone(paper)
    issue.refresh_from_db()
    assert issue.due is None, "it promises nothing"


@pytest.mark.parametrize("kind", ["sitrep", "leader_note", "qa"])
def test_a_paper_for_colleagues_answers_nobody(paper, kind):
    found, due = urgent(paper), NOW + timedelta(hours=1)
    Issue.objects.filter(pk=paper.issue.pk).update(due=due, due_note="")
    Statement.objects.filter(pk=found.pk).update(kind=kind)
    alone(paper, Statement.objects.get(pk=found.pk))
    assert Issue.objects.get(pk=paper.issue.pk).due == due


@pytest.mark.parametrize("kept", [{"due_note": "Data Dinkes"}, {"state": "watching"}, {"state": "closed", "due": None}])
def test_what_somebody_set_by_hand_or_watches_or_closed_stays(paper, kept):
    paper_ready, given = urgent(paper), {"due": NOW + timedelta(days=2), "due_note": "", **kept}
    Issue.objects.filter(pk=paper.issue.pk).update(**given)
    alone(paper, paper_ready)
    found = Issue.objects.get(pk=paper.issue.pk)
    assert (found.due, found.due_note) == (given["due"], given["due_note"])


# What was approved


def test_what_is_approved_is_published_by_name_with_its_hash_and_its_address(paper):
    made = published(paper)
    found = Statement.objects.get(pk=made.statement_id)
    last = statement_queries.get_last(found)
    assert (found.state, made.by, made.version, made.text_hash, made.language) == ("published", paper.desk.sari, last, last.text_hash, "id")
    assert made.slug == "2025-11-27-keterangan-awal-banjir-di-rawa-kenari"
    assert (lines(found)[-1], detail(found, "statement.published")["text_hash"]) == ("statement.published", last.text_hash)


def test_of_two_about_the_same_each_has_an_address_of_its_own_that_any_language_can_have(paper):
    first, second = published(paper), published(paper)
    assert second.slug == f"{first.slug}-2"
    found = paper.written("Đường Nguyễn Huệ ngập sâu.", kind="chat")
    last = statement_queries.get_last(found)
    assert statement_publishing.slug_of(found, last, NOW) == "2025-11-27-duong-nguyen-hue-ngap-sau"
    last.text = "…"
    assert statement_publishing.slug_of(found, last, NOW) == "2025-11-27-chat"


def test_nothing_that_nobody_approved_is_published_and_nobody_publishes_without_the_right(paper):
    for found in (sound(paper), asked(paper)):
        with pytest.raises(RefusedError):
            statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW)
    found = approved(paper)
    for person in (paper.desk.lina, paper.desk.reader, paper.desk.guest, paper.rudi):
        with pytest.raises(RefusedError):
            statement_publishing.publish(person, found, sight_of(found), NOW)
    with pytest.raises(StaleError):
        statement_publishing.publish(paper.desk.sari, found, Sight(1, "0" * 64), NOW)
    assert not Publication.objects.exists()


@pytest.mark.parametrize("change", [lambda row: row.update(text="Kini lain isinya."), lambda row: row.delete()])
def test_evidence_that_changed_or_is_gone_since_it_was_approved_stops_it_and_says_which_sentence(paper, change):
    found = approved(paper)
    change(Article.objects.filter(pk=paper.article().partition(":")[2]))
    with pytest.raises(RefusedError) as refused:
        statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW)
    assert "Air masuk ke 42 rumah" in str(refused.value)
    assert (Statement.objects.get(pk=found.pk).state, Publication.objects.count()) == ("approved", 0)


def test_a_next_update_that_has_passed_since_it_was_approved_stops_it(paper):
    found = approved(paper)
    with pytest.raises(RefusedError) as refused:
        statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW + timedelta(hours=4))
    assert "has passed" in str(refused.value)


def test_a_publication_that_breaks_off_half_way_leaves_nothing(paper):
    class Interrupted(Exception):
        pass

    found = approved(paper)
    with pytest.raises(Interrupted), transaction.atomic():
        statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW)
        raise Interrupted
    assert (Statement.objects.get(pk=found.pk).state, Publication.objects.count()) == ("approved", 0)
    assert "statement.published" not in lines(found)


def test_the_database_itself_refuses_what_nobody_approved_and_every_later_change(paper):
    found = asked(paper)
    last = statement_queries.get_last(found)
    row = {
        "office": paper.desk.office,
        "statement": found,
        "version": last,
        "language": "id",
        "slug": "x",
        "at": NOW,
        "by": paper.desk.sari,
    }
    for fields in ({"text_hash": last.text_hash}, {"text_hash": "0" * 64, "review_due": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.create(**row, **fields)
    made = published(paper)
    rows = Publication.objects.filter(pk=made.pk)
    for change in (
        lambda: rows.update(slug="lain"), lambda: rows.update(by=paper.dewi), rows.delete,
        lambda: rows.update(review="sound", reviewed_by=paper.dewi, reviewed_at=NOW),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    another = approved(paper)
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(pk=another.pk).update(state="published")


def test_what_is_published_is_written_on_no_more_and_withdrawn_only_by_who_may_publish(paper):
    found = published(paper).statement
    found = Statement.objects.get(pk=found.pk)
    with pytest.raises(RefusedError):
        statement_services.write(paper.desk.lina, found, "lain", FRAME, found.version, NOW)
    with pytest.raises(RefusedError):
        statement_approval.withdraw(paper.desk.lina, found, "sudah tidak berlaku", found.version, NOW)
    found = statement_approval.withdraw(paper.desk.sari, found, "sudah tidak berlaku", found.version, NOW)
    assert found.state == "withdrawn"
    assert "Withdrawn: this does not hold any more." in page(paper.desk.reader, f"/statements/{found.pk}/publication/")


# In an emergency


def test_one_person_publishes_alone_what_people_should_do(paper):
    made = alone(paper)
    found = Statement.objects.get(pk=made.statement_id)
    assert (found.state, made.review_due, made.by) == ("published", NOW + DAY, paper.desk.sari)
    assert lines(found)[-1] == "statement.published_alone"
    assert "cepat" not in str(detail(found, "statement.published_alone"))


@given(st.lists(st.sampled_from(SECTIONS), max_size=5))
def test_anything_but_instructions_keeps_it_in(sections):
    assert statement_moves.may_go_out_alone(sections) == (
        "instruction" in sections and all(one in {"instruction", "next_update", "contact", "dateline", "greeting"} for one in sections)
    )


def test_what_tells_blames_or_guesses_does_not_go_out_alone(paper):
    wrong = [
        urgent(paper, sections=("instruction", "known", "contact")),
        urgent(paper, sections=("instruction", "", "contact")),
        urgent(paper, "Jauhi sungai, diduga tanggul jebol.\nHubungi 112.", ("instruction", "contact")),
        urgent(paper, "Hubungi 112.", ("contact",)),
        paper.begun(),
    ]
    for found in wrong[:-1]:
        with pytest.raises(RefusedError):
            alone(paper, found)
    with pytest.raises(StaleError):
        statement_publishing.publish_in_emergency(paper.desk.sari, wrong[-1], "air naik", Sight(1, ""), NOW)
    found = urgent(paper)
    with pytest.raises(RefusedError):
        alone(paper, found, by=paper.desk.lina)
    with pytest.raises(InputError):
        statement_publishing.publish_in_emergency(paper.desk.sari, found, "", sight_of(found), NOW)
    assert not Publication.objects.exists()


def test_while_one_review_is_overdue_nobody_of_the_office_publishes_alone_again(paper):
    first = alone(paper)
    second = alone(paper, now=NOW + DAY)
    assert second.review_due == NOW + 2 * DAY
    late = NOW + DAY + timedelta(minutes=1)
    third = urgent(paper)
    for person in (paper.desk.sari, paper.desk.joko, paper.desk.boss):
        with pytest.raises(RefusedError) as refused:
            alone(paper, third, by=person, now=late)
        assert "overdue for review" in str(refused.value)
    statement_publishing.review(paper.dewi, first.statement, "sound", "sesuai keadaan", late)
    assert alone(paper, third, now=late).review_due == late + DAY


def test_somebody_else_reviews_it_once_with_a_reason(paper):
    made = alone(paper, by=paper.dewi)
    found = made.statement
    other = builders.make_user(paper.desk.office, "citra", "approver")
    for person in (paper.dewi, paper.rudi, paper.desk.sari, paper.desk.guest):
        with pytest.raises(RefusedError):
            statement_publishing.review(person, found, "sound", "sesuai keadaan", NOW)
    for outcome, note in (("", "sesuai"), ("sound", ""), ("sound", "telepon 0812-3456-7890")):
        with pytest.raises(InputError):
            statement_publishing.review(other, found, outcome, note, NOW)
    statement_publishing.review(other, found, "wrong", "balai sudah penuh", NOW)
    assert {one.reviewer for one in sentences(found)} == {other}
    with pytest.raises(RefusedError):
        statement_publishing.review(other, found, "sound", "sesuai keadaan", NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=made.pk).update(review="sound")


# The pages


def send(person, found, **fields):
    seen = sight_of(found)
    data = {"number": seen.number, "text_hash": seen.text_hash, **fields}
    return client_of(person).post(reverse("publish_statement", args=[found.pk]), data)


def test_it_is_published_by_a_plain_form_and_read_printed_and_taken_as_text(paper):
    found = approved(paper)
    path = reverse("publish_statement", args=[found.pk])
    assert path in page(paper.desk.sari, f"/statements/{found.pk}/")
    assert path not in page(paper.desk.lina, f"/statements/{found.pk}/")
    assert "Publish with my name" in page(paper.desk.sari, path)
    assert client_of(paper.desk.reader).get(f"/statements/{found.pk}/publication/").status_code == 404
    assert send(paper.desk.sari, found, number=99).status_code == 409
    assert send(paper.desk.sari, found).headers["Location"] == reverse("publication", args=[found.pk])
    words = page(paper.desk.reader, f"/statements/{found.pk}/publication/")
    assert [one for one in ("Air masuk ke 42 rumah", "Sari", "2025-11-27-keterangan-awal") if one not in words] == []
    answer = client_of(paper.desk.reader).get(f"/statements/{found.pk}/publication/?as=text")
    assert (answer.headers["Content-Type"], answer.content.decode().startswith("Keterangan awal")) == ("text/plain; charset=utf-8", True)
    assert reverse("publication", args=[found.pk]) in page(paper.desk.reader, f"/issues/{paper.issue.pk}/")


def test_alone_it_is_published_with_a_reason_and_stands_first_on_the_board_until_it_is_reviewed(paper):
    found = urgent(paper)
    assert "Publish alone what people should do" in page(paper.desk.sari, f"/statements/{found.pk}/")
    assert send(paper.desk.sari, found).status_code == 422
    assert send(paper.desk.sari, found, reason="air naik cepat").status_code == 302
    words = page(paper.desk.reader, f"/statements/{found.pk}/")
    assert [one for one in ("Must change:", "in the way of approval") if one in words] == []
    board = page(paper.desk.reader, "/issues/")
    assert board.index("to be reviewed") < board.index(">Air naik di Rawa Kenari<")
    assert reverse("review_publication", args=[found.pk]) in page(paper.dewi, f"/statements/{found.pk}/")
    assert reverse("review_publication", args=[found.pk]) not in page(paper.desk.sari, f"/statements/{found.pk}/")
    client_of(paper.dewi).post(reverse("review_publication", args=[found.pk]), {"outcome": "sound", "note": "sesuai keadaan"})
    assert "to be reviewed" not in page(paper.desk.reader, "/issues/")
    assert "was reviewed: Sound" in page(paper.desk.reader, f"/statements/{found.pk}/")


def test_what_cannot_go_out_says_why_instead_of_offering_it(paper):
    found = paper.written()
    assert "Every sentence must be an instruction" in page(paper.desk.sari, f"/statements/{found.pk}/publish/")
    found = statement_approval.withdraw(paper.desk.lina, found, "tidak perlu", found.version, NOW)
    assert "This cannot be published as it stands." in page(paper.desk.sari, f"/statements/{found.pk}/publish/")


def test_a_review_about_what_few_may_see_is_on_nobody_elses_board(paper):
    secret = paper.desk.secret(paper.desk.lina, paper.dewi)
    alone(paper, urgent(paper, issue=secret))
    assert "to be reviewed" in page(paper.dewi, "/issues/")
    assert "to be reviewed" not in page(paper.desk.joko, "/issues/")


@pytest.mark.parametrize(("age", "state"), [(None, "draft"), (16 * 60, "draft"), (60, "published")])
def test_whoever_publishes_alone_gives_a_fresh_second_factor_where_the_role_needs_one(paper, age, state):
    found = urgent(paper)
    paper.desk.office.second_factor_roles = ["officer"]
    paper.desk.office.save()
    Authenticator.objects.create(user=paper.desk.sari, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = client_of(paper.desk.sari)
    if age is not None:
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": NOW.timestamp() - age, "type": "totp"}]
        session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(paper.desk.sari.pk)
        session.save()
    seen = sight_of(found)
    data = {"number": seen.number, "text_hash": seen.text_hash, "reason": "Air naik cepat"}
    answer = client.post(reverse("publish_statement", args=[found.pk]), data)
    assert Statement.objects.get(pk=found.pk).state == state
    assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate")) == (state == "draft")
