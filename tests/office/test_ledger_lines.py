"""What is done leaves a line: every act of the listening room, in its transaction, without personal data."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import transaction

import kentongan.office
from kentongan.errors import RefusedError
from kentongan.office.ledger.acts import ACTS
from kentongan.office.ledger.models import Line
from kentongan.office.listening import importing, searched, services
from kentongan.office.listening.models import Article, Briefing, Membership, Signal, Source, Story
from kentongan.office.people.recording import WORDS, record
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
OFFICE = Path(kentongan.office.__file__).parent


def story_in(office, now, key="s1", articles=2):
    story = Story.objects.create(office=office, key=key, headline="Banjir", first=now, last=now, changed=now)
    for number in range(articles):
        article = Article.objects.create(
            office=office, key=f"{key}{number}", url=f"https://a.example/{key}/{number}", outlet="A", source_kind="press", title="Banjir",
            language="id", published=now, seen=now,
        )  # fmt: skip
        Membership.objects.create(article=article, story=story)
    return story


@pytest.fixture
def things(office, officer, now):
    story_in(office, now)
    story_in(office, now, "s2")
    Signal.objects.create(
        office=office, key="g1", kind="term", subject="banjir", raised=now, updated=now, since=now, observed=9, expected=1, level="high"
    )
    Source.objects.create(purpose=builders.purpose_of(office), office=office, name="A", outlet="A", url="https://a.example/feed")


def content_at(now):
    return {
        "office": "Kota", "at": now.isoformat(), "since": now.isoformat(), "language": "id",
        "lines": [], "missing": [], "complete": None, "quiet": 0, "sources": [],
    }  # fmt: skip


def one(key="s1"):
    return Story.objects.get(key=key)


def source():
    return Source.objects.get(name="A")


def fresh(office):
    return Source(office=office, name="B", url="https://b.example/feed")


def renamed(who, found, now):
    return services.change_source(who, found, 0, replace(services.draft_of(found), name="Lain"), found.purpose, now)


DID = {
    "merge_stories": ("story.merged", lambda who, now: services.merge_stories(who, one(), one("s2"), now)),
    "split_story": ("story.split", lambda who, now: services.split_story(who, one(), [one().members.first().article], now)),
    "mark_story": ("story.marked", lambda who, now: services.mark_story(who, one(), "watch", now)),
    "acknowledge_signal": ("signal.acknowledged", lambda who, now: services.acknowledge_signal(who, Signal.objects.get(), now)),
    "dismiss_signal": ("signal.dismissed", lambda who, now: services.dismiss_signal(who, Signal.objects.get(), "iklan", now)),
    "reopen_signal": ("signal.reopened", lambda who, now: services.reopen_signal(who, Signal.objects.get(), now)),
    "sign_briefing": ("briefing.signed", lambda who, now: services.sign_briefing(who, content_at(now), now)),
    "send_briefing": ("briefing.sent", lambda who, now: services.send_briefing(who, content_at(now), "self", "id", now)),
    "add_source": ("source.added", lambda who, now: services.add_source(who, fresh(who.office), now)),
    "new_source": ("source.added", lambda who, now: services.new_source(fresh(who.office), now)),
    "change_source": ("source.changed", lambda who, now: renamed(who, source(), now)),
    "pause_source": ("source.paused", lambda who, now: services.pause_source(who, source(), "rusak", now)),
    "resume_source": ("source.resumed", lambda who, now: services.resume_source(who, source(), now)),
    "visit_now": ("source.visited", lambda who, now: services.visit_now(who, source(), now)),
    "note_search": ("search.made", lambda who, now: searched.note(who, "banjir", {"language": ""}, 3, now)),
    "note_export": ("export.made", lambda who, now: services.note_export(who, "sources.opml", now, rows=2)),
}


@pytest.mark.parametrize("name", sorted(DID))
def test_an_act_leaves_one_line_with_who_when_and_what(things, office, officer, now, name):
    act, do = DID[name]
    do(officer, now)
    line = Line.objects.filter(office=office.pk, at=now).latest("id")
    assert Line.objects.filter(office=office.pk, at=now).count() == 1
    assert (line.act, line.at) == (act, now)
    assert (line.actor, line.role) == ((0, "") if name == "new_source" else (officer.pk, "officer"))


@pytest.mark.parametrize("name", sorted(DID))
def test_the_line_and_the_act_go_together(things, office, officer, now, name):
    class Interrupted(Exception):
        pass

    with pytest.raises(Interrupted), transaction.atomic():
        DID[name][1](officer, now)
        raise Interrupted
    assert not Line.objects.filter(office=office.pk, at=now).exists()


def test_an_act_that_is_refused_leaves_no_line(things, office, reader, now):
    for name, (_, do) in DID.items():
        if name in {"new_source", "send_briefing", "note_search", "note_export"}:
            continue  # readers may search, export and send to themselves; the command line has no reader
        with pytest.raises(RefusedError):
            do(reader, now)
    assert not Line.objects.filter(office=office.pk, at=now).exists()


def test_a_search_is_kept_with_its_personal_data_hidden(office, officer, now):
    searched.note(officer, "banjir 0812-3456-7890 warga@rumah.example", {"language": "id", "outlet": ""}, 3, now)
    detail = json.loads(Line.objects.get(office=office.pk, act="search.made").detail)
    assert detail == {"words": "banjir ⟦phone⟧ ⟦email⟧", "hidden": 2, "narrowed": {"language": "id"}, "hits": 3}


def test_a_search_of_a_program_is_kept_like_one_of_the_page(office, officer, now):
    searched.note(officer, "banjir 0812-3456-7890", {"language": "id"}, 3, now, way="api")
    detail = json.loads(Line.objects.get(office=office.pk, act="search.made").detail)
    assert detail == {"words": "banjir ⟦phone⟧", "hidden": 1, "narrowed": {"language": "id"}, "hits": 3, "way": "api"}


def test_a_list_that_leaves_at_the_terminal_is_kept_without_a_person(office, now):
    services.note_export(office, "sources.opml", now, rows=2)
    line = Line.objects.get(office=office.pk, act="export.made")
    assert (line.actor, line.role, json.loads(line.detail)) == (0, "", {"what": "sources.opml", "rows": 2})


def test_a_search_and_every_export_of_the_screens_leave_a_line(client, office, officer, now):
    client.force_login(officer)
    services.sign_briefing(officer, content_at(now), now)
    pk = Briefing.objects.get(office=office).pk
    for path in ("/search/?q=banjir", "/sources/export/", "/briefing/paper/", f"/briefing/signed/{pk}/paper/"):
        before = Line.objects.filter(office=office.pk).count()
        assert client.get(path).status_code == 200
        assert Line.objects.filter(office=office.pk).count() == before + 1, path
    assert client.get("/search/").status_code == 200
    assert Line.objects.filter(office=office.pk, act="search.made").count() == 1
    assert Line.objects.filter(office=office.pk, act="export.made").count() == 3


def test_a_file_that_was_imported_leaves_a_line(office, now, tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"title": "Banjir", "url": "https://a.example/1", "outlet": "A", "time": "2025-11-27T00:00:00Z", "lang": "id"}\n')
    run = importing.begin(office.pk, file, now)
    list(importing.import_file(run, file, now, None))
    line = Line.objects.get(office=office.pk, act="file.imported")
    assert json.loads(line.detail) == {"articles": 1, "digest": run.digest, "lines": 1, "skipped": 0}


def test_a_line_about_a_row_names_it_by_the_ledgers_word_and_stands_in_the_rows_own_office(things, office, other_office, officer, now):
    rows = {
        f"person:{officer.pk}": officer, f"office:{other_office.pk}": other_office, f"source:{source().pk}": source(),
        f"signal:{Signal.objects.get().pk}": Signal.objects.get(),
    }  # fmt: skip
    with transaction.atomic():
        for by in (officer, None):
            for row in rows.values():
                record(by, "source.visited", row, now, found=3)
    lines = Line.objects.filter(at=now, act="source.visited").order_by("id")
    assert [line.subject for line in lines] == [*rows] * 2
    assert [line.office for line in lines] == [office.pk, other_office.pk, office.pk, office.pk] * 2
    assert [(line.actor, line.role, line.detail) for line in lines] == [(officer.pk, "officer", '{"found":3}')] * 4 + [
        (0, "", '{"found":3}')
    ] * 4


def test_the_ledgers_words_are_of_models_that_there_are():
    from django.apps import apps

    assert set(WORDS) <= {model._meta.model_name for model in apps.get_models()}


# ---- every room: whatever changes something writes a line -----------------------------------------------------------------------
WRITES = {"write", "record"}
"""Calls that put a line into the ledger: its own door, and the one for a row of an office (`people.recording`)."""
CHANGES = {"save", "create", "bulk_create", "bulk_update", "update", "delete", "get_or_create", "update_or_create"}
ENGINE = {
    "alerting/looking.py": "alerts as they rise",
    "api/telling.py": "deliveries to webhooks",
    "listening/claims_reading.py": "claims and questions in what is heard",
    "listening/collecting.py": "visits and what they brought",
    "listening/counting.py": "counts by the hour, with the journal",
    "listening/forecasts.py": "forecasts and what came",
    "listening/importing.py": "an import under way; its end is a line",
    "listening/journal.py": "the engine's own record",
    "listening/listener.py": "the version the engine reads with",
    "listening/notices.py": "warnings as agencies say them",
    "listening/outputs.py": "stories and signals as the engine tells them",
    "listening/periods.py": "weeks and months that are over",
    "desk/echo_reading.py": "articles tied to publications",
    "listening/releases.py": "figures of months that are over",
    "listening/silences.py": "silences that are noticed",
    "listening/tones_reading.py": "counts of tone",
    "listening/voices.py": "counts of voices",
}
"""What the engine does by itself, all day: it stands in the journal and in the tables themselves."""
EXCEPT = {
    "administration/backup_restore.py:read": "changes a digest, no table",
    "administration/wizard.py:bring_places": "people.places, which it calls, writes",
    "administration/wizard.py:choose_packs": "a step of the first run, whose end is a line with all steps",
    "administration/wizard.py:describe_office": "people.services, which it calls, writes",
    "administration/wizard.py:enter": "opening the first run's link; its end is a line",
    "administration/wizard.py:leave_out": "a step of the first run, whose end is a line with all steps",
    "administration/wizard.py:make_administrator": "people.services, which it calls, writes",
    "administration/wizard.py:say_contact": "people.services, which it calls, writes",
    "administration/wizard.py:try_mail": "a step of the first run, whose end is a line with all steps",
    "alerting/arranging.py:push_key": "a key that is made at its first use and opens nothing",
    "api/topics.py:save_topics": "listening.topic_lists, which it calls, writes",
    "desk/answer_mail.py:count": "letters that are listed nowhere, counted by day",
    "desk/answer_mailbox.py:take_one": "moves on in the mailbox; what the letter becomes writes the line",
    "desk/answer_mailbox.py:visit": "what came of a visit, as it stands in the mailbox's row",
    "desk/presence.py:forget": "who has an issue open is no act, and never a history",
    "desk/presence.py:look": "who has an issue open is no act, and never a history",
    "desk/question_links.py:address_of": "part of an act whose service writes the line",
    "desk/question_links.py:make": "part of an act whose service writes the line",
    "desk/question_links.py:reply_word_of": "part of an act whose service writes the line",
    "desk/question_links.py:word_of": "part of an act whose service writes the line",
    "desk/statement_approval.py:moved": "part of an act whose service writes the line",
    "desk/statement_services.py:end_requests": "part of an act whose service writes the line",
    "desk/telling.py:send": "a message of an act whose service writes the line",
    "desk/telling.py:tell_asked": "a message of an act whose service writes the line",
    "desk/telling.py:tell_received": "a message of an act whose service writes the line",
    "desk/telling.py:tell_asker": "a message of an act whose service writes the line",
    "listening/aspects.py:of_mark": "changes a count, no table",
    "listening/aspects.py:of_story": "changes a count, no table",
    "listening/briefing.py:last_visit": "what a person has seen is their own, not an act of the office",
    "listening/corrections.py:say_same": "part of a merge or split, which is a line",
    "listening/proposals.py:settle": "goes with the source that was added, which is a line",
    "listening/purposes.py:first_for": "made on the way to the first source, which is a line",
    "listening/topics_pages.py:change_topics": "listening.topic_lists, which it calls, writes",
    "newsroom/copying.py:make": "a copy of what is published, whose lines are there",
    "newsroom/handing.py:hand_over": "letters on their way; that they were begun is a line",
    "newsroom/bounces.py:take": "letters on their way; that they were begun is a line",
    "newsroom/handing.py:set_aside": "letters on their way; that they were begun is a line",
    "newsroom/handing.py:settle": "letters on their way; that they were begun is a line",
    "newsroom/subscribing.py:ask": "what a reader does is their own, not an act of the office",
    "newsroom/subscribing.py:confirm": "what a reader does is their own, not an act of the office",
    "newsroom/subscribing.py:drop_letters": "part of what a reader does",
    "newsroom/subscribing.py:leave": "what a reader does is their own, not an act of the office",
    "people/places_reading.py:read": "changes a digest, no table",
    "people/services.py:choose_language": "what a person reads in is their own, not an act of the office",
    "people/sessions.py:end_all": "called inside the act that is written down",
}


def functions_of(path):
    """Every function of a module with the names it calls."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.name: ({called(call) for call in ast.walk(node) if isinstance(call, ast.Call)}, node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def called(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def reaches(name, wanted, functions, seen=frozenset()):
    """Whether a function calls one of `wanted`, itself or through functions of its module."""
    calls = functions[name][0]
    return bool(calls & wanted) or any(reaches(one, wanted, functions, seen | {name}) for one in calls & set(functions) - seen - {name})


def silent_in(path):
    """The public functions of a module that change something and write no line."""
    functions = functions_of(path)
    return [
        name
        for name in functions
        if not name.startswith("_") and reaches(name, CHANGES, functions) and not reaches(name, WRITES, functions)
    ]


def test_whatever_changes_something_in_a_room_writes_a_line_or_is_named_with_its_reason():
    paths = [path for path in sorted(OFFICE.glob("*/*.py")) if path.parent.name != "ledger"]
    silent = {f"{path.parent.name}/{path.name}": silent_in(path) for path in paths}
    assert {module for module, names in silent.items() if names} >= set(ENGINE)
    rest = [f"{module}:{name}" for module, names in silent.items() if module not in ENGINE for name in names]
    assert sorted(rest) == sorted(EXCEPT)


def test_the_guard_sees_a_service_that_forgets_its_line(tmp_path):
    path = tmp_path / "services.py"
    path.write_text(
        "def end(row):\n    _gone(row)\n\n\ndef _gone(row):\n    row.delete()\n\n\ndef keep(row):\n    row.save()\n    record(row)\n"
    )
    assert silent_in(path) == ["end"]


def test_every_public_service_of_the_listening_room_is_tried_above():
    functions = functions_of(OFFICE / "listening/services.py")
    changing = {name for name in functions if not name.startswith("_") and reaches(name, WRITES, functions)}
    assert changing | {"note_search"} == set(DID)


def test_every_act_that_is_written_is_in_the_table_and_every_sentence_said_once():
    said = list(map(str, ACTS.values()))
    assert len(said) == len(set(said))
    assert all(len(act) <= 40 and act.count(".") == 1 for act in ACTS)
