"""Corrections: what was published stays readable with its dated mark, and at every moment exactly one of the two holds."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of, sound
from desk import NOW, page
from screens import STILL, client_of
from statements import detail, lines, papers, sentences

from kentongan.engine.alignment import text_hash
from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import (
    statement_approval,
    statement_checking,
    statement_correcting,
    statement_publishing,
    statement_queries,
    statement_services,
)
from kentongan.office.desk.models import Statement

WRONG = "Kami menulis 42 rumah; yang benar 24 rumah."
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    return people_of(papers())


def published(paper):
    found = decide(paper.dewi, asked(paper, sound(paper)))
    statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW)
    return Statement.objects.get(pk=found.pk)


def begun(paper, old):
    """The correction as it is written."""
    made = statement_correcting.begin_correction(paper.desk.lina, old, WRONG, NOW)
    text = statement_queries.get_last(made).text.replace("42", "24")
    return statement_services.write(paper.desk.lina, made, text, statement_services.frame_of(made), made.version, NOW)


def corrected(paper, old):
    """The correction, published an hour later."""
    made = begun(paper, old)
    made = decide(paper.dewi, asked(paper, made))
    statement_publishing.publish(paper.desk.sari, made, sight_of(made), LATER)
    return Statement.objects.get(pk=made.pk)


def test_a_correction_begins_with_the_same_sentences_and_all_that_belongs_to_them(paper):
    old = published(paper)
    made = statement_correcting.begin_correction(paper.desk.lina, old, WRONG, NOW)
    assert [(one.key, one.text, one.section, one.evidence) for one in sentences(made)] == [
        (one.key, one.text, one.section, one.evidence) for one in sentences(old)
    ]
    assert (made.state, made.corrects, made.wrong, Statement.objects.get(pk=old.pk).state) == ("draft", old, WRONG, "published")


def test_the_moment_it_is_published_the_old_one_is_corrected_and_both_stay_readable_with_their_marks(paper):
    old = published(paper)
    made = corrected(paper, old)
    assert (made.state, Statement.objects.get(pk=old.pk).state) == ("published", "corrected")
    assert lines(old)[-1] == "statement.corrected"
    before = page(paper.desk.reader, f"/statements/{old.pk}/publication/")
    assert [
        one for one in ("42 rumah sejak", "this does not hold any more", "08:30", WRONG, f"/statements/{made.pk}/") if one not in before
    ] == []
    after = page(paper.desk.reader, f"/statements/{made.pk}/publication/")
    assert [one for one in ("24 rumah sejak", "Corrects what was published", "07:30", f"/statements/{old.pk}/") if one not in after] == []
    text = client_of(paper.desk.reader).get(f"/statements/{old.pk}/publication/?as=text").content.decode()
    assert text.startswith("Corrected on")


def test_a_correction_is_corrected_by_a_further_one(paper):
    second = corrected(paper, published(paper))
    third = corrected(paper, second)
    assert [one.state for one in Statement.objects.order_by("made", "version")].count("corrected") == 2
    assert third.state == "published"


def test_only_what_is_published_is_corrected_once_at_a_time_with_what_was_wrong(paper):
    draft, old = sound(paper), published(paper)
    with pytest.raises(RefusedError):
        statement_correcting.begin_correction(paper.desk.lina, draft, WRONG, NOW)
    for wrong in ("", "salah", "Hubungi 0812-3456-7890 untuk ralat", "<b>salah ketik angka</b>", "x" * 501):
        with pytest.raises(InputError) as refused:
            statement_correcting.begin_correction(paper.desk.lina, old, wrong, NOW)
        assert refused.value.subject == "wrong"
    with pytest.raises(RefusedError):
        statement_correcting.begin_correction(paper.desk.reader, old, WRONG, NOW)
    first = statement_correcting.begin_correction(paper.desk.lina, old, WRONG, NOW)
    with pytest.raises(RefusedError):
        statement_correcting.begin_correction(paper.desk.sari, old, WRONG, NOW)
    statement_approval.withdraw(paper.desk.lina, first, "tidak perlu lagi", first.version, NOW)
    assert statement_correcting.begin_correction(paper.desk.sari, old, WRONG, NOW).state == "draft"


def test_what_was_withdrawn_meanwhile_is_not_corrected_and_nothing_goes_out_half(paper):
    old = published(paper)
    made = statement_correcting.begin_correction(paper.desk.lina, old, WRONG, NOW)
    made = decide(paper.dewi, asked(paper, made))
    statement_approval.withdraw(paper.desk.sari, old, "sudah tidak berlaku", Statement.objects.get(pk=old.pk).version, NOW)
    with pytest.raises(RefusedError) as refused:
        statement_publishing.publish(paper.desk.sari, made, sight_of(made), NOW)
    assert "not published any more" in str(refused.value)
    assert Statement.objects.get(pk=made.pk).state == "approved"


def test_the_database_itself_calls_nothing_corrected_that_nothing_took_the_place_of(paper):
    old = published(paper)
    statement_correcting.begin_correction(paper.desk.lina, old, WRONG, NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(pk=old.pk).update(state="corrected")
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(corrects=old).update(wrong="")


def test_it_is_begun_by_a_plain_form_on_the_page(paper):
    old = published(paper)
    path = reverse("correct_statement", args=[old.pk])
    assert path in page(paper.desk.lina, f"/statements/{old.pk}/")
    assert path not in page(paper.desk.reader, f"/statements/{old.pk}/")
    client_of(paper.desk.lina).post(path, {"wrong": ""})
    assert not Statement.objects.filter(corrects=old).exists()
    answer = client_of(paper.desk.lina).post(path, {"wrong": WRONG})
    made = Statement.objects.get(corrects=old)
    assert answer.headers["Location"] == reverse("write_statement", args=[made.pk])
    assert "It corrects what was published:" in page(paper.desk.reader, f"/statements/{made.pk}/")
    words = page(paper.desk.lina, f"/statements/{old.pk}/")
    assert (path in words, "A correction:" in words) == (False, True)


def test_whoever_approves_and_publishes_it_sees_what_is_new_against_what_is_published_and_what_everybody_reads(paper):
    made = asked(paper, begun(paper, published(paper)))
    words = page(paper.dewi, f"/statements/{made.pk}/decide/")
    wanted = ("<del>42</del><ins>24</ins>", "What is new against what is published is marked.", WRONG)
    assert [one for one in wanted if one not in words] == []
    decide(paper.dewi, made)
    assert WRONG in page(paper.desk.sari, f"/statements/{made.pk}/publish/")
    made = Statement.objects.get(pk=made.pk)
    paper.hears("Air masuk ke 25 rumah sejak pukul 05.00 WIB.")
    text = statement_queries.get_last(made).text.replace("24", "25")
    made = asked(paper, statement_services.write(paper.desk.lina, made, text, statement_services.frame_of(made), made.version, NOW))
    assert "<del>24</del><ins>25</ins>" in page(paper.dewi, f"/statements/{made.pk}/decide/")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ("Angka itu salah karena kelalaian petugas kelurahan.", "puts blame"),
        ("Kami menulis 42 rumah, diduga 24 rumah.", "is a guess"),
        ("Korban bernama Budi Santoso selamat, bukan meninggal.", "may be the name of somebody struck"),
    ],
)
def test_what_was_wrong_is_said_without_blame_guess_or_the_name_of_somebody_struck(paper, wrong, word):
    with pytest.raises(InputError) as refused:
        statement_correcting.begin_correction(paper.desk.lina, published(paper), wrong, NOW)
    assert (refused.value.subject, word in str(refused.value)) == ("wrong", True)


def test_a_rule_that_came_later_is_held_against_what_was_wrong_at_approval(paper):
    old = published(paper)
    made = begun(paper, old)
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(pk=made.pk).update(wrong="Petugas kelurahan lalai menghitung.")
    blamed = "Angka itu salah karena kelalaian petugas kelurahan."
    found = [one.code for one in statement_checking.check_wrong(made, blamed, NOW)]
    assert found == ["blame"]
    made.wrong = blamed
    checked = statement_checking.check(made, sentences(made), NOW)
    assert ([one.code for one in checked.blocking], [one.code for one in checked.whole]) == (["blame"], ["blame"])


def test_the_sentence_that_was_approved_is_the_one_that_is_published_and_the_record_says_so(paper):
    old = published(paper)
    made = corrected(paper, old)
    acts = ("statement.step_approved", "statement.approved", "statement.published")
    assert {detail(made, act)["wrong_hash"] for act in acts} == {text_hash(WRONG)}
    assert "wrong_hash" not in detail(old, "statement.published")
    for change in ({"wrong": "Kami menulis 42 rumah; yang benar 12."}, {"corrects": None, "wrong": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Statement.objects.filter(pk=made.pk).update(**change)


def test_what_else_is_published_about_the_issue_is_named_beside_a_correction_until_it_is_put_right(paper):
    old, other = published(paper), published(paper)
    said = "Also published about this, not corrected"
    assert said not in page(paper.desk.reader, f"/statements/{old.pk}/publication/")
    made = corrected(paper, old)
    for one in (old, made):
        words = page(paper.desk.reader, f"/statements/{one.pk}/publication/").partition(said)[2].partition("</section>")[0]
        assert [f"/statements/{two.pk}/publication/" in words for two in (old, made, other)] == [False, one == old, True]
    statement_approval.withdraw(paper.desk.sari, other, "angka yang sama keliru", other.version, LATER)
    assert said not in page(paper.desk.reader, f"/statements/{made.pk}/publication/")
