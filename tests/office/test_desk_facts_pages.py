"""The pages of the fact board: what stands where, what is offered to whom, the forms, and how little is asked of the database."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from desk import ABOUT, NOW, draft, made, page
from screens import STILL, client_of

from kentongan.office.desk import fact_queries, facts, services
from kentongan.office.desk.facts_models import Fact, FactSettled, FactVersion
from kentongan.office.desk.models import IssueLink

TYPED = {"kind": "known", "text": "Air berbau besi", "source": "Laporan PDAM", "grade": "likely", "as_of": "2025-11-27T07:00"}


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    return made()


def typed(desk, **fields):
    return {**TYPED, "owner": desk.sari.pk, **fields}


def two(desk, issue):
    one = facts.add(desk.sari, issue, draft(figure="40", agency=desk.health.pk, source="Rekap puskesmas"), NOW)
    return one, facts.add(desk.joko, issue, draft(figure="55", agency=desk.water.pk, source="Catatan posko"), NOW)


def send(person, name, *numbers, **data):
    return client_of(person).post(reverse(name, args=numbers), data, follow=True)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# The board on the issue's page


def test_an_empty_board_says_what_belongs_on_it_and_offers_to_begin(desk):
    issue = desk.opened()
    assert "No fact stands here yet" in page(desk.reader, f"/issues/{issue.pk}/")
    path = reverse("add_fact", args=[issue.pk])
    assert [path in page(person, f"/issues/{issue.pk}/") for person in (desk.lina, desk.reader)] == [True, False]


def test_facts_stand_by_kind_with_their_source_time_grade_and_who_answers(desk):
    issue = desk.opened()
    facts.add(desk.sari, issue, draft("Air berbau", agency=desk.water.pk, owner=desk.lina.pk, source_url="https://pdam.example/uji"), NOW)
    facts.add(desk.sari, issue, draft("Penyebabnya belum jelas", kind="unknown", source="", grade=""), NOW)
    facts.add(desk.sari, issue, draft("Pipa bocor", kind="assumed", grade="unclear"), NOW)
    words = page(desk.reader, f"/issues/{issue.pk}/")
    for word in (
        "Known",
        "Not known yet",
        "Assumed",
        "Laporan lapangan BPBD",
        "https://pdam.example/uji",
        "PDAM",
        "Lina",
        "Likely",
        "true as of",
    ):
        assert word in words, word
    columns = words.partition('class="three"')[2]
    assert columns.index("Air berbau") < columns.index("Penyebabnya") < columns.index("Pipa bocor")


def test_figures_that_differ_stand_in_one_box_with_both_agencies_and_the_way_to_settle_them(desk):
    issue = desk.opened()
    one, other = two(desk, issue)
    words = page(desk.sari, f"/issues/{issue.pk}/")
    box = words.partition('class="conflict"')[2].partition("</div>")[0]
    for word in (
        ABOUT,
        ">40<",
        ">55<",
        "Dinkes",
        "PDAM",
        "Rekap puskesmas",
        "Catatan posko",
        "/settle/",
    ):
        assert word in box, word
    assert 'class="three"' not in words, "they stand nowhere else"
    assert "settle/" not in page(desk.lina, f"/issues/{issue.pk}/")
    response = send(desk.sari, "settle_fact", issue.pk, one.pk, holds=other.pk, seen=f"{one.pk}@1 {other.pk}@1", reason="dihitung ulang")
    assert response.redirect_chain[-1][0].endswith("#facts")
    told = text_of(response)
    for word in ("another figure holds , 55", "This figure holds", "dihitung ulang", "Of several figures one holds: 55"):
        assert word in told, word


def test_a_fact_says_on_the_board_where_it_was_used_and_that_it_has_changed_since(desk):
    issue = desk.opened()
    fact = facts.add(desk.sari, issue, draft(), NOW)
    facts.note_uses(desk.sari, "statement:1", "<i>Pernyataan</i>", [(fact.pk, 1)], NOW)
    assert "It was used in:" in page(desk.sari, reverse("change_fact", args=[issue.pk, fact.pk]))
    assert "Used in “&lt;i&gt;Pernyataan&lt;/i&gt;”." in page(desk.reader, f"/issues/{issue.pk}/")
    facts.withdraw(desk.sari, fact, "keliru", 1, NOW)
    words = page(desk.reader, f"/issues/{issue.pk}/")
    assert "it has changed since" in words
    assert "1 was withdrawn" in words
    assert "it has changed since" in page(desk.reader, reverse("fact", args=[issue.pk, fact.pk]))


def test_a_part_sends_to_the_board_of_the_other_and_what_is_added_goes_there(desk):
    whole, part = desk.opened("Pokok"), desk.opened("Bagian")
    fact = facts.add(desk.sari, part, draft("Air berbau"), NOW)
    services.merge(desk.sari, part, whole, "sama", 0, NOW)
    assert "They stand with the issue it is part of" in page(desk.sari, f"/issues/{part.pk}/")
    assert "Air berbau" in page(desk.sari, f"/issues/{whole.pk}/")
    assert send(desk.sari, "add_fact", part.pk, **typed(desk)).redirect_chain[-1][0] == f"/issues/{whole.pk}/#facts"
    assert Fact.objects.get(text=TYPED["text"]).issue == whole
    for number in (part.pk, whole.pk):
        assert send(
            desk.sari, "change_fact", number, fact.pk, **typed(desk, text=f"Air {number}", version=Fact.objects.get(pk=fact.pk).version)
        )
    assert Fact.objects.get(pk=fact.pk).version == 3


def test_the_page_of_an_issue_and_of_a_fact_asks_no_more_for_two_hundred_facts(desk, count_queries):
    issue, part = desk.opened("Pokok"), desk.opened("Bagian")
    link = services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    client, counts = client_of(desk.sari), {}
    for size in (4, 200):
        for n in range(Fact.objects.count(), size):
            said = draft(f"Hal {n}", about=f"hal {n // 3}", figure=str(n), agency=desk.water.pk, owner=desk.sari.pk, link=link.pk)
            fact = facts.add(
                desk.sari, issue if n % 2 else part, said if n % 2 else draft(f"Hal {n}", about=f"hal {n // 3}", figure="7"), NOW
            )
            facts.note_uses(desk.sari, f"statement:{n}", f"Pernyataan {n}", [(fact.pk, 1)], NOW)
        if size == 4:
            services.merge(desk.sari, part, issue, "sama", 0, NOW)
            part = issue
        for path in (f"/issues/{issue.pk}/", reverse("fact", args=[issue.pk, Fact.objects.first().pk])):
            client.get(path)
            with count_queries() as asked:
                assert client.get(path).status_code == 200
            counts.setdefault(path, []).append(len(asked))
    assert [path for path, found in counts.items() if found[-1] > found[0]] == [], counts
    with count_queries() as asked:
        assert len(fact_queries.get_board(issue, NOW).rows) == 200
    assert len(asked) == 3
    with count_queries() as asked:
        fact_queries.get_usable(issue, NOW)
    assert len(asked) == 2


# The forms


def test_each_form_does_what_it_says_and_leads_back_to_the_board(desk):
    issue = desk.opened()
    services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    link = IssueLink.objects.get()
    response = send(desk.lina, "add_fact", issue.pk, **typed(desk, link=link.pk, agency=desk.water.pk, about=ABOUT, figure="40"))
    assert response.redirect_chain[-1][0] == f"/issues/{issue.pk}/#facts"
    fact = Fact.objects.get()
    assert (fact.text, fact.link, fact.agency, fact.owner, fact.by) == (TYPED["text"], link, desk.water, desk.sari, desk.lina)
    words = page(desk.lina, reverse("change_fact", args=[issue.pk, fact.pk]))
    assert [word for word in ("Air berbau besi", f'<option value="{ABOUT}">', 'value="2025-11-27T07:00"') if word not in words] == []
    send(desk.lina, "change_fact", issue.pk, fact.pk, **typed(desk, text="Air berbau", version=1))
    send(desk.lina, "withdraw_fact", issue.pk, fact.pk, reason="keliru", version=2)
    fact.refresh_from_db()
    assert (fact.text, fact.version, fact.withdrawn) == ("Air berbau", 3, True)
    words = page(desk.reader, f"/issues/{issue.pk}/")
    for word in ("Fact added: “Air berbau besi”", "Fact changed: “Air berbau”", "Fact withdrawn: “Air berbau”", "keliru"):
        assert word in words, word
    words = page(desk.reader, reverse("fact", args=[issue.pk, fact.pk]))
    assert [word for word in ("version 1", "version 2", "version 3", "Air berbau besi") if word not in words] == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 100_000}, "text"),
        ({"text": "berbau\x00besi"}, "text"),
        ({"text": "berbau\x1bbesi"}, "text"),
        ({"figure": "40"}, "about"),
        ({"source": ""}, "source"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"grade": "unclear"}, "grade"),
        ({"grade": "A1"}, "grade"),
        ({"owner": ""}, "owner"),
        ({"owner": "²"}, "owner"),
        ({"as_of": "kemarin"}, "as_of"),
        ({"as_of": "2026-11-27T07:00"}, "as_of"),
        ({"expires": "2020-01-01T00:00"}, "expires"),
        ({"kind": "certain"}, "kind"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_not_lost(desk, fields, field):
    issue = desk.opened()
    response = send(desk.sari, "add_fact", issue.pk, **typed(desk, **{"figure": "", **fields}))
    words = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in words
    assert "Laporan PDAM" in words or field == "source"
    assert not Fact.objects.exists()


def test_markup_that_is_typed_is_shown_as_text(desk):
    issue = desk.opened()
    send(
        desk.sari,
        "add_fact",
        issue.pk,
        **typed(desk, text="<script>alert(1)</script>", about="<b>x</b>", figure="<i>4</i>", source="<u>y</u>"),
    )
    fact = Fact.objects.get()
    for name in ("issue", "fact", "change_fact", "withdraw_fact", "settle_fact"):
        words = page(desk.sari, reverse(name, args=[issue.pk] if name == "issue" else [issue.pk, fact.pk]))
        assert [one for one in ("<script>alert", "<b>x", "<i>4", "<u>y") if one in words] == [], name


def test_of_two_who_change_a_fact_the_second_is_shown_both_versions_and_overwrites_nothing(desk):
    issue = desk.opened()
    fact = facts.add(desk.sari, issue, draft("Air keruh"), NOW)
    facts.change(desk.sari, fact, draft("Air asin"), 1, NOW)
    response = send(desk.joko, "change_fact", issue.pk, fact.pk, **typed(desk, version=1))
    words = response.content.decode()
    assert response.status_code == 409
    assert [word for word in ("Both versions", "Air asin", "Air berbau besi", 'name="version" value="2"') if word not in words] == []
    assert FactVersion.objects.count() == 2
    assert send(desk.joko, "withdraw_fact", issue.pk, fact.pk, reason="keliru", version=1).status_code == 409


def test_nobody_settles_what_has_changed_since_they_looked(desk):
    issue = desk.opened()
    one, other = two(desk, issue)
    facts.change(desk.sari, one, draft(figure="41", agency=desk.health.pk), 1, NOW)
    data = {"holds": one.pk, "seen": f"{one.pk}@1 {other.pk}@1", "reason": "dihitung ulang"}
    response = send(desk.sari, "settle_fact", issue.pk, one.pk, **data)
    assert response.status_code == 409
    assert f"{one.pk}@2" in response.content.decode()
    for wrong in ({"seen": "x@y ²@3"}, {"seen": ""}, {"holds": "1"}, {"holds": ""}, {"reason": ""}):
        assert send(desk.sari, "settle_fact", issue.pk, one.pk, **{**data, **wrong}).status_code in {409, 422}, wrong
    assert not FactSettled.objects.exists()


def test_where_there_is_nothing_to_do_the_page_says_so(desk):
    issue = desk.opened()
    fact = facts.add(desk.sari, issue, draft(), NOW)
    assert "There is nothing to decide here" in page(desk.sari, reverse("settle_fact", args=[issue.pk, fact.pk]))
    facts.withdraw(desk.sari, fact, "keliru", 1, NOW)
    assert "It was withdrawn already" in page(desk.sari, reverse("withdraw_fact", args=[issue.pk, fact.pk]))
    assert "This fact was withdrawn" in page(desk.sari, reverse("change_fact", args=[issue.pk, fact.pk]))
    services.move(desk.sari, issue, "close", 0, NOW, reason="selesai")
    assert "while an issue is open" in page(desk.sari, reverse("add_fact", args=[issue.pk]))
    assert send(desk.sari, "add_fact", issue.pk, **typed(desk)).status_code == 422
    assert reverse("add_fact", args=[issue.pk]) not in page(desk.sari, f"/issues/{issue.pk}/")


# Who sees it


def test_for_everybody_who_does_not_see_the_issue_its_facts_are_not_there(desk):
    issue, other = desk.secret(desk.joko), desk.opened("Lain")
    fact = facts.add(desk.sari, issue, draft("Penyakit aneh di asrama", figure="40"), NOW)
    there = {name: reverse(name, args=[issue.pk, fact.pk]) for name in ("fact", "change_fact", "withdraw_fact", "settle_fact")}
    there["add_fact"] = reverse("add_fact", args=[issue.pk])
    for person, status in ((desk.joko, 200), (desk.boss, 404), (desk.guest, 404)):
        assert {client_of(person).get(path).status_code for path in there.values()} == {status}
    assert client_of(desk.boss).post(there["change_fact"], typed(desk, version=1)).status_code == 404
    through = reverse("fact", args=[other.pk, fact.pk])
    assert client_of(desk.sari).get(through).status_code == 404, "a fact is found in its own issue alone"
    assert "Penyakit" not in page(desk.boss, f"/issues/{other.pk}/")


@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_every_page_speaks_the_three_languages(desk, language):
    issue = desk.opened()
    one, _ = two(desk, issue)
    facts.add(desk.sari, issue, draft("Baru", expires=NOW + timedelta(hours=1)), NOW)
    client = client_of(desk.sari, language)
    said = client.get(f"/issues/{issue.pk}/").content.decode()
    assert {"id": "Angka yang berbeda", "vi": "Con số khác nhau", "en": "Figures that differ"}[language] in said
    for name in ("fact", "change_fact", "withdraw_fact", "settle_fact"):
        assert client.get(reverse(name, args=[issue.pk, one.pk])).status_code == 200
