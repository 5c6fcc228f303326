"""Where a publication was given out, noted by name; and that its correction reaches the same ears."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of
from desk import NOW, page
from screens import STILL, client_of
from statements import detail, lines, papers
from test_api import Program, token_for

from kentongan.config import Config
from kentongan.errors import InputError, KentonganError, RefusedError
from kentongan.office.administration import reconstructing
from kentongan.office.desk import given_out, statement_approval, statement_correcting, statement_publishing, statement_services
from kentongan.office.desk.given_out_models import GivenOut
from kentongan.office.desk.models import Issue, Statement
from kentongan.office.desk.recording import digest_of

HOUR = timedelta(hours=1)
WRONG = "Kami menulis 42 rumah; yang benar 24 rumah."


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 100_000}, settings.CONFIG.origins)
    return people_of(papers())


def published(paper, found=None, **given):
    found = decide(paper.dewi, asked(paper, found))
    statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW, **given)
    return Statement.objects.get(pk=found.pk)


def corrected(paper, wrong):
    """A correction of a statement, published."""
    found = statement_correcting.begin_correction(paper.desk.lina, wrong, WRONG, NOW)
    text = found.versions.latest("number").text.replace("42 rumah", "24 rumah").replace("41 rumah", "24 rumah")
    found = statement_services.write(paper.desk.lina, found, text, statement_services.frame_of(found), found.version, NOW)
    return published(paper, found)


def note(paper, found, *ways, by=None):
    return given_out.note(by or paper.desk.sari, found, [one if isinstance(one, tuple) else (one, "") for one in ways], NOW)


def ears(found):
    return [(str(one.wrong), one.told is not None) for one in given_out.get_ears(found, given_out.get_of(found))]


def test_what_was_ticked_is_noted_by_name_once_and_the_ledger_has_codes_and_a_digest(paper):
    found = published(paper)
    made = note(paper, found, "press", "radio", ("other", "Masjid Raya"))
    assert [(one.channel, one.name, one.by) for one in made] == [
        ("press", "", paper.desk.sari), ("radio", "", paper.desk.sari), ("other", "Masjid Raya", paper.desk.sari),
    ]  # fmt: skip
    assert detail(found, "statement.given_out") == {"channels": ["press", "radio", "other"], "names": [digest_of("Masjid Raya")]}
    assert note(paper, found, "press", ("other", "Masjid Raya"), by=paper.desk.joko) == []
    assert lines(found).count("statement.given_out") == 1
    assert [str(one) for one in given_out.get_of(found)][2] == "Masjid Raya"


@pytest.mark.parametrize(
    ("ways", "subject"),
    [
        ([], "channels"), (["pigeon"], "channels"), ([("other", "")], "name"), ([("other", "x")], "name"),
        ([("other", "Telepon 0812-3456-7890")], "name"), ([("other", "a" * 101)], "name"),
    ],
)  # fmt: skip
def test_what_is_no_channel_is_said_at_its_field(paper, ways, subject):
    found = published(paper)
    with pytest.raises(InputError) as error:
        note(paper, found, *ways)
    assert error.value.subject == subject
    assert not GivenOut.objects.exists()


def test_nothing_is_given_out_that_nobody_outside_could_read_yet_nor_by_who_may_not(paper):
    with pytest.raises(RefusedError):
        note(paper, asked(paper), "press")
    held = published(paper, not_before=NOW + HOUR)
    with pytest.raises(RefusedError, match="by now"):
        note(paper, held, "press")
    open_ = published(paper)
    for person in (paper.desk.reader, paper.desk.auditor, paper.desk.guest):
        with pytest.raises(KentonganError):
            note(paper, open_, "press", by=person)
    Issue.objects.filter(pk=paper.issue.pk).update(need_to_know=True)
    with pytest.raises(KentonganError):
        note(paper, open_, "press", by=paper.desk.joko)


def test_it_stays_as_it_was_noted_by_no_door(paper):
    note(paper, published(paper), "press")
    for sql in ("UPDATE desk_givenout SET channel = 'radio'", "DELETE FROM desk_givenout"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    row = GivenOut.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        GivenOut.objects.create(office=row.office, publication=row.publication, channel="other", name="", by=row.by, at=NOW)


# Corrections


def test_whoever_heard_the_wrong_version_stands_on_the_correction_until_told(paper):
    wrong = published(paper)
    note(paper, wrong, "press", "wards", ("other", "Masjid Raya"))
    right = corrected(paper, wrong)
    assert ears(right) == [("Press list", False), ("Wards", False), ("Masjid Raya", False)]
    note(paper, right, "wards", "radio")
    assert ears(right) == [("Press list", False), ("Wards", True), ("Masjid Raya", False)]
    assert ears(wrong) == []


def test_a_correction_of_a_correction_has_to_reach_whoever_heard_either(paper):
    first = published(paper)
    note(paper, first, "press", "radio")
    second = corrected(paper, first)
    note(paper, second, "press", "chat")
    third = statement_correcting.begin_correction(paper.desk.lina, second, "Kami menulis 24 rumah; yang benar 25 rumah.", NOW)
    assert ears(third) == [("Press list", False), ("Radio", False), ("Chat group", False)]


def test_the_pages_say_who_must_hear_it_while_it_is_prepared_and_tick_them_once_it_is_out(paper):
    wrong = published(paper)
    client = client_of(paper.desk.sari)
    client.cookies["django_language"] = "en"
    address = reverse("note_given_out", args=[wrong.pk])
    assert client.post(address, {"channels": ["press", "other"], "name": ""}).status_code == 422
    assert client.post(address, {"channels": ["press", "radio"]}).status_code == 302
    body = client.get(reverse("publication", args=[wrong.pk])).content.decode()
    assert "Press list" in body and 'value="press"' not in body, "what is noted is not offered again"
    begun = statement_correcting.begin_correction(paper.desk.lina, wrong, WRONG, NOW)
    said = client.get(reverse("statement", args=[begun.pk])).content.decode()
    assert "must hear the correction" in said and "Press list" in said
    text = begun.versions.latest("number").text.replace("42 rumah", "24 rumah")
    begun = statement_services.write(paper.desk.lina, begun, text, statement_services.frame_of(begun), begun.version, NOW)
    right = published(paper, begun)
    page_ = client.get(reverse("publication", args=[right.pk])).content.decode()
    row = GivenOut.objects.get(channel="press")
    assert f'name="heard" value="{row.pk}"' in page_
    tell = reverse("note_given_out", args=[right.pk])
    nothing = client.post(tell, {"telling": 1})
    said = nothing.content.decode()
    assert nothing.status_code == 422 and '<details class="fold noprint" open' not in said.partition('id="given-out"')[2]
    assert 'aria-invalid="true"' in said.partition('name="telling"')[2].partition("</form>")[0], "said at the form that was sent"
    assert client.post(tell, {"telling": 1, "heard": [row.pk]}).status_code == 302
    assert ears(right) == [("Press list", True), ("Radio", False)]
    stranger = GivenOut.objects.exclude(pk=row.pk).first().pk + 1_000
    assert client.post(tell, {"telling": 1, "heard": [stranger]}).status_code == 422


def test_whoever_approves_or_publishes_a_correction_reads_who_must_hear_it(paper):
    wrong = published(paper)
    note(paper, wrong, "wards")
    begun = statement_correcting.begin_correction(paper.desk.lina, wrong, WRONG, NOW)
    assert "Wards" in page(paper.dewi, reverse("decide_approval", args=[begun.pk]))
    assert "Wards" in page(paper.desk.sari, reverse("publish_statement", args=[begun.pk]))
    statement_approval.withdraw(paper.desk.lina, begun, "tidak jadi", begun.version, NOW)
    assert "must hear the correction" not in page(paper.desk.lina, reverse("statement", args=[begun.pk]))


def test_no_paper_for_colleagues_is_given_out(paper):
    found = published(paper)
    Statement.objects.filter(pk=found.pk).update(kind="sitrep")
    with pytest.raises(RefusedError, match="for colleagues") as error:
        note(paper, found, "press")
    assert error.value.subject == "channels" and not GivenOut.objects.exists()
    assert "Note through what" not in page(paper.desk.sari, reverse("publication", args=[found.pk]))


# Withdrawals


def withdrawn(paper, found):
    statement_approval.withdraw(paper.desk.sari, found, "tidak berlaku lagi", Statement.objects.get(pk=found.pk).version, NOW)
    return Statement.objects.get(pk=found.pk)


def test_whoever_heard_what_was_withdrawn_stands_on_its_page_until_told(paper):
    found = published(paper)
    note(paper, found, "press", "wards", ("other", "Masjid Raya"))
    assert ears(found) == []
    found = withdrawn(paper, found)
    assert ears(found) == [("Press list", False), ("Wards", False), ("Masjid Raya", False)]
    rows = {str(one): one.pk for one in given_out.get_of(found)}
    path, tell = reverse("publication", args=[found.pk]), reverse("note_given_out", args=[found.pk])
    body = page(paper.desk.sari, path)
    assert body.count("must be told that it was withdrawn") == 3 and f'name="heard" value="{rows["Wards"]}"' in body
    about = page(paper.desk.sari, reverse("statement", args=[found.pk]))
    assert "they must be told that it is withdrawn" in about and f"{path}#given-out" in about
    client = client_of(paper.desk.sari)
    assert client.post(tell, {"telling": 1}).status_code == 422
    assert client.post(tell, {"telling": 1, "heard": [rows["Wards"], rows["Masjid Raya"]]}).status_code == 302
    assert ears(found) == [("Press list", False), ("Wards", True), ("Masjid Raya", True)]
    told = {"channels": ["wards", "other"], "heard": [rows["Wards"], rows["Masjid Raya"]], "names": [digest_of("Masjid Raya")]}
    assert detail(found, "statement.told") == told
    body = page(paper.desk.reader, path)
    assert body.count("must be told that it was withdrawn") == 1 and "Sari" in body and 'name="heard"' not in body
    assert "Told that it was withdrawn: Wards, Another way." in page(paper.desk.sari, reverse("statement", args=[found.pk]))
    given_out.tell(paper.desk.joko, found, [rows["Wards"]], NOW)
    assert lines(found).count("statement.told") == 1, "who was told stays as it was noted"
    given_out.tell(paper.desk.joko, found, [rows["Press list"]], NOW)
    assert [one.told.by for one in given_out.get_ears(found, given_out.get_of(found))] == ["Joko", "Sari", "Sari"]
    assert "they must be told" not in page(paper.desk.sari, reverse("statement", args=[found.pk]))


def test_of_a_withdrawn_correction_whoever_heard_either_text_must_be_told(paper):
    wrong = published(paper)
    note(paper, wrong, "press", "radio")
    right = corrected(paper, wrong)
    note(paper, right, "press", "chat")
    right = withdrawn(paper, right)
    assert ears(right) == [("Press list", False), ("Radio", False), ("Chat group", False)]
    given_out.tell(paper.desk.sari, right, [one.wrong.pk for one in given_out.get_ears(right, given_out.get_of(right))], NOW)
    assert {told for _way, told in ears(right)} == {True}
    note(paper, right, "radio")
    assert ears(right) == [("Press list", True), ("Radio", True), ("Chat group", True)]


def test_nobody_is_told_of_a_withdrawal_by_who_may_not_nor_where_nothing_was_given_out(paper):
    found = published(paper)
    note(paper, found, "press")
    row = GivenOut.objects.get()
    with pytest.raises(InputError) as error:
        given_out.tell(paper.desk.sari, found, [row.pk], NOW)
    assert error.value.subject == "heard", "it stands"
    found = withdrawn(paper, found)
    for person in (paper.desk.reader, paper.desk.auditor, paper.desk.guest):
        with pytest.raises(KentonganError):
            given_out.tell(person, found, [row.pk], NOW)
    held = withdrawn(paper, published(paper, not_before=NOW + HOUR))
    assert ears(held) == []
    assert "statement.told" not in lines(found) + lines(held)


def test_the_page_of_a_withdrawal_costs_the_same_however_many_must_be_told(paper, count_queries):
    found = published(paper)
    note(paper, found, "press", "wards")
    found, client = withdrawn(paper, found), client_of(paper.desk.sari)
    path = reverse("publication", args=[found.pk])
    given_out.tell(paper.desk.sari, found, [GivenOut.objects.get(channel="press").pk], NOW)
    client.get(path)
    with count_queries() as few:
        client.get(path)
    note(paper, found, *[("other", f"Balai RW {n}") for n in range(9)])
    given_out.tell(paper.desk.joko, found, [one.pk for one in GivenOut.objects.filter(channel="other")[:5]], NOW)
    with count_queries() as many:
        client.get(path)
    assert len(many) == len(few)


def test_the_history_the_record_and_programs_say_it(paper):
    found = published(paper)
    note(paper, found, "press", "radio")
    assert "Press list, Radio" in page(paper.desk.sari, reverse("statement", args=[found.pk]))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    again = reconstructing.reconstruct(paper.desk.office, found.pk, NOW)
    assert again is not None and "statement.given_out" in [row.act for row in again.lines]
    told = Program(token_for(paper.desk.reader)).get(f"publications/{found.pk}").json()["given_out"]
    assert [(one["channel"], one["by"]) for one in told] == [("press", "Sari"), ("radio", "Sari")]


def test_the_page_costs_the_same_however_many_ways_there_are(paper, count_queries):
    wrong = published(paper)
    note(paper, wrong, "press")
    right = corrected(paper, wrong)
    client, address = client_of(paper.desk.sari), reverse("publication", args=[right.pk])
    with count_queries() as few:
        client.get(address)
    note(paper, wrong, *[code for code in GivenOut.Channel.values if code != "other"], *[("other", f"Balai RW {n}") for n in range(9)])
    note(paper, right, "radio", "wards")
    with count_queries() as many:
        client.get(address)
    assert len(many) == len(few)
