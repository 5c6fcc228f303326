"""What the record keeps of each sentence: who made it, from which template its words come, and for which cluster it was written."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of, sound
from desk import NOW
from screens import client_of
from statements import SLOTS, papers, sentences

from kentongan.engine.statement_templates import template
from kentongan.office.administration import reconstructing, reconstructing_export
from kentongan.office.desk import statement_publishing, statement_services
from kentongan.office.desk.models import Sentence, Statement
from kentongan.office.desk.statement_services import Frame

pytestmark = pytest.mark.django_db
CODE = template("holding", "id", "low", "victim").code


@pytest.fixture
def paper():
    return people_of(papers())


def settle(paper, found, key, section):
    one = next(one for one in sentences(found) if one.key == key)
    return statement_services.settle_sentence(paper.desk.lina, found, key, section, tuple(one.evidence), found.version, NOW)


def of(found, key):
    return next((one.origin, one.source) for one in sentences(found) if one.key == key)


def test_what_is_settled_as_a_quotation_is_one_and_no_longer_when_it_is_settled_otherwise(paper):
    found = paper.written("Kami berterima kasih, kata wali kota.\nHubungi 112.")
    assert of(found, "s1") == ("human", "")
    found = settle(paper, found, "s1", "quote")
    assert (of(found, "s1"), of(found, "s2")) == (("quote", ""), ("human", ""))
    found = statement_services.write(
        paper.desk.lina,
        found,
        "Kami sangat berterima kasih, kata wali kota.\nHubungi 112.",
        statement_services.frame_of(found),
        found.version,
        NOW,
    )
    assert of(found, "s1")[0] == "quote", "edited it is still a quotation"
    assert of(settle(paper, found, "s1", "background"), "s1")[0] == "human"


@pytest.mark.parametrize("origin", ["ai_draft", "ai_draft_human_edited", "translation_ai"])
def test_what_a_machine_drafted_does_not_become_a_quotation(origin):
    assert statement_services._origin(origin, "quote") == origin


def test_a_sentence_keeps_the_code_of_the_template_through_editing_and_a_new_one_has_none(paper):
    found = sound(paper)
    by = {one.origin: one.source for one in sentences(found)}
    assert by == {"template": CODE, "human": ""}
    first = next(one for one in sentences(found) if one.origin == "template")
    text = "\n".join(one.text for one in sentences(found)).replace(
        first.text, first.text.replace("Rawa Kenari", "Rawa Kenari dan Pasar Lama")
    )
    found = statement_services.write(
        paper.desk.lina, found, f"{text}\nPerahu karet siap di balai kota.", statement_services.frame_of(found), found.version, NOW
    )
    assert of(found, first.key) == ("human", CODE)
    assert (sentences(found)[-1].origin, sentences(found)[-1].source) == ("human", "")


def test_a_template_of_another_cluster_level_or_wording_has_another_code(paper):
    codes = {
        template(kind, "id", level, cluster).code
        for kind in ("holding", "sms")
        for level in ("low", "crisis")
        for cluster in ("victim", "preventable")
    }
    assert len(codes) == 8
    assert max(map(len, codes)) <= Sentence._meta.get_field("source").max_length
    found = paper.begun(cluster="preventable")
    found, _missing = statement_services.fill_in(paper.desk.lina, found, SLOTS, found.version, NOW)
    assert {one.source for one in sentences(found)} - {""} == {template("holding", "id", "low", "preventable").code}


def test_a_version_keeps_the_cluster_it_was_written_for(paper):
    found = paper.written()
    frame = statement_services.frame_of(found)
    found = statement_services.write(
        paper.desk.lina,
        found,
        found.versions.get().text,
        Frame(frame.level, "accidental", frame.next_update, frame.contact),
        found.version,
        NOW,
    )
    assert list(found.versions.order_by("number").values_list("cluster", flat=True)) == ["victim", "accidental"]


def test_neither_is_changed_afterwards(paper):
    paper.written()
    for sql in ("UPDATE desk_sentence SET source = 'x'", "UPDATE desk_statementversion SET cluster = 'accidental'"):
        with pytest.raises(Exception, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_the_auditors_page_and_file_name_template_and_cluster(paper):
    found = decide(paper.dewi, asked(paper))
    statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW)
    again = reconstructing.reconstruct(paper.desk.office, found.pk, NOW)
    assert again is not None
    shape = reconstructing_export.shape_of(again)
    assert CODE in {one["source"] for one in shape["sentences"]}
    assert {one["cluster"] for one in shape["versions"]} == {"victim"}
    auditor = client_of(paper.desk.auditor)
    for name, more in (("reconstruction", []), ("reconstruction_version", [Statement.objects.get(pk=found.pk).publication.version.number])):
        assert CODE in auditor.get(reverse(name, args=[found.pk, *more])).content.decode()
