"""What was learned of an issue: noted by kind, kept as it is, shown above what is to be done better, and for programs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW, detail, lines, made, page
from screens import STILL, client_of
from test_api import Program, token_for

from kentongan.config import Config
from kentongan.errors import InputError, KentonganError
from kentongan.office.desk import history, learning, queries, services
from kentongan.office.desk.models import Issue
from kentongan.office.desk.recording import digest_of
from kentongan.office.ledger.models import Line

TEXT = "Posko memberi angka tiap jam, jadi pernyataan pertama cepat keluar."


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 100_000}, settings.CONFIG.origins)
    return made()


def closed(desk):
    issue = desk.opened()
    return services.move(desk.sari, issue, "close", issue.version, NOW, reason="air sudah surut")


def test_what_was_learned_is_kept_after_the_issue_is_closed_and_no_word_of_it_is_in_the_ledger(desk):
    issue = closed(desk)
    note = learning.note(desk.sari, issue, "worked", f"  {TEXT}\n\n", NOW)
    assert detail(issue, "issue.learned") == {"note": note.pk, "digest": digest_of(TEXT), "kind": "worked"}
    assert TEXT not in " ".join(Line.objects.values_list("detail", flat=True))
    (lesson,) = learning.get_lessons([issue])
    assert (lesson.id, lesson.kind, lesson.text, lesson.by, lesson.at) == (note.pk, "worked", TEXT, "Sari", NOW)
    assert history.history_of(desk.sari, issue, [])[-1].words == str(history.MOVED["issue.learned"])


@pytest.mark.parametrize(
    ("kind", "text", "subject"),
    [
        ("blame", TEXT, "kind"), ("", TEXT, "kind"), ("why", "ya", "text"), ("why", "a" * 1_001, "text"),
        ("keep", "<b>tebal</b> ya", "text"),
        ("why", "Telepon Pak Andi 0812-3456-7890", "text"), ("why", "Balas @andi_warga dahulu", "text"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_at_its_field(desk, kind, text, subject):
    issue = desk.opened()
    with pytest.raises(InputError) as error:
        learning.note(desk.sari, issue, kind, text, NOW)
    assert error.value.subject == subject
    assert "issue.learned" not in lines(issue)


def test_only_who_may_change_the_issue_notes_and_only_who_sees_it_reads(desk):
    issue = desk.secret(desk.joko)
    for person in (desk.lina, desk.reader, desk.guest):
        with pytest.raises(KentonganError):
            learning.note(person, issue, "why", TEXT, NOW)
    learning.note(desk.joko, issue, "why", TEXT, NOW)
    address = reverse("review_issue", args=[issue.pk])
    assert TEXT in page(desk.sari, address)
    assert client_of(desk.lina).get(address).status_code == 404


def test_it_stands_by_kind_above_what_is_to_be_done_better_with_what_was_learned_of_parts(desk, count_queries):
    whole, part = desk.opened(), desk.opened("Air keruh di Pasar Lama")
    for kind in ("keep", "why", "worked"):
        learning.note(desk.sari, part if kind == "why" else whole, kind, f"{kind}: {TEXT}", NOW)
    services.merge(desk.sari, part, whole, "satu kejadian", Issue.objects.get(pk=part.pk).version, NOW)
    whole = Issue.objects.get(pk=whole.pk)
    client = client_of(desk.sari)
    client.cookies["django_language"] = "en"
    with count_queries() as few:
        body = client.get(reverse("review_issue", args=[whole.pk])).content.decode()
    places = [body.index(words) for words in ("<h3>What worked", "<h3>Why it went", "<h3>What to keep", "To be done better")]
    assert places == sorted(places)
    for n in range(10):
        learning.note(desk.sari, whole, "keep", f"Simpan cara ke-{n}", NOW)
    with count_queries() as many:
        client.get(reverse("review_issue", args=[whole.pk]))
    assert len(many) == len(few)
    assert len(learning.get_lessons([whole, *queries.get_parts(whole)])) == 13


def test_the_form_keeps_it_or_says_what_is_wrong_and_keeps_what_was_typed(desk):
    issue = closed(desk)
    client = client_of(desk.sari)
    address = reverse("note_review_lesson", args=[issue.pk])
    wrong = client.post(address, {"kind": "why", "text": "Telepon 0812-3456-7890 dahulu"})
    assert wrong.status_code == 422 and "0812-3456-7890" in wrong.content.decode()
    right = client.post(address, {"kind": "why", "text": TEXT})
    assert right["Location"].endswith("#learned")
    assert client_of(desk.reader).post(address, {"kind": "why", "text": TEXT}).status_code == 403


def test_programs_note_and_read_it_as_far_as_their_person_sees_the_issue(desk):
    issue = closed(desk)
    sari, reader = Program(token_for(desk.sari, ["issues", "respond"])), Program(token_for(desk.reader, ["issues"]))
    made_ = sari.post(f"issues/{issue.pk}/review/lessons", {"kind": "keep", "text": TEXT})
    assert made_.status_code == 201 and made_.json()["by"] == "Sari"
    assert sari.post(f"issues/{issue.pk}/review/lessons", {"kind": "blame", "text": TEXT}).status_code == 422
    assert reader.post(f"issues/{issue.pk}/review/lessons", {"kind": "keep", "text": TEXT}).status_code == 403
    assert [one["text"] for one in reader.get(f"issues/{issue.pk}/review").json()["lessons"]] == [TEXT]
