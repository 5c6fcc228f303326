"""The page of an echo: one sentence and one picture, what came through, what is still asked, what changed, whom it did not reach."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW, page
from echoes import AT, OTHER, comes, published, quotable, read
from screens import STILL, client_of

from kentongan.engine.echo_effect import LONGEST
from kentongan.office.desk import echo_drawing, services
from kentongan.office.desk.echo_models import EchoReading, EchoTie
from kentongan.office.desk.echo_queries import OutletLine, get_followed
from kentongan.office.desk.models import Issue
from kentongan.office.listening.claims_models import Claim, ClaimSighting, Question
from kentongan.office.listening.models import Membership
from kentongan.office.people.models import Place

MINUTE = timedelta(minutes=1)


@pytest.fixture
def said(db, settings):
    settings.CLOCK = STILL
    return published()


def path(made, name="echo", *args):
    return reverse(name, args=[made.statement_id, *args])


def in_story(paper, *articles):
    Membership.objects.bulk_create(Membership(office=paper.desk.office, article=one, story=paper.desk.story) for one in articles)


def test_before_the_first_run_it_says_that_it_will_be_looked_for(said):
    paper, made = said
    words = page(paper.desk.reader, path(made))
    assert "looked for within the next minutes" in words
    assert path(made) in page(paper.desk.reader, path(made, "publication"))
    assert path(made) in page(paper.desk.reader, f"/issues/{paper.issue.pk}/")


def test_the_first_line_says_how_much_came_through_and_the_picture_says_it_in_words(said):
    paper, made = said
    office = paper.desk.office
    comes(office, made.version.text, 20, "Kabar Kalindra")
    comes(office, f"{quotable(made)} {OTHER}", 80, "Warta Hilir")
    in_story(paper, comes(office, OTHER, 30, "Sena Petang"))
    read(office)
    words = page(paper.desk.reader, path(made))
    wanted = ["have carried it, the first after 20 minutes", "Kabar Kalindra: Copied", "Told in other words"]
    assert [one for one in wanted[:2] if one not in words] == []
    assert wanted[2] not in words, "a way nobody took needs no key"
    assert "Sena Petang" in words.split('id="missed"')[1]
    assert "came through nowhere yet" not in words


def test_where_nobody_carried_it_the_page_says_so_and_lists_who_writes_of_the_matter(said):
    paper, made = said
    comes(paper.desk.office, OTHER, 20)
    read(paper.desk.office)
    words = page(paper.desk.reader, path(made))
    assert "No outlet has carried it;" in words
    assert "came through nowhere yet" in words and "<svg height" not in words
    assert "Kabar Kalindra" in words


def test_not_ours_is_one_click_and_counts_no_more_and_back(said):
    paper, made = said
    comes(paper.desk.office, made.version.text, 20, "Kabar Kalindra")
    read(paper.desk.office)
    tie = EchoTie.objects.get()
    where = path(made, "judge_tie", tie.pk)
    assert where in page(paper.desk.lina, path(made)) and where not in page(paper.desk.reader, path(made))
    assert client_of(paper.desk.lina).post(where).status_code == 302
    words = page(paper.desk.lina, path(made))
    assert "No outlet has carried it" in words and "It is ours after all" in words and "Lina" in words
    assert get_followed([made.statement_id]) == {}
    client_of(paper.desk.lina).post(where, {"ours": "1"})
    assert get_followed([made.statement_id]) == {made.statement_id: 1}
    assert client_of(paper.desk.reader).post(where).status_code == 403
    assert client_of(paper.desk.guest).post(where).status_code == 404


def test_whoever_does_not_see_the_issue_finds_no_echo(said):
    paper, made = said
    read(paper.desk.office)
    issue = Issue.objects.get(pk=paper.issue.pk)
    services.restrict(paper.desk.sari, issue, True, (), issue.version, NOW)
    assert client_of(paper.desk.reader).get(path(made)).status_code == 404
    assert client_of(paper.desk.sari).get(path(made)).status_code == 200


def claim_of(paper, *articles):
    row = Claim.objects.create(office=paper.desk.office, text="Tanggul jebol", language="id", worth=0.9, first=AT, last=AT)
    for one in articles:
        ClaimSighting.objects.create(office=paper.desk.office, claim=row, article=one, at=one.published)
    services.link(paper.desk.sari, Issue.objects.get(pk=paper.issue.pk), "claim", row.pk, NOW)
    return row


def test_without_a_claim_there_is_nothing_to_compare_and_with_few_outlets_no_effect_can_be_shown(said):
    paper, made = said
    comes(paper.desk.office, made.version.text, 20)
    read(paper.desk.office)
    assert "No claim is linked with the issue" in page(paper.desk.reader, path(made))
    claim_of(
        paper, comes(paper.desk.office, "Tanggul jebol.", -30, "Warta Hilir"), comes(paper.desk.office, "Tanggul jebol.", 30, "Warta Hilir")
    )
    words = page(paper.desk.reader, path(made))
    assert "No effect can be shown" in words and "After is not because" in words


def test_a_share_that_fell_is_said_with_its_interval(said):
    paper, made = said
    office = paper.desk.office
    told = [comes(office, "Tanggul jebol.", -minutes, f"Koran {minutes}") for minutes in range(10, 50)]
    in_story(paper, *told, *(comes(office, OTHER, minutes, f"Koran {minutes}") for minutes in range(10, 50)))
    claim_of(paper, *told)
    read(office)
    words = page(paper.desk.reader, path(made))
    assert "the claim&#x27;s share fell by" in words or "the claim's share fell by" in words
    assert timedelta(hours=1) < LONGEST


def test_what_is_still_asked_is_listed_and_posts_of_few_are_not_counted(said):
    paper, made = said
    office = paper.desk.office
    asked = comes(office, "Di mana tempat mengungsi?", 40, "Radio Gema", title="Warga bertanya")
    post = comes(office, "Kapan listrik menyala?", 45, "Papan Warga", kind="public")
    in_story(paper, asked, post)
    for one, text, wants in ((asked, "Di mana tempat mengungsi?", "where"), (post, "Kapan listrik menyala?", "when")):
        vector = [1.0 if n == one.pk % 384 else 0.0 for n in range(384)]
        Question.objects.create(office=office, article=one, text=text, language="id", wants=wants, at=one.published, vector=vector)
    read(office)
    words = page(paper.desk.reader, path(made))
    assert "Di mana tempat mengungsi?" in words and "fewer than ten posts" in words
    assert "1 post<" not in words


def test_wards_that_nothing_names_are_said_by_name(said):
    paper, made = said
    office = paper.desk.office
    city = Place.objects.create(office=office, code="1", level="city", name="Muarasena")
    for code, name in (("1.1", "Rawa Kenari"), ("1.2", "Lebak Damar")):
        Place.objects.create(office=office, code=code, level="ward", name=name, parent=city)
    comes(office, made.version.text, 20, "Kabar Kalindra", title="Banjir di Rawa Kenari")
    read(office)
    missed = page(paper.desk.reader, path(made)).split('id="missed"')[1]
    assert "Lebak Damar" in missed and "Rawa Kenari" not in missed


def test_the_number_of_queries_does_not_grow_with_what_was_found(said):
    paper, made = said
    office, client = paper.desk.office, client_of(paper.desk.lina)
    comes(office, made.version.text, 10, "Surat 0")
    read(office)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(path(made))
    for n in range(1, 8):
        comes(office, made.version.text, 10 + n, f"Surat {n}")
    read(office)
    with CaptureQueriesContext(connection) as many:
        assert client.get(path(made)).status_code == 200
    assert len(many) == len(few) <= 28


def test_the_articles_come_fifty_at_a_time(said):
    paper, made = said
    read(paper.desk.office)
    reading = EchoReading.objects.get()
    EchoTie.objects.bulk_create(
        EchoTie(
            office=paper.desk.office, reading=reading, key=str(n), outlet=f"Koran {n}", source_kind="press", language="id",
            at=AT + n * MINUTE, way="retold", score=0.8, version="v", found=NOW,
        )
        for n in range(1, 62)
    )  # fmt: skip
    first, second = page(paper.desk.reader, path(made)), page(paper.desk.reader, path(made) + "?from=50")
    assert "?from=50" in first and "Kept no longer." in first
    assert second.count("Kept no longer.") == 11 and "from=100" not in second
    assert "49 more outlets stand in the list below" in first


# The picture


def tie(minutes, way="quoted"):
    return EchoTie(outlet="A", at=AT + minutes * MINUTE, way=way, source_kind="press")


def test_signs_stand_at_their_time_and_never_outside():
    lines = (OutletLine("A", (tie(0), tie(360), tie(9_999))),)
    drawn = echo_drawing.picture(lines, AT, AT + timedelta(hours=1))
    assert [sign.x for sign in drawn.rows[0].signs] == [2.0, 50.0, 98.0]
    assert (drawn.rows[0].n, drawn.left_out, drawn.ways) == (3, 0, (("quoted", "Quoted"),))
    assert echo_drawing.picture((), AT, NOW) is None


@pytest.mark.parametrize(
    ("carrying", "told", "first", "words"),
    [
        (0, 0, None, "No outlet has carried it, and none has written about the matter"),
        (0, 1, None, "No outlet has carried it; 1 writes about the matter"),
        (0, 3, None, "No outlet has carried it; 3 write about the matter"),
        (1, 3, 40 * MINUTE, "1 of 3 outlets that write about it has carried it, the first after 40 minutes"),
        (2, 3, 150 * MINUTE, "2 of 3 outlets that write about it have carried it, the first after 2 hours"),
        (2, 2, 4_000 * MINUTE, "2 of 2 outlets that write about it have carried it, the first after 2 days"),
    ],
)
def test_one_sentence_says_what_came_through(carrying, told, first, words):
    assert echo_drawing.title_of(carrying, told, first) == words
