"""Comments on an issue, and who has it open: said once and for good, and a minute old at most."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW, detail, lines, made, page
from screens import STILL, client_of

from kentongan.adapters.clock import ShiftedClock
from kentongan.errors import InputError, RefusedError
from kentongan.office.administration import backup
from kentongan.office.desk import comments, presence, services
from kentongan.office.desk.presence_models import Presence
from kentongan.office.desk.recording import digest_of
from kentongan.office.ledger.models import Line
from kentongan.office.people import scope

SAID = "Perumda bilang pompa ketiga menyala lagi.\nSaya cek jam dua."


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    return made()


# Comments


def test_a_comment_is_read_by_whoever_sees_the_issue_and_the_record_binds_it_without_a_word(desk):
    issue = desk.opened()
    note = comments.comment(desk.lina, issue, SAID, NOW)
    assert detail(issue, "issue.commented") == {"note": note.pk, "digest": digest_of(SAID)}
    assert "pompa" not in " ".join(Line.objects.values_list("detail", flat=True))
    words = page(desk.reader, f"/issues/{issue.pk}/")
    assert "pompa ketiga menyala lagi.<br>" in words and "Lina" in words
    assert words.count("pompa ketiga") == 1


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("  \n ", "text"),
        ("Telepon 0812-3456-7890", "text"),
        ("kata @budi_santoso", "text"),
        ("<b>lihat</b>", "text"),
        ("x" * 2_001, "text"),
    ],
)
def test_what_cannot_be_said_stands_at_the_field_and_nothing_is_kept(desk, text, at):
    issue = desk.opened()
    with pytest.raises(InputError) as said:
        comments.comment(desk.sari, issue, text, NOW)
    assert said.value.subject == at
    answer = client_of(desk.sari).post(f"/issues/{issue.pk}/comment/", {"text": text})
    assert (answer.status_code, "comment_text_error" in answer.content.decode()) == (422, True)
    assert lines(issue) == ["issue.opened"]


def test_whoever_reads_only_or_does_not_see_it_says_nothing(desk):
    hidden, issue = desk.secret(), desk.opened()
    for by, where in ((desk.reader, issue), (desk.auditor, issue), (desk.joko, hidden), (desk.guest, issue)):
        with pytest.raises(RefusedError):
            comments.comment(by, where, SAID, NOW)
    assert client_of(desk.joko).post(f"/issues/{hidden.pk}/comment/", {"text": SAID}).status_code == 404
    assert "Say it" not in page(desk.reader, f"/issues/{issue.pk}/")


def test_by_a_plain_form_one_comes_back_to_the_comments_and_parts_show_theirs_in_the_whole(desk):
    issue, whole = desk.opened("Bagian"), desk.opened("Pokok")
    answer = client_of(desk.sari).post(f"/issues/{issue.pk}/comment/", {"text": SAID})
    assert (answer.status_code, answer["Location"]) == (302, f"/issues/{issue.pk}/#comments")
    services.merge(desk.sari, issue, whole, "sama", issue.version, NOW)
    assert "pompa ketiga" in page(desk.reader, f"/issues/{whole.pk}/")


def test_hostile_words_stand_there_as_words(desk):
    issue = desk.opened()
    comments.comment(desk.sari, issue, '5 < 6 & "kutip" {{ 7|add:1 }}', NOW)
    words = page(desk.reader, f"/issues/{issue.pk}/")
    assert "5 &lt; 6 &amp; &quot;kutip&quot; {{ 7|add:1 }}" in words


# Presence


def test_two_who_have_it_open_see_each_other_for_a_minute_and_nobody_longer(desk, settings):
    path = f"/issues/{desk.opened().pk}/"
    assert "Also looking at this now" not in page(desk.sari, path)
    assert "Also looking at this now: Sari" in page(desk.lina, path)
    assert "Also looking at this now: Lina" in page(desk.sari, path)
    settings.CLOCK = ShiftedClock(NOW + presence.KEPT, NOW, 0)
    assert "Also looking at this now" not in page(desk.joko, path)
    assert [one.person for one in Presence.objects.all()] == [desk.joko]


def test_a_page_that_asks_again_keeps_one_there_without_a_second_row(desk, settings):
    path = f"/issues/{desk.opened().pk}/"
    page(desk.sari, path)
    for seconds in (40, 80, 120):
        settings.CLOCK = ShiftedClock(NOW + timedelta(seconds=seconds), NOW, 0)
        answer = client_of(desk.sari).get(f"{path}here/")
        assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    assert "Sari" in client_of(desk.lina).get(f"{path}here/").content.decode()
    assert Presence.objects.count() == 2


def test_who_may_not_see_it_is_neither_told_nor_shown(desk):
    hidden = desk.secret(desk.joko)
    page(desk.joko, f"/issues/{hidden.pk}/")
    assert client_of(desk.lina).get(f"/issues/{hidden.pk}/here/").status_code == 404
    services.restrict(desk.sari, hidden, True, (), hidden.version, NOW)
    assert "Joko" not in client_of(desk.sari).get(f"/issues/{hidden.pk}/here/").content.decode()


def test_it_is_no_history_no_line_of_the_ledger_and_in_no_backup(desk):
    issue = desk.opened()
    before = lines(issue)
    for _ in range(3):
        page(desk.sari, f"/issues/{issue.pk}/")
    assert (lines(issue), Presence.objects.count()) == (before, 1)
    presence.forget(desk.office, NOW + presence.KEPT)
    assert not Presence.objects.exists()
    assert "desk_presence" in backup.LEFT_OUT


def test_what_nobody_looks_at_again_is_forgotten_by_the_minutes_work(desk):
    page(desk.sari, f"/issues/{desk.opened().pk}/")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE desk_presence SET at = %s", [NOW - timedelta(minutes=2)])
    from kentongan.office.desk.question_tasks import mind_questions_of

    mind_questions_of.func(desk.office.pk)
    assert not Presence.objects.exists()


def test_another_office_sees_nobody_of_ours(desk):
    page(desk.sari, f"/issues/{desk.opened().pk}/")
    with scope.scope(desk.guest.office_id):
        assert Presence.objects.count() == 0
