"""What forms of the desk know already: place and topic of a story, fields of a template, the one approver; and what a fact carries."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from approvals import people_of, sound
from desk import NOW, draft, page
from screens import STILL, client_of
from statements import SLOTS, papers, sentences

from kentongan.office.desk import facts, services, statement_prefill, statement_services
from kentongan.office.desk.models import Issue
from kentongan.office.people import places, places_reading
from kentongan.office.people.models import Office, Place
from kentongan.testing import builders

PLACES = """code,level,name,parent
KM,city,Kota Muarasena,
KM.1,district,Sena Hulu,KM
KM.1.2,ward,Rawa Kenari,KM.1
"""
FACT = "Air melimpas tanggul Rawa Kenari pukul 04.50 WIB"


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    made = people_of(papers())
    places.bring_in(None, made.desk.office, places_reading.read(PLACES.encode(), "places.csv"), "places.csv", NOW)
    return made


def added(paper, text=FACT, **fields):
    return facts.add(paper.desk.sari, paper.issue, draft(text, **{"about": "", **fields}), NOW)


def filled(paper, **slots):
    found = paper.begun()
    found, missing = statement_services.fill_in(paper.desk.lina, found, SLOTS | slots, found.version, NOW)
    assert missing == ()
    return {one.section: one for one in sentences(found)}


# Opening an issue


@pytest.mark.parametrize("kind", ["story", "signal"])
def test_an_issue_about_a_story_has_its_first_sentence_its_topic_and_the_place_it_names_first(paper, kind):
    seed = paper.desk.story if kind == "story" else builders.make_signal(paper.desk.story, "banjir", kind="term")
    words = page(paper.desk.sari, f"/issues/open/?{kind}={seed.pk}")
    assert paper.desk.story.lead in words
    assert f'<option value="{Place.objects.get(name="Sena Hulu").pk}" selected>' in words
    assert re.search(r'<option value="[^"]+" selected>', words[words.index('id="id_topic"') : words.index('id="id_place"')])


def test_where_no_place_of_the_office_is_named_none_is_chosen(paper):
    for level in ("ward", "district", "city"):
        Place.objects.filter(level=level).delete()
    words = page(paper.desk.sari, f"/issues/open/?story={paper.desk.story.pk}")
    chosen = words[words.index('id="id_place"') : words.index('id="id_lead"')]
    assert '<option value="" selected>' in chosen


# Where an issue goes on


@pytest.mark.parametrize(("act", "where"), [("check", "#facts"), ("answer", "#statements"), ("say", "")])
def test_after_an_act_the_page_goes_on_where_one_works_next(paper, act, where):
    issue = paper.issue
    for name in ("check", "answer", "say"):
        answer = client_of(paper.desk.sari).post(f"/issues/{issue.pk}/move/", {"act": name, "version": Issue.objects.get().version})
        if name == act:
            assert answer.headers["Location"] == f"/issues/{issue.pk}/{where}"


def test_what_is_refused_leads_nowhere_else(paper):
    answer = client_of(paper.desk.sari).post(f"/issues/{paper.issue.pk}/move/", {"act": "check", "version": "9"})
    assert answer.headers["Location"] == f"/issues/{paper.issue.pk}/"


# The template


def test_the_template_shows_what_the_office_knows_and_leaves_the_rest_empty(paper):
    issue = paper.issue
    first = replace(services.IssueDraft(**services.stored_of(issue)), place=Place.objects.get(name="Rawa Kenari").pk)
    services.change_issue(paper.desk.sari, issue, first, issue.version, NOW)
    added(paper)
    added(paper, "Berapa keluarga yang mengungsi", kind="unknown", source="", grade="")
    found = paper.begun()
    said = statement_prefill.first_words(found, NOW)
    assert said == {
        "office": "Kota Muarasena", "contact": "112", "time": "Kamis, 27 November 2025, pukul 07.30 WIB", "update_time": "10.30 WIB",
        "place": "Rawa Kenari", "known": f"{FACT}.", "unknown": "Berapa keluarga yang mengungsi",
    }  # fmt: skip
    words = page(paper.desk.lina, f"/statements/{found.pk}/fill/")
    assert [one for one in said.values() if one not in words] == []
    assert re.findall(r'name="(\w+)"[^>]* autofocus', words) == ["event"]


def test_a_statement_in_another_language_takes_no_words_of_the_office_along(paper):
    added(paper)
    found = paper.begun()
    found.language = "vi"
    said = statement_prefill.first_words(found, NOW)
    assert sorted(said) == ["contact", "office", "time", "update_time"]
    assert (said["time"], said["update_time"]) == ("7 giờ 30 ngày 27/11/2025", "10 giờ 30")


def test_a_promise_that_has_passed_is_not_written_down(paper):
    found = paper.begun(next_update=NOW)
    assert "update_time" not in statement_prefill.first_words(found, NOW)


def test_only_the_latest_facts_that_may_be_used_come_along_and_none_where_they_are_too_long(paper):
    for n in range(5):
        added(paper, f"Fakta nomor {n} dari lapangan", as_of=NOW - timedelta(hours=n))
    gone = added(paper, "Tanggul jebol di Kenari", as_of=NOW)
    facts.withdraw(paper.desk.sari, gone, "Petugas: tanggul utuh", 1, NOW)
    found = paper.begun()
    assert statement_prefill.first_words(found, NOW)["known"] == (
        "Fakta nomor 2 dari lapangan. Fakta nomor 1 dari lapangan. Fakta nomor 0 dari lapangan."
    )
    for n in range(3):
        added(paper, f"{n} " + "sangat panjang " * 30, as_of=NOW + timedelta(minutes=n + 1))
    assert "known" not in statement_prefill.first_words(found, NOW)


# What a fact carries


def test_a_sentence_that_says_a_fact_word_for_word_rests_on_it(paper):
    fact = added(paper)
    said = filled(paper, known=f"{FACT}.")
    assert said["known"].evidence == [f"fact:{fact.pk}@1"]
    assert said["known"].origin == "human"
    assert {one.section for one in said.values() if one.evidence} == {"known"}
    assert {one.key for one in facts_used(fact)} == {f"statement:{said['known'].version.statement_id}"}


def facts_used(fact):
    return list(type(fact).objects.get(pk=fact.pk).uses.all())


@pytest.mark.parametrize(
    "text",
    [
        f"Tidak benar bahwa {FACT}.",
        FACT.replace("04.50", "05.50") + ".",
        f"{FACT}, dan surut pukul 09.00 WIB.",
        "Air melimpas.",
    ],
)
def test_nearly_the_same_words_rest_on_nothing_until_a_person_ties_them(paper, text):
    added(paper)
    assert filled(paper, known=text)["known"].evidence == []


@pytest.mark.parametrize("what", ["unknown", "withdrawn", "expired"])
def test_a_fact_that_may_not_be_used_carries_nothing(paper, what):
    given = {"unknown": {"kind": "unknown", "source": "", "grade": ""}, "expired": {"expires": NOW + timedelta(seconds=1)}}
    fact = added(paper, **given.get(what, {}))
    if what == "withdrawn":
        facts.withdraw(paper.desk.sari, fact, "Petugas: tidak benar", 1, NOW)
    found = paper.begun()
    later = NOW + timedelta(minutes=1)
    found, _ = statement_services.fill_in(paper.desk.lina, found, SLOTS | {"known": f"{FACT}."}, found.version, later)
    assert [one.evidence for one in sentences(found) if one.section == "known"] == [[]]


def test_a_fact_with_a_figure_carries_the_sentence_with_the_figure_behind_it(paper):
    fact = added(paper, "Warga mengungsi di balai kelurahan", about="Warga mengungsi", figure="412")
    assert statement_prefill.first_words(paper.begun(), NOW)["known"] == "Warga mengungsi di balai kelurahan (412)."
    assert filled(paper, known="Warga mengungsi di balai kelurahan (412).")["known"].evidence == [f"fact:{fact.pk}@1"]


# The approver


def test_the_one_who_can_approve_is_chosen_already_and_of_two_nobody(paper):
    found = sound(paper)
    path = f"/statements/{found.pk}/ask/"
    assert f'<option value="{paper.dewi.pk}" selected>' in page(paper.desk.lina, path)
    builders.make_user(Office.objects.get(pk=paper.desk.office.pk), "wulan", "approver")
    assert f'<option value="{paper.dewi.pk}" selected>' not in page(paper.desk.lina, path)


def test_a_sheet_of_questions_knows_which_agency_leads_the_issue(paper):
    assert "owner" not in statement_prefill.first_words(paper.begun("qa"), NOW)
    Issue.objects.filter(pk=paper.issue.pk).update(agency=paper.desk.health)
    found = paper.begun("qa", issue=Issue.objects.get(pk=paper.issue.pk))
    assert statement_prefill.first_words(found, NOW)["owner"] == "Dinas Kesehatan"
    found, _missing = statement_services.fill_in(paper.desk.lina, found, {"owner": "Dinas Kesehatan"}, found.version, NOW)
    assert next((one.section, one.text) for one in sentences(found)) == ("dateline", "Penanggung jawab: Dinas Kesehatan.")
